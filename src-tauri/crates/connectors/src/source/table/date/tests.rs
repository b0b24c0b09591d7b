use proptest::prelude::*;

use super::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

fn days(format: &str) -> DayReader {
    DayReader::new(format, chrono_tz::Europe::Oslo, day(2026, 11, 29))
}

#[test]
fn format_names_day_month_and_year() {
    for format in [
        "%d.%m.%Y",
        "%Y-%m-%d",
        "%d/%m/%y",
        "%Y%m%d",
        "%d.%m.%Y %H:%M",
        "%d. %B %Y",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%dT%H:%M:%S%z",
        "spreadsheet-1900",
        "spreadsheet-1904",
    ] {
        assert!(is_valid(format), "{format}");
    }
    for format in ["", "%d.%m", "%Q", "%Y", "dd.mm.yyyy", "%H:%M", "%", "spreadsheet"] {
        assert!(!is_valid(format), "{format}");
    }
}

#[test]
fn impossible_day_is_none_and_the_year_202_is_a_day() {
    assert_eq!(read("31.02.2026", "%d.%m.%Y"), None);
    assert_eq!(read("2026-02-03", "%d.%m.%Y"), None);
    assert_eq!(read("03/04/202", "%d/%m/%Y"), NaiveDate::from_ymd_opt(202, 4, 3));
    assert_eq!(days("%d/%m/%Y").read("03/04/202"), Ok(day(202, 4, 3)));
    assert_eq!(read(" 3.4.2026 ", "%d.%m.%Y"), NaiveDate::from_ymd_opt(2026, 4, 3));
}

#[test]
fn day_is_read_as_people_and_programs_write_it() {
    let fourth = Ok(day(2026, 3, 4));
    for (format, text) in [
        ("%d.%m.%Y", "4.3.2026"),
        ("%d.%m.%Y", "04.03.2026."),
        ("%d.%m.%Y", "4. 3. 2026"),
        ("%d.%m.%Y", "04.03.2026 10:15"),
        ("%d.%m.%Y", "04.03.2026 kl. 10.15"),
        ("%d.%m.%Y", "04.03.26"),
        ("%d.%m.%Y", "4. mars 2026"),
        ("%d.%m.%Y", "'04.03.2026"),
        ("%Y.%m.%d.", "2026.03.04"),
        ("%Y-%m-%d", "2026-03-04T10:15:00"),
        ("%Y-%m-%d", "2026-03-04 10:15:00.000"),
        ("%Y-%m-%dT%H:%M:%SZ", "2026-03-04T08:00:00Z"),
        ("%Y%m%d", "20260304"),
        ("%Y%m%d", "20260304T08:00:00"),
        ("%m/%d/%Y", "3/4/26"),
        ("%m/%d/%Y", "3/4/2026 3:15 PM"),
        ("%d/%m/%y", "04/03/26"),
        ("%d. %B %Y", "4. März 2026"),
        ("%d. %B %Y", "4 mar. 2026"),
        ("%d-%b-%y", "04-mar-26"),
        ("%B %d, %Y", "March 4, 2026"),
        ("%d.%m.%Y", "4 mars 26"),
    ] {
        assert_eq!(days(format).read(text), fourth, "{format} {text}");
    }
}

#[test]
fn instant_is_a_day_in_the_organisations_zone() {
    for (format, text, expected) in [
        ("%Y-%m-%dT%H:%M:%SZ", "2026-03-31T22:30:00Z", day(2026, 4, 1)),
        ("%Y-%m-%d", "2026-03-31T22:30:00.000Z", day(2026, 4, 1)),
        ("%Y-%m-%d", "2026-03-31 22:30 UTC", day(2026, 4, 1)),
        ("%Y-%m-%d", "2026-03-31T22:30:00+02:00", day(2026, 3, 31)),
        ("%d.%m.%Y", "31.03.2026 22:30 -0500", day(2026, 4, 1)),
        ("%d.%m.%Y", "2026-03-31T22:30:00Z", day(2026, 4, 1)),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-03-31T22:30:00+0000", day(2026, 4, 1)),
        ("%Y-%m-%d %H:%M:%S", "2026-03-31 23:59:59", day(2026, 3, 31)),
    ] {
        assert_eq!(days(format).read(text), Ok(expected), "{format} {text}");
    }
}

#[test]
fn text_that_can_be_several_days_is_none() {
    for (format, text, reason) in [
        ("%Y-%m-%d", "26-03-04", NoDay::Ambiguous),
        ("%d/%m/%Y", "26/03/24", NoDay::Ambiguous),
        ("%d/%m/%Y", "26/03/04", NoDay::Ambiguous),
        ("%d/%m/%Y", "04/03/99", NoDay::Ambiguous),
        ("%d-%m-%y", "26-03-04", NoDay::Ambiguous),
        ("%d.%m.%Y", "26 mar 25", NoDay::Ambiguous),
        ("%d.%m.%Y", "04/03/2026", NoDay::Unfit),
        ("%d.%m.%Y", "31.02.2026", NoDay::Unfit),
        ("%d.%m.%Y", "04.03.2026 og 05.03.2026", NoDay::Unfit),
        ("%d.%m.%Y", "mars 2026", NoDay::Unfit),
        ("%d. %B %Y", "04.03.2026", NoDay::Unfit),
        ("%d%m%Y", "0403", NoDay::Unfit),
        ("%d.%m.%Y", "", NoDay::Unfit),
    ] {
        assert_eq!(days(format).read(text), Err(reason), "{format} {text}");
    }
}

#[test]
fn day_number_of_a_spreadsheet_is_read_where_it_is_the_format() {
    assert_eq!(days("spreadsheet-1900").read("46085"), Ok(day(2026, 3, 4)));
    assert_eq!(days("spreadsheet-1900").read("46091,4375"), Ok(day(2026, 3, 10)));
    assert_eq!(days("spreadsheet-1904").read("44623.5"), Ok(day(2026, 3, 4)));
    assert_eq!(days("spreadsheet-1900").read("04.03.2026"), Err(NoDay::Unfit));
    for format in ["%d.%m.%Y", "%Y%m%d"] {
        assert_eq!(days(format).read("46085"), Err(NoDay::Number(day(2026, 3, 4))), "{format}");
    }
    assert_eq!(days("%d.%m.%Y").read("12"), Err(NoDay::Unfit));
}

#[test]
fn order_of_day_and_month_is_proven_by_days_above_twelve() {
    for (format, text, expected) in [
        ("%d/%m/%Y", "12/31/2026", OrderEvidence::Contradicts),
        ("%d/%m/%Y", "31/12/2026", OrderEvidence::Agrees),
        ("%d/%m/%Y", "03/04/2026", OrderEvidence::Both),
        ("%d/%m/%Y", "04/04/2026", OrderEvidence::None),
        ("%d/%m/%Y", "12.31.2026", OrderEvidence::None),
        ("%d/%m/%Y", "31/31/2026", OrderEvidence::None),
        ("%d/%m/%Y", "03/14/202", OrderEvidence::None),
        ("%m/%d/%Y", "31/12/26", OrderEvidence::Contradicts),
        ("%Y-%m-%d", "2026-31-12", OrderEvidence::Contradicts),
        ("%d/%m/%Y", "12/31/2026 10:15", OrderEvidence::Contradicts),
        ("%d. %B %Y", "4. mars 2026", OrderEvidence::None),
    ] {
        assert_eq!(days(format).order(text), expected, "{format} {text}");
    }
}

#[test]
fn approval_is_a_time_or_a_word_for_yes() {
    let reader = days("%d.%m.%Y");
    let instant = |text| match reader.approval(text) {
        Approval::At(instant) => Some(instant.to_rfc3339()),
        Approval::Sometime | Approval::None => None,
    };
    assert_eq!(instant("2026-11-02T09:14:03Z").as_deref(), Some("2026-11-02T09:14:03+00:00"));
    assert_eq!(instant("02.11.2026 10:14").as_deref(), Some("2026-11-02T09:14:00+00:00"));
    assert_eq!(instant("02.11.2026").as_deref(), Some("2026-11-01T23:00:00+00:00"));
    for yes in ["Ja", "yes", "X", "Godkjent", " JA "] {
        assert_eq!(reader.approval(yes), Approval::Sometime, "{yes}");
    }
    for no in ["", "Nei", "no", "Avvist", "i går", "0", "-"] {
        assert_eq!(reader.approval(no), Approval::None, "{no}");
    }
}

/// Ways in which a day is written, with the format that reads each of them.
const STYLES: [(&str, &str); 12] = [
    ("%d.%m.%Y", "%d.%m.%Y"),
    ("%-d.%-m.%Y", "%d.%m.%Y"),
    ("%d/%m/%Y", "%d/%m/%Y"),
    ("%m/%d/%Y", "%m/%d/%Y"),
    ("%Y-%m-%d", "%Y-%m-%d"),
    ("%Y-%m-%dT23:59:59", "%Y-%m-%d"),
    ("%d.%m.%y", "%d.%m.%Y"),
    ("%d/%m/%y", "%d/%m/%y"),
    ("%d. %B %Y", "%d.%m.%Y"),
    ("%d-%b-%y", "%d-%b-%y"),
    ("%Y%m%d", "%Y%m%d"),
    ("%d.%m.%Y.", "%d.%m.%Y"),
];

proptest! {
    #[test]
    fn day_alone_is_read_as_itself_or_held_in_every_style(days_on in 0u64..4_000, style in 0..STYLES.len()) {
        let meant = day(2017, 1, 1) + Days::new(days_on);
        let (written, format) = STYLES[style];
        let text = meant.format(written).to_string();
        let read = days(format).read(&text);
        let is_short = written.ends_with("%y") && format.ends_with("%Y");
        prop_assert!(read == Ok(meant) || (is_short && read == Err(NoDay::Ambiguous)), "{} {:?}", text, read);
    }

    #[test]
    fn day_in_a_mixed_column_is_itself_or_nothing(
        column in prop::collection::vec((0u64..4_000, 0..STYLES.len()), 1..8), format in 0..STYLES.len(),
    ) {
        let reader = days(STYLES[format].1);
        let column: Vec<(NaiveDate, String, bool)> = column
            .into_iter()
            .map(|(days_on, style)| {
                let meant = day(2017, 1, 1) + Days::new(days_on);
                // The same marks in the other order are another column's: nothing in one cell could show it.
                let is_other_order = matches!(
                    (STYLES[style].0, STYLES[format].1),
                    ("%m/%d/%Y", "%d/%m/%Y" | "%d/%m/%y") | ("%d/%m/%Y" | "%d/%m/%y", "%m/%d/%Y")
                );
                (meant, meant.format(STYLES[style].0).to_string(), is_other_order)
            })
            .collect();
        let contradicts = column.iter().any(|(_, text, _)| reader.order(text) == OrderEvidence::Contradicts);
        for (meant, text, is_other_order) in &column {
            if *is_other_order && meant.day() > 12 {
                prop_assert_eq!(reader.order(text), OrderEvidence::Contradicts, "{}", text);
            }
            if let Ok(read) = reader.read(text) {
                prop_assert!(read == *meant || contradicts || *is_other_order, "{} is not {}", text, read);
            }
        }
    }

    #[test]
    fn day_survives_being_written_and_read(
        days_on in 0i64..120_000, format in prop::sample::select(vec!["%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%e %B %Y"]),
    ) {
        let meant = day(1800, 1, 1) + chrono::TimeDelta::days(days_on);
        prop_assert_eq!(days(format).read(&meant.format(format).to_string()), Ok(meant));
    }

    #[test]
    fn date_takes_any_text_and_format_without_a_panic(text in ".*", format in "[%a-zA-Z0-9 .:/-]{0,12}") {
        if is_valid(&format) {
            let reader = days(&format);
            let _ = (reader.read(&text), reader.approval(&text), reader.order(&text));
        }
    }
}
