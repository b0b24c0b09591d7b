//! Finds exported records that a new one may be: by another writing of the same id, or by the same content.

use rusqlite::named_params;

use crate::domain::{HoldReason, Record};
use crate::ledger::run::observe::Reading;
use crate::ledger::{LedgerError, LedgerTx};

impl LedgerTx<'_> {
    /// Returns the reason to hold a record whose id is another writing of one that was exported, or that stands before
    /// it in the source, with the same day and amount.
    pub(crate) fn like_id(&self, reading: Reading, record: &Record) -> Result<Option<HoldReason>, LedgerError> {
        self.row(
            include_str!("like_id.sql"),
            named_params! {
                ":record": record.id.as_str(), ":form": record.id.form(), ":date": record.date.to_string(),
                ":currency": record.amount.currency().code(), ":minor": record.amount.minor(), ":reading": reading.0,
            },
            |row| {
                let voucher: Option<String> = self.get(row, "voucher")?;
                Ok(HoldReason::IdLookAlike {
                    id: record.id.as_str().to_owned(),
                    like: self.get(row, "record_id")?,
                    voucher: voucher.unwrap_or_default(),
                })
            },
        )
    }

    /// Returns the id of an exported record with the same payee, day, amount and text that was exported before this one
    /// was ever seen: two that stood in the source side by side are two expenses.
    pub(crate) fn exported_twin(&self, record: &Record) -> Result<Option<String>, LedgerError> {
        let found = named_params! { ":record": record.id.as_str() };
        self.row(include_str!("exported_twin.sql"), found, |row| self.get(row, "record_id"))
    }

    /// Says whether anything was ever exported from this ledger, or may have been.
    pub(crate) fn has_exported(&self) -> Result<bool, LedgerError> {
        let found =
            self.row("SELECT 1 AS one FROM attempt WHERE state NOT IN ('refused', 'not_sent') LIMIT 1", [], |row| {
                self.get::<i64>(row, "one")
            })?;
        Ok(found.is_some())
    }

    /// Says whether the reading has a record that was exported, or may have been.
    pub(crate) fn reads_exported(&self, reading: Reading) -> Result<bool, LedgerError> {
        let this = named_params! { ":reading": reading.0 };
        Ok(self.row(include_str!("reads_exported.sql"), this, |row| self.get::<i64>(row, "one"))?.is_some())
    }
}
