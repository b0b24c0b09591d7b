//! Looks at a sheet for what its values do not say: hidden rows and merged cells.

use super::{COLUMNS_MAX, WorkbookError};

/// The most areas of merged cells of a sheet; one with more is no table of records.
pub(super) const MERGED_MAX: usize = 200_000;

/// Describes a sheet beside its values. Lines count from 1, columns from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The lines that the spreadsheet does not show, as ranges, in their order.
    pub(crate) hidden: Vec<(u64, u64)>,
    /// The areas that are merged to one cell.
    pub(crate) merged: Vec<Area>,
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
