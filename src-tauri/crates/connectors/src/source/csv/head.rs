//! Reads the head, which says which column gives which field.

use std::collections::BTreeMap;
use std::path::Path;

use csv::StringRecord;

use super::{CsvError, CsvSettings, Field};
use crate::text::nearest;

/// Maps each field to its column, in one file.
#[derive(Debug)]
pub(super) struct Head {
    places: BTreeMap<Field, usize>,
    /// The number of columns of the file.
    pub(super) width: usize,
}

impl Head {
    /// Matches each title by its exact text, space around it aside.
    pub(super) fn of(titles: &StringRecord, path: &Path, settings: &CsvSettings) -> Result<Self, CsvError> {
        // This is a file of two-byte characters without a byte order mark, read as one-byte characters.
        if titles.iter().any(|title| title.contains('\0')) {
            return Err(CsvError::Encoding {
                path: path.to_owned(),
                line: 1,
                encoding: settings.encoding.name(),
                likely: "UTF-16LE",
            });
        }
        let mut places = BTreeMap::new();
        for (&field, column) in &settings.columns {
            let mut found = titles.iter().enumerate().filter(|(_, title)| title.trim() == column);
            let Some((place, _)) = found.next() else {
                return Err(CsvError::ColumnMissing {
                    path: path.to_owned(),
                    column: column.clone(),
                    nearest: crate::text::visible(nearest(column, titles.iter().map(str::trim))),
                });
            };
            if found.next().is_some() {
                return Err(CsvError::ColumnRepeated { path: path.to_owned(), column: column.clone() });
            }
            places.insert(field, place);
        }
        Ok(Self { places, width: titles.len() })
    }

    /// Returns the field of a row unchanged; nothing if the files have no column for it.
    pub(super) fn raw<'r>(&self, row: &'r StringRecord, field: Field) -> &'r str {
        self.places.get(&field).and_then(|&place| row.get(place)).unwrap_or_default()
    }
}
