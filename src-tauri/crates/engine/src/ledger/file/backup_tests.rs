use chrono::TimeDelta;

use super::*;
use crate::error::{ErrorCode, Problem};
use crate::ledger::Ledger;
use crate::ports::{Clock, IdSource};

struct World;

#[async_trait::async_trait]
impl Clock for World {
    fn now(&self) -> DateTime<Utc> {
        NOW
    }
    fn elapsed(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
    async fn sleep(&self, _: std::time::Duration) {}
}

impl IdSource for World {
    fn fresh(&self) -> String {
        "ledger-1".into()
    }
}

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn open(path: &Path) -> Result<Ledger, LedgerError> {
    Ledger::open(path, &World, &World)
}

fn code(opened: Result<Ledger, LedgerError>) -> Option<ErrorCode> {
    opened.err().map(|error| Problem::from(error).code)
}

fn open_writes(ledger: &Connection) -> i64 {
    writes(ledger).expect("a number")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn day_has_one_copy_which_opens_as_the_ledger_it_was() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.sqlite");
    let ledger = open(&path).expect("a new ledger");
    let made = ledger.back_up_daily(NOW).await.expect("there is space").expect("the first of the day");
    assert_eq!(ledger.back_up_daily(NOW + TimeDelta::hours(23)).await.expect("there is space"), None);
    assert_eq!(ledger.file().expect("it is there").last_backup_at, Some(NOW));
    assert_eq!(names(&folder.path().join("backups")), ["ledger-daily-19700101T000000Z.sqlite"]);
    drop(ledger);
    fs::remove_file(&path).expect("removable");
    assert_eq!(code(open(&path)), Some(ErrorCode::LedgerMissing), "the backups tell that there was one");
    fs::copy(made, &path).expect("a backup is a ledger");
    assert!(open(&path).is_ok());
}

#[tokio::test]
async fn old_copies_go_and_the_newest_stay_though_the_clock_went_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ledger = open(&folder.path().join("ledger.sqlite")).expect("a new ledger");
    for day in 0..40 {
        ledger.back_up_daily(NOW + TimeDelta::days(day)).await.expect("there is space");
    }
    let backups = folder.path().join("backups");
    let kept = names(&backups);
    assert_eq!((kept.len(), kept[0].as_str()), (DAILY_MAX, "ledger-daily-19700127T000000Z.sqlite"));
    let early = ledger.back_up_daily(NOW).await.expect("there is space").expect("there is none of that day");
    assert!(early.exists());
    assert_eq!(names(&backups).len(), DAILY_MAX);
}

#[tokio::test]
async fn half_made_copy_of_a_dead_process_is_removed_and_never_counts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ledger = open(&folder.path().join("ledger.sqlite")).expect("a new ledger");
    let backups = folder.path().join("backups");
    fs::create_dir(&backups).expect("writable");
    for half in
        ["ledger-daily-19700101T000000Z.sqlite.unfinished", "ledger-daily-19700101T000000Z.sqlite.unfinished-wal"]
    {
        fs::write(backups.join(half), "half a copy").expect("writable");
    }
    assert_eq!(ledger.file().expect("it is there").last_backup_at, None);
    ledger.back_up_daily(NOW).await.expect("there is space").expect("half a copy is none");
    assert_eq!(names(&backups), ["ledger-daily-19700101T000000Z.sqlite"]);
}

#[tokio::test]
async fn copy_that_cannot_be_made_is_reported_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ledger = open(&folder.path().join("ledger.sqlite")).expect("a new ledger");
    fs::write(folder.path().join("backups"), "a file where the folder should be").expect("writable");
    assert!(matches!(ledger.back_up_daily(NOW).await, Err(LedgerError::Backup { .. })));
}

#[tokio::test]
async fn backup_in_a_ledgers_place_is_not_mixed_with_the_old_log() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.sqlite");
    let writes = |ledger: &Ledger| {
        let ledger = Connection::open(ledger.path()).expect("it is there");
        open_writes(&ledger)
    };
    let ledger = open(&path).expect("a new ledger");
    let copy = ledger.back_up_daily(NOW).await.expect("there is space").expect("the first of the day");
    for _ in 0..5 {
        ledger.write(|_| Ok(())).await.expect("it is there");
    }
    // A process that is killed leaves this: the file, and a log that nobody folded into it.
    let log = names::files(&path).nth(1).expect("the log");
    let left = fs::read(&log).expect("it is there while the ledger is open");
    drop(ledger);
    fs::write(&log, left).expect("writable");
    fs::copy(copy, &path).expect("writable");
    assert_eq!(writes(&open(&path).expect("a backup is a ledger")), 0, "not what the log says");
    assert!(names(folder.path()).iter().any(|name| name.ends_with("ledger.sqlite-wal")), "the log is kept");
}

/// Makes a ledger as the first version left it.
fn first_version(path: &Path) {
    let old = Connection::open(path).expect("writable");
    old.execute_batch(include_str!("../../../migrations/0001_ledger.sql")).expect("the first migration");
    old.execute_batch(
        "INSERT INTO ledger (only, ledger_id, created_at, writes) VALUES (1, 'old', '1970-01-01T00:00:00.000Z', 7);
         PRAGMA application_id = 0x504F4E43; PRAGMA user_version = 1;",
    )
    .expect("the marks of a ledger");
}

#[test]
fn older_ledger_is_copied_before_it_is_upgraded() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.sqlite");
    first_version(&path);
    drop(open(&path).expect("it is upgraded"));
    let kept = folder.path().join("backups").join("ledger-before-v1-19700101T000000Z.sqlite");
    let version = |path: &Path| -> i64 {
        let ledger = Connection::open(path).expect("it is there");
        ledger.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a number")
    };
    assert_eq!((version(&kept), version(&path)), (1, connection::known_version()));
}

#[test]
fn older_ledger_that_cannot_be_copied_is_not_upgraded() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.sqlite");
    first_version(&path);
    fs::write(folder.path().join("backups"), "a file where the folder should be").expect("writable");
    assert_eq!(code(open(&path)), Some(ErrorCode::LedgerBackupFailed));
    let ledger = Connection::open(&path).expect("it is there");
    assert_eq!(ledger.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).expect("a number"), 1);
}

#[test]
fn ledger_is_made_anew_only_on_request_and_the_old_one_is_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ledger.sqlite");
    fs::write(Ledger::lock_file(&path), "run-1").expect("writable");
    assert_eq!(code(open(&path)), Some(ErrorCode::LedgerMissing), "the lock file names a run");
    fs::write(&path, "").expect("writable");
    assert_eq!(code(open(&path)), Some(ErrorCode::LedgerDamaged), "an emptied ledger is no new one");
    fs::write(&path, "not a database at all, and longer than its header would be").expect("writable");
    let rebuilt = Ledger::begin_anew(&path, &World, &World).expect("that is what it is for");
    let rebuilt_at = rebuilt.path().to_owned();
    drop(rebuilt);
    Ledger::put_in_place(&rebuilt_at, &path, &World).expect("writable");
    assert!(open(&path).is_ok());
    let aside = names(folder.path()).into_iter().find(|name| name.starts_with("set-aside-")).expect("it is kept");
    assert_eq!(fs::read(folder.path().join(aside)).expect("readable")[..3], *b"not");
}

#[cfg(unix)]
#[tokio::test]
async fn ledger_deleted_or_replaced_is_noticed_at_the_next_write() {
    for replaced in [false, true] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("ledger.sqlite");
        let ledger = open(&path).expect("a new ledger");
        ledger.write(|_| Ok(())).await.expect("it is there");
        let copy = ledger.back_up_daily(NOW).await.expect("there is space").expect("the first of the day");
        fs::remove_file(&path).expect("removable");
        if replaced {
            fs::copy(copy, &path).expect("writable");
        }
        assert!(matches!(ledger.write(|_| Ok(())).await, Err(LedgerError::Missing { .. })), "{replaced}");
    }
}
