//! Reads one row as a record, or as a flaw with its reason.

use std::path::Path;

use postonce_engine::domain::{Currency, HoldReason, Money, MoneyError, Payee, Place, Record, RecordId, RecordIdError};
use postonce_engine::ports::{Flaw, Row};

use super::head::Head;
use super::{Field, FileSettings, Line, amount, date};
use crate::text::{GLIMPSE_CHARS_MAX, bounded, visible};

/// Reads the rows of one file.
pub(crate) struct RowReader<'a> {
    pub(crate) head: &'a Head,
    pub(crate) settings: &'a FileSettings,
    /// The file's name, for people.
    pub(crate) file: String,
}

impl<'a> RowReader<'a> {
    pub(crate) fn new(head: &'a Head, settings: &'a FileSettings, path: &Path) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str());
        Self { head, settings, file: name.to_string_lossy().into_owned() }
    }

    /// Reads a row; `None` for one without content, which spreadsheets leave behind.
    pub(crate) fn read(&self, row: &Line) -> Option<Row> {
        if row.is_blank() {
            return None;
        }
        let place = Place { file: self.file.clone(), line: row.number };
        Some(match self.record(row) {
            Ok(record) => Row::Record(Box::new(record), place),
            Err(reason) => Row::Flaw(self.flaw(row, place, reason)),
        })
    }

    fn flaw(&self, row: &Line, place: Place, reason: HoldReason) -> Flaw {
        let id = self.head.raw(row, Field::Id);
        let glimpse = row.cells.iter().collect::<Vec<_>>().join(&char::from(self.settings.delimiter).to_string());
        Flaw {
            record_id: (!id.trim().is_empty()).then(|| visible(id)),
            place,
            reason,
            glimpse: bounded(&glimpse, GLIMPSE_CHARS_MAX),
        }
    }

    /// Reads a record. The first flaw that is found is the reason.
    fn record(&self, row: &Line) -> Result<Record, HoldReason> {
        let Self { head, settings, .. } = self;
        let width = head.width.unwrap_or(row.cells.len());
        let surplus_is_empty = row.cells.iter().skip(width).all(|cell| cell.trim().is_empty());
        if row.cells.len() < width || !surplus_is_empty {
            return Err(HoldReason::RowUnreadable { detail: format!("{} ≠ {width}", row.cells.len()) });
        }
        let id = self.id(row)?;
        let currency = self.currency(row)?;
        let day = self.required(row, Field::Date)?;
        let date = date::read(&day, &settings.date_format)
            .ok_or_else(|| HoldReason::DateInvalid { found: day, expected: settings.date_format.clone() })?;
        let amount = self.amount(row, currency)?;
        let payee = self.required(row, Field::Payee)?;
        Ok(Record {
            id,
            version: head.raw(row, Field::Version).trim().parse().ok(),
            approved_at: date::read_instant(
                head.raw(row, Field::ApprovedAt),
                &settings.date_format,
                settings.time_zone,
            ),
            date,
            payee: Payee { name: self.optional(row, Field::PayeeName).unwrap_or_else(|| payee.clone()), id: payee },
            category: self.clean(row, Field::Category),
            amount,
            text: self.clean(row, Field::Text),
            department: self.optional(row, Field::Department),
            project: self.optional(row, Field::Project),
        })
    }

    fn id(&self, row: &Line) -> Result<RecordId, HoldReason> {
        let id = self.head.raw(row, Field::Id);
        RecordId::new(id).map_err(|error| match error {
            RecordIdError::Empty => HoldReason::IdMissing,
            _ => HoldReason::IdInvalid { found: visible(id) },
        })
    }

    fn currency(&self, row: &Line) -> Result<Currency, HoldReason> {
        let Some(code) = self.optional(row, Field::Currency) else { return Ok(self.settings.currency) };
        Currency::from_code(&code.to_ascii_uppercase())
            .ok_or_else(|| HoldReason::CurrencyUnknown { found: bounded(&code, GLIMPSE_CHARS_MAX) })
    }

    fn amount(&self, row: &Line, currency: Currency) -> Result<Money, HoldReason> {
        let found = self.required(row, Field::Amount)?;
        let plain = amount::plain_decimal(&found, self.settings.decimal_separator, currency.exponent());
        let Some(plain) = plain else { return Err(HoldReason::AmountInvalid { found }) };
        Money::from_decimal(&plain, currency).map_err(|error| match error {
            MoneyError::TooManyDecimals { currency, .. } => {
                HoldReason::AmountDecimals { found, currency: currency.to_owned() }
            }
            MoneyError::NotANumber(_) | MoneyError::TooLarge(_) => HoldReason::AmountInvalid { found },
        })
    }

    /// Returns the field on one line, without space around it.
    fn clean(&self, row: &Line, field: Field) -> String {
        let text = self.head.raw(row, field).trim();
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }

    fn optional(&self, row: &Line, field: Field) -> Option<String> {
        Some(self.clean(row, field)).filter(|text| !text.is_empty())
    }

    fn required(&self, row: &Line, field: Field) -> Result<String, HoldReason> {
        self.optional(row, field).ok_or_else(|| HoldReason::FieldMissing { field: field.name().to_owned() })
    }
}
