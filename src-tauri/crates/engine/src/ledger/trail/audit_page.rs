//! Reads the audit trail in pages, by a person's filter.

use chrono::{DateTime, Utc};
use rusqlite::{Row, named_params};

use crate::domain::audit_chain::StoredEntry;
use crate::domain::{Act, Actor, Generation, RunId};
use crate::ledger::values::{from_json, instant, number, signed, stamp, word};
use crate::ledger::{Ledger, LedgerError, LedgerTx};
use crate::views::AuditEntry;

/// The number of entries that one page may have.
const PAGE_MAX: u32 = 1_000;

/// A filter for entries; a `None` member does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// The act.
    pub act: Option<Act>,
    /// The user, of the operating system or of the accounting system.
    pub actor: Option<String>,
    /// The record.
    pub record_id: Option<String>,
    /// The run.
    pub run_id: Option<RunId>,
    /// The earliest instant.
    pub from: Option<DateTime<Utc>>,
    /// The instant before which it was written.
    pub to: Option<DateTime<Utc>>,
    /// The text in the reason, an id, a name or the detail; upper and lower case of A to Z are one.
    pub text: Option<String>,
}

impl Ledger {
    /// Returns the entries that match, newest first: `limit` at most (and never over 1,000), those before entry
    /// `before` if it is given.
    ///
    /// # Errors
    /// If the ledger cannot be read, or an entry holds what this program never writes.
    pub async fn audit_page(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, LedgerError> {
        let filter = filter.clone();
        self.read(move |tx| tx.audit_page(&filter, before, limit.min(PAGE_MAX))).await
    }

    /// Returns the users of the operating system who have left an entry, by name: `limit` at most (and never over
    /// 1,000).
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn audit_actors(&self, limit: u32) -> Result<Vec<String>, LedgerError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT DISTINCT actor_user FROM audit ORDER BY actor_user LIMIT :limit",
                named_params! { ":limit": limit.min(PAGE_MAX) },
                |row| tx.get(row, "actor_user"),
            )
        })
        .await
    }

    /// Returns the newest entries of a run, oldest first: `limit` at most (and never over 1,000).
    ///
    /// # Errors
    /// As for [`Ledger::audit_page`].
    pub async fn audit_entries_of_run(&self, run: &RunId, limit: u32) -> Result<Vec<AuditEntry>, LedgerError> {
        let run = run.clone();
        self.read(move |tx| {
            let of_run = named_params! { ":run": run.as_str(), ":limit": limit.min(PAGE_MAX) };
            tx.audit_entries(include_str!("audit_of_run.sql"), of_run)
        })
        .await
    }

    /// Returns the entries from number `from` on, oldest first, exactly as they stand there: `limit` at most (and never
    /// over 1,000). The export uses it, which shows a damaged trail as well.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn audit_stored(&self, from: i64, limit: u32) -> Result<Vec<StoredEntry>, LedgerError> {
        self.read(move |tx| tx.audit_from(from, limit.min(PAGE_MAX))).await
    }
}

impl LedgerTx<'_> {
    fn audit_page(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, LedgerError> {
        self.rows(
            include_str!("audit_page.sql"),
            named_params! {
                ":before": before.map_or(i64::MAX, signed), ":act": filter.act.map(Act::as_str),
                ":record": filter.record_id, ":run": filter.run_id.as_ref().map(RunId::as_str),
                ":actor": filter.actor, ":from": filter.from.map(stamp), ":to": filter.to.map(stamp),
                ":text": filter.text.as_deref().map(pattern), ":limit": limit,
            },
            |row| self.audit_entry(row),
        )
    }

    /// Returns the newest entries about a record, oldest first.
    pub(in crate::ledger) fn audit_of_record(
        &self,
        record_id: &str,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, LedgerError> {
        let of_record = named_params! { ":record": record_id, ":limit": limit };
        self.audit_entries(include_str!("audit_of_record.sql"), of_record)
    }

    fn audit_entries(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<Vec<AuditEntry>, LedgerError> {
        let mut entries = self.rows(sql, parameters, |row| self.audit_entry(row))?;
        entries.reverse();
        Ok(entries)
    }

    fn audit_entry(&self, row: &Row<'_>) -> Result<AuditEntry, LedgerError> {
        Ok(AuditEntry {
            entry: number("audit.entry", self.get(row, "entry")?)?,
            at: instant("audit.at", &self.get::<String>(row, "at")?)?,
            actor: Actor { user: self.get(row, "actor_user")?, host: self.get(row, "actor_host")? },
            accounting_user: self.get(row, "accounting_user")?,
            act: word("audit.act", &self.get::<String>(row, "act")?, Act::from_text)?,
            record_id: self.get(row, "record_id")?,
            generation: self.get::<Option<u32>>(row, "generation")?.and_then(Generation::new),
            run_id: self.get::<Option<String>>(row, "run_id")?.map(RunId::new),
            voucher_id: self.get(row, "voucher_id")?,
            earlier_voucher_id: self.get(row, "earlier_voucher_id")?,
            reason: self.get(row, "reason")?,
            detail: from_json("audit.detail", &self.get::<String>(row, "detail")?)?,
        })
    }
}

/// Returns a pattern for the text anywhere; nothing in it is a wildcard.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
