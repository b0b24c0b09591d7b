//! Tests a workspace, a source or a ledger that cannot be used: a sentence, the right exit status, nothing sent.

use postonce_tests::{CliRig, CommandOutput, command_output, plain_source};
use serde_json::Value;

const GOOD: &str = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta\nG1;05.10.2026;412,00;PM-0001;Reise;x;NOK\n";

/// Checks that the command failed with this code and status, and said so in a sentence that names each of `naming`.
fn assert_failed(said: &CommandOutput, status: i32, code: &str, naming: &[&str]) {
    assert_eq!(said.status, Some(status), "{said:?}");
    let error = &said.last()["error"];
    assert_eq!(error["code"], code, "{said:?}");
    let sentence = error["message"].as_str().unwrap_or_default();
    for name in naming {
        assert!(sentence.contains(name), "“{sentence}” does not name {name}");
    }
    assert!(said.words.contains(sentence), "people read the same on standard error");
}

#[test]
fn a_missing_empty_or_wrongly_encoded_source_file_is_named() {
    let rig = CliRig::over_source(&plain_source("elsewhere.csv"));
    assert_failed(&rig.sync(), 1, "source_file_missing", &["elsewhere.csv"]);

    assert_failed(&CliRig::over_csv(b"").sync(), 1, "source_empty", &["records.csv"]);

    let latin = b"Id;Dato;Bel\xf8p;Likeperson;Kategori;Tekst;Valuta\n";
    assert_failed(&CliRig::over_csv(latin).sync(), 1, "source_encoding", &["records.csv", "1", "windows-1252"]);
    assert_eq!(rig.stats()["vouchers"], 0);
}

#[test]
fn a_missing_column_is_named_with_the_nearest_that_is_there() {
    let rig = CliRig::over_csv(GOOD.replace("Beløp", "Belop").as_bytes());
    assert_failed(&rig.sync(), 1, "source_column_missing", &["Beløp", "Belop", "records.csv"]);
}

#[test]
fn a_source_that_breaks_off_sends_nothing_of_its_beginning() {
    let mut csv = GOOD.to_owned().into_bytes();
    csv.extend_from_slice(b"G2;05.10.2026;412,00;PM-0001;Reise;b\xe5t;NOK\n");
    let rig = CliRig::over_csv(&csv);
    let sync = rig.sync();
    assert_eq!((sync.status, &sync.last()["outcome"]), (Some(1), &Value::from("failed")), "{sync:?}");
    assert_eq!(sync.last()["error"]["code"], "source_encoding");
    assert_eq!(rig.stats()["vouchers"], 0);
}

#[test]
fn a_typing_error_is_named_with_its_line_and_the_right_key() {
    let rig = CliRig::over_csv(GOOD.as_bytes());
    let file = rig.path().join("workspace.toml");
    let text = std::fs::read_to_string(&file).expect("it was just written");
    std::fs::write(&file, text.replace("payable_account", "payable_acount")).expect("writable");
    assert_failed(&rig.sync(), 2, "workspace_unknown_key", &["payable_acount", "payable_account"]);
    std::fs::write(&file, "[organisation\n").expect("writable");
    assert_failed(&rig.sync(), 2, "workspace_invalid", &["workspace.toml"]);
}

#[test]
fn a_missing_workspace_and_plain_http_are_wrong_usage() {
    let rig = CliRig::over_csv(GOOD.as_bytes());
    let file = rig.path().join("workspace.toml");
    let text = std::fs::read_to_string(&file).expect("it was just written");
    std::fs::write(&file, text.replace(rig.url(), "http://accounting.example.org")).expect("writable");
    assert_failed(&rig.sync(), 2, "insecure_url", &["http://accounting.example.org"]);
    std::fs::remove_file(&file).expect("removable");
    assert_failed(&rig.sync(), 2, "workspace_missing", &[]);
    let reversed = rig.run(&["sync", "--from", "2026-11-01", "--to", "2026-10-01"]);
    assert_failed(&reversed, 2, "period_reversed", &["2026-11-01", "2026-10-01"]);
    assert_eq!(rig.run(&["sync", "--from", "1.11.2026"]).status, Some(2));
    assert_eq!(rig.run(&["synk"]).status, Some(2));
}

#[test]
fn a_token_that_is_nowhere_is_asked_for_by_name() {
    let rig = CliRig::over_csv(GOOD.as_bytes());
    let mut command = rig.command(&["sync"]);
    command.env_remove("POSTONCE_SECRET_ACCOUNTING_TOKEN");
    let said = command_output(command);
    let code = said.last()["error"]["code"].as_str().unwrap_or_default();
    assert!(["secret_missing", "keyring_unavailable"].contains(&code), "{said:?}");
    assert_failed(&said, 1, code, &["accounting-token", "POSTONCE_SECRET_ACCOUNTING_TOKEN"]);
}

#[test]
fn a_damaged_or_newer_ledger_stops_the_export_and_is_kept() {
    let rig = CliRig::over_csv(GOOD.as_bytes());
    let ledger = rig.path().join("ledger.sqlite");
    std::fs::write(&ledger, vec![b'x'; 8192]).expect("writable");
    assert_failed(&rig.sync(), 6, "ledger_damaged", &["ledger.sqlite"]);
    assert_eq!(std::fs::read(&ledger).expect("readable"), vec![b'x'; 8192], "the file is kept");

    std::fs::remove_file(&ledger).expect("removable");
    assert_eq!(rig.sync().status, Some(0));
    let newer = rusqlite::Connection::open(&ledger).and_then(|ledger| ledger.execute_batch("PRAGMA user_version = 99"));
    newer.expect("a ledger is a database");
    assert_failed(&rig.sync(), 6, "ledger_newer", &["99"]);
}

#[test]
fn a_token_for_other_books_is_refused_after_the_first_export() {
    let source = plain_source("records.csv");
    let mut rig = CliRig::over_source(&source);
    let move_to_other_books = |rig: &mut CliRig, id: &str| {
        rig.stop_sandbox();
        let file = rig.path().join("workspace.toml");
        let text =
            std::fs::read_to_string(&file).expect("it was written").replace("id = \"hlf\"", &format!("id = \"{id}\""));
        std::fs::write(&file, text).expect("writable");
        rig.start_sandbox("", &["--port", "0"]);
        rig.write_workspace(&source);
    };
    assert_failed(&rig.sync(), 1, "source_file_missing", &[]);
    move_to_other_books(&mut rig, "right-books");
    std::fs::write(rig.path().join("records.csv"), GOOD).expect("writable");
    assert_eq!(rig.sync().status, Some(0), "a run that attempted nothing binds nobody");
    move_to_other_books(&mut rig, "other-books");
    assert_failed(&rig.sync(), 1, "organisation_mismatch", &["right-books", "other-books"]);
}

#[test]
fn a_workspace_is_never_made_over_another() {
    let rig = CliRig::over_csv(GOOD.as_bytes());
    assert_failed(&rig.run(&["init"]), 2, "workspace_exists", &[]);
}

#[test]
fn a_run_or_record_that_nobody_knows_is_named_as_unknown() {
    let rig = CliRig::over_csv(GOOD.as_bytes());
    assert_failed(&rig.run(&["record", "nope"]), 1, "record_not_found", &["nope"]);
    assert_failed(&rig.run(&["run", "nope"]), 1, "run_not_found", &["nope"]);
    assert_eq!(rig.run(&["history"]).last()["runs"], serde_json::json!([]));
}
