//! Chooses the reader of a file.

use std::path::PathBuf;

use super::super::csv::CsvDocument;
use super::super::table::{Document, FileSettings};

/// Returns the file at this path, as its kind is read.
pub(super) fn document(path: PathBuf, settings: &FileSettings) -> Box<dyn Document + '_> {
    Box::new(CsvDocument::new(path, settings))
}
