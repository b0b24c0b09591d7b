//! What the accounting system says of a posting.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Reference;

/// The accounting system's own acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The voucher's id.
    pub voucher_id: String,
    /// The number people use, where it is known yet.
    pub number: Option<String>,
}

/// Why something was refused, after RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The last part of the problem's type: `closed-period`; `http-403` where the answer names none.
    pub kind: String,
    /// The accounting system's own words, bounded in length.
    pub detail: String,
}

/// The answer for one voucher of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoucherResult {
    /// Made by this request, or by an earlier sending of it that is answered again.
    Created(Acknowledgement),
    /// The reference was in the books before, with the same content.
    Exists(Acknowledgement),
    /// Nothing was booked for it.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The voucher that stands there with other content, for a conflict.
        voucher_id: Option<String>,
    },
}

/// What became of a posting that was to be staged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StageResult {
    /// A draft stands there, harmless until it is committed by this id.
    Staged(DraftId),
    /// The reference is in the books already, with the same content.
    Exists(Acknowledgement),
    /// No draft was made.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The voucher that stands there with other content, for a conflict.
        voucher_id: Option<String>,
    },
}

/// What became of a draft that was committed by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitResult {
    /// It is in the books: by this commit, or by an earlier one.
    Posted(Acknowledgement),
    /// It stays a draft.
    Refused(Refusal),
    /// There is no such draft any more, and the answer does not tell what became of it.
    Gone,
}

/// What became of a draft that was to be discarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discarded {
    /// It is gone, now or since earlier: it can never be committed.
    Gone,
    /// Too late: it was committed.
    Committed,
}

/// The accounting system's id of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DraftId(String);

impl DraftId {
    /// As the accounting system gave it; `None` for an empty one.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (!text.trim().is_empty()).then_some(Self(text))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A draft found by its reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDraft {
    /// By which it was found.
    pub reference: Reference,
    /// Its id.
    pub draft_id: DraftId,
    /// Its date.
    pub date: NaiveDate,
    /// The code of its currency.
    pub currency: String,
    /// The sum of its debit lines, a decimal.
    pub total: String,
    /// When it was made, where the accounting side tells that.
    pub created_at: Option<DateTime<Utc>>,
}

/// What stands under some references.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// In the books, voided and reversed ones included; several may answer one reference.
    pub vouchers: Vec<FoundVoucher>,
    /// Not in the books; empty where the system takes no drafts.
    pub drafts: Vec<FoundDraft>,
}

/// Whether a voucher still counts in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoucherState {
    /// In the books.
    Posted,
    /// Voided or reversed by somebody.
    Voided,
}

/// A voucher found by its reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundVoucher {
    /// By which it was found.
    pub reference: Reference,
    /// Its id and number.
    pub acknowledgement: Acknowledgement,
    /// Its date in the books.
    pub date: NaiveDate,
    /// The code of its currency.
    pub currency: String,
    /// The sum of its debit lines, a decimal.
    pub total: String,
    /// When it was made, by the server's clock.
    pub created_at: DateTime<Utc>,
    /// Whether it still counts; a reversed one does not.
    pub state: VoucherState,
    /// The counter-voucher, where it was reversed.
    pub reversed_by: Option<String>,
    /// The voucher that this one reverses, for a counter-voucher.
    pub reverses: Option<String>,
}
