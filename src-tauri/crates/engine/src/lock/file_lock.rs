//! Holds the wall on the machine: desktop, command line and scheduler exclude each other even without a network.
//!
//! The file names the run that had it last, and itself: a copy of it, which a program that synchronises folders may put
//! in its place while it is locked, names a file that it is not. What a copy says of a run is not believed.

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

/// The bytes of a run id and of the file's identity at most; anything else in the file is not read.
const NOTE_BYTES_MAX: u64 = 300;

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
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        // Elsewhere than on Unix, a file that is open here can be neither moved nor replaced.
        #[cfg(windows)]
        {
            use std::os::windows::fs::OpenOptionsExt as _;
            const SHARE_READ_AND_WRITE: u32 = 3;
            options.share_mode(SHARE_READ_AND_WRITE);
        }
        let file = options.open(path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(FileLockError::Held(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// Says beside a lock that is held that its holder only reads, which is over in seconds by itself. Best effort: without
    /// it, whoever comes meanwhile is refused as if a run were on.
    pub(crate) fn says_that_it_reads(path: &Path) -> Option<Self> {
        Self::try_take(&beside(path)).ok()
    }

    /// Says whether the holder of a lock only reads.
    pub(crate) fn is_held_for_reading(path: &Path) -> bool {
        let beside = beside(path);
        beside.exists() && matches!(Self::try_take(&beside), Err(FileLockError::Held(_)))
    }

    /// Leaves the run's id in the file, and returns the one that stood there: the run that had the lock before. Since
    /// the lock is ours now, that run's process has ended. `None` if the file is a copy of the one that names the run:
    /// the run's process may have that one, and go on.
    pub(crate) fn note_run(&mut self, run: &RunId) -> io::Result<Option<RunId>> {
        let mut before = String::new();
        let identity = identity(&self.file)?;
        self.file.rewind()?;
        // A file that is no text names no run.
        let _ = (&self.file).take(NOTE_BYTES_MAX).read_to_string(&mut before);
        self.file.rewind()?;
        self.file.set_len(0)?;
        self.file.write_all(format!("{}\n{identity}\n", run.as_str()).as_bytes())?;
        let mut lines = before.lines().map(str::trim);
        let before = lines.next().filter(|before| !before.is_empty());
        Ok(before.filter(|_| lines.next() == Some(identity.as_str())).map(RunId::new))
    }
}

/// Returns the file by which a holder says that it only reads.
fn beside(path: &Path) -> PathBuf {
    path.with_extension("reading")
}

/// Returns the file's own identity, which no copy of it has: device, number, and where the system tells it, the time at
/// which it was made, since a number is given again.
#[cfg(unix)]
fn identity(file: &File) -> io::Result<String> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = file.metadata()?;
    let made = metadata.created().ok().and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok());
    Ok(format!("{}:{}:{}", metadata.dev(), metadata.ino(), made.unwrap_or_default().as_nanos()))
}

/// Returns the time at which the file was made, which a copy does not share.
#[cfg(not(unix))]
fn identity(file: &File) -> io::Result<String> {
    let made = file.metadata()?.created()?;
    Ok(made.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_nanos().to_string())
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

    #[test]
    fn holder_that_only_reads_says_so_as_long_as_it_does() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("export.lock");
        let held = FileLock::try_take(&path).expect("nobody has it");
        assert!(!FileLock::is_held_for_reading(&path));
        let reads = FileLock::says_that_it_reads(&path).expect("nobody reads");
        assert!(FileLock::is_held_for_reading(&path));
        drop((reads, held));
        assert!(!FileLock::is_held_for_reading(&path), "the file is left, and says nothing");
    }

    #[test]
    fn copy_in_the_place_of_the_file_names_no_run_that_has_ended() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("export.lock");
        let mut living = FileLock::try_take(&path).expect("nobody has it");
        living.note_run(&RunId::new("lives")).expect("writable");
        let copy = folder.path().join("copy");
        std::fs::copy(&path, &copy).expect("readable");
        if std::fs::rename(&copy, &path).is_err() {
            // This system lets nobody replace a file that is open.
            return;
        }
        let mut second = FileLock::try_take(&path).expect("it is another file");
        assert_eq!(second.note_run(&RunId::new("r2")).expect("writable"), None, "the run that it names may live");
        drop(second);
        let mut third = FileLock::try_take(&path).expect("the second has ended");
        assert_eq!(third.note_run(&RunId::new("r3")).expect("writable"), Some(RunId::new("r2")));
        // The file of before, which names a run and not itself, proves nothing either.
        drop(third);
        std::fs::write(&path, "old").expect("writable");
        let mut fourth = FileLock::try_take(&path).expect("the third has ended");
        assert_eq!(fourth.note_run(&RunId::new("r4")).expect("writable"), None);
    }
}
