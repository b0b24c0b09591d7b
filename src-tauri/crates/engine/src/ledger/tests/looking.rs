//! Asks what is read of a ledger that this user may not write.

use rusqlite::ffi;

use super::*;

/// Returns the path of a ledger with one record, which nobody has open.
async fn closed() -> (PathBuf, tempfile::TempDir) {
    let LedgerRig { ledger, _folder: folder, .. } = rig().await;
    let path = ledger.path().to_owned();
    drop(ledger);
    (path, folder)
}

fn code(outcome: Result<Ledger, LedgerError>) -> Result<Ledger, ErrorCode> {
    outcome.map_err(|error| Problem::from(&error).code)
}

#[tokio::test]
async fn ledger_that_is_looked_at_is_read_and_never_written() {
    let (path, folder) = closed().await;
    let names = || std::fs::read_dir(folder.path()).expect("a folder").count();
    let before = names();
    let ledger = Ledger::still(&path).expect("it can be read");
    assert!(ledger.is_only_looked_at());
    assert_eq!(ledger.counts().await.expect("readable").eligible, 1);
    let refused = ledger.write(|tx| tx.begin_reading(NOW)).await;
    assert!(matches!(refused, Err(LedgerError::Closed { .. })), "{refused:?}");
    assert_eq!(names(), before, "nothing is made beside it");
}

#[tokio::test]
async fn ledger_of_another_version_is_not_looked_at() {
    let (path, _folder) = closed().await;
    let set = |version: i64| {
        let connection = Connection::open(&path).expect("the file is there");
        connection.execute_batch(&format!("PRAGMA user_version = {version}")).expect("it is set");
    };
    let known = file::connection::known_version();
    assert!(Ledger::is_current(&path).expect("readable"));
    set(known - 1);
    assert!(!Ledger::is_current(&path).expect("readable"));
    assert_eq!(code(Ledger::still(&path)).err(), Some(ErrorCode::LedgerReadOnly));
    set(known + 1);
    assert_eq!(code(Ledger::open_to_look(&path, &StillClock, &OneId)).err(), Some(ErrorCode::LedgerNewer));
    set(known);
    let ledger = Ledger::open_to_look(&path, &StillClock, &OneId).expect("it may be written");
    assert!(!ledger.is_only_looked_at());
}

#[test]
fn lack_of_a_right_differs_from_damage() {
    let path = PathBuf::from("ledger.sqlite");
    let sqlite = |code| LedgerError::Sqlite {
        path: path.clone(),
        source: rusqlite::Error::SqliteFailure(ffi::Error::new(code), None),
    };
    for about_rights in
        [LedgerError::Closed { path: path.clone() }, sqlite(ffi::SQLITE_READONLY), sqlite(ffi::SQLITE_CANTOPEN)]
    {
        assert!(about_rights.is_about_rights(), "{about_rights:?}");
    }
    for other in [LedgerError::Missing { path: path.clone() }, sqlite(ffi::SQLITE_CORRUPT), sqlite(ffi::SQLITE_FULL)] {
        assert!(!other.is_about_rights(), "{other:?}");
    }
}
