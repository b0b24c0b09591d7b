//! Tests a server without a lock of its own: the lease is built on its labels, and nobody outside the connector can tell.

use std::path::Path;
use std::time::{Duration, Instant};

use postonce_tests::{CliRig, CommandOutput, Running, command_output, wait_until};
use serde_json::{Value, json};

/// The shortest lease that a workspace may ask for.
const LEASE_SECONDS: u64 = 15;
/// The longest.
const LONG_LEASE_SECONDS: u64 = 3_600;
const RECORDS: usize = 300;

/// Two workspaces with the same records over one server, as on two machines.
struct TwoWorkspaces {
    rig: CliRig,
    other: tempfile::TempDir,
}

impl TwoWorkspaces {
    fn with_lease(lease_seconds: u64) -> Self {
        let rig = CliRig::practice(RECORDS, "export_lock = \"off\"\n");
        let sync = format!("\n[sync]\nlease_seconds = {lease_seconds}\nvouchers_per_request = 10\n");
        let text = without_sync(&rig.workspace()) + &sync;
        std::fs::write(rig.path().join("workspace.toml"), text).expect("writable");
        let other = rig.copy_of_workspace();
        Self { rig, other }
    }

    fn sync_in(&self, workspace: &Path, more: &[&str]) -> Running {
        Running::begin(self.rig.command_in(workspace, &[&["sync"], more].concat()))
    }

    /// Kills a sync of the first workspace in the middle of its work. Requests that it had in the air take effect.
    fn kill_in_the_middle(&self) {
        self.rig.hold(&["vouchers"], 5);
        let running = self.rig.sync_up_to(50);
        self.rig.wait_until_held();
        running.kill();
        self.rig.release();
    }

    /// Sets the server's clock so many seconds ahead.
    fn shift_clock(&self, seconds: i64) {
        self.rig.admin(reqwest::Method::PUT, "clock", Some(&json!({ "shift_seconds": seconds })));
    }

    /// Checks that at every instant at most one held the label, and that each write came from the one who held it then.
    fn assert_one_at_a_time(&self) {
        let (mut after, mut holder) = (0, None);
        let mut writes = 0;
        loop {
            let path = format!("journal?after={after}&limit=500");
            let journal = self.rig.admin(reqwest::Method::GET, &path, None);
            let entries = journal["entries"].as_array().expect("a list").clone();
            let Some(last) = entries.last() else { break };
            after = last["seq"].as_i64().expect("a number");
            for entry in &entries {
                let detail = &entry["detail"];
                // Another label keeps the scheme of references.
                if detail["code"].as_str().is_some_and(|code| code != "postonce-export-lock") {
                    continue;
                }
                match entry["event"].as_str().unwrap_or_default() {
                    "label_created" | "label_updated" => {
                        let text: Value =
                            serde_json::from_str(detail["text"].as_str().unwrap_or_default()).expect("a lease's text");
                        holder = (text["state"] == "held").then(|| text["nonce"].clone());
                    }
                    "label_deleted" => holder = None,
                    "voucher_write" => {
                        writes += 1;
                        assert_eq!(Some(&detail["lock_token"]), holder.as_ref(), "{entry}");
                    }
                    _ => {}
                }
            }
        }
        assert!(writes > 0, "nothing was written at all");
    }
}

/// Makes the settle window short. The first grant of all follows nobody, so with nothing but a search its run waits out the
/// window once.
fn settle_within_a_second(rig: &CliRig) {
    rig.change_workspace("[accounting]\n", "[accounting]\nsettle_window_seconds = 1\n");
}

fn without_sync(text: &str) -> String {
    let mut kept = true;
    let lines = text.lines().filter(|line| {
        kept = if line.starts_with('[') { *line != "[sync]" } else { kept };
        kept
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn each_protection_without_a_lock_is_named_and_posted_to_once() {
    for (switches, protection) in [
        (json!({}), "enforced"),
        (json!({ "unique_references": "off", "drafts": "on" }), "staged"),
        (json!({ "unique_references": "off", "checks_fence": "on" }), "observed"),
    ] {
        let rig = CliRig::practice(20, "");
        settle_within_a_second(&rig);
        let mut settings = switches;
        settings["faults"] = json!([]);
        settings["export_lock"] = json!("off");
        rig.set_faults(&settings);
        assert_eq!(rig.run(&["status"]).last()["protection"], protection);
        let first = rig.sync();
        assert_eq!((first.status, first.count("posted")), (Some(0), 20), "{protection}: {first:?}");
        let again = rig.sync();
        assert_eq!((again.count("posted"), again.count("skipped")), (0, 20), "{protection}");
        let fence = |said: &CommandOutput| said.last()["fence"].as_u64().expect("a number");
        assert_eq!(fence(&again), fence(&first) + 1, "nobody was between");
        let stats = rig.stats();
        assert_eq!((&stats["vouchers"], &stats["duplicates"]), (&json!(20), &json!(0)), "{protection}");
    }
}

#[test]
fn a_second_sync_at_once_is_refused_and_names_the_holder() {
    let two = TwoWorkspaces::with_lease(LEASE_SECONDS);
    two.rig.hold(&["vouchers"], 1);
    let mut syncs = [two.rig.path(), two.other.path()].map(|workspace| two.sync_in(workspace, &[]));
    two.rig.wait_until_held();
    wait_until("the other one's end", || syncs.iter_mut().any(Running::has_ended));
    two.rig.release();
    let syncs = syncs.map(Running::finish);
    let mut statuses = syncs.each_ref().map(|said| said.status);
    statuses.sort_unstable();
    assert_eq!(statuses, [Some(0), Some(3)], "{syncs:?}");
    let second = syncs.iter().find(|said| said.status == Some(3)).expect("one of them");
    let error = &second.last()["error"];
    assert_eq!(error["code"], "lock_held");
    for member in ["user", "host", "run_id"] {
        assert!(error["lock"]["holder"][member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {error}");
    }
    assert_eq!(error["lock"]["operation"], "sync");
    let stats = two.rig.stats();
    assert_eq!((&stats["vouchers"], &stats["duplicates"]), (&json!(300), &json!(0)));
    two.assert_one_at_a_time();
}

#[test]
fn a_killed_holder_is_taken_over_after_a_lease_and_not_before() {
    let two = TwoWorkspaces::with_lease(LEASE_SECONDS);
    two.kill_in_the_middle();
    let killed = clock();
    let sync = |wait: &str| command_output(two.rig.command_in(two.other.path(), &["sync", "--wait", wait]));
    // By the server's clock its last sign of life is never a lease ago, however long this machine takes to look.
    two.shift_clock(-600);
    assert_eq!(sync("0").status, Some(3), "it may live");
    two.shift_clock(0);
    let next = sync("60");
    assert_eq!((next.status, next.count("in_doubt")), (Some(0), 0), "{next:?}");
    assert!(killed() > Duration::from_secs(LEASE_SECONDS), "taken over after {:?}", killed());
    let stats = two.rig.stats();
    assert_eq!((&stats["vouchers"], &stats["duplicates"]), (&json!(300), &json!(0)));
    two.assert_one_at_a_time();
}

#[test]
fn a_one_shot_sync_waits_out_the_watch_over_a_dead_holder() {
    let two = TwoWorkspaces::with_lease(LEASE_SECONDS);
    two.kill_in_the_middle();
    two.shift_clock(3_600);
    let begun = clock();
    let next = command_output(two.rig.command_in(two.other.path(), &["sync"]));
    assert_eq!((next.status, next.count("in_doubt")), (Some(0), 0), "{next:?}");
    assert!(begun() > Duration::from_secs(LEASE_SECONDS), "its own watch, whatever the server's clock says");
    two.assert_one_at_a_time();
}

#[test]
fn a_killed_machine_takes_its_own_lease_back_at_once() {
    let two = TwoWorkspaces::with_lease(LONG_LEASE_SECONDS);
    two.kill_in_the_middle();
    let begun = clock();
    let next = command_output(two.rig.command_in(two.rig.path(), &["sync"]));
    assert_eq!((next.status, next.count("in_doubt")), (Some(0), 0), "{next:?}");
    let label = two.rig.call(reqwest::Method::GET, "v1/labels/postonce-export-lock", None);
    let text: Value = serde_json::from_str(label["text"].as_str().expect("a text")).expect("a lease's text");
    assert_eq!(text["state"], "released");
    assert!(text["broken"]["reason"].as_str().is_some_and(|reason| reason.contains("same machine")), "{text}");
    assert!(begun() < Duration::from_secs(LONG_LEASE_SECONDS), "no watch was needed");
    // Requests that the killed one had on their way may arrive after its lease was taken: here unique references protect.
    let stats = two.rig.stats();
    assert_eq!((&stats["vouchers"], &stats["duplicates"]), (&json!(300), &json!(0)));
}

#[expect(clippy::disallowed_methods, reason = "how long a real program really waited is what is asked")]
fn clock() -> impl Fn() -> Duration {
    let start = Instant::now();
    move || start.elapsed()
}
