//! The small model of a voucher: all that the formats need, and nothing of the ledger.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};

use crate::fiscal_year::YearStart;
use crate::refusal::{Field, Problem, Refusal};

/// A voucher as it is handed over: one record, whose lines add up to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    /// The number in a series of our own, from 1.
    pub number: u32,
    /// The date under which it is posted.
    pub date: NaiveDate,
    /// The reference by which it is found again.
    pub reference: String,
    /// The text that people read. It is shortened where a format has no room for it behind the reference.
    pub text: String,
    /// The name of the person or firm that is paid.
    pub party_name: Option<String>,
    /// The lines.
    pub lines: Vec<VoucherLine>,
}

/// A line of a voucher.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoucherLine {
    /// The account in the general ledger.
    pub account: String,
    /// The amount in minor units of the book's currency; debit is positive.
    pub amount: i64,
    /// The VAT code of the accounting system; `None` for none.
    pub vat_code: Option<String>,
    /// The account in a sub-ledger, if the line stands in one.
    pub sub_ledger: Option<SubLedger>,
    /// The dimensions, each with its value, by the names that the settings of a format give a place.
    pub dimensions: BTreeMap<String, String>,
    /// A text of the line's own; `None` for that of the voucher.
    pub text: Option<String>,
}

/// An account in a sub-ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubLedger {
    /// The number of a customer.
    Customer(String),
    /// The number of a supplier.
    Supplier(String),
}

/// The facts of the books that a file is for, and of the file itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// The name of the organisation.
    pub company_name: String,
    /// The number of the organisation in its country's register.
    pub organisation_number: Option<String>,
    /// The currency of every amount.
    pub currency: Currency,
    /// The beginning of the fiscal year.
    pub year_start: YearStart,
    /// The time at which the file is made, by the clock of the organisation.
    pub made_at: NaiveDateTime,
    /// The name of the program that makes the file.
    pub program: String,
    /// Its version.
    pub version: String,
}

/// A currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currency {
    /// The code of ISO 4217.
    pub code: String,
    /// The decimals of an amount: a minor unit is `10^-decimals`.
    pub decimals: u8,
}

impl Voucher {
    /// Returns a refusal of this voucher.
    pub(crate) fn refusal(&self, field: Field, problem: Problem) -> Refusal {
        Refusal { reference: Some(self.reference.clone()), field, problem }
    }
}

#[cfg(test)]
impl Voucher {
    /// Returns a voucher over 100.00 from 7140 to 2910.
    pub(crate) fn sample(number: u32, reference: &str, text: &str) -> Self {
        let line = |account: &str, amount| VoucherLine { account: account.into(), amount, ..VoucherLine::default() };
        Self {
            number,
            date: NaiveDate::from_ymd_opt(2026, 3, 9).expect("is a date"),
            reference: reference.into(),
            text: text.into(),
            party_name: None,
            lines: vec![line("7140", 10_000), line("2910", -10_000)],
        }
    }
}
