//! Tests a server, or Postonce, that dies in the middle.

use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

use postonce_tests::{Fault, Running, wait_until};

use super::system_rig::{REQUESTS_IN_FLIGHT, SystemRig, quiet, rows};

/// Rounds of each kind of killing, where `POSTONCE_KILL_ROUNDS` names no other number.
const ROUNDS: usize = 2;
const RECORDS_PER_ROUND: usize = 30;
/// As the rig's workspace has it.
const RECORDS_PER_REQUEST: usize = 10;
/// Lines of a sync's progress that are waited for at most before somebody is killed.
const LINES_MAX: u64 = 9;
/// Requests that are waited for after that, at most: so the kill falls between two lines.
const REQUESTS_MAX: u64 = 6;

pub(crate) fn a_server_that_dies_and_comes_back_has_each_record_once(rig: &SystemRig) {
    let records = rows(60);
    rig.write(&records);
    // Answers stand still after the first ones, so that it dies before the last.
    rig.proxy.nth(rig.subject.words().write, REQUESTS_IN_FLIGHT, usize::MAX, Fault::HoldAnswer);
    let first = Running::up_to(rig.command(&["sync"]), 10);
    rig.proxy.wait_until_held();
    rig.subject.kill();
    rig.proxy.calm();
    let first = quiet(first.finish());
    assert!(matches!(first.status, Some(1 | 4 | 5)), "{first:?}");
    rig.subject.restart();
    rig.sync_until_clear();
    let last = rig.sync_until_clear();
    assert_eq!(last.count("posted"), 0, "{last:?}");
    rig.assert_books(&records);
}

/// Stops the server in the middle of a run; it goes on once somebody has asked it something.
pub(crate) fn a_server_that_stands_still_for_a_while_is_waited_for(rig: &SystemRig) {
    let records = rows(60);
    rig.write(&records);
    rig.proxy.nth(rig.subject.words().write, REQUESTS_IN_FLIGHT, usize::MAX, Fault::Hold);
    let first = Running::up_to(rig.command(&["sync"]), 10);
    rig.proxy.wait_until_held();
    let before = rig.proxy.passed(rig.subject.words().write);
    rig.subject.pause(true);
    rig.proxy.calm();
    wait_until("a request to the server that stands still", || rig.proxy.passed(rig.subject.words().write) > before);
    rig.subject.pause(false);
    let first = quiet(first.finish());
    assert_eq!((first.status, first.count("posted")), (Some(0), 60), "{first:?}");
    rig.assert_books(&records);
}

/// Waits longer than a session of this subject lives: two seconds without a request, and the right to post is over.
pub(crate) fn a_session_that_ran_out_in_the_middle_is_renewed(rig: &SystemRig) {
    let words = rig.subject.words();
    let idle = Duration::from_secs(3);
    rig.proxy.nth(words.write, 0, 1, Fault::SlowAnswer(idle));
    rig.proxy.nth(words.look_up, 0, 1, Fault::SlowAnswer(idle));
    rig.proxy.nth(words.commit.unwrap_or(words.write), 1, 1, Fault::SlowAnswer(idle));
    let records = rows(40);
    rig.write(&records);
    let sync = rig.sync();
    assert!(matches!(sync.status, Some(0 | 4)), "{sync:?}");
    rig.sync_until_clear();
    rig.sync_until_clear();
    rig.assert_books(&records);
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

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

/// Lets a sync come to some moment, and kills it, or the server, there; its process is gone afterwards. Tells whether it was
/// still at work. The last of its writes stands still, so that it is, unless it had nothing to write.
fn kill_at_some_moment(rig: &SystemRig, random: &mut Random, kill_server: bool, records: usize) -> bool {
    let mut small = |end| usize::try_from(random.below(end)).expect("a small number");
    let (lines, requests) = (small(LINES_MAX), small(REQUESTS_MAX));
    rig.proxy.nth(rig.subject.words().write, records / RECORDS_PER_REQUEST - 1, usize::MAX, Fault::HoldAnswer);
    let mut sync = Running::begin(rig.command(&["sync", "--wait", "60"]));
    wait_until("some lines", || sync.documents_so_far() >= lines || rig.proxy.is_holding() || sync.has_ended());
    let more = rig.proxy.came("HTTP") + requests;
    wait_until("some requests", || rig.proxy.came("HTTP") >= more || rig.proxy.is_holding() || sync.has_ended());
    let was_at_work = !sync.has_ended();
    if kill_server {
        rig.subject.kill();
        rig.proxy.calm();
        sync.finish();
        rig.subject.restart();
    } else {
        sync.kill();
        rig.proxy.calm();
    }
    was_at_work
}

/// Rounds from which on most of them have to hit.
const ROUNDS_JUDGED: usize = 10;

/// Adds so many records in each round, by `put`, which gets the number of all, and kills in its sync. Returns that number
/// at the end, when everything is settled.
pub(crate) fn killed_again_and_again(
    rig: &SystemRig,
    kill_server: bool,
    records: usize,
    put: impl Fn(&SystemRig, usize),
) -> usize {
    let seed = number("POSTONCE_KILL_SEED").unwrap_or_else(|| std::hash::RandomState::new().build_hasher().finish());
    let rounds = number("POSTONCE_KILL_ROUNDS").and_then(|rounds| usize::try_from(rounds).ok()).unwrap_or(ROUNDS);
    eprintln!("POSTONCE_KILL_SEED={seed} POSTONCE_KILL_ROUNDS={rounds}");
    let mut random = Random(seed);
    let mut killed = 0;
    for round in 1..=rounds {
        put(rig, round * records);
        killed += usize::from(kill_at_some_moment(rig, &mut random, kill_server, records));
    }
    rig.sync_until_clear();
    rig.sync_until_clear();
    assert!(rounds < ROUNDS_JUDGED || killed * 2 >= rounds, "only {killed} of {rounds} were killed at work");
    eprintln!("{killed} of {rounds} killed at work, {} records", rounds * records);
    rounds * records
}

fn plain_killed_again_and_again(rig: &SystemRig, kill_server: bool) {
    let put = |rig: &SystemRig, count: usize| rig.write(&rows(count));
    let count = killed_again_and_again(rig, kill_server, RECORDS_PER_ROUND, put);
    rig.assert_books(&rows(count));
}

pub(crate) fn postonce_killed_at_random_loses_and_doubles_nothing(rig: &SystemRig) {
    plain_killed_again_and_again(rig, false);
}

pub(crate) fn a_server_killed_at_random_loses_and_doubles_nothing(rig: &SystemRig) {
    plain_killed_again_and_again(rig, true);
}
