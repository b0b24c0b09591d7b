//! Makes records of the lines of a file, whatever kind of file it is.
//!
//! Invariants: memory does not grow with the file; every row comes out as a record, as a flaw, or as left out with its
//! rule, or the reading fails as a whole; a row is believed once the whole file has shown what its columns mean.

pub(crate) mod amount;
mod aside;
mod beside;
mod cells;
mod charset;
mod claims;
mod clock_time;
pub(crate) mod date;
mod day_parts;
mod error;
mod finding;
mod head;
pub(crate) mod id;
pub(crate) mod key;
mod line;
mod look;
pub(crate) mod months;
mod proof;
mod row;
mod rules;
mod settings;
mod shifted;
pub(crate) mod sign;
pub(crate) mod titles;

pub use charset::Charset;
pub(crate) use charset::Decoder;
pub(crate) use date::{DayReader, is_valid as date_format_is_valid};
pub use error::FileError;
pub use finding::{Finding, Remark, RemarkKind};
pub(crate) use head::Head;
pub(crate) use line::{CellKind, Document, Epoch, Facts, Line, Lines};
pub(crate) use proof::Proof;
pub(crate) use row::{RowReader, name_of};
pub(crate) use settings::place_number;
pub use settings::{
    CellTest, Column, DecimalSeparator, Field, FileKind, FileSettings, HeadRule, HiddenRows, IdRule, MergedCells,
    RowRule, RuleEffect, Sign, WorkbookRules,
};
