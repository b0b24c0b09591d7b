//! Writes comparisons, certificates, runs and the audit trail as files: CSV and XLSX for a spreadsheet, JSON for a
//! program, PDF for the archive.
//!
//! Differences and vouchers are read from the ledger in pages and written one by one; only the PDF is kept in memory
//! until its last page is known.

mod csv_file;
pub mod figures;
mod json_file;
mod pages;
mod pdf;
mod place;
mod run_file;
pub mod sentences;
mod trail;
mod words;

use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use postonce_engine::error::Problem;
use postonce_engine::views::{AccountSum, Comparison, Papers, RunSummary};
use postonce_engine::{Ledger, LedgerError};
use postonce_words::Language;

pub use json_file::{comparison as comparison_json, difference as difference_json, lines as voucher_lines_json};
pub use place::{Overwrite, Place};
pub use run_file::{RunFormat, write_run};
pub use trail::{TrailFormat, write_trail};
pub use words::{difference as difference_words, verdict};

/// The subject of a report, and its readers.
#[derive(Debug, Clone)]
pub struct Report {
    /// The comparison it reports.
    pub comparison: Comparison,
    /// The run, for its certificate.
    pub run: Option<RunSummary>,
    /// Debit and credit of each account, for the report of a month.
    pub accounts: Vec<AccountSum>,
    /// The origin of the report.
    pub papers: Papers,
    /// The organisation's name.
    pub organisation_name: String,
    /// The organisation's time zone, in which times are written.
    pub time_zone: Tz,
    /// The language of titles and sentences.
    pub language: Language,
    /// The time at which the report is made.
    pub made_at: DateTime<Utc>,
    /// The version of this program.
    pub program: String,
}

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table for a spreadsheet.
    Csv,
    /// A document for a program.
    Json,
    /// Pages for people.
    Pdf,
}

impl Format {
    /// The endings of file names, each of which names a format.
    pub const ENDINGS: &'static str = ".pdf, .csv, .json";

    /// Returns the format that the ending of a file's name stands for.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match ending.as_str() {
            "csv" => Self::Csv,
            "json" => Self::Json,
            "pdf" => Self::Pdf,
            _ => return None,
        })
    }
}

/// The reason why a report cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Another file stands in the place, and may not be replaced.
    #[error("there is a file already")]
    Exists,
    /// The file cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The pages cannot be made.
    #[error("the PDF cannot be made: {0}")]
    Pdf(String),
    /// The workbook cannot be made.
    #[error("the workbook cannot be made: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

impl ReportError {
    /// Returns the problem that a person is shown, with the path of the file.
    pub fn problem(self, path: &Path) -> Problem {
        match self {
            Self::Ledger(error) => error.into(),
            Self::Exists => Problem::report_exists(path.display()),
            error => Problem::report_unwritable(path.display(), error),
        }
    }
}

/// Writes the report. The future is not `Send`: a caller with many threads drives it on one of them.
///
/// # Errors
/// Fails when the ledger cannot be read, or `out` takes no more.
pub async fn write(ledger: &Ledger, report: &Report, format: Format, out: &mut dyn Write) -> Result<(), ReportError> {
    match format {
        Format::Csv => csv_file::write(ledger, report, out).await,
        Format::Json => json_file::write(ledger, report, out).await,
        Format::Pdf => pdf::write(ledger, report, out).await,
    }
}
