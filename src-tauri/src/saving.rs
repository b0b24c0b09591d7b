//! Writes files that a person saves: chosen in the system's own dialog, written here, opened here.
//!
//! Invariant: the window neither reads files nor names them. It gets a number for a saved file, and a name to show.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use postonce_connectors::SystemClock;
use postonce_engine::domain::RunId;
use postonce_engine::error::Problem;
use postonce_engine::ports::Clock as _;
use postonce_engine::views::{Comparison, Papers};
use postonce_engine::{Engine, Ledger};
use postonce_practice::OpenWorkspace;
use postonce_reports::{Format, Overwrite, Place, Report, ReportError, RunFormat, TrailFormat};
use tauri::Manager as _;

use crate::blocking::blocking;
use crate::host::AppHandle;
use crate::outside::Outside;
use crate::wire::{Language, Saved};

/// The most saved files that can be opened from the window; the oldest is let go.
const KEPT_MAX: usize = 100;

/// The files that were saved since the start.
#[derive(Default)]
pub(crate) struct SavedFiles(Mutex<FileList>);

#[derive(Default)]
struct FileList {
    files: Vec<(u32, PathBuf)>,
    count: u32,
}

impl SavedFiles {
    /// Remembers a file that was written.
    pub(crate) fn keep(&self, path: &Path) -> Saved {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.count = kept.count.wrapping_add(1);
        let id = kept.count;
        let shown = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        let saved = Saved { id, name: shown(path.file_name()), folder: shown(path.parent().map(Path::as_os_str)) };
        if kept.files.len() == KEPT_MAX {
            kept.files.remove(0);
        }
        kept.files.push((id, path.to_owned()));
        saved
    }

    /// Returns the place of the file with this number.
    pub(crate) fn path(&self, id: u32) -> Result<PathBuf, Problem> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.files.iter().find(|(kept, _)| *kept == id).map(|(_, path)| path.clone());
        found.ok_or_else(|| Problem::usage(format!("no file {id} was saved")))
    }
}

/// Asks a person for the place of a file; `None` when they cancel.
pub(crate) async fn choose(app: &AppHandle, name: &str, ending: &str) -> Result<Option<Place>, Problem> {
    choose_among(app, name, &[ending]).await
}

/// Asks the same, when the person can choose among several endings as well; `name` without one means the first.
pub(crate) async fn choose_among(app: &AppHandle, name: &str, endings: &[&str]) -> Result<Option<Place>, Problem> {
    let first = endings.first().copied().unwrap_or_default();
    let chosen = app.state::<Outside>().save(app, &format!("{name}.{first}"), endings).await;
    let Some(path) = chosen else { return Ok(None) };
    let is_known = |ending: &&str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
    let ending = endings.iter().copied().find(is_known).unwrap_or(first);
    with_ending(path, ending).map(Some)
}

/// Adds a missing ending to a name. The dialog asked the person whether a file of the name that they typed is replaced,
/// and not one of the longer name, which therefore stays.
fn with_ending(path: PathBuf, ending: &str) -> Result<Place, Problem> {
    if path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending)) {
        return Ok(Place::new(path, Overwrite::Allow));
    }
    let mut whole = path.into_os_string();
    whole.push(".");
    whole.push(ending);
    let place = Place::new(whole, Overwrite::Refuse);
    place.check().map_err(|error| error.problem(place.path()))?;
    Ok(place)
}

/// Returns the name that is proposed for a file about a run: its kind, and the start of the run.
pub(crate) fn name_of(what: &str, started_at: DateTime<Utc>, opened: &OpenWorkspace) -> String {
    let began = started_at.with_timezone(&opened.workspace.time_zone());
    format!("{what}-{}", began.format("%Y-%m-%d-%H%M"))
}

/// Writes the rows of a run.
pub(crate) async fn write_run(
    engine: Arc<Engine>,
    run: RunId,
    format: RunFormat,
    language: Language,
    place: Place,
) -> Result<u64, Problem> {
    on_own_thread(place, async move |place| {
        let ledger = engine.ledger();
        place.write(async |out| postonce_reports::write_run(ledger, &run, format, language.into(), out).await).await
    })
    .await
}

/// Writes the certificate of a run.
pub(crate) async fn write_certificate(
    opened: Arc<OpenWorkspace>,
    run: RunId,
    format: Format,
    language: Language,
    place: Place,
) -> Result<(), Problem> {
    let ledger = opened.engine.ledger().clone();
    let comparison = ledger.certificate(&run).await?.ok_or_else(|| Problem::certificate_missing(&run))?;
    let summary = ledger.run(&run).await?.ok_or_else(|| Problem::run_not_found(&run))?;
    let papers = ledger.papers(Some(&run)).await?;
    let report = Report { run: Some(summary), ..report_of(&opened, comparison, papers, language) };
    write_comparison(ledger, report, format, place).await
}

/// Returns the report of a comparison, as it is now.
pub(crate) fn report_of(opened: &OpenWorkspace, comparison: Comparison, papers: Papers, language: Language) -> Report {
    Report {
        accounts: Vec::new(),
        comparison,
        run: None,
        papers,
        organisation_name: opened.workspace.organisation_name().to_owned(),
        time_zone: opened.workspace.time_zone(),
        language: language.into(),
        made_at: SystemClock::start().now(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Writes the whole audit trail.
pub(crate) async fn write_trail(
    ledger: Ledger,
    format: TrailFormat,
    language: Language,
    place: Place,
) -> Result<u64, Problem> {
    on_own_thread(place, async move |place| {
        place.write(async |out| postonce_reports::write_trail(&ledger, format, language.into(), out).await).await
    })
    .await
}

/// Writes a comparison, a run's certificate or not.
pub(crate) async fn write_comparison(
    ledger: Ledger,
    report: Report,
    format: Format,
    place: Place,
) -> Result<(), Problem> {
    on_own_thread(place, async move |place| {
        place.write(async |out| postonce_reports::write(&ledger, &report, format, out).await).await
    })
    .await
}

/// Runs a writer on a thread of its own, because it holds values that no other thread may have.
async fn on_own_thread<T: Send + 'static>(
    place: Place,
    write: impl AsyncFnOnce(&Place) -> Result<T, ReportError> + Send + 'static,
) -> Result<T, Problem> {
    let runtime = tokio::runtime::Handle::current();
    blocking(move || runtime.block_on(write(&place)).map_err(|error| error.problem(place.path()))).await
}

#[cfg(test)]
mod tests {
    use postonce_engine::error::ErrorCode;

    use super::*;

    #[test]
    fn a_saved_file_can_be_opened_until_too_many_follow() {
        let files = SavedFiles::default();
        let first = files.keep(Path::new("/home/kari/run.csv"));
        assert_eq!((first.name.as_str(), first.folder.as_str()), ("run.csv", "/home/kari"));
        assert_eq!(files.path(first.id).ok(), Some("/home/kari/run.csv".into()));
        assert!(files.path(first.id + 1).is_err());
        for number in 0..KEPT_MAX {
            files.keep(Path::new(&format!("/home/kari/{number}")));
        }
        assert!(files.path(first.id).is_err(), "it was let go");
    }

    #[test]
    fn name_without_its_ending_gets_it_and_overwrites_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let named = |name: &str| with_ending(folder.path().join(name), "csv");
        let path = |name: &str| named(name).ok().map(|place| place.path().to_owned());
        assert_eq!(path("run.CSV"), Some(folder.path().join("run.CSV")));
        assert_eq!(path("run"), Some(folder.path().join("run.csv")));
        std::fs::write(folder.path().join("run.csv"), "mine").expect("our folder");
        assert_eq!(named("run").map(drop).map_err(|problem| problem.code), Err(ErrorCode::ReportExists));
        assert!(named("run.csv").is_ok(), "the dialog asked");
    }
}
