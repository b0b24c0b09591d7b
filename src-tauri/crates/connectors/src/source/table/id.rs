//! Reads the id of a row: as the platform wrote it, without what spreadsheets and scripts put around it.

use postonce_engine::domain::{HoldReason, RecordId, RecordIdError};

use super::CellKind;
use super::key::is_invisible;
use super::titles::is_nothing;
use crate::text::visible;

/// Pairs of quotes that stand around a text.
const QUOTES: [(char, char); 6] = [
    ('"', '"'),
    ('\'', '\''),
    ('\u{201c}', '\u{201d}'),
    ('\u{201e}', '\u{201c}'),
    ('«', '»'),
    ('\u{2018}', '\u{2019}'),
];

/// The significant digits that a spreadsheet keeps of a number; those of a longer one are no longer the platform's.
const DIGITS_KEPT: usize = 15;

/// Returns the id that stands in these cells, one for each of its parts. `are_rounded`: the long numbers of the file end
/// in zeros as those do that a spreadsheet rounded.
///
/// # Errors
/// If a part is missing, or is none.
pub(super) fn id<'a>(
    cells: impl ExactSizeIterator<Item = (&'a str, CellKind)>,
    are_rounded: bool,
) -> Result<RecordId, HoldReason> {
    let is_single = cells.len() == 1;
    let mut joined = String::new();
    for (cell, kind) in cells {
        let part = bare(cell);
        if part.is_empty()
            || (is_nothing(&part) && !part.chars().all(|c| matches!(c, '/' | '\\')))
            || part.chars().all(|c| c == '#')
            || part.starts_with("#N/")
        {
            return Err(HoldReason::IdMissing);
        }
        let may_be_rounded = kind == CellKind::Number && is_rounded(&part);
        if is_scientific(&part) || may_be_rounded || (are_rounded && zeros_beyond(&part).is_some_and(|zeros| zeros > 0))
        {
            return Err(HoldReason::IdScientific { found: visible(cell.trim()) });
        }
        if is_single {
            joined = part;
        } else {
            if !joined.is_empty() {
                joined.push('/');
            }
            // Two ids of different parts are never the same.
            part.chars().for_each(|c| {
                if matches!(c, '/' | '\\') {
                    joined.push('\\');
                }
                joined.push(c);
            });
        }
    }
    RecordId::new(joined.clone()).map_err(|error| match error {
        RecordIdError::Empty => HoldReason::IdMissing,
        _ => HoldReason::IdInvalid { found: visible(&joined) },
    })
}

/// Returns a cell without spaces around it, characters that cannot be seen, and the ways in which an id is kept from a
/// spreadsheet: `="000123"`, quotes, an apostrophe before it.
pub(crate) fn bare(cell: &str) -> String {
    let seen: String = cell.chars().filter(|c| !is_invisible(*c)).collect();
    let mut text = seen.trim();
    if let Some(quoted) = text.strip_prefix('=').map(str::trim_start).filter(|rest| rest.starts_with('"')) {
        text = quoted;
    }
    for (open, close) in QUOTES {
        let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| !inner.contains([open, close])) {
            return inner.trim().to_owned();
        }
    }
    text.strip_prefix('\'').unwrap_or(text).trim().to_owned()
}

/// Says whether a text is a long number as a spreadsheet or a script shows it: `1,23457E+11`, `1.23457e11`.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once([',', '.']).unwrap_or((mantissa, ""));
    // `1E11` and `2E-3` may be ids; with a plus or a fraction it is a number.
    let is_number = exponent.starts_with('+') || digits(fraction);
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let has_exponent = digits(exponent) && exponent.len() <= 3;
    is_number && has_exponent && whole.len() == 1 && digits(whole) && (fraction.is_empty() || digits(fraction))
}

/// Returns the number of digits beyond those that a spreadsheet keeps, if all of them are zeros; none for a text that is
/// no number.
pub(crate) fn zeros_beyond(text: &str) -> Option<usize> {
    let digits = text.trim().trim_start_matches('0');
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let beyond = digits.get(DIGITS_KEPT..).unwrap_or_default();
    beyond.bytes().all(|byte| byte == b'0').then_some(beyond.len())
}

/// Says whether a number that a workbook stores has more digits than it keeps, so that other numbers are stored as the
/// same.
pub(crate) fn is_rounded(number: &str) -> bool {
    number.bytes().filter(u8::is_ascii_digit).count() > DIGITS_KEPT
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(cells: &[&str]) -> Result<String, HoldReason> {
        id(cells.iter().map(|cell| (*cell, CellKind::Text)), false).map(|id| id.as_str().to_owned())
    }

    #[test]
    fn id_is_read_without_what_was_put_around_it() {
        for cell in [
            "000123",
            " 000123 ",
            "000123\u{a0}",
            "=\"000123\"",
            "= \"000123\"",
            "\"000123\"",
            "'000123'",
            "'000123",
            "\u{201c}000123\u{201d}",
            "\u{feff}000123",
            "000\u{200b}123",
            "000\u{ad}123",
            "\u{202a}000123\u{202c}",
        ] {
            assert_eq!(of(&[cell]).as_deref(), Ok("000123"), "{cell:?}");
        }
        for id in ["A/1", "E-1\"", "1E11", "12E+4", "2E-3", "=A1", "1E5", "O'Brien", "a \"b\" c", "\"a\" \"b\""] {
            assert_eq!(of(&[id]).as_deref(), Ok(id), "{id}");
        }
    }

    #[test]
    fn rounded_number_is_no_id() {
        for cell in ["1,23457E+11", "2,19E+26", "1.23457E+11", "1e+5", " 9E+100", "1,23456e5", "1.5E11", "1.2E-3"] {
            assert!(matches!(of(&[cell]), Err(HoldReason::IdScientific { .. })), "{cell}");
        }
        for cell in ["", "  ", "\u{200b}", "=\"\"", "nan", "=\"NaN\""] {
            assert_eq!(of(&[cell]), Err(HoldReason::IdMissing), "{cell:?}");
        }
        assert_eq!(of(&["A\tB"]), Err(HoldReason::IdInvalid { found: "A\\tB".into() }));
    }

    #[test]
    fn long_number_of_a_workbook_is_no_id() {
        let of = |cell, kind| id([(cell, kind)].into_iter(), false).map(|id| id.as_str().to_owned());
        for number in ["12345678901234568", "1000000000000000", "1000000000000000000000", "-9007199254740992"] {
            let found = number.to_owned();
            assert_eq!(of(number, CellKind::Number), Err(HoldReason::IdScientific { found }));
            assert_eq!(of(number, CellKind::Text).as_deref(), Ok(number));
        }
        assert_eq!(of("123456789012345", CellKind::Number).as_deref(), Ok("123456789012345"));
        let parts = [("R-7", CellKind::Text), ("12345678901234568", CellKind::Number)];
        assert!(matches!(id(parts.into_iter(), false), Err(HoldReason::IdScientific { .. })));
    }

    #[test]
    fn long_number_that_ends_in_zeros_is_no_id_among_its_like() {
        let of = |cell| id([(cell, CellKind::Text)].into_iter(), true).map(|id| id.as_str().to_owned());
        assert!(matches!(of("1234567890123450000"), Err(HoldReason::IdScientific { .. })));
        for whole in ["1234567890123456789", "123456789012345", "1000", "A-10000000000000000000"] {
            assert_eq!(of(whole).as_deref(), Ok(whole));
        }
        for (number, zeros) in
            [("1234567890123450000", Some(4)), ("100", Some(0)), ("1234567890123456", None), ("A", None)]
        {
            assert_eq!(zeros_beyond(number), zeros, "{number}");
        }
    }

    #[test]
    fn id_of_several_parts_is_joined() {
        assert_eq!(of(&["R-7", " 1"]).as_deref(), Ok("R-7/1"));
        assert_eq!(of(&["R-7", ""]), Err(HoldReason::IdMissing));
        assert_eq!(of(&["R/7", "\\1"]).as_deref(), Ok("R\\/7/\\\\1"));
    }

    proptest! {
        #[test]
        fn ids_of_other_parts_are_never_the_same(one in prop::array::uniform2("[/\\\\a1]{1,3}"), other in prop::array::uniform2("[/\\\\a1]{1,3}")) {
            let joined = |parts: &[String; 2]| of(&[&parts[0], &parts[1]]);
            prop_assert_eq!(joined(&one) == joined(&other), one == other);
        }

        #[test]
        fn id_is_itself_through_every_way_of_guarding_it(id in "[A-Za-z0-9][-A-Za-z0-9._/ ]{0,10}[A-Za-z0-9]", way in 0usize..8) {
            let cell = match way {
                0 => id.clone(),
                1 => format!("  {id} "),
                2 => format!("=\"{id}\""),
                3 => format!("\"{id}\""),
                4 => format!("'{id}"),
                5 => format!("\u{feff}{id}\u{200b}"),
                6 => format!("\u{a0}{id}\u{202f}"),
                _ => format!("\u{2068}{id}\u{2069}"),
            };
            let read = of(&[&cell]);
            let is_none = is_scientific(&id) || is_nothing(&id);
            prop_assert!(read.as_deref() == Ok(id.as_str()) || is_none, "{:?} {:?}", cell, read);
        }

        #[test]
        fn id_takes_any_text_without_a_panic(cell in ".*", other in ".*") {
            let _ = (of(&[&cell]), of(&[&cell, &other]));
        }
    }
}
