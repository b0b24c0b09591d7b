//! Tells the source what became of its records: after a run, and before the next one what stayed due.
//!
//! Invariants:
//! - a result that the source did not take stays due, whatever the reason, and is told again;
//! - nothing that goes wrong here changes the outcome of a run.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::calls::RunError;
use crate::error::Problem;
use crate::parts::Parts;
use crate::ports::{EXPENSES_MAX, ExportResult};

/// The exports that the source has not heard of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Unreported {
    /// The number of them.
    pub(crate) count: u64,
    /// The reason, if there is one beside a stop.
    pub(crate) problem: Option<Problem>,
}

/// The longest time for which a run tells before it begins its work: others may be waiting for its lease.
const BEFOREHAND_MAX: Duration = Duration::from_secs(10);

/// Tells what an earlier run left due, as far as that goes quickly. The rest is told after the run.
pub(crate) async fn tell_beforehand(parts: &Parts, stop: &CancellationToken) {
    tokio::select! {
        biased;
        _ = tell(parts, stop) => {}
        () = parts.clock.sleep(BEFOREHAND_MAX) => {}
    }
}

/// Tells the source everything that is due; returns what it has not taken.
pub(crate) async fn tell(parts: &Parts, stop: &CancellationToken) -> Unreported {
    let reached = stop.run_until_cancelled(tell_all(parts)).await;
    let problem = match reached {
        None => None,
        Some(Ok(refusal)) => refusal,
        Some(Err(error)) => error.problem(),
    };
    match parts.ledger.read(|tx| tx.count_unreported()).await {
        Ok(0) => Unreported::default(),
        Ok(count) => Unreported { count, problem },
        Err(error) => Unreported { count: 0, problem: Some(error.into()) },
    }
}

/// Tells page after page; returns the first refusal. A result that is refused does not hold up those behind it.
async fn tell_all(parts: &Parts) -> Result<Option<Problem>, RunError> {
    let (mut after, mut refusal) = (0, None);
    loop {
        let due = parts.ledger.read(move |tx| tx.results_due(after, EXPENSES_MAX)).await?;
        let Some(last) = due.last() else { return Ok(refusal) };
        after = last.attempt_id;
        let results: Vec<ExportResult> = due.iter().map(|due| due.result.clone()).collect();
        let learned = parts.source.learn(&results).await?;
        let taken = due.iter().zip(&learned.taken).filter(|(_, taken)| **taken);
        let taken: Vec<i64> = taken.map(|(due, _)| due.attempt_id).collect();
        refusal = refusal.or(learned.refusal);
        let now = parts.clock.now();
        parts.ledger.write(move |tx| tx.mark_reported(&taken, now)).await?;
    }
}
