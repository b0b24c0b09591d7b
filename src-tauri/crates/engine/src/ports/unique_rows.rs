//! Defines the little that an accounting system without a lock of its own must offer, so that a lease can be built on
//! it: rows with one unique field. A `party.code` in Tryton or an `ir.model.data` in Odoo is enough; no ETags, no
//! compare-and-set.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::CallError;

/// Rows with a unique code and a text. Each method is one call, without retries.
///
/// A connector must keep these rules: two rows never have the same code at once; an id is never given twice, even after
/// its row is gone; an update or a delete touches the row of that id alone, and never makes one.
#[async_trait]
pub trait UniqueRows: Send + Sync {
    /// Makes the row with this code.
    async fn create(&self, code: &str, text: &str) -> Result<Created, CallError>;

    /// Returns the row with this code; `None` if there is none.
    async fn read(&self, code: &str) -> Result<Option<UniqueRow>, CallError>;

    /// Writes another text into the row; returns `false` if it is gone.
    async fn update(&self, id: &RowId, text: &str) -> Result<bool, CallError>;

    /// Removes the row; returns `false` if it is gone already.
    async fn delete(&self, id: &RowId) -> Result<bool, CallError>;
}

/// The id that the server gave a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowId(String);

impl RowId {
    /// Wraps the id as the server gave it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Returns the id as the server gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The result of making a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// The row was made, under this id.
    Made(RowId),
    /// There is a row with this code already; nothing was written.
    Taken,
}

/// A row, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueRow {
    /// The id by which it is changed and removed.
    pub id: RowId,
    /// The row's text.
    pub text: String,
    /// The time when it was last written, by the server's clock; `None` if the server does not say.
    pub written_at: Option<DateTime<Utc>>,
    /// The server's time at this reading; `None` if it does not say.
    pub now: Option<DateTime<Utc>>,
}
