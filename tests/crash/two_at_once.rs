//! Several administrators at once, as processes: at every instant at most one sends. Judged from the journal that the
//! sandbox keeps of its lock and of every write, in the order in which they took effect.

use std::path::Path;
use std::process::Command;
use std::thread;

use postonce_tests::{CliRig, CommandOutput, Running, command_output};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::SLOW;
#[cfg(unix)]
use crate::site::{Kind, enforced, fenced, observed, staged};

const RECORDS: usize = 1_500;
/// Slow and a little unlucky, so that the processes meet in the middle of things.
const UNLUCKY: &str = r#"
[[fault]]
kind = "latency_ms"
fixed_ms = 20
jitter_ms = 40
[[fault]]
kind = "cut_after_commit"
probability = 0.02
"#;
/// A page of the journal.
const PAGE: usize = 1_000;

/// Another administrator's workspace: the same organisation, a ledger of its own.
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

/// Whether a write of this event changed something; a refused one is told as well, with its status.
fn wrote(entry: &Value) -> bool {
    let writes = ["voucher_write", "draft_write", "draft_commit", "draft_deleted", "reversal_write"];
    let refused = entry["detail"]["status"].as_u64().is_some_and(|status| status >= 400);
    writes.iter().any(|event| entry["event"] == *event) && !refused
}

/// At every instant at most one held the lock, and only the one who held it wrote. The fences that wrote.
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

fn all_at_once(commands: Vec<Command>) -> Vec<CommandOutput> {
    let running: Vec<_> = commands.into_iter().map(|command| thread::spawn(move || command_output(command))).collect();
    running.into_iter().map(|one| one.join().expect("a thread that only waits")).collect()
}

#[test]
fn of_eight_processes_over_four_workspaces_one_sends_at_a_time_and_each_is_told_something() {
    let rig = CliRig::practice(RECORDS, UNLUCKY);
    let others: Vec<TempDir> = (0..3).map(|_| another(&rig)).collect();
    let workspaces: Vec<&Path> = std::iter::once(rig.path()).chain(others.iter().map(TempDir::path)).collect();
    let mut commands = Vec::new();
    for (number, workspace) in workspaces.iter().enumerate() {
        // Two on each machine; on every other one the first of them is a scheduler's.
        let first: &[&str] = if number % 2 == 0 { &["sync"] } else { &["sync", "--scheduled"] };
        commands.push(rig.command_in(workspace, first));
        commands.push(rig.command_in(workspace, &["sync", "--wait", "120"]));
    }
    let ends = all_at_once(commands);
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
    // What was in doubt at the end of one is settled by the next, in whichever workspace.
    for workspace in &workspaces {
        let last = command_output(rig.command_in(workspace, &["sync", "--wait", "120"]));
        assert_eq!((last.status, last.count("posted")), (Some(0), 0), "{last:?}");
    }
    assert_each_once(&rig, RECORDS);
    assert_one_at_a_time(&journal(&rig));
}

#[test]
fn whoever_waits_sees_the_other_ones_progress_and_then_sends_what_is_missing_which_is_nothing() {
    let rig = CliRig::practice(4_000, SLOW);
    set(rig.path(), "[sync]", "vouchers_per_request = 10");
    let other = another(&rig);
    let first = rig.sync_up_to(300);
    let second = command_output(rig.command_in(other.path(), &["sync", "--wait", "120"]));
    assert_eq!((second.status, second.count("posted"), second.count("skipped")), (Some(0), 0, 4_000), "{second:?}");
    let seen: Vec<u64> = second
        .documents
        .iter()
        .filter_map(|line| line["waiting_for"]["lock"]["progress"]["processed"].as_u64())
        .collect();
    assert!(seen.is_sorted() && seen.first() < seen.last(), "the other one's progress moves: {seen:?}");
    assert!(second.words.contains("The other sync has ended"), "{}", second.words);
    assert_eq!(first.finish().count("posted"), 4_000);
    assert_one_at_a_time(&journal(&rig));
}

#[test]
fn a_wait_has_a_limit_and_ends_with_the_facts() {
    let rig = CliRig::practice(4_000, SLOW);
    let other = another(&rig);
    let first = rig.sync_up_to(300);
    let second = command_output(rig.command_in(other.path(), &["sync", "--wait", "3"]));
    assert_eq!((second.status, &second.last()["error"]["code"]), (Some(3), &json!("lock_held")), "{second:?}");
    let lock = &second.last()["error"]["lock"];
    assert_eq!((&lock["operation"], &lock["whose"]), (&json!("sync"), &json!("mine_here")), "{lock}");
    assert_eq!((&lock["looks_dead"], lock["eta_seconds"].is_u64()), (&json!(false), true), "{lock}");
    assert!(lock["silent_seconds"].as_u64().is_some_and(|seconds| seconds < 60), "{lock}");
    drop(first);
}

/// `SIGSTOP` and `SIGCONT`: a machine that sleeps in the middle of a run for longer than its lease, and wakes up after
/// somebody else took over and finished.
#[cfg(unix)]
fn sleeps_past_its_lease(kind: &Kind) {
    let rig = CliRig::practice(RECORDS, "");
    kind.set(&rig, 1, &json!([{ "kind": "latency_ms", "fixed_ms": 60, "jitter_ms": 40 }]));
    set(rig.path(), "[sync]", "lease_seconds = 15\nvouchers_per_request = 10");
    set(rig.path(), "[accounting]", kind.workspace);
    let other = another(&rig);
    let first = rig.sync_up_to(200);
    first.signal("STOP");
    let second = command_output(rig.command_in(other.path(), &["sync", "--wait", "60"]));
    assert!(matches!(second.status, Some(0 | 4)), "{second:?}");
    let before = journal(&rig).len();
    first.signal("CONT");
    let first = first.finish();
    assert_eq!((first.status, &first.last()["outcome"]), (Some(1), &json!("lease_lost")), "{first:?}");
    let after = journal(&rig);
    let late: Vec<_> = after.iter().skip(before).filter(|entry| wrote(entry)).collect();
    assert!(late.is_empty(), "written after it woke: {late:?}");
    // What was left in doubt on either side is settled, and nothing is sent twice.
    for workspace in [rig.path(), other.path(), rig.path()] {
        let last = command_output(rig.command_in(workspace, &["sync", "--wait", "60"]));
        assert_eq!((last.status, last.count("refused"), last.count("in_doubt")), (Some(0), 0, 0), "{last:?}");
    }
    assert_each_once(&rig, RECORDS);
    assert_one_at_a_time(&journal(&rig));
}

#[cfg(unix)]
#[test]
fn a_process_that_sleeps_past_its_lease_writes_nothing_more_where_references_are_unique() {
    sleeps_past_its_lease(&enforced());
}

#[cfg(unix)]
#[test]
fn a_process_that_sleeps_past_its_lease_writes_nothing_more_where_fences_are_checked() {
    sleeps_past_its_lease(&fenced());
}

#[cfg(unix)]
#[test]
fn a_process_that_sleeps_past_its_lease_writes_nothing_more_where_vouchers_are_staged() {
    sleeps_past_its_lease(&staged());
}

#[cfg(unix)]
#[test]
fn a_process_that_sleeps_past_its_lease_writes_nothing_more_where_there_is_but_the_settle_window() {
    sleeps_past_its_lease(&observed());
}

#[test]
fn a_lock_is_broken_with_a_reason_that_stands_on_both_sides_and_the_former_holder_stops() {
    let rig = CliRig::practice(4_000, SLOW);
    let other = another(&rig);
    let first: Running = rig.sync_up_to(300);
    let run = |arguments: &[&str]| command_output(rig.command_in(other.path(), arguments));
    let user = run(&["status"]).last()["lock"]["holder"]["name"].as_str().expect("its name").to_owned();
    let reason = "the machine went home with her";
    let wrong = run(&["break-lock", "--reason", reason, "--confirm", "somebody else"]);
    assert_eq!((wrong.status, &wrong.last()["error"]["code"]), (Some(2), &json!("confirmation_differs")), "{wrong:?}");
    let short = run(&["break-lock", "--reason", "so", "--confirm", &user]);
    assert_eq!((short.status, &short.last()["error"]["code"]), (Some(2), &json!("reason_too_short")), "{short:?}");
    let broken = run(&["break-lock", "--reason", reason, "--confirm", &user]);
    assert_eq!(broken.status, Some(0), "{broken:?}");
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
    // Whoever broke it looks up what the other one had under way, and sends the rest.
    let next = run(&["sync"]);
    assert_eq!(next.status, Some(0), "{next:?}");
    assert_each_once(&rig, 4_000);
    assert_one_at_a_time(&journal(&rig));
}
