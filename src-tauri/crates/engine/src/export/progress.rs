//! Keeps one value for the progress of a run; window, tray, command line and the others' lock message look at the same
//! one.

use std::sync::Arc;

use tokio::sync::watch;

use super::estimate::Estimate;
use super::planning::Tally;
use crate::domain::{Counts, ItemResult, Outcome, RunId};
use crate::ports::{Clock, LockProgress};
use crate::views::{Phase, Progress};

/// The writer of one run's progress.
pub(crate) struct Reporter {
    clock: Arc<dyn Clock>,
    progress: watch::Sender<Progress>,
    lock: watch::Sender<LockProgress>,
    estimate: Estimate,
}

impl Reporter {
    pub(crate) fn new(run_id: RunId, clock: Arc<dyn Clock>) -> Self {
        let progress = watch::Sender::new(Progress {
            run_id,
            phase: Phase::Locking,
            processed: 0,
            total: None,
            rate_per_second: None,
            eta_seconds: None,
            counts: Counts::default(),
            waiting_until: None,
            waiting: None,
            stopping: false,
            started_at: clock.now(),
            outcome: None,
        });
        let estimate = Estimate::begin(clock.elapsed(), 0);
        Self { clock, progress, lock: watch::Sender::new(LockProgress::default()), estimate }
    }

    /// Returns the sender that [`super::Syncing`] subscribes to.
    pub(crate) fn progress(&self) -> watch::Sender<Progress> {
        self.progress.clone()
    }

    /// Returns the progress that the lock shows to others.
    pub(crate) fn lock_progress(&self) -> watch::Receiver<LockProgress> {
        self.lock.subscribe()
    }

    /// Begins a phase; its total is known now or never.
    pub(crate) fn phase(&mut self, phase: Phase, total: Option<u64>) {
        self.estimate = Estimate::begin(self.clock.elapsed(), 0);
        self.progress.send_modify(|progress| {
            progress.phase = phase;
            progress.processed = 0;
            progress.total = total;
            progress.rate_per_second = None;
            progress.eta_seconds = None;
            progress.waiting_until = None;
            progress.waiting = None;
        });
        if phase == Phase::Sending {
            self.lock.send_replace(LockProgress { processed: 0, total: total.unwrap_or(0) });
        }
    }

    /// Adds so many that are processed in this phase.
    pub(crate) fn advance(&mut self, by: u64) {
        let now = self.clock.elapsed();
        let processed = self.progress.borrow().processed + by;
        self.estimate.note(now, processed);
        let (rate, total) = (self.estimate.rate_per_second(now), self.progress.borrow().total);
        let eta = total.and_then(|total| self.estimate.eta_seconds(now, total));
        self.progress.send_modify(|progress| {
            progress.processed = processed;
            progress.rate_per_second = rate;
            progress.eta_seconds = eta;
        });
        if self.progress.borrow().phase == Phase::Sending {
            self.lock.send_modify(|lock| lock.processed = processed);
        }
    }

    /// Counts rows with this result.
    pub(crate) fn count(&self, result: ItemResult, rows: u64) {
        self.progress.send_modify(|progress| {
            let counts = &mut progress.counts;
            match result {
                ItemResult::Posted => counts.posted += rows,
                ItemResult::SkippedFoundInAccounting => {
                    counts.skipped += rows;
                    counts.found += rows;
                }
                ItemResult::HandedOver => counts.handed_over += rows,
                ItemResult::SkippedAlreadyExported
                | ItemResult::SkippedHandedOver
                | ItemResult::SkippedRepeatedInSource => counts.skipped += rows,
                ItemResult::LeftOut => counts.left_out += rows,
                ItemResult::Refused => counts.refused += rows,
                ItemResult::Held => counts.held += rows,
                ItemResult::InDoubt => counts.in_doubt += rows,
                ItemResult::NotSent => {}
            }
        });
    }

    /// Counts a row that was in doubt earlier in this run, or in an earlier one, and now has this result.
    pub(crate) fn recovered(&self, result: ItemResult) {
        let sending = self.progress.borrow().phase == Phase::Settling;
        if sending {
            self.progress.send_modify(|progress| {
                progress.counts.in_doubt = progress.counts.in_doubt.saturating_sub(1);
            });
        }
        self.count(result, 1);
    }

    /// Takes over the counts of the finished plan: the rows that it leaves out and holds.
    pub(crate) fn planned(&self, tally: &Tally) {
        self.progress.send_modify(|progress| {
            progress.counts.read = tally.read;
            progress.counts.skipped += tally.skipped;
            progress.counts.held += tally.held;
        });
    }

    /// Ends the progress; the counts are the ledger's.
    pub(crate) fn finished(&self, outcome: Option<Outcome>, counts: Option<Counts>) {
        self.progress.send_modify(|progress| {
            progress.phase = Phase::Finished;
            progress.outcome = outcome;
            progress.waiting_until = None;
            progress.waiting = None;
            progress.eta_seconds = None;
            if let Some(counts) = counts {
                progress.counts = counts;
            }
        });
    }
}
