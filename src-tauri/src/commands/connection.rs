//! The other side. Slow where the network is, and therefore asked for apart from the ledger.

use tauri::State;

use super::Answer;
use crate::wire::{Connection, Lock};
use crate::wiring::Wiring;

/// Who we are over there, and what protects.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connection(wiring: State<'_, Wiring>) -> Answer<Connection> {
    Ok(wiring.engine().await?.connect().await?.into())
}

/// Who holds the lock.
#[tauri::command]
#[specta::specta]
pub(crate) async fn lock(wiring: State<'_, Wiring>) -> Answer<Option<Lock>> {
    Ok(wiring.engine().await?.lock().await?.map(Lock::from))
}
