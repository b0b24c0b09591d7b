//! Searches and filters runs.

use chrono::{DateTime, Utc};
use rusqlite::named_params;

use crate::domain::{Outcome, RunId, Trigger};
use crate::ledger::lists::history::PAGE_MAX;
use crate::ledger::search::{asked, behind, fold};
use crate::ledger::values::{json, stamp};
use crate::ledger::{Ledger, LedgerError};
use crate::views::RunSummary;

/// A filter for runs; a `None` member does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunFilter {
    /// The outcome of the run.
    pub outcome: Option<Outcome>,
    /// True for runs that have not ended: one that is on, or one whose program died. It goes before `outcome`.
    pub unfinished: bool,
    /// The letters in the name of the person who started it, here or in the accounting system, whatever their case.
    pub actor: Option<String>,
    /// The trigger of the run.
    pub trigger: Option<Trigger>,
    /// The earliest start.
    pub from: Option<DateTime<Utc>>,
    /// The moment before which it started.
    pub to: Option<DateTime<Utc>>,
    /// The beginning of a record's id, or of a voucher's id or number, of which the run has a result; or the run's own
    /// id. A run that left a record out as exported already does not match.
    pub text: Option<String>,
}

impl Ledger {
    /// Returns the runs that match, newest first: `limit` at most (and never over 1,000), those before `before` if it
    /// is given.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn search_runs(
        &self,
        filter: &RunFilter,
        limit: u32,
        before: Option<&RunId>,
    ) -> Result<Vec<RunSummary>, LedgerError> {
        let (filter, before) = (filter.clone(), before.cloned());
        self.read(move |tx| {
            let before = match before {
                None => None,
                Some(run) => Some(tx.run_number(&run)?.unwrap_or(0)),
            };
            let outcome = filter.outcome.map(Outcome::as_str);
            let outcomes = if filter.unfinished { Some("running") } else { outcome };
            let text = asked(filter.text.as_ref());
            tx.run_rows(
                include_str!("search_runs.sql"),
                named_params! {
                    ":before": before, ":outcomes": outcomes.map(|word| json(&[word])),
                    ":actor": asked(filter.actor.as_ref()).map(fold), ":trigger": filter.trigger.map(Trigger::as_str),
                    ":from": filter.from.map(stamp), ":to": filter.to.map(stamp), ":text": text,
                    ":behind": text.map(behind), ":limit": limit.min(PAGE_MAX),
                },
            )
        })
        .await
    }
}
