//! Runs, searched and filtered.

use chrono::{DateTime, Utc};
use rusqlite::named_params;

use crate::domain::{Outcome, RunId, Trigger};
use crate::ledger::lists::history::PAGE_MAX;
use crate::ledger::search::{asked, behind, fold};
use crate::ledger::values::{json, stamp};
use crate::ledger::{Ledger, LedgerError};
use crate::views::RunSummary;

/// Which runs are asked for; whatever is `None` does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunFilter {
    /// That ended so.
    pub outcome: Option<Outcome>,
    /// That have not ended: one that is on, or one whose program died. Goes before `outcome`.
    pub unfinished: bool,
    /// With these letters in the name of whoever started it, here or in the accounting system, whatever their case.
    pub actor: Option<String>,
    /// That were started by this.
    pub trigger: Option<Trigger>,
    /// That started then or later.
    pub from: Option<DateTime<Utc>>,
    /// That started before.
    pub to: Option<DateTime<Utc>>,
    /// In which something became of a record whose id begins so, or of a voucher whose id or number does; or the run of this id.
    /// A run that left a record out as exported already is none of these.
    pub text: Option<String>,
}

impl Ledger {
    /// Runs that fit, newest first: `limit` at most (and never over 1,000), those before `before` where it is given.
    ///
    /// # Errors
    /// When the ledger cannot be read.
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
