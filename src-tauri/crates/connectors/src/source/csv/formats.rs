//! Recognises files that are called text in columns and are none, and the line with which a file names its delimiter.

/// The name of a web page, as it is shown.
pub(super) const MARKUP: &str = "HTML, XML";

/// Returns the name of the format, if the first bytes are of another one than text.
pub(crate) fn other_than_text(beginning: &[u8]) -> Option<&'static str> {
    let formats: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "Excel, ZIP"),
        (b"\xd0\xcf\x11\xe0", "Excel 97"),
        (b"%PDF", "PDF"),
        (b"SQLite format 3", "SQLite"),
        (b"\x1f\x8b", "GZIP"),
        (b"{", "JSON"),
    ];
    formats.into_iter().find(|(magic, _)| beginning.starts_with(magic)).map(|(_, name)| name)
}

/// Says whether a first line is one of a web page: portals hand out tables of HTML under the name of a text.
pub(super) fn is_markup(line: &str) -> bool {
    let line = line.trim_start().to_ascii_lowercase();
    ["<html", "<!doctype", "<table", "<?xml", "<head", "<body", "<meta", "<div", "<style"]
        .iter()
        .any(|tag| line.starts_with(tag))
}

/// Returns the delimiter that a first line names for Excel: `sep=;`.
pub(crate) fn declared_delimiter(line: &str) -> Option<u8> {
    let line = line.strip_prefix('"').unwrap_or(line);
    let declared = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep="))?;
    let mut rest = line[declared.len()..].bytes();
    let delimiter = rest.next().filter(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n' | 0))?;
    rest.all(|byte| matches!(byte, b'"' | b' ' | b';' | b',')).then_some(delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiter_is_declared_by_a_line_of_its_own() {
        for (line, delimiter) in [
            ("sep=;", Some(b';')),
            ("SEP=,", Some(b',')),
            ("\"sep=;\"", Some(b';')),
            ("sep=\t", Some(b'\t')),
            ("sep=;;;;;", Some(b';')),
            ("sep=", None),
            ("sep=;Id", None),
            ("separate;id", None),
        ] {
            assert_eq!(declared_delimiter(line), delimiter, "{line}");
        }
    }

    #[test]
    fn workbook_and_web_page_are_no_text() {
        assert_eq!(other_than_text(b"PK\x03\x04\x14"), Some("Excel, ZIP"));
        assert_eq!(other_than_text(b"Id;Date"), None);
        assert!(is_markup("  <HTML><body>") && is_markup("<!DOCTYPE html>") && !is_markup("<5;a"));
    }
}
