//! Enters scheduled runs that were not let in. Nobody was there to see it, so the history shows it.

use crate::domain::{RunId, Trigger};
use crate::error::Problem;
use crate::export::ask::RunAsk;
use crate::export::ask::SyncEnd;
use crate::ledger::RefusedRun;
use crate::parts::Parts;

/// Returns the end of a scheduled run that meets another one in this process: it joins nothing.
pub(crate) fn another_is_on(parts: &Parts) -> SyncEnd {
    SyncEnd::failed(Problem::lock_held_here(parts.settings.file_lock.display()))
}

/// Enters a scheduled run that did not begin in the history, and returns its end with that entry. Any other end stays
/// as it is.
pub(crate) async fn keep(parts: &Parts, ask: &RunAsk, run_id: &RunId, end: SyncEnd) -> SyncEnd {
    let is_the_ledger = end.error.as_ref().is_some_and(|error| error.code.is_of_the_ledger());
    if ask.trigger != Trigger::Scheduled || end.run.is_some() || is_the_ledger {
        return end;
    }
    let refused = RefusedRun {
        run_id: run_id.clone(),
        trigger: ask.trigger,
        actor: ask.actor.clone(),
        period: ask.job.period(),
        organisation: parts.settings.organisation.as_str().to_owned(),
        error: end.error.clone(),
        at: parts.clock.now(),
    };
    // A run that began and broke off has its row already; the next run closes it.
    let entered = parts.ledger.write(move |tx| match tx.run_number(&refused.run_id)? {
        Some(_) => Ok(()),
        None => tx.enter_refused(&refused),
    });
    if let Err(error) = entered.await {
        tracing::warn!(%error, "a scheduled run that was not let in could not be entered in the history");
        return end;
    }
    SyncEnd { run: parts.ledger.run(run_id).await.ok().flatten(), ..end }
}
