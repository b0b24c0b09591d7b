//! Makes voucher files for accounting systems that have no API, and reads the books that those systems hand out.
//!
//! Two halves meet at the reference of a record. [`render`] makes the bytes of a file in one of the formats that
//! importers take, or refuses with the voucher, the field and the remedy. [`Books`] streams the vouchers out of a file
//! that the accounting system made, and [`ReadBack`] says for each reference whether it stands there once, several
//! times or not at all, and whether its absence means anything.
//!
//! Invariant: every text that an importer is known to keep carries the reference whole. A file holds one fiscal year,
//! every voucher in it balances, and no letter, digit or row of it is other than was asked for.
//!
//! The crate knows nothing of the ledger and touches no disk: bytes go out, a `BufRead` comes in.

mod amount;
mod cp437;
mod fiscal_year;
mod format;
mod letters;
mod read;
mod read_back;
mod reference;
mod refusal;
mod text;
mod voucher;

pub use fiscal_year::{FiscalYear, YearStart};
pub use format::template::{Column, Content, DateFormat, Quoting, Template};
pub use format::{
    DatevSettings, Format, Gbat10Settings, Office24Settings, SieSettings, VismaBusinessSettings, XledgerSettings,
    render, split_by_fiscal_year,
};
pub use letters::Encoding;
pub use read::books::{Books, FileKind, ReadAs};
pub use read::error::{Fault, Place, ReadError};
pub use read::found::{FileEnd, FileHead, FoundLine, FoundVoucher, Selection, Standing};
pub use read_back::{Absence, HandedOver, ReadBack, Sighting, Verdict};
pub use reference::ReferenceIndex;
pub use refusal::{Field, Problem, Refusal};
pub use voucher::{Book, Currency, SubLedger, Voucher, VoucherLine};
