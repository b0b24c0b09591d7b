//! Makes texts from outside fit to be shown: bounded, on one line, without control characters.

/// The largest part of a foreign text that is shown, in characters.
pub(crate) const DETAIL_CHARS_MAX: usize = 300;
/// The largest part of a row or value that is shown, in characters; enough to find it.
pub(crate) const GLIMPSE_CHARS_MAX: usize = 120;

/// Returns the text on one line, with control characters as spaces, and an ellipsis if more than `chars_max` were cut.
pub(crate) fn bounded(text: &str, chars_max: usize) -> String {
    let mut chars = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut shown: String = chars.by_ref().take(chars_max).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown.trim_end().to_owned()
}

/// Returns the name of a person as the other side gives it, fit to be shown; `None` if nothing is left.
pub(crate) fn name_of_person(text: &str) -> Option<String> {
    const NAME_CHARS_MAX: usize = 80;
    Some(bounded(text, NAME_CHARS_MAX)).filter(|name| !name.is_empty())
}

/// Returns the text with characters that cannot be seen made visible: `a\tb`.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(GLIMPSE_CHARS_MAX) {
        let outside = c.is_control() || matches!(c, '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}');
        if outside { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    if text.chars().nth(GLIMPSE_CHARS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// Returns the most alike of the candidates; the empty text if there are none. The time it takes grows with the product
/// of the lengths, so that only their beginnings are compared.
pub(crate) fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> &'a str {
    let folded = |text: &str| text.chars().take(GLIMPSE_CHARS_MAX).collect::<String>().to_lowercase();
    let text = folded(text);
    let likeness = |candidate: &str| strsim::normalized_damerau_levenshtein(&text, &folded(candidate));
    candidates.max_by(|left, right| likeness(left).total_cmp(&likeness(right))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_cut_and_put_on_one_line() {
        assert_eq!(bounded(" a\r\nb\u{7} ", 10), "a  b");
        assert_eq!(bounded("blåbær", 3), "blå…");
    }

    #[test]
    fn invisible_characters_are_made_visible() {
        assert_eq!(visible(" a\tb\u{a0}"), " a\\tb\\u{a0}");
        assert_eq!(visible(&"x".repeat(121)).chars().count(), 121);
    }

    #[test]
    fn nearest_name_is_found_in_any_case() {
        assert_eq!(nearest("beløp", ["Dato", "Beløp (NOK)", "Belop"].into_iter()), "Belop");
        assert_eq!(nearest("x", std::iter::empty()), "");
    }
}
