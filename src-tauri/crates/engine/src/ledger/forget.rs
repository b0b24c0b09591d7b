//! Blanks payees, texts and raw rows of records that are done with, after the period for which they are kept.
//!
//! A payee who has no number but the name loses both. Texts are gone for the search for look-alikes, too: a new record that
//! equals one that was forgotten under another id is not noticed by its text.
//!
//! Invariant: nothing that the guard, a look-up or the trail needs is touched: ids, days, amounts, hashes, references,
//! vouchers, decisions. A record that still waits for anything keeps its words.

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, named_params};

use crate::domain::ExpenseDetail;
use crate::ledger::values::{from_json, from_json_option, json, stamp};
use crate::ledger::{LedgerError, LedgerTx};
use crate::views::Content;

/// The records that are done with and older than a day.
const DUE: &str = "SELECT r.seq FROM record r JOIN record_state s USING (seq)
    WHERE r.date < :before AND r.forgotten_at IS NULL AND s.state IN ('posted', 'set_aside')";

impl LedgerTx<'_> {
    /// Returns how many records would be forgotten.
    pub(crate) fn due_to_be_forgotten(&self, before: NaiveDate) -> Result<u64, LedgerError> {
        let sql = format!("SELECT count(*) AS count FROM ({DUE})");
        let found =
            self.row(&sql, named_params! { ":before": before.to_string() }, |row| self.get::<i64>(row, "count"))?;
        Ok(u64::try_from(found.unwrap_or(0)).unwrap_or(0))
    }

    /// Forgets what records from before that day say of people; returns the number of the records.
    pub(crate) fn forget(&self, before: NaiveDate, now: DateTime<Utc>) -> Result<u64, LedgerError> {
        // The disk is to lose it, too.
        self.each("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
        let day = before.to_string();
        let due = self.rows(DUE, named_params! { ":before": day }, |row| self.get::<i64>(row, "seq"))?;
        for seq in &due {
            self.forget_record(*seq, now)?;
        }
        // Rows of a reading from before then stand for themselves: they have no record.
        for table in ["flaw", "left_out"] {
            self.execute(
                &format!(
                    "UPDATE {table} SET glimpse = '' WHERE glimpse <> ''
                         AND reading_id IN (SELECT reading_id FROM reading WHERE started_at < :before)"
                ),
                named_params! { ":before": day },
            )?;
        }
        Ok(due.len() as u64)
    }

    fn forget_record(&self, seq: i64, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let found =
            self.row("SELECT record_id, detail FROM record WHERE seq = :seq", named_params! { ":seq": seq }, |row| {
                Ok((self.get::<String>(row, "record_id")?, self.get::<Option<String>>(row, "detail")?))
            })?;
        let Some((id, detail)) = found else { return Ok(()) };
        let detail = from_json_option::<ExpenseDetail>("record.detail", detail)?.map(wordless);
        self.execute_one(
            "record",
            "UPDATE record SET payee_id = iif(payee_id = payee_name, '', payee_id), payee_name = '', text = '',
                    detail = :detail, receipts = NULL, forgotten_at = :now
             WHERE seq = :seq",
            named_params! { ":detail": detail.as_ref().map(json), ":now": stamp(now), ":seq": seq },
        )?;
        let contents = self.rows(
            "SELECT content_hash, content FROM superseded WHERE record_id = :record",
            named_params! { ":record": id },
            |row| Ok((self.get::<Vec<u8>>(row, "content_hash")?, self.get::<String>(row, "content")?)),
        )?;
        for (hash, content) in contents {
            let content: Content = from_json("superseded.content", &content)?;
            let detail = wordless(content.detail);
            let payee_id = if content.payee_id == content.payee { String::new() } else { content.payee_id };
            let content = Content { payee_id, payee: String::new(), text: String::new(), detail, ..content };
            self.execute_one(
                "superseded",
                "UPDATE superseded SET content = :content WHERE record_id = :record AND content_hash = :hash",
                named_params! { ":content": json(&content), ":record": id, ":hash": hash },
            )?;
        }
        self.execute(
            "UPDATE attempt
             SET sent = json_set(sent, '$.text', '', '$.payee', '', '$.is_forgotten', json('true'))
             WHERE record_id = :record AND sent IS NOT NULL AND settled_at IS NOT NULL",
            named_params! { ":record": id },
        )?;
        self.execute(
            "UPDATE receipt SET place = '', name = '' WHERE settled_at IS NOT NULL AND name <> ''
                 AND attempt_id IN (SELECT attempt_id FROM attempt WHERE record_id = :record)",
            named_params! { ":record": id },
        )?;
        Ok(())
    }
}

fn wordless(mut detail: ExpenseDetail) -> ExpenseDetail {
    detail.lines.iter_mut().for_each(|line| line.text.clear());
    detail
}

/// Forgets the same in a ledger of an earlier version, which is never used again: without an entry, and for every record
/// from before that day.
pub(crate) fn forget_in_older(path: &Path, before: NaiveDate) -> Result<(), LedgerError> {
    let of_copy = |source| LedgerError::Sqlite { path: path.to_owned(), source };
    let connection = Connection::open(path).map_err(of_copy)?;
    let has = |table: &str, column: &str| -> rusqlite::Result<bool> {
        let sql = format!("SELECT count(*) FROM pragma_table_info('{table}') WHERE name = '{column}'");
        connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).map(|count| count > 0)
    };
    let forget = || {
        connection.execute_batch("PRAGMA secure_delete = ON; BEGIN IMMEDIATE;")?;
        let older = "record_id IN (SELECT record_id FROM record WHERE date < :before)";
        let mut statements = vec![
            "UPDATE record SET payee_id = iif(payee_id = payee_name, '', payee_id), payee_name = '', text = ''
             WHERE date < :before"
                .to_owned(),
        ];
        if has("record", "detail")? {
            statements.push("UPDATE record SET detail = NULL WHERE date < :before".to_owned());
        }
        if has("record", "receipts")? {
            statements.push("UPDATE record SET receipts = NULL WHERE date < :before".to_owned());
            statements.push(format!(
                "UPDATE receipt SET place = '', name = '' WHERE settled_at IS NOT NULL
                     AND attempt_id IN (SELECT attempt_id FROM attempt WHERE {older})"
            ));
        }
        if has("superseded", "content")? {
            let blank = "json_set(content, '$.payee_id', '', '$.payee', '', '$.text', '')";
            statements.push(format!("UPDATE superseded SET content = {blank} WHERE {older}"));
        }
        for table in ["flaw", "left_out"] {
            if has(table, "glimpse")? {
                let readings = "SELECT reading_id FROM reading WHERE started_at < :before";
                statements.push(format!("UPDATE {table} SET glimpse = '' WHERE reading_id IN ({readings})"));
            }
        }
        if has("attempt", "sent")? {
            let blank = "json_set(sent, '$.text', '', '$.payee', '', '$.is_forgotten', json('true'))";
            statements.push(format!(
                "UPDATE attempt SET sent = {blank} WHERE {older} AND sent IS NOT NULL AND settled_at IS NOT NULL"
            ));
        }
        // Each version guards its claims by triggers of its own. They stand again before anybody else reads the file.
        let guards = connection
            .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'attempt'")?
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
            .collect::<Result<Vec<_>, _>>()?;
        for (name, _) in &guards {
            connection.execute_batch(&format!("DROP TRIGGER {name};"))?;
        }
        for statement in statements {
            connection.execute(&statement, named_params! { ":before": before.to_string() })?;
        }
        for (_, guard) in &guards {
            connection.execute_batch(guard)?;
        }
        connection.execute_batch("COMMIT; VACUUM;")
    };
    forget().map_err(of_copy)
}
