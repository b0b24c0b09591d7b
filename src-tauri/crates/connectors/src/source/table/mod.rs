//! Makes records of the lines of a file, whatever kind of file it is.
//!
//! Invariants: memory does not grow with the file; every row comes out as a record, as a flaw, or as left out with its
//! rule, or the reading fails as a whole.

pub(crate) mod amount;
mod charset;
pub(crate) mod date;
mod error;
mod finding;
mod head;
pub(crate) mod key;
mod line;
mod look;
mod row;
mod settings;

pub use charset::Charset;
pub(crate) use charset::Decoder;
pub(crate) use date::is_valid as date_format_is_valid;
pub use error::FileError;
pub use finding::{Finding, Remark, RemarkKind};
pub(crate) use head::Head;
pub(crate) use line::{Document, Line, Lines};
pub(crate) use row::RowReader;
pub use settings::{
    CellTest, Column, DecimalSeparator, Field, FileSettings, HeadRule, IdRule, RowRule, RuleEffect, Sign,
};
