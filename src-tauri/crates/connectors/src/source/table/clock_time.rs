//! Reads the time and the offset that may stand behind a day.

use chrono::{FixedOffset, NaiveTime};

/// A time of the day, and the offset from UTC, if it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClockTime {
    pub(super) time: NaiveTime,
    pub(super) offset: Option<FixedOffset>,
}

/// Reads `T22:30:00Z`, ` kl. 10.15`, ` 12:00:00.000 +02:00`, ` 3:15 PM`; `None` if the text is no time.
pub(super) fn clock_time(text: &str) -> Option<ClockTime> {
    let mut rest = text.trim().trim_start_matches([',', ';']).trim_start();
    for word in ["T", "t", "kl.", "kl ", "at ", "um ", "à "] {
        if let Some(behind) = rest.strip_prefix(word) {
            rest = behind.trim_start();
            break;
        }
    }
    let (hour, behind) = number(rest)?;
    let mut rest = behind.strip_prefix([':', '.'])?;
    let (minute, behind) = number(rest)?;
    rest = behind;
    let (mut second, mut has_second) = (0, false);
    if let Some((found, behind)) = rest.strip_prefix([':', '.']).and_then(number) {
        (second, rest, has_second) = (found, behind, true);
    }
    if let Some(fraction) = rest.strip_prefix(['.', ',']).filter(|_| has_second) {
        let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
        rest = (end > 0).then(|| &fraction[end..])?;
    }
    let (hour, rest) = half_of_day(hour, rest.trim_start())?;
    let offset = offset(rest.trim())?;
    // A leap second is a second of that minute.
    let time = NaiveTime::from_hms_opt(hour, minute, second.min(59)).filter(|_| second <= 60)?;
    Some(ClockTime { time, offset })
}

/// Reads one or two digits.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.len() > 2 {
        return None;
    }
    Some((digits.parse().ok()?, rest))
}

/// Reads `AM` and `PM`.
fn half_of_day(hour: u32, rest: &str) -> Option<(u32, &str)> {
    for (name, is_afternoon) in [("am", false), ("a.m.", false), ("pm", true), ("p.m.", true)] {
        let Some(found) = rest.get(..name.len()).filter(|found| found.eq_ignore_ascii_case(name)) else { continue };
        let hour = match (hour, is_afternoon) {
            (12, false) => 0,
            (12, true) => 12,
            (1..12, false) => hour,
            (1..12, true) => hour + 12,
            _ => return None,
        };
        return Some((hour, &rest[found.len()..]));
    }
    Some((hour, rest))
}

/// Reads the offset; `None` if something else stands there, and `Some(None)` if nothing does.
fn offset(text: &str) -> Option<Option<FixedOffset>> {
    let text = text.split('[').next().unwrap_or_default().trim();
    if text.is_empty() {
        return Some(None);
    }
    if ["Z", "UTC", "GMT"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
        return FixedOffset::east_opt(0).map(Some);
    }
    let text = text.strip_prefix("UTC").or(text.strip_prefix("GMT")).unwrap_or(text);
    let (is_west, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+')?),
    };
    let digits = digits.trim_end_matches(" UTC").trim_end_matches(" GMT");
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes),
        Some(_) => return None,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let is_number = |part: &str| matches!(part.len(), 1 | 2) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(hours) || !is_number(minutes) {
        return None;
    }
    let seconds = hours.parse::<i32>().ok()? * 3_600 + minutes.parse::<i32>().ok()? * 60;
    FixedOffset::east_opt(if is_west { -seconds } else { seconds }).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_read_with_its_offset() {
        for (text, expected) in [
            ("T22:30:00Z", Some(("22:30:00", Some(0)))),
            (" 12:00:00", Some(("12:00:00", None))),
            (" 12:00", Some(("12:00:00", None))),
            (", kl. 10.15", Some(("10:15:00", None))),
            ("T08:00:00.123+02:00", Some(("08:00:00", Some(7_200)))),
            (" 08:00:00 +0130", Some(("08:00:00", Some(5_400)))),
            (" 08:00 UTC", Some(("08:00:00", Some(0)))),
            (" 08:00:00 -05", Some(("08:00:00", Some(-18_000)))),
            ("T10:00:00+01:00[Europe/Oslo]", Some(("10:00:00", Some(3_600)))),
            (" 3:15 PM", Some(("15:15:00", None))),
            (" 12:05 am", Some(("00:05:00", None))),
            (" 23:59:60Z", Some(("23:59:59", Some(0)))),
            (" 25:00", None),
            (" 13:15 PM", None),
            (" 8", None),
            (" 08:00 CET", None),
            (" 08:00:00+2:0", None),
            ("", None),
        ] {
            let read = clock_time(text)
                .map(|read| (read.time.to_string(), read.offset.map(|offset| offset.local_minus_utc())));
            let expected = expected.map(|(time, offset)| (time.to_owned(), offset));
            assert_eq!(read, expected, "{text}");
        }
    }
}
