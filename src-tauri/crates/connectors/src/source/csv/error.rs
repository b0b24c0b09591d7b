//! Lists the errors that end the reading of the files as a whole.

use std::io;
use std::path::PathBuf;

use postonce_engine::error::Problem;
use postonce_engine::ports::SourceError;

/// The reason why the files cannot be read. Nothing is sent then: half a source is no source. Lines count from 1.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
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
    /// The first row is no row of titles.
    #[error("{}: no titles, but {found}", .path.display())]
    HeadMissing {
        /// The file.
        path: PathBuf,
        /// The first row.
        found: String,
    },
    /// A quote that is never closed swallows the rows behind it.
    #[error("{}:{line}: a quote is not closed", .path.display())]
    QuoteOpen {
        /// The file.
        path: PathBuf,
        /// The line on which the row begins.
        line: u64,
    },
}

impl From<CsvError> for Problem {
    fn from(error: CsvError) -> Self {
        match error {
            CsvError::Missing(path) => Self::source_file_missing(path.display()),
            CsvError::Unreadable { path, source } => Self::source_file_unreadable(path.display(), source),
            CsvError::Encoding { path, line, encoding, likely } => {
                Self::source_encoding(path.display(), line, encoding, likely)
            }
            CsvError::Empty(path) => Self::source_empty(path.display()),
            CsvError::ColumnMissing { path, column, nearest } => {
                Self::source_column_missing(path.display(), column, nearest)
            }
            CsvError::ColumnRepeated { path, column } => Self::source_column_repeated(path.display(), column),
            CsvError::NotCsv { path, found } => Self::source_not_csv(path.display(), found),
            CsvError::HeadMissing { path, found } => Self::source_head_missing(path.display(), found),
            CsvError::QuoteOpen { path, line } => Self::source_quote_open(path.display(), line),
        }
    }
}

impl From<CsvError> for SourceError {
    fn from(error: CsvError) -> Self {
        Self(error.into())
    }
}
