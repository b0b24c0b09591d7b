//! Reads the comparisons that were made, and the certificates among them, in pages.

use rusqlite::{Row, named_params};

use crate::domain::{Actor, DifferenceKind, Generation, Period, Protection, RunId};
use crate::ledger::values::{day_option, from_json, from_json_option, instant, instant_option, number, signed, word};
use crate::ledger::{Ledger, LedgerError, LedgerTx};
use crate::views::{Comparison, Difference, Papers};

/// The number of entries that one page may have.
const PAGE_MAX: u32 = 1_000;

impl Ledger {
    /// Returns comparisons, newest first: `limit` at most (and never over 1,000), those before `before` if it is given.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn comparisons(&self, limit: u32, before: Option<u64>) -> Result<Vec<Comparison>, LedgerError> {
        let before = before.map(signed);
        self.read(move |tx| {
            tx.rows(
                include_str!("comparisons.sql"),
                named_params! { ":before": before, ":limit": limit.min(PAGE_MAX), ":only": None::<i64>, ":run": None::<&str> },
                |row| tx.comparison_row(row),
            )
        })
        .await
    }

    /// Returns one comparison; `None` if there is none of that number.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn comparison(&self, id: u64) -> Result<Option<Comparison>, LedgerError> {
        self.read(move |tx| tx.comparison(signed(id))).await
    }

    /// Returns the certificate of a run; `None` if none was made.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn certificate(&self, run: &RunId) -> Result<Option<Comparison>, LedgerError> {
        let run = run.clone();
        self.read(move |tx| {
            tx.row(
                include_str!("comparisons.sql"),
                named_params! { ":before": None::<i64>, ":limit": 1, ":only": None::<i64>, ":run": run.as_str() },
                |row| tx.comparison_row(row),
            )
        })
        .await
    }

    /// Returns the differences of a comparison behind position `after`, in order: `limit` at most (and never over
    /// 1,000).
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn differences(&self, id: u64, after: u64, limit: u32) -> Result<Vec<Difference>, LedgerError> {
        self.read(move |tx| {
            tx.rows(
                include_str!("differences.sql"),
                named_params! { ":comparison": signed(id), ":after": signed(after), ":limit": limit.min(PAGE_MAX) },
                |row| tx.difference(row),
            )
        })
        .await
    }

    /// Returns the origin of a report: this ledger, its audit trail up to now, and the run if one is given.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn papers(&self, run: Option<&RunId>) -> Result<Papers, LedgerError> {
        let run = run.cloned();
        self.read(move |tx| {
            let proofs = run.as_ref().map(|run| tx.proofs(run, None)).transpose()?.unwrap_or_default();
            let receipts = run.as_ref().map(|run| tx.count_receipts(run)).transpose()?.unwrap_or_default();
            let found =
                tx.row(include_str!("papers.sql"), named_params! { ":run": run.as_ref().map(RunId::as_str) }, |row| {
                    let (receipts_attached, receipts_missing) = receipts;
                    Ok(Papers { proofs: proofs.clone(), receipts_attached, receipts_missing, ..tx.papers(row)? })
                })?;
            found.ok_or_else(|| LedgerError::Impossible { what: "ledger", found: "no row".to_owned() })
        })
        .await
    }
}

impl LedgerTx<'_> {
    /// Returns one comparison.
    pub(crate) fn comparison(&self, id: i64) -> Result<Option<Comparison>, LedgerError> {
        self.row(
            include_str!("comparisons.sql"),
            named_params! { ":before": None::<i64>, ":limit": 1, ":only": id, ":run": None::<&str> },
            |row| self.comparison_row(row),
        )
    }

    fn comparison_row(&self, row: &Row<'_>) -> Result<Comparison, LedgerError> {
        let count = |column| number(column, self.get(row, column)?);
        Ok(Comparison {
            comparison_id: count("comparison_id")?,
            run_id: self.get::<Option<String>>(row, "run_id")?.map(RunId::new),
            period: Period {
                from: day_option("comparison.period_from", self.get(row, "period_from")?)?,
                to: day_option("comparison.period_to", self.get(row, "period_to")?)?,
            },
            organisation: self.get(row, "organisation")?,
            address: self.get(row, "address")?,
            actor: Actor { user: self.get(row, "actor_user")?, host: self.get(row, "actor_host")? },
            accounting_user: self.get(row, "accounting_user")?,
            started_at: instant("comparison.started_at", &self.get::<String>(row, "started_at")?)?,
            finished_at: instant_option("comparison.finished_at", self.get(row, "finished_at")?)?,
            ledger_vouchers: count("ledger_vouchers")?,
            accounting_vouchers: count("accounting_vouchers")?,
            matched: count("matched")?,
            waiting: count("waiting")?,
            reversed: count("reversed")?,
            differences: count("differences")?,
            sums: from_json("comparison.sums", &self.get::<String>(row, "sums")?)?,
            unseen: from_json_option("comparison.unseen", self.get(row, "unseen")?)?,
        })
    }

    fn difference(&self, row: &Row<'_>) -> Result<Difference, LedgerError> {
        let kind: String = self.get(row, "kind")?;
        Ok(Difference {
            position: number("comparison_difference.position", self.get(row, "position")?)?,
            kind: word("comparison_difference.kind", &kind, DifferenceKind::from_text)?,
            record_id: self.get(row, "record_id")?,
            generation: self.get::<Option<u32>>(row, "generation")?.and_then(Generation::new),
            reference: self.get(row, "reference")?,
            voucher_id: self.get(row, "voucher_id")?,
            sides: from_json("comparison_difference.detail", &self.get::<String>(row, "detail")?)?,
        })
    }

    fn papers(&self, row: &Row<'_>) -> Result<Papers, LedgerError> {
        let protection: Option<String> = self.get(row, "protection")?;
        Ok(Papers {
            ledger_id: self.get(row, "ledger_id")?,
            audit_entries: number("audit.entry", self.get(row, "entries")?)?,
            audit_head: self.get(row, "head")?,
            proofs: Vec::new(),
            protection: protection.map(|text| word("run.protection", &text, Protection::from_text)).transpose()?,
            program: self.get(row, "program")?,
            receipts_attached: 0,
            receipts_missing: 0,
        })
    }
}
