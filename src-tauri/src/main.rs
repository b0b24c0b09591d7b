//! The desktop application of Postonce: one window over one engine. The only package that names tauri.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod bindings;
mod commands;
mod desktop;
mod error;
mod events;
mod save;
mod wire;
mod wiring;

use std::process::ExitCode;

use tauri::Manager as _;

use error::StartError;
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

#[expect(clippy::disallowed_methods, reason = "tauri's own context ends a process it cannot set up")]
fn run() -> Result<(), StartError> {
    let bindings = bindings::builder();
    let builder = desktop::plugins(tauri::Builder::default()).invoke_handler(bindings.invoke_handler());
    let app = builder
        .setup(move |app| {
            bindings.mount_events(app);
            let folder = wiring::folder(app.path().app_config_dir().ok())?;
            app.manage(Wiring::new(folder, app.handle().clone()));
            desktop::set_up(app);
            Ok(())
        })
        .build(tauri::generate_context!())
        .map_err(StartError::Desktop)?;
    app.run(|app, event| desktop::on_event(app, &event));
    Ok(())
}
