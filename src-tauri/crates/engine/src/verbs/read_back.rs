//! Reads the books back from a file that the accounting system handed out: what was handed over becomes exported, and
//! what differs is told.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use tokio_util::sync::CancellationToken;

use crate::audit;
use crate::compare::{BooksRead, ReadIn, read_books};
use crate::domain::{Actor, Period, RunId, Trigger};
use crate::engine::Engine;
use crate::error::Problem;
use crate::export::identity::Asks;
use crate::export::progress::Reporter;
use crate::export::walls::{AcquiredLocks, LockRequest};
use crate::ports::{BooksFacts, BooksFile};
use crate::verbs::reason::check_reason;
use crate::views::{Comparison, FileState, HandedOverFile, LockFacts};

/// A wish to read the books back.
#[derive(Clone)]
pub struct ReadBackAsk {
    /// The file of the books.
    pub books: Arc<dyn BooksFile>,
    /// The person who asks.
    pub actor: Actor,
}

/// A wish to withdraw a file that was never imported.
#[derive(Clone)]
pub struct WithdrawAsk {
    /// The file, by its number.
    pub file: String,
    /// The file of the books, made today, which shows that nothing of it is there.
    pub books: Arc<dyn BooksFile>,
    /// The person's reason.
    pub reason: String,
    /// The number of the file once more.
    pub confirm: String,
    /// The person who asks.
    pub actor: Actor,
}

/// The result of a reading.
#[derive(Debug, Clone)]
pub struct ReadBack {
    /// The facts of the file.
    pub facts: BooksFacts,
    /// The records that were handed over and are exported from now on.
    pub exported: u64,
    /// The records that were handed over and are not there.
    pub waiting: u64,
    /// Those of them that are proven not to be there.
    pub absent: u64,
    /// The comparison that it left, with each difference.
    pub comparison: Comparison,
    /// The run under which they were exported, if any was.
    pub run_id: Option<RunId>,
}

/// The end of a reading.
#[derive(Debug, Default)]
pub struct ReadBackEnd {
    /// The result.
    pub read: Option<ReadBack>,
    /// The file that was withdrawn.
    pub withdrawn: Option<HandedOverFile>,
    /// The problem, if there was one.
    pub error: Option<Problem>,
    /// The holder of the lock, if it was refused.
    pub lock: Option<LockFacts>,
}

impl Engine {
    /// Reads the books back from a file, and draws the consequences; nobody syncs meanwhile. Nothing is sent.
    pub async fn read_back(&self, ask: ReadBackAsk) -> ReadBackEnd {
        let ReadBackAsk { books, actor } = ask;
        self.behind_walls(&actor, async |locks, run_id| {
            let read = self.read_under(locks, run_id, &actor, books).await?;
            Ok(ReadBackEnd { read: Some(shown(read, run_id)), ..ReadBackEnd::default() })
        })
        .await
    }

    /// Withdraws a file of which these books show nothing: its records go again, in a new file and under the next
    /// generation.
    ///
    /// The books are read back as well, whatever becomes of the wish.
    pub async fn withdraw_file(&self, ask: WithdrawAsk) -> ReadBackEnd {
        let WithdrawAsk { file, books, reason, confirm, actor } = ask;
        self.behind_walls(&actor, async |locks, run_id| {
            let reason = check_reason(&reason)?;
            let parts = self.parts();
            let found = parts.ledger.sealed_file(&file).await?.ok_or_else(|| Problem::file_not_found(&file))?;
            if confirm != found.label && confirm != found.number.to_string() {
                return Err(Problem::confirmation_differs(&found.label, &confirm));
            }
            let read = self.read_under(locks, run_id, &actor, books).await?;
            let label = found.label.clone();
            let found = parts.ledger.sealed_file(&label).await?.ok_or_else(|| Problem::file_not_found(&label))?;
            check_never_imported(&read, &found, parts.settings.booking_day(parts.clock.now()).today)?;
            let (number, by, user, now) =
                (found.number, actor.clone(), locks.connection.user_id.clone(), parts.clock.now());
            parts.ledger.write(move |tx| tx.withdraw_file(number, &reason, &by, &user, now)).await?;
            audit::seal(parts, locks.permit()?, &actor).await?;
            let withdrawn = parts.ledger.sealed_file(&label).await?;
            Ok(ReadBackEnd { read: Some(shown(read, run_id)), withdrawn, ..ReadBackEnd::default() })
        })
        .await
    }

    async fn read_under(
        &self,
        locks: &AcquiredLocks,
        run_id: &RunId,
        actor: &Actor,
        books: Arc<dyn BooksFile>,
    ) -> Result<BooksRead, Problem> {
        let parts = self.parts();
        let (start, at) = locks.start(parts, run_id, actor, Trigger::Manual, Period::EVERYTHING)?;
        let read = read_books(parts, &locks.connection, actor, books, (ReadIn::Own(Box::new(start)), at)).await?;
        audit::seal(parts, locks.permit()?, actor).await?;
        Ok(read)
    }

    async fn behind_walls(
        &self,
        actor: &Actor,
        act: impl AsyncFnOnce(&AcquiredLocks, &RunId) -> Result<ReadBackEnd, Problem>,
    ) -> ReadBackEnd {
        let parts = self.parts();
        let run_id = RunId::new(parts.ids.fresh());
        let reporter = Reporter::new(run_id.clone(), parts.clock.clone());
        let stop = CancellationToken::new();
        let request = LockRequest {
            parts,
            actor,
            run_id: &run_id,
            operation: "compare",
            progress: reporter.lock_progress(),
            shows: Some(reporter.progress()),
            wait: Duration::ZERO,
            stop: &stop,
            checks_witness: true,
            asks: Asks::Everything,
        };
        let locks = match request.take().await {
            Ok(locks) => locks,
            Err(end) => return ReadBackEnd { error: end.error, lock: end.lock, ..ReadBackEnd::default() },
        };
        let done = act(&locks, &run_id).await;
        locks.give_back(parts.accounting.as_ref()).await;
        done.unwrap_or_else(|problem| ReadBackEnd { error: Some(problem), ..ReadBackEnd::default() })
    }
}

fn shown(read: BooksRead, run_id: &RunId) -> ReadBack {
    let absent = read.waiting.iter().filter(|(_, is_proven)| *is_proven).count() as u64;
    ReadBack {
        facts: read.facts,
        exported: read.exported,
        waiting: read.waiting.len() as u64,
        absent,
        comparison: read.comparison,
        run_id: (read.exported > 0).then(|| run_id.clone()),
    }
}

/// Checks that a file is withdrawn safely: all of it waits, and these books, made today, prove that nothing of it is
/// there.
fn check_never_imported(read: &BooksRead, file: &HandedOverFile, today: NaiveDate) -> Result<(), Problem> {
    let label = &file.label;
    if let Some((_, reference, voucher)) = read.there.iter().find(|(number, ..)| *number == Some(file.number)) {
        return Err(Problem::file_was_imported(label, reference, voucher));
    }
    if file.state != FileState::Sealed || file.waiting != file.vouchers {
        return Err(Problem::file_not_waiting(label));
    }
    let of_file = read.waiting.iter().filter(|(number, _)| *number == Some(file.number));
    let proven = of_file.filter(|(_, is_proven)| *is_proven).count() as u64;
    let is_of_today = read.facts.made_on == Some(today);
    if proven == file.vouchers && is_of_today {
        Ok(())
    } else {
        let unproven = if is_of_today { file.vouchers - proven } else { file.vouchers };
        Err(Problem::file_absence_unproven(label, unproven))
    }
}
