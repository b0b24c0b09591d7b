//! The three walls, taken in order: the slot inside the process is the caller's, then the file lock, then the remote lease.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::engine::{Parts, SyncEnd};
use crate::audit;
use crate::domain::{Actor, Period, RunId, Trigger};
use crate::error::{ErrorCode, Told};
use crate::ledger::{LedgerError, Moment, RunStart};
use crate::lock::{self, FileLock, FileLockError, LeaseAskTerms, LeaseRefused, Permit};
use crate::ports::{AccountingSystem, Connection, LockHolder, LockInfo, LockProgress};

/// Between two tries of a file lock that another program holds.
const WAIT_STEP: Duration = Duration::from_secs(1);

/// Who wants in, and what for.
pub(super) struct Entry<'a> {
    pub(super) parts: &'a Parts,
    pub(super) actor: &'a Actor,
    pub(super) run_id: &'a RunId,
    /// As the others see it: `sync`, `re-export` …
    pub(super) operation: &'static str,
    pub(super) progress: watch::Receiver<LockProgress>,
    pub(super) stop: &'a CancellationToken,
    /// A ledger that the accounting side knows to be older, or another copy, is not let in.
    pub(super) checks_witness: bool,
}

/// The walls, as they are held.
pub(super) struct Held {
    pub(super) connection: Connection,
    /// Given back last, whatever becomes of the lease.
    pub(super) file: Arc<FileLock>,
    /// `None` once the lease was given back or lost on the way to a newer one.
    pub(super) permit: Option<Permit>,
    /// Somebody else may have been sending since this ledger last did: theirs may still arrive.
    pub(super) follows_others: bool,
}

impl Held {
    /// Gives the walls back, in reverse order.
    pub(super) async fn give_back(self, accounting: &dyn AccountingSystem) {
        if let Some(permit) = self.permit {
            lock::give_back(permit, accounting).await;
        }
        drop(self.file);
    }

    /// A run that begins now behind these walls, as the ledger keeps it, and that moment.
    pub(super) fn start(
        &self,
        parts: &Parts,
        run_id: &RunId,
        actor: &Actor,
        trigger: Trigger,
        period: Period,
    ) -> Result<(RunStart, Moment), Told> {
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
            settings: parts.settings.told(),
            started_at: at.now,
        };
        Ok((start, at))
    }

    pub(super) fn permit(&self) -> Result<&Permit, Told> {
        self.permit.as_ref().ok_or_else(|| Told::new(ErrorCode::LeaseLost))
    }
}

impl Entry<'_> {
    /// Takes the walls, or says who holds them.
    pub(super) async fn take(&self) -> Result<Held, Box<SyncEnd>> {
        let failed = |told: Told| Box::new(SyncEnd::failed(told));
        let parts = self.parts;
        let patience_ends = parts.clock.elapsed() + parts.settings.wait_for_lock;
        let mut file = loop {
            match FileLock::try_take(&parts.settings.file_lock) {
                Ok(file) => break file,
                Err(FileLockError::Held(_)) if parts.clock.elapsed() < patience_ends && !self.stop.is_cancelled() => {
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
        back_up(parts).await.map_err(|error| failed(error.into()))?;
        let connection = parts.accounting.connect().await.map_err(|error| failed(error.told()))?;
        self.check_organisation(&connection).await.map_err(failed)?;
        // Only now, when the lease is asked for: until then the file names the run before, which may hold it still.
        let dead = file.note_run(self.run_id).map_err(|source| {
            failed(FileLockError::Unusable { path: parts.settings.file_lock.clone(), source }.into())
        })?;
        let file = Arc::new(file);
        let wait = patience_ends.saturating_sub(parts.clock.elapsed());
        let permit = match self.lease(&file, wait, dead).await {
            Ok(permit) => permit,
            Err(LeaseRefused::Failed(error)) => return Err(failed(error.told())),
            Err(LeaseRefused::Stopped) => return Err(Box::default()),
            Err(LeaseRefused::Held(info)) => {
                let held_by_us = info.holder.user == self.actor.user && info.holder.host == self.actor.host;
                let told = lock_told(&info);
                return Err(Box::new(SyncEnd { lock: Some(info), held_by_us, ..SyncEnd::failed(told) }));
            }
        };
        let mut held = Held { connection, file, permit: None, follows_others: false };
        let fence = permit.fence();
        let let_in = async {
            let follows_others = parts.ledger.read(move |book| book.follows_others(fence)).await?;
            if self.checks_witness {
                audit::check_newest(&parts.ledger, parts.accounting.as_ref(), parts.clock.as_ref()).await?;
            }
            Ok(follows_others)
        };
        match let_in.await {
            Ok(follows_others) => {
                held.follows_others = follows_others;
                held.permit = Some(permit);
                Ok(held)
            }
            Err(told) => {
                lock::give_back(permit, parts.accounting.as_ref()).await;
                Err(failed(told))
            }
        }
    }

    /// Gives the lease back and takes it again, for a newer fence. `false` where somebody else has it now.
    pub(super) async fn take_newer(&self, held: &mut Held) -> bool {
        let Some(permit) = held.permit.take() else { return false };
        let older = permit.fence();
        lock::give_back(permit, self.parts.accounting.as_ref()).await;
        match self.lease(&held.file, Duration::ZERO, None).await {
            Ok(permit) => {
                held.follows_others |= permit.fence() != older + 1;
                held.permit = Some(permit);
                true
            }
            Err(refused) => {
                tracing::warn!(?refused, "a newer fence could not be had; what is in doubt waits for the next run");
                false
            }
        }
    }

    async fn lease(&self, file: &Arc<FileLock>, wait: Duration, dead: Option<RunId>) -> Result<Permit, LeaseRefused> {
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
        };
        lock::take(&self.parts.accounting, &self.parts.clock, Arc::clone(file), terms).await
    }

    async fn check_organisation(&self, connection: &Connection) -> Result<(), Told> {
        let organisation = connection.organisation_id.clone();
        match self.parts.ledger.read(move |book| book.other_organisation(&organisation)).await? {
            None => Ok(()),
            Some(other) => Err(Told::new(ErrorCode::OrganisationMismatch)
                .with("workspace", other)
                .with("accounting", &connection.organisation_id)),
        }
    }
}

/// The day's copy of the ledger. That no copy could be made is a warning: the ledger itself is well, the export does not
/// rest on its copies, and records that wait for them help nobody; `status` shows how old the newest one is. But a copy
/// reads the whole ledger, and what it finds wrong there stops the run.
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
