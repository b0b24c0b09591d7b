//! Shows the files in which vouchers were handed over.

use chrono::{DateTime, Utc};

use super::Sum;
use crate::domain::RunId;

/// The state of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// The file is made and kept, and perhaps on its way.
    Rendered,
    /// The file lies where it is fetched from, or did.
    Sealed,
    /// A person withdrew the file, which was never imported.
    Withdrawn,
}

impl FileState {
    /// Returns the state spelled so, or `None`.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "rendered" => Self::Rendered,
            "sealed" => Self::Sealed,
            "withdrawn" => Self::Withdrawn,
            _ => return None,
        })
    }
}

/// A file of vouchers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOverFile {
    /// Its number, from 1 without a gap; the cursor for the next page.
    pub number: u32,
    /// The number as people read it.
    pub label: String,
    /// The name under which it was delivered.
    pub file_name: String,
    /// The format.
    pub format: String,
    /// Its state.
    pub state: FileState,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// That of the file before it.
    pub predecessor: Option<String>,
    /// The number of its bytes.
    pub bytes: u64,
    /// The number of its vouchers.
    pub vouchers: u64,
    /// The vouchers of it that were not seen in the books yet.
    pub waiting: u64,
    /// The vouchers of it that were.
    pub posted: u64,
    /// The sums of its vouchers, for each currency.
    pub sums: Vec<Sum>,
    /// The run that made it.
    pub run_id: RunId,
    /// The time at which it was made.
    pub rendered_at: DateTime<Utc>,
    /// The time at which it lay where it is fetched from.
    pub sealed_at: Option<DateTime<Utc>>,
    /// The time at which it was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// The reason for that.
    pub reason: Option<String>,
}
