//! Shows the receipts of vouchers.

use chrono::{DateTime, Utc};

use crate::domain::ReceiptState;
use crate::error::Problem;

/// A receipt of an attempt, as the record's story shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptStory {
    /// The place where its source has it; empty if it was forgotten.
    pub place: String,
    /// The name under which it is attached; empty if it was forgotten.
    pub name: String,
    /// Its state.
    pub state: ReceiptState,
    /// The SHA-256 of its bytes, in hexadecimal digits, once it was fetched.
    pub sha256: Option<String>,
    /// The number of its bytes.
    pub bytes: Option<u64>,
    /// Its type.
    pub media_type: Option<String>,
    /// The id of the attachment in the accounting system.
    pub attachment_id: Option<String>,
    /// The problem because of which it is not attached.
    pub problem: Option<Problem>,
    /// The time at which it was attached, or set aside.
    pub settled_at: Option<DateTime<Utc>>,
    /// The reason for setting it aside.
    pub reason: Option<String>,
}

/// A receipt that is missing on a voucher in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingReceipt {
    /// The record, which is exported.
    pub record_id: String,
    /// The payee's name.
    pub payee: Option<String>,
    /// The name of the receipt.
    pub name: String,
    /// The voucher.
    pub voucher_id: String,
    /// The number that people use.
    pub voucher_number: Option<String>,
    /// The cause.
    pub problem: Problem,
    /// The time since when the voucher is known to be in the books.
    pub since: DateTime<Utc>,
}
