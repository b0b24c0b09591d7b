//! Holds the permit: proof, as a value, that this process, this machine and this organisation are ours to export in.
//!
//! Invariant: it is made in this folder only, from a granted lease and a taken file lock; its deadline counts from
//! before the lease was asked for, on a clock that goes on while the machine sleeps, less a margin.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::FileLock;
use crate::ports::{Clock, LeaseToken};

/// The loss of the lease: the lock went to somebody else, or could not be renewed in time. Nothing more may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lease is lost")]
pub struct LeaseLost;

/// The state that the permit and its renewer share.
pub(super) struct LeaseState {
    pub(super) clock: Arc<dyn Clock>,
    /// The moment on the clock's `elapsed` after which nothing may be sent.
    deadline: Mutex<Duration>,
    /// A token that fires once it is certain that the lease is not ours.
    pub(super) lost: CancellationToken,
}

impl LeaseState {
    pub(super) fn new(clock: Arc<dyn Clock>, deadline: Duration) -> Self {
        Self { clock, deadline: Mutex::new(deadline), lost: CancellationToken::new() }
    }

    pub(super) fn deadline(&self) -> Duration {
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn extend(&self, deadline: Duration) {
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner) = deadline;
    }

    pub(super) fn holds(&self) -> bool {
        !self.lost.is_cancelled() && self.clock.elapsed() < self.deadline()
    }
}

/// The time of a grant, on two clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grant {
    /// The moment of the grant by the accounting side's clock.
    pub(super) granted_at: DateTime<Utc>,
    /// The moment by our clock, before it was asked for.
    pub(super) asked: Duration,
    /// The moment by our clock, when the answer had come.
    pub(super) answered: Duration,
}

/// The right to send, as long as [`Permit::check`] says so.
pub struct Permit {
    pub(super) token: LeaseToken,
    pub(super) fence: u64,
    pub(super) grant: Grant,
    pub(super) state: Arc<LeaseState>,
    /// A guard that ends the renewing when the permit goes, in whatever way.
    pub(super) renewing: tokio_util::sync::DropGuard,
    pub(super) file: Arc<FileLock>,
}

impl Permit {
    /// Says that something may be sent now; asked directly before each request leaves.
    ///
    /// # Errors
    /// If the lease is lost, or its deadline has passed.
    pub fn check(&self) -> Result<(), LeaseLost> {
        if self.state.holds() { Ok(()) } else { Err(LeaseLost) }
    }

    /// Returns the token by which the accounting system knows the holder.
    pub fn token(&self) -> &LeaseToken {
        &self.token
    }

    /// Returns the number of this grant.
    pub fn fence(&self) -> u64 {
        self.fence
    }

    /// Returns the accounting side's time now, not earlier than it is there: for the moment of a sending.
    pub(crate) fn latest_now(&self) -> DateTime<Utc> {
        self.grant.granted_at + self.since(self.grant.asked)
    }

    /// Returns the accounting side's time now, not later than it is there: for the age of something.
    pub(crate) fn earliest_now(&self) -> DateTime<Utc> {
        self.grant.granted_at + self.since(self.grant.answered)
    }

    /// Returns how long the lease has been ours, at least.
    pub(crate) fn held_for(&self) -> Duration {
        self.state.clock.elapsed().saturating_sub(self.grant.answered)
    }

    fn since(&self, moment: Duration) -> TimeDelta {
        TimeDelta::from_std(self.state.clock.elapsed().saturating_sub(moment)).unwrap_or(TimeDelta::MAX)
    }

    /// Returns the token that fires once the lease is lost.
    pub(crate) fn lost(&self) -> &CancellationToken {
        &self.state.lost
    }
}

impl std::fmt::Debug for Permit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Permit").field("fence", &self.fence).finish_non_exhaustive()
    }
}
