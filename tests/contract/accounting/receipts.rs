//! Tests receipts: each on its voucher, once, and what is missing stands on the list while its record is exported.

use postonce_tests::{CommandOutput, Fault, plain_source};
use serde_json::{Value, json};

use super::system_rig::{Row, SystemRig, rows};

/// The records of a behaviour.
const RECORDS: usize = 3;

fn source() -> String {
    plain_source("records.csv").replace("[source.columns]\n", "[source.columns]\nreceipts = \"Vedlegg\"\n")
}

/// Writes records, each of which names two receipts: a photograph of its own, and a document in a folder.
fn write(rig: &SystemRig) -> Vec<Row> {
    rig.read_from(&source(), 10);
    let records = rows(RECORDS);
    let line = |row: &Row| {
        let (whole, part) = (row.minor / 100, row.minor % 100);
        let Row { id, date, .. } = row;
        format!("{id};{date};{whole},{part:02};PM-0001;Reise;Bodø;NOK;{id}.jpg|bilag/{id}.pdf\n")
    };
    let head = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta;Vedlegg\n";
    let text = head.to_owned() + &records.iter().map(line).collect::<String>();
    std::fs::write(rig.path().join("records.csv"), text).expect("a temporary folder is writable");
    std::fs::create_dir_all(rig.path().join("bilag")).expect("a temporary folder is writable");
    for row in &records {
        put(rig, &format!("{}.jpg", row.id), b"\xff\xd8\xff\xe0");
        put(rig, &format!("bilag/{}.pdf", row.id), b"%PDF-1.7 ");
    }
    records
}

/// Puts a receipt beside the file: so many bytes that it is sent in several pieces, and no other has the same.
pub(crate) fn put(rig: &SystemRig, name: &str, beginning: &[u8]) {
    let mut bytes = beginning.to_vec();
    bytes.extend(name.bytes());
    bytes.extend((0..150_000_u32).map(|place| u8::try_from(place % 251).expect("small")));
    std::fs::write(rig.path().join(name), bytes).expect("a temporary folder is writable");
}

/// Checks in the system's own tables that each voucher has its receipts, each once, and no other has any; but for these.
fn assert_attached(rig: &SystemRig, records: &[Row], missing: &[&str]) {
    rig.assert_books(records);
    for row in records {
        let mut expected = vec![format!("{}.jpg", row.id), format!("{}.pdf", row.id)];
        expected.retain(|name| !missing.contains(&name.as_str()));
        assert_eq!(rig.subject.attachments(&rig.reference(&row.id)), expected, "of {}", row.id);
    }
}

fn missing(rig: &SystemRig) -> Vec<Value> {
    rig.run(&["attention"]).last()["receipts"].as_array().cloned().unwrap_or_default()
}

fn through(rig: &SystemRig, fault: Fault) -> (Vec<Row>, CommandOutput) {
    let records = write(rig);
    rig.proxy.nth(rig.subject.words().attach, 1, 1, fault);
    let first = rig.sync();
    assert!(rig.proxy.is_spent(), "the fault befell nobody: {first:?}");
    assert_eq!(first.count("posted"), RECORDS as u64, "{first:?}");
    rig.proxy.calm();
    (records, first)
}

pub(crate) fn receipts_are_attached_once(rig: &SystemRig) {
    let records = write(rig);
    let planned = rig.run(&["sync", "--dry-run"]);
    assert_eq!(planned.last()["counts"]["receipts"], json!(2 * RECORDS), "{planned:?}");
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted")), (Some(0), RECORDS as u64), "{first:?}");
    assert_attached(rig, &records, &[]);
    let again = rig.sync();
    assert_eq!((again.status, again.count("posted")), (Some(0), 0), "{again:?}");
    let story = rig.run(&["record", &records[0].id]);
    let receipts = story.last()["attempts"][0]["receipts"].clone();
    assert_eq!((&receipts[0]["state"], &receipts[1]["name"]), (&json!("attached"), &json!("R-00001.pdf")), "{story:?}");
    // Another ledger finds the vouchers, and what hangs on them.
    rig.forget_ledger();
    let found = rig.sync();
    assert_eq!((found.status, found.count("posted")), (Some(0), 0), "{found:?}");
    assert_attached(rig, &records, &[]);
}

pub(crate) fn an_attachment_whose_answer_is_lost_is_not_made_twice(rig: &SystemRig) {
    let (records, _) = through(rig, Fault::CutAfter);
    rig.sync_until_clear();
    assert_attached(rig, &records, &[]);
}

pub(crate) fn an_attachment_that_never_arrives_is_made_up_for(rig: &SystemRig) {
    let (records, _) = through(rig, Fault::CutBefore);
    rig.sync_until_clear();
    assert_attached(rig, &records, &[]);
}

pub(crate) fn a_receipt_that_is_missing_stands_on_the_list(rig: &SystemRig) {
    let records = write(rig);
    std::fs::remove_file(rig.path().join("bilag/R-00002.pdf")).expect("it was written");
    std::fs::write(rig.path().join("R-00003.jpg"), b"MZ: a program").expect("a temporary folder is writable");
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted")), (Some(4), RECORDS as u64), "exported all the same: {first:?}");
    assert_attached(rig, &records, &["R-00002.pdf", "R-00003.jpg"]);
    let causes = |rig: &SystemRig| -> Vec<(Value, Value)> {
        let of = |one: &Value| (one["name"].clone(), one["because"]["code"].clone());
        missing(rig).iter().map(of).collect()
    };
    let expected = [(json!("R-00002.pdf"), json!("receipt_missing")), (json!("R-00003.jpg"), json!("receipt_unfit"))];
    assert_eq!(causes(rig), expected);
    // One is put in its place: the next sync attaches it. For the other, a person decides.
    put(rig, "bilag/R-00002.pdf", b"%PDF-1.7 ");
    assert_eq!(rig.sync().status, Some(4));
    assert_eq!(causes(rig), expected[1..]);
    let aside = ["set-aside", "--receipts", "R-00003", "--reason", "The photograph is lost for good"];
    assert_eq!(rig.run(&aside).last()["set_aside"][0]["receipts"], json!(["R-00003.jpg"]));
    let none = rig.run(&aside);
    assert_eq!((none.status, &none.last()["error"]["code"]), (Some(1), &json!("no_receipt_missing")), "{none:?}");
    let last = rig.sync();
    assert_eq!((last.status, last.count("posted")), (Some(0), 0), "{last:?}");
    assert_attached(rig, &records, &["R-00003.jpg"]);
    let verified = rig.run(&["audit", "verify"]);
    assert_eq!(verified.status, Some(0), "{verified:?}");
}
