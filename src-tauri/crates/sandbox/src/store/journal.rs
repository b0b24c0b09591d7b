//! Records events in the order in which they took effect: with it a test can see that at each instant at most one
//! sends.

use rusqlite::{Connection, Transaction, named_params};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Failure;
use crate::access::Caller;
use crate::clock::Instant;

/// One event.
#[derive(Debug, Serialize)]
pub(crate) struct JournalEntry {
    pub(crate) seq: i64,
    at: Instant,
    event: String,
    /// The fence of the lock or of the token that came with the write; none when that token was unknown.
    fence: Option<i64>,
    caller: String,
    detail: Box<RawValue>,
}

/// Writes one event, in the transaction of the act itself.
pub(crate) fn record(
    tx: &Transaction<'_>,
    at: Instant,
    event: &str,
    fence: Option<i64>,
    caller: Caller,
    detail: &Value,
) -> Result<(), Failure> {
    const INSERT: &str = "INSERT INTO journal (at, event, fence, caller, detail)
        VALUES (:at, :event, :fence, :caller, :detail)";
    tx.prepare_cached(INSERT)?.execute(named_params! {
        ":at": at.0, ":event": event, ":fence": fence, ":caller": caller.id, ":detail": detail.to_string(),
    })?;
    Ok(())
}

/// Returns the events after the one numbered `after`, oldest first.
pub(crate) fn read_journal(connection: &Connection, after: i64, limit: i64) -> Result<Vec<JournalEntry>, Failure> {
    const SELECT: &str = "SELECT seq, at, event, fence, caller, detail FROM journal
        WHERE seq > :after ORDER BY seq LIMIT :limit";
    let mut statement = connection.prepare_cached(SELECT)?;
    let rows = statement.query_map(named_params! {":after": after, ":limit": limit}, |row| {
        Ok(JournalEntry {
            seq: row.get(0)?,
            at: Instant(row.get(1)?),
            event: row.get(2)?,
            fence: row.get(3)?,
            caller: row.get(4)?,
            detail: RawValue::from_string(row.get(5)?).expect("only JSON was ever written there"),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
