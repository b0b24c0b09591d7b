//! Runs: begun, finished, and found unfinished.

use chrono::{DateTime, Utc};
use rusqlite::named_params;

use super::values::{json, number, signed, stamp};
use super::{Book, LedgerError};
use crate::domain::{Actor, Counts, Outcome, Period, Protection, RunId, Trigger};
use crate::error::Told;

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
    pub(crate) started_at: DateTime<Utc>,
}

impl Book<'_> {
    /// Writes the run; its number in this ledger.
    pub(crate) fn begin_run(&self, start: &RunStart) -> Result<i64, LedgerError> {
        self.execute(
            "INSERT INTO run (run_id, trigger, actor_user, actor_host, period_from, period_to, organisation, protection,
                              fence, program, started_at)
             VALUES (:run, :trigger, :user, :host, :from, :to, :organisation, :protection, :fence, :program, :now)",
            named_params! {
                ":run": start.run_id.as_str(), ":trigger": start.trigger.as_str(), ":user": start.actor.user,
                ":host": start.actor.host, ":from": start.period.from.map(|day| day.to_string()),
                ":to": start.period.to.map(|day| day.to_string()), ":organisation": start.organisation, ":protection": start.protection.as_str(),
                ":fence": signed(start.fence), ":program": env!("CARGO_PKG_VERSION"),
                ":now": stamp(start.started_at),
            },
        )?;
        Ok(self.inserted())
    }

    /// Another organisation than this one, into whose books something was attempted: then this ledger is about theirs.
    pub(crate) fn other_organisation(&self, organisation: &str) -> Result<Option<String>, LedgerError> {
        self.row(
            "SELECT organisation FROM run WHERE organisation <> :organisation
                 AND EXISTS (SELECT 1 FROM attempt WHERE attempt.run_number = run.run_number) LIMIT 1",
            named_params! { ":organisation": organisation },
            |row| self.get(row, "organisation"),
        )
    }

    /// Closes the runs that a dead process left open. Only whoever holds the permit may call this: nobody else can
    /// then be in the middle of one.
    pub(crate) fn close_interrupted(&self, now: DateTime<Utc>) -> Result<u64, LedgerError> {
        let open = self.rows("SELECT run_number FROM run WHERE finished_at IS NULL", [], |row| {
            self.get::<i64>(row, "run_number")
        })?;
        for run in &open {
            self.finish_run(*run, Outcome::Interrupted, None, now)?;
        }
        Ok(open.len() as u64)
    }

    /// How many rows the run is about, known when its plan stands.
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
        error: Option<&Told>,
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
            include_str!("sql/finish_run.sql"),
            named_params! {
                ":run": run, ":now": stamp(now), ":outcome": outcome.as_str(), ":error": error.map(json),
                ":posted": signed(counts.posted), ":skipped": signed(counts.skipped),
                ":refused": signed(counts.refused), ":held": signed(counts.held), ":in_doubt": signed(counts.in_doubt),
            },
        )?;
        self.execute(include_str!("sql/sum_run.sql"), named_params! { ":run": run })?;
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
                Some("refused") => counts.refused += rows,
                Some("held") => counts.held += rows,
                Some("in_doubt") => counts.in_doubt += rows,
                Some(skipped) if skipped.starts_with("skipped") => counts.skipped += rows,
                _ => {}
            }
        }
        Ok(counts)
    }
}
