//! SAF-T Financial: the tax administration's own examples, its schema, and books of our own making.

use std::fs::File;
use std::io::{BufReader, Cursor, Write};
use std::path::PathBuf;
use std::process::Command;

use postonce_voucher_files::{Absence, Books, FileKind, HandedOver, ReadAs, ReadBack, Selection, Verdict};
use proptest::prelude::*;

use crate::saft_writer::Entry;
use crate::samples::{self, day};

/// Returns a file of the administration; says in a line that it is absent.
fn shared(name: &str) -> Option<PathBuf> {
    let beside_the_project = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared");
    let shared = std::env::var("POSTONCE_SHARED").unwrap_or_else(|_| beside_the_project.to_owned());
    let path = PathBuf::from(shared).join("data/specs/saft").join(name);
    if !path.exists() {
        eprintln!(
            "*** SKIPPED: no {name} of the tax administration beside the project (POSTONCE_SHARED names its folder)"
        );
    }
    path.exists().then_some(path)
}

fn open(path: PathBuf) -> Books<'static> {
    let file = File::open(path).expect("the example is there");
    Books::open(Box::new(BufReader::new(file)), ReadAs::Detected).expect("the example is opened")
}

#[test]
fn example_of_1_10_is_read_whole() {
    for (name, company, vouchers, months) in
        [("example-1.10-888888888.xml", "888888888", None, 4), ("example-1.10-999999999.xml", "999999999", Some(2), 12)]
    {
        let Some(path) = shared(name) else { continue };
        let mut books = open(path);
        assert_eq!((books.kind(), books.head().organisation_number.as_deref()), (FileKind::Saft, Some(company)));
        assert!(matches!(books.head().selection, Some(Selection::Periods { to: (_, month), .. }) if month == months));
        let found: Vec<_> = books.by_ref().map(|voucher| voucher.unwrap()).collect();
        let end = books.end().unwrap();
        assert!(end.sums_agree && end.is_shown, "{name}: {end:?}");
        assert!(vouchers.is_none_or(|count| count == found.len()), "{name}: {}", found.len());
        let is_balanced = |sum: rust_decimal::Decimal| sum.is_zero();
        assert!(found.iter().all(|voucher| is_balanced(voucher.lines.iter().map(|line| line.amount).sum())), "{name}");
    }
}

#[test]
fn example_of_1_30_is_read_without_its_namespace() {
    let Some(path) = shared("example-1.30.xml") else { return };
    let mut books = open(path);
    assert_eq!(books.head().selection, Some(Selection::Dates { from: day(1957, 8, 13), to: day(1957, 8, 13) }));
    assert_eq!(books.head().narrowed_by, ["a", "a", "a"]);
    let voucher = books.next().unwrap().unwrap();
    assert_eq!(
        (voucher.number.as_str(), voucher.lines.len(), voucher.texts.as_slice()),
        ("a", 1, &["a".to_owned()][..])
    );
    assert!(books.next().is_none() && books.end().is_some());
}

#[test]
fn file_of_the_tests_is_valid_by_the_schema() {
    let Some(schema) = shared("Norwegian_SAF-T_Financial_Schema_v_1.30.xsd") else { return };
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&samples::saft(&entries(50, |number| format!("hlf:U-{number} <Røros> & \"omegn\"")))).unwrap();
    match Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).arg(schema).arg(file.path()).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => eprintln!("*** SKIPPED: no xmllint ({error}): the file is not held against the schema"),
    }
}

/// The count stays small enough for every test run; `examples/measure.rs` reads a million lines.
#[test]
fn references_are_found_in_a_stream_of_vouchers() {
    let entries = entries(5_000, |number| format!("Bilag hlf:U-{number}, reise"));
    let bytes = samples::saft(&entries);
    let wanted =
        |number: u32| HandedOver { reference: format!("hlf:U-{number}"), date: day(2026, 3, 9), on: day(2026, 4, 1) };
    let mut read_back = ReadBack::new((4_990..5_010).map(wanted).collect(), []);
    let mut books = Books::open(Box::new(Cursor::new(bytes)), ReadAs::Detected).unwrap();
    books.by_ref().for_each(|voucher| read_back.see(&voucher.unwrap()));
    let findings = read_back.finish(&books.head().clone(), &books.end().unwrap());
    let (there, gone): (Vec<_>, Vec<_>) = findings.iter().partition(|(_, verdict)| matches!(verdict, Verdict::Once(_)));
    assert_eq!((there.len(), gone.len()), (10, 10));
    assert!(gone.iter().all(|(_, verdict)| *verdict == Verdict::NotThere(Absence::Proven)));
}

fn entries(count: u32, description: impl Fn(u32) -> String) -> Vec<Entry> {
    let entry = |number: u32| Entry {
        number: number.to_string(),
        date: day(2026, 3, 9),
        description: description(number),
        reference: number.is_multiple_of(2).then(|| format!("R{number}")),
        lines: vec![("7140".into(), i64::from(number) + 1), ("2910".into(), -i64::from(number) - 1)],
    };
    (0..count).map(entry).collect()
}

proptest! {
    #[test]
    fn books_are_read_back_as_they_were_written(
        texts in proptest::collection::vec("[^\\p{C}]{0,40}", 1..8),
        amounts in proptest::collection::vec(1_i64..=999_999_999_999_999, 8),
        days in 0_u64..365,
    ) {
        let date = day(2026, 1, 1).checked_add_days(chrono::Days::new(days)).unwrap();
        let entries: Vec<Entry> = texts.iter().zip(&amounts).enumerate().map(|(number, (text, amount))| Entry {
            number: number.to_string(),
            date,
            description: text.clone(),
            reference: None,
            lines: vec![("1".into(), *amount), ("2".into(), -*amount)],
        }).collect();
        let mut books = Books::open(Box::new(Cursor::new(samples::saft(&entries))), ReadAs::Detected).unwrap();
        for entry in &entries {
            let found = books.next().unwrap().unwrap();
            prop_assert_eq!(&found.number, &entry.number);
            prop_assert_eq!(found.date, entry.date);
            prop_assert_eq!(found.texts.join(""), entry.description.trim());
            let amounts: Vec<_> = found.lines.iter().map(|line| line.amount).collect();
            let expected: Vec<_> = entry.lines.iter().map(|(_, amount)| rust_decimal::Decimal::new(*amount, 2)).collect();
            prop_assert_eq!(amounts, expected);
        }
        prop_assert!(books.next().is_none());
        let end = books.end().unwrap();
        prop_assert!(end.sums_agree && end.periods_are_months);
    }
}
