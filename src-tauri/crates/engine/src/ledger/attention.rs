//! What waits for a person, and how many records are in which state.

use rusqlite::{Row, named_params};

use super::values::{day_option, from_json, from_json_option, instant, number};
use super::{Book, Ledger, LedgerError};
use crate::domain::{HoldReason, RunId};
use crate::views::{AttentionItem, Reason, RecordCounts, RecordState};

/// Entries that one page may have.
const PAGE_MAX: u32 = 1_000;

impl Ledger {
    /// How many records are in which state.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn counts(&self) -> Result<RecordCounts, LedgerError> {
        self.read(|book| book.counts()).await
    }

    /// What waits for a person, in doubt first, then refused, changed and held: `limit` at most (and never over 1,000).
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn attention(&self, offset: u64, limit: u32) -> Result<Vec<AttentionItem>, LedgerError> {
        self.read(move |book| {
            book.rows(
                include_str!("sql/attention.sql"),
                named_params! { ":offset": super::values::signed(offset), ":limit": limit.min(PAGE_MAX) },
                |row| book.attention_item(row),
            )
        })
        .await
    }
}

impl Book<'_> {
    fn counts(&self) -> Result<RecordCounts, LedgerError> {
        let tallies = self.rows(include_str!("sql/count_states.sql"), [], |row| {
            Ok((self.get::<String>(row, "state")?, number("count", self.get(row, "records")?)?))
        })?;
        let mut counts = RecordCounts::default();
        for (state, records) in tallies {
            match state.as_str() {
                "posted" => counts.posted += records,
                "eligible" => counts.eligible += records,
                "sending" => counts.sending += records,
                "in_doubt" => counts.in_doubt += records,
                "refused" => counts.refused += records,
                "held" => counts.held += records,
                "changed" => counts.changed += records,
                // Not in the source any more, and never exported: nothing waits.
                "gone" => {}
                _ => return Err(LedgerError::Impossible { what: "record_state.state", found: state }),
            }
        }
        Ok(counts)
    }

    fn attention_item(&self, row: &Row<'_>) -> Result<AttentionItem, LedgerError> {
        let state: String = self.get(row, "state")?;
        let state = match state.as_str() {
            "in_doubt" => RecordState::InDoubt,
            "refused" => RecordState::Refused,
            "changed" => RecordState::Changed,
            "held" => RecordState::Held,
            _ => return Err(LedgerError::Impossible { what: "record_state.state", found: state }),
        };
        let held: Option<String> = self.get(row, "held_reason")?;
        let reason = match held.map(|text| from_json::<HoldReason>("held_reason", &text)).transpose()? {
            Some(held) => Some(Reason::Held(held)),
            None => from_json_option("attempt.reason", self.get(row, "attempt_reason")?)?,
        };
        Ok(AttentionItem {
            state,
            record_id: self.get(row, "record_id")?,
            place: self.place_option(row)?,
            glimpse: self.get(row, "glimpse")?,
            payee: self.get(row, "payee_name")?,
            date: day_option("date", self.get(row, "date")?)?,
            amount: self.sum_option(row)?,
            reason,
            reference: self.get(row, "reference")?,
            voucher_id: self.get(row, "voucher_id")?,
            since: instant("since", &self.get::<String>(row, "since")?)?,
            run_id: self.get::<Option<String>>(row, "run_id")?.map(RunId::new),
        })
    }
}
