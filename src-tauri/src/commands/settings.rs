//! Reads and changes the settings of the workspace in use. Each change is checked, written, entered in the audit trail
//! and taken up at once.

use postonce_connectors::SystemClock;
use postonce_connectors::notify::{self, Figures};
use postonce_engine::Schedule;
use postonce_engine::error::Problem;
use postonce_engine::ports::Clock as _;
use tauri::State;

use super::Answer;
use crate::wire::settings::{Settings, SettingsWish, Undelivered};
use crate::wire::{RulesView, each, each_moment, setup::ScheduleForm};
use crate::wiring::Wiring;

/// The number of scheduled times that are shown.
const NEXT_RUNS: usize = 3;

/// Returns the settings, each part as it can be changed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings(wiring: State<'_, Wiring>) -> Answer<Settings> {
    let opened = wiring.opened().await?;
    let next_runs = each_moment(opened.engine.next_runs(NEXT_RUNS).await?);
    Ok(Settings::of(&opened.workspace, next_runs)?)
}

/// Returns the posting rules, with the records of the newest reading that each part catches.
#[tauri::command]
#[specta::specta]
pub(crate) async fn posting_rules(wiring: State<'_, Wiring>) -> Answer<RulesView> {
    let opened = wiring.opened().await?;
    let caught = opened.engine.caught_by_rules().await?;
    Ok(RulesView::of(&opened.workspace.settings().posting, caught))
}

/// Changes one part of the settings.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_settings(wiring: State<'_, Wiring>, wish: SettingsWish) -> Answer<Settings> {
    let workspace = wiring.change(wish.sides(), |workspace| wish.changes(workspace)).await?;
    // The change is made, whether the workspace can be opened now or not.
    let next_runs = match wiring.engine().await {
        Ok(engine) => each_moment(engine.next_runs(NEXT_RUNS).await?),
        Err(_) => Vec::new(),
    };
    Ok(Settings::of(&workspace, next_runs)?)
}

/// Returns the next times of a schedule that is not saved yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn next_times(wiring: State<'_, Wiring>, schedule: ScheduleForm) -> Answer<Vec<String>> {
    let zone = wiring.opened().await?.workspace.time_zone();
    let cron = schedule.cron();
    let parsed = Schedule::parse(cron, zone, true).map_err(|error| {
        let found = cron.chars().take(100).collect::<String>();
        Problem::workspace_value_invalid("schedule.cron", found, error.allowed(), None, None)
    })?;
    Ok(each_moment(parsed.times_after(SystemClock::start().now()).take(NEXT_RUNS)))
}

/// Sends a test message on every way that the workspace names; returns those that failed. `null` where it names none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn test_notices(wiring: State<'_, Wiring>) -> Answer<Option<Vec<Undelivered>>> {
    let opened = wiring.opened().await?;
    if opened.workspace.notify().is_empty() {
        return Ok(None);
    }
    let ledger = opened.engine.ledger();
    let newest = ledger.runs(1, None).await?.pop();
    let figures = Figures::of(ledger, newest.as_ref(), None).await?;
    Ok(Some(each(notify::test(&opened.workspace, &figures).await?)))
}
