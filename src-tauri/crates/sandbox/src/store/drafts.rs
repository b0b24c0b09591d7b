//! Holds drafts: vouchers that are staged, and not in the books until one is committed by its own id.
//!
//! Invariant: a draft is open, or committed, or unknown; a committed one names its voucher for ever, and no id is given
//! a second time.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};
use serde::Serialize;
use serde_json::value::RawValue;

use super::vouchers::{NewVoucher, id_of, insert, number_of};
use super::{Failure, attachments};
use crate::clock::Instant;
use crate::money;

/// The number from which the ids of drafts count.
const ID_BASE: i64 = 40_000;

/// The state of an id among the drafts.
pub(crate) enum Draft {
    /// The draft can be committed or deleted.
    Open(NewVoucher),
    /// The draft was committed, and this is its voucher.
    Committed {
        reference: String,
        voucher_id: String,
        number: String,
        /// `None`: the voucher was made to disappear since.
        state: Option<String>,
    },
}

/// An open draft as look-ups show it.
#[derive(Debug, Serialize)]
pub(crate) struct StoredDraft {
    pub(crate) reference: String,
    pub(crate) draft_id: String,
    date: String,
    currency: String,
    total: String,
    created_at: Instant,
    fence: i64,
    text: String,
    lines: Box<RawValue>,
}

/// Returns the number within `D-40017`, if it is one of the store's ids.
pub(crate) fn draft_seq_of_id(draft_id: &str) -> Option<i64> {
    let number: i64 = draft_id.strip_prefix("D-")?.parse().ok()?;
    number.checked_sub(ID_BASE).filter(|seq| *seq > 0 && draft_id_of(*seq) == draft_id)
}

fn draft_id_of(seq: i64) -> String {
    format!("D-{}", ID_BASE + seq)
}

/// Stages a voucher and returns the id of the draft.
pub(crate) fn stage(
    tx: &Transaction<'_>,
    now: Instant,
    fence: i64,
    created_by: &str,
    new: &NewVoucher,
) -> Result<String, Failure> {
    tx.prepare_cached(include_str!("sql/insert_draft.sql"))?.execute(named_params! {
        ":reference": new.reference, ":content_hash": new.content_hash.as_slice(), ":date": new.date,
        ":currency": new.currency, ":text": new.text, ":lines": new.lines, ":total_minor": new.total_minor,
        ":created_at": now.0, ":created_by": created_by, ":fence": fence,
    })?;
    Ok(draft_id_of(tx.last_insert_rowid()))
}

/// Returns the draft of an id; `None` when there never was one, or it was deleted.
pub(crate) fn draft(tx: &Transaction<'_>, seq: i64) -> Result<Option<Draft>, Failure> {
    const SELECT: &str = "SELECT reference, content_hash, date, currency, text, lines, total_minor
        FROM drafts WHERE seq = :seq";
    let open = tx.prepare_cached(SELECT)?.query_row(named_params! {":seq": seq}, |row| {
        Ok(Draft::Open(NewVoucher {
            reference: row.get(0)?,
            content_hash: row.get(1)?,
            date: row.get(2)?,
            currency: row.get(3)?,
            text: row.get(4)?,
            lines: row.get(5)?,
            total_minor: row.get(6)?,
            reverses: None,
        }))
    });
    if let Some(open) = open.optional()? {
        return Ok(Some(open));
    }
    let mut statement = tx.prepare_cached(include_str!("sql/select_committed_draft.sql"))?;
    let committed = statement.query_row(named_params! {":seq": seq}, |row| {
        let voucher = row.get(1)?;
        let (voucher_id, number) = (id_of(voucher), number_of(voucher));
        Ok(Draft::Committed { reference: row.get(0)?, voucher_id, number, state: row.get(2)? })
    });
    Ok(committed.optional()?)
}

/// Makes the voucher of an open draft.
pub(crate) fn commit_draft(
    tx: &Transaction<'_>,
    now: Instant,
    fence: i64,
    created_by: &str,
    seq: i64,
    new: &NewVoucher,
) -> Result<(String, String), Failure> {
    const INSERT: &str = "INSERT INTO committed_drafts (seq, reference, voucher) VALUES (:seq, :reference, :voucher)";
    let (voucher_id, number) = insert(tx, now, fence, created_by, new)?;
    let voucher = tx.last_insert_rowid();
    tx.prepare_cached(INSERT)?.execute(named_params! {
        ":seq": seq, ":reference": new.reference, ":voucher": voucher,
    })?;
    attachments::pass_on(tx, seq, voucher)?;
    delete_draft(tx, seq)?;
    Ok((voucher_id, number))
}

/// Removes an open draft as if it had never been.
pub(crate) fn delete_draft(tx: &Transaction<'_>, seq: i64) -> Result<(), Failure> {
    attachments::remove_of_draft(tx, seq)?;
    tx.prepare_cached("DELETE FROM drafts WHERE seq = :seq")?.execute(named_params! {":seq": seq})?;
    Ok(())
}

/// Returns the open drafts of each of the references that were made until then.
pub(crate) fn find_drafts(
    connection: &Connection,
    references: &[String],
    until: Instant,
) -> Result<Vec<StoredDraft>, Failure> {
    let mut statement = connection.prepare_cached(include_str!("sql/select_drafts_by_reference.sql"))?;
    let mut found = Vec::new();
    for reference in references {
        let rows =
            statement.query_map(named_params! {":reference": reference, ":visible_until": until.0}, read_stored)?;
        for row in rows {
            found.push(row?);
        }
    }
    Ok(found)
}

/// Returns the open drafts after this one that were made until then, oldest first.
pub(crate) fn page_of_drafts(
    connection: &Connection,
    after: i64,
    until: Instant,
    limit: i64,
) -> Result<Vec<StoredDraft>, Failure> {
    let mut statement = connection.prepare_cached(include_str!("sql/select_draft_page.sql"))?;
    let rows = statement
        .query_map(named_params! {":after": after, ":visible_until": until.0, ":limit": limit}, read_stored)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Returns how many drafts are open.
pub(crate) fn open_drafts(connection: &Connection) -> Result<i64, Failure> {
    Ok(connection.prepare_cached("SELECT count(*) FROM drafts")?.query_row([], |row| row.get(0))?)
}

fn read_stored(row: &Row<'_>) -> rusqlite::Result<StoredDraft> {
    let currency: String = row.get(3)?;
    Ok(StoredDraft {
        draft_id: draft_id_of(row.get(0)?),
        reference: row.get(1)?,
        date: row.get(2)?,
        total: money::format(row.get(4)?, money::exponent(&currency)),
        currency,
        created_at: Instant(row.get(5)?),
        fence: row.get(6)?,
        text: row.get(7)?,
        lines: RawValue::from_string(row.get(8)?).expect("only JSON was ever written there"),
    })
}
