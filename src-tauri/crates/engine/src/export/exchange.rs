//! One request and its answer: sent, repeated where the table of `accounting-protocol.md` allows it, and turned into what is
//! known of each member.
//!
//! Invariant: a request is repeated only as it is, under its key, and only after an answer that says it was not processed
//! or is still running. Everything that is not understood ends as [`Settlement::Unknown`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::run::RunError;
use crate::domain::VoucherResult;
use crate::error::{ErrorCode, Told};
use crate::ledger::{ClaimedRequest, Settlement};
use crate::lock::Permit;
use crate::ports::{AccountingSystem, Answer, CallError, Clock};
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

/// What came of a request.
#[derive(Debug)]
pub(super) struct Exchanged {
    pub(super) request: ClaimedRequest,
    pub(super) fate: Fate,
    /// Why the run should not go on, where it should not.
    pub(super) halt: Option<RunError>,
}

/// What is known of its members.
#[derive(Debug)]
pub(super) enum Fate {
    /// One entry for each, in order.
    Each(Vec<Settlement>),
    /// Nothing was written, and smaller requests may pass: one of many may be at fault, or there are too many.
    Divide,
}

/// What every exchange of a run shares.
pub(super) struct Wire {
    pub(super) accounting: Arc<dyn AccountingSystem>,
    pub(super) clock: Arc<dyn Clock>,
    /// A person's word to stop.
    pub(super) stop: CancellationToken,
    /// When the server may be asked again; one request's `Retry-After` holds for all.
    not_before: Mutex<Duration>,
    progress: watch::Sender<Progress>,
}

impl Wire {
    pub(super) fn new(
        accounting: Arc<dyn AccountingSystem>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
        progress: watch::Sender<Progress>,
    ) -> Self {
        Self { accounting, clock, stop, not_before: Mutex::new(Duration::ZERO), progress }
    }

    /// Sends a request until something is known. `doubt` is what was seen when it was sent before, by an earlier run:
    /// then no refusal and no failure to connect proves anything about that first time.
    pub(super) async fn exchange(&self, permit: &Permit, request: ClaimedRequest, doubt: Option<Told>) -> Exchanged {
        let (fate, halt) = self.until_known(permit, &request, doubt).await;
        Exchanged { request, fate, halt }
    }

    async fn until_known(
        &self,
        permit: &Permit,
        request: &ClaimedRequest,
        mut doubt: Option<Told>,
    ) -> (Fate, Option<RunError>) {
        let repeated = doubt.is_some();
        let (mut connects, mut waits) = (0, 0);
        loop {
            if let Err(halt) = self.wait_for_turn(permit).await {
                return (unprocessed(request, doubt), Some(halt));
            }
            match self.accounting.commit(permit, request).await {
                Ok(answer) => return (understood(request, answer, repeated || doubt.is_some()), None),
                Err(CallError::Unknown(told)) => return (all(request, &Settlement::Unknown(told)), None),
                Err(CallError::LeaseLost) => return (unprocessed(request, doubt), Some(RunError::LeaseLost)),
                Err(CallError::Refused { told, too_large, .. }) => return refused(request, told, too_large, doubt),
                Err(CallError::NotSent(told)) => {
                    connects += 1;
                    if connects >= CONNECT_TRIES_MAX {
                        return (unprocessed(request, doubt), Some(RunError::Told(told)));
                    }
                    self.postpone(CONNECT_PAUSE * 2_u32.pow(connects - 1));
                }
                Err(CallError::NotProcessed { told, retry_after }) => {
                    waits += 1;
                    if waits >= WAITS_MAX {
                        return (unprocessed(request, doubt), Some(RunError::Told(told)));
                    }
                    self.postpone(retry_after.unwrap_or(WAIT_DEFAULT).min(WAIT_MAX));
                }
                Err(CallError::StillRunning { told, retry_after }) => {
                    waits += 1;
                    if waits >= WAITS_MAX {
                        return (all(request, &Settlement::Unknown(told)), None);
                    }
                    doubt = Some(told);
                    self.postpone(retry_after.unwrap_or(WAIT_DEFAULT).min(WAIT_MAX));
                }
            }
        }
    }

    fn postpone(&self, wait: Duration) {
        let until = self.clock.elapsed() + wait;
        let mut not_before = self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        *not_before = until.max(*not_before);
    }

    /// Waits until the server may be asked; ends early when a person stops the run or the lease is lost.
    async fn wait_for_turn(&self, permit: &Permit) -> Result<(), RunError> {
        loop {
            let not_before = *self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
            let left = not_before.saturating_sub(self.clock.elapsed());
            if left.is_zero() {
                self.show_wait(None);
                return permit.check().map_err(|_| RunError::LeaseLost);
            }
            self.show_wait(Some(left));
            tokio::select! {
                () = self.clock.sleep(left) => {}
                () = self.stop.cancelled() => return Err(RunError::Stopped),
                () = permit.lost().cancelled() => return Err(RunError::LeaseLost),
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

fn all(request: &ClaimedRequest, settlement: &Settlement) -> Fate {
    Fate::Each(vec![settlement.clone(); request.len()])
}

/// Nothing of what this run sent was processed; but what an earlier one sent may have been.
fn unprocessed(request: &ClaimedRequest, doubt: Option<Told>) -> Fate {
    all(request, &doubt.map_or(Settlement::NotSent, Settlement::Unknown))
}

fn refused(request: &ClaimedRequest, told: Told, too_large: bool, doubt: Option<Told>) -> (Fate, Option<RunError>) {
    if doubt.is_some() {
        return (unprocessed(request, doubt), None);
    }
    // Refused as a whole for what is in it: the one at fault is found by halving, and the others go through.
    let for_its_content = too_large || told.code == ErrorCode::AccountingRefused;
    if for_its_content && request.len() > 1 {
        return (Fate::Divide, None);
    }
    if for_its_content {
        let kind = if too_large { "too-large" } else { "refused" };
        let detail = told.params.get("detail").cloned().unwrap_or_default();
        let problem = crate::domain::Problem { kind: kind.to_owned(), detail };
        return (all(request, &Settlement::Refused { problem, voucher_id: None }), None);
    }
    (all(request, &Settlement::NotSent), Some(RunError::Told(told)))
}

fn understood(request: &ClaimedRequest, answer: Answer, repeated: bool) -> Fate {
    let mut results = answer.results.into_iter();
    let settlements = request.members().iter().map(|_| match results.next().flatten() {
        None => Settlement::Unknown(Told::new(ErrorCode::ResultMissing)),
        Some(VoucherResult::Created(acknowledgement)) => posted(acknowledgement, false),
        Some(VoucherResult::Exists(acknowledgement)) => posted(acknowledgement, !repeated),
        Some(VoucherResult::Refused { problem, voucher_id }) => Settlement::Refused { problem, voucher_id },
    });
    Fate::Each(settlements.collect())
}

/// No false success: without the accounting system's own id there is no acknowledgement.
fn posted(acknowledgement: crate::domain::Acknowledgement, found: bool) -> Settlement {
    if acknowledgement.voucher_id.trim().is_empty() {
        return Settlement::Unknown(Told::new(ErrorCode::ResultMissing));
    }
    Settlement::Posted { acknowledgement, found }
}
