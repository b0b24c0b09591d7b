//! The wire: every call that a run makes, made patiently. A server that lets nobody connect is tried again, one that asks to
//! wait is waited for, and nothing waits longer than the lease lasts.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::evidence::LookUpResult;
use super::run::RunError;
use crate::domain::Reference;
use crate::error::{ErrorCode, Problem};
use crate::lock::Permit;
use crate::ports::{AccountingSystem, CallError, Clock, LOOK_UP_MAX};
use crate::views::Progress;

/// Tries to reach a server that lets nobody connect.
const CONNECT_TRIES_MAX: u32 = 4;
/// Before the second of them; doubled each time.
const CONNECT_PAUSE: Duration = Duration::from_secs(1);
/// Times that a server may ask us to wait for one request.
const WAITS_MAX: u32 = 30;
/// The wait where the server names none.
const WAIT_DEFAULT: Duration = Duration::from_secs(2);
/// The longest wait that is obeyed; a server that asks for more is asked again after this.
const WAIT_MAX: Duration = Duration::from_secs(120);
/// Tries of a look-up that was not understood; it changes nothing, so that it may be asked again at once.
const LOOK_UP_TRIES_MAX: u32 = 4;

/// What every call of a run shares.
pub(super) struct Caller {
    pub(super) accounting: Arc<dyn AccountingSystem>,
    pub(super) clock: Arc<dyn Clock>,
    /// A person's word to stop.
    pub(super) stop: CancellationToken,
    /// When the server may be asked again; one request's `Retry-After` holds for all.
    not_before: Mutex<Duration>,
    progress: watch::Sender<Progress>,
}

/// Why a call has no answer.
#[derive(Debug)]
pub(super) enum CallFailure {
    /// This time nothing was processed, and the run should not go on. `doubt`: an earlier sending of the same request is
    /// still being worked on, for all that is known.
    Unprocessed { halt: RunError, doubt: Option<Problem> },
    /// Refused as a whole.
    Refused { problem: Problem, too_large: bool, doubt: Option<Problem> },
    /// It may have been processed.
    Unknown(Problem),
}

impl Caller {
    pub(super) fn new(
        accounting: Arc<dyn AccountingSystem>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
        progress: watch::Sender<Progress>,
    ) -> Self {
        Self { accounting, clock, stop, not_before: Mutex::new(Duration::ZERO), progress }
    }

    /// Makes a call until it is answered, and tells whether an earlier sending of it was reported as still running.
    pub(super) async fn patiently<T, F>(&self, permit: &Permit, call: impl Fn() -> F) -> Result<(T, bool), CallFailure>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let (mut connects, mut waits, mut doubt) = (0, 0, None);
        loop {
            if let Err(halt) = self.wait_for_turn(permit).await {
                return Err(CallFailure::Unprocessed { halt, doubt });
            }
            let answered = tokio::select! {
                biased;
                answered = call() => answered,
                // What was in flight when the lease was lost is unknown.
                () = permit.lost().cancelled() => Err(CallError::Unknown(Problem::new(ErrorCode::LeaseLost))),
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
                    if connects >= CONNECT_TRIES_MAX {
                        return Err(CallFailure::Unprocessed { halt: RunError::Problem(problem), doubt });
                    }
                    self.postpone(CONNECT_PAUSE * 2_u32.pow(connects - 1));
                }
                Err(CallError::NotProcessed { problem, retry_after }) => {
                    waits += 1;
                    if waits >= WAITS_MAX {
                        return Err(CallFailure::Unprocessed { halt: RunError::Problem(problem), doubt });
                    }
                    self.postpone(retry_after.unwrap_or(WAIT_DEFAULT).min(WAIT_MAX));
                }
                Err(CallError::StillRunning { problem, retry_after }) => {
                    waits += 1;
                    if waits >= WAITS_MAX {
                        return Err(CallFailure::Unknown(problem));
                    }
                    doubt = Some(problem);
                    self.postpone(retry_after.unwrap_or(WAIT_DEFAULT).min(WAIT_MAX));
                }
            }
        }
    }

    /// What stands under these references. A look-up that fails in the end is an error: nothing is concluded from it.
    pub(super) async fn look_up(&self, permit: &Permit, references: &[Reference]) -> Result<LookUpResult, RunError> {
        let mut looked_up = LookUpResult::default();
        for asked in references.chunks(LOOK_UP_MAX) {
            let mut tries = 0;
            looked_up.add(loop {
                match self.patiently(permit, || self.accounting.look_up(asked)).await {
                    Ok((found, _)) => break LookUpResult::new(found),
                    Err(CallFailure::Unprocessed { halt, .. }) => return Err(halt),
                    Err(CallFailure::Unknown(problem) | CallFailure::Refused { problem, .. }) => {
                        tries += 1;
                        if tries >= LOOK_UP_TRIES_MAX {
                            return Err(RunError::Problem(problem));
                        }
                        self.postpone(CONNECT_PAUSE);
                    }
                }
            });
        }
        Ok(looked_up)
    }

    /// Waits until this lease has been ours for so long.
    pub(super) async fn hold_for(&self, permit: &Permit, time: Duration) -> Result<(), RunError> {
        let left = time.saturating_sub(permit.held_for());
        if left.is_zero() {
            return Ok(());
        }
        self.postpone(left);
        self.wait_for_turn(permit).await
    }

    pub(super) fn postpone(&self, wait: Duration) {
        let until = self.clock.elapsed() + wait;
        let mut not_before = self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        *not_before = until.max(*not_before);
    }

    /// Waits until the server may be asked; ends early when a person stops the run or the lease is lost.
    pub(super) async fn wait_for_turn(&self, permit: &Permit) -> Result<(), RunError> {
        loop {
            let not_before = *self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
            let left = not_before.saturating_sub(self.clock.elapsed());
            if left.is_zero() {
                self.show_wait(None);
                return permit.check().map_err(|_| RunError::LeaseLost);
            }
            self.show_wait(Some(left));
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(RunError::Stopped),
                () = permit.lost().cancelled() => return Err(RunError::LeaseLost),
                () = self.clock.sleep(left) => {}
            }
        }
    }

    fn show_wait(&self, left: Option<Duration>) {
        let until = left.and_then(|left| Some(self.clock.now() + TimeDelta::from_std(left).ok()?));
        self.progress.send_if_modified(|progress| {
            let changed = progress.waiting_until.is_some() != until.is_some();
            if changed {
                progress.waiting_until = until;
            }
            changed
        });
    }
}
