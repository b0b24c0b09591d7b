//! Describes a reversal, as connectors are asked for it.

use chrono::NaiveDate;
use postonce_engine::ClaimedReversal;
use postonce_engine::domain::{Reference, RequestKey};

use crate::text::bounded;

/// The longest reason, in characters, the ellipsis included; the whole of it stands in the audit trail.
const REASON_CHARS_MAX: usize = 255;

/// Describes the reversal that is asked for. It is the same each time it is asked for again.
pub(super) struct WantedReversal<'a> {
    pub(super) key: &'a RequestKey,
    pub(super) voucher_id: &'a str,
    pub(super) reference: &'a Reference,
    pub(super) date: NaiveDate,
    pub(super) reason: &'a str,
}

impl WantedReversal<'_> {
    /// Returns the reason, cut to the length that books take.
    pub(super) fn bounded_reason(&self) -> String {
        bounded(self.reason, REASON_CHARS_MAX - 1)
    }
}

impl<'a> From<&'a ClaimedReversal> for WantedReversal<'a> {
    fn from(claimed: &'a ClaimedReversal) -> Self {
        Self {
            key: claimed.key(),
            voucher_id: claimed.voucher_id(),
            reference: claimed.reference(),
            date: claimed.date(),
            reason: claimed.reason(),
        }
    }
}
