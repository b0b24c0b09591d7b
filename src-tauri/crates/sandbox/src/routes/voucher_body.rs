//! Reads a voucher as it is sent, and checks everything that does not depend on the books.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::clock::parse_date;
use crate::problem::{Kind, Problem};
use crate::store::NewVoucher;
use crate::{accounts, money};

/// The most lines of a voucher; with the bound on an amount, no sum can overflow.
const LINES_MAX: usize = 1000;
/// The longest text of a voucher, in characters.
const TEXT_CHARS_MAX: usize = 1000;

/// The values of the dimensions that the books list, by the dimension's name.
pub(crate) type KnownDimensions = BTreeMap<String, BTreeSet<String>>;

/// A voucher that cannot be taken, with as much of its reference as could be read.
pub(crate) struct UnfitVoucher {
    pub(crate) reference: String,
    pub(crate) problem: Problem,
}

#[derive(Deserialize)]
struct VoucherBody {
    reference: String,
    date: String,
    currency: String,
    #[serde(default)]
    text: String,
    lines: Vec<LineBody>,
}

#[derive(Deserialize, Serialize)]
struct LineBody {
    account: String,
    amount: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    dimensions: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    party: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The amount in the organisation's currency, of a voucher in a foreign one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own_amount: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own_currency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exchange_rate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vat_code: Option<String>,
    /// The VAT that the books compute by the code; what a caller sends here is not taken.
    #[serde(default, skip_deserializing, skip_serializing_if = "Option::is_none")]
    vat_amount: Option<String>,
}

/// Checks one voucher of a request.
pub(crate) fn check(raw: &RawValue, reference_chars_max: usize) -> Result<NewVoucher, UnfitVoucher> {
    let mut voucher: VoucherBody = serde_json::from_str(raw.get()).map_err(|error| {
        let object: serde_json::Value = serde_json::from_str(raw.get()).unwrap_or_default();
        let reference = object.get("reference").and_then(serde_json::Value::as_str).unwrap_or("").to_owned();
        UnfitVoucher {
            reference,
            problem: Problem::new(Kind::Invalid, format!("The voucher cannot be read: {error}.")),
        }
    })?;
    match check_parts(&mut voucher, reference_chars_max) {
        Err(problem) => Err(UnfitVoucher { reference: voucher.reference, problem }),
        Ok(total_minor) => {
            let lines = serde_json::to_string(&voucher.lines).expect("lines are plain data with string keys");
            let content_hash = hash(&[&voucher.date, &voucher.currency, &voucher.text, &lines]);
            let VoucherBody { reference, date, currency, text, .. } = voucher;
            Ok(NewVoucher { reference, content_hash, date, currency, text, lines, total_minor, reverses: None })
        }
    }
}

/// Returns the SHA-256 of parts that cannot run into each other.
pub(crate) fn hash(parts: &[&str]) -> [u8; 32] {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part.len().to_le_bytes());
        sha.update(part);
    }
    sha.finalize().into()
}

/// Refuses a dimension's value that the books do not know. Dimensions whose values nobody listed take any.
pub(crate) fn check_dimensions(lines: &str, known: &KnownDimensions) -> Result<(), Problem> {
    if known.is_empty() {
        return Ok(());
    }
    let lines: Vec<LineBody> = serde_json::from_str(lines).unwrap_or_default();
    let values = lines.iter().flat_map(|line| &line.dimensions);
    let unknown = |(name, value): &(&String, &String)| known.get(*name).is_some_and(|known| !known.contains(*value));
    match values.into_iter().find(unknown) {
        None => Ok(()),
        Some((name, value)) => {
            let detail = format!("'{value}' is not a value of the dimension '{name}'.");
            Err(Problem::new(Kind::UnknownDimension, detail).with("dimension", name).with("value", value))
        }
    }
}

pub(crate) fn check_reference(reference: &str, chars_max: usize) -> Result<(), Problem> {
    let length = reference.chars().count();
    if length == 0 || length > chars_max || reference.chars().any(char::is_control) {
        let detail = format!("A reference has 1 to {chars_max} characters; this one has {length}.");
        return Err(Problem::new(Kind::BadReference, detail));
    }
    Ok(())
}

pub(crate) fn check_date(date: &str) -> Result<(), Problem> {
    match parse_date(date) {
        Some(_) => Ok(()),
        None => Err(Problem::new(Kind::BadDate, format!("'{date}' is not a date of the form YYYY-MM-DD."))),
    }
}

/// Returns the sum of the debit lines. It puts amounts into their one right form, so that `1.5` and `1.50` are the same
/// voucher.
fn check_parts(voucher: &mut VoucherBody, reference_chars_max: usize) -> Result<i64, Problem> {
    check_reference(&voucher.reference, reference_chars_max)?;
    check_date(&voucher.date)?;
    if !money::is_currency(&voucher.currency) {
        return Err(Problem::new(Kind::BadCurrency, format!("'{}' is not a currency.", voucher.currency)));
    }
    if voucher.lines.is_empty() || voucher.lines.len() > LINES_MAX {
        return Err(Problem::new(Kind::Invalid, format!("A voucher has 1 to {LINES_MAX} lines.")));
    }
    let texts = voucher.lines.iter().filter_map(|line| line.text.as_ref()).chain([&voucher.text]);
    if texts.map(|text| text.chars().count()).max() > Some(TEXT_CHARS_MAX) {
        return Err(Problem::new(Kind::Invalid, format!("A text has at most {TEXT_CHARS_MAX} characters.")));
    }
    let exponent = money::exponent(&voucher.currency);
    let (mut sum, mut debit) = (0, 0);
    for line in &mut voucher.lines {
        if !accounts::is_known(&line.account) {
            return Err(Problem::new(Kind::UnknownAccount, format!("There is no account '{}'.", line.account)));
        }
        let Some(amount) = money::parse(&line.amount, exponent) else {
            let detail = format!("'{}' is not an amount with at most {exponent} decimals.", line.amount);
            return Err(Problem::new(Kind::BadAmount, detail));
        };
        sum += amount;
        debit += amount.max(0);
        line.amount = money::format(amount, exponent);
        if let Some(code) = &line.vat_code {
            let Some(rate) = accounts::vat_rate(code) else {
                return Err(Problem::new(Kind::UnknownVatCode, format!("There is no VAT code '{code}'.")));
            };
            line.vat_amount = Some(money::format(amount * rate / (accounts::WHOLE + rate), exponent));
        }
    }
    if sum != 0 {
        let detail = format!("The lines sum to {} {}.", money::format(sum, exponent), voucher.currency);
        return Err(Problem::new(Kind::Unbalanced, detail));
    }
    check_own_amounts(voucher)?;
    Ok(debit)
}

/// Checks the amounts in the organisation's currency: every line has one or none has, and they balance as well.
fn check_own_amounts(voucher: &mut VoucherBody) -> Result<(), Problem> {
    let Some(own) = voucher.lines.iter().find_map(|line| line.own_currency.clone()) else {
        let is_lost = voucher.lines.iter().any(|line| line.own_amount.is_some());
        let lost = || Problem::new(Kind::BadCurrency, "An own amount has no own currency.".to_owned());
        return if is_lost { Err(lost()) } else { Ok(()) };
    };
    if !money::is_currency(&own) || own == voucher.currency {
        return Err(Problem::new(Kind::BadCurrency, format!("'{own}' is not another currency than the voucher's.")));
    }
    let exponent = money::exponent(&own);
    let mut sum = 0;
    for line in &mut voucher.lines {
        let amount = line.own_amount.as_deref().filter(|_| line.own_currency.as_deref() == Some(own.as_str()));
        let Some(amount) = amount.and_then(|amount| money::parse(amount, exponent)) else {
            let detail = format!("A line has no amount in {own}, and another one has.");
            return Err(Problem::new(Kind::BadAmount, detail));
        };
        sum += amount;
        line.own_amount = Some(money::format(amount, exponent));
    }
    if sum != 0 {
        let detail = format!("The lines sum to {} {own}.", money::format(sum, exponent));
        return Err(Problem::new(Kind::Unbalanced, detail));
    }
    Ok(())
}
