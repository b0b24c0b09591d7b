//! Draws the tray: the state of things, *Open*, *Sync now*, *Quit*.
//!
//! On Linux it needs a library that not every desktop has; without it there is no tray, and everything else works.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use postonce_engine::SyncAsk;
use postonce_engine::domain::{Period, Trigger};
use tauri::Manager as _;
use tauri::menu::{Menu, MenuBuilder, MenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};

use super::words;
use super::{Kept, menu, raise};
use crate::events::follow;
use crate::host::{AppHandle, Host};
use crate::wire::Language;
use crate::wiring::{Wiring, actor};

/// The argument with which the computer starts the program: without a window in the way, when there is a tray to be in.
pub(super) const STARTED_HIDDEN: &str = "--in-tray";
/// The id of an entry of the tray's menu; the page answers the menu's own *Sync now*.
pub(super) const SYNC: &str = "tray-sync";
const STATE: &str = "tray-state";

/// The state that the tray shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Shown {
    /// Nothing is on, and nothing is known to wait.
    #[default]
    Calm,
    /// This many records need a person.
    Attention(u64),
    /// A run is on: this many done, of this many.
    Syncing(u64, Option<u64>),
}

impl Shown {
    /// Returns the state while nothing is on and this many records wait for a person.
    pub(crate) fn waiting(records: u64) -> Self {
        match records {
            0 => Self::Calm,
            count => Self::Attention(count),
        }
    }
}

/// The tray, on a desktop that has one.
pub(crate) struct Tray(Option<There>);

struct There {
    icon: TrayIcon<Host>,
    inside: Mutex<Inside>,
}

struct Inside {
    state: MenuItem<Host>,
    shown: Shown,
    language: Language,
}

impl Tray {
    /// Makes the tray, on the main thread.
    pub(super) fn make(app: &AppHandle, language: Language) -> Self {
        // The library is looked for when the icon is made, and its absence is a panic.
        let made = catch_unwind(AssertUnwindSafe(|| make(app, language)));
        Self(match made {
            Ok(Ok(there)) => Some(there),
            Ok(Err(error)) => {
                tracing::warn!("there is no tray: {error}");
                None
            }
            Err(_) => {
                tracing::warn!("there is no tray: this desktop lacks the library for it");
                None
            }
        })
    }

    #[cfg(test)]
    pub(super) fn none() -> Self {
        Self(None)
    }

    pub(super) fn is_there(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn speak(&self, app: &AppHandle, language: Language) {
        let Some(there) = &self.0 else { return };
        let mut inside = there.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = menu(app, language, inside.shown).and_then(|(menu, state)| {
            there.icon.set_menu(Some(menu))?;
            Ok(state)
        });
        match changed {
            Ok(state) => *inside = Inside { state, shown: inside.shown, language },
            Err(error) => tracing::warn!("the tray keeps its language: {error}"),
        }
    }
}

/// Shows the state in the tray, unless it stands there already.
pub(crate) fn show(app: &AppHandle, shown: Shown) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    let Some(there) = &tray.0 else { return };
    let mut inside = there.inside.lock().unwrap_or_else(PoisonError::into_inner);
    if inside.shown == shown {
        return;
    }
    inside.shown = shown;
    let text = text(shown, inside.language);
    let said = inside.state.set_text(&text).and_then(|()| there.icon.set_tooltip(Some(&text)));
    if let Err(error) = said {
        tracing::warn!("the tray does not say where things stand: {error}");
    }
}

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

/// Tells whether the computer started the program, to wait in the tray.
pub(super) fn starts_hidden(app: &AppHandle) -> bool {
    std::env::args().any(|argument| argument == STARTED_HIDDEN)
        && app.state::<Kept>().now().keep_in_tray
        && app.state::<Tray>().is_there()
}

fn make(app: &AppHandle, language: Language) -> tauri::Result<There> {
    let (menu, state) = menu(app, language, Shown::Calm)?;
    let mut icon = TrayIconBuilder::new().tooltip("Postonce").menu(&menu).show_menu_on_left_click(true);
    if let Some(picture) = app.default_window_icon() {
        icon = icon.icon(picture.clone());
    }
    let inside = Mutex::new(Inside { state, shown: Shown::Calm, language });
    Ok(There { icon: icon.build(app)?, inside })
}

fn menu(app: &AppHandle, language: Language, shown: Shown) -> tauri::Result<(Menu<Host>, MenuItem<Host>)> {
    let state = MenuItem::with_id(app, STATE, text(shown, language), false, None::<&str>)?;
    let menu = MenuBuilder::new(app)
        .item(&state)
        .separator()
        .item(&menu::item(app, menu::OPEN, words::OPEN.text(language), None)?)
        .item(&menu::item(app, SYNC, words::SYNC_NOW.text(language), None)?)
        .separator()
        .item(&menu::item(app, menu::QUIT, words::QUIT.text(language), None)?)
        .build()?;
    Ok((menu, state))
}

fn text(shown: Shown, language: Language) -> String {
    match shown {
        Shown::Calm => words::CALM.text(language).to_owned(),
        Shown::Attention(count) => words::WAITING_FOR_YOU.text(language).replace("{n}", &count.to_string()),
        Shown::Syncing(_, None) => words::SYNCING.text(language).to_owned(),
        Shown::Syncing(processed, Some(total)) => words::SYNCING_OF
            .text(language)
            .replace("{n}", &processed.to_string())
            .replace("{total}", &total.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tray_says_where_things_stand_in_either_language() {
        assert_eq!(text(Shown::Attention(3), Language::En), "To be looked at: 3");
        assert_eq!(text(Shown::Attention(3), Language::Nb), "Til oppfølging: 3");
        assert_eq!(text(Shown::Syncing(40, Some(120)), Language::Nb), "Synkroniserer: 40 av 120");
    }
}
