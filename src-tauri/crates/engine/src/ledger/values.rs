//! Turns values into the ledger's columns, and back. A value that this program never writes is reported, not guessed
//! at.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rusqlite::types::ValueRef;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::LedgerError;
use crate::domain::audit_chain::{BorrowedValue, Value};
use crate::domain::{Currency, Money};

/// Returns the time as text: UTC, milliseconds, always the same width, so that text sorts as time.
pub(super) fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn impossible(what: &'static str, found: impl Into<String>) -> LedgerError {
    LedgerError::Impossible { what, found: found.into() }
}

pub(super) fn instant(what: &'static str, text: &str) -> Result<DateTime<Utc>, LedgerError> {
    DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(|_| impossible(what, text))
}

pub(super) fn instant_option(what: &'static str, text: Option<String>) -> Result<Option<DateTime<Utc>>, LedgerError> {
    text.map(|text| instant(what, &text)).transpose()
}

pub(super) fn day(what: &'static str, text: &str) -> Result<NaiveDate, LedgerError> {
    text.parse().map_err(|_| impossible(what, text))
}

pub(super) fn day_option(what: &'static str, text: Option<String>) -> Result<Option<NaiveDate>, LedgerError> {
    text.map(|text| day(what, &text)).transpose()
}

pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("codes and texts always have a JSON form")
}

pub(super) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, LedgerError> {
    serde_json::from_str(text).map_err(|_| impossible(what, text))
}

pub(super) fn from_json_option<T: DeserializeOwned>(
    what: &'static str,
    text: Option<String>,
) -> Result<Option<T>, LedgerError> {
    text.map(|text| from_json(what, &text)).transpose()
}

pub(super) fn word<T>(what: &'static str, text: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, LedgerError> {
    read(text).ok_or_else(|| impossible(what, text))
}

/// Returns an amount as it stands in three columns. The exponent is kept beside the code, so that a later change of ISO
/// 4217 cannot shift the point of old amounts unseen.
pub(super) fn money(code: &str, exponent: i64, minor: i64) -> Result<Money, LedgerError> {
    let currency = Currency::from_code(code).ok_or_else(|| impossible("currency", code))?;
    if i64::from(currency.exponent()) != exponent {
        return Err(impossible("exponent", format!("{code} with {exponent} decimals")));
    }
    Ok(Money::from_minor(minor, currency))
}

/// Returns a count or number, which SQLite keeps signed.
pub(super) fn number(what: &'static str, found: i64) -> Result<u64, LedgerError> {
    u64::try_from(found).map_err(|_| impossible(what, found.to_string()))
}

/// Returns a count as SQLite keeps it; counts here never come near the bound.
pub(crate) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Returns a value of a column exactly as the ledger holds it.
pub(super) fn value_of(value: ValueRef<'_>) -> Value {
    match borrowed(value) {
        BorrowedValue::Null => Value::Null,
        BorrowedValue::Integer(number) => Value::Integer(number),
        BorrowedValue::Text(bytes) => Value::Text(bytes.to_vec()),
        BorrowedValue::Blob(bytes) => Value::Blob(bytes.to_vec()),
        BorrowedValue::Real(bits) => Value::Real(bits),
    }
}

/// Returns a column's value as SQLite holds it.
pub(super) fn borrowed(value: ValueRef<'_>) -> BorrowedValue<'_> {
    match value {
        ValueRef::Null => BorrowedValue::Null,
        ValueRef::Integer(number) => BorrowedValue::Integer(number),
        ValueRef::Text(bytes) => BorrowedValue::Text(bytes),
        ValueRef::Blob(bytes) => BorrowedValue::Blob(bytes),
        ValueRef::Real(number) => BorrowedValue::Real(number.to_bits()),
    }
}
