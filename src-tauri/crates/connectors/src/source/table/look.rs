//! Tells rows of content from rows of titles.

use super::amount::Written;
use super::date::NoDay;
use super::{CellKind, DayReader, Field, FileSettings, Line, place_number};

/// The fields whose cells are amounts.
const AMOUNTS: [Field; 2] = [Field::Amount, Field::AmountBack];

/// Says whether a line is a record rather than a row of titles, where the settings name its columns by place: a day or
/// an amount stands in its column. A row of titles that has one is taken for a record, which is held, and seen; a record
/// taken for titles would be lost.
pub(super) fn is_record_by_place(line: &Line, settings: &FileSettings, days: &DayReader) -> bool {
    let place = |field: &Field| settings.columns.get(field).and_then(|column| place_number(column));
    place(&Field::Date).is_some_and(|at| is_day(line, at, days) || has_digit(line, at))
        || AMOUNTS.iter().filter_map(place).any(|at| is_amount(line, at) || has_digit(line, at))
}

/// Says whether a line looks like a record, whatever its columns are: a day and an amount stand in it.
pub(super) fn is_record_of_some_kind(line: &Line, days: &DayReader) -> bool {
    let cells = || 0..line.cells.len();
    cells().any(|day| is_day(line, day, days) && cells().any(|at| at != day && is_amount(line, at)))
}

/// Says whether a cell may be a day or an amount that is written in an unexpected way: a digit stands in it.
fn has_digit(line: &Line, at: usize) -> bool {
    line.cell(at).contains(|c: char| c.is_ascii_digit())
}

fn is_day(line: &Line, at: usize, days: &DayReader) -> bool {
    match line.kind(at) {
        CellKind::Day => true,
        CellKind::Fault => false,
        CellKind::Text | CellKind::Number => days.read(line.cell(at)) != Err(NoDay::Unfit),
    }
}

fn is_amount(line: &Line, at: usize) -> bool {
    match line.kind(at) {
        CellKind::Number => true,
        CellKind::Day | CellKind::Fault => false,
        CellKind::Text => Written::of(line.cell(at)).is_some(),
    }
}
