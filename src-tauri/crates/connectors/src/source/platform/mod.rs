//! Reads records from the organisation's platform: the platform half of the open protocol, page by page.
//!
//! Everything approved is read; the engine chooses the records of a run by the date of the expense.
//!
//! Invariants: a broken element is a flaw and not the end; the reading ends for certain, since no cursor is followed
//! twice.

mod element;
mod pages;

use std::sync::Arc;

use async_trait::async_trait;
use postonce_engine::domain::Currency;
use postonce_engine::ports::{Clock, Pages, Source, SourceError};

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

#[async_trait]
impl Source for Platform {
    /// Asks for the first page, so that a wrong address or token is known before anything else happens.
    async fn open(&self) -> Result<Box<dyn Pages>, SourceError> {
        Ok(Box::new(pages::PlatformPages::open(Arc::clone(&self.remote)).await?))
    }
}

#[cfg(test)]
mod tests;
