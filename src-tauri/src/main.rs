//! Runs the desktop application of Postonce: one window over one engine. It is the only package that names tauri.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod bindings;
mod blocking;
mod commands;
mod desktop;
mod error;
mod events;
mod follow;
mod held;
mod host;
mod outside;
mod recent;
mod saving;
mod scheduler;
#[cfg(test)]
mod tests;
mod wire;
mod wiring;
mod work;

use std::process::ExitCode;

use tauri::Manager as _;

use error::StartError;
use follow::Listeners;
use host::Host;
use recent::Recent;
use wiring::Wiring;

fn main() -> ExitCode {
    postonce_connectors::keep_files_private();
    desktop::start_logs();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), StartError> {
    let bindings = bindings::builder();
    let builder = desktop::plugins(tauri::Builder::<Host>::new())
        .invoke_handler(bindings.invoke_handler())
        .on_window_event(events::tell_of_drops);
    let app = builder
        .setup(move |app| {
            bindings.mount_events(app);
            let recent = Recent::new(app.path().app_config_dir().ok());
            let folder = wiring::folder(&recent)?;
            app.manage(saving::SavedFiles::default());
            app.manage(outside::Outside::Computer);
            app.manage(Wiring::new(folder, recent));
            app.manage(listeners());
            desktop::set_up(app);
            scheduler::start(app.handle());
            Ok(())
        })
        .build(context())
        .map_err(StartError::Desktop)?;
    app.run(|app, event| desktop::on_event(app, &event));
    Ok(())
}

/// Returns the listeners to the news of runs. The window hears of an end last, when all else shows it.
fn listeners() -> Listeners {
    Listeners(vec![desktop::show_run_in_tray, desktop::notify_of_run, events::on_run])
}

/// Returns the configuration, with the window's files inside.
#[expect(clippy::disallowed_methods, reason = "tauri's own context ends a process it cannot set up")]
fn context() -> tauri::Context<Host> {
    tauri::generate_context!()
}
