//! Answers the calls for the way in which references are made in these books.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{json, lock_token, parse, short_text};
use crate::access::Caller;
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::store::{self, Scheme};

/// The most prefixes, and the most rules.
const ENTRIES_MAX: usize = 100;

/// Stands before the calls of this file: a server that keeps no scheme has no such address.
pub(crate) async fn offered(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if app.faults.switches().keeps_scheme() {
        next.run(request).await
    } else {
        Problem::new(Kind::NotFound, "This server keeps no scheme of references.").into_response()
    }
}

pub(crate) async fn show(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    match app.store.read(|tx| store::scheme(tx)).await? {
        Some(scheme) => Ok(json(StatusCode::OK, &scheme)),
        None => Err(Problem::new(Kind::NotFound, "No scheme of references was ever kept here.")),
    }
}

pub(crate) async fn write(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let switches = app.faults.switches();
    let token = lock_token(&headers, switches)?;
    let scheme: Scheme = parse(&body)?;
    if scheme.prefixes.len() > ENTRIES_MAX || scheme.rules.len() > ENTRIES_MAX {
        let detail = format!("'prefixes' and 'rules' have at most {ENTRIES_MAX} entries.");
        return Err(Problem::new(Kind::Invalid, detail));
    }
    for prefix in &scheme.prefixes {
        short_text("prefixes", prefix)?;
    }
    let now = app.clock.now();
    app.store.write(move |tx| store::put_scheme(tx, now, caller, &token, switches, &scheme)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
