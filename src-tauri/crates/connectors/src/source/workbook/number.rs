//! Turns the numbers of a workbook, which are stored as floats, into plain decimals and days. Floats are met here and
//! nowhere else.

use calamine::ExcelDateTime;
use chrono::NaiveDate;

/// The significant digits that a spreadsheet shows, keeps of a typed number, and calculates with.
const DIGITS: usize = 15;
/// The decimals up to which a number of more digits than that is taken to be meant as it stands.
const DECIMALS_KEPT: usize = 4;

/// Returns the decimal that a stored number is the float of: `12.299999999999999` is 12.3, the nearest number of fifteen
/// digits, as every spreadsheet shows it. A large number whose last digits are decimals of an amount is left as it is.
/// `None` for what is no number.
pub(super) fn decimal(stored: f64) -> Option<String> {
    if !stored.is_finite() {
        return None;
    }
    // The shortest text that is read back as the same float.
    let shortest = format!("{stored}");
    let decimals = shortest.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let digits = shortest.bytes().filter(u8::is_ascii_digit).count();
    let leading = shortest.bytes().take_while(|byte| !matches!(byte, b'1'..=b'9')).filter(u8::is_ascii_digit).count();
    let text = if digits - leading > DIGITS && decimals > DECIMALS_KEPT { rounded(stored)? } else { shortest };
    Some(if text == "-0" { "0".to_owned() } else { text })
}

/// Rounds to fifteen significant digits.
fn rounded(stored: f64) -> Option<String> {
    let scientific = format!("{stored:.*e}", DIGITS - 1);
    Some(format!("{}", scientific.parse::<f64>().ok()?))
}

/// Returns the day of a number with a format of days, in the epoch of its workbook; its time is cut off. `None` for a
/// duration, and for the 29 February 1900, which spreadsheets have and the calendar has not.
pub(super) fn day(stored: &ExcelDateTime) -> Option<NaiveDate> {
    let (year, month, day, ..) = stored.to_ymd_hms_milli();
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()).filter(|_| stored.is_datetime())
}

/// Returns a time or duration as people read it, `26:15:00`: it is neither a day nor an amount.
pub(super) fn time(stored: &ExcelDateTime) -> String {
    const DAY_SECONDS: f64 = 86_400.0;
    let seconds = (stored.as_f64() * DAY_SECONDS).round();
    let (sign, seconds) = if seconds < 0.0 { ("-", -seconds) } else { ("", seconds) };
    let (hours, minutes) = ((seconds / 3_600.0).floor(), (seconds / 60.0).floor() % 60.0);
    format!("{sign}{hours:02}:{minutes:02}:{:02}", seconds % 60.0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn number_is_the_decimal_that_it_is_the_float_of() {
        for (stored, decimal) in [
            (12.3, "12.3"),
            (12.299999999999999, "12.3"),
            (0.1 + 0.2, "0.3"),
            (0.1 + 0.7, "0.8"),
            (1249.4999999999995, "1249.5"),
            (-1234.5600000000002, "-1234.56"),
            (4.35 * 100.0, "435"),
            (12.305, "12.305"),
            (12.2999, "12.2999"),
            (12345678901234.56, "12345678901234.56"),
            (1e15, "1000000000000000"),
            (123.0, "123"),
            (-0.0, "0"),
            (0.03, "0.03"),
            (1e-7, "0.0000001"),
        ] {
            assert_eq!(super::decimal(stored).as_deref(), Some(decimal));
        }
        assert_eq!(super::decimal(f64::NAN), None);
        assert_eq!(super::decimal(f64::INFINITY), None);
    }
}
