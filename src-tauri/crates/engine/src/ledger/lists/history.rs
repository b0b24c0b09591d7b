//! Reads the history: runs, and the result of each row of a run. In pages, newest first for runs, in order for rows.

use chrono::{DateTime, Utc};
use rusqlite::{Params, Row, named_params};

use crate::domain::{
    Actor, Counts, Generation, ItemResult, Money, Outcome, Period, Place, RunId, Trigger, VoucherMade,
};
use crate::ledger::values::{day, day_option, from_json_option, instant, instant_option, money, number, signed, word};
use crate::ledger::{Ledger, LedgerError, LedgerTx};
use crate::views::{RunItem, RunSummary, RunVoucher, Sum, VoucherDraft};

/// The number of rows that one page of history may have.
pub(in crate::ledger) const PAGE_MAX: u32 = 1_000;

impl Ledger {
    /// Returns runs, newest first: `limit` at most (and never over 1,000), those before `before` if it is given.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn runs(&self, limit: u32, before: Option<&RunId>) -> Result<Vec<RunSummary>, LedgerError> {
        let before = before.cloned();
        self.read(move |tx| {
            let before = match before {
                None => None,
                Some(run) => Some(tx.run_number(&run)?.unwrap_or(0)),
            };
            tx.run_page(before, limit.min(PAGE_MAX))
        })
        .await
    }

    /// Returns the end of the newest sync that was completed.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn last_success_at(&self) -> Result<Option<DateTime<Utc>>, LedgerError> {
        self.read(|tx| tx.last_success_at()).await
    }

    /// Returns one run; `None` if there is none of that id.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn run(&self, run: &RunId) -> Result<Option<RunSummary>, LedgerError> {
        let run = run.clone();
        self.read(move |tx| {
            let Some(number) = tx.run_number(&run)? else { return Ok(None) };
            Ok(tx.run_page(number.checked_add(1), 1)?.pop())
        })
        .await
    }

    /// Returns the rows of a run behind position `after`, in order: `limit` at most (and never over 1,000), those with
    /// `result` alone if it is given. Empty for an unknown run.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn run_items(
        &self,
        run: &RunId,
        after: u64,
        limit: u32,
        result: Option<ItemResult>,
    ) -> Result<Vec<RunItem>, LedgerError> {
        let run = run.clone();
        self.read(move |tx| match tx.run_number(&run)? {
            None => Ok(Vec::new()),
            Some(number) => tx.item_page(number, after, limit.min(PAGE_MAX), result, |row| tx.item(row)),
        })
        .await
    }

    /// Returns the rows of a run that were posted, each with its voucher as it was sent, in order: `limit` at most (and
    /// never over 1,000), those behind position `after`. Empty for an unknown run.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn run_vouchers(&self, run: &RunId, after: u64, limit: u32) -> Result<Vec<RunVoucher>, LedgerError> {
        let run = run.clone();
        self.read(move |tx| {
            let Some(number) = tx.run_number(&run)? else { return Ok(Vec::new()) };
            let voucher = |row: &Row<'_>| Ok(RunVoucher { item: tx.item(row)?, voucher: tx.sent_voucher(row)? });
            tx.item_page(number, after, limit.min(PAGE_MAX), Some(ItemResult::Posted), voucher)
        })
        .await
    }
}

impl LedgerTx<'_> {
    /// Returns the newest run that a schedule began.
    pub(crate) fn newest_scheduled_run(&self) -> Result<Option<RunSummary>, LedgerError> {
        let newest = self.row(
            "SELECT run_number FROM run WHERE trigger = 'scheduled' ORDER BY run_number DESC LIMIT 1",
            [],
            |row| self.get::<i64>(row, "run_number"),
        )?;
        let Some(number) = newest else { return Ok(None) };
        Ok(self.run_page(number.checked_add(1), 1)?.pop())
    }

    /// Returns the end of the newest sync that was completed.
    pub(crate) fn last_success_at(&self) -> Result<Option<DateTime<Utc>>, LedgerError> {
        let newest = self.row(
            "SELECT finished_at FROM run WHERE outcome = 'completed' AND trigger <> 're-export'
             ORDER BY run_number DESC LIMIT 1",
            [],
            |row| self.get::<Option<String>>(row, "finished_at"),
        )?;
        instant_option("run.finished_at", newest.flatten())
    }

    fn run_page(&self, before: Option<i64>, limit: u32) -> Result<Vec<RunSummary>, LedgerError> {
        self.run_rows(include_str!("runs.sql"), named_params! { ":before": before, ":limit": limit })
    }

    /// Returns the runs that a statement finds, each with its sums.
    pub(in crate::ledger) fn run_rows(
        &self,
        sql: &str,
        parameters: impl Params,
    ) -> Result<Vec<RunSummary>, LedgerError> {
        let found =
            self.rows(sql, parameters, |row| Ok((self.get::<i64>(row, "run_number")?, self.run_summary(row)?)))?;
        let with_sums = found.into_iter().map(|(number, run)| Ok(RunSummary { posted: self.run_sums(number)?, ..run }));
        with_sums.collect()
    }

    fn run_summary(&self, row: &Row<'_>) -> Result<RunSummary, LedgerError> {
        let count = |column| number(column, self.get(row, column)?);
        let outcome: Option<String> = self.get(row, "outcome")?;
        Ok(RunSummary {
            run_id: RunId::new(self.get::<String>(row, "run_id")?),
            trigger: word("run.trigger", &self.get::<String>(row, "trigger")?, Trigger::from_text)?,
            actor: Actor { user: self.get(row, "actor_user")?, host: self.get(row, "actor_host")? },
            started_at: instant("run.started_at", &self.get::<String>(row, "started_at")?)?,
            finished_at: instant_option("run.finished_at", self.get(row, "finished_at")?)?,
            outcome: outcome.map(|text| word("run.outcome", &text, Outcome::from_text)).transpose()?,
            error: from_json_option("run.error", self.get(row, "error")?)?,
            period: Period {
                from: day_option("run.period_from", self.get(row, "period_from")?)?,
                to: day_option("run.period_to", self.get(row, "period_to")?)?,
            },
            counts: Counts {
                read: count("read")?,
                posted: count("posted")?,
                skipped: count("skipped")?,
                found: count("found")?,
                refused: count("refused")?,
                held: count("held")?,
                in_doubt: count("in_doubt")?,
                left_out: count("left_out")?,
                handed_over: count("handed_over")?,
            },
            posted: Vec::new(),
            // A run that was not let in had no lease.
            fence: Some(count("fence")?).filter(|&fence| fence > 0),
        })
    }

    fn run_sums(&self, run: i64) -> Result<Vec<Sum>, LedgerError> {
        self.rows(
            "SELECT currency, exponent, minor FROM run_sum WHERE run_number = :run ORDER BY currency",
            named_params! { ":run": run },
            |row| self.sum(row),
        )
    }

    /// Returns the voucher of an attempt as it was sent, of its columns `date`, `currency`, `exponent`, `minor` and
    /// `sent`; `None` if it was not kept.
    pub(in crate::ledger) fn sent_voucher(&self, row: &Row<'_>) -> Result<Option<VoucherDraft>, LedgerError> {
        let Some(content) = from_json_option("attempt.sent", self.get(row, "sent")?)? else { return Ok(None) };
        let date = day("attempt.date", &self.get::<String>(row, "date")?)?;
        Ok(Some(VoucherDraft::sent(date, self.money(row)?, &content)))
    }

    /// Returns the columns `currency`, `exponent` and `minor`.
    fn money(&self, row: &Row<'_>) -> Result<Money, LedgerError> {
        money(&self.get::<String>(row, "currency")?, self.get(row, "exponent")?, self.get(row, "minor")?)
    }

    /// Returns the columns `currency`, `exponent` and `minor`, as they are shown.
    pub(in crate::ledger) fn sum(&self, row: &Row<'_>) -> Result<Sum, LedgerError> {
        let amount = self.money(row)?;
        Ok(Sum { currency: amount.currency().code().to_owned(), amount: amount.to_decimal() })
    }

    /// Returns the same columns, if the row has them.
    pub(in crate::ledger) fn sum_option(&self, row: &Row<'_>) -> Result<Option<Sum>, LedgerError> {
        if self.get::<Option<i64>>(row, "minor")?.is_some() { Ok(Some(self.sum(row)?)) } else { Ok(None) }
    }

    /// Returns the columns `file` and `line`, if the row has them.
    pub(in crate::ledger) fn place_option(&self, row: &Row<'_>) -> Result<Option<Place>, LedgerError> {
        if self.get::<Option<String>>(row, "file")?.is_some() { Ok(Some(self.place(row)?)) } else { Ok(None) }
    }

    /// Returns the making of the voucher of an attempt, if it stood in the books before.
    pub(in crate::ledger) fn made(&self, row: &Row<'_>) -> Result<Option<VoucherMade>, LedgerError> {
        let by: Option<String> = self.get(row, "made_by")?;
        let at = instant_option("attempt.made_at", self.get(row, "made_at")?)?;
        Ok(at.map(|at| VoucherMade { at, by }))
    }

    fn item_page<T>(
        &self,
        run: i64,
        after: u64,
        limit: u32,
        result: Option<ItemResult>,
        each: impl Fn(&Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Vec<T>, LedgerError> {
        self.rows(
            concat!(
                include_str!("run_items.sql"),
                "WHERE i.run_number = :run AND i.position > :after AND (:result IS NULL OR i.result = :result)
                 ORDER BY i.position LIMIT :limit"
            ),
            named_params! {
                ":run": run, ":after": signed(after), ":limit": limit, ":result": result.map(ItemResult::as_str),
            },
            each,
        )
    }

    pub(in crate::ledger) fn item(&self, row: &Row<'_>) -> Result<RunItem, LedgerError> {
        let result: Option<String> = self.get(row, "result")?;
        let result = result.map(|text| word("run_item.result", &text, ItemResult::from_text)).transpose()?;
        let earlier = result == Some(ItemResult::SkippedAlreadyExported);
        let earlier_run: Option<String> = self.get(row, "earlier_run")?;
        let earlier_at = instant_option("attempt.settled_at", self.get(row, "settled_at")?)?;
        Ok(RunItem {
            position: number("run_item.position", self.get(row, "position")?)?,
            record_id: self.get(row, "record_id")?,
            place: self.place_option(row)?,
            payee: self.get(row, "payee_name")?,
            date: day_option("date", self.get(row, "date")?)?,
            amount: self.sum_option(row)?,
            generation: self.get::<Option<u32>>(row, "generation")?.and_then(Generation::new),
            result,
            reference: self.get(row, "reference")?,
            voucher_id: self.get(row, "voucher_id")?,
            voucher_number: self.get(row, "voucher_number")?,
            reason: from_json_option("run_item.reason", self.get(row, "reason")?)?,
            earlier_run_id: earlier_run.filter(|_| earlier).map(RunId::new),
            earlier_at: earlier_at.filter(|_| earlier),
            made: self.made(row)?,
            look_alike: self.get(row, "look_alike")?,
        })
    }
}
