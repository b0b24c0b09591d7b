//! Made-up books, vouchers and settings.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use postonce_voucher_files::{
    Book, Column, Content, Currency, DateFormat, DatevSettings, Encoding, Format, Gbat10Settings, Office24Settings,
    Quoting, SieSettings, SubLedger, Template, VismaBusinessSettings, Voucher, VoucherLine, XledgerSettings, YearStart,
};

use crate::saft_writer::{self, Entry};

pub(crate) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("is a date")
}

pub(crate) fn book(currency: &str) -> Book {
    Book {
        company_name: "Foreningen Hjelp".into(),
        organisation_number: Some("999999999".into()),
        currency: Currency { code: currency.into(), decimals: 2 },
        year_start: YearStart::JANUARY,
        made_at: day(2026, 4, 1).and_hms_opt(9, 30, 0).expect("is a time"),
        program: "Postonce".into(),
        version: "0.1.0".into(),
    }
}

pub(crate) fn line(account: &str, amount: i64) -> VoucherLine {
    VoucherLine { account: account.into(), amount, ..VoucherLine::default() }
}

pub(crate) fn voucher(number: u32, reference: &str, text: &str, lines: Vec<VoucherLine>) -> Voucher {
    Voucher { number, date: day(2026, 3, 9), reference: reference.into(), text: text.into(), party_name: None, lines }
}

/// Returns three vouchers: a plain one, one with dimension and VAT code, one with a supplier and letters of its own.
pub(crate) fn vouchers() -> Vec<Voucher> {
    let mut second =
        voucher(2, "hlf:U-0002", "Møte; kaffe \"og\" kake", vec![line("7100", 25_050), line("2910", -25_050)]);
    second.lines[0].vat_code = Some("1".into());
    second.lines[0].dimensions = BTreeMap::from([("Prosjekt".into(), "4012".into()), ("Avdeling".into(), "10".into())]);
    second.date = day(2026, 12, 31);
    let mut third =
        voucher(3, "hlf:U-0003", "=Ølberg, Åse", vec![line("7140", 5), line("7141", 10), line("2400", -15)]);
    third.lines[2].sub_ledger = Some(SubLedger::Supplier("10001".into()));
    third.party_name = Some("Åse Ølberg".into());
    vec![voucher(1, "hlf:U-0001", "Reise", vec![line("7140", 123_456), line("2910", -123_456)]), second, third]
}

/// Returns the vouchers without what SIE has no field for.
pub(crate) fn swedish(mut vouchers: Vec<Voucher>) -> Vec<Voucher> {
    for voucher in &mut vouchers {
        voucher.text = voucher.text.replace('ø', "ö").replace('Ø', "Ö");
        for line in &mut voucher.lines {
            (line.vat_code, line.sub_ledger) = (None, None);
        }
    }
    vouchers
}

pub(crate) fn gbat10() -> Format {
    Format::Gbat10(Gbat10Settings {
        project: Some("Prosjekt".into()),
        department: Some("Avdeling".into()),
        ..Gbat10Settings::default()
    })
}

pub(crate) fn sie() -> Format {
    let dimensions = BTreeMap::from([("Avdeling".into(), 1), ("Prosjekt".into(), 6)]);
    Format::Sie(SieSettings { dimensions, ..SieSettings::default() })
}

pub(crate) fn datev() -> Format {
    Format::Datev(DatevSettings {
        adviser: 1001,
        client: 1,
        account_digits: 4,
        cost_centre_1: Some("Avdeling".into()),
        cost_centre_2: Some("Prosjekt".into()),
    })
}

pub(crate) fn xledger() -> Format {
    Format::Xledger(XledgerSettings {
        entity: "1000".into(),
        voucher_type: "PO".into(),
        encoding: Encoding::Windows1252,
        posting_1: Some("Avdeling".into()),
        posting_2: Some("Prosjekt".into()),
        xgl: None,
    })
}

pub(crate) fn visma_business() -> Format {
    let units = BTreeMap::from([("Avdeling".into(), 1), ("Prosjekt".into(), 2)]);
    Format::VismaBusiness(VismaBusinessSettings { units, ..VismaBusinessSettings::default() })
}

pub(crate) fn office24() -> Format {
    let dimensions = vec![("Prosjekt".into(), "Project".into()), ("Avdeling".into(), "Department".into())];
    Format::Office24(Office24Settings { dimensions, ..Office24Settings::default() })
}

pub(crate) fn template() -> Template {
    Template {
        columns: vec![
            Column::new("Bilag", Content::Number),
            Column::new("Dato", Content::Date),
            Column::new("Konto", Content::Account),
            Column::new("Mva", Content::VatCode(String::new())),
            Column::new("Debet", Content::Debit),
            Column::new("Kredit", Content::Credit),
            Column::new("Reskontro", Content::SubLedger),
            Column::new("Navn", Content::PartyName).max(30),
            Column::new("Prosjekt", Content::Dimension("Prosjekt".into())),
            Column::new("Avdeling", Content::Dimension("Avdeling".into())),
            Column::new("Tekst", Content::Text).max(120),
        ],
        has_titles: true,
        delimiter: ';',
        quoting: Quoting::WhenNeeded,
        encoding: Encoding::Utf8WithMark,
        decimal_mark: ',',
        date_format: DateFormat::Dotted,
    }
}

/// Returns a SAF-T file of these transactions.
pub(crate) fn saft(entries: &[Entry]) -> Vec<u8> {
    let sum = |is_wanted: fn(i64) -> bool| -> i128 {
        let amounts = entries.iter().flat_map(|entry| entry.lines.iter().map(|(_, amount)| *amount));
        amounts.filter(|amount| is_wanted(*amount)).map(i128::from).sum::<i128>().abs()
    };
    let mut bytes = Vec::new();
    let sums = [sum(|amount| amount > 0), sum(|amount| amount < 0)];
    saft_writer::begin(&mut bytes, entries.len() as u64, sums).expect("memory takes it");
    entries.iter().for_each(|entry| saft_writer::write(&mut bytes, entry).expect("memory takes it"));
    saft_writer::end(&mut bytes).expect("memory takes it");
    bytes
}
