//! Copies the ledger: once a day, before each migration, and whenever a person asks. The copies are made by SQLite's
//! own backup, and checked before they count.
//!
//! Invariant: a file that bears a backup's name was read back whole, says the same as the ledger did, and is on the
//! disk. A copy that was not finished never bears such a name.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::backup::Backup;
use rusqlite::{Connection, ErrorCode};

use crate::ledger::LedgerError;
use crate::ledger::file::connection;
use crate::ledger::file::names::{self, ASKED, BEFORE_MIGRATION, DAILY, ENDING, STAMP, kept};

/// The number of daily copies that are kept.
const DAILY_MAX: usize = 14;
/// The number of copies kept that a person asked for.
const ASKED_MAX: usize = 14;
/// The number of copies kept from before a migration.
const BEFORE_MIGRATION_MAX: usize = 3;

/// The ending of an unfinished copy. No backup's name ends like this.
const UNFINISHED: &str = ".unfinished";
const DAY: &str = "%Y%m%d";

/// Makes a copy of the day, unless there is one; returns the path of the one that was made.
pub(in crate::ledger) fn daily(ledger: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>, LedgerError> {
    let folder = names::backups(ledger);
    let today = format!("{DAILY}{}", now.format(DAY));
    if kept(&folder, DAILY).iter().any(|(name, _)| name.starts_with(&today)) {
        return Ok(None);
    }
    let source = connection::reader(ledger)?;
    let made = copy(&source, ledger, &folder, &format!("{DAILY}{}{ENDING}", now.format(STAMP)))?;
    prune(&folder, DAILY, DAILY_MAX, &made);
    Ok(Some(made))
}

/// Makes a copy because a person asked for one; returns its path.
pub(in crate::ledger) fn asked(ledger: &Path, now: DateTime<Utc>) -> Result<PathBuf, LedgerError> {
    let folder = names::backups(ledger);
    let source = connection::reader(ledger)?;
    let made = copy(&source, ledger, &folder, &format!("{ASKED}{}{ENDING}", now.format(STAMP)))?;
    prune(&folder, ASKED, ASKED_MAX, &made);
    Ok(made)
}

/// Makes a copy of the ledger as an older version left it.
pub(in crate::ledger) fn before_migration(
    source: &Connection,
    ledger: &Path,
    version: i64,
    now: DateTime<Utc>,
) -> Result<PathBuf, LedgerError> {
    let folder = names::backups(ledger);
    let name = format!("{BEFORE_MIGRATION}{version}-{}{ENDING}", now.format(STAMP));
    let made = copy(source, ledger, &folder, &name)?;
    prune(&folder, BEFORE_MIGRATION, BEFORE_MIGRATION_MAX, &made);
    Ok(made)
}

/// Returns the newest copy of any kind.
pub(in crate::ledger) fn newest(ledger: &Path) -> Option<PathBuf> {
    let folder = names::backups(ledger);
    let all = [DAILY, ASKED, BEFORE_MIGRATION].into_iter().filter_map(|kind| kept(&folder, kind).into_iter().next());
    all.max_by_key(|(name, _)| name.rsplit('-').next().map(str::to_owned)).map(|(_, path)| path)
}

/// Copies a backup beside the ledger, and reads the copy back.
pub(in crate::ledger) fn bring_back(backup: &Path, ledger: &Path) -> Result<PathBuf, LedgerError> {
    let place = names::restoring(ledger);
    let failed = |error: std::io::Error| LedgerError::Backup { path: place.clone(), detail: error.to_string() };
    for leftover in names::files(&place).filter(|file| file.exists()) {
        fs::remove_file(leftover).map_err(failed)?;
    }
    // A copy is one file, whole in itself; a ledger in use is none.
    if names::log_is_left(backup) {
        return Err(LedgerError::Closed { path: backup.to_owned() });
    }
    fs::copy(backup, &place).and_then(|_| fs::File::options().write(true).open(&place)?.sync_all()).map_err(failed)?;
    let copied = connection::reader(&place).and_then(|copy| {
        connection::check(&copy, backup)?;
        writes(&copy).map_err(|source| LedgerError::Sqlite { path: backup.to_owned(), source }).map(drop)
    });
    if copied.is_err() {
        let _ = fs::remove_file(&place);
    }
    copied.map(|()| place)
}

/// Lets a copy have no log beside it, as its header says.
pub(in crate::ledger) fn fold(path: &Path) -> Result<(), LedgerError> {
    let of_copy = |source| LedgerError::Sqlite { path: path.to_owned(), source };
    let copy = Connection::open(path).map_err(of_copy)?;
    copy.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get::<_, String>(0)).map_err(of_copy)?;
    copy.close().map_err(|(_, source)| of_copy(source))
}

/// Deletes the oldest copies of a kind. The one just made stays, whatever its age is by a clock that was set back.
fn prune(folder: &Path, kind: &str, max: usize, made: &Path) {
    let others = kept(folder, kind).into_iter().filter(|(_, path)| path != made);
    for (_, old) in others.skip(max - 1) {
        if let Err(error) = fs::remove_file(&old) {
            tracing::warn!(path = %old.display(), %error, "an old backup of the ledger could not be deleted");
        }
    }
}

fn copy(source: &Connection, ledger: &Path, folder: &Path, name: &str) -> Result<PathBuf, LedgerError> {
    let failed = |detail: String| LedgerError::Backup { path: folder.to_owned(), detail };
    fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
    let (unfinished, finished) = (folder.join(format!("{name}{UNFINISHED}")), folder.join(name));
    clear_unfinished(folder);
    let copied = copy_to(source, ledger, &unfinished, &failed).and_then(|()| {
        let on_disk = fs::File::options().write(true).open(&unfinished).and_then(|file| file.sync_all());
        on_disk.and_then(|()| fs::rename(&unfinished, &finished)).map_err(|error| failed(error.to_string()))?;
        sync_folder(folder).map_err(|error| failed(error.to_string()))
    });
    if copied.is_err() {
        clear_unfinished(folder);
    }
    copied.map(|()| finished)
}

fn copy_to(
    source: &Connection,
    ledger: &Path,
    unfinished: &Path,
    failed: &impl Fn(String) -> LedgerError,
) -> Result<(), LedgerError> {
    let of_ledger = |source| LedgerError::Sqlite { path: ledger.to_owned(), source };
    // One snapshot serves for the copy and for the comparison with it.
    let snapshot = source.unchecked_transaction().map_err(of_ledger)?;
    let writes = writes(&snapshot).map_err(of_ledger)?;
    let mut copy = Connection::open(unfinished).map_err(|error| failed(error.to_string()))?;
    {
        let backup = Backup::new(&snapshot, &mut copy).map_err(|error| failed(error.to_string()))?;
        // All pages are copied in one step, so that no writer makes it begin anew meanwhile.
        backup.step(-1).map_err(|error| match error.sqlite_error_code() {
            // The copy is new, so the damage is in the ledger.
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => of_ledger(error),
            _ => failed(error.to_string()),
        })?;
    }
    drop(snapshot);
    copy.close().map_err(|(_, error)| failed(error.to_string()))?;
    // The copy is opened afresh, so that the file itself is read back. Without a log beside it a copy is one file.
    let copy = Connection::open(unfinished).map_err(|error| failed(error.to_string()))?;
    let read_back = copy
        .query_row("PRAGMA journal_mode = DELETE", [], |row| row.get::<_, String>(0))
        .and_then(|_| copy.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)))
        .and_then(|verdict| Ok((verdict, self::writes(&copy)?)));
    let (verdict, copied) = read_back.map_err(|error| failed(error.to_string()))?;
    copy.close().map_err(|(_, error)| failed(error.to_string()))?;
    if verdict != "ok" {
        connection::check(source, ledger)?;
        return Err(failed(verdict));
    }
    if copied == writes { Ok(()) } else { Err(failed(format!("{copied} writes in the copy, {writes} in the ledger"))) }
}

fn writes(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT writes FROM ledger", [], |row| row.get(0))
}

/// Deletes everything that a dead process left half made, this one's own included.
fn clear_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().contains(&format!("{ENDING}{UNFINISHED}")) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes a new name in a folder last. Only Unix knows folders as files.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[path = "backup_tests.rs"]
mod tests;
