//! Holds the wall over machines: the remote lease, renewed in the background with the run's progress.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::permit::{Grant, LeaseState, Permit};
use super::{FileLock, LeaseLost};
use crate::domain::RunId;
use crate::ports::{
    AccountingSystem, Acquired, CallError, Clock, LeaseAsk, LeaseToken, LockHolder, LockInfo, LockProgress, Unaware,
};

/// The number of renewals in one life of the lease.
const RENEWALS_PER_LIFE: u32 = 3;
/// The part of a life in which nothing is sent any more, so that earlier requests arrive while the lease still holds.
const MARGIN_PARTS_OF_LIFE: u32 = 4;
/// The pause between two renewals at least, when there is news of the run for the others to see.
const NEWS_PAUSE: Duration = Duration::from_secs(3);
/// The pause between two tries of a renewal that failed.
const RENEWAL_RETRY: Duration = Duration::from_secs(1);
/// The pause between two looks at a lock that somebody holds.
const WAIT_STEP: Duration = Duration::from_secs(2);
/// The pause between two looks at a lock whose watch is nearly over, at least.
const WATCH_STEP_MIN: Duration = Duration::from_millis(100);
/// The reason that the accounting side keeps when a lock is taken from a run that died.
const DEAD_REASON: &str = "the program that held the lock ended in the middle of this run, on the same machine";
/// The time that giving the lock back may take; after that it is left to run out.
const RELEASE_WAIT: Duration = Duration::from_secs(10);

/// The reason why the lease was not granted.
#[derive(Debug)]
pub(crate) enum LeaseRefused {
    /// Somebody else has the lease.
    Held(LockInfo),
    /// The accounting system could not be asked, or did not answer so that it was understood.
    Failed(CallError),
    /// A person asked to stop while the run waited.
    Stopped,
}

/// The terms on which a run asks for the lease.
pub(crate) struct LeaseAskTerms<'a> {
    pub(crate) holder: LockHolder,
    /// The operation, as the others see it.
    pub(crate) operation: &'static str,
    /// The life of the lease without renewal.
    pub(crate) life: Duration,
    /// The time to wait for somebody else to give it back.
    pub(crate) wait: Duration,
    /// The progress that the others may see of the run.
    pub(crate) progress: watch::Receiver<LockProgress>,
    /// A run of this workspace whose process is certainly gone: it had the file lock that we have now.
    pub(crate) dead: Option<RunId>,
    /// A person's word to stop waiting.
    pub(crate) stop: CancellationToken,
    /// A function that receives the lock each time it is seen held by somebody else who is waited for.
    pub(crate) held: &'a (dyn Fn(LockInfo) + Send + Sync),
}

/// Takes the lease, waits as long as asked, and starts to renew it. The permit holds the file lock as well.
pub(crate) async fn take(
    accounting: &Arc<dyn AccountingSystem>,
    clock: &Arc<dyn Clock>,
    file: Arc<FileLock>,
    terms: LeaseAskTerms<'_>,
) -> Result<Permit, LeaseRefused> {
    let LeaseAskTerms { holder, operation, life, wait, progress, mut dead, stop, held } = terms;
    let ask = LeaseAsk { holder, life, operation };
    let patience_ends = clock.elapsed() + wait;
    let mut watch_ends = None;
    // The runs that were seen to hold it meanwhile, of the last of which it is not known how that ended.
    let mut seen: Option<Vec<Unaware>> = None;
    let certainly_gone = dead.clone();
    loop {
        let asked_at = clock.elapsed();
        let step = match accounting.acquire(&ask).await.map_err(LeaseRefused::Failed)? {
            Acquired::Granted { token, fence, granted_at, life: granted, unaware } => {
                let grant = Grant { granted_at, asked: asked_at, answered: clock.elapsed() };
                let granted = granted.min(life);
                let mut unaware = unaware.or(seen);
                if let Some(unaware) = &mut unaware {
                    unaware.retain(|unaware| Some(&unaware.run) != certainly_gone.as_ref());
                }
                let state = Arc::new(LeaseState::new(Arc::clone(clock), deadline(asked_at, granted)));
                let ended = CancellationToken::new();
                let renewer = Renewer {
                    accounting: Arc::clone(accounting),
                    state: Arc::clone(&state),
                    token: token.clone(),
                    life,
                    granted,
                    progress,
                    ended: ended.clone(),
                };
                tokio::spawn(renewer.run());
                return Ok(Permit { token, fence, grant, unaware, state, renewing: ended.drop_guard(), file });
            }
            // This run's recovery settles everything that the dead run had in flight, like everything else it left. The
            // file that names it may have been copied with its folder: a run of another machine is not dead because of
            // it.
            Acquired::Held(info) | Acquired::LooksDead { info, .. }
                if info.holder.host == ask.holder.host && dead.as_ref() == Some(&info.holder.run_id) =>
            {
                dead = None;
                seen.get_or_insert_default();
                if let Err(error) = accounting.break_lock(&info.holder.run_id, DEAD_REASON).await {
                    tracing::warn!(%error, "the lock of a run that died here could not be taken from it");
                }
                continue;
            }
            Acquired::Held(info) if clock.elapsed() + WAIT_STEP > patience_ends => {
                return Err(LeaseRefused::Held(info));
            }
            Acquired::Held(info) => {
                note(seen.get_or_insert_default(), &info);
                held(info);
                WAIT_STEP
            }
            // Nobody has to be patient with the dead: the watch is waited out, once, even if no wait was asked for.
            Acquired::LooksDead { info, watch } => {
                let ends = *watch_ends.get_or_insert(clock.elapsed() + watch + life);
                if clock.elapsed() > ends.max(patience_ends) {
                    return Err(LeaseRefused::Held(info));
                }
                note(seen.get_or_insert_default(), &info);
                held(info);
                watch.clamp(WATCH_STEP_MIN, WAIT_STEP)
            }
        };
        tokio::select! {
            biased;
            () = clock.sleep(step) => {}
            () = stop.cancelled() => return Err(LeaseRefused::Stopped),
        }
    }
}

/// Notes a run that was seen to hold the lease.
fn note(seen: &mut Vec<Unaware>, info: &LockInfo) {
    match seen.iter_mut().find(|unaware| unaware.run == info.holder.run_id) {
        Some(known) => known.life = known.life.max(info.life()),
        None => seen.push(Unaware { run: info.holder.run_id.clone(), life: info.life() }),
    }
}

/// Gives the walls back in reverse order: lease, then file. A lease that cannot be given back runs out by itself.
pub(crate) async fn give_back(permit: Permit, accounting: &dyn AccountingSystem) {
    let Permit { token, state, renewing, file, .. } = permit;
    drop(renewing);
    if !state.lost.is_cancelled() {
        tokio::select! {
        biased;
                   released = accounting.release(&token) => {
                       if let Err(error) = released {
                           tracing::warn!(%error, "the lock could not be given back; it runs out by itself");
                       }
                   }
                   () = state.clock.sleep(RELEASE_WAIT) => tracing::warn!("giving the lock back took too long"),
               }
    }
    drop(file);
}

fn deadline(asked_at: Duration, life: Duration) -> Duration {
    asked_at + life - life / MARGIN_PARTS_OF_LIFE
}

struct Renewer {
    accounting: Arc<dyn AccountingSystem>,
    state: Arc<LeaseState>,
    token: LeaseToken,
    /// The life that is asked for.
    life: Duration,
    /// The life that was granted.
    granted: Duration,
    progress: watch::Receiver<LockProgress>,
    ended: CancellationToken,
}

impl Renewer {
    async fn run(self) {
        let ended = self.ended.clone();
        tokio::select! {
        biased;
                   () = ended.cancelled() => {}
                   LeaseLost = self.renew_for_ever() => {
                       tracing::warn!("the lease is lost; nothing more is sent");
                       self.state.lost.cancel();
                   }
               }
    }

    /// Waits for the next renewal; not the whole pause if there is news of the run.
    async fn wait(&self, pause: Duration, news: &mut watch::Receiver<LockProgress>) {
        let news_pause = NEWS_PAUSE.min(pause);
        self.state.clock.sleep(news_pause).await;
        tokio::select! {
        biased;
                   // A run whose end is near has no more news, and its sender is gone: then the pause alone counts.
                   Ok(()) = news.changed() => {}
                   () = self.state.clock.sleep(pause - news_pause) => {}
               }
    }

    /// Ends only when the lease is lost: taken by somebody, or not renewed before its deadline.
    async fn renew_for_ever(&self) -> LeaseLost {
        let mut pause = self.granted / RENEWALS_PER_LIFE;
        let mut news = self.progress.clone();
        loop {
            self.wait(pause, &mut news).await;
            let asked_at = self.state.clock.elapsed();
            let progress = *self.progress.borrow();
            let left = self.state.deadline().saturating_sub(asked_at);
            let renewed = tokio::select! {
            biased;
                           renewed = self.accounting.renew(&self.token, self.life, progress) => Some(renewed),
                           () = self.state.clock.sleep(left) => None,
                       };
            match renewed {
                Some(Ok(granted)) => {
                    let granted = granted.min(self.life);
                    self.state.extend(deadline(asked_at, granted));
                    pause = granted / RENEWALS_PER_LIFE;
                }
                Some(Err(CallError::LeaseLost)) | None => return LeaseLost,
                Some(Err(error)) => {
                    tracing::warn!(%error, "the lease could not be renewed; trying again while it lasts");
                    pause = RENEWAL_RETRY;
                }
            }
            if !self.state.holds() {
                return LeaseLost;
            }
        }
    }
}
