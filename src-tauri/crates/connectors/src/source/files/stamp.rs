//! Notices that a file changes: its size, its time, or the file itself behind its name.

use std::fs;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::super::table::FileError;

/// The state of a file, as far as its folder tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    length: u64,
    changed: DateTime<Utc>,
    /// The file itself, where the operating system numbers files.
    number: u64,
}

impl Stamp {
    pub(super) fn of(path: &Path) -> Result<Self, FileError> {
        let unreadable = |source| FileError::opening(path, source);
        let there = fs::metadata(path).map_err(unreadable)?;
        let changed = there.modified().map_err(unreadable)?.into();
        Ok(Self { length: there.len(), changed, number: number(&there) })
    }

    /// Checks that the file is still as it was.
    pub(super) fn check(self, path: &Path) -> Result<(), FileError> {
        if Self::of(path)? == self { Ok(()) } else { Err(FileError::Unfinished(path.to_owned())) }
    }

    /// Says whether its time is still to come, by this machine's clock: another machine wrote it, whose clock is ahead.
    pub(super) fn is_to_come(self, now: DateTime<Utc>) -> bool {
        self.changed > now
    }

    /// Returns the time that has to pass until the file was left alone for so long; nothing if it was.
    pub(super) fn settles_in(self, settle: Duration, now: DateTime<Utc>) -> Duration {
        let age = (now - self.changed).to_std().unwrap_or(Duration::ZERO);
        settle.saturating_sub(age)
    }
}

#[cfg(unix)]
fn number(there: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(there)
}

#[cfg(not(unix))]
fn number(_: &fs::Metadata) -> u64 {
    0
}
