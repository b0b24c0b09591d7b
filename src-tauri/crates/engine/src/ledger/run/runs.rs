//! Begins and finishes runs, and finds unfinished ones.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::named_params;
use serde_json::json as object;

use crate::domain::{Act, Actor, Counts, Outcome, Period, Protection, RunId, Trigger};
use crate::error::Problem;
use crate::ledger::run::claim::Moment;
use crate::ledger::trail::audit::AuditAct;
use crate::ledger::values::{from_json, instant, json, number, signed, stamp};
use crate::ledger::{LedgerError, LedgerTx};
use crate::ports::Learning;

/// A run, as it begins.
#[derive(Debug, Clone)]
pub(crate) struct RunStart {
    pub(crate) run_id: RunId,
    pub(crate) trigger: Trigger,
    pub(crate) actor: Actor,
    pub(crate) period: Period,
    /// The accounting side's own id of the organisation.
    pub(crate) organisation: String,
    pub(crate) protection: Protection,
    pub(crate) fence: u64,
    /// The user that the accounting system takes us for.
    pub(crate) accounting_user: String,
    /// The settings it runs under, for the audit trail.
    pub(crate) settings: serde_json::Value,
    pub(crate) started_at: DateTime<Utc>,
    /// The things that the source learns; of those that it did not name, the run before has the word.
    pub(crate) learning: Learning,
    /// True if the accounting system takes attachments.
    pub(crate) takes_attachments: bool,
}

/// The runs of this ledger before one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct EarlierRuns {
    /// The newest fence that one of them had.
    pub(crate) fence: u64,
    /// The time by which all of them had ended, by our wall clock.
    pub(crate) ended_at: Option<DateTime<Utc>>,
}

/// A run that did not begin, because it was not let in.
#[derive(Debug, Clone)]
pub(crate) struct RefusedRun {
    pub(crate) run_id: RunId,
    pub(crate) trigger: Trigger,
    pub(crate) actor: Actor,
    pub(crate) period: Period,
    /// The workspace's organisation, for a ledger that has no run yet.
    pub(crate) organisation: String,
    /// The reason; nothing if a person stopped it while it waited.
    pub(crate) error: Option<Problem>,
    pub(crate) at: DateTime<Utc>,
}

impl LedgerTx<'_> {
    /// Enters a run that did not begin, finished as it stands there: without rows, and with fence 0, which no lease
    /// has. It is written without the permit, so it closes nothing and claims nothing. The facts that only the
    /// accounting system could give are those of the run before; without one, the weakest that they can be.
    pub(crate) fn enter_refused(&self, run: &RefusedRun) -> Result<(), LedgerError> {
        let outcome = if run.error.is_some() { Outcome::Failed } else { Outcome::Stopped };
        self.execute_one(
            "run",
            include_str!("enter_refused.sql"),
            named_params! {
                ":run": run.run_id.as_str(), ":trigger": run.trigger.as_str(), ":user": run.actor.user,
                ":host": run.actor.host, ":from": run.period.from.map(|day| day.to_string()),
                ":to": run.period.to.map(|day| day.to_string()), ":organisation": run.organisation,
                ":protection": Protection::Observed.as_str(), ":program": env!("CARGO_PKG_VERSION"),
                ":now": stamp(run.at), ":outcome": outcome.as_str(), ":error": run.error.as_ref().map(json),
            },
        )?;
        let detail = object!({
            "outcome": outcome.as_str(), "counts": Counts::default(), "error": run.error.as_ref().map(|problem| problem.code),
            "trigger": run.trigger.as_str(), "began": false,
        });
        self.audit(&AuditAct::new(run.at, &run.actor, Act::SyncEnded).run(&run.run_id).detail(detail))?;
        Ok(())
    }

    /// Begins a run under the permit: everything open was left by a process that is gone, and is entered as such.
    pub(crate) fn begin_with_entry(&self, start: &RunStart, at: Moment) -> Result<i64, LedgerError> {
        let interrupted = self.close_interrupted(start.started_at)?;
        self.doubt_claimed(at)?;
        let number = self.begin_run(start)?;
        let act = |act, run| {
            AuditAct::new(start.started_at, &start.actor, act).accounting_user(&start.accounting_user).run(run)
        };
        for run in &interrupted {
            let detail = object!({ "outcome": Outcome::Interrupted.as_str(), "found_by": start.run_id.as_str() });
            self.audit(&act(Act::SyncEnded, run).detail(detail))?;
        }
        if let Some(before) = self.newest_settings()?.filter(|before| *before != start.settings) {
            let detail = object!({ "before": before, "after": start.settings });
            self.audit(&act(Act::SettingsChanged, &start.run_id).detail(detail))?;
        }
        let detail = object!({
            "settings": start.settings, "trigger": start.trigger.as_str(), "from": start.period.from, "to": start.period.to, "fence": start.fence,
            "protection": start.protection.as_str(), "program": env!("CARGO_PKG_VERSION"),
        });
        self.audit(&act(Act::SyncStarted, &start.run_id).detail(detail))?;
        Ok(number)
    }

    /// Returns the settings as the audit trail last held them, of a run or of a change; `None` before the first.
    pub(crate) fn newest_settings(&self) -> Result<Option<serde_json::Value>, LedgerError> {
        let newest = self.row(
            "SELECT act, detail FROM audit WHERE act IN ('sync_started', 'settings_changed') ORDER BY entry DESC LIMIT 1",
            [],
            |row| {
                let detail = from_json::<serde_json::Value>("audit.detail", &self.get::<String>(row, "detail")?)?;
                Ok((self.get::<String>(row, "act")?, detail))
            },
        )?;
        Ok(newest.and_then(|(act, mut detail)| {
            let member = if act == Act::SyncStarted.as_str() { "settings" } else { "after" };
            detail.get_mut(member).map(serde_json::Value::take)
        }))
    }

    /// Writes the run; returns its number in this ledger.
    pub(crate) fn begin_run(&self, start: &RunStart) -> Result<i64, LedgerError> {
        self.execute(
            "INSERT INTO run (run_id, trigger, actor_user, actor_host, period_from, period_to, organisation, protection,
                              fence, program, started_at, accounting_user, takes_attachments, takes_results,
                              locks_records)
             VALUES (:run, :trigger, :user, :host, :from, :to, :organisation, :protection, :fence, :program, :now,
                     :accounting_user, :takes_attachments, coalesce(:takes_results, (
                         SELECT takes_results FROM run WHERE fence > 0 ORDER BY run_number DESC LIMIT 1), 0),
                     coalesce(:locks_records, (
                         SELECT locks_records FROM run WHERE fence > 0 ORDER BY run_number DESC LIMIT 1), 0))",
            named_params! {
                ":run": start.run_id.as_str(), ":trigger": start.trigger.as_str(), ":user": start.actor.user,
                ":host": start.actor.host, ":from": start.period.from.map(|day| day.to_string()),
                ":to": start.period.to.map(|day| day.to_string()), ":organisation": start.organisation, ":protection": start.protection.as_str(),
                ":fence": signed(start.fence), ":program": env!("CARGO_PKG_VERSION"),
                ":accounting_user": start.accounting_user, ":takes_attachments": start.takes_attachments,
                ":now": stamp(start.started_at), ":takes_results": start.learning.takes_results,
                ":locks_records": start.learning.locks_records,
            },
        )?;
        Ok(self.inserted())
    }

    /// Notes that the run goes on under a newer fence.
    pub(crate) fn set_fence(&self, run: i64, fence: u64) -> Result<(), LedgerError> {
        self.execute_one(
            "run",
            "UPDATE run SET fence = :fence WHERE run_number = :run",
            named_params! { ":fence": signed(fence), ":run": run },
        )
    }

    /// Returns the newest fence that this ledger has had, and when its earlier runs had ended by our wall clock: those
    /// before that run, or all.
    pub(crate) fn earlier_runs(&self, before: Option<i64>) -> Result<EarlierRuns, LedgerError> {
        let found = self.row(
            "SELECT coalesce(max(fence), 0) AS fence, max(finished_at) AS ended_at FROM run
             WHERE fence > 0 AND run_number < coalesce(:before, run_number + 1)",
            named_params! { ":before": before },
            |row| {
                let ended_at = self.get::<Option<String>>(row, "ended_at")?;
                let ended_at = ended_at.map(|at| instant("run.finished_at", &at)).transpose()?;
                Ok(EarlierRuns { fence: number("run.fence", self.get(row, "fence")?)?, ended_at })
            },
        )?;
        Ok(found.unwrap_or_default())
    }

    /// Returns the newest fence under which this ledger began or sent anything.
    pub(crate) fn newest_fence(&self) -> Result<u64, LedgerError> {
        let found = self.row(
            "SELECT coalesce(max(fence), 0) AS fence FROM (SELECT fence FROM run UNION ALL SELECT fence FROM request)",
            [],
            |row| self.get::<i64>(row, "fence"),
        )?;
        number("run.fence", found.unwrap_or(0))
    }

    /// Returns the life of the lock that a person here broke last, if this ledger has sent nothing since.
    pub(crate) fn broken_life(&self) -> Result<Option<Duration>, LedgerError> {
        let found = self.row(include_str!("broken_life.sql"), [], |row| self.get::<Option<i64>>(row, "seconds"))?;
        Ok(found.flatten().and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs))
    }

    /// Returns the stop of the run that measured the longest lag of a search, if one measured more than was stated.
    pub(crate) fn measured_lag(&self) -> Result<Option<Problem>, LedgerError> {
        let found = self.row(include_str!("measured_lag.sql"), [], |row| self.get::<String>(row, "error"))?;
        found.map(|text| from_json("run.error", &text)).transpose()
    }

    /// Says whether somebody else may have been sending since this ledger last claimed something. A claim is made only
    /// when what others had sent must have arrived; from there on, every fence up to this one has to be one of ours. A
    /// run that ended before its claims proves nothing of what came before it.
    pub(crate) fn follows_others(&self, fence: u64) -> Result<bool, LedgerError> {
        let counts = self.row(include_str!("own_fences.sql"), named_params! { ":fence": signed(fence) }, |row| {
            Ok((self.get::<i64>(row, "claimed_under")?, self.get::<i64>(row, "since")?))
        })?;
        let (claimed_under, since) = counts.unwrap_or_default();
        let between = signed(fence) - claimed_under - 1;
        Ok(since != between)
    }

    /// Returns another organisation than this one, into whose books something was attempted: then this ledger is about
    /// theirs.
    pub(crate) fn other_organisation(&self, organisation: &str) -> Result<Option<String>, LedgerError> {
        self.row(
            "SELECT organisation FROM run WHERE organisation <> :organisation
                 AND EXISTS (SELECT 1 FROM attempt WHERE attempt.run_number = run.run_number) LIMIT 1",
            named_params! { ":organisation": organisation },
            |row| self.get(row, "organisation"),
        )
    }

    /// Closes the runs that a dead process left open, and returns them. Only the holder of the permit may call this:
    /// nobody else can then be in the middle of one.
    pub(crate) fn close_interrupted(&self, now: DateTime<Utc>) -> Result<Vec<RunId>, LedgerError> {
        let open = self.rows("SELECT run_number, run_id FROM run WHERE finished_at IS NULL", [], |row| {
            Ok((self.get::<i64>(row, "run_number")?, RunId::new(self.get::<String>(row, "run_id")?)))
        })?;
        let mut closed = Vec::with_capacity(open.len());
        for (number, run) in open {
            self.finish_run(number, Outcome::Interrupted, None, now)?;
            closed.push(run);
        }
        Ok(closed)
    }

    /// Keeps the number of the run's rows, known when its plan stands.
    pub(crate) fn set_read(&self, run: i64, read: u64) -> Result<(), LedgerError> {
        self.execute_one(
            "run",
            "UPDATE run SET read = :read WHERE run_number = :run",
            named_params! { ":read": signed(read), ":run": run },
        )
    }

    /// Ends a run; counts and sums are taken from its rows, not from anybody's memory.
    pub(crate) fn finish_run(
        &self,
        run: i64,
        outcome: Outcome,
        error: Option<&Problem>,
        now: DateTime<Utc>,
    ) -> Result<Counts, LedgerError> {
        self.execute(
            "UPDATE run_item SET result = CASE WHEN attempt_id IS NULL THEN 'not_sent' ELSE 'in_doubt' END
             WHERE run_number = :run AND result IS NULL",
            named_params! { ":run": run },
        )?;
        let counts = self.count_items(run)?;
        self.execute_one(
            "run",
            include_str!("finish_run.sql"),
            named_params! {
                ":run": run, ":now": stamp(now), ":outcome": outcome.as_str(), ":error": error.map(json),
                ":posted": signed(counts.posted), ":skipped": signed(counts.skipped), ":found": signed(counts.found),
                ":refused": signed(counts.refused), ":held": signed(counts.held), ":in_doubt": signed(counts.in_doubt),
                ":left_out": signed(counts.left_out), ":handed_over": signed(counts.handed_over),
            },
        )?;
        self.execute(include_str!("sum_run.sql"), named_params! { ":run": run })?;
        Ok(counts)
    }

    fn count_items(&self, run: i64) -> Result<Counts, LedgerError> {
        let mut counts = Counts::default();
        let read = self.row("SELECT read FROM run WHERE run_number = :run", named_params! { ":run": run }, |row| {
            self.get::<i64>(row, "read")
        })?;
        counts.read = number("run.read", read.unwrap_or(0))?;
        let tallies = self.rows(
            "SELECT result, count(*) AS rows FROM run_item WHERE run_number = :run GROUP BY result",
            named_params! { ":run": run },
            |row| Ok((self.get::<Option<String>>(row, "result")?, self.get::<i64>(row, "rows")?)),
        )?;
        for (result, rows) in tallies {
            let rows = number("rows", rows)?;
            match result.as_deref() {
                Some("posted") => counts.posted += rows,
                Some("handed_over") => counts.handed_over += rows,
                Some("refused") => counts.refused += rows,
                Some("held") => counts.held += rows,
                Some("in_doubt") => counts.in_doubt += rows,
                Some("left_out") => counts.left_out += rows,
                Some("skipped_found_in_accounting") => {
                    counts.skipped += rows;
                    counts.found += rows;
                }
                Some(skipped) if skipped.starts_with("skipped") => counts.skipped += rows,
                _ => {}
            }
        }
        Ok(counts)
    }
}
