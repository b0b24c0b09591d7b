//! Finds the delimiter of a text file and the row of titles, before any title is known.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use csv::ReaderBuilder;

use super::super::table::amount::Written;
use super::super::table::{CellKind, Charset, Document, FileError, Line};
use super::days;
use crate::text::visible;

/// The number of bytes, from the beginning, from which the delimiter is guessed.
const BEGINNING_BYTES: u64 = 256 * 1024;
/// The characters that may stand between two cells, the most likely first.
const DELIMITERS: [u8; 4] = [b';', b'\t', b',', b'|'];
/// The lines among which the titles are looked for.
const LINES_MAX: usize = 200;
/// The largest number of columns; a file with more is no table of records.
const COLUMNS_MAX: usize = 1_000;

/// The row of titles.
pub(super) struct Head {
    pub(super) titles: Line,
    pub(super) line: u64,
    /// Whether other lines stand above it.
    pub(super) is_below: bool,
    /// The first line of the file that has something.
    pub(super) first_line: String,
}

/// Returns the beginning of a text file.
pub(super) fn beginning(path: &Path, charset: Charset) -> Result<String, FileError> {
    let unreadable = |source| FileError::opening(path, source);
    let mut bytes = Vec::new();
    File::open(path).map_err(unreadable)?.take(BEGINNING_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    let mut text = String::new();
    // A character may be cut off at the end; what is there is enough.
    let _ = charset.decoder(&bytes).decode(&bytes, &mut text, false);
    Ok(text)
}

/// Returns the delimiter that makes the most rows of one width; of equals, the one that makes the widest.
pub(super) fn delimiter(beginning: &str) -> u8 {
    let score = |delimiter: u8| {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(beginning.as_bytes());
        let widths: Vec<usize> = reader.records().map_while(Result::ok).take(LINES_MAX).map(|row| row.len()).collect();
        let usual = usual(&widths);
        let alike = widths.iter().filter(|width| **width == usual).count();
        if usual < 2 { (0, 0) } else { (alike * 100 / widths.len().max(1), usual) }
    };
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| score(*delimiter)).unwrap_or(b';')
}

/// Returns the width that most rows have; of equals, the largest.
fn usual(widths: &[usize]) -> usize {
    let count = |width: usize| widths.iter().filter(|it| **it == width).count();
    widths.iter().copied().max_by_key(|&width| (count(width), width)).unwrap_or_default()
}

/// Returns the number of cells that have something.
pub(super) fn filled(line: &Line) -> usize {
    line.cells.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// Finds the first row that can be one of titles: texts, about as many as the rows below have cells.
pub(super) fn find(document: &dyn Document) -> Result<Head, FileError> {
    let (mut lines, mut line) = (document.lines()?, Line::default());
    let mut first = Vec::new();
    while first.len() < LINES_MAX && lines.next(&mut line)? {
        if !line.is_blank() {
            first.push(line.clone());
        }
    }
    let path = || document.path().to_owned();
    let Some(top) = first.first() else { return Err(FileError::Empty(path())) };
    let first_line = top.cells.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" · ");
    let missing = || FileError::HeadMissing { path: path(), found: visible(&first_line) };
    let rows: Vec<usize> = first.iter().filter(|line| filled(line) > 1).map(filled).collect();
    let width = usual(&rows);
    if first.iter().any(|line| line.cells.len() > COLUMNS_MAX) || first_line.contains('\0') {
        return Err(FileError::NotCsv { path: path(), found: visible(&first_line) });
    }
    for line in &first {
        let (texts, is_wide) = (is_of_texts(line), filled(line) > 1 && filled(line) * 10 >= width * 6);
        if is_wide && texts {
            let (titles, is_below) = (line.clone(), line.number != top.number);
            return Ok(Head { line: line.number, titles, is_below, first_line });
        }
        if is_wide && is_record(line) {
            break;
        }
    }
    Err(missing())
}

fn is_of_texts(line: &Line) -> bool {
    (0..line.cells.len()).all(|at| {
        let cell = line.cell(at);
        line.kind(at) == CellKind::Text && days::style(cell).is_none() && Written::of(cell).is_none()
    })
}

/// Says whether a day and an amount stand in the line.
fn is_record(line: &Line) -> bool {
    let has = |kind: CellKind, is: &dyn Fn(&str) -> bool| {
        (0..line.cells.len()).any(|at| line.kind(at) == kind || is(line.cell(at)))
    };
    has(CellKind::Day, &|cell| days::style(cell).is_some())
        && has(CellKind::Number, &|cell| Written::of(cell).is_some())
}
