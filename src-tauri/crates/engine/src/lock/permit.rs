//! Holds the permit: proof, as a value, that this process, this machine and this organisation are ours to export in.
//!
//! Invariant: it is made in this folder only, from a granted lease and a taken file lock; its deadline counts from
//! before the lease was asked for, on a clock that goes on while the machine sleeps, less a margin.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::FileLock;
use crate::ledger::EarlierRuns;
use crate::ports::{Clock, LeaseToken, Unaware};

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

/// The moment of a look at the books, on each clock that says how long ago something was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// The fence that was held.
    pub(crate) fence: u64,
    /// The accounting side's time, not later than it was there.
    there: DateTime<Utc>,
    /// The time of our wall clock.
    here: DateTime<Utc>,
    /// The time since the grant, by our own clock that nobody sets.
    pub(crate) held_for: Duration,
}

impl Look {
    /// Returns how long before the look something was given up, at least, that was given up at `at` by the accounting
    /// side's clock, under that fence.
    ///
    /// Under the same grant, our own clock says so, which nobody sets. What an earlier grant sent was given up before
    /// this grant: our own clock has counted since then. Beyond that, two clocks that may both have been set have to
    /// agree, the accounting side's and ours; the shorter time counts.
    pub(crate) fn age(&self, at: DateTime<Utc>, fence: u64, earlier: EarlierRuns) -> Duration {
        let since = |now: DateTime<Utc>, then: DateTime<Utc>| (now - then).to_std().unwrap_or(Duration::ZERO);
        let there = since(self.there, at);
        if fence == self.fence {
            return there.min(self.held_for);
        }
        let of_an_earlier_run = earlier.ended_at.filter(|_| fence <= earlier.fence);
        let here = of_an_earlier_run.map_or(Duration::ZERO, |ended_at| since(self.here, ended_at));
        self.held_for.max(here.min(there))
    }
}

/// The right to send, as long as [`Permit::check`] says so.
pub struct Permit {
    pub(super) token: LeaseToken,
    pub(super) fence: u64,
    pub(super) grant: Grant,
    pub(super) unaware: Option<Vec<Unaware>>,
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

    /// Returns how long a holder before may go on to send, counted from the grant: it may not know that its grant is
    /// over. If the accounting side does not say so of anybody, `assumed` is taken.
    pub(crate) fn former_goes_on(&self, assumed: Duration) -> Duration {
        let longest = |unaware: &Vec<Unaware>| unaware.iter().map(|unaware| unaware.life).max().unwrap_or_default();
        self.unaware.as_ref().map_or(assumed, longest)
    }

    /// Returns this moment, for a look at the books: what it shows counts from here.
    pub(crate) fn look(&self) -> Look {
        Look { fence: self.fence, there: self.earliest_now(), here: self.state.clock.now(), held_for: self.held_for() }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).expect("a time")
    }

    #[test]
    fn age_is_believed_when_both_clocks_tell_it() {
        let seconds = Duration::from_secs;
        let look =
            |there, here, held_for| Look { fence: 9, there: at(there), here: at(here), held_for: seconds(held_for) };
        let earlier = EarlierRuns { fence: 7, ended_at: Some(at(1_000)) };
        for (look, sent_at, fence, expected) in [
            // Within this grant, our own clock alone.
            (look(5_000, 9_999, 30), 4_980, 9, 20),
            (look(9_000, 9_999, 30), 4_980, 9, 30),
            // Of an earlier run: both clocks agree.
            (look(5_000, 1_300, 10), 4_700, 7, 300),
            // The accounting side's clock went an hour forward, or ours did, or one of them back.
            (look(8_900, 1_005, 3), 5_000, 7, 5),
            (look(5_005, 4_600, 3), 5_000, 7, 5),
            (look(2_000, 1_300, 10), 4_700, 7, 10),
            (look(5_000, 500, 10), 4_700, 7, 10),
            // Of an earlier grant of this very run: since this grant.
            (look(5_000, 1_300, 10), 4_700, 8, 10),
        ] {
            assert_eq!(look.age(at(sent_at), fence, earlier), seconds(expected), "{look:?} {sent_at} {fence}");
        }
    }
}
