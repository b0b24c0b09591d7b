//! The workspace at one glance, and its beginning.

use postonce_connectors::SystemClock;
use postonce_engine::error::ErrorCode;
use postonce_engine::ports::Clock as _;
use postonce_practice::Wish;
use tauri::{AppHandle, State};

use super::Answer;
use crate::desktop::{self, Shown};
use crate::wire::{Language, Overview, each};
use crate::wiring::{Wiring, blocking};

/// Records of a practice workspace: enough to scroll in, few enough to look through.
const PRACTICE_RECORDS: usize = 240;
/// Every practice workspace has the same ones.
const PRACTICE_SEED: u64 = 1;
/// Runs on the first screen.
const RUNS_SHOWN: u32 = 5;

/// The workspace with its counts and last runs; asks only the ledger.
#[tauri::command]
#[specta::specta]
pub(crate) async fn overview(app: AppHandle, wiring: State<'_, Wiring>) -> Answer<Overview> {
    let opened = match wiring.opened().await {
        Ok(opened) => opened,
        Err(told) if told.code == ErrorCode::WorkspaceMissing => {
            return Ok(Overview::Missing { path: wiring.folder().display().to_string() });
        }
        Err(told) => {
            let organisation = wiring.organisation_name().await;
            return Ok(Overview::Broken { problem: told.into(), organisation });
        }
    };
    let counts = opened.engine.counts().await?;
    if opened.engine.syncing().is_none() {
        desktop::show_in_tray(&app, Shown::waiting(&counts));
    }
    Ok(Overview::Ready {
        path: wiring.folder().display().to_string(),
        organisation: opened.workspace.organisation_name().to_owned(),
        practice: opened.workspace.is_practice(),
        counts: counts.into(),
        runs: each(opened.engine.ledger().runs(RUNS_SHOWN, None).await?),
    })
}

/// Makes a workspace to practise in, where there is none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn make_practice_workspace(wiring: State<'_, Wiring>) -> Answer<()> {
    let folder = wiring.folder().to_owned();
    let newest = SystemClock::start().now().date_naive();
    let wish = Wish { port: None, records: PRACTICE_RECORDS, seed: PRACTICE_SEED, newest };
    blocking(move || postonce_practice::make(&folder, &wish)).await?;
    wiring.opened().await?;
    Ok(())
}

/// The language that the operating system is set to.
#[tauri::command]
#[specta::specta]
pub(crate) fn system_language() -> Language {
    Language::of_system()
}
