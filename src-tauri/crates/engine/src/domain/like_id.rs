//! Makes the form of an id under which it is the same as another writing of it: what a spreadsheet, a script or a
//! keyboard does to an id and a person does not see.
//!
//! Invariant: forms are compared, and never sent. An id is sent as it stood in the source the first time.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::RecordId;

/// The marks that programs put around an id to keep it as it is.
const QUOTES: &[char] = &['"', '\'', '`', '´', '“', '”', '„', '‟', '‘', '’', '‚', '‛', '«', '»', '‹', '›', '′', '″'];

impl RecordId {
    /// Returns the form: compatibility letters composed, without what is not seen, quotes, spaces, letter case, leading
    /// zeros and the decimals of a whole number.
    pub fn form(&self) -> String {
        let form = form(self.as_str());
        if form.is_empty() { self.as_str().to_owned() } else { form }
    }
}

fn form(text: &str) -> String {
    let normalizer = ComposingNormalizerBorrowed::new_nfkc();
    let seen: String = normalizer.normalize(text).chars().filter(|c| !is_unseen(*c)).map(plain_dash).collect();
    let bare = seen.trim_start_matches(|c| c == '=' || QUOTES.contains(&c)).trim_end_matches(QUOTES);
    let lower = bare.to_lowercase();
    let form = normalizer.normalize(&lower);
    let parts = form.split('/').map(without_decimals).collect::<Vec<_>>();
    without_leading_zeros(&parts.join("/"))
}

/// Says whether nobody sees the character: spaces, format marks, marks that only choose a glyph.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{FEFF}'
        )
        || matches!(c, '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{E0000}'..='\u{E0FFF}')
}

fn plain_dash(c: char) -> char {
    if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{FE58}') { '-' } else { c }
}

/// Takes the decimals from a number that has none but zeros: `123.0` is 123.
fn without_decimals(text: &str) -> &str {
    let Some((whole, decimals)) = text.split_once(['.', ',']) else { return text };
    let is_number = |part: &str, digit: fn(&u8) -> bool| !part.is_empty() && part.as_bytes().iter().all(digit);
    if is_number(whole, u8::is_ascii_digit) && is_number(decimals, |b| *b == b'0') { whole } else { text }
}

/// Takes the leading zeros from each number in the text, but for those behind a decimal mark; a zero alone stays.
fn without_leading_zeros(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let begins = !before.is_some_and(|b: char| b.is_ascii_digit() || matches!(b, '.' | ','));
        let goes_on = characters.peek().is_some_and(char::is_ascii_digit);
        if c == '0' && begins && goes_on {
            continue;
        }
        form.push(c);
        before = Some(c);
    }
    form
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> String {
        form(text)
    }

    #[test]
    fn id_that_a_spreadsheet_has_rewritten_keeps_its_form() {
        for (was, is) in [
            ("000123", "123"),
            ("123", "123.0"),
            ("123", "123,00"),
            ("R-7/2", "R-7/2.0"),
            ("12/1", "12.0/01"),
            ("000123", "=\"000123\""),
            ("000123", "'000123"),
            ("PM-0042", "pm-42"),
            ("PM-2026-00417", "PM-2026-417"),
            ("A1", "Ａ１"),
            ("bodø-1", "BODØ-1"),
            ("e\u{301}-1", "é-1"),
            ("A-1", "A\u{200B}-1"),
            ("A-1", "\u{FEFF}A-1"),
            ("A-1", "A\u{AD}-1"),
            ("A-1", "\u{202A}A-1\u{202C}"),
            ("A-1", "A\u{2011}1"),
            ("A-1", "A–1"),
            ("A 1", "A\u{A0}1"),
            ("A-1", "«A-1»"),
            ("ﬁ-1", "fi-1"),
        ] {
            assert_eq!(of(was), of(is), "{was} {is}");
        }
    }

    #[test]
    fn ids_that_a_person_tells_apart_have_two_forms() {
        for (one, other) in
            [("1", "10"), ("1.05", "1.5"), ("0", "00a"), ("A-1", "A-11"), ("A1", "B1"), ("1.10", "1.1"), ("é", "e")]
        {
            assert_ne!(of(one), of(other), "{one} {other}");
        }
        assert_eq!(RecordId::new("\"\"").expect("an id").form(), "\"\"", "an id of marks alone is itself");
    }

    proptest! {
        #[test]
        fn form_of_a_form_is_itself(id in "[A-Za-z0-9æøåÆØÅé.,=\"'\u{200B} #~:-]{1,12}") {
            prop_assert_eq!(of(&of(&id)), of(&id));
        }

        #[test]
        fn every_rewriting_keeps_the_form(id in "[A-Za-z1-9][A-Za-z0-9-]{0,10}", how in 0usize..7) {
            let rewritten = match how {
                0 => id.to_uppercase(),
                1 => format!("=\"{id}\""),
                2 => format!("\u{FEFF}{id}\u{200B}"),
                3 => format!("'{id}"),
                4 => id.chars().map(|c| if c == '-' { '\u{2013}' } else { c }).collect(),
                5 => id.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c)).collect(),
                _ => format!("\"{id}\""),
            };
            prop_assert_eq!(of(&id), of(&rewritten));
        }
    }
}
