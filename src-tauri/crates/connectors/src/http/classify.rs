//! Says what may be concluded from an answer: the table at the end of `accounting-protocol.md`, and nothing else.
//!
//! Invariant: pure, and conservative. A row of the table has to fit exactly, in the accounting system's own words;
//! everything else is unknown. A gateway may answer with any status, also behind a commit.

use postonce_engine::domain::Refusal;
use postonce_engine::ports::CallError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Failure, HttpAnswer, Peer};
use crate::text::bounded;

/// The parts of problem types that say no more than the status: frameworks and gateways give them.
const OF_ANYBODY: [&str; 5] =
    ["rfc-editor.org", "ietf.org", "httpstatus", "developer.mozilla.org", "iana.org/assignments"];
/// The longest problem type that is kept, in characters.
const KIND_CHARS_MAX: usize = 64;

/// Says whether a call changes something there: what may be concluded from an answer depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The call changes nothing: whoever asks to wait, also something between us and the server, is waited for.
    Reads,
    /// The call may have changed something: only the accounting system's own words say that it did not.
    Writes,
}

/// Sorts the end of a call of the open protocol. An answer with one of the `expected` statuses comes through; the
/// caller reads its body.
pub(crate) fn sort(
    peer: &Peer,
    answer: Result<HttpAnswer, Failure>,
    expected: &[u16],
    effect: Effect,
) -> Result<HttpAnswer, CallError> {
    let answer = arrived(peer, answer)?;
    if expected.contains(&answer.status) { Ok(answer) } else { Err(otherwise(peer, &answer, effect)) }
}

/// Returns the answer of a call, whatever it says, or what may be concluded from there being none.
pub(crate) fn arrived(peer: &Peer, answer: Result<HttpAnswer, Failure>) -> Result<HttpAnswer, CallError> {
    answer.map_err(|failure| not_answered(peer, failure))
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
        Failure::NoWay(error) => CallError::NotSent(error.into()),
        Failure::NoAnswer(detail) => CallError::Unknown(peer.unreachable(&detail)),
        Failure::CutShort { status, detail } => CallError::Unknown(peer.unexpected(status, &detail)),
        Failure::TooLong { status, bytes_max } => {
            CallError::Unknown(peer.unexpected(status, &format!("> {} MiB", bytes_max / (1024 * 1024))))
        }
    }
}

/// Says what may be concluded from an answer of the open protocol whose status the call did not expect.
pub(crate) fn otherwise(peer: &Peer, answer: &HttpAnswer, effect: Effect) -> CallError {
    let Some(refusal) = refusal(peer, answer) else { return foreign(peer, answer, effect) };
    let retry_after = answer.retry_after;
    match answer.status {
        429 => CallError::NotProcessed { problem: peer.busy(429), retry_after },
        503 if retry_after.is_some() => CallError::NotProcessed { problem: peer.busy(503), retry_after },
        409 if retry_after.is_some() => CallError::StillRunning { problem: peer.busy(409), retry_after },
        412 if refusal.kind == "lock-lost" => CallError::LeaseLost,
        status @ 400..=499 if !matches!(status, 408 | 409 | 425) => CallError::Refused {
            problem: match status {
                _ if is_about_access(status) => peer.unauthorized(status),
                _ if is_about_content(status) => peer.refused(status, &refusal.detail),
                _ => peer.unexpected(status, &refusal.detail),
            },
            too_large: status == 413,
            refusal,
        },
        status => CallError::Unknown(peer.unclear(status, &refusal.detail)),
    }
}

/// Says what may be concluded from an answer that is not in the accounting system's own words, whatever its status:
/// something between us and the server may have given it, also behind a commit. Of a write, nothing.
pub(crate) fn foreign(peer: &Peer, answer: &HttpAnswer, effect: Effect) -> CallError {
    let retry_after = answer.retry_after;
    match answer.status {
        status if effect == Effect::Reads && asks_to_wait(answer) => {
            CallError::NotProcessed { problem: peer.busy(status), retry_after }
        }
        status if is_about_access(status) => CallError::Unknown(peer.unauthorized(status)),
        status => CallError::Unknown(peer.unclear(status, &glimpse(answer))),
    }
}

/// Says whether an answer asks to wait, in whosever words.
pub(crate) fn asks_to_wait(answer: &HttpAnswer) -> bool {
    match answer.status {
        429 => true,
        409 | 503 => answer.retry_after.is_some(),
        _ => false,
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
    status: Option<Value>,
    next_open: Option<Value>,
}

impl ProblemBody {
    /// Says whether these are the protocol's own words: a problem whose type is a code, not one of the types that any
    /// gateway gives, and whose status is still the one that was sent.
    fn is_of_the_protocol(&self, answer: &HttpAnswer) -> bool {
        let kind = self.r#type.as_deref().unwrap_or_default();
        let is_named = code_of(kind).is_some() && !OF_ANYBODY.iter().any(|of_anybody| kind.contains(of_anybody));
        let is_problem = answer.content_type == "application/problem+json"
            || (kind.contains(['/', ':']) && self.title.is_some() && self.detail.is_some());
        let is_as_sent = self.status.as_ref().is_none_or(|status| status.as_u64() == Some(answer.status.into()));
        is_named && is_problem && is_as_sent
    }
}

/// Returns the code in a problem's type: its last part.
fn code_of(kind: &str) -> Option<&str> {
    let last = kind.trim_end_matches('/').rsplit(['/', '#', ':']).next();
    last.filter(|last| !last.is_empty() && *last != "blank")
}

/// Returns the refusal in an answer, if it is in the protocol's own words.
pub(crate) fn refusal(peer: &Peer, answer: &HttpAnswer) -> Option<Refusal> {
    if !is_json(&answer.content_type) {
        return None;
    }
    let body: ProblemBody = object(&answer.body).ok()?;
    let is_own = body.is_of_the_protocol(answer);
    let words = (body.title, body.detail);
    is_own.then(|| refusal_of(peer, body.r#type.as_deref(), words, body.next_open.as_ref(), answer.status))
}

/// Returns the engine's refusal: the last part of the type as its kind, title or detail as words for people, and the day
/// that is open again, if it is one.
pub(crate) fn refusal_of(
    peer: &Peer,
    kind: Option<&str>,
    (title, detail): (Option<String>, Option<String>),
    next_open: Option<&Value>,
    status: u16,
) -> Refusal {
    let named = kind.and_then(code_of);
    let kind = named.map_or_else(|| format!("http-{status}"), |last| bounded(last, KIND_CHARS_MAX));
    let refusal = Refusal::new(kind, peer.detail(detail.or(title).as_deref().unwrap_or_default()));
    Refusal { next_open: next_open.and_then(|day| day.as_str()?.parse().ok()), ..refusal }
}

fn is_json(content_type: &str) -> bool {
    content_type == "application/json" || (content_type.starts_with("application/") && content_type.ends_with("+json"))
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
