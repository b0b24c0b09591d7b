//! Defines time and ids, as the engine is given them.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Time, as the engine sees it.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Returns the time of the wall clock, for people. Two machines' wall clocks are never compared.
    fn now(&self) -> DateTime<Utc>;

    /// Returns the time since some fixed moment, on a clock that goes on while the machine sleeps.
    fn elapsed(&self) -> Duration;

    /// Waits that long.
    async fn sleep(&self, duration: Duration);
}

/// Fresh ids.
pub trait IdSource: Send + Sync {
    /// Returns an id that nobody had before, sortable by time.
    fn fresh(&self) -> String;
}
