//! Opens a workspace: the engine over its ledger, and the sandbox beside it if it is for practice.
//!
//! Invariant: a sandbox that was started here runs no longer than the workspace is open. It finishes its work when the
//! workspace is closed, and is ended at once when the value is dropped instead, by a panic or by a caller that waits no
//! longer.

use std::sync::Arc;

use postonce_connectors::Workspace;
use postonce_engine::error::Problem;
use postonce_engine::{Engine, Parts};
use postonce_sandbox::Sandbox;

/// A workspace in use.
pub struct OpenWorkspace {
    /// The workspace, as it stood in its file when it was opened.
    pub workspace: Workspace,
    /// The engine over its ledger.
    pub engine: Arc<Engine>,
    sandbox: Option<Arc<Sandbox>>,
}

/// Opens a workspace, acts on it, and closes it on every way out.
///
/// # Errors
/// The errors of [`OpenWorkspace::open`], and those of `act`.
pub async fn with_open_workspace<T, E: From<Problem>>(
    workspace: Workspace,
    act: impl AsyncFnOnce(&OpenWorkspace) -> Result<T, E>,
) -> Result<T, E> {
    let open = OpenWorkspace::open(workspace).await?;
    let done = act(&open).await;
    open.close().await;
    done
}

/// Opens a workspace to look into it, acts on it, and closes it on every way out. A ledger that may only be read is read.
///
/// # Errors
/// The errors of [`OpenWorkspace::open`], and those of `act`.
pub async fn with_workspace_to_look_into<T, E: From<Problem>>(
    workspace: Workspace,
    act: impl AsyncFnOnce(&OpenWorkspace) -> Result<T, E>,
) -> Result<T, E> {
    let open = OpenWorkspace::open_over(workspace, postonce_connectors::parts_to_look).await?;
    let done = act(&open).await;
    open.close().await;
    done
}

impl OpenWorkspace {
    /// Opens a workspace. The keyring may keep its caller waiting, so this is done on a thread for it.
    ///
    /// # Errors
    /// Fails when a secret cannot be had, the ledger cannot be opened, or the sandbox cannot be started.
    pub async fn open(workspace: Workspace) -> Result<Self, Problem> {
        Self::open_over(workspace, postonce_connectors::parts).await
    }

    /// Opens a workspace over a new, empty ledger beside its own, for a rebuild.
    ///
    /// # Errors
    /// The errors of [`Self::open`].
    pub(crate) async fn open_anew(workspace: Workspace) -> Result<Self, Problem> {
        Self::open_over(workspace, postonce_connectors::parts_anew).await
    }

    /// Opens the same workspace once more, as it stands in its file now, beside the sandbox that runs already.
    ///
    /// # Errors
    /// The errors of [`Self::open`].
    pub async fn reopen(&self, workspace: Workspace) -> Result<Self, Problem> {
        let Some(sandbox) = self.sandbox.clone() else { return Self::open(workspace).await };
        let engine = engine(&workspace, postonce_connectors::parts).await?;
        Ok(Self { workspace, engine, sandbox: Some(sandbox) })
    }

    /// Lets go of the engine, and ends the sandbox unless the workspace was opened once more beside it. Requests that
    /// are under way are answered first.
    pub async fn close(self) {
        let Self { engine, sandbox, .. } = self;
        drop(engine);
        if let Some(sandbox) = sandbox.and_then(Arc::into_inner) {
            sandbox.stop().await;
        }
    }

    async fn open_over(workspace: Workspace, parts: PartsOf) -> Result<Self, Problem> {
        // A ledger that cannot be opened needs no sandbox.
        let engine = engine(&workspace, parts).await?;
        // Nor does one that is only looked at, beside which a sandbox could keep no books.
        let sandbox = match engine.ledger().is_only_looked_at() {
            true => None,
            false => crate::sandbox(&workspace).await?.map(Arc::new),
        };
        Ok(Self { workspace, engine, sandbox })
    }
}

/// Makes the parts of an engine for a workspace.
type PartsOf = fn(&Workspace) -> Result<Parts, Problem>;

async fn engine(workspace: &Workspace, parts: PartsOf) -> Result<Arc<Engine>, Problem> {
    let workspace = workspace.clone();
    let made = tokio::task::spawn_blocking(move || parts(&workspace)).await;
    Ok(Engine::new(made.unwrap_or_else(|error| Err(Problem::internal(error)))?))
}

#[cfg(test)]
mod tests;
