//! Recognises days in any way of writing, and says whether they prove the order of day and month.

use chrono::Datelike as _;

use super::super::table::date::numbered_day;
use super::super::table::months::month;

/// A way of writing a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Style {
    /// `2026-03-04`, with this mark.
    YearFirst(char),
    /// `20260304`
    Digits,
    /// `04.03.2026` or `03/04/26`, with this mark: day and month in the order that the column proves.
    Numbers { mark: char, has_short_year: bool },
    /// `4. mars 2026`, `12-Dec-2025`, with these characters between.
    Named { marks: [Mark; 2], has_short_year: bool },
    /// `Dec 12, 2025`
    NamedFirst,
    /// A spreadsheet's day number, `46085`.
    Serial,
    /// A day that the file stores as such.
    Stored,
}

/// The characters between two parts of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Mark {
    None,
    Space,
    Dash,
    Dot,
    DotSpace,
    Slash,
}

/// The order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
    /// It can be either.
    Either,
    /// The style leaves no doubt.
    Fixed,
}

/// The years of this century in which an expense is likely, in two digits.
const NEAR_YEARS: std::ops::RangeInclusive<u32> = 15..=40;
/// The years in which an expense may have been.
const YEARS: std::ops::RangeInclusive<u32> = 1990..=2100;
impl Style {
    /// Returns the format, as chrono writes it, with day and month in that order.
    pub(super) fn format(self, is_month_first: bool) -> String {
        let year = |is_short: bool| if is_short { "%y" } else { "%Y" };
        match self {
            Self::YearFirst(mark) => format!("%Y{mark}%m{mark}%d"),
            Self::Digits => "%Y%m%d".to_owned(),
            Self::Numbers { mark, has_short_year } if is_month_first => {
                format!("%m{mark}%d{mark}{}", year(has_short_year))
            }
            Self::Numbers { mark, has_short_year } => format!("%d{mark}%m{mark}{}", year(has_short_year)),
            Self::Named { marks: [first, second], has_short_year } => {
                format!("%d{}%B{}{}", first.text(), second.text(), year(has_short_year))
            }
            Self::NamedFirst => "%B %d, %Y".to_owned(),
            Self::Serial => "spreadsheet-1900".to_owned(),
            Self::Stored => "%Y-%m-%d".to_owned(),
        }
    }
}

impl Mark {
    const ALL: [(&'static str, Self); 6] = [
        (". ", Self::DotSpace),
        (" ", Self::Space),
        ("-", Self::Dash),
        (".", Self::Dot),
        ("/", Self::Slash),
        ("", Self::None),
    ];

    fn text(self) -> &'static str {
        Self::ALL.iter().find(|(_, mark)| *mark == self).map_or("", |(text, _)| text)
    }

    /// Takes the mark with which a text begins.
    fn take(text: &str) -> (Self, &str) {
        let found = Self::ALL.iter().find_map(|(mark, it)| Some((*it, text.strip_prefix(mark)?)));
        found.unwrap_or((Self::None, text))
    }
}

/// Returns the style of a day, and the order that it shows. A time, an offset or a dot may stand behind it.
pub(super) fn style(text: &str) -> Option<(Style, Order)> {
    let day = without_time(text.trim()).trim_end_matches('.');
    numbers(day).or_else(|| named(day)).or_else(|| named_first(day))
}

/// Says of a day with a year of two digits whether the year may stand in front, and whether it may stand at the end.
pub(super) fn year_places(text: &str) -> (bool, bool) {
    let parts: Vec<u32> = without_time(text.trim())
        .trim_end_matches('.')
        .split(['.', '-', '/'])
        .filter_map(|part| part.trim().parse().ok())
        .collect();
    let [first, second, third] = parts[..] else { return (false, true) };
    let is_near = |year: u32| NEAR_YEARS.contains(&year);
    (is_near(first) && is_plausible(2000 + first, second, third), is_near(third))
}

/// Says whether a text is a spreadsheet's day number of a likely year.
pub(super) fn is_serial(text: &str) -> bool {
    let year = numbered_day(text.trim()).and_then(|day| u32::try_from(day.year()).ok());
    year.is_some_and(|year| YEARS.contains(&year))
}

/// Returns the day in front of a time: `2026-03-04` of `2026-03-04T12:30:00+01:00`.
fn without_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else { return text };
    let before = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
    let day = before.trim_end_matches(['T', 't', ' ', ',', '\u{a0}']);
    let is_time = |c: char| c.is_ascii_digit() || ":.,+-TZtzUCAPMaepm \u{a0}\u{202f}".contains(c);
    let has_mark_before = day.len() < before.len();
    if has_mark_before && text[day.len()..].chars().all(is_time) { day } else { text }
}

fn numbers(day: &str) -> Option<(Style, Order)> {
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits(day) && day.len() == 8 {
        let is_day = is_plausible(day[..4].parse().ok()?, day[4..6].parse().ok()?, day[6..].parse().ok()?);
        return is_day.then_some((Style::Digits, Order::Fixed));
    }
    let mark = day.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '.' | '-' | '/'))?;
    let parts: Vec<&str> = day.split(mark).map(str::trim).collect();
    let [first, second, third] = <[&str; 3]>::try_from(parts).ok()?;
    if ![first, second, third].into_iter().all(all_digits) || second.len() > 2 {
        return None;
    }
    let [first_number, second_number, third_number]: [u32; 3] =
        [first.parse().ok()?, second.parse().ok()?, third.parse().ok()?];
    if first.len() == 4 && third.len() <= 2 {
        return is_plausible(first_number, second_number, third_number)
            .then_some((Style::YearFirst(mark), Order::Fixed));
    }
    if first.len() > 2 || !matches!(third.len(), 2 | 4) {
        return None;
    }
    let has_short_year = third.len() == 2;
    let year = if has_short_year { 2000 + third_number } else { third_number };
    let (day_first, month_first) =
        (is_plausible(year, second_number, first_number), is_plausible(year, first_number, second_number));
    let order = match (day_first, month_first) {
        (true, true) => Order::Either,
        (true, false) => Order::DayFirst,
        (false, true) => Order::MonthFirst,
        (false, false) => return None,
    };
    Some((Style::Numbers { mark, has_short_year }, order))
}

fn named(day: &str) -> Option<(Style, Order)> {
    let digits = day.bytes().take_while(u8::is_ascii_digit).count();
    let number: u32 = day.get(..digits).filter(|_| (1..=2).contains(&digits))?.parse().ok()?;
    let (first, rest) = Mark::take(&day[digits..]);
    let letters = rest.find(|c: char| !c.is_alphabetic())?;
    let month = month(&rest[..letters])?;
    let rest = &rest[letters..];
    let (second, year) = match Mark::take(rest) {
        // `04-mar.-2026`: the dot shortens the month.
        (Mark::Dot, rest) if rest.starts_with('-') => (Mark::Dash, &rest[1..]),
        taken => taken,
    };
    let has_short_year = year.len() == 2;
    if !matches!(year.len(), 2 | 4) {
        return None;
    }
    let full: u32 = year.parse().ok()?;
    let full = if has_short_year { 2000 + full } else { full };
    let style = Style::Named { marks: [first, second], has_short_year };
    is_plausible(full, month, number).then_some((style, Order::Fixed))
}

fn named_first(day: &str) -> Option<(Style, Order)> {
    let mut words = day.split([' ', ',', '.']).filter(|word| !word.is_empty());
    let month = month(words.next()?)?;
    let number = words.next()?.parse().ok()?;
    let year = words.next().filter(|year| year.len() == 4)?.parse().ok()?;
    (words.next().is_none() && is_plausible(year, month, number)).then_some((Style::NamedFirst, Order::Fixed))
}

fn is_plausible(year: u32, month: u32, day: u32) -> bool {
    let year = YEARS.contains(&year).then(|| i32::try_from(year).ok()).flatten();
    year.is_some_and(|year| chrono::NaiveDate::from_ymd_opt(year, month, day).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_is_recognised_in_any_way_of_writing() {
        for (text, format, order) in [
            ("14.03.2026", "%d.%m.%Y", Order::DayFirst),
            ("4.3.2026", "%d.%m.%Y", Order::Either),
            ("03/14/2026", "%d/%m/%Y", Order::MonthFirst),
            ("04-03-26", "%d-%m-%y", Order::Either),
            ("2026-03-04", "%Y-%m-%d", Order::Fixed),
            ("2026/03/04", "%Y/%m/%d", Order::Fixed),
            ("2026.03.04.", "%Y.%m.%d", Order::Fixed),
            ("20260304", "%Y%m%d", Order::Fixed),
            ("04.03.2026 12:30", "%d.%m.%Y", Order::Either),
            ("2026-03-31T23:30:00Z", "%Y-%m-%d", Order::Fixed),
            ("2026-03-31 23:30:00.123 +0200", "%Y-%m-%d", Order::Fixed),
            ("3/4/2026 9:05 AM", "%d/%m/%Y", Order::Either),
            ("4. mars 2026", "%d. %B %Y", Order::Fixed),
            ("12-Dec-2025", "%d-%B-%Y", Order::Fixed),
            ("24.des.25", "%d.%B.%y", Order::Fixed),
            ("1er mars 2026", "", Order::Fixed),
            ("4 août 2026", "%d %B %Y", Order::Fixed),
            ("12. März 2026", "%d. %B %Y", Order::Fixed),
            ("Dec 12, 2025", "%B %d, %Y", Order::Fixed),
        ] {
            let found = style(text).map(|(style, order)| (style.format(false), order));
            assert_eq!(found, (!format.is_empty()).then(|| (format.to_owned(), order)), "{text}");
        }
    }

    #[test]
    fn text_that_is_no_day_is_none() {
        assert_eq!(year_places("26-03-04"), (true, false));
        assert_eq!(year_places("26.03.25."), (true, true));
        assert_eq!(year_places("04/03/26 10:15"), (false, true));
        for text in [
            "",
            "Pending",
            "1249,50",
            "31.02.2026",
            "32/13/2026",
            "04.03",
            "2026-13-40",
            "12:30",
            "12345678",
            "1.2.3",
            "10.000.000",
            "192.168.1.1",
            "04.03.1826",
            "E-1",
            "Meeting: 04.03.2026",
            "2026-03-04 (approx)",
        ] {
            assert_eq!(style(text), None, "{text}");
        }
        assert!(is_serial("46085") && is_serial("46085,5") && !is_serial("4608") && !is_serial("99999"));
    }
}
