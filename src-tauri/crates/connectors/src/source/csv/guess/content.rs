//! Describes the content that the fields of one column have in common.

use std::collections::HashSet;

use chrono::Datelike as _;

use super::DecimalSeparator;
use crate::source::table::{amount, date};

/// The formats in which days are written, the most likely first: in `03.04.2026`, the day is the third.
const DATE_FORMATS: [&str; 11] = [
    "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%m/%d/%Y", "%d.%m.%y", "%d/%m/%y", "%Y/%m/%d", "%Y.%m.%d",
    "%Y%m%d", "%m/%d/%y",
];
/// The years in which an expense may have been.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;
/// The share of fields, in percent, that must be of a kind for the column to be of it: a typing error here and there is
/// no other kind.
const MOST_PERCENT: usize = 80;
/// The smallest share of different values, in percent, in a column of ids.
const UNIQUE_PERCENT: usize = 95;

/// Describes the content that the fields of one column have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    /// The number of fields that are filled.
    pub(super) filled: usize,
    /// The format of most fields, if they are days.
    pub(super) date_format: Option<&'static str>,
    /// Whether most fields are amounts; plain whole numbers count as such.
    pub(super) is_amount: bool,
    /// Whether some have decimals or groups.
    pub(super) has_decimals: bool,
    /// Whether hardly any value stands there twice.
    pub(super) is_unique: bool,
    /// Whether the fields are codes of currencies.
    pub(super) is_currency: bool,
    /// The mark between whole and fraction, if they are amounts.
    pub(super) decimal_separator: DecimalSeparator,
}

impl Content {
    pub(super) fn of<'a>(fields: impl Iterator<Item = &'a str>, delimiter: u8) -> Self {
        let fields: Vec<&str> = fields.filter(|field| !field.is_empty()).collect();
        let filled = fields.len();
        let most = |count: usize| filled > 0 && count * 100 >= filled * MOST_PERCENT;
        let count = |is: &dyn Fn(&str) -> bool| fields.iter().filter(|field| is(field)).count();
        let of_format = |format: &'static str| (count(&|field| is_day(field, format)), format);
        // The first of equals is taken.
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

/// Returns the separator of the fields that can be read in one way only; `1.249` can be either. If there are none, the
/// delimiter decides: a comma between fields leaves the point to the amounts.
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
