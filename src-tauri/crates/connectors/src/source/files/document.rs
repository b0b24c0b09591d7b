//! Chooses the reader of a file.

use std::path::PathBuf;

use super::super::csv::CsvDocument;
use super::super::table::{Document, FileKind, FileSettings};
use super::super::workbook::WorkbookDocument;

/// Returns the file at this path, as its kind is read.
pub(super) fn document(path: PathBuf, settings: &FileSettings) -> Box<dyn Document + '_> {
    match &settings.kind {
        FileKind::Csv => Box::new(CsvDocument::new(path, settings)),
        FileKind::Workbook(rules) => Box::new(WorkbookDocument::new(path, rules)),
    }
}
