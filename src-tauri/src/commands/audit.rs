//! Answers for the audit trail: its entries, its check, its file.

use postonce_connectors::{SystemClock, actor};
use postonce_engine::error::Problem;
use postonce_engine::ports::Clock as _;
use postonce_reports::TrailFormat;
use tauri::State;

use super::Answer;
use crate::desktop::words;
use crate::host::AppHandle;
use crate::saving::{SavedFiles, choose_among, write_trail};
use crate::wire::{AuditEntryFull, AuditFilter, AuditVerdict, Language, Saved, each};
use crate::wiring::Wiring;

/// The most entries in an answer, whatever is asked for.
const ENTRIES_MAX: u32 = 500;
/// The most people to choose from.
const ACTORS_MAX: u32 = 200;

/// Returns the entries that fit, newest first; with `before`, those before that entry.
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

/// Returns the names of everybody who has left an entry.
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

/// Asks for a place, and writes the whole trail there; `None` when the person cancels.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_audit(
    app: AppHandle,
    wiring: State<'_, Wiring>,
    files: State<'_, SavedFiles>,
    language: Language,
) -> Answer<Option<Saved>> {
    let ledger = wiring.engine().await?.ledger().clone();
    let name =
        format!("{}-{}", words::FILE_OF_TRAIL.text(language.into()), SystemClock::start().now().format("%Y-%m-%d"));
    let Some(place) = choose_among(&app, &name, &["csv", "json"]).await? else { return Ok(None) };
    let format = TrailFormat::of(place.path())
        .ok_or_else(|| Problem::report_format_unknown(place.path().display(), TrailFormat::ENDINGS))?;
    write_trail(ledger, format, language, place.clone()).await?;
    Ok(Some(files.keep(place.path())))
}
