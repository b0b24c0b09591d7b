//! Changes settings while nothing runs, with an entry in the audit trail.

use serde_json::json;

use crate::domain::{Act, Actor};
use crate::engine::Engine;
use crate::error::Problem;
use crate::ledger::{AuditAct, LedgerTx};
use crate::lock::{FileLock, FileLockError};
use crate::settings::Settings;

/// A guard: while it lives, no run is on in this workspace on this machine, and none begins.
#[derive(Debug)]
pub struct Stillness {
    _file: FileLock,
}

/// One setting that became another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingChange {
    /// The key with its tables.
    pub key: String,
    /// The value that stood there; never a secret.
    pub before: Option<String>,
    /// The value that stands there now; never a secret.
    pub after: Option<String>,
}

impl Engine {
    /// Keeps runs away while the settings are changed.
    ///
    /// # Errors
    /// [`Problem::run_is_on`] if one is on, here or in another program on this machine.
    pub fn hold_still(&self) -> Result<Stillness, Problem> {
        if self.syncing().is_some() {
            return Err(Problem::run_is_on());
        }
        match FileLock::try_take(&self.parts().settings.file_lock) {
            Ok(file) => Ok(Stillness { _file: file }),
            Err(FileLockError::Held(_)) => Err(Problem::run_is_on()),
            Err(error) => Err(error.into()),
        }
    }

    /// Enters in the audit trail that the settings were changed, and to what. The settings that decide over vouchers
    /// stand there as a whole. The next run reports a change that was made past this program; so it does not report
    /// this one again.
    ///
    /// # Errors
    /// If the ledger cannot be written.
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
