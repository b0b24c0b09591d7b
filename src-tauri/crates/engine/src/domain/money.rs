//! Counts money in minor units, with the exponent that ISO 4217 gives the currency. No float, no rounding.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A currency with a minor unit, by its ISO 4217 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    iso: iso_currency::Currency,
    exponent: u8,
}

impl Currency {
    /// Returns the currency of that code (`"NOK"`), or `None` if ISO 4217 lists none, or none with a minor unit (gold,
    /// for example).
    pub fn from_code(code: &str) -> Option<Self> {
        let iso = iso_currency::Currency::from_code(code)?;
        let exponent = u8::try_from(iso.exponent()?).ok()?;
        Some(Self { iso, exponent })
    }

    /// Returns the three letters.
    pub fn code(self) -> &'static str {
        self.iso.code()
    }

    /// Returns how many decimals an amount may have: 2 for NOK, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u8 {
        self.exponent
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in a currency's minor units (øre, cents). It may be zero or negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// The reason why a text is not an amount of a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is not a decimal number: sign, digits and at most one point.
    #[error("“{0}” is not a number")]
    NotANumber(String),
    /// The amount has more decimals than the currency; cutting them would change the sum.
    #[error("“{found}” has more decimals than {currency} has ({decimals})")]
    TooManyDecimals {
        /// The text as it came.
        found: String,
        /// The code of the currency.
        currency: &'static str,
        /// The currency's number of decimals.
        decimals: u8,
    },
    /// The amount is beyond [`Money::MINOR_MAX`].
    #[error("“{0}” is too large")]
    TooLarge(String),
}

impl Money {
    /// The largest amount read from outside, in minor units: a hundred thousand million kroner. The sums of 900,000
    /// such records still fit the ledger's 64 bits.
    pub const MINOR_MAX: i64 = 10_000_000_000_000;

    /// Makes an amount of so many minor units.
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads a decimal with a point (`"1249.50"`, `"-3"`). Zeros behind the currency's decimals count as nothing.
    ///
    /// # Errors
    /// See [`MoneyError`]; never rounds.
    pub fn from_decimal(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let plain = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits_only(whole) || !digits_only(fraction) || plain.ends_with('.') {
            return Err(MoneyError::NotANumber(text.to_owned()));
        }
        let decimals = usize::from(currency.exponent);
        let significant = fraction.trim_end_matches('0');
        if significant.len() > decimals {
            return Err(MoneyError::TooManyDecimals {
                found: text.to_owned(),
                currency: currency.code(),
                decimals: currency.exponent,
            });
        }
        let minor = format!("{whole}{significant:0<decimals$}");
        let minor = i64::from_str(&minor).unwrap_or(i64::MAX);
        if minor > Self::MINOR_MAX {
            return Err(MoneyError::TooLarge(text.to_owned()));
        }
        Ok(Self { minor: if text.starts_with('-') { -minor } else { minor }, currency })
    }

    /// Returns the amount in minor units.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// Returns the currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Says whether the amount is zero.
    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Returns the same amount on the other side of the books; `None` for the one value whose opposite 64 bits do not
    /// hold.
    pub fn opposite(self) -> Option<Self> {
        Some(Self { minor: self.minor.checked_neg()?, ..self })
    }

    /// Returns the decimal with all of the currency's decimals and a point: `"1249.50"`.
    pub fn to_decimal(self) -> String {
        decimal(i128::from(self.minor), self.currency)
    }

    /// Returns the decimal of a sum that may be wider than one amount.
    pub fn sum_to_decimal(minor: i128, currency: Currency) -> String {
        decimal(minor, currency)
    }
}

fn decimal(minor: i128, currency: Currency) -> String {
    let decimals = usize::from(currency.exponent);
    let sign = if minor < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Sums of amounts, by currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CurrencySums(BTreeMap<&'static str, (Currency, i128)>);

impl CurrencySums {
    /// Adds an amount to the sum of its currency.
    pub fn add(&mut self, amount: Money) {
        let currency = amount.currency();
        self.0.entry(currency.code()).or_insert((currency, 0)).1 += i128::from(amount.minor());
    }

    /// Returns the number of currencies, and whether this is one of them.
    pub fn currencies(&self, currency: Currency) -> (usize, bool) {
        (self.0.len(), self.0.contains_key(currency.code()))
    }

    /// Returns the code and the sum, a decimal, of each currency, in the order of the codes.
    pub fn decimals(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.0.values().map(|&(currency, minor)| (currency.code().to_owned(), Money::sum_to_decimal(minor, currency)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::from_code(code).expect("a code of ISO 4217")
    }

    #[test]
    fn amount_is_read_to_the_minor_unit() {
        for (text, code, minor) in [
            ("1249.50", "NOK", 124_950),
            ("100", "NOK", 10_000),
            ("-3.1", "NOK", -310),
            ("7.000", "NOK", 700),
            ("512", "JPY", 512),
            ("1.234", "KWD", 1_234),
            ("0", "NOK", 0),
        ] {
            assert_eq!(Money::from_decimal(text, currency(code)).map(Money::minor), Ok(minor), "{text} {code}");
        }
    }

    #[test]
    fn text_that_is_no_amount_is_refused_and_never_rounded() {
        for text in ["", "-", ".5", "5.", "1,50", "1 000", "1e3", "NaN", "--1", "٣"] {
            assert!(matches!(Money::from_decimal(text, currency("NOK")), Err(MoneyError::NotANumber(_))), "{text}");
        }
        assert!(matches!(
            Money::from_decimal("12.505", currency("NOK")),
            Err(MoneyError::TooManyDecimals { decimals: 2, .. })
        ));
        assert!(matches!(Money::from_decimal("100000000000.01", currency("NOK")), Err(MoneyError::TooLarge(_))));
    }

    #[test]
    fn gold_and_made_up_codes_are_no_currency() {
        for code in ["XAU", "nok", "KRO", ""] {
            assert_eq!(Currency::from_code(code), None, "{code}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_survives_being_written_and_read(minor in -Money::MINOR_MAX..=Money::MINOR_MAX, code in prop::sample::select(vec!["NOK", "JPY", "KWD"])) {
            let money = Money::from_minor(minor, currency(code));
            prop_assert_eq!(Money::from_decimal(&money.to_decimal(), currency(code)), Ok(money));
        }

        #[test]
        fn text_of_an_amount_is_written_as_read_except_its_zeros(whole in "(0|[1-9][0-9]{0,9})", fraction in "[0-9]{0,4}") {
            let text = if fraction.is_empty() { whole.clone() } else { format!("{whole}.{fraction}") };
            let digits = fraction.trim_end_matches('0');
            match Money::from_decimal(&text, currency("NOK")) {
                Ok(money) => prop_assert_eq!(money.to_decimal(), format!("{whole}.{digits:0<2}")),
                // Nothing is rounded away.
                Err(_) => prop_assert!(digits.len() > 2, "{} is an amount", text),
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = Money::from_decimal(&text, currency("NOK"));
        }
    }
}
