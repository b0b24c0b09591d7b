//! Holds the commands that the window may call. Each one parses, calls one verb of the engine, and maps its answer.

pub(crate) mod audit;
pub(crate) mod connection;
pub(crate) mod decisions;
pub(crate) mod desktop;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod ledger;
pub(crate) mod month;
pub(crate) mod overview;
pub(crate) mod re_export;
pub(crate) mod records;
pub(crate) mod settings;
pub(crate) mod setup;
pub(crate) mod sync;

use postonce_engine::Syncing;

use crate::follow::follow;
use crate::host::AppHandle;
use crate::wire::{Problem, SyncStarted};

/// The answer of a command.
type Answer<T> = Result<T, Problem>;

/// Makes the window follow a run, unless it does already: it may have joined the run that was on before.
fn watched(app: AppHandle, run: Syncing) -> SyncStarted {
    let joined = run.joined();
    if !joined {
        tauri::async_runtime::spawn(follow(app, run));
    }
    SyncStarted { joined }
}
