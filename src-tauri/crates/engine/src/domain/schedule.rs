//! When a schedule is due, as a pure function of times: its own, the newest that was dealt with, and now.
//!
//! Invariants:
//! - whatever was missed is made up for by one run, the newest missed time's, or by none where the workspace wants that;
//! - a time not later than the newest that was dealt with is never due;
//! - a schedule that names its hours means times of the day, and each comes once: one that a change to summer time leaves out
//!   comes directly after the gap, one that comes twice counts the first time;
//! - one whose hour is `*` means a pace, and goes on by real time over such changes.

use std::fmt;

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

/// How late a time may be dealt with and still count as in time: a program that starts, a clock that is put right.
const GRACE: TimeDelta = TimeDelta::minutes(5);
/// Missed times counted at most; whoever was away for longer is told this many.
const MISSED_COUNTED_MAX: usize = 1_000;
/// A change of the clocks leaves out so many minutes at most: Samoa left out a day.
const GAP_MINUTES_MAX: i64 = 26 * 60;
/// The fields of an expression, in order, and what each may hold.
const FIELDS: [(&str, &str); 5] =
    [("minute", "0–59"), ("hour", "0–23"), ("day", "1–31"), ("month", "1–12"), ("weekday", "0–7")];
/// An expression that is one.
const EXAMPLE: &str = "\"0 2 * * *\"";

/// When to sync without being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    cron: Cron,
    zone: Tz,
    catch_up: bool,
}

/// A text that is no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not five fields, but so many.
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
    /// What may stand there, with an example, in a form that needs no translation.
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

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing.
    Nothing,
    /// One run, for this time; so many before it were missed.
    Run { scheduled_for: DateTime<Utc>, missed: u64 },
    /// This time was missed, and so many before it; nobody wants them caught up.
    TooLate { scheduled_for: DateTime<Utc>, missed: u64 },
}

impl Schedule {
    /// A schedule from its five fields, in that time zone. `catch_up` says whether one run makes up for whatever was missed.
    ///
    /// # Errors
    /// When there are not five fields, one cannot be read, or no day is like that.
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
        // From any day, since what comes at all comes within the 28 years after which the calendar repeats itself.
        match schedule.next_after(DateTime::UNIX_EPOCH) {
            Some(_) => Ok(schedule),
            None => Err(ScheduleError::Never),
        }
    }

    /// The five fields.
    pub fn cron(&self) -> &str {
        &self.text
    }

    /// In which they are meant.
    pub fn time_zone(&self) -> Tz {
        self.zone
    }

    /// Whether one run makes up for those missed while the machine was off.
    pub fn catch_up(&self) -> bool {
        self.catch_up
    }

    /// The first time after that moment; `None` past the end of the calendar.
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

    /// The times after that moment, without end but the calendar's.
    pub fn times_after(&self, after: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
        std::iter::successors(self.next_after(after), |&time| self.next_after(time))
    }

    /// What is due now, where times up to `since` were dealt with.
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

    /// The newest time after `since` and not after `now`. Looks back by spans that double, so that years away cost no more
    /// than the last busy hours.
    fn newest(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let spans = std::iter::successors(Some(TimeDelta::hours(1)), |&span| Some(span * 2));
        let mut from = now;
        for span in spans.take_while(|_| since < now) {
            // What was looked through already has none.
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

    /// The moment at which the clock on the wall shows that, the first time; directly after it where it never does.
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
