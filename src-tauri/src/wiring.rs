//! Composes the shell: it chooses the workspace, and makes the engine of it.
//!
//! Invariant: a workspace that cannot be opened is no reason not to start. The window shows why, and asks again.

mod secrets;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(crate) use postonce_connectors::actor;
use postonce_connectors::workspace::{Change, Changed, FILE_NAME};
use postonce_connectors::{Secrets, SystemClock, Workspace, WorkspaceError};
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::{Engine, RebuildEnd, Rebuilt, ScheduleNews, SettingChange, Syncing};
use postonce_practice::Sandbox;
use tauri::Url;
use tokio::sync::Mutex as AsyncMutex;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::desktop;
use crate::error::StartError;
use crate::events::follow;
use crate::held::HeldSecrets;
use crate::host::AppHandle;
use crate::recent::Recent;
use crate::wire::setup::RecentWorkspace;
use crate::wire::{SecretSide, Work};
use crate::work::Works;

const FLAG: &str = "--workspace";
const VARIABLE: &str = "POSTONCE_WORKSPACE";
/// The number of folders beside the one in use that are tried for a new workspace.
const FOLDERS_TRIED: usize = 100;
/// The most looks whether a ledger is closed, and the pause between two.
const CLOSE_LOOKS_MAX: u32 = 200;
const CLOSE_PAUSE: Duration = Duration::from_millis(25);

/// The state of the shell.
pub(crate) struct Wiring {
    folder: Mutex<PathBuf>,
    recent: Recent,
    app: AppHandle,
    opened: AsyncMutex<Option<Arc<Opened>>>,
    held: HeldSecrets,
    /// The work that is on beside runs.
    pub(crate) works: Works,
}

/// A workspace in use.
pub(crate) struct Opened {
    pub(crate) workspace: Workspace,
    pub(crate) engine: Arc<Engine>,
    /// The sandbox, which lives as long as the workspace is in use.
    sandbox: Option<Arc<Sandbox>>,
    /// The guard that ends the scheduler when the workspace is let go.
    _scheduler: DropGuard,
}

impl Opened {
    /// Returns the page of a voucher that the ledger knows: on the accounting system's own server, and nowhere else.
    pub(crate) async fn voucher_page(&self, voucher_id: &str) -> Result<Url, Problem> {
        let page = self.engine.voucher_page(voucher_id).await?;
        on_server(&page, self.workspace.accounting().remote().url.as_str())
    }
}

impl Wiring {
    /// Makes the state for the workspace in that folder, which is opened when it is first asked for.
    pub(crate) fn new(folder: PathBuf, recent: Recent, app: AppHandle) -> Self {
        let (opened, held, works) = (AsyncMutex::new(None), HeldSecrets::default(), Works::default());
        Self { folder: Mutex::new(folder), recent, app, opened, held, works }
    }

    /// Returns the folder of the workspace, whether or not there is one.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns a folder for a new workspace: the folder in use, or one beside it.
    pub(crate) fn free_folder(&self) -> PathBuf {
        let folder = self.folder();
        let name = folder.file_name().map_or_else(|| "postonce".into(), |name| name.to_string_lossy().into_owned());
        let others = (2..FOLDERS_TRIED).map(|number| folder.with_file_name(format!("{name}-{number}")));
        let is_free = |folder: &PathBuf| !folder.join(FILE_NAME).exists();
        std::iter::once(folder.clone()).chain(others).find(is_free).unwrap_or_else(|| folder.clone())
    }

    /// Returns the workspaces that were in use.
    pub(crate) fn recent(&self) -> Vec<RecentWorkspace> {
        self.recent.workspaces()
    }

    /// Returns the workspace, opened now if it is not yet.
    pub(crate) async fn opened(&self) -> Result<Arc<Opened>, Problem> {
        let mut slot = self.opened.lock().await;
        if let Some(opened) = slot.as_ref() {
            return Ok(Arc::clone(opened));
        }
        let opened = Arc::new(open(self.folder(), self.app.clone()).await?);
        self.recent.keep(opened.workspace.dir());
        *slot = Some(Arc::clone(&opened));
        Ok(opened)
    }

    /// Changes the settings of the workspace in use: written, entered in the audit trail, and taken up at once. Secrets
    /// that were typed for these sides are kept along with it. Returns the workspace as it is now.
    pub(crate) async fn change(
        &self,
        sides: &[SecretSide],
        changes: impl FnOnce(&Workspace) -> Vec<Change>,
    ) -> Result<Workspace, Problem> {
        let before = self.opened().await?;
        let mut slot = self.opened.lock().await;
        let still = before.engine.hold_still()?;
        let (workspace, changes) = (before.workspace.clone(), changes(&before.workspace));
        let edited = blocking(move || Ok(workspace.edit(&changes)?)).await?;
        let mut entered: Vec<SettingChange> = edited.changed.iter().cloned().map(setting_change).collect();
        let held = self.held.of(&edited.workspace, sides);
        entered.extend(secrets::setting_changes(&held));
        if entered.is_empty() {
            return Ok(edited.workspace);
        }
        let workspace = edited.workspace.clone();
        let (after, actor) = (workspace.settings(), actor());
        let enter = before.engine.settings_changed(&still, &after, entered, &actor);
        let done = Arc::new(Secrets::of(&workspace)).keep_while(held, enter).await;
        if let Err(problem) = done {
            blocking(move || Ok(edited.take_back()?)).await?;
            return Err(problem);
        }
        self.held.forget();
        drop(still);
        // The open workspace is wrong from here on, and the change is made: a failure to open it goes to the next
        // caller.
        *slot = None;
        match open_with(workspace.clone(), before.sandbox.clone(), self.app.clone()).await {
            Ok(opened) => *slot = Some(Arc::new(opened)),
            Err(problem) => tracing::warn!("the workspace is changed, and cannot be opened: {problem}"),
        }
        Ok(workspace)
    }

    /// Makes this workspace where there is none, keeps its secrets in the keyring, and opens it.
    pub(crate) async fn make(&self, workspace: Workspace) -> Result<(), Problem> {
        self.refuse_while_running().await?;
        let dir = workspace.dir().to_owned();
        if dir.join(FILE_NAME).exists() {
            return Err(WorkspaceError::Exists(dir).into());
        }
        let (held, secrets) = (self.held.of(&workspace, &SecretSide::BOTH), Arc::new(Secrets::of(&workspace)));
        let create = blocking(move || Ok(Workspace::create(workspace.dir(), workspace.text())?));
        secrets.keep_while(held, create).await?;
        self.held.forget();
        self.go_to(dir).await
    }

    /// Opens another workspace in place of the one in use.
    pub(crate) async fn go_to(&self, folder: PathBuf) -> Result<(), Problem> {
        self.refuse_while_running().await?;
        let mut slot = self.opened.lock().await;
        let is_same = slot.as_ref().is_some_and(|opened| opened.workspace.dir() == folder);
        let sandbox = slot.as_ref().filter(|_| is_same).and_then(|opened| opened.sandbox.clone());
        let workspace = blocking(move || Ok(Workspace::open(&folder)?)).await?;
        let sandbox = match sandbox {
            Some(sandbox) => Some(sandbox),
            None => postonce_practice::sandbox(&workspace).await?.map(Arc::new),
        };
        let opened = open_with(workspace, sandbox, self.app.clone()).await?;
        let dir = opened.workspace.dir().to_owned();
        self.recent.keep(&dir);
        *self.folder.lock().unwrap_or_else(PoisonError::into_inner) = dir;
        *slot = Some(Arc::new(opened));
        // The typed secrets were meant for another workspace.
        self.held.forget();
        Ok(())
    }

    async fn refuse_while_running(&self) -> Result<(), Problem> {
        match self.syncing().await {
            Some(_) => Err(Problem::new(ErrorCode::RunIsOn)),
            None => Ok(()),
        }
    }

    /// Returns the engine of the workspace.
    pub(crate) async fn engine(&self) -> Result<Arc<Engine>, Problem> {
        Ok(Arc::clone(&self.opened().await?.engine))
    }

    /// Returns the organisation's name, if the workspace itself can be read.
    pub(crate) async fn organisation_name(&self) -> Option<String> {
        let folder = self.folder();
        let name = blocking(move || Ok(Workspace::open(&folder)?.organisation_name().to_owned())).await;
        name.ok()
    }

    /// Returns the work that is on and takes its time. It does not wait for a workspace that is being opened or changed
    /// at this moment: nothing is on in it.
    pub(crate) fn work(&self) -> Option<Work> {
        let is_syncing = || self.opened.try_lock().ok()?.as_ref()?.engine.syncing();
        self.works.on().or_else(|| is_syncing().map(|_| Work::Sync))
    }

    /// Stops the work, safely, and waits until it has ended.
    pub(crate) async fn stop_work(&self) {
        self.works.stop_all().await;
        if let Some(run) = self.syncing().await {
            run.stop();
            run.end().await;
        }
    }

    /// Makes a new ledger from the accounting system and puts it in the place of the old one, whether that can be
    /// opened or not. `confirm` is the organisation's name, typed again. The workspace is opened afresh when it is next
    /// asked for.
    pub(crate) async fn rebuild(&self, confirm: &str) -> Result<Rebuilt, Problem> {
        let begun = self.works.begin(Work::Rebuild);
        let mut slot = self.opened.lock().await;
        let folder = self.folder();
        let workspace = blocking(move || Ok(Workspace::open(&folder)?)).await?;
        if workspace.organisation_name() != confirm {
            let problem = Problem::new(ErrorCode::ConfirmationDiffers).with("expected", workspace.organisation_name());
            return Err(problem.with("found", confirm));
        }
        if slot.as_ref().is_some_and(|opened| opened.engine.syncing().is_some()) {
            return Err(Problem::new(ErrorCode::RunIsOn));
        }
        if let Some(opened) = slot.take() {
            let sandbox = opened.sandbox.clone();
            closed(opened, workspace.ledger_path()).await?;
            // A sandbox that still answers while it ends would be taken for somebody else's.
            if let Some(sandbox) = sandbox.and_then(Arc::into_inner) {
                sandbox.stop().await;
            }
        }
        let sandbox = postonce_practice::sandbox(&workspace).await?;
        let rebuilt = rebuilt(&workspace, begun.stop()).await;
        if let Some(sandbox) = sandbox {
            sandbox.stop().await;
        }
        rebuilt
    }

    /// Returns the run that is on; it opens no workspace for that.
    pub(crate) async fn syncing(&self) -> Option<Syncing> {
        self.opened.lock().await.as_ref()?.engine.syncing()
    }
}

/// Returns the page, if it is one of that server.
fn on_server(page: &str, server: &str) -> Result<Url, Problem> {
    let (page, server) = (Url::parse(page).map_err(Problem::internal)?, Url::parse(server).map_err(Problem::internal)?);
    if matches!(page.scheme(), "http" | "https") && page.origin() == server.origin() {
        return Ok(page);
    }
    Err(Problem::internal("a page that is not on the accounting system's server"))
}

/// Waits until nobody has the workspace's ledger open any more.
async fn closed(opened: Arc<Opened>, ledger: PathBuf) -> Result<(), Problem> {
    let engine = Arc::downgrade(&opened.engine);
    // The scheduler ends with it, and so does a task that still reads a page.
    drop(opened);
    for _ in 0..CLOSE_LOOKS_MAX {
        if engine.strong_count() == 0 {
            return Ok(());
        }
        tokio::time::sleep(CLOSE_PAUSE).await;
    }
    Err(Problem::new(ErrorCode::LedgerBusy).with("path", ledger.display()))
}

/// Makes the new ledger beside the old one, and changes them.
async fn rebuilt(workspace: &Workspace, stop: CancellationToken) -> Result<Rebuilt, Problem> {
    let ours = workspace.clone();
    let parts = blocking(move || postonce_connectors::parts_anew(&ours)).await?;
    let (rebuilt_at, lock) = (parts.ledger.path().to_owned(), parts.settings.file_lock.clone());
    let engine = Engine::new(parts);
    let end = engine.rebuild_until(actor(), stop).await;
    // The new ledger is closed before it takes the other's place.
    drop(engine);
    let RebuildEnd { rebuilt, refused } = end?;
    let no_word = || Problem::internal("the rebuild ended without a word");
    let rebuilt = rebuilt.ok_or_else(|| refused.error.unwrap_or_else(no_word))?;
    let ledger = workspace.ledger_path();
    blocking(move || postonce_engine::put_in_place(&rebuilt_at, &ledger, &lock, &SystemClock::start())).await?;
    Ok(rebuilt)
}

/// Opens a workspace. The keyring may keep its caller waiting, so everything that blocks is done on a thread for it.
async fn open(folder: PathBuf, app: AppHandle) -> Result<Opened, Problem> {
    let workspace = blocking(move || Ok(Workspace::open(&folder)?)).await?;
    let sandbox = postonce_practice::sandbox(&workspace).await?.map(Arc::new);
    open_with(workspace, sandbox, app).await
}

async fn open_with(workspace: Workspace, sandbox: Option<Arc<Sandbox>>, app: AppHandle) -> Result<Opened, Problem> {
    let engine = engine_of(&workspace).await?;
    Ok(scheduled(workspace, engine, sandbox, app))
}

async fn engine_of(workspace: &Workspace) -> Result<Arc<Engine>, Problem> {
    let workspace = workspace.clone();
    Ok(Engine::new(blocking(move || postonce_connectors::parts(&workspace)).await?))
}

/// Starts the workspace's schedule.
fn scheduled(workspace: Workspace, engine: Arc<Engine>, sandbox: Option<Arc<Sandbox>>, app: AppHandle) -> Opened {
    let stop = CancellationToken::new();
    tauri::async_runtime::spawn(keep_schedule(app, Arc::clone(&engine), stop.clone()));
    Opened { workspace, engine, sandbox, _scheduler: stop.drop_guard() }
}

/// Returns a change as the audit trail has it. An address may never have held a password: the reader refuses one.
fn setting_change(changed: Changed) -> SettingChange {
    SettingChange { key: changed.key, before: changed.before, after: changed.after }
}

/// Keeps to the workspace's schedule while it is open; the window follows each run as if it had been clicked for.
async fn keep_schedule(app: AppHandle, engine: Arc<Engine>, stop: CancellationToken) {
    let report = |news| match news {
        ScheduleNews::Started { syncing, .. } => {
            // A run that was not let in because a person's run is on stands in the history alone.
            let id = |syncing: &Syncing| syncing.progress().borrow().run_id.clone();
            if engine.syncing().is_some_and(|on| id(&on) == id(&syncing)) {
                tauri::async_runtime::spawn(follow(app.clone(), syncing));
            }
        }
        ScheduleNews::Trouble(problem) => {
            tracing::warn!("the schedule waits: {problem}");
            desktop::schedule_trouble(&app);
        }
        ScheduleNews::Waiting { .. } | ScheduleNews::Ended { .. } | ScheduleNews::Missed { .. } => {}
    };
    if let Err(problem) = engine.run_schedule(&actor(), &stop, report).await {
        tracing::error!("the schedule is kept no longer: {problem}");
        desktop::schedule_trouble(&app);
    }
}

/// Runs a blocking function on a thread for it.
pub(crate) async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(act).await.unwrap_or_else(|error| Err(Problem::internal(error)))
}

/// Returns the folder to open: named now (and kept for the next start), last named, or the application's data folder.
pub(crate) fn folder(recent: &Recent) -> Result<PathBuf, StartError> {
    if let Some(named) = named(std::env::args_os().skip(1))?.or_else(|| std::env::var_os(VARIABLE).map(PathBuf::from)) {
        let named = std::path::absolute(&named).unwrap_or(named);
        recent.keep(&named);
        return Ok(named);
    }
    recent.last().or_else(Workspace::default_dir).ok_or(StartError::NoDataFolder)
}

/// Reads `--workspace DIR` or `--workspace=DIR`.
fn named(mut arguments: impl Iterator<Item = OsString>) -> Result<Option<PathBuf>, StartError> {
    while let Some(argument) = arguments.next() {
        if argument == FLAG {
            return arguments.next().map(|folder| Some(folder.into())).ok_or(StartError::WorkspaceUnnamed);
        }
        if let Some(folder) = argument.to_str().and_then(|text| text.strip_prefix("--workspace=")) {
            return Ok(Some(folder.into()));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named_in(arguments: &[&str]) -> Result<Option<PathBuf>, StartError> {
        named(arguments.iter().map(OsString::from))
    }

    #[test]
    fn a_page_is_opened_on_the_accounting_systems_own_server_alone() {
        let server = "https://books.example.org/";
        assert!(on_server("https://books.example.org/odoo/account.move/7?db=hlf", server).is_ok());
        for other in [
            "https://books.example.org.evil.org/odoo/account.move/7",
            "https://books.example.org:444/odoo/account.move/7",
            "http://books.example.org/odoo/account.move/7",
            "https://kari@evil.org/books.example.org",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "books.example.org",
        ] {
            assert!(on_server(other, server).is_err(), "{other}");
        }
    }

    #[test]
    fn the_workspace_is_named_in_either_way() {
        assert_eq!(named_in(&["--workspace", "a b"]).ok(), Some(Some("a b".into())));
        assert_eq!(named_in(&["-x", "--workspace=ab"]).ok(), Some(Some("ab".into())));
        assert_eq!(named_in(&["postonce://run/1"]).ok(), Some(None));
        assert!(named_in(&["--workspace"]).is_err());
    }
}
