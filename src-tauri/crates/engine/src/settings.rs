//! Holds the decisions of a workspace about the export.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::domain::schedule::Schedule;
use crate::domain::{BookingDay, OrganisationId, PostingRules};

/// The settings of one workspace, checked by their reader.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The scope of the lock and of the references.
    pub organisation: OrganisationId,
    /// The books that a person confirmed; `None` in a workspace whose file does not say.
    pub books: Option<StatedBooks>,
    /// The manner in which records are read, as it bears on which record is which.
    pub source: SourceRule,
    /// The time zone in which "today" is meant.
    pub time_zone: chrono_tz::Tz,
    /// The accounts.
    pub posting: PostingRules,
    /// The number of vouchers in one request; cut to the limit of the accounting system.
    pub vouchers_per_request: usize,
    /// The number of requests under way at once.
    pub requests_in_flight: usize,
    /// The life of the remote lock without renewal.
    pub lease: Duration,
    /// The time to wait for a lock that somebody else holds.
    pub wait_for_lock: Duration,
    /// The decision, under `observed`, for a record of which nothing is found when the window has passed.
    pub when_still_unknown: WhenStillUnknown,
    /// True if a run ends by looking up its vouchers, and keeps the result as its certificate.
    pub compare_after_run: bool,
    /// True if a forced re-export waits for a second administrator's approval.
    pub re_export_needs_approval: bool,
    /// The place of the rule that nobody takes the lock from its holder, if this machine has one.
    pub take_over_forbidden_by: Option<String>,
    /// The time within which a file that was handed over has to be seen in the books, before it waits for a person.
    pub read_back_within: TimeDelta,
    /// The schedule by which to sync without a request.
    pub schedule: Option<Schedule>,
    /// The file by which programs on this machine exclude each other.
    pub file_lock: PathBuf,
}

impl Settings {
    /// Returns the day by which postings are dated at that moment.
    pub(crate) fn booking_day(&self, now: DateTime<Utc>) -> BookingDay {
        BookingDay { today: now.with_timezone(&self.time_zone).date_naive(), time_zone: self.time_zone }
    }

    /// Returns the settings that decide over vouchers, as the audit trail keeps them: equal for equal settings.
    pub(crate) fn for_trail(&self) -> serde_json::Value {
        let categories: BTreeMap<&str, &str> =
            self.posting.categories.iter().map(|(category, account)| (category.as_str(), account.0.as_str())).collect();
        let mut trail = json!({
            "organisation": self.organisation.as_str(),
            "books": self.books.as_ref().map(|books| &books.organisation),
            "source": { "ids": self.source.ids, "reading": self.source.reading },
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
        });
        // A workspace of accounts alone has the entry that it always had.
        if let Some(rules) = self.posting.beyond_accounts() {
            trail["posting_rules"] = rules;
        }
        trail
    }
}

/// The books of a workspace, as a person confirmed them at set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedBooks {
    /// The organisation's id there.
    pub organisation: String,
    /// The organisation's name there.
    pub name: Option<String>,
    /// The address at which they were confirmed.
    pub address: Option<String>,
}

/// The manner in which a workspace reads its source: the settings by their names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceRule {
    /// The settings that decide which record is which. Another value makes records look new that were exported.
    pub ids: BTreeMap<String, String>,
    /// The others, which are noted when they change.
    pub reading: BTreeMap<String, String>,
}

/// The decision for a record that is still unknown after the settle window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenStillUnknown {
    /// The record stays in doubt until a person decides.
    Hold,
    /// The record is sent again.
    Send,
}
