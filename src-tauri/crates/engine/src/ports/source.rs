//! Defines the source of records: the platform, or its files.

use async_trait::async_trait;

use crate::domain::{HoldReason, Place, Record};
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
