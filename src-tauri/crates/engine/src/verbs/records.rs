//! Returns records as their lists show them. A record that a dead program was sending is in doubt here as well, as
//! everywhere.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::engine::Engine;
use crate::error::Problem;
use crate::export::plan::PlanRules;
use crate::ledger::{Ledger, RecordFilter};
use crate::lock::FileLock;
use crate::parts::Parts;
use crate::ports::AccountingSystem;
use crate::settings::Settings;
use crate::views::{AttentionItem, RecordRow, RecordState, RecordStory, RecordsFound, VoucherPreview};

/// Says whether no program on this machine is sending from this ledger: a record that is being sent there was left, and
/// is in doubt.
pub fn nobody_sends(ledger: &Ledger) -> bool {
    FileLock::try_take(&Ledger::lock_file(ledger.path())).is_ok()
}

/// Returns the voucher of a record as these settings make it at that moment, whether it was sent or not; `None` if the
/// record was never seen. Where the accounting system is known, its files are asked whether they can hold it.
///
/// # Errors
/// If the ledger cannot be read.
pub async fn voucher_preview(
    ledger: &Ledger,
    settings: &Settings,
    accounting: Option<Arc<dyn AccountingSystem>>,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Option<VoucherPreview>, Problem> {
    let asked = id.to_owned();
    let Some(candidate) = ledger.read(move |tx| tx.candidate_of(&asked)).await? else { return Ok(None) };
    let rules = PlanRules::to_show(settings, accounting, now);
    Ok(Some(match rules.posting(&candidate, candidate.generation()) {
        Ok(posting) => VoucherPreview::Posting(posting.into()),
        Err(reason) => VoucherPreview::Held(reason),
    }))
}

impl Engine {
    /// Returns the entries that wait for a person, as [`crate::Ledger::attention`] finds them.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn attention(&self, offset: u64, limit: u32) -> Result<Vec<AttentionItem>, Problem> {
        Ok(self.ledger().attention(self.nobody_sends(), offset, limit).await?)
    }

    /// Returns the records that match, as [`crate::Ledger::records`] finds them.
    ///
    /// # Errors
    /// If the ledger cannot be read.
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

    /// Counts the records that match, with their sums.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn records_found(&self, filter: RecordFilter) -> Result<RecordsFound, Problem> {
        match self.as_it_is(filter) {
            Some(filter) => Ok(self.ledger().records_found(&filter).await?),
            None => Ok(RecordsFound::default()),
        }
    }

    /// Returns the story of a record; `None` if it was never seen.
    ///
    /// # Errors
    /// If the ledger cannot be read.
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

    /// Returns the voucher of a record as the present rules make it, as [`voucher_preview`] does.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn voucher_preview(&self, id: &str) -> Result<Option<VoucherPreview>, Problem> {
        let Parts { settings, accounting, clock, .. } = self.parts();
        voucher_preview(self.ledger(), settings, Some(accounting.clone()), id, clock.now()).await
    }

    /// Returns the filter with the states as the ledger has them now; `None` if it can have none of them.
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
