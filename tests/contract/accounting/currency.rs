//! Tests records in a foreign currency: both amounts stand on the voucher, and no rate is made up.

use postonce_tests::plain_source;

use super::system_rig::SystemRig;

fn write(rig: &SystemRig, posting: &str, rows: &str) {
    let columns = "currency = \"Valuta\"\nrate = \"Kurs\"\nown_amount = \"I kroner\"\n";
    rig.read_from(&plain_source("records.csv").replace("currency = \"Valuta\"\n", columns), 10);
    if !posting.is_empty() {
        let file = rig.path().join("workspace.toml");
        let text = std::fs::read_to_string(&file).expect("it was written");
        let text = text.replace("[posting]\n", &format!("[posting]\n{posting}\n"));
        std::fs::write(file, text).expect("a temporary folder is writable");
    }
    let head = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta;Kurs;I kroner\n";
    std::fs::write(rig.path().join("records.csv"), format!("{head}{rows}")).expect("a temporary folder is writable");
}

/// Both amounts; the rate alone; the worth alone; paid back; neither; a plain one.
const ROWS: &str = "\
    F1;05.10.2026;100,00;PM-0001;Reise;Hotell Berlin;EUR;11,50;1149,63\n\
    F2;06.10.2026;20,05;PM-0001;Reise;Tog Berlin;EUR;11,62;\n\
    F3;06.10.2026;30,00;PM-0001;Reise;Mat Berlin;EUR;;346,00\n\
    F4;07.10.2026;-10,00;PM-0001;Reise;Refundert;EUR;11,5;\n\
    F5;07.10.2026;40,00;PM-0001;Reise;Buss Berlin;EUR;;\n\
    N1;08.10.2026;50,00;PM-0001;Reise;Buss;NOK;;50,00\n";

pub(crate) fn foreign_currency_has_both_amounts_or_the_record_is_held(rig: &SystemRig) {
    write(rig, "", ROWS);
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted"), first.count("held")), (Some(4), 5, 1), "{first:?}");
    let attention = rig.run(&["attention"]);
    let items = attention.last()["items"].as_array().expect("a list").clone();
    let [item] = items.as_slice() else { panic!("one waits: {attention:?}") };
    assert_eq!(
        (&item["record_id"], &item["reason_code"]["held"]["code"]),
        (&"F5".into(), &"rate_missing".into()),
        "{item:#}"
    );
    let booked = |id: &str| rig.subject.foreign(&rig.reference(id));
    let euro = |minor, own| ("EUR".to_owned(), minor, Some(own));
    assert_eq!(booked("F1"), euro(10_000, 114_963), "as the source says");
    assert_eq!(booked("F2"), euro(2_005, 23_298), "by the source's rate");
    assert_eq!(booked("F3"), euro(3_000, 34_600), "as the source says, without a rate");
    assert_eq!(booked("F4"), euro(1_000, 11_500), "paid back");
    let sums = first.last()["sums"].to_string();
    assert!(sums.contains("EUR") && sums.contains("NOK"), "sums are told by currency: {first:?}");
    let record = rig.run(&["record", "F1"]);
    let voucher = &record.last()["voucher"];
    assert_eq!(
        (&voucher["currency"], &voucher["own_currency"], &voucher["exchange_rate"], &voucher["lines"][0]["own_amount"]),
        (&"EUR".into(), &"NOK".into(), &"11.50".into(), &"1149.63".into()),
        "{record:?}"
    );
    let again = rig.sync();
    assert_eq!((again.count("posted"), again.count("skipped")), (0, 5), "{again:?}");
    assert_eq!(rig.run(&["compare"]).status, Some(0));
    // The books have a rate of their own, if the workspace says so.
    write(rig, "without_rate = \"books\"", ROWS);
    let last = rig.sync();
    assert_eq!((last.status, last.count("posted"), last.count("skipped")), (Some(0), 1, 5), "{last:?}");
    let (currency, sum, own) = booked("F5");
    assert_eq!((currency.as_str(), sum), ("EUR", 4_000));
    // 11.50, as the books have it; the open protocol leaves it to the server.
    assert!(own.is_none_or(|own| own == 46_000), "{own:?}");
    // Another ledger knows the vouchers again, in both currencies.
    rig.forget_ledger();
    let found = rig.sync();
    assert_eq!((found.status, found.count("posted"), found.count("skipped")), (Some(0), 0, 6), "{found:?}");
    assert_eq!(rig.subject.vouchers().len(), 6);
}

pub(crate) fn a_rate_that_contradicts_its_amounts_holds_the_record(rig: &SystemRig) {
    let rows = "F1;05.10.2026;100,00;PM-0001;Reise;Hotell;EUR;11,50;1200,00\n\
                F2;05.10.2026;100,00;PM-0001;Reise;Hotell;EUR;elleve;\n\
                N1;05.10.2026;50,00;PM-0001;Reise;Buss;NOK;;60,00\n\
                N2;05.10.2026;70,00;PM-0001;Reise;Tog;NOK;1;\n";
    write(rig, "without_rate = \"books\"", rows);
    let first = rig.sync();
    assert_eq!((first.count("posted"), first.count("held")), (1, 3), "{first:?}");
    let attention = rig.run(&["attention"]);
    let items = attention.last()["items"].as_array().expect("a list").clone();
    let mut reasons: Vec<&str> = items.iter().filter_map(|item| item["reason_code"]["held"]["code"].as_str()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["exchange_contradicts", "exchange_contradicts", "rate_invalid"], "{attention:?}");
}
