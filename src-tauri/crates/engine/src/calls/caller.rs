//! Makes every call to the accounting system. A server that lets nobody connect is tried again, one that asks to wait
//! is waited for, and nothing waits longer than the lease lasts.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Patience, RunError};
use crate::domain::Reference;
use crate::domain::evidence::LookUpResult;
use crate::error::Problem;
use crate::lock::Permit;
use crate::ports::{AccountingSystem, CallError, Clock, LOOK_UP_MAX};
use crate::views::Progress;

/// The pause before a second try; it doubles each time that nobody could connect.
const PAUSE: Duration = Duration::from_secs(1);

/// The caller of one run, comparison or person, with everything that its calls share.
pub(crate) struct Caller {
    pub(crate) accounting: Arc<dyn AccountingSystem>,
    pub(crate) clock: Arc<dyn Clock>,
    /// A person's word to stop.
    pub(crate) stop: CancellationToken,
    /// The time from which the server may be asked again; one request's `Retry-After` holds for all.
    not_before: Mutex<Duration>,
    patience: Patience,
    /// The progress in which a wait is shown, for calls that somebody watches.
    progress: Option<watch::Sender<Progress>>,
}

/// The reason why a call has no answer.
#[derive(Debug)]
pub(crate) enum CallFailure {
    /// Nothing was processed this time, and the run should not go on. `doubt`: an earlier sending of the same request
    /// is still being worked on, for all that is known.
    Unprocessed { halt: RunError, doubt: Option<Problem> },
    /// The request was refused as a whole.
    Refused { problem: Problem, too_large: bool, doubt: Option<Problem> },
    /// The request may have been processed.
    Unknown(Problem),
}

impl Caller {
    /// Returns the caller for something that can be stopped, with this patience.
    pub(crate) fn new(
        accounting: Arc<dyn AccountingSystem>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
        patience: Patience,
    ) -> Self {
        Self { accounting, clock, stop, not_before: Mutex::new(Duration::ZERO), patience, progress: None }
    }

    /// Returns the same caller, which shows its waits there.
    pub(crate) fn shown_in(self, progress: watch::Sender<Progress>) -> Self {
        Self { progress: Some(progress), ..self }
    }

    /// Makes a call until it is answered, and says whether an earlier sending of it was reported as still running. A
    /// call that writes needs a permit.
    pub(crate) async fn patiently<'p, T, F>(
        &self,
        permit: impl Into<Option<&'p Permit>>,
        call: impl Fn() -> F,
    ) -> Result<(T, bool), CallFailure>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let permit = permit.into();
        let Patience { connects_max, waits_max, wait_default, wait_max, .. } = self.patience;
        let (mut connects, mut waits, mut doubt) = (0, 0, None);
        loop {
            if let Err(halt) = self.wait_for_turn(permit).await {
                return Err(CallFailure::Unprocessed { halt, doubt });
            }
            let answered = tokio::select! {
                biased;
                answered = call() => answered,
                // A request that was in flight when the lease was lost is unknown.
                () = lost(permit) => Err(CallError::Unknown(Problem::lease_lost())),
            };
            match answered {
                Ok(answer) => return Ok((answer, doubt.is_some())),
                Err(CallError::Unknown(problem)) => return Err(CallFailure::Unknown(problem)),
                Err(CallError::LeaseLost) => return Err(CallFailure::Unprocessed { halt: RunError::LeaseLost, doubt }),
                Err(CallError::Refused { problem, too_large, .. }) => {
                    return Err(CallFailure::Refused { problem, too_large, doubt });
                }
                Err(CallError::NotSent(problem)) => {
                    connects += 1;
                    if connects >= connects_max {
                        return Err(CallFailure::Unprocessed { halt: RunError::Problem(problem), doubt });
                    }
                    self.postpone(PAUSE * 2_u32.pow(connects - 1));
                }
                Err(CallError::NotProcessed { problem, retry_after }) => {
                    waits += 1;
                    if waits >= waits_max {
                        return Err(CallFailure::Unprocessed { halt: RunError::Problem(problem), doubt });
                    }
                    self.postpone(retry_after.unwrap_or(wait_default).min(wait_max));
                }
                Err(CallError::StillRunning { problem, retry_after }) => {
                    waits += 1;
                    if waits >= waits_max {
                        return Err(CallFailure::Unknown(problem));
                    }
                    doubt = Some(problem);
                    self.postpone(retry_after.unwrap_or(wait_default).min(wait_max));
                }
            }
        }
    }

    /// Makes a call that changes nothing, and makes it again if its answer was not understood.
    ///
    /// # Errors
    /// If no answer can be had: nothing is concluded from that.
    pub(crate) async fn ask<'p, T, F>(
        &self,
        permit: impl Into<Option<&'p Permit>>,
        call: impl Fn() -> F,
    ) -> Result<T, RunError>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let permit = permit.into();
        let (mut asks, mut refusals) = (0, 0);
        loop {
            let (problem, is_over) = match self.patiently(permit, &call).await {
                Ok((answer, _)) => return Ok(answer),
                Err(CallFailure::Unprocessed { halt, .. }) => return Err(halt),
                Err(CallFailure::Unknown(problem)) => {
                    asks += 1;
                    (problem, asks >= self.patience.asks_max)
                }
                Err(CallFailure::Refused { problem, .. }) => {
                    refusals += 1;
                    (problem, refusals >= self.patience.refusals_max)
                }
            };
            if is_over {
                return Err(RunError::Problem(problem));
            }
            self.postpone(PAUSE);
        }
    }

    /// Returns the vouchers and drafts under these references. A look-up that fails in the end is an error: nothing is
    /// concluded from it.
    pub(crate) async fn look_up<'p>(
        &self,
        permit: impl Into<Option<&'p Permit>>,
        references: &[Reference],
    ) -> Result<LookUpResult, RunError> {
        let permit = permit.into();
        let mut result = LookUpResult::default();
        for asked in references.chunks(LOOK_UP_MAX) {
            result.add(LookUpResult::new(self.ask(permit, || self.accounting.look_up(asked)).await?));
        }
        Ok(result)
    }

    /// Returns the same, asked once: `None` if the answer is not understood. For a look that may be left out.
    pub(crate) async fn look_up_once(&self, permit: &Permit, references: &[Reference]) -> Option<LookUpResult> {
        let mut result = LookUpResult::default();
        for asked in references.chunks(LOOK_UP_MAX) {
            let found = self.patiently(permit, || self.accounting.look_up(asked)).await.ok()?.0;
            result.add(LookUpResult::new(found));
        }
        Some(result)
    }

    /// Says whether a voucher stands under the first of two references, and not under the second, in one answer.
    pub(crate) async fn is_of_first(
        &self,
        permit: &Permit,
        first: &Reference,
        second: &Reference,
        voucher: &str,
    ) -> bool {
        let asked = [first.clone(), second.clone()];
        let Some(found) = self.look_up_once(permit, &asked).await else { return false };
        let stands = |reference| found.vouchers(reference).iter().any(|one| one.acknowledgement.voucher_id == voucher);
        stands(first) && !stands(second)
    }

    /// Waits until this lease has been ours for so long.
    pub(crate) async fn hold_for(&self, permit: &Permit, time: Duration) -> Result<(), RunError> {
        let left = time.saturating_sub(permit.held_for());
        if left.is_zero() {
            return Ok(());
        }
        self.postpone(left);
        self.wait_for_turn(permit).await
    }

    pub(crate) fn postpone(&self, wait: Duration) {
        let until = self.clock.elapsed() + wait;
        let mut not_before = self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        *not_before = until.max(*not_before);
    }

    /// Waits until the server may be asked; ends early when a person stops the run or the lease is lost.
    pub(crate) async fn wait_for_turn<'p>(&self, permit: impl Into<Option<&'p Permit>>) -> Result<(), RunError> {
        let permit = permit.into();
        let mut slept_until = None;
        loop {
            let not_before = *self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
            let left = not_before.saturating_sub(self.clock.elapsed());
            // A sleep that is over has lasted: a clock that stands still is not waited for.
            if left.is_zero() || slept_until == Some(not_before) {
                self.show_wait(None);
                return permit.map_or(Ok(()), |permit| permit.check().map_err(|_| RunError::LeaseLost));
            }
            self.show_wait(Some(left));
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(RunError::Stopped),
                () = lost(permit) => return Err(RunError::LeaseLost),
                () = self.clock.sleep(left) => slept_until = Some(not_before),
            }
        }
    }

    fn show_wait(&self, left: Option<Duration>) {
        let Some(progress) = &self.progress else { return };
        let until = left.and_then(|left| Some(self.clock.now() + TimeDelta::from_std(left).ok()?));
        progress.send_if_modified(|progress| {
            let changed = progress.waiting_until.is_some() != until.is_some();
            if changed {
                progress.waiting_until = until;
            }
            changed
        });
    }
}

/// Waits until the lease is lost; for ever if there is none to lose.
async fn lost(permit: Option<&Permit>) {
    match permit {
        Some(permit) => permit.lost().cancelled().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
#[path = "caller_tests.rs"]
mod tests;
