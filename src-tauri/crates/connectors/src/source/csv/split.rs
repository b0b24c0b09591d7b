//! Splits a row into its cells.
//!
//! Invariant: a quote opens a cell only at its beginning, and closes it only at its end; a row in which one stands
//! elsewhere inside a quoted cell is not split at all, since the rows behind it may have run into it.

use csv::StringRecord;

use super::super::table::Line;

/// The way in which a quote is written inside a quoted cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Quoting {
    /// `""`, as RFC 4180 has it.
    #[default]
    Doubled,
    /// `\"`, as databases and scripts write it; `\\` is a backslash then.
    Backslash,
}

/// The state of a row behind a piece of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    /// The row ends there.
    Whole,
    /// A quoted cell goes on in the next line.
    Open,
    /// A quote closes a cell and something else than a delimiter follows.
    Broken,
}

/// A row that is being split, piece by piece.
pub(super) struct Splitter {
    delimiter: u8,
    quoting: Quoting,
    /// The content of the quoted cell so far.
    cell: String,
}

impl Splitter {
    pub(super) fn new(delimiter: u8, quoting: Quoting) -> Self {
        Self { delimiter, quoting, cell: String::new() }
    }

    /// Splits the first line of a row into `line`.
    pub(super) fn begin(&mut self, text: &str, line: &mut Line) -> Split {
        self.cell.clear();
        if !text.contains('"') {
            // By far the most rows.
            split_plainly(text, self.delimiter, &mut line.cells);
            return Split::Whole;
        }
        self.cells(text, 0, line)
    }

    /// Goes on with the next line of a row whose quoted cell is open.
    pub(super) fn go_on(&mut self, text: &str, line: &mut Line) -> Split {
        self.cell.push('\n');
        self.quoted(text, 0, line)
    }

    /// Splits from the beginning of a cell.
    fn cells(&mut self, text: &str, mut at: usize, line: &mut Line) -> Split {
        loop {
            let rest = &text[at..];
            let spaces = rest.bytes().take_while(|byte| self.is_space(*byte)).count();
            let is_quoted = rest[spaces..].starts_with('"');
            if is_quoted && (spaces == 0 || self.closes_within(&rest[spaces + 1..])) {
                return self.quoted(text, at + spaces + 1, line);
            }
            match rest.bytes().position(|byte| byte == self.delimiter) {
                Some(end) => {
                    line.cells.push_field(&rest[..end]);
                    at += end + 1;
                }
                None => {
                    line.cells.push_field(rest);
                    return Split::Whole;
                }
            }
        }
    }

    /// Splits from within a quoted cell.
    fn quoted(&mut self, text: &str, mut at: usize, line: &mut Line) -> Split {
        loop {
            let rest = &text[at..];
            let is_mark = |byte: u8| byte == b'"' || (byte == b'\\' && self.quoting == Quoting::Backslash);
            let Some(mark) = rest.bytes().position(is_mark) else {
                self.cell.push_str(rest);
                return Split::Open;
            };
            self.cell.push_str(&rest[..mark]);
            let behind = &rest[mark + 1..];
            let next = behind.bytes().next();
            if rest.as_bytes()[mark] == b'\\' {
                let is_escape = matches!(next, Some(b'"' | b'\\'));
                self.cell.push(if next == Some(b'"') { '"' } else { '\\' });
                at += mark + 1 + usize::from(is_escape);
                continue;
            }
            if next == Some(b'"') {
                self.cell.push('"');
                at += mark + 2;
                continue;
            }
            let spaces = behind.bytes().take_while(|byte| self.is_space(*byte)).count();
            let end = behind.as_bytes().get(spaces).copied();
            if end.is_some_and(|byte| byte != self.delimiter) {
                return Split::Broken;
            }
            line.has_quoted_delimiter |= self.cell.as_bytes().contains(&self.delimiter);
            line.cells.push_field(&self.cell);
            self.cell.clear();
            return match end {
                None => Split::Whole,
                Some(_) => self.cells(text, at + mark + 1 + spaces + 1, line),
            };
        }
    }

    /// Says whether a cell that begins behind a space and a quote ends with a quote in the same line; otherwise the
    /// quote is a character of the text.
    fn closes_within(&self, mut rest: &str) -> bool {
        while let Some(quote) = rest.find('"') {
            let behind = &rest[quote + 1..];
            if let Some(doubled) = behind.strip_prefix('"') {
                rest = doubled;
                continue;
            }
            let end = behind.bytes().find(|byte| !self.is_space(*byte));
            return end.is_none_or(|byte| byte == self.delimiter);
        }
        false
    }

    fn is_space(&self, byte: u8) -> bool {
        matches!(byte, b' ' | b'\t') && byte != self.delimiter
    }
}

/// Splits a row without quotes.
pub(super) fn split_plainly(text: &str, delimiter: u8, cells: &mut StringRecord) {
    let mut rest = text;
    while let Some(end) = rest.bytes().position(|byte| byte == delimiter) {
        cells.push_field(&rest[..end]);
        rest = &rest[end + 1..];
    }
    cells.push_field(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, quoting: Quoting) -> (Split, Vec<String>) {
        let (mut splitter, mut line) = (Splitter::new(b';', quoting), Line::default());
        let mut pieces = text.split('\n');
        let mut state = splitter.begin(pieces.next().unwrap_or_default(), &mut line);
        for piece in pieces {
            assert_eq!(state, Split::Open, "{text}");
            state = splitter.go_on(piece, &mut line);
        }
        (state, line.cells.iter().map(str::to_owned).collect())
    }

    fn cells(text: &str) -> Vec<String> {
        let (state, cells) = split(text, Quoting::Doubled);
        assert_eq!(state, Split::Whole, "{text}");
        cells
    }

    #[test]
    fn row_is_split_at_delimiters_outside_quotes() {
        for (text, expected) in [
            ("a;b;c", vec!["a", "b", "c"]),
            ("a;;", vec!["a", "", ""]),
            ("", vec![""]),
            ("\"a;b\";c", vec!["a;b", "c"]),
            ("\"\";\"\"\"\"", vec!["", "\""]),
            ("\"say \"\"hello\"\"\";b", vec!["say \"hello\"", "b"]),
            ("7\" screen;b\"", vec!["7\" screen", "b\""]),
            ("a; \"b; c\" ;d", vec!["a", "b; c", "d"]),
            ("a; \"b\" c;d", vec!["a", " \"b\" c", "d"]),
            ("\"a\nb\";c", vec!["a\nb", "c"]),
            ("\"C:\\\";b", vec!["C:\\", "b"]),
        ] {
            assert_eq!(cells(text), expected, "{text}");
        }
    }

    #[test]
    fn closing_quote_before_other_text_splits_nothing() {
        for text in ["\"a\"b;c", "a;\"Hotel \"North\" two\"", "\"Hotel \\\"North\\\"; two nights\";b"] {
            assert_eq!(split(text, Quoting::Doubled).0, Split::Broken, "{text}");
        }
        assert_eq!(split("a;\"b", Quoting::Doubled).0, Split::Open);
    }

    #[test]
    fn backslash_before_a_quote_is_read_where_it_is_the_way() {
        let (state, cells) = split("\"Hotel \\\"North\\\"; two\";\"a\\\\\";\"\\n\"", Quoting::Backslash);
        assert_eq!((state, cells), (Split::Whole, vec!["Hotel \"North\"; two".into(), "a\\".into(), "\\n".into()]));
    }

    #[test]
    fn quoted_delimiter_is_seen() {
        let (mut splitter, mut line) = (Splitter::new(b';', Quoting::Doubled), Line::default());
        splitter.begin("a;\"b;c\"", &mut line);
        assert!(line.has_quoted_delimiter);
        line.clear();
        splitter.begin("a;\"b\";c", &mut line);
        assert!(!line.has_quoted_delimiter);
    }
}
