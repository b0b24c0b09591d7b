//! Makes the counter-voucher of a voucher.

use postonce_engine::domain::VoucherResult;
use postonce_engine::ports::CallError;

use super::Open;
use super::lock::json;
use super::results::{self, ANSWERED, fits};
use super::wire::{ReversalBody, ReversesBody, VoucherProblem};
use super::writing::{self, Lease};
use crate::accounting::reversal::WantedReversal;
use crate::http::classify::Effect;
use crate::http::{HttpAnswer, classify};

/// The problem type for a request with another body under a key that was used. It does not say what came of the first
/// body.
const KEY_REUSED: &str = "idempotency-key-reused";

pub(super) async fn reverse(
    open: &Open,
    lease: &impl Lease,
    asked: WantedReversal<'_>,
) -> Result<VoucherResult, CallError> {
    let path = format!("v1/vouchers/{}/reversal", writing::segment(&open.http, asked.voucher_id)?);
    let reason = asked.bounded_reason();
    let body = json(&ReversalBody { reference: asked.reference.as_str(), date: asked.date, reason: &reason });
    let answer = writing::post(open, lease, &path, asked.key, &body, &[ANSWERED, 404, 422]).await?;
    if answer.status == ANSWERED { made(open, &answer, &asked) } else { refused(open, &answer) }
}

/// Reads a success. It has to name the reference and the voucher that it was asked about, and another voucher as the
/// counter-voucher.
fn made(open: &Open, answer: &HttpAnswer, asked: &WantedReversal<'_>) -> Result<VoucherResult, CallError> {
    let peer = open.http.peer();
    let result = results::one(peer, answer, asked.reference)?;
    if let VoucherResult::Created(made) | VoucherResult::Exists(made) = &result {
        let ReversesBody { reverses } = classify::read(peer, answer)?;
        if reverses != asked.voucher_id || made.voucher_id == asked.voucher_id {
            return Err(CallError::Unknown(peer.unexpected(answer.status, "reverses")));
        }
    }
    Ok(result)
}

/// Reads a definite refusal of this voucher, or what may be concluded from the answer otherwise.
fn refused(open: &Open, answer: &HttpAnswer) -> Result<VoucherResult, CallError> {
    let peer = open.http.peer();
    match (answer.status, classify::refusal(peer, answer)) {
        (422, Some(refusal)) if refusal.kind == KEY_REUSED => {
            Err(CallError::Unknown(peer.unexpected(answer.status, &refusal.detail)))
        }
        (404, Some(refusal)) if refusal.kind != "not-found" => Err(classify::otherwise(peer, answer, Effect::Writes)),
        (_, Some(refusal)) => {
            let in_the_way = classify::read::<VoucherProblem>(peer, answer).ok().and_then(|body| body.voucher_id);
            Ok(VoucherResult::Refused { refusal, voucher_id: in_the_way.filter(|id| fits(id)) })
        }
        (_, None) => Err(classify::otherwise(peer, answer, Effect::Writes)),
    }
}
