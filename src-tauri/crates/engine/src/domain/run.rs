//! Holds a run: one sync, with its trigger, actor, period and outcome.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::text_value::text_value;

/// The id of a run: sortable by time, unique over machines.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunId(String);

impl RunId {
    /// Wraps a fresh id of the id source, or one from the ledger or a person.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The person who acts, and the machine on which they do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The user's name at the operating system.
    pub user: String,
    /// The machine's name.
    pub host: String,
}

text_value! {
    /// The trigger of a run.
    Trigger {
        /// A person, by button or command.
        Manual = "manual",
        /// The schedule.
        Scheduled = "scheduled",
        /// A forced re-export of one record.
        ReExport = "re-export",
    }
}

text_value! {
    /// The end of a run.
    Outcome {
        /// Everything planned was answered for.
        Completed = "completed",
        /// A person stopped the run.
        Stopped = "stopped",
        /// The lock went to somebody else, or could not be renewed in time.
        LeaseLost = "lease_lost",
        /// The run could not go on; the error is kept.
        Failed = "failed",
        /// A later run found this one unfinished.
        Interrupted = "interrupted",
    }
}

text_value! {
    /// The result of one row in one run.
    ItemResult {
        /// The row was acknowledged in this run.
        Posted = "posted",
        /// The row went into a sealed file, and waits to be seen in the books.
        HandedOver = "handed_over",
        /// The row was left out: an earlier run had exported it.
        SkippedAlreadyExported = "skipped_already_exported",
        /// The row was left out: it is in an earlier sealed file, and was not seen in the books yet.
        SkippedHandedOver = "skipped_handed_over",
        /// The row was left out: the accounting system had it, though this ledger did not.
        SkippedFoundInAccounting = "skipped_found_in_accounting",
        /// The row was left out: the same row stood in the source before.
        SkippedRepeatedInSource = "skipped_repeated_in_source",
        /// The row was left out: it does not count, by the rule that is its reason.
        LeftOut = "left_out",
        /// The accounting system said no.
        Refused = "refused",
        /// The row was not sent: something in it must be put right.
        Held = "held",
        /// The row was sent, or maybe; it is blocked until that is known.
        InDoubt = "in_doubt",
        /// The row was planned, but the run ended before its turn; the next run takes it.
        NotSent = "not_sent",
    }
}

text_value! {
    /// The fate of a scheduled time.
    TimeFate {
        /// A program took the time, and has not said yet what came of it.
        Claimed = "claimed",
        /// A run was tried; the history says how it ended.
        Ran = "ran",
        /// Another run was on; the history has an entry that says so.
        Skipped = "skipped",
        /// The machine was off or asleep, and the workspace wants nothing caught up.
        Missed = "missed",
    }
}

/// The days of a run, both included; `None` leaves an end open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Period {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
}

/// The period ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the period ends on {to}, before it begins on {from}")]
pub struct PeriodError {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

impl Period {
    /// The period of all records, whatever their date.
    pub const EVERYTHING: Self = Self { from: None, to: None };

    /// Makes a period between two days.
    ///
    /// # Errors
    /// If it ends before it begins.
    pub fn new(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Self, PeriodError> {
        match (from, to) {
            (Some(from), Some(to)) if to < from => Err(PeriodError { from, to }),
            _ => Ok(Self { from, to }),
        }
    }

    /// Says whether the day is in the period.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// The number of a run's rows for each result. `read` is their sum, except for rows whose turn did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// The rows that the run was about.
    pub read: u64,
    /// The rows that were acknowledged in this run.
    pub posted: u64,
    /// The rows that were left out as duplicates, of whichever kind.
    pub skipped: u64,
    /// Those of them that the accounting system had, and this ledger did not: nothing was made for them.
    #[serde(default)]
    pub found: u64,
    /// The rows that the accounting system refused.
    pub refused: u64,
    /// The rows that were held back.
    pub held: u64,
    /// The rows that were in doubt when the run ended.
    pub in_doubt: u64,
    /// The rows that do not count, by a rule. Entries of earlier versions have none.
    #[serde(default)]
    pub left_out: u64,
    /// The rows that went into a sealed file in this run. Entries of earlier versions have none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub handed_over: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Counts {
    /// Says whether a person should look.
    pub fn needs_attention(self) -> bool {
        self.refused + self.held + self.in_doubt > 0
    }
}
