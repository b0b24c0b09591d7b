//! Keeps the sandbox's own time: the machine's, shifted by an admin call, so that a day can pass within a test.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SecondsFormat, Utc};

/// The largest shift either way: ten years keep every instant within the range of the formats.
pub(crate) const SHIFT_SECONDS_MAX: i64 = 10 * 366 * 86_400;

/// The sandbox's time. Clones share one shift.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    shift_seconds: Arc<AtomicI64>,
}

/// An instant as the store keeps it: milliseconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(pub(crate) i64);

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "this is the sandbox's one clock")]
    pub(crate) fn now(&self) -> Instant {
        Instant(Utc::now().timestamp_millis() + self.shift_seconds() * 1000)
    }

    pub(crate) fn shift_seconds(&self) -> i64 {
        self.shift_seconds.load(Ordering::SeqCst)
    }

    /// Sets the shift, counted from the machine's time.
    pub(crate) fn shift_to(&self, seconds: i64) {
        self.shift_seconds.store(seconds.clamp(-SHIFT_SECONDS_MAX, SHIFT_SECONDS_MAX), Ordering::SeqCst);
    }
}

impl Instant {
    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Returns the day in UTC.
    pub(crate) fn date(self) -> chrono::NaiveDate {
        self.utc().date_naive()
    }

    /// Returns the instant as RFC 3339 in UTC, to the millisecond.
    pub(crate) fn rfc3339(self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

impl serde::Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

/// Reads one end of a period in a query: an instant, or a date, which stands for its first or its last millisecond.
pub(crate) fn parse_bound(text: &str, end_of_day: bool) -> Option<Instant> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(Instant(instant.timestamp_millis()));
    }
    let date = parse_date(text)?;
    let first = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis();
    Some(Instant(if end_of_day { first + 86_400_000 - 1 } else { first }))
}

/// Reads a date of the form `YYYY-MM-DD`, exactly.
pub(crate) fn parse_date(text: &str) -> Option<chrono::NaiveDate> {
    let shape_is_right = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    if shape_is_right { chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_as_the_end_of_a_period_holds_its_whole_day() {
        let first = parse_bound("2026-10-31", false).unwrap();
        let last = parse_bound("2026-10-31", true).unwrap();
        assert_eq!(first.rfc3339(), "2026-10-31T00:00:00.000Z");
        assert_eq!(last.rfc3339(), "2026-10-31T23:59:59.999Z");
    }

    #[test]
    fn parse_date_takes_only_whole_dates() {
        for text in ["2026-1-01", "2026-02-30", "20261-01-1", "01.02.2026", "", "2026-10-31 "] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
