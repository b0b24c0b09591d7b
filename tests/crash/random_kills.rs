//! Kills the command line at random, again and again, against a server at which all kinds of things go wrong, for each
//! protection. In the end each record is in the books once, and nothing is lost. No assertion depends on the moments of the
//! kills.
//!
//! A few rounds by default; `POSTONCE_KILL_ROUNDS=100` makes it a hundred, `POSTONCE_KILL_SEED` replays the decisions.

use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use postonce_tests::CliRig;
use serde_json::{Value, json};

use crate::site::{Kind, assert_exactly_once, enforced, fenced, observed, records, staged};

const ROUNDS: usize = 6;
/// Records that each round adds, so that there is always something to send.
const RECORDS_PER_ROUND: usize = 60;
/// Lines of a sync's progress that are waited for at most before it is killed.
const LINES_MAX: u64 = 7;
/// Calls to the server after that, at most: so the kill falls between two lines.
const CALLS_MAX: u64 = 12;
/// Syncs until nothing is in doubt. With chances like these, so many in a row never leave something.
const SYNCS_MAX: usize = 12;

/// Returns the faults. An effect that is late comes after the next run has begun, and long before a settle window ends.
fn faults() -> Value {
    let writes = json!(["vouchers", "drafts", "lookup"]);
    let fault = |kind: &str| json!({ "kind": kind, "probability": 0.03, "paths": writes });
    let late =
        json!({ "kind": "commit_after_ms", "delay_ms": 700, "probability": 0.04, "paths": ["vouchers", "drafts"] });
    json!([
        { "kind": "latency_ms", "fixed_ms": 5, "jitter_ms": 20, "paths": ["all"] },
        late, fault("cut_after_commit"), fault("cut_before_commit"), fault("error_500_after_commit"),
        fault("error_500_before_commit"), fault("body_cut_short"), fault("result_missing"), fault("html"),
        { "kind": "status_503", "probability": 0.01, "retry_after_seconds": 1, "paths": writes },
    ])
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// Starts a sync, kills it after some lines and some more moments, and tells whether it was still at work.
fn killed_sync(rig: &CliRig, random: &mut Random) -> bool {
    let mut command = rig.command(&["sync", "--wait", "60"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
    let lines = BufReader::new(child.stdout.take().expect("standard output is piped")).lines();
    let wanted = usize::try_from(random.below(LINES_MAX)).expect("a small number");
    let seen = lines.map_while(Result::ok).take(wanted).count();
    for _ in 0..random.below(CALLS_MAX) {
        rig.admin(reqwest::Method::GET, "clock", None);
    }
    child.kill().expect("it is our child");
    let status = child.wait().expect("it is our child");
    seen == wanted && status.code().is_none()
}

fn write_records(workspace: &Path, count: usize) {
    std::fs::write(workspace.join("records.csv"), records("K", count)).expect("a temporary folder is writable");
}

fn kill_again_and_again(kind: &Kind) {
    let number = |variable: &str| std::env::var(variable).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("POSTONCE_KILL_SEED").unwrap_or_else(|| std::hash::RandomState::new().build_hasher().finish());
    let rounds = number("POSTONCE_KILL_ROUNDS").and_then(|rounds| usize::try_from(rounds).ok()).unwrap_or(ROUNDS);
    eprintln!("POSTONCE_KILL_SEED={seed} POSTONCE_KILL_ROUNDS={rounds}");
    let mut random = Random(seed);
    let rig = CliRig::over_csv(b"");
    std::fs::write(rig.path().join("workspace.toml"), kind.workspace(&rig, 10)).expect("writable");
    let mut killed = 0;
    for round in 0..rounds {
        write_records(rig.path(), (round + 1) * RECORDS_PER_ROUND);
        kind.set(&rig, seed.wrapping_add(round as u64), &faults());
        killed += usize::from(killed_sync(&rig, &mut random));
    }
    // Calm again: everything open is settled, and the rest is sent.
    kind.set(&rig, seed, &json!([]));
    let mut last = Value::Null;
    let clear = (0..SYNCS_MAX).any(|_| {
        let sync = rig.run(&["sync", "--wait", "60"]);
        last = sync.last().clone();
        sync.status == Some(0)
    });
    assert!(clear, "still not clear after {SYNCS_MAX} syncs: {last}");
    let records = rounds * RECORDS_PER_ROUND;
    assert_exactly_once(&rig, std::iter::once(rig.path()), records);
    assert_eq!(rig.run(&["status"]).last()["records"]["posted"], records);
    // A staging that was given up may have arrived after its record was posted from another draft.
    let tidy = (0..SYNCS_MAX).any(|_| {
        let sync = rig.run(&["sync", "--wait", "60"]);
        sync.status == Some(0) && rig.stats()["open_drafts"] == 0
    });
    assert!(tidy, "drafts are left: {}", rig.stats());
    eprintln!("{killed} of {rounds} killed at work, {records} records once each");
}

#[test]
fn enforced_survives_kills_at_random() {
    kill_again_and_again(&enforced());
}

#[test]
fn fenced_survives_kills_at_random() {
    kill_again_and_again(&fenced());
}

#[test]
fn staged_survives_kills_at_random() {
    kill_again_and_again(&staged());
}

#[test]
fn observed_survives_kills_at_random() {
    // The window is several times as long as anything here is late, so that a busy machine does not use it up.
    kill_again_and_again(&observed(6));
}
