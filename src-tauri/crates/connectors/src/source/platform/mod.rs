//! Reads records from the organisation's platform: the platform half of the open protocol, page by page.
//!
//! Everything approved is read; the engine chooses the records of a run by the date of the expense.
//!
//! Invariants: a broken element is a flaw and not the end; the reading ends for certain, since no cursor is followed
//! twice.

mod element;
mod learn;
mod pages;
mod patience;
mod receipts;

use std::sync::Arc;

use async_trait::async_trait;
use postonce_engine::domain::{Currency, HoldReason, Receipt, RecordId, RunId};
use postonce_engine::error::Problem;
use postonce_engine::ports::{
    CallError, Clock, ExportResult, Learned, Learning, LockedRecord, Pages, ReceiptFile, Source, SourceError,
};

use crate::http::Http;

/// The source `platform`.
pub(crate) struct Platform {
    remote: Arc<Remote>,
}

/// Holds the settings that every page needs.
struct Remote {
    http: Http,
    clock: Arc<dyn Clock>,
    /// The currency of records that name none.
    currency: Currency,
}

impl Platform {
    pub(crate) fn new(http: Http, clock: Arc<dyn Clock>, currency: Currency) -> Self {
        Self { remote: Arc::new(Remote { http, clock, currency }) }
    }
}

impl Remote {
    fn error(&self, error: &CallError) -> SourceError {
        SourceError(match error {
            // Nobody holds a lock on this side.
            CallError::LeaseLost => self.http.peer().unexpected(412, ""),
            error => error.problem(),
        })
    }
}

#[async_trait]
impl Source for Platform {
    /// Asks for the first page, so that a wrong address or token is known before anything else happens.
    async fn open(&self) -> Result<Box<dyn Pages>, SourceError> {
        Ok(Box::new(pages::PlatformPages::open(Arc::clone(&self.remote)).await?))
    }

    async fn receipt(&self, receipt: &Receipt) -> Result<ReceiptFile, Problem> {
        self.remote.receipt(receipt).await
    }

    async fn learning(&self) -> Learning {
        self.remote.learning().await
    }

    async fn learn(&self, results: &[ExportResult]) -> Result<Learned, SourceError> {
        self.remote.learn(results).await.map_err(|error| self.remote.error(&error))
    }

    async fn lock(&self, run: &RunId, records: &[LockedRecord]) -> Result<Vec<Option<HoldReason>>, SourceError> {
        self.remote.lock(run, records).await.map_err(|error| self.remote.error(&error))
    }

    async fn release(&self, run: &RunId, records: &[RecordId]) -> Result<(), SourceError> {
        self.remote.release(run, records).await.map_err(|error| self.remote.error(&error))
    }
}

#[cfg(test)]
mod tests;
