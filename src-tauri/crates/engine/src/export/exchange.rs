//! Sends one request and reads its answer: the request is repeated if the table of `accounting-protocol.md` allows it,
//! and each member gets its result.
//!
//! Invariant: a request is repeated only as it is, under its key, and only after an answer that says it was not
//! processed or is still running. Every answer that is not understood ends as [`Settlement::Unknown`].

use crate::calls::RunError;
use crate::calls::{CallFailure, Caller};
use crate::domain::{Acknowledgement, CommitResult, Discarded, DraftId, FileSeal, Refusal, StageResult, VoucherResult};
use crate::error::{ErrorCode, Problem};
use crate::ledger::{ClaimedRequest, Settlement, StagedDraft};
use crate::lock::Permit;
use crate::ports::{Answer, CallError};

/// A request that was sent, with its outcome.
#[derive(Debug)]
pub(crate) struct SentRequest {
    pub(crate) request: ClaimedRequest,
    pub(crate) outcome: RequestOutcome,
    /// The reason why the run should not go on, if there is one.
    pub(crate) halt: Option<RunError>,
}

/// The outcome of a request for its members.
#[derive(Debug)]
pub(crate) enum RequestOutcome {
    /// One entry for each member, in order; `None` if it has been settled before.
    Each(Vec<Option<Settlement>>),
    /// Nothing was written, and smaller requests may pass: one of many may be at fault, or there are too many.
    Divide,
}

/// The outcome of one call that commits drafts.
enum Batch {
    /// One entry for each draft, in order, and the reason why the run should not go on, if there is one.
    Each(Vec<Settlement>, Option<RunError>),
    /// The call was refused as a whole: no draft was committed, and smaller calls may pass.
    Divide,
}

/// The route of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// The request goes straight into the books.
    Vouchers,
    /// The request goes as drafts.
    Drafts,
}

impl Caller {
    /// Sends a request until something is known. `doubt` is the result of an earlier sending, by an earlier run: then
    /// no refusal and no failure to connect proves anything about that first time.
    pub(crate) async fn exchange(
        &self,
        permit: &Permit,
        route: Route,
        request: ClaimedRequest,
        doubt: Option<Problem>,
    ) -> SentRequest {
        let (outcome, halt) = self.until_known(permit, route, &request, doubt).await;
        SentRequest { request, outcome, halt }
    }

    async fn until_known(
        &self,
        permit: &Permit,
        route: Route,
        request: &ClaimedRequest,
        doubt: Option<Problem>,
    ) -> (RequestOutcome, Option<RunError>) {
        if let Some(file) = request.file() {
            return self.hand_over(permit, request, file.seal(), doubt).await;
        }
        let was_repeated = doubt.is_some();
        let sent = match route {
            Route::Vouchers => {
                let sent = self.patiently(permit, || self.accounting.commit(permit, request)).await;
                sent.map(|(answer, repeated)| posted_each(request, answer, was_repeated || repeated))
            }
            Route::Drafts => {
                let sent = self.patiently(permit, || self.accounting.stage(permit, request)).await;
                sent.map(|(answer, repeated)| staged_each(request, answer, was_repeated || repeated))
            }
        };
        match sent {
            Ok(outcome) => (outcome, None),
            Err(CallFailure::Unknown(problem)) => (all(request, &Settlement::Unknown(problem)), None),
            Err(CallFailure::Unprocessed { halt, doubt: seen }) => (unprocessed(request, doubt.or(seen)), Some(halt)),
            Err(CallFailure::Refused { problem, too_large, doubt: seen }) => {
                refused(request, problem, too_large, doubt.or(seen))
            }
        }
    }

    /// Hands a file over. Nothing follows it before it is known to be delivered, so that anything else ends the run.
    async fn hand_over(
        &self,
        permit: &Permit,
        request: &ClaimedRequest,
        seal: FileSeal,
        doubt: Option<Problem>,
    ) -> (RequestOutcome, Option<RunError>) {
        let (settlement, halt) = match self.patiently(permit, || self.accounting.hand_over(permit, request)).await {
            Ok((handed_over, _)) if handed_over == seal => return (all(request, &Settlement::HandedOver(seal)), None),
            Ok(_) => {
                let problem = Problem::result_missing();
                (Settlement::Unknown(problem.clone()), RunError::Problem(problem))
            }
            Err(CallFailure::Unknown(problem)) => (Settlement::Unknown(problem.clone()), RunError::Problem(problem)),
            Err(CallFailure::Refused { problem, .. }) if doubt.is_some() => {
                (Settlement::Unknown(problem.clone()), RunError::Problem(problem))
            }
            Err(CallFailure::Refused { problem, .. }) => (Settlement::NotSent, RunError::Problem(problem)),
            Err(CallFailure::Unprocessed { halt, doubt: seen }) => {
                (doubt.or(seen).map_or(Settlement::NotSent, Settlement::Unknown), halt)
            }
        };
        (all(request, &settlement), Some(halt))
    }

    /// Commits drafts by their ids, as many in a call as the accounting system takes, one call after the other. A draft
    /// that was not reached stays as it is.
    pub(crate) async fn commit_drafts(
        &self,
        permit: &Permit,
        request: ClaimedRequest,
        drafts: Vec<(usize, StagedDraft)>,
    ) -> SentRequest {
        let mut settlements = vec![None; request.len()];
        let mut halt = None;
        let at_once = self.accounting.drafts_per_commit_max().max(1);
        let mut waiting: Vec<&[(usize, StagedDraft)]> = drafts.chunks(at_once).rev().collect();
        while let Some(batch) = waiting.pop() {
            match self.commit_batch(permit, batch).await {
                Batch::Each(known, stop) => {
                    for ((member, _), settlement) in batch.iter().zip(known) {
                        if let Some(place) = settlements.get_mut(*member) {
                            *place = Some(settlement);
                        }
                    }
                    halt = stop;
                }
                // One draft at fault must not hold the others: it is found by halves.
                Batch::Divide => {
                    let (first, second) = batch.split_at(batch.len().div_ceil(2));
                    waiting.extend([second, first]);
                }
            }
            if halt.is_some() {
                break;
            }
        }
        // The drafts behind it were not committed by us now; they wait for the next run.
        for (member, _) in &drafts {
            if let Some(place @ None) = settlements.get_mut(*member) {
                *place = Some(Settlement::StillUnknown(Problem::interrupted()));
            }
        }
        SentRequest { request, outcome: RequestOutcome::Each(settlements), halt }
    }

    /// Commits drafts in one call. An answer that is not understood leaves each of them unknown, with its draft: a draft that
    /// is committed is never committed a second time, whichever call it was in.
    async fn commit_batch(&self, permit: &Permit, batch: &[(usize, StagedDraft)]) -> Batch {
        let drafts: Vec<StagedDraft> = batch.iter().map(|(_, draft)| draft.clone()).collect();
        let contested = match self.contested(permit, &drafts).await {
            Ok(contested) => contested,
            Err((settlement, halt)) => return Batch::Each(vec![settlement; batch.len()], halt),
        };
        let free = drafts.into_iter().zip(&contested).filter(|(_, contested)| !**contested);
        let (settled, halt) = match free.map(|(draft, _)| draft).collect::<Vec<_>>().as_slice() {
            [] => (Vec::new(), None),
            [only] => {
                let (settlement, halt) = self.commit_alone(permit, only).await;
                (vec![settlement], halt)
            }
            several => match self.commit_together(permit, several).await {
                Batch::Each(settlements, halt) => (settlements, halt),
                Batch::Divide => return Batch::Divide,
            },
        };
        let mut settled = settled.into_iter();
        let of = |contested| if contested { Some(waits()) } else { settled.next() }.unwrap_or_else(waits);
        Batch::Each(contested.into_iter().map(of).collect(), halt)
    }

    /// Returns which of these drafts something else stands beside; the settlement of all of them, if that cannot be
    /// known.
    async fn contested(
        &self,
        permit: &Permit,
        drafts: &[StagedDraft],
    ) -> Result<Vec<bool>, (Settlement, Option<RunError>)> {
        match self.patiently(permit, || self.accounting.contested(drafts)).await {
            Ok((contested, _)) if contested.len() == drafts.len() => Ok(contested),
            Ok(_) => Err((Settlement::StillUnknown(Problem::internal("an answer for other drafts")), None)),
            Err(CallFailure::Unprocessed { halt, .. }) => {
                let problem = halt.problem().unwrap_or_else(Problem::interrupted);
                Err((Settlement::StillUnknown(problem), Some(halt)))
            }
            Err(CallFailure::Unknown(problem) | CallFailure::Refused { problem, .. }) => {
                Err((Settlement::StillUnknown(problem), None))
            }
        }
    }

    async fn commit_together(&self, permit: &Permit, drafts: &[StagedDraft]) -> Batch {
        let all = |settlement: Settlement, halt| Batch::Each(vec![settlement; drafts.len()], halt);
        match self.patiently(permit, || self.accounting.commit_drafts(permit, drafts)).await {
            Ok((answer, _)) => {
                let mut results = answer.results.into_iter();
                let mut settlements = Vec::with_capacity(drafts.len());
                for draft in drafts {
                    settlements.push(match results.next().flatten() {
                        Some(result) => self.committed(permit, draft, result).await,
                        None => Settlement::Unknown(Problem::result_missing()),
                    });
                }
                Batch::Each(settlements, None)
            }
            Err(CallFailure::Unknown(problem)) => all(Settlement::Unknown(problem), None),
            Err(CallFailure::Unprocessed { halt, .. }) => {
                let problem = halt.problem().unwrap_or_else(Problem::interrupted);
                all(Settlement::StillUnknown(problem), Some(halt))
            }
            Err(CallFailure::Refused { problem, .. }) if problem.code == ErrorCode::AccountingRefused => Batch::Divide,
            Err(CallFailure::Refused { problem, .. }) => {
                all(Settlement::Unknown(problem.clone()), Some(RunError::Problem(problem)))
            }
        }
    }

    /// Returns the settlement of a draft, by the answer about it alone.
    async fn committed(&self, permit: &Permit, draft: &StagedDraft, result: CommitResult) -> Settlement {
        match result {
            CommitResult::Posted(acknowledgement) => posted(acknowledgement, false),
            CommitResult::Gone => Settlement::Unknown(draft_gone(draft.draft_id())),
            CommitResult::Refused(refusal) => self.take_back(permit, draft.draft_id(), refusal).await,
        }
    }

    /// Commits one draft. An answer that is not understood leaves it unknown, with its draft: the same id is committed
    /// again.
    pub(crate) async fn commit_one(&self, permit: &Permit, draft: &StagedDraft) -> (Settlement, Option<RunError>) {
        match self.contested(permit, std::slice::from_ref(draft)).await {
            Ok(contested) if contested.contains(&true) => (waits(), None),
            Ok(_) => self.commit_alone(permit, draft).await,
            Err(doubt) => doubt,
        }
    }

    async fn commit_alone(&self, permit: &Permit, draft: &StagedDraft) -> (Settlement, Option<RunError>) {
        let sent = self.patiently(permit, || self.accounting.commit_draft(permit, draft)).await;
        match sent {
            Ok((result, _)) => (self.committed(permit, draft, result).await, None),
            Err(CallFailure::Unknown(problem)) => (Settlement::Unknown(problem), None),
            Err(CallFailure::Unprocessed { halt, .. }) => {
                let problem = halt.problem().unwrap_or_else(Problem::interrupted);
                (Settlement::StillUnknown(problem), Some(halt))
            }
            Err(CallFailure::Refused { problem, .. }) => {
                (Settlement::Unknown(problem.clone()), Some(RunError::Problem(problem)))
            }
        }
    }

    /// Discards a draft that was refused, so that nobody posts it by hand; only then is the record refused.
    async fn take_back(&self, permit: &Permit, draft: &DraftId, refusal: Refusal) -> Settlement {
        match self.discard(permit, draft).await {
            Ok(Discarded::Gone) => Settlement::Refused { refusal, voucher_id: None },
            // Somebody committed it in this very moment: it is in the books, and no absence proves otherwise.
            Ok(Discarded::Committed) => Settlement::StillUnknown(draft_gone(draft)),
            Err(error) => Settlement::Unknown(error.problem().unwrap_or_else(Problem::interrupted)),
        }
    }

    /// Discards a draft; only an answer that was understood counts.
    pub(crate) async fn discard(&self, permit: &Permit, draft: &DraftId) -> Result<Discarded, RunError> {
        match self.patiently(permit, || self.accounting.discard_draft(permit, draft)).await {
            Ok((discarded, _)) => Ok(discarded),
            Err(CallFailure::Unprocessed { halt, .. }) => Err(halt),
            Err(CallFailure::Unknown(problem) | CallFailure::Refused { problem, .. }) => {
                Err(RunError::Call(CallError::Unknown(problem)))
            }
        }
    }

    /// Discards surplus drafts; returns the doubt that is left, if one of them is not certainly gone.
    pub(crate) async fn discard_all(
        &self,
        permit: &Permit,
        surplus: &[DraftId],
    ) -> Result<Option<Settlement>, RunError> {
        for draft in surplus {
            match self.discard(permit, draft).await {
                Ok(Discarded::Gone) => {}
                Ok(Discarded::Committed) => {
                    return Ok(Some(Settlement::StillUnknown(draft_gone(draft))));
                }
                Err(RunError::Call(error)) => return Ok(Some(Settlement::StillUnknown(error.problem()))),
                Err(halt) => return Err(halt),
            }
        }
        Ok(None)
    }
}

/// Settles a draft beside which something else stands: it is not committed before that is cleared away.
fn waits() -> Settlement {
    Settlement::StillUnknown(Problem::draft_contested())
}

/// Returns the problem of a draft that is not there as it was made, and may be in the books as something else.
pub(crate) fn draft_gone(draft: &DraftId) -> Problem {
    Problem::draft_gone(draft.as_str())
}

fn all(request: &ClaimedRequest, settlement: &Settlement) -> RequestOutcome {
    RequestOutcome::Each(vec![Some(settlement.clone()); request.len()])
}

/// Returns the outcome when nothing of this run's request was processed; but an earlier sending may have been.
fn unprocessed(request: &ClaimedRequest, doubt: Option<Problem>) -> RequestOutcome {
    all(request, &doubt.map_or(Settlement::NotSent, Settlement::Unknown))
}

fn refused(
    request: &ClaimedRequest,
    problem: Problem,
    too_large: bool,
    doubt: Option<Problem>,
) -> (RequestOutcome, Option<RunError>) {
    if doubt.is_some() {
        return (unprocessed(request, doubt), None);
    }
    // The request was refused as a whole for its content: the member at fault is found by halving, and the others go
    // through.
    let for_its_content = too_large || problem.code == ErrorCode::AccountingRefused;
    if for_its_content && request.len() > 1 {
        return (RequestOutcome::Divide, None);
    }
    if for_its_content {
        let kind = if too_large { "too-large" } else { "refused" };
        let detail = problem.params.get("detail").cloned().unwrap_or_default();
        let refusal = Refusal::new(kind.to_owned(), detail);
        return (all(request, &Settlement::Refused { refusal, voucher_id: None }), None);
    }
    (all(request, &Settlement::NotSent), Some(RunError::Problem(problem)))
}

fn each<T>(request: &ClaimedRequest, answer: Answer<T>, map: impl Fn(T) -> Settlement) -> RequestOutcome {
    let mut results = answer.results.into_iter();
    let missing = || Settlement::Unknown(Problem::result_missing());
    let settlements = request.members().iter().map(|_| Some(results.next().flatten().map_or_else(missing, &map)));
    RequestOutcome::Each(settlements.collect())
}

fn posted_each(request: &ClaimedRequest, answer: Answer<VoucherResult>, repeated: bool) -> RequestOutcome {
    each(request, answer, |result| match result {
        VoucherResult::Created(acknowledgement) => posted(acknowledgement, false),
        VoucherResult::Exists(acknowledgement) => posted(acknowledgement, !repeated),
        VoucherResult::Refused { refusal, voucher_id } => Settlement::Refused { refusal, voucher_id },
    })
}

fn staged_each(request: &ClaimedRequest, answer: Answer<StageResult>, repeated: bool) -> RequestOutcome {
    each(request, answer, |result| match result {
        StageResult::Staged(draft) => Settlement::Staged(draft),
        StageResult::Exists(acknowledgement) => posted(acknowledgement, !repeated),
        StageResult::Refused { refusal, voucher_id } => Settlement::Refused { refusal, voucher_id },
    })
}

/// Settles an acknowledgement. No false success: without the accounting system's own id there is none.
fn posted(acknowledgement: Acknowledgement, found: bool) -> Settlement {
    if acknowledgement.voucher_id.trim().is_empty() {
        return Settlement::Unknown(Problem::result_missing());
    }
    Settlement::Posted { acknowledgement, found, made: None }
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
