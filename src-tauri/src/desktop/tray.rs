//! Draws the tray: the state of things, *Open*, *Sync now*, *Quit*.
//!
//! On Linux it needs a library that not every desktop has; without it there is no tray, and everything else works.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use postonce_words::Language;
use tauri::Manager as _;
use tauri::menu::{Menu, MenuBuilder, MenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};

use super::{menu, words};
use crate::follow::RunNews;
use crate::host::{AppHandle, Host};

const STATE: &str = "tray-state";

/// The state that the tray shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum TrayState {
    /// Nothing is on, and nothing is known to wait.
    #[default]
    Calm,
    /// This many records need a person.
    Attention(u64),
    /// A run is on: this many done, of this many.
    Syncing(u64, Option<u64>),
}

impl TrayState {
    /// Returns the state while nothing is on and this many records wait for a person.
    fn waiting(records: u64) -> Self {
        match records {
            0 => Self::Calm,
            count => Self::Attention(count),
        }
    }
}

/// The tray, on a desktop that has one.
pub(crate) struct Tray(Option<DrawnTray>);

/// The parts of a tray that is drawn.
struct DrawnTray {
    icon: TrayIcon<Host>,
    content: Mutex<TrayContent>,
}

/// The state in the tray, and the entry that shows it.
struct TrayContent {
    state: MenuItem<Host>,
    shown: TrayState,
    language: Language,
}

impl Tray {
    /// Makes the tray, on the main thread.
    pub(super) fn make(app: &AppHandle, language: Language) -> Self {
        // The library is looked for when the icon is made, and its absence is a panic.
        let made = catch_unwind(AssertUnwindSafe(|| make(app, language)));
        Self(match made {
            Ok(Ok(tray)) => Some(tray),
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
        let Some(tray) = &self.0 else { return };
        let mut content = tray.content.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = menu(app, language, content.shown).and_then(|(menu, state)| {
            tray.icon.set_menu(Some(menu))?;
            Ok(state)
        });
        match changed {
            Ok(state) => *content = TrayContent { state, shown: content.shown, language },
            Err(error) => tracing::warn!("the tray keeps its language: {error}"),
        }
    }
}

/// Shows the state of things after news of a run.
pub(crate) fn on_run(app: &AppHandle, news: &RunNews) {
    match news {
        RunNews::Progress(now) => show(app, TrayState::Syncing(now.processed, now.total)),
        RunNews::Ended { attention, .. } | RunNews::Idle { attention } => show(app, TrayState::waiting(*attention)),
        RunNews::ScheduleTrouble => {}
    }
}

/// Shows the state in the tray, unless it stands there already.
fn show(app: &AppHandle, shown: TrayState) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    let Some(tray) = &tray.0 else { return };
    let mut content = tray.content.lock().unwrap_or_else(PoisonError::into_inner);
    if content.shown == shown {
        return;
    }
    content.shown = shown;
    let text = text(shown, content.language);
    let said = content.state.set_text(&text).and_then(|()| tray.icon.set_tooltip(Some(&text)));
    if let Err(error) = said {
        tracing::warn!("the tray does not say where things stand: {error}");
    }
}

fn make(app: &AppHandle, language: Language) -> tauri::Result<DrawnTray> {
    let (menu, state) = menu(app, language, TrayState::Calm)?;
    let mut icon = TrayIconBuilder::new().tooltip("Postonce").menu(&menu).show_menu_on_left_click(true);
    if let Some(picture) = app.default_window_icon() {
        icon = icon.icon(picture.clone());
    }
    let content = Mutex::new(TrayContent { state, shown: TrayState::Calm, language });
    Ok(DrawnTray { icon: icon.build(app)?, content })
}

fn menu(app: &AppHandle, language: Language, shown: TrayState) -> tauri::Result<(Menu<Host>, MenuItem<Host>)> {
    let state = MenuItem::with_id(app, STATE, text(shown, language), false, None::<&str>)?;
    let menu = MenuBuilder::new(app)
        .item(&state)
        .separator()
        .item(&menu::item(app, menu::OPEN, words::OPEN.text(language), None)?)
        .item(&menu::item(app, menu::TRAY_SYNC, words::SYNC_NOW.text(language), None)?)
        .separator()
        .item(&menu::item(app, menu::QUIT, words::QUIT.text(language), None)?)
        .build()?;
    Ok((menu, state))
}

fn text(shown: TrayState, language: Language) -> String {
    match shown {
        TrayState::Calm => words::CALM.text(language).to_owned(),
        TrayState::Attention(count) => words::waiting_for_you(language, count),
        TrayState::Syncing(_, None) => words::SYNCING.text(language).to_owned(),
        TrayState::Syncing(processed, Some(total)) => words::syncing_of(language, processed, total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tray_says_where_things_stand_in_either_language() {
        assert_eq!(text(TrayState::Attention(3), Language::English), "To be looked at: 3");
        assert_eq!(text(TrayState::Attention(3), Language::Bokmal), "Til oppfølging: 3");
        assert_eq!(text(TrayState::Syncing(40, Some(120)), Language::Bokmal), "Synkroniserer: 40 av 120");
    }
}
