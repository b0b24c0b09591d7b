//! Follows the accounting system's list of vouchers from page to page, within bounds: a cursor that goes round in
//! circles, or never comes to an end, would hold the caller, and with it the lock, for ever.

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

/// A list of vouchers, as far as it was followed.
pub(crate) struct Listing<'a> {
    caller: &'a Caller,
    permit: &'a Permit,
    period: Period,
    /// The address of the accounting system, for people.
    address: &'a str,
    cursor: Option<String>,
    /// The cursors that were followed.
    followed: HashSet<String>,
    /// The vouchers with which a page began.
    first_ones: HashSet<String>,
    pages: u64,
    began: Duration,
    is_over: bool,
}

impl<'a> Listing<'a> {
    pub(crate) fn new(caller: &'a Caller, permit: &'a Permit, period: Period, address: &'a str) -> Self {
        Self {
            caller,
            permit,
            period,
            address,
            cursor: None,
            followed: HashSet::new(),
            first_ones: HashSet::new(),
            pages: 0,
            began: caller.clock.elapsed(),
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
        self.pages += 1;
        let first = page.vouchers.first().map(|voucher| voucher.acknowledgement.voucher_id.clone());
        let mut goes_on = first.is_none_or(|first| self.first_ones.insert(first));
        if let Some(next) = &page.next {
            goes_on &= self.followed.insert(next.clone());
            goes_on &= self.pages < PAGES_MAX && self.caller.clock.elapsed() < self.began + TIME_MAX;
        }
        if !goes_on {
            return Err(RunError::Problem(Problem::accounting_list_endless(self.address, self.pages)));
        }
        self.is_over = page.next.is_none();
        self.cursor = page.next;
        Ok(Some(page.vouchers))
    }
}
