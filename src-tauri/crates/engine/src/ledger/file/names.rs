//! Names the ledger and the files beside it: the lock file, which names the last run, and the backups.
//!
//! Invariant: if there are traces of an earlier ledger, none is made anew in silence. An empty ledger knows of no
//! attempt, and a program that forgets what it sent may send it twice.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, Utc};

/// The file that one process on a machine locks while it exports; it names the run that had it last.
const LOCK_FILE: &str = "export.lock";
/// The folder of the backups.
const BACKUPS: &str = "backups";
/// The beginnings and the ending of the names of backups.
pub(in crate::ledger) const DAILY: &str = "ledger-daily-";
pub(in crate::ledger) const ASKED: &str = "ledger-asked-";
pub(in crate::ledger) const BEFORE_MIGRATION: &str = "ledger-before-v";
pub(in crate::ledger) const ENDING: &str = ".sqlite";
/// The form of a time in a name: sortable, and without a character that some file system refuses.
pub(in crate::ledger) const STAMP: &str = "%Y%m%dT%H%M%SZ";
/// The endings of the files that SQLite puts beside a database in use.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// Returns the lock file of the workspace whose ledger is at `ledger`.
pub(in crate::ledger) fn lock_file(ledger: &Path) -> PathBuf {
    ledger.with_file_name(LOCK_FILE)
}

/// Returns the folder of the ledger's backups.
pub(in crate::ledger) fn backups(ledger: &Path) -> PathBuf {
    ledger.with_file_name(BACKUPS)
}

/// Returns the time of the newest copy in this folder.
pub(in crate::ledger) fn newest(folder: &Path) -> Option<DateTime<Utc>> {
    let all = [DAILY, ASKED, BEFORE_MIGRATION].into_iter().flat_map(|kind| kept(folder, kind));
    all.filter_map(|(name, _)| made_at(&name)).max()
}

fn made_at(name: &str) -> Option<DateTime<Utc>> {
    let (_, stamp) = name.strip_suffix(ENDING)?.rsplit_once('-')?;
    Some(NaiveDateTime::parse_from_str(stamp, STAMP).ok()?.and_utc())
}

/// Returns the copies of a kind, newest first.
pub(in crate::ledger) fn kept(folder: &Path, kind: &str) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(String, PathBuf)> = entries
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
        .filter(|(name, _)| name.starts_with(kind) && made_at(name).is_some())
        .collect();
    found.sort_by_key(|(name, _)| std::cmp::Reverse(made_at(name)));
    found
}

/// Returns the path at which a ledger is rebuilt, before it takes the other's place.
pub(in crate::ledger) fn rebuilding(ledger: &Path) -> PathBuf {
    ledger.with_file_name("ledger-rebuilding.sqlite")
}

/// Returns every copy in the folder of the backups, and every ledger that was set aside.
pub(in crate::ledger) fn copies(ledger: &Path) -> Vec<PathBuf> {
    let all = [DAILY, ASKED, BEFORE_MIGRATION].into_iter();
    let mut found: Vec<PathBuf> = all.flat_map(|kind| kept(&backups(ledger), kind)).map(|(_, path)| path).collect();
    let folder = ledger.parent().map(Path::to_owned).unwrap_or_default();
    let aside = fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("set-aside-") && name.ends_with(ENDING)
    });
    found.extend(aside.map(|entry| entry.path()));
    found.sort();
    found
}

/// Returns the path at which a backup stands before it takes the ledger's place.
pub(in crate::ledger) fn restoring(ledger: &Path) -> PathBuf {
    ledger.with_file_name("ledger-restoring.sqlite")
}

/// Returns the ledger and the files that SQLite keeps beside it while it is in use.
pub(in crate::ledger) fn files(ledger: &Path) -> impl Iterator<Item = PathBuf> {
    std::iter::once(ledger.to_owned()).chain(COMPANIONS.iter().map(|ending| {
        let mut name = ledger.as_os_str().to_owned();
        name.push(ending);
        name.into()
    }))
}

/// Says whether a run was begun here before: the lock file names one, or there is a backup.
pub(in crate::ledger) fn was_used_before(ledger: &Path) -> bool {
    let mut byte = [0];
    let lock = fs::File::open(lock_file(ledger)).and_then(|mut file| file.read(&mut byte));
    lock.is_ok_and(|read| read > 0) || newest(&backups(ledger)).is_some()
}

/// Says whether the log of a ledger stands there.
pub(in crate::ledger) fn log_is_left(ledger: &Path) -> bool {
    files(ledger).skip(1).any(|path| fs::metadata(path).is_ok_and(|file| file.len() > 0))
}

/// Moves a file to a name that says what it was and when it was moved.
pub(in crate::ledger) fn set_aside(path: &Path, now: DateTime<Utc>) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    fs::rename(path, path.with_file_name(format!("set-aside-{}-{name}", now.format("%Y%m%dT%H%M%S%3fZ"))))
}
