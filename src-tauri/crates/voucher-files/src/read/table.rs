//! Reads a table as its template describes it. A title is found wherever it stands; without titles the order counts.
//!
//! Rows that follow each other with the same voucher number and date are one voucher; without a column for the number
//! each row is one. A table says nothing about itself: neither what was selected, nor when it was made, nor that it is
//! whole.

use super::error::{Fault, Place, ReadError, quoted};
use super::found::{FileHead, FoundLine, FoundVoucher, Source, Standing};
use super::growing::Growing;
use super::input::Whole;
use super::rows::{Rows, VoucherRows, gathered};
use crate::amount;
use crate::format::template::{Content, Template};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// The place of a column of which nothing is read.
const NOWHERE: usize = usize::MAX;

pub(super) struct TableSource<'r> {
    rows: Rows<'r>,
    template: &'r Template,
    /// The place in the file of each column of the template.
    places: Vec<usize>,
    head: FileHead,
    has_row: bool,
}

impl<'r> TableSource<'r> {
    pub(super) fn open(whole: Whole<'r>, template: &'r Template) -> Result<Self, ReadError> {
        if let Some(fault) = fault_of(template) {
            return Err(Fault::BadTemplate(fault).at(Place::default()));
        }
        let delimiter = u8::try_from(template.delimiter).unwrap_or(b';');
        let mut rows = Rows::open(whole, delimiter, template.encoding);
        let mut has_row = rows.advance()?;
        let mut places: Vec<usize> = (0..template.columns.len()).collect();
        if template.has_titles {
            places = places_of(&rows, template)?;
            has_row = rows.advance()?;
        }
        Ok(Self { rows, template, places, head: FileHead::default(), has_row })
    }

    fn line(&self) -> Result<FoundLine, ReadError> {
        let mut line = FoundLine { amount: self.amount()?, ..FoundLine::default() };
        for (column, place) in self.template.columns.iter().zip(&self.places) {
            let cell = || self.rows.cell(*place);
            let filled = || cell().map(|text| Some(text).filter(|text| !text.is_empty()));
            match column.content {
                Content::Account => line.account = cell()?,
                Content::Text if line.text.is_none() => line.text = filled()?,
                Content::Text | Content::Reference => line.references.extend(filled()?),
                Content::Customer
                | Content::Supplier
                | Content::SubLedger
                | Content::PartyName
                | Content::SubLedgerName => {
                    line.party = line.party.or(filled()?);
                }
                _ => {}
            }
        }
        Ok(line)
    }

    fn amount(&self) -> Result<Decimal, ReadError> {
        let read = |content: &Content| -> Result<Decimal, ReadError> {
            let text = self.one(content)?.unwrap_or_default();
            if text.is_empty() && *content != Content::Amount {
                return Ok(Decimal::ZERO);
            }
            let amount = amount::read(&text, self.template.decimal_mark);
            amount.ok_or_else(|| self.rows.error(Fault::BadAmount(quoted(&text))))
        };
        if self.template.columns.iter().any(|column| column.content == Content::Amount) {
            return read(&Content::Amount);
        }
        let (debit, credit) = (read(&Content::Debit)?, read(&Content::Credit)?);
        debit.checked_sub(credit).ok_or_else(|| self.rows.error(Fault::BadAmount(quoted(&debit.to_string()))))
    }

    /// Returns the cell of the first column with this content; `None` if the template has none.
    fn one(&self, content: &Content) -> Result<Option<String>, ReadError> {
        let column = self.template.columns.iter().position(|column| column.content == *content);
        column.and_then(|column| self.places.get(column)).map(|place| self.rows.cell(*place)).transpose()
    }
}

impl VoucherRows for TableSource<'_> {
    fn key(&self) -> Result<(String, NaiveDate), ReadError> {
        let read = self.places.iter().filter(|place| **place != NOWHERE);
        if read.max().is_some_and(|last| self.rows.width() <= *last) {
            return Err(self.rows.error(Fault::CutOff));
        }
        let text = self.one(&Content::Date)?.unwrap_or_default();
        let date = NaiveDate::parse_from_str(&text, self.template.date_format.pattern());
        let date = date.map_err(|_| self.rows.error(Fault::BadDate(quoted(&text))))?;
        match self.one(&Content::Number)? {
            Some(number) if number.is_empty() => Err(self.rows.error(Fault::Missing("the voucher number"))),
            number => Ok((number.unwrap_or_default(), date)),
        }
    }

    fn add_row(&self, voucher: &mut Growing) -> Result<(), ReadError> {
        voucher.add_line(self.line()?).map_err(|fault| self.rows.error(fault))
    }

    fn advance(&mut self) -> Result<bool, ReadError> {
        self.has_row = self.rows.advance()?;
        Ok(self.has_row)
    }
}

impl Source for TableSource<'_> {
    fn head(&self) -> &FileHead {
        &self.head
    }

    fn next_voucher(&mut self) -> Result<Option<FoundVoucher>, ReadError> {
        if !self.has_row {
            return Ok(None);
        }
        let voucher = gathered(self)?;
        voucher.finish(Standing::Unstated).map(Some).map_err(|fault| self.rows.error(fault))
    }
}

/// Returns why a template cannot be read by.
fn fault_of(template: &Template) -> Option<&'static str> {
    let has = |content: &Content| template.columns.iter().any(|column| column.content == *content);
    let has_amount = has(&Content::Amount) || (has(&Content::Debit) && has(&Content::Credit));
    if !has(&Content::Date) || !has(&Content::Account) || !has_amount {
        Some("date, account and amount have a column each")
    } else if !has(&Content::Text) && !has(&Content::Reference) {
        Some("no column has a text or a reference")
    } else {
        template.fault_of_marks()
    }
}

/// Returns the place of each column by the titles of the first row.
fn places_of(rows: &Rows<'_>, template: &Template) -> Result<Vec<usize>, ReadError> {
    let titles = (0..rows.width()).map(|place| rows.cell(place)).collect::<Result<Vec<String>, ReadError>>()?;
    let mut taken = vec![false; titles.len()];
    let mut places = Vec::with_capacity(template.columns.len());
    for column in &template.columns {
        let is_it = |place: &usize| !taken[*place] && titles[*place] == column.title.trim();
        let place = (0..titles.len()).find(is_it);
        let place = match (place, &column.content) {
            (Some(place), _) => place,
            (None, Content::Empty | Content::Constant(_)) => NOWHERE,
            (None, _) => return Err(rows.error(Fault::MissingColumn(column.title.clone()))),
        };
        if let Some(taken) = taken.get_mut(place) {
            *taken = true;
        }
        places.push(place);
    }
    Ok(places)
}
