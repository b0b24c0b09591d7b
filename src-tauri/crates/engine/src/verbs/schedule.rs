//! Keeps to the workspace's schedule, under the same permit as everybody else.
//!
//! Invariants:
//! - a time is claimed in the ledger before its run is tried, so that two programs over one ledger never run one time
//!   both;
//! - a run that is not let in, or fails, is an entry in the history, and never the end of the scheduler;
//! - a scheduled run is a run like any other: it settles what earlier ones left in doubt.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use crate::domain::schedule::{Due, Schedule};
use crate::domain::{Actor, Period, RunId, TimeFate, Trigger};
use crate::engine::{Engine, Syncing};
use crate::error::{ErrorCode, Problem};
use crate::export::{RunAsk, SyncAsk, SyncEnd};
use crate::ledger::{LedgerError, LedgerTx, TimeClaim};

/// The pause between two looks at the clock at most: it may be set, and the machine may sleep through the wait.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// The pause at least, so that a clock that stands still is not asked without end.
const PAUSE_MIN: Duration = Duration::from_millis(100);

/// News of a schedule that is kept to.
#[derive(Clone)]
pub enum ScheduleNews {
    /// The scheduler waits, until then at the latest; `None` past the end of the calendar.
    Waiting {
        /// The next scheduled time.
        next: Option<DateTime<Utc>>,
    },
    /// A run is tried for this time.
    Started {
        /// The scheduled time.
        scheduled_for: DateTime<Utc>,
        /// The number of earlier times that were missed, and are made up for by this run.
        missed: u64,
        /// The run.
        syncing: Syncing,
    },
    /// The run for this time ended, or was not let in.
    Ended {
        /// The scheduled time.
        scheduled_for: DateTime<Utc>,
        /// The number of earlier times that were missed.
        missed: u64,
        /// The end of the run. It has its entry in the history, unless the fault is the ledger's own.
        end: Box<SyncEnd>,
    },
    /// Times were missed, and the workspace wants nothing caught up.
    Missed {
        /// The newest of the missed times.
        scheduled_for: DateTime<Utc>,
        /// The number of missed times.
        times: u64,
    },
    /// The ledger could not be asked or written just now; it is tried again within a minute.
    Trouble(Problem),
}

impl Engine {
    /// Keeps to the workspace's schedule until `stop`, and reports what happens; a run that is on then is asked to
    /// stop, and waited for. It returns at once if there is no schedule.
    ///
    /// # Errors
    /// If the ledger is gone, damaged or another one now: the caller must open it anew.
    pub async fn run_schedule(
        self: &Arc<Self>,
        actor: &Actor,
        stop: &CancellationToken,
        report: impl Fn(ScheduleNews) + Send + Sync,
    ) -> Result<(), Problem> {
        let Some(schedule) = self.parts().settings.schedule.clone() else { return Ok(()) };
        let (mut waits_for, mut trouble) = (None, None);
        while !stop.is_cancelled() {
            let dealt = self.deal_with_due(&schedule, actor, stop, &report).await;
            if matches!(dealt, Ok(true)) {
                (waits_for, trouble) = (None, None);
                continue;
            }
            // A problem that goes on is reported once.
            let problem = dealt.err();
            if let Some(lasting) = problem.clone().filter(lasts) {
                return Err(lasting);
            }
            if let Some(problem) = problem.clone().filter(|problem| trouble.as_ref() != Some(problem)) {
                report(ScheduleNews::Trouble(problem));
            }
            trouble = problem;
            let now = self.parts().clock.now();
            let next = self.next_run().await.unwrap_or_else(|_| schedule.next_after(now));
            if waits_for != Some(next) {
                report(ScheduleNews::Waiting { next });
                waits_for = Some(next);
            }
            let left = next.and_then(|next| (next - now).to_std().ok()).unwrap_or(PAUSE_MAX);
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = self.parts().clock.sleep(left.clamp(PAUSE_MIN, PAUSE_MAX)) => {}
            }
        }
        Ok(())
    }

    /// Returns the next scheduled time; `None` without a schedule.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn next_run(&self) -> Result<Option<DateTime<Utc>>, Problem> {
        Ok(self.next_runs(1).await?.pop())
    }

    /// Returns so many of the next scheduled times; none without a schedule.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn next_runs(&self, count: usize) -> Result<Vec<DateTime<Utc>>, Problem> {
        let parts = self.parts();
        let Some(schedule) = &parts.settings.schedule else { return Ok(Vec::new()) };
        let now = parts.clock.now();
        let dealt_with = parts.ledger.read(move |tx| tx.dealt_with_after(now)).await?;
        Ok(schedule.times_after(now).filter(|time| !dealt_with.contains(time)).take(count).collect())
    }

    /// Deals with what is due, and says whether something was.
    async fn deal_with_due(
        self: &Arc<Self>,
        schedule: &Schedule,
        actor: &Actor,
        stop: &CancellationToken,
        report: &(impl Fn(ScheduleNews) + Send + Sync),
    ) -> Result<bool, Problem> {
        let run_id = RunId::new(self.parts().ids.fresh());
        let (scheduled_for, missed) = match self.claim_due(schedule, run_id.clone()).await? {
            Due::Nothing => return Ok(false),
            Due::TooLate { scheduled_for, missed } => {
                report(ScheduleNews::Missed { scheduled_for, times: missed + 1 });
                return Ok(true);
            }
            Due::Run { scheduled_for, missed } => (scheduled_for, missed),
        };
        let ask = SyncAsk { period: Period::EVERYTHING, trigger: Trigger::Scheduled, actor: actor.clone(), wait: None };
        let syncing = self.start(RunAsk::from(ask).numbered(run_id));
        report(ScheduleNews::Started { scheduled_for, missed, syncing: syncing.clone() });
        let end = tokio::select! {
            biased;
            end = syncing.end() => end,
            () = stop.cancelled() => {
                syncing.stop();
                syncing.end().await
            }
        };
        let settled = self.settle(scheduled_for, &end).await;
        report(ScheduleNews::Ended { scheduled_for, missed, end: Box::new(end) });
        settled.map(|()| true)
    }

    /// Claims what is due, in one transaction. It writes only if something changes: most looks find nothing.
    async fn claim_due(&self, schedule: &Schedule, run: RunId) -> Result<Due, Problem> {
        let parts = self.parts();
        let now = parts.clock.now();
        let asked = schedule.clone();
        let glimpse = parts.ledger.read(move |tx| Ok(since(tx, &asked, now)?.map(|since| asked.due(since, now))));
        if glimpse.await? == Some(Due::Nothing) {
            return Ok(Due::Nothing);
        }
        let asked = schedule.clone();
        Ok(parts.ledger.write(move |tx| claim(tx, &asked, run, now)).await?)
    }

    async fn settle(&self, scheduled_for: DateTime<Utc>, end: &SyncEnd) -> Result<(), Problem> {
        let code = end.error.as_ref().map(|error| error.code);
        let was_on = matches!(code, Some(ErrorCode::LockHeld | ErrorCode::LockHeldHere));
        let how = if was_on { TimeFate::Skipped } else { TimeFate::Ran };
        Ok(self.parts().ledger.write(move |tx| tx.settle_time(scheduled_for, how)).await?)
    }
}

/// Says whether the problem lasts however long one waits.
fn lasts(problem: &Problem) -> bool {
    problem.code.is_of_the_ledger() && !matches!(problem.code, ErrorCode::LedgerBusy | ErrorCode::LedgerDiskFull)
}

fn since(tx: &LedgerTx<'_>, schedule: &Schedule, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, LedgerError> {
    tx.dealt_with_until(schedule.cron(), schedule.time_zone().name(), now)
}

/// Decides on the ledger as it stands now: another program may have been here since it was looked at.
fn claim(tx: &LedgerTx<'_>, schedule: &Schedule, run: RunId, now: DateTime<Utc>) -> Result<Due, LedgerError> {
    let Some(since) = since(tx, schedule, now)? else {
        tx.see_schedule(schedule.cron(), schedule.time_zone().name(), now)?;
        return Ok(Due::Nothing);
    };
    let due = schedule.due(since, now);
    let claim = match due {
        Due::Nothing => return Ok(due),
        Due::Run { scheduled_for, missed } => TimeClaim { scheduled_for, since, missed, run: Some(run) },
        Due::TooLate { scheduled_for, missed } => TimeClaim { scheduled_for, since, missed, run: None },
    };
    Ok(if tx.claim_time(&claim, now)? { due } else { Due::Nothing })
}

#[cfg(test)]
mod tests;
