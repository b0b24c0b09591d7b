//! Holds the worth of a foreign amount in the organisation's currency: as the source gives it, or by the source's rate.
//! Pure. No rate is looked up here, and none is made up.

use serde::{Deserialize, Serialize};

use super::{Currency, HoldReason, Money};

/// The rate and the worth of a foreign amount, as its source gives them; neither for an amount in the organisation's own
/// currency.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Exchange {
    /// The rate: so much of the organisation's currency for one of the foreign one, a decimal as the source writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// The worth in the organisation's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnAmount>,
}

/// An amount in the organisation's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAmount {
    /// The code of the currency.
    pub currency: String,
    /// The amount in its minor units.
    pub minor: i64,
}

impl From<Money> for OwnAmount {
    fn from(amount: Money) -> Self {
        Self { currency: amount.currency().code().to_owned(), minor: amount.minor() }
    }
}

impl OwnAmount {
    /// Returns it as money; `None` if its currency is none of ISO 4217.
    pub fn money(&self) -> Option<Money> {
        Some(Money::from_minor(self.minor, Currency::from_code(&self.currency)?))
    }
}

/// A rate of exchange: a decimal above zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate {
    text: String,
    digits: i128,
    scale: u32,
}

impl Rate {
    /// The digits that a rate may have before and behind its point.
    const DIGITS_MAX: usize = 10;

    /// Reads a decimal with a point; `None` for a text that is no decimal above zero, or has more than ten digits before
    /// or behind the point.
    pub fn from_decimal(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let are_digits = |part: &str| part.len() <= Self::DIGITS_MAX && part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || text.ends_with('.') || !are_digits(whole) || !are_digits(fraction) {
            return None;
        }
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let scale = u32::try_from(fraction.len()).ok()?;
        (digits > 0).then(|| Self { text: text.to_owned(), digits, scale })
    }

    /// Returns the decimal as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns dividend and divisor of an amount's worth in minor units.
    fn worth(&self, amount: Money, own: Currency) -> (i128, i128) {
        let power = |exponent: u32| 10_i128.pow(exponent);
        let dividend = i128::from(amount.minor()) * self.digits * power(own.exponent().into());
        (dividend, power(u32::from(amount.currency().exponent()) + self.scale))
    }

    /// Says whether a worth is what the rate makes of the amount. A rate is rounded to its last digit, and the worth to
    /// its minor unit.
    fn makes(&self, amount: Money, worth: i64, own: Currency) -> bool {
        let (dividend, divisor) = self.worth(amount, own);
        let of_rate = i128::from(amount.minor()).abs() * 10_i128.pow(own.exponent().into());
        (i128::from(worth) * divisor - dividend).abs() * 2 <= of_rate + divisor
    }
}

impl TryFrom<String> for Rate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::from_decimal(&text).ok_or(text)
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        rate.text
    }
}

impl Exchange {
    /// Says whether the source gives neither.
    pub fn is_empty(&self) -> bool {
        self.rate.is_none() && self.own.is_none()
    }

    /// Returns it for an amount in the organisation's own currency, beside which the source has this one.
    ///
    /// # Errors
    /// [`HoldReason::ExchangeContradicts`] if the two differ.
    pub fn beside(self, amount: Money, own: Option<Money>) -> Result<Self, HoldReason> {
        let shown = |money: Money| format!("{} {}", money.to_decimal(), money.currency());
        match own.filter(|own| *own != amount) {
            None => Ok(self),
            Some(own) => {
                let (amount, worth) = (shown(amount), shown(own));
                Err(HoldReason::ExchangeContradicts { amount, worth, rate: "1".to_owned() })
            }
        }
    }

    /// Returns it as a person reads it; `None` if the source gives neither.
    pub fn text(&self) -> Option<String> {
        let own = self.own.as_ref().and_then(OwnAmount::money);
        let own = own.map(|own| format!("{} {}", own.to_decimal(), own.currency()));
        let parts: Vec<String> = own.into_iter().chain(self.rate.clone().map(String::from)).collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }

    /// Returns the worth of an amount; `None` if the source gives neither rate nor worth.
    ///
    /// # Errors
    /// [`HoldReason::ExchangeContradicts`] if it gives both, and the worth is not what the rate makes of the amount, or
    /// stands on the other side.
    pub fn worth(&self, amount: Money, own: Currency) -> Result<Option<i64>, HoldReason> {
        let shown = |minor| Money::from_minor(minor, own).to_decimal();
        let contradicts = |worth: i64| HoldReason::ExchangeContradicts {
            amount: format!("{} {}", amount.to_decimal(), amount.currency()),
            worth: format!("{} {own}", shown(worth)),
            rate: self.rate.as_ref().map_or("–", Rate::as_str).to_owned(),
        };
        // A worth in another currency than today's is none.
        let worth = self.own.as_ref().filter(|worth| worth.currency == own.code()).map(|worth| worth.minor);
        match (worth, &self.rate) {
            (None, None) => Ok(None),
            (Some(worth), _) if (worth < 0) != (amount.minor() < 0) => Err(contradicts(worth)),
            (Some(worth), Some(rate)) if !rate.makes(amount, worth, own) => Err(contradicts(worth)),
            (Some(worth), _) => Ok(Some(worth)),
            (None, Some(rate)) => {
                let (dividend, divisor) = rate.worth(amount, own);
                let worth = i64::try_from(rounded(dividend, divisor)).ok();
                let worth = worth.filter(|worth| (-Money::MINOR_MAX..=Money::MINOR_MAX).contains(worth));
                worth.map(Some).ok_or_else(|| HoldReason::AmountInvalid { found: amount.to_decimal() })
            }
        }
    }
}

/// Divides a whole by weights, which are not all zero together. What rounding leaves over goes to the largest.
pub(crate) fn shares(whole: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().copied().map(i128::from).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let share = |weight: &i64| i64::try_from(rounded(i128::from(whole) * i128::from(*weight), sum)).unwrap_or_default();
    let mut shares: Vec<i64> = weights.iter().map(share).collect();
    let left = i128::from(whole) - shares.iter().copied().map(i128::from).sum::<i128>();
    let largest = (0..weights.len()).max_by_key(|place| (weights[*place].unsigned_abs(), std::cmp::Reverse(*place)));
    if let Some(largest) = largest {
        shares[largest] = shares[largest].saturating_add(i64::try_from(left).unwrap_or_default());
    }
    shares
}

/// Returns a quotient, rounded half away from zero as invoices are.
pub(crate) fn rounded(dividend: i128, divisor: i128) -> i128 {
    let size = (2 * dividend.abs() + divisor.abs()) / (2 * divisor.abs());
    if (dividend < 0) == (divisor < 0) { size } else { -size }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::from_code(code).expect("a code of ISO 4217")
    }

    fn exchange(rate: Option<&str>, minor: Option<i64>) -> Exchange {
        let own = minor.map(|minor| OwnAmount { currency: "NOK".into(), minor });
        Exchange { rate: rate.map(|rate| Rate::from_decimal(rate).expect("a rate")), own }
    }

    #[test]
    fn rate_is_a_decimal_above_zero() {
        for text in ["11.5", "0.0725", "1", "11.50"] {
            assert_eq!(Rate::from_decimal(text).as_ref().map(Rate::as_str), Some(text));
        }
        for text in ["", "0", "0.00", "-1", "11,5", "1.", ".5", "1e3", "12345678901", "1.12345678901"] {
            assert_eq!(Rate::from_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn worth_is_what_the_source_says_or_what_its_rate_makes() {
        let worth = |code: &str, minor, exchange: Exchange| {
            exchange.worth(Money::from_minor(minor, currency(code)), currency("NOK"))
        };
        assert_eq!(worth("EUR", 10_000, exchange(None, None)), Ok(None));
        assert_eq!(worth("EUR", 10_000, exchange(Some("11.5"), None)), Ok(Some(115_000)));
        assert_eq!(worth("EUR", -10_001, exchange(Some("11.5"), None)), Ok(Some(-115_012)));
        assert_eq!(worth("JPY", 1_000, exchange(Some("0.0725"), None)), Ok(Some(7_250)));
        assert_eq!(worth("EUR", 10_000, exchange(None, Some(114_963))), Ok(Some(114_963)));
        // The rate was rounded to two digits, and the worth was not.
        assert_eq!(worth("EUR", 10_000, exchange(Some("11.50"), Some(114_963))), Ok(Some(114_963)));
        for contradiction in [exchange(Some("11.50"), Some(114_900)), exchange(None, Some(-115_000))] {
            let held = worth("EUR", 10_000, contradiction);
            assert!(matches!(held, Err(HoldReason::ExchangeContradicts { .. })), "{held:?}");
        }
    }

    #[test]
    fn shares_sum_to_the_whole() {
        assert_eq!(shares(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(shares(-100, &[-3, 1]), [-150, 50]);
        assert_eq!(shares(7, &[]), Vec::<i64>::new());
    }
}
