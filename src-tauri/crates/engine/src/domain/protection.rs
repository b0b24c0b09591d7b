//! How strongly the accounting side protects against a second voucher.

use chrono::TimeDelta;

use super::ReferenceRules;
use super::text_value::text_value;

text_value! {
    /// The four manners of `architecture.md`; the engine adapts to each, and the screen says which one holds.
    Protection {
        /// Never makes a second voucher for a reference.
        Enforced = "enforced",
        /// Refuses a write that carries an older fence.
        Fenced = "fenced",
        /// Takes a draft first, and posts it once, by the draft's own id.
        Staged = "staged",
        /// Only lets itself be searched.
        Observed = "observed",
    }
}

/// What an accounting system offers, as it says itself or as its connector knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// Which protection holds.
    pub protection: Protection,
    /// How long the same key with the same body gives the first answer again; `None` without idempotency keys.
    pub idempotency_keys_live: Option<TimeDelta>,
    /// Vouchers in one request, at most.
    pub vouchers_per_request_max: usize,
    /// What a reference may look like.
    pub reference_rules: ReferenceRules,
}
