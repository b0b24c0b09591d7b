//! Reads everything known of one record.

use rusqlite::{Row, named_params};

use crate::domain::{Actor, AttemptState, RunId, Trigger};
use crate::ledger::values::{day, from_json_option, instant, instant_option, word};
use crate::ledger::{Ledger, LedgerError, LedgerTx};
use crate::views::{AttemptStory, LookAlikes, RecordState, RecordStory};

impl Ledger {
    /// Returns the story of a record; `None` if it was never seen.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn record(&self, id: &str) -> Result<Option<RecordStory>, LedgerError> {
        let id = id.to_owned();
        self.read(move |tx| tx.record_story(&id)).await
    }
}

impl LedgerTx<'_> {
    fn record_story(&self, id: &str) -> Result<Option<RecordStory>, LedgerError> {
        let of_record = named_params! { ":record": id };
        let head = self.row(include_str!("record_story.sql"), of_record, |row| {
            Ok((self.story_head(row)?, self.get::<Option<i64>>(row, "guard_attempt")?))
        })?;
        let Some((story, guard)) = head else { return Ok(None) };
        let attempts = self.rows(include_str!("attempt_story.sql"), of_record, |row| self.attempt_story(row))?;
        let (changed, vanished) = match guard {
            Some(guard) => (self.changed(id, guard)?, self.open_alarm(id)?),
            None => (None, None),
        };
        let changed_at = self.rows(
            "SELECT replaced_at FROM superseded WHERE record_id = :record ORDER BY replaced_at",
            of_record,
            |row| instant("superseded.replaced_at", &self.get::<String>(row, "replaced_at")?),
        )?;
        let (accepted, look_alikes) = (self.acceptances(id)?, self.look_alikes(id)?);
        let audit = self.audit_of_record(id, RecordStory::AUDIT_ENTRIES_MAX)?;
        Ok(Some(RecordStory { attempts, audit, changed, changed_at, vanished, accepted, look_alikes, ..story }))
    }

    fn story_head(&self, row: &Row<'_>) -> Result<RecordStory, LedgerError> {
        let state: String = self.get(row, "state")?;
        Ok(RecordStory {
            record_id: self.get(row, "record_id")?,
            state: word("record_state.state", &state, RecordState::from_text)?,
            payee_id: self.get(row, "payee_id")?,
            payee: self.get(row, "payee_name")?,
            date: day("record.date", &self.get::<String>(row, "date")?)?,
            amount: self.sum(row)?,
            category: self.get(row, "category")?,
            text: self.get(row, "text")?,
            place: self.place(row)?,
            first_seen_at: instant("record.first_seen_at", &self.get::<String>(row, "first_seen_at")?)?,
            held: from_json_option("record.held_reason", self.get(row, "held_reason")?)?,
            changed_at: Vec::new(),
            attempts: Vec::new(),
            changed: None,
            vanished: None,
            accepted: Vec::new(),
            look_alikes: LookAlikes::default(),
            audit: Vec::new(),
        })
    }

    fn attempt_story(&self, row: &Row<'_>) -> Result<AttemptStory, LedgerError> {
        let settled_user: Option<String> = self.get(row, "settled_user")?;
        Ok(AttemptStory {
            generation: self.generation(row)?,
            state: word("attempt.state", &self.get::<String>(row, "state")?, AttemptState::from_text)?,
            reference: self.get(row, "reference")?,
            run_id: RunId::new(self.get::<String>(row, "run_id")?),
            trigger: word("run.trigger", &self.get::<String>(row, "trigger")?, Trigger::from_text)?,
            actor: Actor { user: self.get(row, "actor_user")?, host: self.get(row, "actor_host")? },
            sent_at: instant("attempt.last_sent_at", &self.get::<String>(row, "last_sent_at")?)?,
            claimed_at: instant("attempt.claimed_at", &self.get::<String>(row, "claimed_at")?)?,
            settled_at: instant_option("attempt.settled_at", self.get(row, "settled_at")?)?,
            settled_by: self.get::<Option<String>>(row, "settled_by")?.map(RunId::new),
            settled_actor: match settled_user {
                Some(user) => Some(Actor { user, host: self.get(row, "settled_host")? }),
                None => None,
            },
            made: self.made(row)?,
            found: self.get(row, "found")?,
            file: self.get(row, "file")?,
            voucher_id: self.get(row, "voucher_id")?,
            voucher_number: self.get(row, "voucher_number")?,
            reason: from_json_option("attempt.reason", self.get(row, "reason")?)?,
            evidence: from_json_option("attempt.evidence", self.get(row, "evidence")?)?.unwrap_or_default(),
            receipts: self.receipts_of(self.get(row, "attempt_id")?)?,
            voucher: self.sent_voucher(row)?,
        })
    }
}
