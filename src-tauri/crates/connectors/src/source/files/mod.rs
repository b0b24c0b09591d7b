//! Reads records from files: one, those of a folder, or those that a glob matches.

mod document;
mod find;
mod pages;

use std::sync::Arc;

use async_trait::async_trait;
use postonce_engine::error::Problem;
use postonce_engine::ports::{Pages, Source, SourceError};

use super::table::FileSettings;

/// The source of files.
pub(crate) struct Files {
    settings: Arc<FileSettings>,
}

impl Files {
    pub(crate) fn new(settings: FileSettings) -> Self {
        Self { settings: Arc::new(settings) }
    }
}

#[async_trait]
impl Source for Files {
    async fn open(&self) -> Result<Box<dyn Pages>, SourceError> {
        let settings = Arc::clone(&self.settings);
        let checked = tokio::task::spawn_blocking(move || pages::check(&settings)).await;
        let files = checked.map_err(|error| SourceError(Problem::internal(error)))??;
        Ok(Box::new(pages::FilePages::start(Arc::clone(&self.settings), files)))
    }
}

#[cfg(test)]
mod tests;
