//! The wall on the machine: desktop, command line and scheduler exclude each other even without a network.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{ErrorCode, Told};

/// An exclusive lock on a file, given back when it is dropped or its process dies, however it dies.
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
}

/// The file lock could not be taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileLockError {
    /// Another program on this machine has it.
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
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(FileLockError::Held(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }
}

impl From<FileLockError> for Told {
    fn from(error: FileLockError) -> Self {
        match &error {
            FileLockError::Held(path) => Self::new(ErrorCode::LockHeldHere).with("path", path.display()),
            FileLockError::Unusable { path, .. } => {
                Self::new(ErrorCode::LedgerReadOnly).with("path", path.display()).with("detail", &error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_and_may_take_it_once_the_first_is_gone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("sync.lock");
        let first = FileLock::try_take(&path).expect("nobody has it");
        assert!(matches!(FileLock::try_take(&path), Err(FileLockError::Held(_))));
        drop(first);
        assert!(FileLock::try_take(&path).is_ok());
    }
}
