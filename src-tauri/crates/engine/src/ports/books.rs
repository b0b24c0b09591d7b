//! Defines the port to a file of the books, which an accounting system handed out.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::{FoundVoucher, Money, Reference};
use crate::error::Problem;

/// A file of the books. Reading it may take its time: not for an async thread.
pub trait BooksFile: Send + Sync {
    /// Reads the file to its end, and returns the vouchers of the books in which these references stand. `others` are
    /// references that the books may hold as well, so that none is taken for another that it begins with.
    ///
    /// # Errors
    /// If it cannot be read to its end, or has the books of others. Nothing may be concluded then.
    fn read(&self, wanted: &[WantedVoucher], others: &[Reference]) -> Result<BooksReading, Problem>;

    /// Puts the file away once it was read, if it lay where it is looked for.
    ///
    /// # Errors
    /// If it cannot be moved; it is then read again, which changes nothing.
    fn put_away(&self) -> Result<(), Problem> {
        Ok(())
    }
}

/// A voucher that is looked for in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedVoucher {
    /// Its reference.
    pub reference: Reference,
    /// Its date.
    pub date: NaiveDate,
    /// The sum of its debit lines.
    pub total: Money,
    /// The day on which it left, by the clock of the organisation.
    pub left_on: NaiveDate,
}

/// The books, as a file of them shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BooksReading {
    /// The facts of the file.
    pub facts: BooksFacts,
    /// The knowledge of each wanted voucher, in the order in which they were asked for.
    pub seen: Vec<VoucherSeen>,
}

/// The traces of one voucher in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VoucherSeen {
    /// The vouchers in which its reference stands.
    pub vouchers: Vec<FoundVoucher>,
    /// The reason why it may be there all the same, if there is none; `None` if its absence is proven.
    pub unproven: Option<Unproven>,
}

/// The reason why an absence proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unproven {
    /// The file does not say what was selected, or narrowed it otherwise than by days.
    SelectionUnclear,
    /// The selection does not cover the date of the voucher.
    DateNotCovered,
    /// The file was made before the hand-over, or on the same day, or does not say when.
    MadeTooEarly,
    /// Nothing shows that the file is whole, or its sums are not those that it states.
    NotWhole,
    /// A text of the file may have been cut in the middle of the reference.
    MayBeCut,
    /// A voucher of that day and sum stands there without a reference of ours: an importer may have dropped it.
    LookAlike,
}

/// The facts of a file of the books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BooksFacts {
    /// The name of the file.
    pub file: String,
    /// The kind of the file.
    pub kind: String,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// The name of the company, as the file has it.
    pub company: Option<String>,
    /// Its number in the register.
    pub organisation_number: Option<String>,
    /// The program that made the file.
    pub program: Option<String>,
    /// The day on which it was made.
    pub made_on: Option<NaiveDate>,
    /// The first day that was selected.
    pub from: Option<NaiveDate>,
    /// The last day that was selected.
    pub to: Option<NaiveDate>,
    /// The vouchers that it has.
    pub vouchers: u64,
    /// Their lines.
    pub lines: u64,
}
