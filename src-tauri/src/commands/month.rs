//! Answers for a month as a bookkeeper closes it.

use chrono::{Datelike as _, NaiveDate};
use postonce_engine::error::Problem;
use postonce_reports::{Format, Report};
use tauri::State;

use super::Answer;
use crate::desktop::words;
use crate::host::AppHandle;
use crate::saving::{SavedFiles, choose, report_of, write_comparison};
use crate::wire::{Language, MonthClose, MonthRecords, Saved, each};
use crate::wiring::Wiring;

/// Returns the months that have records, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn months(wiring: State<'_, Wiring>) -> Answer<Vec<MonthRecords>> {
    Ok(each(wiring.engine().await?.ledger().months().await?))
}

/// Returns the state of the month of that day, and its books; asks only the ledger.
#[tauri::command]
#[specta::specta]
pub(crate) async fn month_close(wiring: State<'_, Wiring>, month: String) -> Answer<MonthClose> {
    let (month, engine) = (first_of(&month)?, wiring.engine().await?);
    let state = engine.ledger().month_state(month).await?;
    Ok(MonthClose::new(state, engine.ledger().month_books(month).await?))
}

/// Asks for a place, and writes the page of a month there, once it was compared; `None` when the person cancels.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_month(
    app: AppHandle,
    wiring: State<'_, Wiring>,
    files: State<'_, SavedFiles>,
    month: String,
    language: Language,
) -> Answer<Option<Saved>> {
    let (month, opened) = (first_of(&month)?, wiring.opened().await?);
    let ledger = opened.engine.ledger().clone();
    let books = ledger.month_books(month).await?;
    let comparison = books.comparison.ok_or_else(|| Problem::certificate_missing(month.format("%Y-%m")))?;
    let name = format!("{}-{}", words::FILE_OF_MONTH.text(language.into()), month.format("%Y-%m"));
    let Some(place) = choose(&app, &name, "pdf").await? else { return Ok(None) };
    let papers = ledger.papers(None).await?;
    let report = Report { accounts: books.accounts, ..report_of(&opened, comparison, papers, language) };
    write_comparison(ledger, report, Format::Pdf, place.clone()).await?;
    Ok(Some(files.keep(place.path())))
}

/// Returns the first day of the month of a day.
fn first_of(day: &str) -> Result<NaiveDate, Problem> {
    let parsed = day.parse::<NaiveDate>().ok().and_then(|day| day.with_day(1));
    parsed.ok_or_else(|| Problem::usage(format!("{day:?} is no day")))
}
