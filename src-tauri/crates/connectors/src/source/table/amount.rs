//! Reads amounts as people write them into plain decimals. Never rounds, never guesses.
//!
//! An amount with three digits behind its only mark (`12.500`) can be two amounts; which one is meant, the other
//! amounts of its column say, or nobody ([`Marks`]).

use std::borrow::Cow;

use super::DecimalSeparator;
use super::key::is_invisible;
use super::sign::{self, Tag};

/// Spaces that stand between groups of digits: plain, no-break, narrow no-break, thin, figure.
const SPACES: [char; 5] = [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\u{2007}'];
/// Apostrophes that stand there in Switzerland.
const APOSTROPHES: [char; 2] = ['\'', '\u{2019}'];

/// An amount as it is written: its sign, its digits, and the sign of a currency, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) is_negative: bool,
    /// The sign or code of a currency that stands at it.
    pub(crate) tag: Option<Tag>,
    form: Form,
}

/// The digits of an amount, as far as they say of themselves what their marks mean.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// No mark is a comma or a point: `1 249`.
    Whole(String),
    /// Commas or points stand between groups, and so are no decimal mark: `1.249.500`.
    Grouped { by: DecimalSeparator, digits: String },
    /// The mark can be nothing but the decimal one: `1.249,50`.
    Decimal { mark: DecimalSeparator, whole: String, fraction: String },
    /// There are three digits behind the only mark: `12.500`.
    Three { mark: DecimalSeparator, whole: String, fraction: String },
    /// A point stands behind an abbreviation, and would be the decimal mark where that is a point: `kr.50`.
    BehindPoint(String),
}

/// The amount that a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The plain decimal: `-1249.50`.
    Plain(String),
    /// There are two readings.
    Ambiguous,
    /// The text is no amount with this decimal mark.
    Unfit,
}

/// The proof that an amount alone gives of its decimal mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MarkProof {
    /// It has no mark: either reading is the same.
    None,
    /// It can be read in one way only.
    Mark(DecimalSeparator),
    /// Three digits stand behind its only mark: thousands, or decimals.
    Either,
}

/// The marks of a column, as its amounts prove them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    /// The first amount that can only have this decimal mark, with its line.
    comma: Option<(String, u64)>,
    point: Option<(String, u64)>,
    /// Whether an amount with three digits behind the mark can only be one of thousands: `1.249` kroner.
    groups_by_comma: bool,
    groups_by_point: bool,
    /// Whether decimals are written with three digits or more, or with fewer.
    has_three_decimals: bool,
    has_fewer_decimals: bool,
}

impl Written {
    /// Takes an amount apart; `None` if the text is none.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let visible: Cow<'_, str> = if text.chars().any(is_invisible) {
            text.chars().filter(|c| !is_invisible(*c)).collect()
        } else {
            Cow::Borrowed(text)
        };
        let text = visible.trim();
        // A spreadsheet's guard: what follows is a text.
        let parts = sign::take_apart(text.strip_prefix(APOSTROPHES).unwrap_or(text))?;
        let form = match parts.whole_mark {
            Some(mark) => Form::Decimal {
                mark,
                whole: ungrouped(parts.digits, mark.other())?.into_owned(),
                fraction: String::new(),
            },
            None if parts.is_behind_point => Form::BehindPoint(parts.digits.to_owned()),
            None => Form::of(parts.digits)?,
        };
        Some(Self { is_negative: parts.is_negative, tag: parts.tag, form })
    }

    /// Returns the amount that is meant, with that decimal mark, in a currency of so many decimals, among amounts that
    /// prove those marks.
    pub(crate) fn meaning(&self, separator: DecimalSeparator, decimals: u8, marks: &Marks) -> Meaning {
        let plain = |whole: &str, fraction: &str| self.plain(whole, fraction);
        match &self.form {
            Form::Whole(digits) => plain(digits, ""),
            Form::Grouped { by, digits } if *by != separator => plain(digits, ""),
            Form::Decimal { mark, whole, fraction } if *mark == separator => plain(whole, fraction),
            Form::Three { mark, whole, fraction } if *mark == separator => {
                // A fraction too fine for the currency is no thousand of it here; it is held for its decimals.
                let are_decimals = decimals >= 3
                    || exceeds(fraction, decimals)
                    || (marks.has_three_decimals && !marks.has_fewer_decimals);
                if are_decimals { plain(whole, fraction) } else { Meaning::Ambiguous }
            }
            Form::Three { whole, fraction, .. } => {
                let are_thousands = decimals < 3 && (exceeds(fraction, decimals) || marks.prove(separator));
                if are_thousands { plain(&format!("{whole}{fraction}"), "") } else { Meaning::Ambiguous }
            }
            Form::BehindPoint(_) if separator == DecimalSeparator::Point => Meaning::Ambiguous,
            Form::BehindPoint(digits) => match Form::of(digits) {
                Some(form) => {
                    Self { form, tag: None, is_negative: self.is_negative }.meaning(separator, decimals, marks)
                }
                None => Meaning::Unfit,
            },
            Form::Grouped { .. } | Form::Decimal { .. } => Meaning::Unfit,
        }
    }

    /// Says whether it has decimals or a mark between groups, and so is hardly a number of another kind.
    pub(crate) fn has_mark(&self) -> bool {
        !matches!(self.form, Form::Whole(_))
    }

    /// Returns the proof that it gives of its decimal mark.
    pub(crate) const fn proof(&self) -> MarkProof {
        match &self.form {
            Form::Whole(_) | Form::BehindPoint(_) => MarkProof::None,
            Form::Grouped { by, .. } => MarkProof::Mark(by.other()),
            Form::Decimal { mark, .. } => MarkProof::Mark(*mark),
            Form::Three { .. } => MarkProof::Either,
        }
    }

    /// Returns the amount in hundredths, for comparisons between columns; `None` for one with more decimals. Three
    /// digits behind the only mark are thousands.
    pub(crate) fn hundredths(&self) -> Option<i64> {
        let (whole, fraction) = match &self.form {
            Form::Whole(digits) | Form::Grouped { digits, .. } => (digits.clone(), ""),
            Form::Decimal { whole, fraction, .. } => (whole.clone(), fraction.as_str()),
            Form::Three { whole, fraction, .. } => (format!("{whole}{fraction}"), ""),
            Form::BehindPoint(_) => return None,
        };
        let number: i64 = format!("{whole}{fraction:0<2}").parse().ok().filter(|_| fraction.len() <= 2)?;
        Some(if self.is_negative { -number } else { number })
    }

    /// Returns the same of a number that a workbook stores: its point is the decimal mark.
    pub(crate) fn stored_hundredths(&self) -> Option<i64> {
        match &self.form {
            Form::Three { .. } => None,
            _ => self.hundredths(),
        }
    }

    fn plain(&self, whole: &str, fraction: &str) -> Meaning {
        let sign = if self.is_negative { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { whole };
        Meaning::Plain(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
    }
}

impl Form {
    fn of(digits: &str) -> Option<Self> {
        let (commas, points) = (digits.matches(',').count(), digits.matches('.').count());
        let separator = |mark: char| if mark == ',' { DecimalSeparator::Comma } else { DecimalSeparator::Point };
        let Some(last) = digits.rfind([',', '.']) else {
            return Some(Self::Whole(ungrouped(digits, DecimalSeparator::Comma)?.into_owned()));
        };
        let (before, fraction) = (&digits[..last], &digits[last + 1..]);
        let mark = separator(digits[last..].chars().next()?);
        let (same, others) = if mark == DecimalSeparator::Comma { (commas, points) } else { (points, commas) };
        if same > 1 {
            // Groups end the text, or the text is no amount.
            let digits = (others == 0).then(|| ungrouped(digits, mark)).flatten()?;
            return Some(Self::Grouped { by: mark, digits: digits.into_owned() });
        }
        if !is_digits(fraction) || (before.is_empty() && others > 0) {
            return None;
        }
        let whole = if before.is_empty() { Cow::Borrowed("") } else { ungrouped(before, mark.other())? };
        let can_be_group = is_digits(before) && before.len() <= 3 && !before.starts_with('0');
        let (whole, fraction) = (whole.into_owned(), fraction.to_owned());
        Some(if fraction.len() == 3 && can_be_group {
            Self::Three { mark, whole, fraction }
        } else {
            Self::Decimal { mark, whole, fraction }
        })
    }
}

impl Marks {
    /// Takes an amount of the column into account.
    pub(crate) fn see(&mut self, written: &Written, decimals: u8, text: &str, line: u64) {
        let example = || Some((crate::text::bounded(text, crate::text::GLIMPSE_CHARS_MAX), line));
        match &written.form {
            Form::Whole(_) | Form::BehindPoint(_) => {}
            Form::Decimal { mark, fraction, .. } => {
                let place = self.place(*mark);
                if place.is_none() {
                    *place = example();
                }
                self.has_three_decimals |= fraction.len() >= 3;
                self.has_fewer_decimals |= fraction.len() < 3;
            }
            Form::Grouped { by, .. } => {
                let place = self.place(by.other());
                if place.is_none() {
                    *place = example();
                }
            }
            Form::Three { mark, fraction, .. } if decimals < 3 && exceeds(fraction, decimals) => match mark {
                DecimalSeparator::Comma => self.groups_by_comma = true,
                DecimalSeparator::Point => self.groups_by_point = true,
            },
            Form::Three { .. } => {}
        }
    }

    /// Returns the first amount that can only have that decimal mark, with its line.
    pub(crate) fn example(&self, mark: DecimalSeparator) -> Option<&(String, u64)> {
        match mark {
            DecimalSeparator::Comma => self.comma.as_ref(),
            DecimalSeparator::Point => self.point.as_ref(),
        }
    }

    /// Says whether the column proves that this is its decimal mark.
    pub(crate) fn prove(&self, mark: DecimalSeparator) -> bool {
        let groups = match mark {
            DecimalSeparator::Comma => self.groups_by_point,
            DecimalSeparator::Point => self.groups_by_comma,
        };
        self.example(mark.other()).is_none() && (groups || self.example(mark).is_some())
    }

    fn place(&mut self, mark: DecimalSeparator) -> &mut Option<(String, u64)> {
        match mark {
            DecimalSeparator::Comma => &mut self.comma,
            DecimalSeparator::Point => &mut self.point,
        }
    }
}

/// Says whether a fraction has more digits than the currency, zeros aside.
fn exceeds(fraction: &str, decimals: u8) -> bool {
    fraction.trim_end_matches('0').len() > usize::from(decimals)
}

fn is_digits(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the digits of groups: three each, the first one to three, with one and the same mark between them. Between
/// commas there may be lakhs: two each, and three at the end.
fn ungrouped(whole: &str, mark: DecimalSeparator) -> Option<Cow<'_, str>> {
    if is_digits(whole) {
        return Some(Cow::Borrowed(whole));
    }
    let is_mark = |c: char| SPACES.contains(&c) || APOSTROPHES.contains(&c) || c == mark.mark();
    let between = whole.chars().find(|c| is_mark(*c))?;
    let groups: Vec<&str> = whole.split(between).collect();
    let (first, rest) = groups.split_first()?;
    let (last, middle) = rest.split_last()?;
    let are = |length: usize| middle.iter().all(|group| group.len() == length);
    let are_lakhs = between == ',' && !middle.is_empty() && are(2) && first.len() <= 2;
    let is_well = groups.iter().all(|group| is_digits(group)) && last.len() == 3 && first.len() <= 3;
    (is_well && (are(3) || are_lakhs)).then(|| Cow::Owned(groups.concat()))
}

#[cfg(test)]
mod tests;
