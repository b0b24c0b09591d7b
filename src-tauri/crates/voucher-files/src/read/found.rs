//! The vouchers of a book, and what the file says about itself.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::error::ReadError;

/// The facts that a file states about itself at its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileHead {
    /// The name of the company.
    pub company_name: Option<String>,
    /// Its number in the register; in DATEV the numbers of adviser and client.
    pub organisation_number: Option<String>,
    /// The dates or periods that were selected.
    pub selection: Option<Selection>,
    /// Criteria that narrow the selection further, as they stand there.
    pub narrowed_by: Vec<String>,
    /// The day on which the file was made. No more is known of the time.
    pub made_on: Option<NaiveDate>,
    /// The program that made it.
    pub program: Option<String>,
    /// The version of that program.
    pub program_version: Option<String>,
    /// The version of the format.
    pub format_version: Option<String>,
    /// The currency of the amounts.
    pub currency: Option<String>,
}

/// The part of the books that a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// From one day to another, both within.
    Dates {
        /// The first day.
        from: NaiveDate,
        /// The last day.
        to: NaiveDate,
    },
    /// From one period to another, each as year and number, both within. A period is a month of the calendar, unless
    /// the vouchers show that it is not ([`FileEnd::periods_are_months`]).
    Periods {
        /// The first period.
        from: (i32, u32),
        /// The last period; above 12 for those of the year's closing.
        to: (i32, u32),
    },
}

impl Selection {
    /// Says whether a voucher of this date lies within.
    pub fn has(&self, date: NaiveDate) -> bool {
        match *self {
            Self::Dates { from, to } => (from..=to).contains(&date),
            Self::Periods { from, to } => (from..=to).contains(&(date.year(), date.month())),
        }
    }
}

/// A voucher that stands in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundVoucher {
    /// The journal or series, if the file has such.
    pub series: Option<String>,
    /// The voucher number. It is empty where a table has no column for it.
    pub number: String,
    /// The date.
    pub date: NaiveDate,
    /// The texts of the voucher as a whole.
    pub texts: Vec<String>,
    /// The ids that the system gave it besides its number.
    pub source_ids: Vec<String>,
    /// The lines, in the order of the file.
    pub lines: Vec<FoundLine>,
    /// The standing of the voucher.
    pub standing: Standing,
}

/// A line of a voucher in the books.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundLine {
    /// The account.
    pub account: String,
    /// The amount in the book's currency, debit positive.
    pub amount: Decimal,
    /// The number or name of customer or supplier.
    pub party: Option<String>,
    /// The text.
    pub text: Option<String>,
    /// Other fields of the line in which a reference may stand.
    pub references: Vec<String>,
}

/// The standing of a voucher in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is posted.
    Posted,
    /// It may still be changed.
    Open,
    /// The file does not say.
    Unstated,
}

/// The facts that are known when a file has been read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEnd {
    /// The vouchers that were read.
    pub vouchers: u64,
    /// The lines that were read.
    pub lines: u64,
    /// True if the format shows that nothing is cut off behind the last voucher.
    pub is_shown: bool,
    /// False if the file states sums and its vouchers have others: it is then not all of the books.
    pub sums_agree: bool,
    /// False if a voucher stands in a period that is not the month of its date.
    pub periods_are_months: bool,
}

/// A reader of one kind of file.
pub(super) trait Source {
    /// Returns the head, as far as it is known.
    fn head(&self) -> &FileHead;

    /// Returns the next voucher; `None` at the end of a whole file.
    fn next_voucher(&mut self) -> Result<Option<FoundVoucher>, ReadError>;

    /// Returns what the end of the file says of it, without the counts. Most kinds say nothing.
    fn end(&self) -> FileEnd {
        FileEnd { vouchers: 0, lines: 0, is_shown: false, sums_agree: true, periods_are_months: true }
    }
}
