//! Tests files that are judged as a whole: what contradicts, what is not finished, what lies beside them.

use super::*;

/// Returns the problem because of which this file is not read.
async fn stops(rows: &str) -> Problem {
    rows_of(HEAD, rows).await.expect_err("it contradicts")
}

async fn rows_of(head: &str, rows: &str) -> Result<Vec<Row>, Problem> {
    super::rows(format!("{head}{rows}")).await
}

/// Returns the amounts of the records, and nothing for a row that is held.
fn amounts(rows: &[Row]) -> Vec<Option<String>> {
    let amount = |row: &Row| if let Row::Record(record, _) = row { Some(record.amount.to_decimal()) } else { None };
    rows.iter().map(amount).collect()
}

#[tokio::test]
async fn amounts_of_another_mark_stop_the_file() {
    let problem = stops("A;1.2.2026;99,90;P;K;T\nB;1.2.2026;1,249.50;P;K;T\nC;1.2.2026;25,000;P;K;T\n").await;
    assert_eq!(problem.code, ErrorCode::SourceAmountsContradict);
    assert_eq!((problem.params["line"].as_str(), problem.params["found"].as_str()), ("3", "1,249.50"));
    assert_eq!((problem.params["mark"].as_str(), problem.params["agrees"].as_str()), (",", "99,90 (2)"));
    for amount in ["12.5", "7.000000", "1,249,500", "1,23,456"] {
        let problem = stops(&format!("A;1.2.2026;{amount};P;K;T\n")).await;
        assert_eq!(problem.code, ErrorCode::SourceAmountsContradict, "{amount}");
    }
}

#[tokio::test]
async fn amount_of_two_readings_is_held_unless_the_column_proves_one() {
    let alone = rows_of(HEAD, "A;1.2.2026;12.500;P;K;T\nB;1.2.2026;25,000;P;K;T\nC;1.2.2026;7;P;K;T\n")
        .await
        .expect("it is read");
    assert_eq!(amounts(&alone), [None, None, Some("7.00".into())]);
    let proven = rows_of(HEAD, "A;1.2.2026;12.500;P;K;T\nB;1.2.2026;99,90;P;K;T\n").await.expect("it is read");
    assert_eq!(amounts(&proven), [Some("12500.00".into()), Some("99.90".into())]);
}

#[tokio::test]
async fn currencies_of_one_column_have_their_own_decimals() {
    let dir = TempDir::new().expect("a folder");
    let head = HEAD.trim_end();
    let rows = "A;1.2.2026;25,000;P;K;T;KWD\nB;1.2.2026;25,000;P;K;T;NOK\nC;1.2.2026;25.000;P;K;T;JPY\n";
    fs::write(dir.path().join("f.csv"), format!("{head};Valuta\n{rows}")).expect("a file");
    let mut settings = settings(dir.path(), "f.csv");
    settings.columns.insert(Field::Currency, "Valuta".to_owned());
    assert_eq!(amounts(&read(settings).await.expect("it is read")), [Some("25.000".into()), None, None]);
}

#[tokio::test]
async fn days_of_the_other_order_stop_the_file() {
    let dir = TempDir::new().expect("a folder");
    let rows = "A;12/01/2026;1;P;K;T\nB;12/31/2026;1;P;K;T\n";
    fs::write(dir.path().join("f.csv"), format!("{HEAD}{rows}")).expect("a file");
    let american = |format: &str| FileSettings { date_format: format.to_owned(), ..settings(dir.path(), "f.csv") };
    let problem = read(american("%d/%m/%Y")).await.expect_err("it contradicts");
    assert_eq!(problem.code, ErrorCode::SourceDaysContradict);
    assert_eq!((problem.params["line"].as_str(), problem.params["found"].as_str()), ("3", "12/31/2026"));
    assert_eq!(problem.params["ambiguous"], "12/01/2026 (2)");
    let rows = read(american("%m/%d/%Y")).await.expect("it is read");
    assert!(matches!(&rows[0], Row::Record(record, _) if record.date.to_string() == "2026-12-01"));
}

#[tokio::test]
async fn currency_beside_the_only_amounts_is_asked_for() {
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Währung\n";
    let problem = rows_of(head, "A;1.2.2026;1,50;P;K;T;NOK\nB;1.2.2026;1,50;P;K;T;eur\n").await.expect_err("in which?");
    assert_eq!(problem.code, ErrorCode::SourceCurrencyNotNamed);
    assert_eq!((problem.params["column"].as_str(), problem.params["found"].as_str()), ("Währung", "eur"));
    // Here it may be the currency of the other amount.
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Original Currency;Original Amount\n";
    assert!(rows_of(head, "A;1.2.2026;520,25;P;K;T;USD;50,00\n").await.is_ok());
    let head = "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Lag\n";
    assert!(rows_of(head, "A;1.2.2026;1,50;P;K;T;ALL\n").await.is_ok());
    let dir = TempDir::new().expect("a folder");
    fs::write(dir.path().join("f.csv"), "Nr;Dato;Beløp;Hvem;Kategori;Tekst;Valuta\nA;1.2.2026;1,50;P;K;T;EUR\n")
        .expect("a file");
    let ignoring = FileSettings { ignored_columns: vec!["Valuta".into()], ..settings(dir.path(), "f.csv") };
    assert!(read(ignoring).await.is_ok());
}

#[tokio::test]
async fn file_that_ends_within_a_line_is_not_read_yet() {
    let problem = stops("A;1.2.2026;5;P;K;T\nB;1.2.2026;60;P;K;T").await;
    assert_eq!((problem.code, problem.params["line"].as_str()), (ErrorCode::SourceLineEndMissing, "3"));
    let dir = TempDir::new().expect("a folder");
    fs::write(dir.path().join("f.csv"), format!("{HEAD}A;1.2.2026;5;P;K;T")).expect("a file");
    let usual = FileSettings { ends_with_line_end: false, ..settings(dir.path(), "f.csv") };
    assert_eq!(read(usual).await.map(|rows| rows.len()), Ok(1));
}

#[tokio::test]
async fn file_that_changes_while_it_is_read_is_not_read_yet() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("f.csv");
    let row = |at: usize| format!("A-{at};1.2.2026;5;P;K;T\n");
    // More pages than are read ahead, so that the reading is in the middle when the file grows.
    fs::write(&path, HEAD.to_owned() + &(0..PAGE_ROWS_MAX * 6).map(row).collect::<String>()).expect("a file");
    let source = Files::new(settings(dir.path(), "f.csv"), Arc::new(crate::SystemClock::start()));
    let mut pages = source.open().await.expect("it is there");
    assert!(pages.next().await.expect("it is read").is_some());
    let mut grown = fs::OpenOptions::new().append(true).open(&path).expect("the file");
    std::io::Write::write_all(&mut grown, b"B;1.2.2026;60;P;K;T\n").expect("written");
    let problem = loop {
        match pages.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("a file that changed is not whole"),
            Err(error) => break error.0,
        }
    };
    assert_eq!((problem.code, problem.code.exit_status()), (ErrorCode::SourceUnfinished, 5));
}

#[tokio::test]
async fn folder_waits_until_its_files_are_left_alone() {
    let dir = TempDir::new().expect("a folder");
    fs::create_dir(dir.path().join("in")).expect("a folder");
    let path = dir.path().join("in/f.csv");
    fs::write(&path, format!("{HEAD}A;1.2.2026;5;P;K;T\n")).expect("a file");
    let settling = || FileSettings { settle: Duration::from_secs(3_600), ..settings(dir.path(), "in") };
    assert_eq!(read(settling()).await.map_err(|problem| problem.code), Err(ErrorCode::SourceUnfinished));
    let hours_ago = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(hours_ago)).expect("a time of ours");
    assert_eq!(read(settling()).await.map(|rows| rows.len()), Ok(1));
}

#[tokio::test]
async fn things_beside_the_files_are_named_or_known_to_be_none() {
    let dir = TempDir::new().expect("a folder");
    let folder = dir.path().join("in");
    fs::create_dir_all(folder.join("2026-04")).expect("a folder");
    let text = format!("{HEAD}A;1.2.2026;5;P;K;T\n");
    for name in ["2026-03.csv", "2026-02.CSV", "2026-05.xlsx", "notes.txt"] {
        fs::write(folder.join(name), &text).expect("a file");
    }
    for name in ["._2026-03.csv", "~$2026-05.xlsx", ".~lock.2026-03.csv#", ".DS_Store", "Thumbs.db"] {
        fs::write(folder.join(name), b"\0\x05\x16\x07").expect("a file");
    }
    for (path, strangers, records) in [
        ("in", vec!["in/2026-04", "in/2026-05.xlsx", "in/notes.txt"], 2),
        ("in/2026-*.csv", vec!["in/2026-04", "in/2026-05.xlsx"], 2),
        ("in/2026-03.csv", vec![], 1),
    ] {
        let rows = read(settings(dir.path(), path)).await.expect("it is read");
        let flaw = |row: &Row| match row {
            Row::Flaw(flaw) if flaw.reason == HoldReason::FileNotRead => Some(flaw.place.file.replace('\\', "/")),
            _ => None,
        };
        assert_eq!(rows.iter().filter_map(flaw).collect::<Vec<_>>(), strangers, "{path}");
        assert_eq!(rows.len() - strangers.len(), records, "{path}");
    }
}

#[tokio::test]
async fn stray_quotes_refuse_the_file_with_their_line() {
    // Each pair would swallow rows without a word, or move the cells of one.
    for (rows, line) in [
        ("A;1.2.2026;5;P;K;\"T\nB;1.2.2026;5;P;K;T\nC;1.2.2026;5;P;K;T\"\n", "2"),
        ("A;1.2.2026;5;\"P;K;T\nB;1.2.2026;5;P\";K;T\n", "2"),
        ("A;1.2.2026;5;P;K;T\nB;1.2.2026;\"5;P;K;T\nC;1.2.2026\";6;P;K;T\n", "3"),
        ("A;1.2.2026;5;P;K;T\nB;1.2.2026;5;P;K;\"Taxi\" x\n", "3"),
        ("A;1.2.2026;5;P;K;T\nB;1.2.2026;5;P;K;\"T\nC;1.2.2026;5;P;K;\"T\n", "3"),
    ] {
        let problem = rows_of(HEAD, rows).await.expect_err("a stray quote");
        assert_eq!((problem.code, problem.params["line"].as_str()), (ErrorCode::SourceQuoteOpen, line), "{rows}");
    }
}

#[tokio::test]
async fn row_of_control_characters_ends_no_file() {
    let mark = "\u{4}postonce: end of file\u{4}";
    let rows = rows_of(HEAD, &format!("A;1.2.2026;5;P;K;T\n{mark}\nB;1.2.2026;5;P;K;T\n")).await.expect("it is read");
    assert_eq!(rows.iter().filter(|row| matches!(row, Row::Record(..))).count(), 2);
    assert_eq!(rows.len(), 3);
}

#[tokio::test]
async fn utf8_that_is_read_as_another_encoding_is_refused() {
    let dir = TempDir::new().expect("a folder");
    // The only letter beyond ASCII may stand in a last line that has no end.
    let plain = HEAD.replace("Beløp", "Sum");
    for text in [format!("{HEAD}A;1.2.2026;5;Kåre;K;T\n"), format!("{plain}A;1.2.2026;5;Kåre;K;T")] {
        fs::write(dir.path().join("f.csv"), &text).expect("a file");
        for label in ["windows-1252", "macintosh", "cp850"] {
            let charset = Charset::for_label(label).expect("a known name");
            let mut settings = FileSettings { charset, ends_with_line_end: false, ..settings(dir.path(), "f.csv") };
            settings.columns.insert(Field::Amount, "#3".to_owned());
            let problem = read(settings).await.expect_err("it is UTF-8");
            let found = (problem.code, problem.params["likely"].as_str());
            assert_eq!(found, (ErrorCode::SourceEncoding, "UTF-8"), "{label} {text}");
        }
    }
}

#[tokio::test]
async fn web_page_and_rows_without_titles_are_recognised() {
    let problem = rows("<html><body><table><tr><td>Nr</td></tr></table></body></html>\n").await.expect_err("a page");
    assert_eq!((problem.code, problem.params["found"].as_str()), (ErrorCode::SourceNotCsv, "HTML, XML"));
    let problem = rows("A;04.03.2026;100,00;P;K;T\nB;05.03.2026;1;P;K;T\n").await.expect_err("no titles");
    assert_eq!(problem.code, ErrorCode::SourceHeadMissing);
    assert!(problem.params["found"].starts_with("A | 04.03.2026"), "{problem}");
}
