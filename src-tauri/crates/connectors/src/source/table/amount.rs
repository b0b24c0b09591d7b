//! Reads amounts as people write them into plain decimals. Never rounds, never guesses.

use std::borrow::Cow;

use super::DecimalSeparator;

/// Spaces that stand between groups of three: plain, no-break, narrow no-break, thin.
const SPACES: [char; 4] = [' ', '\u{a0}', '\u{202f}', '\u{2009}'];

/// Returns `1 249,50`, `1.249,50` or `1249,50` as `1249.50`; `None` if the text is no amount, or could be two different
/// ones.
///
/// Groups have exactly three digits, the first one to three, with one and the same separator. A single group behind the
/// other decimal separator (`1.249` where `,` is decimal) is a thousand, but not in a currency of three decimals.
pub(crate) fn plain_decimal(text: &str, separator: DecimalSeparator, decimals: u8) -> Option<String> {
    let (decimal_mark, other_mark) = match separator {
        DecimalSeparator::Point => ('.', ','),
        DecimalSeparator::Comma => (',', '.'),
    };
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = match digits.split_once(decimal_mark) {
        Some((_, "")) => return None,
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let is_ambiguous = fraction.is_none() && decimals >= 3 && whole.matches(other_mark).count() == 1;
    if is_ambiguous || !fraction.unwrap_or("0").bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = ungrouped(whole, other_mark)?;
    Some(match fraction {
        Some(fraction) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{whole}"),
    })
}

fn ungrouped(whole: &str, other_mark: char) -> Option<Cow<'_, str>> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(whole) {
        return Some(Cow::Borrowed(whole));
    }
    let mark = whole.chars().find(|c| SPACES.contains(c) || *c == other_mark)?;
    let mut groups = whole.split(mark);
    let first = groups.next().filter(|first| is_digits(first) && first.len() <= 3)?;
    let mut ungrouped = first.to_owned();
    for group in groups {
        if group.len() != 3 || !is_digits(group) {
            return None;
        }
        ungrouped.push_str(group);
    }
    Some(Cow::Owned(ungrouped))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::DecimalSeparator::{Comma, Point};
    use super::*;

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
            ("\u{2212}12,5", Comma, "-12.5"),
            ("+7", Comma, "7"),
            ("0,00", Comma, "0.00"),
            ("1,249.50", Point, "1249.50"),
            ("1249.50", Point, "1249.50"),
            (" 100 ", Point, "100"),
        ] {
            assert_eq!(plain_decimal(text, separator, 2).as_deref(), Some(plain), "{text}");
        }
    }

    #[test]
    fn ambiguous_text_is_no_amount() {
        for text in [
            "",
            "-",
            ",",
            "5,",
            ",5",
            "1.24,5",
            "1 2,50",
            "12 34",
            "1.249.50",
            "1.249 500",
            "1 249.500,00",
            "1,2,3",
            "12,5-",
            "(12,50)",
            "kr 100",
            "100 kr",
            "1e3",
            "NaN",
            "0x10",
            "٣",
            "- 5",
            "--5",
            "1 24",
            "1234 567",
        ] {
            assert_eq!(plain_decimal(text, Comma, 2), None, "{text}");
        }
    }

    #[test]
    fn single_group_is_two_amounts_in_a_three_decimal_currency() {
        assert_eq!(plain_decimal("1.249", Comma, 3), None);
        assert_eq!(plain_decimal("1.249,500", Comma, 3).as_deref(), Some("1249.500"));
        assert_eq!(plain_decimal("1 249", Comma, 3).as_deref(), Some("1249"));
    }

    /// Writes an amount as a spreadsheet does: groups of three with that mark, and two decimals.
    fn written(minor: u64, mark: &str, decimal: char) -> String {
        let whole = (minor / 100).to_string();
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                grouped.push_str(mark);
            }
            grouped.push(digit);
        }
        format!("{grouped}{decimal}{:02}", minor % 100)
    }

    proptest! {
        #[test]
        fn amount_is_the_same_in_every_grouping(
            minor in 0u64..1_000_000_000_000, mark in prop::sample::select(vec!["", " ", "\u{a0}", "\u{202f}", "\u{2009}"]),
        ) {
            let plain = format!("{}.{:02}", minor / 100, minor % 100);
            for (separator, decimal, other) in [(Comma, ',', "."), (Point, '.', ",")] {
                for mark in [mark, other] {
                    let read = plain_decimal(&written(minor, mark, decimal), separator, 2);
                    prop_assert_eq!(read.as_deref(), Some(plain.as_str()));
                }
            }
        }

        #[test]
        fn amount_has_the_digits_of_its_text(text in "[-+0-9., \u{a0}]{0,14}", comma in any::<bool>()) {
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            if let Some(plain) = plain_decimal(&text, if comma { Comma } else { Point }, 2) {
                prop_assert_eq!(digits(&plain), digits(&text));
            }
        }

        #[test]
        fn amount_takes_any_text_without_a_panic(text in ".*", decimals in 0u8..5) {
            let _ = (plain_decimal(&text, Comma, decimals), plain_decimal(&text, Point, decimals));
        }
    }
}
