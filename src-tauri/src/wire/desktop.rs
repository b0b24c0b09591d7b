//! What the window and its desktop say to each other: preferences, what was asked for outside the window, the program itself.

use serde::{Deserialize, Serialize};
use specta::Type;

/// How the application behaves on this computer, for whoever is signed in to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preferences {
    /// It starts with the computer.
    pub(crate) autostart: bool,
    /// Closing the window leaves it running in the tray.
    pub(crate) keep_in_tray: bool,
    /// It tells, by the system's notifications, what needs a person.
    pub(crate) notifications: bool,
    /// There is a tray to be kept in.
    pub(crate) has_tray: bool,
}

/// What was asked for outside the page: by a menu, the tray, a link, a second start, or by closing the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum Wanted {
    /// That screen.
    Screen { screen: String },
    /// That run, by its id, of which only the form was checked.
    Run { run_id: String },
    /// A sync.
    Sync,
    /// The field in which this screen is searched.
    Search,
    /// To quit, while this is on.
    Quit { on: Work },
    /// A second start named another workspace than the one that is open.
    Workspace { path: String },
}

/// What takes its time, and is not to be ended unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Work {
    /// A run.
    Sync,
    /// A comparison of the ledger with the accounting system.
    Compare,
    /// A new ledger that is being made.
    Rebuild,
}

/// The program.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    pub(crate) version: String,
    /// `linux x86_64`.
    pub(crate) system: String,
    pub(crate) log_folder: String,
}
