//! Frames every write to the books: fence first, then the key, then the act, then the journal.
//!
//! Invariant: these four are one transaction. A delayed request is judged by the state at the time it takes effect.

use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};
use serde_json::{Value, json};

use super::{Failure, Key, keys, record};
use crate::access::Caller;
use crate::clock::Instant;
use crate::faults::Switches;
use crate::problem::{Kind, Problem};

/// The terms of a write, beside its content.
#[derive(Clone)]
pub(crate) struct WriteRequest {
    pub(crate) event: &'static str,
    pub(crate) caller: Caller,
    pub(crate) token: String,
    /// `None`: the address itself names an act that can be done only once, such as the commit of a draft.
    pub(crate) key: Option<Key>,
    /// The draft of the address, for the journal.
    pub(crate) draft_id: Option<String>,
    pub(crate) arrived_at: Instant,
}

/// A body, with a mark whether it was given before.
pub(crate) struct Answer {
    /// Empty when there is nothing to say.
    pub(crate) body: String,
    pub(crate) replayed: bool,
}

impl Answer {
    /// Returns `200`, or `204` when there is nothing to say.
    pub(crate) fn status(&self) -> StatusCode {
        if self.body.is_empty() { StatusCode::NO_CONTENT } else { StatusCode::OK }
    }
}

/// Does `act` unless the fence forbids it or its key was answered already. `act` gets the fence and returns the
/// answer's body with the journal's summary.
pub(crate) fn guarded(
    tx: &Transaction<'_>,
    now: Instant,
    request: &WriteRequest,
    switches: Switches,
    act: impl FnOnce(i64) -> Result<(String, Value), Failure>,
) -> Result<Answer, Failure> {
    let mut detail = json!({"arrived_at": request.arrived_at});
    if let Some(key) = &request.key {
        detail["key"] = key.text.as_str().into();
    }
    if let Some(draft_id) = &request.draft_id {
        detail["draft_id"] = draft_id.as_str().into();
    }
    if !switches.export_lock {
        // The server ignores this token and records it: it is what the client holds its label by.
        detail["lock_token"] = request.token.as_str().into();
    }
    let known_fence = fence_of(tx, &request.token)?;
    let outcome = decide(tx, now, request, switches, known_fence.map(|(fence, _)| fence), act);
    match &outcome {
        Ok((answer, about)) => {
            detail["status"] = answer.status().as_u16().into();
            detail["replayed"] = answer.replayed.into();
            detail["about"] = about.clone();
        }
        Err(Failure::Problem(problem)) => detail["status"] = problem.kind().status().as_u16().into(),
        Err(Failure::Store(_)) => {}
    }
    record(tx, now, request.event, known_fence.map(|(fence, _)| fence), request.caller, &detail)?;
    outcome.map(|(answer, _)| answer)
}

fn decide(
    tx: &Transaction<'_>,
    now: Instant,
    request: &WriteRequest,
    switches: Switches,
    fence: Option<i64>,
    act: impl FnOnce(i64) -> Result<(String, Value), Failure>,
) -> Result<(Answer, Value), Failure> {
    require_fence(tx, &request.token, switches)?;
    let key = request.key.as_ref().filter(|_| switches.honours_keys());
    if let Some(key) = key
        && let Some(body) = keys::first_answer(tx, now, key)?
    {
        return Ok((Answer { body, replayed: true }, Value::Null));
    }
    let (body, about) = act(fence.unwrap_or(0))?;
    if let Some(key) = key {
        keys::keep_answer(tx, now, switches.idempotency_key_hours, key, &body)?;
    }
    Ok((Answer { body, replayed: false }, about))
}

/// Refuses with `412` unless the token is that of the living grant, or fences are switched off.
pub(super) fn require_fence(tx: &Transaction<'_>, token: &str, switches: Switches) -> Result<(), Failure> {
    if !switches.fences() {
        return Ok(());
    }
    let detail = match fence_of(tx, token)? {
        Some((_, true)) => return Ok(()),
        Some((fence, false)) => format!("The lock with fence {fence} was released, broken or taken over."),
        None => "No lock was ever granted with this token.".to_owned(),
    };
    Err(Problem::new(Kind::LockLost, detail).into())
}

/// Returns the fence that was granted with a token, and whether that grant is alive.
pub(crate) fn fence_of(connection: &Connection, token: &str) -> Result<Option<(i64, bool)>, Failure> {
    let mut statement = connection.prepare_cached("SELECT fence, ended_at IS NULL FROM grants WHERE token = :token")?;
    Ok(statement.query_row(named_params! {":token": token}, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}
