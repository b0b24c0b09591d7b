//! Sends the rows of the plan, in requests, several under way at once.
//!
//! Invariants:
//! - a request leaves only after the transaction that holds its claims is on the disk; that same transaction holds the
//!   answers that had come by then;
//! - a draft is committed only after its id is on the disk;
//! - each record about to be sent was looked up under this permit, and not found: under the reference that it will have,
//!   unless that is unique for all time, and under the one of its next export, which somebody else may have made.
//!
//! Memory is bounded by a page and by the requests in flight.

use std::collections::VecDeque;
use std::pin::Pin;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::exchange::{RequestOutcome, Route, SentRequest};
use super::plan::PlanRules;
use super::progress::Reporter;
use super::verify::{ALIKE_MIN, accounts_of, found, verified};
use crate::calls::Caller;
use crate::calls::RunError;
use crate::compare::{ExportElsewhere, later_exports};
use crate::domain::evidence::{Evidence, LookUpResult};
use crate::domain::{Generation, ItemResult, Posting, Protection, RecordId, Reference, RequestKey, RequestKind};
use crate::error::Problem;
use crate::export::step::Run;
use crate::ledger::{Candidate, ClaimAsk, ClaimMember, ClaimedRequest, Settlement, StagedDraft};
use crate::ports::LOOK_UP_MAX;

/// The requests in a row without one answer that is understood, after which the run stops itself: better a run that
/// ends than a ledger full of doubts.
const SILENT_REQUESTS_MAX: u32 = 8;

/// The rows and requests that go next.
struct Next {
    claimed: Vec<ClaimedRequest>,
    staged: Vec<(ClaimedRequest, Vec<(usize, StagedDraft)>)>,
}

/// Sends the plan; ends when there is nothing left, or with the reason why it ended earlier. Requests in flight are
/// settled either way, and staged drafts are committed.
pub(crate) async fn send(
    run: &Run<'_>,
    caller: &Caller,
    rules: &PlanRules,
    reporter: &mut Reporter,
) -> Result<(), RunError> {
    let width = run.width;
    let route = if run.capabilities.protection == Protection::Staged { Route::Drafts } else { Route::Vouchers };
    let mut sender = Sender {
        run,
        caller,
        rules,
        reporter,
        route,
        buffer: VecDeque::new(),
        ready: VecDeque::new(),
        after: 0,
        exhausted: false,
        width,
    };
    let mut in_flight: FuturesUnordered<Pin<Box<dyn Future<Output = SentRequest> + Send + '_>>> =
        FuturesUnordered::new();
    let mut answered: Vec<SentRequest> = Vec::new();
    let mut halt: Option<RunError> = None;
    let mut silent = 0;
    loop {
        for sent in &mut answered {
            halt = halt.or(sent.halt.take());
            silent = if sent.is_silent() { silent + 1 } else { 0 };
        }
        if silent >= SILENT_REQUESTS_MAX && halt.is_none() {
            halt = Some(RunError::Problem(Problem::accounting_unreliable(run.address, silent)));
        }
        if halt.is_none() && caller.stop.is_cancelled() {
            halt = Some(RunError::Stopped);
        }
        if halt.is_none() && run.permit.check().is_err() {
            halt = Some(RunError::LeaseLost);
        }
        let slots = if halt.is_some() { 0 } else { run.slots.saturating_sub(in_flight.len()) };
        let next = match sender.settle_and_claim(std::mem::take(&mut answered), slots).await {
            Ok(next) => next,
            // The look at the books failed before anything was claimed; requests in flight are answered for all the
            // same.
            Err(error) if error.is_from_outside() => {
                halt = halt.or(Some(error));
                Next { claimed: Vec::new(), staged: Vec::new() }
            }
            Err(error) => return Err(error),
        };
        for claimed in next.claimed {
            let sent = caller.exchange(run.permit, route, claimed, None);
            in_flight.push(Box::pin(async move { verified(run, caller, sent.await).await }));
        }
        for (request, drafts) in next.staged {
            let sent = caller.commit_drafts(run.permit, request, drafts);
            in_flight.push(Box::pin(async move { verified(run, caller, sent.await).await }));
        }
        match in_flight.next().await {
            None if halt.is_some() || sender.is_done() => return halt.map_or(Ok(()), Err),
            None => continue,
            Some(first) => answered.push(first),
        }
        while let Some(Some(next)) = in_flight.next().now_or_never() {
            answered.push(next);
        }
    }
}

impl SentRequest {
    fn is_silent(&self) -> bool {
        match &self.outcome {
            RequestOutcome::Each(settlements) => {
                settlements.iter().all(|settled| matches!(settled, None | Some(Settlement::Unknown(_))))
            }
            RequestOutcome::Divide => false,
        }
    }
}

/// A row that is next, with the posting that will be sent for it.
struct Row {
    position: u64,
    generation: Generation,
    candidate: Candidate,
}

struct Sender<'a> {
    run: &'a Run<'a>,
    caller: &'a Caller,
    rules: &'a PlanRules,
    reporter: &'a mut Reporter,
    route: Route,
    /// The planned rows that are next.
    buffer: VecDeque<Row>,
    /// The rows before them that may be sent: if the books are looked at first, they did not stand there.
    ready: VecDeque<Row>,
    /// The last position taken from the ledger.
    after: u64,
    exhausted: bool,
    /// The number of vouchers in one request; less after a request that was too large.
    width: usize,
}

impl Sender<'_> {
    fn is_done(&self) -> bool {
        self.exhausted && self.buffer.is_empty() && self.ready.is_empty()
    }

    /// Writes one durable transaction: the answers that have come, and the claims that go next.
    async fn settle_and_claim(&mut self, answered: Vec<SentRequest>, slots: usize) -> Result<Next, RunError> {
        self.fit_width(&answered);
        let divided = answered.iter().any(|sent| matches!(sent.outcome, RequestOutcome::Divide));
        // The answers must not wait for a look at the books.
        if divided || self.looks_first() || self.is_short() {
            let staged = self.settle(answered, Vec::new()).await?.staged;
            if divided {
                // The divided rows stand in the ledger as planned again, before everything that waits here.
                self.buffer.clear();
                self.ready.clear();
                self.after = 0;
                self.exhausted = false;
            }
            // A draft that is staged is committed before anything else is begun.
            let asks = if staged.is_empty() { self.asks(slots).await? } else { Vec::new() };
            return Ok(Next { staged, ..self.settle(Vec::new(), asks).await? });
        }
        let asks = self.asks(slots).await?;
        self.settle(answered, asks).await
    }

    /// Says whether the reference itself has to be looked up. Where references are unique for all time, they are their
    /// own look-up.
    fn looks_first(&self) -> bool {
        self.run.capabilities.protection != Protection::Enforced
    }

    /// Says whether more rows have to be made ready for the next request.
    fn is_short(&self) -> bool {
        self.ready.len() < self.width && !(self.exhausted && self.buffer.is_empty())
    }

    /// Halves the size after a request that was refused as a whole, and doubles it after each that was not.
    fn fit_width(&mut self, answered: &[SentRequest]) {
        for sent in answered {
            self.width = match sent.outcome {
                RequestOutcome::Divide => self.width.min(sent.request.len().div_ceil(2)).max(1),
                RequestOutcome::Each(_) => (self.width * 2).min(self.run.width),
            };
        }
    }

    async fn asks(&mut self, slots: usize) -> Result<Vec<ClaimAsk>, RunError> {
        let mut asks = Vec::new();
        for _ in 0..slots {
            self.make_ready().await?;
            let mut postings = Vec::with_capacity(self.width);
            let mut members = Vec::with_capacity(self.width);
            for row in self.ready.drain(..self.width.min(self.ready.len())) {
                let (posting, member) = claim_of(self.rules, &row)?;
                members.push(member);
                postings.push(posting);
            }
            if members.is_empty() {
                break;
            }
            asks.push(ClaimAsk {
                run: self.run.number,
                kind: if self.route == Route::Drafts { RequestKind::Drafts } else { RequestKind::Vouchers },
                fence: self.run.permit.fence(),
                key: RequestKey::new(self.run.ids.fresh()),
                body: self.caller.accounting.draw_up(&postings),
                members,
                at: self.run.moment(),
            });
        }
        Ok(asks)
    }

    /// Makes the rows for one request ready, as far as there are any. A record that stands in the books already is
    /// taken over, or waits for a person.
    async fn make_ready(&mut self) -> Result<(), RunError> {
        if self.ready.len() >= self.width {
            return Ok(());
        }
        self.refill().await?;
        let most = if self.looks_first() { LOOK_UP_MAX / 2 } else { LOOK_UP_MAX };
        let next = most.min(self.buffer.len());
        if next == 0 {
            return Ok(());
        }
        let rows: Vec<Row> = self.buffer.drain(..next).collect();
        let references: Vec<Reference> = rows.iter().flat_map(|row| self.looked_up(row)).collect();
        let looked_up = self.caller.look_up(self.run.permit, &references).await?;
        let later = self.later(&rows, &looked_up).await?;
        let (mut found, mut accounts) = (Vec::new(), Vec::new());
        for (row, later) in rows.into_iter().zip(later) {
            let member = claim_of(self.rules, &row)?.1;
            let (member, contradiction) = self.as_it_stands(&row, member, later.as_ref(), &looked_up);
            if let Some(unclear) = contradiction {
                found.push((member, unclear));
                continue;
            }
            let there = looked_up.vouchers(&member.reference).to_vec();
            accounts.extend(accounts_of(&member.expected(), &there));
            match self.judge(member, later, &looked_up).await? {
                None => self.ready.push_back(row),
                Some(settled) => found.push(settled),
            }
        }
        if accounts.len() >= ALIKE_MIN && accounts.len() == found.len() {
            // Nothing was sent, and the next ones would fare no better: the cause is one.
            let (here, there) = accounts.swap_remove(0);
            return Err(RunError::Problem(Problem::accounts_differ(here, there)));
        }
        self.take_over(found).await
    }

    /// Returns every reference under which the record may stand as this generation.
    fn forms(&self, row: &Row, generation: Generation) -> Vec<Reference> {
        self.rules.references.of(&self.rules.organisation, &row.candidate.record.id, generation)
    }

    /// Returns the references for which the books are asked before the record is sent: in every form that it may have,
    /// and those of its next export. The one that it will have is left out where it is its own look-up.
    fn looked_up(&self, row: &Row) -> Vec<Reference> {
        let own = self.forms(row, row.generation);
        let own = if self.looks_first() || own.len() > 1 { own } else { Vec::new() };
        [own, self.forms(row, row.generation.next())].concat()
    }

    /// Returns the references of those under which something stands in the books.
    fn standing(&self, row: &Row, generation: Generation, looked_up: &LookUpResult) -> Vec<Reference> {
        looked_up.standing(self.forms(row, generation))
    }

    /// Returns the claim under the reference that the record stands under. It is unclear where it stands under several,
    /// or was exported once more under another form of its reference than today's.
    fn as_it_stands(
        &self,
        row: &Row,
        member: ClaimMember,
        later: Option<&ExportElsewhere>,
        looked_up: &LookUpResult,
    ) -> (ClaimMember, Option<Settlement>) {
        let mut standing = self.standing(row, row.generation, looked_up);
        let again = self.standing(row, row.generation.next(), looked_up);
        if standing.len() > 1 || (later.is_none() && !again.is_empty()) {
            let vouchers = standing.iter().chain(&again).flat_map(|each| looked_up.vouchers(each).to_vec()).collect();
            return (member, Some(Settlement::Unclear(vouchers)));
        }
        match standing.pop() {
            Some(reference) => (ClaimMember { reference, ..member }, None),
            None => (member, None),
        }
    }

    /// Returns the newest later export of each row: another ledger, or this one before it was lost, exported the
    /// record, and once more. The earlier voucher may be gone from the books: for that it was exported again.
    async fn later(&self, rows: &[Row], looked_up: &LookUpResult) -> Result<Vec<Option<ExportElsewhere>>, RunError> {
        let mut later = vec![None; rows.len()];
        let has_later = |row: &Row| !self.standing(row, row.generation.next(), looked_up).is_empty();
        let again: Vec<usize> =
            rows.iter().enumerate().filter(|(_, row)| has_later(row)).map(|(index, _)| index).collect();
        let known: Vec<(&RecordId, Generation)> = again
            .iter()
            .filter_map(|&index| rows.get(index))
            .map(|row| (&row.candidate.record.id, row.generation))
            .collect();
        let reference = |id: &RecordId, generation| self.run.reference(id, generation);
        let newest = later_exports(self.caller, Some(self.run.permit), reference, &known).await?;
        for (index, newest) in again.into_iter().zip(newest) {
            if let Some(slot) = later.get_mut(index) {
                *slot = newest;
            }
        }
        Ok(later)
    }

    async fn refill(&mut self) -> Result<(), RunError> {
        if self.exhausted || self.buffer.len() >= self.width {
            return Ok(());
        }
        let (run, after, page) = (self.run.number, self.after, self.width.max(crate::ports::PAGE_ROWS_MAX));
        let found = self.run.ledger.read(move |tx| tx.planned(run, after, page)).await?;
        self.exhausted = found.is_empty();
        if let Some((last, ..)) = found.last() {
            self.after = *last;
        }
        let mut held = Vec::new();
        for (position, generation, candidate) in found {
            match self.rules.posting(&candidate, generation) {
                Ok(_) => self.buffer.push_back(Row { position, generation, candidate }),
                Err(reason) => held.push((position, candidate.record.id, reason)),
            }
        }
        if held.is_empty() {
            return Ok(());
        }
        self.reporter.count(ItemResult::Held, held.len() as u64);
        let at = self.run.moment();
        let written = self.run.ledger.write(move |tx| {
            held.iter().try_for_each(|(position, id, reason)| tx.hold_planned(run, *position, id, reason, at))
        });
        Ok(written.await?)
    }

    /// Returns the claim and settlement of a row by what stands in the books; `None` if it may be sent.
    async fn judge(
        &self,
        member: ClaimMember,
        later: Option<ExportElsewhere>,
        looked_up: &LookUpResult,
    ) -> Result<Option<(ClaimMember, Settlement)>, RunError> {
        if let Some(ExportElsewhere { generation, reference, vouchers }) = later {
            let member = ClaimMember { generation, reference, ..member };
            let settlement = found(&member, &vouchers);
            return Ok(Some((member, settlement)));
        }
        let surplus = match looked_up.of(member.expected()) {
            Evidence::Absent => return Ok(None),
            Evidence::Posted { acknowledgement, .. } => {
                return Ok(Some((member, Settlement::Posted { acknowledgement, found: true })));
            }
            Evidence::Unclear(vouchers) => return Ok(Some((member, Settlement::Unclear(vouchers)))),
            Evidence::Drafts { ours, others } => {
                ours.into_iter().chain(others).map(|draft| draft.draft_id).collect::<Vec<_>>()
            }
        };
        // No claim of this ledger knows these drafts: they are discarded, certainly, before a new one is staged.
        let doubt = self.caller.discard_all(self.run.permit, &surplus).await?;
        Ok(doubt.map(|doubt| (member, doubt)))
    }

    async fn take_over(&mut self, found: Vec<(ClaimMember, Settlement)>) -> Result<(), RunError> {
        if found.is_empty() {
            return Ok(());
        }
        for (_, settlement) in &found {
            if let Some(result) = settlement.result() {
                self.reporter.count(result, 1);
            }
        }
        self.reporter.advance(found.len() as u64);
        let (run, fence, at) = (self.run.number, self.run.permit.fence(), self.run.moment());
        let key = RequestKey::new(self.run.ids.fresh());
        Ok(self.run.ledger.write(move |tx| tx.adopt(run, fence, &key, &found, at)).await?)
    }

    async fn settle(&mut self, answered: Vec<SentRequest>, asks: Vec<ClaimAsk>) -> Result<Next, RunError> {
        if answered.is_empty() && asks.is_empty() {
            return Ok(Next { claimed: Vec::new(), staged: Vec::new() });
        }
        for sent in &answered {
            self.report(sent);
        }
        let (run, fence, at) = (self.run.number, self.run.permit.fence(), self.run.moment());
        let next = self.run.ledger.write(move |tx| {
            let mut staged = Vec::new();
            for SentRequest { request, outcome, .. } in answered {
                match outcome {
                    RequestOutcome::Divide => tx.plan_again(run, &request, at)?,
                    RequestOutcome::Each(settlements) => {
                        let mut drafts = Vec::new();
                        for (member, (claimed, settlement)) in request.members().iter().zip(&settlements).enumerate() {
                            let Some(settlement) = settlement else { continue };
                            tx.settle(run, claimed, settlement, at)?;
                            if let Settlement::Staged(draft_id) = settlement {
                                drafts.push((member, tx.staged(claimed, draft_id, fence, at)?));
                            }
                        }
                        tx.close_request(&request)?;
                        if !drafts.is_empty() {
                            staged.push((request, drafts));
                        }
                    }
                }
            }
            let claimed = asks.into_iter().map(|ask| tx.claim(ask)).collect::<Result<_, _>>()?;
            Ok(Next { claimed, staged })
        });
        Ok(next.await?)
    }

    fn report(&mut self, sent: &SentRequest) {
        let RequestOutcome::Each(settlements) = &sent.outcome else { return };
        let mut answered_for = 0;
        for result in settlements.iter().flatten().filter_map(Settlement::result) {
            self.reporter.count(result, 1);
            answered_for += u64::from(result != ItemResult::NotSent);
        }
        if answered_for > 0 {
            self.reporter.advance(answered_for);
        }
    }
}

/// Returns the claim and the posting of a row.
fn claim_of(rules: &PlanRules, row: &Row) -> Result<(Posting, ClaimMember), RunError> {
    let Row { position, generation, candidate } = row;
    let posting = rules.posting(candidate, *generation).map_err(|reason| {
        RunError::Problem(Problem::internal(format!("planned, but not to be posted: {}", reason.code())))
    })?;
    let member = ClaimMember::of(&candidate.record, *generation, posting.reference.clone(), Some(&posting));
    Ok((posting, ClaimMember { position: *position, ..member }))
}
