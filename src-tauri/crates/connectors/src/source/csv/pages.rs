//! Reads the files, row by row, on a thread of their own that is never more than a few pages ahead.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use csv::{ReaderBuilder, StringRecord};
use postonce_engine::error::Problem;
use postonce_engine::ports::{PAGE_ROWS_MAX, Pages, Row, SourceError};
use tokio::sync::mpsc;

use super::decode::{DecodeError, Decoding, END, RowBytes};
use super::head::Head;
use super::row::RowReader;
use super::{CsvError, CsvSettings, files};

/// The largest number of pages read ahead of the engine.
const PAGES_AHEAD: usize = 2;

/// A page that the reading thread hands over; `None` after the last page, so that a thread that died is no end.
type PageResult = Result<Option<Vec<Row>>, CsvError>;

/// Holds a reading in progress.
pub(super) struct CsvPages {
    handed: mpsc::Receiver<PageResult>,
}

/// Finds the files, and checks the head of each before any row is read.
pub(super) fn check(settings: &CsvSettings) -> Result<Vec<PathBuf>, CsvError> {
    let files = files::find(settings)?;
    for path in &files {
        CsvFile::open(path, settings)?;
    }
    Ok(files)
}

impl CsvPages {
    /// Starts reading; the thread ends with the last page, or when nobody takes the pages any more.
    pub(super) fn start(settings: Arc<CsvSettings>, files: Vec<PathBuf>) -> Self {
        let (hand, handed) = mpsc::channel(PAGES_AHEAD);
        tokio::task::spawn_blocking(move || {
            let end = read(&settings, &files, &hand);
            // An error means that nobody takes the pages any more, and so nobody wants to know the end.
            let _ = hand.blocking_send(end.map(|_| None));
        });
        Self { handed }
    }
}

#[async_trait]
impl Pages for CsvPages {
    async fn next(&mut self) -> Result<Option<Vec<Row>>, SourceError> {
        match self.handed.recv().await {
            Some(handed) => Ok(handed?),
            None => Err(SourceError(Problem::internal("the reading of the source ended before its end"))),
        }
    }
}

/// Says that nobody takes the pages any more.
struct ReaderGone;

fn read(
    settings: &CsvSettings,
    files: &[PathBuf],
    hand: &mpsc::Sender<PageResult>,
) -> Result<Option<ReaderGone>, CsvError> {
    let mut page = Vec::new();
    for path in files {
        let mut file = CsvFile::open(path, settings)?;
        let head = Head::of(&file.titles, path, settings)?;
        let reader = RowReader::new(&head, settings, path);
        while let Some(line) = file.next()? {
            page.extend(reader.read(&file.row, line));
            if page.len() == PAGE_ROWS_MAX && hand.blocking_send(Ok(Some(std::mem::take(&mut page)))).is_err() {
                return Ok(Some(ReaderGone));
            }
        }
    }
    if !page.is_empty() && hand.blocking_send(Ok(Some(page))).is_err() {
        return Ok(Some(ReaderGone));
    }
    Ok(None)
}

/// Holds one open file behind its head.
struct CsvFile<'a> {
    path: &'a Path,
    settings: &'a CsvSettings,
    rows: csv::Reader<Decoding<File>>,
    row_bytes: RowBytes,
    titles: StringRecord,
    /// The row that was read last.
    row: StringRecord,
    /// The line on which it begins.
    line: u64,
}

impl<'a> CsvFile<'a> {
    /// Opens the file and reads its head, which must have every column.
    fn open(path: &'a Path, settings: &'a CsvSettings) -> Result<Self, CsvError> {
        let raw = File::open(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => CsvError::Missing(path.to_owned()),
            _ => CsvError::Unreadable { path: path.to_owned(), source },
        })?;
        let row_bytes = RowBytes::default();
        let decoding = Decoding::new(raw, settings.encoding, Arc::clone(&row_bytes));
        let rows =
            ReaderBuilder::new().has_headers(false).flexible(true).delimiter(settings.delimiter).from_reader(decoding);
        let (titles, row) = (StringRecord::new(), StringRecord::new());
        let mut file = Self { path, settings, rows, row_bytes, titles, row, line: 1 };
        if file.next()?.is_none() {
            return Err(CsvError::Empty(path.to_owned()));
        }
        file.titles = std::mem::take(&mut file.row);
        if file.titles.iter().any(|title| title.contains(END)) {
            return Err(CsvError::QuoteOpen { path: path.to_owned(), line: file.line });
        }
        Head::of(&file.titles, path, settings)?;
        Ok(file)
    }

    /// Reads the next row into `row`; returns the line on which it begins, or `None` behind the last.
    fn next(&mut self) -> Result<Option<u64>, CsvError> {
        let before = self.rows.position().line();
        let is_row = match self.rows.read_record(&mut self.row) {
            Ok(is_row) => is_row,
            Err(error) => return Err(self.error(error, before)),
        };
        self.row_bytes.store(0, Ordering::Relaxed);
        if !is_row {
            // A field swallowed the end.
            return Err(CsvError::QuoteOpen { path: self.path.to_owned(), line: self.line });
        }
        // The csv crate counts from the first empty line before the row; the row ends one line below its last.
        let breaks = self.row.iter().map(|field| field.matches('\n').count() as u64).sum::<u64>();
        self.line = before.max(self.rows.position().line().saturating_sub(breaks + 1));
        let is_end = self.row.len() == 1 && self.row.get(0) == Some(END);
        Ok((!is_end).then_some(self.line))
    }

    fn error(&self, error: csv::Error, line_before: u64) -> CsvError {
        let source = match error.into_kind() {
            csv::ErrorKind::Io(source) => source,
            // Other errors cannot happen: rows are flexible, and the decoder gives UTF-8 only.
            other => io::Error::other(format!("{other:?}")),
        };
        let decoding = source.get_ref().and_then(|inner| inner.downcast_ref::<DecodeError>());
        match decoding {
            Some(DecodeError::Malformed { line }) => CsvError::Encoding {
                path: self.path.to_owned(),
                line: *line,
                encoding: self.settings.encoding.name(),
                likely: likely_instead_of(self.settings.encoding),
            },
            Some(DecodeError::RowTooLong) => CsvError::QuoteOpen { path: self.path.to_owned(), line: line_before },
            None => CsvError::Unreadable { path: self.path.to_owned(), source },
        }
    }
}

/// Returns the likely encoding of a Norwegian file that is not of the expected one.
fn likely_instead_of(encoding: &'static encoding_rs::Encoding) -> &'static str {
    if encoding == encoding_rs::UTF_8 { "windows-1252" } else { "UTF-8" }
}
