//! Reads records from files: one, those of a folder, or those that a glob matches.

mod acknowledgement;
mod document;
mod find;
mod pages;
mod preview;
mod stamp;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use postonce_engine::domain::Receipt;
use postonce_engine::error::Problem;
use postonce_engine::ports::{
    Clock, ExportResult, Learned, Learning, Pages, ReceiptFile, Source, SourceError, SourceRemark,
};

use super::receipts;
use super::table::{DayReader, FileError, FileSettings};
pub use preview::{Preview, PreviewRow, WrittenCells};

/// The longest time that a reading waits for files to be left alone; for a longer one, the next reading will do.
const WAIT_MAX: Duration = Duration::from_secs(3);

/// The source of files.
pub(crate) struct Files {
    settings: Arc<FileSettings>,
    clock: Arc<dyn Clock>,
    /// The remarks of the last reading.
    remarks: Mutex<Vec<SourceRemark>>,
}

impl Files {
    pub(crate) fn new(settings: FileSettings, clock: Arc<dyn Clock>) -> Self {
        Self { settings: Arc::new(settings), clock, remarks: Mutex::default() }
    }

    /// Does something that reads, on a thread that may wait.
    async fn blocking<T: Send + 'static>(
        &self,
        act: impl FnOnce(&FileSettings) -> Result<T, FileError> + Send + 'static,
    ) -> Result<T, SourceError> {
        let settings = Arc::clone(&self.settings);
        let done = tokio::task::spawn_blocking(move || act(&settings)).await;
        Ok(done.map_err(|error| SourceError(Problem::internal(error)))??)
    }
}

#[async_trait]
impl Source for Files {
    async fn open(&self) -> Result<Box<dyn Pages>, SourceError> {
        let found = self.blocking(pages::find).await?;
        let wait = found.settles_in(self.settings.settle, self.clock.now());
        if !wait.is_zero() && wait <= WAIT_MAX {
            self.clock.sleep(wait).await;
        }
        let (now, days) = (self.clock.now(), days(&self.settings, self.clock.as_ref()));
        let checked = self.blocking(move |settings| pages::check(settings, found, days, now)).await?;
        *self.remarks.lock().unwrap_or_else(PoisonError::into_inner) = checked.remarks(&self.settings);
        Ok(Box::new(pages::FilePages::start(Arc::clone(&self.settings), checked)))
    }

    fn remarks(&self) -> Vec<SourceRemark> {
        self.remarks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn receipt(&self, receipt: &Receipt) -> Result<ReceiptFile, Problem> {
        let (settings, receipt) = (Arc::clone(&self.settings), receipt.clone());
        let taken = tokio::task::spawn_blocking(move || {
            let beside = acknowledgement::place(&settings);
            receipts::from_folder(beside.parent().unwrap_or(&settings.dir), &receipt)
        });
        taken.await.map_err(Problem::internal)?
    }

    async fn learning(&self) -> Learning {
        Learning { takes_results: Some(self.settings.acknowledges), ..Learning::NOTHING }
    }

    async fn learn(&self, results: &[ExportResult]) -> Result<Learned, SourceError> {
        let (taken, results) = (vec![true; results.len()], results.to_vec());
        self.blocking(move |settings| acknowledgement::add(settings, &results)).await?;
        Ok(Learned { taken, refusal: None })
    }
}

/// Returns the files that these settings mean, in the order of their names.
pub(crate) fn paths(settings: &FileSettings) -> Result<Vec<PathBuf>, FileError> {
    Ok(find::find(settings)?.files)
}

/// Returns the reader of days, which knows what day it is in the organisation's time zone.
fn days(settings: &FileSettings, clock: &dyn Clock) -> DayReader {
    let today = clock.now().with_timezone(&settings.time_zone).date_naive();
    DayReader::new(&settings.date_format, settings.time_zone, today)
}

#[cfg(test)]
mod tests;
