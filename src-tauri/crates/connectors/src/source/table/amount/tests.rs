use proptest::prelude::*;

use super::super::DecimalSeparator::{Comma, Point};
use super::*;

/// Returns the plain decimal of an amount that stands alone.
fn plain_decimal(text: &str, separator: DecimalSeparator, decimals: u8) -> Option<String> {
    match Written::of(text)?.meaning(separator, decimals, &Marks::default()) {
        Meaning::Plain(plain) => Some(plain),
        Meaning::Ambiguous | Meaning::Unfit => None,
    }
}

#[test]
fn amounts_are_read_as_people_write_them() {
    for (text, separator, plain) in [
        ("1249,50", Comma, "1249.50"),
        ("1 249,50", Comma, "1249.50"),
        ("1\u{a0}249,50", Comma, "1249.50"),
        ("1\u{202f}249\u{202f}000", Comma, "1249000"),
        ("1.249,50", Comma, "1249.50"),
        ("1.249", Comma, "1249"),
        ("-12,5", Comma, "-12.5"),
        ("+7", Comma, "7"),
        ("0,00", Comma, "0.00"),
        ("1,249.50", Point, "1249.50"),
        ("1249.50", Point, "1249.50"),
        (" 100 ", Point, "100"),
        (",03", Comma, "0.03"),
        ("-,01", Comma, "-0.01"),
        ("0,500", Comma, "0.500"),
        ("1249,500", Comma, "1249.500"),
        ("1'249.50", Point, "1249.50"),
        ("1\u{2019}249\u{2019}000.5", Point, "1249000.5"),
        ("1,23,456.00", Point, "123456.00"),
        ("12,34,56,789", Point, "123456789"),
        ("1,249.500", Point, "1249.500"),
    ] {
        assert_eq!(plain_decimal(text, separator, 2).as_deref(), Some(plain), "{text}");
    }
}

#[test]
fn minus_is_read_wherever_it_stands() {
    for text in [
        "-12,50",
        "\u{2212}12,50",
        "\u{2013}12,50",
        "\u{2014}12,50",
        "12,50-",
        "12,50 -",
        "12,50\u{2212}",
        "- 12,50",
        "(12,50)",
        "( 12,50 )",
        "'-12,50",
        "kr -12,50",
        "-kr 12,50",
        "(kr 12,50)",
        "kr (12,50)",
        "12,50- kr",
    ] {
        assert_eq!(plain_decimal(text, Comma, 2).as_deref(), Some("-12.50"), "{text}");
    }
}

#[test]
fn currency_is_taken_off_and_named() {
    let nok = postonce_engine::domain::Currency::from_code("NOK").expect("a code of ISO 4217");
    for (text, plain, fits) in [
        ("kr 1 249,50", "1249.50", true),
        ("249,-", "249", true),
        ("1.249,-", "1249", true),
        ("249,\u{2013}", "249", true),
        ("-249,-", "-249", true),
        ("NOK 1.249,50", "1249.50", true),
        ("nok1249,50", "1249.50", true),
        ("1\u{a0}249,50 kr", "1249.50", true),
        ("kr.\u{a0}99,00", "99.00", true),
        ("kr.99,00", "99.00", true),
        ("99,00 kr.", "99.00", true),
        ("€ 45,00", "45.00", false),
        ("45,00 EUR", "45.00", false),
        ("$45,00", "45.00", false),
        ("US$ 45,00", "45.00", false),
    ] {
        let written = Written::of(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(written.meaning(Comma, 2, &Marks::default()), Meaning::Plain(plain.to_owned()), "{text}");
        assert_eq!(written.tag.is_none_or(|tag| tag.fits(nok)), fits, "{text}");
    }
    assert_eq!(plain_decimal("kr.50", Point, 2), None);
}

#[test]
fn text_that_is_no_amount_is_none() {
    for text in [
        "",
        "-",
        ",",
        "5,",
        "1.24,5",
        "1 2,50",
        "12 34",
        "1.249 500",
        "1 249.500,00",
        "1,2,3",
        "1e3",
        "NaN",
        "0x10",
        "٣",
        "--5",
        "-5-",
        "(-5)",
        "(5",
        "5)",
        "1 24",
        "1234 567",
        "ti kroner",
        "kr",
        "kr kr 5",
        "5 CR",
        "100 kg",
        "1.2.2026",
        "12:30",
        "1,23,45",
    ] {
        assert_eq!(plain_decimal(text, Comma, 2), None, "{text}");
    }
}

fn marks(column: &[&str]) -> Marks {
    let mut marks = Marks::default();
    for (line, text) in column.iter().enumerate() {
        marks.see(&Written::of(text).expect("an amount"), 2, text, line as u64);
    }
    marks
}

#[test]
fn three_digits_behind_the_only_mark_need_a_proof() {
    let meaning = |text: &str, separator, column: &[&str]| {
        Written::of(text).expect("an amount").meaning(separator, 2, &marks(column))
    };
    let plain = |text: &str| Meaning::Plain(text.to_owned());
    for (text, separator) in [("25,000", Comma), ("12.500", Comma), ("12.500", Point), ("25,000", Point)] {
        assert_eq!(meaning(text, separator, &["100", text]), Meaning::Ambiguous, "{text}");
    }
    for proof in ["1.249,50", "99,90", "1.249.500", "1.249", "5,-"] {
        assert_eq!(meaning("12.500", Comma, &[proof]), plain("12500"), "{proof}");
        // Amounts of two decimals do not make one of three: it may be of another hand.
        assert_eq!(meaning("25,000", Comma, &[proof]), Meaning::Ambiguous, "{proof}");
    }
    assert_eq!(meaning("25,000", Comma, &["1249,500"]), plain("25.000"));
    assert_eq!(meaning("25,000", Comma, &["1249,500", "99,90"]), Meaning::Ambiguous);
}

#[test]
fn column_shows_the_amounts_that_contradict() {
    let column = marks(&["100", "99,90", "1.249,50", "12.50"]);
    assert_eq!(column.example(Comma), Some(&("99,90".to_owned(), 1)));
    assert_eq!(column.example(Point), Some(&("12.50".to_owned(), 3)));
    assert!(!column.prove(Comma) && !column.prove(Point));
    for (text, mark) in [("1,249,500", Point), ("1,23,456", Point), ("1 249,500", Comma), ("7.000000", Point)] {
        assert!(marks(&[text]).prove(mark), "{text}");
    }
}

#[test]
fn amount_of_a_currency_of_three_decimals_has_three() {
    assert_eq!(plain_decimal("25,000", Comma, 3).as_deref(), Some("25.000"));
    assert_eq!(plain_decimal("1.249", Comma, 3), None);
    assert_eq!(plain_decimal("1.249,500", Comma, 3).as_deref(), Some("1249.500"));
    assert_eq!(plain_decimal("25,000", Comma, 0), None);
}

/// The ways in which an amount of øre is written, each under its decimal mark.
const STYLES: usize = 18;

/// Writes an amount in one of the styles; the decimal mark of the style is returned, too.
fn written(minor: i64, style: usize) -> (String, DecimalSeparator) {
    let (group, mark) = match style % 6 {
        0 => ("", Comma),
        1 => (" ", Comma),
        2 => (".", Comma),
        3 => (",", Point),
        4 => ("\u{a0}", Comma),
        _ => ("'", Point),
    };
    let digits = grouped(minor.unsigned_abs() / 100, group);
    let (fraction, sign) = (minor.unsigned_abs() % 100, if minor < 0 { "-" } else { "" });
    let text = match style / 6 {
        // Whole amounts without decimals, as many people write them.
        0 if fraction == 0 => format!("{sign}{digits}"),
        0 | 1 => format!("{sign}{digits}{}{fraction:02}", mark.mark()),
        _ => format!("{digits}{}{fraction:02}{sign} kr", mark.mark()),
    };
    (text, mark)
}

fn grouped(whole: u64, mark: &str) -> String {
    let whole = whole.to_string();
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push_str(mark);
        }
        grouped.push(digit);
    }
    grouped
}

fn plain(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor.unsigned_abs() / 100, minor.unsigned_abs() % 100)
}

/// Returns the amount of a plain decimal in øre; `None` for one with more decimals than two.
fn minor(plain: &str) -> Option<i64> {
    let nok = postonce_engine::domain::Currency::from_code("NOK")?;
    postonce_engine::domain::Money::from_decimal(plain, nok).ok().map(|money| money.minor())
}

proptest! {
    #[test]
    fn amount_alone_is_read_as_itself_in_every_style(minor_units in -1_000_000_000i64..1_000_000_000, style in 0..STYLES) {
        let (text, mark) = written(minor_units, style);
        let has_two_readings = style < 6 && matches!(style % 6, 2 | 3) && minor_units % 1_000 == 0;
        let read = plain_decimal(&text, mark, 2);
        prop_assert!(
            read.as_deref().and_then(minor) == Some(minor_units) || (read.is_none() && has_two_readings),
            "{} {:?}", text, read
        );
    }

    #[test]
    fn amount_in_a_mixed_column_is_itself_or_nothing(
        column in prop::collection::vec((-100_000_000i64..100_000_000, 0..STYLES, any::<bool>()), 1..8), comma in any::<bool>(),
    ) {
        let separator = if comma { Comma } else { Point };
        let round = |(minor, style, is_round): &(i64, usize, bool)| (if *is_round { minor / 100_000 * 100_000 } else { *minor }, *style);
        let amounts: Vec<(i64, String)> = column.iter().map(round).map(|(minor, style)| (minor, written(minor, style).0)).collect();
        let texts: Vec<&str> = amounts.iter().map(|(_, text)| text.as_str()).collect();
        let marks = marks(&texts);
        // A column that contradicts stops the file.
        if marks.example(separator.other()).is_none() {
            for (minor_units, text) in &amounts {
                if let Meaning::Plain(read) = Written::of(text).expect("an amount").meaning(separator, 2, &marks) {
                    prop_assert!(minor(&read).is_none_or(|read| read == *minor_units), "{} is not {}", text, read);
                }
            }
        }
    }

    #[test]
    fn amount_of_two_decimals_proves_its_mark(minor_units in 0i64..1_000_000_000, style in 6..STYLES) {
        let (text, mark) = written(minor_units, style);
        prop_assert!(marks(&[&text]).prove(mark), "{}", text);
        prop_assert_eq!(plain_decimal(&text, mark, 2), Some(plain(minor_units)));
    }

    #[test]
    fn amount_has_the_digits_of_its_text(text in "[-+0-9., \u{a0}'()]{0,14}", comma in any::<bool>()) {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        if let Some(plain) = plain_decimal(&text, if comma { Comma } else { Point }, 2) {
            let bare = if text.trim_start_matches(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').starts_with([',', '.']) { "0" } else { "" };
            prop_assert_eq!(digits(&plain), format!("{bare}{}", digits(&text)));
        }
    }

    #[test]
    fn amount_takes_any_text_without_a_panic(text in ".*", decimals in 0u8..5) {
        let _ = (plain_decimal(&text, Comma, decimals), plain_decimal(&text, Point, decimals));
    }
}
