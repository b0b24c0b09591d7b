//! The remote lock: what is asked for, what comes of it, and what everybody may see of it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::RunId;

/// The request for the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseAsk {
    /// Who asks.
    pub holder: LockHolder,
    /// How long without renewal.
    pub life: Duration,
    /// What for: `sync`, `re-export` …
    pub operation: &'static str,
}

/// Who holds, or asks for, the lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// The user's id.
    pub user: String,
    /// The user's name, where the accounting system tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The machine.
    pub host: String,
    /// The run.
    pub run_id: RunId,
}

/// The secret by which a holder is known. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct LeaseToken(String);

impl LeaseToken {
    /// As the accounting system gave it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For the header alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for LeaseToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LeaseToken(…)")
    }
}

/// What came of asking for the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acquired {
    /// It is ours.
    Granted {
        /// By which we are known.
        token: LeaseToken,
        /// Grows with each grant.
        fence: u64,
        /// When, by the accounting side's clock: the one clock that different runs and machines may compare.
        granted_at: DateTime<Utc>,
    },
    /// Somebody has it.
    Held(LockInfo),
    /// Somebody has it who, by the accounting side's own clock, has given no sign of life for longer than the lease lives; or
    /// none was seen yet, and the accounting side tells no time. Whoever goes on asking for that long, and sees no sign of
    /// life either, gets it.
    LooksDead {
        /// Who, and since when.
        info: LockInfo,
        /// How long still.
        watch: Duration,
    },
}

/// The lock, as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockInfo {
    /// Who.
    pub holder: LockHolder,
    /// `sync`, `re-export` …
    pub operation: String,
    /// Since when.
    pub acquired_at: DateTime<Utc>,
    /// Last sign of life.
    pub renewed_at: DateTime<Utc>,
    /// Until when, without another sign.
    pub expires_at: DateTime<Utc>,
    /// How far.
    pub progress: Option<LockProgress>,
    /// When the accounting side said so, by its own clock, where it tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<DateTime<Utc>>,
}

/// How far a run is, as it tells the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LockProgress {
    /// Records answered for.
    pub processed: u64,
    /// Records to send.
    pub total: u64,
}
