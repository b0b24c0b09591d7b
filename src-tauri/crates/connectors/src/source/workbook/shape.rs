//! Looks at a sheet for what its values do not say: hidden rows, merged cells, and the currency that a cell shows with
//! its number.

use std::collections::BTreeMap;

use super::{COLUMNS_MAX, WorkbookError};

/// The most areas of merged cells of a sheet; one with more is no table of records.
pub(super) const MERGED_MAX: usize = 200_000;
/// The most runs of cells with a currency; with more, they change from row to row as those of no table do.
const RUNS_MAX: usize = 400_000;

/// Describes a sheet beside its values. Lines count from 1, columns from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The lines that the spreadsheet does not show, as ranges, in their order.
    pub(crate) hidden: Vec<(u64, u64)>,
    /// The areas that are merged to one cell.
    pub(crate) merged: Vec<Area>,
    /// The currencies that cells show with their numbers, of each column as runs of lines in their order.
    pub(super) currencies: BTreeMap<usize, Vec<Run>>,
    pub(super) runs: usize,
    /// Whether days are counted from 1904.
    pub(crate) counts_from_1904: bool,
}

/// Lines whose cells show the same currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    first: u64,
    last: u64,
    currency: String,
}

/// An area of a sheet, its edges included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) lines: (u64, u64),
    pub(crate) columns: (usize, usize),
}

impl Shape {
    /// Says whether the spreadsheet hides a line.
    pub(crate) fn hides(&self, line: u64) -> bool {
        let next = self.hidden.partition_point(|&(first, _)| first <= line);
        next > 0 && self.hidden[next - 1].1 >= line
    }

    /// Returns the sign or code of a currency that a cell shows with its number.
    pub(crate) fn currency(&self, line: u64, column: usize) -> Option<&str> {
        let runs = self.currencies.get(&column)?;
        let next = runs.partition_point(|run| run.first <= line);
        let run = runs.get(next.checked_sub(1)?)?;
        (run.last >= line).then_some(run.currency.as_str())
    }

    /// Notes the currency of a cell; the cells of a column come in their order. Fails when there are too many.
    pub(super) fn show_currency(
        &mut self,
        lines: (u64, u64),
        column: usize,
        currency: &str,
        damaged: impl FnOnce(String) -> WorkbookError,
    ) -> Result<(), WorkbookError> {
        let runs = self.currencies.entry(column).or_default();
        match runs.last_mut().filter(|run| run.currency == currency && run.last.saturating_add(1) == lines.0) {
            Some(run) => run.last = lines.1,
            None if self.runs == RUNS_MAX || column >= COLUMNS_MAX => {
                return Err(damaged(format!("{RUNS_MAX} changes of currency")));
            }
            None => {
                self.runs += 1;
                runs.push(Run { first: lines.0, last: lines.1, currency: currency.to_owned() });
            }
        }
        Ok(())
    }

    /// Notes hidden lines, which come in their order.
    pub(super) fn hide(&mut self, first: u64, last: u64) {
        match self.hidden.last_mut() {
            Some(range) if first <= range.1.saturating_add(1) => range.1 = range.1.max(last),
            _ => self.hidden.push((first, last)),
        }
    }

    /// Notes a merged area. Fails when there are too many, or it reaches beyond the last column.
    pub(super) fn merge(
        &mut self,
        area: Area,
        damaged: impl FnOnce(String) -> WorkbookError,
    ) -> Result<(), WorkbookError> {
        if self.merged.len() == MERGED_MAX {
            return Err(damaged(format!("{MERGED_MAX} merged cells")));
        }
        if area.columns.0.max(area.columns.1) >= COLUMNS_MAX {
            return Err(damaged("a merged cell beyond the last column".to_owned()));
        }
        self.merged.push(area);
        Ok(())
    }
}
