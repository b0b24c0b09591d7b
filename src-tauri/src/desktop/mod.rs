//! Keeps desktop manners: one instance, a window that opens where it was closed, a menu, a tray, and an end that loses
//! nothing.

mod actions;
mod links;
mod logs;
mod menu;
mod notices;
mod preferences;
mod quit;
mod tray;
pub(crate) mod words;

use tauri::{Builder, Manager as _, RunEvent, WindowEvent};
use tauri_plugin_window_state::StateFlags;

use crate::host::{App, AppHandle, Host};

pub(crate) use links::at_start;
pub(crate) use logs::{folder as log_folder, open as open_logs, start as start_logs};
pub(crate) use notices::on_run as notify_of_run;
pub(crate) use preferences::{PreferenceFile, language, preferences, set_language, set_preferences, system_language};
pub(crate) use quit::{ask as ask_to_quit, stop_and_quit};
pub(crate) use tray::on_run as show_run_in_tray;

const WINDOW: &str = "main";
/// The argument with which the computer starts the program: without a window in the way, when there is a tray to be in.
const STARTED_HIDDEN: &str = "--in-tray";

/// Adds the plugins, in the order they must stand: single-instance first. None of them may be called from the window;
/// its capability lists only the application's own commands.
pub(crate) fn plugins(builder: Builder<Host>) -> Builder<Host> {
    let remembered = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    builder
        .plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
            raise(app);
            links::second_start(app, &arguments, &folder);
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(remembered).build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(tauri_plugin_autostart::Builder::new().arg(STARTED_HIDDEN).build())
        .on_menu_event(|app, event| actions::chosen(app, event.id().as_ref()))
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                quit::closed(window.app_handle());
            }
        })
}

/// Sets up everything around the window: the menu, the tray where there can be one, and the wish the program was
/// started with.
pub(crate) fn set_up(app: &App) {
    let handle = app.handle();
    logs::keep(app);
    app.manage(PreferenceFile::read(app.path().app_config_dir().ok()));
    app.manage(links::Pending::of(std::env::args().skip(1)));
    app.manage(quit::Leaving::by(|app| app.exit(0)));
    let language = language(handle);
    menu::set(handle, language);
    app.manage(tray::Tray::make(handle, language));
    links::listen(handle);
    if starts_hidden(handle) {
        hide(handle);
    }
}

/// Sets up the same without a menu or a tray, which want a display; the program ends by this way out.
#[cfg(test)]
pub(crate) fn pretend(app: &App, config: std::path::PathBuf, exit: fn(&AppHandle)) {
    app.manage(PreferenceFile::read(Some(config)));
    app.manage(links::Pending::of(std::iter::empty()));
    app.manage(quit::Leaving::by(exit));
    app.manage(tray::Tray::none());
}

/// Acts on the events that the program gets while it runs.
pub(crate) fn on_event(app: &AppHandle, event: &RunEvent) {
    match event {
        RunEvent::ExitRequested { api, code: None, .. } if !quit::is_leaving(app) => {
            api.prevent_exit();
            quit::ask(app);
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => raise(app),
        _ => {}
    }
}

/// Brings the window to the front, from wherever it is.
pub(crate) fn raise(app: &AppHandle) {
    let Some(window) = app.get_webview_window(WINDOW) else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!("the window cannot be raised: {error}");
    }
}

/// Tells whether the computer started the program, to wait in the tray.
fn starts_hidden(app: &AppHandle) -> bool {
    std::env::args().any(|argument| argument == STARTED_HIDDEN)
        && app.state::<PreferenceFile>().now().keep_in_tray
        && app.state::<tray::Tray>().is_there()
}

fn hide(app: &AppHandle) {
    let Some(window) = app.get_webview_window(WINDOW) else { return };
    if let Err(error) = window.hide() {
        tracing::warn!("the window cannot be hidden: {error}");
    }
}

/// Tells whether a person is looking at the window.
fn is_looked_at(app: &AppHandle) -> bool {
    app.get_webview_window(WINDOW).is_some_and(|window| window.is_focused().unwrap_or(false))
}
