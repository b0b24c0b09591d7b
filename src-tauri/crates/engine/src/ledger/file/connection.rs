//! Opens connections to the ledger, and makes the check that each file passes before anything is changed in it.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::ledger::file::names;
use crate::ledger::{LedgerError, search};

/// The mark `PONC`, by which a ledger differs from any other SQLite file.
pub(in crate::ledger) const APPLICATION_ID: i64 = 0x504F_4E43;
/// The time that a statement waits for another program's transaction.
pub(in crate::ledger) const BUSY_WAIT: Duration = Duration::from_secs(10);

/// Each migration once, in order; its number is the ledger's version.
pub(in crate::ledger) const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/0001_ledger.sql"),
    include_str!("../../../migrations/0002_proof.sql"),
    include_str!("../../../migrations/0003_compared.sql"),
    include_str!("../../../migrations/0004_schedule.sql"),
    include_str!("../../../migrations/0005_records.sql"),
    include_str!("../../../migrations/0006_rows.sql"),
    include_str!("../../../migrations/0007_left_out.sql"),
    include_str!("../../../migrations/0008_proof_of_content.sql"),
    include_str!("../../../migrations/0009_identity.sql"),
    include_str!("../../../migrations/0010_staged_reading.sql"),
    include_str!("../../../migrations/0011_claims.sql"),
    include_str!("../../../migrations/0012_plain_conditions.sql"),
    include_str!("../../../migrations/0013_results_due.sql"),
    include_str!("../../../migrations/0014_made.sql"),
    include_str!("../../../migrations/0015_other_day.sql"),
    include_str!("../../../migrations/0016_forgotten.sql"),
    include_str!("../../../migrations/0017_sealed_files.sql"),
    include_str!("../../../migrations/0018_receipts.sql"),
];

/// Returns the version that this program writes.
pub(in crate::ledger) fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Opens a connection that cannot write.
pub(in crate::ledger) fn reader(path: &Path) -> Result<Connection, LedgerError> {
    reader_of(path, false)
}

/// Opens a connection to a file that nobody can change while it is open: SQLite makes no file beside it, and so needs no
/// right to write in the folder.
pub(in crate::ledger) fn reader_of_still(path: &Path) -> Result<Connection, LedgerError> {
    reader_of(path, true)
}

fn reader_of(path: &Path, is_still: bool) -> Result<Connection, LedgerError> {
    let sqlite_error = |source| LedgerError::Sqlite { path: path.to_owned(), source };
    if !path.try_exists().unwrap_or(true) {
        return Err(LedgerError::Missing { path: path.to_owned() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = if is_still {
        let name = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        Connection::open_with_flags(format!("file:{name}?immutable=1"), flags | OpenFlags::SQLITE_OPEN_URI)
    } else {
        Connection::open_with_flags(path, flags)
    };
    let connection = connection.map_err(sqlite_error)?;
    connection.busy_timeout(BUSY_WAIT).map_err(sqlite_error)?;
    connection.set_prepared_statement_cache_capacity(64);
    keep_plans(&connection).map_err(sqlite_error)?;
    search::install(&connection).map_err(sqlite_error)?;
    Ok(connection)
}

/// Lets SQLite plan a statement once. Otherwise it looks at the values that are bound where an index holds a part of the
/// rows only, and compiles such a statement anew for each of its uses: most of the time of a reading.
pub(in crate::ledger) fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Refuses a newer, foreign or damaged file before anything is changed in it.
pub(in crate::ledger) fn check(connection: &Connection, path: &Path) -> Result<(), LedgerError> {
    let sqlite_error = |source| LedgerError::Sqlite { path: path.to_owned(), source };
    let number = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0)).map_err(sqlite_error);
    let (application, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    let tables = number("SELECT count(*) FROM sqlite_master")?;
    if tables == 0 && version == 0 {
        // The file was made a moment ago, or by a process that died before its first transaction; or it was emptied.
        if !names::was_used_before(path) {
            return Ok(());
        }
        return Err(LedgerError::Damaged { path: path.to_owned(), detail: "it is empty".into() });
    }
    if application != APPLICATION_ID {
        return Err(LedgerError::Foreign { path: path.to_owned() });
    }
    if version > known_version() {
        return Err(LedgerError::Newer { path: path.to_owned(), found: version, known: known_version() });
    }
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(sqlite_error)?;
    if verdict == "ok" { Ok(()) } else { Err(LedgerError::Damaged { path: path.to_owned(), detail: verdict }) }
}
