//! Runs the desktop application of Postonce: one window over one engine. It is the only package that names tauri.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod bindings;
mod commands;
mod desktop;
mod error;
mod events;
mod held;
mod host;
mod outside;
mod recent;
mod saving;
#[cfg(test)]
mod tests;
mod wire;
mod wiring;
mod work;

use std::process::ExitCode;

use tauri::Manager as _;

use error::StartError;
use host::Host;
use recent::Recent;
use wiring::Wiring;

fn main() -> ExitCode {
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
            app.manage(Wiring::new(folder, recent, app.handle().clone()));
            desktop::set_up(app);
            Ok(())
        })
        .build(context())
        .map_err(StartError::Desktop)?;
    app.run(|app, event| desktop::on_event(app, &event));
    Ok(())
}

/// Returns the configuration, with the window's files inside.
#[expect(clippy::disallowed_methods, reason = "tauri's own context ends a process it cannot set up")]
fn context() -> tauri::Context<Host> {
    tauri::generate_context!()
}
