//! Compares both ways: looks up the ledger's vouchers, and looks for the accounting system's vouchers in the ledger.

use std::pin::pin;

use futures_util::stream::{BoxStream, StreamExt, TryStreamExt, try_unfold};
use serde_json::json;

use super::examiner::{AlarmWriter, ComparedAttempt, Examiner, OfRun};
use super::judge::Verdict;
use super::progress::{ComparePhase, CompareProgress};
use super::tally::Tally;
use crate::calls::{Listing, RunError};
use crate::domain::{Act, AttemptState, DifferenceKind, FoundVoucher, Period, Protection, Reference, VoucherState};
use crate::ledger::{AuditAct, Compared, ComparisonStart, Ledger, LedgerError, NewDifference};
use crate::ports::LOOK_UP_MAX;
use crate::views::{Comparison, Sides};

/// The number of pages that are looked up at once.
const PAGES_AT_ONCE: usize = 2;

/// Compares a period, both ways.
pub(crate) async fn compare(
    examiner: Examiner<'_>,
    period: Period,
    show: &(dyn Fn(CompareProgress) + Send + Sync),
) -> Result<Comparison, RunError> {
    let Examiner { parts, connection, .. } = examiner;
    let mut comparing = Comparing::begin(examiner, period).await?;
    let total = parts.ledger.read(move |tx| tx.count_posted(period)).await?;
    let progress = |phase, processed, total| show(CompareProgress { phase, processed, total });

    progress(ComparePhase::Ledger, 0, Some(total));
    let mut processed = 0;
    let mut looked_up = |vouchers| {
        processed += vouchers;
        progress(ComparePhase::Ledger, processed, Some(total));
    };
    comparing.judge_pages(posted_in(&parts.ledger, period), &mut looked_up).await?;
    // From here on the accounting side is counted by its own list, not by its answers to look-ups.
    comparing.tally.accounting_vouchers = 0;
    comparing.tally.sums.values_mut().for_each(|(_, _, accounting)| *accounting = 0);
    let (mut listing, mut processed) = (Listing::new(examiner.caller, examiner.permit, period, &connection.address), 0);
    progress(ComparePhase::Accounting, processed, None);
    while let Some(vouchers) = listing.next().await? {
        processed += vouchers.len() as u64;
        comparing.find_page(period, vouchers).await?;
        progress(ComparePhase::Accounting, processed, None);
    }
    if connection.capabilities.protection == Protection::Staged {
        let (mut after, mut processed) = (0, 0);
        loop {
            progress(ComparePhase::Drafts, processed, None);
            let page = parts.ledger.read(move |tx| tx.unposted_in(period, after, LOOK_UP_MAX)).await?;
            let Some(last) = page.last() else { break };
            after = last.attempt_id;
            processed += page.len() as u64;
            comparing.find_drafts(page).await?;
        }
    }
    comparing.finish(None).await
}

/// Returns the attempts of a period that made a voucher, in pages.
fn posted_in(ledger: &Ledger, period: Period) -> BoxStream<'_, Result<Vec<Compared>, RunError>> {
    let pages = try_unfold(None, move |after| async move {
        let page = ledger.read(move |tx| tx.posted_in(period, after, LOOK_UP_MAX)).await?;
        Ok(page.last().map(|last| (last.date, last.attempt_id)).map(|last| (page, Some(last))))
    });
    pages.boxed()
}

/// A comparison in the making.
pub(crate) struct Comparing<'a> {
    examiner: Examiner<'a>,
    id: i64,
    tally: Tally,
}

impl<'a> Comparing<'a> {
    pub(crate) async fn begin(examiner: Examiner<'a>, period: Period) -> Result<Self, RunError> {
        let Examiner { parts, connection, actor, .. } = examiner;
        let start = ComparisonStart {
            period,
            organisation: connection.organisation_id.clone(),
            address: connection.address.clone(),
            actor: actor.clone(),
            accounting_user: connection.user_id.clone(),
            started_at: parts.clock.now(),
        };
        let id = parts.ledger.write(move |tx| tx.begin_comparison(&start)).await?;
        Ok(Self { examiner, id, tally: Tally::default() })
    }

    /// Looks up pages of posted attempts, judges each, and keeps the results; a page is looked up while the one before
    /// it is judged. `show` receives the size of each page.
    pub(crate) async fn judge_pages(
        &mut self,
        pages: BoxStream<'_, Result<Vec<Compared>, RunError>>,
        show: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), RunError> {
        let examiner = self.examiner;
        let mut judged = pin!(pages.map_ok(|page| examiner.judge_page(page)).try_buffered(PAGES_AT_ONCE));
        while let Some(compared) = judged.try_next().await? {
            for compared in &compared {
                self.tally.count(compared);
            }
            let vouchers = compared.len() as u64;
            self.write(move |page| compared.iter().try_for_each(|compared| page.keep(compared))).await?;
            show(vouchers);
        }
        Ok(())
    }

    /// Looks for a page of the accounting system's vouchers in the ledger.
    async fn find_page(&mut self, period: Period, vouchers: Vec<FoundVoucher>) -> Result<(), RunError> {
        let ours = format!("{}:", self.examiner.parts.settings.organisation.as_str());
        let ours: Vec<FoundVoucher> =
            vouchers.into_iter().filter(|voucher| voucher.reference.as_str().starts_with(&ours)).collect();
        if ours.is_empty() {
            return Ok(());
        }
        let mut tally = self.tally.clone();
        let tally = self
            .write(move |page| {
                for voucher in ours {
                    page.find(period, voucher, &mut tally)?;
                }
                Ok(tally)
            })
            .await?;
        self.tally = Tally { differences: self.tally.differences, ..tally };
        Ok(())
    }

    /// Looks for drafts under the references of attempts that made no voucher.
    async fn find_drafts(&mut self, page: Vec<Compared>) -> Result<(), RunError> {
        let references: Vec<Reference> = page.iter().map(|attempt| attempt.reference.clone()).collect();
        let found = self.examiner.ask(|| self.examiner.parts.accounting.look_up(&references)).await?;
        if found.drafts.is_empty() {
            return Ok(());
        }
        self.write(move |kept| {
            for draft in found.drafts {
                // This takes the newest attempt under the reference; an earlier one says the same.
                let Some(attempt) = page.iter().rev().find(|attempt| attempt.reference == draft.reference) else {
                    continue;
                };
                kept.keep_drafts(attempt, vec![draft.draft_id.as_str().to_owned()])?;
            }
            Ok(())
        })
        .await
    }

    /// Ends the comparison; if it belongs to a run, as that run's certificate.
    pub(crate) async fn finish(self, run: Option<OfRun<'_>>) -> Result<Comparison, RunError> {
        let (id, now, end) = (self.id, self.examiner.parts.clock.now(), self.tally.into_end());
        let (actor, accounting_user) = (self.examiner.actor.clone(), self.examiner.connection.user_id.clone());
        let run = run.map(|run| (run.number, run.run_id.clone()));
        let finished = self.examiner.parts.ledger.write(move |tx| {
            tx.finish_comparison(id, run.as_ref().map(|(number, _)| *number), &end, now)?;
            let mut act = AuditAct::new(now, &actor, Act::Compared).accounting_user(&accounting_user).detail(json!({
                "comparison": id, "ledger": end.ledger_vouchers, "accounting": end.accounting_vouchers,
                "matched": end.matched, "waiting": end.waiting, "differences": end.differences, "sums": end.sums,
            }));
            if let Some((_, run_id)) = &run {
                act = act.run(run_id);
            }
            tx.audit(&act)?;
            tx.comparison(id)
        });
        let comparison = finished.await?;
        Ok(comparison.ok_or(LedgerError::Impossible { what: "comparison", found: format!("no row {id}") })?)
    }

    /// Writes the results of a page, in one transaction; the number of differences goes on from there.
    async fn write<T, F>(&mut self, act: F) -> Result<T, RunError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Page<'_, '_>) -> Result<T, LedgerError> + Send + 'static,
    {
        let (id, now, differences) = (self.id, self.examiner.parts.clock.now(), self.tally.differences);
        let (actor, accounting_user) = (self.examiner.actor.clone(), self.examiner.connection.user_id.clone());
        let written = self.examiner.parts.ledger.write(move |tx| {
            let alarms = AlarmWriter { tx, now, actor: &actor, accounting_user: &accounting_user };
            let mut page = Page { alarms, id, differences };
            let outcome = act(&mut page)?;
            Ok((outcome, page.differences))
        });
        let (outcome, differences) = written.await?;
        self.tally.differences = differences;
        Ok(outcome)
    }
}

/// The part of a comparison that a page leaves in the ledger.
struct Page<'p, 't> {
    alarms: AlarmWriter<'p, 't>,
    id: i64,
    differences: u64,
}

impl Page<'_, '_> {
    /// Keeps the result for a posted attempt: the difference and its alarm, or that all is well again.
    fn keep(&mut self, compared: &ComparedAttempt) -> Result<(), LedgerError> {
        match compared.verdict {
            Verdict::Differs(kind) => self.keep_difference(&compared.posted, kind, compared.found.clone())?,
            _ => self.alarms.keep(compared)?,
        }
        if compared.drafts.is_empty() {
            return Ok(());
        }
        let drafts = compared.drafts.iter().map(|draft| draft.draft_id.as_str().to_owned()).collect();
        self.keep_drafts(&compared.posted, drafts)
    }

    fn keep_difference(
        &mut self,
        attempt: &Compared,
        kind: DifferenceKind,
        found: Vec<FoundVoucher>,
    ) -> Result<(), LedgerError> {
        self.alarms.raise(attempt, kind, &found)?;
        self.add(NewDifference {
            kind,
            record_id: Some(attempt.record_id.as_str().to_owned()),
            generation: Some(attempt.generation),
            reference: attempt.reference.as_str().to_owned(),
            voucher_id: attempt.voucher_id.clone(),
            sides: Sides { ledger: Some(attempt.side()), accounting: found, drafts: Vec::new() },
        })
    }

    fn keep_drafts(&mut self, attempt: &Compared, drafts: Vec<String>) -> Result<(), LedgerError> {
        self.add(NewDifference {
            kind: DifferenceKind::DraftLeft,
            record_id: Some(attempt.record_id.as_str().to_owned()),
            generation: Some(attempt.generation),
            reference: attempt.reference.as_str().to_owned(),
            voucher_id: drafts.first().cloned(),
            sides: Sides { ledger: Some(attempt.side()), accounting: Vec::new(), drafts },
        })
    }

    /// Looks for a voucher of the accounting system in the ledger.
    fn find(&mut self, period: Period, voucher: FoundVoucher, tally: &mut Tally) -> Result<(), LedgerError> {
        let guard = self.alarms.tx.guard_of_reference(&voucher.reference)?;
        let voucher_id = voucher.acknowledgement.voucher_id.as_str();
        let is_counter = voucher.reverses.is_some();
        if (is_counter && guard.is_some()) || self.alarms.tx.is_our_reversal(&voucher.reference, voucher_id)? {
            return Ok(());
        }
        if voucher.state == VoucherState::Posted && !is_counter {
            tally.stands(&voucher, guard.as_ref().is_some_and(|attempt| attempt.amount.minor() < 0));
        }
        match guard {
            // The look-up of the attempt showed it already.
            Some(attempt) if attempt.state == AttemptState::Posted && period.contains(attempt.date) => Ok(()),
            Some(attempt) if attempt.state == AttemptState::Posted => {
                self.keep_difference(&attempt, DifferenceKind::OtherContent, vec![voucher])
            }
            Some(attempt) => self.keep_difference(&attempt, DifferenceKind::InDoubtFound, vec![voucher]),
            None => self.add(NewDifference {
                kind: DifferenceKind::UnknownToLedger,
                record_id: None,
                generation: None,
                reference: voucher.reference.as_str().to_owned(),
                voucher_id: Some(voucher_id.to_owned()),
                sides: Sides { ledger: None, accounting: vec![voucher], drafts: Vec::new() },
            }),
        }
    }

    fn add(&mut self, difference: NewDifference) -> Result<(), LedgerError> {
        self.differences += 1;
        self.alarms.tx.add_difference(self.id, self.differences, &difference)
    }
}
