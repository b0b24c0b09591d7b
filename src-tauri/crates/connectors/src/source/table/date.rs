//! Reads days and instants, in the format of the source.

use std::fmt::Write as _;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::clock_time::clock_time;
use super::day_parts::DayParts;
pub(crate) use super::day_parts::{NoDay, OrderEvidence};
use super::key::seen;
use super::line::Epoch;

/// The format of spreadsheets' day numbers, counted from the last days of 1899.
const SPREADSHEET_1900: &str = Epoch::Of1900.format();
/// The same, counted from the first day of 1904.
const SPREADSHEET_1904: &str = Epoch::Of1904.format();
/// The day numbers that may be meant: 1954 to 2119, and not a number of something else.
const DAY_NUMBERS: std::ops::RangeInclusive<u64> = 20_000..=80_000;

/// Says whether a format names a day, month and year, so that a date written in it is read back as the same.
pub(crate) fn is_valid(format: &str) -> bool {
    if [SPREADSHEET_1900, SPREADSHEET_1904].contains(&format) {
        return true;
    }
    if StrftimeItems::new(format).any(|item| matches!(item, Item::Error)) {
        return false;
    }
    // Two days that differ in each part, at a time that no format should depend on.
    [(2026, 10, 28), (2013, 2, 9)].into_iter().all(|(year, month, day)| {
        let date = NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar");
        let midnight = date.and_time(NaiveTime::MIN).and_utc();
        let mut text = String::new();
        write!(text, "{}", midnight.format(format)).is_ok() && exact(&text, format) == Some(date)
    })
}

/// Returns the day, or `None` if the text is no day in exactly this format. The year 202 is a day; whether it is
/// plausible is not asked here.
pub(crate) fn read(text: &str, format: &str) -> Option<NaiveDate> {
    exact(text.trim(), format)
}

fn exact(text: &str, format: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, format).ok()
}

/// A time of an approval, as its column has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Approval {
    /// Approved then.
    At(DateTime<Utc>),
    /// Approved, and nothing says when.
    Sometime,
    /// No approval.
    None,
}

/// Words of approval, which stand where a time would.
const YES: [&str; 24] = [
    "ja",
    "j",
    "yes",
    "y",
    "oui",
    "si",
    "sí",
    "true",
    "sann",
    "wahr",
    "vrai",
    "x",
    "✓",
    "✔",
    "1",
    "godkjent",
    "godkent",
    "godkänd",
    "godkendt",
    "approved",
    "genehmigt",
    "freigegeben",
    "approuvé",
    "attestert",
];

/// Reads the days of one format.
#[derive(Debug, Clone)]
pub(crate) struct DayReader {
    format: String,
    zone: Tz,
    /// The day of today; two digits of a year mean one near it.
    today: NaiveDate,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    /// The number of days since that day.
    Number(NaiveDate),
    /// Written with day, month and year in that order.
    Parts(DayParts),
    /// Written in a way that is read exactly, or not at all.
    Exact,
}

impl DayReader {
    pub(crate) fn new(format: &str, zone: Tz, today: NaiveDate) -> Self {
        let start = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).map_or(Form::Exact, Form::Number);
        let form = match format {
            SPREADSHEET_1900 => start(1899, 12, 30),
            SPREADSHEET_1904 => start(1904, 1, 1),
            _ => DayParts::of(format).map_or(Form::Exact, Form::Parts),
        };
        Self { format: format.to_owned(), zone, today, form }
    }

    /// Says whether numbers are read as days that are counted from another day than this.
    pub(crate) fn counts_otherwise(&self, epoch: Epoch) -> bool {
        matches!(self.form, Form::Number(_)) && self.format != epoch.format()
    }

    /// Returns the day that a text means, in the organisation's time zone.
    pub(crate) fn read(&self, text: &str) -> Result<NaiveDate, NoDay> {
        let text = seen(text.trim_start_matches(['\'', '\u{2019}']));
        let parts = match &self.form {
            Form::Number(start) => return numbered(&text, *start).ok_or(NoDay::Unfit),
            Form::Parts(parts) => Some(parts),
            Form::Exact => None,
        };
        if (text.contains(':') || text.contains("kl"))
            && let Some(day) = parts.and_then(|parts| self.with_time(parts, &text)).or_else(|| self.instant(&text))
        {
            return Ok(day);
        }
        let day = match exact(&text, &self.format) {
            // Two digits are no year of our time, but the end of one.
            Some(day) if (0..100).contains(&day.year()) => parts.ok_or(NoDay::Unfit)?.read(&text, self.today),
            // Nor is a year of two digits far away where another in front is near.
            Some(day) => {
                match parts.filter(|parts| parts.has_short_year()).map(|parts| parts.read(&text, self.today)) {
                    Some(Err(NoDay::Ambiguous)) => Err(NoDay::Ambiguous),
                    _ => Ok(day),
                }
            }
            None => parts.ok_or(NoDay::Unfit).and_then(|parts| parts.read(&text, self.today)),
        };
        day.map_err(|reason| numbered_day(&text).map_or(reason, NoDay::Number))
    }

    /// Returns what a text says of the order of day and month.
    pub(crate) fn order(&self, text: &str) -> OrderEvidence {
        match &self.form {
            Form::Parts(parts) => parts.order(&seen(text)),
            Form::Number(_) | Form::Exact => OrderEvidence::None,
        }
    }

    /// Reads the time of an approval: RFC 3339, or a day with or without a time in the organisation's zone; or a word.
    pub(crate) fn approval(&self, text: &str) -> Approval {
        let text = seen(text);
        if let Some(instant) = self.approved_at(&text) {
            let day = instant.with_timezone(&self.zone).date_naive();
            // A day that no approval has is how a program writes that there is none.
            let is_plausible = day.year() >= 2000 && day <= self.today + Days::new(2);
            return if is_plausible { Approval::At(instant) } else { Approval::None };
        }
        if YES.contains(&text.to_lowercase().as_str()) { Approval::Sometime } else { Approval::None }
    }

    fn approved_at(&self, text: &str) -> Option<DateTime<Utc>> {
        if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            return Some(instant.with_timezone(&Utc));
        }
        let with_time = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
            .into_iter()
            .map(str::to_owned)
            .chain([format!("{} %H:%M:%S", self.format), format!("{} %H:%M", self.format)])
            .find_map(|format| NaiveDateTime::parse_from_str(text, &format).ok());
        let local = with_time.or_else(|| {
            let day = self.read(text).ok().or_else(|| exact(text, "%Y-%m-%d"))?;
            Some(day.and_time(NaiveTime::MIN))
        })?;
        self.zone.from_local_datetime(&local).earliest().map(|instant| instant.with_timezone(&Utc))
    }

    /// Reads a day with a time behind it, and the day of an instant where an offset is named.
    fn with_time(&self, parts: &DayParts, text: &str) -> Option<NaiveDate> {
        let (day, rest) = parts.split(text, self.today)?;
        let time = clock_time(rest)?;
        let Some(offset) = time.offset else { return Some(day) };
        let instant = offset.from_local_datetime(&day.and_time(time.time)).single()?;
        Some(instant.with_timezone(&self.zone).date_naive())
    }

    /// Reads an instant that is written as RFC 3339 has it, or as the format does with its offset.
    fn instant(&self, text: &str) -> Option<NaiveDate> {
        let instant =
            DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, &self.format)).ok()?;
        Some(instant.with_timezone(&self.zone).date_naive())
    }
}

/// Returns the day with that number in a spreadsheet, counted from the last days of 1899.
pub(crate) fn numbered_day(text: &str) -> Option<NaiveDate> {
    numbered(text, NaiveDate::from_ymd_opt(1899, 12, 30)?)
}

/// Returns the day with that number, counted from a day; a fraction is the time of the day.
fn numbered(text: &str, start: NaiveDate) -> Option<NaiveDate> {
    let (whole, fraction) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let is_number =
        [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let number: u64 = whole.parse().ok().filter(|number| is_number && DAY_NUMBERS.contains(number))?;
    start.checked_add_days(Days::new(number))
}

#[cfg(test)]
mod tests;
