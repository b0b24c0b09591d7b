//! Lists the reasons why a workbook cannot be read as a whole.

use std::io;
use std::path::PathBuf;

/// The reason why a workbook cannot be read. Nothing of it is read then.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkbookError {
    /// The operating system does not let it be read, or it is not there.
    #[error("{}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        #[source]
        source: io::Error,
    },
    /// It is protected with a password.
    #[error("{} has a password", .0.display())]
    Password(PathBuf),
    /// Its inside is not as a spreadsheet writes it, or ends too early.
    #[error("{}: {detail}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The place where the reading ended, in the reader's words.
        detail: String,
    },
    /// It is larger, unpacked, than is read.
    #[error("{} is larger than {limit}", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The bound.
        limit: String,
    },
    /// It is no workbook of a kind that is read.
    #[error("{} is no workbook: {found}", .path.display())]
    NotAWorkbook {
        /// The file.
        path: PathBuf,
        /// The likely kind.
        found: String,
    },
    /// It has no sheet of that name.
    #[error("{}: no sheet {sheet} among {sheets}", .path.display())]
    SheetMissing {
        /// The file.
        path: PathBuf,
        /// The name that the workspace gives.
        sheet: String,
        /// The names that are there.
        sheets: String,
    },
    /// None of its visible sheets has a table.
    #[error("{} has no table on a visible sheet", .0.display())]
    NoTable(PathBuf),
}
