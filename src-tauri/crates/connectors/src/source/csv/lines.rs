//! Reads a text file as lines of cells, as people and Excel really write them.
//!
//! Invariants: memory does not grow with the file; no byte is replaced by a guess; a quote is believed only where the
//! rows that it may have joined are no rows.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use postonce_engine::error::Problem;

use super::super::table::{Document, FileError, FileSettings, Line, Lines};
use super::super::workbook::is_workbook;
use super::decode::{DecodeError, DecodedLines, LineEnd, ROW_BYTES_MAX};
use super::formats;
use super::split::{Quoting, Split, Splitter};

/// A text file with rows of cells.
pub(crate) struct CsvDocument<'a> {
    path: PathBuf,
    settings: &'a FileSettings,
}

impl<'a> CsvDocument<'a> {
    pub(crate) fn new(path: PathBuf, settings: &'a FileSettings) -> Self {
        Self { path, settings }
    }
}

impl Document for CsvDocument<'_> {
    fn path(&self) -> &Path {
        &self.path
    }

    fn lines(&self) -> Result<Box<dyn Lines + '_>, FileError> {
        let raw = File::open(&self.path).map_err(|source| FileError::opening(&self.path, source))?;
        let mut lines = DecodedLines::new(raw, self.settings.charset).map_err(|source| self.unreadable(source))?;
        let beginning = lines.beginning().map_err(|source| self.unreadable(source))?;
        if let Some(format) = formats::other_than_text(beginning) {
            let path = self.path.clone();
            return Err(if is_workbook(&path) {
                FileError::OfKind(Problem::source_is_workbook(path.display()))
            } else {
                FileError::NotCsv { path, found: format.to_owned() }
            });
        }
        Ok(Box::new(CsvLines {
            document: self,
            lines,
            delimiter: self.settings.delimiter,
            ended: 0,
            text: String::new(),
            delimiters_min: usize::MAX,
        }))
    }
}

impl CsvDocument<'_> {
    fn unreadable(&self, source: io::Error) -> FileError {
        FileError::Unreadable { path: self.path.clone(), source }
    }
}

/// A reading in progress.
struct CsvLines<'a> {
    document: &'a CsvDocument<'a>,
    lines: DecodedLines<File>,
    delimiter: u8,
    /// The number of lines that were read.
    ended: u64,
    /// The row as it stands there, over all of its lines.
    text: String,
    /// The number of delimiters that a row has at least, once it is known.
    delimiters_min: usize,
}

impl Lines for CsvLines<'_> {
    fn next(&mut self, line: &mut Line) -> Result<bool, FileError> {
        line.clear();
        loop {
            self.text.clear();
            let first_line = self.ended + 1;
            let Some(end) = self.read_line(first_line)? else { return Ok(false) };
            if self.text.is_empty() {
                continue;
            }
            if first_line == 1 {
                if formats::is_markup(&self.text) {
                    return Err(self.not_text());
                }
                if let Some(delimiter) = formats::declared_delimiter(&self.text) {
                    self.delimiter = delimiter;
                    continue;
                }
            }
            line.number = first_line;
            let end = self.row(line, end)?;
            if end == LineEnd::OfFile && self.ended > 1 && self.document.settings.ends_with_line_end {
                return Err(FileError::LineEndMissing { path: self.document.path.clone(), line: self.ended });
            }
            return Ok(true);
        }
    }

    fn expect_cells(&mut self, cells: usize) {
        self.delimiters_min = cells.saturating_sub(1).max(1);
    }
}

impl CsvLines<'_> {
    /// Reads one line of the file behind `text`.
    fn read_line(&mut self, row: u64) -> Result<Option<LineEnd>, FileError> {
        let end = self.lines.next(&mut self.text).map_err(|error| self.error(error, row))?;
        self.ended += u64::from(end.is_some());
        Ok(end)
    }

    /// Splits the row whose first line is in `text`; reads more lines as long as a quoted cell is open.
    fn row(&mut self, line: &mut Line, mut end: LineEnd) -> Result<LineEnd, FileError> {
        let mut splitter = Splitter::new(self.delimiter, Quoting::Doubled);
        let mut state = splitter.begin(&self.text, line);
        let first_is_row = self.is_row(&self.text);
        let mut has_backslashes = false;
        loop {
            match state {
                Split::Whole => return Ok(end),
                Split::Broken if !has_backslashes && self.text.contains("\\\"") => {
                    has_backslashes = true;
                    (splitter, state) = self.again(line);
                }
                Split::Broken => return Err(self.quote_open(line.number)),
                Split::Open => {
                    let from = self.text.len();
                    let Some(next_end) = self.read_line(line.number)? else {
                        return Err(self.quote_open(line.number));
                    };
                    end = next_end;
                    if (first_is_row && self.is_row(&self.text[from..])) || self.text.len() > ROW_BYTES_MAX {
                        return Err(self.quote_open(line.number));
                    }
                    state = splitter.go_on(&self.text[from..], line);
                    self.text.insert(from, '\n');
                }
            }
        }
    }

    /// Splits the lines read so far once more, with backslashes before quotes.
    fn again(&self, line: &mut Line) -> (Splitter, Split) {
        let (mut splitter, number) = (Splitter::new(self.delimiter, Quoting::Backslash), line.number);
        line.clear();
        line.number = number;
        let mut pieces = self.text.split('\n');
        let mut state = splitter.begin(pieces.next().unwrap_or_default(), line);
        for piece in pieces {
            state = match state {
                Split::Open => splitter.go_on(piece, line),
                Split::Whole | Split::Broken => Split::Broken,
            };
        }
        (splitter, state)
    }

    /// Says whether a line has as many delimiters as a row, whatever stands in quotes.
    fn is_row(&self, text: &str) -> bool {
        text.bytes().filter(|byte| *byte == self.delimiter).count() >= self.delimiters_min
    }

    fn quote_open(&self, line: u64) -> FileError {
        FileError::QuoteOpen { path: self.document.path.clone(), line }
    }

    fn not_text(&self) -> FileError {
        FileError::NotCsv { path: self.document.path.clone(), found: formats::MARKUP.to_owned() }
    }

    fn error(&self, error: DecodeError, row: u64) -> FileError {
        let (path, charset) = (self.document.path.clone(), self.document.settings.charset);
        match error {
            DecodeError::Io(source) => FileError::Unreadable { path, source },
            DecodeError::LineTooLong => FileError::QuoteOpen { path, line: row },
            DecodeError::IsUtf8 { line } => {
                FileError::Encoding { path, line, encoding: charset.name(), likely: "UTF-8" }
            }
            DecodeError::IsOf { likely, line } => FileError::Encoding { path, line, encoding: charset.name(), likely },
            DecodeError::Malformed { line } => FileError::Encoding {
                path,
                line,
                encoding: charset.name(),
                likely: if charset.name() == "UTF-8" { "windows-1252" } else { "UTF-8" },
            },
        }
    }
}
