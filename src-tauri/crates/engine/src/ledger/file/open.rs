//! Opens the ledger: it is checked before it is used, upgraded in one transaction, never recreated.

use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::domain::RecordId;
use crate::ledger::LedgerError;
use crate::ledger::file::connection::{APPLICATION_ID, BUSY_WAIT, MIGRATIONS, check, keep_plans, known_version};
use crate::ledger::file::{backup, names};
use crate::ledger::values::stamp;
use crate::ports::{Clock, IdSource};

/// The pages of write-ahead log after which SQLite folds it back.
const WAL_AUTOCHECKPOINT_PAGES: u32 = 2_000;

/// Opens the one writing connection, and makes the file if there is none and never was.
pub(in crate::ledger) fn writer(path: &Path, clock: &dyn Clock, ids: &dyn IdSource) -> Result<Connection, LedgerError> {
    let sqlite_error = |source| LedgerError::Sqlite { path: path.to_owned(), source };
    let exists = path.try_exists().unwrap_or(true);
    if !exists && (names::was_used_before(path) || names::log_is_left(path)) {
        return Err(LedgerError::Missing { path: path.to_owned() });
    }
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, !exists);
    let mut connection = Connection::open_with_flags(path, flags).map_err(sqlite_error)?;
    connection.busy_timeout(BUSY_WAIT).map_err(sqlite_error)?;
    check(&connection, path)?;
    // SQLite opens a file that it may not write for reading alone, and reports it only at the first write.
    if connection.is_readonly(rusqlite::MAIN_DB).map_err(sqlite_error)? {
        return Err(LedgerError::Closed { path: path.to_owned() });
    }
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(sqlite_error)?;
    if mode != "wal" {
        return Err(LedgerError::Damaged { path: path.to_owned(), detail: format!("journal mode is {mode}, not wal") });
    }
    connection
        .execute_batch(&format!(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;
             PRAGMA wal_autocheckpoint = {WAL_AUTOCHECKPOINT_PAGES};"
        ))
        .map_err(sqlite_error)?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(sqlite_error)?;
    if version < known_version() {
        if version > 0 {
            backup::before_migration(&connection, path, version, clock.now())?;
        }
        migrate(&mut connection, clock, ids).map_err(sqlite_error)?;
    }
    connection.set_prepared_statement_cache_capacity(128);
    keep_plans(&connection).map_err(sqlite_error)?;
    Ok(connection)
}

/// Makes a ledger if no file is there, whatever stands beside it.
pub(in crate::ledger) fn make(path: &Path, clock: &dyn Clock, ids: &dyn IdSource) -> Result<(), LedgerError> {
    let sqlite_error = |source| LedgerError::Sqlite { path: path.to_owned(), source };
    if path.try_exists().unwrap_or(true) {
        return Err(LedgerError::Closed { path: path.to_owned() });
    }
    let mut connection = Connection::open(path).map_err(sqlite_error)?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).map_err(sqlite_error)?;
    migrate(&mut connection, clock, ids).map_err(sqlite_error)
}

/// Moves a ledger and the files that SQLite keeps beside it to names of their own. The ledger goes first: a ledger
/// without its log would lack its newest entries, and nobody would see it.
pub(in crate::ledger) fn set_aside(path: &Path, now: DateTime<Utc>) -> Result<(), LedgerError> {
    let moved = names::files(path).filter(|file| file.exists()).try_for_each(|file| names::set_aside(&file, now));
    moved.map_err(|_| LedgerError::Closed { path: path.to_owned() })
}

fn migrate(connection: &mut Connection, clock: &dyn Clock, ids: &dyn IdSource) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or(0)) {
        transaction.execute_batch(migration)?;
    }
    if version == 0 {
        transaction.execute(
            "INSERT INTO ledger (only, ledger_id, created_at, writes) VALUES (1, :id, :now, 0)",
            rusqlite::named_params! { ":id": ids.fresh(), ":now": stamp(clock.now()) },
        )?;
    }
    if version < known_version() {
        fill_in_forms(&transaction)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", known_version())?;
    }
    transaction.commit()
}

/// Fills in the forms of the ids of records that are older than the column.
fn fill_in_forms(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut older = transaction
        .prepare("SELECT seq, record_id FROM record WHERE id_form IS NULL AND seq > ?1 ORDER BY seq LIMIT 1000")?;
    let mut fill_in = transaction.prepare("UPDATE record SET id_form = ?1 WHERE seq = ?2")?;
    let mut after = 0_i64;
    loop {
        let page = older.query_map([after], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        let page = page.collect::<rusqlite::Result<Vec<_>>>()?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for (seq, id) in page {
            // An id that this program would not read is compared with none.
            let Ok(id) = RecordId::new(id) else { continue };
            fill_in.execute(rusqlite::params![id.form(), seq])?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::trail::coverage::Coverage;

    fn schema(connection: &Connection) -> Vec<String> {
        let mut statement = connection
            .prepare(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type, name",
            )
            .expect("sqlite_master is always there");
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("no parameters");
        rows.map(|row| row.expect("text")).collect()
    }

    #[test]
    fn migrations_add_up_to_the_schema_file() {
        let (migrated, whole) = (Connection::open_in_memory(), Connection::open_in_memory());
        let (migrated, whole) = (migrated.expect("memory"), whole.expect("memory"));
        for migration in MIGRATIONS {
            migrated.execute_batch(migration).expect("each migration runs on the one before");
        }
        whole.execute_batch(include_str!("../../../migrations/schema.sql")).expect("the schema file runs");
        assert_eq!(schema(&migrated), schema(&whole));
    }

    /// A statement that looks at the values that are bound is compiled anew for each of its uses.
    #[test]
    fn statement_of_a_reading_is_planned_once() {
        let connection = Connection::open_in_memory().expect("memory");
        for migration in MIGRATIONS {
            connection.execute_batch(migration).expect("each migration runs on the one before");
        }
        keep_plans(&connection).expect("SQLite has the setting");
        for sql in [
            include_str!("../run/known_record.sql"),
            include_str!("../run/see_record.sql"),
            include_str!("../run/repeat_zero.sql"),
            include_str!("../run/candidates.sql"),
            include_str!("../run/like_id.sql"),
            include_str!("../run/exported_twin.sql"),
            include_str!("../lists/has_look_alike.sql"),
            include_str!("../trail/note_digest.sql"),
        ] {
            let mut statement = connection.prepare_cached(sql).expect("it is well-formed");
            for round in 0..3 {
                statement.clear_bindings();
                for place in 1..=statement.parameter_count() {
                    statement.raw_bind_parameter(place, round).expect("there is such a parameter");
                }
                // A value that does not fit is refused; it was planned all the same.
                let mut rows = statement.raw_query();
                while let Ok(Some(_)) = rows.next() {}
            }
            assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0, "{sql}");
        }
    }

    /// Makes a ledger of the version before acknowledgements were unique, in which one voucher answers for two records.
    fn with_one_voucher_for_two() -> Connection {
        let ledger = Connection::open_in_memory().expect("memory");
        for migration in MIGRATIONS.iter().take(7) {
            ledger.execute_batch(migration).expect("each migration runs on the one before");
        }
        let hash = "zeroblob(32)";
        ledger.execute_batch(&format!(
            "INSERT INTO reading VALUES (1, 't', 't');
             INSERT INTO run (run_number, run_id, trigger, actor_user, actor_host, organisation, protection, fence, program,
                              started_at)
             VALUES (1, 'run-1', 'manual', 'kari', 'host', 'hlf', 'enforced', 1, '1', 't');
             INSERT INTO request (request_id, key, keyed_at, run_number, fence, body_hash)
             VALUES (1, 'key', 't', 1, 1, {hash});"
        )).expect("as that version wrote it");
        for (place, id) in ["A", "B", "C"].into_iter().enumerate() {
            let voucher = if id == "C" { "V-3" } else { "V-1" };
            ledger.execute_batch(&format!(
                "INSERT INTO record (record_id, content_hash, date, currency, exponent, minor, payee_id, payee_name, category,
                                     text, file, line, first_seen_at, reading_id)
                 VALUES ('{id}', {hash}, '2026-10-28', 'NOK', 2, 100, 'P', 'P', 'c', 't', 'f', 2, 't', 1);
                 INSERT INTO attempt (record_id, generation, reference, run_number, request_id, member, content_hash, date,
                                      currency, exponent, minor, state, claimed_at, last_sent_at, settled_at, settled_run,
                                      voucher_id)
                 VALUES ('{id}', 1, 'hlf:{id}', 1, 1, {place}, {hash}, '2026-10-28', 'NOK', 2, 100, 'posted', 't', 't', 't',
                         1, '{voucher}');"
            )).expect("as that version wrote it");
        }
        ledger
    }

    #[test]
    fn ledger_of_version_7_takes_every_later_step() {
        let ledger = with_one_voucher_for_two();
        ledger
            .execute_batch("INSERT INTO repeat (reading_id, record_id, same, file, line) VALUES (1, 'A', 0, 'f', 3);")
            .expect("as that version wrote it");
        for migration in MIGRATIONS.iter().skip(7) {
            ledger.execute_batch(migration).expect("each migration takes the ledger as it is");
        }
        let count = |sql: &str| ledger.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("it counts");
        assert_eq!(count("SELECT count(*) FROM record"), 3);
        assert_eq!(count("SELECT count(*) FROM attempt WHERE state = 'posted'"), 3);
        assert_eq!(count("SELECT count(*) FROM repeat WHERE record_id = 'A' AND same = 0 AND line = 3"), 1);
    }

    #[test]
    fn ledger_with_one_voucher_for_two_records_opens_as_it_is() {
        let ledger = with_one_voucher_for_two();
        ledger.execute_batch(MIGRATIONS[7]).expect("the upgrade takes the ledger as it is");
        let sharing: Vec<String> = ledger
            .prepare("SELECT record_id FROM attempt WHERE shares_voucher = 1")
            .and_then(|mut found| found.query_map([], |row| row.get(0))?.collect())
            .expect("the column is there");
        assert_eq!(sharing, ["B"], "the first keeps it");
        let again = ledger.execute("UPDATE attempt SET shares_voucher = 0 WHERE record_id = 'B'", []);
        assert!(again.is_err(), "an acknowledgement is one record's");
    }

    /// The digests that entries of the trail cover stay what they were: a column that came later is left out while it is
    /// empty.
    #[test]
    fn ledger_of_the_version_before_keeps_its_digests() {
        let ledger = with_one_voucher_for_two();
        for migration in &MIGRATIONS[7..MIGRATIONS.len() - 1] {
            ledger.execute_batch(migration).expect("each migration takes the ledger as it is");
        }
        let digests = || {
            let coverage = Coverage::of(&ledger).expect("the schema can be read");
            ["record", "attempt", "run"].map(|name| {
                let table = coverage.table(name).expect("it is covered");
                let sql = format!("SELECT {} FROM {name} LIMIT 1", table.list(""));
                let digest = ledger.query_row(&sql, [], |row| table.digest("ledger", |place| row.get_ref(place)));
                digest.expect("a row")
            })
        };
        let before = digests();
        ledger.execute_batch(MIGRATIONS[MIGRATIONS.len() - 1]).expect("the newest step takes the ledger as it is");
        assert_eq!(digests(), before);
    }
}
