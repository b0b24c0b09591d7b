//! Names the errors of the ledger, and turns each into the problem for a person.

use std::path::PathBuf;

use rusqlite::ErrorCode as Sqlite;

use crate::error::Problem;

/// The reason why the ledger cannot be used. Export stops; the file is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A newer version of the program wrote the file.
    #[error("the ledger {path} has version {found}; this program knows {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The file is no ledger: another program's database.
    #[error("{path} is not a ledger of Postonce")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// SQLite's own check found damage.
    #[error("the ledger {path} is damaged: {detail}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The report of the check.
        detail: String,
    },
    /// There was a ledger, and it is gone, or another file bears its name.
    #[error("the ledger {path} is gone")]
    Missing {
        /// The path where it was.
        path: PathBuf,
    },
    /// This user may not write the file.
    #[error("the ledger {path} may not be written")]
    Closed {
        /// The file.
        path: PathBuf,
    },
    /// A copy could not be made. That says nothing of the ledger itself.
    #[error("the ledger could not be copied to {path}: {detail}")]
    Backup {
        /// The folder of the copies.
        path: PathBuf,
        /// The reason.
        detail: String,
    },
    /// A column holds a value that this program never writes.
    #[error("the ledger holds an impossible value in {what}: {found}")]
    Impossible {
        /// Table and column.
        what: &'static str,
        /// The value.
        found: String,
    },
    /// SQLite reports any other error.
    #[error("the ledger {path}: {source}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// SQLite's report.
        #[source]
        source: rusqlite::Error,
    },
    /// The writer's thread is gone, which happens only after a panic inside it.
    #[error("the ledger's writer has ended")]
    WriterGone,
}

impl LedgerError {
    /// Says whether this user lacks a right to the file or its folder; the file itself may be well.
    pub(crate) fn is_about_rights(&self) -> bool {
        match self {
            Self::Closed { .. } => true,
            Self::Sqlite { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(Sqlite::ReadOnly | Sqlite::CannotOpen | Sqlite::PermissionDenied)
            ),
            _ => false,
        }
    }
}

impl From<&LedgerError> for Problem {
    fn from(error: &LedgerError) -> Self {
        match error {
            LedgerError::Newer { path, found, known } => Problem::ledger_newer(path.display(), found, known),
            LedgerError::Foreign { path } => Problem::ledger_damaged(path.display(), "not a ledger of Postonce"),
            LedgerError::Damaged { path, detail } => Problem::ledger_damaged(path.display(), detail),
            LedgerError::Missing { path } => {
                Problem::ledger_missing(path.display(), crate::ledger::file::names::backups(path).display())
            }
            LedgerError::Closed { path } => Problem::ledger_read_only(path.display(), None),
            LedgerError::Backup { path, detail } => Problem::ledger_backup_failed(path.display(), detail),
            LedgerError::Impossible { .. } => Problem::ledger_damaged("ledger.sqlite", error),
            LedgerError::Sqlite { path, source } => {
                let path = path.display();
                match source.sqlite_error_code() {
                    Some(Sqlite::DatabaseCorrupt | Sqlite::NotADatabase) => Problem::ledger_damaged(path, source),
                    Some(Sqlite::ReadOnly | Sqlite::CannotOpen | Sqlite::PermissionDenied) => {
                        Problem::ledger_read_only(path, Some(source))
                    }
                    Some(Sqlite::DiskFull) => Problem::ledger_disk_full(path, source),
                    Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked) => Problem::ledger_busy(path, Some(source)),
                    _ => Problem::ledger_unreadable(path, source),
                }
            }
            LedgerError::WriterGone => Problem::internal(error),
        }
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        Self::from(&error)
    }
}
