//! Makes texts fit for a terminal: nothing from outside controls it, and columns stand under each other.
//!
//! Invariant: a line that was made [`harmless`] has no control character and none that changes the direction of writing,
//! whoever wrote its parts.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

/// The columns of the narrowest terminal that is thought of.
pub(crate) const COLUMNS: usize = 80;
/// Stands where a character was that may not reach a terminal.
const INSTEAD: char = '\u{fffd}';

/// Returns whether a character tells a terminal what to do, or turns the direction of what follows.
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns a line as a terminal may show it.
pub(crate) fn harmless(line: &str) -> Cow<'_, str> {
    if !line.contains(is_harmful) {
        return Cow::Borrowed(line);
    }
    let instead = |character| match character {
        '\t' => ' ',
        other if is_harmful(other) => INSTEAD,
        other => other,
    };
    Cow::Owned(line.chars().map(instead).collect())
}

/// Returns a JSON text in which such characters are escaped: the same document for every reader. JSON itself escapes the
/// first 32 alone.
pub(crate) fn harmless_json(text: String) -> String {
    if !text.contains(is_harmful) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if is_harmful(character) {
            // All of them are of the basic plane: four digits are enough.
            let _ = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Returns a text with so many columns at least; a terminal shows some characters in two, and some in none.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())))
}

/// Returns the lines of a table whose columns stand under each other.
pub(crate) fn table(rows: &[Vec<String>]) -> Vec<String> {
    let rows: Vec<Vec<Cow<'_, str>>> = rows.iter().map(|row| row.iter().map(|cell| harmless(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<Cow<'_, str>>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// Returns a text in lines of [`COLUMNS`] at most, each behind this indent. It breaks between words, and within a word
/// that has no room on any line.
pub(crate) fn paragraph(text: &str, indent: &str) -> Vec<String> {
    let room = COLUMNS - indent.width();
    let mut lines = vec![String::new()];
    // A hard space stays what it is: an amount is not torn apart.
    for word in harmless(text).split(' ').flat_map(|word| pieces(word, room)) {
        let line = lines.last_mut().expect("there is a first line");
        if line.is_empty() {
            line.push_str(&word);
        } else if line.width() + 1 + word.width() <= room {
            line.push(' ');
            line.push_str(&word);
        } else {
            lines.push(word);
        }
    }
    lines.into_iter().map(|line| format!("{indent}{line}")).collect()
}

/// Returns a word in pieces of so many columns at most.
fn pieces(word: &str, columns: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for character in word.chars() {
        let last = pieces.last_mut().expect("there is a first piece");
        let longer = format!("{last}{character}");
        if longer.width() > columns {
            pieces.push(character.to_string());
        } else {
            *last = longer;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_from_outside_controls_no_terminal() {
        for evil in ["\u{1b}[2J", "\u{9b}2J", "a\nb", "a\rb", "\u{7f}", "\u{202e}", "\u{2067}", "\u{200f}", "\u{2028}"]
        {
            let shown = harmless(evil);
            assert!(!shown.contains(is_harmful) && shown.contains(INSTEAD), "{evil:?}: {shown:?}");
        }
        assert_eq!(harmless("a\tb"), "a b");
        assert_eq!(harmless("Åse 北京 🎉"), "Åse 北京 🎉");
    }

    #[test]
    fn document_is_the_same_when_it_is_harmless() {
        let value = serde_json::json!({ "name": "a\u{1b}\u{9b}\u{7f}\u{202e}b Åse" });
        let text = harmless_json(value.to_string());
        assert!(!text.contains(is_harmful), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).ok(), Some(value));
    }

    #[test]
    fn columns_stand_under_each_other_whatever_the_script() {
        let rows = [["北京", "x"], ["Åse", "x"], ["e\u{301}", "x"]].map(|row| row.map(str::to_owned).to_vec());
        let places: Vec<usize> =
            table(&rows).iter().map(|line| line.split_once('x').expect("a second cell").0.width()).collect();
        assert_eq!(places, [6, 6, 6]);
    }

    #[test]
    fn paragraph_fits_whatever_its_words() {
        let text = format!("{} {} 北京北京 {}", "a".repeat(200), "Exported 13\u{a0}800,", "北".repeat(90));
        let lines = paragraph(&text, "    ");
        assert!(lines.iter().all(|line| line.width() <= COLUMNS && line.starts_with("    ")), "{lines:?}");
        assert!(lines.iter().any(|line| line.contains("13\u{a0}800")), "{lines:?}");
    }
}
