//! Holds a run, as each of its steps knows it.

use crate::calls::{Caller, RunError};
use crate::compare::{ExportElsewhere, later_exports};
use crate::domain::{Capabilities, Generation, OrganisationId, RecordId};
use crate::export::record_locks::RecordLocks;
use crate::export::unseen::Unseen;
use crate::ledger::{Ledger, Moment};
use crate::lock::Permit;
use crate::ports::{Clock, IdSource, Source};
use crate::settings::WhenStillUnknown;

/// The facts of a run that every step needs.
pub(crate) struct Run<'a> {
    pub(crate) number: i64,
    pub(crate) ledger: &'a Ledger,
    pub(crate) ids: &'a dyn IdSource,
    pub(crate) permit: &'a Permit,
    pub(crate) clock: &'a dyn Clock,
    /// The source of the records, and of their receipts.
    pub(crate) source: &'a dyn Source,
    pub(crate) capabilities: &'a Capabilities,
    pub(crate) organisation: &'a OrganisationId,
    pub(crate) when_still_unknown: WhenStillUnknown,
    /// The number of vouchers in one request.
    pub(crate) width: usize,
    /// The number of requests under way at once.
    pub(crate) slots: usize,
    /// The address of the accounting system, for people.
    pub(crate) address: &'a str,
    /// The locks at the source, if it offers them.
    pub(crate) record_locks: Option<RecordLocks<'a>>,
    /// The acknowledged vouchers that no look-up has shown yet.
    pub(crate) unseen: &'a Unseen,
}

impl Run<'_> {
    /// Returns the newest export behind each of these generations that the books show, made here or elsewhere.
    pub(crate) async fn later_exports(
        &self,
        caller: &Caller,
        known: &[(&RecordId, Generation)],
    ) -> Result<Vec<Option<ExportElsewhere>>, RunError> {
        if known.is_empty() {
            return Ok(Vec::new());
        }
        let rules = self.capabilities.reference_rules;
        let known_forms = self.ledger.read(move |tx| tx.reference_forms(rules)).await?;
        let forms = |id: &RecordId, generation| known_forms.of(self.organisation, id, generation);
        later_exports(caller, Some(self.permit), forms, known).await
    }

    /// Returns the present moment, on both clocks.
    pub(crate) fn moment(&self) -> Moment {
        Moment { now: self.clock.now(), there: self.permit.latest_now() }
    }
}
