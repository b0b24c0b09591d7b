//! Writes the acknowledgement file: beside the files of records, a line for each export, for whoever delivers them.
//!
//! Invariants:
//! - the file is whole at each instant: it is written beside itself, and put in its place at once;
//! - an export has one line, however often it is told;
//! - a source never reads it, by whatever folder or pattern it lies in.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::SecondsFormat;
use postonce_engine::ports::ExportResult;

use super::super::table::{FileError, FileSettings};

/// The end of the name of every acknowledgement file.
const NAME: &str = "postonce-exported.csv";
/// The titles of its columns.
const TITLES: [&str; 6] = ["id", "voucher_id", "voucher_number", "reference", "run_id", "exported_at"];

/// Says whether a file is an acknowledgement of some workspace's.
pub(super) fn is_acknowledgement(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.strip_suffix(NAME).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Returns the place of the file: beside the one file of records, or in the folder in which they lie.
pub(super) fn place(settings: &FileSettings) -> PathBuf {
    let path = settings.dir.join(&settings.path);
    if path.is_dir() {
        return path.join(NAME);
    }
    if !path.exists() && settings.path.contains(['*', '?', '[']) {
        // The folder before the first part that is a pattern.
        let parts = Path::new(&settings.path).components();
        let plain = parts.take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']));
        return settings.dir.join(plain.collect::<PathBuf>()).join(NAME);
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!("{stem}.{NAME}"))
}

/// Adds the exports that the file does not have.
pub(super) fn add(settings: &FileSettings, results: &[ExportResult]) -> Result<(), FileError> {
    let path = place(settings);
    add_to(&path, results).map_err(|source| FileError::Unreadable { path, source })
}

fn add_to(path: &Path, results: &[ExportResult]) -> io::Result<()> {
    let before = match fs::read(path) {
        Ok(before) => before,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut known = known(&before)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Hidden, so that nobody reads it by a pattern; and for nobody but its owner.
    let mut fresh = tempfile::Builder::new().prefix(".postonce-").tempfile_in(folder)?;
    fresh.write_all(&before)?;
    let mut lines = csv::Writer::from_writer(&mut fresh);
    if before.is_empty() {
        lines.write_record(TITLES)?;
    }
    for result in results {
        let key = (result.reference.clone(), result.voucher.voucher_id.clone());
        if known.insert(key) {
            let at = result.exported_at.to_rfc3339_opts(SecondsFormat::Millis, true);
            lines.write_record([
                result.record_id.as_str(),
                &result.voucher.voucher_id,
                result.voucher.number.as_deref().unwrap_or_default(),
                &result.reference,
                result.run_id.as_str(),
                &at,
            ])?;
        }
    }
    lines.flush()?;
    drop(lines);
    fresh.as_file().sync_all()?;
    fresh.persist(path).map(drop).map_err(|error| error.error)
}

/// Returns reference and voucher of each line. A file that is not of our making is left as it is.
fn known(text: &[u8]) -> io::Result<HashSet<(String, String)>> {
    if text.is_empty() {
        return Ok(HashSet::new());
    }
    let mut lines = csv::Reader::from_reader(text);
    if lines.headers()?.iter().ne(TITLES) {
        return Err(io::Error::other(TITLES.join(",")));
    }
    let mut known = HashSet::new();
    for line in lines.records() {
        let line = line?;
        known.insert((line[3].to_owned(), line[1].to_owned()));
    }
    Ok(known)
}
