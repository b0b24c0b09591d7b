//! The newest audit head of each ledger. It only ever moves forward.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};
use serde::{Deserialize, Serialize};

use super::writes::{fence_of, require_fence};
use super::{Failure, record};
use crate::access::Caller;
use crate::clock::Instant;
use crate::faults::Switches;
use crate::problem::{Kind, Problem};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Witness {
    pub(crate) entries: i64,
    pub(crate) head: String,
    pub(crate) written_by: WrittenBy,
    #[serde(skip_deserializing, default)]
    pub(crate) written_at: Option<Instant>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WrittenBy {
    pub(crate) user: String,
    pub(crate) host: String,
}

/// Keeps a newer head; `409` with the stored one when it is not newer.
pub(crate) fn put_witness(
    tx: &Transaction<'_>,
    now: Instant,
    caller: Caller,
    token: &str,
    switches: Switches,
    ledger_id: &str,
    new: &Witness,
) -> Result<(), Failure> {
    require_fence(tx, token, switches)?;
    if let Some(kept) = witness(tx, ledger_id)?
        && (new.entries < kept.entries || (new.entries == kept.entries && new.head != kept.head))
    {
        let detail = format!("The stored head stands at {} entries.", kept.entries);
        return Err(Problem::new(Kind::WitnessAhead, detail).with("witness", &kept).into());
    }
    tx.prepare_cached(include_str!("sql/upsert_witness.sql"))?.execute(named_params! {
        ":ledger_id": ledger_id, ":entries": new.entries, ":head": new.head,
        ":user": new.written_by.user, ":host": new.written_by.host, ":now": now.0,
    })?;
    let detail = serde_json::json!({"ledger_id": ledger_id, "entries": new.entries});
    record(tx, now, "witness_written", fence_of(tx, token)?.map(|(fence, _)| fence), caller, &detail)
}

pub(crate) fn witness(connection: &Connection, ledger_id: &str) -> Result<Option<Witness>, Failure> {
    const SELECT: &str = "SELECT entries, head, written_by_user, written_by_host, written_at
        FROM witnesses WHERE ledger_id = :ledger_id";
    let mut statement = connection.prepare_cached(SELECT)?;
    let row = statement.query_row(named_params! {":ledger_id": ledger_id}, |row| {
        Ok(Witness {
            entries: row.get(0)?,
            head: row.get(1)?,
            written_by: WrittenBy { user: row.get(2)?, host: row.get(3)? },
            written_at: Some(Instant(row.get(4)?)),
        })
    });
    Ok(row.optional()?)
}
