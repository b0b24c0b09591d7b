//! Writes rows of separated cells. No content of a cell can end its cell or its row: it is quoted, or refused.

use crate::letters::{Encoding, UTF8_MARK};
use crate::refusal::{Field, Problem, Refusal};
use crate::voucher::Voucher;

/// The way of a format with quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quoting {
    /// No importer is known to understand quotes: a cell that would need them is refused, a text loses what would.
    Never,
    /// Cells that need quotes have them, and a quote in a cell is doubled.
    #[default]
    WhenNeeded,
    /// Every text has quotes, and a quote in it is doubled.
    Texts,
}

/// The look of the rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) encoding: Encoding,
    pub(crate) delimiter: char,
    pub(crate) quoting: Quoting,
}

/// The rows of a file in the making.
pub(crate) struct Rows {
    style: Style,
    bytes: Vec<u8>,
    is_at_start: bool,
}

impl Rows {
    pub(crate) fn new(style: Style) -> Self {
        let bytes = if style.encoding == Encoding::Utf8WithMark { UTF8_MARK.to_vec() } else { Vec::new() };
        Self { style, bytes, is_at_start: true }
    }

    /// Appends a cell for a number, a date or a code.
    pub(crate) fn bare(&mut self, origin: &Origin<'_>, content: &str) -> Result<(), Refusal> {
        self.cell(origin, content, false)
    }

    /// Appends a cell for a text.
    pub(crate) fn text(&mut self, origin: &Origin<'_>, content: &str) -> Result<(), Refusal> {
        self.cell(origin, content, true)
    }

    /// Appends this many empty cells.
    pub(crate) fn skip(&mut self, cells: usize) {
        for _ in 0..cells {
            self.separate();
        }
    }

    pub(crate) fn end_row(&mut self) {
        self.bytes.extend_from_slice(b"\r\n");
        self.is_at_start = true;
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn cell(&mut self, origin: &Origin<'_>, content: &str, is_text: bool) -> Result<(), Refusal> {
        self.separate();
        if let Some(mark) = content.chars().find(|letter| letter.is_control()) {
            return Err(origin.refusal(Problem::Mark { mark }));
        }
        let is_special = |letter: char| letter == self.style.delimiter || letter == '"';
        let special = content.chars().find(|letter| is_special(*letter));
        let has_outer_space = content.starts_with(' ') || content.ends_with(' ');
        let is_quoted = match (self.style.quoting, special) {
            (Quoting::Never, Some(mark)) => return Err(origin.refusal(Problem::Mark { mark })),
            (Quoting::Never, None) => false,
            (Quoting::WhenNeeded, _) => special.is_some() || has_outer_space,
            (Quoting::Texts, _) => is_text || special.is_some() || has_outer_space,
        };
        let encoded = if is_quoted {
            let quoted = format!("\"{}\"", content.replace('"', "\"\""));
            self.style.encoding.encode(&quoted, &mut self.bytes)
        } else {
            self.style.encoding.encode(content, &mut self.bytes)
        };
        encoded.map_err(|letter| origin.refusal(Problem::Letter { letter, encoding: self.style.encoding }))
    }

    fn separate(&mut self) {
        if !self.is_at_start {
            let mut delimiter = [0; 4];
            self.bytes.extend_from_slice(self.style.delimiter.encode_utf8(&mut delimiter).as_bytes());
        }
        self.is_at_start = false;
    }
}

/// The origin of a cell's content, for a refusal.
pub(crate) struct Origin<'a> {
    pub(crate) voucher: Option<&'a Voucher>,
    pub(crate) field: Field,
}

impl<'a> Origin<'a> {
    pub(crate) fn of(voucher: &'a Voucher, field: Field) -> Self {
        Self { voucher: Some(voucher), field }
    }

    pub(crate) fn setting(name: impl Into<String>) -> Self {
        Self { voucher: None, field: Field::Setting(name.into()) }
    }

    pub(crate) fn refusal(&self, problem: Problem) -> Refusal {
        Refusal { reference: self.voucher.map(|voucher| voucher.reference.clone()), field: self.field.clone(), problem }
    }
}

/// Checks the length of a content that may not be shortened.
pub(crate) fn check_length(origin: &Origin<'_>, content: &str, max: usize) -> Result<(), Refusal> {
    let length = content.chars().count();
    if length > max { Err(origin.refusal(Problem::TooLong { length, max })) } else { Ok(()) }
}

/// Checks that a content is made of digits.
pub(crate) fn check_digits(origin: &Origin<'_>, content: &str) -> Result<(), Refusal> {
    let is_number = content.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { Ok(()) } else { Err(origin.refusal(Problem::NotDigits(content.to_owned()))) }
}
