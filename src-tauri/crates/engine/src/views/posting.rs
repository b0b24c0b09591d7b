//! Shows postings as a bookkeeper writes them: accounts with debit and credit.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{RunItem, Sum};
use crate::domain::{HoldReason, Line, Money, Posting, SentContent};

/// The part of the posting rules that chooses the account of a line, in the order in which they are asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecidedBy {
    /// The rule at this place.
    Rule(usize),
    /// The category of this name.
    Category(String),
    /// The account for everything else.
    Default,
    /// Nothing; the record is held.
    Nobody,
}

/// The records for which a part of the posting rules decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaughtByRule {
    /// The part.
    pub by: DecidedBy,
    /// The account that it chooses.
    pub account: Option<String>,
    /// The number of records with such a line.
    pub records: u64,
    /// The number of those lines.
    pub lines: u64,
    /// Their sums.
    pub sums: Vec<Sum>,
    /// The ids of the first [`CaughtByRule::FIRST_MAX`] records.
    pub first: Vec<String>,
}

impl CaughtByRule {
    /// The number of records that are named for each part.
    pub const FIRST_MAX: usize = 5;
}

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

/// A row of a run that was posted, and its voucher.
#[derive(Debug, Clone, PartialEq)]
pub struct RunVoucher {
    /// The row.
    pub item: RunItem,
    /// The voucher as it was sent; `None` for one of an earlier version, which did not keep it.
    pub voucher: Option<VoucherDraft>,
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

impl VoucherDraft {
    /// Returns the voucher that was sent with a claim: on this day, for this amount, with this content.
    pub(crate) fn sent(date: NaiveDate, amount: Money, content: &SentContent) -> Self {
        let own_total = content.own_total();
        let own = |minor: Option<i64>| Some(Money::from_minor(minor?, own_total?.currency()).to_decimal());
        let line = |account: &str, minor, own_minor| {
            let (debit, credit) = sides(Money::from_minor(minor, amount.currency()));
            VoucherLine {
                account: account.to_owned(),
                debit,
                credit,
                text: None,
                party: None,
                vat_code: None,
                dimensions: BTreeMap::new(),
                own_amount: own(own_minor),
            }
        };
        let mut lines: Vec<VoucherLine> = if content.lines.is_empty() {
            let own_minor = own_total.map(|own| if amount.minor() < 0 { -own.minor() } else { own.minor() });
            vec![
                line(&content.expense_account, amount.minor(), own_minor),
                line(&content.payable_account, -amount.minor(), own_minor.map(|minor| -minor)),
            ]
        } else {
            let kept = content.lines.iter().map(|sent| VoucherLine {
                vat_code: sent.vat_code.clone(),
                dimensions: sent.dimensions.clone(),
                ..line(&sent.account, sent.minor, sent.own_minor)
            });
            kept.collect()
        };
        // The debt comes last, and is the payee's.
        if let Some(debt) = lines.last_mut().filter(|_| !content.payee.is_empty()) {
            debt.party = Some(content.payee.clone());
        }
        Self {
            date,
            text: content.text.clone(),
            currency: amount.currency().code().to_owned(),
            own_currency: own_total.map(|own| own.currency().code().to_owned()),
            rate: content.rate.clone().map(String::from),
            lines,
        }
    }
}

/// Returns the size of an amount on its side: debit, or credit.
fn sides(amount: Money) -> (Option<String>, Option<String>) {
    let size = Money::sum_to_decimal(i128::from(amount.minor()).abs(), amount.currency());
    if amount.minor() >= 0 { (Some(size), None) } else { (None, Some(size)) }
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
        let (debit, credit) = sides(line.amount);
        Self {
            account: line.account.0,
            debit,
            credit,
            text: line.text,
            party: line.party,
            vat_code: line.vat_code,
            dimensions: line.dimensions,
            own_amount: line.own.map(Money::to_decimal),
        }
    }
}
