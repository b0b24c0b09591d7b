//! Send: the rows of the plan, in requests, several under way at once.
//!
//! Invariant: a request leaves only after the transaction that holds its claims is on the disk; that same transaction holds
//! the answers that had come by then. Memory is bounded by a page and by what is in flight.

use std::collections::VecDeque;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::exchange::{Exchanged, Fate, Wire};
use super::plan::PlanRules;
use super::progress::Reporter;
use super::run::{Run, RunError};
use crate::domain::{Generation, ItemResult, RequestKey};
use crate::error::{ErrorCode, Told};
use crate::ledger::{Candidate, ClaimAsk, ClaimMember, ClaimedRequest, Settlement};

/// Requests in a row without one answer that is understood, after which the run stops itself: better a run that ends than
/// a ledger full of doubts.
const SILENT_REQUESTS_MAX: u32 = 8;

/// Sends what the plan says; ends when there is nothing left, or with the reason why it ended earlier. Whatever was in
/// flight is settled either way.
pub(super) async fn send(
    run: &Run<'_>,
    wire: &Wire,
    rules: &PlanRules,
    reporter: &mut Reporter,
) -> Result<(), RunError> {
    let width = run.width;
    let mut sender = Sender { run, wire, rules, reporter, buffer: VecDeque::new(), after: 0, exhausted: false, width };
    let mut in_flight = FuturesUnordered::new();
    let mut answered: Vec<Exchanged> = Vec::new();
    let mut halt: Option<RunError> = None;
    let mut silent = 0;
    loop {
        for exchanged in &mut answered {
            halt = halt.or(exchanged.halt.take());
            silent = if exchanged.is_silent() { silent + 1 } else { 0 };
        }
        if silent >= SILENT_REQUESTS_MAX && halt.is_none() {
            halt = Some(RunError::Told(
                Told::new(ErrorCode::AccountingUnreliable).with("url", &run.address).with("requests", silent),
            ));
        }
        if halt.is_none() && wire.stop.is_cancelled() {
            halt = Some(RunError::Stopped);
        }
        if halt.is_none() && run.permit.check().is_err() {
            halt = Some(RunError::LeaseLost);
        }
        let slots = if halt.is_some() { 0 } else { run.slots.saturating_sub(in_flight.len()) };
        for claimed in sender.settle_and_claim(std::mem::take(&mut answered), slots).await? {
            in_flight.push(wire.exchange(run.permit, claimed, None));
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

impl Exchanged {
    fn is_silent(&self) -> bool {
        match &self.fate {
            Fate::Each(settlements) => settlements.iter().all(|settled| matches!(settled, Settlement::Unknown(_))),
            Fate::Divide => false,
        }
    }
}

struct Sender<'a> {
    run: &'a Run<'a>,
    wire: &'a Wire,
    rules: &'a PlanRules,
    reporter: &'a mut Reporter,
    /// Planned rows that are next.
    buffer: VecDeque<(u64, Candidate)>,
    /// The last position taken from the ledger.
    after: u64,
    exhausted: bool,
    /// Vouchers in one request; less after a request that was too large.
    width: usize,
}

impl Sender<'_> {
    fn is_done(&self) -> bool {
        self.exhausted && self.buffer.is_empty()
    }

    /// One durable transaction: the answers that have come, and the claims that go next.
    async fn settle_and_claim(
        &mut self,
        answered: Vec<Exchanged>,
        slots: usize,
    ) -> Result<Vec<ClaimedRequest>, RunError> {
        self.fit_width(&answered);
        let divided = answered.iter().any(|exchanged| matches!(exchanged.fate, Fate::Divide));
        if divided {
            // The divided rows stand in the ledger as planned again, before everything that is in the buffer.
            self.buffer.clear();
            self.after = 0;
            self.exhausted = false;
            // They must stand there before they can be read again.
            self.settle(answered, Vec::new()).await?;
            let asks = self.asks(slots).await?;
            return self.settle(Vec::new(), asks).await;
        }
        let asks = self.asks(slots).await?;
        self.settle(answered, asks).await
    }

    /// Half the size after a request that was refused as a whole; doubled again after each that was not.
    fn fit_width(&mut self, answered: &[Exchanged]) {
        for exchanged in answered {
            self.width = match exchanged.fate {
                Fate::Divide => self.width.min(exchanged.request.len().div_ceil(2)).max(1),
                Fate::Each(_) => (self.width * 2).min(self.run.width),
            };
        }
    }

    async fn asks(&mut self, slots: usize) -> Result<Vec<ClaimAsk>, RunError> {
        let mut asks = Vec::new();
        for _ in 0..slots {
            self.refill().await?;
            let mut postings = Vec::with_capacity(self.width);
            let mut members = Vec::with_capacity(self.width);
            for (position, candidate) in self.buffer.drain(..self.width.min(self.buffer.len())) {
                let posting = self.rules.posting(&candidate, Generation::FIRST).map_err(|reason| {
                    RunError::Told(Told::internal(format!("planned, but not to be posted: {}", reason.code())))
                })?;
                members.push(ClaimMember {
                    position,
                    generation: Generation::FIRST,
                    reference: posting.reference.clone(),
                    content: candidate.record.content_hash(),
                    date: candidate.record.date,
                    amount: candidate.record.amount,
                    record_id: candidate.record.id,
                });
                postings.push(posting);
            }
            if members.is_empty() {
                break;
            }
            asks.push(ClaimAsk {
                run: self.run.number,
                fence: self.run.permit.fence(),
                key: RequestKey::new(self.run.ids.fresh()),
                body: self.wire.accounting.draw_up(&postings),
                members,
                now: self.wire.clock.now(),
            });
        }
        Ok(asks)
    }

    async fn refill(&mut self) -> Result<(), RunError> {
        if self.exhausted || self.buffer.len() >= self.width {
            return Ok(());
        }
        let (run, after, page) = (self.run.number, self.after, self.width.max(crate::ports::PAGE_ROWS_MAX));
        let found = self.run.ledger.read(move |book| book.planned(run, after, page)).await?;
        self.exhausted = found.is_empty();
        if let Some((last, _)) = found.last() {
            self.after = *last;
        }
        self.buffer.extend(found);
        Ok(())
    }

    async fn settle(&mut self, answered: Vec<Exchanged>, asks: Vec<ClaimAsk>) -> Result<Vec<ClaimedRequest>, RunError> {
        if answered.is_empty() && asks.is_empty() {
            return Ok(Vec::new());
        }
        for exchanged in &answered {
            self.report(exchanged);
        }
        let (run, now) = (self.run.number, self.wire.clock.now());
        let claimed = self.run.ledger.write(move |book| {
            for Exchanged { request, fate, .. } in &answered {
                match fate {
                    Fate::Divide => book.plan_again(run, request, now)?,
                    Fate::Each(settlements) => {
                        for (claimed, settlement) in request.members().iter().zip(settlements) {
                            book.settle(run, claimed, settlement, now)?;
                        }
                        book.close_request(request)?;
                    }
                }
            }
            asks.into_iter().map(|ask| book.claim(ask)).collect()
        });
        Ok(claimed.await?)
    }

    fn report(&mut self, exchanged: &Exchanged) {
        let Fate::Each(settlements) = &exchanged.fate else { return };
        let mut answered_for = 0;
        for settlement in settlements {
            let result = settlement.result();
            self.reporter.count(result, 1);
            answered_for += u64::from(result != ItemResult::NotSent);
        }
        if answered_for > 0 {
            self.reporter.advance(answered_for);
        }
    }
}
