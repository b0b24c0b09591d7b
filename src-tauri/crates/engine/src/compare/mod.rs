//! Compares the ledger with the accounting system by reference, both ways, and draws the consequences.
//!
//! Invariants:
//! - to compare sends nothing and settles nothing; it only finds out, and raises an alarm if a voucher is not there as
//!   it was acknowledged. A run's own look back also discards drafts that nobody waits for any more; books that are read
//!   from a file (`books`) export what was handed over and stands in them;
//! - memory does not grow with the number of vouchers: both sides are read in pages, and findings go into the ledger
//!   page by page. Of books in a file, the ledger's side alone is held whole;
//! - a voucher that is not found is not missing as long as the accounting system's search may lag behind.

mod books;
mod both_ways;
mod certificate;
mod examiner;
mod judge;
mod progress;
mod read_back;
mod take_over;
mod tally;
mod young;

pub(crate) use books::{BooksRead, ReadIn, read_books};
pub(crate) use both_ways::compare;
pub(crate) use certificate::{certificate, learn_of_record, review};
pub(crate) use examiner::{Examiner, OfRun};
pub use progress::{ComparePhase, CompareProgress};
pub(crate) use take_over::{ExportElsewhere, later_exports, member_as_shown, member_of};
pub(crate) use young::Acknowledged;
