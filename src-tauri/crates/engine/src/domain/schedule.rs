//! Says when a schedule is due, as a pure function of times: its own, the newest that was dealt with, and now.
//!
//! Invariants:
//! - one run makes up for all missed times, under the newest of them, or none does if the workspace wants that;
//! - a time not later than the newest that was dealt with is never due;
//! - a schedule that names its hours means times of the day, and each comes once: a time that a change to summer time
//!   leaves out comes directly after the gap, a time that comes twice counts the first time;
//! - a schedule whose hour is `*` means a pace, and goes on by real time over such changes.

use std::fmt;

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

/// The delay in which a time still counts as dealt with in time: a program starts, a clock is put right.
const GRACE: TimeDelta = TimeDelta::minutes(5);
/// The number of missed times counted at most; after a longer absence this number is shown.
const MISSED_COUNTED_MAX: usize = 1_000;
/// The minutes that a change of the clocks leaves out at most: Samoa left out a day.
const GAP_MINUTES_MAX: i64 = 26 * 60;
/// The fields of an expression, in order, with the values that each may hold.
const FIELDS: [(&str, &str); 5] =
    [("minute", "0–59"), ("hour", "0–23"), ("day", "1–31"), ("month", "1–12"), ("weekday", "0–7")];
/// An example of an expression.
const EXAMPLE: &str = "\"0 2 * * *\"";

/// A schedule: the times at which to sync without a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    cron: Cron,
    zone: Tz,
    catch_up: bool,
}

/// The reason why a text is no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The text has this many fields instead of five.
    #[error("{0} fields, not five")]
    Fields(usize),
    /// This field cannot be read.
    #[error("the {} cannot be read", FIELDS[*.0].0)]
    Field(usize),
    /// Each field is well, but no day is like that.
    #[error("no day is like that")]
    Never,
}

impl ScheduleError {
    /// Returns the values that may stand there, with an example, in a form that needs no translation.
    pub fn allowed(&self) -> String {
        match *self {
            Self::Fields(_) => format!("{} ({EXAMPLE})", FIELDS.map(|(name, _)| name).join(" ")),
            Self::Field(field) => {
                let (name, range) = FIELDS[field];
                format!("{name} {range} ({EXAMPLE})")
            }
            Self::Never => format!("{} {}, {} {} ({EXAMPLE})", FIELDS[2].0, "1–28", FIELDS[3].0, FIELDS[3].1),
        }
    }
}

/// The part of a schedule that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing is due.
    Nothing,
    /// One run is due, for this time; so many before it were missed.
    Run { scheduled_for: DateTime<Utc>, missed: u64 },
    /// This time was missed, and so many before it; nobody wants them caught up.
    TooLate { scheduled_for: DateTime<Utc>, missed: u64 },
}

impl Schedule {
    /// Makes a schedule of its five fields, in that time zone. `catch_up` says whether one run makes up for all missed
    /// times.
    ///
    /// # Errors
    /// If there are not five fields, one cannot be read, or no day is like that.
    pub fn parse(text: &str, zone: Tz, catch_up: bool) -> Result<Self, ScheduleError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        if fields.len() != FIELDS.len() {
            return Err(ScheduleError::Fields(fields.len()));
        }
        let alone = |field: usize| {
            let mut all = ["*"; FIELDS.len()];
            all[field] = fields[field];
            all.join(" ")
        };
        if let Some(wrong) = (0..FIELDS.len()).find(|&field| read(&alone(field)).is_none()) {
            return Err(ScheduleError::Field(wrong));
        }
        let cron = read(&fields.join(" ")).ok_or(ScheduleError::Never)?;
        let schedule = Self { text: fields.join(" "), cron, zone, catch_up };
        // Any day will do to begin from: a time that comes at all comes within the 28 years after which the calendar
        // repeats itself.
        match schedule.next_after(DateTime::UNIX_EPOCH) {
            Some(_) => Ok(schedule),
            None => Err(ScheduleError::Never),
        }
    }

    /// Returns the five fields.
    pub fn cron(&self) -> &str {
        &self.text
    }

    /// Returns the time zone in which the fields are meant.
    pub fn time_zone(&self) -> Tz {
        self.zone
    }

    /// Says whether one run makes up for the times that were missed while the machine was off.
    pub fn catch_up(&self) -> bool {
        self.catch_up
    }

    /// Returns the first time after that moment; `None` past the end of the calendar.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_a_pace() {
            let next = self.cron.find_next_occurrence(&after.with_timezone(&self.zone), false).ok()?;
            return Some(next.to_utc());
        }
        let mut wall = after.with_timezone(&self.zone).naive_local();
        loop {
            wall = self.cron.find_next_occurrence(&wall, false).ok()?;
            // In an hour that comes a second time, the clock on the wall shows times that have been.
            match self.instant_of(wall)? {
                at if at > after => return Some(at),
                _ => {}
            }
        }
    }

    /// Returns the times after that moment, without end but the calendar's.
    pub fn times_after(&self, after: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
        std::iter::successors(self.next_after(after), |&time| self.next_after(time))
    }

    /// Returns what is due now, if times up to `since` were dealt with.
    pub(crate) fn due(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> Due {
        let Some(scheduled_for) = self.newest(since, now) else { return Due::Nothing };
        let missed = self.times_after(since).take_while(|&time| time < scheduled_for).take(MISSED_COUNTED_MAX).count();
        let missed = missed as u64;
        if self.catch_up || now - scheduled_for <= GRACE {
            Due::Run { scheduled_for, missed }
        } else {
            Due::TooLate { scheduled_for, missed }
        }
    }

    /// Returns the newest time after `since` and not after `now`. It looks back by spans that double, so that years
    /// away cost no more than the last busy hours.
    fn newest(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let spans = std::iter::successors(Some(TimeDelta::hours(1)), |&span| Some(span * 2));
        let mut from = now;
        for span in spans.take_while(|_| since < now) {
            // The part that was looked through already has none.
            let newest = self.times_after(since.max(now - span)).take_while(|&time| time <= from).last();
            from = since.max(now - span);
            if newest.is_some() || from == since {
                return newest;
            }
        }
        None
    }

    fn is_a_pace(&self) -> bool {
        self.text.split_whitespace().nth(1).is_some_and(|hour| hour.starts_with('*'))
    }

    /// Returns the first moment at which the clock on the wall shows that; the moment directly after the gap if it
    /// never does.
    fn instant_of(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        (0..=GAP_MINUTES_MAX).find_map(|minutes| {
            match self.zone.from_local_datetime(&wall.checked_add_signed(TimeDelta::minutes(minutes))?) {
                LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.to_utc()),
                LocalResult::None => None,
            }
        })
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text, self.zone.name())
    }
}

fn read(text: &str) -> Option<Cron> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(text).ok()
}

#[cfg(test)]
mod tests;
