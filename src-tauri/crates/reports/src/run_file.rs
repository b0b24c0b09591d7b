//! A run as a table, row by row: CSV and XLSX for a spreadsheet.
//!
//! Invariant: no text from outside is ever a formula. In the CSV it has an apostrophe before it where a spreadsheet would take it
//! for one; in the workbook it is written as text.

use std::io::{Seek, Write};
use std::path::Path;

use chrono::SecondsFormat;
use postonce_engine::Ledger;
use postonce_engine::domain::RunId;
use postonce_engine::views::RunItem;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use crate::csv_file::{delimiter, harmless};
use crate::words::{self, Word};
use crate::{Language, ReportError, sentences};

/// Rows read at once.
const PAGE_ROWS: u32 = 1_000;
/// What a sheet of a workbook takes, without its head; the next one goes on from there.
const SHEET_ROWS_MAX: u32 = 1_000_000;
/// Amounts are numbers to a spreadsheet, and shown with two decimals.
const AMOUNT_FORMAT: &str = "#,##0.00";
const DATE_FORMAT: &str = "yyyy-mm-dd";

/// How a run is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunFormat {
    /// A table of texts.
    Csv,
    /// A workbook.
    Xlsx,
}

impl RunFormat {
    /// The ending of its file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The format that the ending of a file's name tells.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        [Self::Csv, Self::Xlsx].into_iter().find(|format| format.ending() == ending)
    }
}

/// Writes every row of a run, and says how many. The future is not `Send`, as that of [`crate::write`].
///
/// # Errors
/// When the ledger cannot be read, or `out` takes no more.
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

/// A row of the table; the amount is told apart, for a workbook has numbers.
struct Cells {
    texts: [String; COLUMNS],
}

const COLUMNS: usize = 15;
const DATE: usize = 3;
const AMOUNT: usize = 4;

/// The heads of the columns, and how wide each is in a workbook, in letters.
const HEADS: [(Word, u16); COLUMNS] = [
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
    // Without it, a spreadsheet takes the file for its own old character set.
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = csv::WriterBuilder::new().delimiter(delimiter(language)).from_writer(out);
    let told = |error: csv::Error| ReportError::Io(std::io::Error::other(error));
    table.write_record(HEADS.iter().map(|(head, _)| head.text(language))).map_err(told)?;
    let written = each_item(ledger, run, |item| {
        // An amount may be negative, and is a number: nobody can write anything else there.
        let cells = Cells::of(item, language).texts.into_iter().enumerate();
        let cells = cells.map(|(column, text)| match column {
            AMOUNT => decimal(&text, language),
            _ => harmless(Some(&text)),
        });
        table.write_record(cells).map_err(told)
    })
    .await?;
    table.flush()?;
    Ok(written)
}

/// A decimal as a spreadsheet of that language reads it.
fn decimal(text: &str, language: Language) -> String {
    match language {
        Language::En => text.to_owned(),
        Language::Nb => text.replace('.', ","),
    }
}

async fn xlsx<W: Write + Seek + Send>(
    ledger: &Ledger,
    run: &RunId,
    language: Language,
    out: &mut W,
) -> Result<u64, ReportError> {
    let mut book = Workbook::new();
    let formats = Formats {
        head: Format::new().set_bold(),
        amount: Format::new().set_num_format(AMOUNT_FORMAT),
        date: Format::new().set_num_format(DATE_FORMAT),
    };
    let name = words::RUN_SHEET.text(language);
    let mut sheets = 1_u32;
    head(book.add_worksheet_with_constant_memory()?.set_name(name)?, &formats, language)?;
    let mut row = 0;
    let written = each_item(ledger, run, |item| {
        if row == SHEET_ROWS_MAX {
            sheets += 1;
            let next = book.add_worksheet_with_constant_memory()?.set_name(format!("{name} {sheets}"))?;
            head(next, &formats, language)?;
            row = 0;
        }
        row += 1;
        let newest = usize::try_from(sheets - 1).unwrap_or(0);
        line(book.worksheet_from_index(newest)?, row, &Cells::of(item, language), &formats)
    })
    .await?;
    book.save_to_writer(out)?;
    Ok(written)
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
