//! Desktop manners: one instance, and a window that opens where it was closed.

use tauri::{AppHandle, Builder, Manager as _, Wry};
use tauri_plugin_window_state::StateFlags;

const WINDOW: &str = "main";

/// The plugins, in the order they must stand: single-instance first.
pub(crate) fn plugins(builder: Builder<Wry>) -> Builder<Wry> {
    let remembered = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    builder
        .plugin(tauri_plugin_single_instance::init(|app, _args, _folder| raise(app)))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(remembered).build())
}

/// A second start brings the window of the first to the front.
fn raise(app: &AppHandle) {
    let Some(window) = app.get_webview_window(WINDOW) else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!("the window cannot be raised: {error}");
    }
}
