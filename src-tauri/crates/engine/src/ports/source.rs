//! Defines the source of records: the platform, or its files.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::ReceiptFile;
use crate::domain::{Acknowledgement, Generation, HoldReason, Place, Receipt, Record, RecordId, RunId};
use crate::error::Problem;

/// The source of approved records.
#[async_trait]
pub trait Source: Send + Sync {
    /// Starts to read from the beginning.
    ///
    /// # Errors
    /// If the source cannot be opened, or lacks a column.
    async fn open(&self) -> Result<Box<dyn Pages>, SourceError>;

    /// Returns what the last reading found worth a look, though everything was read.
    fn remarks(&self) -> Vec<SourceRemark> {
        Vec::new()
    }

    /// Fetches a receipt that a record names, [`Receipt::BYTES_MAX`] bytes at most, of a type that is taken.
    ///
    /// # Errors
    /// With the problem of this receipt. It is fetched again by a later run.
    async fn receipt(&self, receipt: &Receipt) -> Result<ReceiptFile, Problem> {
        Err(Problem::receipt_missing(&receipt.place))
    }

    /// Says what the source can learn of exports. It is asked at the beginning of each run.
    async fn learning(&self) -> Learning {
        Learning::NOTHING
    }

    /// Tells the source results, [`EXPENSES_MAX`] at most. One that it knows already is taken as well.
    ///
    /// # Errors
    /// If it is not known which of them were taken. All of them are told again.
    async fn learn(&self, results: &[ExportResult]) -> Result<Learned, SourceError> {
        Ok(Learned { taken: vec![false; results.len()], refusal: None })
    }

    /// Locks records, [`EXPENSES_MAX`] at most, that are about to be exported; returns for each, in order, the reason to
    /// hold it, or nothing if it is locked. Asked again, it answers the same.
    ///
    /// # Errors
    /// If it is not known which of them are locked. Nothing is sent for them.
    async fn lock(&self, _run: &RunId, records: &[LockedRecord]) -> Result<Vec<Option<HoldReason>>, SourceError> {
        Ok(vec![None; records.len()])
    }

    /// Releases the locks that a run has on these records, [`EXPENSES_MAX`] at most.
    ///
    /// # Errors
    /// If they may still be locked. They end by themselves.
    async fn release(&self, _run: &RunId, _records: &[RecordId]) -> Result<(), SourceError> {
        Ok(())
    }
}

/// A record that is to be locked at its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedRecord {
    /// The record.
    pub id: RecordId,
    /// The version that was read, if the source numbers them.
    pub version: Option<u32>,
}

/// The number of records of which a source is told in one call, at most.
pub const EXPENSES_MAX: usize = 500;

/// The things that a source can learn of exports; `None` if it did not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learning {
    /// True if it takes the results of exports.
    pub takes_results: Option<bool>,
    /// True if it locks records that are being exported.
    pub locks_records: Option<bool>,
}

impl Learning {
    /// The source learns nothing.
    pub const NOTHING: Self = Self { takes_results: Some(false), locks_records: Some(false) };
    /// The source did not say, or was not asked.
    pub const UNSAID: Self = Self { takes_results: None, locks_records: None };
}

/// The result of a record's export, as its source is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportResult {
    /// The record.
    pub record_id: RecordId,
    /// The generation: that with the highest one is the record's newest voucher.
    pub generation: Generation,
    /// The reference of the voucher.
    pub reference: String,
    /// The voucher.
    pub voucher: Acknowledgement,
    /// The run that exported it, or found it in the books.
    pub run_id: RunId,
    /// The time at which the ledger knew of it.
    pub exported_at: DateTime<Utc>,
}

/// The answer of a source to results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// Says of each result, in order, whether the source has it.
    pub taken: Vec<bool>,
    /// The reason for which the first of the others was refused, if the source gave one.
    pub refusal: Option<Problem>,
}

/// Something that a reading found worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRemark {
    /// The name of its sentence in the catalogue.
    pub kind: &'static str,
    /// The file.
    pub file: String,
    /// The line of the example.
    pub line: u64,
    /// The column.
    pub column: String,
    /// The example, as it stands there.
    pub text: String,
}

/// A reading of the source, page by page.
#[async_trait]
pub trait Pages: Send {
    /// Returns the next rows, [`PAGE_ROWS_MAX`] at most; `None` after the last.
    ///
    /// # Errors
    /// If the source cannot be read on. The run then ends and nothing was sent: half a source is no source.
    async fn next(&mut self) -> Result<Option<Vec<Row>>, SourceError>;
}

/// The number of rows in a page at most, so that memory does not grow with the source.
pub const PAGE_ROWS_MAX: usize = 1_000;

/// One row of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A record, and its place.
    Record(Box<Record>, Place),
    /// A row that is no record; it is held, and the others go on.
    Flaw(Flaw),
    /// A row that does not count, by the rule that is its reason; nobody has to look at it.
    LeftOut(Flaw),
}

/// A row that could not be read as a record, or does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The id as it stands there, if there is one.
    pub record_id: Option<String>,
    /// The place of the row.
    pub place: Place,
    /// The reason to hold it.
    pub reason: HoldReason,
    /// The beginning of the row, so that a person can find it; bounded by the connector.
    pub glimpse: String,
}

/// The problem because of which the source could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SourceError(pub Problem);
