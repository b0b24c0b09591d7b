//! Looks at the sheets of an `.ods` for hidden rows, also those that a filter hides, merged cells and currencies, and counts what its repeats unfold to
//! before a parser unfolds them.

use std::path::Path;

use quick_xml::events::BytesStart;

use super::WorkbookError;
use super::package::{Package, Step, attribute, number};
use super::shape::{Area, Shape};

const CONTENT: &str = "content.xml";
/// The most cells that all sheets unfold to; 100,000 rows of forty columns are four millions.
const CELLS_MAX: u64 = 8_000_000;
/// The most spaces that one element stands for: a cell has no longer text.
const SPACES_MAX: u64 = 32_767;

/// Returns the shape of a sheet. Fails when all sheets together unfold to more cells than are read.
pub(super) fn of(path: &Path, sheet: Option<&str>) -> Result<Shape, WorkbookError> {
    let mut package = Package::open(path)?;
    let mut walk = Walk {
        path,
        sheet,
        is_meant: false,
        line: 0,
        column: 0,
        row: Row::default(),
        empty: 0,
        cells: 0,
        shape: Shape::default(),
    };
    package.walk(CONTENT, |step| match step {
        Step::Begin(element) => walk.begin(element),
        Step::End("table-row") => walk.end_row(),
        Step::End(_) => Ok(()),
    })?;
    Ok(walk.shape)
}

#[derive(Default)]
struct Row {
    repeats: u64,
    /// The number of columns up to the last one that has something.
    width: u64,
}

struct Walk<'a> {
    path: &'a Path,
    sheet: Option<&'a str>,
    /// Whether the sheet that is walked is the one that is asked for.
    is_meant: bool,
    /// The last line of the row that is walked.
    line: u64,
    column: u64,
    row: Row,
    /// The empty rows since the last one that has something.
    empty: u64,
    cells: u64,
    shape: Shape,
}

impl Walk<'_> {
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), WorkbookError> {
        match element.local_name().as_ref() {
            "table" => {
                self.is_meant = attribute(element, "name").as_deref() == self.sheet;
                (self.line, self.empty) = (0, 0);
                Ok(())
            }
            "table-row" => {
                let repeats = number(element, "number-rows-repeated", 1_u64).max(1);
                self.row = Row { repeats, width: 0 };
                self.column = 0;
                let first = self.line.saturating_add(1);
                self.line = self.line.saturating_add(repeats);
                let visibility = attribute(element, "visibility");
                if self.is_meant && matches!(visibility.as_deref(), Some("collapse" | "filter")) {
                    self.shape.hide(first, self.line);
                }
                Ok(())
            }
            "table-cell" | "covered-table-cell" => self.cell(element),
            "null-date" => {
                let first = attribute(element, "date-value");
                self.shape.counts_from_1904 = first.is_some_and(|day| day.starts_with("1904"));
                Ok(())
            }
            "s" if number(element, "c", 1_u64) > SPACES_MAX => Err(self.damaged("text:s")),
            _ => Ok(()),
        }
    }

    fn cell(&mut self, element: &BytesStart<'_>) -> Result<(), WorkbookError> {
        let first = self.column;
        self.column = self.column.saturating_add(number(element, "number-columns-repeated", 1_u64).max(1));
        let is_filled = attribute(element, "value-type").is_some() || attribute(element, "formula").is_some();
        if is_filled {
            self.row.width = self.column;
        }
        if self.is_meant
            && let Some(currency) = attribute(element, "currency")
        {
            self.currency(first, &currency)?;
        }
        let (down, across) =
            (number(element, "number-rows-spanned", 1_u64), number(element, "number-columns-spanned", 1_u64));
        if !self.is_meant || (down <= 1 && across <= 1) {
            return Ok(());
        }
        let (left, right) = (usize::try_from(first), usize::try_from(first.saturating_add(across.max(1) - 1)));
        let (Ok(left), Ok(right)) = (left, right) else { return Err(self.damaged("table:table-cell")) };
        let area = Area { lines: (self.line, self.line.saturating_add(down.max(1) - 1)), columns: (left, right) };
        let path = self.path;
        self.shape.merge(area, |detail| WorkbookError::Damaged { path: path.to_owned(), detail })
    }

    /// Notes the currency of the cells from a column on.
    fn currency(&mut self, first: u64, currency: &str) -> Result<(), WorkbookError> {
        let lines = (self.line.saturating_sub(self.row.repeats).saturating_add(1), self.line);
        let path = self.path;
        for column in first..self.column {
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            let damaged = |detail| WorkbookError::Damaged { path: path.to_owned(), detail };
            self.shape.show_currency(lines, column, currency, damaged)?;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), WorkbookError> {
        let Row { repeats, width } = self.row;
        if width == 0 {
            self.empty = self.empty.saturating_add(repeats);
            return Ok(());
        }
        let lines = self.empty.saturating_add(repeats);
        self.empty = 0;
        self.cells = self.cells.saturating_add(lines.saturating_mul(width));
        if self.cells > CELLS_MAX {
            let limit = format!("{CELLS_MAX} cells");
            return Err(WorkbookError::TooLarge { path: self.path.to_owned(), limit });
        }
        Ok(())
    }

    fn damaged(&self, detail: &str) -> WorkbookError {
        WorkbookError::Damaged { path: self.path.to_owned(), detail: detail.to_owned() }
    }
}
