//! The walls, for the verbs that stand in other folders.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::engine::{Engine, SyncEnd};
use super::walls::{Entry, Held};
use crate::domain::{Actor, RunId};
use crate::lock::{self, FileLock, Permit};
use crate::ports::{Connection, LockProgress};

/// The walls, held by a verb that posts nothing.
pub(crate) struct Inside {
    pub(crate) connection: Connection,
    pub(crate) permit: Permit,
    file: Arc<FileLock>,
}

impl Engine {
    /// Takes the walls for something that posts nothing, or says who holds them. A ledger that the accounting side knows to
    /// be older is let in: to compare it is the way out.
    pub(crate) async fn enter(
        &self,
        actor: &Actor,
        operation: &'static str,
        progress: watch::Receiver<LockProgress>,
        stop: &CancellationToken,
    ) -> Result<Inside, Box<SyncEnd>> {
        let parts = self.parts();
        let run_id = RunId::new(parts.ids.fresh());
        let entry = Entry {
            parts,
            actor,
            run_id: &run_id,
            operation,
            progress,
            shows: None,
            // The person is told whose turn it is.
            wait: Duration::ZERO,
            stop,
            checks_witness: false,
        };
        let Held { connection, file, permit, .. } = entry.take().await?;
        match permit {
            Some(permit) => Ok(Inside { connection, permit, file }),
            None => Err(Box::default()),
        }
    }

    /// Gives them back, in reverse order.
    pub(crate) async fn leave(&self, inside: Inside) {
        lock::give_back(inside.permit, self.parts().accounting.as_ref()).await;
        drop(inside.file);
    }
}
