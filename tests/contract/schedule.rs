//! Tests the schedule over real processes: each time is run once, missed times by one run, and a run that cannot be let in is
//! skipped with an entry in the history.

use std::path::Path;

use postonce_tests::{CliRig, CommandOutput, Running, command_output};
use rusqlite::Connection;
use serde_json::{Value, json};

/// Makes a practice workspace that syncs at midnight on the first of each month.
fn monthly(records: usize) -> CliRig {
    let rig = CliRig::practice(records, "");
    add(&rig, "[schedule]\ncron = \"0 0 1 * *\"\n");
    rig
}

/// Makes the same workspace with small requests. The first one is answered, and all later ones are held until
/// [`CliRig::release`]: a run stands still with ten records behind it.
fn held(records: usize) -> CliRig {
    let rig = monthly(records);
    add(&rig, "[sync]\nvouchers_per_request = 10\n");
    rig.hold(&["vouchers"], 1);
    rig
}

/// Adds to the workspace's file.
fn add(rig: &CliRig, text: &str) {
    let file = rig.path().join("workspace.toml");
    let before = std::fs::read_to_string(&file).expect("a workspace");
    std::fs::write(&file, format!("{before}\n{text}")).expect("a temporary folder is writable");
}

fn keeper(rig: &CliRig) -> Running {
    Running::begin(rig.command(&["schedule"]))
}

fn ledger(rig: &CliRig) -> Connection {
    Connection::open(rig.path().join("ledger.sqlite")).expect("a ledger")
}

/// Lets the schedule be seen once, and then the machine be off for more than a year.
fn let_a_year_pass(rig: &CliRig) {
    let mut first = keeper(rig);
    assert_eq!(first.next_word()["event"], "waiting", "a new schedule counts from now: nothing is due");
    first.ask_to_stop();
    assert_eq!(first.finish().status, Some(0));
    let year_ago = "UPDATE schedule_seen SET seen_at = strftime('%Y-%m-%dT%H:%M:%fZ', seen_at, '-370 days')";
    assert_eq!(ledger(rig).execute(year_ago, []), Ok(1));
    // The row is as if it had been written then: no entry covers it yet, and its digest is taken anew.
    let ledger = ledger(rig);
    let guard =
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEFORE DELETE ON row_digest%'";
    let guard = ledger.query_row(guard, [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let (name, sql) = guard.expect("a digest is never deleted");
    let delete = "DELETE FROM row_digest WHERE table_name = 'schedule_seen';";
    ledger.execute_batch(&format!("DROP TRIGGER {name}; {delete} {sql};")).expect("the ledger can be changed by hand");
}

fn runs(rig: &CliRig) -> Vec<Value> {
    rig.run(&["history"]).last()["runs"].as_array().expect("a list").clone()
}

fn fates(rig: &CliRig) -> Vec<String> {
    let ledger = ledger(rig);
    let mut statement = ledger.prepare("SELECT how FROM scheduled_time ORDER BY time_id").expect("the table");
    let rows = statement.query_map([], |row| row.get(0)).expect("no parameters");
    rows.map(|row| row.expect("text")).collect()
}

/// Checks that nothing is there twice, nothing is missing, and the trail is whole.
fn assert_all_well(rig: &CliRig, records: u64) {
    let stats = rig.stats();
    let found = ["vouchers", "distinct_references", "duplicates"].map(|name| stats[name].as_u64());
    assert_eq!(found, [Some(records), Some(records), Some(0)], "{stats}");
    assert_eq!(rig.run(&["audit", "verify"]).last()["changed"], false);
    assert_eq!(rig.run(&["compare"]).last()["counts"]["differences"], 0);
}

fn assert_skipped(entry: &Value, code: &str) {
    assert_eq!((&entry["trigger"], &entry["outcome"]), (&json!("scheduled"), &json!("failed")), "{entry}");
    assert_eq!((&entry["error"]["code"], &entry["counts"]["read"]), (&json!(code), &json!(0)), "{entry}");
    assert_eq!((&entry["fence"], entry["finished_at"].is_string()), (&Value::Null, true), "{entry}");
}

#[test]
fn missed_times_are_caught_up_by_one_run_and_never_repeated() {
    let rig = monthly(20);
    let_a_year_pass(&rig);
    assert_eq!(rig.stats()["vouchers"], 0);
    let mut keeper_again = keeper(&rig);
    let started = keeper_again.next_word();
    assert_eq!(started["event"], "started", "{started}");
    assert!(started["missed"].as_u64().is_some_and(|missed| missed >= 10), "{started}");
    let ended = keeper_again.next_word();
    assert_eq!((&ended["outcome"], &ended["counts"]["posted"]), (&json!("completed"), &json!(20)), "{ended}");
    assert_eq!((&ended["run_id"], &ended["trigger"]), (&started["run_id"], &json!("scheduled")));
    let waits = keeper_again.next_word();
    assert_eq!(waits["event"], "waiting");
    assert_eq!(rig.run(&["status"]).last()["next_run"], waits["next_run"]);
    keeper_again.ask_to_stop();
    assert_eq!(keeper_again.finish().status, Some(0));

    assert_eq!(keeper(&rig).next_word(), waits, "nothing is due any more");
    assert_eq!((runs(&rig).len(), fates(&rig)), (1, vec!["ran".to_owned()]));
    assert_all_well(&rig, 20);
}

#[test]
fn missed_times_are_listed_and_not_run_without_catching_up() {
    let rig = monthly(5);
    add(&rig, "catch_up = false\n");
    let_a_year_pass(&rig);
    let mut keeper = keeper(&rig);
    let missed = keeper.next_word();
    assert_eq!(missed["event"], "missed");
    assert!(missed["times"].as_u64().is_some_and(|times| times >= 11), "{missed}");
    assert_eq!(keeper.next_word()["event"], "waiting");
    assert_eq!((runs(&rig).len(), fates(&rig)), (0, vec!["missed".to_owned()]));
}

#[test]
fn two_programs_that_keep_to_one_schedule_run_a_time_once() {
    for _ in 0..3 {
        let rig = monthly(20);
        let_a_year_pass(&rig);
        let mut keepers = [keeper(&rig), keeper(&rig), keeper(&rig)];
        for keeper in &mut keepers {
            keeper.hear("waiting");
        }
        // A keeper that found nothing due waits at once; the run is over when its own keeper waits.
        assert_eq!(runs(&rig).len(), 1);
        assert_eq!(fates(&rig), ["ran"]);
        assert_all_well(&rig, 20);
    }
}

#[test]
fn a_time_is_skipped_with_an_entry_while_another_sync_is_on() {
    let rig = held(1_000);
    let_a_year_pass(&rig);
    let manual = rig.sync_up_to(10);
    rig.wait_until_held();
    // It is asked by a scheduler of the system's, here and from a workspace of its own, and by the one that goes on.
    let here = rig.run(&["sync", "--scheduled"]);
    assert_eq!(here.status, Some(3), "{here:?}");
    assert_skipped(here.last(), "lock_held_here");
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let there = in_another_workspace(&rig, elsewhere.path(), &["sync", "--scheduled"]);
    assert_eq!(there.status, Some(3), "{there:?}");
    assert_skipped(there.last(), "lock_held");
    assert!(there.last()["lock"]["holder"]["host"].is_string(), "its holder is named: {there:?}");
    assert_skipped(&in_another_workspace(&rig, elsewhere.path(), &["history"]).last()["runs"][0], "lock_held");
    let mut keeper = keeper(&rig);
    assert_skipped(&keeper.hear("finished"), "lock_held_here");
    assert_eq!(keeper.hear("waiting")["event"], "waiting", "a run that is not let in does not end it");

    rig.release();
    let end = manual.finish();
    assert_eq!((end.status, end.count("posted")), (Some(0), 1_000), "{end:?}");
    let history = runs(&rig);
    assert_eq!(history.len(), 3);
    assert_skipped(&history[0], "lock_held_here");
    assert_skipped(&history[1], "lock_held_here");
    assert_eq!(history[2]["outcome"], "completed");
    assert_eq!(fates(&rig), ["skipped"]);
    let first_page = rig.run(&["history", "--limit", "1"]);
    let before = first_page.last()["runs"][0]["run_id"].as_str().expect("an id").to_owned();
    let next_page = rig.run(&["history", "--limit", "1", "--before", &before]);
    assert_eq!(next_page.last()["runs"][0]["run_id"], history[1]["run_id"]);
    let shown = rig.run(&["run", &before]);
    assert_eq!((shown.status, &shown.last()["records"]), (Some(0), &json!([])), "{shown:?}");
    assert_eq!(rig.sync().count("skipped"), 1_000);
    assert_all_well(&rig, 1_000);
}

/// Runs a command with the same settings in a folder of their own: another machine, as far as the lock knows.
fn in_another_workspace(rig: &CliRig, folder: &Path, arguments: &[&str]) -> CommandOutput {
    for file in ["workspace.toml", "practice-records.csv"] {
        std::fs::copy(rig.path().join(file), folder.join(file)).expect("a copy");
    }
    command_output(rig.command_in(folder, arguments))
}

#[test]
fn a_workspace_that_waits_for_the_lock_finds_nothing_left() {
    let rig = held(300);
    add(&rig, "wait_for_lock_seconds = 60\n");
    let manual = rig.sync_up_to(10);
    let mut scheduled = Running::begin(rig.command(&["sync", "--scheduled"]));
    scheduled.hear_that("its wait", |document| document["waiting_for"].is_object());
    rig.release();
    let scheduled = scheduled.finish();
    assert_eq!((scheduled.status, scheduled.count("posted")), (Some(0), 0), "{scheduled:?}");
    assert_eq!((scheduled.count("skipped"), &scheduled.last()["trigger"]), (300, &json!("scheduled")));
    assert_eq!(manual.finish().count("posted"), 300);
    assert_all_well(&rig, 300);
}

#[test]
fn records_in_doubt_are_settled_by_the_next_scheduled_run() {
    let rig = monthly(60);
    let_a_year_pass(&rig);
    rig.set_faults(&json!({ "faults": [{ "kind": "html", "paths": ["vouchers"], "remaining": 2 }] }));
    let doubtful = rig.run(&["sync", "--scheduled"]);
    assert_eq!((doubtful.status, doubtful.count("in_doubt")), (Some(4), 60), "{doubtful:?}");
    let ended = keeper(&rig).hear("finished");
    assert_eq!((&ended["outcome"], &ended["counts"]["in_doubt"]), (&json!("completed"), &json!(0)), "{ended}");
    assert_eq!(ended["counts"]["posted"], 60, "{ended}");
    assert_all_well(&rig, 60);
}

#[test]
fn a_run_that_was_killed_is_settled_by_the_next_scheduled_one() {
    let rig = held(400);
    let_a_year_pass(&rig);
    let mut killed = keeper(&rig);
    assert_eq!(killed.next_word()["event"], "started");
    rig.wait_until_held();
    killed.kill();
    rig.release();
    assert_eq!(fates(&rig), ["claimed"], "it died before it could say what came of it");
    let next = rig.run(&["sync", "--scheduled"]);
    assert_eq!((next.status, next.count("in_doubt")), (Some(0), 0), "{next:?}");
    assert_eq!(runs(&rig)[1]["outcome"], "interrupted");
    assert_all_well(&rig, 400);
}

#[test]
fn a_run_that_is_on_at_the_end_of_a_schedule_is_answered_for() {
    let rig = held(600);
    let_a_year_pass(&rig);
    let mut keeper = keeper(&rig);
    assert_eq!(keeper.next_word()["event"], "started");
    rig.wait_until_held();
    keeper.ask_to_stop();
    // Requests in the air are answered. Those that it sends before it has heard the word stand still once more.
    let said = keeper.finish_while(|| rig.let_go());
    rig.release();
    assert_eq!((said.status, &said.last()["outcome"]), (Some(0), &json!("stopped")), "{said:?}");
    assert_eq!(said.count("in_doubt"), 0);
    assert_eq!(rig.sync().status, Some(0));
    assert_all_well(&rig, 600);
}

#[test]
fn a_server_that_is_down_is_an_entry_and_the_schedule_goes_on() {
    let mut rig = CliRig::over_csv("Id;Dato;Beløp;Likeperson;Kategori;Tekst;Valuta\n".as_bytes());
    add(&rig, "[schedule]\ncron = \"0 0 1 * *\"\n");
    let_a_year_pass(&rig);
    rig.stop_sandbox();
    let alone = rig.run(&["sync", "--scheduled"]);
    assert_eq!(alone.status, Some(5), "{alone:?}");
    assert_skipped(alone.last(), "accounting_unreachable");
    let mut keeper = keeper(&rig);
    assert_skipped(&keeper.hear("finished"), "accounting_unreachable");
    keeper.hear("waiting");
    assert_eq!(runs(&rig).len(), 2);
    assert_eq!(rig.sync().status, Some(5));
    assert_eq!(runs(&rig).len(), 2, "a person has read it, and needs no entry");
    rig.restart_sandbox();
    assert_eq!(rig.run(&["sync", "--scheduled"]).status, Some(0));
    assert_eq!(rig.run(&["audit", "verify"]).last()["changed"], false);
}

#[test]
fn a_missing_or_invalid_schedule_is_wrong_usage() {
    let rig = CliRig::practice(1, "");
    let without = rig.run(&["schedule"]);
    assert_eq!(without.status, Some(2), "{without:?}");
    assert_eq!(without.last()["error"]["detail"]["key"], "schedule.cron");
    assert!(without.words.contains("schedule.cron"), "{}", without.words);
    assert_eq!(rig.run(&["status"]).last()["next_run"], Value::Null);
    add(&rig, "[schedule]\ncron = \"every night\"\n");
    let wrong = rig.run(&["schedule"]);
    assert_eq!((wrong.status, &wrong.last()["error"]["code"]), (Some(2), &json!("workspace_value_invalid")));
    for word in ["schedule.cron", "every night", "minute hour day month weekday", "0 2 * * *"] {
        assert!(wrong.words.contains(word), "{}", wrong.words);
    }
    assert_eq!(rig.run(&["sync", "--scheduled", "--dry-run"]).status, Some(2));
}
