//! Takes a line of SIE apart: a label, and fields that may have quotes or be lists in braces.

use super::error::{Fault, quoted};

/// A field of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SieField {
    /// A text, without its quotes.
    Text(String),
    /// The texts of a list.
    List(Vec<String>),
}

/// Returns the fields of a line behind its label. A quote or a brace that stays open is a fault: the line is cut off.
pub(super) fn fields(line: &str) -> Result<Vec<SieField>, Fault> {
    let mut fields = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '{' {
            let (list, after) = list(&rest[1..])?;
            fields.push(SieField::List(list));
            rest = after;
        } else {
            let (text, after) = text(rest)?;
            fields.push(SieField::Text(text));
            rest = after;
        }
        rest = rest.trim_start();
    }
    Ok(fields)
}

fn list(mut rest: &str) -> Result<(Vec<String>, &str), Fault> {
    let mut texts = Vec::new();
    loop {
        rest = rest.trim_start();
        match rest.chars().next() {
            None => return Err(Fault::Malformed("a brace stays open in its line".into())),
            Some('}') => return Ok((texts, &rest[1..])),
            Some('{') => return Err(Fault::TooDeep(1)),
            Some(_) => {
                let (text, after) = text(rest)?;
                texts.push(text);
                rest = after;
            }
        }
    }
}

/// Returns a text with quotes or without, and the rest behind it.
fn text(rest: &str) -> Result<(String, &str), Fault> {
    let Some(inner) = rest.strip_prefix('"') else {
        let end = rest.find(|letter: char| letter.is_whitespace() || matches!(letter, '{' | '}')).unwrap_or(rest.len());
        // A brace that closes nothing is a text of its own.
        let end = if end == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { end };
        let (text, after) = rest.split_at(end);
        return Ok((text.to_owned(), after));
    };
    let mut text = String::new();
    let mut letters = inner.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Ok((text, &inner[at + 1..])),
            '\\' if inner[at + 1..].starts_with(['"', '\\']) => {
                text.extend(letters.next().map(|(_, escaped)| escaped));
            }
            _ => text.push(letter),
        }
    }
    Err(Fault::Malformed(format!("a quote stays open in its line: “{}”", quoted(inner))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(line: &str) -> Vec<SieField> {
        fields(line).unwrap()
    }

    #[test]
    fn line_is_taken_apart() {
        let text = |text: &str| SieField::Text(text.into());
        assert_eq!(
            of(r#" 7010 {"1" "456" 7 47}  13200.00 "" "en \"text\"" x"#),
            [
                text("7010"),
                SieField::List(vec!["1".into(), "456".into(), "7".into(), "47".into()]),
                text("13200.00"),
                text(""),
                text("en \"text\""),
                text("x"),
            ]
        );
        assert_eq!(of("a{}b"), [text("a"), SieField::List(vec![]), text("b")]);
    }

    #[test]
    fn line_that_is_cut_off_is_a_fault() {
        for line in ["\"abc", "{1 2", "{\"1", "\"a\\\"", "{{1}}"] {
            assert!(fields(line).is_err(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn line_of_any_kind_is_taken_apart_or_a_fault(line: String) {
            let _ = fields(&line);
        }
    }
}
