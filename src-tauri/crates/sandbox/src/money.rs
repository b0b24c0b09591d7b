//! Reads and writes amounts: decimal strings outside, whole minor units of the currency inside, never a float.

/// The most minor units an amount may have: far beyond any voucher, and no sum of a request can overflow.
const MINOR_MAX: i64 = 1_000_000_000_000_000;

/// Returns the number of decimals of a currency (ISO 4217).
pub(crate) fn exponent(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// Tells whether the text is three capital letters.
pub(crate) fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Returns the minor units of a decimal string such as `-1249.5`; `None` when it is no such number, has more decimals
/// than the currency, or is absurdly large.
pub(crate) fn parse(text: &str, exponent: u32) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(whole, decimals)| (whole, Some(decimals)));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || whole.len() > 16 || decimals.is_some_and(|part| !all_digits(part)) {
        return None;
    }
    let decimals = decimals.unwrap_or("");
    let missing = exponent.checked_sub(u32::try_from(decimals.len()).ok()?)?;
    let scale = 10_i64.checked_pow(exponent)?;
    let fraction = if decimals.is_empty() { 0 } else { decimals.parse::<i64>().ok()? * 10_i64.pow(missing) };
    let minor = whole.parse::<i64>().ok()?.checked_mul(scale)?.checked_add(fraction)?;
    if minor > MINOR_MAX { None } else { Some(if negative { -minor } else { minor }) }
}

/// Returns minor units as a decimal string with all decimals of the currency.
pub(crate) fn format(minor: i64, exponent: u32) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let units = minor.unsigned_abs();
    let scale = 10_u64.pow(exponent);
    if exponent == 0 {
        return format!("{sign}{units}");
    }
    let width = usize::try_from(exponent).expect("an exponent is at most 3");
    format!("{sign}{}.{:0width$}", units / scale, units % scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_go_in_and_out_unchanged() {
        for (text, exponent, minor) in
            [("1249.50", 2, 124_950), ("-0.05", 2, -5), ("7", 0, 7), ("0.125", 3, 125), ("-412.00", 2, -41_200)]
        {
            assert_eq!(parse(text, exponent), Some(minor), "{text}");
            assert_eq!(format(minor, exponent), text);
        }
        assert_eq!(parse("3.5", 2), Some(350));
    }

    #[test]
    fn parse_refuses_a_text_that_is_no_decimal_number() {
        for text in
            ["", "-", "1,50", "1e3", "+1.00", ".5", "5.", "1.234", " 1.00", "--1", "99999999999999999.00", "NaN"]
        {
            assert_eq!(parse(text, 2), None, "{text}");
        }
    }
}
