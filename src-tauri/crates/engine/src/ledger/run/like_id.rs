//! Finds exported records that a new one may be: by another writing of the same id, or by the same content.

use rusqlite::named_params;

use crate::domain::{HoldReason, Record, SetDigest};
use crate::ledger::run::observe::Reading;
use crate::ledger::{LedgerError, LedgerTx};

/// An exported record that another one equals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExportedTwin {
    pub(crate) record_id: String,
    /// Whether it has left the source: then its id may have become the other's.
    pub(crate) is_gone: bool,
}

/// New records that have day and amount of exported ones which have left the source.
#[derive(Debug, Clone, Default)]
pub(crate) struct MovedRecords {
    pub(crate) count: u64,
    /// The number of all new records.
    pub(crate) all: u64,
    /// The first of them, and the exported one.
    pub(crate) first: Option<(String, String)>,
    /// All of them together.
    pub(crate) digest: SetDigest,
}

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

    /// Returns an exported record with the same payee, day, amount and text that was exported before this one was ever
    /// seen: two that stood in the source side by side are two expenses. One that has left the source comes first.
    pub(crate) fn exported_twin(&self, record: &Record) -> Result<Option<ExportedTwin>, LedgerError> {
        let found = named_params! { ":record": record.id.as_str() };
        self.row(include_str!("exported_twin.sql"), found, |row| {
            Ok(ExportedTwin { record_id: self.get(row, "record_id")?, is_gone: self.get(row, "is_gone")? })
        })
    }

    /// Returns the new records of a reading that have day and amount of an exported one that has left the source.
    pub(crate) fn moved(&self, reading: Reading) -> Result<MovedRecords, LedgerError> {
        let mut moved = MovedRecords::default();
        self.each(include_str!("moved_records.sql"), named_params! { ":reading": reading.0 }, |row| {
            moved.all += 1;
            let Some(exported) = self.get::<Option<String>>(row, "exported")? else { return Ok(()) };
            let id: String = self.get(row, "record_id")?;
            moved.digest.add(&id, &self.get::<Vec<u8>>(row, "content_hash")?);
            moved.count += 1;
            moved.first.get_or_insert((id, exported));
            Ok(())
        })?;
        Ok(moved)
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
