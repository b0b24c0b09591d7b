//! Defines the port to an accounting system that takes files of vouchers.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{FileRefusal, Posting, Reference};

/// Makes the files of an accounting system that takes files. Nothing here does I/O: the same arguments give the same
/// file.
pub trait VoucherFiles: Send + Sync {
    /// Returns the reason why no faithful row can be made of a posting; `None` if one can.
    fn refusal(&self, posting: &Posting) -> Option<FileRefusal>;

    /// Returns the first day of the fiscal year in which a day lies. A file has vouchers of one year.
    fn year_of(&self, day: NaiveDate) -> NaiveDate;

    /// Returns the number of the very first voucher.
    fn first_voucher(&self) -> u32 {
        1
    }

    /// Returns how many vouchers one file has, at most.
    fn vouchers_max(&self) -> usize;

    /// Makes the bytes of a file.
    ///
    /// # Errors
    /// If no faithful file can be made; with the posting at fault, if it is one.
    fn render(&self, order: &FileOrder, postings: &[Posting]) -> Result<RenderedFile, UnfitPosting>;
}

/// The order of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOrder {
    /// The number of the file, from 1.
    pub number: u32,
    /// The number as people read it.
    pub label: String,
    /// The number of its first voucher, in a series of our own that is never used again; the others follow.
    pub first_voucher: u32,
    /// The time at which it is made.
    pub made_at: DateTime<Utc>,
}

/// A file before it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedFile {
    /// The name under which it is delivered.
    pub file_name: String,
    /// The format, by its name in the workspace.
    pub format: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A posting of which no faithful row can be made beside the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfitPosting {
    /// The posting; `None` if the fault is not one posting's.
    pub reference: Option<Reference>,
    /// The reason.
    pub refusal: FileRefusal,
}
