//! When requests and answers are lost, late or doubled: in the end each record is booked once, and no draft is left.

use std::time::Duration;

use postonce_tests::{Fault, Spoken};

use super::site::{Site, rows};

/// Later than the next sync begins, and earlier than it ends.
const LATE: Duration = Duration::from_millis(2_500);

/// One fault at the nth request of a kind, a sync through it, and whatever syncs it takes after that.
fn through(site: &Site, text: &str, skipped: usize, fault: Fault) -> Spoken {
    let records = rows(30);
    site.write(&records);
    site.proxy.nth(text, skipped, 1, fault);
    let first = site.sync();
    assert!(site.proxy.is_spent(), "the fault befell nobody: {first:?}");
    assert!(matches!(first.status, Some(0 | 1 | 4 | 5)), "{first:?}");
    site.proxy.calm();
    site.sync_until_clear();
    site.proxy.settle();
    // What took effect in the meantime is found by the next one at the latest.
    let last = site.sync_until_clear();
    assert_eq!((last.count("posted"), last.count("in_doubt")), (0, 0), "{last:?}");
    site.assert_books(&records);
    first
}

/// The same for the request that books drafts.
fn through_commit(site: &Site, skipped: usize, fault: Fault) {
    through(site, site.subject.words().commit.expect("it stages"), skipped, fault);
}

pub(crate) fn a_write_that_never_arrives_is_made_up_for(site: &Site) {
    through(site, site.subject.words().write, 1, Fault::CutBefore);
}

pub(crate) fn a_write_whose_answer_is_lost_is_not_made_twice(site: &Site) {
    through(site, site.subject.words().write, 1, Fault::CutAfter);
}

pub(crate) fn a_write_that_takes_effect_after_it_was_given_up_is_not_made_twice(site: &Site) {
    through(site, site.subject.words().write, 1, Fault::Late(LATE));
}

pub(crate) fn a_write_that_the_network_repeats_is_booked_once(site: &Site) {
    through(site, site.subject.words().write, 1, Fault::Twice);
}

pub(crate) fn a_look_up_that_is_lost_is_no_proof_of_anything(site: &Site) {
    through(site, site.subject.words().look_up, 0, Fault::CutAfter);
}

pub(crate) fn a_commit_that_never_arrives_is_made_up_for(site: &Site) {
    through_commit(site, 0, Fault::CutBefore);
}

pub(crate) fn a_commit_whose_answer_is_lost_is_not_made_twice(site: &Site) {
    through_commit(site, 0, Fault::CutAfter);
}

pub(crate) fn a_commit_that_takes_effect_after_it_was_given_up_is_not_made_twice(site: &Site) {
    through_commit(site, 0, Fault::Late(LATE));
}

pub(crate) fn a_commit_that_the_network_repeats_books_once(site: &Site) {
    through_commit(site, 0, Fault::Twice);
}

/// Everything that writes is lost for a while, now before, now after.
pub(crate) fn a_network_that_loses_every_other_request_loses_no_record(site: &Site) {
    let records = rows(40);
    site.write(&records);
    let words = site.subject.words();
    for text in [Some(words.write), words.commit].into_iter().flatten() {
        site.proxy.nth(text, 0, 1, Fault::CutAfter);
        site.proxy.nth(text, 1, 1, Fault::CutBefore);
        site.proxy.nth(text, 2, 1, Fault::CutAfter);
    }
    for _ in 0..3 {
        site.sync();
    }
    site.proxy.calm();
    site.sync_until_clear();
    site.sync_until_clear();
    site.assert_books(&records);
}
