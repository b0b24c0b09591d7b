//! The audit trail: read, checked, taken along.

use chrono::Utc;
use postonce_engine::error::{ErrorCode, Told};
use postonce_reports::{TrailFormat, write_trail};
use tauri::{AppHandle, State};

use super::Answer;
use crate::save;
use crate::wire::{AuditEntryFull, AuditFilter, AuditVerdict, Language, Written, each};
use crate::wiring::{Wiring, actor};

/// Entries in an answer at most, whatever is asked for.
const ENTRIES_MAX: u32 = 500;
/// People to choose from, at most.
const ACTORS_MAX: u32 = 200;

/// Entries that fit, newest first, those before one where it is given.
#[tauri::command]
#[specta::specta]
pub(crate) async fn audit(
    wiring: State<'_, Wiring>,
    filter: AuditFilter,
    before: Option<u32>,
    limit: u32,
) -> Answer<Vec<AuditEntryFull>> {
    let opened = wiring.opened().await?;
    let filter = filter.within(&opened.workspace.time_zone())?;
    let limit = limit.min(ENTRIES_MAX);
    Ok(each(opened.engine.ledger().audit_page(&filter, before.map(u64::from), limit).await?))
}

/// Who has left an entry, by name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn audit_actors(wiring: State<'_, Wiring>) -> Answer<Vec<String>> {
    Ok(wiring.engine().await?.ledger().audit_actors(ACTORS_MAX).await?)
}

/// Checks the whole trail: the chain, the seals, the witness.
#[tauri::command]
#[specta::specta]
pub(crate) async fn verify_audit(wiring: State<'_, Wiring>) -> Answer<AuditVerdict> {
    Ok(wiring.engine().await?.verify_audit(actor()).await?.into())
}

/// Writes the whole trail to a file that the person chooses; `null` where they choose none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_audit(
    app: AppHandle,
    wiring: State<'_, Wiring>,
    language: Language,
) -> Answer<Option<Written>> {
    let ledger = wiring.engine().await?.ledger().clone();
    let name = format!("{}-{}.csv", language.of_both("audit-trail", "revisjonsspor"), Utc::now().format("%Y-%m-%d"));
    let Some(path) = save::choose(&app, &name, &[("CSV", "csv"), ("JSON", "json")]).await else { return Ok(None) };
    let format = TrailFormat::of(&path).ok_or_else(|| {
        let told = Told::new(ErrorCode::ReportFormatUnknown).with("path", path.display());
        told.with("allowed", TrailFormat::ENDINGS)
    })?;
    save::write(&path, async move |out| write_trail(&ledger, format, language.into(), out).await.map(|_| ())).await?;
    Ok(Some(Written { path: path.display().to_string() }))
}
