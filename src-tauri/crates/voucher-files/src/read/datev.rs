//! Reads DATEV's batches of postings (EXTF and DTVF, category 21), from header version 510 on.
//!
//! Source: [DATEV's developer portal](https://developer.datev.de/datev/platform/de/dtvf/formate/buchungsstapel); the
//! facts stand in `format/datev.rs`. A row is a posting between two accounts. Rows that follow each other with the same
//! `Belegfeld 1` and date are one voucher; without `Belegfeld 1` each row is one. A voucher that was imported twice and
//! stands there row by row shows as one voucher with twice the amount.
//!
//! Nothing at the end of the format shows that it is whole.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::error::{Fault, Place, ReadError, quoted};
use super::found::{FileHead, FoundLine, FoundVoucher, Selection, Source, Standing};
use super::growing::Growing;
use super::input::Whole;
use super::rows::{Rows, VoucherRows, gathered};
use crate::amount;
use crate::letters::Encoding;

/// The cells of the head, from 0.
mod head {
    pub(super) const VERSION: usize = 1;
    pub(super) const CATEGORY: usize = 2;
    pub(super) const FORMAT_VERSION: usize = 4;
    pub(super) const MADE_AT: usize = 5;
    pub(super) const ORIGIN: usize = 7;
    pub(super) const ADVISER: usize = 10;
    pub(super) const CLIENT: usize = 11;
    pub(super) const YEAR_BEGINS: usize = 12;
    pub(super) const FROM: usize = 14;
    pub(super) const TO: usize = 15;
    pub(super) const IS_FIXED: usize = 20;
    pub(super) const CURRENCY: usize = 21;
}

/// The columns of a posting, from 0.
mod column {
    pub(super) const AMOUNT: usize = 0;
    pub(super) const SIDE: usize = 1;
    pub(super) const CURRENCY: usize = 2;
    pub(super) const BASE_AMOUNT: usize = 4;
    pub(super) const ACCOUNT: usize = 6;
    pub(super) const COUNTER_ACCOUNT: usize = 7;
    pub(super) const DATE: usize = 9;
    pub(super) const DOCUMENT_1: usize = 10;
    pub(super) const DOCUMENT_2: usize = 11;
    pub(super) const TEXT: usize = 13;
    pub(super) const DOCUMENT_LINK: usize = 19;
    /// The contents of the first document information; further ones follow every second column, eight in all.
    pub(super) const FIRST_INFORMATION: usize = 21;
    pub(super) const LAST_INFORMATION: usize = 35;
    /// The contents of the first additional information, twenty in all.
    pub(super) const FIRST_ADDITION: usize = 48;
    pub(super) const LAST_ADDITION: usize = 86;
    pub(super) const GUID: usize = 102;
    pub(super) const IS_FIXED: usize = 113;
}

/// The columns that every version has, at least.
const WIDTH_MIN: usize = column::TEXT + 1;

pub(super) struct DatevSource<'r> {
    rows: Rows<'r>,
    head: FileHead,
    year_begins: NaiveDate,
    is_fixed: bool,
    /// The columns that a row has at least: those that have titles.
    width: usize,
    /// True if the rows hold a row that is not yet taken.
    has_row: bool,
}

impl<'r> DatevSource<'r> {
    pub(super) fn open(whole: Whole<'r>) -> Result<Self, ReadError> {
        let mut rows = Rows::open(whole, b';', Encoding::Windows1252);
        rows.advance()?;
        let category = rows.cell(head::CATEGORY)?;
        if category != "21" {
            let kind = format!("category {} is no batch of postings (21)", quoted(&category));
            return Err(rows.error(Fault::NoVouchers(kind)));
        }
        let filled = |column| rows.cell(column).map(|text| Some(text).filter(|text| !text.is_empty()));
        let day = |column| -> Result<Option<NaiveDate>, ReadError> {
            let Some(text) = filled(column)? else { return Ok(None) };
            let digits = text.get(..8).unwrap_or(&text);
            let date = NaiveDate::parse_from_str(digits, "%Y%m%d");
            date.map(Some).map_err(|_| rows.error(Fault::BadDate(quoted(&text))))
        };
        let selection = day(head::FROM)?.zip(day(head::TO)?).map(|(from, to)| Selection::Dates { from, to });
        let numbers = filled(head::ADVISER)?.zip(filled(head::CLIENT)?);
        let year_begins = day(head::YEAR_BEGINS)?;
        let file_head = FileHead {
            organisation_number: numbers.map(|(adviser, client)| format!("{adviser}/{client}")),
            selection,
            made_on: day(head::MADE_AT)?,
            program: filled(head::ORIGIN)?,
            format_version: filled(head::VERSION)?
                .zip(filled(head::FORMAT_VERSION)?)
                .map(|(head, format)| format!("{head}/{format}")),
            currency: filled(head::CURRENCY)?,
            ..FileHead::default()
        };
        let is_fixed = filled(head::IS_FIXED)?.as_deref() == Some("1");
        let year_begins = year_begins.ok_or_else(|| rows.error(Fault::Missing("the beginning of the fiscal year")))?;
        // The second row has the titles, which differ between versions where the columns do not.
        if !rows.advance()? {
            return Err(rows.error(Fault::CutOff));
        }
        let width = rows.width().max(WIDTH_MIN);
        let has_row = rows.advance()?;
        Ok(Self { rows, head: file_head, year_begins, is_fixed, width, has_row })
    }

    /// Returns the date of the row: the day and month in the fiscal year.
    fn date(&self) -> Result<NaiveDate, ReadError> {
        let text = self.rows.cell(column::DATE)?;
        let bad = || self.rows.error(Fault::BadDate(quoted(&text)));
        let digits = format!("{text:0>4}");
        let number: u32 = digits.get(..4).and_then(|digits| digits.parse().ok()).ok_or_else(bad)?;
        let (day, month) = (number / 100, number % 100);
        let year = self.year_begins.year();
        [year, year + 1]
            .into_iter()
            .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
            .find(|date| *date >= self.year_begins)
            .filter(|_| digits.len() == 4)
            .ok_or_else(bad)
    }

    fn add_lines(&self, voucher: &mut Growing) -> Result<(), ReadError> {
        let number = voucher.number.clone();
        let at = |fault| self.with_voucher(fault, number.as_deref());
        let is_base = self.rows.cell(column::CURRENCY)? != self.head.currency.clone().unwrap_or_default();
        let base = self.rows.cell(column::BASE_AMOUNT)?;
        let text = if is_base && !base.is_empty() { base } else { self.rows.cell(column::AMOUNT)? };
        let amount = amount::read(&text, ',').ok_or_else(|| at(Fault::BadAmount(quoted(&text))))?;
        let amount = match self.rows.cell(column::SIDE)?.as_str() {
            "S" => amount,
            "H" => -amount,
            side => return Err(at(Fault::Malformed(format!("“{}” is neither S nor H", quoted(side))))),
        };
        let references = self.references()?;
        for (place, amount) in [(column::ACCOUNT, amount), (column::COUNTER_ACCOUNT, -amount)] {
            let line = self.line(self.rows.cell(place)?, amount, &references)?;
            voucher.add_line(line).map_err(at)?;
        }
        // A voucher of many rows has many ids; the first ones will do.
        let _ = voucher.add_source_id(self.rows.cell(column::GUID)?);
        Ok(())
    }

    fn line(&self, account: String, amount: Decimal, references: &[String]) -> Result<FoundLine, ReadError> {
        let text = self.rows.cell(column::TEXT)?;
        Ok(FoundLine {
            account,
            amount,
            party: None,
            text: Some(text).filter(|text| !text.is_empty()),
            references: references.to_vec(),
        })
    }

    fn references(&self) -> Result<Vec<String>, ReadError> {
        let information = (column::FIRST_INFORMATION..=column::LAST_INFORMATION).step_by(2);
        let additions = (column::FIRST_ADDITION..=column::LAST_ADDITION).step_by(2);
        let places = [column::DOCUMENT_1, column::DOCUMENT_2, column::DOCUMENT_LINK].into_iter();
        let cells = places.chain(information).chain(additions).map(|place| self.rows.cell(place));
        cells.filter(|cell| !cell.as_ref().is_ok_and(String::is_empty)).collect()
    }

    fn with_voucher(&self, fault: Fault, number: Option<&str>) -> ReadError {
        let error = self.rows.error(fault);
        let place = Place { voucher: number.filter(|number| !number.is_empty()).map(str::to_owned), ..error.place };
        ReadError { place, ..error }
    }
}

impl VoucherRows for DatevSource<'_> {
    fn key(&self) -> Result<(String, NaiveDate), ReadError> {
        if self.rows.width() < self.width {
            return Err(self.rows.error(Fault::CutOff));
        }
        Ok((self.rows.cell(column::DOCUMENT_1)?, self.date()?))
    }

    fn add_row(&self, voucher: &mut Growing) -> Result<(), ReadError> {
        self.add_lines(voucher)
    }

    fn advance(&mut self) -> Result<bool, ReadError> {
        self.has_row = self.rows.advance()?;
        Ok(self.has_row)
    }
}

impl Source for DatevSource<'_> {
    fn head(&self) -> &FileHead {
        &self.head
    }

    fn next_voucher(&mut self) -> Result<Option<FoundVoucher>, ReadError> {
        if !self.has_row {
            return Ok(None);
        }
        let is_fixed = self.is_fixed || self.rows.cell(column::IS_FIXED)? == "1";
        let voucher = gathered(self)?;
        let standing = if is_fixed { Standing::Posted } else { Standing::Open };
        voucher.finish(standing).map(Some).map_err(|fault| self.rows.error(fault))
    }
}
