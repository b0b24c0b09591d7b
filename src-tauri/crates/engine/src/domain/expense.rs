//! Holds the lines of a claim, and whatever else an expense says beyond its day, amount and text.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Currency, Exchange, HoldReason, Money};

/// The dimension that a record has always had: its department.
pub const DEPARTMENT: &str = "department";
/// The dimension that a record has always had: its project.
pub const PROJECT: &str = "project";

/// The parts of a record beyond a plain expense; empty for most. It is kept and fingerprinted as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExpenseDetail {
    /// The lines of the claim, in their order; empty where the record is its own only line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ExpenseLine>,
    /// The dimensions of the whole record beside department and project, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
    /// The VAT of a record without lines.
    #[serde(default, skip_serializing_if = "ExpenseVat::is_empty")]
    pub vat: ExpenseVat,
    /// The worth of a record in a foreign currency.
    #[serde(default, skip_serializing_if = "Exchange::is_empty")]
    pub exchange: Exchange,
}

/// One line of a claim: an expense of its own, reimbursed together with the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpenseLine {
    /// The amount in minor units of the record's currency, VAT included.
    pub minor: i64,
    /// The category; it chooses the account.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// The text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The day, where it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// The dimensions, department and project among them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
    /// The VAT.
    #[serde(default, skip_serializing_if = "ExpenseVat::is_empty")]
    pub vat: ExpenseVat,
    /// The worth of a line in a foreign currency.
    #[serde(default, skip_serializing_if = "Exchange::is_empty")]
    pub exchange: Exchange,
}

/// The VAT of an expense, as its source gives it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExpenseVat {
    /// The code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The part of the amount that is VAT, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minor: Option<i64>,
}

impl ExpenseLine {
    /// Returns every part of the line, as a person reads it.
    fn text(&self, currency: &str) -> String {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let date = self.date.map(|date| date.to_string());
        let dimensions = dimensions_text(&self.dimensions);
        let exchange = self.exchange.text();
        let parts = [some(&self.category), some(&self.text), date, dimensions, self.vat.text(currency), exchange];
        let amount = decimal(self.minor, currency);
        [amount].into_iter().chain(parts.into_iter().flatten()).collect::<Vec<_>>().join(" · ")
    }
}

fn dimensions_text(dimensions: &BTreeMap<String, String>) -> Option<String> {
    let texts = dimensions.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>();
    (!texts.is_empty()).then(|| texts.join(", "))
}

fn decimal(minor: i64, currency: &str) -> String {
    Currency::from_code(currency)
        .map_or_else(|| minor.to_string(), |currency| Money::from_minor(minor, currency).to_decimal())
}

impl ExpenseVat {
    /// Returns it as a person reads it; `None` if the source gives none.
    pub fn text(&self, currency: &str) -> Option<String> {
        let amount = self.minor.map(|minor| decimal(minor, currency));
        let parts = self.code.iter().cloned().chain(amount).collect::<Vec<_>>();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// Says whether the source gives none.
    pub fn is_empty(&self) -> bool {
        self.code.is_none() && self.minor.is_none()
    }
}

impl ExpenseDetail {
    /// The number of lines of a claim at most. A claim with more is held: it is a file of claims.
    pub const LINES_MAX: usize = 300;

    /// Checks that a claim has no more lines than a claim may have.
    ///
    /// # Errors
    /// [`HoldReason::ClaimTooLong`].
    pub fn check_length(lines: usize) -> Result<(), HoldReason> {
        if lines <= Self::LINES_MAX {
            return Ok(());
        }
        Err(HoldReason::ClaimTooLong { lines: lines.to_string(), max: Self::LINES_MAX.to_string() })
    }

    /// Says whether the record is a plain expense.
    pub fn is_plain(&self) -> bool {
        self.lines.is_empty() && self.dimensions.is_empty() && self.vat.is_empty() && self.exchange.is_empty()
    }

    /// Returns the sum of the lines in minor units; `None` without lines, or beyond what an amount can be.
    pub fn sum(&self) -> Option<i64> {
        let (first, others) = self.lines.split_first()?;
        let sum = others.iter().try_fold(first.minor, |sum, line| sum.checked_add(line.minor))?;
        (-Money::MINOR_MAX..=Money::MINOR_MAX).contains(&sum).then_some(sum)
    }

    /// Returns the lines as a person reads them, every part of each; `None` without lines.
    pub fn lines_text(&self, currency: &str) -> Option<String> {
        let lines = self.lines.iter().map(|line| line.text(currency)).collect::<Vec<_>>();
        (!lines.is_empty()).then(|| lines.join("; "))
    }

    /// Returns the dimensions of the whole record as a person reads them; `None` without any.
    pub fn dimensions_text(&self) -> Option<String> {
        dimensions_text(&self.dimensions)
    }

    /// Returns the bytes that stand for it in a fingerprint; equal for equal details.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain values with text keys always make JSON")
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::record::tests::record;

    /// Returns a line of a claim for the tests of this crate.
    pub(crate) fn line(minor: i64, category: &str) -> ExpenseLine {
        ExpenseLine {
            minor,
            category: category.into(),
            text: format!("{category} in Bodø"),
            date: None,
            dimensions: BTreeMap::new(),
            vat: ExpenseVat::default(),
            exchange: Exchange::default(),
        }
    }

    #[test]
    fn record_without_lines_is_its_own_only_line() {
        let mut plain = record("A");
        plain.project = Some("P7".into());
        let lines = plain.expense_lines();
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].minor, lines[0].category.as_str()), (41_200, "travel"));
        assert_eq!(lines[0].dimensions, BTreeMap::from([("project".to_owned(), "P7".to_owned())]));
    }

    #[test]
    fn line_has_what_the_claim_says_where_it_says_nothing() {
        let mut claim = record("A");
        claim.department = Some("20".into());
        claim.detail.dimensions.insert("grant".into(), "G1".into());
        claim.detail.lines = vec![line(30_000, ""), line(11_200, "hotel")];
        claim.detail.lines[1].dimensions.insert("grant".into(), "G2".into());
        let lines = claim.expense_lines();
        assert_eq!(lines.iter().map(|line| line.category.as_str()).collect::<Vec<_>>(), ["travel", "hotel"]);
        let of = |index: usize, name: &str| lines[index].dimensions.get(name).cloned();
        assert_eq!((of(0, "grant"), of(1, "grant")), (Some("G1".into()), Some("G2".into())));
        assert_eq!((of(0, DEPARTMENT), of(1, DEPARTMENT)), (Some("20".into()), Some("20".into())));
    }

    #[test]
    fn sum_beyond_an_amount_is_none() {
        let mut detail = ExpenseDetail::default();
        assert_eq!(detail.sum(), None);
        detail.lines = vec![line(i64::MAX, "a"), line(1, "a")];
        assert_eq!(detail.sum(), None);
        detail.lines = vec![line(41_200, "a"), line(-200, "a")];
        assert_eq!(detail.sum(), Some(41_000));
    }
}
