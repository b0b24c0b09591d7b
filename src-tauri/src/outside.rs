//! Asks the computer to act for a person: its dialogs for files, its browser, its file manager. They are in one place,
//! so that a test can stand in the person's.

use std::path::{Path, PathBuf};

use postonce_engine::error::Problem;
use postonce_words::Message;
use tauri::Manager as _;
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder, FilePath};
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::oneshot;

use crate::desktop::{language, words};
use crate::host::{AppHandle, Host};

/// The one who acts.
pub(crate) enum Outside {
    /// The computer.
    Computer,
    /// A test, which answers each dialog with this path, and keeps the pages and files that were to be opened.
    #[cfg(test)]
    Pretended { answer: std::sync::Mutex<Option<PathBuf>>, opened: std::sync::Mutex<Vec<String>> },
}

impl Outside {
    /// Asks for the place of a new file with one of these endings; `None` when the person cancels.
    pub(crate) async fn save(&self, app: &AppHandle, name: &str, endings: &[&str]) -> Option<PathBuf> {
        match self {
            Self::Computer => {
                let dialog = dialog(app, words::SAVE_AS).set_file_name(name);
                let dialog =
                    endings.iter().fold(dialog, |dialog, ending| dialog.add_filter(ending.to_uppercase(), &[ending]));
                answered(|hand| dialog.save_file(hand)).await.and_then(|path| path.into_path().ok())
            }
            #[cfg(test)]
            Self::Pretended { .. } => self.answer().map(|folder| folder.join(name)),
        }
    }

    /// Asks for a file of records, with one of these endings first.
    pub(crate) async fn file(&self, app: &AppHandle, endings: &[&str]) -> Option<String> {
        match self {
            Self::Computer => {
                let language = language(app);
                let dialog = dialog(app, words::CHOOSE_FILE)
                    .add_filter(words::TABLES.text(language), endings)
                    .add_filter(words::ALL_FILES.text(language), &["*"]);
                answered(|hand| dialog.pick_file(hand)).await.map(|path| path.to_string())
            }
            #[cfg(test)]
            Self::Pretended { .. } => self.answer().map(|path| path.display().to_string()),
        }
    }

    /// Asks for a folder.
    pub(crate) async fn folder(&self, app: &AppHandle) -> Option<String> {
        match self {
            Self::Computer => {
                let dialog = dialog(app, words::CHOOSE_FOLDER);
                answered(|hand| dialog.pick_folder(hand)).await.map(|path| path.to_string())
            }
            #[cfg(test)]
            Self::Pretended { .. } => self.answer().map(|path| path.display().to_string()),
        }
    }

    /// Opens a page in the person's browser.
    pub(crate) fn open_page(&self, app: &AppHandle, page: &tauri::Url) -> Result<(), Problem> {
        match self {
            Self::Computer => app
                .opener()
                .open_url(page.as_str(), None::<&str>)
                .map_err(|error| Problem::desktop_refused(page.as_str(), error)),
            #[cfg(test)]
            Self::Pretended { .. } => self.keep(page.as_str()),
        }
    }

    /// Opens a file or folder with the program that the person has for it.
    pub(crate) fn open_path(&self, app: &AppHandle, path: &Path) -> Result<(), Problem> {
        let shown = path.to_string_lossy();
        match self {
            Self::Computer => {
                app.opener().open_path(&*shown, None::<&str>).map_err(|error| Problem::desktop_refused(&shown, error))
            }
            #[cfg(test)]
            Self::Pretended { .. } => self.keep(&shown),
        }
    }

    /// Shows a file in its folder.
    pub(crate) fn show_path(&self, app: &AppHandle, path: &Path) -> Result<(), Problem> {
        match self {
            Self::Computer => {
                app.opener().reveal_item_in_dir(path).map_err(|error| Problem::desktop_refused(path.display(), error))
            }
            #[cfg(test)]
            Self::Pretended { .. } => self.keep(&path.to_string_lossy()),
        }
    }

    #[cfg(test)]
    fn answer(&self) -> Option<PathBuf> {
        match self {
            Self::Pretended { answer, .. } => answer.lock().expect("no test panics with it").clone(),
            Self::Computer => None,
        }
    }

    #[cfg(test)]
    fn keep(&self, what: &str) -> Result<(), Problem> {
        match self {
            Self::Pretended { opened, .. } => opened.lock().expect("no test panics with it").push(what.to_owned()),
            Self::Computer => {}
        }
        Ok(())
    }
}

/// Returns a dialog with a title in the person's language, which begins among the person's documents.
fn dialog(app: &AppHandle, title: Message) -> FileDialogBuilder<Host> {
    let dialog = app.dialog().file().set_title(title.text(language(app)));
    match app.path().document_dir() {
        Ok(documents) if documents.is_dir() => dialog.set_directory(documents),
        _ => dialog,
    }
}

/// Waits for the answer of a dialog; `None` when it was cancelled, or the caller is gone.
async fn answered(ask: impl FnOnce(Box<dyn FnOnce(Option<FilePath>) + Send>)) -> Option<FilePath> {
    let (hand, handed) = oneshot::channel();
    ask(Box::new(move |chosen| _ = hand.send(chosen)));
    handed.await.ok().flatten()
}
