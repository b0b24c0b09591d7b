use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use postonce_engine::domain::{Currency, HoldReason, Record};
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::ports::{Flaw, PAGE_ROWS_MAX, Row, Source as _};
use tempfile::TempDir;

use super::super::table::{
    CellTest, Charset, DecimalSeparator, Field, FileKind, HeadRule, IdRule, RowRule, RuleEffect, Sign,
};
use super::*;

mod acknowledgement;
mod beside;
mod books;
mod claims;
mod shape;
mod whole;

const HEAD: &str = "Nr;Dato;Beløp;Hvem;Kategori;Tekst\n";

fn settings(dir: &Path, path: &str) -> FileSettings {
    let titles = [
        (Field::Id, "Nr"),
        (Field::Date, "Dato"),
        (Field::Amount, "Beløp"),
        (Field::Payee, "Hvem"),
        (Field::Category, "Kategori"),
        (Field::Text, "Tekst"),
    ];
    FileSettings {
        dir: dir.to_owned(),
        path: path.to_owned(),
        kind: FileKind::Csv,
        charset: Charset::UTF_8,
        delimiter: b';',
        decimal_separator: DecimalSeparator::Comma,
        date_format: "%d.%m.%Y".to_owned(),
        columns: titles.into_iter().skip(1).map(|(field, title)| (field, title.to_owned())).collect(),
        id: IdRule::Columns(vec!["Nr".to_owned()]),
        dimensions: BTreeMap::new(),
        gathers_claims: false,
        head: HeadRule::Found,
        sign: Sign::Positive,
        row_rules: Vec::new(),
        ignored_columns: Vec::new(),
        ends_with_line_end: true,
        settle: Duration::ZERO,
        acknowledges: false,
        currency: Currency::from_code("NOK").expect("a code of ISO 4217"),
        own_currency: Currency::from_code("NOK").expect("a code of ISO 4217"),
        is_currency_said: false,
        time_zone: chrono_tz::Europe::Oslo,
    }
}

async fn read(settings: FileSettings) -> Result<Vec<Row>, Problem> {
    let mut pages =
        Files::new(settings, Arc::new(crate::SystemClock::start())).open().await.map_err(|error| error.0)?;
    let mut rows = Vec::new();
    while let Some(page) = pages.next().await.map_err(|error| error.0)? {
        assert!((1..=PAGE_ROWS_MAX).contains(&page.len()));
        rows.extend(page);
    }
    Ok(rows)
}

/// Returns the rows of one file with these bytes.
async fn rows(bytes: impl AsRef<[u8]>) -> Result<Vec<Row>, Problem> {
    let dir = TempDir::new().expect("a folder");
    fs::write(dir.path().join("f.csv"), bytes).expect("a file");
    read(settings(dir.path(), "f.csv")).await
}

async fn record(row: &str) -> Record {
    match rows(format!("{HEAD}{row}\n")).await.expect("it is read").remove(0) {
        Row::Record(record, _) => *record,
        Row::Flaw(flaw) | Row::LeftOut(flaw) => panic!("{flaw:?}"),
    }
}

async fn flaw(row: &str) -> Flaw {
    match rows(format!("{HEAD}{row}\n")).await.expect("it is read").remove(0) {
        Row::Flaw(flaw) => flaw,
        other => panic!("{other:?}"),
    }
}

fn lines(rows: &[Row]) -> Vec<u64> {
    let line = |row: &Row| match row {
        Row::Record(_, place) => place.line,
        Row::Flaw(flaw) | Row::LeftOut(flaw) => flaw.place.line,
    };
    rows.iter().map(line).collect()
}

#[tokio::test]
async fn row_becomes_a_record() {
    let record = record("A-1;28.10.2026;1 249,50; PM-31 ;Reise; Taxi, Bodø ").await;
    assert_eq!((record.id.as_str(), record.date.to_string().as_str()), ("A-1", "2026-10-28"));
    assert_eq!(record.amount.to_decimal(), "1249.50");
    assert_eq!((record.payee.id.as_str(), record.payee.name.as_str()), ("PM-31", "PM-31"));
    assert_eq!((record.category.as_str(), record.text.as_str()), ("Reise", "Taxi, Bodø"));
}

#[tokio::test]
async fn optional_columns_are_read_where_the_workspace_names_them() {
    let dir = TempDir::new().expect("a folder");
    let head = HEAD.trim_end();
    let text = format!("{head};Valuta;Navn;V;Prosjekt\nA;1.2.2026;5;P;K;T;eur;Kari;3;\n");
    fs::write(dir.path().join("f.csv"), text).expect("a file");
    let mut settings = settings(dir.path(), "f.csv");
    for (field, title) in
        [(Field::Currency, "Valuta"), (Field::PayeeName, "Navn"), (Field::Version, "V"), (Field::Project, "Prosjekt")]
    {
        settings.columns.insert(field, title.to_owned());
    }
    let Row::Record(record, _) = read(settings).await.expect("it is read").remove(0) else { panic!("a flaw") };
    assert_eq!((record.amount.currency().code(), record.payee.name.as_str()), ("EUR", "Kari"));
    assert_eq!((record.version, record.project), (Some(3), None));
}

#[tokio::test]
async fn flaw_of_a_row_has_its_reason() {
    let found = |text: &str| text.to_owned();
    for (row, reason) in [
        (";28.10.2026;5;P;K;T", HoldReason::IdMissing),
        ("1,2E+11;28.10.2026;5;P;K;T", HoldReason::IdScientific { found: found("1,2E+11") }),
        ("A\tB;28.10.2026;5;P;K;T", HoldReason::IdInvalid { found: found("A\\tB") }),
        ("A;;5;P;K;T", HoldReason::FieldMissing { field: found("date") }),
        ("A;28.10.2026;;P;K;T", HoldReason::FieldMissing { field: found("amount") }),
        ("A;28.10.2026;5; ;K;T", HoldReason::FieldMissing { field: found("payee") }),
        ("A;31.02.2026;5;P;K;T", HoldReason::DateInvalid { found: found("31.02.2026"), expected: found("%d.%m.%Y") }),
        ("A;46085;5;P;K;T", HoldReason::DateIsNumber { found: found("46085"), day: found("2026-03-04") }),
        ("A;28.10.2026;25,000;P;K;T", HoldReason::AmountAmbiguous { found: found("25,000") }),
        ("A;28.10.2026;12.500;P;K;T", HoldReason::AmountAmbiguous { found: found("12.500") }),
        ("A;28.10.2026;€ 5;P;K;T", HoldReason::CurrencyForeign { found: found("€ 5"), currency: found("NOK") }),
        ("A;28.10.2026;fem;P;K;T", HoldReason::AmountInvalid { found: found("fem") }),
        ("A;28.10.2026;1,234;P;K;T", HoldReason::AmountDecimals { found: found("1,234"), currency: found("NOK") }),
        ("A;28.10.2026;99999999999999999999;P;K;T", HoldReason::AmountInvalid { found: found("99999999999999999999") }),
        ("A;28.10.2026;5;P;K", HoldReason::RowUnreadable { detail: found("5 ≠ 6") }),
        ("A;28.10.2026;5;P;K;T;U", HoldReason::RowUnreadable { detail: found("7 ≠ 6") }),
    ] {
        assert_eq!(flaw(row).await.reason, reason, "{row}");
    }
}

#[tokio::test]
async fn flaw_has_its_place_and_its_beginning() {
    let flaw = flaw("A;31.02.2026;5;P;K;T").await;
    assert_eq!((flaw.place.file.as_str(), flaw.place.line), ("f.csv", 2));
    assert_eq!(flaw.record_id.as_deref(), Some("A"));
    assert_eq!(flaw.glimpse, "A;31.02.2026;5;P;K;T");
}

#[tokio::test]
async fn rows_without_content_and_surplus_delimiters_are_nothing() {
    let text = format!("{HEAD}A;1.2.2026;5;P;K;T;;\n;;;;;\n\n   \nB;1.2.2026;0;P;K;T\n");
    let rows = rows(text).await.expect("it is read");
    assert_eq!(lines(&rows), [2, 6]);
    // Zero is a number; whether it is posted is the plan's matter.
    assert!(rows.iter().all(|row| matches!(row, Row::Record(..))));
}

#[tokio::test]
async fn row_is_named_by_its_first_line_with_any_line_ends() {
    for end in ["\n", "\r\n", "\r"] {
        let text =
            format!("{HEAD}A;1.2.2026;5;P;K;\"Hotell\nog \"\"taxi\"\"\"\n\n\nB;1.2.2026;5;P;K;T\nC;1.2.2026;5;P;K;T\n");
        let rows = rows(text.replace('\n', end)).await.expect("it is read");
        assert_eq!(lines(&rows), [2, 6, 7], "{end:?}");
        let Row::Record(first, _) = &rows[0] else { panic!("a flaw") };
        assert_eq!(first.text, "Hotell og \"taxi\"");
    }
}

#[tokio::test]
async fn encodings_are_honoured_and_a_byte_order_mark_before_them() {
    let text = format!("{HEAD}Ø;1.2.2026;5;P;K;Bodø\n");
    let utf16 = |bytes: fn(u16) -> [u8; 2]| format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect();
    let (windows_1252, ..) = encoding_rs::WINDOWS_1252.encode(&text);
    for (name, bytes, encoding) in [
        ("windows-1252", windows_1252.to_vec(), encoding_rs::WINDOWS_1252),
        ("UTF-8 with mark", format!("\u{feff}{text}").into_bytes(), encoding_rs::WINDOWS_1252),
        ("UTF-16LE with mark", utf16(u16::to_le_bytes), encoding_rs::UTF_8),
        ("UTF-16BE with mark", utf16(u16::to_be_bytes), encoding_rs::UTF_8),
    ] {
        let dir = TempDir::new().expect("a folder");
        fs::write(dir.path().join("f.csv"), bytes).expect("a file");
        let rows = read(FileSettings { charset: Charset::Web(encoding), ..settings(dir.path(), "f.csv") })
            .await
            .expect("it is read");
        let Row::Record(record, _) = &rows[0] else { panic!("{name}") };
        assert_eq!((record.id.as_str(), record.text.as_str()), ("Ø", "Bodø"), "{name}");
    }
}

#[tokio::test]
async fn bytes_of_another_encoding_end_the_reading_with_their_line() {
    let text = format!("{HEAD}A;1.2.2026;5;P;K;T\nB;1.2.2026;5;P;K;Bod");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(b"\xf8\n");
    let problem = rows(bytes).await.expect_err("no UTF-8");
    assert_eq!(problem.code, ErrorCode::SourceEncoding);
    assert_eq!((problem.params["line"].as_str(), problem.params["likely"].as_str()), ("3", "windows-1252"));
    let utf16: Vec<u8> = "Nr;Dato".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let problem = rows(utf16).await.expect_err("UTF-16 without a mark");
    assert_eq!((problem.code, problem.params["likely"].as_str()), (ErrorCode::SourceEncoding, "UTF-16LE"));
}

#[tokio::test]
async fn column_is_refused_with_the_nearest_if_missing_or_repeated() {
    let problem = rows("Nr;Dato;Belop;Hvem;Kategori;Tekst\n").await.expect_err("no Beløp");
    assert_eq!(problem.code, ErrorCode::SourceColumnMissing);
    assert_eq!((problem.params["column"].as_str(), problem.params["nearest"].as_str()), ("Beløp", "Belop"));
    let problem = rows("Nr;Dato;Beløp;Beløp;Hvem;Kategori;Tekst\n").await.expect_err("which one?");
    assert_eq!((problem.code, problem.params["column"].as_str()), (ErrorCode::SourceColumnRepeated, "Beløp"));
}

#[tokio::test]
async fn empty_file_is_reported_and_a_head_alone_is_no_rows() {
    for empty in ["", "\u{feff}", "\n\n"] {
        assert_eq!(rows(empty).await.expect_err("nothing").code, ErrorCode::SourceEmpty);
    }
    assert_eq!(rows(HEAD).await, Ok(vec![]));
    assert_eq!(rows(HEAD.trim_end()).await, Ok(vec![]));
}

#[tokio::test]
async fn open_quote_is_reported_and_swallows_no_row_in_silence() {
    let text = format!("{HEAD}A;1.2.2026;5;P;K;T\nB;1.2.2026;5;P;K;\"Hotell\nC;1.2.2026;5;P;K;T\n");
    let problem = rows(text).await.expect_err("C would be lost");
    assert_eq!((problem.code, problem.params["line"].as_str()), (ErrorCode::SourceQuoteOpen, "3"));
    let endless = format!("{HEAD}A;1.2.2026;5;P;K;\"{}", "x\n".repeat(2_000_000));
    let problem = rows(endless).await.expect_err("a row of 4 MB");
    assert_eq!((problem.code, problem.params["line"].as_str()), (ErrorCode::SourceQuoteOpen, "2"));
    assert_eq!(rows("Nr;\"Dato;Beløp").await.expect_err("a head").code, ErrorCode::SourceQuoteOpen);
}

#[tokio::test]
async fn folder_and_a_glob_are_read_in_the_order_of_their_names() {
    let dir = TempDir::new().expect("a folder");
    for (name, id) in [("b.csv", "B"), ("a.CSV", "A"), ("c.txt", "C")] {
        fs::write(dir.path().join(name), format!("{HEAD}{id};1.2.2026;5;P;K;T\n")).expect("a file");
    }
    for (path, files) in
        [(".", vec!["a.CSV", "b.csv"]), ("*", vec!["a.CSV", "b.csv", "c.txt"]), ("[b]*", vec!["b.csv"])]
    {
        let rows = read(settings(dir.path(), path)).await.expect("it is read");
        let records = rows.iter().filter_map(|row| if let Row::Record(_, place) = row { Some(place) } else { None });
        assert_eq!(records.map(|place| place.file.as_str()).collect::<Vec<_>>(), files, "{path}");
    }
}

#[tokio::test]
async fn missing_file_is_reported_with_its_path() {
    let dir = TempDir::new().expect("a folder");
    for path in ["none.csv", "none/none.csv", "*.csv", ".", "none*/[a-z]"] {
        let problem = read(settings(dir.path(), path)).await.expect_err("nothing there");
        assert_eq!(problem.code, ErrorCode::SourceFileMissing, "{path}");
        assert!(problem.params["path"].starts_with(&dir.path().display().to_string()), "{problem}");
    }
}

#[tokio::test]
async fn head_of_every_file_is_checked_before_any_row_is_given() {
    let dir = TempDir::new().expect("a folder");
    fs::write(dir.path().join("a.csv"), format!("{HEAD}A;1.2.2026;5;P;K;T\n")).expect("a file");
    fs::write(dir.path().join("b.csv"), "Nr;Dato\n").expect("a file");
    let opened = Files::new(settings(dir.path(), "."), Arc::new(crate::SystemClock::start())).open().await;
    assert_eq!(opened.err().map(|error| error.0.code), Some(ErrorCode::SourceColumnMissing));
}

#[cfg(unix)]
#[tokio::test]
async fn file_that_may_not_be_read_is_reported() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("f.csv");
    fs::write(&path, HEAD).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("a file of ours");
    if fs::File::open(&path).is_ok() {
        println!("this user may read everything: nothing to see here");
        return;
    }
    let problem = read(settings(dir.path(), "f.csv")).await.expect_err("not ours to read");
    assert_eq!(problem.code, ErrorCode::SourceFileUnreadable);
}

#[tokio::test]
async fn large_file_comes_in_pages_and_the_reader_waits() {
    let dir = TempDir::new().expect("a folder");
    let row = format!("1.2.2026;1 249,50;PM-0031;Reise;{}\n", "T".repeat(160));
    let mut text = HEAD.to_owned();
    for id in 0..100_000 {
        text.push_str(&format!("A-{id};{row}"));
    }
    assert!(text.len() > 20_000_000);
    fs::write(dir.path().join("f.csv"), text).expect("a file");
    let mut pages = Files::new(settings(dir.path(), "f.csv"), Arc::new(crate::SystemClock::start()))
        .open()
        .await
        .expect("it is there");
    let mut count = 0;
    while let Some(page) = pages.next().await.expect("it is read") {
        assert!(page.len() <= PAGE_ROWS_MAX);
        count += page.len();
    }
    assert_eq!(count, 100_000);
}

#[tokio::test]
async fn real_file_gives_all_its_rows() {
    let beside_the_project = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared");
    let shared = std::env::var("POSTONCE_SHARED").unwrap_or_else(|_| beside_the_project.to_owned());
    let dir = Path::new(&shared).join("data");
    if !dir.join("reimbursements-2020.csv").exists() {
        println!("reimbursements-2020.csv is not on this machine: not tried");
        return;
    }
    let titles = [
        (Field::Id, "Bilagsnr"),
        (Field::Date, "Dato"),
        (Field::Amount, "Beløp"),
        (Field::Payee, "Likeperson"),
        (Field::Category, "Kategori"),
        (Field::Text, "Leverandør"),
    ];
    let rows = read(FileSettings {
        charset: Charset::Web(encoding_rs::WINDOWS_1252),
        date_format: "%d/%m/%Y".to_owned(),
        columns: titles.into_iter().skip(1).map(|(field, title)| (field, title.to_owned())).collect(),
        id: IdRule::Columns(vec!["Bilagsnr".to_owned()]),
        ..settings(&dir, "reimbursements-2020.csv")
    })
    .await
    .expect("it is read");
    let records: Vec<&Record> = rows
        .iter()
        .filter_map(|row| if let Row::Record(record, _) = row { Some(record.as_ref()) } else { None })
        .collect();
    assert_eq!((rows.len(), records.len()), (13_802, 13_801));
    assert!(rows.iter().any(|row| matches!(row, Row::Flaw(flaw) if flaw.reason == HoldReason::IdMissing)));
    use chrono::Datelike as _;
    let (plausible, odd): (Vec<&Record>, Vec<_>) = records.into_iter().partition(|record| record.date.year() >= 2000);
    assert_eq!(odd.iter().map(|record| record.date.year()).collect::<Vec<_>>(), [202]);
    assert_eq!(plausible.iter().map(|record| record.amount.minor()).sum::<i64>(), 1_940_672_457);
}
