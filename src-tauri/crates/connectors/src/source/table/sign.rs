//! Takes the signs off an amount: plus and minus in all their forms, parentheses, and the sign of a currency.

use postonce_engine::domain::Currency;

use super::DecimalSeparator;

/// Hyphens, dashes and the minus, any of which is one in front of a number or behind it.
const MINUS: [char; 9] =
    ['-', '\u{2212}', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{fe63}', '\u{ff0d}'];

/// Signs and words for currencies, and the codes that each may stand for.
const TAGS: &[(&str, &[&str])] = &[
    ("kr", &["NOK", "SEK", "DKK", "ISK"]),
    ("skr", &["SEK"]),
    ("dkr", &["DKK"]),
    ("nkr", &["NOK"]),
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

/// The currencies in which people are reimbursed. Other codes are words as well: `ALL`, `TOP`.
const USUAL: [&str; 22] = [
    "NOK", "SEK", "DKK", "ISK", "EUR", "USD", "GBP", "CHF", "PLN", "CZK", "HUF", "RON", "CAD", "AUD", "NZD", "JPY",
    "CNY", "INR", "ZAR", "KES", "UAH", "TRY",
];

/// Signs that are words of languages as well.
const WORDS: [&str; 5] = ["rs", "fr", "ft", "lei", "a$"];

/// The numbers of ISO 4217 of those currencies that people are reimbursed in most.
const NUMBERS: [(&str, &str); 8] = [
    ("578", "NOK"),
    ("752", "SEK"),
    ("208", "DKK"),
    ("352", "ISK"),
    ("978", "EUR"),
    ("840", "USD"),
    ("826", "GBP"),
    ("756", "CHF"),
];

/// Names of currencies, as people write them into a column or a title.
const NAMES: &[(&str, &[&str])] = &[
    ("euros", &["EUR"]),
    ("dollar", &["USD", "CAD", "AUD", "NZD"]),
    ("dollars", &["USD", "CAD", "AUD", "NZD"]),
    ("us dollar", &["USD"]),
    ("us dollars", &["USD"]),
    ("amerikanske dollar", &["USD"]),
    ("pund", &["GBP"]),
    ("pound", &["GBP"]),
    ("pounds", &["GBP"]),
    ("british pound", &["GBP"]),
    ("pound sterling", &["GBP"]),
    ("britiske pund", &["GBP"]),
    ("norske kroner", &["NOK"]),
    ("norsk krone", &["NOK"]),
    ("norwegian krone", &["NOK"]),
    ("norwegian kroner", &["NOK"]),
    ("svenske kroner", &["SEK"]),
    ("svenska kronor", &["SEK"]),
    ("svensk krona", &["SEK"]),
    ("swedish krona", &["SEK"]),
    ("swedish kronor", &["SEK"]),
    ("danske kroner", &["DKK"]),
    ("dansk krone", &["DKK"]),
    ("danish krone", &["DKK"]),
    ("danish kroner", &["DKK"]),
    ("krone", &["NOK", "DKK"]),
    ("krona", &["SEK", "ISK"]),
    ("sveitsiske franc", &["CHF"]),
    ("swiss franc", &["CHF"]),
    ("swiss francs", &["CHF"]),
    ("schweizer franken", &["CHF"]),
    ("zloty", &["PLN"]),
    ("polske zloty", &["PLN"]),
    ("yen", &["JPY"]),
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

    /// Returns the currency that a whole cell or a word of a title means: a sign, a name, or the code of one in which
    /// people are reimbursed.
    pub(crate) fn named(text: &str) -> Option<Self> {
        const CHARS_MAX: usize = 24;
        let text = text.trim();
        if text.is_empty() || text.len() > CHARS_MAX {
            return None;
        }
        let name = text.trim_end_matches('.').to_lowercase();
        if let Some((_, codes)) = NAMES.iter().find(|(known, _)| *known == name) {
            return Some(Self::Sign(codes));
        }
        // `EUR - Euro`, `EUR (€)`.
        let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        let first = words.next().filter(|first| USUAL.contains(first) && first.len() < text.len());
        if let Some(code) = first {
            return Currency::from_code(code).map(Self::Code);
        }
        let code = name.to_uppercase();
        let is_usual = USUAL.contains(&code.as_str());
        let is_sign = !WORDS.contains(&name.as_str()) && TAGS.iter().any(|(sign, _)| *sign == name);
        Self::of(text).filter(|_| is_usual || is_sign)
    }

    /// Returns the currency with this number of ISO 4217, of a cell that can be nothing but a currency.
    pub(crate) fn numbered(text: &str) -> Option<Self> {
        let (_, code) = NUMBERS.iter().find(|(number, _)| *number == text.trim())?;
        Currency::from_code(code).map(Self::Code)
    }

    /// Returns the currency that a title names: `Amount (EUR)`, `Beløp i euro`.
    pub(crate) fn in_title(title: &str) -> Option<Self> {
        // Small letters that happen to be a code are a word more often than a currency.
        let may_be_one = |word: &&str| {
            let is_word = matches!(word.to_ascii_lowercase().as_str(), "try" | "ron" | "huf");
            !is_word || word.chars().all(char::is_uppercase)
        };
        title.split(|c| !is_of_tag(c)).filter(may_be_one).find_map(Self::named)
    }

    /// Returns the currency, if it can only be one.
    pub(crate) fn only(self) -> Option<Currency> {
        match self {
            Self::Code(currency) => Some(currency),
            Self::Sign([code]) => Currency::from_code(code),
            Self::Sign(_) => None,
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
