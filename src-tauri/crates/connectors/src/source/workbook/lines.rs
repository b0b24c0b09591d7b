//! Hands out the lines of a sheet one by one.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Data, Range, XlsxCellReader};

use super::{COLUMNS_MAX, Cell, WorkbookError, damaged, guarded, of_xlsx};

/// A line of a sheet that has something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number, as the spreadsheet shows it.
    pub(crate) number: u64,
    /// Its cells, from the first column to the last one that has something.
    pub(crate) cells: Vec<Cell>,
}

/// Hands out lines.
pub(crate) struct Lines<'a> {
    path: &'a Path,
    from: From<'a>,
}

#[expect(clippy::large_enum_variant, reason = "there is one for each file that is being read")]
enum From<'a> {
    Cells {
        cells: XlsxCellReader<'a, BufReader<File>>,
        /// The first cell of the next line.
        ahead: Option<(u32, usize, Cell)>,
        /// The line that was handed out last.
        last: Option<u32>,
        is_over: bool,
    },
    Range {
        values: Range<Data>,
        formulas: Range<String>,
        /// The row of the range that comes next.
        at: usize,
    },
}

impl<'a> Lines<'a> {
    pub(super) fn streamed(path: &'a Path, cells: XlsxCellReader<'a, BufReader<File>>) -> Self {
        Self { path, from: From::Cells { cells, ahead: None, last: None, is_over: false } }
    }

    pub(super) fn held(path: &'a Path, values: Range<Data>, formulas: Range<String>) -> Self {
        Self { path, from: From::Range { values, formulas, at: 0 } }
    }

    /// Returns the next line, or `None` behind the last.
    ///
    /// # Errors
    /// Fails when the sheet is damaged.
    pub(crate) fn next(&mut self) -> Result<Option<Line>, WorkbookError> {
        let path = self.path;
        match &mut self.from {
            From::Cells { cells, ahead, last, is_over } => guarded(path, || {
                while !*is_over {
                    if let Some(line) = gather(path, cells, ahead, last, is_over)? {
                        return Ok(Some(line));
                    }
                }
                Ok(None)
            }),
            From::Range { values, formulas, at } => {
                Ok(std::iter::from_fn(|| of_range(values, formulas, at)).find(|line| !line.cells.is_empty()))
            }
        }
    }
}

/// Gathers the cells of one line; `None` if nothing is in it.
fn gather(
    path: &Path,
    cells: &mut XlsxCellReader<'_, BufReader<File>>,
    ahead: &mut Option<(u32, usize, Cell)>,
    last: &mut Option<u32>,
    is_over: &mut bool,
) -> Result<Option<Line>, WorkbookError> {
    let mut row = None;
    let mut line = Vec::new();
    loop {
        let next = match ahead.take() {
            Some(cell) => Some(cell),
            None => next_cell(path, cells)?,
        };
        let Some((its_row, column, cell)) = next else {
            *is_over = true;
            break;
        };
        match row {
            None if last.is_some_and(|last| its_row <= last) => return Err(damaged(path, &"rows are out of order")),
            None => row = Some(its_row),
            Some(row) if row != its_row => {
                *ahead = Some((its_row, column, cell));
                break;
            }
            Some(_) => {}
        }
        // Empty cells fill up to a later one, not on their own.
        if !cell.is_empty() {
            if line.len() > column {
                return Err(damaged(path, &"cells are out of order"));
            }
            line.resize_with(column, Cell::default);
            line.push(cell);
        }
    }
    let Some(row) = row else { return Ok(None) };
    *last = Some(row);
    Ok((!line.is_empty()).then(|| Line { number: u64::from(row) + 1, cells: line }))
}

fn next_cell(
    path: &Path,
    cells: &mut XlsxCellReader<'_, BufReader<File>>,
) -> Result<Option<(u32, usize, Cell)>, WorkbookError> {
    let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|error| of_xlsx(path, &error))? else {
        return Ok(None);
    };
    let column = usize::try_from(cell.pos.1).ok().filter(|column| *column < COLUMNS_MAX);
    let column = column.ok_or_else(|| damaged(path, &"a column beyond the last"))?;
    Ok(Some((cell.pos.0, column, Cell::of(cell.value, cell.formula.is_some()))))
}

/// Returns the next row of a range, perhaps without anything in it; `None` behind the last.
fn of_range(values: &Range<Data>, formulas: &Range<String>, at: &mut usize) -> Option<Line> {
    let (top, left) = values.start()?;
    let row = (*at < values.height()).then_some(*at)?;
    *at += 1;
    let line = top.checked_add(u32::try_from(row).ok()?)?;
    let left = usize::try_from(left).ok()?;
    let mut cells = vec![Cell::Empty; left];
    for column in 0..values.width() {
        let cell = values.get((row, column)).map_or(Cell::Empty, Cell::of_owned);
        let place = (line, u32::try_from(left + column).ok()?);
        let has_formula = cell.is_empty() && formulas.get_value(place).is_some_and(|formula| !formula.is_empty());
        cells.push(if has_formula { Cell::NoValue } else { cell });
    }
    let filled = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    cells.truncate(filled);
    Some(Line { number: u64::from(line) + 1, cells })
}
