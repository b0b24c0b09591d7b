//! Tests that old records lose what they say of people, in every file of the workspace, and that nothing that keeps an
//! expense from being exported twice goes with it.

use std::path::{Path, PathBuf};

use postonce_tests::{CliRig, plain_source};
use rusqlite::Connection;
use serde_json::json;

const HEAD: &str = "Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta\n";
const OLD: &str = "A1;01.10.2019;10,00;Kari Hemmelig;Reise;Buss til sykehuset;NOK\n\
    A2;02.10.2019;20,00;Ola Hemmelig;Reise;Tog til sykehuset;NOK\nA3;31.02.2019;5,00;Per Hemmelig;Reise;Feil dag;NOK\n";
const NEW: &str = "B1;01.10.2026;30,00;Nora Synlig;Reise;Fly;NOK\n";

fn rig() -> CliRig {
    let rig = CliRig::over_csv(format!("{HEAD}{OLD}{NEW}").as_bytes());
    assert_eq!(rig.sync().status, Some(4), "a row has a day that is none");
    rig
}

/// Returns the files of the ledger, its backups and what was set aside, that have a text anywhere in their bytes.
fn files_with(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if path.to_string_lossy().contains("ledger") {
            let bytes = std::fs::read(&path).expect("readable");
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(path);
            }
        }
    }
    found
}

fn forget(rig: &CliRig) -> postonce_tests::CommandOutput {
    rig.run(&["forget", "--before", "2026-01-01", "--reason", "the period for keeping it has passed"])
}

#[test]
fn old_records_lose_their_words_in_every_file() {
    let rig = rig();
    assert_eq!(rig.run(&["backup"]).status, Some(0));
    let aside = rig.path().join("set-aside-20200101T000000000Z-ledger.sqlite");
    std::fs::copy(rig.path().join("ledger.sqlite"), &aside).expect("writable");
    // The source has let go of them; a row that no record stands for is of the reading before.
    std::fs::write(rig.path().join("records.csv"), format!("{HEAD}{NEW}")).expect("writable");
    for word in ["Hemmelig", "sykehuset"] {
        assert!(files_with(rig.path(), word).len() >= 3, "{word}");
    }
    assert_eq!(rig.sync().status, Some(4), "the row that never was a record is gone, and waits for a person");
    let due = rig.run(&["forget", "--before", "2026-01-01", "--dry-run"]);
    assert_eq!((due.status, &due.last()["would_be_forgotten"]), (Some(0), &json!(2)), "{due:?}");
    let forgotten = forget(&rig);
    assert_eq!((forgotten.status, &forgotten.last()["forgotten"]), (Some(0), &json!(2)), "{forgotten:?}");
    assert!(forgotten.last()["copies"].as_u64().is_some_and(|copies| copies >= 3), "{forgotten:?}");
    for word in ["Kari Hemmelig", "Ola Hemmelig", "sykehuset"] {
        assert_eq!(files_with(rig.path(), word), Vec::<PathBuf>::new(), "{word}");
    }
    assert!(!files_with(rig.path(), "Nora Synlig").is_empty(), "what is young stays");
    let record = rig.run(&["record", "A1"]);
    let shown = record.last();
    assert_eq!([&shown["payee"], &shown["text"], &shown["state"]], [&json!(""), &json!(""), &json!("posted")]);
    assert_eq!((&shown["amount"], &shown["date"]), (&json!("10.00"), &json!("2019-10-01")));
    assert!(shown["attempts"][0]["voucher_id"].is_string(), "{shown}");
    // A copy is one whole ledger still.
    let copies = std::fs::read_dir(rig.path().join("backups")).expect("a folder").flatten();
    for copy in copies.map(|entry| entry.path()).chain([aside]) {
        let header = std::fs::read(&copy).expect("readable");
        assert_eq!(header[18..20], [1, 1], "{}: it has no log of its own, as SQLite's header says", copy.display());
        let copy = Connection::open(copy).expect("a ledger");
        let said: String = copy.query_row("PRAGMA quick_check", [], |row| row.get(0)).expect("it is read");
        assert_eq!(said, "ok");
    }
}

#[test]
fn forgotten_record_is_never_exported_again() {
    let rig = rig();
    assert_eq!(forget(&rig).status, Some(0));
    // The source has them still: nothing is sent, and what was forgotten stays so.
    let again = rig.sync();
    assert_eq!((again.count("posted"), again.count("skipped")), (0, 3), "{again:?}");
    assert_eq!(rig.run(&["record", "A1"]).last()["payee"], "", "the same content is not learnt again");
    assert_eq!(rig.stats()["vouchers"], 3);
    let verified = rig.run(&["audit", "verify"]);
    assert_eq!((verified.status, &verified.last()["changed"]), (Some(0), &json!(false)), "{verified:?}");
    assert_eq!(verified.last()["findings"], json!([]), "{verified:?}");
    assert_eq!(rig.run(&["compare"]).last()["counts"]["differences"], 0);
    // A record that changes is a record anew.
    let changed = format!("{HEAD}{}{NEW}", OLD.replace("10,00", "11,00"));
    std::fs::write(rig.path().join("records.csv"), changed).expect("writable");
    assert_eq!(rig.sync().count("posted"), 0);
    let record = rig.run(&["record", "A1"]);
    assert_eq!((&record.last()["state"], &record.last()["payee"]), (&json!("changed"), &json!("Kari Hemmelig")));
}

#[test]
fn record_that_waits_keeps_its_words() {
    let rig = CliRig::over_csv(format!("{HEAD}{OLD}").as_bytes());
    rig.set_faults(&json!({ "faults": [{ "kind": "html", "paths": ["vouchers"], "remaining": 5 }] }));
    let doubtful = rig.sync();
    assert_eq!(doubtful.count("in_doubt"), 2, "{doubtful:?}");
    assert_eq!(forget(&rig).last()["forgotten"], 0);
    assert_eq!(rig.run(&["record", "A1"]).last()["payee"], "Kari Hemmelig");
}

#[test]
fn forgetting_wants_a_reason_and_a_day_that_is_past() {
    let rig = rig();
    let run = |arguments: &[&str]| rig.run(&[&["forget", "--before"], arguments].concat());
    assert_eq!(run(&["2026-01-01"]).status, Some(2));
    assert_eq!(run(&["2026-01-01", "--reason", "x"]).code(), "reason_too_short");
    assert_eq!(run(&["2099-01-01", "--reason", "the period for keeping it has passed"]).code(), "period_reversed");
    // Nobody else rewrites a claim, whatever was forgotten.
    let ledger = Connection::open(rig.path().join("ledger.sqlite")).expect("a ledger");
    assert!(ledger.execute("UPDATE attempt SET sent = '{}'", []).is_err(), "it is never another content");
    assert!(ledger.execute("UPDATE attempt SET minor = 1", []).is_err());
}

/// Forgets a claim whose lines stand on both sides: its voucher is larger than the claim, and still the same afterwards.
#[test]
fn forgotten_claim_is_still_known_by_its_lines() {
    let source = plain_source("records.csv").replace("[source]\n", "[source]\ngroup_by = \"Id\"\n");
    let rig = CliRig::over_source(&source);
    let rows = "A1;01.10.2019;100,00;Kari Hemmelig;Reise;Buss til sykehuset;NOK\n\
        A1;01.10.2019;-20,00;Kari Hemmelig;Porto;Egenandel;NOK\n";
    std::fs::write(rig.path().join("records.csv"), format!("{HEAD}{rows}")).expect("writable");
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(0), 1), "{sync:?}");
    assert_eq!(rig.run(&["compare"]).status, Some(0));
    assert_eq!(forget(&rig).last()["forgotten"], 1);
    assert_eq!(files_with(rig.path(), "sykehuset"), Vec::<PathBuf>::new());
    let compared = rig.run(&["compare"]);
    assert_eq!((compared.status, &compared.last()["counts"]["differences"]), (Some(0), &json!(0)), "{compared:?}");
    assert_eq!(rig.run(&["audit", "verify"]).status, Some(0));
}
