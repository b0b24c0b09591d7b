//! Follows the accounting system's lists from page to page, within bounds: a cursor that goes round in circles, or never
//! comes to an end, would hold the caller, and with it the lock, for ever. A list that was not followed to its end says
//! nothing of what is not in it.

use std::collections::HashSet;
use std::time::Duration;

use super::{Caller, RunError};
use crate::domain::{FoundVoucher, Period};
use crate::error::Problem;
use crate::lock::Permit;
use crate::ports::Clock;

/// The number of pages at most: ten million vouchers, as the protocol's pages go.
pub(crate) const PAGES_MAX: u64 = 20_000;
/// The longest time that a list may take.
const TIME_MAX: Duration = Duration::from_secs(2 * 3_600);

/// The cursors of a list that were followed.
pub(crate) struct Cursors<'a> {
    clock: &'a dyn Clock,
    pages_max: u64,
    followed: HashSet<String>,
    pages: u64,
    began: Duration,
}

/// A list leads nowhere new after so many pages, or has had enough of them, or enough time.
pub(crate) struct Endless {
    pages: u64,
}

impl<'a> Cursors<'a> {
    pub(crate) fn new(clock: &'a dyn Clock, pages_max: u64) -> Self {
        Self { clock, pages_max, followed: HashSet::new(), pages: 0, began: clock.elapsed() }
    }

    /// Counts a page, whose cursor of the next one is this.
    pub(crate) fn follow(&mut self, next: Option<&str>) -> Result<(), Endless> {
        self.pages += 1;
        let Some(next) = next else { return Ok(()) };
        let is_new = self.followed.insert(next.to_owned());
        if is_new && self.pages < self.pages_max && self.clock.elapsed() < self.began + TIME_MAX {
            return Ok(());
        }
        Err(Endless { pages: self.pages })
    }
}

impl Endless {
    /// Returns it as the end of a run. `address`: that of the accounting system, for people.
    pub(crate) fn of(self, address: &str) -> RunError {
        RunError::Problem(Problem::accounting_list_endless(address, self.pages))
    }
}

/// A list of vouchers, as far as it was followed.
pub(crate) struct Listing<'a> {
    caller: &'a Caller,
    permit: &'a Permit,
    period: Period,
    /// The address of the accounting system, for people.
    address: &'a str,
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
            address,
            cursor: None,
            cursors: Cursors::new(caller.clock.as_ref(), PAGES_MAX),
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
        self.cursors.follow(page.next.as_deref()).map_err(|endless| endless.of(self.address))?;
        let first = page.vouchers.first().map(|voucher| voucher.acknowledgement.voucher_id.clone());
        if first.is_some_and(|first| !self.first_ones.insert(first)) {
            return Err(Endless { pages: self.cursors.pages }.of(self.address));
        }
        self.is_over = page.next.is_none();
        self.cursor = page.next;
        Ok(Some(page.vouchers))
    }
}
