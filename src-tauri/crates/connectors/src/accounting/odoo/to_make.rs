//! Describes entries that are to be made, in Odoo's ids.

use chrono::NaiveDate;
use postonce_engine::domain::Money;

use super::analytic::Distribution;

/// Describes an entry to be made, in Odoo's ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EntryToMake {
    pub(super) reference: String,
    pub(super) date: NaiveDate,
    /// The entry that it reverses.
    pub(super) reverses: Option<i64>,
    pub(super) lines: Vec<LineToMake>,
}

/// Describes a line to be made, in Odoo's ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LineToMake {
    pub(super) account: i64,
    pub(super) contact: Option<i64>,
    pub(super) text: String,
    /// Debit is positive; in the company's currency.
    pub(super) amount: Money,
    pub(super) foreign: Option<ForeignAmount>,
    pub(super) tax: TaxShare,
    pub(super) analytic: Option<Distribution>,
}

/// Describes the amount of a line in a foreign currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ForeignAmount {
    /// Odoo's id of the currency.
    pub(super) currency: i64,
    pub(super) amount: Money,
}

/// Describes the part that a line has in a tax.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TaxShare {
    /// The taxes that were taken out of the line.
    pub(super) taxes: Vec<i64>,
    /// The tags by which reports count the line.
    pub(super) tags: Vec<i64>,
    /// The share of a tax that the line is.
    pub(super) share: Option<i64>,
    /// The amount that the share is of.
    pub(super) base: Option<Money>,
}

impl LineToMake {
    /// Returns a line without taxes and analytic accounts.
    pub(super) fn plain(account: i64, contact: Option<i64>, text: String, amount: Money) -> Self {
        Self { account, contact, text, amount, foreign: None, tax: TaxShare::default(), analytic: None }
    }

    /// Says whether it has nothing but account, contact, text and amount.
    pub(super) fn is_plain(&self) -> bool {
        self.tax == TaxShare::default() && self.analytic.is_none() && self.foreign.is_none()
    }
}
