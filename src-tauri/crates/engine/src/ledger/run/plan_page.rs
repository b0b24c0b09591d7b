//! Reads what the plan needs, a page at a time, and writes the plan's rows into a run.

use chrono::{DateTime, Utc};
use rusqlite::{Row, named_params};

use crate::domain::{AttemptState, Generation, HoldReason, ItemResult, OtherDay, Payee, Place, Record, RecordId};
use crate::ledger::run::observe::Reading;
use crate::ledger::values::{day, from_json_option, instant_option, json, money, signed, stamp, word};
use crate::ledger::{LedgerError, LedgerTx};

/// A record of the newest reading, and the attempt that guards it.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// The cursor for the next page.
    pub(crate) cursor: i64,
    pub(crate) record: Record,
    pub(crate) place: Place,
    /// The places at which its id stands in the source, if it does so with several contents.
    pub(crate) conflict: Vec<Place>,
    /// The reason why it was held last time.
    pub(crate) held: Option<HoldReason>,
    pub(crate) guard: Option<Guard>,
    /// The day on which it is booked instead of its own.
    pub(crate) other_day: Option<OtherDay>,
}

/// The attempt that is, or may be, a record's voucher.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    pub(crate) attempt_id: i64,
    pub(crate) state: AttemptState,
    /// The run that settled it, by number.
    pub(crate) settled_run: Option<i64>,
    pub(crate) generation: Generation,
    /// The run that handed over its file, by number.
    pub(crate) handed_over_in: Option<i64>,
}

impl Candidate {
    /// Returns the generation under which it goes: the first, or the one behind a file that was withdrawn.
    pub(crate) fn generation(&self) -> Generation {
        let withdrawn = self.guard.as_ref().filter(|guard| guard.state == AttemptState::Withdrawn);
        withdrawn.map_or(Generation::FIRST, |guard| guard.generation.next())
    }
}

/// A row of the plan, as it enters a run.
#[derive(Debug, Clone)]
pub(crate) struct PlannedItem<'a> {
    pub(crate) position: u64,
    pub(crate) record_id: Option<&'a str>,
    pub(crate) place: &'a Place,
    pub(crate) generation: Option<Generation>,
    /// The result; `None` for a row to be sent.
    pub(crate) result: Option<ItemResult>,
    /// The earlier attempt, for a skipped duplicate.
    pub(crate) attempt_id: Option<i64>,
    pub(crate) reason: Option<&'a HoldReason>,
}

impl LedgerTx<'_> {
    /// Returns the records of a reading in the order in which they were first seen, a page.
    pub(crate) fn candidates(&self, reading: Reading, after: i64, limit: usize) -> Result<Vec<Candidate>, LedgerError> {
        self.rows(
            include_str!("candidates.sql"),
            named_params! { ":reading": reading.0, ":after": after, ":limit": signed(limit as u64) },
            |row| self.candidate(row),
        )
    }

    /// Returns the rows of a run whose turn has not come, with their records, a page.
    pub(crate) fn planned(
        &self,
        run: i64,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Generation, Candidate)>, LedgerError> {
        self.rows(
            include_str!("planned.sql"),
            named_params! { ":run": run, ":after": signed(after), ":limit": signed(limit as u64) },
            |row| {
                let position = crate::ledger::values::number("run_item.position", self.get(row, "position")?)?;
                Ok((position, self.generation(row)?, self.candidate(row)?))
            },
        )
    }

    /// Returns the rows of a run whose record was in doubt since an earlier run, and turned out never sent: with their
    /// records, which may be planned again.
    pub(crate) fn unsent(&self, run: i64) -> Result<Vec<(u64, Candidate)>, LedgerError> {
        self.rows(include_str!("unsent.sql"), named_params! { ":run": run }, |row| {
            let position = crate::ledger::values::number("run_item.position", self.get(row, "position")?)?;
            Ok((position, self.candidate(row)?))
        })
    }

    /// Plans such a row after all.
    pub(crate) fn plan_unsent(&self, run: i64, position: u64) -> Result<(), LedgerError> {
        self.execute_one(
            "run_item",
            "UPDATE run_item SET attempt_id = NULL, result = NULL, reason = NULL, generation = 1
             WHERE run_number = :run AND position = :position AND result = 'not_sent'",
            named_params! { ":run": run, ":position": signed(position) },
        )
    }

    /// Returns one record as it was last seen, whatever reading that was; `None` if it never was.
    pub(crate) fn candidate_of(&self, record: &str) -> Result<Option<Candidate>, LedgerError> {
        self.row(include_str!("candidate_of.sql"), named_params! { ":record": record }, |row| self.candidate(row))
    }

    /// Returns the places at which the id stands in the reading that saw the record last, the first few.
    fn conflict_places(&self, id: &RecordId) -> Result<Vec<Place>, LedgerError> {
        self.rows(include_str!("conflict_places.sql"), named_params! { ":id": id.as_str() }, |row| self.place(row))
    }

    fn candidate(&self, row: &Row<'_>) -> Result<Candidate, LedgerError> {
        let (code, exponent): (String, i64) = (self.get(row, "currency")?, self.get(row, "exponent")?);
        let record = Record {
            id: self.record_id(row)?,
            version: self.get(row, "version")?,
            approved_at: instant_option("record.approved_at", self.get(row, "approved_at")?)?,
            date: day("record.date", &self.get::<String>(row, "date")?)?,
            payee: Payee { id: self.get(row, "payee_id")?, name: self.get(row, "payee_name")? },
            category: self.get(row, "category")?,
            amount: money(&code, exponent, self.get(row, "minor")?)?,
            text: self.get(row, "text")?,
            department: self.get(row, "department")?,
            project: self.get(row, "project")?,
            detail: self.detail(row)?,
            receipts: from_json_option("record.receipts", self.get(row, "receipts")?)?.unwrap_or_default(),
        };
        let guard = match self.get::<Option<i64>>(row, "attempt_id")? {
            None => None,
            Some(attempt_id) => Some(Guard {
                attempt_id,
                state: word("attempt.state", &self.get::<String>(row, "state")?, AttemptState::from_text)?,
                settled_run: self.get(row, "settled_run")?,
                generation: Generation::new(self.get(row, "guard_generation")?)
                    .ok_or(LedgerError::Impossible { what: "generation", found: "0".into() })?,
                handed_over_in: self.get(row, "handed_over_in")?,
            }),
        };
        let other_day = match self.get::<Option<String>>(row, "other_day")? {
            None => None,
            Some(other) => Some(OtherDay {
                instead_of: day("other_day.instead_of", &self.get::<String>(row, "instead_of")?)?,
                day: day("other_day.day", &other)?,
            }),
        };
        let conflict = if self.get(row, "conflict")? { self.conflict_places(&record.id)? } else { Vec::new() };
        Ok(Candidate {
            cursor: self.get(row, "seq")?,
            record,
            place: self.place(row)?,
            conflict,
            held: from_json_option("record.held_reason", self.get(row, "held_reason")?)?,
            guard,
            other_day,
        })
    }

    pub(in crate::ledger) fn generation(&self, row: &Row<'_>) -> Result<Generation, LedgerError> {
        let number: u32 = self.get(row, "generation")?;
        Generation::new(number).ok_or(LedgerError::Impossible { what: "generation", found: "0".into() })
    }

    /// Writes a row of the plan.
    pub(crate) fn enter(&self, run: i64, item: &PlannedItem<'_>) -> Result<(), LedgerError> {
        self.execute(
            "INSERT INTO run_item (run_number, position, record_id, file, line, generation, result, attempt_id, reason)
             VALUES (:run, :position, :record, :file, :line, :generation, :result, :attempt, :reason)",
            named_params! {
                ":run": run, ":position": signed(item.position), ":record": item.record_id, ":file": item.place.file,
                ":line": signed(item.place.line), ":generation": item.generation.map(Generation::number),
                ":result": item.result.map(ItemResult::as_str), ":attempt": item.attempt_id,
                ":reason": item.reason.map(|reason| json(&crate::views::Reason::Held(reason.clone()))),
            },
        )?;
        Ok(())
    }

    /// Keeps with the record the reason why it is held, or that it no longer is.
    pub(crate) fn set_held(
        &self,
        id: &RecordId,
        reason: Option<&HoldReason>,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.execute_one(
            "record",
            "UPDATE record SET held_reason = :reason,
                 held_since = CASE WHEN :reason IS NULL THEN NULL ELSE coalesce(held_since, :now) END
             WHERE record_id = :id",
            named_params! { ":reason": reason.map(json), ":now": stamp(now), ":id": id.as_str() },
        )
    }

    /// Returns the next free place in a run, from 1.
    pub(crate) fn next_position(&self, run: i64) -> Result<u64, LedgerError> {
        let highest = self.row(
            "SELECT coalesce(max(position), 0) AS highest FROM run_item WHERE run_number = :run",
            named_params! { ":run": run },
            |row| self.get::<i64>(row, "highest"),
        )?;
        Ok(crate::ledger::values::number("run_item.position", highest.unwrap_or(0))? + 1)
    }
}
