//! Lists of records, and what was exported month by month.

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
    /// What for.
    pub category: String,
    /// The text of the voucher.
    pub text: String,
    /// The voucher of its newest generation, where it is acknowledged.
    pub voucher_id: Option<String>,
    /// The number people use.
    pub voucher_number: Option<String>,
    /// When that was acknowledged.
    pub exported_at: Option<DateTime<Utc>>,
}

/// How many records fit what is asked for, and what they come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordsFound {
    /// How many.
    pub records: u64,
    /// Their sums, for each currency.
    pub sums: Vec<Sum>,
}

/// What stands in the books of one month, as we exported it, in one currency. A voucher that we reversed is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthFigures {
    /// The first day of the month, by the date of the voucher.
    pub month: NaiveDate,
    /// How many vouchers.
    pub records: u64,
    /// What they come to.
    pub sum: Sum,
}
