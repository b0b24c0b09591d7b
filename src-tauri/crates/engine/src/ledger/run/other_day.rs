//! Keeps the days on which records are booked instead of their own, which lie in a closed period.
//!
//! Invariants:
//! - a person's choice has a reason, and an entry in the audit trail; a choice by the workspace's rule names its run;
//! - the day is part of the claim before anything is sent: a choice changes nothing about an attempt that was made.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::named_params;
use serde_json::json;

use super::claim::{Claimed, Moment};
use super::settle::Settlement;
use crate::domain::{Act, Actor, Generation, OtherDay, Refusal};
use crate::ledger::values::{day, stamp};
use crate::ledger::{AuditAct, LedgerError, LedgerTx};

/// A record that was refused since its day lies in a closed period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InClosedPeriod {
    pub(crate) record_id: String,
    attempt_id: i64,
    /// The day that was refused.
    pub(crate) refused: NaiveDate,
    /// The record's own day.
    pub(crate) own: NaiveDate,
}

impl LedgerTx<'_> {
    /// Returns the records that are refused for a closed period.
    pub(crate) fn in_closed_period(&self) -> Result<Vec<InClosedPeriod>, LedgerError> {
        self.rows(include_str!("in_closed_period.sql"), named_params! { ":kind": Refusal::CLOSED_PERIOD }, |row| {
            Ok(InClosedPeriod {
                record_id: self.get(row, "record_id")?,
                attempt_id: self.get(row, "attempt_id")?,
                refused: day("attempt.date", &self.get::<String>(row, "refused")?)?,
                own: day("other_day.instead_of", &self.get::<String>(row, "own")?)?,
            })
        })
    }

    /// Keeps a person's choice of a day for a record, with its audit entry. `reason` is trimmed, and long enough.
    pub(crate) fn choose_other_day(
        &self,
        record: &InClosedPeriod,
        chosen: NaiveDate,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let other = OtherDay { instead_of: record.own, day: chosen };
        self.insert_other_day(&record.record_id, record.attempt_id, other, (Some(reason), None), actor, now)?;
        let act = AuditAct::new(now, actor, Act::OtherDayChosen)
            .record(&record.record_id, Generation::FIRST)
            .reason(reason)
            .detail(json!({ "instead_of": record.own, "day": chosen }));
        self.audit(&act).map(drop)
    }

    /// Settles an attempt that was refused for its day, and plans its row again, for the first day that is open: as the
    /// workspace's rule says.
    pub(crate) fn settle_for_other_day(
        &self,
        run: i64,
        claimed: &Claimed,
        settlement: &Settlement,
        next_open: NaiveDate,
        at: Moment,
    ) -> Result<(), LedgerError> {
        self.write_settlement(run, claimed, settlement, at)?;
        let record = claimed.record_id.as_str();
        let own = self.row(
            include_str!("own_day.sql"),
            named_params! { ":record": record, ":date": claimed.date.to_string() },
            |row| day("other_day.instead_of", &self.get::<String>(row, "own")?),
        )?;
        let other = OtherDay { instead_of: own.unwrap_or(claimed.date), day: next_open };
        let (actor, _) = self.maker_of(run)?;
        self.insert_other_day(record, claimed.attempt_id, other, (None, Some(run)), &actor, at.now)?;
        self.execute_one(
            "run_item",
            include_str!("plan_item_again.sql"),
            named_params! { ":run": run, ":attempt": claimed.attempt_id },
        )
    }

    /// Inserts a choice: a person's with its reason, or the rule's with its run.
    fn insert_other_day(
        &self,
        record: &str,
        attempt: i64,
        other: OtherDay,
        (reason, run): (Option<&str>, Option<i64>),
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.execute_one(
            "other_day",
            "INSERT INTO other_day (record_id, attempt_id, instead_of, day, reason, actor_user, actor_host, run_number,
                                    chosen_at)
             VALUES (:record, :attempt, :instead_of, :day, :reason, :user, :host, :run, :now)",
            named_params! {
                ":record": record, ":attempt": attempt, ":instead_of": other.instead_of.to_string(),
                ":day": other.day.to_string(), ":reason": reason, ":user": actor.user, ":host": actor.host, ":run": run,
                ":now": stamp(now),
            },
        )
    }
}
