//! Reads the attempts that are looked for when the books are read back.

use chrono::{DateTime, Utc};
use rusqlite::named_params;

use crate::domain::Reference;
use crate::ledger::comparison::attempts::Compared;
use crate::ledger::values::instant_option;
use crate::ledger::{LedgerError, LedgerTx};

/// An attempt that the books may have, and when it left.
#[derive(Debug, Clone)]
pub(crate) struct FiledAttempt {
    pub(crate) compared: Compared,
    /// The number of its file, if it is in one.
    pub(crate) file: Option<u32>,
    /// The time at which its file lay where it is fetched from.
    pub(crate) sealed_at: Option<DateTime<Utc>>,
}

impl LedgerTx<'_> {
    /// Returns every attempt that is, or may be, in the books, or was in a file that was withdrawn.
    pub(crate) fn filed(&self) -> Result<Vec<FiledAttempt>, LedgerError> {
        self.rows(include_str!("filed.sql"), named_params! {}, |row| {
            Ok(FiledAttempt {
                compared: self.compared(row)?,
                file: self.get(row, "file")?,
                sealed_at: instant_option("sealed_file.sealed_at", self.get(row, "sealed_at")?)?,
            })
        })
    }

    /// Returns the references of counter-vouchers that we asked for.
    pub(crate) fn counter_references(&self) -> Result<Vec<Reference>, LedgerError> {
        self.rows("SELECT reference FROM reversal", named_params! {}, |row| {
            Ok(Reference::from_stored(self.get::<String>(row, "reference")?))
        })
    }
}
