//! Ends the program: at once when nothing is on; while a run, a comparison or a rebuild is on, by a person's word, and
//! safely.
//!
//! A run that dies with its process is settled by the next one, as after a crash. A person who quits by hand is asked,
//! so that requests in flight get their answer now.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::Manager as _;

use super::{PreferenceFile, links, tray};
use crate::host::AppHandle;
use crate::wire::Wanted;
use crate::wiring::Wiring;

/// The state of the end: whether it was decided on, and the way out.
pub(crate) struct Leaving {
    is_decided: AtomicBool,
    exit: fn(&AppHandle),
}

impl Leaving {
    /// Makes the state for this way out.
    pub(crate) fn by(exit: fn(&AppHandle)) -> Self {
        Self { is_decided: AtomicBool::new(false), exit }
    }
}

pub(super) fn is_leaving(app: &AppHandle) -> bool {
    app.try_state::<Leaving>().is_none_or(|leaving| leaving.is_decided.load(Ordering::Acquire))
}

/// Reacts to a closed window: it goes to the tray, or the program ends.
pub(super) fn closed(app: &AppHandle) {
    if app.state::<PreferenceFile>().now().keep_in_tray && app.state::<tray::Tray>().is_there() {
        super::hide(app);
    } else {
        ask(app);
    }
}

/// Ends the program; while work is on that takes its time, the page asks first.
pub(crate) fn ask(app: &AppHandle) {
    match app.state::<Wiring>().work() {
        Some(on) => {
            super::raise(app);
            links::want(app, Wanted::Quit { on });
        }
        None => leave(app),
    }
}

/// Stops the work that is on, waits until requests in flight are answered, and ends the program.
pub(crate) async fn stop_and_quit(app: &AppHandle) {
    app.state::<Wiring>().stop_work().await;
    leave(app);
}

fn leave(app: &AppHandle) {
    let leaving = app.state::<Leaving>();
    leaving.is_decided.store(true, Ordering::Release);
    (leaving.exit)(app);
}
