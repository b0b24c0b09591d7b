//! What a workspace decides of the export.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use crate::domain::schedule::Schedule;
use crate::domain::{OrganisationId, PostingRules};

/// The settings of one workspace, checked by whoever read them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Scope of the lock and of the references.
    pub organisation: OrganisationId,
    /// In which "today" is meant.
    pub time_zone: chrono_tz::Tz,
    /// The accounts.
    pub posting: PostingRules,
    /// Vouchers in one request; cut to what the accounting system allows.
    pub vouchers_per_request: usize,
    /// Requests under way at once.
    pub requests_in_flight: usize,
    /// How long the remote lock lives without renewal.
    pub lease: Duration,
    /// How long to wait for a lock that somebody else holds.
    pub wait_for_lock: Duration,
    /// Where protection is `observed`: what to do when the window has passed and nothing is found.
    pub when_still_unknown: WhenStillUnknown,
    /// Whether a run ends by looking up what it posted, and keeps the result as its certificate.
    pub compare_after_run: bool,
    /// Whether a forced re-export waits for a second administrator's approval.
    pub re_export_needs_approval: bool,
    /// When to sync without being asked.
    pub schedule: Option<Schedule>,
    /// The file by which programs on this machine exclude each other.
    pub file_lock: PathBuf,
}

impl Settings {
    /// What of them decides over vouchers, as the audit trail keeps it: equal for equal settings.
    pub(crate) fn for_trail(&self) -> serde_json::Value {
        let categories: BTreeMap<&str, &str> =
            self.posting.categories.iter().map(|(category, account)| (category.as_str(), account.0.as_str())).collect();
        json!({
            "organisation": self.organisation.as_str(),
            "time_zone": self.time_zone.name(),
            "payable_account": self.posting.payable_account.0,
            "default_account": self.posting.default_account.as_ref().map(|account| &account.0),
            "categories": categories,
            "vouchers_per_request": self.vouchers_per_request,
            "requests_in_flight": self.requests_in_flight,
            "lease_seconds": self.lease.as_secs(),
            "when_still_unknown": match self.when_still_unknown {
                WhenStillUnknown::Hold => "hold",
                WhenStillUnknown::Send => "send",
            },
            "compare_after_run": self.compare_after_run,
            "second_approval": self.re_export_needs_approval,
        })
    }
}

/// What to do with a record of which even the settle window tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenStillUnknown {
    /// It stays in doubt until a person decides.
    Hold,
    /// It is sent again.
    Send,
}
