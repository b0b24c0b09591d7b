//! Answers the calls for labels, on a server that has no export lock.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json as object;

use super::{json, parse, short_text};
use crate::access::Caller;
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::store;

/// The longest text of a label, in bytes.
const LABEL_BYTES_MAX: usize = 4096;

#[derive(Deserialize)]
struct CreateBody {
    code: String,
    text: String,
}

#[derive(Deserialize)]
struct UpdateBody {
    text: String,
}

/// Stands before the calls of this file: a server with a lock of its own has no such addresses.
pub(crate) async fn offered(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if app.faults.switches().export_lock {
        Problem::new(Kind::NotFound, "This server has an export lock, and keeps no labels.").into_response()
    } else {
        next.run(request).await
    }
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Problem> {
    let CreateBody { code, text } = parse(&body)?;
    short_text("code", &code)?;
    check_text(&text)?;
    let clock = app.clock.clone();
    let made = app.store.write(move |tx| store::create_label(tx, clock.now(), caller, &code, &text)).await?;
    Ok(json(StatusCode::CREATED, &made))
}

/// Shows a label with the server's time, so that a client can tell how old the label is without a clock of its own.
pub(crate) async fn show(State(app): State<Arc<App>>, Path(code): Path<String>) -> Result<Response, Problem> {
    let wanted = code.clone();
    let found = app.store.read(move |tx| store::label(tx, &wanted)).await?;
    let now = app.clock.now();
    let found = found.ok_or_else(|| Problem::new(Kind::LabelUnknown, format!("There is no label {code}.")))?;
    let mut answer = object!(found);
    answer["now"] = now.rfc3339().into();
    Ok(json(StatusCode::OK, &answer))
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let UpdateBody { text } = parse(&body)?;
    check_text(&text)?;
    let clock = app.clock.clone();
    let updated = app.store.write(move |tx| store::update_label(tx, clock.now(), caller, &id, &text)).await?;
    Ok(json(StatusCode::OK, &updated))
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let clock = app.clock.clone();
    app.store.write(move |tx| store::delete_label(tx, clock.now(), caller, &id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn check_text(text: &str) -> Result<(), Problem> {
    if text.is_empty() || text.len() > LABEL_BYTES_MAX {
        return Err(Problem::new(Kind::Invalid, format!("'text' is a text of 1 to {LABEL_BYTES_MAX} bytes.")));
    }
    Ok(())
}
