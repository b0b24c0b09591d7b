//! Reads and writes Tryton's own types in JSON: dates, moments and decimals are objects that name their class. Nothing
//! becomes a float.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

/// Returns a date as Tryton takes it.
pub(super) fn date(date: NaiveDate) -> Value {
    json!({"__class__": "date", "year": date.year(), "month": date.month(), "day": date.day()})
}

/// Returns an amount as Tryton takes it, from a decimal text.
pub(super) fn decimal(text: &str) -> Value {
    json!({"__class__": "Decimal", "decimal": text})
}

/// Holds a date of Tryton's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "DateBody")]
pub(super) struct TrytonDate(pub(super) NaiveDate);

/// Holds an amount of Tryton's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "DecimalBody")]
pub(super) struct TrytonDecimal(pub(super) Decimal);

/// Holds a moment of Tryton's, which keeps UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "MomentBody")]
pub(super) struct TrytonMoment(pub(super) DateTime<Utc>);

/// Names the class of a value. Only an object that says so itself is taken for one: an amount without its class is
/// none.
#[derive(Deserialize)]
#[serde(tag = "__class__")]
enum DateBody {
    #[serde(rename = "date")]
    Date { year: i32, month: u32, day: u32 },
}

#[derive(Deserialize)]
#[serde(tag = "__class__")]
enum DecimalBody {
    Decimal { decimal: String },
}

#[derive(Deserialize)]
#[serde(tag = "__class__")]
enum MomentBody {
    #[serde(rename = "datetime")]
    Moment { year: i32, month: u32, day: u32, hour: u32, minute: u32, second: u32, microsecond: u32 },
}

impl TryFrom<DateBody> for TrytonDate {
    type Error = &'static str;

    fn try_from(DateBody::Date { year, month, day }: DateBody) -> Result<Self, Self::Error> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self).ok_or("no such date")
    }
}

impl TryFrom<DecimalBody> for TrytonDecimal {
    type Error = rust_decimal::Error;

    fn try_from(DecimalBody::Decimal { decimal }: DecimalBody) -> Result<Self, Self::Error> {
        // Python writes a small or round number with an exponent: 0E-8, 1E+2.
        Decimal::from_str_exact(&decimal).or_else(|_| Decimal::from_scientific(&decimal)).map(Self)
    }
}

impl TryFrom<MomentBody> for TrytonMoment {
    type Error = &'static str;

    fn try_from(body: MomentBody) -> Result<Self, Self::Error> {
        let MomentBody::Moment { year, month, day, hour, minute, second, microsecond } = body;
        let moment = NaiveDate::from_ymd_opt(year, month, day)
            .and_then(|date| date.and_hms_micro_opt(hour, minute, second, microsecond));
        moment.map(|moment| Self(moment.and_utc())).ok_or("no such moment")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_decimals_and_moments_come_and_go_without_loss() {
        let day = NaiveDate::from_ymd_opt(2020, 2, 29).expect("a leap day");
        assert_eq!(serde_json::from_value::<TrytonDate>(date(day)).expect("a date"), TrytonDate(day));
        for text in ["12.50", "0", "-9007199254740993.01", "0.10"] {
            let read: TrytonDecimal = serde_json::from_value(decimal(text)).expect("a decimal");
            assert_eq!(read.0.to_string(), text);
        }
        let round: TrytonDecimal = serde_json::from_value(decimal("1E+2")).expect("a decimal");
        assert_eq!(round.0, Decimal::from(100));
        let moment = json!({"__class__": "datetime", "year": 2026, "month": 11, "day": 23, "hour": 4, "minute": 16,
                            "second": 31, "microsecond": 287_481});
        let read: TrytonMoment = serde_json::from_value(moment).expect("a moment");
        assert_eq!(read.0.to_rfc3339(), "2026-11-23T04:16:31.287481+00:00");
    }

    #[test]
    fn value_without_its_class_or_out_of_range_is_not_read() {
        assert!(serde_json::from_value::<TrytonDecimal>(json!(12.5)).is_err());
        assert!(serde_json::from_value::<TrytonDecimal>(json!({"decimal": "12.50"})).is_err());
        assert!(serde_json::from_value::<TrytonDecimal>(decimal("NaN")).is_err());
        assert!(serde_json::from_value::<TrytonDate>(json!("2020-02-29")).is_err());
        let none = json!({"__class__": "date", "year": 2021, "month": 2, "day": 29});
        assert!(serde_json::from_value::<TrytonDate>(none).is_err());
    }
}
