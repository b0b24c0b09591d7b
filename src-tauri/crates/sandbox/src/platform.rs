//! Plays the platform half: the approved expenses, from the generator or from a file.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use serde::Deserialize;

use crate::error::SandboxError;
use crate::options::Options;
use crate::practice::{self, PracticeRecord};

/// Holds the records in the order in which they were approved. Their order does not change while a sandbox runs, so a
/// place in it serves as the cursor.
pub(crate) struct Platform {
    records: Vec<PracticeRecord>,
    /// The place of each record by its id.
    places: HashMap<String, usize>,
    /// How often each record was edited since the sandbox started.
    edits: Mutex<HashMap<String, u32>>,
}

/// A page of records, with the place at which the next one begins.
pub(crate) struct RecordPage {
    pub(crate) records: Vec<PracticeRecord>,
    pub(crate) next: Option<usize>,
}

/// A file of records in the shape of the protocol's answer; a bare list is taken too.
#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    Answer { records: Vec<PracticeRecord> },
    List(Vec<PracticeRecord>),
}

impl Platform {
    pub(crate) fn open(options: &Options, newest: NaiveDate) -> Result<Self, SandboxError> {
        let mut records = match &options.records {
            Some(path) => read(path)?,
            None => practice::records(options.practice_seed, options.practice_count, newest).collect(),
        };
        records.sort_by(|left, right| (left.approved_at, &left.id).cmp(&(right.approved_at, &right.id)));
        let places = records.iter().enumerate().map(|(place, record)| (record.id.clone(), place)).collect();
        Ok(Self { records, places, edits: Mutex::default() })
    }

    /// Returns the version that a record has now.
    pub(crate) fn version(&self, id: &str) -> Option<u32> {
        let record = self.records.get(*self.places.get(id)?)?;
        Some(record.version + self.edits().get(id).copied().unwrap_or(0))
    }

    /// Edits a record: it says so in its text from now on, and has a new version.
    pub(crate) fn edit(&self, id: &str) {
        *self.edits().entry(id.to_owned()).or_default() += 1;
    }

    fn edits(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.edits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn as_edited(&self, record: &PracticeRecord) -> PracticeRecord {
        let mut record = record.clone();
        if let Some(edits) = self.edits().get(&record.id) {
            record.version += edits;
            record.text = format!("{} ({edits})", record.text);
        }
        record
    }

    pub(crate) fn count(&self) -> usize {
        self.records.len()
    }

    /// Returns the records approved between two instants (milliseconds, both included), from a place on.
    pub(crate) fn page(&self, from: i64, to: i64, start: usize, limit: usize) -> RecordPage {
        let approved = |record: &PracticeRecord| record.approved_at.timestamp_millis();
        let first = self.records.partition_point(|record| approved(record) < from).max(start);
        let end = self.records.partition_point(|record| approved(record) <= to);
        let stop = first.saturating_add(limit).min(end);
        let records = self.records.get(first..stop).unwrap_or_default();
        let records = records.iter().map(|record| self.as_edited(record)).collect();
        RecordPage { records, next: if stop < end { Some(stop) } else { None } }
    }
}

fn read(path: &Path) -> Result<Vec<PracticeRecord>, SandboxError> {
    let bytes = std::fs::read(path).map_err(|source| SandboxError::Unreadable { path: path.to_owned(), source })?;
    let wrong = |place: String, reason: String| SandboxError::Records { path: path.to_owned(), place, reason };
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        // The syntax comes first: its errors have a line. Then comes the shape: its errors have a sentence.
        let value: serde_json::Value = serde_json::from_slice(&bytes)
            .map_err(|error| wrong(format!("line {}", error.line()), error.to_string()))?;
        return match serde_json::from_value(value) {
            Ok(File::Answer { records } | File::List(records)) => Ok(records),
            Err(_) => Err(wrong(
                "as a whole".to_owned(),
                "it is neither {\"records\": [...]} nor a list of records of the protocol's shape".to_owned(),
            )),
        };
    }
    practice::read_csv(bytes.as_slice())
        .map_err(|error| wrong(format!("line {}", error.line()), error.reason().to_owned()))
}
