//! Answers for the accounting side. It is slow where the network is, and therefore asked for apart from the ledger.

use postonce_connectors::actor;
use postonce_engine::BreakAsk;
use tauri::State;

use super::Answer;
use crate::wire::{Connection, Lock, MemoryState};
use crate::wiring::Wiring;

/// Returns the user that the accounting system knows, and the protection it gives.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connection(wiring: State<'_, Wiring>) -> Answer<Connection> {
    Ok(wiring.engine().await?.connect().await?.into())
}

/// Returns whether the accounting system keeps every witness of the audit trail.
#[tauri::command]
#[specta::specta]
pub(crate) async fn witness_history(wiring: State<'_, Wiring>) -> Answer<MemoryState> {
    Ok(wiring.engine().await?.witness_history().await.into())
}

/// Returns the holder of the lock.
#[tauri::command]
#[specta::specta]
pub(crate) async fn lock(wiring: State<'_, Wiring>) -> Answer<Option<Lock>> {
    Ok(wiring.engine().await?.lock(&actor()).await?.map(Lock::from))
}

/// Takes the lock from its holder, whose name is typed again, with a reason. Returns the lock as it was.
#[tauri::command]
#[specta::specta]
pub(crate) async fn break_lock(wiring: State<'_, Wiring>, confirm: String, reason: String) -> Answer<Lock> {
    Ok(wiring.engine().await?.break_lock(BreakAsk { confirm, reason, actor: actor() }).await?.into())
}
