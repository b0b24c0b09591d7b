//! Answers for the workspace at one glance, and makes one to practise in.

use chrono::{Datelike as _, Months};
use postonce_connectors::SystemClock;
use postonce_engine::error::ErrorCode;
use postonce_engine::ports::Clock as _;
use postonce_practice::Wish;
use tauri::State;

use super::Answer;
use crate::blocking::blocking;
use crate::desktop;
use crate::follow::{RunNews, emit};
use crate::host::AppHandle;
use crate::wire::{Language, Month, Overview, each, moment};
use crate::wiring::Wiring;

/// The number of records of a practice workspace: enough to scroll in, few enough to look through.
const PRACTICE_RECORDS: usize = 240;
/// The seed of every practice workspace, so that all have the same records.
const PRACTICE_SEED: u64 = 1;
/// The number of runs on the first screen.
const RUNS_SHOWN: u32 = 5;

/// The most months that the first screen may ask for.
const MONTHS_MAX: u32 = 24;

/// Returns the workspace with its counts and last runs; asks only the ledger.
#[tauri::command]
#[specta::specta]
pub(crate) async fn overview(app: AppHandle, wiring: State<'_, Wiring>) -> Answer<Overview> {
    let opened = match wiring.opened().await {
        Ok(opened) => opened,
        Err(problem) if problem.code == ErrorCode::WorkspaceMissing => {
            return Ok(Overview::Missing { path: wiring.folder().display().to_string() });
        }
        Err(problem) => {
            let organisation = wiring.organisation_name().await;
            let secret = wiring.missing_secret(&problem).await;
            return Ok(Overview::Broken { problem: problem.into(), organisation, secret });
        }
    };
    let counts = opened.engine.counts().await?;
    if opened.engine.syncing().is_none() {
        emit(&app, &RunNews::Idle { attention: counts.attention() });
    }
    Ok(Overview::Ready {
        path: wiring.folder().display().to_string(),
        organisation: opened.workspace.organisation_name().to_owned(),
        practice: opened.workspace.is_practice(),
        voucher_pages: opened.engine.has_voucher_pages(),
        counts: counts.into(),
        runs: each(opened.engine.ledger().runs(RUNS_SHOWN, None).await?),
    })
}

/// Returns the exported sums of each of the last months, as the books of that month have them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn exported_by_month(wiring: State<'_, Wiring>, months: u32) -> Answer<Vec<Month>> {
    let months = Months::new(months.clamp(1, MONTHS_MAX) - 1);
    let today = SystemClock::start().now().date_naive();
    let from = today.with_day(1).and_then(|first| first.checked_sub_months(months)).unwrap_or(today);
    Ok(each(wiring.engine().await?.ledger().exported_by_month(from).await?))
}

/// Returns when the schedule starts the next run; `None` without a schedule.
#[tauri::command]
#[specta::specta]
pub(crate) async fn next_run(wiring: State<'_, Wiring>) -> Answer<Option<String>> {
    Ok(wiring.engine().await?.next_run().await?.map(moment))
}

/// Makes a workspace to practise in, when there is none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn make_practice_workspace(wiring: State<'_, Wiring>) -> Answer<()> {
    let folder = wiring.folder();
    let newest = SystemClock::start().now().date_naive();
    let wish = Wish { port: None, records: PRACTICE_RECORDS, seed: PRACTICE_SEED, newest };
    blocking(move || postonce_practice::make(&folder, &wish)).await?;
    wiring.opened().await?;
    Ok(())
}

/// Returns the language that the operating system is set to.
#[tauri::command]
#[specta::specta]
pub(crate) fn system_language() -> Language {
    desktop::system_language().into()
}
