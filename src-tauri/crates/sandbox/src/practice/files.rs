//! Writes and reads records as a file, in the shape in which a Norwegian Excel saves "CSV UTF-8": byte-order mark,
//! semicolons, decimal comma, `dd.mm.yyyy`, CRLF.

use std::io::{Read, Write};

use chrono::{NaiveDate, NaiveTime};

use super::{Payee, PracticeRecord};
use crate::money;

const COLUMNS: [&str; 11] = [
    "Utleggsnr",
    "Godkjent",
    "Dato",
    "Likeperson",
    "Navn",
    "Kategori",
    "Beløp",
    "Valuta",
    "Tekst",
    "Avdeling",
    "Prosjekt",
];
const DATE_FORMAT: &str = "%d.%m.%Y";
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The reason why a file of records could not be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct CsvError {
    line: u64,
    reason: String,
}

impl CsvError {
    /// Returns the line, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Returns what is wrong there.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// Writes records, one at a time: the version is left out, and of the approval only the day is kept.
///
/// # Errors
/// The writer's own errors.
pub fn write_csv<W: Write>(records: impl IntoIterator<Item = PracticeRecord>, mut writer: W) -> std::io::Result<()> {
    writer.write_all(BYTE_ORDER_MARK.as_bytes())?;
    let mut csv = csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(&mut writer);
    csv.write_record(COLUMNS)?;
    for record in records {
        csv.write_record([
            &record.id,
            &record.approved_at.format(DATE_FORMAT).to_string(),
            &record.expense_date.format(DATE_FORMAT).to_string(),
            &record.payee.id,
            &record.payee.name,
            &record.category,
            &record.amount().replace('.', ","),
            &record.currency,
            &record.text,
            record.department.as_deref().unwrap_or(""),
            record.project.as_deref().unwrap_or(""),
        ])?;
    }
    csv.flush()
}

/// Reads a file that [`write_csv`] wrote; the columns may stand in any order.
///
/// # Errors
/// [`CsvError`] with the first line that cannot be read.
pub fn read_csv<R: Read>(reader: R) -> Result<Vec<PracticeRecord>, CsvError> {
    let mut csv = csv::ReaderBuilder::new().delimiter(b';').from_reader(reader);
    let titles = csv.headers().map_err(|error| CsvError { line: 1, reason: error.to_string() })?.clone();
    let mut places = [0; COLUMNS.len()];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        let found = titles.iter().position(|title| title.trim_start_matches(BYTE_ORDER_MARK).trim() == column);
        *place = found.ok_or_else(|| CsvError { line: 1, reason: format!("the column '{column}' is missing") })?;
    }
    let mut records = Vec::new();
    // The reader's own line numbers are one too small where lines end in CRLF.
    for (line, row) in (2..).zip(csv.records()) {
        let row = row.map_err(|error| CsvError { line, reason: error.to_string() })?;
        let fields = places.map(|place| row.get(place).unwrap_or("").trim());
        records.push(read_record(fields).map_err(|reason| CsvError { line, reason })?);
    }
    Ok(records)
}

fn read_record(fields: [&str; COLUMNS.len()]) -> Result<PracticeRecord, String> {
    let [id, approved, date, payee, name, category, amount, currency, text, department, project] = fields;
    let day = |text: &str| {
        NaiveDate::parse_from_str(text, DATE_FORMAT)
            .map_err(|_| format!("'{text}' is not a date of the form dd.mm.yyyy"))
    };
    if id.is_empty() {
        return Err("the column 'Utleggsnr' is empty".to_owned());
    }
    if !money::is_currency(currency) {
        return Err(format!("'{currency}' is not a currency"));
    }
    let amount_minor = money::parse(&amount.replace(',', "."), money::exponent(currency))
        .ok_or_else(|| format!("'{amount}' is not an amount in {currency}"))?;
    let optional = |text: &str| if text.is_empty() { None } else { Some(text.to_owned()) };
    Ok(PracticeRecord {
        id: id.to_owned(),
        version: 1,
        approved_at: day(approved)?.and_time(NaiveTime::MIN).and_utc(),
        expense_date: day(date)?,
        payee: Payee { id: payee.to_owned(), name: name.to_owned() },
        category: category.to_owned(),
        amount_minor,
        currency: currency.to_owned(),
        text: text.to_owned(),
        department: optional(department),
        project: optional(project),
        others: serde_json::Map::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::records;

    fn newest() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
    }

    #[test]
    fn the_file_looks_as_excel_in_norway_writes_it() {
        let mut file = Vec::new();
        write_csv(records(1, 3, newest()), &mut file).unwrap();
        let text = String::from_utf8(file).unwrap();
        let first = text.lines().next().unwrap();
        assert_eq!(
            first,
            "\u{feff}Utleggsnr;Godkjent;Dato;Likeperson;Navn;Kategori;Beløp;Valuta;Tekst;Avdeling;Prosjekt"
        );
        assert_eq!(text.matches("\r\n").count(), 4);
        assert!(text.contains(",00;NOK;"), "{text}");
    }

    #[test]
    fn read_csv_reads_the_records_that_write_csv_wrote() {
        let mut file = Vec::new();
        write_csv(records(1, 300, newest()), &mut file).unwrap();
        for (read, made) in read_csv(file.as_slice()).unwrap().into_iter().zip(records(1, 300, newest())) {
            assert_eq!(read.approved_at.date_naive(), made.approved_at.date_naive());
            let same = PracticeRecord { version: 1, approved_at: read.approved_at, ..made };
            assert_eq!(read, same);
        }
    }

    #[test]
    fn a_wrong_line_is_named() {
        let mut file = Vec::new();
        write_csv(records(1, 3, newest()), &mut file).unwrap();
        let text = String::from_utf8(file).unwrap().replacen("NOK", "kroner", 2).replacen("kroner", "NOK", 1);
        let error = read_csv(text.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "line 3: 'kroner' is not a currency");
    }
}
