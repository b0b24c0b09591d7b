//! Keeps the digests of rows, and covers them by entries of the audit trail: the entry's detail holds the root of a
//! Merkle tree over them.
//!
//! An entry covers the rows that its own transaction changed before it. The first entry after the end of a run covers
//! everything that is not covered yet, and the rows of that run. So an attempt that a later run settles is covered by
//! the end of the later run, and a row that changes again by the entry of whoever changed it. Invariant: the program's
//! own connection alone notes changes; what somebody else writes into the file has no digest, or another one.

use rusqlite::{Row, ToSql, named_params};
use serde_json::json;

use super::changed_rows::ChangedRow;
use super::coverage::{CoveredTable, RUN_ITEM};
use crate::domain::audit_chain::{ChainHash, Value};
use crate::domain::row_digest::{Tree, leaf};
use crate::ledger::values::value_of;
use crate::ledger::{Ledger, LedgerError, LedgerTx};

/// The digest of a row that the program has deleted.
pub(crate) const DELETED: ChainHash = ChainHash::NONE;
/// The number of bytes of a digest that stand beside a row of a run.
pub(crate) const MARK_BYTES: usize = 8;
/// The rows of a run that are held in memory at once.
const PAGE_ROWS: i64 = 1_000;

impl LedgerTx<'_> {
    /// Brings the digests of the rows up to date that this transaction has changed: those of a stretch of keys in one
    /// statement.
    pub(in crate::ledger) fn note_changes(&self) -> Result<(), LedgerError> {
        let open = self.coverage().changed().take_open();
        if open.is_empty() {
            return Ok(());
        }
        let ledger_id = self.ledger_id()?;
        for rows in open.chunk_by(ChangedRow::is_before) {
            let Some(table) = rows.first().and_then(|row| self.coverage().tables().get(row.table)) else { continue };
            if !self.note_stretch(&ledger_id, table, rows)? {
                rows.iter().try_for_each(|row| self.note_row(&ledger_id, table, row))?;
            }
        }
        Ok(())
    }

    /// Notes the digests of rows whose keys follow each other. Returns false if that is left to be done for each alone:
    /// the table has two keys, or one of the rows is deleted.
    fn note_stretch(&self, ledger_id: &str, table: &CoveredTable, rows: &[ChangedRow]) -> Result<bool, LedgerError> {
        let [first, .., last] = rows else { return Ok(false) };
        if table.keys.len() != 1 {
            return Ok(false);
        }
        let noted = self.execute(
            &table.note_stretch,
            named_params! { ":table": table.name, ":ledger": ledger_id, ":first": first.key1, ":last": last.key1 },
        )?;
        Ok(noted == rows.len())
    }

    fn note_row(&self, ledger_id: &str, table: &CoveredTable, row: &ChangedRow) -> Result<(), LedgerError> {
        let ChangedRow { key1, key2, .. } = row;
        let found = self.row(&table.select_one, named_params! { ":key1": key1, ":key2": key2 }, |row| {
            self.digested(ledger_id, table, row)
        })?;
        self.note_digest(table, key1, key2, found.unwrap_or((DELETED, false)))
    }

    fn note_digest(
        &self,
        table: &CoveredTable,
        key1: &Value,
        key2: &Value,
        (digest, settled): (ChainHash, bool),
    ) -> Result<(), LedgerError> {
        self.execute(
            include_str!("note_digest.sql"),
            named_params! {
                ":table": table.name, ":key1": key1, ":key2": key2, ":digest": digest.as_bytes().as_slice(),
                ":settled": settled,
            },
        )?;
        Ok(())
    }

    /// Says whether the ledger is from before rows were covered: it has entries, and none of them covers a row.
    pub(in crate::ledger) fn has_uncovered_history(&self) -> Result<bool, LedgerError> {
        let found = self.row(include_str!("uncovered_history.sql"), [], |row| self.get::<bool>(row, "uncovered"))?;
        Ok(found.unwrap_or(false))
    }

    /// Notes the digest of every row that has none.
    pub(in crate::ledger) fn note_everything(&self) -> Result<(), LedgerError> {
        let mut place = Some(HistoryPlace::default());
        while let Some(from) = place {
            place = self.note_history(&from)?;
        }
        Ok(())
    }

    /// Notes the digests of a page of rows that have none; returns the place behind it, `None` behind the last. What the
    /// program changes meanwhile has its digest from that.
    pub(in crate::ledger) fn note_history(&self, from: &HistoryPlace) -> Result<Option<HistoryPlace>, LedgerError> {
        let Some(table) = self.coverage().tables().get(from.table) else { return Ok(None) };
        let behind = Some(HistoryPlace { table: from.table + 1, after: None });
        if table.name == RUN_ITEM {
            return Ok(behind);
        }
        let ledger_id = self.ledger_id()?;
        let (key1, key2) = from.after.clone().unwrap_or((Value::Null, Value::Null));
        let page = self.rows(
            &table.select_history(from.after.is_some()),
            named_params! { ":table": table.name, ":key1": key1, ":key2": key2, ":limit": PAGE_ROWS },
            |row| {
                let keys = (self.stored_value(row, "key1")?, self.stored_value(row, "key2")?);
                let is_noted: bool = self.get(row, "is_noted")?;
                let digested = if is_noted { None } else { Some(self.digested_from(&ledger_id, table, row, 3)?) };
                Ok((keys, digested))
            },
        )?;
        let Some((last, _)) = page.last() else { return Ok(behind) };
        let next = HistoryPlace { table: from.table, after: Some(last.clone()) };
        for ((key1, key2), digested) in &page {
            if let Some(digested) = digested {
                self.note_digest(table, key1, key2, *digested)?;
            }
        }
        Ok(Some(next))
    }

    /// Covers rows by the entry of that number; returns what its detail says of them. Everything that is not covered
    /// yet if a run has ended since or `covers_all`; else the rows that this transaction changed.
    pub(in crate::ledger) fn cover(
        &self,
        entry: u64,
        covers_all: bool,
    ) -> Result<Option<serde_json::Value>, LedgerError> {
        self.note_changes()?;
        let ended = self.rows(include_str!("ended_runs.sql"), [], |row| self.get::<i64>(row, "run_number"))?;
        let mut tree = Tree::default();
        let entry = crate::ledger::values::signed(entry);
        if ended.is_empty() && !covers_all {
            for ChangedRow { table, key1, key2 } in self.coverage().changed().digested() {
                let Some(table) = self.coverage().tables().get(table) else { continue };
                let row = named_params! { ":table": table.name, ":key1": key1, ":key2": key2, ":entry": entry };
                self.grow(include_str!("cover_digest.sql"), row, &mut tree)?;
            }
        } else {
            for run in &ended {
                self.note_attempts_of(*run)?;
            }
            self.note_changes()?;
            self.grow(include_str!("open_digests.sql"), &[], &mut tree)?;
            let entry = named_params! { ":entry": entry };
            self.execute("UPDATE row_digest SET entry = :entry WHERE entry = 0", entry)?;
            let ledger_id = self.ledger_id()?;
            for run in &ended {
                self.mark_items(&ledger_id, *run, &mut tree)?;
            }
        }
        let Some(root) = tree.root() else { return Ok(None) };
        let mut rows = json!({ "count": tree.leaves(), "root": root.to_string() });
        if !ended.is_empty() {
            rows["runs"] = json!(ranges(&ended));
        }
        Ok(Some(rows))
    }

    /// Notes the attempts of a run that an entry of a decision covers already: they belong to the root of their run, too.
    fn note_attempts_of(&self, run: i64) -> Result<(), LedgerError> {
        let Some(table) = self.coverage().tables().iter().position(|table| table.name == "attempt") else {
            return Ok(());
        };
        self.each(include_str!("covered_attempts_of_run.sql"), named_params! { ":run": run }, |row| {
            let key1 = self.stored_value(row, "attempt_id")?;
            self.coverage().changed().note(ChangedRow { table, key1, key2: Value::Integer(0) });
            Ok(())
        })
    }

    fn grow(&self, sql: &str, row: &[(&str, &dyn ToSql)], tree: &mut Tree) -> Result<(), LedgerError> {
        self.each(sql, row, |row| {
            let digest: Vec<u8> = self.get(row, "digest")?;
            let digest = ChainHash::from_bytes(&digest)
                .ok_or_else(|| LedgerError::Impossible { what: "row_digest.digest", found: hex::encode(digest) })?;
            tree.add(leaf(&digest, self.get(row, "settled")?));
            Ok(())
        })
    }

    /// Adds the rows of a run to the tree, and leaves a mark beside each.
    fn mark_items(&self, ledger_id: &str, run: i64, tree: &mut Tree) -> Result<(), LedgerError> {
        let Some(table) = self.coverage().table(RUN_ITEM) else { return Ok(()) };
        let sql = format!(
            "SELECT {} FROM run_item WHERE run_number = :run AND position > :after ORDER BY position LIMIT :limit",
            table.list("")
        );
        let mut after = 0;
        loop {
            let page = self.rows(&sql, named_params! { ":run": run, ":after": after, ":limit": PAGE_ROWS }, |row| {
                Ok((self.get::<i64>(row, "position")?, self.digest_of(ledger_id, table, row, 0)?))
            })?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = *last;
            for (position, digest) in &page {
                tree.add(leaf(digest, true));
                self.execute_one(
                    "run_item",
                    "UPDATE run_item SET mark = :mark WHERE run_number = :run AND position = :position",
                    named_params! { ":mark": mark(digest), ":run": run, ":position": position },
                )?;
            }
        }
    }

    fn digested(&self, ledger_id: &str, table: &CoveredTable, row: &Row<'_>) -> Result<(ChainHash, bool), LedgerError> {
        self.digested_from(ledger_id, table, row, 0)
    }

    fn digested_from(
        &self,
        ledger_id: &str,
        table: &CoveredTable,
        row: &Row<'_>,
        first: usize,
    ) -> Result<(ChainHash, bool), LedgerError> {
        Ok((self.digest_of(ledger_id, table, row, first)?, self.get::<bool>(row, "settled")?))
    }

    /// Returns the digest of a row whose covered columns stand in a result from `first` on.
    pub(in crate::ledger) fn digest_of(
        &self,
        ledger_id: &str,
        table: &CoveredTable,
        row: &Row<'_>,
        first: usize,
    ) -> Result<ChainHash, LedgerError> {
        let digest = table.digest(ledger_id, |column| row.get_ref(first + column));
        digest.map_err(|error| self.sqlite_error(error))
    }

    /// Returns the columns of a row that its digest covers: those that do not hold their default, by name.
    pub(in crate::ledger) fn covered_values<'c>(
        &self,
        table: &'c CoveredTable,
        row: &Row<'_>,
        first: usize,
    ) -> Result<Vec<(&'c str, Value)>, LedgerError> {
        let mut values = Vec::with_capacity(table.columns.len());
        for (place, column) in (first..).zip(&table.columns) {
            let value = value_of(row.get_ref(place).map_err(|error| self.sqlite_error(error))?);
            if value != column.default {
                values.push((column.name.as_str(), value));
            }
        }
        Ok(values)
    }
}

/// A place among all rows, by table and key.
#[derive(Debug, Clone, Default)]
pub(in crate::ledger) struct HistoryPlace {
    table: usize,
    after: Option<(Value, Value)>,
}

impl Ledger {
    /// Notes the digests of a ledger from before rows were covered, a page in each transaction. It is called before the
    /// lease is taken, so that the entry which seals them holds nobody up.
    pub(crate) async fn note_history(&self) -> Result<(), LedgerError> {
        if !self.read(|tx| tx.has_uncovered_history()).await? {
            return Ok(());
        }
        let mut place = Some(HistoryPlace::default());
        while let Some(from) = place {
            place = self.write(move |tx| tx.note_history(&from)).await?;
        }
        Ok(())
    }
}

impl CoveredTable {
    /// Returns the SQL of a page of rows, in the order of their keys, from the first or behind a key.
    fn select_history(&self, is_behind: bool) -> String {
        let (one, two) = (self.key(0, "t."), self.key(1, "t."));
        let behind = match (is_behind, self.keys.len()) {
            (false, _) => ":key1 IS NULL AND :key2 IS NULL".to_owned(),
            (true, 1) => format!("{one} > :key1 AND :key2 IS NOT NULL"),
            (true, _) => format!("({one}, {two}) > (:key1, :key2)"),
        };
        format!(
            "SELECT {one} AS key1, {two} AS key2,
                    EXISTS (SELECT 1 FROM row_digest d
                            WHERE d.table_name = :table AND d.key1 = +{one} AND d.key2 = +{two}) AS is_noted,
                    {}, {} AS settled
             FROM {} t WHERE {behind} ORDER BY key1, key2 LIMIT :limit",
            self.list("t."),
            self.settled(),
            super::coverage::quoted(&self.name),
        )
    }
}

/// Returns the mark that stands beside a row of a run.
pub(crate) fn mark(digest: &ChainHash) -> &[u8] {
    digest.as_bytes().get(..MARK_BYTES).unwrap_or_default()
}

/// Returns numbers in order as `[first, last]` of each stretch without a gap.
fn ranges(numbers: &[i64]) -> Vec<[i64; 2]> {
    let mut ranges: Vec<[i64; 2]> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some([_, last]) if *last + 1 == number => *last = number,
            _ => ranges.push([number, number]),
        }
    }
    ranges
}
