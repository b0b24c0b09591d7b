//! A reversal, as connectors are asked for it.

use chrono::NaiveDate;
use postonce_engine::ClaimedReversal;
use postonce_engine::domain::{Reference, RequestKey};

use crate::text::bounded;

/// Characters of the reason at most, the ellipsis included; the whole of it stands in the audit trail.
const REASON_CHARS_MAX: usize = 255;

/// What is asked for. The same each time it is asked again.
pub(super) struct WantedReversal<'a> {
    pub(super) key: &'a RequestKey,
    pub(super) voucher_id: &'a str,
    pub(super) reference: &'a Reference,
    pub(super) date: NaiveDate,
    pub(super) reason: &'a str,
}

impl WantedReversal<'_> {
    /// The reason, as long as books take it.
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
