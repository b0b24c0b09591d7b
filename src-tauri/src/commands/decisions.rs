//! Keeps a person's decisions: on records that changed or vanished, and on records in doubt.

use postonce_connectors::actor;
use postonce_engine::ResolveAsk;
use tauri::State;

use super::Answer;
use crate::wire::{End, Verdict};
use crate::wiring::Wiring;

/// Keeps the decision that a record may stay as it is, although it changed, or its voucher is not there as it was.
#[tauri::command]
#[specta::specta]
pub(crate) async fn accept(wiring: State<'_, Wiring>, record_id: String, reason: String) -> Answer<()> {
    Ok(wiring.engine().await?.accept(&record_id, &reason, &actor()).await?)
}

/// Settles a record in doubt. The end names the holder of the lock, when that stood in the way.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve(
    wiring: State<'_, Wiring>,
    record_id: String,
    verdict: Verdict,
    reason: String,
) -> Answer<End> {
    let ask = ResolveAsk { record_id, resolution: verdict.into(), reason, actor: actor() };
    Ok(wiring.engine().await?.resolve(ask).await?.into())
}
