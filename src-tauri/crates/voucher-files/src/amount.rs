//! Amounts as text. They are whole minor units on the way out, and decimals on the way in: no float comes near them.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::refusal::Problem;
use crate::voucher::Currency;

/// Returns the amount with exactly `max` decimals: `-1234.50`.
///
/// # Errors
/// If the amount has more decimals than that.
pub(crate) fn written(minor: i64, currency: &Currency, max: u8, mark: char) -> Result<String, Problem> {
    let too_many = Problem::TooManyDecimals { decimals: currency.decimals, max };
    let power = |decimals: u8| 10_i128.checked_pow(u32::from(decimals));
    let scaled = match (power(max), power(currency.decimals)) {
        (Some(wanted), Some(had)) => {
            let scaled = i128::from(minor).checked_mul(wanted).ok_or_else(|| too_many.clone())?;
            if scaled % had != 0 {
                return Err(too_many);
            }
            scaled / had
        }
        _ => return Err(too_many),
    };
    let sign = if scaled < 0 { "-" } else { "" };
    if max == 0 {
        return Ok(format!("{sign}{}", scaled.unsigned_abs()));
    }
    let digits = format!("{:0>width$}", scaled.unsigned_abs(), width = usize::from(max) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(max));
    Ok(format!("{sign}{whole}{mark}{fraction}"))
}

/// Reads an amount with this decimal mark; spaces between groups, and the mark that is not the decimal one between
/// groups of three, are borne. Returns `None` for anything else.
pub(crate) fn read(text: &str, mark: char) -> Option<Decimal> {
    let text = text.trim();
    let (text, is_negative) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (rest, true),
        None => match text.strip_suffix('-') {
            Some(rest) => (rest, true),
            None => (text.strip_prefix('+').unwrap_or(text), false),
        },
    };
    let (whole, fraction) = text.split_once(mark).unwrap_or((text, ""));
    let has_fraction = text.contains(mark);
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let whole = without_groups(whole, if mark == ',' { '.' } else { ',' })?;
    if !is_digits(fraction) || (whole.is_empty() && fraction.is_empty()) || (has_fraction && fraction.is_empty()) {
        return None;
    }
    let plain = format!("{}{whole}.{fraction}", if is_negative { "-" } else { "" });
    Decimal::from_str(plain.trim_end_matches('.')).ok()
}

/// Returns the digits of a whole number without the marks between its groups; `None` if they are no groups of three.
fn without_groups(whole: &str, group_mark: char) -> Option<String> {
    let is_mark = |c: char| c == group_mark || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
    let mut groups = whole.split(is_mark);
    let first = groups.next()?;
    let mut digits = first.to_owned();
    let mut has_groups = false;
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        has_groups = true;
        digits.push_str(group);
    }
    let is_grouped_well = !has_groups || (1..=3).contains(&first.len());
    (is_grouped_well && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(decimals: u8) -> Currency {
        Currency { code: "NOK".into(), decimals }
    }

    #[test]
    fn amount_has_the_decimals_of_the_format() {
        assert_eq!(written(-5, &currency(2), 2, '.').unwrap(), "-0.05");
        assert_eq!(written(123_456, &currency(2), 2, ',').unwrap(), "1234,56");
        assert_eq!(written(7, &currency(0), 2, '.').unwrap(), "7.00");
        assert_eq!(written(12_500, &currency(3), 2, '.').unwrap(), "12.50");
        assert_eq!(written(700, &currency(2), 0, '.').unwrap(), "7");
        assert_eq!(written(i64::MIN, &currency(2), 2, '.').unwrap(), "-92233720368547758.08");
    }

    #[test]
    fn amount_with_more_decimals_is_refused() {
        assert_eq!(
            written(12_505, &currency(3), 2, '.').unwrap_err(),
            Problem::TooManyDecimals { decimals: 3, max: 2 }
        );
        assert!(written(1, &currency(255), 2, '.').is_err());
        assert!(written(101, &currency(2), 0, '.').is_err());
    }

    #[test]
    fn amount_is_read_with_its_decimal_mark_alone() {
        let read_text = |text| read(text, ',').map(|amount| amount.to_string());
        assert_eq!(read_text("1 234,50").as_deref(), Some("1234.50"));
        assert_eq!(read_text("1.234,50").as_deref(), Some("1234.50"));
        assert_eq!(read_text("-,5").as_deref(), Some("-0.5"));
        assert_eq!(read_text("12-").as_deref(), Some("-12"));
        for text in ["", "-", "1,2,3", "1.23", "12.34,5", "1e3", "0x1", "1,", "NaN", "1234.567", "1..234", "--1"] {
            assert_eq!(read_text(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn amount_is_read_back_as_itself(minor: i64, comma: bool) {
            let mark = if comma { ',' } else { '.' };
            let text = written(minor, &currency(2), 2, mark).unwrap();
            prop_assert_eq!(read(&text, mark), Some(Decimal::new(minor, 2)));
        }
    }
}
