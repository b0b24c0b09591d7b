//! Holds the posting that is sent for a record: balanced lines on accounts, in one currency.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Currency, Money, OwnAmount, Rate, Reference};

/// An account's number in the accounting system, as the workspace names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account(pub String);

/// One line of a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The account.
    pub account: Account,
    /// The amount; positive is debit, negative is credit.
    pub amount: Money,
    /// The text of the line, where it is not the voucher's.
    pub text: Option<String>,
    /// The payee, on the payable line.
    pub party: Option<String>,
    /// The payee's name, for an accounting system that has to be given it first.
    pub party_name: Option<String>,
    /// The VAT code by which the accounting system computes the VAT that the amount includes.
    pub vat_code: Option<String>,
    /// The dimensions by name, on the expense lines.
    pub dimensions: BTreeMap<String, String>,
    /// The amount in the organisation's currency, of a posting in a foreign one; on every line or on none.
    pub own: Option<Money>,
}

impl Line {
    /// Returns a line of an account and an amount.
    pub fn new(account: Account, amount: Money) -> Self {
        let (text, party, party_name, vat_code) = (None, None, None, None);
        Self { account, amount, text, party, party_name, vat_code, dimensions: BTreeMap::new(), own: None }
    }
}

/// A posting under its reference. Its lines sum to zero by construction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// The reference by which the voucher is found again.
    pub reference: Reference,
    /// The date in the books.
    pub date: NaiveDate,
    /// The currency of every line.
    pub currency: Currency,
    /// The rate, where the source of a posting in a foreign currency gives it.
    pub rate: Option<Rate>,
    /// The text in the books.
    pub text: String,
    /// The day is that of the sending: another ledger would have booked it on another one.
    pub is_day_of_sending: bool,
    /// The lines of the expenses, each followed by its VAT where that stands apart; then the payable line.
    pub lines: Vec<Line>,
}

/// The content of a posting beyond its day and amount, as it is kept with a claim: a look-up may show as much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SentContent {
    pub(crate) text: String,
    pub(crate) payee: String,
    /// The account of the first expense.
    pub(crate) expense_account: String,
    pub(crate) payable_account: String,
    /// The day is that of the sending.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) is_day_of_sending: bool,
    /// Text and payee were forgotten since, and can no longer be compared.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) is_forgotten: bool,
    /// Every line, where there are more than the expense and the debt, or a VAT code, or dimensions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) lines: Vec<SentLine>,
    /// The sum of the debit lines in the organisation's currency, of a posting in a foreign one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) own: Option<OwnAmount>,
    /// The rate, where the source gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rate: Option<Rate>,
}

/// A line of a posting, as it is kept with a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SentLine {
    pub(crate) account: String,
    /// The amount in minor units; positive is debit.
    pub(crate) minor: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vat_code: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) dimensions: BTreeMap<String, String>,
    /// The amount in minor units of the organisation's currency, of a posting in a foreign one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) own_minor: Option<i64>,
}

/// The day on which a record is booked instead of its own, which lies in a closed period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherDay {
    /// The record's own day by the rules of the workspace.
    pub instead_of: NaiveDate,
    /// The day in the books.
    pub day: NaiveDate,
}

impl OtherDay {
    /// Returns what stands before the text of a voucher that is booked on another day than this.
    pub(crate) fn before_text(own: NaiveDate) -> String {
        format!("({own}) ")
    }
}

impl Posting {
    /// Books it on another day, if that replaces the day it has. The text then begins with its own day, by which every
    /// ledger knows the voucher again.
    pub(crate) fn book_on(&mut self, other: OtherDay) {
        if other.instead_of == self.date {
            self.text = format!("{}{}", OtherDay::before_text(self.date), self.text);
            self.date = other.day;
        }
    }

    /// Returns the sum of the debit lines in the organisation's currency, of a posting in a foreign one.
    pub fn own_total(&self) -> Option<Money> {
        let own: Vec<Money> = self.lines.iter().map(|line| line.own).collect::<Option<_>>()?;
        let currency = own.first()?.currency();
        Some(Money::from_minor(own.iter().map(|own| own.minor().max(0)).sum(), currency))
    }

    /// Returns the content that is kept with the claim.
    pub(crate) fn sent_content(&self) -> SentContent {
        let account = |line: Option<&Line>| line.map(|line| line.account.0.clone()).unwrap_or_default();
        let is_plain_line = |line: &Line| line.vat_code.is_none() && line.dimensions.is_empty();
        let is_plain = self.lines.len() == 2 && self.lines.iter().all(is_plain_line);
        let line = |line: &Line| SentLine {
            account: line.account.0.clone(),
            minor: line.amount.minor(),
            vat_code: line.vat_code.clone(),
            dimensions: line.dimensions.clone(),
            own_minor: line.own.map(Money::minor),
        };
        SentContent {
            text: self.text.clone(),
            payee: self.lines.last().and_then(|payable| payable.party.clone()).unwrap_or_default(),
            expense_account: account(self.lines.first()),
            payable_account: account(self.lines.last()),
            is_day_of_sending: self.is_day_of_sending,
            is_forgotten: false,
            own: self.own_total().map(OwnAmount::from),
            rate: self.rate.clone(),
            lines: if is_plain { Vec::new() } else { self.lines.iter().map(line).collect() },
        }
    }
}

impl SentContent {
    /// Returns the accounts of all lines, each once, sorted.
    pub(crate) fn accounts(&self) -> Vec<&str> {
        let two = [self.expense_account.as_str(), self.payable_account.as_str()];
        let lines = self.lines.iter().map(|line| line.account.as_str());
        let mut accounts: Vec<&str> = if self.lines.is_empty() { two.to_vec() } else { lines.collect() };
        accounts.sort_unstable();
        accounts.dedup();
        accounts
    }

    /// Says whether the accounting system computes VAT for it, and so makes lines of its own.
    pub(crate) fn has_computed_vat(&self) -> bool {
        self.lines.iter().any(|line| line.vat_code.is_some())
    }

    /// Returns the sum of the debit lines in the organisation's currency, of a posting in a foreign one.
    pub(crate) fn own_total(&self) -> Option<Money> {
        self.own.as_ref().and_then(OwnAmount::money)
    }

    /// Returns the VAT codes of its lines, with repetitions.
    pub(crate) fn vat_codes(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().filter_map(|line| line.vat_code.as_deref())
    }

    /// Says whether a line has a dimension.
    pub(crate) fn has_dimensions(&self) -> bool {
        self.lines.iter().any(|line| !line.dimensions.is_empty())
    }

    /// Returns the sum of the debit lines in minor units; `None` where it is the amount's size.
    pub(crate) fn debit(&self) -> Option<u64> {
        let debits = self.lines.iter().filter_map(|line| u64::try_from(line.minor).ok());
        (!self.lines.is_empty()).then(|| debits.sum())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}
