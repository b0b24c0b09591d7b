//! Rows of separated cells, one at a time and within a bound.

use std::io::BufRead;

use chrono::NaiveDate;
use csv::{ByteRecord, ReaderBuilder};

use super::error::{Fault, Place, ReadError};
use super::growing::Growing;
use super::input::{Bounded, ITEM_MAX, Whole};
use crate::letters::{Encoding, UTF8_MARK};

/// The rows of a file.
pub(super) struct Rows<'r> {
    csv: csv::Reader<Bounded<Box<dyn BufRead + 'r>>>,
    encoding: Encoding,
    record: ByteRecord,
    number: u64,
}

/// A file whose rows are lines of vouchers.
pub(super) trait VoucherRows {
    /// Returns voucher number and date of the row; the number is empty if the row is a voucher by itself.
    fn key(&self) -> Result<(String, NaiveDate), ReadError>;

    /// Adds the row to its voucher.
    fn add_row(&self, voucher: &mut Growing) -> Result<(), ReadError>;

    /// Reads the next row; says whether there is one.
    fn advance(&mut self) -> Result<bool, ReadError>;
}

/// Returns the voucher that begins with the row at hand: rows that follow each other with the same number and date.
pub(super) fn gathered(file: &mut impl VoucherRows) -> Result<Growing, ReadError> {
    let key = file.key()?;
    let mut voucher = Growing::new(None, Some(key.0.clone()), Some(key.1));
    loop {
        file.add_row(&mut voucher)?;
        if !file.advance()? || key.0.is_empty() || file.key()? != key {
            return Ok(voucher);
        }
    }
}

impl<'r> Rows<'r> {
    /// Opens a file with this delimiter, which is ASCII.
    pub(super) fn open(whole: Whole<'r>, delimiter: u8, encoding: Encoding) -> Self {
        let input: Box<dyn BufRead + 'r> = Box::new(whole);
        let csv = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(Bounded::new(input));
        Self { csv, encoding, record: ByteRecord::new(), number: 0 }
    }

    /// Reads the next row that is not empty; says whether there is one.
    pub(super) fn advance(&mut self) -> Result<bool, ReadError> {
        loop {
            if !self.read_row()? {
                return Ok(false);
            }
            if self.record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                return Ok(true);
            }
        }
    }

    fn read_row(&mut self) -> Result<bool, ReadError> {
        self.csv.get_mut().begin_item();
        let read = self.csv.read_byte_record(&mut self.record);
        let has_row = read.map_err(|error| {
            let is_too_long = self.csv.get_ref().is_exhausted();
            self.error(if is_too_long { Fault::TooLong(ITEM_MAX) } else { Fault::Io(error.to_string()) })
        })?;
        self.number += 1;
        if self.number == 1 && self.record.get(0).is_some_and(|cell| cell.starts_with(UTF8_MARK)) {
            self.drop_mark();
        }
        Ok(has_row)
    }

    /// Returns a cell, empty if the row has none there.
    pub(super) fn cell(&self, column: usize) -> Result<String, ReadError> {
        let bytes = self.record.get(column).unwrap_or_default();
        let text = self.encoding.decode(bytes);
        text.map(|text| text.trim().to_owned()).ok_or_else(|| self.error(Fault::NotText(self.encoding.to_string())))
    }

    /// Returns the number of cells.
    pub(super) fn width(&self) -> usize {
        self.record.len()
    }

    /// Returns the error with the place of the row.
    pub(super) fn error(&self, fault: Fault) -> ReadError {
        fault.at(Place { byte: self.csv.position().byte(), line: Some(self.number), voucher: None })
    }

    /// Drops the mark of UTF-8 from the first cell, and the quotes that were no quotes behind it.
    fn drop_mark(&mut self) {
        let mut cells = self.record.iter();
        let first = cells.next().unwrap_or_default();
        let first = first.strip_prefix(UTF8_MARK).unwrap_or(first);
        let first = first.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(first);
        let mut record = ByteRecord::from(vec![first]);
        cells.for_each(|cell| record.push_field(cell));
        self.record = record;
    }
}
