//! What a workspace decides of the export.

use std::path::PathBuf;
use std::time::Duration;

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
    /// The file by which programs on this machine exclude each other.
    pub file_lock: PathBuf,
}

/// What to do with a record of which even the settle window tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenStillUnknown {
    /// It stays in doubt until a person decides.
    Hold,
    /// It is sent again.
    Send,
}
