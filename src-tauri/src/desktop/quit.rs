//! The end: at once where nothing is on; while a run is on, by a person's word, and safely.
//!
//! A run that dies with its process is settled by the next one; that is what crashes are for. Whoever quits by hand is
//! asked, so that what is in flight gets its answer now.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::{AppHandle, Manager as _};

use super::{Kept, links, tray};
use crate::wire::Wanted;
use crate::wiring::Wiring;

/// Whether the end was decided on.
#[derive(Default)]
pub(crate) struct Leaving(AtomicBool);

pub(super) fn is_leaving(app: &AppHandle) -> bool {
    app.try_state::<Leaving>().is_none_or(|leaving| leaving.0.load(Ordering::Acquire))
}

/// The window was closed: it goes to the tray, or the program ends.
pub(super) fn closed(app: &AppHandle) {
    if app.state::<Kept>().now().keep_in_tray && app.state::<tray::Tray>().is_there() {
        super::hide(app);
    } else {
        ask(app);
    }
}

/// Ends the program; while a run is on, the page asks first.
pub(crate) fn ask(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if app.state::<Wiring>().syncing().await.is_some() {
            super::raise(&app);
            links::want(&app, Wanted::Quit);
        } else {
            leave(&app);
        }
    });
}

/// Stops the run that is on, waits until what is in flight is answered, and ends the program.
pub(crate) async fn stop_and_quit(app: &AppHandle) {
    if let Some(run) = app.state::<Wiring>().syncing().await {
        run.stop();
        run.end().await;
    }
    leave(app);
}

fn leave(app: &AppHandle) {
    app.state::<Leaving>().0.store(true, Ordering::Release);
    app.exit(0);
}
