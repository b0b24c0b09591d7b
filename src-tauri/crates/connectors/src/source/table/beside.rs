//! Looks at the columns that no field or rule names: they may say that a row does not count, or that an amount, its
//! sign, its currency or an id is not what the workspace takes it for.
//!
//! Invariant: memory does not grow with the file: of each column a few values are kept.

use postonce_engine::domain::Currency;

use super::amount::Written;
use super::cells::{CREDIT, DEBIT};
use super::date::Approval;
use super::key::folded;
use super::titles::{self, Title, has_value, plain};
use super::{CellKind, DayReader, Field, FileSettings, Head, IdRule, Line};
use crate::text::{GLIMPSE_CHARS_MAX, bounded};

/// The columns that are looked at; a file with more is looked at as far as that.
const COLUMNS_MAX: usize = 200;
/// The most different values of a column of states, letters or codes.
const VALUES_MAX: usize = 24;
/// The currencies in which people are reimbursed. Other codes are words as well: `ALL`, `TOP`.
const CURRENCIES: [&str; 22] = [
    "NOK", "SEK", "DKK", "ISK", "EUR", "USD", "GBP", "CHF", "PLN", "CZK", "HUF", "RON", "CAD", "AUD", "NZD", "JPY",
    "CNY", "INR", "ZAR", "KES", "UAH", "TRY",
];
/// Values that answer any question, not only whether a row is approved.
const ANSWERS: &str =
    "ja, nei, yes, no, oui, non, si, nein, nej, true, false, sann, usann, x, 0, 1, ok, new, ny, open, closed";
/// Titles of a column that numbers the rows of one claim.
const LINES: &str = "line linje linjenr linenumber lineno linenr pos position posisjon postnummer rad radnr zeile item itemno rownumber row ligne";

/// A text with its line.
pub(super) type Example = (String, u64);

/// The columns that no field or rule names.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside {
    columns: Vec<Column>,
    /// The number of columns of the file that were taken into account.
    width: usize,
    /// The id of the row above.
    above: String,
    /// The first id that stands on a row and on the one above.
    repeated: Option<Example>,
    first_id: Option<Example>,
    rows: u64,
}

#[derive(Debug, Clone, Default)]
struct Column {
    place: usize,
    title: Title,
    /// The number of cells with content.
    filled: u64,
    /// The different values, as long as they are few.
    values: Vec<String>,
    has_many_values: bool,
    is_no_code: bool,
    is_no_letter: bool,
    is_no_state: bool,
    is_no_amount: bool,
    is_no_approval: bool,
    /// Whether amounts have decimals or groups.
    has_marks: bool,
    /// The first code that is not the organisation's currency.
    foreign: Option<Example>,
    /// The first letter of each side.
    debit: Option<Example>,
    credit: Option<Example>,
    /// The first state, the first that is no approval, and whether that one is a state and no mere answer.
    state: Option<Example>,
    not_approved: Option<Example>,
    has_plain_state: bool,
    /// The first record without a time of an approval, where others have one.
    unapproved: Option<Example>,
    /// The first amount that stands where the row's own amount is missing; the first that differs from it; whether one
    /// stands beside it.
    alone: Option<Example>,
    differing: Option<Example>,
    is_together: bool,
}

/// The facts of a row that every column is compared with.
struct Row<'r> {
    amount: &'r str,
    is_record: bool,
    line: u64,
}

impl Beside {
    pub(super) fn see(&mut self, head: &Head, row: &Line, settings: &FileSettings, days: &DayReader) {
        while self.width < row.cells.len().min(COLUMNS_MAX) {
            if !head.is_named(self.width) {
                self.columns.push(Column::new(self.width, head.titles.get(self.width).unwrap_or_default()));
            }
            self.width += 1;
        }
        let id = head.raw(row, Field::Id).trim();
        let has_id = settings.id == IdRule::Content || !id.is_empty();
        let facts = Row {
            amount: head.raw(row, Field::Amount).trim(),
            is_record: has_id && !head.raw(row, Field::Date).trim().is_empty(),
            line: row.number,
        };
        if facts.is_record {
            self.see_id(id, row.number);
        }
        for column in &mut self.columns {
            let place = column.place;
            column.see(row.cell(place).trim(), row.kind(place), &facts, settings.currency, days);
        }
    }

    fn see_id(&mut self, id: &str, line: u64) {
        self.rows += 1;
        if self.first_id.is_none() {
            self.first_id = example(id, line);
        }
        if self.repeated.is_none() && self.above == id {
            self.repeated = example(id, line);
        }
        self.above.clear();
        self.above.push_str(id);
    }

    /// Returns the one column of currencies, with a code that is not the organisation's, where no field has one.
    pub(super) fn currencies(&self, head: &Head) -> Option<(usize, Example)> {
        if head.place(Field::Currency).is_some() {
            return None;
        }
        let mut columns = self.columns.iter().filter(|column| column.filled > 0 && !column.is_no_code);
        let only = columns.next()?;
        let foreign = only.foreign.clone().filter(|_| columns.next().is_none())?;
        Some((only.place, foreign))
    }

    /// Says whether other amounts stand in the file than those of the records: a currency may be theirs.
    pub(super) fn has_other_amounts(&self) -> bool {
        self.columns.iter().any(|column| column.is_amount() && column.has_marks)
    }

    /// Returns the columns that seem to say in which state a row is.
    pub(super) fn states(&self) -> impl Iterator<Item = (usize, &Example)> {
        let states = self.columns.iter().filter(|column| !column.is_no_state);
        states.filter_map(|column| Some((column.place, column.state.as_ref()?)))
    }

    /// Returns the column that says of a row that it is not approved, with the first one.
    pub(super) fn not_approved(&self, head: &Head) -> Option<(usize, Example)> {
        // Somebody said which rows count.
        if !head.rules.is_empty() {
            return None;
        }
        let has_times = head.place(Field::ApprovedAt).is_some();
        let lacking = |column: &Column| column.unapproved.clone().filter(|_| column.is_approval() && !has_times);
        let found = |column: &Column| column.not_approved().cloned().or_else(|| lacking(column));
        self.columns.iter().find_map(|column| Some((column.place, found(column)?)))
    }

    /// Returns the column that says which amounts were paid back: by a letter, or since it has an amount where the
    /// row's own is missing, and never beside it.
    pub(super) fn side(&self, head: &Head) -> Option<(usize, Example)> {
        if head.place(Field::Side).is_some() || head.place(Field::AmountBack).is_some() {
            return None;
        }
        let letters =
            |column: &Column| column.credit.clone().filter(|_| !column.is_no_letter && column.debit.is_some());
        let back = |column: &Column| column.alone.clone().filter(|_| column.is_amount() && !column.is_together);
        self.columns.iter().find_map(|column| Some((column.place, letters(column).or_else(|| back(column))?)))
    }

    /// Returns a column with amounts of the same expenses that are more likely owed than those that are read: with tax
    /// where those are without, or granted where those were asked for.
    pub(super) fn likelier_amount(&self, head: &Head) -> Option<(usize, Example)> {
        let read = Title::of(head.titles.get(head.place(Field::Amount)?).unwrap_or_default());
        let is_net = read.has(titles::NET) && !read.has(titles::NOT);
        let is_claimed = read.has(titles::CLAIMED) && !read.is_or_has(titles::GRANTED);
        let is_likelier = |title: &Title| {
            let is_gross = title.has(titles::GROSS) && !title.has(titles::NET);
            let is_granted = title.is_or_has(titles::GRANTED) && !title.has(titles::NOT);
            (is_net && is_gross) || (is_claimed && is_granted)
        };
        let column = self.columns.iter().find(|column| column.is_amount() && is_likelier(&column.title))?;
        Some((column.place, column.differing.clone()?))
    }

    /// Returns the column of the amounts to which the currency that is read belongs: both are called original, and the
    /// amounts that are read are not.
    pub(super) fn owner_of_currency(&self, head: &Head) -> Option<(usize, Example)> {
        let is_original = |place: usize| Title::of(head.titles.get(place).unwrap_or_default()).joins(titles::ORIGINAL);
        let (currency, amount) = (head.place(Field::Currency)?, head.place(Field::Amount)?);
        if !is_original(currency) || is_original(amount) {
            return None;
        }
        let column = self.columns.iter().find(|column| column.is_amount() && column.title.joins(titles::ORIGINAL))?;
        Some((column.place, column.differing.clone()?))
    }

    /// Returns an id that does not identify a row: its column gives another field of the kind that rows share, or the
    /// rows of one id are numbered beside it.
    pub(super) fn no_id(&self, head: &Head) -> Option<(usize, Example)> {
        let [place] = head.id_places.as_slice() else { return None };
        let shared = [Field::Date, Field::Amount, Field::Payee, Field::Category, Field::Currency];
        if self.rows > 1 && shared.iter().any(|field| head.place(*field) == Some(*place)) {
            return Some((*place, self.repeated.clone().or_else(|| self.first_id.clone())?));
        }
        let is_numbered = self.columns.iter().any(|column| column.filled > 0 && column.title.is_one_of(LINES));
        Some((*place, self.repeated.clone().filter(|_| is_numbered)?))
    }
}

impl Column {
    fn new(place: usize, title: &str) -> Self {
        let title = Title::of(title);
        let is_no_approval = !title.joins(titles::APPROVED) || title.has(titles::BY);
        Self { place, title, is_no_approval, ..Self::default() }
    }

    fn see(&mut self, cell: &str, kind: CellKind, row: &Row<'_>, currency: Currency, days: &DayReader) {
        if cell.is_empty() {
            if row.is_record && self.unapproved.is_none() {
                self.unapproved = example("–", row.line);
            }
            return;
        }
        self.filled += 1;
        self.see_amount(cell, kind, row);
        if !self.has_many_values && self.values.iter().all(|value| value != cell) {
            self.see_value(cell, row.line, currency);
        }
        if !self.is_no_approval && kind != CellKind::Day {
            self.is_no_approval = days.approval(cell) == Approval::None;
        }
    }

    /// Takes a value into account that did not stand there before.
    fn see_value(&mut self, cell: &str, line: u64, currency: Currency) {
        if self.values.len() == VALUES_MAX || cell.len() > GLIMPSE_CHARS_MAX {
            self.has_many_values = true;
            (self.is_no_code, self.is_no_letter, self.is_no_state) = (true, true, true);
            self.values = Vec::new();
            return;
        }
        self.values.push(cell.to_owned());
        let code = cell.to_ascii_uppercase();
        self.is_no_code |= !CURRENCIES.contains(&code.as_str());
        if self.foreign.is_none() && code != currency.code() {
            self.foreign = example(cell, line);
        }
        let letter = folded(cell);
        let side = if CREDIT.contains(&letter.as_str()) { Some(&mut self.credit) } else { None };
        let side = side.or(if DEBIT.contains(&letter.as_str()) { Some(&mut self.debit) } else { None });
        match side {
            Some(side) if side.is_none() => *side = example(cell, line),
            Some(_) => {}
            None => self.is_no_letter = true,
        }
        let value = plain(cell);
        let (approves, differs) = (has_value(titles::APPROVED_VALUES, &value), has_value(titles::OTHER_VALUES, &value));
        self.is_no_state |= !approves && !differs;
        if self.state.is_none() {
            self.state = example(cell, line);
        }
        if differs && self.not_approved.is_none() {
            self.not_approved = example(cell, line);
        }
        self.has_plain_state |= (approves || differs) && !has_value(ANSWERS, &value);
    }

    fn see_amount(&mut self, cell: &str, kind: CellKind, row: &Row<'_>) {
        if self.is_no_amount {
            return;
        }
        let is_zero = !cell.contains(|c: char| matches!(c, '1'..='9'));
        match (kind, Written::of(cell)) {
            (CellKind::Number, _) => self.has_marks |= cell.contains('.'),
            (CellKind::Text, Some(written)) => self.has_marks |= written.has_mark(),
            _ => {
                self.is_no_amount = true;
                return;
            }
        }
        if is_zero || !row.is_record {
            return;
        }
        if row.amount.is_empty() {
            self.alone = self.alone.take().or_else(|| example(cell, row.line));
            return;
        }
        self.is_together = true;
        if self.differing.is_none() && cell != row.amount {
            self.differing = example(cell, row.line);
        }
    }

    fn is_amount(&self) -> bool {
        self.filled > 0 && !self.is_no_amount
    }

    fn not_approved(&self) -> Option<&Example> {
        let is_titled = self.title.is_or_has(titles::STATES) && !self.title.has(titles::BY);
        // A column that is called so may have other words among its states; any other has none but states.
        let says = is_titled || (!self.is_no_state && self.has_plain_state);
        self.not_approved.as_ref().filter(|_| says && !self.has_many_values)
    }

    /// Says whether its cells are times of an approval, or words for one.
    const fn is_approval(&self) -> bool {
        self.filled > 0 && !self.is_no_approval
    }
}

pub(super) fn example(text: &str, line: u64) -> Option<Example> {
    Some((bounded(text, GLIMPSE_CHARS_MAX), line))
}
