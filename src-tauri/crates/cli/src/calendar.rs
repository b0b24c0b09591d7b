//! Says the five fields of cron as systemd's timers have them. Cron takes a day that fits either the day of the month or the
//! weekday, where both are said; systemd wants both to fit. So such a line becomes two.

use std::collections::BTreeSet;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Returns the values of `OnCalendar=`; `None` if cron says what systemd cannot.
pub(crate) fn on_calendar(cron: &str, time_zone: &str) -> Option<Vec<String>> {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else { return None };
    let time = format!("{}:{}:00", field(hour, 0..=23, &[], 0)?, field(minute, 0..=59, &[], 0)?);
    let month = field(month, 1..=12, &MONTHS, 1)?;
    let (days, weekdays) = (field(day, 1..=31, &[], 1)?, weekdays(weekday)?);
    let line = |weekdays: &str, days: &str| {
        let weekdays = if weekdays.is_empty() { String::new() } else { format!("{weekdays} ") };
        format!("{weekdays}*-{month}-{days} {time} {time_zone}")
    };
    if days == "*" || weekdays.is_empty() {
        return Some(vec![line(&weekdays, &days)]);
    }
    Some(vec![line("", &days), line(&weekdays, "*")])
}

/// Returns the numbers of a field, as `1,2,3`, or `*` for all of them.
fn field(text: &str, all: std::ops::RangeInclusive<u8>, names: &[&str], first: u8) -> Option<String> {
    let found = numbers(text, &all, names, first)?;
    if all.clone().all(|number| found.contains(&number)) {
        return Some("*".to_owned());
    }
    Some(found.iter().map(|number| format!("{number:02}")).collect::<Vec<_>>().join(","))
}

/// Returns the names of weekdays, as `Mon,Tue`; nothing for all of them.
fn weekdays(text: &str) -> Option<String> {
    let found: BTreeSet<u8> = numbers(text, &(0..=7), &DAYS, 0)?.into_iter().map(|day| day % 7).collect();
    if found.len() == 7 {
        return Some(String::new());
    }
    let name = |day: &u8| ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][usize::from(*day)];
    Some(found.iter().map(name).collect::<Vec<_>>().join(","))
}

fn numbers(text: &str, all: &std::ops::RangeInclusive<u8>, names: &[&str], first: u8) -> Option<BTreeSet<u8>> {
    let number = |text: &str| {
        let named = names.iter().position(|name| text.eq_ignore_ascii_case(name));
        let named = named.and_then(|place| u8::try_from(place).ok()).map(|place| place + first);
        named.or_else(|| text.parse().ok()).filter(|number| all.contains(number))
    };
    let mut found = BTreeSet::new();
    for item in text.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, step.parse::<u8>().ok().filter(|step| *step > 0)?),
            None => (item, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (*all.start(), *all.end()),
            Some((from, to)) => (number(from)?, number(to)?),
            // A number with a step goes on to the end.
            None => (number(range)?, if item.contains('/') { *all.end() } else { number(range)? }),
        };
        if from > to {
            return None;
        }
        found.extend((from..=to).step_by(usize::from(step)));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(cron: &str) -> Vec<String> {
        on_calendar(cron, "Europe/Oslo").expect("systemd can say it")
    }

    #[test]
    fn fields_of_cron_are_those_of_a_timer() {
        for (cron, calendar) in [
            ("0 2 * * *", "*-*-* 02:00:00 Europe/Oslo"),
            ("*/20 8-10 * * 1-5", "Mon,Tue,Wed,Thu,Fri *-*-* 08,09,10:00,20,40:00 Europe/Oslo"),
            ("30 6 1,15 jan,JUL *", "*-01,07-01,15 06:30:00 Europe/Oslo"),
            ("5/25 0 * * 7", "Sun *-*-* 00:05,30,55:00 Europe/Oslo"),
            ("0 0 * * 0-7", "*-*-* 00:00:00 Europe/Oslo"),
        ] {
            assert_eq!(said(cron), [calendar], "{cron}");
        }
    }

    #[test]
    fn day_of_month_or_weekday_becomes_two_times() {
        let both = ["*-*-01 03:00:00 Europe/Oslo", "Fri *-*-* 03:00:00 Europe/Oslo"];
        assert_eq!(said("0 3 1 * fri"), both);
    }

    #[test]
    fn words_that_systemd_lacks_are_not_guessed() {
        for cron in ["0 2 L * *", "0 2 * * fri#1", "0 2 15W * *", "@daily", "0 2 ? * *", "10-5 2 * * *"] {
            assert_eq!(on_calendar(cron, "UTC"), None, "{cron}");
        }
    }
}
