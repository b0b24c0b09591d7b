//! Counts what the cells of one column have in common: few different values, or amounts beside the row's own.

use postonce_engine::domain::Currency;

use super::super::amount::Written;
use super::super::cells::{CREDIT, DEBIT};
use super::super::date::{Approval, NoDay};
use super::super::key::folded;
use super::super::sign::Tag;
use super::super::titles::{self, Title, approves, has_value, is_nothing, plain};
use super::super::{CellKind, DayReader};
use super::{Example, example};
use crate::text::GLIMPSE_CHARS_MAX;

/// The most different values of a column of states, letters or codes.
const VALUES_MAX: usize = 40;
/// Values that answer any question, not only whether a row is approved.
const ANSWERS: &str =
    "ja, nei, yes, no, oui, non, si, nein, nej, true, false, sann, usann, x, 0, 1, ok, new, ny, open, closed";
/// Titles of a column of letters for the side of an amount.
const SIDES: &str = "dc drcr sollhaben debitcredit debetkredit debitkredit side sh dk plusminus fortegn";
/// So many cells that are no amounts, and more than there are amounts, end the search for amounts in a column.
const NO_AMOUNTS_MAX: u64 = 20;

/// A column that no field or rule names.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    pub(super) place: usize,
    pub(super) title: Title,
    /// The number of cells with content, and of those that say that there is nothing.
    filled: u64,
    nothing: u64,
    /// The different values, as long as they are few.
    values: Vec<Value>,
    has_many_values: bool,
    /// The first record whose cell says nothing, and the first whose cell says something.
    empty: Option<Example>,
    said: Option<Example>,
    /// The cells of a column of approvals that are approvals; the first that is none.
    approvals: u64,
    no_approval: Option<Example>,
    /// The first day of a column of payments.
    paid: Option<Example>,
    pub(super) amounts: Amounts,
}

/// A value with the line on which it stands first.
#[derive(Debug, Clone)]
struct Value {
    text: String,
    line: u64,
    cells: u64,
    currency: Option<Tag>,
}

/// The amounts of a column, beside those that are read.
#[derive(Debug, Clone, Default)]
pub(super) struct Amounts {
    cells: u64,
    others: u64,
    /// Whether amounts have decimals or groups, or are other numbers than 0 and 1.
    has_marks: bool,
    is_no_flag: bool,
    /// The first amount of a record that is not zero; the first that stands where the row's own amount is missing;
    /// the first that differs from it; whether one stands beside it.
    pub(super) given: Option<Example>,
    pub(super) alone: Option<Example>,
    pub(super) differing: Option<Example>,
    pub(super) is_together: bool,
    /// The first that differs on a row in a foreign currency; whether one differs on a row in the organisation's.
    pub(super) differs_abroad: Option<Example>,
    pub(super) differs_at_home: bool,
}

/// The facts of a row that every column is compared with.
pub(super) struct Row<'r> {
    /// The row's own amount as it stands there; empty if it is zero.
    pub(super) amount: &'r str,
    pub(super) hundredths: Option<i64>,
    pub(super) is_record: bool,
    pub(super) line: u64,
    /// Whether its currency is another than the organisation's, as far as a column says so.
    pub(super) is_foreign: Option<bool>,
}

impl Column {
    pub(super) fn new(place: usize, title: &str) -> Self {
        Self { place, title: Title::of(title), ..Self::default() }
    }

    /// Takes the value of a cell into account, and returns the currency that it names.
    pub(super) fn see_value(&mut self, cell: &str, line: u64) -> Option<Tag> {
        if cell.is_empty() || self.has_many_values {
            return None;
        }
        if let Some(value) = self.values.iter_mut().find(|value| value.text == cell) {
            value.cells += 1;
            return value.currency;
        }
        if self.values.len() == VALUES_MAX || cell.len() > GLIMPSE_CHARS_MAX {
            self.has_many_values = true;
            self.values = Vec::new();
            return None;
        }
        let currency = Tag::named(cell);
        self.values.push(Value { text: cell.to_owned(), line, cells: 1, currency });
        currency
    }

    /// Takes a cell into account, beside the others of its row.
    pub(super) fn see(&mut self, cell: &str, kind: CellKind, row: &Row<'_>, days: &DayReader) {
        self.filled += u64::from(!cell.is_empty());
        if is_nothing(cell) {
            self.nothing += u64::from(!cell.is_empty());
            if row.is_record && self.empty.is_none() {
                self.empty = example("–", row.line);
            }
            return;
        }
        if row.is_record && self.said.is_none() {
            self.said = example(cell, row.line);
        }
        self.amounts.see(cell, kind, row);
        if self.is_of_approvals() {
            if kind == CellKind::Day || days.approval(cell) != Approval::None {
                self.approvals += 1;
            } else if self.no_approval.is_none() && row.is_record {
                self.no_approval = example(cell, row.line);
            }
        }
        if self.paid.is_none() && self.title.joins(titles::PAID) && row.is_record {
            let is_day = kind == CellKind::Day || days.read(cell) != Err(NoDay::Unfit);
            self.paid = if is_day { example(cell, row.line) } else { None };
        }
    }

    fn is_of_approvals(&self) -> bool {
        self.title.joins(titles::APPROVED) && !self.title.has(titles::BY)
    }

    /// Says whether hardly any cell is another than these: one, or a fifth.
    fn are_nearly_all(&self, cells: u64) -> bool {
        const SHARE: u64 = 5;
        cells > 0 && self.filled - cells <= 1.max(self.filled / SHARE) && cells * 2 > self.filled
    }

    pub(super) fn is_filled(&self) -> bool {
        self.filled > self.nothing
    }

    /// Returns the first code that is not the organisation's currency, of a column of currencies.
    pub(super) fn foreign(&self, currency: Currency) -> Option<Example> {
        let codes: u64 = self.values.iter().filter(|value| value.currency.is_some()).map(|value| value.cells).sum();
        if !self.are_nearly_all(codes + self.nothing) || codes == 0 {
            return None;
        }
        let is_foreign = |value: &&Value| value.currency.is_some_and(|tag| !tag.fits(currency));
        self.values.iter().find(is_foreign).and_then(|value| example(&value.text, value.line))
    }

    /// Returns the first letter for what was paid back, of a column of letters for the sides.
    pub(super) fn credit(&self) -> Option<Example> {
        let of = |letters: &[&str], value: &Value| letters.contains(&folded(&value.text).trim_end_matches('.'));
        let is_letter = |value: &&Value| of(&DEBIT, value) || of(&CREDIT, value);
        let letters = self.values.iter().filter(is_letter).map(|value| value.cells).sum();
        let is_titled = self.title.is_one_of(SIDES);
        let has_both = self.values.iter().any(|value| of(&DEBIT, value));
        let is_of_letters = is_titled || (has_both && self.are_nearly_all(letters));
        let credit = self.values.iter().find(|value| of(&CREDIT, value))?;
        example(&credit.text, credit.line).filter(|_| is_of_letters)
    }

    /// Returns the first state, of a column of states.
    pub(super) fn state(&self) -> Option<Example> {
        let mut values = self.said_values().peekable();
        let first = values.peek().and_then(|value| example(&value.text, value.line));
        first.filter(|_| values.all(|value| approves(&value.text).is_some()))
    }

    /// Returns what says that a row is not approved, or may not be. `has_times`: the times of the approvals are read
    /// from another column.
    pub(super) fn not_approved(&self, has_times: bool) -> Option<Example> {
        if self.title.has(titles::BY) {
            return None;
        }
        let lacking = || self.lacking().filter(|_| !has_times);
        self.other_state().or_else(|| self.taken_back()).or_else(|| self.paid_in_part()).or_else(lacking)
    }

    fn other_state(&self) -> Option<Example> {
        let (mut known, mut said, mut is_plain, mut approves_one) = (0, 0, false, false);
        let (mut other, mut unknown) = (None, None);
        for value in self.said_values() {
            said += value.cells;
            let answer = approves(&value.text);
            known += if answer.is_some() { value.cells } else { 0 };
            is_plain |= answer.is_some() && !has_value(ANSWERS, &plain(&value.text));
            approves_one |= answer == Some(true);
            let place = if answer == Some(false) { &mut other } else { &mut unknown };
            if answer != Some(true) && place.is_none() {
                *place = example(&value.text, value.line);
            }
        }
        // A column that is called so may have other words among its states; any other has hardly any but states.
        let is_titled = self.title.is_or_has(titles::STATES);
        let is_of_states = is_titled || (is_plain && known * 2 >= said);
        other.filter(|_| is_of_states).or_else(|| unknown.filter(|_| is_titled && approves_one))
    }

    /// Returns the first cell of a column that is filled where a row was taken back.
    fn taken_back(&self) -> Option<Example> {
        let says_no = |text: &str| has_value("nei, no, non, nein, nej, false, usann, 0", &plain(text));
        let only_no = !self.has_many_values && self.said_values().all(|value| says_no(&value.text));
        let found = self.said_values().find(|value| !says_no(&value.text));
        let found = found.map_or_else(|| self.said.clone(), |value| example(&value.text, value.line));
        found.filter(|_| self.title.joins(titles::CANCELLED) && !only_no && self.said.is_some())
    }

    /// Returns the first day of a payment, if some rows have none.
    fn paid_in_part(&self) -> Option<Example> {
        self.paid.clone().filter(|_| self.empty.is_some())
    }

    /// Returns the first record that has no approval, where others have one.
    fn lacking(&self) -> Option<Example> {
        let is_mostly = self.is_of_approvals() && self.approvals * 2 > self.filled - self.nothing;
        self.no_approval.clone().or_else(|| self.empty.clone()).filter(|_| is_mostly)
    }

    fn said_values(&self) -> impl Iterator<Item = &Value> {
        self.values.iter().filter(|value| !is_nothing(&value.text))
    }
}

impl Amounts {
    fn see(&mut self, cell: &str, kind: CellKind, row: &Row<'_>) {
        if self.are_none() {
            return;
        }
        let hundredths = match (kind, Written::of(cell)) {
            (CellKind::Number, written) => {
                self.has_marks |= cell.contains('.');
                written.and_then(|written| written.stored_hundredths())
            }
            (CellKind::Text, Some(written)) => {
                self.has_marks |= written.has_mark();
                written.hundredths()
            }
            _ => {
                self.others += 1;
                return;
            }
        };
        self.cells += 1;
        self.is_no_flag |= !matches!(cell, "0" | "1");
        let is_zero = !cell.contains(|c: char| matches!(c, '1'..='9'));
        if is_zero || !row.is_record {
            return;
        }
        let keep = |kept: &mut Option<Example>| *kept = kept.take().or_else(|| example(cell, row.line));
        keep(&mut self.given);
        if row.amount.is_empty() {
            keep(&mut self.alone);
            return;
        }
        self.is_together = true;
        let is_same = match (hundredths, row.hundredths) {
            (Some(this), Some(own)) => this == own,
            _ => cell == row.amount,
        };
        if is_same {
            return;
        }
        keep(&mut self.differing);
        match row.is_foreign {
            Some(true) => keep(&mut self.differs_abroad),
            Some(false) => self.differs_at_home = true,
            None => {}
        }
    }

    fn are_none(&self) -> bool {
        self.others > NO_AMOUNTS_MAX && self.others > self.cells
    }

    /// Says whether hardly any cell is none: one, or a fifth.
    pub(super) fn are_amounts(&self) -> bool {
        const SHARE: u64 = 5;
        self.is_no_flag && self.cells > 0 && self.others <= self.cells / SHARE
    }

    /// Says whether they look like money: decimals, or groups of digits.
    pub(super) fn are_money(&self) -> bool {
        self.are_amounts() && self.has_marks
    }
}
