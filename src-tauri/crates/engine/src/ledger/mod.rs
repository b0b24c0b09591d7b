//! Keeps what was seen, attempted, answered and skipped, and by whom.
//!
//! Invariants:
//! - one connection writes, on its own thread, in IMMEDIATE transactions, through the one door [`Ledger::write`];
//! - everything for which [`Ledger::write`] has returned is on the disk (`synchronous = FULL`);
//! - a ledger that is gone is never made anew in silence;
//! - the partial unique index `attempt_guard` allows one attempt that is or may be a voucher, whoever asks;
//! - nothing outside this folder knows that it is SQLite.

mod comparison;
mod error;
mod file;
mod forget;
mod ledger_tx;
mod lists;
mod re_export;
mod run;
mod search;
#[cfg(test)]
pub(crate) mod tests;
mod trail;
mod values;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::thread;

use chrono::{DateTime, Utc};
use file::presence::{OpenHere, Presence};
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

pub(crate) use comparison::attempts::{Compared, ComparisonEnd, ComparisonStart, NewDifference};
pub(crate) use comparison::filed::FiledAttempt;
pub use error::LedgerError;
pub(crate) use forget::forget_in_older;
pub(crate) use ledger_tx::LedgerTx;
pub use lists::items::ItemFilter;
pub use lists::records::RecordFilter;
pub use lists::run_search::RunFilter;
pub(crate) use re_export::requests::{LeftReExport, ReExportWish, ReversalAsk, ReversalSettlement};
pub(crate) use run::acceptance::Accepting;
pub(crate) use run::claim::{ClaimAsk, ClaimMember, Moment, NewFile};
pub use run::claim::{Claimed, ClaimedRequest, ClaimedReversal, StagedDraft};
pub(crate) use run::like_id::{ExportedTwin, MovedRecords};
pub(crate) use run::lost_records::LostRecords;
pub(crate) use run::observe::{OddRows, Reading};
pub(crate) use run::open_attempts::{OpenMember, OpenRecord, OpenRequest};
pub(crate) use run::other_expenses::{OtherExpenses, SharedIds};
pub(crate) use run::pins::Pin;
pub(crate) use run::plan_page::{Candidate, Guard, PlannedItem};
pub use run::receipts::{AttachTo, ClaimedAttachment};
pub(crate) use run::receipts::{FetchedBytes, OpenReceipt, ReceiptSettlement};
pub(crate) use run::runs::{EarlierRuns, RefusedRun, RunStart};
pub(crate) use run::schedule::TimeClaim;
pub(crate) use run::settle::{Settlement, TakenOver, VoucherHolder};
pub(crate) use trail::audit::{AuditAct, AuditTip};
pub(crate) use trail::audit_heads::StoredHead;
pub use trail::audit_page::AuditFilter;
pub use trail::beginning::ReplacedLedger;
use trail::coverage::Coverage;
#[cfg(test)]
pub(crate) use trail::coverage::{COLUMNS_OUTSIDE, TABLES_OUTSIDE};
pub(crate) use trail::row_check::{RowFault, RowFaultKind, RowRoots};
pub(crate) use values::signed;

use crate::ports::{Clock, IdSource, Signer};
use crate::views::LedgerFile;

/// The number of reading connections kept open for the next reader.
const IDLE_READERS_MAX: usize = 4;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle on the ledger; clones share it.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<Shared>,
}

struct Shared {
    door: Arc<Door>,
    /// The writer; `None` only while the last handle goes.
    writer: Option<Writer>,
    idle_readers: Mutex<Vec<Connection>>,
    presence: Presence,
    /// True if daily copies are made; not in a simulation, whose days take milliseconds.
    is_backed_up: bool,
    /// The mark of an open file, which goes last, when nothing here has the file open.
    _open: OpenHere,
}

/// All that a transaction needs besides its connection.
struct Door {
    path: PathBuf,
    /// Opens a connection for reading.
    reader: fn(&Path) -> Result<Connection, LedgerError>,
    /// The tables that the audit trail covers.
    coverage: Coverage,
    /// The signer of the trail's heads; none until an engine is made of the ledger.
    signer: OnceLock<Arc<dyn Signer>>,
    watcher: Option<Watcher>,
}

/// The place of the one writing connection.
enum Writer {
    /// A thread of its own, so that nobody who waits for the disk holds up the others.
    Thread { jobs: mpsc::Sender<Job>, thread: thread::JoinHandle<()> },
    /// The caller's own thread: for a simulation, in which nothing may depend on the order of threads.
    InPlace(Mutex<Connection>),
    /// Nobody: the file is only looked at.
    Nobody,
}

/// A function that sees every durable transaction, on the thread that writes.
type Watcher = Arc<dyn Fn(WriteMoment) + Send + Sync>;

/// A moment of a durable transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WriteMoment {
    /// The transaction has not begun.
    Before,
    /// The changes are made, and not committed.
    Within,
    /// The transaction is on the disk.
    After,
}

impl Drop for Shared {
    /// Waits for the writer: it is the last connection to close, and folds the write-ahead log into the one file, which
    /// a person may then copy.
    fn drop(&mut self) {
        self.idle_readers.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        if let Some(Writer::Thread { jobs, thread }) = self.writer.take() {
            drop(jobs);
            let _ = thread.join();
        }
    }
}

impl Ledger {
    /// Opens the ledger, or makes a new one if there never was one; upgrades an older one, after a copy of it was made.
    ///
    /// # Errors
    /// If the file is newer than this program, damaged, not a ledger, or cannot be read and written; if it is gone
    /// though this workspace has synced before; if an older one cannot be copied first.
    pub fn open(path: &Path, clock: &dyn Clock, ids: &dyn IdSource) -> Result<Self, LedgerError> {
        let open = OpenHere::enter(path, clock.now())?;
        let mut connection = file::open::writer(path, clock, ids)?;
        let coverage = noting(&mut connection, path)?;
        let (jobs, queue) = mpsc::channel::<Job>();
        let writer = thread::Builder::new()
            .name("ledger-writer".into())
            .spawn(move || {
                while let Ok(job) = queue.recv() {
                    job(&mut connection);
                }
            })
            .map_err(|_| LedgerError::WriterGone)?;
        let reader = file::connection::reader;
        let door = Door { path: path.to_owned(), reader, coverage, signer: OnceLock::new(), watcher: None };
        Ok(Self::over(open, door, Writer::Thread { jobs, thread: writer }, true))
    }

    /// Opens the ledger to look at it: as [`Ledger::open`] does where it may be written, and otherwise as it stands, for
    /// reading alone. Nothing is made or changed beside it then.
    ///
    /// # Errors
    /// As for [`Ledger::open`]; [`LedgerError::Closed`] if it is an older version's, which is upgraded before it is read,
    /// or is in use by a user whose files this one may not read.
    pub fn open_to_look(path: &Path, clock: &dyn Clock, ids: &dyn IdSource) -> Result<Self, LedgerError> {
        match Self::open(path, clock, ids) {
            Err(error) if error.is_about_rights() => Self::still(path),
            opened => opened,
        }
    }

    fn still(path: &Path) -> Result<Self, LedgerError> {
        let closed = || LedgerError::Closed { path: path.to_owned() };
        let sqlite_error = |source| LedgerError::Sqlite { path: path.to_owned(), source };
        // A log that is left beside it belongs to it: the file alone would lack its newest entries.
        let reader: fn(&Path) -> Result<Connection, LedgerError> =
            if file::names::log_is_left(path) { file::connection::reader } else { file::connection::reader_of_still };
        let connection = reader(path)?;
        file::connection::check(&connection, path)?;
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(sqlite_error)?;
        if version != file::connection::known_version() {
            return Err(closed());
        }
        let coverage = Coverage::of(&connection).map_err(sqlite_error)?;
        let open = OpenHere::looking(path);
        let door = Door { path: path.to_owned(), reader, coverage, signer: OnceLock::new(), watcher: None };
        Ok(Self::over(open, door, Writer::Nobody, false))
    }

    /// Returns whether it can only be looked at.
    pub fn is_only_looked_at(&self) -> bool {
        matches!(self.shared.writer, Some(Writer::Nobody))
    }

    /// Opens the ledger without threads and without backups: writing and reading happen in place, and block; `watcher`
    /// sees every durable transaction. For a simulation.
    ///
    /// # Errors
    /// As for [`Ledger::open`].
    pub fn open_in_place(
        path: &Path,
        clock: &dyn Clock,
        ids: &dyn IdSource,
        watcher: impl Fn(WriteMoment) + Send + Sync + 'static,
    ) -> Result<Self, LedgerError> {
        Self::in_place(path, clock, ids, Arc::new(watcher), false)
    }

    /// Opens a ledger that shows `watcher` every durable transaction, so that a test can end the process there.
    ///
    /// # Errors
    /// As for [`Ledger::open`].
    pub fn open_watched(
        path: &Path,
        clock: &dyn Clock,
        ids: &dyn IdSource,
        watcher: impl Fn(WriteMoment) + Send + Sync + 'static,
    ) -> Result<Self, LedgerError> {
        Self::in_place(path, clock, ids, Arc::new(watcher), true)
    }

    fn in_place(
        path: &Path,
        clock: &dyn Clock,
        ids: &dyn IdSource,
        watcher: Watcher,
        is_backed_up: bool,
    ) -> Result<Self, LedgerError> {
        let open = OpenHere::enter(path, clock.now())?;
        let mut connection = file::open::writer(path, clock, ids)?;
        let coverage = noting(&mut connection, path)?;
        let reader = file::connection::reader;
        let door = Door { path: path.to_owned(), reader, coverage, signer: OnceLock::new(), watcher: Some(watcher) };
        Ok(Self::over(open, door, Writer::InPlace(Mutex::new(connection)), is_backed_up))
    }

    fn over(open: OpenHere, door: Door, writer: Writer, is_backed_up: bool) -> Self {
        let (idle_readers, presence) = (Mutex::default(), Presence::of(&door.path));
        let door = Arc::new(door);
        let shared = Shared { door, writer: Some(writer), idle_readers, presence, is_backed_up, _open: open };
        Self { shared: Arc::new(shared) }
    }

    /// Seals the trail with this signer from now on, whenever an entry is written.
    pub(crate) fn seal_with(&self, signer: Arc<dyn Signer>) {
        // A ledger that a second engine shares is sealed by the first one's key; both have the workspace's.
        let _ = self.shared.door.signer.set(signer);
    }

    /// Returns the lock file of the workspace whose ledger is at `path`. It names the last run, which shows that a
    /// missing ledger is gone, and not just new.
    pub fn lock_file(path: &Path) -> PathBuf {
        file::names::lock_file(path)
    }

    /// Makes a new, empty ledger beside the one at `path`, to be filled from the accounting system: the beginning of a
    /// rebuild. The remains of an earlier, unfinished rebuild are removed; the ledger at `path` is not touched.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn begin_anew(path: &Path, clock: &dyn Clock, ids: &dyn IdSource) -> Result<Self, LedgerError> {
        let rebuilt = file::names::rebuilding(path);
        for leftover in file::names::files(&rebuilt).filter(|file| file.exists()) {
            std::fs::remove_file(leftover).map_err(|_| LedgerError::Closed { path: rebuilt.clone() })?;
        }
        file::open::make(&rebuilt, clock, ids)?;
        file::carry::carry(path, &rebuilt);
        Self::open(&rebuilt, clock, ids)
    }

    /// Looks at the ledger at `path` without opening it for use: who it is, and the end of its trail.
    ///
    /// # Errors
    /// If there is none, or it cannot be read.
    pub(crate) fn look_at(path: &Path) -> Result<ReplacedLedger, LedgerError> {
        let sqlite_error = |source| LedgerError::Sqlite { path: path.to_owned(), source };
        let mut connection = file::connection::reader(path)?;
        file::connection::check(&connection, path)?;
        let coverage = Coverage::of(&connection).map_err(sqlite_error)?;
        let transaction = connection.transaction().map_err(sqlite_error)?;
        LedgerTx::new(&transaction, path, &coverage).as_replaced()
    }

    /// Puts a rebuilt ledger in the place of the one at `path`, which is kept under a name that says so. Both must be
    /// closed, and the file lock taken.
    pub(crate) fn put_in_place(rebuilt: &Path, path: &Path, clock: &dyn Clock) -> Result<(), LedgerError> {
        file::open::set_aside(path, clock.now())?;
        std::fs::rename(rebuilt, path).map_err(|_| LedgerError::Closed { path: path.to_owned() })
    }

    /// Returns the newest copy of the ledger at `path`.
    pub(crate) fn newest_backup(path: &Path) -> Option<PathBuf> {
        file::backup::newest(path)
    }

    /// Copies a backup beside the ledger at `path`, checked and on the disk; returns where it stands. It takes the
    /// ledger's place by [`Ledger::put_in_place`].
    pub(crate) fn bring_back(backup: &Path, path: &Path) -> Result<PathBuf, LedgerError> {
        file::backup::bring_back(backup, path)
    }

    /// Returns the file's path and size, and the time of its last copy.
    ///
    /// # Errors
    /// If it is gone.
    pub fn file(&self) -> Result<LedgerFile, LedgerError> {
        let path = self.path().to_owned();
        let bytes = file::names::files(&path).filter_map(|file| Some(file.metadata().ok()?.len())).sum();
        if !path.exists() {
            return Err(LedgerError::Missing { path });
        }
        Ok(LedgerFile { bytes, last_backup_at: file::names::newest(&file::names::backups(&path)), path })
    }

    /// Copies the ledger into the folder of its backups, once a day (UTC); returns the path of the copy if one was
    /// made. It is called at the beginning of a run, with the file lock taken.
    ///
    /// # Errors
    /// [`LedgerError::Backup`] if the copy could not be made: a warning, since the ledger itself was read and is well.
    /// Any other error is the ledger's own, and stops the run.
    pub async fn back_up_daily(&self, now: DateTime<Utc>) -> Result<Option<PathBuf>, LedgerError> {
        if !self.shared.is_backed_up {
            return Ok(None);
        }
        let path = self.path().to_owned();
        let copied = tokio::task::spawn_blocking(move || file::backup::daily(&path, now)).await;
        copied.map_err(|_| LedgerError::WriterGone)?
    }

    /// Copies the ledger into the folder of its backups now; returns the path of the copy. It is called with the file
    /// lock taken.
    pub(crate) async fn back_up_asked(&self, now: DateTime<Utc>) -> Result<PathBuf, LedgerError> {
        let path = self.path().to_owned();
        let copied = tokio::task::spawn_blocking(move || file::backup::asked(&path, now)).await;
        copied.map_err(|_| LedgerError::WriterGone)?
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.shared.door.path
    }

    /// Rewrites the file without what was deleted or overwritten in it, its log included.
    pub(crate) async fn scrub(&self) -> Result<(), LedgerError> {
        let path = self.path().to_owned();
        let scrub = move |connection: &mut Connection| {
            let done = connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
            done.map_err(|source| LedgerError::Sqlite { path, source })
        };
        self.shared.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        match self.shared.writer.as_ref().ok_or(LedgerError::WriterGone)? {
            Writer::Nobody => Err(LedgerError::Closed { path: self.path().to_owned() }),
            Writer::InPlace(connection) => scrub(&mut connection.lock().unwrap_or_else(PoisonError::into_inner)),
            Writer::Thread { jobs, .. } => {
                let (done, outcome) = oneshot::channel();
                let job: Job = Box::new(move |connection| _ = done.send(scrub(connection)));
                jobs.send(job).map_err(|_| LedgerError::WriterGone)?;
                outcome.await.map_err(|_| LedgerError::WriterGone)?
            }
        }
    }

    /// Returns the copies of the ledger at `path` and the ledgers whose place it took.
    pub(crate) fn copies(path: &Path) -> Vec<PathBuf> {
        file::names::copies(path)
    }

    /// Makes a copy one whole file again, as a backup is, after it was opened for a change.
    pub(crate) fn fold(path: &Path) -> Result<(), LedgerError> {
        file::backup::fold(path)
    }

    /// Says whether the file at `path` is a ledger of this version.
    pub(crate) fn is_current(path: &Path) -> Result<bool, LedgerError> {
        let connection = file::connection::reader(path)?;
        file::connection::check(&connection, path)?;
        let sqlite_error = |source| LedgerError::Sqlite { path: path.to_owned(), source };
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(sqlite_error)?;
        Ok(version == file::connection::known_version())
    }

    /// Changes the ledger, as the one door for it: `act` runs in one IMMEDIATE transaction, which is on the disk, in
    /// the file that bears the ledger's name, when this returns `Ok`. After an `Err` it has left no trace there.
    pub(crate) async fn write<T, F>(&self, act: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: FnOnce(&LedgerTx<'_>) -> Result<T, LedgerError> + Send + 'static,
    {
        match self.shared.writer.as_ref().ok_or(LedgerError::WriterGone)? {
            Writer::Nobody => Err(LedgerError::Closed { path: self.path().to_owned() }),
            Writer::InPlace(connection) => {
                let outcome = {
                    let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                    in_transaction(&mut connection, &self.shared.door, act)?
                };
                // The thread behaves the same: others may go on before the writer does, and a process may die just
                // here.
                tokio::task::yield_now().await;
                self.shared.presence.check(self.path())?;
                Ok(outcome)
            }
            Writer::Thread { jobs, .. } => {
                let (done, outcome) = oneshot::channel();
                let door = Arc::clone(&self.shared.door);
                let job: Job = Box::new(move |connection| {
                    // The asker may have gone; what was committed stays committed either way.
                    let _ = done.send(in_transaction(connection, &door, act));
                });
                jobs.send(job).map_err(|_| LedgerError::WriterGone)?;
                let outcome = outcome.await.map_err(|_| LedgerError::WriterGone)??;
                self.shared.presence.check(self.path())?;
                Ok(outcome)
            }
        }
    }

    /// Reads from one consistent snapshot, on a connection that cannot write.
    pub(crate) async fn read<T, F>(&self, look: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: FnOnce(&LedgerTx<'_>) -> Result<T, LedgerError> + Send + 'static,
    {
        if matches!(self.shared.writer, Some(Writer::InPlace(_))) {
            return self.shared.read_in_place(look);
        }
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || shared.read_in_place(look)).await.map_err(|_| LedgerError::WriterGone)?
    }
}

impl Shared {
    fn read_in_place<T>(&self, look: impl FnOnce(&LedgerTx<'_>) -> Result<T, LedgerError>) -> Result<T, LedgerError> {
        let path = &self.door.path;
        let sqlite_error = |source| LedgerError::Sqlite { path: path.clone(), source };
        let idle = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => (self.door.reader)(path)?,
        };
        let transaction = connection.transaction().map_err(sqlite_error)?;
        let found = look(&LedgerTx::new(&transaction, path, &self.door.coverage))?;
        transaction.finish().map_err(sqlite_error)?;
        let mut idle = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS_MAX {
            idle.push(connection);
        }
        Ok(found)
    }
}

/// Lets the writing connection note the rows that it changes.
fn noting(connection: &mut Connection, path: &Path) -> Result<Coverage, LedgerError> {
    trail::noting::noting(connection).map_err(|source| LedgerError::Sqlite { path: path.to_owned(), source })
}

/// Runs the act in a transaction. Whatever it changed has its digest, and an entry that it appended its seal, before
/// the transaction is committed.
fn in_transaction<T, F>(connection: &mut Connection, door: &Door, act: F) -> Result<T, LedgerError>
where
    F: FnOnce(&LedgerTx<'_>) -> Result<T, LedgerError>,
{
    let path = &door.path;
    let sqlite_error = |source| LedgerError::Sqlite { path: path.clone(), source };
    let watch = |moment| {
        if let Some(watcher) = &door.watcher {
            watcher(moment);
        }
    };
    let signer = door.signer.get().map(Arc::as_ref);
    if let Some(signer) = signer {
        signer.be_ready();
    }
    watch(WriteMoment::Before);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sqlite_error)?;
    transaction.execute("UPDATE ledger SET writes = writes + 1", []).map_err(sqlite_error)?;
    let tx = LedgerTx::new(&transaction, path, &door.coverage);
    // A transaction that failed left its notes.
    door.coverage.changed().forget();
    let outcome = act(&tx)?;
    tx.note_changes()?;
    let sealed = match signer {
        Some(signer) if tx.has_appended.get() => Some((signer, tx.seal_tip(signer)?)),
        _ => None,
    };
    watch(WriteMoment::Within);
    transaction.commit().map_err(sqlite_error)?;
    watch(WriteMoment::After);
    if let Some((signer, sealed)) = sealed {
        signer.remember(&sealed);
    }
    Ok(outcome)
}
