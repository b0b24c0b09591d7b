//! Tests the main job, on generated records and on the real ones.

use postonce_tests::{CliRig, real_source, shared_data};
use serde_json::Value;

#[test]
fn exported_records_are_in_no_later_run_and_history_names_them() {
    let rig = CliRig::practice(250, "");
    let first = rig.sync();
    assert_eq!((first.status, first.count("read"), first.count("posted")), (Some(0), 250, 250), "{}", first.words);
    let second = rig.sync();
    assert_eq!((second.status, second.count("posted"), second.count("skipped")), (Some(0), 0, 250));
    let stats = rig.stats();
    assert_eq!((&stats["vouchers"], &stats["duplicates"]), (&Value::from(250), &Value::from(0)));

    let history = rig.run(&["history"]);
    let runs = history.last()["runs"].as_array().expect("a list").clone();
    assert_eq!(runs.len(), 2, "newest first");
    let (later, earlier) = (&runs[0]["run_id"], &runs[1]["run_id"]);
    let exported = rig.run(&["run", earlier.as_str().expect("an id")]);
    let row = &exported.last()["records"][0];
    assert_eq!(row["result"], "posted");
    for member in ["record_id", "reference", "voucher_id", "voucher_number"] {
        assert!(row[member].as_str().is_some_and(|text| !text.is_empty()), "{member} in {row}");
    }
    let skipped = rig.run(&["run", later.as_str().expect("an id")]);
    let left_out = &skipped.last()["records"][0];
    assert_eq!(left_out["result"], "skipped_already_exported");
    assert_eq!((&left_out["earlier_run_id"], &left_out["voucher_id"]), (earlier, &row["voucher_id"]));
}

#[test]
fn a_dry_run_shows_the_plan_and_sends_nothing() {
    let rig = CliRig::practice(40, "");
    let plan = rig.run(&["sync", "--dry-run"]);
    assert_eq!((plan.status, plan.count("read"), plan.count("send")), (Some(0), 40, 40), "{}", plan.words);
    assert_eq!(rig.stats()["vouchers"], 0);
    let sync = rig.sync();
    assert_eq!(sync.count("posted"), 40);
    assert_eq!(sync.last()["sums"][0]["posted"], plan.last()["sums"][0]["send"], "the plan's sum is what was posted");
    assert_eq!(rig.run(&["sync", "--dry-run"]).count("skipped"), 40);
}

#[test]
fn a_period_exports_its_own_days_and_the_rest_waits() {
    let rows = ["A;05.10.2026;10,00", "B;31.10.2026;20,00", "C;01.11.2026;40,00"];
    let rig = CliRig::over_csv(csv(&rows).as_bytes());
    let october = rig.run(&["sync", "--from", "2026-10-01", "--to", "2026-10-31"]);
    assert_eq!((october.count("read"), october.count("posted")), (2, 2), "{}", october.words);
    assert_eq!(october.last()["sums"][0]["posted"], "30.00");
    let status = rig.run(&["status"]);
    assert_eq!((&status.last()["records"]["posted"], &status.last()["records"]["eligible"]), (&2.into(), &1.into()));
    assert_eq!(status.last()["protection"], "enforced");
    assert_eq!(rig.sync().count("posted"), 1);
}

#[test]
fn records_of_another_ledger_are_found_and_not_booked_again() {
    let rig = CliRig::practice(30, "");
    assert_eq!(rig.sync().count("posted"), 30);
    // As in a workspace that never synced.
    std::fs::remove_dir_all(rig.path().join("backups")).expect("removable");
    for file in ["ledger.sqlite", "export.lock"] {
        std::fs::remove_file(rig.path().join(file)).expect("removable");
    }
    let again = rig.sync();
    assert_eq!((again.count("posted"), again.count("skipped")), (0, 30), "{}", again.words);
    let run = rig.run(&["run", again.last()["run_id"].as_str().expect("an id")]);
    assert_eq!(run.last()["records"][0]["result"], "skipped_found_in_accounting");
    assert_eq!(rig.stats()["vouchers"], 30);
}

#[test]
fn records_come_from_the_platform_as_well() {
    let rig = CliRig::over_csv(b"");
    let url = rig.url();
    rig.write_workspace(&format!("[source]\nkind = \"platform\"\nurl = \"{url}\"\nsecret = \"platform-token\"\n"));
    let records = rig.stats()["records"].as_u64().expect("a count");
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(0), records), "{}", sync.words);
    assert_eq!(rig.sync().count("skipped"), records);
    assert_eq!(rig.stats()["vouchers"], records);
}

#[test]
fn a_record_changed_after_export_waits_and_is_not_sent() {
    let rig = CliRig::over_csv(csv(&["A;05.10.2026;10,00", "B;06.10.2026;20,00"]).as_bytes());
    assert_eq!(rig.sync().status, Some(0));
    std::fs::write(rig.path().join("records.csv"), csv(&["A;05.10.2026;11,00", "B;06.10.2026;20,00"]))
        .expect("writable");
    let second = rig.sync();
    assert_eq!((second.status, second.count("posted")), (Some(4), 0), "{}", second.words);
    let attention = rig.run(&["attention"]);
    let item = &attention.last()["items"][0];
    assert_eq!(item["state"], "changed");
    assert_eq!(
        (&item["changed"]["exported"]["amount"], &item["changed"]["now"]["amount"]),
        (&"10.00".into(), &"11.00".into())
    );
    assert_eq!(item["changed"]["differs"], serde_json::json!(["amount"]));
    assert_eq!(rig.stats()["vouchers"], 2);
    assert_eq!(rig.run(&["compare"]).status, Some(0), "the books have what was exported");

    let story = rig.run(&["record", "A"]);
    assert_eq!(story.last()["changed"]["exported"]["date"], "2026-10-05");
    assert_eq!(rig.run(&["accept", "A", "--reason", "Corrected by hand in the books"]).status, Some(0));
    assert_eq!(rig.run(&["attention"]).status, Some(0), "an accepted change waits for nobody");
    assert_eq!(rig.sync().status, Some(0));
    std::fs::write(rig.path().join("records.csv"), csv(&["A;05.10.2026;12,00", "B;06.10.2026;20,00"]))
        .expect("writable");
    assert_eq!(rig.sync().status, Some(4), "another change waits again");
    let again = rig.run(&["attention"]);
    let changed = &again.last()["items"][0]["changed"];
    assert_eq!((&changed["exported"]["amount"], &changed["now"]["amount"]), (&"10.00".into(), &"12.00".into()));
    std::fs::write(rig.path().join("records.csv"), csv(&["A;05.10.2026;10,00", "B;06.10.2026;20,00"]))
        .expect("writable");
    assert_eq!(rig.sync().status, Some(0), "back as it was exported, it is no change");
}

#[test]
fn the_real_reimbursements_are_exported_once_to_the_oere() {
    let Some(file) = shared_data("reimbursements-2020.csv") else {
        eprintln!("skipped: ../shared/data/reimbursements-2020.csv is not on this machine");
        return;
    };
    let rig = CliRig::over_source(&real_source(&file));
    let first = rig.sync();
    assert_eq!(first.status, Some(4), "{}", first.words);
    let counts = ["read", "posted", "held", "skipped", "refused", "in_doubt"].map(|name| first.count(name));
    assert_eq!(counts, [13_802, 13_800, 2, 0, 0, 0]);
    assert_eq!(first.last()["sums"], serde_json::json!([{ "currency": "NOK", "posted": "19406724.57" }]));

    let attention = rig.run(&["attention"]);
    let mut reasons: Vec<&str> = attention.last()["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|item| item["reason_code"]["held"]["code"].as_str())
        .collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["date_implausible", "id_missing"]);

    certificate_and_look_alikes(&rig, first.last()["run_id"].as_str().expect("an id"));
    assert_eq!(rig.sync().count("posted"), 0);
    let stats = rig.stats();
    assert_eq!(stats["vouchers"], 13_800);
    assert_eq!(stats["distinct_references"], 13_800);
    assert_eq!(stats["sums"][0]["total"], "19406724.57");
}

/// Checks the real run's certificate, in figures, and the honest doubles of the real file: 931 rows in 373 groups of the same
/// payee, date, amount and text, as the design counted them by hand. None of them was held back for it.
fn certificate_and_look_alikes(rig: &CliRig, run: &str) {
    let shown = rig.run(&["run", run]);
    let certificate = &shown.last()["certificate"];
    for count in ["ledger", "accounting", "matched"] {
        assert_eq!(certificate["counts"][count], 13_800, "{count}");
    }
    assert_eq!(certificate["counts"]["differences"], 0);
    let sums = serde_json::json!([{ "currency": "NOK", "ledger": "19406724.57", "accounting": "19406724.57" }]);
    assert_eq!(certificate["sums"], sums);
    let rows = shown.last()["records"].as_array().expect("a list");
    assert_eq!(rows.iter().filter(|row| row["look_alike"].is_string()).count(), 931);
    // The first of a group names its second, all others name the first: so each group has one name that is never itself.
    let named: std::collections::BTreeSet<&str> = rows.iter().filter_map(|row| row["look_alike"].as_str()).collect();
    assert_eq!(named.len(), 2 * 373, "the first and the second of each group");
    let compared = rig.run(&["compare"]);
    assert_eq!((compared.status, &compared.last()["counts"]["matched"]), (Some(0), &Value::from(13_800)));
}

/// Returns a file of rows `id;date;amount`, the rest filled in.
fn csv(rows: &[&str]) -> String {
    let rows = rows.iter().map(|row| format!("{row};PM-0001;Reise;Likepersonssamtale;NOK\r\n"));
    "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta\r\n".to_owned() + &rows.collect::<String>()
}
