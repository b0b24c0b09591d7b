//! Keeps which exports the source has not heard of yet.
//!
//! Invariant: a result is due from the transaction that makes its record exported, and until the source has taken it.

use chrono::{DateTime, Utc};
use rusqlite::named_params;

use crate::domain::{Acknowledgement, RecordId, RunId};
use crate::ledger::values::{instant, number, signed, stamp};
use crate::ledger::{LedgerError, LedgerTx};
use crate::ports::ExportResult;

/// A result that is due, under the number by which the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DueResult {
    pub(crate) attempt_id: i64,
    pub(crate) result: ExportResult,
}

impl LedgerTx<'_> {
    /// Notes that the source has to hear of an export, if the source of this run takes results.
    pub(in crate::ledger) fn be_due(&self, run: i64, attempt: i64, now: DateTime<Utc>) -> Result<(), LedgerError> {
        self.execute(
            "INSERT INTO result_due (attempt_id, due_at)
             SELECT :attempt, :now FROM run WHERE run_number = :run AND takes_results = 1",
            named_params! { ":attempt": attempt, ":now": stamp(now), ":run": run },
        )?;
        Ok(())
    }

    /// Returns a page of the results that are due, behind an attempt, in the order in which they were claimed.
    pub(crate) fn results_due(&self, after: i64, limit: usize) -> Result<Vec<DueResult>, LedgerError> {
        self.rows(
            include_str!("results_due.sql"),
            named_params! { ":after": after, ":limit": signed(limit as u64) },
            |row| {
                let result = ExportResult {
                    record_id: known_id(self.get::<String>(row, "record_id")?)?,
                    generation: self.generation(row)?,
                    reference: self.get(row, "reference")?,
                    voucher: Acknowledgement {
                        voucher_id: self.get(row, "voucher_id")?,
                        number: self.get(row, "voucher_number")?,
                    },
                    run_id: RunId::new(self.get::<String>(row, "run_id")?),
                    exported_at: instant("attempt.settled_at", &self.get::<String>(row, "settled_at")?)?,
                };
                Ok(DueResult { attempt_id: self.get(row, "attempt_id")?, result })
            },
        )
    }

    /// Notes that the source has taken these results.
    pub(crate) fn mark_reported(&self, attempts: &[i64], now: DateTime<Utc>) -> Result<(), LedgerError> {
        for attempt in attempts {
            // Another program may have told it meanwhile.
            self.execute(
                "UPDATE result_due SET told_at = :now WHERE attempt_id = :attempt AND told_at IS NULL",
                named_params! { ":now": stamp(now), ":attempt": attempt },
            )?;
        }
        Ok(())
    }

    /// Says whether the source of a run locks records.
    pub(crate) fn locks_records(&self, run: i64) -> Result<bool, LedgerError> {
        let found =
            self.row("SELECT locks_records FROM run WHERE run_number = :run", named_params! { ":run": run }, |row| {
                self.get(row, "locks_records")
            })?;
        Ok(found.unwrap_or(false))
    }

    /// Returns a page of the records that a run planned to send and did not export, each with its position, behind one:
    /// their locks at the source serve nobody. A record in doubt is not among them.
    pub(crate) fn locked_in_vain(
        &self,
        run: &RunId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, RecordId)>, LedgerError> {
        self.rows(
            include_str!("locked_in_vain.sql"),
            named_params! { ":run": run.as_str(), ":after": signed(after), ":limit": signed(limit as u64) },
            |row| {
                let position = number("run_item.position", self.get(row, "position")?)?;
                Ok((position, known_id(self.get::<String>(row, "record_id")?)?))
            },
        )
    }

    /// Returns how many exports the source has not heard of, if it takes results.
    pub(crate) fn count_unreported(&self) -> Result<u64, LedgerError> {
        let found = self.row(include_str!("count_unreported.sql"), [], |row| self.get::<i64>(row, "unreported"))?;
        number("result_due", found.unwrap_or(0))
    }
}

fn known_id(id: String) -> Result<RecordId, LedgerError> {
    RecordId::new(id.as_str()).map_err(|_| LedgerError::Impossible { what: "record_id", found: id })
}
