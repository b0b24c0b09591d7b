//! Takes VAT out of an amount as Tryton's own invoices book it: the rest with a tax line of the base, and the tax on the
//! tax's account with a tax line of its own, one for each tax and account of a move.

use chrono::NaiveDate;
use postonce_engine::domain::{Currency, Money};
use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use serde_json::{Value, json};

use super::wire::{self, TrytonDate, TrytonDecimal};
use super::words::Obstacle;

/// The fields that are read of a tax.
pub(super) const FIELDS: [&str; 10] = [
    "name",
    "description",
    "type",
    "rate",
    "start_date",
    "end_date",
    "childs",
    "invoice_account",
    "credit_note_account",
    "update_unit_price",
];

/// Describes a tax on purchases.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct TaxBody {
    id: i64,
    pub(super) name: String,
    pub(super) description: Option<String>,
    r#type: String,
    rate: Option<TrytonDecimal>,
    start_date: Option<TrytonDate>,
    end_date: Option<TrytonDate>,
    #[serde(default)]
    childs: Option<Vec<i64>>,
    invoice_account: Option<i64>,
    credit_note_account: Option<i64>,
    update_unit_price: Option<bool>,
}

/// Holds a tax that can be taken out of an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tax {
    pub(super) id: i64,
    rate: Decimal,
    invoice_account: i64,
    credit_note_account: i64,
}

impl TaxBody {
    pub(super) fn is_called(&self, code: &str) -> bool {
        self.name == code || self.description.as_deref() == Some(code)
    }

    fn covers(&self, date: NaiveDate) -> bool {
        self.start_date.is_none_or(|start| start.0 <= date) && self.end_date.is_none_or(|end| date <= end.0)
    }

    fn proportional(&self) -> Option<Tax> {
        let is_alone = self.childs.as_ref().is_none_or(Vec::is_empty) && self.update_unit_price != Some(true);
        let rate = self.rate?.0;
        (self.r#type == "percentage" && is_alone && !rate.is_sign_negative()).then_some(Tax {
            id: self.id,
            rate,
            invoice_account: self.invoice_account?,
            credit_note_account: self.credit_note_account?,
        })
    }
}

/// Chooses the tax of a code on a day among those that are called so: by name, or else by description.
pub(super) fn choose(taxes: &[TaxBody], code: &str, date: Option<NaiveDate>) -> Result<Tax, Obstacle> {
    let valid = || taxes.iter().filter(|tax| date.is_none_or(|date| tax.covers(date)));
    let mut named: Vec<&TaxBody> = valid().filter(|tax| tax.name == code).collect();
    if named.is_empty() {
        named = valid().filter(|tax| tax.description.as_deref() == Some(code)).collect();
    }
    let unfit = || Obstacle::VatUnfit { code: code.to_owned() };
    match named.as_slice() {
        [] => Err(Obstacle::VatMissing { code: code.to_owned() }),
        [only] => only.proportional().ok_or_else(unfit),
        _ => Err(unfit()),
    }
}

impl Tax {
    /// Returns the rest of an amount without the tax in it, rounded half away from zero.
    pub(super) fn base(&self, gross: Money) -> Option<Money> {
        let exact = Decimal::from(gross.minor()).checked_div(Decimal::ONE + self.rate)?;
        let minor = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_i64()?;
        Some(Money::from_minor(minor, gross.currency()))
    }

    /// Returns the account of the tax in an amount: a credit is a credit note's.
    pub(super) fn account(&self, gross: Money) -> i64 {
        if gross.minor() < 0 { self.credit_note_account } else { self.invoice_account }
    }
}

/// Returns the tax line of a base or a tax, which is positive for an invoice's.
pub(super) fn tax_line(tax: i64, kind: &str, amount: Money) -> Value {
    json!({"tax": tax, "type": kind, "amount": wire::decimal(&amount.to_decimal())})
}

/// Reads an amount of a request.
pub(super) fn money(amount: &str, currency: &str) -> Option<Money> {
    Money::from_decimal(amount, Currency::from_code(currency)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(name: &str, description: &str, rate: &str) -> TaxBody {
        serde_json::from_value(json!({
            "id": 4, "name": name, "description": description, "type": "percentage", "rate": wire::decimal(rate),
            "start_date": null, "end_date": null, "childs": [], "invoice_account": 2710, "credit_note_account": 2711,
            "update_unit_price": false,
        }))
        .expect("a tax")
    }

    #[test]
    fn tax_is_chosen_by_name_and_else_by_description() {
        let taxes = [body("H25", "25 %", "0.25"), body("Low", "L12", "0.12")];
        assert!(choose(&taxes, "H25", None).is_ok() && choose(&taxes, "L12", None).is_ok());
        let code = "X".to_owned();
        assert_eq!(choose(&taxes, "X", None), Err(Obstacle::VatMissing { code }));
        let two = [body("H25", "a", "0.25"), body("H25", "b", "0.25")];
        assert_eq!(choose(&two, "H25", None), Err(Obstacle::VatUnfit { code: "H25".to_owned() }));
        let group = TaxBody { childs: Some(vec![5]), ..body("H25", "a", "0.25") };
        assert_eq!(choose(&[group], "H25", None), Err(Obstacle::VatUnfit { code: "H25".to_owned() }));
    }

    #[test]
    fn base_and_tax_are_the_amount_to_the_minor_unit() {
        let tax = choose(&[body("H25", "", "0.25")], "H25", None).expect("a tax");
        let nok = Currency::from_code("NOK").expect("a currency");
        for (gross, base) in [(12_500, 10_000), (7, 6), (2, 2), (-12_500, -10_000), (-7, -6), (0, 0)] {
            assert_eq!(tax.base(Money::from_minor(gross, nok)).map(Money::minor), Some(base), "{gross}");
        }
        assert_eq!(tax.account(Money::from_minor(5, nok)), 2710);
        assert_eq!(tax.account(Money::from_minor(-5, nok)), 2711);
    }
}
