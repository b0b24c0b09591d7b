//! Defines the form in which every kind of file is read: lines of cells.

use std::path::Path;

use csv::StringRecord;

use super::FileError;

/// One line of a table: a row of a file, whatever kind of file it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    /// The line in the file on which it begins, or the row of the sheet; from 1.
    pub(crate) number: u64,
    /// The cells as text.
    pub(crate) cells: StringRecord,
    /// The kind of each cell, as far as the file says it; a cell that is not listed is a text.
    pub(crate) kinds: Vec<CellKind>,
    /// The places of cells whose value is that of a merged cell above, which the settings let count.
    pub(crate) filled: Vec<usize>,
    /// The signs or codes of currencies that cells show with their numbers.
    pub(crate) currencies: Vec<(usize, String)>,
    /// Whether a delimiter stands inside quotes, so that a stray pair of them may have joined two cells.
    pub(crate) has_quoted_delimiter: bool,
    /// Whether the file hides it from the person who looks at it.
    pub(crate) is_hidden: bool,
}

/// The kind of a cell. Files of text know one only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum CellKind {
    /// A text as a person or a program wrote it.
    #[default]
    Text,
    /// A stored number, as a plain decimal with a point: `-1249.5`.
    Number,
    /// A stored day, as `2026-10-28`.
    Day,
    /// A cell without a value that could be believed, with the text that is shown there: `#N/A`.
    Fault,
}

impl Line {
    /// Empties the line, to be filled anew.
    pub(crate) fn clear(&mut self) {
        self.cells.clear();
        self.kinds.clear();
        self.filled.clear();
        self.currencies.clear();
        self.has_quoted_delimiter = false;
        self.is_hidden = false;
    }

    /// Returns a cell as it stands there; nothing where the row has none.
    pub(crate) fn cell(&self, place: usize) -> &str {
        self.cells.get(place).unwrap_or_default()
    }

    /// Returns the kind of a cell.
    pub(crate) fn kind(&self, place: usize) -> CellKind {
        self.kinds.get(place).copied().unwrap_or_default()
    }

    /// Returns the sign or code of a currency that a cell shows with its number.
    pub(crate) fn currency(&self, place: usize) -> Option<&str> {
        self.currencies.iter().find(|(of, _)| *of == place).map(|(_, currency)| currency.as_str())
    }

    /// Says whether no cell has content.
    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// The first day that the numbers of a workbook's days are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Epoch {
    /// The last days of 1899.
    Of1900,
    /// The first day of 1904.
    Of1904,
}

impl Epoch {
    /// Returns the format of days by which such numbers are read.
    pub(crate) const fn format(self) -> &'static str {
        match self {
            Self::Of1900 => "spreadsheet-1900",
            Self::Of1904 => "spreadsheet-1904",
        }
    }
}

/// The facts that a file states of itself beside its lines.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// The epoch of its days.
    pub(crate) epoch: Option<Epoch>,
    /// The sheet that is read, and the other visible ones that have a table, where none is named.
    pub(crate) sheet: Option<String>,
    pub(crate) other_sheets: Vec<String>,
}

/// A reading of a file from its beginning, line by line.
pub(crate) trait Lines {
    /// Reads the next line into `line`; `false` behind the last.
    ///
    /// # Errors
    /// If the file cannot be read on, or its lines cannot be separated with certainty.
    fn next(&mut self, line: &mut Line) -> Result<bool, FileError>;

    /// Returns what the file says of itself, once a line was read.
    fn facts(&self) -> Facts {
        Facts::default()
    }

    /// Says how many cells a row has at least, so that rows that run together are noticed.
    fn expect_cells(&mut self, _cells: usize) {}
}

/// A file that can be read several times: to find its head, to prove what its columns mean, and to believe its rows.
pub(crate) trait Document: Send + Sync {
    /// Returns the path.
    fn path(&self) -> &Path;

    /// Starts to read from the beginning.
    ///
    /// # Errors
    /// If the file cannot be opened, or is of another kind.
    fn lines(&self) -> Result<Box<dyn Lines + '_>, FileError>;
}
