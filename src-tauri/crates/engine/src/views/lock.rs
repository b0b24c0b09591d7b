//! Shows the holder of the lock to a person who was refused, or who waits.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::Actor;
use crate::ports::LockInfo;

/// The owner of the lock, as seen by the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Another user.
    Other,
    /// The same user, on another machine.
    MineElsewhere,
    /// The same user on the same machine, in another program.
    MineHere,
}

/// The holder of the lock, and what can be concluded from it. Ages are counted by the accounting side's clock, if it
/// gives one: the wall clocks of two machines are never compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LockFacts {
    /// The lock, as the accounting side shows it.
    #[serde(flatten)]
    pub lock: LockInfo,
    /// The owner of the lock.
    pub whose: Whose,
    /// Seconds since its holder was last heard from.
    pub silent_seconds: u64,
    /// True if it has been silent for so long that two renewals in a row are missing.
    pub looks_dead: bool,
    /// Seconds until it is free by itself, unless its holder is heard from again.
    pub free_in_seconds: u64,
    /// Seconds that its holder needs at the pace of this run so far; `None` before there is evidence.
    pub eta_seconds: Option<u64>,
}

/// The thirds of a lease's life that may pass without a renewal: a living holder renews at one third.
const SILENT_THIRDS: i64 = 2;

impl LockFacts {
    /// Returns the facts of a lock for `actor`, seen at `now` if the accounting side gave no time of its own.
    pub fn of(lock: LockInfo, actor: &Actor, now: DateTime<Utc>) -> Self {
        let now = lock.seen_at.unwrap_or(now);
        let seconds = |from: DateTime<Utc>, to: DateTime<Utc>| u64::try_from((to - from).num_seconds()).unwrap_or(0);
        let whose = match (lock.holder.user == actor.user, lock.holder.host == actor.host) {
            (true, true) => Whose::MineHere,
            (true, false) => Whose::MineElsewhere,
            (false, _) => Whose::Other,
        };
        let life = lock.expires_at - lock.renewed_at;
        let progress = lock.progress.filter(|progress| progress.processed > 0 && progress.total >= progress.processed);
        let eta_seconds = progress.map(|progress| {
            let (left, spent) = (progress.total - progress.processed, seconds(lock.acquired_at, lock.renewed_at));
            left.saturating_mul(spent.max(1)).div_ceil(progress.processed)
        });
        Self {
            whose,
            silent_seconds: seconds(lock.renewed_at, now),
            looks_dead: (now - lock.renewed_at) * 3 > life * i32::try_from(SILENT_THIRDS).unwrap_or(i32::MAX),
            free_in_seconds: seconds(now, lock.expires_at),
            eta_seconds,
            lock,
        }
    }

    /// Returns the holder's name: the one the accounting system gives, or the user id.
    pub fn holder_name(&self) -> &str {
        self.lock.holder.name.as_deref().unwrap_or(&self.lock.holder.user)
    }
}

/// A run that waits for somebody else's to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The holder of the lock; `None` if it is a program on this machine that the accounting side does not show.
    pub lock: Option<LockFacts>,
    /// The time when it gives up, by this machine's wall clock.
    pub until: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::RunId;
    use crate::ports::{LockHolder, LockProgress};

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn lock(renewed: u64, progress: Option<LockProgress>, seen: u64) -> LockInfo {
        let at = |seconds| START + Duration::from_secs(seconds);
        LockInfo {
            holder: LockHolder {
                user: "kari".into(),
                name: Some("Kari Nordmann".into()),
                host: "PC-12".into(),
                run_id: RunId::new("r"),
            },
            operation: "sync".into(),
            acquired_at: START,
            renewed_at: at(renewed),
            expires_at: at(renewed + 60),
            progress,
            seen_at: Some(at(seen)),
        }
    }

    fn facts(lock: LockInfo, user: &str, host: &str) -> LockFacts {
        // This machine's clock is wrong by hours, and nobody is misled.
        LockFacts::of(lock, &Actor { user: user.into(), host: host.into() }, START + Duration::from_secs(99_999))
    }

    #[test]
    fn facts_say_whose_the_lock_is() {
        assert_eq!(facts(lock(0, None, 1), "ola", "PC-12").whose, Whose::Other);
        assert_eq!(facts(lock(0, None, 1), "kari", "PC-13").whose, Whose::MineElsewhere);
        assert_eq!(facts(lock(0, None, 1), "kari", "PC-12").whose, Whose::MineHere);
    }

    #[test]
    fn holder_looks_dead_after_two_missing_renewals() {
        let heard = facts(lock(100, None, 140), "ola", "x");
        assert!(!heard.looks_dead);
        assert_eq!((heard.silent_seconds, heard.free_in_seconds), (40, 20));
        assert!(facts(lock(100, None, 141), "ola", "x").looks_dead);
        assert_eq!(facts(lock(100, None, 500), "ola", "x").free_in_seconds, 0);
    }

    #[test]
    fn estimate_comes_from_the_holders_own_pace() {
        let half_way = LockProgress { processed: 100, total: 300 };
        assert_eq!(facts(lock(50, Some(half_way), 60), "ola", "x").eta_seconds, Some(100));
        assert_eq!(facts(lock(50, Some(LockProgress::default()), 60), "ola", "x").eta_seconds, None);
        let absurd = LockProgress { processed: 1, total: u64::MAX };
        assert_eq!(facts(lock(50, Some(absurd), 60), "ola", "x").eta_seconds, Some(u64::MAX));
    }
}
