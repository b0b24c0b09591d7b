//! Keeps idempotency keys: the first answer of each request, for as many hours as the server says, on its own clock.

use rusqlite::{OptionalExtension, Transaction, named_params};

use super::Failure;
use crate::clock::Instant;
use crate::problem::{Kind, Problem};

/// The idempotency key of a request.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) text: String,
    /// SHA-256 over path and body.
    pub(crate) request_hash: [u8; 32],
}

/// Returns the first answer of the request, when this key has one; `422` when it belongs to another request.
pub(super) fn first_answer(tx: &Transaction<'_>, now: Instant, key: &Key) -> Result<Option<String>, Failure> {
    tx.prepare_cached("DELETE FROM idempotency_keys WHERE expires_at <= :now")?
        .execute(named_params! {":now": now.0})?;
    let kept: Option<(Vec<u8>, String)> = tx
        .prepare_cached("SELECT request_hash, body FROM idempotency_keys WHERE key = :key")?
        .query_row(named_params! {":key": key.text}, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match kept {
        None => Ok(None),
        Some((hash, body)) if hash == key.request_hash => Ok(Some(body)),
        Some(_) => Err(Problem::new(Kind::KeyReused, "The key came first with another request.").into()),
    }
}

/// Keeps an answer. The life of a key is fixed here: a later setting does not change it.
pub(super) fn keep_answer(
    tx: &Transaction<'_>,
    now: Instant,
    hours: u16,
    key: &Key,
    body: &str,
) -> Result<(), Failure> {
    const INSERT: &str = "INSERT INTO idempotency_keys (key, request_hash, body, expires_at)
        VALUES (:key, :request_hash, :body, :expires_at)";
    tx.prepare_cached(INSERT)?.execute(named_params! {
        ":key": key.text, ":request_hash": key.request_hash.as_slice(), ":body": body,
        ":expires_at": now.plus_seconds(i64::from(hours) * 3600).0,
    })?;
    Ok(())
}
