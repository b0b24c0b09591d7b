//! Follows the accounting system's lists from page to page, within bounds: a cursor that goes round in circles, or never
//! comes to an end, would hold the caller, and with it the lock, for ever. A list that was not followed to its end says
//! nothing of what is not in it.

use std::collections::HashSet;
use std::time::Duration;

use super::{Caller, RunError};
use crate::domain::{FoundVoucher, Period};
use crate::error::Problem;
use crate::lock::Permit;

/// The number of pages at most: ten million vouchers, as the protocol's pages go.
const PAGES_MAX: u64 = 20_000;
/// The longest time that a list may take.
const TIME_MAX: Duration = Duration::from_secs(2 * 3_600);

/// The cursors of a list that were followed.
pub(crate) struct Cursors<'a> {
    caller: &'a Caller,
    /// The address of the accounting system, for people.
    address: &'a str,
    followed: HashSet<String>,
    pages: u64,
    began: Duration,
}

impl<'a> Cursors<'a> {
    pub(crate) fn new(caller: &'a Caller, address: &'a str) -> Self {
        Self { caller, address, followed: HashSet::new(), pages: 0, began: caller.clock.elapsed() }
    }

    /// Counts a page, whose cursor of the next one is this.
    ///
    /// # Errors
    /// If it leads nowhere new, or the list has had enough pages or time.
    pub(crate) fn follow(&mut self, next: Option<&str>) -> Result<(), RunError> {
        self.pages += 1;
        let Some(next) = next else { return Ok(()) };
        let is_new = self.followed.insert(next.to_owned());
        if is_new && self.pages < PAGES_MAX && self.caller.clock.elapsed() < self.began + TIME_MAX {
            return Ok(());
        }
        Err(self.endless())
    }

    fn endless(&self) -> RunError {
        RunError::Problem(Problem::accounting_list_endless(self.address, self.pages))
    }
}

/// A list of vouchers, as far as it was followed.
pub(crate) struct Listing<'a> {
    caller: &'a Caller,
    permit: &'a Permit,
    period: Period,
    cursor: Option<String>,
    cursors: Cursors<'a>,
    /// The vouchers with which a page began.
    first_ones: HashSet<String>,
    is_over: bool,
}

impl<'a> Listing<'a> {
    pub(crate) fn new(caller: &'a Caller, permit: &'a Permit, period: Period, address: &'a str) -> Self {
        Self {
            caller,
            permit,
            period,
            cursor: None,
            cursors: Cursors::new(caller, address),
            first_ones: HashSet::new(),
            is_over: false,
        }
    }

    /// Returns the vouchers of the next page; `None` after the last. A page may be empty, and others follow.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<FoundVoucher>>, RunError> {
        if self.is_over {
            return Ok(None);
        }
        if self.caller.stop.is_cancelled() {
            return Err(RunError::Stopped);
        }
        let (accounting, cursor) = (&self.caller.accounting, self.cursor.as_deref());
        let page = self.caller.ask(self.permit, || accounting.vouchers(self.period, cursor)).await?;
        self.cursors.follow(page.next.as_deref())?;
        let first = page.vouchers.first().map(|voucher| voucher.acknowledgement.voucher_id.clone());
        if first.is_some_and(|first| !self.first_ones.insert(first)) {
            return Err(self.cursors.endless());
        }
        self.is_over = page.next.is_none();
        self.cursor = page.next;
        Ok(Some(page.vouchers))
    }
}
