//! Keeps labels: a text under a code that is unique. They are all that a server without an export lock offers to build
//! one on.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};
use serde::Serialize;
use serde_json::json;

use super::{Failure, record};
use crate::access::Caller;
use crate::clock::Instant;
use crate::problem::{Kind, Problem};

/// A label as everybody may see it.
#[derive(Debug, Serialize)]
pub(crate) struct Label {
    id: String,
    code: String,
    text: String,
    written_at: Instant,
}

/// Makes a label; `409` when there is one with its code.
pub(crate) fn create_label(
    tx: &Transaction<'_>,
    now: Instant,
    caller: Caller,
    code: &str,
    text: &str,
) -> Result<Label, Failure> {
    const INSERT: &str = "INSERT INTO labels (code, text, written_at) VALUES (:code, :text, :now)";
    if label(tx, code)?.is_some() {
        return Err(Problem::new(Kind::LabelExists, format!("There is a label {code} already.")).into());
    }
    tx.prepare_cached(INSERT)?.execute(named_params! {":code": code, ":text": text, ":now": now.0})?;
    let id = id_of(tx.last_insert_rowid());
    journal(
        tx,
        now,
        "label_created",
        caller,
        Label { id, code: code.to_owned(), text: text.to_owned(), written_at: now },
    )
}

/// Gives a label another text; `404` when it is gone.
pub(crate) fn update_label(
    tx: &Transaction<'_>,
    now: Instant,
    caller: Caller,
    id: &str,
    text: &str,
) -> Result<Label, Failure> {
    const UPDATE: &str = "UPDATE labels SET text = :text, written_at = :now WHERE seq = :seq";
    let known = known(tx, id)?;
    tx.prepare_cached(UPDATE)?.execute(named_params! {":seq": seq_of(id), ":text": text, ":now": now.0})?;
    journal(tx, now, "label_updated", caller, Label { text: text.to_owned(), written_at: now, ..known })
}

/// Removes a label; `404` when it is gone already.
pub(crate) fn delete_label(tx: &Transaction<'_>, now: Instant, caller: Caller, id: &str) -> Result<(), Failure> {
    let known = known(tx, id)?;
    tx.prepare_cached("DELETE FROM labels WHERE seq = :seq")?.execute(named_params! {":seq": seq_of(id)})?;
    journal(tx, now, "label_deleted", caller, known).map(drop)
}

/// Returns the label with this code.
pub(crate) fn label(connection: &Connection, code: &str) -> Result<Option<Label>, Failure> {
    const SELECT: &str = "SELECT seq, code, text, written_at FROM labels WHERE code = :code";
    Ok(connection.prepare_cached(SELECT)?.query_row(named_params! {":code": code}, read_label).optional()?)
}

fn known(connection: &Connection, id: &str) -> Result<Label, Failure> {
    const SELECT: &str = "SELECT seq, code, text, written_at FROM labels WHERE seq = :seq";
    let mut statement = connection.prepare_cached(SELECT)?;
    let found = statement.query_row(named_params! {":seq": seq_of(id)}, read_label).optional()?;
    found.ok_or_else(|| Problem::new(Kind::LabelUnknown, format!("There is no label {id}, or no longer.")).into())
}

/// Writes the event of a label to the journal: with it a test can see who held what at each instant.
fn journal(
    tx: &Transaction<'_>,
    now: Instant,
    event: &'static str,
    caller: Caller,
    label: Label,
) -> Result<Label, Failure> {
    let detail = json!({"label_id": label.id, "code": label.code, "text": label.text});
    record(tx, now, event, None, caller, &detail)?;
    Ok(label)
}

fn read_label(row: &Row<'_>) -> rusqlite::Result<Label> {
    Ok(Label { id: id_of(row.get(0)?), code: row.get(1)?, text: row.get(2)?, written_at: Instant(row.get(3)?) })
}

fn id_of(seq: i64) -> String {
    format!("L-{seq}")
}

/// Returns the number of an id; `None` when it was never one of the store's ids.
fn seq_of(id: &str) -> Option<i64> {
    id.strip_prefix("L-")?.parse().ok()
}
