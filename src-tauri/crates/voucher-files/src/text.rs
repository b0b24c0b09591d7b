//! Makes texts of a file out of texts of a voucher: on one line, harmless in a spreadsheet, with the reference in
//! front.

use crate::reference::{ReferenceIndex, is_recognisable};
use crate::refusal::{Field, Problem, Refusal};
use crate::voucher::{Voucher, VoucherLine};

/// The characters with which a formula begins in a spreadsheet, also in their wide forms.
const FORMULA: &[char] = &['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The mark in front of a text that a spreadsheet would take for a formula.
const HARMLESS: char = '\'';

/// The manners of a format with texts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manners {
    /// Characters that the format cannot write, each with the one that stands in for it in a free text. A reference or
    /// a code that holds one is refused.
    pub(crate) unwritable: &'static [(char, char)],
    /// True if people open the file in a spreadsheet.
    pub(crate) is_table: bool,
}

/// Writes the texts of a file's lines.
pub(crate) struct Narrator<'a> {
    index: ReferenceIndex,
    manners: &'a Manners,
    max: usize,
}

impl<'a> Narrator<'a> {
    /// Makes one for a field of `max` characters.
    pub(crate) fn new(vouchers: &[Voucher], manners: &'a Manners, max: usize) -> Self {
        let references = vouchers.iter().map(|voucher| voucher.reference.as_str());
        Self { index: ReferenceIndex::new(references), manners, max }
    }

    /// Returns reference and text of the line, as much of the text as there is room for. A text in which another
    /// reference of the file stands is left out: two records would be found in one voucher.
    ///
    /// # Errors
    /// If the reference itself has no room or would not be found again.
    pub(crate) fn narration(&self, voucher: &Voucher, line: &VoucherLine) -> Result<String, Refusal> {
        let reference = guarded(&voucher.reference, self.manners);
        let length = reference.chars().count();
        if length > self.max {
            return Err(voucher.refusal(Field::Reference, Problem::TooLong { length, max: self.max }));
        }
        let text = free_text(line.text.as_deref().unwrap_or(&voucher.text), self.manners);
        // A text that says the reference itself need not say it twice.
        let behind = text.strip_prefix(&voucher.reference).filter(|rest| rest.is_empty() || rest.starts_with(' '));
        let text = behind.map_or(text.as_str(), str::trim_start);
        let whole = format!("{reference} {text}");
        let fitting: String = whole.chars().take(self.max).collect();
        [fitting.trim_end(), &reference]
            .into_iter()
            .find(|text| self.index.found_in(text) == [voucher.reference.as_str()])
            .map(str::to_owned)
            .ok_or_else(|| voucher.refusal(Field::Reference, Problem::NotRecognisable))
    }
}

/// Returns a name or a title with at most `max` characters.
pub(crate) fn short(text: &str, max: usize, manners: &Manners) -> String {
    let text = guarded(&free_text(text, manners), manners);
    text.chars().take(max).collect::<String>().trim_end().to_owned()
}

/// Checks that the reference can stand in the file as it is.
pub(crate) fn check_reference(voucher: &Voucher, manners: &Manners) -> Result<(), Refusal> {
    if voucher.reference.is_empty() {
        return Err(voucher.refusal(Field::Reference, Problem::Empty));
    }
    if !is_recognisable(&voucher.reference) {
        return Err(voucher.refusal(Field::Reference, Problem::NotRecognisable));
    }
    match manners.unwritable.iter().find(|(mark, _)| voucher.reference.contains(*mark)) {
        Some((mark, _)) => Err(voucher.refusal(Field::Reference, Problem::Mark { mark: *mark })),
        None => Ok(()),
    }
}

/// Checks that a code, which may not be changed, begins no formula.
pub(crate) fn check_code(voucher: &Voucher, field: Field, code: &str) -> Result<(), Refusal> {
    match code.chars().next().filter(|first| FORMULA.contains(first)) {
        Some(mark) => Err(voucher.refusal(field, Problem::Mark { mark })),
        None => Ok(()),
    }
}

/// Returns a text that begins no formula.
pub(crate) fn guarded(text: &str, manners: &Manners) -> String {
    if manners.is_table && text.starts_with(FORMULA) { format!("{HARMLESS}{text}") } else { text.to_owned() }
}

/// Returns the text on one line, with single spaces, and without what the format cannot write. Behind a separator a
/// formula gets a space in front: a spreadsheet that splits there would take it for one.
fn free_text(text: &str, manners: &Manners) -> String {
    let mut words = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        let mut before = ' ';
        for letter in word.chars() {
            let stand_in = manners.unwritable.iter().find(|(mark, _)| *mark == letter).map(|(_, other)| *other);
            let letter = stand_in.unwrap_or(letter);
            if manners.is_table && matches!(before, ',' | ';' | '|') && FORMULA.contains(&letter) {
                words.push(' ');
            }
            words.push(letter);
            before = letter;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Manners = Manners { unwritable: &[(';', ','), ('"', '\'')], is_table: true };

    fn narrated(reference: &str, text: &str, max: usize) -> Result<String, Refusal> {
        let voucher = Voucher::sample(1, reference, text);
        let other = Voucher::sample(2, "hlf:U-2", "");
        Narrator::new(&[voucher.clone(), other], &TABLE, max).narration(&voucher, &voucher.lines[0])
    }

    #[test]
    fn text_is_shortened_and_the_reference_never() {
        assert_eq!(narrated("hlf:U-1", "Reise til Bodø", 14).unwrap(), "hlf:U-1 Reise");
        assert_eq!(narrated("hlf:U-1", "Reise", 7).unwrap(), "hlf:U-1");
        let refusal = narrated("hlf:U-1", "Reise", 6).unwrap_err();
        assert_eq!((refusal.field, refusal.problem), (Field::Reference, Problem::TooLong { length: 7, max: 6 }));
    }

    #[test]
    fn text_cannot_break_its_row() {
        assert_eq!(narrated("hlf:U-1", "a;b\r\n\"c\"\t\u{0}d", 60).unwrap(), "hlf:U-1 a,b 'c' d");
    }

    #[test]
    fn text_is_no_formula() {
        assert_eq!(narrated("=U-1", "x", 60).unwrap(), "'=U-1 x");
        assert_eq!(short("=cmd|' /C calc'!A0", 60, &TABLE), "'=cmd|' /C calc'!A0");
        assert_eq!(short("a;=1+1", 60, &TABLE), "a, =1+1");
        assert_eq!(short("  +47 22 33", 4, &TABLE), "'+47");
    }

    #[test]
    fn text_with_another_reference_is_left_out() {
        assert_eq!(narrated("hlf:U-1", "refusjon av hlf:U-2", 60).unwrap(), "hlf:U-1");
        assert_eq!(narrated("hlf:U-1", "hlf:U-1 Reise", 60).unwrap(), "hlf:U-1 Reise");
    }

    #[test]
    fn reference_that_is_not_one_word_or_more_is_refused() {
        for reference in ["", " a", "a  b", "a\nb", "a\u{a0}b", "a;b"] {
            assert!(check_reference(&Voucher::sample(1, reference, ""), &TABLE).is_err(), "{reference:?}");
        }
        assert!(check_reference(&Voucher::sample(1, "hlf:Å 1,5", ""), &TABLE).is_ok());
    }
}
