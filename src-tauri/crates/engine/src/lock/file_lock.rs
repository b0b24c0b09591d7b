//! Holds the wall on the machine: desktop, command line and scheduler exclude each other even without a network.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::domain::RunId;
use crate::error::Problem;

/// An exclusive lock on a file, given back when it is dropped or its process dies, however it dies.
#[derive(Debug)]
pub(crate) struct FileLock {
    file: File,
}

/// The bytes of a run id at most; anything else in the file is not read.
const RUN_ID_BYTES_MAX: u64 = 200;

/// The reason why the file lock could not be taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileLockError {
    /// Another program on this machine has the lock.
    #[error("{0} is locked by another program")]
    Held(PathBuf),
    /// The file cannot be made or locked at all.
    #[error("{path}: {source}")]
    Unusable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl FileLock {
    /// Takes the lock, or says at once that it is held.
    pub(crate) fn try_take(path: &Path) -> Result<Self, FileLockError> {
        let unusable = |source| FileLockError::Unusable { path: path.to_owned(), source };
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(FileLockError::Held(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// Leaves the run's id in the file, and returns the one that stood there: the run that had the lock before. Since
    /// the lock is ours now, that run's process has ended.
    pub(crate) fn note_run(&mut self, run: &RunId) -> io::Result<Option<RunId>> {
        let mut before = String::new();
        self.file.rewind()?;
        // A file that is no text names no run.
        let _ = (&self.file).take(RUN_ID_BYTES_MAX).read_to_string(&mut before);
        self.file.rewind()?;
        self.file.set_len(0)?;
        self.file.write_all(run.as_str().as_bytes())?;
        Ok(Some(before.trim()).filter(|before| !before.is_empty()).map(RunId::new))
    }
}

impl From<FileLockError> for Problem {
    fn from(error: FileLockError) -> Self {
        match &error {
            FileLockError::Held(path) => Self::lock_held_here(path.display()),
            FileLockError::Unusable { path, .. } => Self::ledger_read_only(path.display(), Some(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_program_learns_of_the_first_and_takes_it_afterwards() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("sync.lock");
        let mut first = FileLock::try_take(&path).expect("nobody has it");
        assert_eq!(first.note_run(&RunId::new("run-1")).expect("writable"), None);
        assert!(matches!(FileLock::try_take(&path), Err(FileLockError::Held(_))));
        drop(first);
        let mut second = FileLock::try_take(&path).expect("the first is gone");
        assert_eq!(second.note_run(&RunId::new("r2")).expect("writable"), Some(RunId::new("run-1")));
        assert_eq!(second.note_run(&RunId::new("r3")).expect("writable"), Some(RunId::new("r2")));
    }
}
