//! Writes the program's own log: to standard error, and to a file a day in the application's log folder.
//!
//! The log never holds a secret: errors name secrets by their names, and requests are not logged.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::OnceLock;

use postonce_connectors::workspace::Policy;
use postonce_engine::error::Problem;
use tauri::Manager as _;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

use crate::host::{App, AppHandle};
use crate::outside::Outside;

/// The number of files kept, one a day.
const FILES_MAX: usize = 14;

/// The log file, once there is an application; until then there is standard error alone.
static FILE: OnceLock<RollingFileAppender> = OnceLock::new();

/// Starts the log on standard error.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_env("POSTONCE_LOG").unwrap_or_else(|_| "warn".into());
    // The rules of a machine may want less in a log; where they cannot be read, it is the least.
    let most = Policy::of_machine().map_or(LevelFilter::ERROR, |policy| {
        policy.log_level().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::TRACE)
    });
    tracing_subscriber::registry()
        .with(most)
        .with(filter)
        .with(fmt::layer().with_writer(io::stderr))
        .with(fmt::layer().with_ansi(false).with_writer(file))
        .init();
}

/// Adds the log file. A folder that cannot be written is no reason not to start.
pub(super) fn keep(app: &App) {
    let Some(folder) = folder(app.handle()) else { return };
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("postonce")
        .filename_suffix("log")
        .max_log_files(FILES_MAX);
    match files.build(&folder) {
        Ok(appender) => _ = FILE.set(appender),
        Err(error) => tracing::warn!("no log is kept in {}: {error}", folder.display()),
    }
}

/// Returns the folder of the files.
pub(crate) fn folder(app: &AppHandle) -> Option<PathBuf> {
    app.path().app_log_dir().ok()
}

/// Opens the folder in the computer's own file manager.
pub(crate) fn open(app: &AppHandle) -> Result<(), Problem> {
    let folder = folder(app).ok_or_else(|| Problem::desktop_refused("log", "no folder"))?;
    app.state::<Outside>().open_path(app, &folder)
}

fn file() -> Box<dyn Write> {
    match FILE.get() {
        Some(appender) => Box::new(appender.make_writer()),
        None => Box::new(io::sink()),
    }
}
