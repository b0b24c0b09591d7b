//! Keeps the books on disk: one SQLite file, one connection that writes and one that reads, each on a thread of its
//! own.
//!
//! Invariant: every write is one IMMEDIATE transaction on the one writing thread. The checks and the writes of a
//! request are therefore one step, for every other request.

mod attachments;
mod connection_thread;
mod drafts;
mod journal;
mod keys;
mod labels;
mod learned;
mod listing;
mod locks;
mod open;
mod scheme;
mod settings;
mod stats;
mod vouchers;
mod witnesses;
mod writes;

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::SandboxError;
use crate::problem::{Kind, Problem};
use connection_thread::ConnectionThread;

pub(crate) use attachments::{Bearer, NewAttachment, attach, attachments_of};
pub(crate) use drafts::{
    Draft, commit_draft, delete_draft, draft, draft_seq_of_id, find_drafts, open_drafts, page_of_drafts, stage,
};
pub(crate) use journal::{read_journal, record};
pub(crate) use keys::Key;
pub(crate) use labels::{create_label, delete_label, label, update_label};
pub(crate) use learned::{
    ExportedResult, expense_lock, expense_locks, is_exported, lock_expense, received_results, release_expense,
    take_result,
};
pub(crate) use listing::{FoundVoucher, Page, Place, find, page};
pub(crate) use locks::{Acquire, Holder, Progress, acquire, break_lock, release, renew, view};
pub(crate) use scheme::{Scheme, put_scheme, scheme};
pub(crate) use settings::{CLOCK_SHIFT_SECONDS, CLOSED_THROUGH, PRACTICE_NEWEST, read_setting, write_setting};
pub(crate) use stats::book_stats;
pub(crate) use vouchers::{
    NewVoucher, Receipt, StoredVoucher, forget, insert, receipts, seq_of_id, void, voucher, vouchers_of,
};
pub(crate) use witnesses::{NewWitness, forget_witness, put_witness, witness, witness_history, witnesses};
pub(crate) use writes::{Answer, WriteRequest, fence_of, guarded};

/// The books. Closing them waits for the work under way.
pub(crate) struct Store {
    writer: ConnectionThread,
    reader: ConnectionThread,
}

/// The books within one transaction, as an act on them sees them.
pub(crate) type Books<'books> = Transaction<'books>;

/// The reason why an act on the books gave no result.
pub(crate) enum Failure {
    /// The answer is this problem; writes such as the journal's entry about it stay.
    Problem(Problem),
    /// The store itself failed; nothing of the act stays.
    Store(rusqlite::Error),
}

impl Store {
    /// Opens or makes the books; `None` for temporary ones. It blocks on the disk.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, SandboxError> {
        let opened = open::open(path)?;
        let reader = ConnectionThread::new("sandbox-reader", opened.reader, ());
        let writer = ConnectionThread::new("sandbox-writer", opened.writer, opened.keep);
        Ok(Self { writer, reader })
    }

    /// Does `act` in one transaction, after everything that was requested before it.
    pub(crate) async fn write<T, F>(&self, act: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.writer.ask(move |connection| in_transaction(connection, act)).await.unwrap_or_else(|| Err(closed()))
    }

    /// Reads in one transaction, without waiting for a writer.
    pub(crate) async fn read<T, F>(&self, act: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    {
        let answer = self.reader.ask(move |connection| {
            let transaction = connection.transaction().map_err(internal)?;
            act(&transaction).map_err(problem_of)
        });
        answer.await.unwrap_or_else(|| Err(closed()))
    }

    /// Finishes the work under way and closes the file. It blocks.
    pub(crate) fn close(&self) {
        self.reader.close();
        self.writer.close();
    }
}

impl Drop for Store {
    /// Removes a temporary store also when nobody stopped its sandbox.
    fn drop(&mut self) {
        self.close();
    }
}

fn in_transaction<T>(
    connection: &mut Connection,
    act: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
) -> Result<T, Problem> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(internal)?;
    let outcome = act(&transaction);
    match outcome {
        Err(Failure::Store(error)) => Err(internal(error)),
        Ok(value) => transaction.commit().map_err(internal).map(|()| value),
        Err(Failure::Problem(problem)) => transaction.commit().map_err(internal).and(Err(problem)),
    }
}

fn problem_of(failure: Failure) -> Problem {
    match failure {
        Failure::Problem(problem) => problem,
        Failure::Store(error) => internal(error),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn internal(error: rusqlite::Error) -> Problem {
    tracing::error!(%error, "the sandbox's store failed");
    Problem::new(Kind::Internal, format!("The store failed: {error}"))
}

fn closed() -> Problem {
    Problem::new(Kind::Internal, "The sandbox is stopping.")
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error)
    }
}
