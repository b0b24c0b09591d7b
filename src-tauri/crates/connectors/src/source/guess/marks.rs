//! Recognises amounts in any way of writing, and says whether they prove which mark stands before the decimals.

use super::super::table::DecimalSeparator;
use postonce_engine::domain::Currency;

/// The proof that an amount gives of the decimal mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// It has no mark: either reading is the same.
    None,
    /// It can be read in one way only.
    Mark(DecimalSeparator),
    /// Three digits stand behind its only mark: thousands, or decimals.
    Either,
}

/// Describes an amount as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written<'t> {
    pub(super) proof: Proof,
    pub(super) is_negative: bool,
    /// Whether it has a mark with decimals, or groups.
    pub(super) has_mark: bool,
    /// The sign or code of a currency beside it.
    pub(super) currency: &'t str,
    /// Its digits and marks alone.
    pub(super) digits: &'t str,
}

/// The dashes that people write for a minus.
const MINUS: [char; 6] = ['-', '\u{2212}', '\u{2013}', '\u{2014}', '\u{2010}', '\u{2011}'];

/// Returns what an amount shows; `None` for a text that is none.
pub(super) fn written(text: &str) -> Option<Written<'_>> {
    let text = text.trim().trim_start_matches('\'').trim();
    let first = text.find(|c: char| c.is_ascii_digit())?;
    // A mark may stand alone before the decimals: `,03`.
    let starts =
        text[..first].char_indices().next_back().filter(|(_, c)| matches!(c, '.' | ',')).map_or(first, |(at, _)| at);
    let ends = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (before, digits, behind) = (&text[..starts], &text[starts..ends], &text[ends..]);
    let in_brackets = before.contains('(') && behind.contains(')');
    let is_negative =
        in_brackets || before.contains(MINUS) || behind.trim_end().ends_with(MINUS) && !behind.starts_with([',', '.']);
    let has_other = |c: char| !(c.is_whitespace() || "()+'".contains(c) || MINUS.contains(&c));
    let word = |part: &'_ str| part.chars().any(has_other);
    let (before, behind) = (bare(before), bare(behind));
    let currency = match (word(before), word(behind)) {
        (true, true) => return None,
        (true, false) => before,
        (false, true) if matches!(behind, ",-" | ",\u{2013}" | ".-" | ",--") => "",
        (false, true) => behind,
        (false, false) => "",
    };
    if !(currency.is_empty() || is_currency(currency)) {
        return None;
    }
    let proof = proof(digits)?;
    let has_mark = digits.contains(|c: char| !c.is_ascii_digit());
    Some(Written { proof, is_negative, has_mark, currency, digits })
}

/// Returns a part beside the digits without signs and spaces around it.
fn bare(part: &str) -> &str {
    if matches!(part.trim(), ",-" | ",\u{2013}" | ".-" | ",--") {
        return part.trim();
    }
    part.trim_matches(|c: char| c.is_whitespace() || "()+'".contains(c) || MINUS.contains(&c))
}

/// Says whether a text is the sign or code of a currency.
pub(super) fn is_currency(text: &str) -> bool {
    let text = text.trim();
    matches!(
        text.to_lowercase().as_str(),
        "kr" | "kr." | "€" | "£" | "$" | "us$" | "sfr" | "fr" | "fr." | "zł" | "₹" | "¥"
    ) || is_code(text)
}

/// Says whether a text is the code of a currency, in any case.
pub(super) fn is_code(text: &str) -> bool {
    text.len() == 3 && Currency::from_code(&text.to_ascii_uppercase()).is_some()
}

fn proof(digits: &str) -> Option<Proof> {
    use DecimalSeparator::{Comma, Point};

    let is_group = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}');
    if !digits.chars().all(|c| c.is_ascii_digit() || is_group(c) || matches!(c, '.' | ',')) {
        return None;
    }
    let separator = |mark: char| if mark == ',' { Comma } else { Point };
    let (commas, points) = (digits.matches(',').count(), digits.matches('.').count());
    let last = digits.rfind([',', '.']);
    let behind = |at: usize| digits.len() - at - 1;
    match (commas, points, last) {
        (0, 0, _) => is_grouped(digits, is_group).then_some(Proof::None),
        (1.., 1.., Some(at)) => {
            let mark = char::from(digits.as_bytes()[at]);
            let (whole, fraction) = (&digits[..at], &digits[at + 1..]);
            let is_well =
                !whole.contains(mark) && !fraction.contains(is_group) && is_grouped(whole, |c| matches!(c, ',' | '.'));
            is_well.then_some(Proof::Mark(separator(mark)))
        }
        (1, 0, Some(at)) | (0, 1, Some(at)) => {
            let mark = char::from(digits.as_bytes()[at]);
            let (whole, fraction) = (&digits[..at], &digits[at + 1..]);
            if fraction.contains(is_group) || !is_grouped(whole, is_group) {
                return None;
            }
            let could_be_thousands = behind(at) == 3
                && (1..=3).contains(&whole.len())
                && !whole.starts_with('0')
                && whole.bytes().all(|byte| byte.is_ascii_digit());
            Some(if could_be_thousands { Proof::Either } else { Proof::Mark(separator(mark)) })
        }
        // The mark of groups proves that the other is decimal.
        (_, _, Some(at)) => {
            let mark = char::from(digits.as_bytes()[at]);
            is_grouped(digits, |c| c == mark).then(|| Proof::Mark(separator(mark).other()))
        }
        (_, _, None) => None,
    }
}

/// Says whether digits stand in groups: the last of three, those before it of two or three, as in lakhs.
fn is_grouped(digits: &str, is_mark: impl Fn(char) -> bool + Copy) -> bool {
    let mut groups: Vec<&str> = digits.split(is_mark).collect();
    let (first, last) = (groups.remove(0), groups.pop());
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(first)
        && last.is_none_or(|last| last.len() == 3 && is_digits(last) && (1..=3).contains(&first.len()))
        && groups.iter().all(|group| matches!(group.len(), 2 | 3) && is_digits(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_proves_its_mark_or_does_not() {
        use DecimalSeparator::{Comma, Point};

        for (text, proof) in [
            ("100", Proof::None),
            ("1 249", Proof::None),
            ("1'249", Proof::None),
            ("99,90", Proof::Mark(Comma)),
            ("99.9", Proof::Mark(Point)),
            ("25,000", Proof::Either),
            ("1.249", Proof::Either),
            ("0,500", Proof::Mark(Comma)),
            ("1234,567", Proof::Mark(Comma)),
            ("1.249,50", Proof::Mark(Comma)),
            ("1,249.50", Proof::Mark(Point)),
            ("1.249.500", Proof::Mark(Comma)),
            ("1,23,456", Proof::Mark(Point)),
            ("1,23,456.00", Proof::Mark(Point)),
            (",03", Proof::Mark(Comma)),
            ("1'249.50", Proof::Mark(Point)),
            ("7.000000", Proof::Mark(Point)),
        ] {
            assert_eq!(written(text).map(|it| it.proof), Some(proof), "{text}");
        }
    }

    #[test]
    fn sign_and_currency_beside_an_amount_are_seen() {
        for (text, is_negative, currency) in [
            ("kr 1 249,50", false, "kr"),
            ("249,-", false, ""),
            ("NOK 12", false, "NOK"),
            ("12,50 kr", false, "kr"),
            ("£1,183.23", false, "£"),
            ("-100", true, ""),
            ("100-", true, ""),
            ("\u{2212}5", true, ""),
            ("(12,50)", true, ""),
            ("($7.25)", true, "$"),
            ("-£3.20", true, "£"),
            ("+7", false, ""),
            ("'-5,00", true, ""),
        ] {
            let found = written(text).map(|it| (it.is_negative, it.currency));
            assert_eq!(found, Some((is_negative, currency)), "{text}");
        }
        for text in
            ["", "-", "Pending", "E-1", "12 km", "1e3", "04.03.2026", "12/5", "1.24,5.0", "2 stk", "12 34", "#12"]
        {
            assert_eq!(written(text), None, "{text}");
        }
    }
}
