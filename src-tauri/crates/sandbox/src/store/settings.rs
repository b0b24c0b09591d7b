//! Keeps the few settings that have no table of their own.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::Failure;

/// The names of the settings.
pub(crate) const CLOCK_SHIFT_SECONDS: &str = "clock_shift_seconds";
pub(crate) const CLOSED_THROUGH: &str = "closed_through";
pub(crate) const PRACTICE_NEWEST: &str = "practice_newest";

pub(crate) fn read_setting(connection: &Connection, name: &str) -> Result<Option<String>, Failure> {
    let mut statement = connection.prepare_cached("SELECT value FROM settings WHERE name = :name")?;
    Ok(statement.query_row(named_params! {":name": name}, |row| row.get(0)).optional()?)
}

/// Sets a setting, or removes it with `None`.
pub(crate) fn write_setting(tx: &Transaction<'_>, name: &str, value: Option<&str>) -> Result<(), Failure> {
    tx.prepare_cached("DELETE FROM settings WHERE name = :name")?.execute(named_params! {":name": name})?;
    if let Some(value) = value {
        tx.prepare_cached("INSERT INTO settings (name, value) VALUES (:name, :value)")?
            .execute(named_params! {":name": name, ":value": value})?;
    }
    Ok(())
}
