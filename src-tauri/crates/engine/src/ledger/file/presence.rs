//! Whether the file that is written is still the one that bears the ledger's name, and whether this process has it open.
//!
//! Invariant: a file is looked at before SQLite touches it; after each transaction it is the same file as at the opening.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::names::{files, lock_file, log_is_left, set_aside};
use crate::ledger::LedgerError;

/// A ledger that this process has open. A file is looked at before SQLite touches it, while nobody here has it open: on
/// Unix a process that closes a file gives back every lock that it has on it.
#[derive(Debug)]
pub(in crate::ledger) struct OpenHere(PathBuf);

static OPEN_HERE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

impl OpenHere {
    /// Looks at the ledger and the files beside it, unless that was done for an earlier handle on it.
    pub(in crate::ledger) fn enter(ledger: &Path, now: DateTime<Utc>) -> Result<Self, LedgerError> {
        let mut open = OPEN_HERE.lock().unwrap_or_else(PoisonError::into_inner);
        if !open.iter().any(|other| other == ledger) && ledger.try_exists().unwrap_or(true) {
            look(ledger, now).map_err(|_| LedgerError::Closed { path: ledger.to_owned() })?;
        }
        open.push(ledger.to_owned());
        Ok(Self(ledger.to_owned()))
    }

    /// Notes that a file is open here which is only looked at: nothing beside it is touched.
    pub(in crate::ledger) fn looking(ledger: &Path) -> Self {
        OPEN_HERE.lock().unwrap_or_else(PoisonError::into_inner).push(ledger.to_owned());
        Self(ledger.to_owned())
    }
}

impl Drop for OpenHere {
    fn drop(&mut self) {
        let mut open = OPEN_HERE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|other| *other == self.0) {
            open.swap_remove(at);
        }
    }
}

/// Asks first whether the ledger may be written. An SQLite that is refused leaves files beside the ledger that belong
/// to the refused user, and lock out a user who may write it.
fn look(ledger: &Path, now: DateTime<Utc>) -> std::io::Result<()> {
    fs::File::options().read(true).write(true).open(ledger)?;
    set_foreign_log_aside(ledger, now)
}

/// Sets aside a log that another ledger left beside a file that has none of its own. SQLite would read it as this
/// file's.
///
/// A backup has no log, and says so in its header; a ledger in use says so before its log is made. So if the header
/// denies the log that was there before it was read, a ledger left the log, and a backup was put in the place of that
/// ledger.
fn set_foreign_log_aside(ledger: &Path, now: DateTime<Utc>) -> std::io::Result<()> {
    if !log_is_left(ledger) {
        return Ok(());
    }
    let lock = fs::File::options().read(true).write(true).create(true).truncate(false).open(lock_file(ledger))?;
    // While another program exports, the log belongs to it.
    if lock.try_lock().is_err() || !log_is_left(ledger) || has_log(ledger)? {
        return Ok(());
    }
    files(ledger).skip(1).filter(|path| path.exists()).try_for_each(|path| set_aside(&path, now))
}

/// Says whether the file's header allows a log (bytes 18 and 19 of SQLite's file format: 2 with a log).
fn has_log(ledger: &Path) -> std::io::Result<bool> {
    let mut header = [0; 20];
    match fs::File::open(ledger)?.read_exact(&mut header) {
        Ok(()) => Ok(header[18..] != [1, 1]),
        // The file is too short to be a database; opening it reports that.
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(true),
        Err(error) => Err(error),
    }
}

/// The identity of the files that are written, which no renaming and no other file of the same name can imitate.
///
/// A file may be deleted, moved or replaced under the connection that has it open; nobody finds what is written then.
/// On Windows an open file can be neither.
#[derive(Debug)]
pub(in crate::ledger) struct Presence {
    #[cfg(unix)]
    seen: Vec<(PathBuf, Option<(u64, u64)>)>,
}

impl Presence {
    /// Returns the identity as it is now, with the ledger open.
    #[cfg(unix)]
    pub(in crate::ledger) fn of(ledger: &Path) -> Self {
        let seen = files(ledger).map(|path| {
            let identity = identity(&path).ok();
            (path, identity)
        });
        Self { seen: seen.collect() }
    }

    /// Checks, after each transaction, that the file under the ledger's name is still the same: only that one is on the
    /// disk for good.
    #[cfg(unix)]
    pub(in crate::ledger) fn check(&self, ledger: &Path) -> Result<(), LedgerError> {
        for (path, seen) in &self.seen {
            match (identity(path), seen) {
                (_, None) => {}
                (Ok(now), Some(seen)) if now == *seen => {}
                (Err(error), _) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                    return Err(LedgerError::Closed { path: ledger.to_owned() });
                }
                _ => return Err(LedgerError::Missing { path: ledger.to_owned() }),
            }
        }
        Ok(())
    }

    #[cfg(not(unix))]
    pub(in crate::ledger) fn of(_: &Path) -> Self {
        Self {}
    }

    #[cfg(not(unix))]
    pub(in crate::ledger) fn check(&self, _: &Path) -> Result<(), LedgerError> {
        Ok(())
    }
}

/// Returns device and number of the file.
#[cfg(unix)]
fn identity(path: &Path) -> std::io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).map(|file| (file.dev(), file.ino()))
}
