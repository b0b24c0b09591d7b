//! Carries into a ledger that is being rebuilt what the one before it knew of who a record is, and what people said
//! about that.
//!
//! Invariant: a ledger that cannot be read carries nothing, and stops nothing: to rebuild is the way out.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::ledger::file::connection::reader;
use crate::ledger::trail::noting::noting;
use crate::ledger::{LedgerError, LedgerTx};

/// A pin, as it stands in the older ledger: its topic, its value, and when it was pinned.
type PinRow = (String, String, String);

/// Copies pins that bind and answers from the ledger at `old` into the new one at `rebuilt`.
pub(in crate::ledger) fn carry(old: &Path, rebuilt: &Path) {
    if let Err(error) = try_carry(old, rebuilt) {
        tracing::info!(%error, "the ledger before this one says nothing of what it was pinned to");
    }
}

fn try_carry(old: &Path, rebuilt: &Path) -> Result<(), LedgerError> {
    let sqlite_error = |source| LedgerError::Sqlite { path: old.to_owned(), source };
    let from = reader(old)?;
    let pins = pins(&from).map_err(sqlite_error)?;
    let mut into = Connection::open(rebuilt).map_err(sqlite_error)?;
    // The rows are covered by the trail like any other.
    let coverage = noting(&mut into).map_err(sqlite_error)?;
    let transaction = into.transaction().map_err(sqlite_error)?;
    copy(&from, &transaction, &pins).map_err(sqlite_error)?;
    let tx = LedgerTx::new(&transaction, rebuilt, &coverage);
    tx.note_changes()?;
    transaction.commit().map_err(sqlite_error)
}

fn copy(from: &Connection, into: &Transaction<'_>, pins: &[PinRow]) -> rusqlite::Result<()> {
    for (topic, value, at) in pins {
        into.execute(
            "INSERT INTO pin (topic, value, pinned_at, carried) VALUES (?1, ?2, ?3, 1)",
            params![topic, value, at],
        )?;
    }
    if !has_table(from, "question")? {
        return Ok(());
    }
    let mut answers = from.prepare(
        "SELECT topic, about, asked_at, answered_at, reason, actor_user, actor_host FROM question
         WHERE answered_at IS NOT NULL",
    )?;
    let mut rows = answers.query([])?;
    while let Some(row) = rows.next()? {
        let texts = (0..7).map(|column| row.get::<_, Option<String>>(column));
        let texts = texts.collect::<rusqlite::Result<Vec<_>>>()?;
        into.execute(
            "INSERT INTO question (topic, about, asked_at, answered_at, reason, actor_user, actor_host)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            rusqlite::params_from_iter(texts),
        )?;
    }
    Ok(())
}

fn pins(from: &Connection) -> rusqlite::Result<Vec<PinRow>> {
    if !has_table(from, "attempt")? {
        return Ok(Vec::new());
    }
    let exported = "EXISTS (SELECT 1 FROM attempt WHERE state NOT IN ('refused', 'not_sent'))";
    if has_table(from, "pin")? {
        let mut newest = from.prepare(&format!(
            "SELECT topic, value, pinned_at FROM pin p
             WHERE pin_id = (SELECT max(pin_id) FROM pin WHERE topic = p.topic) AND (carried = 1 OR {exported})"
        ))?;
        return newest.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect();
    }
    // The ledger is older than its pins: its references say how they begin.
    let prefix = from.query_row(
        "SELECT json_quote(substr(reference, 1, instr(reference, ':') - 1)), claimed_at FROM attempt
         WHERE state NOT IN ('refused', 'not_sent') ORDER BY attempt_id DESC LIMIT 1",
        [],
        |row| Ok(("prefix".to_owned(), row.get(0)?, row.get(1)?)),
    );
    Ok(prefix.optional()?.into_iter().collect())
}

fn has_table(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let found =
        connection.query_row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1", [name], |_| Ok(()));
    Ok(found.optional()?.is_some())
}
