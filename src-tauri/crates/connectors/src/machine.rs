//! Reads the machine's own clock, makes ids, and says who is logged in.

use std::time::Duration;

use async_trait::async_trait;
use boot_time::Instant;
use chrono::{DateTime, Utc};
use postonce_engine::domain::Actor;
use postonce_engine::ports::{Clock, IdSource};
use uuid::Uuid;

/// Returns the user of the operating system and the name of the machine; `unknown` if the system does not say.
pub fn actor() -> Actor {
    let unknown = || "unknown".to_owned();
    Actor {
        user: whoami::username().unwrap_or_else(|_| unknown()),
        host: whoami::hostname().unwrap_or_else(|_| unknown()),
    }
}

/// Lets every file and folder that this process makes from now on be its user's alone: what people are paid back is
/// nobody else's business, and a report or a backup says it as well as the ledger does.
#[cfg(unix)]
pub fn keep_files_private() {
    use rustix::fs::Mode;
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Does nothing: on Windows a user's folders are their own.
#[cfg(not(unix))]
pub fn keep_files_private() {}

/// Tells the time by the clock of this machine; [`Clock::elapsed`] goes on while it sleeps.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Returns a clock that starts now.
    #[expect(clippy::disallowed_methods, reason = "this is the `Clock` that others take")]
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the `Clock` that others take")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Makes ids after RFC 9562, version 7: sortable by time, unique over machines.
#[derive(Debug, Clone, Copy, Default)]
pub struct UuidIds;

impl IdSource for UuidIds {
    #[expect(clippy::disallowed_methods, reason = "this is the `IdSource` that others take")]
    fn fresh(&self) -> String {
        Uuid::now_v7().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_in_order() {
        let ids: Vec<String> = (0..1_000).map(|_| UuidIds.fresh()).collect();
        assert!(ids.is_sorted_by(|left, right| left < right));
    }

    #[test]
    fn clock_does_not_go_back() {
        let clock = SystemClock::start();
        let before = clock.elapsed();
        assert!(clock.elapsed() >= before);
    }
}
