//! Asks whether nothing is exported twice where look-ups lag, where something in between answers in the server's place, and
//! where a run is taken for dead that lives. Counted in the sandbox's own books.

use std::path::Path;

use postonce_tests::{CliRig, CommandOutput, Running, command_output, wait_until};
use reqwest::Method;
use serde_json::{Value, json};

const RECORDS: usize = 60;
/// The shortest lease that a workspace may ask for, and small requests, so that there are many.
const SMALL: &str = "\n[sync]\nlease_seconds = 15\nvouchers_per_request = 5\n";
/// The time for which look-ups lag here.
const LAG_MS: u64 = 1_500;

/// Sets up a practice workspace over a server with these switches, and a short settle window.
fn over(switches: &Value) -> CliRig {
    let rig = CliRig::practice(RECORDS, "");
    let unknown = "[accounting]\nsettle_window_seconds = 1\nwhen_still_unknown = \"send\"\n";
    rig.change_workspace("[accounting]\n", unknown);
    std::fs::write(rig.path().join("workspace.toml"), rig.workspace() + SMALL).expect("writable");
    rig.set_faults(switches);
    rig
}

/// Returns a server without keys: under each protection, the protection stands alone.
fn without_keys(unique: bool, fence: bool, drafts: bool) -> Value {
    json!({ "unique_references": unique, "checks_fence": fence, "drafts": drafts, "idempotency_keys": false, "faults": [] })
}

fn with(mut switches: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().expect("an object") {
        switches[name] = value.clone();
    }
    switches
}

/// So many syncs settle everything, though every other answer is lost: a busy machine renews its lease more often, and loses
/// more of them.
const SYNCS_MAX: usize = 30;

/// Syncs until nothing is left, and returns the last end.
fn sync_until_clear(rig: &CliRig, workspace: &Path) -> CommandOutput {
    let sync = || command_output(rig.command_in(workspace, &["sync", "--wait", "60"]));
    let is_clear = |end: &CommandOutput| end.status == Some(0) && end.count("posted") == 0;
    let clear = (0..SYNCS_MAX).map(|_| sync()).find(is_clear);
    assert!(clear.is_some(), "{SYNCS_MAX} syncs did not settle everything: {:?}", rig.run(&["attention"]));
    clear.expect("it is there")
}

fn assert_each_once(rig: &CliRig, what: &str) {
    let stats = rig.stats();
    let found = ["vouchers", "distinct_references", "duplicates"].map(|name| stats[name].as_u64());
    assert_eq!(found, [Some(RECORDS as u64), Some(RECORDS as u64), Some(0)], "{what}: {stats}");
}

#[test]
fn a_lost_answer_over_a_lagging_search_makes_no_duplicate() {
    let lost = json!([{ "kind": "cut_after_commit", "probability": 0.5 }]);
    for (protection, switches) in [
        ("fenced", without_keys(false, true, false)),
        ("staged", without_keys(false, false, true)),
        ("observed", without_keys(false, false, false)),
    ] {
        let lost = if protection == "staged" {
            json!([{ "kind": "cut_after_commit", "probability": 0.5, "paths": ["drafts"] }])
        } else {
            lost.clone()
        };
        let rig = over(&with(switches, &json!({ "lookup_lag_ms": LAG_MS, "seed": 7, "faults": lost })));
        sync_until_clear(&rig, rig.path());
        assert_each_once(&rig, protection);
    }
}

#[test]
fn a_search_that_lags_unsaid_makes_no_second_voucher() {
    let lost = json!([{ "kind": "cut_after_commit", "probability": 0.5 }]);
    let unsaid = json!({ "lookup_lag_ms": 3_000, "states_lookup_lag": "off", "seed": 3, "faults": lost });
    let rig = over(&with(without_keys(false, true, false), &unsaid));
    let status = rig.run(&["status"]);
    assert_eq!(status.last()["search_lag_seconds"], 5.0, "what nobody says is not 0: {status:?}");
    sync_until_clear(&rig, rig.path());
    assert_each_once(&rig, "fenced, lag not said");
}

#[test]
fn a_lag_that_is_longer_than_said_stops_the_sync_for_good() {
    for (protection, switches) in [
        ("enforced", without_keys(true, true, false)),
        ("fenced", without_keys(false, true, false)),
        ("staged", without_keys(false, false, true)),
    ] {
        let lags = json!({ "lookup_lag_ms": 600_000, "stated_lookup_lag_ms": 0 });
        let rig = over(&with(switches.clone(), &lags));
        let first = rig.sync();
        assert_eq!((first.status, first.code()), (Some(1), "search_lag_longer"), "{protection}: {first:?}");
        assert!(first.words.contains("search_lag_seconds"), "{protection}: {}", first.words);
        let made = rig.stats()["vouchers"].as_u64().expect("a count");
        assert!(made < RECORDS as u64, "{protection}: it stopped in the middle: {made}");
        assert_eq!(first.count("posted"), made, "{protection}: what was acknowledged is exported");
        let run = first.last()["run_id"].as_str().expect("an id").to_owned();
        let items = rig.run(&["run", &run]).last()["records"].as_array().cloned().expect("a list");
        let posted = items.iter().find(|item| item["result"] == "posted").expect("one was posted");
        let id = posted["record_id"].as_str().expect("an id");
        let again = ["re-export", id, "--reason", "it is not there", "--confirm", id];
        for arguments in [&["sync"][..], &again] {
            let said = rig.run(arguments);
            assert_eq!((said.status, said.code()), (Some(1), "search_lag_longer"), "{protection}: {said:?}");
        }
        assert_eq!(rig.run(&["attention"]).status, Some(0), "{protection}: nothing is told as gone");
        assert_eq!(rig.stats()["vouchers"], made, "{protection}");
        // More is reckoned with, and the search has caught up.
        rig.set_faults(&switches);
        rig.change_workspace("[accounting]\n", "[accounting]\nsearch_lag_seconds = 10\n");
        sync_until_clear(&rig, rig.path());
        assert_each_once(&rig, protection);
    }
}

#[test]
fn two_administrators_over_a_lagging_search_export_each_once() {
    for (protection, switches) in [
        ("enforced", without_keys(true, true, false)),
        ("fenced", without_keys(false, true, false)),
        ("staged", without_keys(false, false, true)),
        ("observed", without_keys(false, false, false)),
    ] {
        for says_who_is_unaware in ["on", "off"] {
            let more = json!({ "lookup_lag_ms": LAG_MS, "says_who_is_unaware": says_who_is_unaware });
            if says_who_is_unaware == "off" && protection != "fenced" {
                // There a run that nobody speaks of is waited for, for as long as a lease.
                continue;
            }
            let rig = over(&with(switches.clone(), &more));
            let other = rig.copy_of_workspace();
            let first = rig.sync();
            assert_eq!((first.status, first.count("posted")), (Some(0), RECORDS as u64), "{protection}: {first:?}");
            let second = command_output(rig.command_in(other.path(), &["sync"]));
            assert_eq!((second.status, second.count("posted")), (Some(0), 0), "{protection}: {second:?}");
            assert_each_once(&rig, protection);
        }
    }
}

#[test]
fn a_gateways_word_behind_a_commit_makes_no_second_voucher() {
    for (protection, switches, paths) in [
        ("enforced", without_keys(true, true, false), "vouchers"),
        ("fenced", without_keys(false, true, false), "vouchers"),
        ("staged", without_keys(false, false, true), "drafts"),
        ("observed", without_keys(false, false, false), "vouchers"),
        ("keys", with(without_keys(false, false, false), &json!({ "idempotency_keys": true })), "vouchers"),
    ] {
        // Each of them once.
        let fault = |(after, status)| json!({ "kind": "gateway_after_commit", "status": status, "paths": [paths], "after": after, "remaining": 1 });
        let faults: Vec<Value> = [503, 429, 409, 401, 404, 502].into_iter().enumerate().map(fault).collect();
        let rig = over(&with(switches, &json!({ "faults": faults })));
        sync_until_clear(&rig, rig.path());
        assert_eq!(rig.stats()["faults_fired"]["gateway_after_commit"], 6, "{protection}: it was in the way");
        assert_each_once(&rig, protection);
    }
}

#[test]
fn a_lock_broken_while_its_run_lives_makes_no_second_voucher() {
    for says_who_is_unaware in ["on", "off"] {
        let more = json!({ "says_who_is_unaware": says_who_is_unaware });
        let rig = over(&with(without_keys(false, false, false), &more));
        let other = rig.copy_of_workspace();
        rig.hold(&["vouchers"], 3);
        let first = rig.sync_up_to(15);
        rig.wait_until_held();
        let run = |arguments: &[&str]| command_output(rig.command_in(other.path(), arguments));
        let holder = run(&["status"]).last()["lock"]["holder"]["name"].as_str().expect("a name").to_owned();
        let broken = run(&["break-lock", "--reason", "it looked as if it were dead", "--confirm", &holder]);
        assert_eq!(broken.status, Some(0), "{broken:?}");
        // Requests that the living run has in the air take effect when the second has its lock.
        let mut second = Running::begin(rig.command_in(other.path(), &["sync"]));
        second.hear("progress");
        wait_until("the second to have the lock", || {
            !rig.call(Method::GET, "v1/locks/export", None)["holder"].is_null()
        });
        rig.release();
        drop(first.finish());
        let second = second.finish();
        assert_eq!(second.status, Some(0), "{second:?}");
        sync_until_clear(&rig, rig.path());
        assert_each_once(&rig, says_who_is_unaware);
    }
}

#[test]
fn a_lease_granted_for_less_is_enough_to_sync_with() {
    let rig = over(&with(without_keys(false, false, false), &json!({ "ttl_seconds_max": 6 })));
    let first = rig.sync();
    assert_eq!((first.status, first.count("posted")), (Some(0), RECORDS as u64), "{first:?}");
    assert_each_once(&rig, "a short lease");
}

#[cfg(unix)]
#[test]
fn a_copy_in_the_place_of_the_lock_file_breaks_no_lock() {
    let rig = over(&json!({ "faults": [] }));
    rig.hold(&["vouchers"], 3);
    let first = rig.sync_up_to(15);
    rig.wait_until_held();
    // A program that synchronises folders writes a copy, and puts it in the place of the file.
    let (lock, copy) = (rig.path().join("export.lock"), rig.path().join("export.lock.copy"));
    std::fs::copy(&lock, &copy).expect("readable");
    std::fs::rename(&copy, &lock).expect("a folder of ours");
    let second = rig.sync();
    assert_eq!((second.status, &second.last()["error"]["code"]), (Some(3), &json!("lock_held")), "{second:?}");
    let journal = rig.admin(Method::GET, "journal?limit=1000", None);
    let broken = journal["entries"].as_array().expect("a list").iter().any(|entry| entry["event"] == "lock_broken");
    assert!(!broken, "the run that the copy names lives");
    rig.release();
    assert_eq!(first.finish().status, Some(0));
    assert_each_once(&rig, "export.lock replaced");
}
