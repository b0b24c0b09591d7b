//! Holds the common parts of all writes to vouchers and drafts: headers, the key that is taken while they run, the
//! frame of the write.

use axum::http::header::HeaderName;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{TEXT_CHARS_MAX, header, lock_token, raw_json};
use crate::access::Caller;
use crate::app::App;
use crate::clock::Instant;
use crate::faults::{Pause, Switches};
use crate::problem::{Kind, Problem};
use crate::store::{self, Answer, Books, Failure, Key, WriteRequest};

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Reads the parts of a request that decide whether it may write.
pub(crate) fn write_request(
    app: &App,
    event: &'static str,
    caller: Caller,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<WriteRequest, Problem> {
    let token = lock_token(headers, app.faults.switches())?;
    let text = header(headers, "Idempotency-Key")?;
    let request_hash = Sha256::new().chain_update(path).chain_update([0]).chain_update(body).finalize().into();
    let key = Some(Key { text, request_hash });
    Ok(WriteRequest { event, caller, token, key, draft_id: None, arrived_at: app.clock.now() })
}

/// Reads the same parts of a request that needs no key: a draft is committed or deleted by its own id, and so only
/// once.
pub(crate) fn draft_request(
    app: &App,
    event: &'static str,
    caller: Caller,
    draft_id: &str,
    headers: &HeaderMap,
) -> Result<WriteRequest, Problem> {
    let token = lock_token(headers, app.faults.switches())?;
    let draft_id = Some(draft_id.chars().take(TEXT_CHARS_MAX).collect());
    Ok(WriteRequest { event, caller, token, key: None, draft_id, arrived_at: app.clock.now() })
}

/// Reads the same parts of a request whose address names what it makes, and so makes it only once.
pub(crate) fn named_request(
    app: &App,
    event: &'static str,
    caller: Caller,
    headers: &HeaderMap,
) -> Result<WriteRequest, Problem> {
    let token = lock_token(headers, app.faults.switches())?;
    Ok(WriteRequest { event, caller, token, key: None, draft_id: None, arrived_at: app.clock.now() })
}

/// Writes, with the key taken from the beginning to the end. `act` runs in the transaction; it gets the time at which
/// it takes effect and the fence.
pub(crate) async fn write<F>(
    app: &App,
    request: WriteRequest,
    extensions: &Extensions,
    act: F,
) -> Result<Response, Problem>
where
    F: FnOnce(&Books<'_>, Instant, i64, Switches) -> Result<(String, Value), Failure> + Send + 'static,
{
    let switches = app.faults.switches();
    let key = request.key.clone().filter(|_| switches.honours_keys());
    let taken = match key.as_ref().map(|key| app.running.take(&key.text, key.request_hash)) {
        None => None,
        Some(Ok(taken)) => Some(taken),
        Some(Err(other_hash)) => return Err(busy(app, request, switches, other_hash).await),
    };
    if let Some(pause) = extensions.get::<Pause>() {
        pause.wait().await;
    }
    let clock = app.clock.clone();
    let written = app.store.write(move |tx| {
        let now = clock.now();
        store::guarded(tx, now, &request, switches, |fence| act(tx, now, fence, switches))
    });
    let answer = written.await?;
    drop(taken);
    if answer.body.is_empty() {
        return Ok(answer.status().into_response());
    }
    let Answer { body, replayed } = answer;
    let mut response = raw_json(StatusCode::OK, body);
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Returns the problem while the first request with this key is still running. The fence is checked first here, too.
async fn busy(app: &App, request: WriteRequest, switches: Switches, other_hash: [u8; 32]) -> Problem {
    let now = app.clock.now();
    let judged = app.store.write(move |tx| {
        store::guarded(tx, now, &request, switches, |_| {
            let problem = if request.key.as_ref().is_some_and(|key| key.request_hash == other_hash) {
                Problem::new(Kind::InProgress, "The first request with this key is still running.").retry_after(1)
            } else {
                Problem::new(Kind::KeyReused, "Another request with this key is still running.")
            };
            Err(problem.into())
        })
    });
    match judged.await {
        Err(problem) => problem,
        // The first request came to its end between the two checks.
        Ok(_) => Problem::new(Kind::InProgress, "The first request with this key has just ended.").retry_after(0),
    }
}
