//! Proves, over a whole file, what its columns mean, before a row of it is believed.
//!
//! Invariant: memory does not grow with the file, but for the last row of each claim where rows are gathered.

use std::path::Path;

use postonce_engine::domain::Currency;

use super::amount::{Marks, Written};
use super::beside::{Beside, Example, example};
use super::claims::ClaimEnds;
use super::date::OrderEvidence;
use super::error::BesideKind;
use super::{
    CellKind, DayReader, Document, Field, FileError, FileSettings, Head, Line, Remark, RemarkKind, Sign, cells,
};

/// So many negative amounts without a positive one are no few corrections.
const NEGATIVES_ALONE_MAX: u64 = 4;

/// Holds what the columns of one file prove.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proof {
    /// The decimal mark of the amounts.
    pub(crate) marks: Marks,
    order_agrees: bool,
    /// The first day that contradicts the order of the format, and the first that could be read both ways.
    order_contradicts: Option<(String, u64)>,
    order_ambiguous: Option<(String, u64)>,
    positives: u64,
    negatives: u64,
    /// The sum of the amounts, in hundredths, as far as they can be compared.
    sum: i128,
    first_negative: Option<(String, u64)>,
    garbled: Option<(usize, String, u64)>,
    beside: Beside,
    /// The last rows of the claims, where rows are gathered.
    pub(crate) claim_ends: ClaimEnds,
}

impl Proof {
    /// Reads the whole file.
    ///
    /// # Errors
    /// If the file cannot be read to its end.
    pub(crate) fn of(
        document: &dyn Document,
        settings: &FileSettings,
        head: &Head,
        days: &DayReader,
    ) -> Result<Self, FileError> {
        let mut proof = Self::default();
        let (mut rows, mut row) = (head.rows(document)?, Line::default());
        while rows.next(&mut row)? {
            if row.is_blank() || head.is_repeated(&row) {
                continue;
            }
            if settings.gathers_claims {
                proof.claim_ends.see(head, &row);
            }
            let currency = cells::currency(head, &row, settings).unwrap_or(settings.currency);
            for field in [Field::Amount, Field::AmountBack] {
                proof.see_amount(head, &row, field, currency);
            }
            if let Some(place) = head.place(Field::Date).filter(|place| row.kind(*place) == CellKind::Text) {
                proof.see_day(days.order(row.cell(place)), row.cell(place), row.number);
            }
            proof.beside.see(head, &row, settings, days);
            if proof.garbled.is_none() {
                proof.see_letters(&row);
            }
        }
        Ok(proof)
    }

    /// Returns every reason not to believe the file.
    pub(crate) fn stops(&self, path: &Path, settings: &FileSettings, head: &Head) -> Vec<FileError> {
        let (mut stops, path) = (Vec::new(), || path.to_owned());
        let separator = settings.decimal_separator;
        if let Some((found, line)) = self.marks.example(separator.other()).cloned() {
            let agrees = self.marks.example(separator).cloned();
            stops.push(FileError::AmountsContradict { path: path(), line, found, mark: separator.mark(), agrees });
        }
        if let Some((found, line)) = self.order_contradicts.clone() {
            let (format, ambiguous) = (settings.date_format.clone(), self.order_ambiguous.clone());
            stops.push(FileError::DaysContradict { path: path(), line, found, format, ambiguous });
        }
        let beside = &self.beside;
        let mut ask = |kind, found: Option<(usize, Example)>| {
            let Some((place, (found, line))) = found else { return };
            stops.push(FileError::Beside { kind, path: path(), line, column: head.name(place), found });
        };
        ask(BesideKind::Currency, beside.currencies(head).filter(|_| !beside.has_other_amounts()));
        ask(BesideKind::OwnerOfCurrency, beside.owner_of_currency(head));
        ask(BesideKind::Amount, beside.likelier_amount(head));
        ask(BesideKind::Side, beside.side(head));
        ask(BesideKind::Id, beside.no_id(head).filter(|_| !settings.gathers_claims));
        ask(BesideKind::States, beside.not_approved(head));
        let is_few = self.positives == 0 && self.negatives <= NEGATIVES_ALONE_MAX;
        // Many small corrections beside a few claims are no claims the other way round.
        let negative = self.negative_mostly(settings, head).filter(|_| !is_few && self.sum < 0);
        ask(BesideKind::Sign, head.place(Field::Amount).zip(negative.cloned()));
        stops
    }

    /// Returns the first negative amount, if most are negative and nothing says whether that is owed.
    fn negative_mostly(&self, settings: &FileSettings, head: &Head) -> Option<&(String, u64)> {
        let is_said = settings.sign != Sign::Unsaid
            || [Field::Side, Field::AmountBack].into_iter().any(|field| head.place(field).is_some());
        self.first_negative.as_ref().filter(|_| !is_said && self.negatives > self.positives)
    }

    /// Returns what is read, and worth a look.
    pub(crate) fn remarks(&self, file: &str, settings: &FileSettings, head: &Head) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let mut remark = |kind, place: Option<usize>, example: Option<&(String, u64)>| {
            let Some((text, line)) = example else { return };
            let column = place.map(|place| head.name(place)).unwrap_or_default();
            remarks.push(Remark { kind, file: file.to_owned(), line: *line, column, text: text.clone() });
        };
        let (amount, date) = (head.place(Field::Amount), head.place(Field::Date));
        remark(RemarkKind::OrderUnproven, date, self.order_ambiguous.as_ref().filter(|_| !self.order_agrees));
        remark(RemarkKind::MostlyNegative, amount, self.negative_mostly(settings, head));
        if let Some((place, text, line)) = &self.garbled {
            remark(RemarkKind::Garbled, Some(*place), Some(&(text.clone(), *line)));
        }
        if let Some((place, example)) = self.beside.currencies(head).filter(|_| self.beside.has_other_amounts()) {
            remark(RemarkKind::CurrencyUnnamed, Some(place), Some(&example));
        }
        for (place, state) in self.beside.states() {
            remark(RemarkKind::StatesUnnamed, Some(place), Some(state));
        }
        remarks
    }

    fn see_amount(&mut self, head: &Head, row: &Line, field: Field, currency: Currency) {
        let Some(place) = head.place(field) else { return };
        let text = row.cell(place);
        let Some(written) = Written::of(text) else { return };
        match row.kind(place) {
            CellKind::Text => self.marks.see(&written, currency.exponent(), text, row.number),
            CellKind::Number => {}
            CellKind::Day | CellKind::Fault => return,
        }
        let is_negative = written.is_negative;
        self.sum += i128::from(written.hundredths().unwrap_or_default());
        if is_negative {
            self.negatives += 1;
            self.first_negative = self.first_negative.take().or_else(|| example(text, row.number));
        } else {
            self.positives += 1;
        }
    }

    fn see_day(&mut self, evidence: OrderEvidence, text: &str, line: u64) {
        match evidence {
            OrderEvidence::Agrees => self.order_agrees = true,
            OrderEvidence::Both if self.order_ambiguous.is_none() => self.order_ambiguous = example(text, line),
            OrderEvidence::Contradicts if self.order_contradicts.is_none() => {
                self.order_contradicts = example(text, line);
            }
            OrderEvidence::Both | OrderEvidence::Contradicts | OrderEvidence::None => {}
        }
    }

    fn see_letters(&mut self, row: &Line) {
        let garbled = row.cells.iter().enumerate().find(|(_, cell)| !cell.is_ascii() && is_garbled(cell));
        if let Some((place, cell)) = garbled {
            self.garbled = example(cell, row.number).map(|(text, line)| (place, text, line));
        }
    }
}

/// Says whether a text looks like UTF-8 that was once read as windows-1252: the letter of a first byte, and behind it
/// the character of a second one. `Å` is a letter of the language, so that a mark behind it (`«Å»`) shows nothing.
fn is_garbled(text: &str) -> bool {
    let (text, ..) = encoding_rs::WINDOWS_1252.encode(text);
    text.windows(2).any(|pair| match *pair {
        [0xc2 | 0xc3, second] => (0x80..0xc0).contains(&second),
        [0xc5, second] => matches!(second, 0xa1 | 0xb8 | 0xbd | 0xbe),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_was_decoded_wrongly_is_seen() {
        for text in ["KÃ¥re", "BlÃ¥bÃ¦r", "Ã˜yvind", "SÃ¸r", "5Â\u{a0}kr"] {
            assert!(is_garbled(text), "{text}");
        }
        for text in ["Kåre", "Blåbær på Røros", "São Paulo", "Ãngström", "«Å»", "øÅ"] {
            assert!(!is_garbled(text), "{text}");
        }
    }
}
