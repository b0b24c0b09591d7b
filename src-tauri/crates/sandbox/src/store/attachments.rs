//! Keeps attachments: of a voucher, or of an open draft, whose voucher has them then.
//!
//! Invariant: there is one for each hash on a voucher or draft.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};
use serde::Serialize;

use super::Failure;
use super::vouchers::id_of;
use crate::clock::Instant;

/// The number from which the ids of attachments count.
const ID_BASE: i64 = 70_000;

/// The thing that an attachment hangs on, by its number.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bearer {
    Voucher(i64),
    Draft(i64),
}

/// An attachment to be made.
pub(crate) struct NewAttachment {
    pub(crate) sha256: String,
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
}

/// An attachment, as look-ups show it.
#[derive(Debug, Serialize)]
pub(crate) struct StoredAttachment {
    voucher_id: String,
    attachment_id: String,
    sha256: String,
    name: String,
    media_type: String,
    bytes: i64,
    created_at: Instant,
    created_by: String,
}

/// Makes an attachment, unless there is one of its hash. Returns its id, and whether it was made now.
pub(crate) fn attach(
    tx: &Transaction<'_>,
    now: Instant,
    created_by: &str,
    bearer: Bearer,
    new: &NewAttachment,
) -> Result<(String, bool), Failure> {
    const SELECT: &str = "SELECT seq FROM attachments
        WHERE sha256 = :sha256 AND (voucher = :voucher OR draft = :draft)";
    const INSERT: &str =
        "INSERT INTO attachments (voucher, draft, sha256, name, media_type, bytes, created_at, created_by)
        VALUES (:voucher, :draft, :sha256, :name, :type, :bytes, :now, :by)";
    let (voucher, draft) = match bearer {
        Bearer::Voucher(seq) => (Some(seq), None),
        Bearer::Draft(seq) => (None, Some(seq)),
    };
    let there: Option<i64> = tx
        .prepare_cached(SELECT)?
        .query_row(named_params! {":sha256": new.sha256, ":voucher": voucher, ":draft": draft}, |row| row.get(0))
        .optional()?;
    if let Some(seq) = there {
        return Ok((id(seq), false));
    }
    tx.prepare_cached(INSERT)?.execute(named_params! {
        ":voucher": voucher, ":draft": draft, ":sha256": new.sha256, ":name": new.name, ":type": new.media_type,
        ":bytes": new.bytes, ":now": now.0, ":by": created_by,
    })?;
    Ok((id(tx.last_insert_rowid()), true))
}

/// Gives the attachments of a draft to its voucher.
pub(super) fn pass_on(tx: &Transaction<'_>, draft: i64, voucher: i64) -> Result<(), Failure> {
    const UPDATE: &str = "UPDATE attachments SET voucher = :voucher, draft = NULL WHERE draft = :draft";
    tx.prepare_cached(UPDATE)?.execute(named_params! {":voucher": voucher, ":draft": draft})?;
    Ok(())
}

/// Removes the attachments of a draft that is removed.
pub(super) fn remove_of_draft(tx: &Transaction<'_>, draft: i64) -> Result<(), Failure> {
    tx.prepare_cached("DELETE FROM attachments WHERE draft = :draft")?.execute(named_params! {":draft": draft})?;
    Ok(())
}

/// Returns the attachments of a voucher, oldest first.
pub(crate) fn attachments_of(connection: &Connection, voucher: i64) -> Result<Vec<StoredAttachment>, Failure> {
    const SELECT: &str = "SELECT seq, voucher, sha256, name, media_type, length(bytes), created_at, created_by
        FROM attachments WHERE voucher = :voucher ORDER BY seq";
    let mut statement = connection.prepare_cached(SELECT)?;
    let rows = statement.query_map(named_params! {":voucher": voucher}, |row| {
        Ok(StoredAttachment {
            attachment_id: id(row.get(0)?),
            voucher_id: id_of(row.get(1)?),
            sha256: row.get(2)?,
            name: row.get(3)?,
            media_type: row.get(4)?,
            bytes: row.get(5)?,
            created_at: Instant(row.get(6)?),
            created_by: row.get(7)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn id(seq: i64) -> String {
    format!("A-{}", ID_BASE + seq)
}
