//! Holds the accounting system's answers about a posting.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Reference;
use super::difference::VoucherPart;

/// The accounting system's own acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The voucher's id.
    pub voucher_id: String,
    /// The number that people use, if it is known yet.
    pub number: Option<String>,
}

/// The reason why the accounting system refused something, after RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The last part of the problem's type: `closed-period`; `http-403` if the answer names none.
    pub kind: String,
    /// The accounting system's own words, bounded in length.
    pub detail: String,
    /// The first day on which it could be booked, for a day in a closed period, if the accounting system names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_open: Option<NaiveDate>,
}

impl Refusal {
    /// The kind of a refusal whose day lies in a closed period.
    pub const CLOSED_PERIOD: &str = "closed-period";

    /// Returns a refusal of that kind, in those words.
    pub fn new(kind: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind: kind.into(), detail: detail.into(), next_open: None }
    }
}

/// The answer for one voucher of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoucherResult {
    /// The voucher was made by this request, or by an earlier sending of it that is answered again.
    Created(Acknowledgement),
    /// The reference was in the books before, with the same content.
    Exists(Acknowledgement),
    /// Nothing was booked for it.
    Refused {
        /// The refusal of the accounting system.
        refusal: Refusal,
        /// The voucher that stands there with other content, for a conflict.
        voucher_id: Option<String>,
    },
}

/// The result of staging a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StageResult {
    /// A draft stands there, harmless until it is committed by this id.
    Staged(DraftId),
    /// The reference is in the books already, with the same content.
    Exists(Acknowledgement),
    /// No draft was made.
    Refused {
        /// The refusal of the accounting system.
        refusal: Refusal,
        /// The voucher that stands there with other content, for a conflict.
        voucher_id: Option<String>,
    },
}

/// The result of committing a draft by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitResult {
    /// The voucher is in the books: by this commit, or by an earlier one.
    Posted(Acknowledgement),
    /// The draft stays a draft.
    Refused(Refusal),
    /// There is no such draft any more, and the answer does not say what became of it.
    Gone,
}

/// The result of discarding a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discarded {
    /// The draft is gone, now or since earlier: it can never be committed.
    Gone,
    /// The draft was committed before: it is too late.
    Committed,
}

/// The accounting system's id of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DraftId(String);

impl DraftId {
    /// Wraps the id as the accounting system gave it; returns `None` for an empty one.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (!text.trim().is_empty()).then_some(Self(text))
    }

    /// Returns the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A draft found by its reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDraft {
    /// The reference by which it was found.
    pub reference: Reference,
    /// The draft's id.
    pub draft_id: DraftId,
    /// The draft's date.
    pub date: NaiveDate,
    /// The code of the draft's currency.
    pub currency: String,
    /// The sum of the draft's debit lines, a decimal.
    pub total: String,
    /// The time when it was made, if the accounting side gives it.
    pub created_at: Option<DateTime<Utc>>,
    /// The rest of its content, as far as the accounting side shows it.
    pub shown: ShownContent,
}

/// The content of a voucher or draft beyond its day and sum, as far as a look-up shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShownContent {
    /// The text; an accounting system may put dimensions behind it, after ` · `.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The lines; `None` if the system does not show them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<ShownLine>>,
    /// The sum of the debit lines in the organisation's currency, of a voucher in a foreign one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnTotal>,
}

/// A sum in the organisation's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTotal {
    /// The code of the currency.
    pub currency: String,
    /// The sum, a decimal.
    pub total: String,
}

impl ShownContent {
    /// Says whether nothing is shown.
    pub fn is_empty(&self) -> bool {
        self.text.is_none() && self.lines.is_none() && self.own.is_none()
    }
}

/// A line of a voucher, as a look-up shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShownLine {
    /// The account's number, as a posting names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The amount, a decimal: positive is debit, negative is credit.
    pub amount: String,
    /// The party, as a posting names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// The VAT codes of the line, each under all of its names; `None` if the system does not show them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_codes: Option<Vec<String>>,
    /// The line is VAT that the accounting system computed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_vat: bool,
    /// The dimensions by name in lower case, each value under all of its names; `None` if the system does not show them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<BTreeMap<String, Vec<String>>>,
}

/// The vouchers and drafts under some references.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The vouchers in the books, voided and reversed ones included; several may answer one reference.
    pub vouchers: Vec<FoundVoucher>,
    /// The drafts, which are not in the books; empty if the system takes no drafts.
    pub drafts: Vec<FoundDraft>,
}

/// The state of a voucher: it still counts in the books, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoucherState {
    /// The voucher stands in the books.
    Posted,
    /// Somebody voided or reversed the voucher.
    Voided,
}

/// The making of a voucher in the books, as they tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherMade {
    /// The time, by the server's clock.
    pub at: DateTime<Utc>,
    /// The name of the person, where the accounting side says it.
    pub by: Option<String>,
}

/// A voucher found by its reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundVoucher {
    /// The reference by which it was found.
    pub reference: Reference,
    /// The voucher's id and number.
    pub acknowledgement: Acknowledgement,
    /// The voucher's date in the books.
    pub date: NaiveDate,
    /// The code of the voucher's currency.
    pub currency: String,
    /// The sum of the voucher's debit lines, a decimal.
    pub total: String,
    /// The time when it was made, by the server's clock.
    pub created_at: DateTime<Utc>,
    /// The name of the person who made it, where the accounting side says it. For people: it is no evidence, and is not
    /// kept as such.
    #[serde(skip)]
    pub created_by: Option<String>,
    /// The state; a reversed voucher no longer counts.
    pub state: VoucherState,
    /// The counter-voucher, if this one was reversed.
    pub reversed_by: Option<String>,
    /// The voucher that this one reverses, if it is a counter-voucher.
    pub reverses: Option<String>,
    /// The rest of its content, as far as the accounting side shows it.
    #[serde(default, skip_serializing_if = "ShownContent::is_empty")]
    pub shown: ShownContent,
    /// The parts in which it differs from what was sent, in evidence that is kept for a person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differs: Vec<VoucherPart>,
}

impl FoundVoucher {
    /// Returns when it was made, and by whom.
    pub fn made(&self) -> VoucherMade {
        VoucherMade { at: self.created_at, by: self.created_by.clone() }
    }
}
