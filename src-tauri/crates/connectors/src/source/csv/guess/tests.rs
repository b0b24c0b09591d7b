use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// Returns the path of the project's real file, which lies beside the checkout on machines that have it.
fn real() -> PathBuf {
    let beside_the_project = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared");
    let shared = std::env::var("POSTONCE_SHARED").unwrap_or_else(|_| beside_the_project.to_owned());
    Path::new(&shared).join("data/reimbursements-2020.csv")
}

fn guessed(bytes: impl AsRef<[u8]>) -> Result<Guess, FileError> {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("f.csv");
    fs::write(&path, bytes).expect("a file");
    guess(&path)
}

fn column(guess: &Guess, field: Field) -> Option<(&str, Confidence)> {
    let found = guess.columns.iter().find(|column| column.field == field);
    found.map(|column| (column.title.as_str(), column.confidence))
}

fn titles(guess: &Guess) -> Vec<(&str, &str)> {
    guess.columns.iter().map(|column| (column.field.name(), column.title.as_str())).collect()
}

#[test]
fn real_file_is_guessed_as_a_person_would() {
    let real = real();
    if !real.exists() {
        println!("{} is not on this machine: not tried", real.display());
        return;
    }
    let guess = guess(&real).expect("it is a table");
    assert_eq!((guess.encoding.name(), guess.delimiter), ("windows-1252", b';'));
    assert_eq!((guess.decimal_separator, guess.date_format.as_str()), (DecimalSeparator::Comma, "%d/%m/%Y"));
    assert_eq!(
        titles(&guess),
        [
            ("id", "Bilagsnr"),
            ("date", "Dato"),
            ("amount", "Beløp"),
            ("payee", "Likeperson"),
            ("category", "Kategori"),
            ("text", "Leverandør"),
        ]
    );
    assert!(guess.columns.iter().all(|column| column.confidence == Confidence::Sure), "{:?}", guess.columns);
}

#[test]
fn excel_file_is_guessed_with_its_optional_columns() {
    let text = "\u{feff}Utleggsnr;Godkjent;Dato;Likeperson;Navn;Kategori;Beløp;Valuta;Tekst;Avdeling;Prosjekt\r\n\
        U-1;05.11.2026;02.11.2026;PM-1;Kari Nordmann;Reise;1 249,50;NOK;Taxi;Nord;\r\n\
        U-2;05.11.2026;03.11.2026;PM-2;Ola Nordmann;Mat;12,00;NOK;Kaffe;Sør;P1\r\n";
    let guess = guessed(text).expect("it is a table");
    assert_eq!((guess.encoding.name(), guess.delimiter, guess.date_format.as_str()), ("UTF-8", b';', "%d.%m.%Y"));
    assert_eq!(guess.titles[0], "Utleggsnr", "the mark is no part of the title");
    assert_eq!(
        titles(&guess),
        [
            ("id", "Utleggsnr"),
            ("date", "Dato"),
            ("amount", "Beløp"),
            ("payee", "Likeperson"),
            ("category", "Kategori"),
            ("text", "Tekst"),
            ("approved_at", "Godkjent"),
            ("currency", "Valuta"),
            ("department", "Avdeling"),
            ("project", "Prosjekt"),
            ("payee_name", "Navn"),
        ]
    );
}

#[test]
fn english_file_with_commas_and_points_is_guessed() {
    let text = "Expense ID,Date,Employee,Type,Description,Amount\n\
        E1,2026-11-02,Kari,Travel,\"Taxi, airport\",\"1,249.50\"\nE2,2026-11-03,Ola,Food,Coffee,12.00\n";
    let guess = guessed(text).expect("it is a table");
    assert_eq!((guess.delimiter, guess.decimal_separator), (b',', DecimalSeparator::Point));
    assert_eq!(guess.date_format, "%Y-%m-%d");
    assert_eq!(
        titles(&guess),
        [
            ("id", "Expense ID"),
            ("date", "Date"),
            ("amount", "Amount"),
            ("payee", "Employee"),
            ("category", "Type"),
            ("text", "Description"),
        ]
    );
}

#[test]
fn column_whose_title_says_nothing_is_known_by_its_content() {
    let text = "Kol1;Kol2;Kol3;Kategori;Navn\nA-1;02.11.2026;12,50;Reise;Kari\nA-2;03.11.2026;7,25;Mat;Kari\n";
    let guess = guessed(text).expect("it is a table");
    assert_eq!(column(&guess, Field::Id), Some(("Kol1", Confidence::Unsure)));
    assert_eq!(column(&guess, Field::Date), Some(("Kol2", Confidence::Unsure)));
    assert_eq!(column(&guess, Field::Amount), Some(("Kol3", Confidence::Unsure)));
    // A name is better than no payee, and the category than no text.
    assert_eq!(column(&guess, Field::Payee), Some(("Navn", Confidence::Unsure)));
    assert_eq!(column(&guess, Field::Text), Some(("Kategori", Confidence::Unsure)));
}

#[test]
fn day_comes_before_the_month_unless_the_days_say_otherwise() {
    let with =
        |days: [&str; 2]| guessed(format!("Id;Dato;Sum\n1;{};1,00\n2;{};2,00\n", days[0], days[1])).expect("a table");
    assert_eq!(with(["03/04/2026", "05/06/2026"]).date_format, "%d/%m/%Y");
    assert_eq!(with(["03/14/2026", "05/26/2026"]).date_format, "%m/%d/%Y");
    assert_eq!(with(["03.04.26", "15.06.26"]).date_format, "%d.%m.%y");
    assert_eq!(with(["20260403", "20260615"]).date_format, "%Y%m%d");
}

#[test]
fn letter_far_below_still_decides_the_encoding() {
    let mut bytes = b"Id;Dato;Belop;Hvem\n".to_vec();
    for row in 0..20_000 {
        bytes.extend(format!("{row};02.11.2026;1,00;Kari\n").bytes());
    }
    assert_eq!(guessed(&bytes).expect("a table").encoding.name(), "UTF-8");
    bytes.extend(b"99999;02.11.2026;1,00;S\xf8ren \xc5s\n");
    assert_eq!(guessed(&bytes).expect("a table").encoding.name(), "windows-1252");
    bytes.truncate(bytes.len() - 10);
    bytes.extend("Søren Ås\n".bytes());
    assert_eq!(guessed(&bytes).expect("a table").encoding.name(), "UTF-8");
}

#[test]
fn encoding_of_two_bytes_is_known_with_a_mark_and_without() {
    let text = "Nr;Dato;Beløp\r\n1;02.11.2026;12,50\r\n2;02.11.2026;13,50\r\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe], bytes.as_slice()].concat();
    for bytes in [bytes, marked] {
        let guess = guessed(&bytes).expect("it is a table");
        assert_eq!((guess.encoding.name(), guess.titles.len()), ("UTF-16LE", 3));
    }
}

#[test]
fn file_that_is_no_table_is_refused_with_the_reason() {
    for bytes in [&b"PK\x03\x04rest of a workbook"[..], b"%PDF-1.7\n", b"{\"records\": []}", b"\xd0\xcf\x11\xe0old"] {
        assert!(matches!(guessed(bytes), Err(FileError::NotCsv { .. })), "{bytes:?}");
    }
    assert!(matches!(guessed(b""), Err(FileError::Empty(_))));
    for text in [
        "1;02.11.2026;12,50\n2;03.11.2026;13,50\n",
        "Utlegg for november\nId;Dato;Sum\n1;02.11.2026;1,00\n",
        "bare tekst\n",
    ] {
        assert!(matches!(guessed(text), Err(FileError::HeadMissing { .. })), "{text}");
    }
    let dir = TempDir::new().expect("a folder");
    assert!(matches!(guess(&dir.path().join("none.csv")), Err(FileError::Missing(_))));
    assert!(matches!(guess(dir.path()), Err(FileError::NotCsv { .. } | FileError::Unreadable { .. })));
}

#[test]
fn file_in_the_workspace_is_named_by_its_name_alone() {
    assert_eq!(path_in(Path::new("/w"), Path::new("/w/utlegg.csv")), "utlegg.csv");
    assert_eq!(path_in(Path::new("/w"), Path::new("/data/utlegg.csv")), "/data/utlegg.csv");
}

proptest! {
    #[test]
    fn guess_takes_any_bytes_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = guessed(&bytes);
    }

    #[test]
    fn column_gives_one_field_and_a_field_has_one_column(text in "([a-zæøå]{0,6}[;,\n]|[0-9]{1,3},[0-9]{2};|0[1-9][.]11[.]2026;){0,40}") {
        if let Ok(guess) = guessed(&text) {
            let mut fields: Vec<_> = guess.columns.iter().map(|column| column.field).collect();
            fields.dedup();
            prop_assert_eq!(fields.len(), guess.columns.len());
            prop_assert!(guess.columns.iter().all(|column| guess.titles.contains(&column.title)));
        }
    }
}
