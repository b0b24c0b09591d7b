//! Answers the calls for the newest audit head of each ledger.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json as object;

use super::{bad_cursor, json, lock_token, page_limit, parse, query, short_text};
use crate::access::Caller;
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::store::{self, NewWitness};

/// The longest signature or public key, in bytes; those of Ed25519 have 88 and 44 in base64.
const SIGNATURE_BYTES_MAX: usize = 4096;

pub(crate) async fn write(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(ledger_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let switches = app.faults.switches();
    let token = lock_token(&headers, switches)?;
    let witness: NewWitness = parse(&body)?;
    short_text("ledger_id", &ledger_id)?;
    short_text("head", &witness.head)?;
    short_text("user", &witness.written_by.user)?;
    short_text("host", &witness.written_by.host)?;
    for (name, text) in [("signature", &witness.signature), ("public_key", &witness.public_key)] {
        if text.as_ref().is_some_and(|text| text.is_empty() || text.len() > SIGNATURE_BYTES_MAX) {
            let detail = format!("'{name}' is a text of 1 to {SIGNATURE_BYTES_MAX} bytes.");
            return Err(Problem::new(Kind::Invalid, detail));
        }
    }
    if witness.entries < 0 {
        return Err(Problem::new(Kind::Invalid, "'entries' is a whole number from 0."));
    }
    let now = app.clock.now();
    let written =
        app.store.write(move |tx| store::put_witness(tx, now, caller, &token, switches, &ledger_id, &witness));
    written.await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(crate) async fn show(State(app): State<Arc<App>>, Path(ledger_id): Path<String>) -> Result<Response, Problem> {
    match app.store.read(move |tx| store::witness(tx, &ledger_id)).await? {
        Some(witness) => Ok(json(StatusCode::OK, &witness)),
        None => Err(Problem::new(Kind::NotFound, "No witness was ever written for this ledger.")),
    }
}

#[derive(Deserialize)]
struct HistoryQuery {
    cursor: Option<String>,
    limit: Option<usize>,
}

pub(crate) async fn history(
    State(app): State<Arc<App>>,
    Path(ledger_id): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let HistoryQuery { cursor, limit } = query(&uri)?;
    let after = cursor.map_or(Ok(0), |cursor| cursor.parse()).map_err(|_| bad_cursor())?;
    let limit = page_limit(limit)?;
    let read = app.store.read(move |tx| store::witness_history(tx, &ledger_id, after, limit)).await?;
    let (witnesses, next) = read;
    Ok(json(StatusCode::OK, &object!({"witnesses": witnesses, "next_cursor": next.map(|next| next.to_string())})))
}

pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let witnesses = app.store.read(|tx| store::witnesses(tx)).await?;
    Ok(json(StatusCode::OK, &object!({"witnesses": witnesses})))
}
