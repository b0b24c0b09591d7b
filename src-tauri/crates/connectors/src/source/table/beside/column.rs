//! Counts what the cells of one column have in common: few different values, or amounts beside the row's own.

use postonce_engine::domain::Currency;

use super::super::amount::Written;
use super::super::cells::{CREDIT, DEBIT};
use super::super::date::{Approval, NoDay};
use super::super::key::folded;
use super::super::sign::Tag;
use super::super::titles::{self, Title, approves, has_value, has_word, is_nothing, plain};
use super::super::{CellKind, DayReader};
use super::{Example, example};
use crate::text::GLIMPSE_CHARS_MAX;

/// The most different values of a column of states, letters or codes.
const VALUES_MAX: usize = 40;
/// Values that answer any question, not only whether a row is approved.
const ANSWERS: &str =
    "ja, nei, yes, no, oui, non, si, nein, nej, true, false, sann, usann, x, 0, 1, ok, new, ny, open, closed";
/// Titles of a column that names who approved.
const APPROVERS: &str =
    "approver attestant attestdato anvist anvistav signatur signaturleder godkjenner validateur genehmiger attestertav";
/// Letters and words for the two sides, which stand together.
const PAIRS: [(&str, &str); 9] = [
    ("d", "c"),
    ("d", "k"),
    ("dr", "cr"),
    ("debit", "credit"),
    ("debet", "kredit"),
    ("débit", "crédit"),
    ("s", "h"),
    ("soll", "haben"),
    ("+", "-"),
];
/// Titles of a column of letters for the side of an amount.
const SIDES: &str = "dc drcr sollhaben debitcredit debetkredit debitkredit side sh dk plusminus fortegn \
    innut inout retning direction";
/// Values of such a column for what was paid back, which are words as well.
const TURNED: &str = "-1, inn, in, crdt, money in";
/// So many digits make a day of a cell, or an id, and no state.
const STATE_DIGITS: usize = 4;
/// So many rows with different words make a column of states of one that is called so.
const FEW_STATES_ROWS: u64 = 2;
/// So many cells that are no amounts, and more than there are amounts, end the search for amounts in a column.
const NO_AMOUNTS_MAX: u64 = 20;

/// A column that no field or rule names.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    pub(super) place: usize,
    pub(super) title: Title,
    /// Whether the title says so: of currencies, of approvals, of payments.
    is_of_currencies: bool,
    is_of_approvals: bool,
    is_of_payments: bool,
    /// The number of records.
    rows: u64,
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
    /// The first zero that stands beside an amount.
    pub(super) zero: Option<Example>,
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
        let title = Title::of(title);
        Self {
            place,
            is_of_currencies: title.is_or_has(titles::CURRENCY),
            is_of_approvals: title.joins(titles::APPROVED) && !title.has(titles::BY),
            is_of_payments: title.joins(titles::PAID),
            title,
            ..Self::default()
        }
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
        let numbered = || Tag::numbered(cell).filter(|_| self.is_of_currencies);
        let currency = Tag::named(cell).or_else(numbered);
        self.values.push(Value { text: cell.to_owned(), line, cells: 1, currency });
        currency
    }

    /// Takes a cell into account, beside the others of its row.
    pub(super) fn see(&mut self, cell: &str, kind: CellKind, row: &Row<'_>, days: &DayReader) {
        self.filled += u64::from(!cell.is_empty());
        self.rows += u64::from(row.is_record);
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
        if self.is_of_approvals {
            if kind == CellKind::Day || days.approval(cell) != Approval::None {
                self.approvals += 1;
            } else if self.no_approval.is_none() && row.is_record {
                self.no_approval = example(cell, row.line);
            }
        }
        if self.paid.is_none() && self.is_of_payments && row.is_record {
            let has_digits = cell.bytes().filter(u8::is_ascii_digit).count() >= STATE_DIGITS;
            let is_day = kind == CellKind::Day || has_digits || days.read(cell) != Err(NoDay::Unfit);
            self.paid = if is_day { example(cell, row.line) } else { None };
        }
    }

    /// Says whether hardly any cell is another than these: one, or a fifth.
    fn are_nearly_all(&self, cells: u64) -> bool {
        const SHARE: u64 = 5;
        cells > 0 && self.filled - cells <= 1.max(self.filled / SHARE) && cells * 2 > self.filled
    }

    /// Says whether the title means numbers that are no amounts: a quantity, a rate, an id.
    pub(super) fn is_no_amount(&self) -> bool {
        self.title.has(titles::NO_AMOUNT) || self.title.has(titles::NAMED)
    }

    /// Says whether its amounts are a part of others, or none.
    pub(super) fn is_part(&self) -> bool {
        self.title.has(titles::TAX) || self.is_no_amount()
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
        let is_titled = self.title.is_one_of(SIDES);
        let of_title = |value: &&Value| is_titled && has_value(TURNED, &plain(&value.text));
        let letters = self.values.iter().filter(is_letter).map(|value| value.cells).sum();
        // `S` and `C` are two regions, and no two sides.
        let has_both = PAIRS.iter().any(|(debit, credit)| {
            [debit, credit].into_iter().all(|letter| self.values.iter().any(|value| of(&[*letter], value)))
        });
        let is_of_letters = is_titled || (has_both && self.are_nearly_all(letters));
        let credit = self.values.iter().find(|value| of(&CREDIT, value) || of_title(value))?;
        example(&credit.text, credit.line).filter(|_| is_of_letters)
    }

    /// Returns the first rate that is none of a currency to itself.
    pub(super) fn rate(&self) -> Option<Example> {
        let is_one = |text: &str| text.trim_end_matches('0').trim_end_matches([',', '.']) == "1";
        if self.has_many_values {
            return self.said.clone();
        }
        let rate = self
            .said_values()
            .find(|value| !is_one(&value.text) && value.text.contains(|c: char| matches!(c, '1'..='9')))?;
        example(&rate.text, rate.line)
    }

    /// Returns the first value that says of a row that it is money paid back.
    pub(super) fn back_value(&self) -> Option<Example> {
        let found = self.said_values().find(|value| has_value(titles::BACK_VALUES, &plain(&value.text)))?;
        example(&found.text, found.line).filter(|_| !self.title.is_or_has(titles::REMARKS))
    }

    /// Returns the first cell of a column that marks the rows which are money paid back.
    pub(super) fn back_flag(&self) -> Option<Example> {
        self.yes().filter(|_| self.title.is_one_of(titles::BACK) && !self.has_many_values)
    }

    /// Returns the first state, of a column of states.
    pub(super) fn state(&self) -> Option<Example> {
        let mut values = self.said_values().peekable();
        let first = values.peek().and_then(|value| example(&value.text, value.line));
        let is_titled = self.title.is_or_has(titles::STATES);
        let is_plain = self.said_values().any(|value| !has_value(ANSWERS, &plain(&value.text)));
        first.filter(|_| values.all(|value| approves(&value.text).is_some()) && (is_titled || is_plain))
    }

    /// Returns what says that a row is not approved, or may not be. `has_times`: the times of the approvals are read
    /// from another column.
    pub(super) fn not_approved(&self, has_times: bool) -> Option<Example> {
        if self.title.is_or_has(titles::REMARKS) {
            return None;
        }
        if self.title.has(titles::BY) || self.title.is_or_has(APPROVERS) {
            // Nobody has approved what nobody is named for.
            let is_of_approvers = self.title.joins(titles::APPROVED) || self.title.is_or_has(APPROVERS);
            let is_mostly = self.is_filled() && (self.filled - self.nothing) * 2 > self.rows;
            let nobody = self.empty.clone().filter(|_| is_of_approvers && is_mostly && !has_times);
            return nobody.or_else(|| self.taken_back()).or_else(|| self.paid_by_company());
        }
        let lacking = || self.lacking().filter(|_| !has_times);
        self.other_state().or_else(|| self.taken_back()).or_else(|| self.paid_in_part()).or_else(lacking)
    }

    fn other_state(&self) -> Option<Example> {
        let (mut known, mut said, mut is_plain, mut approves_one) = (0, 0, false, false);
        let (mut other, mut unknown, mut paid) = (None, None, None);
        let is_many = self.said_values().nth(1).is_some();
        for value in self.said_values() {
            said += value.cells;
            let answer = approves(&value.text);
            known += if answer.is_some() { value.cells } else { 0 };
            is_plain |= answer.is_some() && !has_value(ANSWERS, &plain(&value.text));
            let is_paid = has_value(titles::PAID_VALUES, &plain(&value.text));
            approves_one |= answer == Some(true) && !is_paid;
            if is_paid && paid.is_none() {
                paid = example(&value.text, value.line);
            }
            let place = if answer == Some(false) { &mut other } else { &mut unknown };
            // A day, an amount or the number of something is no state.
            let has_few_digits = value.text.bytes().filter(u8::is_ascii_digit).count() < STATE_DIGITS;
            let is_money = || Written::of(&value.text).is_some_and(|written| written.has_mark());
            let is_word = answer.is_some() || (has_few_digits && !is_money());
            if answer != Some(true) && place.is_none() && is_word {
                *place = example(&value.text, value.line);
            }
        }
        // A column that is called so may have other words among its states; any other has hardly any but states.
        let is_titled = self.title.is_or_has(titles::STATES);
        let is_of_states = is_titled || (is_plain && known * 2 >= said);
        let is_called = self.title.is_one_of(titles::STATES) || self.title.whole.ends_with("status");
        let is_of_approvals = self.is_of_approvals && !self.title.has(titles::NAMED);
        let is_called_state = (is_called || is_of_approvals) && is_many && said >= FEW_STATES_ROWS;
        other
            .filter(|_| is_of_states)
            .or_else(|| unknown.filter(|_| (is_titled && approves_one) || is_called_state))
            // A row that is paid already, beside rows that are only approved, may be paid twice.
            .or_else(|| paid.filter(|_| is_of_states && approves_one))
            .or_else(|| self.opposite())
            .or_else(|| self.paid_by_company())
    }

    /// Returns a value that is another one with a word for *not* before it.
    fn opposite(&self) -> Option<Example> {
        let texts: Vec<String> = self.said_values().map(|value| plain(&value.text)).collect();
        let is_opposite = |text: &str| {
            let rest = text.split_once(' ').filter(|(not, _)| has_word(titles::NOT, not)).map(|(_, rest)| rest);
            let rest = rest.or_else(|| text.strip_prefix("un")).or_else(|| text.strip_prefix("in"));
            rest.is_some_and(|rest| texts.iter().any(|other| other == rest))
        };
        let found = self.said_values().zip(&texts).find(|(_, text)| is_opposite(text))?.0;
        example(&found.text, found.line)
    }

    /// Returns the first value that says that the organisation paid by itself, where other rows say otherwise.
    fn paid_by_company(&self) -> Option<Example> {
        let is_company = |value: &&Value| has_value(titles::COMPANY, &plain(&value.text));
        let company = self.said_values().find(is_company)?;
        let is_mixed = self.said_values().any(|value| !is_company(&value));
        example(&company.text, company.line).filter(|_| is_mixed && self.title.is_or_has(titles::PAYERS))
    }

    /// Returns the first cell of a column that is filled where a row was taken back.
    pub(super) fn taken_back(&self) -> Option<Example> {
        let is_flag = || !self.has_many_values && self.said_values().all(|it| has_value(ANSWERS, &plain(&it.text)));
        let is_titled = self.title.joins(titles::CANCELLED) || (self.title.is_or_has(titles::FLAGS) && is_flag());
        self.yes().filter(|_| is_titled && self.said.is_some())
    }

    /// Returns the first mark of a payment, or of an entry in the books, if some rows have none.
    fn paid_in_part(&self) -> Option<Example> {
        let is_of_books = self.title.joins(titles::BOOKED) || self.title.is_one_of(titles::BOOKED);
        let booked = || self.yes().filter(|_| is_of_books && self.said.is_some());
        self.paid.clone().or_else(booked).filter(|_| self.empty.is_some() || self.says_no_somewhere())
    }

    /// Returns the first cell that says something else than *no*.
    fn yes(&self) -> Option<Example> {
        if self.has_many_values {
            return self.said.clone();
        }
        let yes = self.said_values().find(|value| !says_no(&value.text))?;
        example(&yes.text, yes.line)
    }

    fn says_no_somewhere(&self) -> bool {
        self.said_values().any(|value| says_no(&value.text))
    }

    /// Returns the first record that has no approval, where others have one.
    fn lacking(&self) -> Option<Example> {
        let is_mostly = self.is_of_approvals && self.approvals * 2 > self.filled - self.nothing;
        self.no_approval.clone().or_else(|| self.empty.clone()).filter(|_| is_mostly)
    }

    fn said_values(&self) -> impl Iterator<Item = &Value> {
        self.values.iter().filter(|value| !is_nothing(&value.text))
    }
}

/// Says whether a cell answers *no*.
fn says_no(text: &str) -> bool {
    has_value("nei, no, non, nein, nej, false, usann, 0, n", &plain(text))
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
        if is_zero && row.is_record && !row.amount.is_empty() && self.zero.is_none() {
            self.zero = example(cell, row.line);
        }
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
