//! Takes the walls for the verbs that stand in other folders.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::domain::{Actor, RunId};
use crate::engine::Engine;
use crate::export::ask::SyncEnd;
use crate::export::identity::Asks;
use crate::export::walls::{AcquiredLocks, LockRequest};
use crate::lock;
use crate::lock::{FileLock, Permit};
use crate::ports::{Connection, LockProgress};

/// The walls, held by a verb that posts nothing.
pub(crate) struct HeldForReading {
    pub(crate) connection: Connection,
    pub(crate) permit: Permit,
    file: Arc<FileLock>,
}

impl Engine {
    /// Takes the walls for something that posts nothing, or returns an end that says who holds them. A ledger that the
    /// accounting side knows to be older is let in: to compare it is the way out.
    pub(crate) async fn enter(
        &self,
        actor: &Actor,
        operation: &'static str,
        progress: watch::Receiver<LockProgress>,
        stop: &CancellationToken,
    ) -> Result<HeldForReading, Box<SyncEnd>> {
        let parts = self.parts();
        let run_id = RunId::new(parts.ids.fresh());
        let request = LockRequest {
            parts,
            actor,
            run_id: &run_id,
            operation,
            progress,
            shows: None,
            // The person sees whose turn it is.
            wait: Duration::ZERO,
            stop,
            checks_witness: false,
            asks: Asks::Everything,
        };
        let AcquiredLocks { connection, file, permit, .. } = request.take().await?;
        match permit {
            Some(permit) => Ok(HeldForReading { connection, permit, file }),
            None => Err(Box::default()),
        }
    }

    /// Gives them back, in reverse order.
    pub(crate) async fn leave(&self, locks: HeldForReading) {
        lock::give_back(locks.permit, self.parts().accounting.as_ref()).await;
        drop(locks.file);
    }
}
