//! Shows postings as a bookkeeper writes them: accounts with debit and credit.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::{HoldReason, Line, Money, Posting};

/// Debit and credit of an account, over several vouchers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSum {
    /// The account's number.
    pub account: String,
    /// The code of the currency.
    pub currency: String,
    /// The sum of its debit lines, a decimal.
    pub debit: String,
    /// The sum of its credit lines, a decimal.
    pub credit: String,
    /// The number of its lines.
    pub lines: u64,
}

/// The voucher of a record, as the present rules of the workspace make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoucherPreview {
    /// The voucher.
    Posting(VoucherDraft),
    /// The record cannot be posted.
    Held(HoldReason),
}

/// A voucher before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherDraft {
    /// The date in the books.
    pub date: NaiveDate,
    /// The text.
    pub text: String,
    /// The code of the currency.
    pub currency: String,
    /// The code of the organisation's currency, where the voucher is in a foreign one and has its amounts in both.
    pub own_currency: Option<String>,
    /// The rate, where the source of a record in a foreign currency gives it.
    pub rate: Option<String>,
    /// The lines, in their order.
    pub lines: Vec<VoucherLine>,
}

/// A line of a voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherLine {
    /// The account's number.
    pub account: String,
    /// The amount on the debit side, a decimal; `None` on a credit line.
    pub debit: Option<String>,
    /// The amount on the credit side, a decimal; `None` on a debit line.
    pub credit: Option<String>,
    /// The text, where it has one of its own.
    pub text: Option<String>,
    /// The party.
    pub party: Option<String>,
    /// The VAT code.
    pub vat_code: Option<String>,
    /// The dimensions, by name.
    pub dimensions: BTreeMap<String, String>,
    /// The amount in the organisation's currency, a decimal; negative on a credit line.
    pub own_amount: Option<String>,
}

impl From<Posting> for VoucherDraft {
    fn from(posting: Posting) -> Self {
        Self {
            date: posting.date,
            currency: posting.currency.code().to_owned(),
            own_currency: posting.own_total().map(|own| own.currency().code().to_owned()),
            rate: posting.rate.clone().map(String::from),
            text: posting.text,
            lines: posting.lines.into_iter().map(VoucherLine::from).collect(),
        }
    }
}

impl From<Line> for VoucherLine {
    fn from(line: Line) -> Self {
        let size = Money::sum_to_decimal(i128::from(line.amount.minor()).abs(), line.amount.currency());
        let is_debit = line.amount.minor() >= 0;
        Self {
            account: line.account.0,
            debit: is_debit.then(|| size.clone()),
            credit: (!is_debit).then_some(size),
            text: line.text,
            party: line.party,
            vat_code: line.vat_code,
            dimensions: line.dimensions,
            own_amount: line.own.map(Money::to_decimal),
        }
    }
}
