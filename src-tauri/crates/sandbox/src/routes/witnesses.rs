//! The newest audit head of each ledger.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::{header, json, parse, short_text};
use crate::access::Caller;
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::store::{self, Witness};

pub(crate) async fn write(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(ledger_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let token = header(&headers, "Lock-Token")?;
    let witness: Witness = parse(&body)?;
    short_text("ledger_id", &ledger_id)?;
    short_text("head", &witness.head)?;
    short_text("user", &witness.written_by.user)?;
    short_text("host", &witness.written_by.host)?;
    if witness.entries < 0 {
        return Err(Problem::new(Kind::Invalid, "'entries' is a whole number from 0."));
    }
    let now = app.clock.now();
    let switches = app.faults.switches();
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
