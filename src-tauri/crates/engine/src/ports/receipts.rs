//! Holds the bytes of a receipt on their way, and the attachments that stand on vouchers.

use std::fs::File;

use crate::domain::{FileDigest, MediaType};

/// A receipt that was fetched: its bytes in a file of nobody's, and what they are.
#[derive(Debug)]
pub struct ReceiptFile {
    /// The bytes. Whoever reads them begins at the beginning.
    pub file: File,
    /// Their SHA-256.
    pub digest: FileDigest,
    /// Their number.
    pub bytes: u64,
    /// Their type.
    pub media_type: MediaType,
}

/// An attachment that stands on a voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundAttachment {
    /// The voucher.
    pub voucher_id: String,
    /// The SHA-256 under which it was attached.
    pub digest: FileDigest,
    /// The accounting system's id of it.
    pub id: String,
}
