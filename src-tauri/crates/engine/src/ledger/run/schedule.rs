//! Keeps scheduled times: the mark from which they count, the program that claimed them, and their results.
//!
//! Invariant: a time is claimed in one transaction, and `UNIQUE` lets one claim through, whichever program comes first.

use chrono::{DateTime, Utc};
use rusqlite::named_params;

use crate::domain::{RunId, TimeFate};
use crate::ledger::values::{instant, signed, stamp};
use crate::ledger::{LedgerError, LedgerTx};

/// A scheduled time, to be dealt with.
#[derive(Debug, Clone)]
pub(crate) struct TimeClaim {
    pub(crate) scheduled_for: DateTime<Utc>,
    /// The time up to which times had been dealt with before.
    pub(crate) since: DateTime<Utc>,
    /// The number of times between that were missed.
    pub(crate) missed: u64,
    /// The run that will be tried for it; `None` if nobody wants it caught up.
    pub(crate) run: Option<RunId>,
}

impl LedgerTx<'_> {
    /// Returns the time up to which this schedule's times count as dealt with; `None` if it counts from now: it was not
    /// seen before, or the clock was set back.
    ///
    /// A clock that was far ahead for a while must not silence the schedule until then, so times after `now` are no
    /// mark. A time that was dealt with meanwhile is not claimed again all the same.
    pub(crate) fn dealt_with_until(
        &self,
        cron: &str,
        time_zone: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, LedgerError> {
        let marks = self.row(
            include_str!("dealt_with_until.sql"),
            named_params! { ":cron": cron, ":time_zone": time_zone, ":now": stamp(now) },
            |row| self.get::<String>(row, "until"),
        )?;
        marks.map(|until| instant("scheduled_time.scheduled_for", &until)).transpose()
    }

    /// Returns the time up to which this schedule's times were served with a run, or given to somebody who ran one;
    /// `None` if the schedule was not seen before. A time that was missed, and not caught up, was not served.
    pub(crate) fn served_until(
        &self,
        cron: &str,
        time_zone: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, LedgerError> {
        let served = self.row(
            include_str!("served_until.sql"),
            named_params! { ":cron": cron, ":time_zone": time_zone, ":now": stamp(now) },
            |row| self.get::<Option<String>>(row, "until"),
        )?;
        served.flatten().map(|until| instant("scheduled_time.scheduled_for", &until)).transpose()
    }

    /// Notes that the schedule is seen, and counts from now.
    pub(crate) fn see_schedule(&self, cron: &str, time_zone: &str, now: DateTime<Utc>) -> Result<(), LedgerError> {
        self.execute_one(
            "schedule_seen",
            "INSERT INTO schedule_seen (cron, time_zone, seen_at) VALUES (:cron, :time_zone, :now)",
            named_params! { ":cron": cron, ":time_zone": time_zone, ":now": stamp(now) },
        )
    }

    /// Claims a time, or returns `false`: somebody has dealt with it.
    pub(crate) fn claim_time(&self, claim: &TimeClaim, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        let how = if claim.run.is_some() { TimeFate::Claimed } else { TimeFate::Missed };
        let claimed = self.execute(
            include_str!("claim_time.sql"),
            named_params! {
                ":scheduled_for": stamp(claim.scheduled_for), ":since": stamp(claim.since), ":missed": signed(claim.missed), ":now": stamp(now),
                ":how": how.as_str(), ":run": claim.run.as_ref().map(RunId::as_str),
            },
        )?;
        Ok(claimed == 1)
    }

    /// Keeps the result of a time that was claimed.
    pub(crate) fn settle_time(&self, scheduled_for: DateTime<Utc>, how: TimeFate) -> Result<(), LedgerError> {
        self.execute_one(
            "scheduled_time",
            "UPDATE scheduled_time SET how = :how WHERE scheduled_for = :scheduled_for AND how = 'claimed'",
            named_params! { ":how": how.as_str(), ":scheduled_for": stamp(scheduled_for) },
        )
    }

    /// Returns the times after now that were dealt with, while the clock was ahead.
    pub(crate) fn dealt_with_after(&self, now: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>, LedgerError> {
        self.rows(
            "SELECT scheduled_for FROM scheduled_time WHERE scheduled_for > :now",
            named_params! { ":now": stamp(now) },
            |row| instant("scheduled_time.scheduled_for", &self.get::<String>(row, "scheduled_for")?),
        )
    }
}
