//! Answers for the ledger itself: its place, its copy, its comparison with the accounting system, and its rebuild.

use chrono::NaiveDate;
use postonce_connectors::{SystemClock, actor};
use postonce_engine::error::Problem;
use postonce_engine::ports::Clock as _;
use postonce_engine::{CompareAsk, ForgetAsk};
use postonce_reports::{Format, Report};
use tauri::State;
use tauri_specta::Event as _;

use super::Answer;
use crate::desktop::words;
use crate::events::CompareProgress;
use crate::host::AppHandle;
use crate::saving::{SavedFiles, choose_among, report_of, write_comparison};
use crate::wire::{
    CompareNews, Comparison, Difference, Forgotten, Language, LedgerFacts, Period, Rebuilt, Saved, Work, count, each,
};
use crate::wiring::Wiring;

/// The most differences in an answer, whatever is asked for.
const DIFFERENCES_MAX: u32 = 500;

/// Returns the place of the ledger, its size, and the time of its last copy.
#[tauri::command]
#[specta::specta]
pub(crate) async fn ledger(wiring: State<'_, Wiring>) -> Answer<LedgerFacts> {
    Ok(wiring.engine().await?.ledger().file()?.into())
}

/// Copies the ledger now; returns its facts as they are then.
#[tauri::command]
#[specta::specta]
pub(crate) async fn back_up(wiring: State<'_, Wiring>) -> Answer<LedgerFacts> {
    let engine = wiring.engine().await?;
    engine.back_up(actor()).await?;
    Ok(engine.ledger().file()?.into())
}

/// Returns how many records from before a day would lose what they say of people.
#[tauri::command]
#[specta::specta]
pub(crate) async fn due_to_be_forgotten(wiring: State<'_, Wiring>, before: String) -> Answer<u32> {
    Ok(count(wiring.engine().await?.due_to_be_forgotten(day(&before)?).await?))
}

/// Blanks payees and texts of the records from before a day that are done with, here and in every copy.
#[tauri::command]
#[specta::specta]
pub(crate) async fn forget(wiring: State<'_, Wiring>, before: String, reason: String) -> Answer<Forgotten> {
    let ask = ForgetAsk { before: day(&before)?, reason, actor: actor() };
    Ok(wiring.engine().await?.forget(ask).await?.into())
}

fn day(text: &str) -> Result<NaiveDate, Problem> {
    text.parse().map_err(|_| Problem::usage(text))
}

/// Compares the ledger with the accounting system, both ways; events report the progress. `null` when it was stopped.
#[tauri::command]
#[specta::specta]
pub(crate) async fn compare(app: AppHandle, wiring: State<'_, Wiring>, period: Period) -> Answer<Option<Comparison>> {
    let ask = CompareAsk { period: period.try_into()?, actor: actor() };
    let engine = wiring.engine().await?;
    let begun = wiring.works.begin(Work::Compare);
    let show = |progress| _ = CompareProgress(CompareNews::from(progress)).emit(&app);
    let end = engine.compare(ask, show, begun.stop()).await;
    match end.error {
        Some(problem) => Err(problem.into()),
        None => Ok(end.comparison.map(Comparison::from)),
    }
}

/// Asks the comparison that is on to stop. `false` when none is.
#[tauri::command]
#[specta::specta]
pub(crate) fn stop_compare(wiring: State<'_, Wiring>) -> bool {
    wiring.works.stop(Work::Compare)
}

/// Returns the differences of a comparison after a position, in their order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn differences(
    wiring: State<'_, Wiring>,
    comparison_id: u32,
    after: u32,
    limit: u32,
) -> Answer<Vec<Difference>> {
    let engine = wiring.engine().await?;
    let limit = limit.min(DIFFERENCES_MAX);
    Ok(each(engine.ledger().differences(comparison_id.into(), after.into(), limit).await?))
}

/// Asks for a place, and writes a comparison there; `None` when the person cancels.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_comparison(
    app: AppHandle,
    wiring: State<'_, Wiring>,
    files: State<'_, SavedFiles>,
    comparison_id: u32,
    language: Language,
) -> Answer<Option<Saved>> {
    let opened = wiring.opened().await?;
    let ledger = opened.engine.ledger().clone();
    let missing = || Problem::certificate_missing(comparison_id);
    let comparison = ledger.comparison(comparison_id.into()).await?.ok_or_else(missing)?;
    let made_at = SystemClock::start().now();
    let name = format!("{}-{}", words::FILE_OF_COMPARISON.text(language.into()), made_at.format("%Y-%m-%d"));
    let Some(place) = choose_among(&app, &name, &["pdf", "csv", "json"]).await? else { return Ok(None) };
    let format = Format::of(place.path())
        .ok_or_else(|| Problem::report_format_unknown(place.path().display(), Format::ENDINGS))?;
    let report = Report { made_at, ..report_of(&opened, comparison, ledger.papers(None).await?, language) };
    write_comparison(ledger, report, format, place.clone()).await?;
    Ok(Some(files.keep(place.path())))
}

/// Makes a new ledger from the accounting system, in the place of the old one, which is kept under another name. The
/// organisation's name is typed again; a ledger that can be read is replaced only with a reason.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rebuild(wiring: State<'_, Wiring>, confirm: String, reason: Option<String>) -> Answer<Rebuilt> {
    Ok(wiring.rebuild(&confirm, reason).await?.into())
}
