//! Reads workbooks (`.xlsx`, `.xlsm`, `.xls`, `.ods`) as lines of cells, in the order of the sheet.
//!
//! Invariants: a cell has the value that is stored, never one that is calculated here; a workbook unpacks to no more than
//! a bound, and the cells of an `.xlsx` are never all in memory; what a parser does not understand ends the reading, and
//! so does a parser that panics.

mod cell;
mod document;
mod error;
mod format;
mod lines;
mod number;
mod ods_shape;
mod package;
mod shape;
mod unpack;
mod xls_shape;
mod xlsx_shape;

use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use calamine::{Ods, OdsError, Reader as _, Sheet, SheetType, SheetVisible, Xls, XlsError, Xlsx, XlsxError};

use cell::Cell;
pub(crate) use document::WorkbookDocument;
pub(crate) use error::WorkbookError;
use lines::{Line, Lines};
use shape::{Area, Shape};
use unpack::Kind;
pub(crate) use unpack::is_workbook;

/// The largest number of columns that a spreadsheet has.
const COLUMNS_MAX: usize = 16_384;
/// The fields that a row of a table has at least, and the rows that a table has.
const TABLE_FIELDS_MIN: usize = 2;
const TABLE_LINES_MIN: usize = 2;

/// Holds an open workbook.
pub(crate) struct Workbook {
    path: PathBuf,
    book: Book,
}

enum Book {
    Xlsx(Box<Xlsx<BufReader<File>>>),
    Ods(Box<Ods<BufReader<File>>>),
    Xls(Box<Xls<BufReader<File>>>),
}

/// Describes a workbook for the one who chooses how it is read. Lines count from 1.
pub(crate) struct WorkbookFacts {
    /// The sheet that is read.
    pub(crate) sheet: String,
    /// The visible sheets that have a table.
    pub(crate) sheets: Vec<String>,
    /// The lines that are hidden, as ranges, in their order.
    pub(crate) hidden: Vec<(u64, u64)>,
    /// The first line of each area that is merged over several lines.
    pub(crate) merged: Vec<u64>,
}

impl WorkbookFacts {
    /// Returns the facts of the workbook at this path. Reads, and may therefore block.
    ///
    /// # Errors
    /// Fails when it cannot be read, or has no such sheet.
    pub(crate) fn of(path: &Path, named: Option<&str>) -> Result<Self, WorkbookError> {
        let mut book = Workbook::open(path)?;
        let sheet = book.sheet(named)?;
        let Shape { hidden, merged, .. } = book.shape(&sheet)?;
        let merged = merged.iter().filter(|area| area.lines.0 < area.lines.1).map(|area| area.lines.0).collect();
        Ok(Self { sheets: book.sheets_with_a_table()?, sheet, hidden, merged })
    }
}

impl Workbook {
    /// Opens a workbook. Reads, and may therefore block.
    ///
    /// # Errors
    /// Fails when it is none, has a password, is damaged, or unpacks to more than the bound.
    pub(crate) fn open(path: &Path) -> Result<Self, WorkbookError> {
        let kind = unpack::kind(path)?;
        let file = File::open(path).map_err(|source| WorkbookError::Unreadable { path: path.to_owned(), source })?;
        let file = BufReader::new(file);
        if kind == Kind::Ods {
            // All sheets are unfolded by the opening.
            ods_shape::of(path, None)?;
        }
        let book = guarded(path, || match kind {
            Kind::Xlsx => Xlsx::new(file).map(|book| Book::Xlsx(Box::new(book))).map_err(|error| of_xlsx(path, &error)),
            Kind::Ods => Ods::new(file).map(|book| Book::Ods(Box::new(book))).map_err(|error| of_ods(path, &error)),
            Kind::Xls => Xls::new(file).map(|book| Book::Xls(Box::new(book))).map_err(|error| of_xls(path, &error)),
        })?;
        Ok(Self { path: path.to_owned(), book })
    }

    /// Returns the names of the sheets with cells that a person sees, in their order.
    pub(crate) fn visible_sheets(&self) -> Vec<String> {
        let is_seen = |sheet: &&Sheet| sheet.visible == SheetVisible::Visible;
        self.work_sheets().filter(is_seen).map(|sheet| sheet.name.clone()).collect()
    }

    fn work_sheets(&self) -> impl Iterator<Item = &Sheet> {
        let sheets = match &self.book {
            Book::Xlsx(book) => book.sheets_metadata(),
            Book::Ods(book) => book.sheets_metadata(),
            Book::Xls(book) => book.sheets_metadata(),
        };
        sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet)
    }

    /// Returns the name of the sheet that is meant: the one that is named, hidden or not, else the first visible one
    /// that has a table.
    ///
    /// # Errors
    /// Fails when there is none.
    pub(crate) fn sheet(&mut self, named: Option<&str>) -> Result<String, WorkbookError> {
        if let Some(name) = named {
            let folded = |name: &str| name.trim().to_lowercase();
            let found = self.work_sheets().find(|sheet| folded(&sheet.name) == folded(name));
            return match found {
                Some(sheet) => Ok(sheet.name.clone()),
                None => Err(WorkbookError::SheetMissing {
                    path: self.path.clone(),
                    sheet: name.to_owned(),
                    sheets: self.work_sheets().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>().join(", "),
                }),
            };
        }
        self.sheets_with_a_table()?.into_iter().next().ok_or_else(|| WorkbookError::NoTable(self.path.clone()))
    }

    /// Returns the visible sheets that have rows of several fields.
    ///
    /// # Errors
    /// Fails when one of them cannot be read.
    pub(crate) fn sheets_with_a_table(&mut self) -> Result<Vec<String>, WorkbookError> {
        let mut found = Vec::new();
        for sheet in self.visible_sheets() {
            let mut rows = 0;
            let mut lines = self.lines(&sheet)?;
            while rows < TABLE_LINES_MIN
                && let Some(line) = lines.next()?
            {
                rows += usize::from(line.cells.iter().filter(|cell| !cell.is_empty()).count() >= TABLE_FIELDS_MIN);
            }
            if rows == TABLE_LINES_MIN {
                found.push(sheet);
            }
        }
        Ok(found)
    }

    /// Returns what the values of a sheet do not say.
    ///
    /// # Errors
    /// Fails when the workbook is damaged.
    pub(crate) fn shape(&self, sheet: &str) -> Result<Shape, WorkbookError> {
        match &self.book {
            Book::Xlsx(_) => xlsx_shape::of(&self.path, sheet),
            Book::Ods(_) => ods_shape::of(&self.path, Some(sheet)),
            Book::Xls(book) => {
                let at = book.sheets_metadata().iter().position(|it| it.name == sheet);
                let mut shape = xls_shape::of(&self.path, at.ok_or_else(|| damaged(&self.path, &sheet))?)?;
                let merged = guarded(&self.path, || {
                    book.merge_cells_by_sheet_name(sheet).map_err(|error| of_xls(&self.path, &error))
                })?;
                for area in merged {
                    let column = |at| usize::try_from(at).unwrap_or(COLUMNS_MAX);
                    let lines = (u64::from(area.start.0) + 1, u64::from(area.end.0) + 1);
                    let columns = (column(area.start.1), column(area.end.1));
                    shape.merge(Area { lines, columns }, |detail| damaged(&self.path, &detail))?;
                }
                Ok(shape)
            }
        }
    }

    /// Returns the lines of a sheet that have something in them.
    ///
    /// # Errors
    /// Fails when the sheet cannot be read.
    pub(crate) fn lines(&mut self, sheet: &str) -> Result<Lines<'_>, WorkbookError> {
        let path = self.path.as_path();
        match &mut self.book {
            Book::Xlsx(book) => {
                let cells =
                    guarded(path, || book.worksheet_cells_reader(sheet).map_err(|error| of_xlsx(path, &error)))?;
                Ok(Lines::streamed(path, cells))
            }
            Book::Ods(book) => {
                let values = guarded(path, || book.worksheet_range(sheet).map_err(|error| of_ods(path, &error)))?;
                let formulas = guarded(path, || book.worksheet_formula(sheet).map_err(|error| of_ods(path, &error)))?;
                Ok(Lines::held(path, values, formulas))
            }
            Book::Xls(book) => {
                let values = guarded(path, || book.worksheet_range(sheet).map_err(|error| of_xls(path, &error)))?;
                let formulas = guarded(path, || book.worksheet_formula(sheet).map_err(|error| of_xls(path, &error)))?;
                Ok(Lines::held(path, values, formulas))
            }
        }
    }
}

/// Does what a parser of foreign files does; a panic of it is a damaged file.
fn guarded<T>(path: &Path, act: impl FnOnce() -> Result<T, WorkbookError>) -> Result<T, WorkbookError> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| {
        Err(WorkbookError::Damaged {
            path: path.to_owned(),
            detail: "the file's parts contradict each other".to_owned(),
        })
    })
}

fn of_xlsx(path: &Path, error: &XlsxError) -> WorkbookError {
    match error {
        XlsxError::Password => WorkbookError::Password(path.to_owned()),
        other => damaged(path, other),
    }
}

fn of_ods(path: &Path, error: &OdsError) -> WorkbookError {
    match error {
        OdsError::Password => WorkbookError::Password(path.to_owned()),
        other => damaged(path, other),
    }
}

fn of_xls(path: &Path, error: &XlsError) -> WorkbookError {
    match error {
        XlsError::Password => WorkbookError::Password(path.to_owned()),
        other => damaged(path, other),
    }
}

fn damaged(path: &Path, detail: &dyn ToString) -> WorkbookError {
    WorkbookError::Damaged { path: path.to_owned(), detail: detail.to_string() }
}

#[cfg(test)]
mod tests;
