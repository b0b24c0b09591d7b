//! The reasons why a file is not made.

use std::fmt;

use chrono::NaiveDate;

use crate::letters::Encoding;

/// A voucher, or a setting, of which no faithful row can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{field}: {problem}; {}", .reference.as_deref().map(|reference| format!("{reference}: ")).unwrap_or_default(), .problem.remedy())]
pub struct Refusal {
    /// The reference of the voucher; `None` if the fault is not one voucher's.
    pub reference: Option<String>,
    /// The field at fault.
    pub field: Field,
    /// The fault.
    pub problem: Problem,
}

/// A field of a voucher, a line, or the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The voucher as a whole.
    Voucher,
    /// The voucher number.
    Number,
    /// The date.
    Date,
    /// The reference.
    Reference,
    /// The text.
    Text,
    /// The name of the party.
    PartyName,
    /// The number in a sub-ledger.
    SubLedger,
    /// The account.
    Account,
    /// The amount.
    Amount,
    /// The VAT code.
    VatCode,
    /// The dimension of this name.
    Dimension(String),
    /// The setting of this name.
    Setting(String),
}

/// The fault of a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The encoding of the format lacks a letter.
    #[error("{encoding} has no letter “{letter}” (U+{:04X})", u32::from(*letter))]
    Letter {
        /// The letter.
        letter: char,
        /// The encoding.
        encoding: Encoding,
    },
    /// The content would end its field or its row.
    #[error("the format has no way to write “{}”", .mark.escape_debug())]
    Mark {
        /// The character.
        mark: char,
    },
    /// The content has more characters than the field.
    #[error("{length} characters, and the field has {max}")]
    TooLong {
        /// The characters of the content.
        length: usize,
        /// Those of the field.
        max: usize,
    },
    /// The format wants digits only.
    #[error("“{0}” is not made of digits")]
    NotDigits(String),
    /// The content is empty.
    #[error("is empty")]
    Empty,
    /// The amount has decimals that the format lacks.
    #[error("{decimals} decimals, and the format has {max}")]
    TooManyDecimals {
        /// The decimals of the currency.
        decimals: u8,
        /// Those of the format.
        max: u8,
    },
    /// Debit and credit differ.
    #[error("debit and credit differ by {0} minor units")]
    OutOfBalance(i128),
    /// No line moves anything.
    #[error("no line has an amount")]
    NothingToPost,
    /// Another voucher of the file has the number.
    #[error("{0} is the number of another voucher in the file")]
    NumberTaken(u32),
    /// Another voucher of the file has the reference.
    #[error("another voucher in the file has the same reference")]
    ReferenceTaken,
    /// The reference cannot be told from another one, or would not be found again as it is.
    #[error("the reference would not be recognised in a text")]
    NotRecognisable,
    /// The date lies in another fiscal year than the first one of the file.
    #[error("{date} lies outside the fiscal year that began on {year_begins}")]
    OtherFiscalYear {
        /// The date.
        date: NaiveDate,
        /// The first day of the file's fiscal year.
        year_begins: NaiveDate,
    },
    /// The date has no four-digit year.
    #[error("{0} is no date of a voucher")]
    NotADate(NaiveDate),
    /// The format, as it is set, has no place for what stands in the field.
    #[error("the format, as it is set, has no place for “{0}”")]
    NoPlace(String),
    /// Two lines that the format writes as one row differ in the field.
    #[error("two lines that are one row of the format have different values")]
    Ambiguous,
    /// The setting is missing or out of its range.
    #[error("{0}")]
    BadSetting(&'static str),
}

impl Problem {
    /// Returns what a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Letter { .. } => "write the text with letters of that encoding, or choose a format with UTF-8",
            Self::Mark { .. } => "write it without that character",
            Self::TooLong { .. } => "shorten it, or choose a format with a longer field",
            Self::NotDigits(_) => "give it as digits, or choose a format that takes letters",
            Self::Empty => "fill it in",
            Self::TooManyDecimals { .. } => "round the amount in the source, or choose another format",
            Self::OutOfBalance(_) | Self::NothingToPost => "correct the record in the source",
            Self::NumberTaken(_) | Self::ReferenceTaken => "put the vouchers into different files",
            Self::NotRecognisable => "choose a format or a reference that keeps it apart",
            Self::OtherFiscalYear { .. } => "make one file for each fiscal year",
            Self::NotADate(_) => "correct the date in the source",
            Self::NoPlace(_) => "name a column for it in the settings, or leave it out of the accounts' settings",
            Self::Ambiguous => "post the record with one debit and one credit line, or choose another format",
            Self::BadSetting(_) => "correct the settings of the format",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Voucher => f.write_str("voucher"),
            Self::Number => f.write_str("voucher number"),
            Self::Date => f.write_str("date"),
            Self::Reference => f.write_str("reference"),
            Self::Text => f.write_str("text"),
            Self::PartyName => f.write_str("name of the party"),
            Self::SubLedger => f.write_str("customer or supplier"),
            Self::Account => f.write_str("account"),
            Self::Amount => f.write_str("amount"),
            Self::VatCode => f.write_str("VAT code"),
            Self::Dimension(name) => write!(f, "dimension {name}"),
            Self::Setting(name) => write!(f, "setting {name}"),
        }
    }
}
