//! A copy of the ledger because a person asks for one.

use std::path::PathBuf;

use serde_json::json;

use crate::domain::{Act, Actor};
use crate::engine::Engine;
use crate::error::Problem;
use crate::ledger::{AuditAct, LedgerTx};

impl Engine {
    /// Copies the ledger into the folder of its backups, whatever copies there are of today; the path of the copy. Who made
    /// it stands in the audit trail, behind what the copy holds.
    ///
    /// # Errors
    /// When a sync is on, here or in another program on this machine, or no whole copy can be made.
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
