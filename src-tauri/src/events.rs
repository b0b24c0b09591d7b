//! Sends the window events that it did not ask for: the progress of a run, and its end.

use std::time::Duration;

use postonce_engine::Syncing;
use postonce_engine::views::RecordCounts;
use serde::Serialize;
use specta::Type;
use tauri::{DragDropEvent, Manager as _, WindowEvent};
use tauri_specta::Event;

use crate::desktop::{self, Shown};
use crate::host::{AppHandle, Window};
use crate::wire;
use crate::wiring::Wiring;

/// The pause between two events: ten a second make a flowing bar; more are only work.
const PROGRESS_PAUSE: Duration = Duration::from_millis(100);

/// The progress of the run.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct RunProgress(wire::Progress);

/// A run ended, or was refused.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct RunEnded(wire::End);

/// The progress of a comparison.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct CompareProgress(pub(crate) wire::CompareNews);

/// A wish came from outside the page.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct WantedAsked(pub(crate) wire::Wanted);

/// A file is held over the window, or no longer.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct FileHovers(bool);

/// A file was dropped on the window; its path never comes from the web view.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct FileDropped(String);

/// Reports files that are dragged over the window or dropped on it. The first of several counts.
pub(crate) fn tell_of_drops(window: &Window, event: &WindowEvent) {
    let WindowEvent::DragDrop(event) = event else { return };
    match event {
        DragDropEvent::Enter { .. } => warn_if_lost(FileHovers(true).emit(window)),
        DragDropEvent::Leave => warn_if_lost(FileHovers(false).emit(window)),
        DragDropEvent::Drop { paths, .. } => {
            warn_if_lost(FileHovers(false).emit(window));
            if let Some(path) = paths.first() {
                warn_if_lost(FileDropped(path.display().to_string()).emit(window));
            }
        }
        _ => {}
    }
}

/// Reports a run to the window until its end. Each run has one follower: a window that joins a run has its events
/// already.
pub(crate) async fn follow(app: AppHandle, run: Syncing) {
    let before = attention(&app).await;
    let mut progress = run.progress();
    let end = run.end();
    tokio::pin!(end);
    let end = loop {
        let now = {
            let now = progress.borrow_and_update();
            desktop::show_in_tray(&app, Shown::Syncing(now.processed, now.total));
            wire::Progress::from(&*now)
        };
        warn_if_lost(RunProgress(now).emit(&app));
        tokio::select! {
            end = &mut end => break end,
            () = tokio::time::sleep(PROGRESS_PAUSE) => {}
        }
        tokio::select! {
            biased;
            changed = progress.changed() => if changed.is_err() { break end.await },
            end = &mut end => break end,
        }
    };
    let now = attention(&app).await;
    desktop::show_in_tray(&app, Shown::waiting(now));
    desktop::after_run(&app, &end, (before, now));
    warn_if_lost(RunEnded(end.into()).emit(&app));
}

/// Returns how many records need a person; none, when that cannot be known.
async fn attention(app: &AppHandle) -> u64 {
    let Ok(engine) = app.state::<Wiring>().engine().await else { return 0 };
    engine.counts().await.map(RecordCounts::attention).unwrap_or_default()
}

fn warn_if_lost(sent: tauri::Result<()>) {
    if let Err(error) = sent {
        tracing::warn!("the window could not be told: {error}");
    }
}
