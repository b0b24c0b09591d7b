//! Shows lists of records, and the exports month by month.

use chrono::{DateTime, NaiveDate, Utc};

use super::{RecordState, Sum};

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
