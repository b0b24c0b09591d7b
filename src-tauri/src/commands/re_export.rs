//! Exports one record once more: shown, requested, approved or declined.

use postonce_connectors::actor;
use postonce_engine::ReExportStep;
use tauri::State;

use super::{Answer, watched};
use crate::host::AppHandle;
use crate::wire::{ReExport, ReExportAsked, ReExportPreview, ReExportWish, SyncStarted, each, instant};
use crate::wiring::Wiring;

/// Returns the exported content, the present content of the accounting system, and the voucher that would be made.
#[tauri::command]
#[specta::specta]
pub(crate) async fn re_export_preview(wiring: State<'_, Wiring>, record_id: String) -> Answer<ReExportPreview> {
    Ok(wiring.engine().await?.re_export_preview(&record_id).await?.into())
}

/// Requests a re-export. Events report its progress, unless another person has to approve it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn re_export(app: AppHandle, wiring: State<'_, Wiring>, wish: ReExportWish) -> Answer<ReExportAsked> {
    Ok(match wiring.engine().await?.re_export(wish.by(actor())).await? {
        ReExportStep::Waits(waits) => ReExportAsked::Waits { re_export: (*waits).into() },
        ReExportStep::Runs(run) => ReExportAsked::Runs { joined: watched(app, run).joined },
    })
}

/// Returns the re-exports that wait for somebody's approval, oldest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn waiting_re_exports(wiring: State<'_, Wiring>) -> Answer<Vec<ReExport>> {
    Ok(each(wiring.engine().await?.waiting_re_exports().await?))
}

/// Approves the re-export that somebody else requested at that moment, and sends it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn approve_re_export(
    app: AppHandle,
    wiring: State<'_, Wiring>,
    record_id: String,
    confirm: String,
    requested_at: String,
) -> Answer<SyncStarted> {
    let asked_at = instant(&requested_at)?;
    let run = wiring.engine().await?.approve_re_export(&record_id, &confirm, Some(asked_at), actor()).await?;
    Ok(watched(app, run))
}

/// Declines a waiting re-export, or takes it back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn decline_re_export(wiring: State<'_, Wiring>, record_id: String, reason: String) -> Answer<()> {
    Ok(wiring.engine().await?.withdraw_re_export(&record_id, &reason, actor()).await?)
}
