//! Tests receipts of the platform, and what an accounting system may answer to them: fetched with the platform's token from
//! its own server alone, attached once, and never in the way of a voucher.

use postonce_tests::{CliRig, TOKEN};
use reqwest::Method;
use serde_json::{Value, json};

const PLATFORM: &str = "[source]\nkind = \"platform\"\nurl = \"URL\"\nsecret = \"platform-token\"\n";

/// Sets up a platform with a record that names these receipts, and puts one under the id `r-1`.
fn rig(receipts: &Value) -> CliRig {
    let mut rig = CliRig::over_source(&PLATFORM.replace("URL", "http://127.0.0.1:1/"));
    let record = json!({
        "id": "PM-1", "version": 1, "approved_at": "2026-11-02T09:14:03Z", "expense_date": "2026-10-28",
        "payee": { "id": "P-1", "name": "Kari" }, "category": "Reise", "amount": "412.00", "currency": "NOK",
        "text": "Tog", "receipts": receipts,
    });
    let records = rig.path().join("records.json");
    std::fs::write(&records, json!({ "records": [record] }).to_string()).expect("a temporary folder is writable");
    rig.stop_sandbox();
    rig.start_sandbox("", &["--port", "0", "--records", records.to_str().expect("a path")]);
    rig.write_workspace(&PLATFORM.replace("URL", rig.url()));
    put(&rig, "r-1", b"%PDF-1.7 of the platform");
    rig
}

fn put(rig: &CliRig, id: &str, bytes: &'static [u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let url = format!("{}/admin/receipts/{id}", rig.url());
    let sent = reqwest::Client::new().request(Method::PUT, url).bearer_auth(TOKEN).body(bytes).send();
    assert!(runtime.block_on(sent).expect("the sandbox answers").status().is_success());
}

fn attached(rig: &CliRig) -> Vec<Value> {
    let vouchers = rig.call(Method::GET, "v1/vouchers", None);
    let vouchers = vouchers["vouchers"].as_array().expect("a list");
    assert_eq!(vouchers.len(), 1, "one voucher: {vouchers:?}");
    let asked = json!({ "voucher_ids": [vouchers[0]["voucher_id"]] });
    let found = rig.call(Method::POST, "v1/attachments/lookup", Some(&asked));
    found["attachments"].as_array().expect("a list").iter().map(|one| one["name"].clone()).collect()
}

/// Returns name and cause of each receipt that is missing.
fn missing(rig: &CliRig) -> Vec<(Value, Value)> {
    let attention = rig.run(&["attention"]);
    let listed = attention.last()["receipts"].as_array().cloned().unwrap_or_default();
    listed.iter().map(|one| (one["name"].clone(), one["because"]["code"].clone())).collect()
}

fn fault(rig: &CliRig, fault: &Value) {
    rig.set_faults(&json!({ "faults": [fault] }));
}

#[test]
fn platform_hands_out_receipts_by_id_and_by_its_own_address() {
    let rig = rig(&json!([
        { "id": "r-1", "name": "Tog til Bodø.pdf" }, "/v1/receipts/r-2", { "id": "r-3" },
        "http://localhost:1/v1/receipts/r-1",
    ]));
    put(&rig, "r-2", b"\xff\xd8\xff\xe0 a photograph");
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted")), (Some(4), 1), "{first:?}");
    assert_eq!(first.last()["receipts_missing"], 2, "{first:?}");
    assert_eq!(attached(&rig), ["Tog til Bodø.pdf", "r-2"]);
    let causes = [(json!("r-3"), json!("receipt_missing")), (json!("r-1"), json!("receipt_outside"))];
    assert_eq!(missing(&rig), causes, "the token goes to no other server");
    // The receipt arrives at the platform.
    put(&rig, "r-3", b"<?xml version=\"1.0\"?><Invoice/>");
    assert_eq!(rig.sync().status, Some(4));
    assert_eq!(attached(&rig).len(), 3);
    assert_eq!(missing(&rig), causes[1..]);
}

#[test]
fn platform_that_fails_to_hand_out_a_receipt_is_asked_again() {
    let rig = rig(&json!([{ "id": "r-1" }]));
    fault(&rig, &json!({ "kind": "unauthorized", "paths": ["receipts"] }));
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted")), (Some(4), 1), "{first:?}");
    assert_eq!(missing(&rig), [(json!("r-1"), json!("receipt_unread"))]);
    rig.set_faults(&json!({ "faults": [] }));
    assert_eq!(rig.sync().status, Some(0));
    assert_eq!(attached(&rig), ["r-1"]);
}

#[test]
fn attachment_that_is_refused_or_unanswered_makes_no_voucher() {
    let rig = rig(&json!([{ "id": "r-1" }]));
    for (kind, cause) in [
        ("forbidden", "receipt_refused"),
        ("cut_after_commit", "receipt_in_doubt"),
        ("error_500_before_commit", "receipt_in_doubt"),
    ] {
        fault(&rig, &json!({ "kind": kind, "paths": ["attachments"] }));
        let sync = rig.sync();
        assert_eq!(sync.status, Some(4), "{kind}: {sync:?}");
        assert_eq!(missing(&rig), [(json!("r-1"), json!(cause))], "{kind}");
    }
    rig.set_faults(&json!({ "faults": [] }));
    let last = rig.sync();
    assert_eq!((last.status, last.count("posted")), (Some(0), 0), "{last:?}");
    assert_eq!(attached(&rig), ["r-1"], "once");
}

#[test]
fn system_without_attachments_is_exported_into_all_the_same() {
    let rig = rig(&json!([{ "id": "r-1" }]));
    rig.set_faults(&json!({ "attachments": "off", "faults": [] }));
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(0), 1), "{sync:?}");
    let status = rig.run(&["status"]);
    assert_eq!((status.status, &status.last()["takes_attachments"]), (Some(0), &json!(false)), "{status:?}");
    let printed = postonce_tests::command_output(rig.for_people(&["status"]));
    assert!(format!("{printed:?}").contains("takes no attachments"), "{printed:?}");
}

#[test]
fn receipt_that_is_added_later_changes_no_record() {
    let rig =
        CliRig::over_csv(b"Id;Dato;Bel\xc3\xb8p;Likeperson;Kategori;Tekst;Valuta\nA;05.10.2026;10,00;P;Reise;x;NOK\n");
    assert_eq!(rig.sync().count("posted"), 1);
    rig.change_workspace("[source.columns]\n", "[source.columns]\nreceipts = \"Vedlegg\"\n");
    let named = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta;Vedlegg\nA;05.10.2026;10,00;P;Reise;x;NOK;a.pdf\n";
    std::fs::write(rig.path().join("records.csv"), named).expect("a temporary folder is writable");
    let again = rig.sync();
    assert_eq!((again.status, again.count("skipped")), (Some(0), 1), "nothing is changed: {again:?}");
    assert_eq!(missing(&rig), []);
}
