//! Writes runs and certificates as files, at the place that a person chooses.

use postonce_engine::domain::RunId;
use postonce_engine::error::Problem;
use tauri::{Manager as _, State};

use super::Answer;
use crate::desktop::words;
use crate::host::AppHandle;
use crate::outside::Outside;
use crate::saving::{SavedFiles, choose, name_of, write_certificate, write_run};
use crate::wire::{CertificateFormat, Language, RunFormat, Saved};
use crate::wiring::Wiring;

/// Asks for a place, and writes the rows of a run there; `None` when the person cancels.
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
    let started_at = found.ok_or_else(|| Problem::run_not_found(&run))?.started_at;
    let name = name_of(words::FILE_OF_RUN.text(language.into()), started_at, &opened);
    let Some(place) = choose(&app, &name, postonce_reports::RunFormat::ending(format)).await? else { return Ok(None) };
    write_run(opened.engine.clone(), run, format, language, place.clone()).await?;
    Ok(Some(files.keep(place.path())))
}

/// Asks for a place, and writes the certificate of a run there; `None` when the person cancels.
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
    let started_at = found.ok_or_else(|| Problem::run_not_found(&run))?.started_at;
    let name = name_of(words::FILE_OF_CERTIFICATE.text(language.into()), started_at, &opened);
    let Some(place) = choose(&app, &name, format.ending()).await? else { return Ok(None) };
    write_certificate(opened, run, format.into(), language, place.clone()).await?;
    Ok(Some(files.keep(place.path())))
}

/// Opens a saved file, with the program that the person has for it.
#[tauri::command]
#[specta::specta]
pub(crate) fn open_saved(app: AppHandle, files: State<'_, SavedFiles>, id: u32) -> Answer<()> {
    Ok(app.state::<Outside>().open_path(&app, &files.path(id)?)?)
}

/// Shows a saved file in its folder.
#[tauri::command]
#[specta::specta]
pub(crate) fn show_saved(app: AppHandle, files: State<'_, SavedFiles>, id: u32) -> Answer<()> {
    Ok(app.state::<Outside>().show_path(&app, &files.path(id)?)?)
}

/// Begins an e-mail about a saved file in the person's mail program, and shows the file beside it: no system lets
/// another program attach one.
#[tauri::command]
#[specta::specta]
pub(crate) fn send_saved(
    app: AppHandle,
    files: State<'_, SavedFiles>,
    id: u32,
    subject: String,
    text: String,
) -> Answer<()> {
    let path = files.path(id)?;
    let mut draft = tauri::Url::parse("mailto:").map_err(Problem::internal)?;
    // A space is %20 here: mail programs show a plus as it is.
    let query = tauri::Url::parse_with_params("mailto:", [("subject", subject), ("body", text)]);
    let query = query.map_err(Problem::internal)?.query().unwrap_or_default().replace('+', "%20");
    draft.set_query(Some(&query));
    let outside = app.state::<Outside>();
    outside.open_page(&app, &draft)?;
    Ok(outside.show_path(&app, &path)?)
}

/// Prints the page that the window has made ready for paper; the system asks for the printer.
#[tauri::command]
#[specta::specta]
pub(crate) fn print_page(window: tauri::WebviewWindow<crate::host::Host>) -> Answer<()> {
    Ok(window.print().map_err(Problem::internal)?)
}
