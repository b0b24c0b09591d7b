//! Settings that are changed while nothing runs, with their entry in the audit trail.

use serde_json::json;

use crate::domain::{Act, Actor};
use crate::engine::Engine;
use crate::error::{ErrorCode, Problem};
use crate::ledger::{AuditAct, LedgerTx};
use crate::lock::{FileLock, FileLockError};
use crate::settings::Settings;

/// While it lives, no run is on in this workspace on this machine, and none begins.
#[derive(Debug)]
pub struct Stillness {
    _file: FileLock,
}

/// One setting that became another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingChange {
    /// The key with its tables.
    pub key: String,
    /// What stood there; never a secret.
    pub before: Option<String>,
    /// What stands there now; never a secret.
    pub after: Option<String>,
}

impl Engine {
    /// Keeps runs away while the settings are changed.
    ///
    /// # Errors
    /// [`ErrorCode::RunIsOn`] when one is on, here or in another program on this machine.
    pub fn hold_still(&self) -> Result<Stillness, Problem> {
        if self.syncing().is_some() {
            return Err(Problem::new(ErrorCode::RunIsOn));
        }
        match FileLock::try_take(&self.parts().settings.file_lock) {
            Ok(file) => Ok(Stillness { _file: file }),
            Err(FileLockError::Held(_)) => Err(Problem::new(ErrorCode::RunIsOn)),
            Err(error) => Err(error.into()),
        }
    }

    /// Enters in the audit trail that the settings were changed, and to what. What decides over vouchers stands there as a
    /// whole, so that the next run, which tells a change that was made past this program, does not tell this one again.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn settings_changed(
        &self,
        _still: &Stillness,
        after: &Settings,
        changes: Vec<SettingChange>,
        actor: &Actor,
    ) -> Result<(), Problem> {
        let (before, after) = (self.parts().settings.for_trail(), after.for_trail());
        let (actor, now) = (actor.clone(), self.parts().clock.now());
        let changes: Vec<_> = changes
            .into_iter()
            .map(|change| json!({ "key": change.key, "before": change.before, "after": change.after }))
            .collect();
        let act = move |tx: &LedgerTx<'_>| {
            let before = tx.newest_settings()?.unwrap_or(before);
            let detail = json!({ "before": before, "after": after, "changes": changes });
            tx.audit(&AuditAct::new(now, &actor, Act::SettingsChanged).detail(detail))
        };
        self.parts().ledger.write(act).await?;
        Ok(())
    }
}
