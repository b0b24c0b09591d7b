//! Reads the cells of a row, each as the field that it gives.

use postonce_engine::domain::{Currency, Exchange, HoldReason, Money, MoneyError, OwnAmount, Rate, Receipt};

use super::amount::{Marks, Meaning, Written};
use super::date::{DayReader, NoDay};
use super::key::folded;
use super::sign::Tag;
use super::titles::is_nothing;
use super::{CellKind, Field, FileSettings, Head, Line, Sign};
use crate::text::{GLIMPSE_CHARS_MAX, bounded};

/// Letters and words for the side of the books on which an amount stands.
pub(super) const DEBIT: [&str; 8] = ["d", "dr", "debit", "debet", "s", "soll", "+", "débit"];
pub(super) const CREDIT: [&str; 9] = ["c", "cr", "credit", "kredit", "k", "h", "haben", "-", "crédit"];

/// Returns the currency of a row.
pub(super) fn currency(head: &Head, row: &Line, settings: &FileSettings) -> Result<Currency, HoldReason> {
    let Some(text) = filled(head, row, Field::Currency) else { return Ok(settings.currency) };
    // `kr` is the sign of several, and is asked about.
    Currency::from_code(&text.to_ascii_uppercase())
        .or_else(|| Tag::named(&text).or_else(|| Tag::numbered(&text))?.only())
        .ok_or_else(|| HoldReason::CurrencyUnknown { found: bounded(&text, GLIMPSE_CHARS_MAX) })
}

/// Returns the receipts that a row names.
pub(super) fn receipts(head: &Head, row: &Line) -> Result<Vec<Receipt>, HoldReason> {
    let places =
        head.raw(row, Field::Receipts).split(['|', ';', '\n', '\r']).map(str::trim).filter(|place| !place.is_empty());
    let unfit =
        |place: &str| HoldReason::RowUnreadable { detail: format!("receipts: {}", bounded(place, GLIMPSE_CHARS_MAX)) };
    let receipts: Vec<Receipt> =
        places.map(|place| Receipt::new(place, None).ok_or_else(|| unfit(place))).collect::<Result<_, _>>()?;
    check_number(receipts)
}

/// Returns receipts, unless there are more than a record may have.
pub(super) fn check_number(receipts: Vec<Receipt>) -> Result<Vec<Receipt>, HoldReason> {
    if receipts.len() <= Receipt::PER_RECORD_MAX {
        return Ok(receipts);
    }
    Err(HoldReason::RowUnreadable { detail: format!("receipts: {} > {}", receipts.len(), Receipt::PER_RECORD_MAX) })
}

/// Returns the day of a row.
pub(super) fn day(head: &Head, row: &Line, days: &DayReader, format: &str) -> Result<chrono::NaiveDate, HoldReason> {
    let found = required(head, row, Field::Date)?;
    let kind = head.place(Field::Date).map_or(CellKind::Text, |place| row.kind(place));
    if kind == CellKind::Day {
        let day = super::date::read(&found, "%Y-%m-%d");
        return day.ok_or(HoldReason::DateInvalid { found, expected: "%Y-%m-%d".to_owned() });
    }
    days.read(&found).map_err(|reason| match reason {
        NoDay::Unfit => HoldReason::DateInvalid { found, expected: format.to_owned() },
        NoDay::Ambiguous => HoldReason::DateAmbiguous { found },
        NoDay::Number(day) => HoldReason::DateIsNumber { found, day: day.to_string() },
    })
}

/// Returns what is owed to the payee for a row.
pub(super) fn amount(
    head: &Head,
    row: &Line,
    currency: Currency,
    marks: &Marks,
    settings: &FileSettings,
) -> Result<Money, HoldReason> {
    let owed = sided(head, row, currency, marks, settings)?;
    match settings.sign {
        Sign::Unsaid | Sign::Positive => Ok(owed),
        Sign::Negative => opposite(owed),
    }
}

/// Returns the amount with the sign that its columns give it.
fn sided(
    head: &Head,
    row: &Line,
    currency: Currency,
    marks: &Marks,
    settings: &FileSettings,
) -> Result<Money, HoldReason> {
    // The accounting format of a spreadsheet shows a dash for no amount.
    let has_back = head.place(Field::AmountBack).is_some();
    let read = |field| match filled(head, row, field).filter(|text| !(has_back && is_nothing(text))) {
        Some(found) => money(head, row, field, found, currency, marks, settings).map(Some),
        None => Ok(None),
    };
    let unclear = |fields: &[Field]| HoldReason::SideUnclear {
        found: bounded(
            &fields.iter().map(|field| head.raw(row, *field).trim()).collect::<Vec<_>>().join(" | "),
            GLIMPSE_CHARS_MAX,
        ),
    };
    if head.place(Field::AmountBack).is_some() {
        let (out, back) = (read(Field::Amount)?, read(Field::AmountBack)?);
        if out.iter().chain(&back).any(|amount| amount.minor() < 0) {
            return Err(unclear(&[Field::Amount, Field::AmountBack]));
        }
        return match (out, back) {
            (Some(out), None) => Ok(out),
            (Some(out), Some(back)) if back.is_zero() => Ok(out),
            (None, Some(back)) => opposite(back),
            (Some(out), Some(back)) if out.is_zero() => opposite(back),
            (Some(_), Some(_)) => Err(unclear(&[Field::Amount, Field::AmountBack])),
            (None, None) => Err(missing(Field::Amount)),
        };
    }
    let amount = read(Field::Amount)?.ok_or_else(|| missing(Field::Amount))?;
    if head.place(Field::Side).is_none() {
        return Ok(amount);
    }
    let side = folded(head.raw(row, Field::Side));
    let side = side.trim_end_matches('.');
    match (DEBIT.contains(&side), CREDIT.contains(&side)) {
        // A minus beside a letter may be meant once or twice.
        _ if amount.minor() < 0 => Err(unclear(&[Field::Amount, Field::Side])),
        (true, _) => Ok(amount),
        (_, true) => opposite(amount),
        (false, false) => Err(unclear(&[Field::Amount, Field::Side])),
    }
}

/// Says whether a letter says that the amount was paid back.
pub(super) fn is_credit(head: &Head, row: &Line) -> bool {
    head.place(Field::Side).is_some() && {
        let side = folded(head.raw(row, Field::Side));
        CREDIT.contains(&side.trim_end_matches('.'))
    }
}

/// Returns the VAT of a row, on the side of its amount; `None` where no column or cell gives it.
pub(super) fn vat(
    head: &Head,
    row: &Line,
    amount: Money,
    marks: &Marks,
    settings: &FileSettings,
) -> Result<Option<i64>, HoldReason> {
    let Some(found) = filled(head, row, Field::VatAmount) else { return Ok(None) };
    let vat = money(head, row, Field::VatAmount, found, amount.currency(), marks, settings)?.minor().abs();
    Ok(Some(if amount.minor() < 0 { -vat } else { vat }))
}

/// Returns rate and worth of a row in a foreign currency, the worth on the side of its amount; neither for a row in the
/// organisation's own, whose amount says it.
pub(super) fn exchange(
    head: &Head,
    row: &Line,
    amount: Money,
    marks: &Marks,
    settings: &FileSettings,
) -> Result<Exchange, HoldReason> {
    let own_currency = settings.own_currency;
    let own = match filled(head, row, Field::OwnAmount).filter(|text| !is_nothing(text)) {
        None => None,
        Some(found) => {
            let own = money(head, row, Field::OwnAmount, found, own_currency, marks, settings)?;
            let size = Money::from_minor(own.minor().abs(), own_currency);
            Some(if amount.minor() < 0 { opposite(size)? } else { size })
        }
    };
    if amount.currency() == own_currency {
        return Exchange::default().beside(amount, own);
    }
    let rate = filled(head, row, Field::Rate).filter(|text| !is_nothing(text)).map(|found| {
        let is_number = head.place(Field::Rate).is_some_and(|place| row.kind(place) == CellKind::Number);
        let plain = if is_number { found.clone() } else { found.replace(settings.decimal_separator.mark(), ".") };
        Rate::from_decimal(&plain).ok_or_else(|| HoldReason::RateInvalid { found: bounded(&found, GLIMPSE_CHARS_MAX) })
    });
    Ok(Exchange { rate: rate.transpose()?, own: own.map(OwnAmount::from) })
}

/// Returns the total of a row's claim; `None` where no column or cell gives it.
pub(super) fn claim_total(
    head: &Head,
    row: &Line,
    amount: Money,
    marks: &Marks,
    settings: &FileSettings,
) -> Result<Option<Money>, HoldReason> {
    let Some(found) = filled(head, row, Field::ClaimTotal) else { return Ok(None) };
    let total = money(head, row, Field::ClaimTotal, found, amount.currency(), marks, settings)?;
    Ok(Some(if settings.sign == Sign::Negative { opposite(total)? } else { total }))
}

fn money(
    head: &Head,
    row: &Line,
    field: Field,
    found: String,
    currency: Currency,
    marks: &Marks,
    settings: &FileSettings,
) -> Result<Money, HoldReason> {
    let place = head.place(field);
    // Two rows with one amount are two amounts only if somebody wrote both.
    if place.is_some_and(|place| row.filled.contains(&place)) {
        return Err(HoldReason::CellMerged { field: field.name().to_owned() });
    }
    let kind = place.map_or(CellKind::Text, |place| row.kind(place));
    let plain = match kind {
        CellKind::Number => {
            let shown = place.and_then(|place| row.currency(place));
            if let Some(shown) = shown.filter(|shown| Tag::of(shown).is_some_and(|tag| !tag.fits(currency))) {
                let (found, currency) = (format!("{found} {shown}"), currency.code().to_owned());
                return Err(HoldReason::CurrencyForeign { found, currency });
            }
            found.clone()
        }
        CellKind::Day | CellKind::Fault => return Err(HoldReason::AmountInvalid { found }),
        CellKind::Text => {
            let Some(written) = Written::of(&found) else { return Err(HoldReason::AmountInvalid { found }) };
            if written.tag.is_some_and(|tag| !tag.fits(currency)) {
                return Err(HoldReason::CurrencyForeign { found, currency: currency.code().to_owned() });
            }
            match written.meaning(settings.decimal_separator, currency.exponent(), marks) {
                Meaning::Plain(plain) => plain,
                Meaning::Ambiguous => return Err(HoldReason::AmountAmbiguous { found }),
                Meaning::Unfit => return Err(HoldReason::AmountInvalid { found }),
            }
        }
    };
    Money::from_decimal(&plain, currency).map_err(|error| match error {
        MoneyError::TooManyDecimals { currency, .. } => {
            HoldReason::AmountDecimals { found, currency: currency.to_owned() }
        }
        MoneyError::NotANumber(_) | MoneyError::TooLarge(_) => HoldReason::AmountInvalid { found },
    })
}

fn opposite(amount: Money) -> Result<Money, HoldReason> {
    amount.opposite().ok_or_else(|| HoldReason::AmountInvalid { found: amount.to_decimal() })
}

/// Returns the field on one line, without space around it.
pub(super) fn clean(head: &Head, row: &Line, field: Field) -> String {
    let text = head.raw(row, field).trim();
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Returns the same; `None` if there is nothing.
pub(super) fn filled(head: &Head, row: &Line, field: Field) -> Option<String> {
    Some(clean(head, row, field)).filter(|text| !text.is_empty())
}

pub(super) fn required(head: &Head, row: &Line, field: Field) -> Result<String, HoldReason> {
    filled(head, row, field).filter(|text| !is_nothing(text)).ok_or_else(|| missing(field))
}

fn missing(field: Field) -> HoldReason {
    HoldReason::FieldMissing { field: field.name().to_owned() }
}
