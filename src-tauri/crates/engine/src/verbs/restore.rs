//! Puts a backup in the place of the ledger, because a person asks for it. A ledger that was put back may know less than
//! the books do: the next sync compares it with the witness, and stops before it sends anything where it is older.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::reason::check_reason;
use crate::domain::{Act, Actor};
use crate::error::Problem;
use crate::ledger::{AuditAct, Ledger, LedgerTx};
use crate::lock::FileLock;
use crate::ports::{Clock, IdSource, Signer};

/// A wish to put a backup back.
#[derive(Debug, Clone)]
pub struct RestoreAsk {
    /// The copy; `None` for the newest.
    pub backup: Option<PathBuf>,
    /// The person's reason.
    pub reason: String,
    /// The person who asks.
    pub actor: Actor,
}

/// Puts a backup in the place of the ledger, which is kept under another name; returns the copy that was taken. Nobody
/// may have the ledger open. The trail of the copy goes on with an entry that says so.
///
/// # Errors
/// If the reason says nothing, a run is on, there is no such copy or it is not whole, or the files cannot be moved. The
/// ledger is then as it was.
pub async fn restore(
    ledger: &Path,
    ask: RestoreAsk,
    signer: Arc<dyn Signer>,
    clock: &dyn Clock,
    ids: &dyn IdSource,
) -> Result<PathBuf, Problem> {
    let reason = check_reason(&ask.reason)?;
    let lock = FileLock::try_take(&Ledger::lock_file(ledger))?;
    let named = ask.backup.or_else(|| Ledger::newest_backup(ledger));
    let backup = named.ok_or_else(|| Problem::usage(ledger.with_file_name("backups").display()))?;
    if !backup.is_file() {
        return Err(Problem::usage(backup.display()));
    }
    let brought = Ledger::bring_back(&backup, ledger)?;
    Ledger::put_in_place(&brought, ledger, clock)?;
    drop(lock);
    let opened = Ledger::open(ledger, clock, ids)?;
    opened.seal_with(signer);
    let (now, actor) = (clock.now(), ask.actor);
    let detail = json!({ "file": backup.file_name().unwrap_or_default().to_string_lossy() });
    let entry = move |tx: &LedgerTx<'_>| {
        tx.audit(&AuditAct::new(now, &actor, Act::BackupRestored).reason(&reason).detail(detail))
    };
    opened.write(entry).await?;
    Ok(backup)
}
