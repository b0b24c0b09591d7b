//! Carries the progress of a run.

use postonce_engine::views;
use serde::Serialize;
use specta::Type;

use super::{Counts, Waiting, count, mirrored, moment};

mirrored! {
    /// The parts of a run, in their order.
    Phase of views::Phase { Locking, Recovering, Reading, Planning, Sending, Settling, Finishing, Finished, }
}

/// A run's state at this moment.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    run_id: String,
    phase: Phase,
    processed: u32,
    total: Option<u32>,
    rate_per_second: Option<f64>,
    eta_seconds: Option<u32>,
    counts: Counts,
    waiting_until: Option<String>,
    /// The wait for somebody else's run to end, while it lasts.
    waiting: Option<Waiting>,
    stopping: bool,
    started_at: String,
}

impl From<&views::Progress> for Progress {
    fn from(progress: &views::Progress) -> Self {
        Self {
            run_id: progress.run_id.to_string(),
            phase: progress.phase.into(),
            processed: count(progress.processed),
            total: progress.total.map(count),
            rate_per_second: progress.rate_per_second,
            eta_seconds: progress.eta_seconds.map(count),
            counts: progress.counts.into(),
            waiting_until: progress.waiting_until.map(moment),
            waiting: progress.waiting.clone().map(Waiting::from),
            stopping: progress.stopping,
            started_at: moment(progress.started_at),
        }
    }
}
