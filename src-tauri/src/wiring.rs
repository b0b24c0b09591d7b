//! Composes the shell: it chooses the workspace, and makes the engine of it.
//!
//! Invariants: a workspace that cannot be opened is no reason not to start; the window shows why, and asks again. The
//! wiring calls nobody back: a part that has to know which workspace is in use watches it.

mod folder;
mod rebuild;
mod secrets;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use postonce_connectors::workspace::{Change, FILE_NAME, ValueChange};
use postonce_connectors::{Secrets, Workspace, WorkspaceError, actor};
use postonce_engine::error::Problem;
use postonce_engine::{Engine, SettingChange, SyncAsk, Syncing};
use postonce_practice::OpenWorkspace;
use tauri::Url;
use tokio::sync::{Mutex as AsyncMutex, watch};

use crate::blocking::blocking;
use crate::held::HeldSecrets;
use crate::recent::Recent;
use crate::wire::setup::RecentWorkspace;
use crate::wire::{SecretSide, Work};
use crate::work::Works;

pub(crate) use folder::folder;

/// The number of folders beside the one in use that are tried for a new workspace.
const FOLDERS_TRIED: usize = 100;

/// The state of the shell.
pub(crate) struct Wiring {
    folder: Mutex<PathBuf>,
    recent: Recent,
    /// The workspace in use, behind the lock that is held while it is opened or changed.
    slot: AsyncMutex<Slot>,
    in_use: watch::Receiver<InUse>,
    held: HeldSecrets,
    /// The work that is on beside runs.
    pub(crate) works: Works,
}

/// The workspace in use, if it was opened yet.
pub(crate) type InUse = Option<Arc<OpenWorkspace>>;

type Slot = watch::Sender<InUse>;

impl Wiring {
    /// Makes the state for the workspace in that folder, which is opened when it is first asked for.
    pub(crate) fn new(folder: PathBuf, recent: Recent) -> Self {
        let (slot, in_use) = watch::channel(None);
        let (held, works) = (HeldSecrets::default(), Works::default());
        Self { folder: Mutex::new(folder), recent, slot: AsyncMutex::new(slot), in_use, held, works }
    }

    /// Watches which workspace is in use.
    pub(crate) fn in_use(&self) -> watch::Receiver<InUse> {
        self.in_use.clone()
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
    pub(crate) async fn opened(&self) -> Result<Arc<OpenWorkspace>, Problem> {
        let slot = self.slot.lock().await;
        if let Some(open) = in_slot(&slot) {
            return Ok(open);
        }
        let open = Arc::new(OpenWorkspace::open(self.workspace().await?).await?);
        self.recent.keep(open.workspace.dir());
        slot.send_replace(Some(Arc::clone(&open)));
        Ok(open)
    }

    /// Reads the workspace in the folder in use.
    async fn workspace(&self) -> Result<Workspace, Problem> {
        let folder = self.folder();
        blocking(move || Ok(Workspace::open(&folder)?)).await
    }

    /// Changes the settings of the workspace in use: written, entered in the audit trail, and taken up at once. Secrets
    /// that were typed for these sides are kept along with it. Returns the workspace as it is now.
    pub(crate) async fn change(
        &self,
        sides: &[SecretSide],
        changes: impl FnOnce(&Workspace) -> Vec<Change>,
    ) -> Result<Workspace, Problem> {
        let before = self.opened().await?;
        let slot = self.slot.lock().await;
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
        slot.send_replace(None);
        match before.reopen(workspace.clone()).await {
            Ok(open) => _ = slot.send_replace(Some(Arc::new(open))),
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
        let slot = self.slot.lock().await;
        let workspace = blocking(move || Ok(Workspace::open(&folder)?)).await?;
        let dir = workspace.dir().to_owned();
        let same = in_slot(&slot).filter(|open| open.workspace.dir() == dir);
        let open = match same {
            Some(open) => open.reopen(workspace).await?,
            None => OpenWorkspace::open(workspace).await?,
        };
        self.recent.keep(&dir);
        *self.folder.lock().unwrap_or_else(PoisonError::into_inner) = dir;
        slot.send_replace(Some(Arc::new(open)));
        // The typed secrets were meant for another workspace.
        self.held.forget();
        Ok(())
    }

    async fn refuse_while_running(&self) -> Result<(), Problem> {
        match self.syncing().await {
            Some(_) => Err(Problem::run_is_on()),
            None => Ok(()),
        }
    }

    /// Returns the engine of the workspace.
    pub(crate) async fn engine(&self) -> Result<Arc<Engine>, Problem> {
        Ok(Arc::clone(&self.opened().await?.engine))
    }

    /// Begins a sync, or joins the one that is on. It is work from here on, also while the workspace is still opened; one
    /// that was asked to stop by then sends nothing.
    pub(crate) async fn sync(&self, ask: SyncAsk) -> Result<Syncing, Problem> {
        let asked = self.works.begin(Work::Sync);
        let run = self.engine().await?.start(ask.into());
        if asked.stop().is_cancelled() {
            run.stop();
        }
        Ok(run)
    }

    /// Returns the organisation's name, if the workspace itself can be read.
    pub(crate) async fn organisation_name(&self) -> Option<String> {
        Some(self.workspace().await.ok()?.organisation_name().to_owned())
    }

    /// Returns the work that is on and takes its time. It waits for nobody who has the slot: while a workspace is opened or
    /// changed, nothing is on in it.
    pub(crate) fn work(&self) -> Option<Work> {
        let is_syncing = || self.in_use.borrow().as_ref()?.engine.syncing();
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

    /// Returns the run that is on; it opens no workspace for that.
    pub(crate) async fn syncing(&self) -> Option<Syncing> {
        in_slot(&*self.slot.lock().await)?.engine.syncing()
    }

    /// Returns the page of a voucher that the ledger knows: on the accounting system's own server, and nowhere else.
    pub(crate) async fn voucher_page(&self, voucher_id: &str) -> Result<Url, Problem> {
        let open = self.opened().await?;
        let page = open.engine.voucher_page(voucher_id).await?;
        match open.workspace.accounting().remote() {
            Some(remote) => on_server(&page, remote.url.as_str()),
            None => Err(Problem::voucher_page_missing(voucher_id)),
        }
    }
}

fn in_slot(slot: &Slot) -> InUse {
    slot.borrow().clone()
}

/// Returns the page, if it is one of that server.
fn on_server(page: &str, server: &str) -> Result<Url, Problem> {
    let (page, server) = (Url::parse(page).map_err(Problem::internal)?, Url::parse(server).map_err(Problem::internal)?);
    if matches!(page.scheme(), "http" | "https") && page.origin() == server.origin() {
        return Ok(page);
    }
    Err(Problem::internal("a page that is not on the accounting system's server"))
}

/// Returns a change as the audit trail has it. An address may never have held a password: the reader refuses one.
fn setting_change(changed: ValueChange) -> SettingChange {
    SettingChange { key: changed.key, before: changed.before, after: changed.after }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use chrono::NaiveDate;
    use postonce_engine::domain::Trigger;

    use super::*;

    /// Returns the wiring of a practice workspace in this folder.
    fn practising(home: &Path) -> Wiring {
        let newest = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
        let folder = home.join("workspace");
        postonce_practice::make(&folder, &postonce_practice::Wish { port: None, records: 3, seed: 1, newest })
            .expect("a practice workspace");
        Wiring::new(folder, Recent::new(None))
    }

    fn everything() -> SyncAsk {
        SyncAsk { period: Default::default(), trigger: Trigger::Manual, actor: actor(), wait: None }
    }

    /// On one thread, a run that was started has not ended before this test waits for it.
    #[tokio::test]
    async fn sync_is_work_while_another_command_has_the_slot() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let wiring = practising(home.path());
        let engine = wiring.engine().await.expect("it can be opened");
        assert_eq!(wiring.work(), None);
        let opening = wiring.slot.lock().await;
        let run = engine.start(everything().into());
        assert_eq!(wiring.work(), Some(Work::Sync));
        drop(opening);
        run.end().await;
        assert_eq!(wiring.work(), None);
    }

    #[tokio::test]
    async fn sync_is_work_while_its_workspace_is_opened() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let wiring = Arc::new(practising(home.path()));
        let opening = wiring.slot.lock().await;
        let asking = Arc::clone(&wiring);
        let asked = tokio::spawn(async move { asking.sync(everything()).await });
        tokio::task::yield_now().await;
        assert_eq!(wiring.work(), Some(Work::Sync));
        let quitting = Arc::clone(&wiring);
        let quit = tokio::spawn(async move { quitting.stop_work().await });
        tokio::task::yield_now().await;
        drop(opening);
        let end = asked.await.expect("no panic").expect("it can be opened").end().await;
        quit.await.expect("no panic");
        assert_eq!(wiring.work(), None);
        assert_eq!(end.run.map_or(0, |run| run.counts.posted), 0);
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
}
