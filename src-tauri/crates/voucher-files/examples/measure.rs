//! Measures what the crate promises: a million lines of SAF-T read back, and 13,800 vouchers written as GBAT10.
//!
//! `cargo run --release -p postonce-voucher-files --example measure [LINES]`

#[path = "../tests/files/saft_writer.rs"]
mod saft_writer;

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::time::Instant;

use chrono::NaiveDate;
use postonce_voucher_files::{
    Book, Books, Currency, Format, Gbat10Settings, HandedOver, ReadAs, ReadBack, Verdict, Voucher, VoucherLine,
    YearStart, render,
};

const RECORDS: u32 = 13_800;

#[expect(clippy::disallowed_methods, reason = "a measurement takes the time")]
fn main() -> Result<(), Box<dyn Error>> {
    let lines: u32 = std::env::args().nth(1).map_or(Ok(1_000_000), |lines| lines.parse())?;
    let date = NaiveDate::from_ymd_opt(2026, 3, 9).ok_or("no date")?;

    let begun = Instant::now();
    let bytes = render(&vouchers(date), &book(date)?, &Format::Gbat10(Gbat10Settings::default()))?;
    println!("GBAT10: {RECORDS} vouchers, {} bytes in {:?}", bytes.len(), begun.elapsed());
    drop(bytes);

    let mut file = tempfile::NamedTempFile::new()?;
    write_books(&mut BufWriter::new(file.as_file_mut()), lines / 2, date)?;
    let size = file.as_file().metadata()?.len();
    println!("SAF-T: {lines} lines, {size} bytes; memory at most before reading: {}", peak()?);

    let begun = Instant::now();
    let wanted = |number| HandedOver { reference: reference(number), date, on: date };
    let mut read_back = ReadBack::new((0..RECORDS).map(wanted).collect(), []);
    let mut books =
        Books::open(Box::new(BufReader::with_capacity(1 << 16, File::open(file.path())?)), ReadAs::Detected)?;
    for voucher in books.by_ref() {
        read_back.see(&voucher?);
    }
    let end = books.end().ok_or("the file has no end")?;
    let findings = read_back.finish(books.head(), &end);
    let once = findings.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Once(_))).count();
    println!("read back: {} vouchers, {} lines, {once} of {RECORDS} found once", end.vouchers, end.lines);
    println!("in {:?}; memory at most: {}", begun.elapsed(), peak()?);
    Ok(())
}

fn write_books(out: &mut dyn Write, vouchers: u32, date: NaiveDate) -> std::io::Result<()> {
    let sum = i128::from(vouchers) * 10_000;
    saft_writer::begin(out, u64::from(vouchers), [sum, sum])?;
    for number in 0..vouchers {
        let entry = saft_writer::Entry {
            number: number.to_string(),
            date,
            description: format!("{} Reise til Bodø & tilbake, bilag {number}", reference(number * 7)),
            reference: Some(format!("R-{number}")),
            lines: vec![("7140".into(), 10_000), ("2910".into(), -10_000)],
        };
        saft_writer::write(out, &entry)?;
    }
    saft_writer::end(out)?;
    out.flush()
}

fn reference(number: u32) -> String {
    format!("hlf:U-{number:07}")
}

fn vouchers(date: NaiveDate) -> Vec<Voucher> {
    let line = |account: &str, amount| VoucherLine { account: account.into(), amount, ..VoucherLine::default() };
    let voucher = |number: u32| Voucher {
        number: number + 1,
        date,
        reference: reference(number),
        text: "Reise til Bodø og tilbake".into(),
        party_name: Some("Kari Nordmann".into()),
        lines: vec![line("7140", 10_000), line("7150", 5_000), line("2910", -15_000)],
    };
    (0..RECORDS).map(voucher).collect()
}

fn book(date: NaiveDate) -> Result<Book, &'static str> {
    Ok(Book {
        company_name: "Foreningen Hjelp".into(),
        organisation_number: None,
        currency: Currency { code: "NOK".into(), decimals: 2 },
        year_start: YearStart::JANUARY,
        made_at: date.and_hms_opt(9, 0, 0).ok_or("no time")?,
        program: "Postonce".into(),
        version: "0.1.0".into(),
    })
}

/// Returns the memory that the process has had at most, as Linux tells it.
fn peak() -> std::io::Result<String> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.map_or_else(|| "not known here".to_owned(), |memory| memory.trim().to_owned()))
}
