//! A run, as each of its steps knows it.

use crate::domain::Capabilities;
use crate::ledger::{Ledger, Moment};
use crate::lock::Permit;
use crate::ports::{Clock, IdSource};
use crate::settings::WhenStillUnknown;

/// What every step of a run needs to know of it.
pub(crate) struct Run<'a> {
    pub(crate) number: i64,
    pub(crate) ledger: &'a Ledger,
    pub(crate) ids: &'a dyn IdSource,
    pub(crate) permit: &'a Permit,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) capabilities: &'a Capabilities,
    pub(crate) when_still_unknown: WhenStillUnknown,
    /// Vouchers in one request.
    pub(crate) width: usize,
    /// Requests under way at once.
    pub(crate) slots: usize,
    /// Where the accounting system is, for people.
    pub(crate) address: &'a str,
}

impl Run<'_> {
    /// Now, on both clocks.
    pub(crate) fn moment(&self) -> Moment {
        Moment { now: self.clock.now(), there: self.permit.latest_now() }
    }
}
