//! Commits drafts by their id, once, and discards those that are not wanted. They are staged like vouchers.

use postonce_engine::domain::{CommitResult, Discarded, DraftId, Reference, VoucherResult};
use postonce_engine::ports::CallError;
use reqwest::Method;

use super::Open;
use super::results::{self, ANSWERED};
use super::writing::{self, Lease};
use crate::http::classify::Effect;
use crate::http::{HttpAnswer, classify};

/// The path under which drafts are staged.
pub(super) const PATH: &str = "v1/drafts";

/// Commits a draft. Only the problem document by which the server says that it does not know this draft proves that it
/// is gone: any other `404` may come of a wrong address.
pub(super) async fn commit(
    open: &Open,
    lease: &impl Lease,
    reference: &Reference,
    draft: &DraftId,
) -> Result<CommitResult, CallError> {
    let path = format!("{PATH}/{}/commit", writing::segment(&open.http, draft.as_str())?);
    let request = open.request(Method::POST, &path, Some(b"{}".to_vec()))?;
    let answer = writing::send(open, lease, request, &[ANSWERED, 404]).await?;
    let peer = open.http.peer();
    if answer.status == 404 {
        return if is(open, &answer, "draft-unknown") {
            Ok(CommitResult::Gone)
        } else {
            Err(classify::otherwise(peer, &answer, Effect::Writes))
        };
    }
    Ok(match results::one(peer, &answer, reference)? {
        VoucherResult::Created(made) | VoucherResult::Exists(made) => CommitResult::Posted(made),
        VoucherResult::Refused { refusal, .. } => CommitResult::Refused(refusal),
    })
}

/// Discards a draft.
pub(super) async fn discard(open: &Open, lease: &impl Lease, draft: &DraftId) -> Result<Discarded, CallError> {
    let path = format!("{PATH}/{}", writing::segment(&open.http, draft.as_str())?);
    let request = open.request(Method::DELETE, &path, None)?;
    let answer = writing::send(open, lease, request, &[204, 404, 409]).await?;
    match answer.status {
        204 => Ok(Discarded::Gone),
        404 if is(open, &answer, "draft-unknown") => Ok(Discarded::Gone),
        409 if is(open, &answer, "draft-committed") => Ok(Discarded::Committed),
        _ => Err(classify::otherwise(open.http.peer(), &answer, Effect::Writes)),
    }
}

fn is(open: &Open, answer: &HttpAnswer, kind: &str) -> bool {
    classify::refusal(open.http.peer(), answer).is_some_and(|refusal| refusal.kind == kind)
}
