//! Tests what the platform learns of exports, over the real command line and the real sandbox: each result is told,
//! the platform has it once, and nothing that goes wrong on that way touches the export.

use postonce_tests::{CliRig, CommandOutput};
use reqwest::Method;
use serde_json::{Value, json};

const REASON: &str = "corrected after a phone call";

/// Makes a rig whose records come from the sandbox's platform.
fn over_platform() -> CliRig {
    let rig = CliRig::over_csv(b"");
    let url = rig.url();
    rig.write_workspace(&format!("[source]\nkind = \"platform\"\nurl = \"{url}\"\nsecret = \"platform-token\"\n"));
    rig
}

fn fault(rig: &CliRig, switches: Value, fault: Option<Value>) {
    let mut settings = switches;
    settings["faults"] = fault.into_iter().collect();
    rig.set_faults(&settings);
}

/// Returns what the platform was told.
fn received(rig: &CliRig) -> Vec<Value> {
    rig.admin(Method::GET, "expenses/told", None)["told"].as_array().expect("a list").clone()
}

fn records(rig: &CliRig) -> u64 {
    rig.stats()["records"].as_u64().expect("a count")
}

/// Makes sure that the platform was told of every record, each of them so often at most.
fn assert_each_received(rig: &CliRig, times_max: u64) {
    let received = received(rig);
    assert_eq!(received.len() as u64, records(rig), "each result is there once");
    let mut ids: Vec<&str> = received.iter().filter_map(|one| one["id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), received.len(), "each record is there once");
    for one in &received {
        assert!(one["times"].as_u64().is_some_and(|times| times <= times_max), "{one}");
    }
}

fn unreported(said: &CommandOutput) -> u64 {
    let count = said.last()["not_told"].as_u64();
    assert!(count.is_some(), "{said:?}");
    count.unwrap_or_default()
}

#[test]
fn exports_reach_the_platform_once_with_their_vouchers() {
    let rig = over_platform();
    let sync = rig.sync();
    assert_eq!((sync.status, unreported(&sync)), (Some(0), 0), "{}", sync.words);
    assert_each_received(&rig, 1);
    let run = rig.run(&["run", "last"]);
    let row = &run.last()["records"][0];
    let received = received(&rig);
    let of_row = received.iter().find(|one| one["id"] == row["record_id"]).expect("it was told");
    for member in ["voucher_id", "voucher_number", "reference", "generation"] {
        assert_eq!(of_row[member], row[member], "{member}");
    }
    assert_eq!(of_row["run_id"], run.last()["run_id"]);
    assert!(of_row["exported_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{of_row}");

    assert_eq!(rig.sync().count("posted"), 0);
    assert_each_received(&rig, 1);
    assert_eq!(rig.run(&["audit", "verify"]).status, Some(0), "the trail covers what was told");
}

#[test]
fn lost_answer_is_repeated_and_the_platform_has_it_once() {
    let rig = over_platform();
    let lost = json!({"kind": "cut_after_commit", "paths": ["exported_results"], "remaining": 2});
    fault(&rig, json!({}), Some(lost));
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted"), unreported(&first)), (Some(0), records(&rig), records(&rig)));
    assert!(first.words.contains("next sync tells it again"), "{}", first.words);
    assert_eq!(rig.run(&["status"]).last()["not_told"], records(&rig));
    let second = rig.sync();
    assert_eq!((second.status, unreported(&second)), (Some(0), 0), "{}", second.words);
    assert_each_received(&rig, 3);
    assert_eq!(rig.run(&["status"]).last()["not_told"], 0);
    assert_eq!(rig.stats()["duplicates"], 0);
}

#[test]
fn results_of_a_failing_platform_stay_due_and_the_export_stands() {
    for kind in ["error_500_before_commit", "html", "not_found", "unauthorized", "status_503", "result_missing"] {
        let rig = over_platform();
        fault(&rig, json!({}), Some(json!({"kind": kind, "paths": ["exported_results"]})));
        let first = rig.sync();
        assert_eq!((first.status, first.count("posted")), (Some(0), records(&rig)), "{kind}: {}", first.words);
        assert!(unreported(&first) > 0, "{kind}");
        let because = &first.last()["not_told_because"]["code"];
        assert!(because.as_str().is_some_and(|code| code.starts_with("platform_")), "{kind}: {because}");
        fault(&rig, json!({}), None);
        let second = rig.sync();
        assert_eq!((second.status, second.count("posted"), unreported(&second)), (Some(0), 0, 0), "{kind}");
        assert_each_received(&rig, 3);
        assert_eq!(rig.run(&["audit", "verify"]).status, Some(0), "{kind}");
    }
}

#[test]
fn results_reach_the_platform_before_a_run_that_fails() {
    let rig = over_platform();
    fault(&rig, json!({}), Some(json!({"kind": "cut_before_commit", "paths": ["exported_results"]})));
    assert_eq!(unreported(&rig.sync()), records(&rig));
    fault(&rig, json!({}), Some(json!({"kind": "unauthorized", "paths": ["expenses"]})));
    let second = rig.sync();
    assert_eq!(second.last()["error"]["code"], "platform_unauthorized", "{second:?}");
    assert_each_received(&rig, 1);
}

#[test]
fn re_export_reaches_the_platform_with_its_new_voucher() {
    let rig = over_platform();
    rig.sync();
    let id = received(&rig)[0]["id"].as_str().expect("an id").to_owned();
    let again = rig.run(&["re-export", &id, "--reason", REASON, "--confirm", &id, "--reverse"]);
    assert_eq!((again.status, again.count("posted")), (Some(0), 1), "{again:?}");
    let of_record: Vec<Value> = received(&rig).into_iter().filter(|one| one["id"] == id.as_str()).collect();
    assert_eq!(of_record.iter().map(|one| one["generation"].clone()).collect::<Vec<_>>(), [1, 2]);
    assert_ne!(of_record[0]["voucher_id"], of_record[1]["voucher_id"]);
}

#[test]
fn records_of_another_ledger_reach_the_platform_as_well() {
    let rig = over_platform();
    fault(&rig, json!({"exported_results": "off"}), None);
    assert_eq!(unreported(&rig.sync()), 0, "it takes none");
    assert_eq!(received(&rig).len(), 0);
    fault(&rig, json!({}), None);
    let other = rig.copy_of_workspace();
    let found = postonce_tests::command_output(rig.command_in(other.path(), &["sync"]));
    assert_eq!((found.count("posted"), found.count("found")), (0, records(&rig)), "{found:?}");
    assert_each_received(&rig, 1);
}

#[test]
fn platform_that_knows_nothing_of_it_is_left_in_peace() {
    let rig = over_platform();
    fault(
        &rig,
        json!({"exported_results": "off", "expense_locks": "off"}),
        Some(json!({"kind": "not_found", "paths": ["exported_results", "expense_locks"]})),
    );
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted"), unreported(&sync)), (Some(0), records(&rig), 0), "{}", sync.words);
    assert_eq!(rig.stats()["faults_fired"], json!({}), "nothing was told");
    assert_eq!(rig.sync().status, Some(0));
}

/// Returns the events of the sandbox's journal of these kinds, in their order.
fn events(rig: &CliRig, kinds: &[&str]) -> Vec<Value> {
    let journal = rig.admin(Method::GET, "journal", None);
    let entries = journal["entries"].as_array().expect("a list").iter();
    entries.filter(|entry| kinds.iter().any(|kind| entry["event"] == *kind)).cloned().collect()
}

fn locks(rig: &CliRig) -> usize {
    rig.admin(Method::GET, "expenses/locks", None)["locks"].as_array().map_or(0, Vec::len)
}

/// Returns the id of the platform's first record.
fn first_id(rig: &CliRig) -> String {
    let plan = rig.run(&["sync"]);
    let run = rig.run(&["run", plan.last()["run_id"].as_str().expect("an id")]);
    run.last()["records"][0]["record_id"].as_str().expect("an id").to_owned()
}

/// Reads the records into the ledger without sending any; returns the id of one.
fn read_alone(rig: &CliRig) -> String {
    fault(rig, json!({}), Some(json!({"kind": "unauthorized", "paths": ["expense_locks"]})));
    let id = first_id(rig);
    fault(rig, json!({}), None);
    id
}

#[test]
fn records_are_locked_before_they_are_sent() {
    let rig = over_platform();
    assert_eq!(rig.sync().count("posted"), records(&rig));
    let events = events(&rig, &["expenses_locked", "voucher_write"]);
    let mut locked: Vec<String> = Vec::new();
    let mut writes = 0;
    for event in &events {
        if event["event"] == "expenses_locked" {
            let ids = event["detail"]["ids"].as_array().expect("a list").iter();
            locked.extend(ids.filter_map(Value::as_str).map(|id| format!("hlf:{id}")));
            continue;
        }
        writes += 1;
        let detail = event["detail"].to_string();
        let sent: Vec<&str> = detail.split('"').filter(|text| text.starts_with("hlf:")).collect();
        assert!(sent.iter().all(|reference| locked.iter().any(|known| known == reference)), "{event}");
    }
    assert!(writes > 0 && locked.len() as u64 == records(&rig), "{events:?}");
    assert_eq!(locks(&rig), 0, "a result ends the lock");
}

#[test]
fn record_that_is_being_edited_is_held_and_goes_later() {
    let rig = over_platform();
    let id = read_alone(&rig);
    rig.admin(Method::PUT, "expenses/being-edited", Some(&json!({"ids": [id]})));
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted"), sync.count("held")), (Some(4), records(&rig) - 1, 1), "{sync:?}");
    let attention = rig.run(&["attention"]);
    let item = &attention.last()["items"][0];
    assert_eq!((&item["record_id"], &item["reason_code"]["held"]["code"]), (&json!(id), &json!("being_edited")));
    assert!(item["reason"].as_str().is_some_and(|reason| reason.contains("is editing")), "{item}");
    rig.admin(Method::PUT, "expenses/being-edited", Some(&json!({"ids": []})));
    let second = rig.sync();
    assert_eq!((second.status, second.count("posted")), (Some(0), 1), "{}", second.words);
    assert_each_received(&rig, 1);
}

#[test]
fn record_changed_after_it_was_read_is_held_and_read_anew() {
    let rig = over_platform();
    let id = read_alone(&rig);
    rig.hold(&["expense_locks"], 0);
    let running = std::thread::scope(|scope| {
        let sync = scope.spawn(|| rig.sync());
        rig.wait_until_held();
        rig.admin(Method::POST, &format!("expenses/{id}/edit"), None);
        rig.release();
        sync.join().expect("the sync ends")
    });
    assert_eq!((running.status, running.count("held")), (Some(4), 1), "{running:?}");
    let item = rig.run(&["attention"]).last()["items"][0].clone();
    assert_eq!(item["reason_code"]["held"]["code"], "changed_since_read", "{item}");
    assert_eq!((rig.sync().count("posted"), rig.sync().status), (1, Some(0)));
    assert!(rig.run(&["record", &id]).last()["text"].as_str().is_some_and(|text| text.ends_with("(1)")));
}

#[test]
fn failing_locks_stop_the_run_and_lose_nothing() {
    for kind in ["html", "not_found", "unauthorized", "error_500_after_commit", "cut_after_commit"] {
        let rig = over_platform();
        fault(&rig, json!({}), Some(json!({"kind": kind, "paths": ["expense_locks"]})));
        let first = rig.sync();
        let code = first.last()["error"]["code"].as_str().unwrap_or_default().to_owned();
        assert!(code.starts_with("platform_") && first.count("posted") == 0, "{kind}: {first:?}");
        assert_eq!(rig.stats()["vouchers"], 0, "{kind}");
        fault(&rig, json!({}), None);
        let second = rig.sync();
        assert_eq!((second.status, second.count("posted")), (Some(0), records(&rig)), "{kind}: {}", second.words);
        assert_eq!((&rig.stats()["duplicates"], locks(&rig)), (&json!(0), 0), "{kind}");
    }
}

#[test]
fn result_missing_from_the_locks_holds_its_record() {
    let rig = over_platform();
    fault(&rig, json!({}), Some(json!({"kind": "result_missing", "paths": ["expense_locks"], "remaining": 1})));
    let first = rig.sync();
    assert_eq!((first.status, first.count("held")), (Some(4), 1), "{first:?}");
    assert_eq!(first.count("posted") + 1, records(&rig));
    assert_eq!(rig.sync().count("posted"), 1);
    assert_eq!(rig.stats()["duplicates"], 0);
}

#[test]
fn refused_record_is_released_for_whoever_corrects_it() {
    let rig = over_platform();
    fault(&rig, json!({}), Some(json!({"kind": "refuse", "remaining": 1})));
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("refused")), (Some(4), 1), "{sync:?}");
    assert_eq!(locks(&rig), 0);
    assert_eq!(events(&rig, &["expenses_released"]).len(), 1);
}

#[test]
fn record_in_doubt_stays_locked_until_it_is_known() {
    let rig = over_platform();
    fault(&rig, json!({}), Some(json!({"kind": "html", "paths": ["vouchers"]})));
    let first = rig.sync();
    let doubtful = first.count("in_doubt");
    assert!(doubtful > 0 && locks(&rig) as u64 >= doubtful, "{first:?}");
    fault(&rig, json!({}), None);
    assert_eq!(rig.sync().status, Some(0));
    assert_eq!((locks(&rig), &rig.stats()["duplicates"]), (0, &json!(0)));
    assert_each_received(&rig, 1);
}

#[test]
fn re_export_of_a_record_being_edited_reverses_nothing() {
    let rig = over_platform();
    let id = first_id(&rig);
    rig.admin(Method::PUT, "expenses/being-edited", Some(&json!({"ids": [id]})));
    let again = rig.run(&["re-export", &id, "--reason", REASON, "--confirm", &id, "--reverse"]);
    assert_eq!(again.last()["error"]["code"], "record_held", "{again:?}");
    let found = rig.admin(Method::GET, &format!("vouchers?reference=hlf:{id}"), None);
    assert_eq!(found["vouchers"][0]["reversed_by"], Value::Null);
    assert_eq!(rig.stats()["vouchers"], records(&rig));
}

#[cfg(unix)]
#[test]
fn run_killed_before_its_results_were_heard_leaves_them_due() {
    let rig = over_platform();
    rig.hold(&["exported_results"], 0);
    let mut child = rig.command(&["sync"]).stdout(std::process::Stdio::null()).spawn().expect("the program starts");
    rig.wait_until_held();
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
    assert_eq!((&rig.stats()["vouchers"], received(&rig).len()), (&json!(records(&rig)), 0));
    rig.release();
    let second = rig.sync();
    assert_eq!((second.status, second.count("posted"), unreported(&second)), (Some(0), 0, 0), "{second:?}");
    assert_each_received(&rig, 2);
    assert_eq!(rig.run(&["audit", "verify"]).status, Some(0));
}

#[test]
fn acknowledgement_file_names_each_export_once() {
    let rows = "A;05.10.2026;10,00;Kari;Reise;Taxi;NOK\nB;06.10.2026;20,00;Kari;Reise;Buss;NOK\n";
    let rig = CliRig::over_csv(format!("Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta\n{rows}").as_bytes());
    let file = rig.path().join("records.postonce-exported.csv");
    assert_eq!((rig.sync().count("posted"), file.exists()), (2, false), "nobody asked for it");
    rig.change_workspace("[source]\n", "[source]\nacknowledge = true\n");
    let again = rig.run(&["re-export", "A", "--reason", REASON, "--confirm", "A", "--reverse"]);
    assert_eq!((again.status, unreported(&rig.sync())), (Some(0), 0), "{again:?}");
    let text = std::fs::read_to_string(&file).expect("it is there");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[1].starts_with("A,V-") && lines[1].contains("hlf:A#2"), "{text}");
}

#[test]
fn acknowledgement_that_cannot_be_written_is_due() {
    let rows = "A;05.10.2026;10,00;Kari;Reise;Taxi;NOK\n";
    let rig = CliRig::over_csv(format!("Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta\n{rows}").as_bytes());
    rig.change_workspace("[source]\n", "[source]\nacknowledge = true\n");
    let file = rig.path().join("records.postonce-exported.csv");
    std::fs::create_dir(&file).expect("writable");
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted"), unreported(&first)), (Some(0), 1, 1), "{first:?}");
    std::fs::remove_dir(&file).expect("removable");
    assert_eq!(unreported(&rig.sync()), 0);
    assert_eq!(std::fs::read_to_string(&file).expect("it is there").lines().count(), 2);
}
