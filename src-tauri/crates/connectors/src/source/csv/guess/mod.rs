//! Guesses the format of a CSV file from its bytes: encoding, delimiter, decimal separator, date format, and which
//! column gives which field. A person sees the guess with the first rows as they will be read, and can change each part
//! of it.
//!
//! Invariant: a guess decides nothing. It fills in a form; the file is then read by the reader of this folder, with the
//! settings that the person has seen.

mod content;
mod table;
mod titles;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::utf8::Utf8Check;
use crate::source::table::{DecimalSeparator, Field, FileError};
use content::Content;
use table::Table;

/// The number of bytes, from the beginning, from which columns are guessed.
const HEAD_BYTES: u64 = 256 * 1024;
/// The number of bytes from which the encoding is guessed: one name with an accent may stand far below.
const ENCODING_BYTES_MAX: u64 = 64 * 1024 * 1024;
const CHUNK_BYTES: usize = 64 * 1024;
/// The largest number of columns; a file with more is no table of records.
const COLUMNS_MAX: usize = 200;

/// Describes the likely format of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// Its encoding.
    pub encoding: &'static Encoding,
    /// The mark between two fields.
    pub delimiter: u8,
    /// The mark between whole and fraction of an amount.
    pub decimal_separator: DecimalSeparator,
    /// The format of days, as chrono writes it.
    pub date_format: String,
    /// The titles, in their order.
    pub titles: Vec<String>,
    /// The columns that seem to give a field; a field that no column seems to give is not there.
    pub columns: Vec<ColumnGuess>,
}

/// Describes one column, taken for a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnGuess {
    /// The field.
    pub field: Field,
    /// The title of its column.
    pub title: String,
    /// The confidence of the guess.
    pub confidence: Confidence,
}

/// The confidence of a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// There is nothing better.
    Unsure,
    /// Title or content say so.
    Likely,
    /// Title and content say so.
    Sure,
}

/// Guesses the format of this file. Reads, and may therefore block.
///
/// # Errors
/// Fails when the file cannot be read, is no text, has no row of titles, or no table.
pub fn guess(path: &Path) -> Result<Guess, FileError> {
    let unreadable = |source| FileError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileError::Missing(path.to_owned()),
        _ => unreadable(source),
    })?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(not_csv(path, "…/"));
    }
    let mut head = Vec::new();
    (&file).take(HEAD_BYTES).read_to_end(&mut head).map_err(unreadable)?;
    refuse_other_formats(path, &head)?;
    let encoding = encoding(&head, file).map_err(unreadable)?;
    let (text, ..) = encoding.decode(&head);
    let table = Table::of(whole_lines(&text, head.len() as u64 == HEAD_BYTES));
    if table.titles.iter().all(|title| title.trim().is_empty()) && table.rows.is_empty() {
        return Err(FileError::Empty(path.to_owned()));
    }
    if table.titles.len() > COLUMNS_MAX || text.contains('\0') {
        return Err(not_csv(path, &table.first_line()));
    }
    if !table.has_titles() {
        return Err(FileError::HeadMissing { path: path.to_owned(), found: crate::text::visible(&table.first_line()) });
    }
    let contents: Vec<Content> =
        (0..table.titles.len()).map(|at| Content::of(table.column(at), table.delimiter)).collect();
    let columns = titles::assign(&table.titles, &contents);
    let of = |field| columns.iter().find(|(found, ..)| *found == field).map(|&(_, at, _)| &contents[at]);
    Ok(Guess {
        encoding,
        delimiter: table.delimiter,
        decimal_separator: of(Field::Amount).map_or(DecimalSeparator::Comma, |content| content.decimal_separator),
        date_format: of(Field::Date).and_then(|content| content.date_format).unwrap_or("%d.%m.%Y").to_owned(),
        columns: columns
            .iter()
            .map(|&(field, at, confidence)| ColumnGuess { field, title: table.titles[at].clone(), confidence })
            .collect(),
        titles: table.titles,
    })
}

/// Refuses workbooks and papers, which people take for CSV since a spreadsheet opens both.
fn refuse_other_formats(path: &Path, head: &[u8]) -> Result<(), FileError> {
    let formats: [(&[u8], &str); 5] = [
        (b"PK\x03\x04", "Excel, ZIP"),
        (b"\xd0\xcf\x11\xe0", "Excel 97"),
        (b"%PDF", "PDF"),
        (b"SQLite format 3", "SQLite"),
        (b"{", "JSON"),
    ];
    match formats.iter().find(|(magic, _)| head.starts_with(magic)) {
        Some((_, name)) => Err(not_csv(path, name)),
        None => Ok(()),
    }
}

fn not_csv(path: &Path, found: &str) -> FileError {
    FileError::NotCsv { path: path.to_owned(), found: crate::text::visible(found) }
}

/// Guesses the encoding: by the byte order mark; else UTF-8, if all of the file is; else by what its letters look like
/// in a Norwegian file.
fn encoding(head: &[u8], rest: impl Read) -> io::Result<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Ok(encoding);
    }
    // Zeros at even or odd places show two bytes a letter, of which one is zero, without a mark.
    let zeros = |parity: usize| head.iter().take(200).skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    if head.len() > 20 && (zeros(1) > 10 || zeros(0) > 10) {
        return Ok(if zeros(1) > zeros(0) { UTF_16LE } else { UTF_16BE });
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut utf8 = Utf8Check::default();
    detector.feed(head, false);
    utf8.feed(head);
    let mut rest = rest.take(ENCODING_BYTES_MAX);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = rest.read(&mut chunk)?;
        detector.feed(&chunk[..count], count == 0);
        utf8.feed(&chunk[..count]);
        if count == 0 {
            break;
        }
    }
    Ok(if utf8.is_well() { UTF_8 } else { detector.guess(Some(b"no"), Utf8Detection::Deny) })
}

/// Returns the text without the line that was cut off in the middle.
fn whole_lines(text: &str, is_cut: bool) -> &str {
    let end = text.rfind('\n').filter(|_| is_cut).map_or(text.len(), |end| end + 1);
    &text[..end]
}

/// Returns the path of a file as a workspace in `dir` names it: its name alone, if it stands in that folder.
pub fn path_in(dir: &Path, file: &Path) -> String {
    let inside: Option<PathBuf> = file.strip_prefix(dir).ok().map(Path::to_owned);
    inside.as_deref().unwrap_or(file).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
