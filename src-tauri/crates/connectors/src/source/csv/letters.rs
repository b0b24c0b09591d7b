//! Tells encodings of one byte a character apart by the letters that their bytes would make: a wrong one puts signs and
//! capitals into the midst of words.

use super::super::table::Charset;

/// The characters beyond ASCII that are looked at.
const CHARACTERS_MAX: usize = 20_000;
/// The bytes around a character that are shown.
const AROUND: usize = 12;
/// The characters that are kept with what stands around them.
const SHOWN_MAX: usize = 50;
/// The encodings of one byte a character that are compared, the most likely first.
const LABELS: [&str; 5] = ["windows-1252", "macintosh", "cp850", "cp865", "cp437"];
/// The letters of the languages here.
const LETTERS: &str = "æøåÆØÅäöÄÖüÜßéèêëÉÈàâáíóúçÇñÑïîôûùœŒ";
/// The letters of Norwegian and Danish, which tell most.
const NORDIC: &str = "æøåÆØÅ";
/// Letters of other languages that are written in windows-1252.
const OTHERS: &str = "ãõÃÕðÐþÞýÝšŠžŽÿŸìòÀÂÊËÌÍÎÏÑÒÓÔÙÚÛÁ";
/// The signs that stand between words in such files.
const SIGNS: &str = "–—’‘“”«»…€£§°´´·\u{a0}";

/// The characters beyond ASCII of a file, with those around each.
#[derive(Debug, Default)]
pub(crate) struct Letters {
    places: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    before: u8,
    byte: u8,
    behind: u8,
    /// The bytes around it, to be shown.
    around: Vec<u8>,
}

/// The characters of an encoding of one byte a character, by their bytes.
struct Page {
    charset: Charset,
    characters: Vec<Option<char>>,
}

impl Page {
    fn of(charset: Charset) -> Self {
        let characters = (0..=u8::MAX).map(|byte| decoded(charset, &[byte]).chars().next()).collect();
        Self { charset, characters }
    }

    fn character(&self, byte: u8) -> Option<char> {
        self.characters.get(usize::from(byte)).copied().flatten()
    }
}

impl Letters {
    /// Notes the characters of the next bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        if self.places.len() == CHARACTERS_MAX || bytes.is_ascii() {
            return;
        }
        for (at, &byte) in bytes.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
            if self.places.len() == CHARACTERS_MAX {
                return;
            }
            let other = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
            let line = |byte: &u8| !matches!(byte, b'\r' | b'\n' | b';' | b',' | b'\t' | b'"' | b'|');
            let from = (at.saturating_sub(AROUND)..at).rev().take_while(|&at| line(&bytes[at])).last().unwrap_or(at);
            let to = (at..bytes.len().min(at + AROUND)).take_while(|&at| line(&bytes[at])).last().unwrap_or(at);
            let around = if self.places.len() < SHOWN_MAX { bytes[from..=to].to_vec() } else { Vec::new() };
            self.places.push(Place { before: other(at.checked_sub(1)), byte, behind: other(Some(at + 1)), around });
        }
    }

    /// Returns the encoding whose letters fit best, and a text in which they are seen.
    pub(crate) fn best(&self) -> (Charset, Option<String>) {
        // The first of equals is taken.
        let pages = pages();
        let Some(best) = pages.iter().rev().max_by_key(|page| self.score(page)) else { return (Charset::UTF_8, None) };
        let is_letter = |place: &&Place| best.character(place.byte).is_some_and(|c| LETTERS.contains(c));
        let shown = self.places.iter().find(is_letter).or(self.places.first());
        (best.charset, shown.map(|place| decoded(best.charset, &place.around).trim().to_owned()))
    }

    /// Returns the encoding that the file is plainly of, if that is not the one that it is said to be: in this one, signs
    /// or capitals stand in the midst of words; in the other, nearly every character is a letter of a word, or a sign
    /// between words.
    pub(crate) fn other_than(&self, charset: Charset) -> Option<&'static str> {
        const UNFIT_PERCENT: usize = 5;
        let said = Page::of(charset);
        if !self.places.iter().any(|place| place.is_wrong(&said)) {
            return None;
        }
        let fits = |page: &Page| {
            let unfit = self.places.iter().filter(|place| !place.is_well(page) && !place.is_sign(page)).count();
            unfit * 100 <= self.places.len() * UNFIT_PERCENT && self.places.iter().any(|place| place.is_well(page))
        };
        if fits(&said) {
            return None;
        }
        let pages = pages();
        let others = pages.iter().filter(|page| page.charset != charset && fits(page));
        others.rev().max_by_key(|page| self.score(page)).map(|page| page.charset.name())
    }

    fn score(&self, page: &Page) -> i64 {
        self.places.iter().map(|place| place.fit(page)).sum()
    }
}

impl Place {
    fn around(&self) -> (char, char) {
        (char::from(self.before), char::from(self.behind))
    }

    /// Says whether both neighbours may be of the same word: letters, or bytes that could be letters.
    fn is_within_a_word(&self) -> bool {
        let is_of_word = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
        is_of_word(self.before) && is_of_word(self.behind)
    }

    /// Says whether a capital stands where only a small letter can: behind one, or between a letter and a small one.
    fn is_odd_capital(&self, c: char) -> bool {
        let (before, behind) = self.around();
        c.is_uppercase()
            && (before.is_ascii_lowercase() || (before.is_ascii_alphabetic() && behind.is_ascii_lowercase()))
    }

    /// Says whether a small letter stands between two capitals.
    fn is_odd_small(&self, c: char) -> bool {
        c.is_lowercase() && self.before.is_ascii_uppercase() && self.behind.is_ascii_uppercase()
    }

    /// Says whether it is a letter of one of the languages where it can be one.
    fn is_well(&self, page: &Page) -> bool {
        let is_letter = |c: char| LETTERS.contains(c) || OTHERS.contains(c);
        page.character(self.byte).is_some_and(|c| is_letter(c) && !self.is_odd_capital(c) && !self.is_odd_small(c))
    }

    /// Says whether it is a sign that stands where one can.
    fn is_sign(&self, page: &Page) -> bool {
        let is_known = |c: char| SIGNS.contains(c) && (c == '’' || c == '\u{a0}' || !self.is_within_a_word());
        page.character(self.byte).is_some_and(is_known)
    }

    /// Says whether it is no letter within a word, or a capital where none can be.
    fn is_wrong(&self, page: &Page) -> bool {
        let Some(c) = page.character(self.byte) else { return true };
        if c.is_alphabetic() && !matches!(c, 'µ' | 'ª' | 'º' | '\u{2c6}'..='\u{2dd}') {
            return self.is_odd_capital(c) || self.is_odd_small(c);
        }
        if matches!(c, '¿' | '¡') && self.before.is_ascii_alphabetic() {
            return true;
        }
        self.is_within_a_word() && !matches!(c, '’' | '\u{a0}' | '\u{ad}' | '·' | '´' | '–' | '—')
    }

    /// Returns the points of the character among those around it.
    fn fit(&self, page: &Page) -> i64 {
        let Some(c) = page.character(self.byte) else { return -4 };
        let (before, behind) = self.around();
        let is_in_word = before.is_ascii_alphabetic() || behind.is_ascii_alphabetic();
        match c {
            c if self.is_odd_capital(c) => -2,
            c if NORDIC.contains(c) => 4,
            c if LETTERS.contains(c) => 3,
            c if c.is_alphabetic() => -1,
            c if SIGNS.contains(c) && !(before.is_ascii_alphabetic() && behind.is_ascii_alphabetic()) => 1,
            '’' | '\u{a0}' => 1,
            _ if is_in_word => -3,
            _ => -2,
        }
    }
}

/// Returns the characters of the encodings that are compared.
fn pages() -> Vec<Page> {
    LABELS.into_iter().filter_map(Charset::for_label).map(Page::of).collect()
}

fn decoded(charset: Charset, bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut decoder = charset.decoder(&[]);
    // A byte that is none of the encoding's characters shows by what is missing.
    let _ = decoder.decode(bytes, &mut text, true);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the bytes of a text in an encoding; `None` where it lacks a letter.
    fn encoded(text: &str, label: &str) -> Option<Vec<u8>> {
        let charset = Charset::for_label(label).expect("a known name");
        let of = |c: char| (0..=u8::MAX).find(|byte| decoded(charset, &[*byte]).starts_with(c));
        text.chars().map(of).collect()
    }

    fn seen(bytes: &[u8], said: &str) -> Option<&'static str> {
        let mut letters = Letters::default();
        letters.feed(bytes);
        letters.other_than(Charset::for_label(said).expect("a known name"))
    }

    #[test]
    fn letters_of_another_encoding_are_noticed() {
        for text in ["Kåre Bjørn;Blåbær", "Beløp;Måned", "KÅRE SØRLI;Lærer", "Gruß aus Köln;Müller"] {
            for is in LABELS {
                let Some(bytes) = encoded(text, is) else { continue };
                for said in LABELS.into_iter().filter(|said| *said != is) {
                    let is_same = |found: &str| encoded(text, found).as_ref() == Some(&bytes);
                    // Pages of DOS differ in few letters; what they share leaves nothing to notice.
                    let are_dos = [is, said].iter().all(|label| label.starts_with("cp"));
                    let found = seen(&bytes, said);
                    assert!(found.is_some_and(is_same) || are_dos, "{text} {is} {said} {found:?}");
                }
            }
        }
    }

    #[test]
    fn letters_that_are_letters_in_both_are_left_alone() {
        // `õ` on a Mac is `ø` under DOS, and a language has either.
        let bytes = encoded("Bodø;Tromsø;Røros", "cp850").expect("its letters");
        assert_eq!((seen(&bytes, "macintosh"), seen(&bytes, "windows-1252")), (None, Some("cp850")));
    }

    #[test]
    fn file_of_its_own_encoding_is_left_alone() {
        for text in [
            "Kåre Bjørn;Blåbær",
            "“hello” – 5 °C; don’t; «Å»; Café",
            "Košice; Žižkov; Þór; Camões; São Paulo",
            "5 € · 3 £ · § 7 · 1½ kg · 20 µm · n° 3",
            "™ ® ©; naïve; Ångström; L’été",
            "plain",
        ] {
            let bytes = encoded(text, "windows-1252").expect("its letters");
            assert_eq!(seen(&bytes, "windows-1252"), None, "{text}");
        }
        for label in ["cp850", "cp865", "macintosh"] {
            let bytes = encoded("Kåre Ødegård;Blåbær", label).expect("its letters");
            assert_eq!(seen(&bytes, label), None, "{label}");
        }
    }
}
