//! Carries the accounting side, and the holder of its lock.

use postonce_engine::{domain, ports, views};
use serde::Serialize;
use specta::Type;

use super::{count, mirrored, moment};

mirrored! {
    /// The strength of the accounting side's protection against a second voucher.
    Protection of domain::Protection { Enforced, Fenced, Staged, Observed, }
}

/// The accounting system, as it presents itself.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Connection {
    address: String,
    organisation_id: String,
    organisation_name: String,
    user_id: String,
    user_name: String,
    protection: Protection,
    /// The time that a sync first waits, at least, when somebody else has synced since.
    waits_after_others_seconds: u32,
    /// True: the books keep how references begin, so that another workspace with another short name is noticed.
    keeps_references: bool,
}

impl From<ports::Connection> for Connection {
    fn from(connection: ports::Connection) -> Self {
        Self {
            address: connection.address,
            organisation_id: connection.organisation_id,
            organisation_name: connection.organisation_name,
            user_id: connection.user_id,
            user_name: connection.user_name,
            protection: connection.capabilities.protection.into(),
            waits_after_others_seconds: count(
                u64::try_from(connection.capabilities.waits_after_others().as_millis().div_ceil(1_000))
                    .unwrap_or(u64::MAX),
            ),
            keeps_references: connection.keeps_scheme,
        }
    }
}

mirrored! {
    /// The owner of the lock, seen from this program.
    Whose of views::Whose { Other, MineElsewhere, MineHere, }
}

/// The lock: its holder, its start and its progress. Ages are counted from the accounting side's clock.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Lock {
    user: String,
    host: String,
    /// `sync`, `re-export`, `compare`, `rebuild`, `resolve`.
    operation: String,
    acquired_at: String,
    silent_seconds: u32,
    /// Two renewals in a row are missing.
    looks_dead: bool,
    /// The time until the lock is free by itself, unless its holder is heard from again.
    free_in_seconds: u32,
    processed: Option<u32>,
    total: Option<u32>,
    eta_seconds: Option<u32>,
    whose: Whose,
}

impl From<views::LockFacts> for Lock {
    fn from(facts: views::LockFacts) -> Self {
        let user = facts.holder_name().to_owned();
        let views::LockFacts { lock, whose, silent_seconds, looks_dead, free_in_seconds, eta_seconds } = facts;
        Self {
            user,
            host: lock.holder.host,
            operation: lock.operation,
            acquired_at: moment(lock.acquired_at),
            silent_seconds: count(silent_seconds),
            looks_dead,
            free_in_seconds: count(free_in_seconds),
            processed: lock.progress.map(|progress| count(progress.processed)),
            total: lock.progress.map(|progress| count(progress.total)),
            eta_seconds: eta_seconds.map(count),
            whose: whose.into(),
        }
    }
}

/// A run that waits for somebody else's to end.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Waiting {
    /// The lock; `null` when its holder is a program on this machine that the accounting side does not show.
    lock: Option<Lock>,
    /// The time at which it gives up.
    until: String,
}

impl From<views::Waiting> for Waiting {
    fn from(waiting: views::Waiting) -> Self {
        Self { lock: waiting.lock.map(Lock::from), until: moment(waiting.until) }
    }
}
