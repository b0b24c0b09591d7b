//! Runs and certificates as files, where a person wants them.

use postonce_engine::domain::RunId;
use postonce_engine::error::{ErrorCode, Problem};
use tauri::{Manager as _, State};

use super::Answer;
use crate::host::AppHandle;
use crate::outside::Outside;
use crate::saving::{SavedFiles, choose, name_of, write_certificate, write_run};
use crate::wire::{CertificateFormat, Language, RunFormat, Saved};
use crate::wiring::Wiring;

/// Asks where, and writes the rows of a run there; `None` when nobody wants it after all.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_run(
    app: AppHandle,
    wiring: State<'_, Wiring>,
    files: State<'_, SavedFiles>,
    run_id: String,
    format: RunFormat,
    language: Language,
) -> Answer<Option<Saved>> {
    let (opened, run, format) = (wiring.opened().await?, RunId::new(run_id), format.into());
    let found = opened.engine.ledger().run(&run).await?;
    let started_at = found.ok_or_else(|| Problem::new(ErrorCode::RunNotFound).with("id", &run))?.started_at;
    let name = name_of(language.either("run", "kjoring"), started_at, &opened);
    let Some(path) = choose(&app, &name, postonce_reports::RunFormat::ending(format)).await? else { return Ok(None) };
    write_run(opened.engine.clone(), run, format, language, path.clone()).await?;
    Ok(Some(files.keep(path)))
}

/// Asks where, and writes the certificate of a run there; `None` when nobody wants it after all.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_certificate(
    app: AppHandle,
    wiring: State<'_, Wiring>,
    files: State<'_, SavedFiles>,
    run_id: String,
    format: CertificateFormat,
    language: Language,
) -> Answer<Option<Saved>> {
    let (opened, run) = (wiring.opened().await?, RunId::new(run_id));
    let found = opened.engine.ledger().run(&run).await?;
    let started_at = found.ok_or_else(|| Problem::new(ErrorCode::RunNotFound).with("id", &run))?.started_at;
    let name = name_of(language.either("certificate", "eksportattest"), started_at, &opened);
    let Some(path) = choose(&app, &name, format.ending()).await? else { return Ok(None) };
    write_certificate(opened, run, format.into(), language, path.clone()).await?;
    Ok(Some(files.keep(path)))
}

/// Opens a file that was saved, with the program that the person has for it.
#[tauri::command]
#[specta::specta]
pub(crate) fn open_saved(app: AppHandle, files: State<'_, SavedFiles>, id: u32) -> Answer<()> {
    Ok(app.state::<Outside>().open_path(&app, &files.path(id)?)?)
}

/// Shows a file that was saved in its folder.
#[tauri::command]
#[specta::specta]
pub(crate) fn show_saved(app: AppHandle, files: State<'_, SavedFiles>, id: u32) -> Answer<()> {
    Ok(app.state::<Outside>().show_path(&app, &files.path(id)?)?)
}

/// Prints what the window has made ready for paper; the system asks where.
#[tauri::command]
#[specta::specta]
pub(crate) fn print_page(window: tauri::WebviewWindow<crate::host::Host>) -> Answer<()> {
    Ok(window.print().map_err(Problem::internal)?)
}
