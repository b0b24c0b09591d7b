//! Takes the signs off an amount: plus and minus in all their forms, parentheses, and the sign of a currency.

use postonce_engine::domain::Currency;

use super::DecimalSeparator;

/// Hyphens, dashes and the minus, any of which is one in front of a number or behind it.
const MINUS: [char; 9] =
    ['-', '\u{2212}', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{fe63}', '\u{ff0d}'];

/// Signs and words for currencies, and the codes that each may stand for.
const TAGS: &[(&str, &[&str])] = &[
    ("kr", &["NOK", "SEK", "DKK", "ISK"]),
    ("kroner", &["NOK", "DKK"]),
    ("kronor", &["SEK"]),
    ("€", &["EUR"]),
    ("euro", &["EUR"]),
    ("£", &["GBP"]),
    ("$", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "NAD", "FJD", "JMD"]),
    ("us$", &["USD"]),
    ("ca$", &["CAD"]),
    ("a$", &["AUD"]),
    ("r$", &["BRL"]),
    ("¥", &["JPY", "CNY"]),
    ("₹", &["INR"]),
    ("rs", &["INR", "PKR", "LKR", "NPR", "MUR"]),
    ("fr", &["CHF"]),
    ("sfr", &["CHF"]),
    ("zł", &["PLN"]),
    ("kč", &["CZK"]),
    ("ft", &["HUF"]),
    ("lei", &["RON"]),
    ("₺", &["TRY"]),
    ("₽", &["RUB"]),
    ("₪", &["ILS"]),
    ("₩", &["KRW"]),
    ("₴", &["UAH"]),
    ("₫", &["VND"]),
    ("₦", &["NGN"]),
    ("฿", &["THB"]),
];

/// The sign or code of a currency at an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// A sign that may stand for each of these.
    Sign(&'static [&'static str]),
    /// A code.
    Code(Currency),
}

impl Tag {
    /// Returns the tag of that text; `None` if it means no currency.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let folded = text.trim_end_matches('.').to_lowercase();
        match TAGS.iter().find(|(sign, _)| *sign == folded) {
            Some((_, codes)) => Some(Self::Sign(codes)),
            None => Currency::from_code(&folded.to_uppercase()).map(Self::Code),
        }
    }

    /// Says whether it can stand at an amount of this currency.
    pub(crate) fn fits(self, currency: Currency) -> bool {
        match self {
            Self::Sign(codes) => codes.contains(&currency.code()),
            Self::Code(code) => code == currency,
        }
    }
}

/// The parts of an amount.
pub(super) struct Parts<'a> {
    pub(super) is_negative: bool,
    pub(super) tag: Option<Tag>,
    /// The digits and the marks between them.
    pub(super) digits: &'a str,
    /// The decimal mark of an amount that ends without decimals: `249,-`.
    pub(super) whole_mark: Option<DecimalSeparator>,
    /// Whether a point stands between an abbreviation and the digits.
    pub(super) is_behind_point: bool,
}

/// Takes an amount apart; `None` if a sign stands there twice, or something that is no sign.
pub(super) fn take_apart(text: &str) -> Option<Parts<'_>> {
    let mut signs = Signs { rest: text, sign: None, is_open: false, tag: None, is_behind_point: false };
    signs.take_before()?;
    let whole_mark = signs.take_behind()?;
    let Signs { rest: digits, sign, is_open, tag, is_behind_point } = signs;
    if is_open || !digits.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Parts { is_negative: sign == Some(true), tag, digits, whole_mark, is_behind_point })
}

struct Signs<'a> {
    rest: &'a str,
    /// Whether there is a sign, and it is a minus.
    sign: Option<bool>,
    /// Whether a parenthesis is open, which is a minus as well.
    is_open: bool,
    tag: Option<Tag>,
    is_behind_point: bool,
}

impl Signs<'_> {
    fn take_before(&mut self) -> Option<()> {
        loop {
            self.rest = self.rest.trim_start();
            let first = self.rest.chars().next()?;
            if MINUS.contains(&first) || matches!(first, '+' | '(') {
                self.set_sign(first != '+')?;
                self.is_open = first == '(';
                self.rest = &self.rest[first.len_utf8()..];
            } else if is_of_tag(first) {
                let end = self.rest.find(|c| !is_of_tag(c)).unwrap_or(self.rest.len());
                let (tag, behind) = self.rest.split_at(end);
                self.set_tag(tag)?;
                let is_word = first.is_alphabetic();
                self.rest = behind.strip_prefix('.').filter(|_| is_word).unwrap_or(behind);
                self.is_behind_point =
                    self.rest.len() < behind.len() && self.rest.starts_with(|c: char| c.is_ascii_digit());
            } else {
                return Some(());
            }
        }
    }

    fn take_behind(&mut self) -> Option<Option<DecimalSeparator>> {
        loop {
            self.rest = self.rest.trim_end();
            let last = self.rest.chars().next_back()?;
            if last == ')' && self.is_open {
                self.is_open = false;
                self.rest = &self.rest[..self.rest.len() - 1];
            } else if MINUS.contains(&last) {
                let before = self.rest.trim_end_matches(MINUS);
                for (mark, separator) in [(',', DecimalSeparator::Comma), ('.', DecimalSeparator::Point)] {
                    if let Some(digits) = before.strip_suffix(mark) {
                        self.rest = digits.trim_end();
                        return Some(Some(separator));
                    }
                }
                self.set_sign(true)?;
                self.rest = &self.rest[..self.rest.len() - last.len_utf8()];
            } else if is_of_tag(last)
                || (last == '.' && self.rest[..self.rest.len() - 1].ends_with(char::is_alphabetic))
            {
                let word = self.rest.trim_end_matches('.');
                let start = word
                    .rfind(|c| !is_of_tag(c))
                    .map_or(0, |at| at + word[at..].chars().next().map_or(0, char::len_utf8));
                let (before, tag) = word.split_at(start);
                self.set_tag(tag)?;
                self.rest = before;
            } else {
                return Some(None);
            }
        }
    }

    fn set_sign(&mut self, is_minus: bool) -> Option<()> {
        self.sign.replace(is_minus).is_none().then_some(())
    }

    fn set_tag(&mut self, text: &str) -> Option<()> {
        let tag = Tag::of(text)?;
        self.tag.replace(tag).is_none().then_some(())
    }
}

fn is_of_tag(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '$' | '£' | '¥' | '\u{20a0}'..='\u{20cf}' | '฿')
}
