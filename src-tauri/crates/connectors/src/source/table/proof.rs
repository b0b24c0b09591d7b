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
use super::line::{Epoch, Facts};
use super::rules::Rules;
use super::shifted::{SplitAmounts, TurnedDays};
use super::titles::{self, Title};
use super::{
    CellKind, DayReader, Document, Field, FileError, FileSettings, Head, Line, Remark, RemarkKind, Sign, cells, id,
};
use crate::text::{GLIMPSE_CHARS_MAX, bounded};

/// So many negative amounts without a positive one are no few corrections.
const NEGATIVES_ALONE_MAX: u64 = 1;

/// Holds what the columns of one file prove.
#[derive(Debug, Clone)]
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
    first_positive: Option<(String, u64)>,
    garbled: Option<(usize, String, u64)>,
    beside: Beside,
    /// The rows that count, and the first that a rule leaves out.
    counted: u64,
    left_out: Option<(usize, Example)>,
    /// The digits beyond those that a spreadsheet keeps of a number, over all ids, while all of them are zeros.
    zeros_of_ids: Option<usize>,
    split: SplitAmounts,
    turned: TurnedDays,
    /// The first number that stands where a day is expected.
    day_number: Option<Example>,
    facts: Facts,
    /// The last rows of the claims, where rows are gathered.
    pub(crate) claim_ends: ClaimEnds,
}

impl Proof {
    fn new(settings: &FileSettings) -> Self {
        Self {
            marks: Marks::default(),
            order_agrees: false,
            order_contradicts: None,
            order_ambiguous: None,
            positives: 0,
            negatives: 0,
            sum: 0,
            first_negative: None,
            garbled: None,
            beside: Beside::new(settings),
            counted: 0,
            left_out: None,
            zeros_of_ids: Some(0),
            split: SplitAmounts::default(),
            turned: TurnedDays::default(),
            first_positive: None,
            day_number: None,
            facts: Facts::default(),
            claim_ends: ClaimEnds::default(),
        }
    }

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
        let mut proof = Self::new(settings);
        let (mut rows, mut row, rules) = (head.rows(document)?, Line::default(), Rules::of(head));
        let behind = SplitAmounts::place(head, settings);
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
            if let Some(behind) = behind {
                proof.split.see(head, &row, behind);
            }
            if let Some(place) = head.place(Field::Date) {
                proof.see_day(row.cell(place), row.kind(place), row.number, days);
            }
            proof.see_rules(&rules, &row);
            proof.see_id(head, &row);
            proof.beside.see(head, &row, settings, days);
            if proof.garbled.is_none() {
                proof.see_letters(&row);
            }
        }
        proof.facts = rows.facts();
        Ok(proof)
    }

    /// Says whether an amount in hundredths is the sum of all others of the file, and these are many.
    pub(crate) fn is_sum_of_others(&self, hundredths: i64) -> bool {
        const OTHERS_MIN: u64 = 5;
        let rows = self.positives + self.negatives;
        rows > OTHERS_MIN && hundredths != 0 && i128::from(hundredths) * 2 == self.sum
    }

    /// Says whether the long numbers among the ids are numbers that a spreadsheet rounded.
    pub(crate) const fn ids_are_rounded(&self) -> bool {
        // One zero stands at the end of every tenth number.
        matches!(self.zeros_of_ids, Some(2..))
    }

    /// Returns every reason not to believe the file.
    pub(crate) fn stops(&self, path: &Path, settings: &FileSettings, head: &Head, days: &DayReader) -> Vec<FileError> {
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
        let epoch = self.facts.epoch.filter(|epoch| days.counts_otherwise(*epoch));
        if let Some((place, (found, line))) =
            head.place(Field::Date).zip(self.day_number.clone()).filter(|_| epoch.is_some())
        {
            let format = epoch.map(Epoch::format).unwrap_or_default();
            let (path, column) = (path(), head.name(place));
            stops.push(FileError::EpochDiffers { path, line, column, found, format });
        }
        let beside = &self.beside;
        let mut ask = |kind, found: Option<(usize, Example)>| {
            let Some((place, (found, line))) = found else { return };
            stops.push(FileError::Beside { kind, path: path(), line, column: head.name(place), found });
        };
        ask(BesideKind::DaysTurned, head.place(Field::Date).zip(self.turned.found().cloned()));
        if let Some((kind, place, found)) = beside.currency_doubt(head) {
            ask(kind, Some((place, found)));
        }
        ask(BesideKind::Split, SplitAmounts::place(head, settings).zip(self.split.found().cloned()));
        ask(BesideKind::Unit, beside.unit_in_title(head));
        ask(BesideKind::Amount, beside.likelier_amount(head));
        ask(BesideKind::Side, beside.side(head));
        ask(BesideKind::Id, beside.no_id(head).filter(|_| !settings.gathers_claims));
        ask(BesideKind::States, beside.not_approved(head));
        let is_few = self.positives == 0 && self.negatives <= NEGATIVES_ALONE_MAX;
        // Many small corrections beside a few claims are no claims the other way round.
        let negative = self.negative_mostly(settings).filter(|_| !is_few && self.sum < 0);
        ask(BesideKind::Sign, head.place(Field::Amount).zip(negative.cloned()));
        let is_turned = settings.sign == Sign::Negative && self.negatives == 0 && self.positives > 1;
        let positive = self.first_positive.clone().filter(|_| is_turned);
        ask(BesideKind::SignTurned, head.place(Field::Amount).zip(positive));
        stops
    }

    /// Returns the first negative amount, if most are negative and nothing says whether that is owed.
    fn negative_mostly(&self, settings: &FileSettings) -> Option<&(String, u64)> {
        let is_said = settings.sign != Sign::Unsaid;
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
        remark(RemarkKind::MostlyNegative, amount, self.negative_mostly(settings));
        if let Some((place, text, line)) = &self.garbled {
            remark(RemarkKind::Garbled, Some(*place), Some(&(text.clone(), *line)));
        }
        let is_read = head.place(Field::Currency).is_some();
        if let Some((place, example)) = self.beside.foreign_column().filter(|_| !is_read) {
            remark(RemarkKind::CurrencyUnnamed, Some(place), Some(&example));
        }
        if let Some((place, found)) = self.left_out.as_ref().filter(|_| self.counted == 0) {
            remark(RemarkKind::RowsNotCounted, Some(*place), Some(found));
        }
        for (place, state) in self.beside.states() {
            remark(RemarkKind::StatesUnnamed, Some(place), Some(&state));
        }
        if let Some(sheet) = self.facts.sheet.clone().filter(|_| !self.facts.other_sheets.is_empty()) {
            let text = self.facts.other_sheets.join(", ");
            let text = bounded(&text, GLIMPSE_CHARS_MAX);
            remarks.push(Remark {
                kind: RemarkKind::SheetsNotRead,
                file: file.to_owned(),
                line: 1,
                column: sheet,
                text,
            });
        }
        remarks
    }

    fn see_rules(&mut self, rules: &Rules<'_>, row: &Line) {
        if rules.are_none() || self.counted > 0 {
            return;
        }
        match rules.leaves_out(row) {
            None => self.counted += 1,
            Some((place, found)) if self.left_out.is_none() => {
                self.left_out = example(found, row.number).map(|found| (place, found));
            }
            Some(_) => {}
        }
    }

    fn see_id(&mut self, head: &Head, row: &Line) {
        let Some(zeros) = self.zeros_of_ids else { return };
        let long = |place: &usize| Some(row.cell(*place).trim()).filter(|id| is_long_number(id));
        for id in head.id_places.iter().filter_map(long) {
            self.zeros_of_ids = id::zeros_beyond(id).map(|more| zeros + more);
        }
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
        // A letter or a column of its own may say that it was paid back.
        let turns = field == Field::AmountBack || cells::is_credit(head, row);
        let is_negative = written.is_negative != turns;
        let hundredths = i128::from(written.hundredths().unwrap_or_default());
        if hundredths == 0 && field == Field::AmountBack {
            return;
        }
        self.sum += if turns { -hundredths } else { hundredths };
        if is_negative && says_back(head, row) {
            return;
        }
        if is_negative {
            self.negatives += 1;
            self.first_negative = self.first_negative.take().or_else(|| example(text, row.number));
        } else {
            self.positives += 1;
            self.first_positive = self.first_positive.take().or_else(|| example(text, row.number));
        }
    }

    fn see_day(&mut self, text: &str, kind: CellKind, line: u64, days: &DayReader) {
        self.turned.see(kind, text, line);
        let evidence = match kind {
            CellKind::Text => days.order(text),
            CellKind::Number if self.day_number.is_none() => {
                self.day_number = example(text, line);
                return;
            }
            CellKind::Number | CellKind::Day | CellKind::Fault => return,
        };
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

/// Says whether a row calls itself money that was paid back, so that its minus is no question.
fn says_back(head: &Head, row: &Line) -> bool {
    let says = |field| Title::of(head.raw(row, field)).has(titles::BACK);
    [Field::Text, Field::Category].into_iter().any(says)
}

/// Says whether a text is a number with more digits than a spreadsheet keeps.
fn is_long_number(text: &str) -> bool {
    text.len() > 15 && text.bytes().all(|byte| byte.is_ascii_digit())
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
