//! Names the four protections against a second voucher that an accounting system may give.

use std::time::Duration;

use chrono::TimeDelta;

use super::ReferenceRules;
use super::text_value::text_value;

text_value! {
    /// One of the four protections of `architecture.md`; the engine adapts to each, and the screen shows which one
    /// holds.
    Protection {
        /// The accounting system never makes a second voucher for a reference.
        Enforced = "enforced",
        /// The accounting system refuses a write that carries an older fence.
        Fenced = "fenced",
        /// The accounting system takes a draft first, and posts it once, by the draft's own id.
        Staged = "staged",
        /// The accounting system can only be searched.
        Observed = "observed",
    }
}

/// The lag of a search whose server does not state one, and whose workspace does not either. It is never taken for zero:
/// a look-up that lags by more than is reckoned with proves an absence that is none.
pub const SEARCH_LAG_UNSTATED: Duration = Duration::from_secs(5);

/// The capabilities of an accounting system, as it states them itself or as its connector knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// The protection that holds.
    pub protection: Protection,
    /// The time for which the same key with the same body gives the first answer again; `None` without idempotency
    /// keys.
    pub idempotency_keys_live: Option<TimeDelta>,
    /// The time for which a request that was given up may still take effect. It counts only where neither references
    /// nor fences protect.
    pub settle_window: Duration,
    /// The time for which a voucher or draft that stands there may be missing from a look-up. A connector that does not
    /// know it gives [`SEARCH_LAG_UNSTATED`].
    pub search_lag: Duration,
    /// True if the accounting system itself lets one thing stand under a reference, whatever a look-up shows.
    pub unique_references: bool,
    /// The number of vouchers in one request, at most.
    pub vouchers_per_request_max: usize,
    /// The rules for a reference.
    pub reference_rules: ReferenceRules,
}

impl Capabilities {
    /// Returns the time after which a request that was given up shows in a look-up, if it has taken effect at all: it
    /// arrives within the settle window, and shows when the search has caught up.
    pub fn arrival_window(&self) -> Duration {
        self.settle_window.saturating_add(self.search_lag)
    }

    /// Returns the time after the grant of the lease in which a look-up proves no absence yet, if somebody else may
    /// have been sending before it: theirs may still arrive.
    pub fn quarantine(&self) -> Duration {
        match self.protection {
            _ if self.unique_references => Duration::ZERO,
            Protection::Enforced => Duration::ZERO,
            Protection::Fenced | Protection::Staged => self.search_lag,
            Protection::Observed => self.arrival_window(),
        }
    }

    /// Returns the time for which a voucher that was acknowledged may be missing from a look-up.
    pub fn look_up_delay(&self) -> Duration {
        match self.protection {
            Protection::Observed => self.arrival_window(),
            Protection::Enforced | Protection::Fenced | Protection::Staged => self.search_lag,
        }
    }
}
