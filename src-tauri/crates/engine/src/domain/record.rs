//! Holds a record: an approved expense, as the platform gives it.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};

use super::exchange::shares;
use super::expense::{DEPARTMENT, PROJECT};
use super::{Currency, ExpenseDetail, ExpenseLine, HoldReason, Money, Rate, Receipt};

/// The platform's own id of a record: not empty, no control characters, no space at either end, at most
/// [`RecordId::LENGTH_MAX`] bytes. Ids are compared byte by byte: `a1` and `A1` are two records.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(String);

/// The reason why a text cannot be a record id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordIdError {
    /// The text is empty.
    #[error("the id is empty")]
    Empty,
    /// A space or tab before or behind would make two ids look like one.
    #[error("the id begins or ends with a space")]
    OuterSpace,
    /// The text holds a line feed, a zero byte or the like.
    #[error("the id contains a control character")]
    ControlCharacter,
    /// The text is longer than any platform's ids.
    #[error("the id is longer than {} bytes", RecordId::LENGTH_MAX)]
    TooLong,
}

impl RecordId {
    /// The length of an id at most, in bytes.
    pub const LENGTH_MAX: usize = 200;

    /// Takes the text as it stands; nothing is trimmed, since a trimmed id could be another record's.
    ///
    /// # Errors
    /// See [`RecordIdError`].
    pub fn new(text: impl Into<String>) -> Result<Self, RecordIdError> {
        let text = text.into();
        if text.trim().is_empty() {
            return Err(RecordIdError::Empty);
        }
        if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(RecordIdError::ControlCharacter);
        }
        if text.trim() != text {
            return Err(RecordIdError::OuterSpace);
        }
        if text.len() > Self::LENGTH_MAX {
            return Err(RecordIdError::TooLong);
        }
        Ok(Self(text))
    }

    /// Returns the id as the platform writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The person who is reimbursed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payee {
    /// The platform's id of the person; the party on the payable line.
    pub id: String,
    /// The name for people; the id if the platform gives no name.
    pub name: String,
}

/// An approved expense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The platform's id.
    pub id: RecordId,
    /// The platform's count of approvals, if it keeps one.
    pub version: Option<u32>,
    /// The time of the approval, if the platform gives it.
    pub approved_at: Option<DateTime<Utc>>,
    /// The day of the expense; the date of the voucher.
    pub date: NaiveDate,
    /// The person who gets the money.
    pub payee: Payee,
    /// The category of the expense; it chooses the account.
    pub category: String,
    /// The amount to reimburse.
    pub amount: Money,
    /// The text of the voucher.
    pub text: String,
    /// A dimension of the expense line, if given.
    pub department: Option<String>,
    /// A dimension of the expense line, if given.
    pub project: Option<String>,
    /// Whatever it says beyond a plain expense: lines, further dimensions, VAT.
    pub detail: ExpenseDetail,
    /// The receipts, in their order, [`Receipt::PER_RECORD_MAX`] at most.
    pub receipts: Vec<Receipt>,
}

/// The SHA-256 hash of the members that make a voucher. Approval time, version, the payee's name and the receipts are
/// left out: a record approved again without change is the same record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Returns the hash as its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Makes a hash of the bytes that the ledger keeps; returns `None` unless there are 32.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// The worth of each line of a record in the organisation's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Worth {
    pub(crate) currency: Currency,
    /// The rate, if the source gives one for the whole record.
    pub(crate) rate: Option<Rate>,
    /// The minor units of each line, in the order of [`Record::expense_lines`].
    pub(crate) lines: Vec<i64>,
}

impl Record {
    /// Returns the hash of the record's content; equal for equal content. Each member is delimited, so that no two
    /// contents run together. A plain expense has the hash that it had before there were lines.
    pub fn content_hash(&self) -> ContentHash {
        let mut hasher = Sha256::new();
        hasher.update(b"postonce record 1\n");
        let minor = self.amount.minor().to_string();
        let date = self.date.to_string();
        for member in [
            Some(date.as_str()),
            Some(self.amount.currency().code()),
            Some(minor.as_str()),
            Some(self.payee.id.as_str()),
            Some(self.category.as_str()),
            Some(self.text.as_str()),
            self.department.as_deref(),
            self.project.as_deref(),
        ] {
            match member {
                Some(text) => {
                    hasher.update(format!("{}:", text.len()));
                    hasher.update(text);
                }
                None => hasher.update("-"),
            }
            hasher.update("\n");
        }
        if !self.detail.is_plain() {
            let detail = self.detail.bytes();
            hasher.update(format!("detail {}:", detail.len()));
            hasher.update(detail);
        }
        ContentHash(hasher.finalize().into())
    }

    /// Returns the record as a line of a claim.
    pub fn as_line(&self) -> ExpenseLine {
        ExpenseLine {
            minor: self.amount.minor(),
            category: self.category.clone(),
            text: self.text.clone(),
            date: Some(self.date),
            dimensions: self.dimensions(),
            vat: self.detail.vat.clone(),
            exchange: self.detail.exchange.clone(),
        }
    }

    /// Returns every dimension of the whole record, department and project among them.
    fn dimensions(&self) -> BTreeMap<String, String> {
        let own = [(DEPARTMENT, &self.department), (PROJECT, &self.project)];
        let own = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
        self.detail.dimensions.clone().into_iter().chain(own).collect()
    }

    /// Returns the lines that are posted: those of the claim, or the record as its own only line. A line has the
    /// record's category and dimensions where it has none of its own.
    pub fn expense_lines(&self) -> Vec<ExpenseLine> {
        if self.detail.lines.is_empty() {
            return vec![self.as_line()];
        }
        let dimensions = self.dimensions();
        let whole = |line: &ExpenseLine| {
            let mut line = line.clone();
            if line.category.is_empty() {
                line.category.clone_from(&self.category);
            }
            for (name, value) in &dimensions {
                line.dimensions.entry(name.clone()).or_insert_with(|| value.clone());
            }
            line
        };
        self.detail.lines.iter().map(whole).collect()
    }

    /// Returns the worth of a record in a foreign currency; `None` if its source gives neither rate nor worth.
    ///
    /// # Errors
    /// [`HoldReason::ExchangeContradicts`], and [`HoldReason::RateMissing`] if only some lines have a worth.
    pub(crate) fn worth(&self, own: Currency) -> Result<Option<Worth>, HoldReason> {
        let currency = self.amount.currency();
        let lines = &self.detail.lines;
        let whole = &self.detail.exchange;
        let total = whole.worth(self.amount, own)?;
        if lines.iter().all(|line| line.exchange.is_empty()) {
            let Some(total) = total else { return Ok(None) };
            let weights: Vec<i64> = self.expense_lines().iter().map(|line| line.minor).collect();
            return Ok(Some(Worth { currency: own, rate: whole.rate.clone(), lines: shares(total, &weights) }));
        }
        let mut worth = Vec::with_capacity(lines.len());
        for line in lines {
            let of_line = line.exchange.worth(Money::from_minor(line.minor, currency), own)?;
            let missing = || HoldReason::RateMissing { currency: currency.code().to_owned() };
            worth.push(of_line.or((line.minor == 0).then_some(0)).ok_or_else(missing)?);
        }
        let sum: i128 = worth.iter().copied().map(i128::from).sum();
        if let Some(total) = total.filter(|total| i128::from(*total) != sum) {
            let total = Money::from_minor(total, own).to_decimal();
            return Err(HoldReason::ClaimSumDiffers { sum: Money::sum_to_decimal(sum, own), total });
        }
        let mut rates = lines.iter().filter(|line| line.minor != 0).map(|line| line.exchange.rate.as_ref());
        let first = rates.next().flatten();
        let rate = first.filter(|first| rates.all(|rate| rate == Some(*first))).cloned();
        Ok(Some(Worth { currency: own, rate, lines: worth }))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Exchange, OwnAmount};

    /// Returns a believable record for the tests of this crate.
    pub(crate) fn record(id: &str) -> Record {
        let nok = Currency::from_code("NOK").expect("a code of ISO 4217");
        Record {
            id: RecordId::new(id).expect("a valid id"),
            version: None,
            approved_at: None,
            date: NaiveDate::from_ymd_opt(2026, 10, 28).expect("a date"),
            payee: Payee { id: "PM-0031".into(), name: "Kari Nordmann".into() },
            category: "travel".into(),
            amount: Money::from_minor(41_200, nok),
            text: "Travel, peer support Bodø".into(),
            department: None,
            project: None,
            detail: ExpenseDetail::default(),
            receipts: Vec::new(),
        }
    }

    /// A plain expense is fingerprinted as it was by every version before: a ledger of 13,800 records would show each of
    /// them as changed otherwise.
    #[test]
    fn fingerprint_of_a_plain_expense_is_the_one_it_always_had() {
        let hash = hex::encode(record("A").content_hash().as_bytes());
        assert_eq!(hash, "36fba25c9fa46974ef5142645a52cb894c32433818def18604fca0d1606a9459");
    }

    #[test]
    fn every_part_of_a_claim_changes_the_hash() {
        let line = crate::domain::expense::tests::line;
        let mut claim = record("A");
        claim.detail.lines = vec![line(30_000, "travel"), line(11_200, "hotel")];
        claim.detail.lines[1].vat.code = Some("low".into());
        let changes: [fn(&mut Record); 11] = [
            |r| r.detail.exchange.own = Some(r.amount.into()),
            |r| r.detail.lines[0].exchange.rate = Rate::from_decimal("11.5"),
            |r| r.detail.lines.reverse(),
            |r| r.detail.lines.truncate(1),
            |r| r.detail.lines[0].minor += 1,
            |r| r.detail.lines[0].category.push('x'),
            |r| r.detail.lines[0].text.push('x'),
            |r| r.detail.lines[0].date = Some(r.date),
            |r| drop(r.detail.lines[0].dimensions.insert("grant".into(), "G1".into())),
            |r| r.detail.lines[1].vat.minor = Some(0),
            |r| drop(r.detail.dimensions.insert("grant".into(), "G1".into())),
        ];
        let mut seen = std::collections::HashSet::from([claim.content_hash(), record("A").content_hash()]);
        for change in changes {
            let mut changed = claim.clone();
            change(&mut changed);
            assert!(seen.insert(changed.content_hash()), "{:?}", changed.detail);
        }
    }

    #[test]
    fn worth_of_a_claim_is_divided_to_the_minor_unit() {
        let currency = |code| Currency::from_code(code).expect("a code of ISO 4217");
        let exchange = |rate: Option<&str>, minor: Option<i64>| Exchange {
            rate: rate.and_then(Rate::from_decimal),
            own: minor.map(|minor| OwnAmount { currency: "NOK".into(), minor }),
        };
        let mut claim = record("A");
        claim.amount = Money::from_minor(10_000, currency("EUR"));
        let line = crate::domain::expense::tests::line;
        claim.detail.lines = vec![line(3_333, "a"), line(3_333, "b"), line(3_334, "c")];
        claim.detail.exchange = exchange(Some("11.5"), Some(115_001));
        let held = claim.worth(currency("NOK"));
        let worth = held.expect("no contradiction").expect("a worth");
        assert_eq!(worth.lines.iter().sum::<i64>(), 115_001);
        assert_eq!(worth.lines, [38_330, 38_330, 38_341]);
        claim.detail.exchange = Exchange::default();
        assert_eq!(claim.worth(currency("NOK")), Ok(None));
        for line in &mut claim.detail.lines {
            line.exchange = exchange(Some("11.5"), None);
        }
        let worth = claim.worth(currency("NOK")).expect("no contradiction").expect("a worth");
        assert_eq!((worth.lines, worth.rate), (vec![38_330, 38_330, 38_341], exchange(Some("11.5"), None).rate));
        claim.detail.lines[1].exchange = Exchange::default();
        assert!(matches!(claim.worth(currency("NOK")), Err(HoldReason::RateMissing { .. })));
    }

    #[test]
    fn id_is_taken_as_it_stands_or_not_at_all() {
        assert_eq!(RecordId::new("PM-2026-00417").map(|id| id.to_string()), Ok("PM-2026-00417".to_owned()));
        assert_eq!(RecordId::new("  "), Err(RecordIdError::Empty));
        assert_eq!(RecordId::new(" A"), Err(RecordIdError::OuterSpace));
        assert_eq!(RecordId::new("A\u{a0}"), Err(RecordIdError::OuterSpace));
        assert_eq!(RecordId::new("A\nB"), Err(RecordIdError::ControlCharacter));
        assert_eq!(RecordId::new("A\0"), Err(RecordIdError::ControlCharacter));
        assert_eq!(RecordId::new("x".repeat(201)), Err(RecordIdError::TooLong));
    }

    #[test]
    fn approval_again_without_change_is_the_same_content() {
        let first = record("A");
        let mut again = first.clone();
        again.version = Some(2);
        again.approved_at = Some(DateTime::UNIX_EPOCH);
        again.payee.name = "Kari N. Nordmann".into();
        again.receipts.extend(Receipt::new("bilag/tog.pdf", None));
        assert_eq!(first.content_hash(), again.content_hash());
    }

    #[test]
    fn every_member_of_the_content_changes_the_hash() {
        let original = record("A");
        let changes: [fn(&mut Record); 7] = [
            |r| r.date = r.date.succ_opt().expect("a day later"),
            |r| r.amount = Money::from_minor(41_201, r.amount.currency()),
            |r| r.payee.id.push('x'),
            |r| r.category.push('x'),
            |r| r.text.push('x'),
            |r| r.department = Some(String::new()),
            |r| r.project = Some("P7".into()),
        ];
        for change in changes {
            let mut changed = original.clone();
            change(&mut changed);
            assert_ne!(original.content_hash(), changed.content_hash());
        }
    }

    type Content = (i64, String, String, String, Option<String>, Option<String>);

    /// Makes members of few letters, the hash's own delimiters among them: if two contents could run together, they
    /// would here.
    fn content() -> impl Strategy<Value = Content> {
        let text = || "[-a1:\n]{0,3}";
        (-2i64..3, text(), text(), text(), option::of(text()), option::of(text()))
    }

    fn of(content: &Content) -> Record {
        let (minor, payee, category, text, department, project) = content.clone();
        let original = record("A");
        let payee = Payee { id: payee, name: String::new() };
        let amount = Money::from_minor(minor, original.amount.currency());
        Record { payee, category, text, department, project, amount, ..original }
    }

    proptest! {
        #[test]
        fn two_contents_share_a_hash_only_where_they_are_one(one in content(), other in content()) {
            prop_assert_eq!(one == other, of(&one).content_hash() == of(&other).content_hash());
        }

        #[test]
        fn text_moved_from_one_member_to_the_next_is_another_content(text in "[-a1:\n]{1,6}", at in 0usize..6) {
            let (left, right) = text.split_at(at.min(text.len()));
            let whole = (1, String::new(), text.clone(), String::new(), None, None);
            let divided = (1, String::new(), left.to_owned(), right.to_owned(), None, None);
            prop_assert_eq!(right.is_empty(), of(&whole).content_hash() == of(&divided).content_hash());
        }
    }
}
