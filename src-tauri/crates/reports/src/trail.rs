//! Writes the audit trail as a file: CSV for a spreadsheet, JSON for people who verify it with a program of their own.
//!
//! Entries are written as they stand in the ledger, page by page, also when somebody has damaged them. The JSON has
//! what `docs/audit-trail.md` needs: every column of every entry, and the seals. The CSV is for reading: a text that a
//! spreadsheet would take for a formula has an apostrophe before it.

use std::io::{self, Write};
use std::path::Path;

use postonce_engine::Ledger;
use postonce_engine::domain::audit_chain::{COLUMNS, StoredEntry, Value};
use postonce_words::Language;
use serde_json::json;

use crate::ReportError;
use crate::csv_file::{delimiter, harmless};

/// The number of entries or seals held in memory at once.
const PAGE_ROWS: u32 = 500;
/// The name of the JSON's format, by which a reader knows how to read it.
const JSON_FORMAT: &str = "postonce audit trail 1";

/// The format of the trail's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailFormat {
    /// A table.
    Csv,
    /// A document.
    Json,
}

impl TrailFormat {
    /// The endings of file names, each of which names a format.
    pub const ENDINGS: &'static str = ".csv, .json";

    /// Returns the format that the ending of a file's name stands for.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Writes the whole trail, and returns the number of its entries. The future is not `Send`, as that of
/// [`crate::write`].
///
/// # Errors
/// Fails when the ledger cannot be read, or `out` takes no more.
pub async fn write_trail(
    ledger: &Ledger,
    format: TrailFormat,
    language: Language,
    out: &mut dyn Write,
) -> Result<u64, ReportError> {
    match format {
        TrailFormat::Csv => csv(ledger, language, out).await,
        TrailFormat::Json => json(ledger, out).await,
    }
}

/// Returns the columns of the file: those under the hash, and the hash.
fn columns() -> impl Iterator<Item = &'static str> {
    // The names are those that people use; the ledger says `actor_user` and `actor_host`.
    COLUMNS.iter().map(|column| column.trim_start_matches("actor_")).chain(["hash"])
}

async fn csv(ledger: &Ledger, language: Language, out: &mut dyn Write) -> Result<u64, ReportError> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = csv::WriterBuilder::new().delimiter(delimiter(language)).from_writer(out);
    let io_error = |error: csv::Error| ReportError::Io(io::Error::other(error));
    table.write_record(columns()).map_err(io_error)?;
    let written = each_entry(ledger, |entry| {
        let cells = entry.values.iter().chain([&entry.hash]).map(|value| harmless(value.shown().as_deref()));
        table.write_record(cells).map_err(io_error)
    })
    .await?;
    table.flush()?;
    Ok(written)
}

async fn json(ledger: &Ledger, out: &mut dyn Write) -> Result<u64, ReportError> {
    let ledger_id = json!(ledger.id().await?);
    write!(out, "{{\"format\":{},\"ledger_id\":{ledger_id},\"entries\":[", json!(JSON_FORMAT))?;
    let mut separator = "\n";
    let written = each_entry(ledger, |entry| {
        let values = entry.values.iter().chain([&entry.hash]).map(|value| match value {
            Value::Integer(number) => json!(number),
            other => json!(other.shown()),
        });
        let members: serde_json::Map<_, _> = columns().map(str::to_owned).zip(values).collect();
        write!(out, "{separator}{}", serde_json::Value::Object(members))?;
        separator = ",\n";
        Ok(())
    })
    .await?;
    write!(out, "\n],\"seals\":[")?;
    let (mut from, mut separator) = (i64::MIN, "\n");
    loop {
        let page = ledger.audit_seals(from, PAGE_ROWS).await?;
        let Some(last) = page.last() else { break };
        from = last.number.saturating_add(1);
        for seal in &page {
            write!(out, "{separator}{}", json!(seal))?;
            separator = ",\n";
        }
    }
    writeln!(out, "\n]}}")?;
    out.flush()?;
    Ok(written)
}

async fn each_entry(
    ledger: &Ledger,
    mut write: impl FnMut(&StoredEntry) -> Result<(), ReportError>,
) -> Result<u64, ReportError> {
    let (mut from, mut written) = (Some(i64::MIN), 0);
    while let Some(first) = from {
        let page = ledger.audit_stored(first, PAGE_ROWS).await?;
        let Some(last) = page.last() else { break };
        from = last.entry().and_then(|number| number.checked_add(1));
        for entry in &page {
            write(entry)?;
            written += 1;
        }
    }
    Ok(written)
}
