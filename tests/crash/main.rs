//! Asks whether the promise holds when processes die and answers are lost: with real processes and a real server, whose own
//! books are counted.
//!
//! A process that has to be in the middle of its work is held there by the sandbox until the test lets it go.

#[cfg(unix)]
mod files;
#[cfg(unix)]
mod matrix;
mod random_kills;
mod site;
mod two_at_once;

use postonce_tests::{CliRig, Running, real_source, shared_data, wait_until};
use serde_json::{Value, json};

/// Faults with a chance of five in a hundred each.
const FIVE_PERCENT_EACH: &str = r#"
seed = 20261122
[[fault]]
kind = "cut_after_commit"
probability = 0.05
[[fault]]
kind = "error_500_after_commit"
probability = 0.05
[[fault]]
kind = "status_429"
probability = 0.05
retry_after_seconds = 1
[[fault]]
kind = "body_cut_short"
probability = 0.05
"#;
/// Vouchers in a request, where a workspace names no other number.
const PER_REQUEST: u64 = 100;
/// A lease that is seldom renewed while nothing is new: at a third of this.
const LONG_LEASE: &str = "\n[sync]\nlease_seconds = 600\n";
/// Syncs until nothing is in doubt. With chances like these, three in a row leave something once in some hundred thousand.
const SYNCS_MAX: usize = 6;

fn assert_each_once(rig: &CliRig, records: u64) {
    let stats = rig.stats();
    let found = ["vouchers", "distinct_references", "duplicates"].map(|name| stats[name].as_u64());
    assert_eq!(found, [Some(records), Some(records), Some(0)], "{stats}");
}

/// Adds to the workspace's file.
fn add(rig: &CliRig, text: &str) {
    let file = rig.path().join("workspace.toml");
    let before = std::fs::read_to_string(&file).expect("a workspace");
    std::fs::write(&file, before + text).expect("a temporary folder is writable");
}

/// Syncs until nothing is in doubt, and returns the records posted over all these runs.
fn sync_until_clear(rig: &CliRig) -> u64 {
    let (mut posted, mut clear) = (0, false);
    for _ in 0..SYNCS_MAX {
        let sync = rig.sync();
        posted += sync.count("posted");
        clear = sync.count("in_doubt") == 0 && sync.last()["outcome"] == "completed";
        if clear {
            break;
        }
    }
    assert!(clear, "still in doubt after {SYNCS_MAX} syncs: {}", rig.run(&["status"]).last());
    posted
}

#[test]
fn answers_that_are_lost_leave_each_record_posted_once() {
    let rig = CliRig::practice(6_000, FIVE_PERCENT_EACH);
    assert_eq!(sync_until_clear(&rig), 6_000, "each is reported as posted in one run");
    assert_each_once(&rig, 6_000);
    assert_eq!(rig.run(&["status"]).last()["records"]["posted"], 6_000);
}

/// Starts a sync that stands still: so many of its requests are answered, and all later ones are held.
pub(crate) fn sync_held_after(rig: &CliRig, requests: u64) -> Running {
    rig.hold(&["vouchers"], requests);
    let running = rig.sync_up_to(requests * PER_REQUEST);
    rig.wait_until_held();
    running
}

#[test]
fn a_process_killed_again_and_again_posts_each_record_once() {
    let rig = CliRig::practice(10_000, "");
    for kill_at in [1, 300, 100, 700, 900] {
        // Requests that the one before it had in the air take effect now. However late the word of progress is read, this one
        // is not over: five times so many requests are less than there are.
        rig.release();
        rig.hold(&["vouchers"], 15);
        let running = rig.sync_up_to(kill_at);
        if kill_at == 900 {
            rig.wait_until_held();
        }
        running.kill();
    }
    // Everything that it left is listed as what it is, and not only counted.
    let left = rig.run(&["attention"]).last()["items"].as_array().cloned().expect("a list");
    assert!(!left.is_empty(), "it was killed at work");
    assert_eq!(rig.run(&["status"]).last()["records"]["in_doubt"], left.len());
    let id = left[0]["record_id"].as_str().expect("an id");
    assert_eq!(
        (&left[0]["state"], &rig.run(&["record", id]).last()["state"]),
        (&json!("in_doubt"), &json!("in_doubt"))
    );
    rig.release();
    let last = rig.sync();
    assert_eq!((last.status, last.count("in_doubt")), (Some(0), 0), "it takes over at once: {}", last.words);
    assert_each_once(&rig, 10_000);
    let history = rig.run(&["history"]);
    let outcomes: Vec<&Value> =
        history.last()["runs"].as_array().expect("a list").iter().map(|run| &run["outcome"]).collect();
    assert_eq!(outcomes[0], "completed");
    assert!(outcomes[1..].iter().all(|outcome| *outcome == "interrupted"), "{outcomes:?}");
}

#[test]
fn a_server_that_dies_and_comes_back_has_each_record_once() {
    let mut rig = CliRig::practice(3_000, "");
    let running = sync_held_after(&rig, 5);
    rig.stop_sandbox();
    let first = running.finish();
    assert_ne!(first.last()["outcome"], "completed", "{first:?}");
    rig.start_sandbox("", &[]);
    let second = rig.sync();
    assert_eq!((second.status, second.count("in_doubt")), (Some(0), 0), "{}", second.words);
    assert_each_once(&rig, 3_000);
}

#[test]
fn a_request_that_takes_effect_late_makes_no_second_voucher() {
    let rig = CliRig::practice(400, "");
    // The first three are cut off, and stand still on their way.
    let late = json!({ "kind": "commit_after_ms", "delay_ms": 0, "remaining": 3 });
    rig.set_faults(&json!({ "faults": [{ "kind": "hold", "remaining": 3 }, late] }));
    let first = rig.sync();
    // It repeats them under their keys while those three are still on their way in the server.
    assert_eq!((first.status, first.count("posted"), first.count("in_doubt")), (Some(0), 400, 0), "{first:?}");
    assert_eq!(rig.sync().count("posted"), 0);
    let arrived = || {
        let journal = rig.admin(reqwest::Method::GET, "journal?limit=1000", None);
        let entries = journal["entries"].as_array().expect("a list").clone();
        entries.iter().filter(|entry| entry["event"] == "voucher_write").count()
    };
    assert_eq!((rig.held(), arrived()), (3, 4), "they are still on their way");
    rig.release();
    wait_until("the late ones to take effect", || arrived() >= 7);
    assert_each_once(&rig, 400);
}

#[test]
fn a_lock_taken_away_ends_the_run_and_nothing_more_is_sent() {
    let rig = CliRig::practice(4_000, "");
    add(&rig, LONG_LEASE);
    let running = sync_held_after(&rig, 5);
    // The lock shows all that is new of the run, so that the next renewal is minutes away: the requests in the air are answered
    // before the run hears of its lock by another way.
    wait_until("the lock's progress", || {
        rig.call(reqwest::Method::GET, "v1/locks/export", None)["progress"]["processed"] == 500
    });
    let broken = rig.call(reqwest::Method::POST, "v1/locks/export/break", Some(&json!({ "reason": "a test" })));
    assert_eq!(broken["reason"], "a test", "{broken}");
    rig.release();
    let ended = running.finish();
    assert_eq!((ended.status, &ended.last()["outcome"]), (Some(1), &json!("lease_lost")), "{ended:?}");
    let (posted, in_doubt) = (ended.count("posted"), ended.count("in_doubt"));
    assert_eq!(in_doubt, 0, "a request that the server refused for the lost lock was not booked, and is no doubt");
    assert_eq!(rig.stats()["vouchers"], posted);
    let next = rig.sync();
    assert_eq!((next.status, next.count("posted")), (Some(0), 4_000 - posted), "{}", next.words);
    assert_each_once(&rig, 4_000);
}

#[test]
fn a_sync_asked_to_stop_answers_for_what_is_on_its_way() {
    let rig = CliRig::practice(4_000, "");
    let running = sync_held_after(&rig, 3);
    running.ask_to_stop();
    // Requests in the air are answered. Those that it sends before it has heard the word stand still once more.
    let stopped = running.finish_while(|| rig.let_go());
    rig.release();
    assert_eq!((stopped.status, &stopped.last()["outcome"]), (Some(1), &json!("stopped")), "{stopped:?}");
    assert_eq!(stopped.count("in_doubt"), 0);
    let posted = stopped.count("posted");
    assert!((300..4_000).contains(&posted), "{posted}");
    assert_eq!(rig.stats()["vouchers"], posted);
    assert_eq!(rig.sync().count("posted"), 4_000 - posted);
    assert_each_once(&rig, 4_000);
}

#[test]
fn a_second_sync_on_the_same_machine_names_the_first() {
    let rig = CliRig::practice(4_000, "");
    let running = sync_held_after(&rig, 3);
    let second = rig.sync();
    assert_eq!((second.status, &second.last()["error"]["code"]), (Some(3), &json!("lock_held_here")), "{second:?}");
    assert!(second.last()["error"]["lock"]["holder"]["run_id"].as_str().is_some(), "who has it: {second:?}");
    let mut waiting = Running::begin(rig.command(&["sync", "--wait", "60"]));
    waiting.hear("progress");
    waiting.ask_to_stop();
    let waited = waiting.finish();
    let nothing = json!({ "event": "finished", "outcome": null, "error": null });
    assert_eq!((waited.status, waited.last()), (Some(1), &nothing), "scripts have their last word: {waited:?}");
    rig.release();
    assert_eq!(running.finish().count("posted"), 4_000);
    assert_each_once(&rig, 4_000);
}

#[test]
fn the_real_reimbursements_survive_a_kill_and_lost_answers() {
    let Some(file) = shared_data("reimbursements-2020.csv") else {
        eprintln!("skipped: ../shared/data/reimbursements-2020.csv is not on this machine");
        return;
    };
    let rig = CliRig::over_source(&real_source(&file));
    sync_held_after(&rig, 30).kill();
    rig.release();
    let faults = ["cut_after_commit", "error_500_after_commit", "body_cut_short"]
        .map(|kind| json!({ "kind": kind, "probability": 0.05 }));
    rig.set_faults(&json!({ "seed": 7, "faults": faults }));
    sync_until_clear(&rig);
    assert_each_once(&rig, 13_800);
    assert_eq!(rig.stats()["sums"][0]["total"], "19406724.57");
}
