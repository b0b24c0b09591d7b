//! Shows lists of records, and the exports month by month.

use chrono::{DateTime, NaiveDate, Utc};

use super::{AccountSum, Comparison, RecordState, Sum};
use crate::domain::Period;

/// A record, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// Its id; the cursor for the next page.
    pub record_id: String,
    /// Its state.
    pub state: RecordState,
    /// The payee's id.
    pub payee_id: String,
    /// The payee's name.
    pub payee: String,
    /// The date of the expense.
    pub date: NaiveDate,
    /// The amount.
    pub amount: Sum,
    /// The category of the expense.
    pub category: String,
    /// The text of the voucher.
    pub text: String,
    /// The voucher of its newest generation, if it is acknowledged.
    pub voucher_id: Option<String>,
    /// The number that people use.
    pub voucher_number: Option<String>,
    /// The time when that was acknowledged.
    pub exported_at: Option<DateTime<Utc>>,
}

/// The number and sums of the records that match a filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordsFound {
    /// The number of records.
    pub records: u64,
    /// Their sums, for each currency.
    pub sums: Vec<Sum>,
}

/// The vouchers in the books of one month, as we exported them, in one currency. A voucher that we reversed is left
/// out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthFigures {
    /// The first day of the month, by the date of the voucher.
    pub month: NaiveDate,
    /// The number of vouchers.
    pub records: u64,
    /// The sum of the vouchers.
    pub sum: Sum,
}

/// The state of a month: the records whose expense is of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthState {
    /// The first day of the month.
    pub month: NaiveDate,
    /// The time of the reading that it is as of; `None` if nothing was ever read.
    pub read_at: Option<DateTime<Utc>>,
    /// The records in each state, by currency.
    pub figures: Vec<StateFigures>,
    /// The rows that wait for a person and have no readable day, so that they may be of this month.
    pub undated: u64,
}

/// The records of a month that are in one state, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateFigures {
    /// The state.
    pub state: RecordState,
    /// The number of records.
    pub records: u64,
    /// Their sum.
    pub sum: Sum,
}

/// A month that has records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthRecords {
    /// The first day of the month, by the day of the expense.
    pub month: NaiveDate,
    /// The number of its records.
    pub records: u64,
}

/// The books of a month: the vouchers of the records that stand there as they were approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthBooks {
    /// The days that a comparison has to cover: those of the month, and those of its vouchers, which other rules than the
    /// day of the expense may date.
    pub days: Period,
    /// The newest comparison that covers those days, ended, and began after the last of those vouchers was acknowledged.
    pub comparison: Option<Comparison>,
    /// Debit and credit of each account, as the vouchers were sent.
    pub accounts: Vec<AccountSum>,
    /// The vouchers whose accounts are not known: an earlier version, or another ledger, sent them.
    pub unknown: u64,
    /// The sums of the records of each project or grant; empty where the source names none.
    pub projects: Vec<ProjectSum>,
}

/// The records of one project or grant that stand in the books, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectSum {
    /// The project's name in the source; `None` for the records without one.
    pub project: Option<String>,
    /// The number of records.
    pub records: u64,
    /// Their sum.
    pub sum: Sum,
}

impl MonthState {
    /// Returns the number of records that were approved; those that a person set aside are none.
    pub fn approved(&self) -> u64 {
        self.count(|state| state != RecordState::SetAside)
    }

    /// Returns the number of those that stand in the books as they were approved.
    pub fn in_books(&self) -> u64 {
        self.count(|state| state == RecordState::Posted)
    }

    /// Returns the number of those that do not.
    pub fn open(&self) -> u64 {
        self.approved() - self.in_books()
    }

    /// Says whether nothing is left to do for the month: of a month that was never read, nobody knows it.
    pub fn is_closed(&self) -> bool {
        self.read_at.is_some() && self.open() == 0 && self.undated == 0
    }

    fn count(&self, is_one: impl Fn(RecordState) -> bool) -> u64 {
        self.figures.iter().filter(|figures| is_one(figures.state)).map(|figures| figures.records).sum()
    }
}
