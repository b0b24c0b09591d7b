//! A run from its first wall to its last row.
//!
//! Invariant: whatever ends it, the run is closed in the ledger with what is true by then, and the walls are given back in
//! reverse order.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;

use super::engine::{Parts, SyncAsk, SyncEnd};
use super::exchange::Wire;
use super::observe::observe;
use super::plan::PlanRules;
use super::planning::{Cursor, Tally, plan_page};
use super::progress::Reporter;
use super::recover::recover;
use super::send::send;
use crate::domain::{Outcome, Protection, RunId};
use crate::error::{ErrorCode, Told};
use crate::ledger::{Ledger, LedgerError, Reading, RunStart};
use crate::lock::{self, FileLock, FileLockError, LeaseAskTerms, LeaseRefused, Permit};
use crate::ports::{CallError, Connection, IdSource, LockHolder, LockInfo, SourceError};
use crate::views::Phase;

/// Between two tries of a file lock that another program holds.
const WAIT_STEP: Duration = Duration::from_secs(1);

/// Why a run does not go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum RunError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("{0}")]
    Told(Told),
    #[error("the lease is lost")]
    LeaseLost,
    #[error("stopped by a person")]
    Stopped,
}

impl RunError {
    fn outcome(&self) -> Outcome {
        match self {
            Self::LeaseLost | Self::Call(CallError::LeaseLost) => Outcome::LeaseLost,
            Self::Stopped => Outcome::Stopped,
            _ => Outcome::Failed,
        }
    }

    /// What a person is told; nothing for a run that a person stopped.
    pub(super) fn told(&self) -> Option<Told> {
        match self {
            Self::Ledger(error) => Some(error.into()),
            Self::Source(error) => Some(error.0.clone()),
            Self::Call(error) => Some(error.told()),
            Self::Told(told) => Some(told.clone()),
            Self::LeaseLost => Some(Told::new(ErrorCode::LeaseLost)),
            Self::Stopped => None,
        }
    }
}

/// What every step of a run needs to know of it.
pub(super) struct Run<'a> {
    pub(super) number: i64,
    pub(super) ledger: &'a Ledger,
    pub(super) ids: &'a dyn IdSource,
    pub(super) permit: &'a Permit,
    /// Vouchers in one request.
    pub(super) width: usize,
    /// Requests under way at once.
    pub(super) slots: usize,
    /// How long an idempotency key lives.
    pub(super) keys_live: Option<TimeDelta>,
    /// Where the accounting system is, for people.
    pub(super) address: String,
}

/// One sync, whole.
pub(super) async fn sync(
    parts: &Parts,
    ask: SyncAsk,
    run_id: RunId,
    mut reporter: Reporter,
    stop: CancellationToken,
) -> SyncEnd {
    let end = match take_walls(parts, &ask, &run_id, &reporter, &stop).await {
        Ok((permit, connection)) => {
            let body =
                Body { parts, ask: &ask, connection: &connection, permit: &permit, run_id: &run_id, stop: &stop };
            let ended = AssertUnwindSafe(body.run(&mut reporter)).catch_unwind().await;
            lock::give_back(permit, parts.accounting.as_ref()).await;
            ended.unwrap_or_else(|_| {
                SyncEnd::failed(Told::internal("the run broke off; the next one settles what it left"))
            })
        }
        Err(end) => *end,
    };
    let counts = end.run.as_ref().map(|run| run.counts);
    reporter.finished(end.run.as_ref().and_then(|run| run.outcome), counts);
    end
}

async fn take_walls(
    parts: &Parts,
    ask: &SyncAsk,
    run_id: &RunId,
    reporter: &Reporter,
    stop: &CancellationToken,
) -> Result<(Permit, Connection), Box<SyncEnd>> {
    let failed = |told: Told| Box::new(SyncEnd::failed(told));
    let patience_ends = parts.clock.elapsed() + parts.settings.wait_for_lock;
    let mut file = loop {
        match FileLock::try_take(&parts.settings.file_lock) {
            Ok(file) => break file,
            Err(FileLockError::Held(_)) if parts.clock.elapsed() < patience_ends && !stop.is_cancelled() => {
                parts.clock.sleep(WAIT_STEP).await;
            }
            Err(error @ FileLockError::Held(_)) => {
                // The other program's run is visible over the network, where that is up.
                let lock = parts.accounting.lock().await.ok().flatten();
                return Err(Box::new(SyncEnd { lock, ..SyncEnd::failed(error.into()) }));
            }
            Err(error) => return Err(failed(error.into())),
        }
    };
    let connection = parts.accounting.connect().await.map_err(|error| failed(error.told()))?;
    let organisation = connection.organisation_id.clone();
    let other = parts.ledger.read(move |book| book.other_organisation(&organisation)).await;
    if let Some(other) = other.map_err(|error| failed(error.into()))? {
        return Err(failed(
            Told::new(ErrorCode::OrganisationMismatch)
                .with("workspace", other)
                .with("accounting", &connection.organisation_id),
        ));
    }
    let protection = connection.capabilities.protection;
    if protection != Protection::Enforced {
        return Err(failed(Told::new(ErrorCode::ProtectionUnsupported).with("detail", protection)));
    }
    // Only now, when the lease is asked for: until then the file names the run before, which may hold it still.
    let dead = file
        .note_run(run_id)
        .map_err(|source| failed(FileLockError::Unusable { path: parts.settings.file_lock.clone(), source }.into()))?;
    let terms = LeaseAskTerms {
        holder: LockHolder {
            user: ask.actor.user.clone(),
            name: None,
            host: ask.actor.host.clone(),
            run_id: run_id.clone(),
        },
        life: parts.settings.lease,
        wait: patience_ends.saturating_sub(parts.clock.elapsed()),
        progress: reporter.lock_progress(),
        dead,
        stop: stop.clone(),
    };
    match lock::take(&parts.accounting, &parts.clock, file, terms).await {
        Ok(permit) => Ok((permit, connection)),
        Err(LeaseRefused::Failed(error)) => Err(failed(error.told())),
        Err(LeaseRefused::Stopped) => Err(Box::default()),
        Err(LeaseRefused::Held(info)) => {
            let held_by_us = info.holder.user == ask.actor.user && info.holder.host == ask.actor.host;
            let told = lock_told(&info);
            Err(Box::new(SyncEnd { lock: Some(info), held_by_us, ..SyncEnd::failed(told) }))
        }
    }
}

fn lock_told(info: &LockInfo) -> Told {
    let progress = info.progress.unwrap_or_default();
    Told::new(ErrorCode::LockHeld)
        .with("user", info.holder.name.as_ref().unwrap_or(&info.holder.user))
        .with("host", &info.holder.host)
        .with("since", info.acquired_at.to_rfc3339())
        .with("heard", info.renewed_at.to_rfc3339())
        .with("processed", progress.processed)
        .with("total", progress.total)
}

struct Body<'a> {
    parts: &'a Parts,
    ask: &'a SyncAsk,
    connection: &'a Connection,
    permit: &'a Permit,
    run_id: &'a RunId,
    stop: &'a CancellationToken,
}

impl Body<'_> {
    async fn run(&self, reporter: &mut Reporter) -> SyncEnd {
        let number = match self.begin().await {
            Ok(number) => number,
            Err(error) => return SyncEnd::failed((&error).into()),
        };
        let error = self.steps(number, reporter).await.err();
        self.close(number, error).await
    }

    /// Holding the permit, this is the only run: whatever is open was left by a process that is gone.
    async fn begin(&self) -> Result<i64, LedgerError> {
        let start = RunStart {
            run_id: self.run_id.clone(),
            trigger: self.ask.trigger,
            actor: self.ask.actor.clone(),
            period: self.ask.period,
            organisation: self.connection.organisation_id.clone(),
            protection: self.connection.capabilities.protection,
            fence: self.permit.fence(),
            started_at: self.now(),
        };
        self.parts
            .ledger
            .write(move |book| {
                book.close_interrupted(start.started_at)?;
                book.doubt_claimed(start.started_at)?;
                book.begin_run(&start)
            })
            .await
    }

    async fn steps(&self, number: i64, reporter: &mut Reporter) -> Result<(), RunError> {
        let Parts { ledger, source, settings, .. } = self.parts;
        let capabilities = &self.connection.capabilities;
        let run = Run {
            number,
            ledger,
            ids: self.parts.ids.as_ref(),
            permit: self.permit,
            width: settings.vouchers_per_request.min(capabilities.vouchers_per_request_max).max(1),
            slots: settings.requests_in_flight.max(1),
            keys_live: capabilities.idempotency_keys_live,
            address: self.connection.address.clone(),
        };
        let (accounting, clock) = (self.parts.accounting.clone(), self.parts.clock.clone());
        let wire = Wire::new(accounting, clock, self.stop.clone(), reporter.progress());

        let open = ledger.read(|book| book.open_attempts()).await?;
        if open > 0 {
            reporter.phase(Phase::Recovering, Some(open));
            recover(&run, &wire, reporter).await?;
        }
        self.go_on()?;
        reporter.phase(Phase::Reading, None);
        let reading = observe(source.as_ref(), ledger, self.parts.clock.as_ref(), Some(reporter)).await?;
        self.go_on()?;
        reporter.phase(Phase::Planning, None);
        let rules = self.parts.rules(self.ask.period, capabilities.reference_rules, Some(number));
        let tally = make_plan(self.parts, reading, &rules).await?;
        let read = tally.read;
        ledger.write(move |book| book.set_read(number, read)).await?;
        reporter.planned(&tally);
        reporter.phase(Phase::Sending, Some(tally.send));
        send(&run, &wire, &rules, reporter).await
    }

    fn go_on(&self) -> Result<(), RunError> {
        if self.stop.is_cancelled() { Err(RunError::Stopped) } else { Ok(()) }
    }

    async fn close(&self, number: i64, error: Option<RunError>) -> SyncEnd {
        let (now, run_id) = (self.now(), self.run_id.clone());
        let outcome = error.as_ref().map_or(Outcome::Completed, RunError::outcome);
        let told = error.as_ref().and_then(RunError::told);
        let kept = told.clone();
        let closed = self.parts.ledger.write(move |book| book.finish_run(number, outcome, kept.as_ref(), now)).await;
        let run = self.parts.ledger.run(&run_id).await;
        match (closed, run) {
            (Ok(_), Ok(run)) => SyncEnd { run, error: told, ..SyncEnd::default() },
            // The first failure explains the second.
            (Err(failure), _) | (_, Err(failure)) => SyncEnd::failed(told.unwrap_or_else(|| failure.into())),
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.parts.clock.now()
    }
}

/// Plans every row of a reading, a page in each transaction.
pub(super) async fn make_plan(parts: &Parts, reading: Reading, rules: &PlanRules) -> Result<Tally, RunError> {
    let (mut cursor, mut tally) = (Cursor::default(), Tally::default());
    while !matches!(cursor, Cursor::Done) {
        let (rules, now) = (rules.clone(), parts.clock.now());
        let act = move |book: &crate::ledger::Book<'_>| {
            let cursor = plan_page(book, reading, &rules, now, cursor, &mut tally)?;
            Ok((cursor, tally))
        };
        (cursor, tally) = parts.ledger.write(act).await?;
    }
    Ok(tally)
}
