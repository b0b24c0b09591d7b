//! Acts on what a person chooses in the menu or in the tray.

use postonce_connectors::actor;
use postonce_engine::SyncAsk;
use postonce_engine::domain::{Period, Trigger};
use tauri::Manager as _;

use super::{links, logs, menu, quit, raise};
use crate::follow::follow;
use crate::host::AppHandle;
use crate::wire::Wanted;
use crate::wiring::Wiring;

/// Acts on a chosen entry of the menu, or of the tray's.
pub(super) fn chosen(app: &AppHandle, id: &str) {
    match id {
        menu::SYNC => links::want(app, Wanted::Sync),
        menu::SEARCH => links::want(app, Wanted::Search),
        menu::LARGER => links::want(app, Wanted::Zoom { steps: 1 }),
        menu::SMALLER => links::want(app, Wanted::Zoom { steps: -1 }),
        menu::NORMAL_SIZE => links::want(app, Wanted::Zoom { steps: 0 }),
        menu::QUIT => quit::ask(app),
        menu::OPEN => raise(app),
        menu::TRAY_SYNC => sync(app),
        menu::LOGS => {
            if let Err(problem) = logs::open(app) {
                tracing::warn!("the log folder cannot be opened: {problem}");
            }
        }
        _ => {
            if let Some(screen) = id.strip_prefix(menu::TO_SCREEN) {
                links::want(app, Wanted::Screen { screen: screen.to_owned() });
            }
        }
    }
}

/// Begins *Sync now* from the tray, with or without a window. The window follows it as it follows every run.
fn sync(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let ask = SyncAsk { period: Period::EVERYTHING, trigger: Trigger::Manual, actor: actor(), wait: None };
        match app.state::<Wiring>().sync(ask).await {
            Ok(run) if run.joined() => {}
            Ok(run) => follow(app.clone(), run).await,
            // The window shows the reason.
            Err(problem) => {
                tracing::warn!("no sync from the tray: {problem}");
                raise(&app);
            }
        }
    });
}
