//! Keeps the export lock. A grant is alive until it is released, broken, or taken over after its expiry; only the
//! newest grant can be alive, so "alive" and "carries the newest fence" are one.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Failure, record};
use crate::access::Caller;
use crate::clock::Instant;
use crate::problem::{Kind, Problem};

/// The longest wait that a client is asked for before it tries again for a lock that somebody holds.
const RETRY_AFTER_SECONDS_MAX: i64 = 5;

/// A request for the lock: its holder, purpose and length.
pub(crate) struct Acquire {
    pub(crate) holder: Holder,
    pub(crate) operation: String,
    pub(crate) ttl_seconds: i64,
    /// The longest time that this server grants, whatever is asked for.
    pub(crate) ttl_seconds_max: i64,
    /// True: the answer names the runs that may not know of their end.
    pub(crate) says_who_is_unaware: bool,
}

/// The holder as the client named it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Holder {
    pub(crate) user: String,
    pub(crate) host: String,
    pub(crate) run_id: String,
    /// The name of the authenticated user, as the server knows it.
    #[serde(skip_deserializing, default)]
    pub(crate) name: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub(crate) processed: i64,
    pub(crate) total: i64,
}

/// The answer to the client that got the lock.
#[derive(Debug, Serialize)]
pub(crate) struct Grant {
    token: String,
    fence: i64,
    acquired_at: Instant,
    expires_at: Instant,
    /// The runs whose grants were broken or ran out so short a time ago that they may not know; `None`: the server does
    /// not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    unaware: Option<Vec<Unaware>>,
}

/// A run whose grant ended without its word.
#[derive(Debug, Serialize)]
struct Unaware {
    run_id: String,
    ttl_seconds: i64,
}

/// The lock as everybody may see it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LockView {
    holder: Holder,
    operation: String,
    fence: i64,
    acquired_at: Instant,
    renewed_at: Instant,
    expires_at: Instant,
    progress: Option<Progress>,
    /// This server's time, from which the clients count ages.
    now: Instant,
}

/// The answer to the client that broke the lock.
#[derive(Debug, Serialize)]
pub(crate) struct Broken {
    lock: LockView,
    reason: String,
    broken_at: Instant,
    broken_by: String,
}

/// Grants the lock when nobody holds it, or its holder let it expire; `423` otherwise.
pub(crate) fn acquire(tx: &Transaction<'_>, now: Instant, caller: Caller, wish: &Acquire) -> Result<Grant, Failure> {
    if let Some((_, held)) = live_grant(tx, now)? {
        if held.expires_at > now {
            let wait = ((held.expires_at.0 - now.0 + 999) / 1000).clamp(1, RETRY_AFTER_SECONDS_MAX);
            let detail = format!("{} on {} holds the export lock.", held.holder.user, held.holder.host);
            let problem = Problem::new(Kind::Locked, detail).with("lock", &held);
            return Err(problem.retry_after(wait.unsigned_abs()).into());
        }
        end(tx, held.fence, now, "taken over", None)?;
        record(tx, now, "lock_expired", Some(held.fence), caller, &holder_detail(&held.holder))?;
    }
    let unaware = if wish.says_who_is_unaware { Some(unaware(tx, now)?) } else { None };
    let token = new_token();
    let ttl_seconds = wish.ttl_seconds.min(wish.ttl_seconds_max);
    let expires_at = now.plus_seconds(ttl_seconds);
    tx.prepare_cached(include_str!("sql/insert_grant.sql"))?.execute(named_params! {
        ":token": token, ":user_name": caller.name, ":holder_user": wish.holder.user, ":holder_host": wish.holder.host,
        ":holder_run_id": wish.holder.run_id, ":operation": wish.operation, ":now": now.0, ":expires_at": expires_at.0,
    })?;
    let fence = tx.last_insert_rowid();
    let mut detail = holder_detail(&wish.holder);
    detail["expires_at"] = expires_at.rfc3339().into();
    record(tx, now, "lock_granted", Some(fence), caller, &detail)?;
    Ok(Grant { token, fence, acquired_at: now, expires_at, unaware })
}

fn unaware(tx: &Transaction<'_>, now: Instant) -> rusqlite::Result<Vec<Unaware>> {
    let mut statement = tx.prepare_cached(include_str!("sql/select_unaware.sql"))?;
    let unaware = statement.query_map(named_params! {":now": now.0}, |row| {
        let ttl_ms: i64 = row.get(1)?;
        Ok(Unaware { run_id: row.get(0)?, ttl_seconds: (ttl_ms + 999) / 1000 })
    })?;
    unaware.collect()
}

/// Renews a living grant, even one that has expired while nobody took it over.
pub(crate) fn renew(
    tx: &Transaction<'_>,
    now: Instant,
    caller: Caller,
    token: &str,
    ttl_seconds: i64,
    progress: Option<Progress>,
) -> Result<LockView, Failure> {
    let held = held_by(tx, now, token)?;
    let expires_at = now.plus_seconds(ttl_seconds);
    tx.prepare_cached(include_str!("sql/renew_grant.sql"))?.execute(named_params! {
        ":token": token, ":now": now.0, ":expires_at": expires_at.0,
        ":processed": progress.map(|progress| progress.processed), ":total": progress.map(|progress| progress.total),
    })?;
    let detail = serde_json::json!({"expires_at": expires_at, "progress": progress.or(held.progress)});
    record(tx, now, "lock_renewed", Some(held.fence), caller, &detail)?;
    Ok(LockView { renewed_at: now, expires_at, progress: progress.or(held.progress), ..held })
}

/// Returns the lock, unless nobody holds it or its holder let it expire.
pub(crate) fn view(connection: &Connection, now: Instant) -> Result<Option<LockView>, Failure> {
    Ok(live_grant(connection, now)?.map(|(_, held)| held).filter(|held| held.expires_at > now))
}

/// Gives the lock back.
pub(crate) fn release(tx: &Transaction<'_>, now: Instant, caller: Caller, token: &str) -> Result<(), Failure> {
    let held = held_by(tx, now, token)?;
    end(tx, held.fence, now, "released", None)?;
    record(tx, now, "lock_released", Some(held.fence), caller, &holder_detail(&held.holder))
}

/// Takes the lock from its holder; `404` when nobody has it.
pub(crate) fn break_lock(
    tx: &Transaction<'_>,
    now: Instant,
    caller: Caller,
    reason: &str,
    run_id: Option<&str>,
) -> Result<Broken, Failure> {
    let Some((_, held)) = live_grant(tx, now)? else {
        return Err(Problem::new(Kind::NotFound, "Nobody holds the export lock.").into());
    };
    if run_id.is_some_and(|run_id| run_id != held.holder.run_id) {
        return Err(Problem::new(Kind::NotFound, "That run does not hold the export lock.").into());
    }
    end(tx, held.fence, now, "broken", Some(reason))?;
    let mut detail = holder_detail(&held.holder);
    detail["reason"] = reason.into();
    record(tx, now, "lock_broken", Some(held.fence), caller, &detail)?;
    Ok(Broken { lock: held, reason: reason.to_owned(), broken_at: now, broken_by: caller.id.to_owned() })
}

#[expect(clippy::disallowed_methods, reason = "nobody replays a token: it is random on purpose")]
fn new_token() -> String {
    format!("lock-{}", Uuid::now_v7())
}

fn held_by(tx: &Transaction<'_>, now: Instant, token: &str) -> Result<LockView, Failure> {
    match live_grant(tx, now)? {
        Some((living, held)) if living == token => Ok(held),
        _ => {
            Err(Problem::new(Kind::LockLost, "This lock was released, broken, or taken over after its expiry.").into())
        }
    }
}

fn live_grant(connection: &Connection, now: Instant) -> rusqlite::Result<Option<(String, LockView)>> {
    let mut statement = connection.prepare_cached(include_str!("sql/select_live_grant.sql"))?;
    statement.query_row([], |row| read_grant(row, now)).optional()
}

fn read_grant(row: &Row<'_>, now: Instant) -> rusqlite::Result<(String, LockView)> {
    let progress = match (row.get(10)?, row.get(11)?) {
        (Some(processed), Some(total)) => Some(Progress { processed, total }),
        _ => None,
    };
    let view = LockView {
        fence: row.get(0)?,
        holder: Holder { name: row.get(2)?, user: row.get(3)?, host: row.get(4)?, run_id: row.get(5)? },
        operation: row.get(6)?,
        acquired_at: Instant(row.get(7)?),
        renewed_at: Instant(row.get(8)?),
        expires_at: Instant(row.get(9)?),
        progress,
        now,
    };
    Ok((row.get(1)?, view))
}

fn end(tx: &Transaction<'_>, fence: i64, now: Instant, by: &str, reason: Option<&str>) -> rusqlite::Result<()> {
    let mut statement = tx.prepare_cached(include_str!("sql/end_grant.sql"))?;
    statement
        .execute(named_params! {":fence": fence, ":now": now.0, ":ended_by": by, ":break_reason": reason})
        .map(drop)
}

fn holder_detail(holder: &Holder) -> serde_json::Value {
    serde_json::json!({"user": holder.user, "host": holder.host, "run_id": holder.run_id})
}
