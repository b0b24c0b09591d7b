//! Lets several administrators come at once, as processes: at every instant at most one sends. That is judged from the
//! journal that the sandbox keeps of its lock and of every write, in the order in which they took effect.

use std::path::Path;

use postonce_tests::{CliRig, CommandOutput, Running, command_output, wait_until};
use serde_json::{Value, json};
use tempfile::TempDir;

#[cfg(unix)]
use crate::site::{Kind, enforced, fenced, observed, staged};
use crate::sync_held_after;

const RECORDS: usize = 1_500;
/// Faults that make the server slow and a little unlucky.
const UNLUCKY: &str = r#"
[[fault]]
kind = "latency_ms"
fixed_ms = 20
jitter_ms = 40
[[fault]]
kind = "cut_after_commit"
probability = 0.02
"#;
/// The entries on a page of the journal.
const PAGE: usize = 1_000;

/// Makes another administrator's workspace: the same organisation, a ledger of its own.
fn another(rig: &CliRig) -> TempDir {
    let folder = tempfile::tempdir().expect("the machine has a temporary folder");
    for entry in std::fs::read_dir(rig.path()).expect("a folder") {
        let entry = entry.expect("a file");
        let name = entry.file_name();
        if [".toml", ".csv"].iter().any(|ending| name.to_string_lossy().ends_with(ending)) {
            std::fs::copy(entry.path(), folder.path().join(name)).expect("it can be copied");
        }
    }
    folder
}

/// Writes these lines into that table of the workspace.
fn set(workspace: &Path, table: &str, lines: &str) {
    let file = workspace.join("workspace.toml");
    let text = std::fs::read_to_string(&file).expect("it is there");
    let with = format!("{table}\n{lines}\n");
    let text = match text.contains(&format!("\n{table}\n")) {
        true => text.replacen(&format!("{table}\n"), &with, 1),
        false => format!("{text}\n{with}"),
    };
    std::fs::write(&file, text).expect("writable");
}

fn journal(rig: &CliRig) -> Vec<Value> {
    let mut entries: Vec<Value> = Vec::new();
    loop {
        let after = entries.last().map_or(0, |entry| entry["seq"].as_u64().expect("a number"));
        let page = rig.admin(reqwest::Method::GET, &format!("journal?after={after}&limit={PAGE}"), None);
        let page = page["entries"].as_array().expect("a list").clone();
        if page.is_empty() {
            return entries;
        }
        entries.extend(page);
    }
}

/// Tells whether a write of this event changed something; a refused one stands in the journal as well, with its status.
fn wrote(entry: &Value) -> bool {
    let writes = ["voucher_write", "draft_write", "draft_commit", "draft_deleted", "reversal_write"];
    let refused = entry["detail"]["status"].as_u64().is_some_and(|status| status >= 400);
    writes.iter().any(|event| entry["event"] == *event) && !refused
}

/// Checks that at every instant at most one held the lock, and that only this one wrote; returns the fences that wrote.
fn assert_one_at_a_time(journal: &[Value]) -> Vec<u64> {
    let (mut holder, mut wrote_under): (Option<u64>, Vec<u64>) = (None, Vec::new());
    for entry in journal {
        let fence = entry["fence"].as_u64();
        match entry["event"].as_str().expect("a name") {
            "lock_granted" => {
                assert_eq!(holder, None, "granted while somebody held it: {entry}");
                holder = fence;
            }
            "lock_released" | "lock_expired" | "lock_broken" => {
                assert_eq!(holder, fence, "only the holder's grant ends: {entry}");
                holder = None;
            }
            _ if wrote(entry) => {
                assert!(fence.is_some() && fence == holder, "written while {holder:?} held the lock: {entry}");
                if wrote_under.last() != fence.as_ref() {
                    wrote_under.extend(fence);
                }
            }
            _ => {}
        }
    }
    wrote_under
}

fn assert_each_once(rig: &CliRig, records: usize) {
    let stats = rig.stats();
    let found = ["vouchers", "distinct_references", "duplicates"].map(|name| stats[name].as_u64());
    let records = Some(records as u64);
    assert_eq!(found, [records, records, Some(0)], "{stats}");
}

#[test]
fn of_eight_processes_over_four_workspaces_one_sends_at_a_time() {
    let rig = CliRig::practice(RECORDS, UNLUCKY);
    let others: Vec<TempDir> = (0..3).map(|_| another(&rig)).collect();
    let workspaces: Vec<&Path> = std::iter::once(rig.path()).chain(others.iter().map(TempDir::path)).collect();
    rig.hold(&["vouchers"], 1);
    let mut processes = Vec::new();
    for (number, workspace) in workspaces.iter().enumerate() {
        // Two on each machine; on every other one the first of them is a scheduler's.
        let first: &[&str] = if number % 2 == 0 { &["sync"] } else { &["sync", "--scheduled"] };
        processes.push(Running::begin(rig.command_in(workspace, first)));
        processes.push(Running::begin(rig.command_in(workspace, &["sync", "--wait", "120"])));
    }
    // One of them is in the middle of its work, and stays there until those that do not wait were refused.
    rig.wait_until_held();
    wait_until("those that do not wait are refused", || {
        processes.iter_mut().step_by(2).map(Running::has_ended).filter(|ended| *ended).count() >= workspaces.len() - 1
    });
    rig.release();
    let ends: Vec<CommandOutput> = processes.into_iter().map(Running::finish).collect();
    for end in &ends {
        assert!(matches!(end.status, Some(0 | 3 | 4)), "{end:?}");
        if end.status == Some(3) {
            let lock = &end.last()["error"]["lock"];
            assert!(end.last()["error"]["code"].as_str().is_some_and(|code| code.starts_with("lock_held")), "{end:?}");
            assert!(lock.is_null() || lock["holder"]["user"].as_str().is_some(), "{end:?}");
        }
    }
    assert!(
        ends.iter().skip(1).step_by(2).all(|end| end.status != Some(3)),
        "those who waited had their turn: {ends:?}"
    );
    // Records in doubt at the end of one are settled by the next, in whichever workspace.
    for workspace in &workspaces {
        let last = command_output(rig.command_in(workspace, &["sync", "--wait", "120"]));
        assert_eq!((last.status, last.count("posted")), (Some(0), 0), "{last:?}");
    }
    assert_each_once(&rig, RECORDS);
    assert_one_at_a_time(&journal(&rig));
}

/// Returns how far the run is that is waited for, as one who waits sees it.
fn seen_of_the_other(document: &Value) -> Option<u64> {
    document["waiting_for"]["lock"]["progress"]["processed"].as_u64()
}

#[test]
fn a_waiting_sync_sees_the_others_progress_and_sends_nothing() {
    let rig = CliRig::practice(4_000, "");
    let other = another(&rig);
    let first = sync_held_after(&rig, 3);
    let mut second = Running::begin(rig.command_in(other.path(), &["sync", "--wait", "120"]));
    second.hear_that("the other one's progress", |document| seen_of_the_other(document) == Some(300));
    // So many more are answered, and the rest stands still.
    rig.hold(&["vouchers"], 3);
    rig.let_go();
    second.hear_that("the other one's progress", |document| seen_of_the_other(document) > Some(300));
    rig.release();
    let second = second.finish();
    assert_eq!((second.status, second.count("posted"), second.count("skipped")), (Some(0), 0, 4_000), "{second:?}");
    let seen: Vec<u64> = second.documents.iter().filter_map(seen_of_the_other).collect();
    assert!(seen.is_sorted() && seen.first() < seen.last(), "the other one's progress moves: {seen:?}");
    assert!(second.words.contains("The other sync has ended"), "{}", second.words);
    assert_eq!(first.finish().count("posted"), 4_000);
    assert_one_at_a_time(&journal(&rig));
}

#[test]
fn a_wait_has_a_limit_and_ends_with_the_facts() {
    let rig = CliRig::practice(4_000, "");
    let other = another(&rig);
    let first = sync_held_after(&rig, 3);
    // A run whose pace is seen in its lock has an estimate.
    wait_until("the lock's progress", || {
        rig.call(reqwest::Method::GET, "v1/locks/export", None)["progress"]["processed"] == 300
    });
    let second = command_output(rig.command_in(other.path(), &["sync", "--wait", "3"]));
    assert_eq!((second.status, &second.last()["error"]["code"]), (Some(3), &json!("lock_held")), "{second:?}");
    let lock = &second.last()["error"]["lock"];
    assert_eq!((&lock["operation"], &lock["whose"]), (&json!("sync"), &json!("mine_here")), "{lock}");
    assert_eq!((&lock["looks_dead"], lock["eta_seconds"].is_u64()), (&json!(false), true), "{lock}");
    assert!(lock["silent_seconds"].as_u64().is_some_and(|seconds| seconds < 60), "{lock}");
    drop(first);
}

/// Lets a machine sleep (`SIGSTOP`) in the middle of a run for longer than its lease, and wake up (`SIGCONT`) after somebody
/// else took over and finished.
#[cfg(unix)]
fn sleeps_past_its_lease(kind: &Kind) {
    let rig = CliRig::practice(RECORDS, "");
    kind.set(&rig, 1, &json!([]));
    set(rig.path(), "[sync]", "lease_seconds = 15\nvouchers_per_request = 10");
    set(rig.path(), "[accounting]", &kind.workspace);
    let other = another(&rig);
    rig.hold(&["vouchers", "draft_stage"], 20);
    let first = rig.sync_up_to(200);
    rig.wait_until_held();
    first.signal("STOP");
    // Requests that it had in the air arrive while it sleeps.
    let arrived = || journal(&rig).iter().filter(|entry| wrote(entry)).count();
    let expected = arrived() + rig.held();
    rig.release();
    wait_until("the requests in the air to arrive", || arrived() >= expected);
    let second = command_output(rig.command_in(other.path(), &["sync", "--wait", "60"]));
    assert!(matches!(second.status, Some(0 | 4)), "{second:?}");
    let before = journal(&rig).len();
    first.signal("CONT");
    let first = first.finish();
    assert_eq!((first.status, &first.last()["outcome"]), (Some(1), &json!("lease_lost")), "{first:?}");
    let after = journal(&rig);
    let late: Vec<_> = after.iter().skip(before).filter(|entry| wrote(entry)).collect();
    assert!(late.is_empty(), "written after it woke: {late:?}");
    // Records in doubt on either side are settled, and nothing is sent twice.
    for workspace in [rig.path(), other.path(), rig.path()] {
        let last = command_output(rig.command_in(workspace, &["sync", "--wait", "60"]));
        assert_eq!((last.status, last.count("refused"), last.count("in_doubt")), (Some(0), 0, 0), "{last:?}");
    }
    assert_each_once(&rig, RECORDS);
    assert_one_at_a_time(&journal(&rig));
}

#[cfg(unix)]
#[test]
fn a_sleeper_past_its_lease_writes_nothing_enforced() {
    sleeps_past_its_lease(&enforced());
}

#[cfg(unix)]
#[test]
fn a_sleeper_past_its_lease_writes_nothing_fenced() {
    sleeps_past_its_lease(&fenced());
}

#[cfg(unix)]
#[test]
fn a_sleeper_past_its_lease_writes_nothing_staged() {
    sleeps_past_its_lease(&staged());
}

#[cfg(unix)]
#[test]
fn a_sleeper_past_its_lease_writes_nothing_observed() {
    sleeps_past_its_lease(&observed(2));
}

#[test]
fn a_broken_lock_is_recorded_on_both_sides_and_its_run_stops() {
    let rig = CliRig::practice(4_000, "");
    let other = another(&rig);
    let first = sync_held_after(&rig, 3);
    let run = |arguments: &[&str]| command_output(rig.command_in(other.path(), arguments));
    let user = run(&["status"]).last()["lock"]["holder"]["name"].as_str().expect("its name").to_owned();
    let reason = "the machine went home with her";
    let wrong = run(&["break-lock", "--reason", reason, "--confirm", "somebody else"]);
    assert_eq!((wrong.status, &wrong.last()["error"]["code"]), (Some(2), &json!("confirmation_differs")), "{wrong:?}");
    let short = run(&["break-lock", "--reason", "so", "--confirm", &user]);
    assert_eq!((short.status, &short.last()["error"]["code"]), (Some(2), &json!("reason_too_short")), "{short:?}");
    let broken = run(&["break-lock", "--reason", reason, "--confirm", &user]);
    assert_eq!(broken.status, Some(0), "{broken:?}");
    rig.release();
    assert_eq!(first.finish().last()["outcome"], "lease_lost");
    let there = journal(&rig);
    let entry = there.iter().find(|entry| entry["event"] == "lock_broken").expect("the accounting side keeps it");
    assert!(entry["detail"]["reason"].as_str().is_some_and(|broken| broken.starts_with(reason)), "{entry}");
    let trail = other.path().join("trail.json");
    assert_eq!(run(&["audit", "export", &trail.display().to_string()]).status, Some(0));
    let trail: Value = serde_json::from_slice(&std::fs::read(trail).expect("written")).expect("JSON");
    let entries = trail["entries"].as_array().expect("a list");
    let broken: Vec<_> = entries.iter().filter(|entry| entry["act"] == "lock_broken").collect();
    assert_eq!(broken.len(), 2, "asked, and done: {broken:?}");
    assert!(broken.iter().all(|entry| entry["reason"] == reason), "{broken:?}");
    let free = run(&["break-lock", "--reason", reason, "--confirm", &user]);
    assert_eq!((free.status, &free.last()["error"]["code"]), (Some(1), &json!("lock_free")), "{free:?}");
    // The one who broke it looks up the vouchers that the other one had under way, and sends the rest.
    let next = run(&["sync"]);
    assert_eq!(next.status, Some(0), "{next:?}");
    assert_each_once(&rig, 4_000);
    assert_one_at_a_time(&journal(&rig));
}
