//! Commits drafts: posts them by their ids, many in one call, and reads afterwards what became of each.
//!
//! Why an id is posted once only (read in Odoo 19, and tried with eight callers): `_post` refuses every entry that is
//! not a draft; of two calls at once the database aborts one, Odoo tries it again, and then it is refused. So a refused
//! call is followed by a look at the entry.
//!
//! Odoo posts an entry of a locked day under a later date instead of refusing it. The lock dates are therefore looked
//! at right before, and the date right after: an entry that moved in between is no success, but a case for a person.

use std::collections::HashMap;

use chrono::NaiveDate;
use postonce_engine::domain::{CommitResult, Discarded, DraftId, Money, Refusal};
use postonce_engine::ports::CallError;
use serde_json::{Value, json};

use super::Odoo;
use super::books::{self, Books};
use super::client::{Fault, Kind, Lease, nothing_written};
use super::load;
use super::moves::{self, Entry, ForeignTotal, MODEL, Standing};
use super::staging::closed;
use super::words::Obstacle;

/// Holds a draft that is to be posted, and the content that it must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ToPost<'a> {
    pub(super) draft: &'a DraftId,
    pub(super) reference: &'a str,
    pub(super) date: NaiveDate,
    /// The sum of the debit lines.
    pub(super) total: Money,
    /// The same sum in the company's currency, if the posting was sent in both.
    pub(super) own: Option<Money>,
}

impl ToPost<'_> {
    fn is(&self, there: &There) -> bool {
        let entry = &there.entry;
        let is_total = |total: Money| {
            let there = Money::from_decimal(entry.total(), total.currency());
            entry.currency() == total.currency().code()
                && there.is_ok_and(|there| there.minor().unsigned_abs() == total.minor().unsigned_abs())
        };
        let is_sum = match there.foreign {
            Some(there) => there.foreign == self.total && self.own.is_none_or(|own| own == there.own),
            None => is_total(self.total),
        };
        entry.reference() == self.reference && entry.date() == Some(self.date) && is_sum
    }
}

/// Holds an entry as it is there.
struct There {
    entry: Entry,
    /// The sums of its debit lines, if it is in a foreign currency.
    foreign: Option<ForeignTotal>,
}

/// Posts drafts; returns one entry for each, in order, and `None` for a draft whose state is not known.
pub(super) async fn commit(
    odoo: &Odoo,
    lease: &impl Lease,
    drafts: &[ToPost<'_>],
) -> Result<Vec<Option<CommitResult>>, CallError> {
    let books = odoo.books().await.map_err(nothing_written)?;
    let mut results = vec![None; drafts.len()];
    let ids: Vec<Option<i64>> = drafts.iter().map(|draft| draft.draft.as_str().parse().ok()).collect();
    let is_foreign = drafts.iter().any(|draft| draft.total.currency().code() != books.currency);
    let (entries, locked_to) =
        look(odoo, &books, &ids, is_foreign).await.map_err(|fault| nothing_written(fault.into()))?;
    let mut open = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        results[index] = match ids[index].and_then(|id| entries.get(&id)) {
            None => Some(CommitResult::Gone),
            Some(there) => before(&books, draft, there, locked_to),
        };
        if let (None, Some(id)) = (&results[index], ids[index]) {
            open.push((index, id));
        }
    }
    // One after the other: the numbers of a journal are a queue in any case, and two of our own would only abort each
    // other.
    let _turn = odoo.posting.lock().await;
    let mut groups = vec![open];
    while let Some(group) = groups.pop() {
        if group.is_empty() {
            continue;
        }
        let was_refused = match post(odoo, lease, &books, &group).await {
            Ok(()) => None,
            Err(Fault::Refused { kind: Kind::Content | Kind::Missing, error }) => Some(error.refusal),
            // The results that are known are kept; the others stay unknown.
            Err(fault) if results.iter().any(Option::is_some) => {
                tracing::warn!(?fault, "a part of a request was not posted");
                break;
            }
            Err(fault) => return Err(fault.into()),
        };
        match was_refused {
            Some(_) if group.len() > 1 => {
                let (left, right) = group.split_at(group.len() / 2);
                groups.extend([right.to_vec(), left.to_vec()]);
            }
            refusal => {
                let Ok((entries, _)) = look(odoo, &books, &ids_of(&group), is_foreign).await else { break };
                for (index, id) in group {
                    results[index] = after(&drafts[index], entries.get(&id), refusal.as_ref());
                }
            }
        }
    }
    Ok(results)
}

fn ids_of(group: &[(usize, i64)]) -> Vec<Option<i64>> {
    group.iter().map(|(_, id)| Some(*id)).collect()
}

async fn look(
    odoo: &Odoo,
    books: &Books,
    ids: &[Option<i64>],
    is_foreign: bool,
) -> Result<(HashMap<i64, There>, Option<NaiveDate>), Fault> {
    let ids: Vec<i64> = ids.iter().flatten().copied().collect();
    let entries = moves::by_id(&odoo.client, books, &ids).await?;
    let lines = if is_foreign { moves::lines(&odoo.client, books, &ids).await? } else { HashMap::new() };
    let there = entries.into_iter().map(|(id, entry)| {
        let foreign = lines.get(&id).and_then(|lines| moves::foreign_total(books, lines));
        (id, There { entry, foreign })
    });
    Ok((there.collect(), books::locked_to(&odoo.client, books).await?))
}

/// Returns what is known of a draft without posting it; `None` for one that is to be posted.
fn before(books: &Books, draft: &ToPost<'_>, there: &There, locked_to: Option<NaiveDate>) -> Option<CommitResult> {
    let refused = |obstacle: Obstacle| CommitResult::Refused(obstacle.refusal(books.language()));
    match there.entry.standing() {
        Standing::Posted if draft.is(there) => Some(CommitResult::Posted(there.entry.acknowledgement())),
        // In the books with other content, or withdrawn: the look-up shows a person which.
        Standing::Posted | Standing::Withdrawn => Some(CommitResult::Gone),
        Standing::Draft if !draft.is(there) => Some(refused(Obstacle::DraftChanged)),
        Standing::Draft => closed(locked_to, draft.date).map(refused),
    }
}

/// Returns the result of an entry after the attempt to post it.
fn after(draft: &ToPost<'_>, there: Option<&There>, refusal: Option<&Refusal>) -> Option<CommitResult> {
    let Some(there) = there else { return Some(CommitResult::Gone) };
    match (there.entry.standing(), refusal) {
        (Standing::Posted, _) if draft.is(there) => Some(CommitResult::Posted(there.entry.acknowledgement())),
        (Standing::Draft, Some(refusal)) => Some(CommitResult::Refused(refusal.clone())),
        (Standing::Withdrawn, _) => Some(CommitResult::Gone),
        // Posted under another date than asked for; or accepted, and not shown yet.
        (Standing::Posted, _) | (Standing::Draft, None) => None,
    }
}

async fn post(odoo: &Odoo, lease: &impl Lease, books: &Books, group: &[(usize, i64)]) -> Result<(), Fault> {
    let ids: Vec<i64> = group.iter().map(|(_, id)| *id).collect();
    // `false` means done, or a window that a browser would open next; the entry itself, read afterwards, decides.
    let body = json!({"ids": ids, "context": books.context()});
    let _: Value = odoo.client.write(lease, MODEL, "action_post", &body).await?;
    Ok(())
}

/// Discards a draft, unless it ever was in the books.
pub(super) async fn discard(odoo: &Odoo, lease: &impl Lease, draft: &DraftId) -> Result<Discarded, CallError> {
    let books = odoo.books().await?;
    let Ok(id) = draft.as_str().parse::<i64>() else { return Ok(Discarded::Gone) };
    let there = standing(odoo, &books, id).await?;
    if let Some(known) = discarded(there) {
        return Ok(known);
    }
    match load::unlink(&odoo.client, lease, &books, &[id]).await {
        Ok(()) | Err(Fault::Refused { kind: Kind::Missing, .. }) => {}
        // Perhaps a person was faster.
        Err(fault @ Fault::Refused { kind: Kind::Content, .. }) => {
            return discarded(standing(odoo, &books, id).await?).ok_or_else(|| fault.into());
        }
        Err(fault) => return Err(fault.into()),
    }
    match discarded(standing(odoo, &books, id).await?) {
        Some(known) => Ok(known),
        None => Err(CallError::Unknown(odoo.client.peer().unexpected(200, "unlink"))),
    }
}

async fn standing(odoo: &Odoo, books: &Books, id: i64) -> Result<Option<Standing>, Fault> {
    Ok(moves::by_id(&odoo.client, books, &[id]).await?.get(&id).map(Entry::standing))
}

/// Returns what is known of a draft without deleting it; `None` for one that is still there.
fn discarded(standing: Option<Standing>) -> Option<Discarded> {
    match standing {
        None => Some(Discarded::Gone),
        Some(Standing::Posted | Standing::Withdrawn) => Some(Discarded::Committed),
        Some(Standing::Draft) => None,
    }
}
