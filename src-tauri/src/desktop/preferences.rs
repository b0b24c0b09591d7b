//! Keeps the application's preferences on this computer: a small file in its configuration folder, apart from any
//! workspace, since it belongs to the person signed in here and not to the organisation.

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use postonce_engine::error::Problem;
use postonce_words::Language;
use serde::{Deserialize, Serialize};
use tauri::Manager as _;
use tauri_plugin_autostart::ManagerExt as _;

use super::{menu, tray};
use crate::host::AppHandle;
use crate::wire::{self, Preferences};

const FILE: &str = "preferences.json";

/// The content of the file. A member that is missing, or a file that cannot be read, counts as never chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Choices {
    pub(super) keep_in_tray: bool,
    pub(super) notifications: bool,
    /// The language of menu, tray and notifications; the page keeps its own.
    language: Option<wire::Language>,
}

impl Default for Choices {
    fn default() -> Self {
        Self { keep_in_tray: false, notifications: true, language: None }
    }
}

/// The choices, with the file that keeps them.
pub(crate) struct PreferenceFile {
    file: Option<PathBuf>,
    choices: Mutex<Choices>,
}

impl PreferenceFile {
    pub(super) fn read(folder: Option<PathBuf>) -> Self {
        let file = folder.map(|folder| folder.join(FILE));
        let read = file.as_ref().and_then(|file| fs::read_to_string(file).ok());
        let choices = read.and_then(|text| {
            serde_json::from_str(&text).inspect_err(|error| tracing::warn!("{FILE} is not read: {error}")).ok()
        });
        Self { file, choices: Mutex::new(choices.unwrap_or_default()) }
    }

    pub(super) fn now(&self) -> Choices {
        *self.choices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the choices, in the file first.
    fn change(&self, change: impl FnOnce(&mut Choices)) -> Result<(), Problem> {
        let mut choices = self.choices.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = *choices;
        change(&mut changed);
        if let Some(file) = self.file.as_ref().filter(|_| changed != *choices) {
            let refused = |error: &dyn std::fmt::Display| Problem::desktop_refused(file.display(), error);
            let text = serde_json::to_string_pretty(&changed).map_err(|error| refused(&error))?;
            let unfinished = file.with_extension("json.part");
            let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
            folder
                .and_then(|()| fs::write(&unfinished, text))
                .and_then(|()| fs::rename(&unfinished, file))
                .map_err(|error| refused(&error))?;
        }
        *choices = changed;
        Ok(())
    }
}

/// Returns the preferences as they are now; whether the application starts with the computer is for the computer to
/// say.
pub(crate) fn preferences(app: &AppHandle) -> Preferences {
    let choices = app.state::<PreferenceFile>().now();
    Preferences {
        autostart: app.autolaunch().is_enabled().unwrap_or(false),
        keep_in_tray: choices.keep_in_tray,
        notifications: choices.notifications,
        has_tray: app.state::<tray::Tray>().is_there(),
    }
}

/// Changes the preferences.
pub(crate) fn set_preferences(app: &AppHandle, wanted: Preferences) -> Result<(), Problem> {
    let autostart = app.autolaunch();
    if autostart.is_enabled().unwrap_or(false) != wanted.autostart {
        let changed = if wanted.autostart { autostart.enable() } else { autostart.disable() };
        changed.map_err(|error| Problem::desktop_refused("autostart", error))?;
    }
    app.state::<PreferenceFile>().change(|choices| {
        choices.keep_in_tray = wanted.keep_in_tray;
        choices.notifications = wanted.notifications;
    })
}

/// Returns the language of menu, tray, notifications and dialogs.
pub(crate) fn language(app: &AppHandle) -> Language {
    app.state::<PreferenceFile>().now().language.map_or_else(system_language, Language::from)
}

/// Returns the language that the operating system is set to.
pub(crate) fn system_language() -> Language {
    sys_locale::get_locale().map_or(Language::English, |tag| Language::of_tag(&tag))
}

/// Takes over the page's new language for menu, tray and notifications.
pub(crate) fn set_language(app: &AppHandle, wanted: Language) -> Result<(), Problem> {
    if language(app) != wanted {
        menu::set(app, wanted);
        app.state::<tray::Tray>().speak(app, wanted);
    }
    app.state::<PreferenceFile>().change(|choices| choices.language = Some(wanted.into()))
}

#[cfg(test)]
mod tests {
    use postonce_engine::error::ErrorCode;

    use super::*;

    #[test]
    fn choices_are_kept_and_a_damaged_file_counts_as_none() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = || Some(folder.path().join("new"));
        let kept = PreferenceFile::read(at());
        assert_eq!(kept.now(), Choices::default());
        kept.change(|choices| choices.keep_in_tray = true).expect("writable");
        assert!(PreferenceFile::read(at()).now().keep_in_tray);
        fs::write(folder.path().join("new").join(FILE), "{\"notifications\": false").expect("writable");
        assert_eq!(PreferenceFile::read(at()).now(), Choices::default());
        fs::write(folder.path().join("new").join(FILE), "{\"notifications\": false}").expect("writable");
        assert!(!PreferenceFile::read(at()).now().notifications);
    }

    #[test]
    fn a_choice_that_cannot_be_kept_is_not_taken() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("file");
        fs::write(&file, "").expect("writable");
        let kept = PreferenceFile::read(Some(file));
        let problem = kept.change(|choices| choices.keep_in_tray = true).expect_err("a file is no folder");
        assert_eq!((problem.code, kept.now()), (ErrorCode::DesktopRefused, Choices::default()));
    }
}
