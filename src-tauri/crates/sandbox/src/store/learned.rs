//! Keeps what the platform learned: the results of exports, and which expenses a run has locked.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};
use serde::{Deserialize, Serialize};

use super::Failure;
use crate::clock::Instant;

/// The result of an export, as it is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ExportedResult {
    pub(crate) id: String,
    pub(crate) generation: u32,
    pub(crate) reference: String,
    pub(crate) voucher_id: String,
    #[serde(default)]
    pub(crate) voucher_number: Option<String>,
    pub(crate) run_id: String,
    pub(crate) exported_at: String,
}

/// A result that was told, and how often.
#[derive(Debug, Serialize)]
pub(crate) struct ReceivedResult {
    #[serde(flatten)]
    result: ExportedResult,
    first_received_at: Instant,
    times: i64,
}

/// A lock on an expense.
#[derive(Debug, Serialize)]
pub(crate) struct ExpenseLock {
    id: String,
    run_id: String,
    locked_at: Instant,
    expires_at: Instant,
}

/// Keeps a result, once. It stands in the place of the lock. Returns false if it was known already.
pub(crate) fn take_result(tx: &Transaction<'_>, now: Instant, result: &ExportedResult) -> Result<bool, Failure> {
    const UPSERT: &str = "INSERT INTO told (record_id, generation, reference, voucher_id, voucher_number, run_id,
            exported_at, first_told_at, times)
        VALUES (:record, :generation, :reference, :voucher, :number, :run, :exported_at, :now, 1)
        ON CONFLICT (record_id, generation, voucher_id) DO UPDATE SET times = times + 1
        RETURNING times";
    let mut upsert = tx.prepare_cached(UPSERT)?;
    let times: i64 = upsert.query_row(
        named_params! {
            ":record": result.id, ":generation": result.generation, ":reference": result.reference,
            ":voucher": result.voucher_id, ":number": result.voucher_number, ":run": result.run_id,
            ":exported_at": result.exported_at, ":now": now.0,
        },
        |row| row.get(0),
    )?;
    tx.prepare_cached("DELETE FROM expense_lock WHERE record_id = :record")?
        .execute(named_params! {":record": result.id})?;
    Ok(times == 1)
}

/// Returns the results that were told, in the order in which they came.
pub(crate) fn received_results(connection: &Connection) -> Result<Vec<ReceivedResult>, Failure> {
    const SELECT: &str = "SELECT record_id, generation, reference, voucher_id, voucher_number, run_id, exported_at,
        first_told_at, times FROM told ORDER BY seq";
    let mut statement = connection.prepare_cached(SELECT)?;
    let rows = statement.query_map([], |row| {
        let result = ExportedResult {
            id: row.get(0)?,
            generation: row.get(1)?,
            reference: row.get(2)?,
            voucher_id: row.get(3)?,
            voucher_number: row.get(4)?,
            run_id: row.get(5)?,
            exported_at: row.get(6)?,
        };
        Ok(ReceivedResult { result, first_received_at: Instant(row.get(7)?), times: row.get(8)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Says whether a result was told for an expense.
pub(crate) fn is_exported(connection: &Connection, id: &str) -> Result<bool, Failure> {
    const SELECT: &str = "SELECT EXISTS (SELECT 1 FROM told WHERE record_id = :record)";
    Ok(connection.prepare_cached(SELECT)?.query_row(named_params! {":record": id}, |row| row.get(0))?)
}

/// Locks an expense for a run; a later run takes over the lock of an earlier one.
pub(crate) fn lock_expense(
    tx: &Transaction<'_>,
    now: Instant,
    expires_at: Instant,
    run_id: &str,
    id: &str,
) -> Result<(), Failure> {
    const UPSERT: &str = "INSERT INTO expense_lock (record_id, run_id, locked_at, expires_at)
        VALUES (:record, :run, :now, :expires)
        ON CONFLICT (record_id) DO UPDATE SET run_id = :run, locked_at = :now, expires_at = :expires";
    tx.prepare_cached(UPSERT)?.execute(named_params! {
        ":record": id, ":run": run_id, ":now": now.0, ":expires": expires_at.0,
    })?;
    Ok(())
}

/// Releases the lock that a run has on an expense, if it has one.
pub(crate) fn release_expense(tx: &Transaction<'_>, run_id: &str, id: &str) -> Result<bool, Failure> {
    const DELETE: &str = "DELETE FROM expense_lock WHERE record_id = :record AND run_id = :run";
    Ok(tx.prepare_cached(DELETE)?.execute(named_params! {":record": id, ":run": run_id})? > 0)
}

/// Returns the locks that have not expired.
pub(crate) fn expense_locks(connection: &Connection, now: Instant) -> Result<Vec<ExpenseLock>, Failure> {
    const SELECT: &str = "SELECT record_id, run_id, locked_at, expires_at FROM expense_lock
        WHERE expires_at > :now ORDER BY record_id";
    let mut statement = connection.prepare_cached(SELECT)?;
    let rows = statement.query_map(named_params! {":now": now.0}, read_lock)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Returns the lock of an expense, unless it has expired.
pub(crate) fn expense_lock(connection: &Connection, now: Instant, id: &str) -> Result<Option<ExpenseLock>, Failure> {
    const SELECT: &str = "SELECT record_id, run_id, locked_at, expires_at FROM expense_lock
        WHERE record_id = :record AND expires_at > :now";
    let mut statement = connection.prepare_cached(SELECT)?;
    Ok(statement.query_row(named_params! {":record": id, ":now": now.0}, read_lock).optional()?)
}

fn read_lock(row: &Row<'_>) -> rusqlite::Result<ExpenseLock> {
    Ok(ExpenseLock {
        id: row.get(0)?,
        run_id: row.get(1)?,
        locked_at: Instant(row.get(2)?),
        expires_at: Instant(row.get(3)?),
    })
}
