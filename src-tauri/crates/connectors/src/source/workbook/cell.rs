//! Holds the content of a cell as it is stored, and what becomes of it as text.

use calamine::{Data, DataRef};
use chrono::{NaiveDate, NaiveDateTime};

use super::number;

/// The content of a cell, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text.
    Text(String),
    /// A number without a format of days, as a plain decimal with a point.
    Number(String),
    /// A number with a format of days, whose time is cut off.
    Day(NaiveDate),
    /// Yes or no.
    Flag(bool),
    /// An error of the spreadsheet: `#N/A`, `#REF!`.
    Error(String),
    /// Nothing, below a cell with which it is merged.
    Covered,
    /// A formula whose value was never stored: a program wrote it, and no spreadsheet has calculated it.
    NoValue,
}

/// The errors that spreadsheets show, which a text may hold as well once a file went through another program.
const ERRORS: [&str; 12] = [
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#I/T", "#VERDI!",
    "#NAVN?",
];

impl Cell {
    pub(super) fn of(data: DataRef<'_>, has_formula: bool) -> Self {
        match data {
            DataRef::Empty if has_formula => Self::NoValue,
            DataRef::Empty => Self::Empty,
            DataRef::SharedString(text) => Self::of_text(text.to_owned()),
            DataRef::String(text) => Self::of_text(text),
            DataRef::Int(number) => Self::Number(number.to_string()),
            DataRef::Float(stored) => number::decimal(stored).map_or(Self::Error("#NUM!".to_owned()), Self::Number),
            DataRef::Bool(flag) => Self::Flag(flag),
            DataRef::DateTime(stored) => {
                number::day(&stored).map_or_else(|| Self::Text(number::time(&stored)), Self::Day)
            }
            DataRef::DateTimeIso(text) => day_of_iso(&text).map_or(Self::Text(text), Self::Day),
            DataRef::DurationIso(text) => Self::Text(text),
            DataRef::Error(error) => Self::Error(error.to_string()),
        }
    }

    pub(super) fn of_owned(data: &Data) -> Self {
        Self::of(
            match data {
                Data::Empty => DataRef::Empty,
                Data::Int(number) => DataRef::Int(*number),
                Data::Float(stored) => DataRef::Float(*stored),
                Data::String(text) => DataRef::SharedString(text),
                Data::Bool(flag) => DataRef::Bool(*flag),
                Data::DateTime(stored) => DataRef::DateTime(*stored),
                Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
                Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
                Data::Error(error) => DataRef::Error(error.clone()),
            },
            false,
        )
    }

    fn of_text(text: String) -> Self {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            Self::Empty
        } else if ERRORS.contains(&trimmed) || (trimmed.starts_with("Err:") && trimmed.len() == 7) {
            Self::Error(trimmed.to_owned())
        } else {
            Self::Text(text)
        }
    }

    /// Says whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::Empty
    }
}

/// Returns the day of a date of ISO 8601, with or without a time; `None` for an instant, whose day depends on the time
/// zone.
fn day_of_iso(text: &str) -> Option<NaiveDate> {
    let time = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    let with_time = || time.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().or_else(|| Some(with_time()?.date()))
}
