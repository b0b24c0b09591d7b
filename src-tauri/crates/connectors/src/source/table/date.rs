//! Reads days and instants, in the format of the source.

use std::fmt::Write as _;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;

/// Says whether a format names a day, month and year, so that a date written in it is read back as the same.
pub(crate) fn is_valid(format: &str) -> bool {
    if StrftimeItems::new(format).any(|item| matches!(item, Item::Error)) {
        return false;
    }
    // Two days that differ in each part, at a time that no format should depend on.
    [(2026, 10, 28), (2013, 2, 9)].into_iter().all(|(year, month, day)| {
        let date = NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar");
        let mut text = String::new();
        write!(text, "{}", date.and_time(NaiveTime::MIN).format(format)).is_ok() && read(&text, format) == Some(date)
    })
}

/// Returns the day, or `None` if the text is no day in this format. The year 202 is a day; whether it is plausible is
/// not asked here.
pub(crate) fn read(text: &str, format: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), format).ok()
}

/// Reads the time of an approval: RFC 3339, or a day with or without a time in the organisation's zone. It is for
/// people only, so an unreadable one is left out and holds nothing back.
pub(crate) fn read_instant(text: &str, format: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.with_timezone(&Utc));
    }
    let with_time = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .into_iter()
        .map(str::to_owned)
        .chain([format!("{format} %H:%M:%S"), format!("{format} %H:%M")])
        .find_map(|format| NaiveDateTime::parse_from_str(text, &format).ok());
    let local = with_time.or_else(|| {
        let day = read(text, format).or_else(|| read(text, "%Y-%m-%d"))?;
        Some(day.and_time(NaiveTime::MIN))
    })?;
    zone.from_local_datetime(&local).earliest().map(|instant| instant.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn format_names_day_month_and_year() {
        for format in ["%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y", "%Y%m%d", "%d.%m.%Y %H:%M"] {
            assert!(is_valid(format), "{format}");
        }
        for format in ["", "%d.%m", "%Q", "%Y", "dd.mm.yyyy", "%H:%M", "%"] {
            assert!(!is_valid(format), "{format}");
        }
    }

    #[test]
    fn impossible_day_is_none_and_the_year_202_is_a_day() {
        assert_eq!(read("31.02.2026", "%d.%m.%Y"), None);
        assert_eq!(read("2026-02-03", "%d.%m.%Y"), None);
        assert_eq!(read("03/04/202", "%d/%m/%Y"), NaiveDate::from_ymd_opt(202, 4, 3));
        assert_eq!(read(" 3.4.2026 ", "%d.%m.%Y"), NaiveDate::from_ymd_opt(2026, 4, 3));
    }

    #[test]
    fn approval_is_read_in_the_organisations_zone_or_left_out() {
        let oslo = chrono_tz::Europe::Oslo;
        let instant = |text| read_instant(text, "%d.%m.%Y", oslo).map(|instant| instant.to_rfc3339());
        assert_eq!(instant("2026-11-02T09:14:03Z").as_deref(), Some("2026-11-02T09:14:03+00:00"));
        assert_eq!(instant("02.11.2026 10:14").as_deref(), Some("2026-11-02T09:14:00+00:00"));
        assert_eq!(instant("02.11.2026").as_deref(), Some("2026-11-01T23:00:00+00:00"));
        assert_eq!(instant("i går"), None);
    }

    proptest! {
        #[test]
        fn day_survives_being_written_and_read(
            days in 0i64..120_000, format in prop::sample::select(vec!["%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%e %B %Y"]),
        ) {
            let day = NaiveDate::from_ymd_opt(1800, 1, 1).expect("a day") + chrono::TimeDelta::days(days);
            prop_assert_eq!(read(&day.format(format).to_string(), format), Some(day));
        }

        #[test]
        fn date_takes_any_text_and_format_without_a_panic(text in ".*", format in "[%a-zA-Z0-9 .:/-]{0,12}") {
            if is_valid(&format) {
                let _ = (read(&text, &format), read_instant(&text, &format, chrono_tz::Europe::Oslo));
            }
        }
    }
}
