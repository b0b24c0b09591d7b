//! Records as their lists show them. What a program that died was sending is in doubt here as well, as everywhere.

use crate::engine::Engine;
use crate::error::Problem;
use crate::ledger::{Ledger, RecordFilter};
use crate::lock::FileLock;
use crate::views::{AttentionItem, RecordRow, RecordState, RecordStory, RecordsFound};

/// Whether no program on this machine is sending from this ledger: what is being sent there is left, and in doubt.
pub fn nobody_sends(ledger: &Ledger) -> bool {
    FileLock::try_take(&Ledger::lock_file(ledger.path())).is_ok()
}

impl Engine {
    /// What waits for a person, as [`crate::Ledger::attention`] finds it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn attention(&self, offset: u64, limit: u32) -> Result<Vec<AttentionItem>, Problem> {
        Ok(self.ledger().attention(self.nobody_sends(), offset, limit).await?)
    }

    /// Records that fit, as [`crate::Ledger::records`] finds them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn records(
        &self,
        filter: RecordFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RecordRow>, Problem> {
        let Some(filter) = self.as_it_is(filter) else { return Ok(Vec::new()) };
        let mut rows = self.ledger().records(&filter, after, limit).await?;
        let left = rows.iter_mut().filter(|row| row.state == RecordState::Sending).collect::<Vec<_>>();
        if !left.is_empty() && self.nobody_sends() {
            left.into_iter().for_each(|row| row.state = RecordState::InDoubt);
        }
        Ok(rows)
    }

    /// How many records fit, and what they come to.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn records_found(&self, filter: RecordFilter) -> Result<RecordsFound, Problem> {
        match self.as_it_is(filter) {
            Some(filter) => Ok(self.ledger().records_found(&filter).await?),
            None => Ok(RecordsFound::default()),
        }
    }

    /// The story of a record; `None` when it was never seen.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn record(&self, id: &str) -> Result<Option<RecordStory>, Problem> {
        let mut story = self.ledger().record(id).await?;
        if let Some(story) = &mut story
            && story.state == RecordState::Sending
            && self.nobody_sends()
        {
            story.state = RecordState::InDoubt;
        }
        Ok(story)
    }

    /// The states that are asked for, as the ledger has them now; `None` where it can have none of them.
    fn as_it_is(&self, mut filter: RecordFilter) -> Option<RecordFilter> {
        let asks = |state| filter.states.contains(&state);
        let (sending, in_doubt) = (asks(RecordState::Sending), asks(RecordState::InDoubt));
        if sending != in_doubt && self.nobody_sends() {
            if in_doubt {
                filter.states.push(RecordState::Sending);
            } else {
                filter.states.retain(|state| *state != RecordState::Sending);
                if filter.states.is_empty() {
                    return None;
                }
            }
        }
        Some(filter)
    }
}
