//! Tests workbooks from the file to the rows: what a sheet stores, hides and merges.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::super::super::table::{HiddenRows, MergedCells, WorkbookRules};
use super::*;

const TITLES: [&str; 7] = ["Nr", "Dato", "Beløp", "Hvem", "Kategori", "Tekst", "Valuta"];

/// Returns settings over the workbooks of a folder, of which this column has the currency.
fn of_books(dir: &Path, path: &str, rules: WorkbookRules) -> FileSettings {
    let mut settings = FileSettings { kind: FileKind::Workbook(rules), ..settings(dir, path) };
    settings.columns.insert(Field::Currency, "Valuta".to_owned());
    settings
}

/// Returns the outcome of each row: its id, day and amount, or the code of its reason.
fn outcomes(rows: &[Row]) -> Vec<String> {
    let of = |row: &Row| match row {
        Row::Record(record, _) => {
            let (amount, currency) = (record.amount.to_decimal(), record.amount.currency().code());
            format!("{} {} {amount} {currency}", record.id.as_str(), record.date)
        }
        Row::Flaw(flaw) => format!("{} {}", flaw.place.line, flaw.reason.code()),
        Row::LeftOut(flaw) => format!("{} left out {}", flaw.place.line, flaw.reason.code()),
    };
    rows.iter().map(of).collect()
}

/// Writes a workbook with report lines above the titles, and rows of every kind below them.
fn write(path: &Path) {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    let sheet = book.add_worksheet().set_name("Utlegg").expect("a name");
    sheet.write(0, 0, "Utlegg for mars").expect("a cell");
    for (column, title) in (0..).zip(TITLES) {
        sheet.write(2, column, title).expect("a cell");
    }
    let march = |number: f64| ExcelDateTime::from_serial_datetime(46_082.0 + number).expect("a day");
    for row in 3..14_u32 {
        sheet.write(row, 0, format!("E-{row}")).expect("a cell");
        sheet.write_with_format(row, 1, march(3.0), &day).expect("a cell");
        sheet.write(row, 2, 100).expect("a cell");
        sheet.write(row, 3, "P-1").expect("a cell");
        sheet.write(row, 4, "Reise").expect("a cell");
        sheet.write(row, 5, "Tog").expect("a cell");
    }
    // An id that is a number, an evening, a float that is 12.30, and the value of a formula.
    sheet.write(3, 0, 123).expect("a cell");
    sheet.write_with_format(3, 1, march(3.98), &day).expect("a cell");
    sheet.write(3, 2, 12.299999999999999).expect("a cell");
    sheet.write(4, 2, Formula::new("1249/2").set_result("624.5")).expect("a cell");
    // A thousandth, a number in place of a day, a day as text, an error, and zeros in front of a text.
    sheet.write(5, 2, 1.249).expect("a cell");
    sheet.write(6, 1, 46_085).expect("a cell");
    sheet.write(7, 1, "04.03.2026").expect("a cell");
    sheet.write(8, 2, Formula::new("NA()").set_result("#N/A")).expect("a cell");
    sheet.write(9, 0, "000123").expect("a cell");
    sheet.write(9, 2, "1 249,50").expect("a cell");
    sheet.merge_range(10, 6, 11, 6, "EUR", &Format::new()).expect("cells");
    sheet.set_row_hidden(12).expect("a row");
    sheet.write(13, 2, -0.03).expect("a cell");
    book.save(path).expect("a workbook");
}

#[tokio::test]
async fn workbook_is_read_as_its_sheet_stores_it() {
    let dir = TempDir::new().expect("a folder");
    write(&dir.path().join("book.xlsx"));
    let read_with = |rules| read(of_books(dir.path(), "book.xlsx", rules));
    let rows = read_with(WorkbookRules::default()).await.expect("it is read");
    assert_eq!(
        outcomes(&rows),
        [
            "123 2026-03-04 12.30 NOK",
            "E-4 2026-03-04 624.50 NOK",
            "6 amount_decimals",
            "7 date_is_number",
            "E-7 2026-03-04 100.00 NOK",
            "9 cell_faulty",
            "000123 2026-03-04 1249.50 NOK",
            "E-10 2026-03-04 100.00 EUR",
            "12 cell_merged",
            "13 row_hidden",
            "E-13 2026-03-04 -0.03 NOK",
        ]
    );
    let rules = WorkbookRules {
        sheet: Some("utlegg".to_owned()),
        merged_cells: MergedCells::Fill,
        hidden_rows: HiddenRows::LeaveOut,
    };
    let rows = read_with(rules.clone()).await.expect("it is read");
    assert_eq!(outcomes(&rows)[8..10], ["E-11 2026-03-04 100.00 EUR", "13 left out hidden_left_out"]);
    let rules = WorkbookRules { merged_cells: MergedCells::Empty, hidden_rows: HiddenRows::Read, ..rules };
    let rows = read_with(rules).await.expect("it is read");
    assert_eq!(outcomes(&rows)[8..10], ["E-11 2026-03-04 100.00 NOK", "E-12 2026-03-04 100.00 NOK"]);
}

/// Writes a sheet of one record, whose day is this number.
fn write_day_number(book: &mut Workbook, name: &str, id: &str, day: u32) {
    let sheet = book.add_worksheet().set_name(name).expect("a name");
    for (column, title) in (0..).zip(TITLES) {
        sheet.write(0, column, title).expect("a cell");
    }
    sheet.write(1, 0, id).expect("a cell");
    sheet.write(1, 1, day).expect("a cell");
    sheet.write(1, 2, 100).expect("a cell");
    for (column, text) in [(3, "P"), (4, "K"), (5, "T")] {
        sheet.write(1, column, text).expect("a cell");
    }
}

#[tokio::test]
async fn numbers_of_days_are_counted_as_the_workbook_counts_them() {
    let dir = TempDir::new().expect("a folder");
    for (starts_1904, format, expected) in [
        (false, "spreadsheet-1900", Ok("E-1 2026-03-04 100.00 NOK")),
        (false, "spreadsheet-1904", Err(ErrorCode::SourceEpochDiffers)),
        (true, "spreadsheet-1900", Err(ErrorCode::SourceEpochDiffers)),
        (true, "spreadsheet-1904", Ok("E-1 2030-03-05 100.00 NOK")),
    ] {
        let mut book = Workbook::new();
        write_day_number(&mut book, "Utlegg", "E-1", 46_085);
        let path = dir.path().join("book.xlsx");
        book.save(&path).expect("a workbook");
        if starts_1904 {
            mark_as_1904(&path);
        }
        let mut settings = of_books(dir.path(), "book.xlsx", WorkbookRules::default());
        settings.date_format = format.to_owned();
        let rows = read(settings).await.map(|rows| outcomes(&rows)[0].clone()).map_err(|problem| problem.code);
        assert_eq!(rows.as_deref(), expected.as_ref().map(|text| *text), "{starts_1904} {format}");
    }
}

/// Marks a workbook as one that counts its days from 1904.
fn mark_as_1904(path: &Path) {
    let mut from = zip::ZipArchive::new(fs::File::open(path).expect("the workbook")).expect("a package");
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut part = from.by_index(at).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut text).expect("its bytes");
        if name == "xl/workbook.xml" {
            let xml = String::from_utf8(text).expect("a text");
            assert!(xml.contains("<workbookPr "), "{xml}");
            text = xml.replace("<workbookPr ", "<workbookPr date1904=\"1\" ").into_bytes();
        }
        to.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        std::io::Write::write_all(&mut to, &text).expect("its bytes");
    }
    fs::write(path, to.finish().expect("a package").into_inner()).expect("a file");
}

#[tokio::test]
async fn days_that_a_spreadsheet_may_have_turned_stop_the_file() {
    let dir = TempDir::new().expect("a folder");
    let day = Format::new().set_num_format("dd.mm.yyyy");
    for (stored, text, expected) in [
        (5.0, "3/13/2026", Some(ErrorCode::SourceDaysTurned)),
        (5.0, "13.03.2026", Some(ErrorCode::SourceDaysTurned)),
        (20.0, "13.03.2026", None),
        (5.0, "04.03.2026", None),
    ] {
        let mut book = Workbook::new();
        write_day_number(&mut book, "Utlegg", "E-1", 1);
        let sheet = book.worksheet_from_index(0).expect("a sheet");
        let march = ExcelDateTime::from_serial_datetime(46_081.0 + stored).expect("a day");
        sheet.write_with_format(1, 1, march, &day).expect("a cell");
        for (column, cell) in (0..).zip(["E-2", text, "5", "P", "K", "T"]) {
            sheet.write(2, column, cell).expect("a cell");
        }
        book.save(dir.path().join("book.xlsx")).expect("a workbook");
        let settings = of_books(dir.path(), "book.xlsx", WorkbookRules::default());
        let code = read(settings).await.err().map(|problem| problem.code);
        assert_eq!(code, expected, "{stored} {text}");
    }
}

#[tokio::test]
async fn sheets_that_are_not_read_are_named() {
    let dir = TempDir::new().expect("a folder");
    let mut book = Workbook::new();
    for name in ["Januar", "Februar", "Mars"] {
        write_day_number(&mut book, name, name, 46_085);
    }
    book.save(dir.path().join("book.xlsx")).expect("a workbook");
    for (sheet, expected) in [(None, Some(("Januar", "Februar, Mars"))), (Some("Mars"), None)] {
        let rules = WorkbookRules { sheet: sheet.map(str::to_owned), ..WorkbookRules::default() };
        let mut settings = of_books(dir.path(), "book.xlsx", rules);
        settings.date_format = "spreadsheet-1900".to_owned();
        let source = Files::new(settings, Arc::new(crate::SystemClock::start()));
        drop(source.open().await.map_err(|error| error.0).expect("it is read"));
        let remarks = source.remarks();
        let found: Vec<(&str, &str)> =
            remarks.iter().filter(|it| it.kind == "sheets_not_read").map(|it| (&*it.column, &*it.text)).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{sheet:?}");
    }
}

#[tokio::test]
async fn first_record_of_a_sheet_without_titles_is_read() {
    let dir = TempDir::new().expect("a folder");
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    let sheet = book.add_worksheet();
    for row in 0..2_u32 {
        let march = ExcelDateTime::from_serial_datetime(46_085.0).expect("a day");
        sheet.write(row, 0, format!("E-{row}")).expect("a cell");
        sheet.write_with_format(row, 1, march, &day).expect("a cell");
        sheet.write(row, 2, "12.500").expect("a cell");
        for (column, text) in [(3, "P"), (4, "K"), (5, "T")] {
            sheet.write(row, column, text).expect("a cell");
        }
    }
    book.save(dir.path().join("book.xlsx")).expect("a workbook");
    let mut settings = of_books(dir.path(), "book.xlsx", WorkbookRules::default());
    shape::by_place(&mut settings);
    assert_eq!(outcomes(&read(settings).await.expect("it is read")), ["1 amount_ambiguous", "2 amount_ambiguous"]);
}

#[tokio::test]
async fn merged_amount_counts_once_even_where_cells_are_filled() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("book.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in (0..).zip(TITLES) {
        sheet.write(0, column, title).expect("a cell");
    }
    for row in 1..6_u32 {
        for (column, text) in [(0, format!("E-{row}").as_str()), (1, "04.03.2026"), (4, "Reise"), (5, "Tog")] {
            sheet.write(row, column, text).expect("a cell");
        }
    }
    sheet.merge_range(1, 2, 2, 2, "", &Format::new()).expect("cells");
    sheet.write(1, 2, 500).expect("a cell");
    sheet.merge_range(3, 2, 4, 2, "kr 500", &Format::new()).expect("cells");
    sheet.write(5, 2, 7).expect("a cell");
    // The number of a payee may stand in a merged cell.
    sheet.merge_range(1, 3, 5, 3, "", &Format::new()).expect("cells");
    sheet.write(1, 3, 31).expect("a cell");
    book.save(&path).expect("a workbook");
    let rules = WorkbookRules { merged_cells: MergedCells::Fill, ..WorkbookRules::default() };
    let rows = read(of_books(dir.path(), "book.xlsx", rules)).await.expect("it is read");
    let expected = [
        "E-1 2026-03-04 500.00 NOK",
        "3 cell_merged",
        "E-3 2026-03-04 500.00 NOK",
        "5 cell_merged",
        "E-5 2026-03-04 7.00 NOK",
    ];
    assert_eq!(outcomes(&rows), expected);
}

#[tokio::test]
async fn folder_of_workbooks_is_read_and_text_beside_them_is_named() {
    let dir = TempDir::new().expect("a folder");
    let months = dir.path().join("in");
    fs::create_dir(&months).expect("a folder");
    write(&months.join("2026-03.xlsx"));
    fs::write(months.join("2026-04.csv"), "Nr\n1\n").expect("a file");
    let rows = read(of_books(dir.path(), "in", WorkbookRules::default())).await.expect("it is read");
    assert!(
        matches!(&rows[0], Row::Flaw(flaw) if flaw.reason == HoldReason::FileNotRead && flaw.place.file.ends_with("2026-04.csv"))
    );
    assert_eq!(rows.len(), 12);
}

#[tokio::test]
async fn workbook_among_text_is_named_and_alone_refused() {
    let dir = TempDir::new().expect("a folder");
    write(&dir.path().join("2026-04.xlsx"));
    let problem = read(settings(dir.path(), "2026-04.xlsx")).await.expect_err("it is no text");
    assert_eq!(problem.code, ErrorCode::SourceIsWorkbook);
    fs::write(dir.path().join("2026-03.csv"), format!("{HEAD}A;14.3.2026;1,50;P;K;T\n")).expect("a file");
    let rows = read(settings(dir.path(), "2026-*.csv")).await.expect("it is read");
    assert_eq!(outcomes(&rows), ["1 file_not_read", "A 2026-03-14 1.50 NOK"]);
}

#[tokio::test]
async fn currency_of_a_number_format_holds_a_row_of_another() {
    let dir = TempDir::new().expect("a folder");
    let mut book = Workbook::new();
    let (euro, krone) =
        (Format::new().set_num_format("[$€-407] #,##0.00"), Format::new().set_num_format("#,##0.00 \"kr\""));
    let sheet = book.add_worksheet();
    for (column, title) in (0..).zip(TITLES) {
        sheet.write(0, column, title).expect("a cell");
    }
    for (row, format, currency) in [
        (1_u32, Some(&euro), ""),
        (2, Some(&krone), ""),
        (3, Some(&euro), "EUR"),
        (4, None, ""),
        (5, Some(&krone), "EUR"),
    ] {
        sheet.write(row, 0, format!("E-{row}")).expect("a cell");
        sheet.write(row, 1, "04.03.2026").expect("a cell");
        match format {
            Some(format) => sheet.write_with_format(row, 2, 1249.5, format).expect("a cell"),
            None => sheet.write(row, 2, 1249.5).expect("a cell"),
        };
        for (column, text) in [(3, "P-1"), (4, "Reise"), (5, "Tog"), (6, currency)] {
            sheet.write(row, column, text).expect("a cell");
        }
    }
    book.save(dir.path().join("f.xlsx")).expect("saved");
    let rows = read(of_books(dir.path(), "f.xlsx", WorkbookRules::default())).await.expect("it is read");
    assert_eq!(
        outcomes(&rows),
        [
            "2 currency_foreign",
            "E-2 2026-03-04 1249.50 NOK",
            "E-3 2026-03-04 1249.50 EUR",
            "E-4 2026-03-04 1249.50 NOK",
            "6 currency_foreign",
        ]
    );
}
