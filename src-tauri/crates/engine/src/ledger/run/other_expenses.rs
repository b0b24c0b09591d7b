//! Finds ids that do not name one expense each: an exported record's that stands for another expense now, since ids
//! begin anew, and ids that several expenses of one reading share.

use rusqlite::named_params;

use crate::ledger::run::observe::Reading;
use crate::ledger::values::number;
use crate::ledger::{LedgerError, LedgerTx};

/// The records of a file whose ids were exported, and stand for other expenses now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OtherExpenses {
    pub(crate) file: String,
    /// Those of which the day and two of payee, amount and text differ.
    pub(crate) surely: u64,
    /// Those of which the day and something else differ.
    pub(crate) perhaps: u64,
    /// The exported records of the file that are what they were.
    pub(crate) same: u64,
    /// The first of them.
    pub(crate) first: String,
}

/// The ids of a reading that several rows of other content share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SharedIds {
    /// The number of such ids.
    pub(crate) shared: u64,
    /// The number of ids.
    pub(crate) ids: u64,
    pub(crate) file: String,
    /// The first of them.
    pub(crate) first: String,
}

impl LedgerTx<'_> {
    /// Returns the files of an unfinished reading in which exported ids stand for other expenses.
    pub(crate) fn other_expenses(&self, reading: Reading) -> Result<Vec<OtherExpenses>, LedgerError> {
        let this = named_params! { ":reading": reading.0 };
        let mut found = self.rows(include_str!("other_expenses.sql"), this, |row| {
            Ok(OtherExpenses {
                file: self.get(row, "file")?,
                surely: number("surely", self.get(row, "surely")?)?,
                perhaps: number("perhaps", self.get(row, "perhaps")?)?,
                same: 0,
                first: self.get(row, "first")?,
            })
        })?;
        for other in &mut found {
            let of_file = named_params! { ":reading": reading.0, ":file": other.file };
            let same = self.row(include_str!("same_expenses.sql"), of_file, |row| self.get(row, "same"))?;
            other.same = number("same", same.unwrap_or(0))?;
        }
        Ok(found)
    }

    /// Returns the ids of an unfinished reading that rows of other content share; `None` if none do.
    pub(crate) fn shared_ids(&self, reading: Reading) -> Result<Option<SharedIds>, LedgerError> {
        let this = named_params! { ":reading": reading.0 };
        let shared = self.row(include_str!("shared_ids.sql"), this, |row| {
            Ok((number("shared", self.get(row, "shared")?)?, self.get(row, "file")?, self.get(row, "first")?))
        })?;
        let Some((shared, Some(file), Some(first))) = shared else { return Ok(None) };
        let ids = self.row("SELECT count(*) AS ids FROM record WHERE reading_id = :reading", this, |row| {
            number("ids", self.get(row, "ids")?)
        })?;
        Ok(Some(SharedIds { shared, ids: ids.unwrap_or(0), file, first }))
    }
}
