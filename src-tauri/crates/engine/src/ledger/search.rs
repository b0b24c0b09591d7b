//! Searches for words as people type them. SQLite knows upper and lower case of A to Z alone; Øverland is to be found
//! under øverland as well, so the comparison is ours.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

/// Teaches a connection `holds(text, folded)`: true if a text has these words in it, whatever their case.
pub(super) fn install(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("holds", 2, flags, |call| {
        let (text, folded) = (call.get_raw(0).as_str_or_null()?, call.get_raw(1).as_str_or_null()?);
        Ok(matches!((text, folded), (Some(text), Some(folded)) if fold(text).contains(folded)))
    })
}

/// Returns a text without its case, as `holds` compares it.
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// Returns a person's text without the spaces around it; `None` if nothing is left.
pub(super) fn asked(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// Returns the first text behind all those that begin with this one, so that an index finds them as a range.
pub(super) fn behind(text: &str) -> String {
    format!("{text}{}", char::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: Option<&str>, words: Option<&str>) -> bool {
        let connection = Connection::open_in_memory().expect("memory");
        install(&connection).expect("it is ours");
        let asked = rusqlite::named_params! { ":text": text, ":words": words };
        connection.query_row("SELECT holds(:text, :words)", asked, |row| row.get(0)).expect("a boolean")
    }

    #[test]
    fn words_are_found_in_any_case_and_hold_no_wildcard() {
        assert!(holds(Some("Astrid ØVERLAND"), Some(&fold("Øverland"))));
        assert!(holds(Some("100 %"), Some("0 %")));
        assert!(!holds(Some("100 kr"), Some("0 %")));
        assert!(!holds(None, Some("a")));
        assert!(!holds(Some("a"), None));
    }

    #[test]
    fn range_of_a_beginning_holds_all_that_begins_so() {
        for text in ["PM-1", "PM-1ø", "PM-1\u{10fffe}"] {
            assert!(text >= "PM-1" && *text < *behind("PM-1"), "{text}");
        }
        assert!(*"PM-2" > *behind("PM-1"));
    }
}
