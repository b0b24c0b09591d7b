//! Holds `audit verify`: the whole trail, its seals and the witness, on a person's word; and what could be noticed at all.

use serde_json::json;

use crate::audit::{self, AuditVerdict};
use crate::domain::{Act, Actor, MemoryState};
use crate::engine::Engine;
use crate::error::Problem;
use crate::ledger::{AuditAct, LedgerTx};
use crate::lock::FileLock;

impl Engine {
    /// Returns whether the accounting side keeps every witness of this ledger. Where it keeps the newest alone, or none,
    /// a trail that was changed passes if its witness was replaced as well, which takes no more than the token.
    pub async fn witness_history(&self) -> MemoryState {
        let parts = self.parts();
        let Ok(ledger_id) = parts.ledger.read(|tx| tx.ledger_id()).await else { return MemoryState::Unreachable };
        match parts.accounting.witness_history(&ledger_id, None).await {
            Ok(Some(_)) => MemoryState::Kept,
            Ok(None) => MemoryState::NotOffered,
            Err(_) => MemoryState::Unreachable,
        }
    }

    /// Checks the whole audit trail; faults are in the verdict, not an error. It works without the accounting side, and
    /// says then that its witness was not asked. It needs no lease: nothing is sent.
    ///
    /// If the ledger was not changed, an entry says who verified it, unless it can only be looked at: a copy, or the
    /// ledger of somebody else. If it was, nothing is written: the faults stay as
    /// they were found, and a trail cut off does not grow back over its missing numbers.
    ///
    /// # Errors
    /// If a sync is on, here or in another program on this machine, or the ledger cannot be read or written.
    pub async fn verify_audit(&self, actor: Actor) -> Result<AuditVerdict, Problem> {
        let parts = self.parts();
        let is_only_looked_at = parts.ledger.is_only_looked_at();
        let _file = (!is_only_looked_at).then(|| FileLock::try_take(&parts.settings.file_lock)).transpose()?;
        let ledger_id = parts.ledger.read(|tx| tx.ledger_id()).await?;
        let memory = audit::remembered(parts, &ledger_id).await;
        let verdict = parts.ledger.read(move |tx| audit::walk(tx, memory)).await?;
        if verdict.is_changed() || is_only_looked_at {
            return Ok(verdict);
        }
        let detail = json!({
            "entries": verdict.entries, "head": verdict.head, "signed_heads_checked": verdict.signed_heads_checked,
            "witness": verdict.witness, "findings": verdict.findings.iter().map(|finding| finding.kind).collect::<Vec<_>>(),
        });
        let now = parts.clock.now();
        let entry = move |tx: &LedgerTx<'_>| tx.audit(&AuditAct::new(now, &actor, Act::Verified).detail(detail));
        parts.ledger.write(entry).await?;
        Ok(verdict)
    }
}
