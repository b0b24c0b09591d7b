//! Bad files of each kind: a clear fault at its place, never a panic, never a voucher too few.

use std::io::Cursor;

use chrono::NaiveDate;

use super::books::{Books, FileKind, ReadAs};
use super::error::{Fault, ReadError};
use super::found::{FoundVoucher, Selection, Standing};
use crate::{Column, Content, DateFormat, Encoding, Quoting, Template};

const SAFT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<n1:AuditFile xmlns:n1="urn:StandardAuditFile-Taxation-Financial:NO"><n1:Header>
<n1:AuditFileVersion>1.30</n1:AuditFileVersion><n1:AuditFileDateCreated>2026-04-02</n1:AuditFileDateCreated>
<n1:SoftwareCompanyName>Programvare AS</n1:SoftwareCompanyName><n1:SoftwareID>Bok</n1:SoftwareID><n1:SoftwareVersion>3</n1:SoftwareVersion>
<n1:Company><n1:RegistrationNumber>999999999</n1:RegistrationNumber><n1:Name>Hjelp &amp; Landet</n1:Name></n1:Company>
<n1:DefaultCurrencyCode>NOK</n1:DefaultCurrencyCode><n1:SelectionCriteria><n1:PeriodStart>1</n1:PeriodStart>
<n1:PeriodStartYear>2026</n1:PeriodStartYear><n1:PeriodEnd>3</n1:PeriodEnd><n1:PeriodEndYear>2026</n1:PeriodEndYear>
</n1:SelectionCriteria></n1:Header><n1:GeneralLedgerEntries><n1:NumberOfEntries>1</n1:NumberOfEntries>
<n1:TotalDebit>100</n1:TotalDebit><n1:TotalCredit>100.00</n1:TotalCredit><n1:Journal><n1:JournalID>GL</n1:JournalID>
<n1:Transaction><n1:TransactionID>17</n1:TransactionID><n1:Period>3</n1:Period><n1:PeriodYear>2026</n1:PeriodYear>
<n1:TransactionDate>2026-03-09</n1:TransactionDate><n1:Description>hlf:U-1 R&#xE6;v <![CDATA[<&>]]></n1:Description><n1:SystemID>s9</n1:SystemID>
<n1:Line><n1:RecordID>1</n1:RecordID><n1:AccountID>7140</n1:AccountID><n1:SupplierID>10001</n1:SupplierID><n1:Description/>
<n1:DebitAmount><n1:Amount>100</n1:Amount></n1:DebitAmount><n1:ReferenceNumber>hlf:U-1</n1:ReferenceNumber></n1:Line>
<n1:Line><n1:RecordID>2</n1:RecordID><n1:AccountID>2910</n1:AccountID><n1:Description>x</n1:Description>
<n1:CreditAmount><n1:Amount>100</n1:Amount></n1:CreditAmount></n1:Line>
</n1:Transaction></n1:Journal></n1:GeneralLedgerEntries></n1:AuditFile>
"#;

const SIE: &str = "#FLAGGA 0\r\n#PROGRAM \"Bok\" 3\r\n#FORMAT PC8\r\n#GEN 20260402\r\n#SIETYP 4\r\n#ORGNR 999999-9999\r\n#FNAMN \"F\u{f6}rening\"\r\n#RAR 0 20260101 20261231\r\n#OMFATTN 20260331\r\n#VALUTA SEK\r\n#VER A 17 20260309 \"hlf:U-1\"\r\n{\r\n   #TRANS 7140 {\"1\" \"4\"} 100.00 20260309 \"Resa\"\r\n   #BTRANS 1 {} 5\r\n   #TRANS 2910 {} -100\r\n}\r\n";

const DATEV: &str = "\"EXTF\";700;21;\"Buchungsstapel\";13;20260402093000000;;\"RE\";\"\";\"\";1001;1;20250701;4;20260101;20260331;\"\";\"\";1;0;1;\"EUR\";;;;;;;;;\r\nUmsatz;SH;WKZ;Kurs;Basis;WKZ B;Konto;Gegenkonto;BU;Belegdatum;Belegfeld 1;Belegfeld 2;Skonto;Buchungstext\r\n60,00;\"S\";\"EUR\";;;\"\";4660;1740;\"\";0903;\"17\";\"\";;\"hlf:U-1 \"\"Reise\"\"\"\r\n40,00;\"H\";\"EUR\";;;\"\";1740;4670;\"\";903;\"17\";\"\";;\"hlf:U-1\"\r\n1,00;\"S\";\"EUR\";;;\"\";4660;1740;\"\";3112;\"\";\"\";;\"x\"\r\n";

fn template() -> Template {
    let columns = [
        ("Bilag", Content::Number),
        ("Dato", Content::Date),
        ("Konto", Content::Account),
        ("Debet", Content::Debit),
        ("Kredit", Content::Credit),
        ("Tekst", Content::Text),
        ("Ref", Content::Reference),
    ];
    Template {
        columns: columns.into_iter().map(|(title, content)| Column::new(title, content)).collect(),
        has_titles: true,
        delimiter: ';',
        quoting: Quoting::WhenNeeded,
        encoding: Encoding::Utf8,
        decimal_mark: ',',
        date_format: DateFormat::Dotted,
    }
}

const TABLE: &str = "\u{feff}\"Tekst\";Ref;Kredit;Debet;Konto;Dato;Bilag;Mer\r\nhlf:U-1;;;1 100,00;7140;09.03.2026;17;\r\nx;hlf:U-1;1.100,00;;2910;09.03.2026;17;\r\n;;;;;;;\r\n";

fn read(bytes: &[u8]) -> Result<(FileKind, Vec<FoundVoucher>), ReadError> {
    let books = Books::open(Box::new(Cursor::new(bytes.to_vec())), ReadAs::Detected)?;
    Ok((books.kind(), books.collect::<Result<Vec<_>, _>>()?))
}

fn fault(bytes: &[u8]) -> Fault {
    read(bytes).unwrap_err().fault
}

fn saft_with(from: &str, to: &str) -> Vec<u8> {
    assert!(SAFT.contains(from), "{from}");
    SAFT.replacen(from, to, 1).into_bytes()
}

#[test]
fn saft_says_what_it_holds() {
    let mut books = Books::open(Box::new(SAFT.as_bytes()), ReadAs::Detected).unwrap();
    let head = books.head().clone();
    assert_eq!(
        (head.company_name.as_deref(), head.organisation_number.as_deref()),
        (Some("Hjelp & Landet"), Some("999999999"))
    );
    assert_eq!(head.selection, Some(Selection::Periods { from: (2026, 1), to: (2026, 3) }));
    assert_eq!((head.program.as_deref(), head.currency.as_deref()), (Some("Bok"), Some("NOK")));
    assert_eq!(books.end(), None);
    let voucher = books.next().unwrap().unwrap();
    assert_eq!((voucher.number.as_str(), voucher.series.as_deref()), ("17", Some("GL")));
    assert_eq!(voucher.texts, ["hlf:U-1 Ræv <&>"]);
    assert_eq!(voucher.source_ids, ["s9"]);
    assert_eq!(
        (voucher.lines[0].references.as_slice(), voucher.lines[0].party.as_deref()),
        (&["hlf:U-1".to_owned()][..], Some("10001"))
    );
    assert_eq!(voucher.lines[1].amount.to_string(), "-100");
    assert!(books.next().is_none());
    let end = books.end().unwrap();
    assert_eq!(
        (end.vouchers, end.lines, end.sums_agree, end.periods_are_months, end.is_shown),
        (1, 2, true, true, true)
    );
}

#[test]
fn saft_is_read_with_any_prefix_and_without_one() {
    let expected = read(SAFT.as_bytes()).unwrap();
    let bare = SAFT.replace("n1:", "").replace(" xmlns:n1=\"urn:StandardAuditFile-Taxation-Financial:NO\"", "");
    for text in [SAFT.replace("n1", "x"), bare, format!("\u{feff}{SAFT}"), SAFT.replace("\n", "\r\n")] {
        assert_eq!(read(text.as_bytes()).unwrap(), expected, "{text}");
    }
}

#[test]
fn saft_is_read_in_the_encoding_that_it_states() {
    let expected = read(SAFT.as_bytes()).unwrap();
    let latin: Vec<u8> = SAFT
        .replace("UTF-8", "ISO-8859-1")
        .replace("&#xE6;", "æ")
        .chars()
        .map(|letter| u8::try_from(letter).unwrap())
        .collect();
    let wide: Vec<u8> =
        format!("\u{feff}{}", SAFT.replace("UTF-8", "UTF-16")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [latin, wide] {
        assert_eq!(read(&bytes).unwrap(), expected);
    }
    assert_eq!(fault(&saft_with("UTF-8", "Klingon")), Fault::UnknownEncoding("Klingon".into()));
    let mut broken = saft_with("&#xE6;", "@");
    let at = broken.iter().position(|byte| *byte == b'@').unwrap();
    broken[at] = 0xe6;
    assert!(matches!(fault(&broken), Fault::NotText(_)));
}

#[test]
fn saft_with_a_document_type_is_refused() {
    let bomb = "?>\n<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>";
    let fetch = "?>\n<!DOCTYPE a SYSTEM \"file:///etc/passwd\">";
    for declaration in [bomb, fetch] {
        assert_eq!(fault(&saft_with("?>", declaration)), Fault::DocumentType);
    }
    assert_eq!(fault(&saft_with("&#xE6;", "&b;")), Fault::UnknownEntity("b".into()));
    assert!(matches!(fault(&saft_with("&#xE6;", "&#0;")), Fault::UnknownEntity(_)));
}

#[test]
fn saft_that_is_deep_or_long_is_refused() {
    let deep = "<a>".repeat(5000);
    assert!(matches!(fault(&saft_with("</n1:Header>", &format!("{deep}</n1:Header>"))), Fault::TooDeep(_)));
    let long = "a".repeat(3_000_000);
    for text in [
        format!("<!--{long}-->"),
        format!("<{long}>"),
        format!("<a b=\"{long}\"/>"),
        format!("<?{long}?>"),
        long.clone(),
    ] {
        let file = saft_with("</n1:Company>", &format!("{text}</n1:Company>"));
        assert!(matches!(fault(&file), Fault::TooLong(_)), "{}", &text[..9]);
    }
    let field = "a".repeat(100_000);
    assert!(matches!(fault(&saft_with("<n1:SystemID>", &format!("<n1:SystemID>{field}"))), Fault::TooLong(_)));
    let many =
        "<n1:CID>".to_owned() + &(0..40).map(|n| format!("{n}</n1:CID><n1:CID>")).collect::<String>() + "</n1:CID>";
    assert!(matches!(
        fault(&saft_with("<n1:ReferenceNumber>", &format!("{many}<n1:ReferenceNumber>"))),
        Fault::Malformed(_)
    ));
    let lines = "<n1:Line><n1:AccountID>1</n1:AccountID></n1:Line>".repeat(100_001);
    assert!(matches!(
        fault(&saft_with("</n1:Transaction>", &format!("{lines}</n1:Transaction>"))),
        Fault::TooManyLines(_)
    ));
}

#[test]
fn half_a_saft_is_never_a_whole_one() {
    // The white space behind the root is no part of it.
    let whole = SAFT.trim_end();
    for length in 1..whole.len() {
        let error = read(&whole.as_bytes()[..length]).unwrap_err();
        let is_expected = matches!(error.fault, Fault::CutOff | Fault::Malformed(_) | Fault::WrongKind { .. });
        assert!(is_expected || length < 60, "{length}: {error}");
    }
}

#[test]
fn saft_whose_sums_differ_shows_it() {
    let file = saft_with("<n1:TotalDebit>100<", "<n1:TotalDebit>200<");
    let mut books = Books::open(Box::new(Cursor::new(file)), ReadAs::Detected).unwrap();
    assert!(books.by_ref().all(|voucher| voucher.is_ok()));
    assert!(!books.end().unwrap().sums_agree);
    let shifted = saft_with("<n1:Period>3<", "<n1:Period>9<");
    let mut books = Books::open(Box::new(Cursor::new(shifted)), ReadAs::Detected).unwrap();
    assert!(books.by_ref().all(|voucher| voucher.is_ok()));
    assert!(!books.end().unwrap().periods_are_months);
}

#[test]
fn fault_names_the_place_and_the_voucher() {
    let error = read(&saft_with(">7140<", ">7140<b/></n1:AccountIDX><")).unwrap_err();
    assert_eq!(error.place.voucher.as_deref(), Some("17"));
    assert!(error.place.byte > 1000);
    let error = read(&saft_with("<n1:Amount>100<", "<n1:Amount>1e2<")).unwrap_err();
    assert_eq!((error.fault, error.place.voucher.as_deref()), (Fault::BadAmount("1e2".into()), Some("17")));
    assert_eq!(fault(&saft_with(">2026-03-09<", ">2026-02-30<")), Fault::BadDate("2026-02-30".into()));
    assert_eq!(fault(&saft_with("<n1:TransactionID>17</n1:TransactionID>", "")), Fault::Missing("the voucher number"));
    let error = read(SIE.replace("-100", "1,5").as_bytes()).unwrap_err();
    assert_eq!((error.place.line, error.place.voucher.as_deref()), (Some(15), Some("17")));
    let error = read(DATEV.replace("40,00", "40.00").as_bytes()).unwrap_err();
    assert_eq!((error.place.line, error.place.voucher.as_deref()), (Some(4), Some("17")));
}

#[test]
fn file_of_another_kind_is_refused() {
    assert_eq!(fault(b""), Fault::Empty);
    assert_eq!(fault(b"PK\x03\x04rest"), Fault::Compressed);
    assert_eq!(fault(b"\x1f\x8brest"), Fault::Compressed);
    for bytes in [&b"%PDF-1.7"[..], b"Dato;Konto", b"\0\0\0", b"{}"] {
        assert!(matches!(fault(bytes), Fault::WrongKind { .. }));
    }
    for root in
        ["<html/>", "<auditfile xmlns=\"urn:StandardAuditFile-Taxation-CashRegister:NO\"/>", "<a><AuditFile/></a>"]
    {
        assert!(matches!(fault(root.as_bytes()), Fault::WrongKind { .. }), "{root}");
    }
    assert!(matches!(fault(SIE.replace("#SIETYP 4", "#SIETYP 2").as_bytes()), Fault::NoVouchers(_)));
    assert!(matches!(fault(b"#FLAGGA 0\n"), Fault::WrongKind { .. }));
    assert!(matches!(fault(DATEV.replace(";21;", ";16;").as_bytes()), Fault::NoVouchers(_)));
}

#[test]
fn sie_says_what_it_holds() {
    let bytes: Vec<u8> =
        SIE.chars().map(|letter| if letter == 'ö' { 0x94 } else { u8::try_from(letter).unwrap() }).collect();
    let mut books = Books::open(Box::new(Cursor::new(bytes)), ReadAs::Detected).unwrap();
    let head = books.head().clone();
    assert_eq!(head.company_name.as_deref(), Some("Förening"));
    let (from, to) = (NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(), NaiveDate::from_ymd_opt(2026, 3, 31).unwrap());
    assert_eq!(head.selection, Some(Selection::Dates { from, to }));
    let voucher = books.next().unwrap().unwrap();
    assert_eq!(
        (voucher.series.as_deref(), voucher.number.as_str(), voucher.texts.as_slice()),
        (Some("A"), "17", &["hlf:U-1".to_owned()][..])
    );
    let lines: Vec<_> = voucher.lines.iter().map(|line| (line.account.as_str(), line.amount.to_string())).collect();
    assert_eq!(lines, [("7140", "100.00".into()), ("2910", "-100".into())]);
    assert_eq!((voucher.lines[0].text.as_deref(), voucher.standing), (Some("Resa"), Standing::Posted));
    assert!(books.next().is_none() && !books.end().unwrap().is_shown);
}

#[test]
fn sie_in_other_encodings_is_read_by_what_it_says() {
    let company = |bytes: Vec<u8>| {
        let books = Books::open(Box::new(Cursor::new(bytes)), ReadAs::Detected).unwrap();
        books.head().company_name.clone().unwrap()
    };
    assert_eq!(company(SIE.replace("PC8", "UTF-8").into_bytes()), "Förening");
    let latin = SIE.replace("PC8", "ANSI").chars().map(|letter| u8::try_from(letter).unwrap()).collect();
    assert_eq!(company(latin), "Förening");
    assert!(matches!(fault(SIE.replace("PC8", "EBCDIC").as_bytes()), Fault::UnknownEncoding(_)));
}

#[test]
fn sie_that_is_cut_off_in_a_voucher_is_refused() {
    let open = SIE.trim_end().trim_end_matches('}');
    assert_eq!(fault(open.as_bytes()), Fault::CutOff);
    assert_eq!(fault(SIE.replace("{\r\n", "").as_bytes()), Fault::CutOff);
    assert!(matches!(fault(SIE.replace("\"Resa\"", "\"Resa").as_bytes()), Fault::Malformed(_)));
    let long = SIE.replace("Resa", &"x".repeat(3_000_000));
    assert!(matches!(fault(long.as_bytes()), Fault::TooLong(_)));
}

#[test]
fn datev_says_what_it_holds() {
    let mut books = Books::open(Box::new(DATEV.as_bytes()), ReadAs::Detected).unwrap();
    assert_eq!(books.head().organisation_number.as_deref(), Some("1001/1"));
    assert_eq!(books.head().made_on, NaiveDate::from_ymd_opt(2026, 4, 2));
    let voucher = books.next().unwrap().unwrap();
    assert_eq!((voucher.number.as_str(), voucher.date), ("17", NaiveDate::from_ymd_opt(2026, 3, 9).unwrap()));
    let lines: Vec<_> = voucher.lines.iter().map(|line| (line.account.as_str(), line.amount.to_string())).collect();
    assert_eq!(
        lines,
        [("4660", "60.00".into()), ("1740", "-60.00".into()), ("1740", "-40.00".into()), ("4670", "40.00".to_owned())]
    );
    assert_eq!(voucher.lines[0].text.as_deref(), Some("hlf:U-1 \"Reise\""));
    assert_eq!(voucher.standing, Standing::Posted);
    // The fiscal year began in July: the last of December is the year before.
    assert_eq!(books.next().unwrap().unwrap().date, NaiveDate::from_ymd_opt(2025, 12, 31).unwrap());
    assert!(books.next().is_none());
}

#[test]
fn datev_row_that_is_cut_off_is_refused() {
    let cut = &DATEV[..DATEV.len() - 10];
    assert_eq!(fault(cut.as_bytes()), Fault::CutOff);
    let quote = DATEV.replace("\"x\"\r\n", &format!("\"{}", "x".repeat(3_000_000)));
    assert!(matches!(fault(quote.as_bytes()), Fault::TooLong(_)));
    for (from, to) in [("0903", "3113"), ("0903", "x"), (";\"H\"", ";\"X\""), ("40,00", "")] {
        assert!(read(DATEV.replacen(from, to, 1).as_bytes()).is_err(), "{to}");
    }
}

#[test]
fn table_is_read_by_its_titles() {
    let template = template();
    let mut books = Books::open(Box::new(TABLE.as_bytes()), ReadAs::Table(&template)).unwrap();
    let voucher = books.next().unwrap().unwrap();
    assert_eq!(voucher.number, "17");
    let lines: Vec<_> = voucher.lines.iter().map(|line| (line.account.as_str(), line.amount.to_string())).collect();
    assert_eq!(lines, [("7140", "1100.00".into()), ("2910", "-1100.00".to_owned())]);
    assert_eq!(voucher.lines[1].references, ["hlf:U-1"]);
    assert!(books.next().is_none());
    let missing = TABLE.replace("Konto", "Account");
    let error = Books::open(Box::new(missing.as_bytes()), ReadAs::Table(&template)).err().unwrap();
    assert_eq!(error.fault, Fault::MissingColumn("Konto".into()));
    for (end, expected) in [("17;\r\nx", Fault::Missing("the voucher number")), (";17;\r\nx", Fault::CutOff)] {
        let cut = TABLE.split(end).next().unwrap();
        let mut books = Books::open(Box::new(cut.as_bytes()), ReadAs::Table(&template)).unwrap();
        assert_eq!(books.next().unwrap().unwrap_err().fault, expected);
    }
}

#[test]
fn reading_stops_at_the_first_fault() {
    let file = saft_with("<n1:Amount>100<", "<n1:Amount>x<");
    let mut books = Books::open(Box::new(Cursor::new(file)), ReadAs::Detected).unwrap();
    assert!(books.next().unwrap().is_err());
    assert!(books.next().is_none() && books.end().is_none());
}
