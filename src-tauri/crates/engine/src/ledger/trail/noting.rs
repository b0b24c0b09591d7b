//! Notes the rows that the transaction at hand has changed.
//!
//! SQLite names each row that this connection inserts or updates, by its table and number. Triggers of the connection
//! note what it does not name: rows of tables without row numbers, and rows that are deleted. They also note the updates of
//! tables of which columns are updated again and again that no entry covers, and look first whether anything else
//! differs. `row_digest(place of the table, ledger id, columns …)` makes digests inside a statement. Notes live in memory, for as long as the transaction; what somebody else writes into the file is not noted.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::hooks::Action;
use rusqlite::types::Type;

use super::changed_rows::ChangedRow;
use super::coverage::{Coverage, CoveredTable, RUN_ITEM, quoted};
use crate::domain::audit_chain::Value;
use crate::ledger::values::value_of;

/// The place of the first column among what `row_digest` is called with.
const FIRST_OF_ROW: usize = 2;

/// The tables of which columns are updated again and again that no entry covers.
const OFTEN_UPDATED: [&str; 3] = ["ledger", "record", "request"];

/// Reads the schema, and lets this connection note each row that it changes from now on.
pub(in crate::ledger) fn noting(connection: &mut Connection) -> rusqlite::Result<Coverage> {
    let coverage = Coverage::of(connection)?;
    let tables = coverage.shared_tables();
    connection.create_scalar_function("row_digest", -1, FunctionFlags::SQLITE_UTF8, move |call| {
        let place = usize::try_from(call.get::<i64>(0)?).unwrap_or(usize::MAX);
        let table = tables.get(place).ok_or(rusqlite::Error::InvalidFunctionParameterType(0, Type::Integer))?;
        let ledger_id = call.get_raw(1).as_str()?;
        Ok(table.digest(ledger_id, |column| Ok(call.get_raw(FIRST_OF_ROW + column)))?.as_bytes().to_vec())
    })?;
    let notes = coverage.changed().clone();
    connection.create_scalar_function("note_changed", 3, FunctionFlags::SQLITE_UTF8, move |call| {
        // No place that is none belongs to a table.
        let table = usize::try_from(call.get::<i64>(0)?).unwrap_or(usize::MAX);
        notes.note(ChangedRow { table, key1: value_of(call.get_raw(1)), key2: value_of(call.get_raw(2)) });
        Ok(0)
    })?;
    let noted = || coverage.tables().iter().enumerate().filter(|(_, table)| table.name != RUN_ITEM);
    for (place, table) in noted() {
        connection.execute_batch(&triggers(place, table))?;
    }
    let by_number: Vec<(String, usize)> =
        noted().filter(|(_, table)| table.has_row_number).map(|(place, table)| (table.name.clone(), place)).collect();
    let notes = coverage.changed().clone();
    connection.update_hook(Some(move |action, _: &str, name: &str, row: i64| {
        let is_named = match action {
            Action::SQLITE_INSERT => true,
            Action::SQLITE_UPDATE => !OFTEN_UPDATED.contains(&name),
            _ => false,
        };
        if is_named && let Some((_, table)) = by_number.iter().find(|(known, _)| known == name) {
            notes.note(ChangedRow { table: *table, key1: Value::Integer(row), key2: Value::Integer(0) });
        }
    }))?;
    Ok(coverage)
}

/// Returns the triggers of one connection by which it notes what SQLite does not name.
fn triggers(place: usize, table: &CoveredTable) -> String {
    let trigger = |event: &str, when: &str, sides: &[&str]| {
        let notes: String = sides
            .iter()
            .map(|side| format!("SELECT note_changed({place}, {}, {}); ", table.key(0, side), table.key(1, side)))
            .collect();
        let (name, on) = (quoted(&format!("{}_{event}", table.name)), quoted(&table.name));
        format!("CREATE TEMP TRIGGER {name} AFTER {event} ON main.{on} {when} BEGIN {notes}END;")
    };
    let mut triggers = vec![trigger("DELETE", "", &["OLD."])];
    if !table.has_row_number {
        triggers.push(trigger("INSERT", "", &["NEW."]));
    }
    if !table.has_row_number || OFTEN_UPDATED.contains(&table.name.as_str()) {
        let differs: Vec<String> = table
            .columns
            .iter()
            .map(|column| quoted(&column.name))
            .map(|name| format!("OLD.{name} IS NOT NEW.{name}"))
            .collect();
        triggers.push(trigger("UPDATE", &format!("WHEN {}", differs.join(" OR ")), &["OLD.", "NEW."]));
    }
    triggers.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a connection to an empty ledger that notes its changes.
    fn ledger() -> (Connection, Coverage) {
        let mut connection = Connection::open_in_memory().expect("memory");
        connection.execute_batch(include_str!("../../../migrations/schema.sql")).expect("the schema runs");
        connection.execute_batch("PRAGMA foreign_keys = OFF").expect("each table stands for itself here");
        let coverage = noting(&mut connection).expect("it can note");
        (connection, coverage)
    }

    /// Returns what one statement changed, as `table key1 key2`.
    fn changed(connection: &Connection, coverage: &Coverage, sql: &str) -> Vec<String> {
        coverage.changed().forget();
        connection.execute_batch(sql).expect(sql);
        coverage.changed().take_open();
        let shown =
            |value: &Value| value.shown().or(value.as_integer().map(|number| number.to_string())).expect("a key");
        let rows = coverage.changed().digested();
        rows.iter()
            .map(|row| format!("{} {} {}", coverage.tables()[row.table].name, shown(&row.key1), shown(&row.key2)))
            .collect()
    }

    #[test]
    fn changes_are_noted_in_tables_of_each_kind() {
        let (connection, coverage) = ledger();
        let seen = |sql: &str| changed(&connection, &coverage, sql);
        assert_eq!(seen("INSERT INTO ledger VALUES (1, 'L', 't', 0, NULL)"), ["ledger 1 0"]);
        assert_eq!(seen("INSERT INTO reading (started_at) VALUES ('t'), ('u')"), ["reading 1 0", "reading 2 0"]);
        assert_eq!(seen("UPDATE reading SET finished_at = 'v' WHERE reading_id = 2"), ["reading 2 0"]);
        assert_eq!(seen("INSERT INTO run_sum VALUES (1, 'NOK', 2, 100)"), ["run_sum 1 NOK"]);
        assert_eq!(seen("UPDATE run_sum SET minor = 101"), ["run_sum 1 NOK"]);
        assert_eq!(seen("UPDATE run_sum SET currency = 'EUR'"), ["run_sum 1 EUR", "run_sum 1 NOK"]);
        assert_eq!(seen("DELETE FROM run_sum"), ["run_sum 1 EUR"]);
        assert_eq!(seen("DELETE FROM reading"), ["reading 1 0", "reading 2 0"]);
    }

    #[test]
    fn updates_of_uncovered_columns_alone_are_not_noted() {
        let (connection, coverage) = ledger();
        let seen = |sql: &str| changed(&connection, &coverage, sql);
        seen("INSERT INTO ledger VALUES (1, 'L', 't', 0, NULL); INSERT INTO reading (started_at) VALUES ('t');
              INSERT INTO record (record_id, content_hash, date, currency, exponent, minor, payee_id, payee_name, category,
                                  text, file, line, first_seen_at, reading_id)
              VALUES ('U-1', zeroblob(32), 'd', 'NOK', 2, 1, 'p', 'n', 'c', 't', 'f', 2, 't', 1)");
        assert_eq!(seen("UPDATE ledger SET writes = writes + 1"), [""; 0]);
        assert_eq!(seen("UPDATE record SET line = 3, file = 'g'"), [""; 0]);
        assert_eq!(seen("UPDATE record SET line = 4, text = 'u'"), ["record 1 0"]);
        assert_eq!(
            seen(
                "INSERT INTO arrival SELECT 1, 'U-1', 1, 'u-1', zeroblob(32), 'd', 'NOK', 2, 1, 'p', 'n', 'c', 't',
                             NULL, NULL, NULL, NULL, 'f', 2, 't', NULL, NULL"
            ),
            [""; 0]
        );
    }

    /// A key that is no row number would be noted under a number that is not its own.
    #[test]
    fn tables_with_row_numbers_have_them_for_a_key() {
        let (connection, coverage) = ledger();
        let numbered = coverage.tables().iter().filter(|table| table.has_row_number);
        let mut count = 0;
        for table in numbered {
            let sql = format!("SELECT type FROM pragma_table_info('{}') WHERE pk > 0", table.name);
            let mut types = connection.prepare(&sql).expect("SQL");
            let types = types.query_map([], |row| row.get::<_, String>(0)).expect("no parameters");
            assert_eq!(types.map(|one| one.expect("text")).collect::<Vec<_>>(), ["INTEGER"], "{}", table.name);
            count += 1;
        }
        assert!(count > 10, "{count}");
    }
}
