//! Whatever goes out is read back as itself, or was refused: amounts, dates, accounts, references, texts.

use std::io::Cursor;

use chrono::NaiveDate;
use postonce_voucher_files::{
    Books, Encoding, Format, FoundVoucher, HandedOver, ReadAs, ReadBack, ReferenceIndex, SieSettings, Template,
    Verdict, Voucher, render,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::samples;

fn read(bytes: Vec<u8>, template: Option<&Template>) -> Vec<FoundVoucher> {
    let read_as = template.map_or(ReadAs::Detected, ReadAs::Table);
    let books = Books::open(Box::new(Cursor::new(bytes)), read_as).expect("our own file is opened");
    books.map(|voucher| voucher.expect("our own voucher is read")).collect()
}

/// Returns vouchers of any content, numbered from 1, of which each balances.
fn vouchers() -> impl Strategy<Value = Vec<Voucher>> {
    let reference = "[^\\s\\p{C}]{1,16}( [^\\s\\p{C}]{1,6})?";
    let voucher = (reference, any::<String>(), proptest::collection::vec(1_i64..=99_999_999_999, 1..4), 0_u64..365);
    proptest::collection::vec(voucher, 1..6).prop_map(|vouchers| {
        let numbered = vouchers.into_iter().zip(1..);
        let voucher = |((reference, text, amounts, days), number): ((String, String, Vec<i64>, u64), u32)| {
            let mut lines: Vec<_> = amounts.iter().map(|amount| samples::line("7140", *amount)).collect();
            lines.push(samples::line("2910", -amounts.iter().sum::<i64>()));
            let date = samples::day(2026, 1, 1).checked_add_days(chrono::Days::new(days)).expect("is a date");
            Voucher { date, ..samples::voucher(number, &reference, &text, lines) }
        };
        numbered.map(voucher).collect()
    })
}

/// Returns the sum of each account.
fn sums(lines: impl Iterator<Item = (String, Decimal)>) -> Vec<(String, Decimal)> {
    let mut sums = std::collections::BTreeMap::new();
    lines.for_each(|(account, amount)| *sums.entry(account).or_insert(Decimal::ZERO) += amount);
    sums.into_iter().collect()
}

fn check(vouchers: &[Voucher], currency: &str, format: &Format) -> Result<(), TestCaseError> {
    let Ok(bytes) = render(vouchers, &samples::book(currency), format) else { return Ok(()) };
    let template = if let Format::Table(template) = format { Some(template) } else { None };
    let found = read(bytes, template);
    prop_assert_eq!(found.len(), vouchers.len());
    for (voucher, found) in vouchers.iter().zip(&found) {
        prop_assert_eq!(&found.number, &voucher.number.to_string());
        prop_assert_eq!(found.date, voucher.date);
        let written = voucher.lines.iter().map(|line| (line.account.clone(), Decimal::new(line.amount, 2)));
        let read = found.lines.iter().map(|line| (line.account.clone(), line.amount));
        prop_assert_eq!(sums(written), sums(read));
        for line in &found.lines {
            let text = line.text.as_deref().unwrap_or_default();
            prop_assert!(text.contains(&voucher.reference), "{} in {}", voucher.reference, text);
        }
    }
    check_references(vouchers, &found)
}

/// Checks that each reference stands in its own voucher and in no other.
fn check_references(vouchers: &[Voucher], found: &[FoundVoucher]) -> Result<(), TestCaseError> {
    let wanted = vouchers.iter().map(|voucher| HandedOver {
        reference: voucher.reference.clone(),
        date: voucher.date,
        on: samples::day(2026, 4, 1),
    });
    let mut read_back = ReadBack::new(wanted.collect(), []);
    found.iter().for_each(|voucher| read_back.see(voucher));
    let end = postonce_voucher_files::FileEnd {
        vouchers: 0,
        lines: 0,
        is_shown: true,
        sums_agree: true,
        periods_are_months: true,
    };
    for ((_, verdict), voucher) in read_back.finish(&Default::default(), &end).iter().zip(vouchers) {
        let Verdict::Once(sighting) = verdict else {
            return Err(TestCaseError::fail(format!("{}: {verdict:?}", voucher.reference)));
        };
        prop_assert_eq!(&sighting.number, &voucher.number.to_string());
    }
    Ok(())
}

proptest! {
    #[test]
    fn voucher_of_any_content_comes_back_by_sie(vouchers in vouchers()) {
        check(&vouchers, "SEK", &Format::Sie(SieSettings::default()))?;
    }

    #[test]
    fn voucher_of_any_content_comes_back_by_datev(vouchers in vouchers()) {
        check(&vouchers, "EUR", &samples::datev())?;
    }

    #[test]
    fn voucher_of_any_content_comes_back_by_table(vouchers in vouchers(), delimiter in "[;,\t|:]", comma: bool, wide: bool) {
        let template = Template {
            delimiter: delimiter.chars().next().unwrap(),
            decimal_mark: if comma { ',' } else { '.' },
            encoding: if wide { Encoding::Utf8WithMark } else { Encoding::Windows1252 },
            ..samples::template()
        };
        check(&vouchers, "NOK", &Format::Table(template))?;
    }

    #[test]
    fn rows_of_any_content_stay_whole_without_quotes(vouchers in vouchers()) {
        let Ok(bytes) = render(&vouchers, &samples::book("NOK"), &samples::gbat10()) else { return Ok(()) };
        let (text, ..) = encoding_rs::WINDOWS_1252.decode(&bytes);
        let rows: Vec<Vec<&str>> = text.trim_end().split("\r\n").map(|row| row.split(';').collect()).collect();
        prop_assert_eq!(rows.len(), vouchers.iter().map(|voucher| voucher.lines.len()).sum::<usize>());
        let lines = vouchers.iter().flat_map(|voucher| voucher.lines.iter().map(move |line| (voucher, line)));
        for (row, (voucher, line)) in rows.iter().zip(lines) {
            prop_assert_eq!(row.len(), 30);
            prop_assert_eq!(row[1], voucher.number.to_string());
            prop_assert_eq!(NaiveDate::parse_from_str(row[2], "%Y%m%d").unwrap(), voucher.date);
            prop_assert_eq!(row[8].parse::<Decimal>().unwrap(), Decimal::new(line.amount, 2));
            prop_assert!(row[20].chars().count() <= 100);
            prop_assert!(!row[20].starts_with(['=', '+', '-', '@']));
            let index = ReferenceIndex::new(vouchers.iter().map(|voucher| voucher.reference.as_str()));
            prop_assert_eq!(index.found_in(row[20]), [voucher.reference.as_str()]);
        }
    }
}
