//! Plans, begins, follows and stops a run.

use std::time::Duration;

use postonce_connectors::actor;
use postonce_engine::SyncAsk;
use postonce_engine::domain::Trigger;
use tauri::State;

use super::{Answer, watched};
use crate::host::AppHandle;
use crate::wire::setup::SourceRemark;
use crate::wire::{Period, Plan, Progress, SyncStarted};
use crate::wiring::Wiring;

/// Returns the plan of a sync. It sends nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan(wiring: State<'_, Wiring>, period: Period) -> Answer<Plan> {
    Ok(wiring.engine().await?.plan(period.try_into()?).await?.into())
}

/// Returns what the last reading of the source found worth a look.
#[tauri::command]
#[specta::specta]
pub(crate) async fn source_remarks(wiring: State<'_, Wiring>) -> Answer<Vec<SourceRemark>> {
    Ok(wiring.engine().await?.source_remarks().into_iter().filter_map(SourceRemark::of).collect())
}

/// Begins a sync, or joins the one that is on; events report its progress and its end. `wait_seconds` is the longest
/// wait for somebody else's run to end; without it, the workspace's setting holds.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_sync(
    app: AppHandle,
    wiring: State<'_, Wiring>,
    period: Period,
    wait_seconds: Option<u32>,
) -> Answer<SyncStarted> {
    let wait = wait_seconds.map(|seconds| Duration::from_secs(seconds.into()));
    let ask = SyncAsk { period: period.try_into()?, trigger: Trigger::Manual, actor: actor(), wait };
    Ok(watched(app, wiring.sync(ask).await?))
}

/// Asks the run that is on to stop. `false` when none is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_sync(wiring: State<'_, Wiring>) -> Answer<bool> {
    let run = wiring.syncing().await;
    if let Some(run) = &run {
        run.stop();
    }
    Ok(run.is_some())
}

/// Returns the progress of the run that is on, for a window that was opened late.
#[tauri::command]
#[specta::specta]
pub(crate) async fn current_progress(wiring: State<'_, Wiring>) -> Answer<Option<Progress>> {
    Ok(wiring.syncing().await.map(|run| Progress::from(&*run.progress().borrow())))
}
