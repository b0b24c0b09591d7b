//! Sends the rows of the plan, in requests, several under way at once.
//!
//! Invariants:
//! - a request leaves only after the transaction that holds its claims is on the disk; that same transaction holds the
//!   answers that had come by then;
//! - a draft is committed only after its id is on the disk;
//! - only rows that a look at the books set free are sent (see [`LookAhead`]).
//!
//! Memory is bounded by a page, by the rows of one look, and by the requests in flight.

use std::collections::{HashMap, HashSet, VecDeque};
use std::pin::{Pin, pin};

use chrono::NaiveDate;
use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::exchange::{RequestOutcome, Route, SentRequest};
use super::look_ahead::{LookAhead, Looked, Row};
use super::plan::PlanRules;
use super::progress::Reporter;
use super::receipts::attach_to_drafts;
use super::send_file;
use super::verify::verified;
use crate::calls::{Caller, RunError};
use crate::domain::{
    Generation, HoldReason, ItemResult, PostingDate, Protection, RecordId, Refusal, RequestKey, RequestKind,
};
use crate::error::Problem;
use crate::export::step::Run;
use crate::ledger::{ClaimAsk, ClaimMember, ClaimedRequest, Settlement, StagedDraft};

/// The requests in a row without one answer that is understood, after which the run stops itself: better a run that
/// ends than a ledger full of doubts.
const SILENT_REQUESTS_MAX: u32 = 8;

/// The requests that go next.
#[derive(Default)]
struct Next {
    claimed: Vec<ClaimedRequest>,
    staged: Vec<(ClaimedRequest, Vec<(usize, StagedDraft)>)>,
}

/// An answer of the accounting system.
enum Arrival {
    Sent(Box<SentRequest>),
    /// A look at the books, with the number of the plan's reading that its rows are from.
    Looked(u32, Result<Looked, RunError>),
}

/// The calls under way, and what has come of them.
#[derive(Default)]
struct UnderWay<'a> {
    calls: FuturesUnordered<Pin<Box<dyn Future<Output = Arrival> + Send + 'a>>>,
    arrived: Vec<Arrival>,
}

impl<'a> UnderWay<'a> {
    fn begin(&mut self, call: impl Future<Output = Arrival> + Send + 'a) {
        self.calls.push(Box::pin(call));
    }

    /// Does a work while the calls go on.
    async fn beside<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                Some(arrival) = self.calls.next() => self.arrived.push(arrival),
            }
        }
    }

    /// Waits until something has come, and returns at most so much of it, oldest first; nothing if nothing is under way.
    async fn arrivals(&mut self, most: usize) -> Vec<Arrival> {
        if self.arrived.is_empty()
            && let Some(first) = self.calls.next().await
        {
            self.arrived.push(first);
        }
        while let Some(Some(next)) = self.calls.next().now_or_never() {
            self.arrived.push(next);
        }
        self.arrived.drain(..most.min(self.arrived.len())).collect()
    }
}

/// Sends the plan; ends when there is nothing left, or with the reason why it ended earlier. Requests in flight are
/// settled either way, and staged drafts are committed.
pub(crate) async fn send(
    run: &Run<'_>,
    caller: &Caller,
    rules: &PlanRules,
    reporter: &mut Reporter,
) -> Result<(), RunError> {
    let look_ahead = LookAhead { run, caller, rules };
    let mut sender = Sender::new(run, caller, rules, reporter);
    let mut under_way = UnderWay::default();
    let mut answered: Vec<SentRequest> = Vec::new();
    let mut halt: Option<RunError> = None;
    let (mut silent, mut in_flight) = (0, 0_usize);
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
        let slots = if halt.is_some() { 0 } else { run.slots.saturating_sub(in_flight) };
        let next = under_way.beside(sender.settle_and_claim(std::mem::take(&mut answered), slots)).await?;
        in_flight += next.claimed.len() + next.staged.len();
        for claimed in next.claimed {
            let sent = caller.exchange(run.permit, sender.route, claimed, None);
            under_way.begin(async move { Arrival::Sent(Box::new(verified(run, caller, sent.await).await)) });
        }
        for (request, drafts) in next.staged {
            under_way.begin(async move {
                attach_to_drafts(run, caller, &drafts).await;
                let sent = caller.commit_drafts(run.permit, request, drafts);
                Arrival::Sent(Box::new(verified(run, caller, sent.await).await))
            });
        }
        if halt.is_none()
            && let Some((reading, after)) = sender.next_look()
        {
            under_way.begin(async move { Arrival::Looked(reading, look_ahead.look(after).await) });
        }
        // Half of the answers are written while the other half is under way: with all of them at once, the accounting
        // system and the disk would wait for each other in turn.
        let arrivals = under_way.arrivals(run.slots.div_ceil(2)).await;
        if arrivals.is_empty() && (halt.is_some() || sender.is_done()) {
            return halt.map_or(Ok(()), Err);
        }
        for arrival in arrivals {
            match arrival {
                Arrival::Sent(sent) => {
                    in_flight -= 1;
                    answered.push(*sent);
                }
                Arrival::Looked(reading, Ok(looked)) => sender.take_in(reading, looked).await?,
                // The look failed before anything was claimed; requests in flight are answered for all the same.
                Arrival::Looked(_, Err(error)) if error.is_from_outside() => halt = halt.or(Some(error)),
                Arrival::Looked(_, Err(error)) => return Err(error),
            }
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

struct Sender<'a> {
    run: &'a Run<'a>,
    caller: &'a Caller,
    rules: &'a PlanRules,
    reporter: &'a mut Reporter,
    route: Route,
    /// The rows that may be sent: they do not stand in the books.
    ready: VecDeque<Row>,
    /// True while the books are looked at for the rows behind them.
    is_looking: bool,
    /// How often the plan was begun to be read.
    reading: u32,
    /// The last position for which the books were looked at.
    after: u64,
    exhausted: bool,
    /// The records that were planned again in this run for another day.
    on_other_day: HashSet<RecordId>,
    /// The number of vouchers in one request; less after a request that was too large.
    width: usize,
}

impl<'a> Sender<'a> {
    fn new(run: &'a Run<'a>, caller: &'a Caller, rules: &'a PlanRules, reporter: &'a mut Reporter) -> Self {
        let is_staged = run.capabilities.protection == Protection::Staged;
        Self {
            run,
            caller,
            rules,
            reporter,
            route: if is_staged { Route::Drafts } else { Route::Vouchers },
            ready: VecDeque::new(),
            is_looking: false,
            reading: 0,
            after: 0,
            exhausted: false,
            on_other_day: HashSet::new(),
            width: run.width,
        }
    }

    fn is_done(&self) -> bool {
        self.is_all_ready() && self.ready.is_empty()
    }

    /// Says whether no row of the plan is left but those that may be sent.
    fn is_all_ready(&self) -> bool {
        self.exhausted && !self.is_looking
    }

    /// Writes one durable transaction: the answers that have come, and the claims that go next.
    async fn settle_and_claim(&mut self, answered: Vec<SentRequest>, slots: usize) -> Result<Next, RunError> {
        self.fit_width(&answered);
        if answered.iter().any(|sent| matches!(sent.outcome, RequestOutcome::Divide)) {
            let next = self.settle(answered, Vec::new()).await?;
            self.begin_again();
            return Ok(next);
        }
        if self.route == Route::Drafts && !answered.is_empty() {
            // A draft that is staged is committed before anything else is begun.
            let next = self.settle(answered, Vec::new()).await?;
            if !next.staged.is_empty() {
                return Ok(next);
            }
            let asks = self.asks(slots);
            return self.settle(Vec::new(), asks).await;
        }
        if self.caller.accounting.files().is_some() {
            // The number of a file is known when that of the one before it is settled.
            let next = self.settle(answered, Vec::new()).await?;
            let Some(ask) = self.file_ask(slots).await? else { return Ok(next) };
            return self.settle(Vec::new(), vec![ask]).await;
        }
        let asks = self.asks(slots);
        self.settle(answered, asks).await
    }

    /// Reads the plan from its beginning: divided rows stand there as planned again, before everything that waits here.
    fn begin_again(&mut self) {
        self.ready.clear();
        self.is_looking = false;
        self.reading += 1;
        self.after = 0;
        self.exhausted = false;
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

    /// Returns the requests to be claimed: full ones, and the rest of the plan.
    fn asks(&mut self, slots: usize) -> Vec<ClaimAsk> {
        let mut asks = Vec::new();
        while asks.len() < slots && (self.ready.len() >= self.width || (self.is_all_ready() && !self.ready.is_empty()))
        {
            let rows = self.ready.drain(..self.width.min(self.ready.len()));
            let (postings, members): (Vec<_>, Vec<_>) = rows.map(|row| (row.posting, row.member)).unzip();
            asks.push(ClaimAsk {
                run: self.run.number,
                kind: if self.route == Route::Drafts { RequestKind::Drafts } else { RequestKind::Vouchers },
                fence: self.run.permit.fence(),
                key: RequestKey::new(self.run.ids.fresh()),
                body: self.caller.accounting.draw_up(&postings),
                members,
                at: self.run.moment(),
                file: None,
            });
        }
        asks
    }

    /// Returns the next file to be claimed, once every row that may go into it is known.
    async fn file_ask(&mut self, slots: usize) -> Result<Option<ClaimAsk>, RunError> {
        while slots > 0 && !self.ready.is_empty() && (self.is_all_ready() || self.ready.len() >= self.width) {
            let Some(files) = self.caller.accounting.files() else { return Ok(None) };
            let drawn = send_file::draw_up(self.run, self.rules, files, &mut self.ready).await?;
            let held = drawn
                .unfit
                .into_iter()
                .map(|(row, refusal)| (row.member.position, row.member.record_id, HoldReason::from(refusal)));
            self.hold(held.collect()).await?;
            if drawn.ask.is_some() {
                return Ok(drawn.ask);
            }
        }
        Ok(None)
    }

    /// Returns where the books are looked at next: the number of the plan's reading, and the position behind which the
    /// rows stand; `None` as long as enough are ready for every slot.
    fn next_look(&mut self) -> Option<(u32, u64)> {
        let has_enough = self.ready.len() >= self.width.saturating_mul(self.run.slots);
        if self.exhausted || self.is_looking || has_enough {
            return None;
        }
        self.is_looking = true;
        Some((self.reading, self.after))
    }

    /// Takes in the outcome of a look, unless the plan has been begun again since.
    async fn take_in(&mut self, reading: u32, looked: Looked) -> Result<(), RunError> {
        if reading != self.reading {
            return Ok(());
        }
        self.is_looking = false;
        self.exhausted = looked.last.is_none();
        self.after = looked.last.unwrap_or(self.after);
        self.ready.extend(looked.free);
        self.hold(looked.held).await?;
        self.take_over(looked.found).await
    }

    /// Holds rows of the plan at the door.
    async fn hold(&mut self, held: Vec<(u64, RecordId, HoldReason)>) -> Result<(), RunError> {
        if held.is_empty() {
            return Ok(());
        }
        self.reporter.count(ItemResult::Held, held.len() as u64);
        let (run, at) = (self.run.number, self.run.moment());
        let written = self.run.ledger.write(move |tx| {
            held.iter().try_for_each(|(position, id, reason)| tx.hold_planned(run, *position, id, reason, at))
        });
        Ok(written.await?)
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
            return Ok(Next::default());
        }
        let for_other_day: HashMap<RecordId, NaiveDate> =
            answered.iter().flat_map(|sent| self.for_other_day(sent)).collect();
        for sent in &answered {
            self.report(sent, &for_other_day);
        }
        if !for_other_day.is_empty() {
            self.begin_again();
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
                            if let Some(day) = for_other_day.get(claimed.record_id()) {
                                tx.settle_for_other_day(run, claimed, settlement, *day, at)?;
                                continue;
                            }
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

    /// Returns the records that were refused since their day lies in a closed period, each with the first day that is
    /// open, if the workspace's rule is to book them on it. A record has one other day in a run: a server that names
    /// ever later ones is not followed.
    fn for_other_day(&mut self, sent: &SentRequest) -> Vec<(RecordId, NaiveDate)> {
        let RequestOutcome::Each(settlements) = &sent.outcome else { return Vec::new() };
        if self.rules.posting.date != PostingDate::NextOpen {
            return Vec::new();
        }
        let members = sent.request.members().iter().zip(settlements);
        let refused = members.filter_map(|(claimed, settlement)| {
            let Some(Settlement::Refused { refusal, voucher_id: None }) = settlement else { return None };
            let may_be_meant = |day: &NaiveDate| *day > claimed.date() && self.rules.day.is_plausible(*day);
            let next_open = refusal.next_open.filter(may_be_meant)?;
            let is_first = claimed.generation() == Generation::FIRST;
            (is_first && refusal.kind == Refusal::CLOSED_PERIOD).then(|| (claimed.record_id().clone(), next_open))
        });
        refused.filter(|(id, _)| self.on_other_day.insert(id.clone())).collect()
    }

    fn report(&mut self, sent: &SentRequest, for_other_day: &HashMap<RecordId, NaiveDate>) {
        let RequestOutcome::Each(settlements) = &sent.outcome else { return };
        let mut answered_for = 0;
        let settled = sent.request.members().iter().zip(settlements);
        let settled = settled.filter(|(claimed, _)| !for_other_day.contains_key(claimed.record_id()));
        for result in settled.filter_map(|(_, settlement)| settlement.as_ref()?.result()) {
            self.reporter.count(result, 1);
            answered_for += u64::from(result != ItemResult::NotSent);
        }
        if answered_for > 0 {
            self.reporter.advance(answered_for);
        }
    }
}
