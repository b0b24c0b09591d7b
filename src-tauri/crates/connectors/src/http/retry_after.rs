//! Reads `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// The longest wait at one time.
pub(super) const WAIT_MAX: Duration = Duration::from_secs(15 * 60);

/// Returns how long to wait, at most [`WAIT_MAX`]; `None` if the header says nothing that can be read. A date is taken
/// against the answer's own `Date` only, since two machines' clocks are never compared.
pub(super) fn parse(value: &str, answered_at: &str) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number with more digits than fit is long in any case.
        return Some(value.parse().map_or(WAIT_MAX, Duration::from_secs).min(WAIT_MAX));
    }
    let until = http_date(value)?;
    Some((until - http_date(answered_at)?).to_std().unwrap_or(Duration::ZERO).min(WAIT_MAX))
}

/// Reads a moment as headers write it.
pub(super) fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text).ok().map(|date| date.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: &str = "Mon, 02 Nov 2026 12:00:00 GMT";

    fn seconds(value: &str, answered_at: &str) -> Option<u64> {
        parse(value, answered_at).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_understood_and_bounded() {
        assert_eq!(seconds("7", ""), Some(7));
        assert_eq!(seconds("0", ""), Some(0));
        assert_eq!(seconds("86400", ""), Some(WAIT_MAX.as_secs()));
        assert_eq!(seconds("99999999999999999999999", ""), Some(WAIT_MAX.as_secs()));
        assert_eq!(seconds("Mon, 02 Nov 2026 12:00:30 GMT", NOON), Some(30));
        assert_eq!(seconds("Mon, 02 Nov 2026 12:00:30 GMT", ""), None);
        assert_eq!(seconds("Mon, 02 Nov 2026 11:00:00 GMT", NOON), Some(0));
    }

    #[test]
    fn text_that_is_neither_seconds_nor_date_is_no_wait() {
        for value in ["", "-3", "soon", "1.5"] {
            assert_eq!(seconds(value, NOON), None, "{value}");
        }
    }
}
