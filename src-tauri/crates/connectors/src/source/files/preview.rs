//! Reads files for a person who looks at them: the first rows as they will be read, beside the cells that they are read
//! from, and everything that was found on the way. The window's preview and the check of a file are the same.

use std::path::{Path, PathBuf};

use postonce_engine::ports::{Clock, Row};

use super::super::table::{
    DayReader, Field, FileError, FileKind, FileSettings, Finding, Head, IdRule, Line, Proof, RowReader, WorkbookRules,
    name_of,
};
use super::super::workbook::is_workbook;
use super::document::document;
use super::pages::{place, stranger};
use super::{days, find};
use crate::text::{GLIMPSE_CHARS_MAX, bounded};

/// The rows that are listed as held, and as left out; further ones are counted. What is said of a file as a whole is
/// always listed.
const ROWS_LISTED_MAX: u64 = 200;

/// The content of files, as far as it is shown.
#[derive(Debug, Default)]
pub struct Preview {
    /// The first rows.
    pub rows: Vec<PreviewRow>,
    /// The findings, in the order of the files and lines; what stops the reading comes first.
    pub findings: Vec<Finding>,
    /// The number of findings that are not listed.
    pub findings_left_out: u64,
    /// The number of rows that are records.
    pub records: u64,
    /// The number of rows that are held.
    pub held: u64,
    /// The number of rows that do not count.
    pub left_out: u64,
}

/// A row as it will be read, with the cells that it is read from.
#[derive(Debug)]
pub struct PreviewRow {
    /// The row.
    pub row: Row,
    /// The cells of its id, day, amount and currency, as they stand in the file.
    pub written: WrittenCells,
}

/// Cells as they stand in a file; an empty text where no column gives the field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WrittenCells {
    /// The id; the parts of one of several columns are joined with `/`.
    pub id: String,
    /// The day.
    pub date: String,
    /// The amount.
    pub amount: String,
    /// The currency.
    pub currency: String,
}

impl Preview {
    /// Reads all files of these settings; the first rows are kept, up to a number. Nothing waits, and nothing is sent.
    /// Reads, and may therefore block.
    pub fn of(settings: &FileSettings, clock: &dyn Clock, rows_max: usize) -> Self {
        let mut preview = Self::default();
        let found = match find::find(settings) {
            Ok(found) => found,
            Err(error) => {
                preview.stop(error);
                return preview;
            }
        };
        for path in &found.strangers {
            preview.note(stranger(&place(settings, path)));
        }
        let days = days(settings, clock);
        for path in found.files {
            if let Err(error) = preview.read(settings, path, &days, rows_max) {
                preview.stop(error);
            }
        }
        preview.findings.sort_by_key(|finding| !matches!(finding, Finding::Stops(_)));
        preview
    }

    /// Returns the preview of rows that come from elsewhere than a file.
    pub(crate) fn of_rows(rows: Vec<Row>) -> Self {
        let mut preview = Self::default();
        for row in rows {
            preview.rows.push(PreviewRow { row: row.clone(), written: WrittenCells::default() });
            preview.note(row);
        }
        preview
    }

    /// Says whether the reading stops, so that nothing is sent.
    pub fn stops(&self) -> bool {
        self.findings.iter().any(|finding| matches!(finding, Finding::Stops(_)))
    }

    fn read(
        &mut self,
        settings: &FileSettings,
        path: PathBuf,
        days: &DayReader,
        rows_max: usize,
    ) -> Result<(), FileError> {
        let document = document(path.clone(), settings);
        let head = Head::find(document.as_ref(), settings, days)?;
        let proof = Proof::of(document.as_ref(), settings, &head, days)?;
        for stop in proof.stops(&path, settings, &head, days) {
            self.stop(stop);
        }
        for remark in proof.remarks(&name_of(&path), settings, &head) {
            self.findings.push(Finding::Remark(remark));
        }
        let mut reader = RowReader::new(&head, settings, &proof, days, &path);
        let (mut rows, mut line) = (head.rows(document.as_ref())?, Line::default());
        while rows.next(&mut line)? {
            for row in reader.read(&line).into_iter().flatten() {
                if self.rows.len() < rows_max {
                    self.rows.push(PreviewRow { row: row.clone(), written: written(settings, &head, &line) });
                }
                self.note(row);
            }
        }
        reader.rest().into_iter().for_each(|row| self.note(row));
        Ok(())
    }

    fn note(&mut self, row: Row) {
        match row {
            Row::Record(..) => self.records += 1,
            Row::Flaw(flaw) => {
                self.held += 1;
                self.add(self.held, Finding::Held(flaw));
            }
            Row::LeftOut(flaw) => {
                self.left_out += 1;
                self.add(self.left_out, Finding::LeftOut(flaw));
            }
        }
    }

    fn stop(&mut self, error: FileError) {
        // A stop is always listed: there are one or two for each file.
        self.findings.push(Finding::Stops(error.into()));
    }

    /// Adds the finding of a row, which is one of so many of its kind by now.
    fn add(&mut self, number: u64, finding: Finding) {
        if number <= ROWS_LISTED_MAX {
            self.findings.push(finding);
        } else {
            self.findings_left_out += 1;
        }
    }
}

fn written(settings: &FileSettings, head: &Head, line: &Line) -> WrittenCells {
    let cell = |field: Field| bounded(head.raw(line, field), GLIMPSE_CHARS_MAX);
    let id: Vec<&str> = head.id_places.iter().map(|place| line.cell(*place).trim()).collect();
    let id = if settings.id == IdRule::Content { String::new() } else { bounded(&id.join("/"), GLIMPSE_CHARS_MAX) };
    let amount = match (cell(Field::Amount), cell(Field::AmountBack)) {
        (amount, back) if amount.is_empty() => back,
        (amount, _) => amount,
    };
    WrittenCells { id, date: cell(Field::Date), amount, currency: cell(Field::Currency) }
}

impl FileSettings {
    /// Returns the same settings for one other file, a workbook or text by its content.
    #[must_use]
    pub fn for_file(&self, file: &Path) -> Self {
        let is_workbook = is_workbook(file);
        let kind = match (&self.kind, is_workbook) {
            (FileKind::Csv, true) => FileKind::Workbook(WorkbookRules::default()),
            (FileKind::Workbook(_), false) => FileKind::Csv,
            (kind, _) => kind.clone(),
        };
        Self { path: file.to_string_lossy().into_owned(), kind, ..self.clone() }
    }
}
