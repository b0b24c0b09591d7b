//! The ledger: what was seen, attempted, answered and skipped, and by whom.
//!
//! Invariants:
//! - one connection writes, on its own thread, in IMMEDIATE transactions, through the one door [`Ledger::write`];
//! - whatever [`Ledger::write`] has returned is on the disk (`synchronous = FULL`);
//! - the partial unique index `attempt_guard` allows one attempt that is or may be a voucher, whoever asks;
//! - nothing outside this folder knows that it is SQLite.

mod attention;
mod book;
mod claim;
mod doubt;
mod error;
mod history;
mod observe;
mod open;
mod plan_page;
mod record_story;
mod runs;
mod settle;
#[cfg(test)]
mod tests;
mod values;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

pub(crate) use book::Book;
pub(crate) use claim::{ClaimAsk, ClaimMember};
pub use claim::{Claimed, ClaimedRequest};
pub(crate) use doubt::{OpenMember, OpenRequest};
pub use error::LedgerError;
pub(crate) use observe::Reading;
pub(crate) use plan_page::{Candidate, Guard, PlannedItem};
pub(crate) use runs::RunStart;
pub(crate) use settle::Settlement;

use crate::ports::{Clock, IdSource};

/// Reading connections kept open for the next reader.
const IDLE_READERS_MAX: usize = 4;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle on the ledger; clones share it.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    /// `None` only while the last handle goes.
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<thread::JoinHandle<()>>,
    idle_readers: Mutex<Vec<Connection>>,
}

impl Drop for Shared {
    /// Waits for the writer: it is the last connection to close, and folds the write-ahead log into the one file, which
    /// a person may then copy.
    fn drop(&mut self) {
        self.idle_readers.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl Ledger {
    /// Opens the ledger, or makes a new one where there is no file; upgrades an older one.
    ///
    /// # Errors
    /// When the file is newer than this program, damaged, not a ledger, or cannot be read and written.
    pub fn open(path: &Path, clock: &dyn Clock, ids: &dyn IdSource) -> Result<Self, LedgerError> {
        let mut connection = open::writer(path, clock, ids)?;
        let (jobs, queue) = mpsc::channel::<Job>();
        let writer = thread::Builder::new()
            .name("ledger-writer".into())
            .spawn(move || {
                while let Ok(job) = queue.recv() {
                    job(&mut connection);
                }
            })
            .map_err(|_| LedgerError::WriterGone)?;
        let (jobs, writer) = (Some(jobs), Some(writer));
        Ok(Self { shared: Arc::new(Shared { path: path.to_owned(), jobs, writer, idle_readers: Mutex::default() }) })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// The one door for changes: `act` runs in one IMMEDIATE transaction, which is on the disk when this returns `Ok`,
    /// and has left no trace when it returns `Err`.
    pub(crate) async fn write<T, F>(&self, act: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: FnOnce(&Book<'_>) -> Result<T, LedgerError> + Send + 'static,
    {
        let (done, outcome) = oneshot::channel();
        let path = self.shared.path.clone();
        let job: Job = Box::new(move |connection| {
            // The asker may have gone; what was committed stays committed either way.
            let _ = done.send(in_transaction(connection, &path, act));
        });
        let jobs = self.shared.jobs.as_ref().ok_or(LedgerError::WriterGone)?;
        jobs.send(job).map_err(|_| LedgerError::WriterGone)?;
        outcome.await.map_err(|_| LedgerError::WriterGone)?
    }

    /// Reads from one consistent snapshot, on a connection that cannot write.
    pub(crate) async fn read<T, F>(&self, look: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: FnOnce(&Book<'_>) -> Result<T, LedgerError> + Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        let job = move || {
            let told = |source| LedgerError::Sqlite { path: shared.path.clone(), source };
            let idle = shared.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = match idle {
                Some(connection) => connection,
                None => open::reader(&shared.path)?,
            };
            let transaction = connection.transaction().map_err(told)?;
            let found = look(&Book::new(&transaction, &shared.path))?;
            transaction.finish().map_err(told)?;
            let mut idle = shared.idle_readers.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < IDLE_READERS_MAX {
                idle.push(connection);
            }
            Ok(found)
        };
        tokio::task::spawn_blocking(job).await.map_err(|_| LedgerError::WriterGone)?
    }
}

fn in_transaction<T, F>(connection: &mut Connection, path: &Path, act: F) -> Result<T, LedgerError>
where
    F: FnOnce(&Book<'_>) -> Result<T, LedgerError>,
{
    let told = |source| LedgerError::Sqlite { path: path.to_owned(), source };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(told)?;
    transaction.execute("UPDATE ledger SET writes = writes + 1", []).map_err(told)?;
    let outcome = act(&Book::new(&transaction, path))?;
    transaction.commit().map_err(told)?;
    Ok(outcome)
}
