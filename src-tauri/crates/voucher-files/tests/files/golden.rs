//! Holds the bytes of each format against those that were looked through by a person. `POSTONCE_GOLDEN=write` makes
//! them anew.

use std::path::Path;

use postonce_voucher_files::{Book, Format, Voucher, render};

use crate::samples;

fn check(name: &str, vouchers: &[Voucher], book: &Book, format: &Format) {
    let bytes = render(vouchers, book, format).expect("the sample is written");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/golden").join(name);
    if std::env::var("POSTONCE_GOLDEN").as_deref() == Ok("write") {
        std::fs::write(&path, &bytes).expect("the file is written");
    }
    let golden = std::fs::read(&path).expect("the golden file is there");
    assert!(bytes == golden, "{name}:\n{}", String::from_utf8_lossy(&bytes));
}

#[test]
fn bytes_of_each_format_are_what_they_were() {
    let (vouchers, book) = (samples::vouchers(), samples::book("NOK"));
    check("gbat10.csv", &vouchers, &book, &samples::gbat10());
    check("xledger.csv", &vouchers, &book, &samples::xledger());
    check("visma-business.edi", &vouchers, &book, &samples::visma_business());
    check("24sevenoffice.csv", &vouchers, &book, &samples::office24());
    check("sie4i.si", &samples::swedish(samples::vouchers()), &samples::book("SEK"), &samples::sie());
    check("EXTF_Buchungsstapel.csv", &vouchers, &samples::book("EUR"), &samples::datev());
    check("table.csv", &vouchers, &book, &Format::Table(samples::template()));
}
