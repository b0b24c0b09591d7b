//! Finds other records with the same payee, date, amount and text. For information only: nothing is ever decided by
//! them.

use rusqlite::named_params;

use crate::domain::RecordId;
use crate::ledger::values::{number, word};
use crate::ledger::{LedgerError, LedgerTx};
use crate::views::{LookAlike, LookAlikes, RecordState};

impl LedgerTx<'_> {
    /// Returns the records like this one, except those that left the source before they were exported.
    pub(in crate::ledger) fn look_alikes(&self, record_id: &str) -> Result<LookAlikes, LedgerError> {
        let mut found = LookAlikes::default();
        let first = self.rows(
            include_str!("look_alikes.sql"),
            named_params! { ":record": record_id, ":limit": LookAlikes::SHOWN_MAX },
            |row| {
                found.count = number("look_alikes", self.get(row, "total")?)?;
                let state: String = self.get(row, "state")?;
                Ok(LookAlike {
                    record_id: self.get(row, "record_id")?,
                    state: word("record_state.state", &state, RecordState::from_text)?,
                })
            },
        )?;
        Ok(LookAlikes { first, ..found })
    }

    /// Says whether there is one.
    pub(crate) fn has_look_alike(&self, record: &RecordId) -> Result<bool, LedgerError> {
        let found =
            self.row(include_str!("has_look_alike.sql"), named_params! { ":record": record.as_str() }, |row| {
                self.get::<i64>(row, "one")
            })?;
        Ok(found.is_some())
    }
}
