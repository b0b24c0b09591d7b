//! Lists the errors that end the reading of the files as a whole.

use std::io;
use std::path::{Path, PathBuf};

use postonce_engine::error::Problem;
use postonce_engine::ports::SourceError;

/// The reason why the files cannot be read. Nothing is sent then: half a source is no source. Lines count from 1.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file does not exist, or the folder or glob has none.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// The operating system does not let it be read.
    #[error("{}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        #[source]
        source: io::Error,
    },
    /// The file is still being written.
    #[error("{} is still being written", .0.display())]
    Unfinished(PathBuf),
    /// The file ends in the middle of a line.
    #[error("{}:{line}: no end of line", .path.display())]
    LineEndMissing {
        /// The file.
        path: PathBuf,
        /// The last line.
        line: u64,
    },
    /// Bytes that are not of the encoding.
    #[error("{}:{line}: not {encoding}", .path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// The encoding that was expected.
        encoding: &'static str,
        /// The likely encoding.
        likely: &'static str,
    },
    /// The file has not even a head.
    #[error("{} is empty", .0.display())]
    Empty(PathBuf),
    /// The head lacks a column.
    #[error("{}: no column {column}, nearest {nearest}", .path.display())]
    ColumnMissing {
        /// The file.
        path: PathBuf,
        /// The title that the workspace names.
        column: String,
        /// The most alike title of the head.
        nearest: String,
    },
    /// Two columns of the head have the same title.
    #[error("{}: column {column} stands there twice", .path.display())]
    ColumnRepeated {
        /// The file.
        path: PathBuf,
        /// The title.
        column: String,
    },
    /// The file has another format than text in columns.
    #[error("{} is no CSV: {found}", .path.display())]
    NotCsv {
        /// The file.
        path: PathBuf,
        /// The likely format, or the file's beginning.
        found: String,
    },
    /// There is no row of titles.
    #[error("{}: no titles, but {found}", .path.display())]
    HeadMissing {
        /// The file.
        path: PathBuf,
        /// The first row.
        found: String,
    },
    /// A quote swallows the rows behind it, or stands where none can.
    #[error("{}:{line}: a quote that is not closed, or not where a cell begins or ends", .path.display())]
    QuoteOpen {
        /// The file.
        path: PathBuf,
        /// The line on which the row begins.
        line: u64,
    },
    /// Amounts are written with another decimal separator than the workspace says.
    #[error("{}:{line}: {found} has another decimal mark than {mark}", .path.display())]
    AmountsContradict {
        /// The file.
        path: PathBuf,
        /// The line of the amount that contradicts.
        line: u64,
        /// The amount.
        found: String,
        /// The mark of the workspace.
        mark: char,
        /// An amount that has the mark of the workspace, with its line, if there is one.
        agrees: Option<(String, u64)>,
    },
    /// Days are written in another order of day and month than the workspace says.
    #[error("{}:{line}: {found} is not {format}, and is one with day and month exchanged", .path.display())]
    DaysContradict {
        /// The file.
        path: PathBuf,
        /// The line of the day that contradicts.
        line: u64,
        /// The day.
        found: String,
        /// The format of the workspace.
        format: String,
        /// A day that could be read both ways, with its line, if there is one.
        ambiguous: Option<(String, u64)>,
    },
    /// A workbook counts its days otherwise than the workspace says.
    #[error("{}:{line}: column {column} has {found}, which is {format}", .path.display())]
    EpochDiffers {
        /// The file.
        path: PathBuf,
        /// The line of the example.
        line: u64,
        /// The column.
        column: String,
        /// The number.
        found: String,
        /// The format that the workbook's numbers have.
        format: &'static str,
    },
    /// A column contradicts what the workspace takes it or the others for.
    #[error("{}:{line}: column {column} has {found}, and the workspace does not say what that means", .path.display())]
    Beside {
        /// The contradiction.
        kind: BesideKind,
        /// The file.
        path: PathBuf,
        /// The line of the example.
        line: u64,
        /// The column.
        column: String,
        /// The cell.
        found: String,
    },
    /// A reason that files of one kind alone have.
    #[error("{}", .0.code.as_str())]
    OfKind(Problem),
}

impl FileError {
    /// Returns the reason why a file cannot be opened.
    pub(crate) fn opening(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing(path.to_owned()),
            _ => Self::Unreadable { path: path.to_owned(), source },
        }
    }
}

/// The contradiction of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BesideKind {
    /// It has currencies, and the only amounts of the file are read in the organisation's.
    Currency,
    /// Its title names another currency than the one in which its amounts are read.
    CurrencyInTitle,
    /// Its amounts are those to which the currency belongs that is read.
    OwnerOfCurrency,
    /// Its amounts are more likely owed than those that are read.
    Amount,
    /// It says which amounts were paid back.
    Side,
    /// The ids that are read do not identify a row.
    Id,
    /// It says of rows that they are not approved.
    States,
    /// It is the column of the amounts, most of which are negative.
    Sign,
    /// It is the column of the amounts, none of which is negative where what is owed is.
    SignTurned,
    /// It has the decimals of the amounts, which the delimiter split off.
    Split,
    /// It is the column of the amounts, and its title names a part or a multiple of the currency.
    Unit,
    /// It is the column of the days, of which a spreadsheet may have exchanged day and month.
    DaysTurned,
}

impl BesideKind {
    fn problem(self, path: std::path::Display<'_>, line: u64, column: String, found: String) -> Problem {
        match self {
            Self::Currency => Problem::source_currency_not_named(path, line, column, found),
            Self::CurrencyInTitle => Problem::source_currency_in_title(path, line, column, found),
            Self::OwnerOfCurrency => Problem::source_currency_of_others(path, line, column, found),
            Self::Amount => Problem::source_amount_open(path, line, column, found),
            Self::Side => Problem::source_side_not_named(path, line, column, found),
            Self::Id => Problem::source_id_not_unique(path, line, column, found),
            Self::States => Problem::source_states_not_named(path, line, column, found),
            Self::Sign => Problem::source_sign_open(path, line, column, found),
            Self::SignTurned => Problem::source_sign_turned(path, line, column, found),
            Self::Split => Problem::source_amount_split(path, line, column, found),
            Self::Unit => Problem::source_unit_in_title(path, line, column, found),
            Self::DaysTurned => Problem::source_days_turned(path, line, column, found),
        }
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        match error {
            FileError::OfKind(problem) => problem,
            FileError::Missing(path) => Self::source_file_missing(path.display()),
            FileError::Unreadable { path, source } => Self::source_file_unreadable(path.display(), source),
            FileError::Unfinished(path) => Self::source_unfinished(path.display()),
            FileError::LineEndMissing { path, line } => Self::source_line_end_missing(path.display(), line),
            FileError::Encoding { path, line, encoding, likely } => {
                Self::source_encoding(path.display(), line, encoding, likely)
            }
            FileError::Empty(path) => Self::source_empty(path.display()),
            FileError::ColumnMissing { path, column, nearest } => {
                Self::source_column_missing(path.display(), column, nearest)
            }
            FileError::ColumnRepeated { path, column } => Self::source_column_repeated(path.display(), column),
            FileError::NotCsv { path, found } => Self::source_not_csv(path.display(), found),
            FileError::HeadMissing { path, found } => Self::source_head_missing(path.display(), found),
            FileError::QuoteOpen { path, line } => Self::source_quote_open(path.display(), line),
            FileError::AmountsContradict { path, line, found, mark, agrees } => {
                Self::source_amounts_contradict(path.display(), line, found, mark, example(agrees))
            }
            FileError::DaysContradict { path, line, found, format, ambiguous } => {
                Self::source_days_contradict(path.display(), line, found, format, example(ambiguous))
            }
            FileError::EpochDiffers { path, line, column, found, format } => {
                Self::source_epoch_differs(path.display(), line, column, found, format)
            }
            FileError::Beside { kind, path, line, column, found } => kind.problem(path.display(), line, column, found),
        }
    }
}

impl From<FileError> for SourceError {
    fn from(error: FileError) -> Self {
        Self(error.into())
    }
}

/// Returns an example as it is shown: `99,90 (7)`, or a dash.
fn example(example: Option<(String, u64)>) -> String {
    example.map_or_else(|| "–".to_owned(), |(text, line)| format!("{text} ({line})"))
}
