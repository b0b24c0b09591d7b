//! Each rule of a file, held against every format that it concerns.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::*;
use crate::fiscal_year::YearStart;
use crate::refusal::{Field, Problem};
use crate::voucher::{Currency, SubLedger};
use crate::{Column, Content, DateFormat, Encoding, Quoting};

fn book() -> Book {
    Book {
        company_name: "Hjelp Landet Foreningen".into(),
        organisation_number: Some("999999999".into()),
        currency: Currency { code: "NOK".into(), decimals: 2 },
        year_start: YearStart::JANUARY,
        made_at: NaiveDate::from_ymd_opt(2026, 4, 1).unwrap().and_hms_opt(9, 30, 0).unwrap(),
        program: "Postonce".into(),
        version: "0.1.0".into(),
    }
}

fn template() -> Template {
    let columns = [
        ("Bilag", Content::Number),
        ("Dato", Content::Date),
        ("Konto", Content::Account),
        ("Beløp", Content::Amount),
        ("Tekst", Content::Text),
    ];
    Template {
        columns: columns.into_iter().map(|(title, content)| Column::new(title, content)).collect(),
        has_titles: true,
        delimiter: ';',
        quoting: Quoting::WhenNeeded,
        encoding: Encoding::Windows1252,
        decimal_mark: ',',
        date_format: DateFormat::Dotted,
    }
}

fn formats() -> Vec<(&'static str, Format)> {
    let xledger = XledgerSettings {
        entity: "1000".into(),
        voucher_type: "PO".into(),
        encoding: Encoding::Windows1252,
        posting_1: None,
        posting_2: None,
        xgl: None,
    };
    let datev = DatevSettings {
        adviser: 1001,
        client: 1,
        account_digits: 4,
        cost_centre_1: Some("Avdeling".into()),
        cost_centre_2: None,
    };
    let office24 = Office24Settings { encoding: Encoding::Windows1252, ..Office24Settings::default() };
    vec![
        ("gbat10", Format::Gbat10(Gbat10Settings::default())),
        ("xledger", Format::Xledger(xledger)),
        ("visma business", Format::VismaBusiness(VismaBusinessSettings::default())),
        ("24sevenoffice", Format::Office24(office24)),
        ("sie", Format::Sie(SieSettings::default())),
        ("datev", Format::Datev(datev)),
        ("table", Format::Table(template())),
    ]
}

fn voucher() -> Voucher {
    Voucher::sample(7, "hlf:U-0001", "Reise")
}

fn refused(vouchers: &[Voucher], book: &Book, format: &Format) -> (Field, Problem) {
    let refusal = render(vouchers, book, format).unwrap_err();
    assert!(!refusal.problem.remedy().is_empty() && !refusal.to_string().is_empty());
    (refusal.field, refusal.problem)
}

fn each_refuses(change: impl Fn(&mut Voucher), expected: impl Fn(&Field, &Problem) -> bool) {
    let mut changed = voucher();
    change(&mut changed);
    for (name, format) in formats() {
        let refusal = render(std::slice::from_ref(&changed), &book(), &format).unwrap_err();
        assert!(expected(&refusal.field, &refusal.problem), "{name}: {refusal}");
        assert_eq!(refusal.reference.as_ref(), Some(&changed.reference), "{name}");
    }
}

#[test]
fn every_format_writes_a_plain_voucher_the_same_twice() {
    for (name, format) in formats() {
        let bytes = render(&[voucher()], &book(), &format).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("hlf:U-0001 Reise"), "{name}: {text}");
        assert!(bytes.ends_with(b"\r\n"), "{name}");
        assert_eq!(bytes, render(&[voucher()], &book(), &format).unwrap(), "{name}");
    }
}

#[test]
fn voucher_that_does_not_balance_is_refused() {
    each_refuses(
        |voucher| voucher.lines[0].amount += 1,
        |field, problem| (field, problem) == (&Field::Voucher, &Problem::OutOfBalance(1)),
    );
    each_refuses(
        |voucher| voucher.lines.iter_mut().for_each(|line| line.amount = 0),
        |_, problem| *problem == Problem::NothingToPost,
    );
    each_refuses(|voucher| voucher.lines.clear(), |_, problem| *problem == Problem::NothingToPost);
    // The sums of 64 bits would meet where the amounts do not.
    each_refuses(
        |voucher| {
            voucher.lines = vec![voucher.lines[0].clone(); 4];
            voucher.lines.iter_mut().for_each(|line| line.amount = i64::MIN / 2);
        },
        |_, problem| matches!(problem, Problem::OutOfBalance(_)),
    );
}

#[test]
fn letter_that_the_encoding_lacks_is_refused() {
    each_refuses(
        |voucher| voucher.text = "Łódź".into(),
        |field, problem| *field == Field::Text && matches!(problem, Problem::Letter { letter: 'Ł', .. }),
    );
    each_refuses(
        |voucher| voucher.reference = "hlf:Ł".into(),
        |_, problem| matches!(problem, Problem::Letter { letter: 'Ł', .. }),
    );
}

#[test]
fn amount_with_more_decimals_than_the_format_is_refused() {
    let dinar = Book { currency: Currency { code: "BHD".into(), decimals: 3 }, ..book() };
    let mut voucher = voucher();
    (voucher.lines[0].amount, voucher.lines[1].amount) = (12_505, -12_505);
    for (name, format) in formats() {
        let (field, problem) = refused(std::slice::from_ref(&voucher), &dinar, &format);
        assert_eq!((field, problem), (Field::Amount, Problem::TooManyDecimals { decimals: 3, max: 2 }), "{name}");
    }
    (voucher.lines[0].amount, voucher.lines[1].amount) = (12_500, -12_500);
    for (name, format) in formats() {
        assert!(render(std::slice::from_ref(&voucher), &dinar, &format).is_ok(), "{name}");
    }
}

#[test]
fn number_or_reference_that_is_taken_is_refused() {
    let other = Voucher::sample(7, "hlf:U-0002", "");
    let same = Voucher::sample(8, "hlf:U-0001", "");
    for (_, format) in formats() {
        assert_eq!(refused(&[voucher(), other.clone()], &book(), &format), (Field::Number, Problem::NumberTaken(7)));
        assert_eq!(refused(&[voucher(), same.clone()], &book(), &format), (Field::Reference, Problem::ReferenceTaken));
    }
    each_refuses(|voucher| voucher.number = 0, |field, problem| (field, problem) == (&Field::Number, &Problem::Empty));
}

#[test]
fn file_has_one_fiscal_year() {
    let mut next_year = Voucher::sample(8, "hlf:U-0002", "");
    next_year.date = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
    let both = vec![voucher(), next_year];
    for (_, format) in formats() {
        let (field, problem) = refused(&both, &book(), &format);
        assert_eq!(field, Field::Date);
        assert!(matches!(problem, Problem::OtherFiscalYear { .. }));
        let years = split_by_fiscal_year(both.clone(), YearStart::JANUARY);
        assert_eq!(years.len(), 2);
        assert!(years.values().all(|vouchers| render(vouchers, &book(), &format).is_ok()));
    }
    each_refuses(|voucher| voucher.date = NaiveDate::MAX, |field, _| *field == Field::Date);
    assert_eq!(split_by_fiscal_year(vec![Voucher { date: NaiveDate::MAX, ..voucher() }], YearStart::JANUARY).len(), 1);
}

#[test]
fn file_without_vouchers_is_refused() {
    for (_, format) in formats() {
        assert_eq!(refused(&[], &book(), &format), (Field::Voucher, Problem::Empty));
    }
}

#[test]
fn currency_that_is_no_code_is_refused() {
    for code in ["", "kr", "nok", "NOK\""] {
        let book = Book { currency: Currency { code: code.into(), decimals: 2 }, ..book() };
        for (_, format) in formats() {
            assert_eq!(refused(&[voucher()], &book, &format).0, Field::Setting("currency".into()));
        }
    }
}

#[test]
fn reference_that_has_no_room_is_refused() {
    let long = format!("hlf:{}", "9".repeat(300));
    for (name, format) in formats() {
        if name != "table" {
            let (field, problem) = refused(&[Voucher { reference: long.clone(), ..voucher() }], &book(), &format);
            assert!(field == Field::Reference && matches!(problem, Problem::TooLong { .. }), "{name}");
        }
    }
}

#[test]
fn account_with_letters_is_refused_where_digits_are_wanted() {
    let mut changed = voucher();
    changed.lines[0].account = "71a0".into();
    for (name, format) in formats() {
        let result = render(std::slice::from_ref(&changed), &book(), &format);
        assert_eq!(result.is_ok(), matches!(name, "xledger" | "table"), "{name}");
    }
    each_refuses(|voucher| voucher.lines[0].account = String::new(), |field, _| *field == Field::Account);
    changed.lines[0].account = "=1".into();
    for (name, format) in formats() {
        assert_eq!(refused(std::slice::from_ref(&changed), &book(), &format).0, Field::Account, "{name}");
    }
}

#[test]
fn dimension_without_a_place_is_refused() {
    let dimensions = BTreeMap::from([("Kampanje".to_owned(), "7".to_owned())]);
    each_refuses(
        |voucher| voucher.lines[1].dimensions = dimensions.clone(),
        |field, problem| *field == Field::Dimension("Kampanje".into()) && *problem == Problem::NoPlace("7".into()),
    );
}

#[test]
fn vat_code_and_sub_ledger_without_a_place_are_refused() {
    let mut changed = voucher();
    changed.lines[0].vat_code = Some("1".into());
    changed.lines[1].sub_ledger = Some(SubLedger::Supplier("10001".into()));
    for (name, format) in formats() {
        let result = render(std::slice::from_ref(&changed), &book(), &format);
        assert_eq!(result.is_ok(), !matches!(name, "sie" | "table"), "{name}: {result:?}");
    }
}

#[test]
fn template_without_the_text_is_refused() {
    let mut no_text = template();
    no_text.columns.retain(|column| column.content != Content::Text);
    let mut no_amount = template();
    no_amount.columns[3].content = Content::Debit;
    let delimiter = |delimiter| Template { delimiter, ..template() };
    let clash = Template { delimiter: ',', quoting: Quoting::Never, ..template() };
    for bad in [no_text, no_amount, delimiter('"'), delimiter('a'), delimiter('ø'), delimiter('-'), clash] {
        let (field, problem) = refused(&[voucher()], &book(), &Format::Table(bad));
        assert!(field == Field::Setting("columns".into()) && matches!(problem, Problem::BadSetting(_)));
    }
}

#[test]
fn datev_posting_keeps_each_account_and_the_tax_key() {
    let mut voucher = voucher();
    let line = |account: &str, amount, code: Option<&str>| crate::VoucherLine {
        account: account.into(),
        amount,
        vat_code: code.map(str::to_owned),
        ..crate::VoucherLine::default()
    };
    voucher.lines = vec![
        line("4660", 6_000, Some("9")),
        line("4670", 4_000, None),
        line("1740", -7_000, None),
        line("1741", -3_000, None),
    ];
    let format = &formats()[5].1;
    let bytes = render(&[voucher.clone()], &book(), format).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let rows: Vec<Vec<&str>> = text.lines().skip(2).map(|row| row.split(';').collect()).collect();
    let shown: Vec<String> =
        rows.iter().map(|row| format!("{} {} {} {} {}", row[0], row[1], row[6], row[7], row[8])).collect();
    assert_eq!(shown, ["60,00 \"H\" 1740 4660 \"9\"", "10,00 \"S\" 4670 1740 \"\"", "30,00 \"S\" 4670 1741 \"\"",]);
    voucher.lines[2].vat_code = Some("3".into());
    assert_eq!(refused(&[voucher], &book(), format), (Field::VatCode, Problem::Ambiguous));
}

#[test]
fn texts_without_a_fault_pass_where_marks_are_not_written() {
    let mut changed = voucher();
    changed.text = "a;b \"c\"\r\n@d\\".into();
    changed.party_name = Some("=Kari \"K\"; N".into());
    for (name, format) in formats() {
        let bytes = render(std::slice::from_ref(&changed), &book(), &format).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let rows = text.lines().filter(|row| row.contains("hlf:U-0001")).count();
        assert_eq!(
            rows,
            match name {
                "sie" => 3,
                "datev" => 1,
                _ => 2,
            },
            "{name}: {text}"
        );
        assert!(!text.contains(";=") && !text.contains("\"="), "{name}: {text}");
    }
}
