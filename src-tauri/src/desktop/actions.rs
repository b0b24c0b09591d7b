//! Holds the actions that a person can take without a window.

use postonce_connectors::actor;
use postonce_engine::SyncAsk;
use postonce_engine::domain::{Period, Trigger};
use tauri::Manager as _;

use super::raise;
use crate::follow::follow;
use crate::host::AppHandle;
use crate::wiring::Wiring;

/// Begins *Sync now* from the tray, with or without a window. The window follows it as it follows every run.
pub(super) fn sync(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match app.state::<Wiring>().engine().await {
            Ok(engine) => {
                let ask = SyncAsk { period: Period::EVERYTHING, trigger: Trigger::Manual, actor: actor(), wait: None };
                let run = engine.start(ask.into());
                if !run.joined() {
                    follow(app.clone(), run).await;
                }
            }
            // The window shows the reason.
            Err(problem) => {
                tracing::warn!("no sync from the tray: {problem}");
                raise(&app);
            }
        }
    });
}
