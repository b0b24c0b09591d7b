//! Rebuilds the ledger of the workspace in use: the workspace is closed for it, and opened afresh when it is next asked
//! for.

use std::sync::Arc;
use std::time::Duration;

use postonce_connectors::actor;
use postonce_engine::Rebuilt;
use postonce_engine::error::Problem;
use postonce_practice::{OpenWorkspace, RebuildWish};

use super::{Wiring, in_slot};
use crate::wire::Work;

/// The most looks whether a ledger is closed, and the pause between two.
const CLOSE_LOOKS_MAX: u32 = 200;
const CLOSE_PAUSE: Duration = Duration::from_millis(25);

impl Wiring {
    /// Makes a new ledger from the accounting system and puts it in the place of the old one, whether that can be
    /// opened or not. `confirm` is the organisation's name, typed again; a ledger that can be read wants a reason.
    pub(crate) async fn rebuild(&self, confirm: &str, reason: Option<String>) -> Result<Rebuilt, Problem> {
        let begun = self.works.begin(Work::Rebuild);
        let slot = self.slot.lock().await;
        let workspace = self.workspace().await?;
        if workspace.organisation_name() != confirm {
            return Err(Problem::confirmation_differs(workspace.organisation_name(), confirm));
        }
        if in_slot(&slot).is_some_and(|open| open.engine.syncing().is_some()) {
            return Err(Problem::run_is_on());
        }
        // A sandbox that still answers while it ends would be taken for somebody else's.
        if let Some(open) = slot.send_replace(None) {
            close(open).await?;
        }
        let wish = RebuildWish { actor: actor(), reason, confirm: Some(confirm.to_owned()) };
        let rebuilt = postonce_practice::rebuild(&workspace, wish, begun.stop(), || ()).await;
        rebuilt.map_err(|failure| failure.problem)
    }
}

/// Closes a workspace as soon as nobody else uses it or its engine any more: the scheduler ends with it, and so does a
/// task that still reads a page.
async fn close(mut open: Arc<OpenWorkspace>) -> Result<(), Problem> {
    for _ in 0..CLOSE_LOOKS_MAX {
        if Arc::strong_count(&open.engine) == 1 {
            match Arc::try_unwrap(open) {
                Ok(open) => {
                    open.close().await;
                    return Ok(());
                }
                Err(shared) => open = shared,
            }
        }
        tokio::time::sleep(CLOSE_PAUSE).await;
    }
    Err(Problem::ledger_busy(open.workspace.ledger_path().display(), None))
}
