//! What the fields of one column have in common.

use std::collections::HashSet;

use chrono::Datelike as _;

use super::super::{amount, date};
use super::DecimalSeparator;

/// The formats in which days are written, the most likely first: of `03.04.2026`, the day is the third.
const DATE_FORMATS: [&str; 11] = [
    "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%m/%d/%Y", "%d.%m.%y", "%d/%m/%y", "%Y/%m/%d", "%Y.%m.%d",
    "%Y%m%d", "%m/%d/%y",
];
/// Years in which an expense may have been.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;
/// Of a hundred fields, so many must be of a kind for the column to be of it: a typing error here and there is no other kind.
const MOST_PERCENT: usize = 80;
/// Different values, of a hundred fields, that a column of ids has at least.
const UNIQUE_PERCENT: usize = 95;

/// What the fields of one column have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    /// Fields that are filled.
    pub(super) filled: usize,
    /// The format of most of them, where they are days.
    pub(super) date_format: Option<&'static str>,
    /// Most are amounts; plain whole numbers count as such.
    pub(super) is_amount: bool,
    /// Some have decimals or groups.
    pub(super) has_decimals: bool,
    /// Hardly any stands there twice.
    pub(super) is_unique: bool,
    /// Codes of currencies.
    pub(super) is_currency: bool,
    /// Between whole and fraction, where they are amounts.
    pub(super) decimal_separator: DecimalSeparator,
}

impl Content {
    pub(super) fn of<'a>(fields: impl Iterator<Item = &'a str>, delimiter: u8) -> Self {
        let fields: Vec<&str> = fields.filter(|field| !field.is_empty()).collect();
        let filled = fields.len();
        let most = |count: usize| filled > 0 && count * 100 >= filled * MOST_PERCENT;
        let count = |is: &dyn Fn(&str) -> bool| fields.iter().filter(|field| is(field)).count();
        let of_format = |format: &'static str| (count(&|field| is_day(field, format)), format);
        // The first of equals.
        let dates = DATE_FORMATS.map(of_format).into_iter().rev().max_by_key(|(count, _)| *count);
        let different: HashSet<&str> = fields.iter().copied().collect();
        Self {
            filled,
            date_format: dates.filter(|(count, _)| most(*count)).map(|(_, format)| format),
            is_amount: most(count(&is_amount)),
            has_decimals: fields.iter().any(|field| is_amount(field) && field.contains([',', '.'])),
            is_unique: filled > 0 && different.len() * 100 >= filled * UNIQUE_PERCENT,
            is_currency: most(count(&|field| postonce_engine::domain::Currency::from_code(field).is_some())),
            decimal_separator: decimal_separator(&fields, delimiter),
        }
    }
}

pub(super) fn is_date(field: &str) -> bool {
    DATE_FORMATS.iter().any(|format| *format != "%Y%m%d" && is_day(field, format))
}

fn is_day(field: &str, format: &str) -> bool {
    date::read(field, format).is_some_and(|day| YEARS.contains(&day.year()))
}

pub(super) fn is_amount(field: &str) -> bool {
    [DecimalSeparator::Comma, DecimalSeparator::Point]
        .into_iter()
        .any(|separator| amount::plain_decimal(field, separator, 2).is_some())
}

/// By the fields that can be read in one way only; `1.249` can be either. Where none says it, by the delimiter: a comma
/// between fields leaves the point to the amounts.
fn decimal_separator(fields: &[&str], delimiter: u8) -> DecimalSeparator {
    let with = |mark: char| {
        let has = |field: &&&str| field.rsplit_once(mark).is_some_and(|(_, end)| matches!(end.len(), 1 | 2));
        fields.iter().filter(has).filter(|field| is_amount(field)).count()
    };
    match with(',').cmp(&with('.')) {
        std::cmp::Ordering::Greater => DecimalSeparator::Comma,
        std::cmp::Ordering::Less => DecimalSeparator::Point,
        std::cmp::Ordering::Equal if delimiter == b',' => DecimalSeparator::Point,
        std::cmp::Ordering::Equal => DecimalSeparator::Comma,
    }
}
