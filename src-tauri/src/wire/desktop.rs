//! Carries the traffic between window and desktop: preferences, wishes from outside the window, the program itself.

use serde::{Deserialize, Serialize};
use specta::Type;

/// The application's preferences on this computer, for the person signed in to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preferences {
    /// It starts with the computer.
    pub(crate) autostart: bool,
    /// Closing the window leaves it running in the tray.
    pub(crate) keep_in_tray: bool,
    /// The system's notifications report problems that need a person.
    pub(crate) notifications: bool,
    /// There is a tray to be kept in.
    pub(crate) has_tray: bool,
}

/// The appearance of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Appearance {
    /// As the system has it.
    System,
    /// Dark letters.
    Light,
    /// Light letters.
    Dark,
}

impl From<Appearance> for Option<tauri::Theme> {
    fn from(appearance: Appearance) -> Self {
        match appearance {
            Appearance::System => None,
            Appearance::Light => Some(tauri::Theme::Light),
            Appearance::Dark => Some(tauri::Theme::Dark),
        }
    }
}

/// A wish from outside the page: by a menu, the tray, a link, a second start, or by closing the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum Wanted {
    /// To see that screen.
    Screen { screen: String },
    /// To see that run, by its id, of which only the form was checked.
    Run { run_id: String },
    /// To begin a sync.
    Sync,
    /// To search in this screen.
    Search,
    /// To see everything larger by that many steps; 0 is the size at the beginning.
    Zoom { steps: i8 },
    /// To quit, while this is on.
    Quit { on: Work },
    /// To see another workspace: a second start named it.
    Workspace { path: String },
}

/// Work that takes its time, and is not to be ended unasked.
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
    /// System and architecture, such as `linux x86_64`.
    pub(crate) system: String,
    pub(crate) log_folder: String,
}
