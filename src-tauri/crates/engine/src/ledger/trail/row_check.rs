//! Holds every row against the digests that entries of the audit trail cover, table by table, in the order of the keys.
//!
//! It reads values as they stand there and trusts none of them. In memory are one row and, for each entry that covers
//! rows, one hash for each binary digit of their number.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Row, named_params};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::coverage::{CoveredTable, RUN_ITEM, quoted};
use super::rows::{DELETED, mark};
use crate::domain::audit_chain::{ChainHash, Value};
use crate::domain::row_digest::{Tree, leaf};
use crate::ledger::values::value_of;
use crate::ledger::{LedgerError, LedgerTx};

/// The roots that entries hold, with the trees that grow while the rows pass by.
#[derive(Debug, Default)]
pub(crate) struct RowRoots {
    by_entry: HashMap<i64, Root>,
    /// The runs whose rows an entry covers: the first of a stretch, its last, the entry.
    runs: BTreeMap<i64, (i64, i64)>,
    /// The first entry that covers rows.
    from: Option<i64>,
    /// The entries by which contents were forgotten: a settled row may lose what it held there.
    forgets: BTreeSet<i64>,
    /// The numbers of digests under entries that cover none, or are gone.
    nowhere: BTreeMap<i64, u64>,
}

#[derive(Debug)]
struct Root {
    said: Option<ChainHash>,
    count: u64,
    tree: Tree,
    /// The run whose rows are under it; the first of several.
    run: Option<i64>,
}

/// The part of an entry's detail that speaks of rows.
#[derive(Deserialize)]
struct Said {
    rows: Option<SaidRows>,
    forgotten_before: Option<String>,
}

#[derive(Deserialize)]
struct SaidRows {
    count: u64,
    root: String,
    #[serde(default)]
    runs: Vec<[i64; 2]>,
}

impl RowRoots {
    /// Takes the root out of an entry's detail, if it holds one.
    pub(crate) fn read(&mut self, entry: i64, detail: &Value) {
        let Value::Text(detail) = detail else { return };
        let Ok(Said { rows: Some(rows), forgotten_before }) = serde_json::from_slice::<Said>(detail) else { return };
        if forgotten_before.is_some() {
            self.forgets.insert(entry);
        }
        self.from.get_or_insert(entry);
        let run = rows.runs.first().map(|[first, _]| *first);
        for [first, last] in rows.runs {
            self.runs.entry(first).or_insert((last, entry));
        }
        let root = Root { said: ChainHash::from_hex(&rows.root), count: rows.count, tree: Tree::default(), run };
        self.by_entry.insert(entry, root);
    }

    /// Returns the entry that covers the rows of a run, its root, and the number of rows under it.
    pub(crate) fn of_run(&self, run: i64) -> Option<(i64, ChainHash, u64)> {
        let entry = self.entry_of_run(run)?;
        let root = self.by_entry.get(&entry)?;
        Some((entry, root.said?, root.count))
    }

    /// Returns the stretches of runs whose rows an entry covers.
    pub(crate) fn runs_of(&self, entry: i64) -> impl Iterator<Item = (i64, i64)> {
        self.runs.iter().filter(move |(_, (_, covers))| *covers == entry).map(|(first, (last, _))| (*first, *last))
    }

    fn entry_of_run(&self, run: i64) -> Option<i64> {
        let (_, (last, entry)) = self.runs.range(..=run).next_back()?;
        (run <= *last).then_some(*entry)
    }

    fn add(&mut self, entry: i64, digest: &ChainHash, settled: bool) {
        match self.by_entry.get_mut(&entry) {
            Some(root) => root.tree.add(leaf(digest, settled)),
            None => *self.nowhere.entry(entry).or_default() += 1,
        }
    }
}

/// The kinds of a fault in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowFaultKind {
    /// The row is not as it was when the program wrote it, or was changed though nothing could change it any more.
    Changed,
    /// The row is gone.
    Missing,
    /// The program did not write the row.
    Added,
    /// The digests do not make the root in the entry.
    RootDiffers,
}

/// A fault in the rows.
#[derive(Debug, Clone)]
pub(crate) struct RowFault {
    pub(crate) kind: RowFaultKind,
    /// The entry that covers the row; 0 if none does yet.
    pub(crate) entry: i64,
    pub(crate) table: String,
    /// The row's key, or the numbers of rows.
    pub(crate) row: Option<String>,
    pub(crate) run: Option<String>,
    pub(crate) record: Option<String>,
}

/// The result of the check.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RowsChecked {
    /// The number of rows that were held against their digests.
    pub(crate) rows: u64,
    /// The number of those that no entry covers yet.
    pub(crate) open: u64,
    /// The entry from which on rows are covered; `None` while none is.
    pub(crate) from: Option<i64>,
}

type Show<'s> = &'s mut dyn FnMut(RowFault);

impl LedgerTx<'_> {
    /// Checks every row. A ledger from before rows were covered passes until its first entry seals them.
    pub(crate) fn check_rows(&self, mut roots: RowRoots, show: Show<'_>) -> Result<RowsChecked, LedgerError> {
        let mut checked = RowsChecked { from: roots.from, ..RowsChecked::default() };
        if roots.from.is_none() {
            return Ok(checked);
        }
        let ledger_id = self.ledger_id()?;
        let coverage = self.coverage();
        let known = self.rows("SELECT DISTINCT table_name FROM row_digest ORDER BY table_name", [], |row| {
            self.get::<String>(row, "table_name")
        })?;
        for gone in known.iter().filter(|name| coverage.table(name).is_none_or(|table| table.name == RUN_ITEM)) {
            show(fault(RowFaultKind::Missing, 0, gone, None));
        }
        for table in coverage.tables().iter().filter(|table| table.name != RUN_ITEM) {
            self.check_table(&ledger_id, table, &mut roots, &mut checked, show)?;
            self.check_added(table, show)?;
        }
        if let Some(items) = coverage.table(RUN_ITEM) {
            self.check_items(&ledger_id, items, &mut roots, &mut checked, show)?;
        }
        self.check_bodies(show)?;
        for (entry, digests) in roots.nowhere {
            show(fault(RowFaultKind::RootDiffers, entry, "row_digest", Some(format!("{digests} / 0"))));
        }
        let mut entries: Vec<_> = roots.by_entry.into_iter().collect();
        entries.sort_unstable_by_key(|(entry, _)| *entry);
        for (entry, root) in entries {
            if root.tree.root() != root.said || root.tree.leaves() != root.count {
                let rows = format!("{} / {}", root.tree.leaves(), root.count);
                let run = root.run.and_then(|run| self.run_id_of(run).ok()).map(|run| run.to_string());
                show(RowFault { run, ..fault(RowFaultKind::RootDiffers, entry, "row_digest", Some(rows)) });
            }
        }
        Ok(checked)
    }

    /// Checks the rows of a table that have a digest.
    fn check_table(
        &self,
        ledger_id: &str,
        table: &CoveredTable,
        roots: &mut RowRoots,
        checked: &mut RowsChecked,
        show: Show<'_>,
    ) -> Result<(), LedgerError> {
        let mut at: Option<AtKey> = None;
        self.each(&table.select_digested(), named_params! { ":table": table.name }, |row| {
            let (key1, key2) = (self.stored_value(row, "key1")?, self.stored_value(row, "key2")?);
            if at.as_ref().is_none_or(|at| (&at.key1, &at.key2) != (&key1, &key2)) {
                if let Some(before) = at.take() {
                    self.judge(table, before, checked, show)?;
                }
                at = Some(self.at_key(ledger_id, table, row, key1, key2)?);
            }
            let (entry, settled): (i64, bool) = (self.get(row, "entry")?, self.get(row, "settled")?);
            let digest: Vec<u8> = self.get(row, "digest")?;
            let digest = ChainHash::from_bytes(&digest).unwrap_or(DELETED);
            if entry != 0 {
                roots.add(entry, &digest, settled);
            }
            if let Some(at) = &mut at {
                at.take_in(entry, digest, settled, roots.forgets.contains(&entry));
            }
            Ok(())
        })?;
        at.map_or(Ok(()), |last| self.judge(table, last, checked, show))
    }

    /// Begins to look at a row: as it stands there now.
    fn at_key(
        &self,
        ledger_id: &str,
        table: &CoveredTable,
        row: &Row<'_>,
        key1: Value,
        key2: Value,
    ) -> Result<AtKey, LedgerError> {
        let is_there: bool = self.get(row, "is_there")?;
        let now = if is_there { Some(self.digest_of(ledger_id, table, row, FIRST_COLUMN)?) } else { None };
        let (mut run, mut record) = (None, None);
        for (name, value) in self.covered_values(table, row, FIRST_COLUMN)? {
            match name {
                "run_number" => run = value.as_integer(),
                "record_id" => record = value.shown(),
                _ => {}
            }
        }
        Ok(AtKey { key1, key2, now, run, record, open: None, covered: None, is_rewritten: None })
    }

    fn judge(
        &self,
        table: &CoveredTable,
        at: AtKey,
        checked: &mut RowsChecked,
        show: Show<'_>,
    ) -> Result<(), LedgerError> {
        checked.rows += 1;
        checked.open += u64::from(at.open.is_some());
        let entry = at.covered.map_or(0, |(entry, ..)| entry);
        let is_settled_anew = match (at.open, at.covered) {
            (Some(open), Some((_, covered, true))) => open != covered,
            _ => false,
        };
        let newest = at.open.or(at.covered.map(|(_, digest, _)| digest)).unwrap_or(DELETED);
        let kind = match at.now {
            None if newest == DELETED => None,
            None => Some(RowFaultKind::Missing),
            Some(now) if now != newest || is_settled_anew => Some(RowFaultKind::Changed),
            Some(_) => None,
        };
        let kind = kind.or(at.is_rewritten.map(|_| RowFaultKind::Changed));
        let Some(kind) = kind else { return Ok(()) };
        let row =
            if table.keys.len() > 1 { format!("{}, {}", shown(&at.key1), shown(&at.key2)) } else { shown(&at.key1) };
        let run = at.run.and_then(|run| self.run_id_of(run).ok()).map(|run| run.to_string());
        let entry = at.is_rewritten.unwrap_or(entry);
        show(RowFault { kind, entry, table: table.name.clone(), row: Some(row), run, record: at.record });
        Ok(())
    }

    /// Returns how SQLite looks for the digest of a row, for each table.
    #[cfg(test)]
    pub(crate) fn ways_to_a_digest(&self) -> Result<Vec<String>, LedgerError> {
        let of_run = include_str!("covered_attempts_of_run.sql").replace(":run", "1");
        let added =
            self.coverage().tables().iter().filter(|table| table.name != RUN_ITEM).map(CoveredTable::select_added);
        let mut ways = Vec::new();
        let of_row = include_str!("cover_digest.sql").replace(":table", "'t'").replace(":key1", "1");
        let of_row = of_row.replace(":key2", "0").replace(":entry", "1");
        for sql in added.map(|sql| sql.replace(":table", "'t'")).chain([of_run, of_row]) {
            let plan = self.rows(&format!("EXPLAIN QUERY PLAN {sql}"), [], |row| self.get::<String>(row, "detail"))?;
            ways.push(plan.join("; "));
        }
        Ok(ways)
    }

    /// Finds the rows that have no digest.
    fn check_added(&self, table: &CoveredTable, show: Show<'_>) -> Result<(), LedgerError> {
        self.each(&table.select_added(), named_params! { ":table": table.name }, |row| {
            show(fault(RowFaultKind::Added, 0, &table.name, Some(key_text(row, self)?)));
            Ok(())
        })
    }

    /// Checks the rows of the runs that have ended.
    fn check_items(
        &self,
        ledger_id: &str,
        table: &CoveredTable,
        roots: &mut RowRoots,
        checked: &mut RowsChecked,
        show: Show<'_>,
    ) -> Result<(), LedgerError> {
        let sql = format!(
            "SELECT run_number AS key1, position AS key2, mark, {} FROM run_item ORDER BY run_number, position",
            table.list("")
        );
        let mut before = (i64::MIN, 0);
        self.each(&sql, [], |row| {
            let (run, position): (i64, i64) = (self.get(row, "key1")?, self.get(row, "key2")?);
            let missing = if run == before.0 { before.1 + 1..position } else { 1..position };
            before = (run, position);
            let marked = self.stored_value(row, "mark")?;
            let Some(entry) = roots.entry_of_run(run) else {
                checked.rows += 1;
                checked.open += 1;
                if marked != Value::Null {
                    show(self.item_fault(RowFaultKind::Added, 0, run, key_text(row, self)?, row, table)?);
                }
                return Ok(());
            };
            checked.rows += 1;
            let digest = self.digest_of(ledger_id, table, row, FIRST_OF_ITEM)?;
            roots.add(entry, &digest, true);
            if !missing.is_empty() {
                let places = format!("{run}, {}–{}", missing.start, missing.end - 1);
                show(RowFault {
                    record: None,
                    ..self.item_fault(RowFaultKind::Missing, entry, run, places, row, table)?
                });
            }
            if marked != Value::Blob(mark(&digest).to_vec()) {
                let kind = if marked == Value::Null { RowFaultKind::Added } else { RowFaultKind::Changed };
                show(self.item_fault(kind, entry, run, key_text(row, self)?, row, table)?);
            }
            Ok(())
        })
    }

    fn item_fault(
        &self,
        kind: RowFaultKind,
        entry: i64,
        run: i64,
        place: String,
        row: &Row<'_>,
        table: &CoveredTable,
    ) -> Result<RowFault, LedgerError> {
        let values = self.covered_values(table, row, FIRST_OF_ITEM)?;
        let record = values.into_iter().find(|(name, _)| *name == "record_id").and_then(|(_, value)| value.shown());
        let run = self.run_id_of(run).ok().map(|run| run.to_string());
        Ok(RowFault { run, record, ..fault(kind, entry, RUN_ITEM, Some(place)) })
    }

    /// Holds the bytes of open requests against their hash.
    fn check_bodies(&self, show: Show<'_>) -> Result<(), LedgerError> {
        let sql = "SELECT request_id AS key1, 0 AS key2, body, body_hash FROM request WHERE body IS NOT NULL";
        self.each(sql, [], |row| {
            let (body, hash) = (self.stored_value(row, "body")?, self.stored_value(row, "body_hash")?);
            let made = match &body {
                Value::Text(bytes) | Value::Blob(bytes) => Value::Blob(Sha256::digest(bytes).to_vec()),
                _ => Value::Null,
            };
            if made != hash {
                show(fault(RowFaultKind::Changed, 0, "request", Some(key_text(row, self)?)));
            }
            Ok(())
        })
    }
}

/// The place of the first covered column in a result of [`CoveredTable::select_digested`].
const FIRST_COLUMN: usize = 6;
/// Its place among the rows of runs.
const FIRST_OF_ITEM: usize = 3;

/// A row at hand, with the digests of its key.
struct AtKey {
    key1: Value,
    key2: Value,
    now: Option<ChainHash>,
    run: Option<i64>,
    record: Option<String>,
    /// The digest that no entry covers yet.
    open: Option<ChainHash>,
    /// The entry that covered it last, the digest, and whether the row was settled then.
    covered: Option<(i64, ChainHash, bool)>,
    /// The entry that covers a change after the row was settled.
    is_rewritten: Option<i64>,
}

impl AtKey {
    fn take_in(&mut self, entry: i64, digest: ChainHash, settled: bool, forgets: bool) {
        if entry == 0 {
            self.open = Some(digest);
            return;
        }
        if self.covered.is_some_and(|(_, before, was_settled)| was_settled && before != digest && !forgets) {
            self.is_rewritten = Some(entry);
        }
        self.covered = Some((entry, digest, settled));
    }
}

impl CoveredTable {
    /// Returns the SQL for every digest of the table beside the row as it is, by key and entry. What is open comes
    /// first.
    fn select_digested(&self) -> String {
        let (one, two) = (self.key(0, "t."), self.key(1, "t."));
        format!(
            "SELECT d.key1, d.key2, d.entry, d.digest, d.settled, {one} IS NOT NULL AS is_there, {columns}
             FROM row_digest d
             LEFT JOIN {table} t ON {one} = d.key1 AND {two} = d.key2
             WHERE d.table_name = :table
             ORDER BY d.key1, d.key2, d.entry",
            columns = self.list("t."),
            table = quoted(&self.name),
        )
    }

    /// Returns the SQL for the keys of rows that have no digest. The `+` lets the index of `row_digest` be used, whose
    /// keys have no type.
    fn select_added(&self) -> String {
        let (one, two) = (self.key(0, "t."), self.key(1, "t."));
        format!(
            "SELECT {one} AS key1, {two} AS key2 FROM {table} t
             WHERE NOT EXISTS (SELECT 1 FROM row_digest d
                               WHERE d.table_name = :table AND d.key1 = +{one} AND d.key2 = +{two})
             ORDER BY key1, key2",
            table = quoted(&self.name),
        )
    }
}

fn fault(kind: RowFaultKind, entry: i64, table: &str, row: Option<String>) -> RowFault {
    RowFault { kind, entry, table: table.to_owned(), row, run: None, record: None }
}

fn shown(value: &Value) -> String {
    value.shown().unwrap_or_default()
}

/// Shows the key of a row as a person would read it.
fn key_text(row: &Row<'_>, tx: &LedgerTx<'_>) -> Result<String, LedgerError> {
    let part = |column| row.get_ref(column).map(value_of).map_err(|error| tx.sqlite_error(error));
    let (one, two) = (part("key1")?, part("key2")?);
    Ok(match two {
        Value::Integer(0) => shown(&one),
        two => format!("{}, {}", shown(&one), shown(&two)),
    })
}
