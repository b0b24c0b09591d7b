//! Says whether the syncs that nobody watches do their work.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::Outcome;
use crate::domain::schedule::Schedule;
use crate::engine::Engine;
use crate::error::Problem;
use crate::ledger::{LedgerError, LedgerTx};
use crate::views::{RunSummary, Unattended};

/// The delay in which a scheduled time may still be served: a program starts, a machine wakes up.
const GRACE: TimeDelta = TimeDelta::minutes(5);
/// The exit status of the codes with which a run was not let in: somebody else did its work.
const LOCK_HELD: u8 = 3;

impl Engine {
    /// Returns whether scheduled syncs were run, and did their work.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn unattended(&self) -> Result<Unattended, Problem> {
        let parts = self.parts();
        let (schedule, now) = (parts.settings.schedule.clone(), parts.clock.now());
        let mut found = parts.ledger.read(move |tx| look(tx, schedule.as_ref(), now)).await?;
        // A run without an end has one, or its program died.
        found.failed = found.failed.take().filter(|run| run.outcome.is_some() || self.nobody_sends());
        Ok(found)
    }
}

fn look(tx: &LedgerTx<'_>, schedule: Option<&Schedule>, now: DateTime<Utc>) -> Result<Unattended, LedgerError> {
    let newest = tx.newest_scheduled_run()?;
    let last_success_at = tx.last_success_at()?;
    let unserved_since = match schedule {
        Some(schedule) => unserved(tx, schedule, newest.as_ref(), now)?,
        None => None,
    };
    let failed = newest.filter(did_not_do_its_work);
    let failed = failed.filter(|run| last_success_at.is_none_or(|success| success < run.started_at));
    Ok(Unattended { last_success_at, failed, unserved_since })
}

fn did_not_do_its_work(run: &RunSummary) -> bool {
    let was_held = run.error.as_ref().is_some_and(|problem| problem.code.exit_status() == LOCK_HELD);
    run.outcome != Some(Outcome::Completed) && !was_held
}

/// Returns the first scheduled time that passed without a run for it. A run that another scheduler began serves it, too.
fn unserved(
    tx: &LedgerTx<'_>,
    schedule: &Schedule,
    newest: Option<&RunSummary>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, LedgerError> {
    let Some(seen) = tx.served_until(schedule.cron(), schedule.time_zone().name(), now)? else { return Ok(None) };
    let since = newest.map_or(seen, |run| run.started_at.max(seen));
    Ok(schedule.next_after(since).filter(|time| *time + GRACE < now))
}
