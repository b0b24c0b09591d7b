//! Proves, over a whole file, what its columns mean, before a row of it is believed.
//!
//! Invariant: memory does not grow with the file.

use std::path::Path;

use postonce_engine::domain::Currency;

use super::amount::{Marks, Written};
use super::date::OrderEvidence;
use super::key::folded;
use super::{CellKind, DayReader, Document, Field, FileError, FileSettings, Head, Line, Remark, RemarkKind, cells};
use crate::text::{GLIMPSE_CHARS_MAX, bounded};

/// The columns that are looked at besides those of the records; a file with more is looked at as far as that.
const COLUMNS_MAX: usize = 200;
/// The currencies in which people are reimbursed. Other codes are words as well: `ALL`, `TOP`.
const CURRENCIES: [&str; 22] = [
    "NOK", "SEK", "DKK", "ISK", "EUR", "USD", "GBP", "CHF", "PLN", "CZK", "HUF", "RON", "CAD", "AUD", "NZD", "JPY",
    "CNY", "INR", "ZAR", "KES", "UAH", "TRY",
];
/// Words of a state in which a claim is not approved, or is.
const STATES: [&str; 20] = [
    "approved",
    "rejected",
    "draft",
    "submitted",
    "pending",
    "declined",
    "ja",
    "nei",
    "yes",
    "no",
    "godkjent",
    "avvist",
    "kladd",
    "utkast",
    "innsendt",
    "til godkjenning",
    "nej",
    "godkänd",
    "abgelehnt",
    "genehmigt",
];

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
    first_negative: Option<(String, u64)>,
    garbled: Option<(usize, String, u64)>,
    others: Vec<OtherColumn>,
}

/// A column that no field names.
#[derive(Debug, Clone, Default)]
struct OtherColumn {
    /// The number of cells with content.
    filled: u64,
    is_no_code: bool,
    is_no_amount: bool,
    is_no_state: bool,
    has_marks: bool,
    /// The first code that is not the organisation's currency.
    foreign: Option<(String, u64)>,
    state: Option<(String, u64)>,
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
        let mut others: Vec<usize> = Vec::new();
        let (mut rows, mut row) = (head.rows(document)?, Line::default());
        while rows.next(&mut row)? {
            if row.is_blank() || head.is_repeated(&row) {
                continue;
            }
            let currency = cells::currency(head, &row, settings).unwrap_or(settings.currency);
            for field in [Field::Amount, Field::AmountBack] {
                proof.see_amount(head, &row, field, currency);
            }
            if let Some(place) = head.place(Field::Date).filter(|place| row.kind(*place) == CellKind::Text) {
                proof.see_day(days.order(row.cell(place)), row.cell(place), row.number);
            }
            while proof.others.len() < row.cells.len().min(COLUMNS_MAX) {
                let place = proof.others.len();
                proof.others.push(OtherColumn::default());
                if !head.is_named(place) {
                    others.push(place);
                }
            }
            for &place in others.iter().filter(|place| **place < row.cells.len()) {
                proof.others[place].see(row.cell(place).trim(), row.number, settings.currency);
            }
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
        if let Some((place, (found, line))) = self.currencies_beside(head).filter(|_| !self.has_other_amounts()) {
            stops.push(FileError::CurrencyNotNamed { path: path(), line, column: head.name(place), found });
        }
        stops
    }

    /// Returns what is read, and worth a look.
    pub(crate) fn remarks(&self, file: &str, head: &Head) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let mut remark = |kind, place: Option<usize>, example: Option<&(String, u64)>| {
            let Some((text, line)) = example else { return };
            let column = place.map(|place| head.name(place)).unwrap_or_default();
            remarks.push(Remark { kind, file: file.to_owned(), line: *line, column, text: text.clone() });
        };
        let (amount, date) = (head.place(Field::Amount), head.place(Field::Date));
        remark(RemarkKind::OrderUnproven, date, self.order_ambiguous.as_ref().filter(|_| !self.order_agrees));
        remark(
            RemarkKind::MostlyNegative,
            amount,
            self.first_negative.as_ref().filter(|_| self.negatives > self.positives),
        );
        if let Some((place, text, line)) = &self.garbled {
            remark(RemarkKind::Garbled, Some(*place), Some(&(text.clone(), *line)));
        }
        if let Some((place, example)) = self.currencies_beside(head).filter(|_| self.has_other_amounts()) {
            remark(RemarkKind::CurrencyUnnamed, Some(place), Some(&example));
        }
        for (place, other) in self.others.iter().enumerate().filter(|(place, _)| !head.is_named(*place)) {
            remark(RemarkKind::StatesUnnamed, Some(place), other.state.as_ref().filter(|_| !other.is_no_state));
        }
        remarks
    }

    fn see_amount(&mut self, head: &Head, row: &Line, field: Field, currency: Currency) {
        let Some(place) = head.place(field) else { return };
        let text = row.cell(place);
        let is_negative = match row.kind(place) {
            CellKind::Text => {
                let Some(written) = Written::of(text) else { return };
                self.marks.see(&written, currency.exponent(), text, row.number);
                written.is_negative
            }
            CellKind::Number => text.starts_with('-'),
            CellKind::Day | CellKind::Fault => return,
        };
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

    /// Returns the one column of currencies that no field names, with a code that is not the organisation's.
    fn currencies_beside(&self, head: &Head) -> Option<(usize, (String, u64))> {
        if head.place(Field::Currency).is_some() {
            return None;
        }
        let mut columns = self.others.iter().enumerate().filter(|(_, other)| other.filled > 0 && !other.is_no_code);
        let (place, only) = columns.next()?;
        let foreign = only.foreign.clone().filter(|_| columns.next().is_none())?;
        Some((place, foreign))
    }

    /// Says whether other amounts stand in the file than those of the records: a currency may be theirs.
    fn has_other_amounts(&self) -> bool {
        self.others.iter().any(|other| other.filled > 0 && other.has_marks && !other.is_no_amount)
    }
}

impl OtherColumn {
    fn see(&mut self, cell: &str, line: u64, currency: Currency) {
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        if !self.is_no_code {
            let code = cell.to_ascii_uppercase();
            self.is_no_code = !CURRENCIES.contains(&code.as_str());
            if !self.is_no_code && code != currency.code() && self.foreign.is_none() {
                self.foreign = example(cell, line);
            }
        }
        if !self.is_no_amount {
            match Written::of(cell) {
                Some(written) => self.has_marks |= written.has_mark(),
                None => self.is_no_amount = true,
            }
        }
        if !self.is_no_state {
            self.is_no_state = !STATES.contains(&folded(cell).as_str());
            self.state = self.state.take().or_else(|| example(cell, line));
        }
    }
}

fn example(text: &str, line: u64) -> Option<(String, u64)> {
    Some((bounded(text, GLIMPSE_CHARS_MAX), line))
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
