//! Keeps the vouchers themselves.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};
use serde::Serialize;
use serde_json::value::RawValue;

use super::Failure;
use crate::clock::Instant;
use crate::money;

/// The number from which ids and numbers of vouchers count, so that they look like those of a system in use.
const ID_BASE: i64 = 90_000;
const NUMBER_BASE: i64 = 10_000;

/// A voucher that passed every check.
pub(crate) struct NewVoucher {
    pub(crate) reference: String,
    /// SHA-256 over everything but the reference.
    pub(crate) content_hash: [u8; 32],
    pub(crate) date: String,
    pub(crate) currency: String,
    pub(crate) text: String,
    /// The lines as JSON.
    pub(crate) lines: String,
    pub(crate) total_minor: i64,
    /// The voucher this one reverses, and why.
    pub(crate) reverses: Option<(i64, String)>,
}

/// The acknowledgement: the id and number of a voucher in these books.
#[derive(Debug, Clone)]
pub(crate) struct Receipt {
    pub(crate) voucher_id: String,
    pub(crate) number: String,
    pub(crate) content_hash: Vec<u8>,
    pub(crate) state: String,
}

/// A voucher with everything that is known of it.
#[derive(Debug, Serialize)]
pub(crate) struct StoredVoucher {
    #[serde(skip)]
    pub(crate) seq: i64,
    pub(crate) reference: String,
    pub(crate) voucher_id: String,
    number: String,
    pub(crate) date: String,
    pub(crate) currency: String,
    pub(crate) text: String,
    pub(crate) lines: Box<RawValue>,
    total: String,
    #[serde(skip)]
    pub(crate) total_minor: i64,
    created_at: Instant,
    created_by: String,
    fence: i64,
    pub(crate) state: String,
    pub(crate) reverses: Option<String>,
    pub(crate) reversed_by: Option<String>,
}

/// Returns the number within `V-90211`, if it is one of the store's ids.
pub(crate) fn seq_of_id(voucher_id: &str) -> Option<i64> {
    let number: i64 = voucher_id.strip_prefix("V-")?.parse().ok()?;
    number.checked_sub(ID_BASE).filter(|seq| *seq > 0 && id_of(*seq) == voucher_id)
}

pub(super) fn id_of(seq: i64) -> String {
    format!("V-{}", ID_BASE + seq)
}

pub(super) fn number_of(seq: i64) -> String {
    (NUMBER_BASE + seq).to_string()
}

/// Returns the vouchers of a reference, voided ones included, oldest first.
pub(crate) fn receipts(tx: &Transaction<'_>, reference: &str) -> Result<Vec<Receipt>, Failure> {
    const SELECT: &str = "SELECT seq, content_hash, state FROM vouchers WHERE reference = :reference ORDER BY seq";
    let mut statement = tx.prepare_cached(SELECT)?;
    let rows = statement.query_map(named_params! {":reference": reference}, |row| {
        let seq = row.get(0)?;
        Ok(Receipt { voucher_id: id_of(seq), number: number_of(seq), content_hash: row.get(1)?, state: row.get(2)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Writes a voucher and returns its id and number.
pub(crate) fn insert(
    tx: &Transaction<'_>,
    now: Instant,
    fence: i64,
    created_by: &str,
    new: &NewVoucher,
) -> Result<(String, String), Failure> {
    tx.prepare_cached(include_str!("sql/insert_voucher.sql"))?.execute(named_params! {
        ":reference": new.reference, ":content_hash": new.content_hash.as_slice(), ":date": new.date,
        ":currency": new.currency, ":text": new.text, ":lines": new.lines, ":total_minor": new.total_minor,
        ":created_at": now.0, ":created_by": created_by, ":fence": fence,
        ":reverses": new.reverses.as_ref().map(|(seq, _)| *seq),
        ":reversal_reason": new.reverses.as_ref().map(|(_, reason)| reason.as_str()),
    })?;
    let seq = tx.last_insert_rowid();
    Ok((id_of(seq), number_of(seq)))
}

/// Returns one voucher with its lines.
pub(crate) fn voucher(connection: &Connection, seq: i64) -> Result<Option<StoredVoucher>, Failure> {
    let mut statement = connection.prepare_cached(include_str!("sql/select_voucher.sql"))?;
    let row = statement.query_row(named_params! {":seq": seq}, |row| {
        let currency: String = row.get(3)?;
        let total_minor = row.get(6)?;
        Ok(StoredVoucher {
            seq,
            reference: row.get(1)?,
            voucher_id: id_of(seq),
            number: number_of(seq),
            date: row.get(2)?,
            text: row.get(4)?,
            lines: RawValue::from_string(row.get(5)?).expect("only JSON was ever written there"),
            total: money::format(total_minor, money::exponent(&currency)),
            total_minor,
            currency,
            created_at: Instant(row.get(7)?),
            created_by: row.get(8)?,
            fence: row.get(9)?,
            state: row.get(10)?,
            reverses: row.get::<_, Option<i64>>(11)?.map(id_of),
            reversed_by: row.get::<_, Option<i64>>(12)?.map(id_of),
        })
    });
    Ok(row.optional()?)
}

/// Returns the vouchers of a reference, each with its lines, oldest first.
pub(crate) fn vouchers_of(connection: &Connection, reference: &str) -> Result<Vec<StoredVoucher>, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT seq FROM vouchers WHERE reference = :reference ORDER BY seq")?;
    let seqs = statement.query_map(named_params! {":reference": reference}, |row| row.get(0))?;
    let mut vouchers = Vec::new();
    for seq in seqs {
        vouchers.extend(voucher(connection, seq?)?);
    }
    Ok(vouchers)
}

/// Marks a voucher as voided; false when there is none.
pub(crate) fn void(tx: &Transaction<'_>, seq: i64) -> Result<bool, Failure> {
    let mut statement = tx.prepare_cached("UPDATE vouchers SET state = 'voided' WHERE seq = :seq")?;
    Ok(statement.execute(named_params! {":seq": seq})? == 1)
}

/// Removes a voucher as if it had never been, which no client can do: for tests of what a comparison finds.
pub(crate) fn forget(tx: &Transaction<'_>, seq: i64) -> Result<bool, Failure> {
    tx.prepare_cached("DELETE FROM attachments WHERE voucher = :seq")?.execute(named_params! {":seq": seq})?;
    let mut statement = tx.prepare_cached("DELETE FROM vouchers WHERE seq = :seq")?;
    Ok(statement.execute(named_params! {":seq": seq})? == 1)
}
