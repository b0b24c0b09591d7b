//! Makes the posting that is sent for a record: balanced lines on accounts, in one currency.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use icu_normalizer::ComposingNormalizerBorrowed;
use serde::{Deserialize, Serialize};

use super::{Currency, HoldReason, Money, Record, Reference};

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
    /// The payee, on the payable line.
    pub party: Option<String>,
    /// The payee's name, for an accounting system that has to be given it first.
    pub party_name: Option<String>,
    /// The dimensions `department` and `project`, on the expense line.
    pub dimensions: BTreeMap<&'static str, String>,
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
    /// The text in the books.
    pub text: String,
    /// The expense line, then the payable line.
    pub lines: [Line; 2],
}

/// The content of a posting beyond its day and amount, as it is kept with a claim: a look-up may show as much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SentContent {
    pub(crate) text: String,
    pub(crate) payee: String,
    pub(crate) expense_account: String,
    pub(crate) payable_account: String,
}

impl Posting {
    /// Returns the content that is kept with the claim.
    pub(crate) fn sent_content(&self) -> SentContent {
        let [expense, payable] = &self.lines;
        SentContent {
            text: self.text.clone(),
            payee: payable.party.clone().unwrap_or_default(),
            expense_account: expense.account.0.clone(),
            payable_account: payable.account.0.clone(),
        }
    }
}

/// The accounts that a workspace posts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostingRules {
    /// The account of the debt to the payees.
    pub payable_account: Account,
    /// The account for a category that is not listed; without it such a record is held.
    pub default_account: Option<Account>,
    /// The expense account of each category.
    pub categories: HashMap<String, Account>,
}

impl PostingRules {
    /// Returns the expense account of a category.
    ///
    /// # Errors
    /// [`HoldReason::AccountMissing`] if neither the category nor a default is mapped.
    pub fn account_of(&self, category: &str) -> Result<&Account, HoldReason> {
        let alike = || self.categories.iter().find(|(name, _)| are_alike(name, category)).map(|(_, account)| account);
        self.categories
            .get(category)
            .or_else(alike)
            .or(self.default_account.as_ref())
            .ok_or_else(|| HoldReason::AccountMissing { category: category.to_owned() })
    }

    /// Returns the posting of a record: expense against payable.
    ///
    /// # Errors
    /// The reason to hold the record: no account, or nothing to post.
    pub fn posting(&self, record: &Record, reference: Reference) -> Result<Posting, HoldReason> {
        if record.amount.is_zero() {
            return Err(HoldReason::AmountZero);
        }
        let opposite =
            record.amount.opposite().ok_or_else(|| HoldReason::AmountInvalid { found: record.amount.to_decimal() })?;
        let dimensions = [("department", &record.department), ("project", &record.project)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.clone()?)))
            .collect();
        let expense = Line {
            account: self.account_of(&record.category)?.clone(),
            amount: record.amount,
            party: None,
            party_name: None,
            dimensions,
        };
        let payable = Line {
            account: self.payable_account.clone(),
            amount: opposite,
            party: Some(record.payee.id.clone()),
            party_name: Some(record.payee.name.clone()).filter(|name| !name.trim().is_empty()),
            dimensions: BTreeMap::new(),
        };
        Ok(Posting {
            reference,
            date: record.date,
            currency: record.amount.currency(),
            text: record.text.clone(),
            lines: [expense, payable],
        })
    }
}

/// Says whether two categories are one to a reader: spaces of any kind, letter case, and the composition of letters make
/// no difference.
fn are_alike(one: &str, other: &str) -> bool {
    let first = |text: &str| text.trim_start().bytes().next().unwrap_or_default();
    // By far the most differ in the first letter already.
    let (left, right) = (first(one), first(other));
    if left.is_ascii() && right.is_ascii() && !left.eq_ignore_ascii_case(&right) {
        return false;
    }
    let normalizer = ComposingNormalizerBorrowed::new_nfc();
    let seen = |text: &str| {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        normalizer.normalize(&text).into_owned()
    };
    seen(one) == seen(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::tests::record;

    fn rules(default: Option<&str>) -> PostingRules {
        PostingRules {
            payable_account: Account("2930".into()),
            default_account: default.map(|account| Account(account.into())),
            categories: HashMap::from([("travel".to_owned(), Account("7140".into()))]),
        }
    }

    #[test]
    fn posting_balances_and_names_payee_and_dimensions() {
        let mut record = record("A");
        record.project = Some("P7".into());
        let posting = rules(None).posting(&record, Reference::from_stored("hlf:A")).expect("the category is mapped");
        assert_eq!(posting.lines.iter().map(|line| line.amount.minor()).sum::<i64>(), 0);
        assert_eq!(posting.lines[0].account, Account("7140".into()));
        assert_eq!(posting.lines[0].dimensions, BTreeMap::from([("project", "P7".to_owned())]));
        assert_eq!(posting.lines[1].party.as_deref(), Some("PM-0031"));
    }

    #[test]
    fn category_without_account_holds_the_record_without_default() {
        let mut record = record("A");
        record.category = "courses".into();
        let reference = Reference::from_stored("hlf:A");
        assert_eq!(
            rules(None).posting(&record, reference.clone()),
            Err(HoldReason::AccountMissing { category: "courses".into() })
        );
        assert!(rules(Some("7790")).posting(&record, reference).is_ok());
    }

    #[test]
    fn amount_of_zero_is_held() {
        let mut record = record("A");
        record.amount = Money::from_minor(0, record.amount.currency());
        assert_eq!(rules(None).posting(&record, Reference::from_stored("hlf:A")), Err(HoldReason::AmountZero));
    }

    #[test]
    fn category_is_found_as_a_reader_sees_it() {
        let mut rules = rules(None);
        rules.categories.insert("Air travel".into(), Account("7141".into()));
        rules.categories.insert("Kåseri".into(), Account("7142".into()));
        for (category, account) in [
            ("travel", "7140"),
            ("Travel", "7140"),
            ("travel ", "7140"),
            ("Air\u{a0}travel", "7141"),
            ("AIR  TRAVEL", "7141"),
            ("Ka\u{30a}seri", "7142"),
        ] {
            assert_eq!(rules.account_of(category), Ok(&Account(account.into())), "{category}");
        }
        for other in ["trave", "travels", "Kaseri", ""] {
            assert!(rules.account_of(other).is_err(), "{other}");
        }
    }
}
