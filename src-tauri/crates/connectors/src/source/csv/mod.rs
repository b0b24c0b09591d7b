//! Reads records from CSV files, as people and Excel really write them.
//!
//! Invariants: memory does not grow with the files; every row comes out as a record or as a flaw, or the reading fails
//! as a whole; no byte is replaced by a guess.

mod amount;
mod date;
mod decode;
mod error;
mod files;
pub(crate) mod guess;
mod head;
mod pages;
mod row;
mod settings;

use std::sync::Arc;

use async_trait::async_trait;
use postonce_engine::error::Problem;
use postonce_engine::ports::{Pages, Source, SourceError};

pub(crate) use date::is_valid as date_format_is_valid;
pub use error::CsvError;
pub use guess::{ColumnGuess, Confidence, Guess};
pub use settings::{CsvSettings, DecimalSeparator, Field};

/// The source `csv`.
pub(crate) struct Csv {
    settings: Arc<CsvSettings>,
}

impl Csv {
    pub(crate) fn new(settings: CsvSettings) -> Self {
        Self { settings: Arc::new(settings) }
    }
}

#[async_trait]
impl Source for Csv {
    async fn open(&self) -> Result<Box<dyn Pages>, SourceError> {
        let settings = Arc::clone(&self.settings);
        let checked = tokio::task::spawn_blocking(move || pages::check(&settings)).await;
        let files = checked.map_err(|error| SourceError(Problem::internal(error)))??;
        Ok(Box::new(pages::CsvPages::start(Arc::clone(&self.settings), files)))
    }
}

#[cfg(test)]
mod tests;
