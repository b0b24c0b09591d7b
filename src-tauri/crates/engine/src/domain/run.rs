//! A run: one sync, with its trigger, actor, period and outcome.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::text_value::text_value;

/// The id of a run: sortable by time, unique over machines.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunId(String);

impl RunId {
    /// A fresh id of the id source, or one from the ledger or a person.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who acts, and on which machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The user's name at the operating system.
    pub user: String,
    /// The machine's name.
    pub host: String,
}

text_value! {
    /// What made the run start.
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
    /// How a run ended.
    Outcome {
        /// Everything planned was answered for.
        Completed = "completed",
        /// By a person.
        Stopped = "stopped",
        /// The lock went to somebody else, or could not be renewed in time.
        LeaseLost = "lease_lost",
        /// It could not go on; the error is kept.
        Failed = "failed",
        /// Found unfinished by a later run.
        Interrupted = "interrupted",
    }
}

text_value! {
    /// What became of one row in one run.
    ItemResult {
        /// Acknowledged in this run.
        Posted = "posted",
        /// Left out: an earlier run had exported it.
        SkippedAlreadyExported = "skipped_already_exported",
        /// Left out: the accounting system had it, though this ledger did not.
        SkippedFoundInAccounting = "skipped_found_in_accounting",
        /// Left out: the same row stood in the source before.
        SkippedRepeatedInSource = "skipped_repeated_in_source",
        /// The accounting system said no.
        Refused = "refused",
        /// Not sent: something in it must be put right.
        Held = "held",
        /// Sent, or maybe; blocked until it is known.
        InDoubt = "in_doubt",
        /// Planned, but the run ended before its turn; the next run takes it.
        NotSent = "not_sent",
    }
}

text_value! {
    /// What became of a scheduled time.
    TimeFate {
        /// A program took it, and has not said yet what came of it.
        Claimed = "claimed",
        /// A run was tried; the history says how it ended.
        Ran = "ran",
        /// Another run was on; the history has an entry that says so.
        Skipped = "skipped",
        /// The machine was off or asleep, and the workspace wants nothing caught up.
        Missed = "missed",
    }
}

/// The days a run is about, both included; open where `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

/// The period ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the period ends on {to}, before it begins on {from}")]
pub struct PeriodError {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Period {
    /// All records, whatever their date.
    pub const EVERYTHING: Self = Self { from: None, to: None };

    /// A period between two days.
    ///
    /// # Errors
    /// When it ends before it begins.
    pub fn new(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Self, PeriodError> {
        match (from, to) {
            (Some(from), Some(to)) if to < from => Err(PeriodError { from, to }),
            _ => Ok(Self { from, to }),
        }
    }

    /// Whether the day is in it.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// How many rows of a run came to what. `read` is their sum, but for rows whose turn did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Rows that the run was about.
    pub read: u64,
    /// Acknowledged in this run.
    pub posted: u64,
    /// Left out as duplicates, of whichever kind.
    pub skipped: u64,
    /// Refused by the accounting system.
    pub refused: u64,
    /// Held back.
    pub held: u64,
    /// In doubt when the run ended.
    pub in_doubt: u64,
}

impl Counts {
    /// Whether a person should look.
    pub fn needs_attention(self) -> bool {
        self.refused + self.held + self.in_doubt > 0
    }
}
