//! Says which tables and columns the audit trail covers. A table or column that a migration adds is covered without a
//! word here; one that is not to be covered is named below, with the reason.
//!
//! The digest of a row leaves out a column that holds its default. A migration may so add columns (with a literal
//! default or none) and change no digest of a row from before; it must not rewrite the covered columns of such rows.

use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::changed_rows::ChangedRows;
use crate::domain::audit_chain::{ChainHash, Value};
use crate::domain::row_digest::RowBytes;
use crate::ledger::values::borrowed;

/// Tables that no entry covers, and why.
pub(crate) const TABLES_OUTSIDE: [(&str, &str); 7] = [
    ("arrival", "records of a reading that has not ended; its end takes them over into the record"),
    ("audit", "its entries are chained, and each says itself what happened"),
    ("audit_head", "its heads are signed and held against the chain"),
    ("row_digest", "its digests make the roots that stand in entries"),
    ("repeat", "rows of the newest reading alone, replaced by the next; their meaning stands in the rows of the run"),
    ("left_out", "rows of the newest reading alone, replaced by the next; their meaning stands in the rows of the run"),
    ("flaw", "rows of the newest reading alone, replaced by the next; their meaning stands in the rows of the run"),
];

/// Columns that no entry covers, and why.
pub(crate) const COLUMNS_OUTSIDE: [(&str, &str, &str); 9] = [
    ("attempt", "shares_voucher", "says which of several attempts keeps a voucher; the voucher itself is covered"),
    ("ledger", "writes", "counts transactions, to see whether the file was replaced"),
    ("ledger", "latest_reading", "a mark of the newest reading, which each run sets anew"),
    ("record", "reading_id", "a mark of the newest reading in which it stood, which each run sets anew"),
    ("record", "file", "its place in the newest reading; the rows of a run keep the place it had then"),
    ("record", "id_form", "made of record_id, which is covered"),
    ("record", "line", "its place in the newest reading; the rows of a run keep the place it had then"),
    ("request", "body", "held against body_hash, which is covered; it is let go of when it is answered"),
    ("run_item", "mark", "the beginning of the digest itself"),
];

/// The table whose rows have no digest beside them: they are covered by the end of their run.
pub(crate) const RUN_ITEM: &str = "run_item";

/// The conditions under which a row never changes again.
const SETTLED: [(&str, &str); 19] = [
    ("acceptance", "1"),
    ("alarm", "cleared_at IS NOT NULL"),
    ("attempt", "settled_at IS NOT NULL"),
    ("comparison", "finished_at IS NOT NULL"),
    ("comparison_difference", "1"),
    ("other_day", "1"),
    ("pin", "1"),
    ("question", "answered_at IS NOT NULL OR withdrawn_at IS NOT NULL"),
    ("re_export", "withdrawn_at IS NOT NULL"),
    ("reading", "finished_at IS NOT NULL"),
    ("receipt", "settled_at IS NOT NULL"),
    ("result_due", "told_at IS NOT NULL"),
    ("reversal", "settled_at IS NOT NULL"),
    ("run", "finished_at IS NOT NULL"),
    ("run_sum", "1"),
    ("schedule_seen", "1"),
    ("sealed_file", "state = 'withdrawn' OR state = 'void'"),
    ("set_aside", "1"),
    ("scheduled_time", "how <> 'claimed'"),
];

/// The tables that are covered, as the schema has them.
#[derive(Debug)]
pub(crate) struct Coverage {
    tables: Arc<[CoveredTable]>,
    changed: ChangedRows,
}

/// A covered table.
#[derive(Debug)]
pub(crate) struct CoveredTable {
    pub(crate) name: String,
    /// The columns of its primary key: one or two.
    pub(crate) keys: Vec<String>,
    /// True if its key is the number by which SQLite knows its rows.
    pub(in crate::ledger) has_row_number: bool,
    /// The covered columns, the key's among them, by name.
    pub(crate) columns: Vec<CoveredColumn>,
    /// The SQL of one row by its key.
    pub(in crate::ledger) select_one: String,
    /// The SQL that notes the digests of the rows from one key to another, if the table has one key.
    pub(super) note_stretch: String,
}

/// A covered column.
#[derive(Debug)]
pub(crate) struct CoveredColumn {
    pub(crate) name: String,
    /// The value that is left out.
    pub(crate) default: Value,
}

impl Coverage {
    /// Reads the schema.
    pub(in crate::ledger) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut columns = connection.prepare(include_str!("covered_columns.sql"))?;
        let mut rows = columns.query([])?;
        let mut tables: Vec<CoveredTable> = Vec::new();
        while let Some(row) = rows.next()? {
            let (table, name): (String, String) = (row.get("table_name")?, row.get("name")?);
            if TABLES_OUTSIDE.iter().any(|(outside, _)| *outside == table) {
                continue;
            }
            if tables.last().is_none_or(|last| last.name != table) {
                tables.push(CoveredTable::of(table.clone(), row.get("has_row_number")?));
            }
            let Some(last) = tables.last_mut() else { continue };
            if row.get::<_, i64>("pk")? > 0 {
                last.keys.push(name.clone());
            }
            if COLUMNS_OUTSIDE.iter().any(|(outside, column, _)| (*outside, *column) == (table.as_str(), name.as_str()))
            {
                continue;
            }
            let default = row.get::<_, Option<String>>("dflt_value")?.map_or(Value::Null, |text| literal(&text));
            last.columns.push(CoveredColumn { name, default });
        }
        for (place, table) in tables.iter_mut().enumerate() {
            table.columns.sort_by(|one, other| one.name.cmp(&other.name));
            table.select_one = table.to_select_one();
            table.note_stretch = table.to_note_stretch(place);
        }
        Ok(Self { tables: tables.into(), changed: ChangedRows::default() })
    }

    /// Returns the tables, by name.
    pub(crate) fn tables(&self) -> &[CoveredTable] {
        &self.tables
    }

    pub(super) fn shared_tables(&self) -> Arc<[CoveredTable]> {
        self.tables.clone()
    }

    /// Returns the rows that the transaction at hand has changed.
    pub(in crate::ledger) fn changed(&self) -> &ChangedRows {
        &self.changed
    }

    pub(crate) fn table(&self, name: &str) -> Option<&CoveredTable> {
        self.tables.iter().find(|table| table.name == name)
    }
}

impl CoveredTable {
    fn of(name: String, has_row_number: bool) -> Self {
        Self {
            name,
            keys: Vec::new(),
            has_row_number,
            columns: Vec::new(),
            select_one: String::new(),
            note_stretch: String::new(),
        }
    }

    fn to_select_one(&self) -> String {
        let (columns, settled, table) = (self.list(""), self.settled(), quoted(&self.name));
        let (one, two) = (self.key(0, ""), self.key(1, ""));
        format!("SELECT {columns}, {settled} AS settled FROM {table} WHERE {one} = :key1 AND {two} = :key2")
    }

    fn to_note_stretch(&self, place: usize) -> String {
        let (columns, settled, key, table) = (self.list(""), self.settled(), self.key(0, ""), quoted(&self.name));
        format!(
            "INSERT INTO row_digest (table_name, key1, key2, entry, digest, settled)
             SELECT :table, {key}, 0, 0, row_digest({place}, :ledger, {columns}), {settled}
             FROM {table} WHERE {key} BETWEEN :first AND :last
             ON CONFLICT DO UPDATE SET digest = excluded.digest, settled = excluded.settled"
        )
    }

    /// Returns the digest of a row; `value` returns the value of the column at a place among the covered ones. A column
    /// that holds its default is left out.
    pub(in crate::ledger) fn digest<'v>(
        &self,
        ledger_id: &str,
        value: impl Fn(usize) -> rusqlite::Result<ValueRef<'v>>,
    ) -> rusqlite::Result<ChainHash> {
        let mut bytes = RowBytes::of(ledger_id, &self.name);
        for (place, column) in self.columns.iter().enumerate() {
            let value = borrowed(value(place)?);
            if value != column.default.borrowed() {
                bytes.add(&column.name, value);
            }
        }
        Ok(bytes.digest())
    }

    /// Returns the condition, in SQL, under which its rows never change again.
    pub(in crate::ledger) fn settled(&self) -> &'static str {
        SETTLED.iter().find(|(table, _)| *table == self.name).map_or("0", |(_, condition)| condition)
    }

    /// Returns the columns as SQL lists them, each behind `prefix`.
    pub(in crate::ledger) fn list(&self, prefix: &str) -> String {
        let names: Vec<String> =
            self.columns.iter().map(|column| format!("{prefix}{}", quoted(&column.name))).collect();
        names.join(", ")
    }

    /// Returns the SQL of a key's column behind a prefix; a key of one column has 0 for the second.
    pub(in crate::ledger) fn key(&self, place: usize, prefix: &str) -> String {
        self.keys.get(place).map_or_else(|| "0".to_owned(), |name| format!("{prefix}{}", quoted(name)))
    }
}

pub(in crate::ledger) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Reads a default as the schema words it. Another than a literal is never equal to a value here, and so never left
/// out.
fn literal(text: &str) -> Value {
    if let Ok(number) = text.parse() {
        return Value::Integer(number);
    }
    let quoted = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    quoted.map_or(Value::Real(0), |text| Value::text(text.replace("''", "'")))
}
