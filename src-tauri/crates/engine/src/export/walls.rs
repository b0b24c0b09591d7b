//! Takes the three walls in order: the slot inside the process is the caller's, then the file lock, then the remote
//! lease.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::audit;
use crate::calls::{Caller, RunError};
use crate::domain::{Actor, Period, Protection, RunId, Trigger};
use crate::error::Problem;
use crate::export::ask::SyncEnd;
use crate::export::identity::{Asks, check_books};
use crate::export::unseen::check_lag;
use crate::ledger::{LedgerError, Moment, RunStart};
use crate::lock::{self, FileLock, FileLockError, LeaseAskTerms, LeaseRefused, Permit};
use crate::parts::Parts;
use crate::ports::{AccountingSystem, Connection, Learning, LockHolder, LockInfo, LockProgress};
use crate::views::{LockFacts, Progress, Waiting};

/// The pause between two tries of a file lock that another program holds.
const WAIT_STEP: Duration = Duration::from_secs(1);
/// The pause between two tries of a file lock that is held for an instant only, as by a program that just looks.
const INSTANT_STEP: Duration = Duration::from_millis(25);
/// The number of such tries.
const INSTANT_TRIES: u32 = 20;

/// The longest time for which a program that only reads is waited for: the largest sources take that long.
const READING_PATIENCE: Duration = Duration::from_secs(60);

/// The request for the walls: who asks, and what for.
pub(crate) struct LockRequest<'a> {
    pub(crate) parts: &'a Parts,
    pub(crate) actor: &'a Actor,
    pub(crate) run_id: &'a RunId,
    /// The operation, as the others see it: `sync`, `re-export` …
    pub(crate) operation: &'static str,
    pub(crate) progress: watch::Receiver<LockProgress>,
    /// The progress that shows whose run is waited for.
    pub(crate) shows: Option<watch::Sender<Progress>>,
    /// The time for which somebody else's run is waited for.
    pub(crate) wait: Duration,
    pub(crate) stop: &'a CancellationToken,
    /// True if a ledger that the accounting side knows to be older, or another copy, is not let in.
    pub(crate) checks_witness: bool,
    /// The questions that a person may be asked before the walls are taken.
    pub(crate) asks: Asks,
}

/// The walls, as they are held.
pub(crate) struct AcquiredLocks {
    pub(crate) connection: Connection,
    /// The file lock, given back last, whatever becomes of the lease.
    pub(crate) file: Arc<FileLock>,
    /// The permit; `None` once the lease was given back or lost on the way to a newer one.
    pub(crate) permit: Option<Permit>,
    /// The time after the grant in which no look-up proves an absence: somebody else may have been sending since this
    /// ledger last did, and theirs may still arrive. Zero if nobody was.
    pub(crate) quarantine: Duration,
    /// The holder of the lock that was waited for, as last seen.
    pub(crate) waited_for: Option<LockFacts>,
}

impl AcquiredLocks {
    /// Gives the walls back, in reverse order.
    pub(crate) async fn give_back(self, accounting: &dyn AccountingSystem) {
        if let Some(permit) = self.permit {
            lock::give_back(permit, accounting).await;
        }
        drop(self.file);
    }

    /// Returns a run that begins now behind these walls, as the ledger keeps it, and that moment.
    pub(crate) fn start(
        &self,
        parts: &Parts,
        run_id: &RunId,
        actor: &Actor,
        trigger: Trigger,
        period: Period,
    ) -> Result<(RunStart, Moment), Problem> {
        let permit = self.permit()?;
        let at = Moment { now: parts.clock.now(), there: permit.latest_now() };
        let start = RunStart {
            run_id: run_id.clone(),
            trigger,
            actor: actor.clone(),
            period,
            organisation: self.connection.organisation_id.clone(),
            protection: self.connection.capabilities.protection,
            fence: permit.fence(),
            accounting_user: self.connection.user_id.clone(),
            settings: parts.settings.for_trail(),
            started_at: at.now,
            learning: Learning::UNSAID,
            takes_attachments: self.connection.capabilities.attachments.is_some(),
        };
        Ok((start, at))
    }

    pub(crate) fn permit(&self) -> Result<&Permit, Problem> {
        self.permit.as_ref().ok_or_else(Problem::lease_lost)
    }

    /// Waits until everything that somebody else may have sent before this lease has arrived, and shows.
    pub(crate) async fn wait_for_others(&self, caller: &Caller) -> Result<(), RunError> {
        caller.hold_for(self.permit().map_err(RunError::Problem)?, self.quarantine).await
    }
}

impl LockRequest<'_> {
    /// Takes the walls, or returns an end that says who holds them.
    pub(crate) async fn take(&self) -> Result<AcquiredLocks, Box<SyncEnd>> {
        let failed = |problem: Problem| Box::new(SyncEnd::failed(problem));
        let parts = self.parts;
        let patience_ends = parts.clock.elapsed() + self.wait;
        let lock_wait = LockWait { request: self, until: parts.clock.now() + self.wait, seen: Mutex::new(None) };
        let mut file = lock_wait.for_file(patience_ends).await?;
        back_up(parts).await.map_err(|error| failed(error.into()))?;
        parts.ledger.note_history().await.map_err(|error| failed(error.into()))?;
        let connection = parts.accounting.connect().await.map_err(|error| failed(error.problem()))?;
        check_organisation(parts, &connection).await.map_err(failed)?;
        check_books(parts, &connection, self.asks).await.map_err(failed)?;
        check_lag(parts, &connection).await.map_err(failed)?;
        // The run is noted only now, when the lease is asked for: until then the file names the run before, which may
        // hold it still.
        let dead = file.note_run(self.run_id).map_err(|source| {
            failed(FileLockError::Unusable { path: parts.settings.file_lock.clone(), source }.into())
        })?;
        let file = Arc::new(file);
        let wait = patience_ends.saturating_sub(parts.clock.elapsed());
        let permit = match self.lease(&file, wait, dead, &|lock| lock_wait.shows(Some(lock))).await {
            Ok(permit) => permit,
            Err(LeaseRefused::Failed(error)) => return Err(failed(error.problem())),
            Err(LeaseRefused::Stopped) => return Err(Box::default()),
            Err(LeaseRefused::Held(lock)) => {
                let facts = self.facts(lock);
                let problem = lock_problem(&facts);
                return Err(Box::new(SyncEnd { lock: Some(facts), ..SyncEnd::failed(problem) }));
            }
        };
        let waited_for = lock_wait.over();
        let mut locks = AcquiredLocks { connection, file, permit: None, quarantine: Duration::ZERO, waited_for };
        let let_in = async {
            if self.checks_witness {
                check_fence(parts, &locks.connection, &permit).await?;
                audit::check_newest(parts).await?;
            }
            quarantine(parts, &locks.connection, &permit).await
        };
        match let_in.await {
            Ok(quarantine) => {
                locks.quarantine = quarantine;
                locks.permit = Some(permit);
                Ok(locks)
            }
            Err(problem) => {
                lock::give_back(permit, parts.accounting.as_ref()).await;
                Err(failed(problem))
            }
        }
    }

    /// Gives the lease back and takes it again, for a newer fence. Returns `false` if somebody else has it now.
    pub(crate) async fn take_newer(&self, locks: &mut AcquiredLocks) -> bool {
        let Some(permit) = locks.permit.take() else { return false };
        let older = permit.fence();
        lock::give_back(permit, self.parts.accounting.as_ref()).await;
        match self.lease(&locks.file, Duration::ZERO, None, &|_| {}).await {
            Ok(permit) if permit.fence() <= older => {
                tracing::warn!(older, newer = permit.fence(), "the fence did not grow; what is in doubt waits");
                lock::give_back(permit, self.parts.accounting.as_ref()).await;
                false
            }
            Ok(permit) => {
                if older.checked_add(1) != Some(permit.fence()) {
                    let goes_on = permit.former_goes_on(self.parts.settings.lease);
                    let between = locks.connection.capabilities.quarantine(goes_on);
                    locks.quarantine = locks.quarantine.max(between);
                }
                locks.permit = Some(permit);
                true
            }
            Err(refused) => {
                tracing::warn!(?refused, "a newer fence could not be had; what is in doubt waits for the next run");
                false
            }
        }
    }

    /// Returns the lock, as it is shown to the person who acts.
    fn facts(&self, lock: LockInfo) -> LockFacts {
        LockFacts::of(lock, self.actor, self.parts.clock.now())
    }

    async fn lease(
        &self,
        file: &Arc<FileLock>,
        wait: Duration,
        dead: Option<RunId>,
        held: &(dyn Fn(LockInfo) + Send + Sync),
    ) -> Result<Permit, LeaseRefused> {
        let terms = LeaseAskTerms {
            holder: LockHolder {
                user: self.actor.user.clone(),
                name: None,
                host: self.actor.host.clone(),
                run_id: self.run_id.clone(),
            },
            operation: self.operation,
            life: self.parts.settings.lease,
            wait,
            progress: self.progress.clone(),
            dead,
            stop: self.stop.clone(),
            held,
        };
        lock::take(&self.parts.accounting, &self.parts.clock, Arc::clone(file), terms).await
    }
}

/// A wait for somebody else's run, and what it shows meanwhile.
struct LockWait<'a> {
    request: &'a LockRequest<'a>,
    /// The end of the wait, by this machine's wall clock.
    until: DateTime<Utc>,
    /// The lock, as it was last seen.
    seen: Mutex<Option<LockFacts>>,
}

impl LockWait<'_> {
    /// Waits for the file lock, which another program on this machine may hold.
    async fn for_file(&self, patience_ends: Duration) -> Result<FileLock, Box<SyncEnd>> {
        let (parts, stop) = (self.request.parts, self.request.stop);
        let mut tries = 0;
        let reading_ends = parts.clock.elapsed() + READING_PATIENCE;
        loop {
            let error = match FileLock::try_take(&parts.settings.file_lock) {
                Ok(file) => return Ok(file),
                Err(error) => error,
            };
            if !matches!(error, FileLockError::Held(_)) {
                return Err(Box::new(SyncEnd::failed(error.into())));
            }
            // A window that reads the source is over in seconds: nobody is refused for it.
            let reads = FileLock::is_held_for_reading(&parts.settings.file_lock);
            if reads && parts.clock.elapsed() < reading_ends {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => return Err(Box::default()),
                    () = parts.clock.sleep(INSTANT_STEP) => continue,
                }
            }
            if tries < INSTANT_TRIES {
                tries += 1;
                parts.clock.sleep(INSTANT_STEP).await;
                continue;
            }
            // The other program's run is visible over the network, if that is up.
            let lock = parts.accounting.lock().await.ok().flatten();
            if parts.clock.elapsed() >= patience_ends {
                let lock = lock.map(|lock| self.request.facts(lock));
                return Err(Box::new(SyncEnd { lock, ..SyncEnd::failed(error.into()) }));
            }
            self.shows(lock);
            tokio::select! {
                biased;
                () = stop.cancelled() => return Err(Box::default()),
                () = parts.clock.sleep(WAIT_STEP) => {}
            }
        }
    }

    /// Shows whose run is waited for.
    fn shows(&self, lock: Option<LockInfo>) {
        let lock = lock.map(|lock| self.request.facts(lock));
        if let Some(progress) = &self.request.shows {
            let waiting = Waiting { lock: lock.clone(), until: self.until };
            progress.send_modify(|progress| progress.waiting = Some(waiting));
        }
        if lock.is_some() {
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = lock;
        }
    }

    /// Ends the wait, since it is our turn; returns the holder that was waited for, if there was one.
    fn over(self) -> Option<LockFacts> {
        if let Some(progress) = &self.request.shows {
            progress.send_if_modified(|progress| progress.waiting.take().is_some());
        }
        self.seen.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Checks that these are the books of this ledger.
pub(crate) async fn check_organisation(parts: &Parts, connection: &Connection) -> Result<(), Problem> {
    let organisation = connection.organisation_id.clone();
    match parts.ledger.read(move |tx| tx.other_organisation(&organisation)).await? {
        None => Ok(()),
        Some(other) => Err(Problem::organisation_mismatch(other, &connection.organisation_id)),
    }
}

/// Checks that the fence has grown since this ledger last had one, where fences protect. The numbers of a server that
/// lost its count, or was restored from a copy, keep no old request out.
async fn check_fence(parts: &Parts, connection: &Connection, permit: &Permit) -> Result<(), Problem> {
    if connection.capabilities.protection != Protection::Fenced {
        return Ok(());
    }
    let known = parts.ledger.read(|tx| tx.newest_fence()).await?;
    if permit.fence() > known { Ok(()) } else { Err(Problem::fence_went_back(permit.fence(), known)) }
}

/// Returns the time after the grant in which a look-up proves no absence yet: the one place that says when the last
/// request of a former holder can still take effect. It counts on our own clock, from what was really granted.
async fn quarantine(parts: &Parts, connection: &Connection, permit: &Permit) -> Result<Duration, Problem> {
    let fence = permit.fence();
    let (follows_others, broken) =
        parts.ledger.read(move |tx| Ok((tx.follows_others(fence)?, tx.broken_life()?))).await?;
    if !follows_others {
        return Ok(Duration::ZERO);
    }
    // If the accounting side does not say how the grant before ended, its run is taken for one that lives, with a lease
    // like ours, or like the one that a person here took from somebody.
    let assumed = parts.settings.lease.max(broken.unwrap_or_default());
    Ok(connection.capabilities.quarantine(permit.former_goes_on(assumed)))
}

/// Makes the day's copy of the ledger. A copy that could not be made is a warning: the ledger itself is well, the
/// export does not rest on its copies, and records that wait for them help nobody; `status` shows how old the newest
/// one is. But a copy reads the whole ledger, and a fault that it finds there stops the run.
async fn back_up(parts: &Parts) -> Result<(), LedgerError> {
    match parts.ledger.back_up_daily(parts.clock.now()).await {
        Ok(_) => Ok(()),
        Err(error @ LedgerError::Backup { .. }) => {
            tracing::warn!(%error, "the ledger was not backed up today");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn lock_problem(facts: &LockFacts) -> Problem {
    let info = &facts.lock;
    let progress = info.progress.unwrap_or_default();
    Problem::lock_held(
        facts.holder_name(),
        &info.holder.host,
        info.acquired_at.to_rfc3339(),
        progress.processed,
        progress.total,
        info.renewed_at.to_rfc3339(),
    )
}

#[cfg(test)]
#[path = "walls_tests.rs"]
mod tests;
