//! Answers the calls of the person who practises: fault switches, journal, counts, the clock, the closed period. They
//! are open to this machine only.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json as object;

use super::voucher_body::KnownDimensions;
use super::{json, parse, query};
use crate::app::App;
use crate::clock::SHIFT_SECONDS_MAX;
use crate::faults::{Settings, complaint};
use crate::problem::{Kind, Problem};
use crate::store::{self, CLOCK_SHIFT_SECONDS, CLOSED_THROUGH};

/// The most entries of a page of the journal.
const JOURNAL_PAGE_MAX: i64 = 10_000;

#[derive(Deserialize)]
struct JournalQuery {
    #[serde(default)]
    after: i64,
    limit: Option<i64>,
}

#[derive(Deserialize)]
struct LetGoQuery {
    first: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockBody {
    shift_seconds: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClosedBody {
    date: Option<NaiveDate>,
}

pub(crate) async fn loopback_only(
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    if peer.ip().to_canonical().is_loopback() {
        next.run(request).await
    } else {
        Problem::new(Kind::Forbidden, "Admin calls are taken from this machine only.").into_response()
    }
}

pub(crate) async fn faults(State(app): State<Arc<App>>) -> Response {
    json(StatusCode::OK, &app.faults.settings())
}

pub(crate) async fn put_faults(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Problem> {
    let settings: Settings = parse(&body)?;
    if let Some((place, complaint)) = complaint(&settings) {
        return Err(Problem::new(Kind::Invalid, format!("Fault {}: {complaint}.", place + 1)));
    }
    app.faults.replace(settings);
    Ok(json(StatusCode::OK, &app.faults.settings()))
}

pub(crate) async fn clear_faults(State(app): State<Arc<App>>) -> StatusCode {
    app.faults.replace(Settings::default());
    StatusCode::NO_CONTENT
}

/// Names the calls that stand still, in the order in which they came.
pub(crate) async fn held(State(app): State<Arc<App>>) -> Response {
    json(StatusCode::OK, &object!({"held": app.faults.held()}))
}

/// Lets go what stands still: all of it, or the `first` so many.
pub(crate) async fn let_go(State(app): State<Arc<App>>, uri: Uri) -> Result<StatusCode, Problem> {
    let LetGoQuery { first } = query(&uri)?;
    app.faults.let_go(first);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn journal(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let JournalQuery { after, limit } = query(&uri)?;
    let limit = limit.unwrap_or(JOURNAL_PAGE_MAX).clamp(1, JOURNAL_PAGE_MAX);
    let mut entries = app.store.read(move |tx| store::read_journal(tx, after, limit + 1)).await?;
    let limit = usize::try_from(limit).expect("a page is small");
    let has_more = entries.len() > limit;
    entries.truncate(limit);
    let next_after = entries.last().filter(|_| has_more).map(|entry| entry.seq);
    Ok(json(StatusCode::OK, &object!({"entries": entries, "next_after": next_after})))
}

pub(crate) async fn stats(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let books = app.store.read(|tx| store::book_stats(tx)).await?;
    let mut answer = object!(books);
    answer["records"] = app.platform.count().into();
    answer["requests"] = app.requests.load(Ordering::Relaxed).into();
    answer["voucher_requests"] = app.voucher_requests.load(Ordering::Relaxed).into();
    answer["draft_requests"] = app.draft_requests.load(Ordering::Relaxed).into();
    answer["faults_fired"] = object!(app.faults.fired());
    answer["late"] = app.faults.late().into();
    Ok(json(StatusCode::OK, &answer))
}

pub(crate) async fn clock(State(app): State<Arc<App>>) -> Response {
    json(StatusCode::OK, &object!({"now": app.clock.now(), "shift_seconds": app.clock.shift_seconds()}))
}

pub(crate) async fn put_clock(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Problem> {
    let ClockBody { shift_seconds } = parse(&body)?;
    if shift_seconds.abs() > SHIFT_SECONDS_MAX {
        return Err(Problem::new(Kind::Invalid, format!("'shift_seconds' is {SHIFT_SECONDS_MAX} at most.")));
    }
    let kept = shift_seconds.to_string();
    app.store.write(move |tx| store::write_setting(tx, CLOCK_SHIFT_SECONDS, Some(&kept))).await?;
    app.clock.shift_to(shift_seconds);
    Ok(clock(State(app)).await)
}

pub(crate) async fn closed_through(State(app): State<Arc<App>>) -> Response {
    json(StatusCode::OK, &object!({"date": app.closed_through()}))
}

pub(crate) async fn put_closed_through(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Problem> {
    let ClosedBody { date } = parse(&body)?;
    let kept = date.map(|date| date.to_string());
    app.store.write(move |tx| store::write_setting(tx, CLOSED_THROUGH, kept.as_deref())).await?;
    *app.closed_through.write().unwrap_or_else(PoisonError::into_inner) = date;
    Ok(closed_through(State(app)).await)
}

/// Shows the values of the dimensions that the books list.
pub(crate) async fn dimensions(State(app): State<Arc<App>>) -> Response {
    json(StatusCode::OK, &*app.dimensions())
}

/// Lists the values of dimensions, until the sandbox stops; a dimension that is not named takes any.
pub(crate) async fn put_dimensions(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Problem> {
    let known: KnownDimensions = parse(&body)?;
    *app.dimensions.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
    Ok(dimensions(State(app)).await)
}
