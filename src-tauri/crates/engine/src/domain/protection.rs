//! How strongly the accounting side protects against a second voucher.

use std::time::Duration;

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
    /// How long after it was given up a request may still take effect, the lag of the search included: until then a
    /// look-up that finds nothing proves nothing. Counts only where neither references nor fences protect.
    pub settle_window: Duration,
    /// How long a voucher or draft that was acknowledged may be missing from a look-up.
    pub search_lag: Duration,
    /// Vouchers in one request, at most.
    pub vouchers_per_request_max: usize,
    /// What a reference may look like.
    pub reference_rules: ReferenceRules,
}

impl Capabilities {
    /// How long after it was given up a request may still take effect, and not show in a look-up.
    pub fn arrival_window(&self) -> Duration {
        self.settle_window.max(self.search_lag)
    }

    /// How long after the lease was granted a look-up still proves no absence, when somebody else may have been sending
    /// before it: theirs may still arrive.
    pub fn quarantine(&self) -> Duration {
        match self.protection {
            Protection::Enforced => Duration::ZERO,
            Protection::Fenced | Protection::Staged => self.search_lag,
            Protection::Observed => self.arrival_window(),
        }
    }

    /// How long a voucher that was acknowledged may be missing from a look-up.
    pub fn look_up_delay(&self) -> Duration {
        match self.protection {
            Protection::Observed => self.arrival_window(),
            Protection::Enforced | Protection::Fenced | Protection::Staged => self.search_lag,
        }
    }
}
