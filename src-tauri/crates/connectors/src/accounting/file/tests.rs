//! Asks what lies in a folder when a delivery dies at any of its steps, and comes again.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use postonce_engine::domain::{FileDigest, SealedFile};
use postonce_engine::error::ErrorCode;

use super::deliver::deliver;
use super::*;

const BYTES: &[u8] = b"GBAT10;1;20261028;1;10;2026;7140\r\n";

/// A place whose process dies at one of its steps: before the step is done, or right after it.
struct Dying {
    inner: Folder,
    steps_left: AtomicUsize,
    does_the_last: bool,
    is_dead: AtomicBool,
}

impl Dying {
    fn new(folder: &Path, steps: usize, does_the_last: bool) -> Self {
        let (steps_left, is_dead) = (AtomicUsize::new(steps), AtomicBool::new(false));
        Self { inner: Folder::new(folder), steps_left, does_the_last, is_dead }
    }

    async fn step<T>(&self, act: impl Future<Output = Result<T, PlaceError>>) -> Result<T, PlaceError> {
        let left = self.steps_left.load(Ordering::Relaxed);
        if left > 0 {
            self.steps_left.store(left - 1, Ordering::Relaxed);
            return act.await;
        }
        // A dead process does no further step.
        if !self.is_dead.swap(true, Ordering::Relaxed) && self.does_the_last {
            let _ = act.await;
        }
        Err(PlaceError::Unknown(Problem::file_folder_failed("folder", "the process died")))
    }
}

#[async_trait]
impl Place for Dying {
    fn address(&self) -> &str {
        self.inner.address()
    }
    async fn is_there(&self) -> Result<bool, PlaceError> {
        self.step(self.inner.is_there()).await
    }
    async fn list(&self, folder: &str) -> Result<Vec<String>, PlaceError> {
        self.step(self.inner.list(folder)).await
    }
    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, PlaceError> {
        self.step(self.inner.read(name)).await
    }
    async fn make_folder(&self, name: &str) -> Result<(), PlaceError> {
        self.step(self.inner.make_folder(name)).await
    }
    async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), PlaceError> {
        self.step(self.inner.write(name, bytes)).await
    }
    async fn replace(&self, name: &str, bytes: Vec<u8>) -> Result<(), PlaceError> {
        self.step(self.inner.replace(name, bytes)).await
    }
    async fn write_into(&self, name: &str, bytes: Vec<u8>) -> Result<bool, PlaceError> {
        self.step(self.inner.write_into(name, bytes)).await
    }
    async fn move_new(&self, from: &str, to: &str) -> Result<Moved, PlaceError> {
        self.step(self.inner.move_new(from, to)).await
    }
    async fn remove(&self, name: &str) -> Result<bool, PlaceError> {
        self.step(self.inner.remove(name)).await
    }
    async fn remove_empty(&self, name: &str) -> Result<(), PlaceError> {
        self.step(self.inner.remove_empty(name)).await
    }
}

fn sealed(number: u32, bytes: &[u8], before: Option<&[u8]>) -> SealedFile {
    SealedFile {
        number,
        label: format!("2026-{number:04}"),
        file_name: format!("hlf-2026-{number:04}.csv"),
        digest: FileDigest::of(bytes),
        predecessor: before.map(FileDigest::of),
        ledger_id: "ledger-1".into(),
    }
}

fn goes_on() -> Result<(), CallError> {
    Ok(())
}

async fn delivered(folder: &Path, file: &SealedFile, bytes: &[u8]) -> Result<(), CallError> {
    deliver(&Folder::new(folder), file, bytes, &goes_on).await
}

/// Returns the files of others in the folder, with their bytes.
fn there(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten().filter(|entry| entry.path().is_file());
    entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).expect("readable")))
        .collect()
}

fn code(error: &CallError) -> ErrorCode {
    error.problem().code
}

#[tokio::test]
async fn delivery_that_dies_at_any_step_is_made_once() {
    let file = sealed(1, BYTES, None);
    let wanted = vec![("hlf-2026-0001.csv".to_owned(), BYTES.to_vec())];
    let mut deaths = 0;
    for (does_the_last, is_fetched) in [(false, false), (false, true), (true, false), (true, true)] {
        for steps in 0.. {
            let folder = tempfile::tempdir().expect("a folder");
            let dying = Dying::new(folder.path(), steps, does_the_last);
            let is_done = deliver(&dying, &file, BYTES, &goes_on).await.is_ok();
            let mut seen = Vec::new();
            if is_fetched {
                // An importer takes away what lies there.
                seen = there(folder.path());
                seen.iter().for_each(|(name, _)| std::fs::remove_file(folder.path().join(name)).expect("it is there"));
            }
            delivered(folder.path(), &file, BYTES).await.expect("the folder is well");
            seen.extend(there(folder.path()));
            assert_eq!(seen, wanted, "{steps} steps, {does_the_last}, {is_fetched}");
            if is_done {
                break;
            }
            deaths += 1;
        }
    }
    assert!(deaths > 30, "{deaths}");
}

#[tokio::test]
async fn number_is_taken_by_one_ledger_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    delivered(folder.path(), &sealed(1, BYTES, None), BYTES).await.expect("the first");
    let second = sealed(2, b"second", Some(BYTES));
    delivered(folder.path(), &second, b"second").await.expect("it goes on");
    let strangers = [
        sealed(1, b"other", None),
        SealedFile { ledger_id: "ledger-2".into(), ..sealed(3, b"third", Some(b"second")) },
        sealed(3, b"third", Some(b"another second")),
        sealed(4, b"fourth", Some(b"second")),
        SealedFile { ledger_id: "ledger-2".into(), ..sealed(1, BYTES, None) },
    ];
    for file in strangers {
        let refused = delivered(folder.path(), &file, b"third").await.expect_err("it is another's");
        assert_eq!(code(&refused), ErrorCode::FileLedgerDiffers, "{file:?}");
        assert!(matches!(refused, CallError::Refused { .. }));
    }
    assert_eq!(there(folder.path()).len(), 2);
}

#[tokio::test]
async fn name_that_somebody_else_has_is_never_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("hlf-2026-0001.csv");
    std::fs::write(&path, "a stranger's").expect("writable");
    let file = sealed(1, BYTES, None);
    let taken = delivered(folder.path(), &file, BYTES).await.expect_err("the name is taken");
    assert_eq!(code(&taken), ErrorCode::FileNameTaken);
    assert!(matches!(taken, CallError::Unknown(_)), "its number is taken, and nothing follows it");
    assert_eq!(std::fs::read(&path).expect("readable"), b"a stranger's");
    std::fs::remove_file(&path).expect("a person moves it away");
    delivered(folder.path(), &file, BYTES).await.expect("the same file, as it was");
    assert_eq!(there(folder.path()), [("hlf-2026-0001.csv".to_owned(), BYTES.to_vec())]);
}

#[tokio::test]
async fn lease_that_is_lost_before_the_number_delivers_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let lost = || Err(CallError::LeaseLost);
    let file = sealed(1, BYTES, None);
    let refused = deliver(&Folder::new(folder.path()), &file, BYTES, &lost).await.expect_err("it is lost");
    assert_eq!(refused, CallError::LeaseLost);
    assert!(there(folder.path()).is_empty());
    assert!(!folder.path().join(".postonce/files/00000001.json").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn folder_that_is_closed_or_gone_is_named_before_anything() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().expect("a folder");
    let gone = delivered(&home.path().join("gone"), &sealed(1, BYTES, None), BYTES).await.expect_err("no folder");
    assert_eq!((code(&gone), matches!(gone, CallError::NotSent(_))), (ErrorCode::FileFolderMissing, true));
    if rustix::process::geteuid().is_root() {
        eprintln!("*** SKIPPED: root may write everywhere");
        return;
    }
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o500)).expect("ours");
    let closed = delivered(home.path(), &sealed(1, BYTES, None), BYTES).await.expect_err("read-only");
    assert_eq!(code(&closed), ErrorCode::FileFolderClosed);
}

/// A share that moves over what stands there, and says that it did not.
struct Overwriting {
    inner: Folder,
    folder: std::path::PathBuf,
}

#[async_trait]
impl Place for Overwriting {
    fn address(&self) -> &str {
        self.inner.address()
    }
    async fn is_there(&self) -> Result<bool, PlaceError> {
        self.inner.is_there().await
    }
    async fn list(&self, folder: &str) -> Result<Vec<String>, PlaceError> {
        self.inner.list(folder).await
    }
    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, PlaceError> {
        self.inner.read(name).await
    }
    async fn make_folder(&self, name: &str) -> Result<(), PlaceError> {
        self.inner.make_folder(name).await
    }
    async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), PlaceError> {
        self.inner.write(name, bytes).await
    }
    async fn replace(&self, name: &str, bytes: Vec<u8>) -> Result<(), PlaceError> {
        self.inner.replace(name, bytes).await
    }
    async fn write_into(&self, name: &str, bytes: Vec<u8>) -> Result<bool, PlaceError> {
        self.inner.write_into(name, bytes).await
    }
    async fn move_new(&self, from: &str, to: &str) -> Result<Moved, PlaceError> {
        std::fs::rename(self.folder.join(from), self.folder.join(to)).expect("it is there");
        Ok(Moved::Taken)
    }
    async fn remove(&self, name: &str) -> Result<bool, PlaceError> {
        self.inner.remove(name).await
    }
    async fn remove_empty(&self, name: &str) -> Result<(), PlaceError> {
        self.inner.remove_empty(name).await
    }
}

#[tokio::test]
async fn share_that_moves_over_other_files_is_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let inner = || Folder::new(home.path());
    inner().make_folder("outgoing").await.expect("writable");
    assert_eq!(try_moves(&inner(), "outgoing", "1").await, Ok(()));
    let share = Overwriting { inner: inner(), folder: home.path().to_owned() };
    let refused = try_moves(&share, "outgoing", "2").await.expect_err("it moves over what is there");
    assert_eq!(code(&refused), ErrorCode::FileFolderUnsafe);
    assert_eq!(inner().list("outgoing").await.expect("readable"), [""; 0], "nothing is left of the trial");
}

#[tokio::test]
async fn file_that_was_changed_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    delivered(folder.path(), &sealed(1, BYTES, None), BYTES).await.expect("the first");
    let changed = || async { deliver::changed(&Folder::new(folder.path()), 20).await.expect("readable") };
    assert!(changed().await.is_empty());
    std::fs::write(folder.path().join("hlf-2026-0001.csv"), "12.51").expect("writable");
    assert_eq!(changed().await.iter().map(|problem| problem.code).collect::<Vec<_>>(), [ErrorCode::FileChanged]);
    std::fs::remove_file(folder.path().join("hlf-2026-0001.csv")).expect("fetched");
    assert!(changed().await.is_empty());
}

#[tokio::test]
async fn rows_of_the_lock_are_one_each() {
    use postonce_engine::ports::{Created, UniqueRows as _};
    let folder = tempfile::tempdir().expect("a folder");
    let place: Arc<dyn Place> = Arc::new(Folder::new(folder.path()));
    let rows = Rows { place, ids: Arc::new(crate::UuidIds) };
    let Ok(Created::Made(first)) = rows.create("lock", "one").await else { panic!("the first is made") };
    assert_eq!(rows.create("lock", "two").await, Ok(Created::Taken));
    assert_eq!(rows.read("lock").await.map(|row| row.map(|row| row.text)), Ok(Some("one".into())));
    assert_eq!(rows.update(&first, "longer than one").await, Ok(true));
    assert_eq!(rows.update(&first, "1").await, Ok(true));
    assert_eq!(rows.read("lock").await.map(|row| row.map(|row| row.text)), Ok(Some("1".into())));
    assert_eq!(rows.delete(&first).await, Ok(true));
    assert_eq!((rows.delete(&first).await, rows.update(&first, "late").await), (Ok(false), Ok(false)));
    assert_eq!(rows.read("lock").await, Ok(None));
    let Ok(Created::Made(second)) = rows.create("lock", "two").await else { panic!("it is free") };
    assert_ne!(first, second);
    assert_eq!((rows.delete(&first).await, rows.update(&first, "late").await), (Ok(false), Ok(false)));
    assert_eq!(rows.read("lock").await.map(|row| row.map(|row| row.text)), Ok(Some("two".into())));
}
