//! Carries runs, their counts and sums.

use postonce_engine::{SyncEnd, domain, views};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Lock, Period, Problem, count, each, mirrored, moment};

mirrored! {
    /// The end of a run.
    Outcome of domain::Outcome { Completed, Stopped, LeaseLost, Failed, Interrupted, }
}

mirrored! {
    /// The cause of a run's start.
    Trigger of domain::Trigger { Manual, Scheduled, #[serde(rename = "re-export")] ReExport, }
}

/// A sum in one currency; the amount is a decimal string.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub(crate) struct Sum {
    currency: String,
    amount: String,
}

impl Sum {
    /// Makes a sum of its parts.
    pub(crate) fn new(currency: String, amount: String) -> Self {
        Self { currency, amount }
    }
}

impl From<views::Sum> for Sum {
    fn from(sum: views::Sum) -> Self {
        Self { currency: sum.currency, amount: sum.amount }
    }
}

/// The number of a run's rows with each result.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    read: u32,
    posted: u32,
    skipped: u32,
    found: u32,
    refused: u32,
    held: u32,
    in_doubt: u32,
    left_out: u32,
    handed_over: u32,
}

impl From<domain::Counts> for Counts {
    fn from(counts: domain::Counts) -> Self {
        Self {
            read: count(counts.read),
            posted: count(counts.posted),
            skipped: count(counts.skipped),
            found: count(counts.found),
            refused: count(counts.refused),
            held: count(counts.held),
            in_doubt: count(counts.in_doubt),
            left_out: count(counts.left_out),
            handed_over: count(counts.handed_over),
        }
    }
}

/// A run, as history lists it.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    run_id: String,
    trigger: Trigger,
    user: String,
    host: String,
    started_at: String,
    finished_at: Option<String>,
    outcome: Option<Outcome>,
    error: Option<Problem>,
    period: Period,
    counts: Counts,
    posted: Vec<Sum>,
    fence: Option<u32>,
}

impl From<views::RunSummary> for Run {
    fn from(run: views::RunSummary) -> Self {
        Self {
            run_id: run.run_id.to_string(),
            trigger: run.trigger.into(),
            user: run.actor.user,
            host: run.actor.host,
            started_at: moment(run.started_at),
            finished_at: run.finished_at.map(moment),
            outcome: run.outcome.map(Outcome::from),
            error: run.error.map(Problem::from),
            period: run.period.into(),
            counts: run.counts.into(),
            posted: each(run.posted),
            fence: run.fence.map(count),
        }
    }
}

/// The end of a sync, or the reason why it did not begin.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct End {
    run: Option<Run>,
    problem: Option<Problem>,
    /// The reason why the run has no certificate, when one was wanted and could not be made.
    no_certificate: Option<Problem>,
    lock: Option<Lock>,
    /// The lock it waited for, if it waited.
    waited_for: Option<Lock>,
    /// The number of records to send that look like others, for information.
    look_alikes: u32,
    /// The number of exports of which the source has not heard yet.
    unreported: u32,
    /// The reason why the source has not heard of them, if it is known.
    unreported_because: Option<Problem>,
}

impl From<SyncEnd> for End {
    fn from(end: SyncEnd) -> Self {
        Self {
            run: end.run.map(Run::from),
            problem: end.error.map(Problem::from),
            no_certificate: end.no_certificate.map(Problem::from),
            lock: end.lock.map(Lock::from),
            waited_for: end.waited_for.map(Lock::from),
            look_alikes: count(end.look_alikes),
            unreported: count(end.unreported),
            unreported_because: end.unreported_because.map(Problem::from),
        }
    }
}
