//! Gives the answers of faults: in place of the request, or in place of its true answer.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use serde_json::{Map, Value};

use super::{FaultKind, FiredFault};
use crate::problem::{Kind, Problem};

/// The time half a body stands alone before its connection closes, so that the half is really sent.
const HALF_BODY_STANDS: Duration = Duration::from_millis(20);
/// The pieces in which a huge body is sent; 16 of them are a megabyte.
static SPACES: [u8; 65_536] = [b' '; 65_536];

/// Marks an answer that is never sent: its connection is closed instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sever;

impl Sever {
    pub(crate) fn response() -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(Self);
        response
    }
}

/// Returns the answer of a fault that comes instead of the request.
pub(crate) fn instead(fired: &FiredFault) -> Response {
    let problem = |kind| Problem::new(kind, "A fault switch of the sandbox gave this answer; nothing was written.");
    match fired.kind {
        FaultKind::Error500BeforeCommit => problem(Kind::Internal).into_response(),
        FaultKind::Status429 => problem(Kind::TooManyRequests).retry_after(fired.retry_after_seconds).into_response(),
        FaultKind::Status503 => problem(Kind::Unavailable).retry_after(fired.retry_after_seconds).into_response(),
        FaultKind::Unauthorized => problem(Kind::Unauthorized).into_response(),
        FaultKind::Forbidden => problem(Kind::Forbidden).into_response(),
        FaultKind::NotFound => problem(Kind::NotFound).into_response(),
        FaultKind::Html => html(),
        FaultKind::Gateway => gateway(fired),
        FaultKind::Redirect => {
            (StatusCode::FOUND, [(LOCATION, HeaderValue::from_static("/v1/health"))]).into_response()
        }
        _ => Sever::response(),
    }
}

/// Turns the true answer into that of the fault, after everything is written.
pub(crate) async fn after_commit(fired: &FiredFault, response: Response) -> Response {
    match fired.kind {
        FaultKind::CutAfterCommit => Sever::response(),
        FaultKind::Error500AfterCommit => {
            Problem::new(Kind::Internal, "A fault switch of the sandbox gave this answer.").into_response()
        }
        FaultKind::BodyCutShort => cut_short(response).await,
        FaultKind::ResultMissing => without_one(response, fired.pick).await,
        FaultKind::HugeBody => huge(fired.megabytes),
        FaultKind::GatewayAfterCommit => gateway(fired),
        _ => response,
    }
}

fn html() -> Response {
    let page = "<!doctype html><html><head><title>Log in</title></head><body><h1>Welcome to the guest network</h1>\
        <form method=\"post\"><button>Log in</button></form></body></html>";
    ([(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], page).into_response()
}

/// Returns the page by which something between client and server answers in its place.
fn gateway(fired: &FiredFault) -> Response {
    let page = format!("<html><head><title>{0}</title></head><body><center>{0}</center></body></html>", fired.status);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html")),
        (RETRY_AFTER, HeaderValue::from(fired.retry_after_seconds)),
    ];
    (fired.status, headers, page).into_response()
}

/// Promises the whole body in its headers, sends half of it, then closes the connection.
async fn cut_short(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = whole_body(body).await;
    if whole.is_empty() {
        return Sever::response();
    }
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let half = whole.slice(..whole.len() / 2);
    let end = stream::once(async {
        tokio::time::sleep(HALF_BODY_STANDS).await;
        Err(std::io::Error::other("cut short by a fault switch"))
    });
    Response::from_parts(parts, Body::from_stream(stream::once(async { Ok(half) }).chain(end.boxed())))
}

/// Leaves one element of the list out of the answer; an answer that is itself the one result loses all of it.
async fn without_one(response: Response, pick: u64) -> Response {
    let (mut parts, body) = response.into_parts();
    let mut whole = whole_body(body).await;
    if let Ok(mut value) = serde_json::from_slice::<Value>(&whole) {
        if value.get("status").is_some() {
            value = Value::Object(Map::new());
        }
        for name in ["results", "found", "vouchers", "drafts", "witnesses", "records"] {
            if let Some(Value::Array(list)) = value.get_mut(name)
                && let Some(index) = usize::try_from(pick).unwrap_or(usize::MAX).checked_rem(list.len())
            {
                list.remove(index);
            }
        }
        whole = Bytes::from(value.to_string());
    }
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(whole))
}

/// Begins an answer and fills the rest with spaces.
fn huge(megabytes: u64) -> Response {
    let pieces = usize::try_from(megabytes.saturating_mul(16)).unwrap_or(usize::MAX);
    let beginning = stream::once(async { Bytes::from_static(b"{\"results\": [") });
    let spaces = stream::repeat(Bytes::from_static(&SPACES)).take(pieces);
    let body = Body::from_stream(beginning.chain(spaces).map(Ok::<_, std::io::Error>));
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}

/// Reads the body of the sandbox's own answer, which stands in memory already.
async fn whole_body(body: Body) -> Bytes {
    to_bytes(body, usize::MAX).await.unwrap_or_default()
}
