//! What can go wrong with the ledger, and what each means to a person.

use std::path::PathBuf;

use rusqlite::ErrorCode as Sqlite;

use crate::error::{ErrorCode, Problem};

/// The ledger cannot be used. Export stops; the file is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Written by a newer version of the program.
    #[error("the ledger {path} has version {found}; this program knows {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// Not a ledger: another program's database.
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
        /// What the check says.
        detail: String,
    },
    /// There was one, and it is gone, or another file bears its name.
    #[error("the ledger {path} is gone")]
    Missing {
        /// Where it was.
        path: PathBuf,
    },
    /// This user may not write it.
    #[error("the ledger {path} may not be written")]
    Closed {
        /// The file.
        path: PathBuf,
    },
    /// A copy could not be made. Of the ledger itself it says nothing.
    #[error("the ledger could not be copied to {path}: {detail}")]
    Backup {
        /// The folder of the copies.
        path: PathBuf,
        /// What went wrong.
        detail: String,
    },
    /// A value that this program never writes.
    #[error("the ledger holds an impossible value in {what}: {found}")]
    Impossible {
        /// Table and column.
        what: &'static str,
        /// The value.
        found: String,
    },
    /// Anything that SQLite reports.
    #[error("the ledger {path}: {source}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// SQLite's report.
        #[source]
        source: rusqlite::Error,
    },
    /// The writer's thread is gone; only after a panic inside it.
    #[error("the ledger's writer has ended")]
    WriterGone,
}

impl From<&LedgerError> for Problem {
    fn from(error: &LedgerError) -> Self {
        match error {
            LedgerError::Newer { path, found, known } => Problem::new(ErrorCode::LedgerNewer)
                .with("path", path.display())
                .with("found", found)
                .with("known", known),
            LedgerError::Foreign { path } => Problem::new(ErrorCode::LedgerDamaged)
                .with("path", path.display())
                .with("detail", "not a ledger of Postonce"),
            LedgerError::Damaged { path, detail } => {
                Problem::new(ErrorCode::LedgerDamaged).with("path", path.display()).with("detail", detail)
            }
            LedgerError::Missing { path } => Problem::new(ErrorCode::LedgerMissing)
                .with("path", path.display())
                .with("backups", crate::ledger::file::names::backups(path).display()),
            LedgerError::Closed { path } => Problem::new(ErrorCode::LedgerReadOnly).with("path", path.display()),
            LedgerError::Backup { path, detail } => {
                Problem::new(ErrorCode::LedgerBackupFailed).with("path", path.display()).with("detail", detail)
            }
            LedgerError::Impossible { .. } => {
                Problem::new(ErrorCode::LedgerDamaged).with("path", "ledger.sqlite").with("detail", error)
            }
            LedgerError::Sqlite { path, source } => {
                let code = match source.sqlite_error_code() {
                    Some(Sqlite::DatabaseCorrupt | Sqlite::NotADatabase) => ErrorCode::LedgerDamaged,
                    Some(Sqlite::ReadOnly | Sqlite::CannotOpen | Sqlite::PermissionDenied) => ErrorCode::LedgerReadOnly,
                    Some(Sqlite::DiskFull) => ErrorCode::LedgerDiskFull,
                    Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked) => ErrorCode::LedgerBusy,
                    _ => ErrorCode::LedgerUnreadable,
                };
                Problem::new(code).with("path", path.display()).with("detail", source)
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
