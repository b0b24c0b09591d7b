//! Reads a day part by part: with a month's name in any of the known languages, a year of two digits, a dot behind it,
//! or a time.

use std::borrow::Cow;

use chrono::format::{Fixed, Item, Numeric, StrftimeItems};
use chrono::{Datelike as _, NaiveDate};

use super::months::month;

/// The years before today's that two digits may mean.
const YEARS_BACK: i32 = 10;
/// The years before today's that make two digits in front look like a year.
const YEARS_BACK_IN_FRONT: i32 = 3;

/// The reason why a text is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoDay {
    /// It is not written in the format.
    Unfit,
    /// It can be more than one day.
    Ambiguous,
    /// It is the number of this day in a spreadsheet.
    Number(NaiveDate),
}

/// The evidence that a day is for the order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderEvidence {
    /// It says nothing.
    None,
    /// It can only be in the order of the format.
    Agrees,
    /// It can be in either.
    Both,
    /// It can only be in the other order.
    Contradicts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Day,
    Month,
    Year,
}

/// The parts of a format, in their order.
#[derive(Debug, Clone)]
pub(super) struct DayParts {
    order: [Part; 3],
    /// The marks between the parts.
    between: [String; 2],
    has_named_month: bool,
    has_short_year: bool,
}

/// The parts of a text, in their order, and the rest behind them.
struct Pieces<'a> {
    parts: [&'a str; 3],
    between: [Cow<'a, str>; 2],
    rest: &'a str,
}

impl DayParts {
    /// Takes a format apart; `None` if it does not begin with a day, a month and a year in some order.
    pub(super) fn of(format: &str) -> Option<Self> {
        let (mut order, mut between) = (Vec::new(), [String::new(), String::new()]);
        let (mut has_named_month, mut has_short_year) = (false, false);
        for item in StrftimeItems::new(format) {
            let part = match item {
                Item::Literal(text) | Item::Space(text) => {
                    match order.len() {
                        0 => return None,
                        at @ (1 | 2) => between[at - 1].push_str(text),
                        _ => {}
                    }
                    continue;
                }
                Item::Numeric(Numeric::Day, _) => Part::Day,
                Item::Numeric(Numeric::Month, _) => Part::Month,
                Item::Fixed(Fixed::ShortMonthName | Fixed::LongMonthName) => {
                    has_named_month = true;
                    Part::Month
                }
                Item::Numeric(Numeric::Year, _) => Part::Year,
                Item::Numeric(Numeric::YearMod100, _) => {
                    has_short_year = true;
                    Part::Year
                }
                _ => break,
            };
            if order.len() == 3 || order.contains(&part) {
                return None;
            }
            order.push(part);
        }
        let order: [Part; 3] = order.try_into().ok()?;
        Some(Self { order, between: between.map(|mark| mark_of(&mark).into_owned()), has_named_month, has_short_year })
    }

    /// Returns the day that a text means.
    pub(super) fn read(&self, text: &str, today: NaiveDate) -> Result<NaiveDate, NoDay> {
        let pieces = self.pieces(text).ok_or(NoDay::Unfit)?;
        if !matches!(pieces.rest.trim(), "" | ".") {
            return Err(NoDay::Unfit);
        }
        self.day(&pieces, today)
    }

    /// Says whether the format has years of two digits.
    pub(super) const fn has_short_year(&self) -> bool {
        self.has_short_year
    }

    /// Returns the day with which a text begins, and the rest.
    pub(super) fn split<'t>(&self, text: &'t str, today: NaiveDate) -> Option<(NaiveDate, &'t str)> {
        let pieces = self.pieces(text)?;
        Some((self.day(&pieces, today).ok()?, pieces.rest))
    }

    /// Returns what a text says of the order of day and month.
    pub(super) fn order(&self, text: &str) -> OrderEvidence {
        let Some(pieces) = self.pieces(text) else { return OrderEvidence::None };
        let number = |part: Part| {
            self.piece(&pieces, part).filter(|digits| is_number(digits, 2)).and_then(|digits| digits.parse().ok())
        };
        let year = self.piece(&pieces, Part::Year).and_then(|digits| match digits.len() {
            4 => digits.parse::<i32>().ok(),
            2 => digits.parse::<i32>().ok().map(|year| year + 2_000),
            _ => None,
        });
        let (Some(day), Some(month), Some(year)) = (number(Part::Day), number(Part::Month), year) else {
            return OrderEvidence::None;
        };
        if self.has_named_month || pieces.between != self.between || day == month {
            return OrderEvidence::None;
        }
        let is_day = |month: u32, day: u32| NaiveDate::from_ymd_opt(year, month, day).is_some();
        match (is_day(month, day), is_day(day, month)) {
            (true, true) => OrderEvidence::Both,
            (true, false) => OrderEvidence::Agrees,
            (false, true) => OrderEvidence::Contradicts,
            (false, false) => OrderEvidence::None,
        }
    }

    fn day(&self, pieces: &Pieces<'_>, today: NaiveDate) -> Result<NaiveDate, NoDay> {
        let named = pieces.parts.iter().position(|part| part.starts_with(char::is_alphabetic));
        let (day, month, year, is_first) = match named {
            Some(at) => {
                let month = month(pieces.parts[at].trim_end_matches('.')).ok_or(NoDay::Unfit)?;
                let others: Vec<&str> = (0..3).filter(|other| *other != at).map(|other| pieces.parts[other]).collect();
                let (day, year) = self.day_and_year(others[0], others[1]);
                (day, month, year, year == others[0])
            }
            None if self.has_named_month || pieces.between != self.between => return Err(NoDay::Unfit),
            None => {
                let part = |part| self.piece(pieces, part).ok_or(NoDay::Unfit);
                let month = part(Part::Month)?;
                let month = month.parse().ok().filter(|_| is_number(month, 2)).ok_or(NoDay::Unfit)?;
                (part(Part::Day)?, month, part(Part::Year)?, self.order[0] == Part::Year)
            }
        };
        let number = day.parse().ok().filter(|_| is_number(day, 2)).ok_or(NoDay::Unfit)?;
        let year = self.year(year, pieces.parts[0], is_first, today)?;
        NaiveDate::from_ymd_opt(year, month, number).ok_or(NoDay::Unfit)
    }

    /// Tells the day from the year beside a month's name: a year has four digits, or the place that the format gives
    /// it, or stands last.
    fn day_and_year<'t>(&self, first: &'t str, second: &'t str) -> (&'t str, &'t str) {
        let year_leads = self.order.iter().position(|part| *part == Part::Year)
            < self.order.iter().position(|part| *part == Part::Day);
        match (first.len(), second.len()) {
            (4, _) => (second, first),
            (_, 4) => (first, second),
            _ if self.has_named_month && year_leads => (second, first),
            _ => (first, second),
        }
    }

    /// Returns the year. Two digits are one near today's, unless the part in front could be a year as well.
    fn year(&self, digits: &str, front: &str, is_first: bool, today: NaiveDate) -> Result<i32, NoDay> {
        let year = digits.parse::<i32>().ok().filter(|_| is_number(digits, 4)).ok_or(NoDay::Unfit)?;
        match digits.len() {
            4 => return Ok(year),
            2 => {}
            _ => return Err(NoDay::Unfit),
        }
        let is_near = |year: i32, back: i32| (today.year() - back..=today.year() + 1).contains(&(year + 2_000));
        let front_is_year = front.len() == 2 && front.parse().is_ok_and(|front| is_near(front, YEARS_BACK_IN_FRONT));
        if self.has_short_year {
            // `26-03-04` is hardly a day of 2004, whatever the format says.
            if !is_first && front_is_year && !is_near(year, YEARS_BACK) {
                return Err(NoDay::Ambiguous);
            }
            // As chrono has it.
            return Ok(if year < 69 { year + 2_000 } else { year + 1_900 });
        }
        if is_first || front_is_year || !is_near(year, YEARS_BACK) {
            return Err(NoDay::Ambiguous);
        }
        Ok(year + 2_000)
    }

    fn piece<'t>(&self, pieces: &Pieces<'t>, part: Part) -> Option<&'t str> {
        self.order.iter().position(|found| *found == part).map(|at| pieces.parts[at])
    }

    /// Takes a text apart: three numbers or names with marks between them.
    fn pieces<'t>(&self, text: &'t str) -> Option<Pieces<'t>> {
        if self.between.iter().all(String::is_empty) {
            return self.pieces_without_marks(text);
        }
        let (mut rest, mut parts, mut between) = (text, ["", "", ""], [Cow::Borrowed(""), Cow::Borrowed("")]);
        for at in 0..3 {
            let is_name = rest.starts_with(char::is_alphabetic);
            let end = rest.find(|c: char| if is_name { !c.is_alphabetic() } else { !c.is_ascii_digit() });
            let (part, behind) = rest.split_at(end.unwrap_or(rest.len()));
            if part.is_empty() || part.len() > 20 {
                return None;
            }
            parts[at] = part;
            rest = behind;
            if at < 2 {
                let end = rest.find(|c: char| !matches!(c, '.' | '/' | '-' | ',' | ' ')).unwrap_or(rest.len());
                between[at] = mark_of(&rest[..end]);
                rest = &rest[end..];
            }
        }
        Some(Pieces { parts, between, rest })
    }

    /// Takes `20260304` apart.
    fn pieces_without_marks<'t>(&self, text: &'t str) -> Option<Pieces<'t>> {
        let (mut rest, mut parts) = (text, ["", "", ""]);
        for (at, part) in self.order.iter().enumerate() {
            let length = if *part == Part::Year && !self.has_short_year { 4 } else { 2 };
            let piece = rest.get(..length).filter(|piece| piece.bytes().all(|byte| byte.is_ascii_digit()))?;
            parts[at] = piece;
            rest = &rest[length..];
        }
        let is_over = !rest.starts_with(|c: char| c.is_ascii_digit());
        is_over.then_some(Pieces { parts, between: [Cow::Borrowed(""), Cow::Borrowed("")], rest })
    }
}

/// Returns the mark between two parts, spaces around it aside; a space where there is nothing else.
fn mark_of(text: &str) -> Cow<'_, str> {
    let mark = text.trim();
    if mark.is_empty() {
        Cow::Borrowed(if text.is_empty() { "" } else { " " })
    } else if mark.contains(char::is_whitespace) {
        Cow::Owned(mark.chars().filter(|c| !c.is_whitespace()).collect())
    } else {
        Cow::Borrowed(mark)
    }
}

fn is_number(digits: &str, length_max: usize) -> bool {
    !digits.is_empty() && digits.len() <= length_max && digits.bytes().all(|byte| byte.is_ascii_digit())
}
