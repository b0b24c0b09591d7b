//! Opens the file: the lock beside it, the format, the pragmas.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::error::SandboxError;

/// The statements that make each format out of the one before it, the first out of an empty file. A store keeps its own
/// format in `user_version`.
const FORMATS: [&str; 6] = [
    include_str!("sql/create_schema.sql"),
    include_str!("sql/add_drafts.sql"),
    include_str!("sql/add_labels.sql"),
    include_str!("sql/add_witness_history.sql"),
    include_str!("sql/add_learned.sql"),
    include_str!("sql/add_attachments.sql"),
];
/// The time a statement waits for the other connection. Only the closing checkpoint can make it wait at all.
const BUSY_WAIT: Duration = Duration::from_secs(5);
/// The number of cached statements: enough for every statement of this crate.
const STATEMENTS_CACHED: usize = 64;

/// The pages (of 4 KiB) after which the log is copied into the file, which waits for the disk: one sync at a time.
const PAGES_BETWEEN_CHECKPOINTS: i64 = 8000;

/// Two connections to the same file.
pub(super) struct OpenedStore {
    pub(super) writer: Connection,
    pub(super) reader: Connection,
    pub(super) keep: Keep,
}

/// The things that must live as long as the connections: the lock, and the folder of a temporary store.
pub(super) struct Keep {
    _lock: File,
    _folder: Option<TempDir>,
}

pub(super) fn open(path: Option<&Path>) -> Result<OpenedStore, SandboxError> {
    let (path, folder) = match path {
        Some(path) => (path.to_owned(), None),
        None => temporary()?,
    };
    let lock = lock_beside(&path)?;
    let unreadable = |source| unreadable(&path, source);
    let writer = Connection::open(&path).map_err(unreadable)?;
    prepare(&writer, &path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(&path, flags).map_err(unreadable)?;
    reader.busy_timeout(BUSY_WAIT).map_err(unreadable)?;
    reader.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    Ok(OpenedStore { writer, reader, keep: Keep { _lock: lock, _folder: folder } })
}

fn temporary() -> Result<(PathBuf, Option<TempDir>), SandboxError> {
    let folder = tempfile::Builder::new()
        .prefix("postonce-sandbox-")
        .tempdir()
        .map_err(|source| SandboxError::StoreFile { path: std::env::temp_dir(), source })?;
    Ok((folder.path().join("sandbox.sqlite"), Some(folder)))
}

/// Takes a lock of the operating system's; it is gone with the process however that ends.
fn lock_beside(path: &Path) -> Result<File, SandboxError> {
    let failed = |source| SandboxError::StoreFile { path: path.to_owned(), source };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&beside).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SandboxError::StoreInUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn prepare(connection: &Connection, path: &Path) -> Result<(), SandboxError> {
    let unreadable = |source| unreadable(path, source);
    connection.busy_timeout(BUSY_WAIT).map_err(unreadable)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    connection.pragma_update(None, "journal_mode", "wal").map_err(unreadable)?;
    connection.pragma_update(None, "synchronous", "normal").map_err(unreadable)?;
    connection.pragma_update(None, "wal_autocheckpoint", PAGES_BETWEEN_CHECKPOINTS).map_err(unreadable)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(unreadable)?;
    let newer = |found| SandboxError::StoreNewer { path: path.to_owned(), found, known: known_format() };
    match bring_up_to_date(connection).map_err(unreadable)? {
        found if found > known_format() => Err(newer(found)),
        _ => Ok(()),
    }
}

/// Brings the books to the newest format, in one transaction. Returns the format they have then, which is newer when a
/// newer program made them.
pub(super) fn bring_up_to_date(connection: &Connection) -> rusqlite::Result<i64> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let missing = usize::try_from(found).ok().and_then(|done| FORMATS.get(done..)).unwrap_or_default();
    if missing.is_empty() {
        return Ok(found);
    }
    let known = known_format();
    connection
        .execute_batch(&format!("BEGIN IMMEDIATE; {} PRAGMA user_version = {known}; COMMIT", missing.join("\n")))?;
    Ok(known)
}

fn known_format() -> i64 {
    i64::try_from(FORMATS.len()).expect("there are few formats")
}

fn unreadable(path: &Path, source: rusqlite::Error) -> SandboxError {
    SandboxError::StoreUnreadable { path: path.to_owned(), source: Box::new(source) }
}
