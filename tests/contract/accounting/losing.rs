//! Tests requests and answers that are lost, late or doubled: in the end each record is booked once, and no draft is left.

use std::time::Duration;

use postonce_tests::{CommandOutput, Fault};

use super::system_rig::{SystemRig, rows};

/// The delay of a request that is late. It is a fraction of the settle window of a system that protects by nothing but its
/// search (`sandbox.rs`), so that a busy machine does not use the window up.
const LATE: Duration = Duration::from_millis(2_500);

/// Syncs through one fault at the nth request of a kind, and as often after that as it takes.
fn through(rig: &SystemRig, text: &str, skipped: usize, fault: Fault) -> CommandOutput {
    let records = rows(30);
    rig.write(&records);
    rig.proxy.nth(text, skipped, 1, fault);
    let first = rig.sync();
    assert!(rig.proxy.is_spent(), "the fault befell nobody: {first:?}");
    assert!(matches!(first.status, Some(0 | 1 | 4 | 5)), "{first:?}");
    rig.proxy.calm();
    rig.sync_until_clear();
    rig.proxy.settle();
    // Vouchers that took effect in the meantime are found by the next one at the latest.
    let last = rig.sync_until_clear();
    assert_eq!((last.count("posted"), last.count("in_doubt")), (0, 0), "{last:?}");
    rig.assert_books(&records);
    first
}

/// Does the same for the request that books drafts.
fn through_commit(rig: &SystemRig, skipped: usize, fault: Fault) {
    through(rig, rig.subject.words().commit.expect("it stages"), skipped, fault);
}

pub(crate) fn a_write_that_never_arrives_is_made_up_for(rig: &SystemRig) {
    through(rig, rig.subject.words().write, 1, Fault::CutBefore);
}

pub(crate) fn a_write_whose_answer_is_lost_is_not_made_twice(rig: &SystemRig) {
    through(rig, rig.subject.words().write, 1, Fault::CutAfter);
}

pub(crate) fn a_write_that_takes_effect_late_is_not_made_twice(rig: &SystemRig) {
    through(rig, rig.subject.words().write, 1, Fault::Late(LATE));
}

pub(crate) fn a_write_that_the_network_repeats_is_booked_once(rig: &SystemRig) {
    through(rig, rig.subject.words().write, 1, Fault::Twice);
}

pub(crate) fn a_look_up_that_is_lost_is_no_proof_of_anything(rig: &SystemRig) {
    through(rig, rig.subject.words().look_up, 0, Fault::CutAfter);
}

pub(crate) fn a_commit_that_never_arrives_is_made_up_for(rig: &SystemRig) {
    through_commit(rig, 0, Fault::CutBefore);
}

pub(crate) fn a_commit_whose_answer_is_lost_is_not_made_twice(rig: &SystemRig) {
    through_commit(rig, 0, Fault::CutAfter);
}

pub(crate) fn a_commit_that_takes_effect_late_is_not_made_twice(rig: &SystemRig) {
    through_commit(rig, 0, Fault::Late(LATE));
}

pub(crate) fn a_commit_that_the_network_repeats_books_once(rig: &SystemRig) {
    through_commit(rig, 0, Fault::Twice);
}

/// Loses everything that writes for a while, now before, now after.
pub(crate) fn a_network_that_loses_every_other_request_loses_no_record(rig: &SystemRig) {
    let records = rows(40);
    rig.write(&records);
    let words = rig.subject.words();
    for text in [Some(words.write), words.commit].into_iter().flatten() {
        rig.proxy.nth(text, 0, 1, Fault::CutAfter);
        rig.proxy.nth(text, 1, 1, Fault::CutBefore);
        rig.proxy.nth(text, 2, 1, Fault::CutAfter);
    }
    for _ in 0..3 {
        rig.sync();
    }
    rig.proxy.calm();
    rig.sync_until_clear();
    rig.sync_until_clear();
    rig.assert_books(&records);
}
