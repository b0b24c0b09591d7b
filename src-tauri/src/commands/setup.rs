//! Answers for the first start: everything is tried out before anything is written, and a typed secret never comes
//! back.

use std::path::{Path, PathBuf};

use postonce_connectors::workspace::{
    AccountingSection, Change, OrganisationSection, PostingSection, Sections, SourceSection, books_changes, plain,
};
use postonce_connectors::{Trial, Workspace};
use postonce_engine::error::Problem;
use secrecy::SecretString;
use tauri::State;

use super::Answer;
use crate::blocking::blocking;
use crate::host::AppHandle;
use crate::outside::Outside;
use crate::wire::setup::{
    AccountingForm, Base, OrganisationForm, SetupForm, SetupStart, SourceForm, SourceGuess, SourcePreview, Survey,
    Tested, kinds,
};
use crate::wire::{Plan, SecretSide};
use crate::wiring::Wiring;

/// The number of rows that are shown as they will be read.
const SAMPLE_ROWS: usize = 8;
/// The most characters of a secret; the longest keys of known systems have a tenth of that.
const SECRET_CHARS_MAX: usize = 16_384;

/// Returns the values with which a first start begins.
#[tauri::command]
#[specta::specta]
pub(crate) async fn begin_setup(wiring: State<'_, Wiring>) -> Answer<SetupStart> {
    let folder = wiring.free_folder();
    let organisation = Sections::of(&fresh(&folder)?)?.organisation;
    Ok(SetupStart {
        folder: folder.display().to_string(),
        organisation: OrganisationForm::from(organisation).unnamed(),
        kinds: kinds(),
        recent: wiring.recent(),
    })
}

/// Keeps a typed secret in memory alone, until it is saved with the part it is for; an empty one is forgotten.
#[tauri::command]
#[specta::specta]
pub(crate) fn hold_secret(wiring: State<'_, Wiring>, side: SecretSide, value: String) -> Answer<()> {
    let value = SecretString::from(value);
    if too_long(&value) {
        return Err(Problem::usage("hold_secret").into());
    }
    wiring.hold(side, value);
    Ok(())
}

/// Keeps the secrets that were typed for a workspace that could not be opened without them, and opens it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_secrets(wiring: State<'_, Wiring>) -> Answer<()> {
    Ok(wiring.keep_secrets().await?)
}

/// Asks an accounting system for the user, the protection, and the missing parts of its set-up.
#[tauri::command]
#[specta::specta]
pub(crate) async fn test_connection(
    wiring: State<'_, Wiring>,
    base: Base,
    accounting: AccountingForm,
) -> Answer<Tested> {
    let trial = trial(&wiring, base, |workspace| AccountingSection::from(&accounting).changes(workspace)).await?;
    Ok(Tested::of(trial.connect().await?, base))
}

/// Asks the same for a whole workspace that is not there yet, its accounts included.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_setup(wiring: State<'_, Wiring>, form: SetupForm) -> Answer<Tested> {
    let workspace = workspace_of(&form)?;
    let held = wiring.held_for(&workspace);
    Ok(Tested::of(Trial::of(workspace, held).connect().await?, Base::Current))
}

/// Guesses the columns and format of files, from one of them, or from a sheet of a workbook.
#[tauri::command]
#[specta::specta]
pub(crate) async fn guess_source(
    wiring: State<'_, Wiring>,
    base: Base,
    path: String,
    sheet: Option<String>,
) -> Answer<SourceGuess> {
    let folder = base_folder(&wiring, base);
    let file = folder.join(path.trim());
    let shown = postonce_connectors::path_in(&folder, &file);
    let guess = blocking(move || Ok(postonce_connectors::guess(&file, sheet.as_deref())?)).await?;
    Ok(SourceGuess::of(guess, shown))
}

/// Returns the first rows of a source as they will be read, and everything that is found in it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sample_source(wiring: State<'_, Wiring>, base: Base, source: SourceForm) -> Answer<SourcePreview> {
    let trial = trial(&wiring, base, |_| SourceSection::from(&source).changes()).await?;
    Ok(trial.preview(SAMPLE_ROWS).await?.into())
}

/// Returns the content of a source: each category with its count and sum.
#[tauri::command]
#[specta::specta]
pub(crate) async fn survey_source(wiring: State<'_, Wiring>, base: Base, source: SourceForm) -> Answer<Survey> {
    let trial = trial(&wiring, base, |_| SourceSection::from(&source).changes()).await?;
    Ok(trial.survey().await?.into())
}

/// Returns the plan of the first sync of a workspace. Nothing of it is written anywhere that stays.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rehearse(wiring: State<'_, Wiring>, form: SetupForm) -> Answer<Plan> {
    let workspace = workspace_of(&form)?;
    let held = wiring.held_for(&workspace);
    Ok(Trial::of(workspace, held).plan().await?.into())
}

/// Makes the workspace, keeps its secrets in the keyring, and opens it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn finish_setup(wiring: State<'_, Wiring>, form: SetupForm) -> Answer<()> {
    Ok(wiring.make(workspace_of(&form)?).await?)
}

/// Opens another workspace.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_workspace(wiring: State<'_, Wiring>, path: String) -> Answer<()> {
    Ok(wiring.go_to(absolute(&path)?).await?)
}

/// Lets a person choose a file of records; `null` when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_file(app: AppHandle, outside: State<'_, Outside>) -> Answer<Option<String>> {
    Ok(outside.file(&app, &["csv", "txt", "tsv", "xlsx", "xlsm", "xls", "ods"]).await)
}

/// Lets a person choose a folder; `null` when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_folder(app: AppHandle, outside: State<'_, Outside>) -> Answer<Option<String>> {
    Ok(outside.folder(&app).await)
}

fn too_long(secret: &SecretString) -> bool {
    use secrecy::ExposeSecret as _;
    secret.expose_secret().chars().count() > SECRET_CHARS_MAX
}

fn fresh(folder: &Path) -> Result<Workspace, Problem> {
    Ok(Workspace::imagined(folder, &plain())?)
}

fn base_folder(wiring: &Wiring, base: Base) -> PathBuf {
    match base {
        Base::Fresh => wiring.free_folder(),
        Base::Current => wiring.folder(),
    }
}

/// Returns a trial of the workspace that `changes` make of the base.
async fn trial(wiring: &Wiring, base: Base, changes: impl FnOnce(&Workspace) -> Vec<Change>) -> Result<Trial, Problem> {
    let workspace = match base {
        Base::Fresh => fresh(&wiring.free_folder())?,
        Base::Current => wiring.opened().await?.workspace.clone(),
    };
    let workspace = workspace.with(&changes(&workspace))?;
    let held = wiring.held_for(&workspace);
    Ok(Trial::of(workspace, held))
}

fn workspace_of(form: &SetupForm) -> Result<Workspace, Problem> {
    let workspace = fresh(&absolute(&form.folder)?)?;
    let mut changes = OrganisationSection::from(&form.organisation).changes();
    changes.extend(SourceSection::from(&form.source).changes());
    changes.extend(AccountingSection::from(&form.accounting).changes(&workspace));
    changes.extend(form.books.iter().flat_map(|books| books_changes(&books.into())));
    changes.extend(PostingSection::from(&form.posting).changes());
    Ok(workspace.with(&changes)?)
}

/// Checks a typed folder: a relative one would be somewhere else with each start.
fn absolute(path: &str) -> Result<PathBuf, Problem> {
    let path = Path::new(path.trim());
    if path.is_absolute() {
        return Ok(path.to_owned());
    }
    Err(Problem::folder_not_absolute(path.display()))
}
