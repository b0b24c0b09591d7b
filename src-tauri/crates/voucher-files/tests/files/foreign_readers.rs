//! Hands our files to readers that nobody here wrote: `datev-types`, `sie4` and `csv`.

use datev_types::Buchungsstapel;
use datev_types::buchung::SollHabenKennzeichen;
use postonce_voucher_files::render;
use sie4::item::Item;

use crate::samples;

#[test]
fn datev_types_reads_the_postings() {
    let bytes = render(&samples::vouchers(), &samples::book("EUR"), &samples::datev()).unwrap();
    let (text, _, is_broken) = encoding_rs::WINDOWS_1252.decode(&bytes);
    assert!(!is_broken);
    let batch = Buchungsstapel::try_from(text.as_ref()).unwrap();
    assert_eq!((batch.header.beraternummer, batch.header.mandantennummer), (1001, 1));
    assert_eq!(
        (batch.header.versionsnummer, batch.header.format_kategorie, batch.header.format_version),
        (700, 21, 13)
    );
    assert_eq!(batch.header.wj_beginn.to_string(), "2026-01-01");
    assert_eq!(batch.buchungen.len(), 4);
    let first = &batch.buchungen[0];
    assert_eq!((first.umsatz.to_string().as_str(), first.konto, first.gegenkonto), ("1234.56", 7140, 2910));
    assert_eq!((first.soll_haben_kennzeichen.clone(), first.wkz_umsatz.as_str()), (SollHabenKennzeichen::Soll, "EUR"));
    assert_eq!(first.belegfeld1.as_deref(), Some("1"));
    let second = &batch.buchungen[1];
    assert_eq!(second.buchungstext.as_deref(), Some("hlf:U-0002 Møte; kaffe \"og\" kake"));
    assert_eq!((second.konto, second.gegenkonto, second.bu_schlüssel), (2910, 7100, Some(1)));
    assert_eq!(second.soll_haben_kennzeichen, SollHabenKennzeichen::Haben);
    assert_eq!(
        (second.kost1_kostenstelle.as_deref(), second.kost2_kostenstelle.as_deref()),
        (Some("10"), Some("4012"))
    );
    assert_eq!((batch.buchungen[3].konto, batch.buchungen[3].gegenkonto), (7141, 10001));
}

#[test]
fn sie4_reads_the_vouchers() {
    let bytes = render(&samples::swedish(samples::vouchers()), &samples::book("SEK"), &samples::sie()).unwrap();
    let items: Vec<Item> = sie4::Reader::new(bytes.as_slice()).map(|item| item.unwrap()).collect();
    let company =
        items.iter().find_map(|item| if let Item::FNamn(company) = item { Some(company.name.as_str()) } else { None });
    assert_eq!(company, Some("Foreningen Hjelp"));
    let vouchers: Vec<_> =
        items.iter().filter_map(|item| if let Item::Ver(voucher) = item { Some(voucher) } else { None }).collect();
    let shown: Vec<String> = vouchers
        .iter()
        .map(|voucher| {
            let lines = voucher.transactions.0.iter();
            let lines: Vec<String> =
                lines.map(|line| format!("{} {:?} {}", line.account, line.objects.0, line.amount)).collect();
            format!("{} {} {}: {}", voucher.series, voucher.no, voucher.date, lines.join(", "))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "P 1 2026-03-09: 7140 [] 1234.56, 2910 [] -1234.56",
            // That reader stops at the first word of a list.
            "P 2 2026-12-31: 7100 [\"1\"] 250.50, 2910 [] -250.50",
            "P 3 2026-03-09: 7140 [] 0.05, 7141 [] 0.10, 2400 [] -0.15",
        ]
    );
    assert_eq!(vouchers[2].text.as_deref(), Some("hlf:U-0003 =Ölberg, Åse"));
    assert_eq!(vouchers[2].transactions.0[1].text.as_deref(), Some("hlf:U-0003 =Ölberg, Åse"));
}

#[test]
fn csv_reads_gbat10_by_its_places() {
    let bytes = render(&samples::vouchers(), &samples::book("NOK"), &samples::gbat10()).unwrap();
    let (text, ..) = encoding_rs::WINDOWS_1252.decode(&bytes);
    // GBAT10 knows no quotes: neither does this reader.
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').has_headers(false).quoting(false).from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 7);
    assert!(rows.iter().all(|row| row.len() == 30 && &row[0] == "GBAT10" && &row[26] == "T" && row[8] == row[27]));
    let cells = |row: usize| [1, 2, 3, 4, 5, 6, 7, 8, 10, 20, 23, 24].map(|place| rows[row].get(place).unwrap());
    assert_eq!(
        cells(2),
        [
            "2",
            "20261231",
            "1",
            "12",
            "2026",
            "7100",
            "1",
            "250.50",
            "",
            "hlf:U-0002 Møte, kaffe 'og' kake",
            "4012",
            "10"
        ]
    );
    assert_eq!(
        cells(6),
        ["3", "20260309", "1", "3", "2026", "2400", "0", "-0.15", "10001", "hlf:U-0003 =Ølberg, Åse", "", ""]
    );
}
