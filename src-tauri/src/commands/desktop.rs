//! Answers for the program on this computer: its preferences, its log, its end.

use postonce_engine::error::Problem;

use super::Answer;
use crate::desktop;
use crate::host::AppHandle;
use crate::wire::{About, Appearance, Language, Preferences, Wanted};

/// The sizes between which the window can be read and used.
const ZOOM_PERCENT_LEAST: u32 = 50;
const ZOOM_PERCENT_MOST: u32 = 300;

/// Returns the application's preferences on this computer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preferences(app: AppHandle) -> Preferences {
    desktop::preferences(&app)
}

/// Changes the preferences, and returns them as they are then.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_preferences(app: AppHandle, wanted: Preferences) -> Answer<Preferences> {
    desktop::set_preferences(&app, wanted)?;
    Ok(desktop::preferences(&app))
}

/// Sets the language that the page speaks; menu, tray and notifications follow.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_language(app: AppHandle, language: Language) -> Answer<()> {
    Ok(desktop::set_language(&app, language.into())?)
}

/// Sets the appearance that the page has; the frame of the window and its menu follow.
#[tauri::command]
#[specta::specta]
pub(crate) fn set_appearance(window: tauri::WebviewWindow<crate::host::Host>, appearance: Appearance) -> Answer<()> {
    Ok(window.set_theme(appearance.into()).map_err(Problem::internal)?)
}

/// Sets the size of everything in the window, in per cent.
#[tauri::command]
#[specta::specta]
pub(crate) fn set_zoom(window: tauri::WebviewWindow<crate::host::Host>, percent: u32) -> Answer<()> {
    let percent = percent.clamp(ZOOM_PERCENT_LEAST, ZOOM_PERCENT_MOST);
    Ok(window.set_zoom(f64::from(percent) / 100.0).map_err(Problem::internal)?)
}

/// Returns the wish that came before the page was there: by a link, or in the menu.
#[tauri::command]
#[specta::specta]
pub(crate) fn wanted_at_start(app: AppHandle) -> Option<Wanted> {
    desktop::at_start(&app)
}

/// Ends the program; while work is on that takes its time, an event asks first.
#[tauri::command]
#[specta::specta]
pub(crate) fn ask_to_quit(app: AppHandle) {
    desktop::ask_to_quit(&app);
}

/// Stops the work that is on, waits for its end, and ends the program.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_and_quit(app: AppHandle) {
    desktop::stop_and_quit(&app).await;
}

/// Returns facts about the program.
#[tauri::command]
#[specta::specta]
pub(crate) fn about(app: AppHandle) -> About {
    About {
        version: app.package_info().version.to_string(),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        log_folder: desktop::log_folder(&app).map(|folder| folder.display().to_string()).unwrap_or_default(),
    }
}

/// Opens the log folder in the computer's own file manager.
#[tauri::command]
#[specta::specta]
pub(crate) fn open_log_folder(app: AppHandle) -> Answer<()> {
    Ok(desktop::open_logs(&app)?)
}
