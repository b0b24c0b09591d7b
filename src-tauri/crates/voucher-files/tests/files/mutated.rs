//! Turns bytes of good files over: every reader gives vouchers or a fault, in bounded time, and never a panic.

use std::io::Cursor;

use postonce_voucher_files::{Books, Format, ReadAs, render};
use proptest::prelude::*;

use crate::saft_writer::Entry;
use crate::samples;

/// A change to a file.
#[derive(Debug, Clone)]
enum Change {
    Replace(usize, u8),
    Cut(usize),
    Remove(usize, usize),
    Repeat(usize, usize),
    Insert(usize, &'static [u8]),
}

/// Pieces that mean something to one of the readers.
const PIECES: &[&[u8]] = &[
    b"\"",
    b"{",
    b"}",
    b"\\",
    b";",
    b"\r\n",
    b"\n",
    b"<",
    b">",
    b"&",
    b"&#x0;",
    b"&lt;",
    b"<!--",
    b"<![CDATA[",
    b"<?xml ?>",
    b"<!DOCTYPE a>",
    b"</AuditFile>",
    b"<Transaction>",
    b"#VER",
    b"#TRANS",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x1a",
    b"\0",
    b"-",
    b"9999999999999999999999999999999",
];

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let at = || any::<proptest::sample::Index>().prop_map(|index| index.index(1 << 16));
    let change = prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        at().prop_map(Change::Cut),
        (at(), 0_usize..200).prop_map(|(at, length)| Change::Remove(at, length)),
        (at(), 0_usize..200).prop_map(|(at, length)| Change::Repeat(at, length)),
        (at(), proptest::sample::select(PIECES)).prop_map(|(at, piece)| Change::Insert(at, piece)),
    ];
    proptest::collection::vec(change, 0..6)
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let length = bytes.len().max(1);
        match *change {
            Change::Replace(at, byte) => {
                if let Some(place) = bytes.get_mut(at % length) {
                    *place = byte;
                }
            }
            Change::Cut(at) => bytes.truncate(at % length),
            Change::Remove(at, count) => {
                let at = (at % length).min(bytes.len());
                bytes.drain(at..(at + count).min(bytes.len()));
            }
            Change::Repeat(at, count) => {
                let at = (at % length).min(bytes.len());
                let piece = bytes[at..(at + count).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            Change::Insert(at, piece) => {
                let at = (at % length).min(bytes.len());
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }
    bytes
}

fn read(bytes: Vec<u8>, read_as: ReadAs<'_>) {
    if let Ok(books) = Books::open(Box::new(Cursor::new(bytes)), read_as) {
        let mut books = books;
        let has_failed = books.by_ref().any(|voucher| voucher.is_err());
        assert_eq!(books.end().is_none(), has_failed);
    }
}

fn saft() -> Vec<u8> {
    let entry = |number: i64| Entry {
        number: number.to_string(),
        date: samples::day(2026, 3, 9),
        description: format!("hlf:U-{number} <Ræv> & co"),
        reference: Some("R1".into()),
        lines: vec![("7140".into(), number), ("2910".into(), -number)],
    };
    samples::saft(&[entry(1), entry(2)])
}

proptest! {
    #[test]
    fn saft_turned_over_is_read_or_a_fault(changes in changes()) {
        read(changed(saft(), &changes), ReadAs::Detected);
    }

    #[test]
    fn sie_turned_over_is_read_or_a_fault(changes in changes()) {
        let bytes = render(&samples::swedish(samples::vouchers()), &samples::book("SEK"), &samples::sie()).unwrap();
        read(changed(bytes, &changes), ReadAs::Detected);
    }

    #[test]
    fn datev_turned_over_is_read_or_a_fault(changes in changes()) {
        let bytes = render(&samples::vouchers(), &samples::book("EUR"), &samples::datev()).unwrap();
        read(changed(bytes, &changes), ReadAs::Detected);
    }

    #[test]
    fn table_turned_over_is_read_or_a_fault(changes in changes()) {
        let template = samples::template();
        let bytes = render(&samples::vouchers(), &samples::book("NOK"), &Format::Table(template.clone())).unwrap();
        read(changed(bytes, &changes), ReadAs::Table(&template));
    }

    #[test]
    fn bytes_of_any_kind_are_a_fault_or_read(start in proptest::sample::select(vec![&b"<"[..], b"#SIETYP 4\n", b"\"EXTF\";700;21;", b"<?xml ", b"\xff\xfe<\0", b""]), bytes: Vec<u8>) {
        let whole = [start, &bytes].concat();
        read(whole.clone(), ReadAs::Detected);
        read(whole, ReadAs::Table(&samples::template()));
    }
}
