//! Keeps the one time of the world: virtual, begins at zero, jumps ahead whenever nobody has anything left to do.
//!
//! It is tokio's paused clock: single-threaded, so the order in which things happen follows from the seed alone.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// The beginning of the world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeline {
    start: Instant,
}

impl Timeline {
    #[expect(
        clippy::disallowed_methods,
        reason = "tokio's paused clock is the virtual time that the machines' clocks are made of"
    )]
    pub(crate) fn begin() -> Self {
        Self { start: Instant::now() }
    }

    /// Returns the time since the beginning.
    #[expect(
        clippy::disallowed_methods,
        reason = "tokio's paused clock is the virtual time that the machines' clocks are made of"
    )]
    pub(crate) fn now(self) -> Duration {
        Instant::now().duration_since(self.start)
    }

    pub(crate) async fn pass(self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    pub(crate) async fn reach(self, moment: Duration) {
        tokio::time::sleep_until(self.start + moment).await;
    }
}

/// Returns the accounting side's calendar at that time of the world.
pub(crate) fn calendar(moment: Duration) -> DateTime<Utc> {
    let start = DateTime::from_timestamp(1_795_000_000, 0).unwrap_or_default();
    start + TimeDelta::from_std(moment).unwrap_or_default()
}
