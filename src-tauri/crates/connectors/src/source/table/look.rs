//! Tells rows of content from rows of titles.

use super::{Field, FileSettings, Line, amount, date, place_number};

/// Says whether a line is a record rather than a row of titles: a day and an amount stand in it, in the columns that
/// are named by place, or in any.
pub(super) fn is_record(line: &Line, settings: &FileSettings) -> bool {
    let cells = |field: Field| {
        let place = settings.columns.get(&field).and_then(|column| place_number(column));
        (0..line.cells.len()).filter(move |at| place.is_none_or(|place| place == *at))
    };
    let is_day = |at: &usize| date::read(line.cell(*at), &settings.date_format).is_some();
    let is_amount = |at: &usize| {
        amount::plain_decimal(line.cell(*at), settings.decimal_separator, settings.currency.exponent()).is_some()
    };
    let day = cells(Field::Date).find(is_day);
    day.is_some_and(|day| cells(Field::Amount).any(|at| at != day && is_amount(&at)))
}
