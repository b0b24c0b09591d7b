//! Asks the server who we are and what it offers.

use std::sync::PoisonError;
use std::time::Duration;

use chrono::TimeDelta;
use postonce_engine::domain::{Capabilities, Protection, ReferenceRules, Refusal, SEARCH_LAG_UNSTATED};
use postonce_engine::error::Problem;
use postonce_engine::ports::{CallError, Connection};
use reqwest::Method;

use super::wire::{Me, MeCapabilities};
use super::{LockKind, Open, SchemePlace, Ways};
use crate::http::{Peer, classify};

/// The bound for a server that names none: it is not sent more vouchers than this at a time.
const VOUCHERS_PER_REQUEST_UNNAMED: usize = 100;
/// The bound for a server that names no length: it is trusted with the shortest references only.
const REFERENCE_LENGTH_UNNAMED: usize = ReferenceRules::LENGTH_MIN;

/// Asks who we are there, and how the server keeps two runs apart; from then on the calls of the lock go by that.
pub(super) async fn connect(open: &Open) -> Result<(Connection, Ways), CallError> {
    let request = open.brief_request(Method::GET, "v1/me", None)?;
    let answer = open.ask(request, &[200]).await?;
    let peer = open.http.peer();
    let me: Me = classify::read(peer, &answer)?;
    let lock = lock_kind(&me.capabilities);
    let scheme = match (me.capabilities.reference_scheme, lock) {
        (true, _) => Some(SchemePlace::Own),
        (false, LockKind::Labels) => Some(SchemePlace::Label),
        (false, LockKind::Own) => None,
    };
    let connection = Connection {
        address: peer.address().to_owned(),
        organisation_name: me.organisation.name.unwrap_or_else(|| me.organisation.id.clone()),
        organisation_id: me.organisation.id,
        user_name: me.user.name.unwrap_or_else(|| me.user.id.clone()),
        user_id: me.user.id,
        capabilities: capabilities(open, &me.capabilities)?,
        keeps_scheme: scheme.is_some(),
    };
    let honours_keys = connection.capabilities.idempotency_keys_live.is_some();
    let ways = Ways { lock, scheme, honours_keys };
    *open.ways.lock().unwrap_or_else(PoisonError::into_inner) = Some(ways);
    Ok((connection, ways))
}

/// Returns the strongest protection that the server names: drafts, whatever else it has, before unique references,
/// fences and none. A lost answer then leaves a surplus draft behind, and never a surplus voucher.
fn capabilities(open: &Open, me: &MeCapabilities) -> Result<Capabilities, CallError> {
    let peer = open.http.peer();
    let length_max = me.reference_max_length.unwrap_or(REFERENCE_LENGTH_UNNAMED);
    if length_max < ReferenceRules::LENGTH_MIN {
        return Err(reference_too_short(peer, length_max));
    }
    // A fence is a number of the server's own lock.
    let checks_fence = me.checks_fence && lock_kind(me) == LockKind::Own;
    let protection = match (me.drafts, me.unique_references, checks_fence) {
        (true, _, _) => Protection::Staged,
        (false, true, _) => Protection::Enforced,
        (false, false, true) => Protection::Fenced,
        (false, false, false) => Protection::Observed,
    };
    Ok(Capabilities {
        protection,
        idempotency_keys_live: me
            .idempotency_key_hours
            .filter(|&hours| hours > 0)
            .map(|hours| TimeDelta::hours(i64::from(hours))),
        settle_window: open.windows.settle,
        unique_references: protection == Protection::Enforced,
        search_lag: search_lag(me.lookup_lag_ms, open.windows.search_lag),
        vouchers_per_request_max: me.max_vouchers_per_request.unwrap_or(VOUCHERS_PER_REQUEST_UNNAMED).max(1),
        reference_rules: ReferenceRules { length_max, folds_case: false, ascii_only: false },
        vat_codes: me.vat_codes,
        own_amounts: me.own_amounts,
        takes_files: false,
        attachments: me.attachments.then_some(Duration::ZERO),
    })
}

/// Returns the lag to reckon with: the longer of what the server states and what the workspace says.
fn search_lag(stated_ms: Option<u64>, set: Option<Duration>) -> Duration {
    stated_ms.map(Duration::from_millis).max(set).unwrap_or(SEARCH_LAG_UNSTATED)
}

fn lock_kind(me: &MeCapabilities) -> LockKind {
    match me.export_lock {
        Some(false) if me.labels => LockKind::Labels,
        _ => LockKind::Own,
    }
}

fn reference_too_short(peer: &Peer, found: usize) -> CallError {
    let problem = Problem::accounting_reference_short(peer.address(), found, ReferenceRules::LENGTH_MIN);
    let refusal = Refusal::new("reference-max-length", format!("reference_max_length = {found}"));
    CallError::Refused { problem, refusal, too_large: false }
}
