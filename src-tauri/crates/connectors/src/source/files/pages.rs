//! Reads the files, row by row, on a thread of their own that is never more than a few pages ahead.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use postonce_engine::error::Problem;
use postonce_engine::ports::{PAGE_ROWS_MAX, Pages, Row, SourceError};
use tokio::sync::mpsc;

use super::super::table::{FileError, FileSettings, Head, Line, RowReader};
use super::document::document;
use super::find;

/// The largest number of pages read ahead of the engine.
const PAGES_AHEAD: usize = 2;

/// A page that the reading thread hands over; `None` after the last page, so that a thread that died is no end.
type PageResult = Result<Option<Vec<Row>>, FileError>;

/// Holds a reading in progress.
pub(super) struct FilePages {
    handed: mpsc::Receiver<PageResult>,
}

/// A file whose head was found.
pub(super) struct CheckedFile {
    path: PathBuf,
    head: Head,
}

/// Finds the files, and checks each before any row is read.
pub(super) fn check(settings: &FileSettings) -> Result<Vec<CheckedFile>, FileError> {
    let mut checked = Vec::new();
    for path in find::find(settings)? {
        let head = Head::find(document(path.clone(), settings).as_ref(), settings)?;
        checked.push(CheckedFile { path, head });
    }
    Ok(checked)
}

impl FilePages {
    /// Starts reading; the thread ends with the last page, or when nobody takes the pages any more.
    pub(super) fn start(settings: Arc<FileSettings>, files: Vec<CheckedFile>) -> Self {
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
impl Pages for FilePages {
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
    settings: &FileSettings,
    files: &[CheckedFile],
    hand: &mpsc::Sender<PageResult>,
) -> Result<Option<ReaderGone>, FileError> {
    let mut page = Vec::new();
    let mut line = Line::default();
    for file in files {
        let document = document(file.path.clone(), settings);
        let reader = RowReader::new(&file.head, settings, &file.path);
        let mut rows = file.head.rows(document.as_ref())?;
        while rows.next(&mut line)? {
            page.extend(reader.read(&line));
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
