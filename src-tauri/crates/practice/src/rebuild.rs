//! Rebuilds the ledger of a workspace: a new one is made beside the old one, filled from the accounting system, and put
//! in its place.

use postonce_connectors::{SystemClock, Workspace};
use postonce_engine::domain::Actor;
use postonce_engine::error::Problem;
use postonce_engine::views::LockFacts;
use postonce_engine::{OldLedger, RebuildAsk, RebuildEnd, Rebuilt};
use tokio_util::sync::CancellationToken;

use crate::OpenWorkspace;

/// The reason why the old ledger is still the one in use.
#[derive(Debug)]
pub struct RebuildFailure {
    /// The problem.
    pub problem: Problem,
    /// The lock, when somebody else holds it.
    pub lock: Option<Box<LockFacts>>,
}

impl From<Problem> for RebuildFailure {
    fn from(problem: Problem) -> Self {
        Self { problem, lock: None }
    }
}

/// A person's wish to rebuild.
#[derive(Debug, Clone)]
pub struct RebuildWish {
    /// The person.
    pub actor: Actor,
    /// The reason, if one was given.
    pub reason: Option<String>,
    /// The organisation's name or id, typed again, if it was.
    pub confirm: Option<String>,
}

/// Makes a new ledger from the accounting system and puts it in the place of the old one, which is kept under another
/// name. Nobody may have the old one open. `begun` is called when source and accounting system are about to be read.
///
/// # Errors
/// Fails when the old ledger can be read and reason or confirmation are missing, the workspace cannot be opened,
/// somebody else holds the lock, `stop` was asked for, source or accounting system cannot be read, or the files cannot
/// be moved. The old ledger is then still the one in use.
pub async fn rebuild(
    workspace: &Workspace,
    wish: RebuildWish,
    stop: CancellationToken,
    begun: impl FnOnce(),
) -> Result<Rebuilt, RebuildFailure> {
    let ask = ask(workspace, wish).await?;
    let open = OpenWorkspace::open_anew(workspace.clone()).await?;
    let (made_at, lock) = (open.engine.ledger().path().to_owned(), workspace.lock_path());
    begun();
    let end = open.engine.rebuild_until(ask, stop).await;
    // The new ledger is closed before it takes the other's place.
    open.close().await;
    let RebuildEnd { rebuilt, refused } = end?;
    let Some(rebuilt) = rebuilt else {
        let problem = refused.error.unwrap_or_else(|| Problem::internal("the rebuild ended without a word"));
        return Err(RebuildFailure { problem, lock: refused.lock.map(Box::new) });
    };
    let ledger = workspace.ledger_path();
    let put = move || postonce_engine::put_in_place(&made_at, &ledger, &lock, &SystemClock::start());
    tokio::task::spawn_blocking(put).await.unwrap_or_else(|error| Err(Problem::internal(error)))?;
    Ok(rebuilt)
}

/// Holds the wish against the ledger that it would replace.
async fn ask(workspace: &Workspace, wish: RebuildWish) -> Result<RebuildAsk, Problem> {
    let RebuildWish { actor, reason, confirm } = wish;
    let (name, id) = (workspace.organisation_name(), workspace.organisation().as_str());
    if let Some(typed) = confirm.as_deref().map(str::trim).filter(|typed| *typed != name && *typed != id) {
        return Err(Problem::confirmation_differs(name, typed));
    }
    let path = workspace.ledger_path();
    let look = tokio::task::spawn_blocking(move || (OldLedger::at(&path), path)).await;
    let (old, path) = look.map_err(Problem::internal)?;
    RebuildAsk::new(actor, &path, old, reason.as_deref(), confirm.is_some())
}
