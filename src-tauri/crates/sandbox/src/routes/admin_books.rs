//! Answers the calls that change the books by hand, as a person may, or as a restored backup would. They are open to
//! this machine only.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json as object;
use serde_json::value::RawValue;

use super::voucher_body::check;
use super::{json, parse, query};
use crate::access::ACCOUNTANT;
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::store;

#[derive(Deserialize)]
struct OfReference {
    reference: String,
}

/// Shows all vouchers of a reference, each with its lines.
pub(crate) async fn vouchers(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let OfReference { reference } = query(&uri)?;
    let vouchers = app.store.read(move |tx| store::vouchers_of(tx, &reference)).await?;
    Ok(json(StatusCode::OK, &object!({"vouchers": vouchers})))
}

/// Writes a voucher by hand: without a lock, beside any other of its reference, in a closed period, too.
pub(crate) async fn write_voucher(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Problem> {
    let raw: Box<RawValue> = parse(&body)?;
    let chars_max = app.faults.switches().reference_max_length;
    let new = check(&raw, chars_max).map_err(|unfit| unfit.problem)?;
    let now = app.clock.now();
    let written = app.store.write(move |tx| {
        let (voucher_id, _) = store::insert(tx, now, 0, ACCOUNTANT.id, &new)?;
        let about = object!({"reference": new.reference, "voucher_id": voucher_id});
        store::record(tx, now, "voucher_by_hand", None, ACCOUNTANT, &about)?;
        store::voucher(tx, store::seq_of_id(&voucher_id).expect("it was made here"))
    });
    Ok(json(StatusCode::CREATED, &written.await?))
}

/// Shows one voucher with its lines.
pub(crate) async fn voucher(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let seq = known_id(&id)?;
    match app.store.read(move |tx| store::voucher(tx, seq)).await? {
        Some(voucher) => Ok(json(StatusCode::OK, &voucher)),
        None => Err(no_such_voucher(&id)),
    }
}

/// Voids a voucher without a counter-voucher, as an accountant may.
pub(crate) async fn void_voucher(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let seq = known_id(&id)?;
    if app.store.write(move |tx| store::void(tx, seq)).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(no_such_voucher(&id))
    }
}

/// Makes a voucher disappear, as a restored backup of the accounting system would.
pub(crate) async fn forget_voucher(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let seq = known_id(&id)?;
    if app.store.write(move |tx| store::forget(tx, seq)).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(no_such_voucher(&id))
    }
}

fn known_id(id: &str) -> Result<i64, Problem> {
    store::seq_of_id(id).ok_or_else(|| no_such_voucher(id))
}

fn no_such_voucher(id: &str) -> Problem {
    Problem::new(Kind::NotFound, format!("There is no voucher {id}."))
}

/// Makes the witness of a ledger disappear.
pub(crate) async fn forget_witness(
    State(app): State<Arc<App>>,
    Path(ledger_id): Path<String>,
) -> Result<StatusCode, Problem> {
    if app.store.write(move |tx| store::forget_witness(tx, &ledger_id)).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Kind::NotFound, "No witness was ever written for this ledger."))
    }
}
