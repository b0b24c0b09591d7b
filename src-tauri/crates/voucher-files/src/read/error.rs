//! The reasons why books cannot be read, each with its place.

use std::fmt;

/// Books that cannot be read, or not to their end. Nothing may be concluded from the vouchers before the fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {fault}")]
pub struct ReadError {
    /// The place in the file.
    pub place: Place,
    /// The fault.
    pub fault: Fault,
}

/// A place in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The bytes before it, about.
    pub byte: u64,
    /// The line or row, from 1; `None` where the format has no lines.
    pub line: Option<u64>,
    /// The number of the voucher that was being read.
    pub voucher: Option<String>,
}

/// The fault of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The disk or the network gave up.
    #[error("the file cannot be read: {0}")]
    Io(String),
    /// The file is compressed.
    #[error(
        "the file is compressed, as a ZIP, an Excel workbook or the like: unpack it, or export it in another format"
    )]
    Compressed,
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// The file is of none of the kinds that are read, or not of the one that was asked for.
    #[error("the file is no {expected}")]
    WrongKind {
        /// The kind that was looked for.
        expected: &'static str,
    },
    /// The file is of the right format, but of a type that holds no vouchers.
    #[error("the file holds no vouchers: {0}")]
    NoVouchers(String),
    /// The file says that it is written in an encoding that is not read.
    #[error("the encoding “{0}” is not read")]
    UnknownEncoding(String),
    /// Bytes that are no letters in the file's encoding.
    #[error("the bytes are no text in {0}")]
    NotText(String),
    /// The file ends in the middle.
    #[error("the file ends in the middle: it is only a part, or still being written")]
    CutOff,
    /// The file breaks the rules of its format.
    #[error("the format is broken: {0}")]
    Malformed(String),
    /// The file has a document type, with which a reader can be made to fetch or to blow up.
    #[error("the file has a document type declaration (DOCTYPE), which no SAF-T has and which can do harm")]
    DocumentType,
    /// An entity that XML does not define by itself.
    #[error("the entity “&{0};” is not defined")]
    UnknownEntity(String),
    /// Elements or braces are nested deeper than any such file has them.
    #[error("nested more than {0} deep")]
    TooDeep(usize),
    /// A field, a row or a tag is longer than any such file has it.
    #[error("longer than {0} bytes")]
    TooLong(usize),
    /// A voucher has more lines than are held at once.
    #[error("a voucher of more than {0} lines")]
    TooManyLines(usize),
    /// A voucher lacks a field.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A column of the template is not there.
    #[error("the column “{0}” is missing")]
    MissingColumn(String),
    /// A date cannot be read.
    #[error("“{0}” is no date")]
    BadDate(String),
    /// An amount cannot be read.
    #[error("“{0}” is no amount")]
    BadAmount(String),
    /// The template cannot be used to read.
    #[error("the template: {0}")]
    BadTemplate(&'static str),
}

/// The characters of a file's content that an error repeats.
const QUOTED_MAX: usize = 60;

/// Returns so much of a file's content as an error may repeat.
pub(crate) fn quoted(content: &str) -> String {
    content.chars().take(QUOTED_MAX).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

impl Fault {
    pub(crate) fn at(self, place: Place) -> ReadError {
        ReadError { place, fault: self }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}")?,
            None => write!(f, "byte {}", self.byte)?,
        }
        match &self.voucher {
            Some(number) => write!(f, ", voucher {number}"),
            None => Ok(()),
        }
    }
}
