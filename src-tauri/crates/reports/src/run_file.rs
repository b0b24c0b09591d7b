//! Writes a run as a table, row by row: CSV and XLSX for a spreadsheet.
//!
//! Invariant: no text from outside is ever a formula. In the CSV an apostrophe stands before a text that a spreadsheet
//! would take for one; in the workbook it is written as text.

use std::io::{Seek, Write};

use chrono::SecondsFormat;
use postonce_engine::Ledger;
use postonce_engine::domain::RunId;
use postonce_engine::views::RunItem;
use postonce_words::{Language, Message};
use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use crate::csv_file::{delimiter, harmless};
use crate::words;
use crate::{ReportError, sentences};

/// The number of rows read at once.
const PAGE_ROWS: u32 = 1_000;
/// The most rows of a sheet in a workbook, without its head; the next sheet goes on from there.
const SHEET_ROWS_MAX: u32 = 1_000_000;
/// The format of amounts: numbers to a spreadsheet, shown with two decimals.
const AMOUNT_FORMAT: &str = "#,##0.00";
const DATE_FORMAT: &str = "yyyy-mm-dd";

/// The format of a run's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunFormat {
    /// A table of texts.
    Csv,
    /// A workbook.
    Xlsx,
}

impl RunFormat {
    /// Returns the ending of its file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// Writes every row of a run, and returns their number. The future is not `Send`, as that of [`crate::write`].
///
/// # Errors
/// Fails when the ledger cannot be read, or `out` takes no more.
pub async fn write_run<W: Write + Seek + Send>(
    ledger: &Ledger,
    run: &RunId,
    format: RunFormat,
    language: Language,
    out: &mut W,
) -> Result<u64, ReportError> {
    match format {
        RunFormat::Csv => csv(ledger, run, language, out).await,
        RunFormat::Xlsx => xlsx(ledger, run, language, out).await,
    }
}

/// A row of the table; the amount stands apart, for a workbook has numbers.
struct Cells {
    texts: [String; COLUMNS],
}

const COLUMNS: usize = 15;
const DATE: usize = 3;
const AMOUNT: usize = 4;

/// The heads of the columns, with the width of each in a workbook, in letters.
const HEADS: [(Message, u16); COLUMNS] = [
    (words::RECORD, 22),
    (words::GENERATION, 10),
    (words::PAYEE, 26),
    (words::DATE, 12),
    (words::AMOUNT, 14),
    (words::CURRENCY, 9),
    (words::RESULT, 24),
    (words::VOUCHER_ID, 24),
    (words::NUMBER, 14),
    (words::REFERENCE, 28),
    (words::REASON, 50),
    (words::EARLIER_RUN, 38),
    (words::EARLIER_AT, 24),
    (words::FILE, 28),
    (words::LINE, 8),
];

impl Cells {
    fn of(item: &RunItem, language: Language) -> Self {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let place = item.place.as_ref();
        Self {
            texts: [
                text(item.record_id.as_deref()),
                item.generation.map(|generation| generation.number().to_string()).unwrap_or_default(),
                text(item.payee.as_deref()),
                item.date.map(|date| date.to_string()).unwrap_or_default(),
                item.amount.as_ref().map(|sum| sum.amount.clone()).unwrap_or_default(),
                item.amount.as_ref().map(|sum| sum.currency.clone()).unwrap_or_default(),
                words::result(item.result).text(language).to_owned(),
                text(item.voucher_id.as_deref()),
                text(item.voucher_number.as_deref()),
                text(item.reference.as_deref()),
                item.reason.as_ref().map(|reason| sentences::reason(language, reason)).unwrap_or_default(),
                item.earlier_run_id.as_ref().map(ToString::to_string).unwrap_or_default(),
                item.earlier_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default(),
                place.map(|place| place.file.clone()).unwrap_or_default(),
                place.map(|place| place.line.to_string()).unwrap_or_default(),
            ],
        }
    }
}

async fn csv(ledger: &Ledger, run: &RunId, language: Language, out: &mut dyn Write) -> Result<u64, ReportError> {
    // A spreadsheet takes the file for its own old character set without this mark.
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = csv::WriterBuilder::new().delimiter(delimiter(language)).from_writer(out);
    let io_error = |error: csv::Error| ReportError::Io(std::io::Error::other(error));
    table.write_record(HEADS.iter().map(|(head, _)| head.text(language))).map_err(io_error)?;
    let written =
        each_item(ledger, run, |item| table.write_record(csv_cells(item, language)).map_err(io_error)).await?;
    table.flush()?;
    Ok(written)
}

fn csv_cells(item: &RunItem, language: Language) -> impl Iterator<Item = String> {
    let cells = Cells::of(item, language).texts.into_iter().enumerate();
    cells.map(move |(column, text)| match column {
        // An amount may be negative, and is a number: nobody can write anything else there.
        AMOUNT => decimal(&text, language),
        _ => harmless(Some(&text)),
    })
}

/// Writes a decimal as a spreadsheet of that language reads it.
fn decimal(text: &str, language: Language) -> String {
    match language {
        Language::English => text.to_owned(),
        Language::Bokmal => text.replace('.', ","),
    }
}

async fn xlsx<W: Write + Seek + Send>(
    ledger: &Ledger,
    run: &RunId,
    language: Language,
    out: &mut W,
) -> Result<u64, ReportError> {
    let mut book = Book::new(language)?;
    let written = each_item(ledger, run, |item| book.add(item)).await?;
    book.book.save_to_writer(out)?;
    Ok(written)
}

/// A workbook that grows row by row; a full sheet is followed by another.
struct Book {
    book: Workbook,
    formats: Formats,
    language: Language,
    sheets: usize,
    rows: u32,
}

impl Book {
    fn new(language: Language) -> Result<Self, ReportError> {
        let formats = Formats {
            head: Format::new().set_bold(),
            amount: Format::new().set_num_format(AMOUNT_FORMAT),
            date: Format::new().set_num_format(DATE_FORMAT),
        };
        let mut book = Self { book: Workbook::new(), formats, language, sheets: 0, rows: 0 };
        book.next_sheet()?;
        Ok(book)
    }

    fn next_sheet(&mut self) -> Result<(), ReportError> {
        self.sheets += 1;
        self.rows = 0;
        let word = words::RUN_SHEET.text(self.language);
        let name = if self.sheets == 1 { word.to_owned() } else { format!("{word} {}", self.sheets) };
        head(self.book.add_worksheet_with_constant_memory()?.set_name(name)?, &self.formats, self.language)
    }

    fn add(&mut self, item: &RunItem) -> Result<(), ReportError> {
        if self.rows == SHEET_ROWS_MAX {
            self.next_sheet()?;
        }
        self.rows += 1;
        let sheet = self.book.worksheet_from_index(self.sheets - 1)?;
        line(sheet, self.rows, &Cells::of(item, self.language), &self.formats)
    }
}

struct Formats {
    head: Format,
    amount: Format,
    date: Format,
}

fn head(sheet: &mut Worksheet, formats: &Formats, language: Language) -> Result<(), ReportError> {
    for (column, (head, width)) in (0..).zip(HEADS) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, head.text(language), &formats.head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn line(sheet: &mut Worksheet, row: u32, cells: &Cells, formats: &Formats) -> Result<(), ReportError> {
    for (column, (place, text)) in (0..).zip(cells.texts.iter().enumerate()) {
        if text.is_empty() {
            continue;
        }
        let date = (place == DATE).then(|| text.parse::<chrono::NaiveDate>().ok()).flatten();
        let amount = (place == AMOUNT).then(|| text.parse::<Decimal>().ok()).flatten();
        match (amount, date) {
            (Some(amount), _) => sheet.write_with_format(row, column, amount, &formats.amount)?,
            (_, Some(date)) => sheet.write_datetime_with_format(row, column, date, &formats.date)?,
            _ => sheet.write_string(row, column, text)?,
        };
    }
    Ok(())
}

async fn each_item(
    ledger: &Ledger,
    run: &RunId,
    mut act: impl FnMut(&RunItem) -> Result<(), ReportError>,
) -> Result<u64, ReportError> {
    let (mut after, mut written) = (0, 0);
    loop {
        let page = ledger.run_items(run, after, PAGE_ROWS, None).await?;
        let Some(last) = page.last() else { return Ok(written) };
        after = last.position;
        page.iter().try_for_each(&mut act)?;
        written += page.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use postonce_engine::domain::ItemResult;
    use postonce_engine::views::Sum;

    use super::*;

    fn item(payee: &str) -> RunItem {
        RunItem {
            position: 1,
            record_id: Some("PM-1".into()),
            place: None,
            payee: Some(payee.into()),
            date: chrono::NaiveDate::from_ymd_opt(2026, 11, 3),
            amount: Some(Sum { currency: "NOK".into(), amount: "-412.50".into() }),
            generation: None,
            result: Some(ItemResult::Posted),
            reference: Some("+hlf:PM-1".into()),
            voucher_id: Some("v-1".into()),
            voucher_number: Some("@1".into()),
            reason: None,
            earlier_run_id: None,
            earlier_at: None,
            made: None,
            look_alike: None,
        }
    }

    #[test]
    fn a_csv_text_is_never_a_formula_and_its_amount_is_a_number() {
        for payee in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let cells: Vec<String> = csv_cells(&item(payee), Language::Bokmal).collect();
            assert_eq!(cells[2], format!("'{payee}"));
            assert_eq!(
                (cells[AMOUNT].as_str(), cells[8].as_str(), cells[9].as_str()),
                ("-412,50", "'@1", "'+hlf:PM-1")
            );
        }
        assert_eq!(csv_cells(&item("Kari"), Language::English).nth(AMOUNT).as_deref(), Some("-412.50"));
    }

    fn sheet(bytes: Vec<u8>, name: &str) -> String {
        let mut book = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook is a zip");
        let mut text = String::new();
        book.by_name(name).expect("the sheet is there").read_to_string(&mut text).expect("it is text");
        text
    }

    #[test]
    fn a_workbook_has_texts_and_numbers_and_no_formula() {
        let mut book = Book::new(Language::English).expect("a workbook");
        book.add(&item("=HYPERLINK(\"http://example.org\")")).expect("a row");
        book.rows = SHEET_ROWS_MAX;
        book.add(&item("Kari")).expect("a row of the next sheet");
        let bytes = book.book.save_to_buffer().expect("it is written");
        let first = sheet(bytes.clone(), "xl/worksheets/sheet1.xml");
        assert!(!first.contains("<f>") && first.contains("=HYPERLINK"), "{first}");
        assert!(first.contains("<v>-412.5</v>"), "{first}");
        let second = sheet(bytes, "xl/worksheets/sheet2.xml");
        assert!(second.contains("Kari") && second.contains("Payee"), "the next sheet has its head: {second}");
    }
}
