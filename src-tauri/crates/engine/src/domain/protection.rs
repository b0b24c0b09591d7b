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
    /// True if a line may have a VAT code, by which the accounting system computes.
    pub vat_codes: bool,
    /// True if a voucher in a foreign currency may have its amounts in the books' own currency, too.
    pub own_amounts: bool,
    /// True if it takes files and says nothing of them: a record is handed over first, and exported once it is seen in
    /// the books. The same file is never delivered twice, and its books cannot be asked.
    pub takes_files: bool,
    /// The time within which an attachment that was given up is made, if it is made at all: before it has passed, a
    /// second one could come to stand beside it. Zero where the system keeps one of each hash. `None` if it takes no
    /// attachments.
    pub attachments: Option<Duration>,
}

impl Capabilities {
    /// Returns the time after which a request that was given up shows in a look-up, if it has taken effect at all: it
    /// arrives within the settle window, and shows when the search has caught up.
    pub fn arrival_window(&self) -> Duration {
        self.settle_window.saturating_add(self.search_lag)
    }

    /// Returns the time after the grant of the lease in which a look-up proves no absence yet, if somebody else may
    /// have been sending before it. `goes_on`: the time for which the holder before may go on to send, as it may not
    /// know that its lease is over.
    ///
    /// Only the search has to catch up if a newer fence keeps everything older out. Elsewhere the last request of the
    /// holder before leaves when `goes_on` is over, takes effect within the settle window, and shows when the
    /// search has caught up. Drafts do no harm as long as each of two sees the other's: with a search that does not lag.
    pub fn quarantine(&self, goes_on: Duration) -> Duration {
        match self.protection {
            // A file that was given up is found by its number and digest, or was never delivered.
            _ if self.unique_references || self.takes_files => Duration::ZERO,
            Protection::Enforced => Duration::ZERO,
            Protection::Fenced => self.search_lag,
            Protection::Staged if self.search_lag.is_zero() => Duration::ZERO,
            Protection::Staged | Protection::Observed => goes_on.saturating_add(self.arrival_window()),
        }
    }

    /// Says whether an unknown request may be sent again as it was, whatever became of it: the answer is that of the
    /// first time.
    pub fn repeats_are_harmless(&self) -> bool {
        self.protection == Protection::Enforced || self.takes_files
    }

    /// Returns the time that a run waits at least, once at its beginning, when somebody else has synced since.
    pub fn waits_after_others(&self) -> Duration {
        self.quarantine(Duration::ZERO)
    }

    /// Returns the time for which a voucher that was acknowledged may be missing from a look-up.
    pub fn look_up_delay(&self) -> Duration {
        match self.protection {
            Protection::Observed => self.arrival_window(),
            Protection::Enforced | Protection::Fenced | Protection::Staged => self.search_lag,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capabilities(protection: Protection, lag: u64) -> Capabilities {
        Capabilities {
            protection,
            idempotency_keys_live: None,
            settle_window: Duration::from_secs(120),
            search_lag: Duration::from_secs(lag),
            unique_references: protection == Protection::Enforced,
            vouchers_per_request_max: 1,
            reference_rules: ReferenceRules { length_max: 64, folds_case: false, ascii_only: false },
            vat_codes: false,
            own_amounts: false,
            takes_files: false,
            attachments: None,
        }
    }

    #[test]
    fn former_holders_last_request_is_waited_for_where_it_harms() {
        for (protection, lag, goes_on, expected) in [
            (Protection::Enforced, 5, 60, 0),
            (Protection::Fenced, 0, 60, 0),
            (Protection::Fenced, 5, 60, 5),
            (Protection::Staged, 0, 60, 0),
            (Protection::Staged, 5, 60, 185),
            (Protection::Observed, 0, 0, 120),
            (Protection::Observed, 0, 60, 180),
            (Protection::Observed, 5, 60, 185),
        ] {
            let waits = capabilities(protection, lag).quarantine(Duration::from_secs(goes_on));
            assert_eq!(waits, Duration::from_secs(expected), "{protection:?} {lag} {goes_on}");
        }
        let unique = Capabilities { unique_references: true, ..capabilities(Protection::Staged, 5) };
        assert_eq!(unique.quarantine(Duration::from_secs(60)), Duration::ZERO);
    }
}
