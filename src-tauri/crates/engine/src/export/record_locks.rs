//! Locks records at their source while they are exported, where the source offers it.
//!
//! Invariants:
//! - a record is sent only once its lock was granted; one that is refused is held, with the reason;
//! - a source that does not answer stops the run, and what it has not sent waits for the next.

use crate::calls::RunError;
use crate::domain::{HoldReason, RunId};
use crate::ledger::Candidate;
use crate::parts::Parts;
use crate::ports::{EXPENSES_MAX, LockedRecord, Source};

/// The locks of a run at the source.
#[derive(Clone, Copy)]
pub(crate) struct RecordLocks<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) run_id: &'a RunId,
}

impl RecordLocks<'_> {
    /// Locks these records; returns for each, in order, the reason for which it is held.
    pub(crate) async fn lock(self, candidates: &[&Candidate]) -> Result<Vec<Option<HoldReason>>, RunError> {
        let mut reasons = Vec::with_capacity(candidates.len());
        for page in candidates.chunks(EXPENSES_MAX) {
            let records: Vec<LockedRecord> = page
                .iter()
                .map(|candidate| LockedRecord { id: candidate.record.id.clone(), version: candidate.record.version })
                .collect();
            let mut refusals = self.source.lock(self.run_id, &records).await?;
            // A record of which the source said nothing is not locked.
            refusals.resize_with(page.len(), || Some(HoldReason::LockRefused { detail: "–".to_owned() }));
            reasons.extend(refusals);
        }
        Ok(reasons)
    }
}

/// Releases what a run has locked and not exported. A lock that cannot be released ends by itself.
pub(crate) async fn release(parts: &Parts, run_id: &RunId) {
    if let Err(error) = release_all(parts, run_id).await {
        tracing::warn!(%error, "the locks at the source end by themselves");
    }
}

async fn release_all(parts: &Parts, run_id: &RunId) -> Result<(), RunError> {
    let mut after = 0;
    loop {
        let run = run_id.clone();
        let unsent = parts.ledger.read(move |tx| tx.locked_in_vain(&run, after, EXPENSES_MAX)).await?;
        let Some((last, _)) = unsent.last() else { return Ok(()) };
        after = *last;
        let ids: Vec<_> = unsent.into_iter().map(|(_, id)| id).collect();
        parts.source.release(run_id, &ids).await?;
    }
}
