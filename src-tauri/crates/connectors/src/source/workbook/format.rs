//! Finds the currency that a number format shows: `[$€-407] #,##0.00`, `#,##0.00 "kr"`.

use super::super::table::sign::Tag;

/// Returns the sign or code of a currency in a number format; `None` if it shows none.
pub(super) fn currency(format: &str) -> Option<String> {
    let (mut rest, mut bare) = (format, String::new());
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let quoted = match c {
            // The first part is that of positive amounts, and says enough.
            ';' => break,
            '"' => take(&mut rest, '"'),
            '[' => take(&mut rest, ']').strip_prefix('$').map_or("", of_locale),
            '\\' => {
                bare.extend(rest.chars().next());
                rest = rest.chars().next().map_or("", |next| &rest[next.len_utf8()..]);
                continue;
            }
            c => {
                bare.push(c);
                continue;
            }
        };
        if Tag::of(quoted.trim()).is_some() {
            return Some(quoted.trim().to_owned());
        }
    }
    let signs = bare.split(|c: char| !(c.is_alphabetic() || "€$£¥₹₺₽₪₩₴".contains(c)));
    signs.filter(|sign| !is_code_of_format(sign)).find(|sign| Tag::of(sign).is_some()).map(str::to_owned)
}

/// Returns the currency of a sign with the number of a locale: `kr-41D` is the Swedish one.
fn of_locale(tag: &str) -> &str {
    let Some((sign, locale)) = tag.rsplit_once('-') else { return tag };
    let is_krone = sign.trim().trim_end_matches('.').eq_ignore_ascii_case("kr");
    match locale.trim_start_matches('0').to_ascii_uppercase().as_str() {
        "41D" | "81D" if is_krone => "SEK",
        "406" if is_krone => "DKK",
        "40F" if is_krone => "ISK",
        "414" | "814" if is_krone => "NOK",
        _ => sign,
    }
}

/// Says whether letters are codes of the format itself: `General`, days, exponents.
fn is_code_of_format(letters: &str) -> bool {
    letters.chars().all(|c| "dmyhsegDMYHSEG".contains(c))
}

/// Takes the text up to a mark, which is taken as well.
fn take<'t>(rest: &mut &'t str, mark: char) -> &'t str {
    let (taken, behind) = rest.split_once(mark).unwrap_or((rest, ""));
    *rest = behind;
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currency_of_a_format_is_the_one_that_is_shown() {
        for (format, shown) in [
            ("[$€-407] #,##0.00", Some("€")),
            ("#,##0.00\\ [$€-1];[Red]-#,##0.00\\ [$€-1]", Some("€")),
            ("#,##0.00 \"kr\"", Some("kr")),
            ("#,##0.00\\ [$kr-41D]", Some("SEK")),
            ("[$kr.-406] #,##0.00", Some("DKK")),
            ("[$kr-414] #,##0.00", Some("NOK")),
            ("0.00\" skr\"", Some("skr")),
            ("\"kr\" #,##0.00;\"kr\" -#,##0.00", Some("kr")),
            ("[$NOK] #,##0.00", Some("NOK")),
            ("_-[$£-809]* #,##0.00_-", Some("£")),
            ("$#,##0.00", Some("$")),
            ("\\k\\r #,##0", Some("kr")),
            ("[$-414]#,##0.00", None),
            ("#,##0.00 \"stk\"", None),
            ("[Red]#,##0.00", None),
            ("General", None),
            ("0.00E+00", None),
            ("yyyy-mm-dd", None),
        ] {
            assert_eq!(currency(format).as_deref(), shown, "{format}");
        }
    }
}
