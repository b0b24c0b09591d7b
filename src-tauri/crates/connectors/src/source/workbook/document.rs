//! Hands the lines of a workbook to the reading of tables. They are read on a thread of their own, which is never more
//! than a few hundred lines ahead: the parser holds the open file, and both end together.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use postonce_engine::error::Problem;

use super::super::table::{self, CellKind, Document, Epoch, Facts, FileError, MergedCells, WorkbookRules};
use super::{Area, Cell, Shape, Workbook, WorkbookError};

/// The lines that are handed over at once, and the hand-overs that may wait.
const LINES_AT_ONCE: usize = 256;
const WAITING_MAX: usize = 2;

/// A workbook, of which one sheet is read.
pub(crate) struct WorkbookDocument {
    path: PathBuf,
    rules: WorkbookRules,
}

/// Something that the thread hands over. The end comes as one, so that a thread that died is none.
enum Handed {
    Facts(Facts),
    Lines(Vec<table::Line>),
    End(Result<(), WorkbookError>),
}

impl WorkbookDocument {
    pub(crate) fn new(path: PathBuf, rules: &WorkbookRules) -> Self {
        Self { path, rules: rules.clone() }
    }
}

impl Document for WorkbookDocument {
    fn path(&self) -> &Path {
        &self.path
    }

    fn lines(&self) -> Result<Box<dyn table::Lines + '_>, FileError> {
        let (hand, handed) = sync_channel(WAITING_MAX);
        let (path, rules) = (self.path.clone(), self.rules.clone());
        thread::spawn(move || {
            let end = hand_over(&path, &rules, &hand);
            // An error means that nobody takes the lines any more.
            let _ = hand.send(Handed::End(end));
        });
        let (waiting, facts) = (Vec::new().into_iter(), Facts::default());
        Ok(Box::new(WorkbookLines { path: &self.path, handed, waiting, facts, is_over: false }))
    }
}

struct WorkbookLines<'a> {
    path: &'a Path,
    handed: Receiver<Handed>,
    waiting: std::vec::IntoIter<table::Line>,
    facts: Facts,
    is_over: bool,
}

impl table::Lines for WorkbookLines<'_> {
    fn next(&mut self, line: &mut table::Line) -> Result<bool, FileError> {
        loop {
            if let Some(next) = self.waiting.next() {
                *line = next;
                return Ok(true);
            }
            if self.is_over {
                return Ok(false);
            }
            match self.handed.recv() {
                Ok(Handed::Facts(facts)) => self.facts = facts,
                Ok(Handed::Lines(lines)) => self.waiting = lines.into_iter(),
                Ok(Handed::End(Ok(()))) => self.is_over = true,
                Ok(Handed::End(Err(error))) => return Err(error.into()),
                Err(_) => return Err(super::damaged(self.path, &"its reading ended before its end").into()),
            }
        }
    }

    fn facts(&self) -> Facts {
        self.facts.clone()
    }
}

fn hand_over(path: &Path, rules: &WorkbookRules, hand: &SyncSender<Handed>) -> Result<(), WorkbookError> {
    let mut book = Workbook::open(path)?;
    let (sheet, other_sheets) = match rules.sheet.as_deref() {
        Some(named) => (book.sheet(Some(named))?, Vec::new()),
        None => {
            let mut sheets = book.sheets_with_a_table()?;
            if sheets.is_empty() {
                return Err(WorkbookError::NoTable(path.to_owned()));
            }
            (sheets.remove(0), sheets)
        }
    };
    let shape = book.shape(&sheet)?;
    let epoch = Some(if shape.counts_from_1904 { Epoch::Of1904 } else { Epoch::Of1900 });
    if hand.send(Handed::Facts(Facts { epoch, sheet: Some(sheet.clone()), other_sheets })).is_err() {
        return Ok(());
    }
    let mut fill = Fill::new(&shape, rules.merged_cells);
    let mut lines = book.lines(&sheet)?;
    let mut batch = Vec::new();
    while let Some(mut line) = lines.next()? {
        let filled = fill.line(&mut line);
        batch.push(of_table(&line, filled, &shape));
        if batch.len() == LINES_AT_ONCE && hand.send(Handed::Lines(std::mem::take(&mut batch))).is_err() {
            return Ok(());
        }
    }
    if !batch.is_empty() {
        // Nobody may take it; then nobody wants the end either.
        let _ = hand.send(Handed::Lines(batch));
    }
    Ok(())
}

/// Gives the cells below the first one of a merged area its value, or marks them as not to be believed.
struct Fill<'s> {
    merged: MergedCells,
    /// The areas over several lines, the first ones last.
    coming: Vec<&'s Area>,
    /// The areas that reach the present line, with the value of each.
    present: Vec<(&'s Area, Cell)>,
}

impl<'s> Fill<'s> {
    fn new(shape: &'s Shape, merged: MergedCells) -> Self {
        let mut coming: Vec<&Area> = shape.merged.iter().filter(|area| area.lines.0 < area.lines.1).collect();
        coming.sort_by_key(|area| std::cmp::Reverse(area.lines.0));
        Self { merged, coming, present: Vec::new() }
    }

    /// Returns the places that got the value of a cell above.
    fn line(&mut self, line: &mut super::Line) -> Vec<usize> {
        let mut filled = Vec::new();
        self.present.retain(|(area, _)| line.number <= area.lines.1);
        let (merged, number) = (self.merged, line.number);
        for (area, value) in &self.present {
            let (first, last) = area.columns;
            let last = if merged == MergedCells::Fill { first } else { last };
            for column in first..=last {
                if put(&mut line.cells, column, merged, value) && merged == MergedCells::Fill {
                    filled.push(column);
                }
            }
        }
        while let Some(area) = self.coming.pop_if(|area| area.lines.0 <= number) {
            if area.lines.1 >= number {
                let is_first = area.lines.0 == number;
                let value = line.cells.get(area.columns.0).filter(|_| is_first).cloned().unwrap_or_default();
                self.present.push((area, value));
            }
        }
        filled
    }
}

/// Returns whether the cell has a value now that it had not.
fn put(cells: &mut Vec<Cell>, column: usize, merged: MergedCells, value: &Cell) -> bool {
    let value = match merged {
        MergedCells::Empty => return false,
        MergedCells::Fill => value.clone(),
        // Only where something stands above does it matter.
        MergedCells::Ask if value.is_empty() => return false,
        MergedCells::Ask => Cell::Covered,
    };
    if cells.len() <= column {
        cells.resize_with(column + 1, Cell::default);
    }
    let is_put = cells[column].is_empty() && !value.is_empty();
    if is_put {
        cells[column] = value;
    }
    is_put
}

fn of_table(line: &super::Line, filled: Vec<usize>, shape: &Shape) -> table::Line {
    let is_hidden = shape.hides(line.number);
    let mut made = table::Line { number: line.number, filled, is_hidden, ..table::Line::default() };
    for (place, cell) in line.cells.iter().enumerate() {
        let (text, kind) = cell.shown();
        let currency = shape.currency(line.number, place).filter(|_| kind == CellKind::Number);
        made.currencies.extend(currency.map(|currency| (place, currency.to_owned())));
        made.cells.push_field(&text);
        made.kinds.push(kind);
    }
    made
}

impl Cell {
    /// Returns the cell as text, and its kind.
    fn shown(&self) -> (std::borrow::Cow<'_, str>, CellKind) {
        match self {
            Self::Empty => ("".into(), CellKind::Text),
            Self::Text(text) => (text.into(), CellKind::Text),
            Self::Number(number) => (number.into(), CellKind::Number),
            Self::Day(day) => (day.to_string().into(), CellKind::Day),
            Self::Flag(flag) => (if *flag { "TRUE" } else { "FALSE" }.into(), CellKind::Text),
            Self::Error(error) => (error.into(), CellKind::Fault),
            Self::NoValue => ("=".into(), CellKind::Fault),
            Self::Covered => ("".into(), CellKind::Fault),
        }
    }
}

impl From<WorkbookError> for FileError {
    fn from(error: WorkbookError) -> Self {
        match error {
            WorkbookError::Unreadable { path, source } => Self::opening(&path, source),
            WorkbookError::Password(path) => Self::OfKind(Problem::source_password(path.display())),
            WorkbookError::Damaged { path, detail } => Self::OfKind(Problem::source_damaged(path.display(), detail)),
            WorkbookError::TooLarge { path, limit } => Self::OfKind(Problem::source_too_large(path.display(), limit)),
            WorkbookError::NotAWorkbook { path, found } => {
                Self::OfKind(Problem::source_no_workbook(path.display(), found))
            }
            WorkbookError::SheetMissing { path, sheet, sheets } => {
                Self::OfKind(Problem::source_sheet_missing(path.display(), sheet, sheets))
            }
            WorkbookError::NoTable(path) => Self::OfKind(Problem::source_sheet_empty(path.display())),
        }
    }
}
