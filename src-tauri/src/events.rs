//! Sends the window events that it did not ask for: the progress of a run, and its end.

use serde::Serialize;
use specta::Type;
use tauri::{DragDropEvent, WindowEvent};
use tauri_specta::Event;

use crate::follow::RunNews;
use crate::host::{AppHandle, Window};
use crate::wire;

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

/// Hands the news of runs on to the window.
pub(crate) fn on_run(app: &AppHandle, news: &RunNews) {
    match news {
        RunNews::Progress(progress) => warn_if_lost(RunProgress(progress.as_ref().into()).emit(app)),
        RunNews::Ended { end, .. } => warn_if_lost(RunEnded((**end).clone().into()).emit(app)),
        // The window asks for the rest itself.
        RunNews::Idle { .. } | RunNews::ScheduleTrouble => {}
    }
}

fn warn_if_lost(sent: tauri::Result<()>) {
    if let Err(error) = sent {
        tracing::warn!("the window could not be told: {error}");
    }
}
