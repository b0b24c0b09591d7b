//! Counts what the cells of each column have in common, over a whole file.
//!
//! Invariant: memory does not grow with the file: beyond a bound, different values are not told apart any more.

use std::collections::{BTreeMap, HashSet, hash_map::DefaultHasher};
use std::hash::{Hash as _, Hasher as _};

use super::super::table::amount::{MarkProof, Written};
use super::super::table::id::is_rounded;
use super::super::table::sign::Tag;
use super::super::table::titles::plain;
use super::super::table::{CellKind, DecimalSeparator, Line};
use super::days::{self, Order, Style};
use crate::text::{GLIMPSE_CHARS_MAX, bounded};

/// The most different values of all columns that are told apart; among tens of thousands, one that stands twice is found.
const DIFFERENT_MAX: usize = 600_000;
/// The most different values of a column of states.
const STATES_MAX: usize = 16;
/// The longest value of a column of states.
const STATE_CHARS_MAX: usize = 40;
/// The most rows that are kept for comparisons between columns.
pub(super) const ROWS_KEPT: usize = 200;
/// The share of cells, in percent, that must be of a kind for the column to be of it: a typing error here and there is
/// no other kind.
const MOST_PERCENT: u64 = 80;

/// A cell with its line, to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Example {
    pub(super) text: String,
    pub(super) line: u64,
}

/// A number of cells, with the first of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Count {
    pub(super) cells: u64,
    pub(super) first: Option<Example>,
}

/// Describes the days of one style.
#[derive(Debug, Clone, Default)]
pub(super) struct Days {
    pub(super) cells: u64,
    pub(super) first: Option<Example>,
    pub(super) day_first: Count,
    pub(super) month_first: Count,
    pub(super) either: Count,
    /// The number of those with a year of two digits that may stand in front, and at the end.
    pub(super) year_leads: u64,
    pub(super) year_ends: u64,
}

/// Describes one column.
#[derive(Debug, Default)]
pub(super) struct Census {
    pub(super) filled: u64,
    pub(super) empty: u64,
    pub(super) first: Option<Example>,
    pub(super) first_empty: Option<u64>,
    days: BTreeMap<Style, Days>,
    day_cells: u64,
    serials: u64,
    pub(super) amounts: u64,
    pub(super) commas: Count,
    pub(super) points: Count,
    pub(super) either_mark: Count,
    pub(super) with_mark: u64,
    pub(super) negative: Count,
    pub(super) positive: Count,
    pub(super) codes: u64,
    /// The codes of currencies that stand in it or beside its amounts.
    pub(super) currencies: BTreeMap<String, Example>,
    /// The number of amounts with a sign or code of a currency.
    pub(super) with_currency: u64,
    different: HashSet<u64>,
    /// The number of values that are told apart at most.
    different_max: usize,
    is_different_full: bool,
    pub(super) repeated: Count,
    /// Whether the rows are numbered: 1, 2, 3 …
    counts_rows: bool,
    pub(super) account_like: Count,
    pub(super) shortened: Count,
    pub(super) faults: Count,
    values: Option<BTreeMap<String, (String, u64)>>,
    chars: u64,
}

/// Describes a whole table.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) columns: Vec<Census>,
    /// The first rows.
    pub(super) rows: Vec<Line>,
    pub(super) row_count: u64,
}

impl Table {
    pub(super) fn new(width: usize) -> Self {
        let different_max = DIFFERENT_MAX / width.max(6);
        let census = || Census { counts_rows: true, values: Some(BTreeMap::new()), different_max, ..Census::default() };
        Self { columns: (0..width).map(|_| census()).collect(), rows: Vec::new(), row_count: 0 }
    }

    pub(super) fn add(&mut self, line: &Line) {
        self.row_count += 1;
        for (place, census) in self.columns.iter_mut().enumerate() {
            census.add(line.cell(place), line.kind(place), line.number, self.row_count);
        }
        if self.rows.len() < ROWS_KEPT {
            self.rows.push(line.clone());
        }
    }
}

impl Count {
    fn add(&mut self, text: &str, line: u64) {
        self.cells += 1;
        self.first.get_or_insert_with(|| Example::new(text, line));
    }
}

impl Example {
    fn new(text: &str, line: u64) -> Self {
        Self { text: bounded(text, GLIMPSE_CHARS_MAX), line }
    }
}

impl Census {
    fn add(&mut self, cell: &str, kind: CellKind, line: u64, row: u64) {
        let text = cell.trim();
        if kind == CellKind::Fault {
            self.faults.add(text, line);
            return;
        }
        if text.is_empty() {
            self.empty += 1;
            self.first_empty.get_or_insert(line);
            return;
        }
        self.filled += 1;
        self.first.get_or_insert_with(|| Example::new(text, line));
        self.chars += text.chars().count() as u64;
        self.tell_apart(text, line);
        self.counts_rows &= text.parse() == Ok(row);
        self.add_value(text);
        match kind {
            CellKind::Day => self.add_day(Style::Stored, Order::Fixed, text, line),
            CellKind::Number => self.add_number(text, line),
            CellKind::Text | CellKind::Fault => self.add_text(text, line),
        }
    }

    fn tell_apart(&mut self, text: &str, line: u64) {
        if self.is_different_full {
            return;
        }
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        if !self.different.insert(hasher.finish()) {
            self.repeated.add(text, line);
        }
        self.is_different_full = self.different.len() >= self.different_max;
    }

    fn add_value(&mut self, text: &str) {
        let Some(values) = &mut self.values else { return };
        if text.chars().count() > STATE_CHARS_MAX {
            self.values = None;
            return;
        }
        values.entry(plain(text)).or_insert_with(|| (text.to_owned(), 0)).1 += 1;
        if values.len() > STATES_MAX {
            self.values = None;
        }
    }

    fn add_day(&mut self, style: Style, order: Order, text: &str, line: u64) {
        self.day_cells += 1;
        let days = self.days.entry(style).or_default();
        days.cells += 1;
        days.first.get_or_insert_with(|| Example::new(text, line));
        if matches!(style, Style::Numbers { has_short_year: true, .. }) {
            let (leads, ends) = days::year_places(text);
            days.year_leads += u64::from(leads);
            days.year_ends += u64::from(ends);
        }
        match order {
            Order::DayFirst => days.day_first.add(text, line),
            Order::MonthFirst => days.month_first.add(text, line),
            Order::Either => days.either.add(text, line),
            Order::Fixed => {}
        }
    }

    fn add_number(&mut self, text: &str, line: u64) {
        self.amounts += 1;
        self.with_mark += u64::from(text.contains('.'));
        self.serials += u64::from(days::is_serial(text));
        self.add_sign(text.starts_with('-'), text, line);
        self.add_id_like(text, line);
        if is_rounded(text) {
            self.shortened.add(text, line);
        }
    }

    fn add_sign(&mut self, is_negative: bool, text: &str, line: u64) {
        let is_zero = !text.contains(|c: char| matches!(c, '1'..='9'));
        match is_negative {
            _ if is_zero => {}
            true => self.negative.add(text, line),
            false => self.positive.add(text, line),
        }
    }

    fn add_text(&mut self, text: &str, line: u64) {
        if let Some((style, order)) = days::style(text) {
            self.add_day(style, order, text, line);
            if style != Style::Digits {
                return;
            }
        }
        self.serials += u64::from(days::is_serial(text));
        if Tag::of(text).or_else(|| Tag::named(text)).is_some() {
            self.codes += 1;
            let code = text.to_uppercase();
            self.currencies.entry(code).or_insert_with(|| Example::new(text, line));
            return;
        }
        self.add_id_like(text, line);
        let Some(written) = Written::of(text) else { return };
        self.amounts += 1;
        self.with_mark += u64::from(written.has_mark());
        match written.proof() {
            MarkProof::None => {}
            MarkProof::Mark(DecimalSeparator::Comma) => self.commas.add(text, line),
            MarkProof::Mark(DecimalSeparator::Point) => self.points.add(text, line),
            MarkProof::Either => self.either_mark.add(text, line),
        }
        self.with_currency += u64::from(written.tag.is_some());
        self.add_sign(written.is_negative, text, line);
    }

    /// Counts what looks like an id and is none: the number of an account, a card or a phone, a number that a spreadsheet
    /// shortened.
    fn add_id_like(&mut self, text: &str, line: u64) {
        if is_account(text) {
            self.account_like.add(text, line);
        }
        if is_shortened(text) {
            self.shortened.add(text, line);
        }
    }

    fn most(&self, cells: u64) -> bool {
        self.filled > 0 && cells * 100 >= self.filled * MOST_PERCENT
    }

    /// Returns the style of most days, if the column is one of days.
    pub(super) fn days(&self) -> Option<(Style, &Days)> {
        let (style, days) = self.days.iter().max_by_key(|(_, days)| days.cells)?;
        // Eight digits may be any number; only a whole column of days is one of days.
        let all = *style != Style::Digits || days.cells == self.filled;
        (all && self.most(self.day_cells)).then_some((*style, days))
    }

    /// Returns each style with its days.
    pub(super) fn day_styles(&self) -> impl Iterator<Item = (&Style, &Days)> {
        self.days.iter()
    }

    /// Says whether all are day numbers of a spreadsheet.
    pub(super) fn is_serial(&self) -> bool {
        self.filled > 0 && self.serials == self.filled
    }

    /// Says whether most are amounts, whole numbers among them.
    pub(super) fn is_amount(&self) -> bool {
        self.most(self.amounts) && self.days().is_none()
    }

    /// Says whether most are amounts, and some look like money: decimals, groups, a currency.
    pub(super) fn is_money(&self) -> bool {
        self.is_amount() && (self.with_mark > 0 || self.with_currency > 0)
    }

    /// Says whether the cells are codes or signs of currencies.
    pub(super) fn is_currency(&self) -> bool {
        self.most(self.codes)
    }

    /// Says whether no value stands there twice; never where there are too many to know.
    pub(super) fn is_unique(&self) -> bool {
        self.filled > 0 && !self.is_different_full && self.repeated.cells == 0 && self.faults.cells == 0
    }

    /// Says whether hardly any value stands there twice: a slip, and no other meaning.
    pub(super) fn is_nearly_unique(&self) -> bool {
        const REPEATED_PERCENT: u64 = 2;
        self.filled > 0 && self.repeated.cells * 100 <= self.filled * REPEATED_PERCENT
    }

    /// Says whether the rows are numbered from 1 on.
    pub(super) fn counts_rows(&self) -> bool {
        self.filled > 0 && self.counts_rows
    }

    /// Says whether its texts are long, as descriptions are.
    pub(super) fn is_long_text(&self) -> bool {
        const LONG_CHARS: u64 = 40;
        self.filled > 0 && self.chars / self.filled >= LONG_CHARS
    }

    /// Returns the values and their counts, if there are few.
    pub(super) fn few_values(&self) -> Option<impl Iterator<Item = (&str, &str, u64)>> {
        let values = self.values.as_ref()?;
        Some(values.iter().map(|(plain, (shown, count))| (plain.as_str(), shown.as_str(), *count)))
    }
}

/// Says whether a text is a bank account of Norway or an IBAN: its last digits check the others.
fn is_account(text: &str) -> bool {
    let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '\u{a0}')).collect();
    let digits: Vec<u32> = compact.chars().filter_map(|c| c.to_digit(10)).collect();
    if compact.len() == 11 && digits.len() == 11 {
        let weights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
        return digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>().is_multiple_of(11);
    }
    let is_iban = (15..=34).contains(&compact.len())
        && compact.chars().take(2).all(|c| c.is_ascii_uppercase())
        && compact.chars().skip(2).take(2).all(|c| c.is_ascii_digit())
        && compact.chars().all(|c| c.is_ascii_alphanumeric());
    is_iban && {
        let turned = compact[4..].chars().chain(compact[..4].chars());
        let rest = turned
            .filter_map(|c| c.to_digit(36))
            .fold(0_u32, |rest, value| (rest * if value < 10 { 10 } else { 100 } + value) % 97);
        rest == 1
    }
}

/// Says whether a spreadsheet shortened a number: `1,23457E+11`.
fn is_shortened(text: &str) -> bool {
    let Some((number, exponent)) = text.split_once(['E', 'e']) else { return false };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_digits =
        |part: &str, more: &[char]| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || more.contains(&c));
    number.contains(['.', ',']) && is_digits(number, &['.', ',']) && is_digits(exponent, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_and_shortened_number_are_no_ids() {
        for account in ["1234.56.78911", "NO93 8601 1117 947", "DE89370400440532013000", "86011117947"] {
            assert!(is_account(account), "{account}");
        }
        for other in ["12345678901", "E-1", "123", "NO9386011117948", "2026-03-04", "å2345678901"] {
            assert!(!is_account(other), "{other}");
        }
        assert!(
            is_shortened("1,23457E+11") && is_shortened("2.19E+26") && !is_shortened("12E5") && !is_shortened("E-1")
        );
    }
}
