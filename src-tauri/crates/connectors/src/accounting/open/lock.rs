//! Speaks to the export lock at the accounting side.

use std::time::Duration;

use postonce_engine::domain::RunId;
use postonce_engine::ports::{Acquired, CallError, LeaseAsk, LeaseToken, LockInfo, LockProgress};
use reqwest::{Method, Request};
use serde::Serialize;

use super::wire::{
    AcquireBody, BreakBody, GrantedBody, HolderBody, Instant, LockBody, RenewBody, RenewedBody, UnawareBody,
};
use super::{Open, unsendable};
use crate::http::classify;

const PATH: &str = "v1/locks/export";
const LOCK_TOKEN: &str = "lock-token";

pub(super) async fn acquire(open: &Open, ask: &LeaseAsk) -> Result<Acquired, CallError> {
    let body = AcquireBody {
        holder: HolderBody { user: &ask.holder.user, host: &ask.holder.host, run_id: ask.holder.run_id.as_str() },
        operation: ask.operation,
        ttl_seconds: ask.life.as_secs(),
    };
    let answer = open.call(open.brief_request(Method::POST, PATH, Some(json(&body)))?, &[201, 423]).await?;
    if answer.status == 423 {
        let lock: LockBody = classify::read(open.http.peer(), &answer)?;
        return Ok(Acquired::Held(lock.into()));
    }
    let granted: GrantedBody = classify::read(open.http.peer(), &answer)?;
    Ok(Acquired::Granted {
        token: LeaseToken::new(granted.token),
        fence: granted.fence,
        granted_at: granted.acquired_at.0,
        life: life(open, granted.acquired_at, granted.expires_at, ask.life)?,
        unaware: granted.unaware.map(|unaware| unaware.into_iter().map(UnawareBody::into).collect()),
    })
}

/// Returns the life that was granted: what was asked for, if the server does not say. One that is over when it begins is
/// no grant.
fn life(open: &Open, from: Instant, until: Option<Instant>, asked: Duration) -> Result<Duration, CallError> {
    let Some(until) = until else { return Ok(asked) };
    let life = (until.0 - from.0).to_std().ok().filter(|life| !life.is_zero());
    life.ok_or_else(|| CallError::Unknown(open.http.peer().unexpected(201, "expires_at")))
}

pub(super) async fn renew(
    open: &Open,
    token: &LeaseToken,
    life: Duration,
    progress: LockProgress,
) -> Result<Duration, CallError> {
    let body = RenewBody { ttl_seconds: life.as_secs(), progress };
    let mut request = open.brief_request(Method::PUT, PATH, Some(json(&body)))?;
    present(open, &mut request, token)?;
    let answer = open.call(request, &[200]).await?;
    // A server may answer with nothing, or with less than the lock: then it grants what was asked for. One that says
    // more than is understood may have granted less.
    let renewed: RenewedBody =
        if answer.body.is_empty() { RenewedBody::default() } else { classify::read(open.http.peer(), &answer)? };
    match renewed.renewed_at.or(renewed.now) {
        Some(from) => self::life(open, from, renewed.expires_at, life),
        None => Ok(life),
    }
}

pub(super) async fn release(open: &Open, token: &LeaseToken) -> Result<(), CallError> {
    let mut request = open.brief_request(Method::DELETE, PATH, None)?;
    present(open, &mut request, token)?;
    open.call(request, &[204]).await.map(drop)
}

pub(super) async fn break_lock(open: &Open, run: &RunId, reason: &str) -> Result<(), CallError> {
    let body = BreakBody { reason, run_id: run.as_str() };
    let path = format!("{PATH}/break");
    open.call(open.brief_request(Method::POST, &path, Some(json(&body)))?, &[200]).await.map(drop)
}

pub(super) async fn lock(open: &Open) -> Result<Option<LockInfo>, CallError> {
    let answer = match open.ask(open.brief_request(Method::GET, PATH, None)?, &[200]).await {
        // Only a problem document says that nobody holds it; a bare 404 is a wrong address.
        Err(CallError::Refused { problem, .. })
            if problem.params.get("status").is_some_and(|status| status == "404") =>
        {
            return Ok(None);
        }
        answer => answer?,
    };
    let lock: LockBody = classify::read(open.http.peer(), &answer)?;
    Ok(Some(lock.into()))
}

/// Adds the token by which the holder is known.
pub(super) fn present(open: &Open, request: &mut Request, token: &LeaseToken) -> Result<(), CallError> {
    open.http.secret_header(request, LOCK_TOKEN, token.expose()).map_err(unsendable)
}

/// Returns the bytes of a body of ours.
pub(super) fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("plain structs with text keys always make JSON")
}
