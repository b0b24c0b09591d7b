//! Shows that rows of a run belong to the root in the entry that covers them.

use rusqlite::{Row, named_params};
use serde_json::{Value as Json, json};

use super::coverage::{CoveredTable, RUN_ITEM, quoted};
use super::row_check::RowRoots;
use crate::domain::RunId;
use crate::domain::audit_chain::{ChainHash, Value};
use crate::domain::row_digest::{PathFinder, RowProof, leaf, root_from};
use crate::ledger::values::value_of;
use crate::ledger::{Ledger, LedgerError, LedgerTx};

/// The most rows that are proven at once: the run, its sums, and a record's rows.
const PROOFS_MAX: usize = 64;

impl Ledger {
    /// Returns proofs for the rows of a run: the run itself and its sums; or, if a record is named, the record's row in
    /// that run and its attempts. Nothing for a run that no entry covers, and for a row that is not as it was covered.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn proofs(&self, run: &RunId, record: Option<&str>) -> Result<Vec<RowProof>, LedgerError> {
        let (run, record) = (run.clone(), record.map(str::to_owned));
        self.read(move |tx| tx.proofs(&run, record.as_deref())).await
    }
}

/// A row whose proof is wanted.
struct Wanted {
    table: String,
    columns: Vec<(String, Json)>,
    leaf: ChainHash,
    settled: bool,
    index: u64,
}

impl LedgerTx<'_> {
    pub(crate) fn proofs(&self, run: &RunId, record: Option<&str>) -> Result<Vec<RowProof>, LedgerError> {
        let Some(number) = self.run_number(run)? else { return Ok(Vec::new()) };
        let mut roots = RowRoots::default();
        self.each_audit_entry(|entry| roots.read(entry.entry().unwrap_or_default(), entry.value("detail")))?;
        let Some((entry, root, rows)) = roots.of_run(number) else { return Ok(Vec::new()) };
        let mut wanted = Vec::new();
        self.each_leaf(entry, &roots, |table, index, (leaf, settled), row, first| {
            if wanted.len() < PROOFS_MAX && self.is_wanted(table, row, first, number, record)? {
                let columns = self.covered_values(table, row, first)?;
                let columns = columns.into_iter().map(|(name, value)| (name.to_owned(), shown(&value))).collect();
                wanted.push(Wanted { table: table.name.clone(), columns, leaf, settled, index });
            }
            Ok(())
        })?;
        let mut finders: Vec<PathFinder> = wanted.iter().map(|row| PathFinder::new(row.index, rows)).collect();
        self.each_leaf(entry, &roots, |_, _, (leaf, _), _, _| {
            finders.iter_mut().for_each(|finder| finder.pass(leaf));
            Ok(())
        })?;
        let hash = self.audit_hash_at(crate::ledger::values::number("audit.entry", entry)?)?;
        let hash = hash.map(|hash| hash.to_string()).unwrap_or_default();
        let proofs = wanted.into_iter().zip(finders).filter_map(|(row, finder)| {
            let path = finder.path();
            (root_from(row.leaf, row.index, rows, &path) == Some(root)).then(|| RowProof {
                entry: u64::try_from(entry).unwrap_or_default(),
                entry_hash: hash.clone(),
                root: root.to_string(),
                rows,
                table: row.table,
                columns: row.columns,
                settled: row.settled,
                index: row.index,
                path: path.iter().map(ChainHash::to_string).collect(),
            })
        });
        Ok(proofs.collect())
    }

    /// Shows every row under the root of an entry, in the order of the leaves, with its leaf made of what stands there
    /// now and the place of its covered columns.
    fn each_leaf(
        &self,
        entry: i64,
        roots: &RowRoots,
        mut show: impl FnMut(&CoveredTable, u64, (ChainHash, bool), &Row<'_>, usize) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let (ledger_id, mut index) = (self.ledger_id()?, 0);
        for table in self.coverage().tables().iter().filter(|table| table.name != RUN_ITEM) {
            let sql = format!(
                "SELECT d.settled, {} FROM row_digest d LEFT JOIN {} t ON {} = d.key1 AND {} = d.key2
                 WHERE d.table_name = :table AND d.entry = :entry ORDER BY d.key1, d.key2",
                table.list("t."),
                quoted(&table.name),
                table.key(0, "t."),
                table.key(1, "t."),
            );
            self.each(&sql, named_params! { ":table": table.name, ":entry": entry }, |row| {
                let settled = self.get(row, "settled")?;
                let leaf = leaf(&self.digest_of(&ledger_id, table, row, 1)?, settled);
                show(table, index, (leaf, settled), row, 1)?;
                index += 1;
                Ok(())
            })?;
        }
        let Some(items) = self.coverage().table(RUN_ITEM) else { return Ok(()) };
        let sql = format!(
            "SELECT {} FROM run_item WHERE run_number BETWEEN :first AND :last ORDER BY run_number, position",
            items.list("")
        );
        for (first, last) in roots.runs_of(entry) {
            self.each(&sql, named_params! { ":first": first, ":last": last }, |row| {
                let leaf = leaf(&self.digest_of(&ledger_id, items, row, 0)?, true);
                show(items, index, (leaf, true), row, 0)?;
                index += 1;
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Says whether a row is one of those to be proven.
    fn is_wanted(
        &self,
        table: &CoveredTable,
        row: &Row<'_>,
        first: usize,
        run: i64,
        record: Option<&str>,
    ) -> Result<bool, LedgerError> {
        let of_run = || self.holds(table, row, first, "run_number", &Value::Integer(run));
        let of_record = |record| self.holds(table, row, first, "record_id", &Value::text(record));
        match (record, table.name.as_str()) {
            (None, "run" | "run_sum") => of_run(),
            (Some(record), RUN_ITEM) => Ok(of_run()? && of_record(record)?),
            (Some(record), "attempt") => of_record(record),
            _ => Ok(false),
        }
    }

    /// Says whether a column of a row holds a value. One column alone is read: a root is over every row of its time.
    fn holds(
        &self,
        table: &CoveredTable,
        row: &Row<'_>,
        first: usize,
        column: &str,
        wanted: &Value,
    ) -> Result<bool, LedgerError> {
        let Some(place) = table.columns.iter().position(|each| each.name == column) else { return Ok(false) };
        let value = row.get_ref(first + place).map_err(|error| self.sqlite_error(error))?;
        Ok(value_of(value) == *wanted)
    }
}

fn shown(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(number) => json!(number),
        Value::Blob(bytes) => json!({ "bytes": hex::encode(bytes) }),
        other => json!(other.shown()),
    }
}
