//! Reads one element of a page as a record, or as a flaw with its reason. Amounts are decimal strings: a JSON number
//! may have been rounded on its way, and is not taken.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use postonce_engine::domain::{
    Currency, DEPARTMENT, Exchange, ExpenseDetail, ExpenseLine, ExpenseVat, HoldReason, Money, MoneyError, OwnAmount,
    PROJECT, Payee, Place, Rate, Receipt, Record, RecordId, RecordIdError,
};
use postonce_engine::ports::{Flaw, Row};
use serde_json::Value;

use crate::http::Peer;
use crate::text::{GLIMPSE_CHARS_MAX, bounded, visible};

const DATE_FORMAT: &str = "%Y-%m-%d";

/// Reads the `count`-th element.
pub(super) fn row(element: &Value, currency: Currency, peer: &Peer, count: u64) -> Row {
    let place = Place { file: peer.address().to_owned(), line: count };
    match record(element, currency) {
        Ok(record) => Row::Record(Box::new(record), place),
        Err(reason) => Row::Flaw(Flaw {
            record_id: element.get("id").and_then(Value::as_str).filter(|id| !id.trim().is_empty()).map(visible),
            place,
            reason,
            glimpse: bounded(&element.to_string(), GLIMPSE_CHARS_MAX),
        }),
    }
}

fn record(element: &Value, own: Currency) -> Result<Record, HoldReason> {
    if !element.is_object() {
        return Err(HoldReason::RowUnreadable { detail: "{…}".to_owned() });
    }
    let id = id(element.get("id"))?;
    let currency = match optional(element, "currency") {
        Some(code) => Currency::from_code(&code.to_ascii_uppercase())
            .ok_or_else(|| HoldReason::CurrencyUnknown { found: bounded(&code, GLIMPSE_CHARS_MAX) })?,
        None => own,
    };
    let payee = payee(element.get("payee"))?;
    let detail = detail(element, currency, own)?;
    Ok(Record {
        id,
        version: element.get("version").and_then(Value::as_u64).and_then(|version| u32::try_from(version).ok()),
        approved_at: optional(element, "approved_at")
            .and_then(|text| DateTime::parse_from_rfc3339(&text).ok())
            .map(|instant| instant.with_timezone(&Utc)),
        date: date(element)?,
        payee,
        category: optional(element, "category").unwrap_or_default(),
        amount: total(element, currency, &detail)?,
        text: optional(element, "text").unwrap_or_default(),
        department: optional(element, "department"),
        project: optional(element, "project"),
        detail,
        receipts: receipts(element)?,
    })
}

/// Returns the amount of a record: what the platform says, which must be the sum of the lines, or that sum.
fn total(element: &Value, currency: Currency, detail: &ExpenseDetail) -> Result<Money, HoldReason> {
    if detail.lines.is_empty() {
        return amount(element, currency);
    }
    let invalid = || HoldReason::AmountInvalid { found: detail.lines_text(currency.code()).unwrap_or_default() };
    let sum = Money::from_minor(detail.sum().ok_or_else(invalid)?, currency);
    if optional(element, "amount").is_none() {
        return Ok(sum);
    }
    let total = amount(element, currency)?;
    if total == sum {
        return Ok(total);
    }
    Err(HoldReason::ClaimSumDiffers { sum: sum.to_decimal(), total: total.to_decimal() })
}

/// Returns what an element says beyond a plain expense.
fn detail(element: &Value, currency: Currency, own: Currency) -> Result<ExpenseDetail, HoldReason> {
    let lines = match element.get("lines") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(lines)) => {
            ExpenseDetail::check_length(lines.len())?;
            lines.iter().map(|line| self::line(line, currency, own)).collect::<Result<_, _>>()?
        }
        Some(_) => return Err(HoldReason::RowUnreadable { detail: "\"lines\": […]".to_owned() }),
    };
    let exchange = exchange(element, currency, own)?;
    Ok(ExpenseDetail { lines, dimensions: dimensions(element)?, vat: vat(element, currency)?, exchange })
}

/// Reads the receipts: each an address, or an object with `url` or `id`, and a `name` if it has one.
fn receipts(element: &Value) -> Result<Vec<Receipt>, HoldReason> {
    let unfit = |found: &dyn std::fmt::Display| {
        Err(HoldReason::RowUnreadable { detail: bounded(&format!("\"receipts\": {found}"), GLIMPSE_CHARS_MAX) })
    };
    let listed = match element.get("receipts") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(listed)) if listed.len() <= Receipt::PER_RECORD_MAX => listed,
        Some(Value::Array(listed)) => return unfit(&format!("{} > {}", listed.len(), Receipt::PER_RECORD_MAX)),
        Some(other) => return unfit(other),
    };
    let mut receipts = Vec::with_capacity(listed.len());
    for one in listed {
        let place = match one {
            Value::String(url) => Some(url.clone()),
            one => optional(one, "url").or_else(|| optional(one, "id").map(|id| super::receipts::path(&id))),
        };
        let name = if one.is_object() { optional(one, "name") } else { None };
        match place.and_then(|place| Receipt::new(&place, name.as_deref())) {
            Some(receipt) => receipts.push(receipt),
            None => return unfit(one),
        }
    }
    Ok(receipts)
}

/// Reads a line of a claim.
fn line(element: &Value, currency: Currency, organisation: Currency) -> Result<ExpenseLine, HoldReason> {
    if !element.is_object() {
        return Err(HoldReason::RowUnreadable { detail: "\"lines\": [{…}]".to_owned() });
    }
    let mut dimensions = dimensions(element)?;
    let own = [DEPARTMENT, PROJECT].map(|name| Some((name.to_owned(), optional(element, name)?)));
    dimensions.extend(own.into_iter().flatten());
    Ok(ExpenseLine {
        minor: amount(element, currency)?.minor(),
        category: optional(element, "category").unwrap_or_default(),
        text: optional(element, "text").unwrap_or_default(),
        date: optional(element, "expense_date").map(|_| date(element)).transpose()?,
        dimensions,
        vat: vat(element, currency)?,
        exchange: exchange(element, currency, organisation)?,
    })
}

/// Reads rate and worth of an amount in a foreign currency; neither for one in the organisation's own.
fn exchange(element: &Value, currency: Currency, organisation: Currency) -> Result<Exchange, HoldReason> {
    let own = optional(element, "own_amount").map(|_| decimal(element, "own_amount", organisation)).transpose()?;
    if currency == organisation {
        return match own {
            Some(own) => Exchange::default().beside(amount(element, currency)?, Some(own)),
            None => Ok(Exchange::default()),
        };
    }
    let rate = optional(element, "exchange_rate").map(|found| {
        let rate = Rate::from_decimal(&found).filter(|_| element["exchange_rate"].is_string());
        rate.ok_or_else(|| HoldReason::RateInvalid { found: bounded(&found, GLIMPSE_CHARS_MAX) })
    });
    Ok(Exchange { rate: rate.transpose()?, own: own.map(OwnAmount::from) })
}

fn vat(element: &Value, currency: Currency) -> Result<ExpenseVat, HoldReason> {
    let minor = optional(element, "vat_amount").map(|_| decimal(element, "vat_amount", currency)).transpose()?;
    Ok(ExpenseVat { code: optional(element, "vat_code"), minor: minor.map(Money::minor) })
}

/// Reads an object of texts.
fn dimensions(element: &Value) -> Result<BTreeMap<String, String>, HoldReason> {
    match element.get("dimensions") {
        None | Some(Value::Null) => Ok(BTreeMap::new()),
        Some(Value::Object(values)) => {
            let names = values.keys().map(|name| (name.clone(), optional(&element["dimensions"], name)));
            Ok(names.filter_map(|(name, value)| Some((name, value?))).collect())
        }
        Some(_) => Err(HoldReason::RowUnreadable { detail: "\"dimensions\": {…}".to_owned() }),
    }
}

fn id(value: Option<&Value>) -> Result<RecordId, HoldReason> {
    let text = match value {
        None | Some(Value::Null) => return Err(HoldReason::IdMissing),
        Some(Value::String(text)) => text,
        Some(other) => return Err(HoldReason::IdInvalid { found: bounded(&other.to_string(), GLIMPSE_CHARS_MAX) }),
    };
    RecordId::new(text.as_str()).map_err(|error| match error {
        RecordIdError::Empty => HoldReason::IdMissing,
        _ => HoldReason::IdInvalid { found: visible(text) },
    })
}

fn payee(value: Option<&Value>) -> Result<Payee, HoldReason> {
    let missing = || HoldReason::FieldMissing { field: "payee".to_owned() };
    let value = value.ok_or_else(missing)?;
    let id = optional(value, "id").ok_or_else(missing)?;
    Ok(Payee { name: optional(value, "name").unwrap_or_else(|| id.clone()), id })
}

fn date(element: &Value) -> Result<NaiveDate, HoldReason> {
    let found = required(element, "expense_date", "date")?;
    NaiveDate::parse_from_str(&found, DATE_FORMAT)
        .map_err(|_| HoldReason::DateInvalid { found, expected: DATE_FORMAT.to_owned() })
}

fn amount(element: &Value, currency: Currency) -> Result<Money, HoldReason> {
    decimal(element, "amount", currency)
}

fn decimal(element: &Value, member: &str, currency: Currency) -> Result<Money, HoldReason> {
    let found = required(element, member, member)?;
    if !element[member].is_string() {
        return Err(HoldReason::AmountInvalid { found });
    }
    Money::from_decimal(&found, currency).map_err(|error| match error {
        MoneyError::TooManyDecimals { currency, .. } => {
            HoldReason::AmountDecimals { found, currency: currency.to_owned() }
        }
        MoneyError::NotANumber(_) | MoneyError::TooLarge(_) => HoldReason::AmountInvalid { found },
    })
}

/// Returns a text on one line; a number or truth value as its text, so that a reason can show it.
fn optional(element: &Value, member: &str) -> Option<String> {
    let text = match element.get(member)? {
        Value::String(text) => text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
        Value::Null => return None,
        other => other.to_string(),
    };
    Some(text).filter(|text| !text.is_empty())
}

fn required(element: &Value, member: &str, field: &str) -> Result<String, HoldReason> {
    let text = optional(element, member).ok_or_else(|| HoldReason::FieldMissing { field: field.to_owned() })?;
    Ok(bounded(&text, GLIMPSE_CHARS_MAX))
}
