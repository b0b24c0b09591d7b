//! Brings secrets from a person to the keyring: typed, tried out, kept together with their entry in the audit trail.

use std::sync::Arc;

use postonce_connectors::{Secrets, TypedSecrets, Workspace, actor};
use postonce_engine::SettingChange;
use postonce_engine::error::{ErrorCode, Problem};
use postonce_practice::OpenWorkspace;
use secrecy::SecretString;

use super::{Wiring, in_slot};
use crate::wire::{MissingSecret, SecretSide, secret_kind_of};

impl Wiring {
    /// Keeps a secret in memory until it is saved.
    pub(crate) fn hold(&self, side: SecretSide, value: SecretString) {
        self.held.hold(side, value);
    }

    /// Returns the secrets that were typed, by the names that this workspace has for them.
    pub(crate) fn held_for(&self, workspace: &Workspace) -> TypedSecrets {
        self.held.of(workspace, &SecretSide::BOTH)
    }

    /// Returns the secret that a person has to type, when the workspace cannot be opened for want of one.
    pub(crate) async fn missing_secret(&self, problem: &Problem) -> Option<MissingSecret> {
        if problem.code != ErrorCode::SecretMissing {
            return None;
        }
        let missing = problem.params.get("name")?.clone();
        let workspace = self.workspace().await.ok()?;
        let is_accounting = workspace.accounting().remote().is_some_and(|remote| remote.secret == missing);
        let side = if is_accounting { SecretSide::Accounting } else { SecretSide::Platform };
        Some(MissingSecret { side, secret: secret_kind_of(&workspace, side) })
    }

    /// Keeps the secrets that were typed for a workspace that could not be opened without them, enters that in its
    /// audit trail, and opens it. If it still cannot be opened, the keyring is as it was before, and the typed secrets
    /// are tried again together with those that are typed next.
    pub(crate) async fn keep_secrets(&self) -> Result<(), Problem> {
        let slot = self.slot.lock().await;
        if in_slot(&slot).is_some() {
            drop(slot);
            return self.change(&SecretSide::BOTH, |_| Vec::new()).await.map(drop);
        }
        let workspace = self.workspace().await?;
        let held = self.held.of(&workspace, &SecretSide::BOTH);
        if held.is_empty() {
            let names = workspace.secret_names();
            let name = names.first().copied().unwrap_or_default();
            return Err(Problem::secret_empty(name, Secrets::variable(name)));
        }
        let changes = setting_changes(&held);
        // The workspace is in use when all is done: until then no schedule may run over the entry.
        let open = async {
            let open = OpenWorkspace::open(workspace.clone()).await?;
            let still = open.engine.hold_still()?;
            open.engine.settings_changed(&still, &workspace.settings(), changes, &actor()).await?;
            Ok(open)
        };
        let open = Arc::new(Secrets::of(&workspace)).keep_while(held, open).await?;
        self.held.forget();
        self.recent.keep(workspace.dir());
        slot.send_replace(Some(Arc::new(open)));
        Ok(())
    }
}

/// Returns secrets as the audit trail has them: that they changed, and never to what.
pub(super) fn setting_changes(held: &TypedSecrets) -> Vec<SettingChange> {
    let change = |name| SettingChange { key: format!("secret {name}"), before: None, after: Some("…".to_owned()) };
    held.keys().map(change).collect()
}
