//! Makes the menu, in the person's language, with the shortcuts that the page knows as well.

use postonce_words::{Language, Message};
use tauri::menu::{Menu, MenuBuilder, MenuItem, MenuItemBuilder, SubmenuBuilder};

use super::words;
use crate::host::{AppHandle, Host};

/// The screens in the order of the navigation, as the page's router names them: Ctrl+1, Ctrl+2 …
const SCREENS: [(&str, Message); 7] = [
    ("overview", words::OVERVIEW),
    ("history", words::HISTORY),
    ("records", words::RECORDS),
    ("attention", words::ATTENTION),
    ("month", words::MONTH),
    ("audit", words::AUDIT),
    ("settings", words::SETTINGS),
];
pub(super) const TO_SCREEN: &str = "screen:";
pub(super) const SYNC: &str = "sync";
pub(super) const OPEN: &str = "open";
pub(super) const QUIT: &str = "quit";
/// The tray's own *Sync now*: it needs no page to answer it.
pub(super) const TRAY_SYNC: &str = "tray-sync";
pub(super) const SEARCH: &str = "search";
pub(super) const LARGER: &str = "larger";
pub(super) const SMALLER: &str = "smaller";
pub(super) const NORMAL_SIZE: &str = "normal-size";
pub(super) const LOGS: &str = "logs";

/// Puts the menu in place; without one the page still offers everything.
pub(super) fn set(app: &AppHandle, language: Language) {
    if let Err(error) = build(app, language).and_then(|menu| app.set_menu(menu)) {
        tracing::warn!("there is no menu: {error}");
    }
}

fn build(app: &AppHandle, language: Language) -> tauri::Result<Menu<Host>> {
    let item = |id: &str, word: Message, keys: Option<&str>| item(app, id, word.text(language), keys);
    let file = SubmenuBuilder::new(app, words::FILE.text(language))
        .item(&item(SYNC, words::SYNC_NOW, Some("CmdOrCtrl+Enter"))?)
        .separator()
        .item(&item("screen:settings", words::SETTINGS_DOTS, Some("CmdOrCtrl+,"))?)
        .separator()
        .item(&item(QUIT, words::QUIT, Some("CmdOrCtrl+Q"))?)
        .build()?;
    let edit = SubmenuBuilder::new(app, words::EDIT.text(language))
        .cut_with_text(words::CUT.text(language))
        .copy_with_text(words::COPY.text(language))
        .paste_with_text(words::PASTE.text(language))
        .select_all_with_text(words::SELECT_ALL.text(language))
        .separator()
        .item(&item(SEARCH, words::SEARCH, Some("CmdOrCtrl+F"))?)
        .build()?;
    let mut view = SubmenuBuilder::new(app, words::VIEW.text(language));
    for (number, (screen, word)) in (1..).zip(SCREENS) {
        let keys = format!("CmdOrCtrl+{number}");
        view = view.item(&item(&format!("{TO_SCREEN}{screen}"), word, Some(&keys))?);
    }
    // The page answers the keys of these: a system that asks the menu first would answer them twice.
    let sizes = [(LARGER, words::LARGER), (SMALLER, words::SMALLER), (NORMAL_SIZE, words::NORMAL_SIZE)];
    view = view.separator();
    for (id, word) in sizes {
        view = view.item(&item(id, word, None)?);
    }
    let help = SubmenuBuilder::new(app, words::HELP.text(language))
        .item(&item("screen:help", words::HELP_PAGES, None)?)
        .separator()
        .item(&item(LOGS, words::LOG_FOLDER, None)?)
        .item(&item("screen:settings", words::ABOUT, None)?)
        .build()?;
    MenuBuilder::new(app).items(&[&file, &edit, &view.build()?, &help]).build()
}

pub(super) fn item(app: &AppHandle, id: &str, text: &str, keys: Option<&str>) -> tauri::Result<MenuItem<Host>> {
    let item = MenuItemBuilder::with_id(id, text);
    match keys {
        Some(keys) => item.accelerator(keys).build(app),
        None => item.build(app),
    }
}
