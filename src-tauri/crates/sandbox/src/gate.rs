//! Stands before every call under `/v1`: it checks the token, reads the whole body and draws the faults.
//!
//! Invariant: a request acts only once its body has come in whole, and from there on it acts whether or not its client
//! still waits. That is the server a careful client must reckon with.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;

use crate::access::{Caller, authenticate};
use crate::app::App;
use crate::connections::HungUp;
use crate::faults::{FaultKind, FiredFault, PathClass, Pause, RefuseOne, Sever, after_commit, instead};
use crate::problem::{Kind, Problem};
use crate::store;

/// The largest body that is taken.
pub(crate) const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The length up to which a body that is too large is read all the same, so that its sender gets to see the `413`.
const DRAIN_BYTES_MAX: usize = 8 * BODY_BYTES_MAX;
/// The longest wait of a client for an answer that never comes; after it the sandbox hangs up.
const HANG_MAX: Duration = Duration::from_secs(600);

pub(crate) async fn gate(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let class = class_of(&parts.method, parts.uri.path());
    app.count_request(class);
    let caller = match authenticate(&parts.headers).and_then(|caller| permit(caller, class)) {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let body = match read_body(body).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    parts.extensions.insert(caller);
    let drawn = app.faults.draw(class);
    if let Some(fired) = &drawn.fired {
        tell_journal(&app, caller, &parts, fired).await;
    }
    let is_answered = drawn.fired.as_ref().is_some_and(FiredFault::is_instead_of_the_request);
    let is_late = drawn.fired.as_ref().is_some_and(FiredFault::is_late);
    // A request that is late stands still on its way to us; any other one stands where it has begun to be worked on.
    let (hold_late, hold) = if is_late { (drawn.hold, None) } else { (None, drawn.hold) };
    let pause = Pause { latency: drawn.latency, hold };
    if is_answered || !(class.is_of_vouchers() || class.is_of_drafts()) {
        pause.wait().await;
    } else {
        parts.extensions.insert(pause);
    }
    match drawn.fired {
        None => next.run(Request::from_parts(parts, Body::from(body))).await,
        Some(fired) if is_answered => instead(&fired),
        Some(fired) if is_late => {
            app.faults.late_begins();
            if fired.kind == FaultKind::LateMs {
                until_hung_up(&parts).await;
            }
            let request = Request::from_parts(parts, Body::from(body));
            let late = Arc::clone(&app);
            app.tasks.spawn(async move {
                tokio::time::sleep(fired.delay).await;
                if let Some(hold) = hold_late {
                    hold.let_go().await;
                }
                drop(next.run(request).await);
                late.faults.late_is_over();
            });
            Sever::response()
        }
        Some(fired) => {
            if fired.kind == FaultKind::Refuse {
                parts.extensions.insert(RefuseOne(fired.pick));
            }
            let response = next.run(Request::from_parts(parts, Body::from(body))).await;
            after_commit(&fired, response).await
        }
    }
}

fn class_of(method: &Method, path: &str) -> PathClass {
    match path {
        "/v1/me" => PathClass::Me,
        "/v1/expenses" => PathClass::Expenses,
        "/v1/expenses/exported" => PathClass::ExportedResults,
        "/v1/expenses/locks" | "/v1/expenses/locks/release" => PathClass::ExpenseLocks,
        "/v1/vouchers" if method == Method::POST => PathClass::Vouchers,
        "/v1/drafts" if method == Method::POST => PathClass::DraftStage,
        "/v1/vouchers" | "/v1/vouchers/lookup" | "/v1/drafts" => PathClass::Lookup,
        _ if path.contains("/attachments/") => PathClass::Attachments,
        _ if path.starts_with("/v1/receipts/") => PathClass::Receipts,
        _ if path.starts_with("/v1/vouchers/") => PathClass::Reversals,
        _ if path.starts_with("/v1/drafts/") && method == Method::DELETE => PathClass::DraftDelete,
        _ if path.starts_with("/v1/drafts/") => PathClass::DraftCommit,
        _ if path.starts_with("/v1/locks/") || path.starts_with("/v1/labels") => PathClass::Lock,
        _ if path.starts_with("/v1/witnesses") || path == "/v1/reference-scheme" => PathClass::Witness,
        // This address does not exist; only a fault for all paths can meet it.
        _ => PathClass::All,
    }
}

fn permit(caller: Caller, class: PathClass) -> Result<Caller, Problem> {
    let is_of_platform = matches!(
        class,
        PathClass::Expenses | PathClass::ExportedResults | PathClass::ExpenseLocks | PathClass::Receipts
    );
    if caller.may_post || is_of_platform || matches!(class, PathClass::Me | PathClass::All) {
        Ok(caller)
    } else {
        Err(Problem::new(Kind::Forbidden, "The platform's token does not open the accounting half."))
    }
}

/// Waits as long as the client does, within a bound.
async fn until_hung_up(parts: &Parts) {
    if let Some(HungUp(hung_up)) = parts.extensions.get::<HungUp>() {
        drop(tokio::time::timeout(HANG_MAX, hung_up.cancelled()).await);
    }
}

/// Reads the whole body; `413` when it is too large, and no answer at all when it never came to its end.
async fn read_body(body: Body) -> Result<Bytes, Response> {
    let mut pieces = body.into_data_stream();
    let mut whole = Vec::new();
    let mut length = 0_usize;
    while let Some(piece) = pieces.next().await {
        let Ok(piece) = piece else { return Err(Sever::response()) };
        length = length.saturating_add(piece.len());
        if length > DRAIN_BYTES_MAX {
            break;
        }
        if length <= BODY_BYTES_MAX {
            whole.extend_from_slice(&piece);
        }
    }
    if length > BODY_BYTES_MAX {
        let detail = format!("A body has at most {BODY_BYTES_MAX} bytes. Nothing was written.");
        return Err(Problem::new(Kind::BodyTooLarge, detail).into_response());
    }
    Ok(Bytes::from(whole))
}

/// Writes a fault to the journal before it acts: a request that never reaches the books is in the journal all the same.
async fn tell_journal(app: &App, caller: Caller, parts: &Parts, fired: &FiredFault) {
    let token = parts.headers.get("lock-token").and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let now = app.clock.now();
    let detail = serde_json::json!({"fault": fired.kind, "method": parts.method.as_str(), "path": parts.uri.path()});
    let journalled = app.store.write(move |tx| {
        let fence = store::fence_of(tx, &token)?.map(|(fence, _)| fence);
        store::record(tx, now, "fault", fence, caller, &detail)
    });
    if journalled.await.is_err() {
        tracing::warn!("a fault could not be written to the journal");
    }
}
