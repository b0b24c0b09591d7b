//! Holds the ledger as it is inside one transaction.

use std::cell::Cell;
use std::path::Path;

use rusqlite::{CachedStatement, Params, Row, Transaction};

use super::LedgerError;
use super::trail::coverage::Coverage;
use crate::domain::RunId;

/// One transaction on the ledger. The verbs stand in the files beside this one.
pub(crate) struct LedgerTx<'t> {
    transaction: &'t Transaction<'t>,
    path: &'t Path,
    coverage: &'t Coverage,
    /// True once this transaction has appended an entry to the audit trail.
    pub(super) has_appended: Cell<bool>,
    /// The place behind the column that was read last.
    next_column: Cell<usize>,
}

impl<'t> LedgerTx<'t> {
    pub(super) fn new(transaction: &'t Transaction<'t>, path: &'t Path, coverage: &'t Coverage) -> Self {
        Self { transaction, path, coverage, has_appended: Cell::new(false), next_column: Cell::new(0) }
    }

    /// Returns the tables that the audit trail covers.
    pub(crate) fn coverage(&self) -> &'t Coverage {
        self.coverage
    }

    pub(super) fn sqlite_error(&self, source: rusqlite::Error) -> LedgerError {
        LedgerError::Sqlite { path: self.path.to_owned(), source }
    }

    pub(super) fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, LedgerError> {
        self.transaction.prepare_cached(sql).map_err(|error| self.sqlite_error(error))
    }

    /// Runs one statement; returns how many rows it changed.
    pub(super) fn execute(&self, sql: &str, parameters: impl Params) -> Result<usize, LedgerError> {
        self.prepare(sql)?.execute(parameters).map_err(|error| self.sqlite_error(error))
    }

    /// Runs several statements, as a test writes them.
    #[cfg(test)]
    pub(crate) fn execute_all(&self, sql: &str) -> Result<(), LedgerError> {
        self.transaction.execute_batch(sql).map_err(|error| self.sqlite_error(error))
    }

    /// Runs a statement that must change exactly one row. The number is checked, since a mistake here would cost money.
    pub(super) fn execute_one(
        &self,
        what: &'static str,
        sql: &str,
        parameters: impl Params,
    ) -> Result<(), LedgerError> {
        match self.execute(sql, parameters)? {
            1 => Ok(()),
            other => Err(LedgerError::Impossible { what, found: format!("{other} rows where one was meant") }),
        }
    }

    pub(super) fn inserted(&self) -> i64 {
        self.transaction.last_insert_rowid()
    }

    /// Returns every row, mapped.
    pub(super) fn rows<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        mut map: impl FnMut(&Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Vec<T>, LedgerError> {
        let mut found = Vec::new();
        self.each(sql, parameters, |row| {
            found.push(map(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Shows every row, one at a time, if all may be too many to be held at once.
    pub(super) fn each(
        &self,
        sql: &str,
        parameters: impl Params,
        mut show: impl FnMut(&Row<'_>) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(parameters).map_err(|error| self.sqlite_error(error))?;
        while let Some(row) = rows.next().map_err(|error| self.sqlite_error(error))? {
            show(row)?;
        }
        Ok(())
    }

    /// Returns the first row, mapped.
    pub(super) fn row<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        map: impl FnMut(&Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Option<T>, LedgerError> {
        Ok(self.rows(sql, parameters, map)?.into_iter().next())
    }

    /// Returns a column by its name.
    pub(super) fn get<T: rusqlite::types::FromSql>(
        &self,
        row: &Row<'_>,
        column: &'static str,
    ) -> Result<T, LedgerError> {
        self.column_place(row, column).and_then(|place| row.get(place)).map_err(|error| self.sqlite_error(error))
    }

    /// Returns the place of a column in a result. Columns are mostly read in their order: so the one behind the last
    /// one is tried before all others.
    pub(super) fn column_place(&self, row: &Row<'_>, column: &str) -> rusqlite::Result<usize> {
        let (statement, next) = (row.as_ref(), self.next_column.get());
        let is_next = next < statement.column_count() && statement.column_name(next)? == column;
        let place = if is_next { next } else { statement.column_index(column)? };
        self.next_column.set(place + 1);
        Ok(place)
    }

    pub(crate) fn run_number(&self, run: &RunId) -> Result<Option<i64>, LedgerError> {
        self.row(
            "SELECT run_number FROM run WHERE run_id = :run",
            rusqlite::named_params! { ":run": run.as_str() },
            |row| self.get(row, "run_number"),
        )
    }
}
