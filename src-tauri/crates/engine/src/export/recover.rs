//! Recovers: settles by evidence what is left open. At the start of a run that is what earlier ones left, and at its
//! end what it left itself. There is no other recovery code.
//!
//! Invariants:
//! - a look-up that finds nothing proves nothing, unless it is proven that nothing can still arrive;
//! - a request is repeated as it was, under its key, and only while the key lives by the accounting side's own clock;
//! - of a claim, one draft id is committed, ever; a draft that is not kept counts as discarded only once that is
//!   confirmed;
//! - several vouchers, a reversed one, or one of other content: never sent, a case for a person.

use std::time::Duration;

use chrono::TimeDelta;

use super::exchange::{RequestOutcome, Route, draft_gone};
use super::progress::Reporter;
use super::verify::{settled_elsewhere, verified};
use crate::calls::Caller;
use crate::calls::RunError;
use crate::domain::evidence::{Absence, Evidence, Expected, LookUpResult, SentAs};
use crate::domain::{
    Discarded, DraftId, FoundDraft, Generation, Protection, RecordId, Reference, RequestKey, RequestKind,
};
use crate::error::{ErrorCode, Problem};
use crate::export::step::Run;
use crate::ledger::{Claimed, ClaimedRequest, EarlierRuns, OpenMember, OpenRequest, Settlement, VoucherHolder};
use crate::lock::Look;
use crate::settings::WhenStillUnknown;

/// The number of open requests taken from the ledger at once.
const PAGE_REQUESTS: usize = 16;
/// The last part of a key's life, in which it is not trusted.
const KEY_MARGIN: TimeDelta = TimeDelta::hours(1);

/// The attempts that a pass could not settle, and the remedies.
#[derive(Debug, Default)]
pub(crate) struct Unresolved {
    /// The number of attempts that stay open.
    pub(crate) open: u64,
    /// True if something turned out never sent; it may stand in the plan again.
    pub(crate) has_unsent: bool,
    /// True if a newer fence would prove that nothing can still arrive.
    pub(crate) needs_fence: bool,
    /// The time until a settle window has passed.
    pub(crate) due_in: Option<Duration>,
}

/// Settles the open attempts, oldest first.
pub(crate) async fn recover(run: &Run<'_>, caller: &Caller, reporter: &mut Reporter) -> Result<Unresolved, RunError> {
    let (mut after, mut unresolved) = (0, Unresolved::default());
    let number = run.number;
    let earlier = run.ledger.read(move |tx| tx.earlier_runs(Some(number))).await?;
    loop {
        let page = run.ledger.read(move |tx| tx.open_requests(after, PAGE_REQUESTS)).await?;
        let Some((last, _)) = page.last() else { return Ok(unresolved) };
        after = *last;
        for (_, open) in page {
            if caller.stop.is_cancelled() {
                return Err(RunError::Stopped);
            }
            let members = open.open.len() as u64;
            OpenRequestCase { run, caller, earlier, unresolved: &mut unresolved }.settle(open, reporter).await?;
            reporter.advance(members);
        }
    }
}

/// One open request.
struct OpenRequestCase<'a> {
    run: &'a Run<'a>,
    caller: &'a Caller,
    earlier: EarlierRuns,
    unresolved: &'a mut Unresolved,
}

/// An open member, with its settlement in this pass.
struct OpenAttempt {
    member: OpenMember,
    claimed: Claimed,
    settlement: Option<Settlement>,
}

impl OpenAttempt {
    fn expected(&self) -> Expected<'_> {
        self.claimed.expected()
    }
}

impl OpenRequestCase<'_> {
    async fn settle(&mut self, open: OpenRequest, reporter: &Reporter) -> Result<(), RunError> {
        let request = open.request.clone();
        let mut attempts = Vec::with_capacity(open.open.len());
        for member in &open.open {
            let claimed = request.members().get(member.member).cloned().ok_or_else(|| {
                RunError::Problem(Problem::internal(format!(
                    "request {} has no member {}",
                    request.key(),
                    member.member
                )))
            })?;
            attempts.push(OpenAttempt { member: member.clone(), claimed, settlement: None });
        }
        let may_repeat = self.run.capabilities.repeats_are_harmless() && open.kind == RequestKind::Vouchers;
        let outcome = if may_repeat {
            self.repeat_enforced(&open, &mut attempts).await
        } else {
            self.settle_by_evidence(&open, &mut attempts).await
        };
        // Everything known by now is kept, whatever ended the pass.
        self.write(request, attempts, reporter).await?;
        outcome
    }

    async fn write(
        &mut self,
        request: ClaimedRequest,
        attempts: Vec<OpenAttempt>,
        reporter: &Reporter,
    ) -> Result<(), RunError> {
        let settled: Vec<(Claimed, Settlement)> =
            attempts.into_iter().filter_map(|attempt| Some((attempt.claimed, attempt.settlement?))).collect();
        let disowned = self.wrongly_held(&settled).await?;
        for (_, settlement) in &settled {
            self.unresolved.open += u64::from(settlement.is_open());
            self.unresolved.has_unsent |= matches!(settlement, Settlement::NotSent);
            if let Some(result) = settlement.result()
                && !matches!(settlement, Settlement::Refused { .. } | Settlement::NotSent)
            {
                reporter.recovered(result);
            }
        }
        let (number, at) = (self.run.number, self.run.moment());
        let written = self.run.ledger.write(move |tx| {
            disowned.iter().try_for_each(|(holder, owner)| tx.disown(number, holder, owner, at))?;
            for (claimed, settlement) in &settled {
                tx.settle_recovered(number, claimed, settlement, at)?;
            }
            tx.close_request(&request)
        });
        Ok(written.await?)
    }

    /// Returns the attempts that hold a voucher which the books show under another reference, each with the claim that it
    /// stands for: an acknowledgement is outweighed by what stands there.
    async fn wrongly_held(&self, settled: &[(Claimed, Settlement)]) -> Result<Vec<(VoucherHolder, Claimed)>, RunError> {
        let mut wrong = Vec::new();
        for (claimed, settlement) in settled {
            let Settlement::Posted { acknowledgement, .. } = settlement else { continue };
            let (asked, attempt) = (acknowledgement.voucher_id.clone(), claimed.attempt_id());
            let holder = self.run.ledger.read(move |tx| tx.holder_of_voucher(&asked, attempt)).await?;
            let Some(holder) = holder else { continue };
            let (own, voucher) = (claimed.reference(), acknowledgement.voucher_id.as_str());
            if self.caller.is_of_first(self.run.permit, own, &holder.reference, voucher).await {
                wrong.push((holder, claimed.clone()));
            }
        }
        Ok(wrong)
    }

    /// Settles under `enforced`: the same request is sent again, and `exists` settles it. A member that stays unclear
    /// is looked up.
    async fn repeat_enforced(&mut self, open: &OpenRequest, attempts: &mut [OpenAttempt]) -> Result<(), RunError> {
        let (fresh_key, at) =
            ((!self.key_lives(open)).then(|| RequestKey::new(self.run.ids.fresh())), self.run.moment());
        let halt = self.send_again(open, attempts, fresh_key, at).await?;
        // A refusal now says nothing of the first time: the period may have been closed in between.
        let unclear = |attempt: &OpenAttempt| {
            matches!(attempt.settlement, Some(Settlement::Unknown(_) | Settlement::Refused { .. }))
        };
        let references: Vec<Reference> = attempts
            .iter()
            .filter(|attempt| unclear(attempt))
            .map(|attempt| attempt.claimed.reference().clone())
            .collect();
        if halt.is_none() && !references.is_empty() && !self.run.capabilities.takes_files {
            let looked_up = self.caller.look_up(self.run.permit, &references).await;
            for attempt in attempts.iter_mut().filter(|attempt| unclear(attempt)) {
                self.judge_enforced(attempt, looked_up.as_ref());
            }
        }
        match halt {
            None => self.look_further(attempts).await,
            Some(halt) => Err(halt),
        }
    }

    /// Looks for a later export of what is unclear: another administrator may have put it right meanwhile.
    async fn look_further(&self, attempts: &mut [OpenAttempt]) -> Result<(), RunError> {
        let is_unclear = |attempt: &OpenAttempt| matches!(attempt.settlement, Some(Settlement::Unclear(_)));
        let known: Vec<(&RecordId, Generation)> = attempts
            .iter()
            .filter(|attempt| is_unclear(attempt))
            .map(|attempt| (attempt.claimed.record_id(), attempt.claimed.generation()))
            .collect();
        if known.is_empty() {
            return Ok(());
        }
        let later = self.run.later_exports(self.caller, &known).await?;
        let unclear = attempts.iter_mut().filter(|attempt| is_unclear(attempt));
        for (attempt, later) in unclear.zip(later) {
            if later.is_some() {
                attempt.settlement = Some(settled_elsewhere(&attempt.claimed, Vec::new(), later));
            }
        }
        Ok(())
    }

    fn judge_enforced(&self, attempt: &mut OpenAttempt, looked_up: Result<&LookUpResult, &RunError>) {
        let settlement = match looked_up {
            Ok(looked_up) => match looked_up.of(attempt.expected()) {
                Evidence::Posted { acknowledgement, .. } => {
                    Settlement::Posted { acknowledgement, found: false, made: None }
                }
                Evidence::Unclear(vouchers) => Settlement::Unclear(vouchers),
                Evidence::Absent | Evidence::Drafts { .. } => return,
            },
            // A refusal of this sending cannot stand without the look-up either.
            Err(error) => Settlement::StillUnknown(error.problem().unwrap_or_else(Problem::interrupted)),
        };
        attempt.settlement = Some(settlement);
    }

    /// Sends the whole request again, and takes over the results for the open members. Returns the halt, if there is
    /// one.
    async fn send_again(
        &self,
        open: &OpenRequest,
        attempts: &mut [OpenAttempt],
        fresh_key: Option<RequestKey>,
        at: crate::ledger::Moment,
    ) -> Result<Option<RunError>, RunError> {
        let (request, fence) = (open.request.clone(), self.run.permit.fence());
        let request = self.run.ledger.write(move |tx| tx.send_again(&request, fresh_key, fence, at)).await?;
        let doubt = Problem::interrupted();
        let sent = self.caller.exchange(self.run.permit, Route::Vouchers, request, Some(doubt)).await;
        let sent = verified(self.run, self.caller, sent).await;
        let RequestOutcome::Each(settlements) = sent.outcome else {
            return Err(RunError::Problem(Problem::internal("a repeated request was divided")));
        };
        for attempt in attempts {
            attempt.settlement = settlements.get(attempt.member.member).cloned().flatten();
        }
        Ok(sent.halt)
    }

    /// Settles under every other protection: by the look-up, by drafts and their ids, and by what absence proves.
    async fn settle_by_evidence(&mut self, open: &OpenRequest, attempts: &mut [OpenAttempt]) -> Result<(), RunError> {
        let references: Vec<Reference> = attempts.iter().map(|attempt| attempt.claimed.reference().clone()).collect();
        // The time is read before the look-up: a voucher that it does not show had to be there by then.
        let look = self.run.permit.look();
        let looked_up = match self.caller.look_up(self.run.permit, &references).await {
            Ok(looked_up) => looked_up,
            Err(RunError::Problem(problem)) => {
                tracing::warn!(%problem, "the look-up of what is in doubt failed; it stays in doubt");
                for attempt in attempts {
                    attempt.settlement = Some(Settlement::StillUnknown(problem.clone()));
                }
                return Ok(());
            }
            Err(halt) => return Err(halt),
        };
        let nothing_at_all = open.open.len() == open.request.len()
            && attempts
                .iter()
                .all(|attempt| !attempt.member.is_unclear && looked_up.of(attempt.expected()) == Evidence::Absent);
        if open.kind == RequestKind::Vouchers && nothing_at_all && self.key_lives(open) {
            let at = self.run.moment();
            return self.send_again(open, attempts, None, at).await?.map_or(Ok(()), Err);
        }
        let mut again = Vec::new();
        for (index, attempt) in attempts.iter_mut().enumerate() {
            let evidence = looked_up.of(attempt.expected());
            let own = attempt
                .member
                .draft_id
                .clone()
                .filter(|_| !attempt.member.is_unclear && self.run.capabilities.protection == Protection::Staged);
            attempt.settlement = match (evidence, own) {
                (Evidence::Unclear(vouchers), _) => Some(Settlement::Unclear(vouchers)),
                (Evidence::Posted { acknowledgement, surplus }, own) => {
                    let surplus: Vec<DraftId> = surplus.into_iter().map(|draft| draft.draft_id).collect();
                    let found = open.kind == RequestKind::Found;
                    let made = looked_up.made(attempt.claimed.reference(), &acknowledgement).filter(|_| found);
                    let posted = Settlement::Posted { acknowledgement, found, made };
                    Some(self.posted(attempt, posted, own, &surplus).await?)
                }
                (Evidence::Drafts { ours, others }, Some(own)) => {
                    let surplus = ours.into_iter().chain(others).map(|draft| draft.draft_id);
                    let surplus: Vec<DraftId> = surplus.filter(|draft| *draft != own).collect();
                    let doubt = self.caller.discard_all(self.run.permit, &surplus).await?;
                    if doubt.is_none() {
                        again.push((index, own));
                    }
                    doubt
                }
                (Evidence::Absent, Some(own)) => {
                    again.push((index, own));
                    None
                }
                (Evidence::Drafts { ours, others }, None) => {
                    Some(self.settle_drafts(open, attempt, ours, others, look).await?)
                }
                (Evidence::Absent, None) => Some(self.absent(open, attempt, look)),
            };
        }
        self.commit_again(open, attempts, again, look).await?;
        // Of these nothing was sent, so that nothing of them can arrive beside a later export.
        if open.kind == RequestKind::Found { self.look_further(attempts).await } else { Ok(()) }
    }

    /// Settles an attempt under whose reference one voucher stands, with the claimed content. A draft of our own must
    /// have become it, or be gone.
    async fn posted(
        &self,
        attempt: &OpenAttempt,
        posted: Settlement,
        own: Option<DraftId>,
        surplus: &[DraftId],
    ) -> Result<Settlement, RunError> {
        if let Some(doubt) = self.caller.discard_all(self.run.permit, surplus).await? {
            return Ok(doubt);
        }
        let Some(own) = own else { return Ok(posted) };
        match self.caller.discard(self.run.permit, &own).await {
            Ok(Discarded::Gone) => Ok(posted),
            // The draft is in the books already: to commit it once more makes nothing, and shows which voucher it
            // became.
            Ok(Discarded::Committed) => match self.commit(attempt, own.clone()).await? {
                Settlement::Posted { acknowledgement: its, .. } => Ok(match &posted {
                    Settlement::Posted { acknowledgement, .. } if acknowledgement.voucher_id != its.voucher_id => {
                        Settlement::StillUnknown(draft_gone(&own))
                    }
                    _ => posted,
                }),
                other => Ok(other),
            },
            Err(RunError::Call(error)) => Ok(Settlement::StillUnknown(error.problem())),
            Err(halt) => Err(halt),
        }
    }

    /// Commits again drafts whose ids stand in the ledger, as many in a call as the accounting system takes. Nothing
    /// stood in the books a moment ago.
    async fn commit_again(
        &mut self,
        open: &OpenRequest,
        attempts: &mut [OpenAttempt],
        again: Vec<(usize, DraftId)>,
        look: Look,
    ) -> Result<(), RunError> {
        if again.is_empty() {
            return Ok(());
        }
        let (fence, at) = (self.run.permit.fence(), self.run.moment());
        let committed_again = again.iter().filter_map(|(index, draft)| Some((attempts.get(*index)?, draft.clone())));
        let claims: Vec<(usize, Claimed, DraftId)> =
            committed_again.map(|(attempt, draft)| (attempt.member.member, attempt.claimed.clone(), draft)).collect();
        let staged = self.run.ledger.write(move |tx| {
            let staged = |(member, claimed, draft): (usize, Claimed, DraftId)| {
                Ok((member, tx.staged(&claimed, &draft, fence, at)?))
            };
            claims.into_iter().map(staged).collect::<Result<Vec<_>, crate::ledger::LedgerError>>()
        });
        let sent = self.caller.commit_drafts(self.run.permit, open.request.clone(), staged.await?).await;
        let RequestOutcome::Each(settlements) = sent.outcome else {
            return Err(RunError::Problem(Problem::internal("drafts that were committed again were divided")));
        };
        let mut did_nothing = Vec::new();
        for (index, draft) in again {
            let Some(attempt) = attempts.get_mut(index) else { continue };
            attempt.settlement = match settlements.get(attempt.member.member).cloned().flatten() {
                Some(Settlement::Unknown(problem)) if problem.code == ErrorCode::DraftGone => {
                    did_nothing.push((attempt.claimed.clone(), attempt.member.last_sent_at));
                    Some(self.gone(open, attempt, &draft, look).await?)
                }
                settlement => settlement,
            };
        }
        // That answer was understood: this sending did nothing. Only an earlier sending may still show, and its window
        // must not begin anew each time that somebody asks.
        let put_back = self.run.ledger.write(move |tx| {
            did_nothing.iter().try_for_each(|(claimed, earlier)| tx.sending_did_nothing(claimed, *earlier))
        });
        put_back.await?;
        sent.halt.map_or(Ok(()), Err)
    }

    /// Settles an attempt whose draft is not there as it was made. Somebody may have changed and posted it: then it is
    /// in the books under another reference or with another content, and no absence proves anything.
    async fn gone(
        &mut self,
        open: &OpenRequest,
        attempt: &OpenAttempt,
        draft: &DraftId,
        look: Look,
    ) -> Result<Settlement, RunError> {
        match self.caller.discard(self.run.permit, draft).await {
            Ok(Discarded::Gone) => Ok(self.absent(open, attempt, look)),
            Ok(Discarded::Committed) => Ok(Settlement::StillUnknown(draft_gone(draft))),
            Err(RunError::Call(error)) => Ok(Settlement::StillUnknown(error.problem())),
            Err(halt) => Err(halt),
        }
    }

    async fn commit(&self, attempt: &OpenAttempt, draft_id: DraftId) -> Result<Settlement, RunError> {
        let (claimed, fence, at) = (attempt.claimed.clone(), self.run.permit.fence(), self.run.moment());
        let staged = self.run.ledger.write(move |tx| tx.staged(&claimed, &draft_id, fence, at)).await?;
        let (settlement, halt) = self.caller.commit_one(self.run.permit, &staged).await;
        halt.map_or(Ok(settlement), Err)
    }

    /// Settles an attempt with drafts and no voucher: one is kept and committed, the others are discarded.
    async fn settle_drafts(
        &mut self,
        open: &OpenRequest,
        attempt: &OpenAttempt,
        ours: Vec<FoundDraft>,
        others: Vec<FoundDraft>,
        look: Look,
    ) -> Result<Settlement, RunError> {
        if self.run.capabilities.protection != Protection::Staged {
            return Ok(Settlement::StillUnknown(Problem::interrupted()));
        }
        // A draft that was found there was made by somebody else: only its reference, date and sum are known.
        let (kept, rest) = match ours.split_first() {
            Some((first, rest)) if open.kind != RequestKind::Found => (Some(first.draft_id.clone()), rest),
            _ => (None, &ours[..]),
        };
        let surplus: Vec<DraftId> = rest.iter().chain(&others).map(|draft| draft.draft_id.clone()).collect();
        if let Some(doubt) = self.caller.discard_all(self.run.permit, &surplus).await? {
            return Ok(doubt);
        }
        match kept {
            // A claim commits one draft id, ever: a person decides on a draft whose evidence was unclear.
            Some(kept) if attempt.member.draft_id.is_none() && !attempt.member.is_unclear => {
                self.commit(attempt, kept).await
            }
            Some(kept) => Ok(Settlement::StillUnknown(draft_gone(&kept))),
            None => Ok(self.absent(open, attempt, look)),
        }
    }

    /// Settles an attempt under whose reference nothing stands, by what that absence proves.
    fn absent(&mut self, open: &OpenRequest, attempt: &OpenAttempt, look: Look) -> Settlement {
        // A voucher of other content that was seen there once is a person's case also when it is gone.
        if attempt.member.is_unclear {
            return Settlement::Unclear(Vec::new());
        }
        let sent = SentAs {
            kind: open.kind,
            has_draft: attempt.member.draft_id.is_some(),
            age: look.age(attempt.member.last_sent_at, open.fence, self.earlier),
            has_newer_fence: look.fence > open.fence,
            fence_held_for: look.held_for,
        };
        let problem = match sent.absence(self.run.capabilities) {
            Absence::Proven => return Settlement::NotSent,
            Absence::NeedsFence => {
                self.unresolved.needs_fence = true;
                Problem::interrupted()
            }
            Absence::DueIn(due_in) => {
                self.unresolved.due_in = Some(self.unresolved.due_in.map_or(due_in, |due| due.max(due_in)));
                Problem::may_still_arrive()
            }
            Absence::NotProven if self.run.when_still_unknown == WhenStillUnknown::Send => return Settlement::NotSent,
            Absence::NotProven => Problem::not_found_in_time(),
        };
        Settlement::StillUnknown(problem)
    }

    /// Says whether the server still answers for the first sending under this key, by its own clock.
    fn key_lives(&self, open: &OpenRequest) -> bool {
        let age = self.run.permit.latest_now() - open.keyed_at;
        // A clock that was set back there makes the age negative: the real one is then unknown, and it is not trusted.
        self.run
            .capabilities
            .idempotency_keys_live
            .is_some_and(|life| age >= TimeDelta::zero() && age < life - KEY_MARGIN)
    }
}
