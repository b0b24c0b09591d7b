//! Writes numbers, days and times as a reader of that language has them: reports and command line alike.

use chrono::{DateTime, Datelike as _, Local, NaiveDate, Utc};
use chrono_tz::Tz;
use postonce_engine::domain::Period;
use postonce_words::Language;

use crate::words;

/// Writes a decimal with its thousands apart.
pub fn amount(decimal: &str, language: Language) -> String {
    let (group, point) = match language {
        Language::English => (",", "."),
        Language::Bokmal => ("\u{a0}", ","),
    };
    let (sign, plain) = decimal.strip_prefix('-').map_or(("", decimal), |plain| ("−", plain));
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push_str(group);
        }
        grouped.push(digit);
    }
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}{point}{fraction}") }
}

/// Writes a whole number with its thousands apart.
pub fn count(number: u64, language: Language) -> String {
    amount(&number.to_string(), language)
}

/// Writes a day.
pub fn day(day: NaiveDate, language: Language) -> String {
    let form = match language {
        Language::English => "%-d %b %Y",
        Language::Bokmal => "%d.%m.%Y",
    };
    day.format(form).to_string()
}

/// Writes a month with its year, as a sentence begins with it.
pub fn month(first_day: NaiveDate, language: Language) -> String {
    let month = usize::try_from(first_day.month0()).ok().and_then(|month| words::MONTHS.get(month));
    format!("{} {}", month.map_or("", |month| month.text(language)), first_day.year())
}

pub(crate) fn instant(at: DateTime<Utc>, zone: Tz, language: Language) -> String {
    let there = at.with_timezone(&zone);
    format!("{} {}", day(there.date_naive(), language), there.format("%H:%M:%S"))
}

/// Writes a moment to the minute with its zone, for a line of its own: `3 Nov 2026 02:00 CET`. Without a zone, this
/// machine's counts, and stands there as its distance from UTC.
pub fn moment(at: DateTime<Utc>, zone: Option<Tz>, language: Language) -> String {
    of_zone(at, zone, language, "%H:%M")
}

/// Writes a moment to the second with its zone.
pub fn exact_moment(at: DateTime<Utc>, zone: Option<Tz>, language: Language) -> String {
    of_zone(at, zone, language, "%H:%M:%S")
}

fn of_zone(at: DateTime<Utc>, zone: Option<Tz>, language: Language, clock: &str) -> String {
    match zone {
        Some(zone) => {
            let there = at.with_timezone(&zone);
            format!("{} {}", day(there.date_naive(), language), there.format(&format!("{clock} %Z")))
        }
        None => {
            let here = at.with_timezone(&Local);
            format!("{} {}", day(here.date_naive(), language), here.format(&format!("{clock} %:z")))
        }
    }
}

/// Writes a span from one moment to another; a day that is the same stands once.
pub(crate) fn span(from: DateTime<Utc>, to: Option<DateTime<Utc>>, zone: Tz, language: Language) -> String {
    let begin = instant(from, zone, language);
    match to {
        Some(to) if to.with_timezone(&zone).date_naive() == from.with_timezone(&zone).date_naive() => {
            format!("{begin} – {} ({})", to.with_timezone(&zone).format("%H:%M:%S"), zone.name())
        }
        Some(to) => format!("{begin} – {} ({})", instant(to, zone, language), zone.name()),
        None => format!("{begin} ({})", zone.name()),
    }
}

pub(crate) fn period(period: Period, language: Language) -> String {
    match (period.from, period.to) {
        (None, None) => words::EVERYTHING.text(language).to_owned(),
        (from, to) => {
            let shown = |side: Option<NaiveDate>| side.map(|side| day(side, language)).unwrap_or_default();
            format!("{} – {}", shown(from), shown(to)).trim().to_owned()
        }
    }
}

/// Returns one decimal less another; exact, since both have the decimals of the currency.
pub(crate) fn difference(one: &str, other: &str) -> String {
    let minor = |text: &str| text.replace('.', "").parse::<i128>().unwrap_or(0);
    let decimals = one.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let left = minor(one) - minor(other);
    let digits = format!("{:0>width$}", left.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let sign = if left < 0 { "-" } else { "" };
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moment_has_its_zone_and_the_form_of_its_language() {
        let at: DateTime<Utc> = "2026-11-03T01:00:07Z".parse().expect("a moment");
        let oslo = Some(chrono_tz::Europe::Oslo);
        assert_eq!(moment(at, oslo, Language::English), "3 Nov 2026 02:00 CET");
        assert_eq!(moment(at, oslo, Language::Bokmal), "03.11.2026 02:00 CET");
        assert_eq!(exact_moment(at, Some(chrono_tz::America::New_York), Language::English), "2 Nov 2026 20:00:07 EST");
    }

    #[test]
    fn sums_follow_their_language_and_are_subtracted_exactly() {
        assert_eq!(amount("19406724.57", Language::English), "19,406,724.57");
        assert_eq!(amount("-1234.50", Language::Bokmal), "−1\u{a0}234,50");
        assert_eq!(amount("512", Language::English), "512");
        assert_eq!(difference("100.00", "99.95"), "0.05");
        assert_eq!(difference("0.10", "12.00"), "-11.90");
        assert_eq!(difference("5", "7"), "-2");
    }
}
