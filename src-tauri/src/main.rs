//! The desktop application of Postonce: one window over one engine. The only package that names tauri.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod bindings;
mod commands;
mod desktop;
mod error;
mod events;
mod saving;
mod wire;
mod wiring;

use std::process::ExitCode;

use tauri::Manager as _;

use error::StartError;
use wiring::Wiring;

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("POSTONCE_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
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
    builder
        .setup(move |app| {
            bindings.mount_events(app);
            let folder = wiring::folder(app.path().app_config_dir().ok())?;
            app.manage(saving::SavedFiles::default());
            app.manage(Wiring::new(folder, app.handle().clone()));
            Ok(())
        })
        .run(tauri::generate_context!())
        .map_err(StartError::Desktop)
}
