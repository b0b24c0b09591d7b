//! Finds what a reading has lost: records that were there, are not exported, and would leave all lists but one.

use rusqlite::named_params;

use crate::domain::SetDigest;
use crate::ledger::run::observe::Reading;
use crate::ledger::values::number;
use crate::ledger::{LedgerError, LedgerTx};

/// The records that are not exported, and that an unfinished reading lacks.
#[derive(Debug, Clone, Default)]
pub(crate) struct LostRecords {
    pub(crate) lost: u64,
    /// The number of records that are not exported, as the newest whole reading had them.
    pub(crate) unexported: u64,
    /// True if the reading has no row at all.
    pub(crate) reads_nothing: bool,
    /// The first of them.
    pub(crate) first: String,
    /// All of them together.
    pub(crate) digest: SetDigest,
}

impl LedgerTx<'_> {
    /// Returns what an unfinished reading lacks; none are lost to the first reading.
    pub(crate) fn lost_records(&self, reading: Reading) -> Result<LostRecords, LedgerError> {
        let this = named_params! { ":reading": reading.0 };
        let mut found = LostRecords::default();
        self.each(include_str!("lost_records.sql"), this, |row| {
            let id: String = self.get(row, "record_id")?;
            found.digest.add(&id, &self.get::<Vec<u8>>(row, "content_hash")?);
            if found.lost == 0 {
                found.first = id;
            }
            found.lost += 1;
            Ok(())
        })?;
        if found.lost > 0 {
            let unexported = self.row(include_str!("count_unexported.sql"), [], |row| self.get(row, "unexported"))?;
            found.unexported = number("unexported", unexported.unwrap_or(0))?;
            let nothing = self.row(include_str!("reads_nothing.sql"), this, |row| self.get(row, "is_empty"))?;
            found.reads_nothing = nothing.unwrap_or(false);
        }
        Ok(found)
    }
}
