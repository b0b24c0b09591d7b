//! Drafts: made for a whole request in one call, posted by their ids in one call, deleted where they are not wanted.

use chrono::NaiveDate;
use postonce_engine::domain::{CommitResult, Discarded, DraftId, Money, Reference, StageResult};
use postonce_engine::ports::{Answer, CallError};
use serde_json::{Value, json};

use super::Tryton;
use super::fault::Fault;
use super::moves::{self, Move};
use super::posting::{self, RequestBody};
use super::rpc::{Call, LastLook};
use super::words::Obstacle;

/// A draft that is to be posted, and what it was made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct ToCommit<'a> {
    pub(super) draft: &'a DraftId,
    pub(super) reference: &'a Reference,
    pub(super) date: NaiveDate,
    pub(super) amount: Money,
}

/// Makes the drafts of a request. What is known beforehand to be in the way is refused alone; the others go in one call,
/// which makes all of them or none.
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
            Ok(made) if made.len() == count => made,
            Ok(made) => {
                return Err(CallError::Unknown(peer.unexpected(200, &format!("{} ids for {count}", made.len()))));
            }
            Err(Fault::No(refusal)) => {
                tryton.books.forget().await;
                // One alone is the one at fault; of several, the engine finds it by halves.
                if body.moves.len() > 1 {
                    return Err(refusal.whole(peer));
                }
                let problem = refusal.problem();
                return Ok(Answer { results: vec![Some(StageResult::Refused { problem, voucher_id: None })] });
            }
            Err(Fault::Call(error)) => return Err(error),
        }
    }
    .into_iter();
    let results = resolved.into_iter().map(|resolved| match resolved {
        Ok(_) => made.next().and_then(|id| DraftId::new(id.to_string())).map(StageResult::Staged),
        Err(obstacle) => Some(StageResult::Refused { problem: obstacle.problem(facts.language), voucher_id: None }),
    });
    Ok(Answer { results: results.collect() })
}

/// Posts drafts, after a look at what they hold. One that a person posted, changed or deleted is not posted by us. Where
/// Tryton refuses several, it has posted none, and says of one of them why: the engine divides them then.
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
    let before = moves::by_id(tryton.rpc(), &facts, &ids).await.map_err(|fault| fault.before_the_write(peer))?;
    let mut results: Vec<Option<CommitResult>> = drafts
        .iter()
        .zip(&ids)
        .map(|(draft, id)| match before.get(id) {
            // What was posted with other content than we sent is for a person; the engine looks it up.
            None => Some(CommitResult::Gone),
            Some(there) if there.is_posted() => Some(posted(there, draft)),
            Some(there) if is_intact(there, draft) => None,
            Some(_) => Some(CommitResult::Refused(Obstacle::DraftChanged.problem(facts.language))),
        })
        .collect();
    let to_post: Vec<i64> =
        ids.iter().zip(&results).filter(|(_, result)| result.is_none()).map(|(id, _)| *id).collect();
    if to_post.is_empty() {
        return Ok(Answer { results });
    }
    let call = Call::write("model.account.move.post", json!([to_post, facts.context()]), last_look);
    let refused = match tryton.rpc().call::<Value>(&call).await {
        Ok(_) => None,
        Err(Fault::No(refusal)) if to_post.len() > 1 => {
            tryton.books.forget().await;
            return Err(refusal.whole(peer));
        }
        Err(Fault::No(refusal)) => Some(refusal.problem()),
        Err(Fault::Call(error)) => return Err(error),
    };
    // Posted or not, what stands there now says it: a number for each that is in the books.
    let after = moves::by_id(tryton.rpc(), &facts, &to_post).await.map_err(|fault| after_the_write(fault, tryton))?;
    for ((draft, id), result) in drafts.iter().zip(&ids).zip(&mut results).filter(|(_, result)| result.is_none()) {
        *result = match (after.get(id), &refused) {
            (Some(there), _) if there.is_posted() => Some(posted(there, draft)),
            (Some(_), Some(problem)) => Some(CommitResult::Refused(problem.clone())),
            (None, _) => Some(CommitResult::Gone),
            // It said done, and it is not: nobody knows.
            (Some(_), None) => None,
        };
    }
    Ok(Answer { results })
}

/// Deletes a draft. One that is posted cannot be deleted, and says so.
pub(super) async fn discard(tryton: &Tryton, draft: &DraftId, last_look: LastLook<'_>) -> Result<Discarded, CallError> {
    let facts = tryton.facts().await?;
    let id = moves::number(draft.as_str()).ok_or_else(|| moves::no_id(tryton.rpc(), draft.as_str()))?;
    let call = Call::write("model.account.move.delete", json!([[id], facts.context()]), last_look);
    let refusal = match tryton.rpc().call::<Value>(&call).await {
        Ok(_) => return Ok(Discarded::Gone),
        Err(Fault::No(refusal)) => refusal,
        Err(Fault::Call(error)) => return Err(error),
    };
    let there = moves::by_id(tryton.rpc(), &facts, &[id]).await.map_err(|fault| after_the_write(fault, tryton))?;
    match there.get(&id) {
        None => Ok(Discarded::Gone),
        Some(there) if there.is_posted() => Ok(Discarded::Committed),
        Some(_) => Err(refusal.whole(tryton.rpc().peer())),
    }
}

/// An answer that tells what became of a write, and did not come: the write is unknown.
pub(super) fn after_the_write(fault: Fault, tryton: &Tryton) -> CallError {
    CallError::Unknown(fault.whole(tryton.rpc().peer()).told())
}

fn is_intact(there: &Move, draft: &ToCommit<'_>) -> bool {
    there.is_our_draft() && there.is(draft.reference, draft.date, draft.amount)
}

fn posted(there: &Move, draft: &ToCommit<'_>) -> CommitResult {
    if there.is(draft.reference, draft.date, draft.amount) {
        CommitResult::Posted(there.acknowledgement())
    } else {
        CommitResult::Gone
    }
}
