//! Looks at the columns that no field or rule names: they may say that a row does not count, or that an amount, its
//! sign, its currency or an id is not what the workspace takes it for.
//!
//! Invariant: memory does not grow with the file: of each column a few values are kept.

mod column;

use postonce_engine::domain::Currency;

use super::amount::Written;
use super::error::BesideKind;
use super::sign::Tag;
use super::titles::{self, Title};
use super::{CellKind, DayReader, Field, FileSettings, Head, IdRule, Line, cells};
use crate::text::{GLIMPSE_CHARS_MAX, bounded};
use column::{Column, Row};

/// The columns that are looked at; a file with more is looked at as far as that.
const COLUMNS_MAX: usize = 200;
/// Titles of a column that numbers the rows of one claim.
const LINES: &str = "line linje linjenr linenumber lineno linenr pos position posisjon postnummer rad radnr zeile \
    item itemno rownumber row ligne";

/// A text with its line.
pub(super) type Example = (String, u64);

/// The columns that no field or rule names.
#[derive(Debug, Clone)]
pub(super) struct Beside {
    columns: Vec<Column>,
    /// The number of columns of the file that were taken into account.
    width: usize,
    /// The currency of records that name none.
    currency: Currency,
    /// Whether a person said so, whatever a title says.
    is_currency_said: bool,
    /// The first record in another currency, and the first that names none, as the column of currencies says.
    foreign: Option<Example>,
    without_currency: Option<Example>,
    /// The id of the row above.
    above: String,
    /// The first id that stands on a row and on the one above.
    repeated: Option<Example>,
    first_id: Option<Example>,
    first_amount: Option<Example>,
    rows: u64,
}

/// A doubt about what is read: its kind, the column's place, and an example.
type Doubt = (BesideKind, usize, Example);

impl Beside {
    pub(super) fn new(settings: &FileSettings) -> Self {
        Self {
            columns: Vec::new(),
            width: 0,
            currency: settings.currency,
            is_currency_said: settings.is_currency_said,
            foreign: None,
            without_currency: None,
            above: String::new(),
            repeated: None,
            first_id: None,
            first_amount: None,
            rows: 0,
        }
    }

    pub(super) fn see(&mut self, head: &Head, row: &Line, settings: &FileSettings, days: &DayReader) {
        while self.width < row.cells.len().min(COLUMNS_MAX) {
            if !head.is_named(self.width) {
                self.columns.push(Column::new(self.width, head.titles.get(self.width).unwrap_or_default()));
            }
            self.width += 1;
        }
        let id = head.raw(row, Field::Id).trim();
        let has_id = settings.id == IdRule::Content || !id.is_empty();
        let is_record = has_id && !head.raw(row, Field::Date).trim().is_empty();
        if is_record {
            self.see_id(id, row.number);
        }
        let mut is_foreign = self.see_currency(head, row, settings, is_record);
        for column in &mut self.columns {
            let named = column.see_value(row.cell(column.place).trim(), row.number);
            is_foreign = is_foreign.or(named.map(|tag| !tag.fits(self.currency)));
        }
        if self.columns.is_empty() {
            return;
        }
        let amount = head.raw(row, Field::Amount).trim();
        let is_given = amount.contains(|c: char| matches!(c, '1'..='9'));
        let facts = Row {
            amount: if is_given { amount } else { "" },
            hundredths: head.place(Field::Amount).and_then(|place| hundredths(amount, row.kind(place))),
            is_record,
            line: row.number,
            is_foreign,
        };
        for column in &mut self.columns {
            let place = column.place;
            column.see(row.cell(place).trim(), row.kind(place), &facts, days);
        }
    }

    /// Returns whether the currency that is read of the row is another than the organisation's.
    fn see_currency(&mut self, head: &Head, row: &Line, settings: &FileSettings, is_record: bool) -> Option<bool> {
        if is_record && self.first_amount.is_none() {
            self.first_amount = example(head.raw(row, Field::Amount).trim(), row.number);
        }
        head.place(Field::Currency)?;
        let written = head.raw(row, Field::Currency).trim();
        if written.is_empty() {
            if is_record && self.without_currency.is_none() {
                self.without_currency = example(head.raw(row, Field::Amount).trim(), row.number);
            }
            return None;
        }
        let is_foreign = cells::currency(head, row, settings).ok()? != self.currency;
        if is_foreign && is_record && self.foreign.is_none() {
            self.foreign = example(written, row.number);
        }
        Some(is_foreign)
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

    /// Returns the one reason to doubt the currency of the amounts that are read.
    pub(super) fn currency_doubt(&self, head: &Head) -> Option<Doubt> {
        let amount = head.place(Field::Amount)?;
        if head.place(Field::Currency).is_some() {
            self.read_doubt(head, amount)
        } else {
            self.unread_doubt(head, amount)
        }
    }

    /// Returns the doubt where no column of currencies is read.
    fn unread_doubt(&self, head: &Head, amount: usize) -> Option<Doubt> {
        let title = head.titles.get(amount).unwrap_or_default();
        if let Some((place, foreign)) = self.foreign_column() {
            let is_home = self.is_home(title) && !self.is_original(title);
            let has_owner = self.others().any(|column| is_home || column.title.joins(titles::ORIGINAL));
            return (!has_owner).then_some((BesideKind::Currency, place, foreign));
        }
        self.title_doubt(head, amount, self.first_amount.as_ref()).or_else(|| self.rate_doubt())
    }

    /// Returns the doubt, if a column has rates of exchange, and none has currencies.
    fn rate_doubt(&self) -> Option<Doubt> {
        let is_rate = |column: &&Column| column.title.is_one_of(titles::RATES) && column.amounts.are_amounts();
        let column = self.columns.iter().find(is_rate)?;
        Some((BesideKind::Currency, column.place, column.rate()?))
    }

    /// Returns the doubt where a column of currencies is read.
    fn read_doubt(&self, head: &Head, amount: usize) -> Option<Doubt> {
        let text = |place: usize| head.titles.get(place).unwrap_or_default();
        let (title, currency) = (text(amount), head.place(Field::Currency)?);
        if let Some(foreign) = self.foreign.clone().filter(|_| !self.is_original(title)) {
            let is_home = self.is_home(title);
            let may_be = |column: &&Column| is_home || !self.is_home(text(column.place));
            let called_so = |column: &&Column| column.amounts.are_amounts() && column.title.joins(titles::ORIGINAL);
            let original = || self.columns.iter().filter(|_| self.is_original(text(currency))).find(called_so);
            let found = |column: &Column| Some((column.place, column.amounts.differing.clone()?));
            if let Some((place, found)) = self.others().find(may_be).or_else(original).and_then(found) {
                return Some((BesideKind::OwnerOfCurrency, place, found));
            }
            let names_home = Tag::in_title(title).is_some_and(|tag| tag.fits(self.currency));
            if names_home && !self.is_currency_said {
                return Some((BesideKind::CurrencyInTitle, amount, foreign));
            }
        }
        self.title_doubt(head, amount, self.without_currency.as_ref())
    }

    /// Returns the doubt, if the title names another currency than the one of records that name none.
    fn title_doubt(&self, head: &Head, amount: usize, found: Option<&Example>) -> Option<Doubt> {
        let tag = Tag::in_title(head.titles.get(amount).unwrap_or_default())?;
        let is_doubt = !tag.fits(self.currency) && !self.is_currency_said;
        Some((BesideKind::CurrencyInTitle, amount, found.cloned()?)).filter(|_| is_doubt)
    }

    /// Returns the column of currencies that names another one than the organisation's, where no field reads one.
    pub(super) fn foreign_column(&self) -> Option<(usize, Example)> {
        self.columns.iter().find_map(|column| Some((column.place, column.foreign(self.currency)?)))
    }

    /// Returns the columns of amounts that may be the same expenses in another currency: they differ where the currency
    /// does, and nowhere else.
    fn others(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| {
            let amounts = &column.amounts;
            amounts.are_money() && amounts.differs_abroad.is_some() && !amounts.differs_at_home && !column.is_part()
        })
    }

    /// Says whether a title means amounts in the currency of the books.
    fn is_home(&self, title: &str) -> bool {
        Tag::in_title(title).is_some_and(|tag| tag.fits(self.currency)) || Title::of(title).has(titles::HOME)
    }

    fn is_original(&self, title: &str) -> bool {
        Title::of(title).joins(titles::ORIGINAL)
    }

    /// Returns the amounts that are read, if their title names a part or a multiple of the currency: øre, thousands.
    pub(super) fn unit_in_title(&self, head: &Head) -> Option<(usize, Example)> {
        let place = head.place(Field::Amount)?;
        let raw = head.titles.get(place).unwrap_or_default();
        let title = Title::of(raw);
        let names_whole = title.has("kroner kronor krone kr euro euros dollar dollars pound pounds");
        let is_unit = (title.has(titles::UNITS) && !names_whole) || title.has(titles::THOUSANDS);
        let found = self.first_amount.clone().filter(|_| is_unit && !self.is_currency_said)?;
        Some((place, found))
    }

    /// Returns the columns that seem to say in which state a row is.
    pub(super) fn states(&self) -> impl Iterator<Item = (usize, Example)> {
        self.columns.iter().filter_map(|column| Some((column.place, column.state()?)))
    }

    /// Returns the column that says of a row that it is not approved, with the first one.
    pub(super) fn not_approved(&self, head: &Head) -> Option<(usize, Example)> {
        // Somebody said which rows count; a column of cancellations is another matter.
        if !head.rules.is_empty() {
            return self.columns.iter().find_map(|column| Some((column.place, column.taken_back()?)));
        }
        let has_times = head.place(Field::ApprovedAt).is_some();
        self.columns.iter().find_map(|column| Some((column.place, column.not_approved(has_times)?)))
    }

    /// Returns the column that says which amounts were paid back: by a letter; since it has an amount where the row's
    /// own is missing, and never beside it; or by its title.
    pub(super) fn side(&self, head: &Head) -> Option<(usize, Example)> {
        if head.place(Field::Side).is_some() || head.place(Field::AmountBack).is_some() {
            return None;
        }
        let back = |column: &Column| {
            let amounts = &column.amounts;
            let is_other = column.is_no_amount() && !column.title.has("discount rabatt");
            let is_titled = column.title.is_or_has(titles::BACK) && !column.title.has("card kort") && !is_other;
            let given = amounts.given.clone().filter(|_| is_titled);
            given.or_else(|| amounts.alone.clone().filter(|_| !amounts.is_together)).filter(|_| amounts.are_amounts())
        };
        let flag = |column: &Column| column.back_flag().filter(|_| !column.amounts.are_amounts());
        let said = |column: &Column| {
            column.credit().or_else(|| column.back_value()).or_else(|| back(column)).or_else(|| flag(column))
        };
        self.columns.iter().find_map(|column| Some((column.place, said(column)?)))
    }

    /// Returns a column with amounts of the same expenses that are more likely owed than those that are read: with tax
    /// where those are without, or granted where those are not called so.
    pub(super) fn likelier_amount(&self, head: &Head) -> Option<(usize, Example)> {
        let read = Title::of(head.titles.get(head.place(Field::Amount)?).unwrap_or_default());
        let is_net = read.has(titles::NET) && !read.has(titles::NOT);
        let is_granted = read.is_or_has(titles::GRANTED) && !read.has(titles::NOT);
        let is_gross = read.has(titles::GROSS) && !read.has(titles::NET);
        let is_likelier = |title: &Title| {
            let may_be_gross = title.is_or_has(titles::GROSS) && !title.has(titles::NET);
            let may_be_granted = title.is_or_has(titles::GRANTED) && !title.has(titles::NOT) && !title.has(titles::BY);
            (may_be_gross && (is_net || !is_gross)) || (may_be_granted && !is_granted)
        };
        let is_amount =
            |column: &&Column| column.amounts.are_amounts() && !column.is_no_amount() && is_likelier(&column.title);
        let differing = |column: &Column| {
            let zero = || column.amounts.zero.clone().filter(|_| column.title.is_or_has(titles::GRANTED));
            Some((column.place, column.amounts.differing.clone().or_else(zero)?))
        };
        self.columns.iter().filter(is_amount).find_map(differing).or_else(|| self.home_amount(head))
    }

    /// Returns a column of amounts in the currency of the books, beside those that are read and are not called so,
    /// where no column says which currency is whose.
    fn home_amount(&self, head: &Head) -> Option<(usize, Example)> {
        let title = |place: usize| head.titles.get(place).unwrap_or_default();
        let is_read_home = self.is_home(title(head.place(Field::Amount)?));
        if head.place(Field::Currency).is_some() || is_read_home {
            return None;
        }
        let is_home =
            |column: &&Column| column.amounts.are_amounts() && self.is_home(title(column.place)) && !column.is_part();
        let column = self.columns.iter().filter(is_home).find(|column| column.amounts.differing.is_some())?;
        Some((column.place, column.amounts.differing.clone()?))
    }

    /// Returns an id that does not identify a row: its column gives another field of the kind that rows share, or the
    /// rows of one id are numbered beside it.
    pub(super) fn no_id(&self, head: &Head) -> Option<(usize, Example)> {
        let [place] = head.id_places.as_slice() else { return None };
        let shared = [Field::Date, Field::Amount, Field::Payee, Field::Category, Field::Currency];
        if self.rows > 1 && shared.iter().any(|field| head.place(*field) == Some(*place)) {
            return Some((*place, self.repeated.clone().or_else(|| self.first_id.clone())?));
        }
        let is_numbered = self.columns.iter().any(|column| column.is_filled() && column.title.is_one_of(LINES));
        Some((*place, self.repeated.clone().filter(|_| is_numbered)?))
    }
}

/// Returns an amount in hundredths, for comparisons.
fn hundredths(cell: &str, kind: CellKind) -> Option<i64> {
    let written = Written::of(cell)?;
    if kind == CellKind::Number { written.stored_hundredths() } else { written.hundredths() }
}

pub(super) fn example(text: &str, line: u64) -> Option<Example> {
    Some((bounded(text, GLIMPSE_CHARS_MAX), line))
}
