//! Reads the files, row by row, on a thread of their own that is never more than a few pages ahead.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use postonce_engine::domain::{HoldReason, Place};
use postonce_engine::error::Problem;
use postonce_engine::ports::{Flaw, PAGE_ROWS_MAX, Pages, Row, SourceError, SourceRemark};
use tokio::sync::mpsc;

use super::super::table::{
    DayReader, FileError, FileSettings, Head, Line, Proof, Remark, RemarkKind, RowReader, name_of,
};
use super::document::document;
use super::find;
use super::stamp::Stamp;

/// The largest number of pages read ahead of the engine.
const PAGES_AHEAD: usize = 2;
/// The largest number of remarks that a reading keeps.
const REMARKS_MAX: usize = 20;

/// A page that the reading thread hands over; `None` after the last page, so that a thread that died is no end.
type PageResult = Result<Option<Vec<Row>>, FileError>;

/// Holds a reading in progress.
pub(super) struct FilePages {
    handed: mpsc::Receiver<PageResult>,
}

/// The files as they were found.
pub(super) struct FoundFiles {
    files: Vec<(PathBuf, Stamp)>,
    strangers: Vec<Place>,
    is_folder: bool,
}

/// The files that were read once, and proved.
pub(super) struct CheckedFiles {
    files: Vec<CheckedFile>,
    strangers: Vec<Place>,
    days: DayReader,
}

/// A file that was read once.
struct CheckedFile {
    path: PathBuf,
    stamp: Stamp,
    head: Head,
    proof: Proof,
}

/// Finds the files.
pub(super) fn find(settings: &FileSettings) -> Result<FoundFiles, FileError> {
    let found = find::find(settings)?;
    let files = found.files.into_iter().map(|path| Stamp::of(&path).map(|stamp| (path, stamp)));
    Ok(FoundFiles {
        files: files.collect::<Result<_, _>>()?,
        strangers: found.strangers.iter().map(|path| place(settings, path)).collect(),
        is_folder: found.is_folder,
    })
}

impl FoundFiles {
    /// Returns the time until all of them were left alone for so long.
    pub(super) fn settles_in(&self, settle: Duration, now: DateTime<Utc>) -> Duration {
        let files = self.files.iter().filter(|_| self.is_folder);
        files.map(|(_, stamp)| stamp.settles_in(settle, now)).max().unwrap_or_default()
    }
}

/// Reads each file once, before any row is believed: its head, and what its columns prove.
pub(super) fn check(
    settings: &FileSettings,
    found: FoundFiles,
    days: DayReader,
    now: DateTime<Utc>,
) -> Result<CheckedFiles, FileError> {
    let mut checked = CheckedFiles { files: Vec::new(), strangers: found.strangers, days };
    for (path, stamp) in found.files {
        stamp.check(&path)?;
        let is_left_alone = stamp.is_to_come(now) || stamp.settles_in(settings.settle, now).is_zero();
        if found.is_folder && !is_left_alone {
            return Err(FileError::Unfinished(path));
        }
        let document = document(path.clone(), settings);
        let head = Head::find(document.as_ref(), settings, &checked.days)?;
        let proof = Proof::of(document.as_ref(), settings, &head, &checked.days)?;
        if let Some(stop) = proof.stops(&path, settings, &head, &checked.days).into_iter().next() {
            return Err(stop);
        }
        drop(document);
        checked.files.push(CheckedFile { path, stamp, head, proof });
    }
    Ok(checked)
}

impl CheckedFiles {
    /// Returns what was found worth a look. An order of day and month that nothing contradicts is the workspace's.
    pub(super) fn remarks(&self, settings: &FileSettings) -> Vec<SourceRemark> {
        let all = self.files.iter().flat_map(|file| file.proof.remarks(&name_of(&file.path), settings, &file.head));
        let open = all.filter(|remark| remark.kind != RemarkKind::OrderUnproven).take(REMARKS_MAX);
        open.map(|Remark { kind, file, line, column, text }| SourceRemark {
            kind: kind.name(),
            file,
            line,
            column,
            text,
        })
        .collect()
    }
}

impl FilePages {
    /// Starts reading; the thread ends with the last page, or when nobody takes the pages any more.
    pub(super) fn start(settings: Arc<FileSettings>, files: CheckedFiles) -> Self {
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
    checked: &CheckedFiles,
    hand: &mpsc::Sender<PageResult>,
) -> Result<Option<ReaderGone>, FileError> {
    let mut page: Vec<Row> = checked.strangers.iter().map(stranger).collect();
    let mut line = Line::default();
    for file in &checked.files {
        file.stamp.check(&file.path)?;
        let document = document(file.path.clone(), settings);
        let mut reader = RowReader::new(&file.head, settings, &file.proof, &checked.days, &file.path);
        let mut rows = file.head.rows(document.as_ref())?;
        while rows.next(&mut line)? {
            page.extend(reader.read(&line).into_iter().flatten());
            while page.len() >= PAGE_ROWS_MAX {
                let rest = page.split_off(PAGE_ROWS_MAX);
                if hand.blocking_send(Ok(Some(std::mem::replace(&mut page, rest)))).is_err() {
                    return Ok(Some(ReaderGone));
                }
            }
        }
        file.stamp.check(&file.path)?;
        page.extend(reader.rest());
    }
    if !page.is_empty() && hand.blocking_send(Ok(Some(page))).is_err() {
        return Ok(Some(ReaderGone));
    }
    Ok(None)
}

/// Returns the place of a file that is not read: its name below the folder of the workspace is enough to find it.
pub(super) fn place(settings: &FileSettings, path: &Path) -> Place {
    Place { file: path.strip_prefix(&settings.dir).unwrap_or(path).to_string_lossy().into_owned(), line: 1 }
}

/// Returns the row of something that lies among the files and is not read.
pub(super) fn stranger(place: &Place) -> Row {
    let glimpse = crate::text::bounded(&place.file, crate::text::GLIMPSE_CHARS_MAX);
    Row::Flaw(Flaw { record_id: None, place: place.clone(), reason: HoldReason::FileNotRead, glimpse })
}
