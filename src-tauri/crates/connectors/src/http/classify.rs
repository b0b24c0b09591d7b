//! Says what may be concluded from an answer: the table at the end of `accounting-protocol.md`, and nothing else.
//!
//! Invariant: pure, and conservative. A row of the table has to fit exactly; everything else is unknown.

use postonce_engine::domain::Refusal;
use postonce_engine::ports::CallError;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Failure, HttpAnswer, Peer};
use crate::text::bounded;

/// The longest problem type that is kept, in characters.
const KIND_CHARS_MAX: usize = 64;

/// Sorts the end of a call. An answer with one of the `expected` statuses comes through; the caller reads its body.
pub(crate) fn sort(
    peer: &Peer,
    answer: Result<HttpAnswer, Failure>,
    expected: &[u16],
) -> Result<HttpAnswer, CallError> {
    match answer {
        Ok(answer) if expected.contains(&answer.status) => Ok(answer),
        Ok(answer) => Err(otherwise(peer, &answer)),
        Err(failure) => Err(not_answered(peer, failure)),
    }
}

/// Reads the body of an answer that came through. A body that cannot be read is unknown, whatever its status.
pub(crate) fn read<T: DeserializeOwned>(peer: &Peer, answer: &HttpAnswer) -> Result<T, CallError> {
    if !is_json(&answer.content_type) {
        return Err(CallError::Unknown(
            peer.unexpected(answer.status, &format!("Content-Type: {}", answer.content_type)),
        ));
    }
    object(&answer.body)
        .map_err(|detail| CallError::Unknown(peer.unexpected(answer.status, &format!("JSON: {detail}"))))
}

/// Reads a JSON object. JSON is UTF-8 throughout (RFC 8259), also in members that nobody here reads; and a list of
/// values is no object with nameless members.
fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    if !text.trim_start().starts_with('{') {
        return Err("{…}".to_owned());
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn not_answered(peer: &Peer, failure: Failure) -> CallError {
    match failure {
        Failure::NeverConnected(detail) => CallError::NotSent(peer.unreachable(&detail)),
        Failure::NoAnswer(detail) => CallError::Unknown(peer.unreachable(&detail)),
        Failure::CutShort { status, detail } => CallError::Unknown(peer.unexpected(status, &detail)),
        Failure::TooLong { status, bytes_max } => {
            CallError::Unknown(peer.unexpected(status, &format!("> {} MiB", bytes_max / (1024 * 1024))))
        }
    }
}

/// Says what may be concluded from an answer whose status the call did not expect.
pub(crate) fn otherwise(peer: &Peer, answer: &HttpAnswer) -> CallError {
    let refusal = refusal(peer, answer);
    match (answer.status, refusal) {
        (429, _) => CallError::NotProcessed { problem: peer.busy(429), retry_after: answer.retry_after },
        (503, _) if answer.retry_after.is_some() => {
            CallError::NotProcessed { problem: peer.busy(503), retry_after: answer.retry_after }
        }
        (409, _) if answer.retry_after.is_some() => {
            CallError::StillRunning { problem: peer.busy(409), retry_after: answer.retry_after }
        }
        (412, Some(refusal)) if refusal.kind == "lock-lost" => CallError::LeaseLost,
        (status @ 400..=499, Some(refusal)) if !matches!(status, 408 | 409 | 425) => CallError::Refused {
            problem: match status {
                _ if is_about_access(status) => peer.unauthorized(status),
                _ if is_about_content(status) => peer.refused(status, &refusal.detail),
                _ => peer.unexpected(status, &refusal.detail),
            },
            too_large: status == 413,
            refusal,
        },
        // A 4xx that is no problem document may come from something between us and the server, also behind a commit.
        (status, None) if is_about_access(status) => CallError::Unknown(peer.unauthorized(status)),
        (status, refusal) => CallError::Unknown(
            peer.unexpected(status, &refusal.map_or_else(|| glimpse(answer), |refusal| refusal.detail)),
        ),
    }
}

fn is_about_access(status: u16) -> bool {
    matches!(status, 401 | 403)
}

/// Says whether another content might have been taken; any other refusal says that address or method are wrong.
fn is_about_content(status: u16) -> bool {
    matches!(status, 400 | 413 | 422)
}

/// Returns the beginning of an unexpected answer, for the person who looks into it.
fn glimpse(answer: &HttpAnswer) -> String {
    match &answer.redirect_host {
        Some(host) => format!("→ {host}"),
        None if is_json(&answer.content_type) || answer.content_type.starts_with("text/plain") => {
            String::from_utf8_lossy(&answer.body).into_owned()
        }
        None => answer.content_type.clone(),
    }
}

/// Holds a problem document as RFC 9457 writes it; every member may be missing.
#[derive(Deserialize)]
struct ProblemBody {
    r#type: Option<String>,
    title: Option<String>,
    detail: Option<String>,
}

/// Returns the refusal in an answer, if it is a problem document, or JSON with at least one of its members.
pub(crate) fn refusal(peer: &Peer, answer: &HttpAnswer) -> Option<Refusal> {
    if !is_json(&answer.content_type) {
        return None;
    }
    let body: ProblemBody = object(&answer.body).ok()?;
    let is_problem = answer.content_type == "application/problem+json"
        || body.r#type.is_some()
        || (body.title.is_some() && body.detail.is_some());
    is_problem.then(|| refusal_of(peer, body.r#type.as_deref(), body.title, body.detail, answer.status))
}

/// Returns the engine's refusal: the last part of the type as its kind, and words for people.
pub(crate) fn refusal_of(
    peer: &Peer,
    kind: Option<&str>,
    title: Option<String>,
    detail: Option<String>,
    status: u16,
) -> Refusal {
    let named = kind
        .and_then(|kind| kind.trim_end_matches('/').rsplit(['/', '#', ':']).next())
        .filter(|last| !last.is_empty() && *last != "blank");
    Refusal {
        kind: named.map_or_else(|| format!("http-{status}"), |last| bounded(last, KIND_CHARS_MAX)),
        detail: peer.detail(detail.or(title).as_deref().unwrap_or_default()),
    }
}

fn is_json(content_type: &str) -> bool {
    content_type == "application/json" || (content_type.starts_with("application/") && content_type.ends_with("+json"))
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
