//! Estimates how fast it goes, and when it will be over: honestly, or not at all.
//!
//! Pure. Time spent in a wait that the accounting system asked for counts like any other: it will ask again. An earlier
//! run is no evidence for how fast this one is.

use std::collections::VecDeque;
use std::time::Duration;

/// The stretch of time that the rate looks back on.
const WINDOW: Duration = Duration::from_secs(30);
/// Evidence below this says nothing: the first answers come in a bunch.
const EVIDENCE_TIME: Duration = Duration::from_secs(1);
/// Answers to have seen before there is an estimate.
const EVIDENCE_ANSWERS: usize = 3;
/// Samples kept; beyond it the oldest goes, whatever its age.
const SAMPLES_MAX: usize = 512;

/// The collected answers, with their times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Estimate {
    samples: VecDeque<(Duration, u64)>,
    answers: usize,
}

impl Estimate {
    /// Begins the work at this moment, with so much behind it that is not its own.
    pub(crate) fn begin(at: Duration, processed: u64) -> Self {
        Self { samples: VecDeque::from([(at, processed)]), answers: 0 }
    }

    /// Notes that so much is processed in all.
    pub(crate) fn note(&mut self, at: Duration, processed: u64) {
        self.answers += 1;
        self.samples.push_back((at, processed));
        while self.samples.len() > SAMPLES_MAX
            || self.samples.get(1).is_some_and(|(second, _)| at.saturating_sub(*second) > WINDOW)
        {
            self.samples.pop_front();
        }
    }

    /// Returns the records in a second, at this moment; `None` before there is evidence.
    pub(crate) fn rate_per_second(&self, now: Duration) -> Option<f64> {
        let (first_at, first) = *self.samples.front()?;
        let (_, last) = *self.samples.back()?;
        let span = now.saturating_sub(first_at);
        if self.answers < EVIDENCE_ANSWERS || span < EVIDENCE_TIME || last == first {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of records are far below 2^52")]
        let done = (last - first) as f64;
        Some(done / span.as_secs_f64())
    }

    /// Returns the whole seconds until `total` is reached, rounded up; `None` before there is evidence.
    pub(crate) fn eta_seconds(&self, now: Duration, total: u64) -> Option<u64> {
        let rate = self.rate_per_second(now)?;
        let left = total.saturating_sub(self.samples.back()?.1);
        #[expect(clippy::cast_precision_loss, reason = "counts of records are far below 2^52")]
        let seconds = (left as f64 / rate).ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float cast saturates; it is not negative"
        )]
        Some(seconds as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn there_is_no_estimate_before_there_is_evidence() {
        let mut estimate = Estimate::begin(at(0), 0);
        assert_eq!(estimate.eta_seconds(at(60), 900), None, "nothing was answered");
        estimate.note(at(1), 100);
        estimate.note(at(2), 200);
        assert_eq!(estimate.eta_seconds(at(2), 900), None, "two answers are a coincidence");
        estimate.note(at(3), 300);
        assert_eq!(estimate.eta_seconds(at(3), 900), Some(6));
    }

    #[test]
    fn second_is_evidence_and_less_is_not() {
        let mut estimate = Estimate::begin(at(0), 0);
        for answer in 1..=3 {
            estimate.note(Duration::from_millis(answer * 300), answer * 100);
        }
        assert_eq!(estimate.rate_per_second(Duration::from_millis(999)), None);
        assert_eq!(estimate.rate_per_second(EVIDENCE_TIME), Some(300.0));
        assert_eq!(estimate.eta_seconds(EVIDENCE_TIME, 901), Some(3), "rounded up");
        assert_eq!(estimate.eta_seconds(EVIDENCE_TIME, 300), Some(0));
    }

    #[test]
    fn samples_are_kept_for_the_window_and_no_longer() {
        let mut estimate = Estimate::begin(at(0), 0);
        estimate.note(at(1), 1_000);
        estimate.note(at(2), 1_001);
        estimate.note(at(1) + WINDOW, 1_002);
        assert_eq!(estimate.samples.len(), 4, "the first one begins the window");
        estimate.note(at(2) + WINDOW, 1_003);
        assert_eq!(estimate.samples.front(), Some(&(at(1), 1_000)));
        for _ in 0..2 * SAMPLES_MAX {
            estimate.note(at(2) + WINDOW, 2_000);
        }
        assert_eq!(estimate.samples.len(), SAMPLES_MAX);
    }

    #[test]
    fn work_of_an_earlier_run_does_not_make_this_one_look_fast() {
        let mut estimate = Estimate::begin(at(0), 10_000);
        for second in 1..=4 {
            estimate.note(at(second), 10_000 + second * 10);
        }
        assert_eq!(estimate.eta_seconds(at(4), 10_140), Some(10));
    }

    #[test]
    fn wait_that_the_server_asked_for_makes_the_estimate_longer() {
        let mut estimate = Estimate::begin(at(0), 0);
        for second in 1..=5 {
            estimate.note(at(second), second * 100);
        }
        let before = estimate.eta_seconds(at(5), 1_500).expect("there is evidence");
        let after = estimate.eta_seconds(at(20), 1_500).expect("there is evidence");
        assert!(after > before, "{after} is not longer than {before}");
    }

    #[test]
    fn rate_follows_what_happens_now_not_what_happened_long_ago() {
        let mut estimate = Estimate::begin(at(0), 0);
        let mut processed = 0;
        for second in 1..=200 {
            processed += if second <= 100 { 100 } else { 10 };
            estimate.note(at(second), processed);
        }
        let rate = estimate.rate_per_second(at(200)).expect("there is evidence");
        assert!((9.0..=11.0).contains(&rate), "{rate}");
    }
}
