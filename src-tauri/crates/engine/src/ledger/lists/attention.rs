//! Lists the entries that wait for a person, and counts the records in each state.

use rusqlite::{Row, named_params};

use crate::domain::{HoldReason, RunId};
use crate::error::Problem;
use crate::ledger::values::{day, day_option, from_json, from_json_option, instant, number, word};
use crate::ledger::{Ledger, LedgerError, LedgerTx};
use crate::views::{AttentionItem, MissingReceipt, Question, ReExport, Reason, RecordCounts, RecordState, Sent};

/// The number of entries that one page may have.
const PAGE_MAX: u32 = 1_000;

impl Ledger {
    /// Counts the records in each state.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn counts(&self) -> Result<RecordCounts, LedgerError> {
        self.read(|tx| tx.counts()).await
    }

    /// Returns the entries that wait for a person, in doubt first, then vanished, changed, refused, held, and what left
    /// the source before it was exported: `limit` at most (and never over 1,000). A record that is being sent is in doubt as well if it is `left`: nobody is sending
    /// it any more.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn attention(&self, left: bool, offset: u64, limit: u32) -> Result<Vec<AttentionItem>, LedgerError> {
        self.read(move |tx| {
            tx.rows(
                include_str!("attention.sql"),
                named_params! {
                    ":left": left, ":offset": crate::ledger::values::signed(offset), ":limit": limit.min(PAGE_MAX),
                },
                |row| tx.attention_item(row),
            )
        })
        .await
    }

    /// Returns the re-exports that wait for an approval, oldest first.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn approvals(&self) -> Result<Vec<ReExport>, LedgerError> {
        self.read(|tx| tx.waiting_re_exports()).await
    }

    /// Returns the receipts that are missing on vouchers in the books, oldest first: 1,000 at most. `left`: nobody is
    /// attaching any now.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn missing_receipts(&self, left: bool) -> Result<Vec<MissingReceipt>, LedgerError> {
        self.read(move |tx| tx.missing_receipts(left, PAGE_MAX)).await
    }

    /// Says whether a record in the ledger names a receipt.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn names_receipts(&self) -> Result<bool, LedgerError> {
        self.read(|tx| {
            let named = "SELECT EXISTS (SELECT 1 FROM record WHERE receipts IS NOT NULL) AS named";
            Ok(tx.row(named, [], |row| tx.get(row, "named"))?.unwrap_or(false))
        })
        .await
    }

    /// Returns what a person is asked before anything more is sent, oldest first.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn questions(&self) -> Result<Vec<Question>, LedgerError> {
        self.read(|tx| tx.open_questions()).await
    }

    /// Says whether this voucher is known here: acknowledged, reversed, or found under one of our references.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn knows_voucher(&self, voucher_id: &str) -> Result<bool, LedgerError> {
        let voucher_id = voucher_id.to_owned();
        self.read(move |tx| {
            let asked = named_params! { ":voucher": voucher_id };
            let known = tx.row(include_str!("knows_voucher.sql"), asked, |row| tx.get(row, "known"))?;
            Ok(known.unwrap_or(false))
        })
        .await
    }
}

impl LedgerTx<'_> {
    fn counts(&self) -> Result<RecordCounts, LedgerError> {
        let tallies = self.rows(include_str!("count_states.sql"), [], |row| {
            Ok((self.get::<String>(row, "state")?, number("count", self.get(row, "records")?)?))
        })?;
        let approvals = self.waiting_re_exports()?.len() as u64;
        let questions = self.open_questions()?.len() as u64;
        let receipts = self.count_missing_receipts()?;
        let mut counts = RecordCounts { approvals, questions, receipts, ..RecordCounts::default() };
        for (state, records) in tallies {
            match word("record_state.state", &state, RecordState::from_text)? {
                RecordState::Posted => counts.posted += records,
                RecordState::HandedOver => counts.handed_over += records,
                RecordState::Eligible => counts.eligible += records,
                RecordState::Sending => counts.sending += records,
                RecordState::InDoubt => counts.in_doubt += records,
                RecordState::Refused => counts.refused += records,
                RecordState::Held => counts.held += records,
                RecordState::Changed => counts.changed += records,
                RecordState::Vanished => counts.vanished += records,
                RecordState::Gone => counts.gone += records,
                // A person has decided that it stays unexported: nothing waits.
                RecordState::SetAside => {}
            }
        }
        Ok(counts)
    }

    fn attention_item(&self, row: &Row<'_>) -> Result<AttentionItem, LedgerError> {
        let state: String = self.get(row, "state")?;
        let state = word("record_state.state", &state, RecordState::from_text)?;
        let record_id: Option<String> = self.get(row, "record_id")?;
        let attempt: Option<i64> = self.get(row, "attempt_id")?;
        let (mut changed, mut vanished) = (None, None);
        if let (RecordState::Changed | RecordState::Vanished, Some(id), Some(attempt)) = (state, &record_id, attempt) {
            changed = self.changed(id, attempt)?;
            vanished = self.open_alarm(id)?;
        }
        let found_out = vanished.as_ref().map(|alarm| alarm.since);
        let since = match found_out.or(changed.as_ref().and_then(|changed| changed.since)) {
            Some(since) => since,
            None => instant("since", &self.get::<String>(row, "since")?)?,
        };
        let held: Option<String> = self.get(row, "held_reason")?;
        let reason = match held.map(|text| from_json::<HoldReason>("held_reason", &text)).transpose()? {
            Some(held) => Some(Reason::Held(held)),
            None if self.get(row, "interrupted")? => Some(Reason::InDoubt(Problem::interrupted())),
            None => from_json_option("attempt.reason", self.get(row, "attempt_reason")?)?,
        };
        Ok(AttentionItem {
            state,
            record_id,
            place: self.place_option(row)?,
            glimpse: self.get(row, "glimpse")?,
            payee: self.get(row, "payee_name")?,
            date: day_option("date", self.get(row, "date")?)?,
            amount: self.sum_option(row)?,
            reason,
            reference: self.get(row, "reference")?,
            voucher_id: self.get(row, "voucher_id")?,
            since,
            run_id: self.get::<Option<String>>(row, "run_id")?.map(RunId::new),
            changed,
            vanished,
            evidence: from_json_option("attempt.evidence", self.get(row, "evidence")?)?.unwrap_or_default(),
            sent: attempt.map(|attempt| self.sent(attempt)).transpose()?.flatten(),
        })
    }

    fn sent(&self, attempt: i64) -> Result<Option<Sent>, LedgerError> {
        self.row(
            "SELECT date, currency, exponent, minor, voucher_number FROM attempt WHERE attempt_id = :attempt",
            named_params! { ":attempt": attempt },
            |row| {
                let date = day("attempt.date", &self.get::<String>(row, "date")?)?;
                Ok(Sent { date, amount: self.sum(row)?, voucher_number: self.get(row, "voucher_number")? })
            },
        )
    }
}
