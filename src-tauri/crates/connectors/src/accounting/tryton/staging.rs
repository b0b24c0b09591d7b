//! Stages drafts: makes them for a whole request in one call, posts them by their ids in one call, deletes those that
//! are not wanted.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use postonce_engine::domain::{CommitResult, Discarded, DraftId, Money, Reference, StageResult};
use postonce_engine::ports::{Answer, CallError};
use postonce_words::Language;
use serde_json::{Value, json};

use super::Tryton;
use super::fault::Fault;
use super::moves::{self, Move, PostedBody};
use super::posting::{self, RequestBody};
use super::rpc::{Call, LastLook};
use super::words::Obstacle;

/// Holds a draft that is to be posted, and the content that was claimed for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct ToCommit<'a> {
    pub(super) draft: &'a DraftId,
    pub(super) reference: &'a Reference,
    pub(super) date: NaiveDate,
    /// The sum of the debit lines.
    pub(super) total: Money,
    /// The number of lines.
    pub(super) lines: usize,
    /// VAT is taken out of a line, so that there are further ones.
    pub(super) has_vat: bool,
    /// The sum of the debit lines in the company's currency, if it was sent in both.
    pub(super) own: Option<Money>,
}

/// Remembers the drafts that were made over this connection, and that nobody tried to post yet. They are seconds old,
/// and Tryton's own times show whether somebody changed them since. Any other draft is read whole before it is posted.
#[derive(Debug, Default)]
pub(super) struct FreshDrafts(Mutex<HashSet<i64>>);

impl FreshDrafts {
    pub(super) fn add(&self, made: &[i64]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(made);
    }

    /// Says whether all of these are among them, and forgets them: a second attempt looks closer.
    fn take(&self, ids: &[i64]) -> bool {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = true;
        for id in ids {
            all &= made.remove(id);
        }
        all
    }
}

/// Makes the drafts of a request. A posting with a known obstacle is refused alone; the others go in one call, which
/// makes all of them or none.
pub(super) async fn stage(
    tryton: &Tryton,
    body: &[u8],
    last_look: LastLook<'_>,
) -> Result<Answer<StageResult>, CallError> {
    let peer = tryton.rpc().peer();
    let body: RequestBody = serde_json::from_slice(body)
        .map_err(|error| CallError::NotSent(peer.unexpected(0, &format!("ledger: {error}"))))?;
    let facts = tryton.facts().await?;
    let journal = facts.journal(tryton.rpc(), &tryton.journal)?;
    let _turn = tryton.turn.lock().await;
    let resolved = tryton
        .books
        .resolve(tryton.rpc(), &facts, &body.moves, tryton.create_parties, last_look)
        .await
        .map_err(|fault| fault.before_the_write(peer))?;
    let values: Vec<Value> = body
        .moves
        .iter()
        .zip(&resolved)
        .filter_map(|(posting, resolved)| Some(posting::values(&facts, journal, posting, resolved.as_ref().ok()?)))
        .collect();
    let mut made = if values.is_empty() {
        Vec::new()
    } else {
        let (count, params) = (values.len(), json!([values, facts.context()]));
        let made: Result<Vec<i64>, Fault> =
            tryton.rpc().call(&Call::write("model.account.move.create", params, last_look)).await;
        match made {
            Ok(made) if made.len() == count => {
                tryton.just_made.add(&made);
                made
            }
            Ok(made) => {
                return Err(CallError::Unknown(peer.unexpected(200, &format!("{} ids for {count}", made.len()))));
            }
            Err(Fault::No(exception)) => {
                tryton.books.forget().await;
                // A posting alone is the one at fault; of several, the engine finds it by halves.
                if body.moves.len() > 1 {
                    return Err(exception.whole(peer));
                }
                let refusal = exception.refusal();
                return Ok(Answer { results: vec![Some(StageResult::Refused { refusal, voucher_id: None })] });
            }
            Err(Fault::Call(error)) => return Err(error),
        }
    }
    .into_iter();
    let results = resolved.into_iter().map(|resolved| match resolved {
        Ok(_) => made.next().and_then(|id| DraftId::new(id.to_string())).map(StageResult::Staged),
        Err(obstacle) => Some(StageResult::Refused { refusal: obstacle.refusal(facts.language), voucher_id: None }),
    });
    Ok(Answer { results: results.collect() })
}

/// Says of each of these drafts whether another draft of ours, or a voucher, stands under its reference.
pub(super) async fn contested(tryton: &Tryton, drafts: &[ToCommit<'_>]) -> Result<Vec<bool>, CallError> {
    let facts = tryton.facts().await?;
    let ids: Vec<i64> = drafts.iter().filter_map(|draft| moves::number(draft.draft.as_str())).collect();
    let references: Vec<&str> = drafts.iter().map(|draft| draft.reference.as_str()).collect();
    let others = moves::others(tryton.rpc(), &facts, &ids, &references)
        .await
        .map_err(|fault| fault.before_the_write(tryton.rpc().peer()))?;
    Ok(references.iter().map(|reference| others.contains(*reference)).collect())
}

/// Posts drafts, after a look at their content. A draft that a person posted, changed or deleted is not posted by us.
/// If Tryton refuses several, it has posted none, and gives a reason for one of them: the engine divides them then.
pub(super) async fn commit(
    tryton: &Tryton,
    drafts: &[ToCommit<'_>],
    last_look: LastLook<'_>,
) -> Result<Answer<CommitResult>, CallError> {
    let peer = tryton.rpc().peer();
    let facts = tryton.facts().await?;
    let ids: Vec<i64> = drafts
        .iter()
        .map(|draft| {
            moves::number(draft.draft.as_str()).ok_or_else(|| moves::no_id(tryton.rpc(), draft.draft.as_str()))
        })
        .collect::<Result<_, _>>()?;
    let _turn = tryton.turn.lock().await;
    let before_the_write = |fault: Fault| fault.before_the_write(peer);
    let references: Vec<&str> = drafts.iter().map(|draft| draft.reference.as_str()).collect();
    let lines = (drafts.iter().map(|draft| draft.lines).sum(), drafts.iter().any(|draft| draft.has_vat));
    let are_untouched = tryton.just_made.take(&ids)
        && ids.len() > 1
        && moves::are_untouched(tryton.rpc(), &facts, &ids, &references, lines).await.map_err(before_the_write)?;
    let mut results: Vec<Option<CommitResult>> = if are_untouched {
        vec![None; drafts.len()]
    } else {
        let there = moves::by_id(tryton.rpc(), &facts, &ids).await.map_err(before_the_write)?;
        let judge = |(draft, id)| judge(there.get(id), draft, facts.language);
        drafts.iter().zip(&ids).map(judge).collect()
    };
    let to_post: Vec<i64> =
        ids.iter().zip(&results).filter(|(_, result)| result.is_none()).map(|(id, _)| *id).collect();
    if to_post.is_empty() {
        return Ok(Answer { results });
    }
    let call = Call::write("model.account.move.post", json!([to_post, facts.context()]), last_look);
    match tryton.rpc().call::<Value>(&call).await {
        Ok(_) => {}
        Err(Fault::No(exception)) if drafts.len() > 1 => {
            tryton.books.forget().await;
            return Err(exception.whole(peer));
        }
        Err(Fault::No(exception)) => {
            // Somebody may have posted or deleted it in this very moment.
            let there =
                moves::by_id(tryton.rpc(), &facts, &ids).await.map_err(|fault| after_the_write(fault, tryton))?;
            let judge = |(draft, id)| judge(there.get(id), draft, facts.language);
            let refused = CommitResult::Refused(exception.refusal());
            let results = drafts.iter().zip(&ids).map(judge).map(|seen| Some(seen.unwrap_or_else(|| refused.clone())));
            return Ok(Answer { results: results.collect() });
        }
        Err(Fault::Call(error)) => return Err(again_where_it_gave_up(error)),
    }
    // Tryton answers that they are posted; a second read says so too, with the number of each. A draft for which it
    // does not is unknown.
    let after = moves::posted(tryton.rpc(), &facts, &to_post).await.map_err(|fault| after_the_write(fault, tryton))?;
    for (id, result) in ids.iter().zip(&mut results).filter(|(_, result)| result.is_none()) {
        *result = after.get(id).map(PostedBody::acknowledgement).map(CommitResult::Posted);
    }
    Ok(Answer { results })
}

/// Returns the result of a draft in its present state; `None` if it is as it was made, and may be posted.
fn judge(there: Option<&Move>, draft: &ToCommit<'_>, language: Language) -> Option<CommitResult> {
    let Some(there) = there else { return Some(CommitResult::Gone) };
    match (there.is_posted(), there.is(draft.reference, draft.date, draft.total, draft.own)) {
        (true, true) => Some(CommitResult::Posted(there.acknowledgement())),
        // It was posted with other content than we sent: that is for a person, and the engine looks it up.
        (true, false) => Some(CommitResult::Gone),
        (false, true) if there.is_our_draft() && there.is_untouched(draft.lines, draft.has_vat) => None,
        (false, _) => Some(CommitResult::Refused(Obstacle::DraftChanged.refusal(language))),
    }
}

/// Deletes a draft. One that is posted cannot be deleted, and says so.
pub(super) async fn discard(tryton: &Tryton, draft: &DraftId, last_look: LastLook<'_>) -> Result<Discarded, CallError> {
    let facts = tryton.facts().await?;
    let id = moves::number(draft.as_str()).ok_or_else(|| moves::no_id(tryton.rpc(), draft.as_str()))?;
    let call = Call::write("model.account.move.delete", json!([[id], facts.context()]), last_look);
    let exception = match tryton.rpc().call::<Value>(&call).await {
        Ok(_) => return Ok(Discarded::Gone),
        Err(Fault::No(exception)) => exception,
        Err(Fault::Call(error)) => return Err(error),
    };
    let there = moves::by_id(tryton.rpc(), &facts, &[id]).await.map_err(|fault| after_the_write(fault, tryton))?;
    match there.get(&id) {
        None => Ok(Discarded::Gone),
        Some(there) if there.is_posted() => Ok(Discarded::Committed),
        Some(_) => Err(exception.whole(tryton.rpc().peer())),
    }
}

/// Makes a 503 of Tryton's an answer after which the same may be asked again. It says that the database gave up:
/// mostly, that others were writing too, and that it tried often enough. Drafts are posted by their ids, after a look
/// at each, so that asking again does no harm.
fn again_where_it_gave_up(error: CallError) -> CallError {
    match error {
        CallError::Unknown(problem) if problem.params.get("status").is_some_and(|status| status == "503") => {
            CallError::NotProcessed { problem, retry_after: None }
        }
        error => error,
    }
}

/// Makes a write unknown when the answer after it, which would say what became of the write, did not come.
pub(super) fn after_the_write(fault: Fault, tryton: &Tryton) -> CallError {
    CallError::Unknown(fault.whole(tryton.rpc().peer()).problem())
}
