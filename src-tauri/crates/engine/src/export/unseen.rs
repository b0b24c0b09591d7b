//! Measures how long acknowledged vouchers are missing from look-ups, and holds that against the lag that is reckoned with.
//!
//! Invariant: a lag that was measured as longer than the one reckoned with ends the run, and is remembered: until more is
//! reckoned with, nothing is sent, and no absence is concluded from anything. A look-up that fails measures nothing.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::evidence::LookUpResult;
use crate::domain::{Capabilities, Reference};
use crate::error::Problem;
use crate::parts::Parts;
use crate::ports::Connection;

/// The number of vouchers that are watched at once; more would say the same.
const WATCHED_MAX: usize = 100;
/// The longest lag that a workspace may name: so much is remembered at most, so that there is a way on.
const LAG_MAX: Duration = Duration::from_secs(3_600);

/// A voucher that was acknowledged, and that the look-up behind its answer did not show.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Missing {
    reference: Reference,
    voucher_id: String,
    /// The time by which it was acknowledged, on the clock that nobody sets.
    since: Duration,
}

/// The acknowledged vouchers of a run that no look-up has shown yet.
#[derive(Debug, Default)]
pub(crate) struct Unseen(Mutex<Vec<Missing>>);

/// The vouchers that every look-up has to show by now, taken off the watch, and the time of the look.
#[derive(Debug)]
pub(crate) struct Due {
    missing: Vec<Missing>,
    at: Duration,
}

impl Unseen {
    /// Watches a voucher that was acknowledged by that time.
    pub(crate) fn watch(&self, reference: &Reference, voucher_id: &str, since: Duration) {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if watched.len() < WATCHED_MAX {
            watched.push(Missing { reference: reference.clone(), voucher_id: voucher_id.to_owned(), since });
        }
    }

    /// Takes those off the watch that a look-up which begins now has to show.
    pub(crate) fn due(&self, now: Duration, lag: Duration) -> Due {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (missing, young) = watched.drain(..).partition(|missing| now.saturating_sub(missing.since) >= lag);
        *watched = young;
        Due { missing, at: now }
    }

    /// Returns the time until the last of them has to be shown; `None` if none is watched.
    pub(crate) fn all_due_in(&self, now: Duration, lag: Duration) -> Option<Duration> {
        let watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watched.iter().map(|missing| (missing.since + lag).saturating_sub(now)).max()
    }
}

impl Due {
    pub(crate) fn references(&self) -> impl Iterator<Item = Reference> {
        self.missing.iter().map(|missing| missing.reference.clone())
    }

    /// Returns the problem if one of them is still missing from this look-up.
    pub(crate) fn disproof(&self, looked_up: &LookUpResult, lag: Duration) -> Option<Problem> {
        let missing = self.missing.iter().find(|missing| looked_up.vouchers(&missing.reference).is_empty())?;
        Some(longer(&missing.voucher_id, lag, self.at.saturating_sub(missing.since)))
    }
}

fn longer(voucher_id: &str, stated: Duration, measured: Duration) -> Problem {
    // The lag is at least as long as was measured, and longer than was stated.
    let measured = whole_seconds(measured).max(whole_seconds(stated) + 1).min(LAG_MAX.as_secs());
    Problem::search_lag_longer(voucher_id, whole_seconds(stated), measured)
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Stops before anything is sent or concluded, if a run of this ledger measured a longer lag than is reckoned with.
pub(crate) async fn check_lag(parts: &Parts, connection: &Connection) -> Result<(), Problem> {
    let Some(measured) = parts.ledger.read(|tx| tx.measured_lag()).await? else { return Ok(()) };
    if explains(&connection.capabilities, &measured) { Ok(()) } else { Err(measured) }
}

/// Says whether so much is reckoned with that what was measured was to be expected.
fn explains(capabilities: &Capabilities, measured: &Problem) -> bool {
    let seconds = measured.params.get("measured").and_then(|text| text.parse().ok());
    seconds.is_none_or(|seconds| capabilities.look_up_delay() >= Duration::from_secs(seconds))
}
