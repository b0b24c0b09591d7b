//! Tests that a workspace of an earlier version goes on without a change. `before_claims` holds the ledger, the sandbox's
//! books, the records and the workspace that the version before claims of lines left behind: five records exported, one
//! held, and a second sync that found nothing new.

use std::path::Path;

use postonce_tests::CliRig;
use rusqlite::Connection;
use serde_json::json;

const LEDGER: &str = include_str!("before_claims/ledger.sql");
const BOOKS: &str = include_str!("before_claims/sandbox.sql");
const RECORDS: &str = include_str!("before_claims/records.csv");
const WORKSPACE: &str = include_str!("before_claims/workspace.toml");
/// The marks of both files, which a dump leaves out: the version of the tables, and the program's own.
const LEDGER_MARKS: &str = "PRAGMA user_version = 10; PRAGMA application_id = 1347374659;";
const BOOKS_MARKS: &str = "PRAGMA user_version = 4;";

/// Makes a database of a dump, in the place of the one that is there.
fn load(file: &Path, dump: &str, marks: &str) -> Connection {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
    let made = Connection::open(file).expect("a temporary folder is writable");
    made.execute_batch(dump).expect("a dump");
    made.execute_batch(marks).expect("marks");
    made
}

fn references(ledger: &Path) -> Vec<String> {
    let ledger = Connection::open(ledger).expect("a ledger");
    let mut all = ledger.prepare("SELECT reference FROM attempt ORDER BY reference").expect("a table");
    let rows = all.query_map([], |row| row.get(0)).expect("no parameters");
    rows.map(|row| row.expect("a text")).collect()
}

#[test]
fn ledger_of_the_version_before_claims_goes_on_without_a_change() {
    let mut rig = CliRig::over_csv(b"");
    rig.stop_sandbox();
    let ledger = rig.path().join("ledger.sqlite");
    drop(load(&rig.path().join("sandbox.sqlite"), BOOKS, BOOKS_MARKS));
    rig.start_sandbox("", &["--port", "0"]);
    std::fs::write(rig.path().join("records.csv"), RECORDS).expect("a temporary folder is writable");
    std::fs::write(rig.path().join("workspace.toml"), WORKSPACE.replace("URL", rig.url())).expect("writable");
    drop(load(&ledger, LEDGER, LEDGER_MARKS));
    // The books moved to another port, which a person confirms.
    let asked = rig.sync();
    assert_eq!(asked.last()["error"]["code"], "books_differ", "{asked:?}");
    assert_eq!(rig.run(&["confirm", "books", "--reason", "The sandbox has another port today"]).status, Some(0));

    let before = references(&ledger);
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted"), sync.count("skipped")), (Some(4), 0, 5), "{sync:?}");
    assert_eq!((references(&ledger), &rig.stats()["vouchers"]), (before, &json!(5)));
    let attention = rig.run(&["attention"]);
    let items = attention.last()["items"].as_array().expect("a list").clone();
    let states: Vec<_> = items.iter().map(|item| item["state"].clone()).collect();
    assert_eq!(states, [json!("held")], "no record is told as changed: {attention:?}");
    assert_eq!(rig.run(&["compare"]).status, Some(0));
    assert_eq!(rig.run(&["audit", "verify"]).status, Some(0));
    // It knows of its vouchers what it kept then.
    let voucher = rig.run(&["record", "R-3"]).last()["attempts"][0]["voucher"].clone();
    assert_eq!((&voucher["text"], &voucher["lines"][0]["credit"]), (&json!("Refundert billett"), &json!("88.00")));
}
