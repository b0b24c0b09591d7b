//! The frame of every write to the books: fence first, then the key, then the act, then the journal.
//!
//! Invariant: these four are one transaction. A delayed request is judged by what holds when it takes effect.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};
use serde_json::{Value, json};

use super::{Failure, keys, record};
use crate::access::Caller;
use crate::clock::Instant;
use crate::faults::Switches;
use crate::problem::{Kind, Problem};

/// What a write brings with it beside its content.
#[derive(Clone)]
pub(crate) struct WriteRequest {
    pub(crate) event: &'static str,
    pub(crate) caller: Caller,
    pub(crate) token: String,
    pub(crate) key: String,
    /// SHA-256 over method, path and body.
    pub(crate) request_hash: [u8; 32],
    pub(crate) arrived_at: Instant,
}

/// A body, with whether it was given before.
pub(crate) struct Answer {
    pub(crate) body: String,
    pub(crate) replayed: bool,
}

/// Does `act` unless the fence forbids it or its key was answered already. `act` gets the fence and gives the answer's
/// body with what the journal should say of it.
pub(crate) fn guarded(
    tx: &Transaction<'_>,
    now: Instant,
    request: &WriteRequest,
    switches: Switches,
    act: impl FnOnce(i64) -> Result<(String, Value), Failure>,
) -> Result<Answer, Failure> {
    let mut detail = json!({"key": request.key, "arrived_at": request.arrived_at});
    let known_fence = fence_of(tx, &request.token)?;
    let outcome = decide(tx, now, request, switches, known_fence.map(|(fence, _)| fence), act);
    match &outcome {
        Ok((answer, about)) => {
            detail["status"] = 200.into();
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
    if switches.idempotency_keys
        && let Some(body) = keys::first_answer(tx, now, &request.key, &request.request_hash)?
    {
        return Ok((Answer { body, replayed: true }, Value::Null));
    }
    let (body, about) = act(fence.unwrap_or(0))?;
    if switches.idempotency_keys {
        keys::keep_answer(tx, now, &request.key, &request.request_hash, &body)?;
    }
    Ok((Answer { body, replayed: false }, about))
}

/// `412` unless the token is that of the living grant, or fences are switched off.
pub(super) fn require_fence(tx: &Transaction<'_>, token: &str, switches: Switches) -> Result<(), Failure> {
    if !switches.checks_fence {
        return Ok(());
    }
    let detail = match fence_of(tx, token)? {
        Some((_, true)) => return Ok(()),
        Some((fence, false)) => format!("The lock with fence {fence} was released, broken or taken over."),
        None => "No lock was ever granted with this token.".to_owned(),
    };
    Err(Problem::new(Kind::LockLost, detail).into())
}

/// The fence that was granted with a token, and whether that grant is alive.
pub(crate) fn fence_of(connection: &Connection, token: &str) -> Result<Option<(i64, bool)>, Failure> {
    let mut statement = connection.prepare_cached("SELECT fence, ended_at IS NULL FROM grants WHERE token = :token")?;
    Ok(statement.query_row(named_params! {":token": token}, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}
