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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use chrono::{DateTime, Utc};

    use super::*;

    /// A clock that a test sets, in seconds.
    #[derive(Default)]
    struct SetClock(AtomicU64);

    #[async_trait::async_trait]
    impl Clock for SetClock {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }
        fn elapsed(&self) -> Duration {
            Duration::from_secs(self.0.load(Ordering::Relaxed))
        }
        async fn sleep(&self, _: Duration) {}
    }

    fn reporter() -> (Reporter, Arc<SetClock>) {
        let clock = Arc::new(SetClock::default());
        (Reporter::new(RunId::new("run-1"), clock.clone()), clock)
    }

    #[test]
    fn progress_says_how_much_is_done_and_when_it_will_be_over() {
        let (mut reporter, clock) = reporter();
        let (seen, lock) = (reporter.progress().subscribe(), reporter.lock_progress());
        reporter.phase(Phase::Reading, None);
        reporter.advance(13_800);
        assert_eq!((seen.borrow().processed, seen.borrow().eta_seconds), (13_800, None));
        assert_eq!(*lock.borrow(), LockProgress::default(), "others are shown what is sent");
        reporter.phase(Phase::Sending, Some(1_000));
        assert_eq!((seen.borrow().phase, seen.borrow().processed), (Phase::Sending, 0));
        assert_eq!(*lock.borrow(), LockProgress { processed: 0, total: 1_000 });
        for second in 1..=4 {
            clock.0.store(second, Ordering::Relaxed);
            reporter.advance(100);
        }
        let shown = seen.borrow().clone();
        assert_eq!((shown.processed, shown.total, shown.rate_per_second), (400, Some(1_000), Some(100.0)));
        assert_eq!(shown.eta_seconds, Some(6));
        assert_eq!(*lock.borrow(), LockProgress { processed: 400, total: 1_000 });
        reporter.phase(Phase::Settling, None);
        reporter.advance(1);
        let shown = seen.borrow().clone();
        assert_eq!((shown.total, shown.rate_per_second, shown.eta_seconds), (None, None, None));
        assert_eq!(*lock.borrow(), LockProgress { processed: 400, total: 1_000 });
    }

    #[test]
    fn each_result_is_counted_for_what_it_is() {
        let (mut reporter, _) = reporter();
        let seen = reporter.progress().subscribe();
        let mut tally = Tally::default();
        (tally.read, tally.skipped, tally.held) = (90, 7, 5);
        for _ in 0..2 {
            for (result, rows) in [
                (ItemResult::Posted, 2),
                (ItemResult::SkippedFoundInAccounting, 3),
                (ItemResult::HandedOver, 4),
                (ItemResult::SkippedAlreadyExported, 5),
                (ItemResult::SkippedHandedOver, 6),
                (ItemResult::SkippedRepeatedInSource, 7),
                (ItemResult::LeftOut, 8),
                (ItemResult::Refused, 9),
                (ItemResult::Held, 10),
                (ItemResult::InDoubt, 11),
                (ItemResult::NotSent, 12),
            ] {
                reporter.count(result, rows);
            }
            reporter.planned(&tally);
        }
        let counts = seen.borrow().counts;
        assert_eq!((counts.read, counts.posted, counts.found, counts.handed_over), (90, 4, 6, 8));
        assert_eq!((counts.skipped, counts.left_out, counts.refused, counts.held), (56, 16, 18, 30));
        assert_eq!(counts.in_doubt, 22);
        // A record in doubt from before this run is no doubt less of this run's.
        reporter.recovered(ItemResult::Posted);
        assert_eq!((seen.borrow().counts.posted, seen.borrow().counts.in_doubt), (5, 22));
        reporter.phase(Phase::Settling, None);
        reporter.recovered(ItemResult::Posted);
        assert_eq!((seen.borrow().counts.posted, seen.borrow().counts.in_doubt), (6, 21));
    }
}
