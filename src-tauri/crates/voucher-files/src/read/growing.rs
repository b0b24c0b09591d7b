//! A voucher that is being read. Its bounds are the memory that a file can take, however long it is.

use chrono::NaiveDate;

use super::error::Fault;
use super::found::{FoundLine, FoundVoucher, Standing};

/// The lines of a voucher that are held at once.
const LINES_MAX: usize = 100_000;

/// The texts, references and ids of a voucher as a whole, each.
const TEXTS_MAX: usize = 64;

/// The bytes of texts and ids of a voucher that are held at once.
const VOUCHER_BYTES_MAX: usize = 32 * 1024 * 1024;

/// A voucher that is being read, within its bounds.
#[derive(Debug, Default)]
pub(super) struct Growing {
    pub(super) series: Option<String>,
    pub(super) number: Option<String>,
    pub(super) date: Option<NaiveDate>,
    texts: Vec<String>,
    source_ids: Vec<String>,
    lines: Vec<FoundLine>,
    bytes: usize,
}

impl Growing {
    pub(super) fn new(series: Option<String>, number: Option<String>, date: Option<NaiveDate>) -> Self {
        Self { series, number, date, ..Self::default() }
    }

    pub(super) fn add_text(&mut self, text: String) -> Result<(), Fault> {
        Self::add(&mut self.texts, &mut self.bytes, text)
    }

    pub(super) fn add_source_id(&mut self, id: String) -> Result<(), Fault> {
        Self::add(&mut self.source_ids, &mut self.bytes, id)
    }

    pub(super) fn add_line(&mut self, line: FoundLine) -> Result<(), Fault> {
        if self.lines.len() == LINES_MAX {
            return Err(Fault::TooManyLines(LINES_MAX));
        }
        let option = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let references: usize = line.references.iter().map(String::len).sum();
        grow(&mut self.bytes, line.account.len() + option(&line.party) + option(&line.text) + references)?;
        self.lines.push(line);
        Ok(())
    }

    /// Returns the voucher.
    pub(super) fn finish(self, standing: Standing) -> Result<FoundVoucher, Fault> {
        Ok(FoundVoucher {
            series: self.series,
            number: self.number.ok_or(Fault::Missing("the voucher number"))?,
            date: self.date.ok_or(Fault::Missing("the date of the voucher"))?,
            texts: self.texts,
            source_ids: self.source_ids,
            lines: self.lines,
            standing,
        })
    }

    fn add(list: &mut Vec<String>, bytes: &mut usize, text: String) -> Result<(), Fault> {
        grow(bytes, text.len())?;
        if list.len() == TEXTS_MAX {
            return Err(Fault::Malformed("a field of the voucher is repeated too often".into()));
        }
        if !text.is_empty() && !list.contains(&text) {
            list.push(text);
        }
        Ok(())
    }
}

fn grow(bytes: &mut usize, by: usize) -> Result<(), Fault> {
    *bytes = bytes.saturating_add(by);
    if *bytes > VOUCHER_BYTES_MAX { Err(Fault::TooLong(VOUCHER_BYTES_MAX)) } else { Ok(()) }
}
