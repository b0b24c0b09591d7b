//! Files that a person asks for: where to, by a dialog of the system's; then written whole, or not at all.
//!
//! The window names no path and gets no access to files: it asks for a report, and is told where it went.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use postonce_engine::error::{ErrorCode, Told};
use postonce_reports::ReportError;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::DialogExt as _;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Where the person wants it; `None` where they thought better of it. `kinds` are endings, with what files of them are called.
pub(crate) async fn choose(app: &AppHandle, name: &str, kinds: &[(&str, &str)]) -> Option<PathBuf> {
    let mut dialog = app.dialog().file().set_file_name(name);
    if let Some(window) = app.get_webview_window("main") {
        dialog = dialog.set_parent(&window);
    }
    for (words, ending) in kinds {
        dialog = dialog.add_filter(*words, &[ending]);
    }
    let (chosen, answer) = oneshot::channel();
    dialog.save_file(move |path| _ = chosen.send(path));
    let path = answer.await.ok()??.into_path().ok()?;
    // Who types a name without an ending means the first kind.
    Some(match kinds.first() {
        Some((_, ending)) if path.extension().is_none() => path.with_extension(ending),
        _ => path,
    })
}

/// Writes a report beside its place first, so that no half one ever stands there. The dialog has asked about one that does.
/// Reports are written on one thread: their futures do not move between several.
pub(crate) async fn write<F>(path: &Path, report: F) -> Result<(), Told>
where
    F: AsyncFnOnce(&mut dyn Write) -> Result<(), ReportError> + Send + 'static,
{
    let (place, runtime) = (path.to_owned(), Handle::current());
    let written = tokio::task::spawn_blocking(move || runtime.block_on(write_here(&place, report)));
    written.await.unwrap_or_else(|error| Err(Told::internal(error)))
}

async fn write_here<F>(place: &Path, report: F) -> Result<(), Told>
where
    F: AsyncFnOnce(&mut dyn Write) -> Result<(), ReportError>,
{
    let mut draft = place.to_owned().into_os_string();
    draft.push(".part");
    let draft = PathBuf::from(draft);
    let unwritable = |error: &dyn std::fmt::Display| {
        Told::new(ErrorCode::ReportUnwritable).with("path", place.display()).with("detail", error)
    };
    let mut out = BufWriter::new(File::create(&draft).map_err(|error| unwritable(&error))?);
    let written = match report(&mut out).await {
        Ok(()) => out.flush().and_then(|()| out.get_ref().sync_all()).map_err(|error| unwritable(&error)),
        Err(ReportError::Ledger(error)) => Err(error.into()),
        Err(error) => Err(unwritable(&error)),
    };
    drop(out);
    let placed = written.and_then(|()| fs::rename(&draft, place).map_err(|error| unwritable(&error)));
    placed.inspect_err(|_| _ = fs::remove_file(&draft))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[tokio::test]
    async fn a_report_takes_its_place_whole_and_half_a_one_leaves_no_trace() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = folder.path().join("trail.csv");
        fs::write(&place, "the one before").expect("writable");
        let half = async |out: &mut dyn Write| {
            out.write_all(b"half")?;
            Err(ReportError::Io(io::Error::other("the disk is full")))
        };
        let told = write(&place, half).await.expect_err("it broke off");
        assert_eq!(told.code, ErrorCode::ReportUnwritable);
        assert_eq!(fs::read_to_string(&place).expect("it is there"), "the one before");
        write(&place, async |out: &mut dyn Write| Ok(out.write_all(b"whole")?)).await.expect("it can be written");
        assert_eq!(fs::read_to_string(&place).expect("it is there"), "whole");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1, "and no draft beside it");
    }
}
