//! Keeps the newest audit head of each ledger, which only ever moves forward, and every one before it.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};
use serde::{Deserialize, Serialize};

use super::writes::{fence_of, require_fence};
use super::{Failure, record};
use crate::access::Caller;
use crate::clock::Instant;
use crate::faults::Switches;
use crate::problem::{Kind, Problem};

/// A head as it is sent.
#[derive(Debug, Deserialize)]
pub(crate) struct NewWitness {
    pub(crate) entries: i64,
    pub(crate) head: String,
    /// The signature of the ledger's owner over the head, and the key behind it. The server keeps them and does not
    /// check them.
    pub(crate) signature: Option<String>,
    pub(crate) public_key: Option<String>,
    pub(crate) written_by: WrittenBy,
}

/// A head as it is stored.
#[derive(Debug, Serialize)]
pub(crate) struct Witness {
    ledger_id: String,
    entries: i64,
    head: String,
    signature: Option<String>,
    public_key: Option<String>,
    written_by: WrittenBy,
    written_at: Instant,
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
    new: &NewWitness,
) -> Result<(), Failure> {
    require_fence(tx, token, switches)?;
    if let Some(kept) = witness(tx, ledger_id)?
        && (new.entries < kept.entries || (new.entries == kept.entries && new.head != kept.head))
    {
        let detail = format!("The stored head stands at {} entries.", kept.entries);
        return Err(Problem::new(Kind::WitnessAhead, detail).with("witness", &kept).into());
    }
    for sql in [include_str!("sql/upsert_witness.sql"), include_str!("sql/append_witness.sql")] {
        tx.prepare_cached(sql)?.execute(named_params! {
            ":ledger_id": ledger_id, ":entries": new.entries, ":head": new.head,
            ":signature": new.signature, ":public_key": new.public_key,
            ":user": new.written_by.user, ":host": new.written_by.host, ":now": now.0,
        })?;
    }
    let detail = serde_json::json!({"ledger_id": ledger_id, "entries": new.entries});
    record(tx, now, "witness_written", fence_of(tx, token)?.map(|(fence, _)| fence), caller, &detail)
}

/// Returns the newest head of one ledger.
pub(crate) fn witness(connection: &Connection, ledger_id: &str) -> Result<Option<Witness>, Failure> {
    const SELECT: &str = concat!(include_str!("sql/select_witnesses.sql"), " WHERE ledger_id = :ledger_id");
    let mut statement = connection.prepare_cached(SELECT)?;
    Ok(statement.query_row(named_params! {":ledger_id": ledger_id}, read_witness).optional()?)
}

/// Returns the newest head of every ledger.
pub(crate) fn witnesses(connection: &Connection) -> Result<Vec<Witness>, Failure> {
    const SELECT: &str = concat!(include_str!("sql/select_witnesses.sql"), " ORDER BY ledger_id");
    let mut statement = connection.prepare_cached(SELECT)?;
    let rows = statement.query_map([], read_witness)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Returns the heads that were ever written of a ledger, oldest first, behind `after`; and the place of the last one
/// when there are more.
pub(crate) fn witness_history(
    connection: &Connection,
    ledger_id: &str,
    after: i64,
    limit: usize,
) -> Result<(Vec<Witness>, Option<i64>), Failure> {
    let mut statement = connection.prepare_cached(include_str!("sql/select_witness_history.sql"))?;
    let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let parameters = named_params! {":ledger_id": ledger_id, ":after": after, ":limit": one_more};
    let rows = statement.query_map(parameters, |row| Ok((read_witness(row)?, row.get::<_, i64>(8)?)))?;
    let mut found: Vec<(Witness, i64)> = rows.collect::<rusqlite::Result<_>>()?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| has_more).map(|(_, seq)| *seq);
    Ok((found.into_iter().map(|(witness, _)| witness).collect(), next))
}

/// Removes the heads of a ledger, which no client can do; false when there is none.
pub(crate) fn forget_witness(tx: &Transaction<'_>, ledger_id: &str) -> Result<bool, Failure> {
    tx.prepare_cached("DELETE FROM witness_history WHERE ledger_id = :ledger_id")?
        .execute(named_params! {":ledger_id": ledger_id})?;
    let mut statement = tx.prepare_cached("DELETE FROM witnesses WHERE ledger_id = :ledger_id")?;
    Ok(statement.execute(named_params! {":ledger_id": ledger_id})? == 1)
}

fn read_witness(row: &Row<'_>) -> rusqlite::Result<Witness> {
    Ok(Witness {
        ledger_id: row.get(0)?,
        entries: row.get(1)?,
        head: row.get(2)?,
        signature: row.get(3)?,
        public_key: row.get(4)?,
        written_by: WrittenBy { user: row.get(5)?, host: row.get(6)? },
        written_at: Instant(row.get(7)?),
    })
}
