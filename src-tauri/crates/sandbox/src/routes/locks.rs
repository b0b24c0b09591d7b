//! Answers the calls for the export lock.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{header, json, parse, short_text};
use crate::access::Caller;
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::store::{self, Acquire, Holder, Progress};

/// The longest time a lock is granted for without a renewal.
const TTL_SECONDS_MAX: i64 = 3600;

#[derive(Deserialize)]
struct AcquireBody {
    holder: Holder,
    operation: String,
    ttl_seconds: i64,
}

#[derive(Deserialize)]
struct RenewBody {
    ttl_seconds: i64,
    progress: Option<Progress>,
}

#[derive(Deserialize)]
struct BreakBody {
    reason: String,
    /// The run to break; a lock that another run holds by now is left in peace.
    run_id: Option<String>,
}

/// Stands before the calls of this file: a server without a lock has no such addresses.
pub(crate) async fn offered(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if app.faults.switches().export_lock {
        next.run(request).await
    } else {
        Problem::new(Kind::NotFound, "This server has no export lock.").into_response()
    }
}

pub(crate) async fn acquire(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Problem> {
    let AcquireBody { holder, operation, ttl_seconds } = parse(&body)?;
    for (name, text) in
        [("user", &holder.user), ("host", &holder.host), ("run_id", &holder.run_id), ("operation", &operation)]
    {
        short_text(name, text)?;
    }
    check_ttl(ttl_seconds)?;
    let now = app.clock.now();
    let switches = app.faults.switches();
    let (ttl_seconds_max, says_who_is_unaware) = (switches.ttl_seconds_max, switches.says_who_is_unaware);
    let wish = Acquire { holder, operation, ttl_seconds, ttl_seconds_max, says_who_is_unaware };
    let granted = app.store.write(move |tx| store::acquire(tx, now, caller, &wish)).await?;
    Ok(json(StatusCode::CREATED, &granted))
}

pub(crate) async fn renew(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let token = header(&headers, "Lock-Token")?;
    let RenewBody { ttl_seconds, progress } = parse(&body)?;
    check_ttl(ttl_seconds)?;
    if progress.is_some_and(|progress| progress.processed < 0 || progress.total < 0) {
        return Err(Problem::new(Kind::Invalid, "'progress' has whole numbers from 0."));
    }
    let ttl_seconds = ttl_seconds.min(app.faults.switches().ttl_seconds_max);
    let now = app.clock.now();
    let lock = app.store.write(move |tx| store::renew(tx, now, caller, &token, ttl_seconds, progress)).await?;
    Ok(json(StatusCode::OK, &lock))
}

pub(crate) async fn show(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let now = app.clock.now();
    match app.store.read(move |tx| store::view(tx, now)).await? {
        Some(lock) => Ok(json(StatusCode::OK, &lock)),
        None => Err(Problem::new(Kind::NotFound, "Nobody holds the export lock.")),
    }
}

pub(crate) async fn release(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let token = header(&headers, "Lock-Token")?;
    let now = app.clock.now();
    app.store.write(move |tx| store::release(tx, now, caller, &token)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(crate) async fn break_lock(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Problem> {
    let BreakBody { reason, run_id } = parse(&body)?;
    short_text("reason", &reason)?;
    let now = app.clock.now();
    let broken = app.store.write(move |tx| store::break_lock(tx, now, caller, &reason, run_id.as_deref())).await?;
    Ok(json(StatusCode::OK, &broken))
}

fn check_ttl(ttl_seconds: i64) -> Result<(), Problem> {
    if (1..=TTL_SECONDS_MAX).contains(&ttl_seconds) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Invalid, format!("'ttl_seconds' is a whole number from 1 to {TTL_SECONDS_MAX}.")))
    }
}
