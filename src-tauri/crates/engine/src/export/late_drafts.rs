//! Discards drafts that arrive late. A request that makes drafts and is given up may still be carried out, after a
//! look-up found nothing and its records were staged anew. That is harmless as long as nobody posts the surplus draft
//! by hand. The first run that sees such a draft discards it: at its beginning those that arrived since the last one,
//! at its end those that arrived meanwhile.
//!
//! Invariant: a draft is discarded here only if no attempt on its reference is open, so that it is none that may still
//! be committed.

use chrono::{DateTime, TimeDelta};

use crate::calls::Caller;
use crate::calls::RunError;
use crate::domain::{DraftId, Protection, Reference};
use crate::export::step::Run;
use crate::ports::LOOK_UP_MAX;

/// The time after its sending for which a draft is looked for. No server works on a request for days.
const LOOKED_FOR: TimeDelta = TimeDelta::days(7);

/// Discards the drafts that arrived late. A draft that cannot be looked up or discarded now is left to the next run.
pub(crate) async fn discard_late_drafts(run: &Run<'_>, caller: &Caller) -> Result<(), RunError> {
    if run.capabilities.protection != Protection::Staged {
        return Ok(());
    }
    let (mut after, since) =
        (0, run.permit.earliest_now().checked_sub_signed(LOOKED_FOR).unwrap_or(DateTime::UNIX_EPOCH));
    loop {
        let page = run.ledger.read(move |tx| tx.late_drafts(since, after, LOOK_UP_MAX)).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        let mut references: Vec<Reference> = page.into_iter().map(|(_, reference)| reference).collect();
        references.sort();
        references.dedup();
        let looked_up = match caller.look_up(run.permit, &references).await {
            Ok(looked_up) => looked_up,
            Err(RunError::Problem(problem)) => {
                tracing::warn!(%problem, "late drafts could not be looked for; the next run does");
                return Ok(());
            }
            Err(halt) => return Err(halt),
        };
        let late: Vec<DraftId> = references.iter().flat_map(|reference| looked_up.drafts(reference)).collect();
        if let Some(doubt) = caller.discard_all(run.permit, &late).await? {
            tracing::warn!(?doubt, "a late draft could not be discarded; the next run looks again");
        }
    }
}
