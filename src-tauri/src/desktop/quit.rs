//! The end: at once where nothing is on; while a run, a comparison or a rebuild is on, by a person's word, and safely.
//!
//! A run that dies with its process is settled by the next one; that is what crashes are for. Whoever quits by hand is
//! asked, so that what is in flight gets its answer now.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::Manager as _;

use super::{Kept, links, tray};
use crate::host::AppHandle;
use crate::wire::Wanted;
use crate::wiring::Wiring;

/// Whether the end was decided on, and how it is come to.
pub(crate) struct Leaving {
    is_decided: AtomicBool,
    exit: fn(&AppHandle),
}

impl Leaving {
    /// By this way out.
    pub(crate) fn by(exit: fn(&AppHandle)) -> Self {
        Self { is_decided: AtomicBool::new(false), exit }
    }
}

pub(super) fn is_leaving(app: &AppHandle) -> bool {
    app.try_state::<Leaving>().is_none_or(|leaving| leaving.is_decided.load(Ordering::Acquire))
}

/// The window was closed: it goes to the tray, or the program ends.
pub(super) fn closed(app: &AppHandle) {
    if app.state::<Kept>().now().keep_in_tray && app.state::<tray::Tray>().is_there() {
        super::hide(app);
    } else {
        ask(app);
    }
}

/// Ends the program; while something is on that takes its time, the page asks first.
pub(crate) fn ask(app: &AppHandle) {
    match app.state::<Wiring>().work() {
        Some(on) => {
            super::raise(app);
            links::want(app, Wanted::Quit { on });
        }
        None => leave(app),
    }
}

/// Stops what is on, waits until what is in flight is answered, and ends the program.
pub(crate) async fn stop_and_quit(app: &AppHandle) {
    app.state::<Wiring>().stop_work().await;
    leave(app);
}

fn leave(app: &AppHandle) {
    let leaving = app.state::<Leaving>();
    leaving.is_decided.store(true, Ordering::Release);
    (leaving.exit)(app);
}
