//! Holds the wish for a run, and its end.

use std::time::Duration;

use crate::domain::{Actor, Period, RecordId, RunId, Trigger};
use crate::error::Problem;
use crate::ledger::ReExportWish;
use crate::views::{LockFacts, RunSummary};

/// A wish to sync.
#[derive(Debug, Clone)]
pub struct SyncAsk {
    /// The period to sync.
    pub period: Period,
    /// The trigger of the run.
    pub trigger: Trigger,
    /// The person who asks.
    pub actor: Actor,
    /// The time to wait for somebody else's run to end; `None` for as long as the workspace says.
    pub wait: Option<Duration>,
}

/// The end of a sync.
#[derive(Debug, Clone, Default)]
pub struct SyncEnd {
    /// The run, if one began.
    pub run: Option<RunSummary>,
    /// The problem, if there was one.
    pub error: Option<Problem>,
    /// The reason why the run has no certificate, if one was wanted and could not be made. The run itself is none the
    /// worse.
    pub no_certificate: Option<Problem>,
    /// The first problem with a file of the books that lay where they are looked for; it lies there still.
    pub unread_books: Option<Problem>,
    /// The number of records to send that look like others, for information.
    pub look_alikes: u64,
    /// The number of exports of which the source has not heard yet, of this run and earlier ones. The next run tells
    /// them again.
    pub unreported: u64,
    /// The reason why the source has not heard of them, if it is known.
    pub unreported_because: Option<Problem>,
    /// The holder of the lock, if it was refused.
    pub lock: Option<LockFacts>,
    /// The holder of the lock as last seen, if the run waited for one.
    pub waited_for: Option<LockFacts>,
}

impl SyncEnd {
    pub(crate) fn failed(problem: Problem) -> Self {
        Self { error: Some(problem), ..Self::default() }
    }
}

/// The order for a run: a sync, or the re-export of one record.
#[derive(Debug, Clone)]
pub struct RunAsk {
    /// The run's id, if it was made before; a scheduled time is claimed for it first.
    pub(crate) run_id: Option<RunId>,
    pub(crate) trigger: Trigger,
    pub(crate) actor: Actor,
    pub(crate) job: Job,
    /// The time to wait for somebody else's run; `None` for as long as the workspace says.
    pub(crate) wait: Option<Duration>,
}

impl From<SyncAsk> for RunAsk {
    fn from(ask: SyncAsk) -> Self {
        let SyncAsk { period, trigger, actor, wait } = ask;
        Self { run_id: None, trigger, actor, job: Job::Sync(period), wait }
    }
}

impl RunAsk {
    /// Returns the same order, for a run of this id.
    pub(crate) fn numbered(self, run_id: RunId) -> Self {
        Self { run_id: Some(run_id), ..self }
    }
}

/// The job of a run, one of two.
#[derive(Debug, Clone)]
pub(crate) enum Job {
    /// Every record of a period that is not exported.
    Sync(Period),
    /// One record, once more; `None` for a wish that stands in the ledger and was approved.
    ReExport { record_id: RecordId, wish: Option<ReExportWish> },
}

impl Job {
    /// Returns the operation, as others see it at the lock.
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Self::Sync(_) => "sync",
            Self::ReExport { .. } => "re-export",
        }
    }

    /// Returns the one record that the job is about.
    pub(crate) fn about(&self) -> Option<&RecordId> {
        match self {
            Self::Sync(_) => None,
            Self::ReExport { record_id, .. } => Some(record_id),
        }
    }

    pub(crate) fn period(&self) -> Period {
        match self {
            Self::Sync(period) => *period,
            Self::ReExport { .. } => Period::EVERYTHING,
        }
    }
}
