//! Reads Odoo's values: `false` for what is not set, pairs for a record it names, numbers as the text they are.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

/// Holds a number as it stands in the answer. Never a float of ours: it is compared as a decimal, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal(pub(super) String);

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get().trim();
        match text.as_bytes().first() {
            Some(b'-' | b'0'..=b'9') => Ok(Self(text.to_owned())),
            _ => Err(de::Error::custom("a number")),
        }
    }
}

/// Holds a value that may not be set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Maybe<T> {
    Is(T),
    /// `false`; anything else is not understood.
    Not(bool),
}

impl<T> Maybe<T> {
    pub(super) fn is(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Not(_) => None,
        }
    }

    pub(super) fn as_ref(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Not(_) => None,
        }
    }
}

/// Names a record that another one refers to: its id, and its name for people.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct RecordLink(pub(super) i64, pub(super) String);

/// Holds a moment of Odoo's, which is UTC without saying so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(pub(super) DateTime<Utc>);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").map_err(de::Error::custom)?;
        Ok(Self(moment.and_utc()))
    }
}

/// Returns the last day that is locked. Odoo writes the beginning of time, which locks nothing, as `1-01-01`.
pub(super) fn locked_until(date: &Maybe<String>) -> Option<NaiveDate> {
    let mut parts = date.as_ref()?.splitn(3, '-').map(str::parse::<u32>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).filter(|_| year > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_is_kept_as_its_text() {
        for text in ["12.5", "-0.1", "100000000000.01", "0"] {
            assert_eq!(serde_json::from_str::<Decimal>(text).expect("a number").0, text);
        }
        for text in ["\"12.5\"", "false", "null", "[1]"] {
            assert!(serde_json::from_str::<Decimal>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn value_false_is_nothing_and_the_first_day_locks_nothing() {
        let maybe = |text| serde_json::from_str::<Maybe<String>>(text).expect("text or false");
        assert_eq!(maybe("false").is(), None);
        assert_eq!(locked_until(&maybe("\"1-01-01\"")), None);
        assert_eq!(locked_until(&maybe("\"2026-09-30\"")), NaiveDate::from_ymd_opt(2026, 9, 30));
    }
}
