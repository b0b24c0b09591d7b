//! Compares texts as people see them: spaces of any kind are one, characters without a width are none, and letters are
//! composed.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// Returns the text with one space for any space, and none around it; without characters that have no width; with
/// composed letters. Two texts that look the same are the same then.
pub(crate) fn seen(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if trimmed.is_ascii() && !trimmed.bytes().any(|byte| byte.is_ascii_control()) && !trimmed.contains("  ") {
        return Cow::Borrowed(trimmed);
    }
    let visible: String = trimmed.chars().filter(|c| !is_invisible(*c)).collect();
    let spaced = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    Cow::Owned(ComposingNormalizerBorrowed::new_nfc().normalize(&spaced).into_owned())
}

/// Returns [`seen`] in one letter case, for values of which nobody minds the case.
pub(crate) fn folded(text: &str) -> String {
    seen(text).to_lowercase()
}

/// Says whether a character has no width, and so says nothing to a reader: joiners, marks of direction and of byte
/// order, the soft hyphen.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_look_the_same_are_the_same() {
        for (text, same) in [
            (" Amount\n(NOK) ", "Amount (NOK)"),
            ("Air\u{a0}travel", "Air travel"),
            ("Belo\u{308}p", "Belöp"),
            ("\u{feff}Id", "Id"),
            ("Be\u{ad}løp\u{200b}", "Beløp"),
            ("plain", "plain"),
        ] {
            assert_eq!(seen(text), same);
        }
        assert_eq!(folded(" TRAVEL\u{202f}Å"), "travel å");
        assert_ne!(seen("Travel"), seen("travel"));
    }
}
