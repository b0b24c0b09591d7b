//! Copies the ledger because a person asks for it.

use std::path::PathBuf;

use serde_json::json;

use crate::domain::{Act, Actor};
use crate::engine::Engine;
use crate::error::Problem;
use crate::ledger::{AuditAct, LedgerTx};

impl Engine {
    /// Copies the ledger into the folder of its backups, whatever copies there are of today; returns the path of the
    /// copy. The audit trail says who made it, in an entry behind those that the copy holds.
    ///
    /// # Errors
    /// If a sync is on, here or in another program on this machine, or no whole copy can be made.
    pub async fn back_up(&self, actor: Actor) -> Result<PathBuf, Problem> {
        let parts = self.parts();
        let _still = self.hold_still()?;
        let now = parts.clock.now();
        let made = parts.ledger.back_up_asked(now).await?;
        let detail = json!({ "file": made.file_name().unwrap_or_default().to_string_lossy() });
        let entry = move |tx: &LedgerTx<'_>| tx.audit(&AuditAct::new(now, &actor, Act::BackupMade).detail(detail));
        parts.ledger.write(entry).await?;
        Ok(made)
    }
}
