//! Defines the remote lock: the request, its answer, and the facts that everybody may see.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::RunId;

/// The request for the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseAsk {
    /// The one who asks.
    pub holder: LockHolder,
    /// The life of the lease without renewal.
    pub life: Duration,
    /// The operation: `sync`, `re-export` …
    pub operation: &'static str,
}

/// The one who holds, or asks for, the lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// The user's id.
    pub user: String,
    /// The user's name, if the accounting system gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The machine's name.
    pub host: String,
    /// The run's id.
    pub run_id: RunId,
}

/// The secret by which a holder is known. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct LeaseToken(String);

impl LeaseToken {
    /// Wraps the token as the accounting system gave it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the secret, for the header alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for LeaseToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LeaseToken(…)")
    }
}

/// The answer to a request for the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acquired {
    /// The lock is ours.
    Granted {
        /// The token by which we are known.
        token: LeaseToken,
        /// The number of the grant, which grows with each.
        fence: u64,
        /// The time of the grant by the accounting side's clock: the one clock that different runs and machines may
        /// compare.
        granted_at: DateTime<Utc>,
        /// The life that was granted, which may be shorter than the one that was asked for.
        life: Duration,
        /// The runs that may go on to send, as they may not know that their grant is over; `None` if the accounting side
        /// does not say.
        unaware: Option<Vec<Unaware>>,
    },
    /// Somebody has the lock.
    Held(LockInfo),
    /// Somebody has the lock who, by the accounting side's own clock, has given no sign of life for longer than the
    /// lease lives; or none was seen yet, and the accounting side gives no time. Anybody who goes on asking for that
    /// long, and sees no sign of life either, gets it.
    LooksDead {
        /// The holder, and the time since when.
        info: LockInfo,
        /// The time that is still to be watched.
        watch: Duration,
    },
}

/// A run whose grant was taken from it, or ran out by the accounting side's clock, so short a time ago that it may not
/// know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unaware {
    /// The run that held the grant.
    pub run: RunId,
    /// The life of the grant without renewal: for so long the run may go on.
    pub life: Duration,
}

/// The lock, as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockInfo {
    /// The holder.
    pub holder: LockHolder,
    /// The operation: `sync`, `re-export` …
    pub operation: String,
    /// The time since when it is held.
    pub acquired_at: DateTime<Utc>,
    /// The time of the last sign of life.
    pub renewed_at: DateTime<Utc>,
    /// The time until when it holds, without another sign.
    pub expires_at: DateTime<Utc>,
    /// The progress of the holder.
    pub progress: Option<LockProgress>,
    /// The time of this answer by the accounting side's own clock, if it gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<DateTime<Utc>>,
}

impl LockInfo {
    /// Returns the life of the lock without renewal.
    pub(crate) fn life(&self) -> Duration {
        (self.expires_at - self.renewed_at).to_std().unwrap_or(Duration::ZERO)
    }
}

/// The progress of a run, as it shows it to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LockProgress {
    /// The number of records answered for.
    pub processed: u64,
    /// The number of records to send.
    pub total: u64,
}
