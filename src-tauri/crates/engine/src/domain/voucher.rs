//! What the accounting system says of a posting.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Reference;

/// The accounting system's own acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The voucher's id.
    pub voucher_id: String,
    /// The number people use, where it is known yet.
    pub number: Option<String>,
}

/// Why something was refused, after RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
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
        problem: Problem,
        /// The voucher that stands there with other content, for a conflict.
        voucher_id: Option<String>,
    },
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Whether it still counts.
    pub state: VoucherState,
}
