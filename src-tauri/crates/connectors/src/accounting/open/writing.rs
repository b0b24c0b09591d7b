//! Sends the requests that write. They have in common: the lock's token, the last look at the lease, the key, ids in a
//! path.
//!
//! No request is given less time than any other: the lease may be renewed while it travels, and once the lease is lost
//! the engine lets go of it, which closes its connection.

use std::fmt::Write as _;

use postonce_engine::domain::RequestKey;
use postonce_engine::ports::{CallError, LeaseToken};
use postonce_engine::{LeaseLost, Permit};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Request};

use super::lock::present;
use super::results::fits;
use super::{Open, unsendable};
use crate::http::classify::Effect;
use crate::http::{Http, HttpAnswer, HttpError, classify};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Looks at the permit for a writing request; tests have a lease without an engine.
pub(super) trait Lease: Sync {
    fn token(&self) -> &LeaseToken;
    fn check(&self) -> Result<(), LeaseLost>;
}

impl Lease for Permit {
    fn token(&self) -> &LeaseToken {
        self.token()
    }

    fn check(&self) -> Result<(), LeaseLost> {
        self.check()
    }
}

/// Sends a request under the lock. The lease is looked at when nothing remains to be done but to send.
pub(super) async fn send(
    open: &Open,
    lease: &impl Lease,
    mut request: Request,
    expected: &[u16],
) -> Result<HttpAnswer, CallError> {
    ready(open, lease, &mut request)?;
    open.call(request, expected).await
}

/// Shows the lock's token, and looks at the lease.
fn ready(open: &Open, lease: &impl Lease, request: &mut Request) -> Result<(), CallError> {
    present(open, request, lease.token())?;
    lease.check().map_err(|LeaseLost| CallError::LeaseLost)
}

/// Posts these bytes, unchanged, under this key. Where keys are honoured, an answer that asks to wait and is not the
/// server's own leaves the request in doubt, but it may be sent again: under its key it is done once.
pub(super) async fn post(
    open: &Open,
    lease: &impl Lease,
    path: &str,
    key: &RequestKey,
    body: &[u8],
    expected: &[u16],
) -> Result<HttpAnswer, CallError> {
    let mut request = open.request(Method::POST, path, Some(body.to_vec()))?;
    let key = HeaderValue::from_str(key.as_str()).map_err(|_| undrawable(&open.http))?;
    request.headers_mut().insert(IDEMPOTENCY_KEY, key);
    ready(open, lease, &mut request)?;
    let (answer, peer) = (open.http.send(request).await, open.http.peer());
    if let Ok(answer) = &answer
        && open.honours_keys()
        && classify::asks_to_wait(answer)
        && classify::refusal(peer, answer).is_none()
    {
        return Err(CallError::StillRunning { problem: peer.busy(answer.status), retry_after: answer.retry_after });
    }
    classify::sort(peer, answer, expected, Effect::Writes)
}

/// Returns an id as one segment of a path: everything but letters, digits, `-`, `_` and `.` is escaped. An id of dots
/// alone cannot be sent: addresses read it as a step up, escaped or not.
pub(super) fn segment(http: &Http, id: &str) -> Result<String, CallError> {
    if !fits(id) || matches!(id, "." | "..") {
        return Err(undrawable(http));
    }
    let mut segment = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            segment.push(char::from(byte));
        } else {
            write!(segment, "%{byte:02X}").expect("a String takes every text");
        }
    }
    Ok(segment)
}

fn undrawable(http: &Http) -> CallError {
    unsendable(HttpError::Request(http.peer().clone()))
}
