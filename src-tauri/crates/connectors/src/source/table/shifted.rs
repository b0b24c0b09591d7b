//! Looks for amounts and days that a program cut or turned before the file was written: decimals that a delimiter split
//! off, days whose month and day a spreadsheet exchanged.

use super::beside::{Example, example};
use super::{CellKind, Field, FileSettings, Head, Line};

/// Decimals that stand in the cell behind the amount, since its decimal comma was taken for a delimiter.
#[derive(Debug, Clone, Default)]
pub(super) struct SplitAmounts {
    first: Option<Example>,
    is_refuted: bool,
}

impl SplitAmounts {
    /// Returns the place of the column that may have the decimals.
    pub(super) fn place(head: &Head, settings: &FileSettings) -> Option<usize> {
        let behind = head.place(Field::Amount)? + 1;
        // Cells under no title are held, each for itself.
        let has_title = head.titles.get(behind).is_some_and(|title| !title.trim().is_empty());
        let can_split = settings.delimiter == b',' && has_title && !head.is_named(behind);
        can_split.then_some(behind)
    }

    pub(super) fn see(&mut self, head: &Head, row: &Line, behind: usize) {
        if self.is_refuted || head.raw(row, Field::Date).trim().is_empty() {
            return;
        }
        let (amount, cell) = (head.raw(row, Field::Amount).trim(), row.cell(behind).trim());
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if amount.contains([',', '.']) || !(cell.is_empty() || (cell.len() <= 2 && are_digits(cell))) {
            self.is_refuted = true;
            self.first = None;
        } else if cell.len() == 2 && self.first.is_none() {
            self.first = example(&format!("{amount},{cell}"), row.number);
        }
    }

    /// Returns the first amount that may be split.
    pub(super) const fn found(&self) -> Option<&Example> {
        self.first.as_ref()
    }
}

/// Days of a workbook of which a spreadsheet has read some with day and month exchanged: those that it could not read
/// stayed texts, and all that it could are of the first twelve days of a month.
#[derive(Debug, Clone, Default)]
pub(super) struct TurnedDays {
    stored: u64,
    is_refuted: bool,
    /// The first text that has one order only.
    text: Option<Example>,
}

impl TurnedDays {
    pub(super) fn see(&mut self, kind: CellKind, cell: &str, line: u64) {
        let cell = cell.trim();
        match kind {
            CellKind::Day => {
                self.stored += 1;
                let day = cell.get(8..10).and_then(|day| day.parse::<u32>().ok());
                self.is_refuted |= day.is_none_or(|day| day > 12);
            }
            CellKind::Text => match has_one_order(cell) {
                Some(true) if self.text.is_none() => self.text = example(cell, line),
                Some(false) => self.is_refuted = true,
                Some(true) | None => {}
            },
            CellKind::Number | CellKind::Fault => {}
        }
    }

    /// Returns the first text beside days that may be turned.
    pub(super) fn found(&self) -> Option<&Example> {
        self.text.as_ref().filter(|_| self.stored > 0 && !self.is_refuted)
    }
}

/// Says of a day in numbers whether it can be read in one order of day and month alone; `None` for any other text.
fn has_one_order(text: &str) -> Option<bool> {
    let numbers: Vec<&str> = text.split(['/', '.', '-', ' ']).filter(|part| !part.is_empty()).take(3).collect();
    let [first, second, _] = numbers.as_slice() else { return None };
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.len() <= 2);
    let (first, second) = (number(first)?, number(second)?);
    Some((first > 12) != (second > 12))
}
