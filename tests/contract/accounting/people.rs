//! Tests people who work in the same books: their acts are noticed and named, and nothing is exported again.

use postonce_tests::{CommandOutput, Fault, wait_for, wait_until};

use super::subject::ByHand;
use super::system_rig::{Row, SystemRig, rows};

/// Exports some records, lets a person act on one, and compares until that is noticed; returns the kinds of differences, and
/// the output of the next sync.
fn after(rig: &SystemRig, act: ByHand) -> (Vec<String>, CommandOutput) {
    let records = rows(20);
    rig.write(&records);
    let sync = rig.sync();
    assert_eq!((sync.status, sync.count("posted")), (Some(0), 20), "{sync:?}");
    let reference = rig.reference(&records[6].id);
    rig.subject.by_hand(act, &reference);
    let before = rig.subject.vouchers();
    // A voucher that was acknowledged a moment ago need not be seen yet where a search may lag.
    let (status, kinds) = wait_for("a difference", || {
        let compared = rig.run(&["compare"]);
        let differences = compared.last()["differences"].as_array()?;
        let kinds: Vec<_> = differences.iter().filter_map(|one| Some(one["kind"].as_str()?.to_owned())).collect();
        (!kinds.is_empty()).then_some((compared.status, kinds))
    });
    assert_eq!(status, Some(4));
    let again = rig.sync();
    assert_eq!(again.count("posted"), 0, "and nothing is exported again: {again:?}");
    assert_eq!(rig.subject.vouchers(), before, "not by the server's word either");
    (kinds, again)
}

pub(crate) fn a_voucher_reversed_by_hand_is_noticed_and_not_sent_again(rig: &SystemRig) {
    let (kinds, again) = after(rig, ByHand::Reverse);
    assert_eq!(kinds, ["reversed"]);
    assert_eq!(again.status, Some(4), "it waits for a person: {again:?}");
}

pub(crate) fn a_voucher_deleted_by_hand_is_noticed_and_not_sent_again(rig: &SystemRig) {
    let (kinds, again) = after(rig, ByHand::Delete);
    assert_eq!(kinds, ["missing_in_accounting"]);
    assert_eq!(again.status, Some(4), "it waits for a person: {again:?}");
}

/// Does not compare in between: the sync itself notices.
pub(crate) fn the_next_sync_notices_by_itself_that_a_voucher_is_gone(rig: &SystemRig) {
    let records = rows(12);
    rig.write(&records);
    assert_eq!(rig.sync().status, Some(0));
    rig.subject.by_hand(ByHand::Delete, &rig.reference(&records[3].id));
    rig.subject.by_hand(ByHand::Reverse, &rig.reference(&records[4].id));
    let left = rig.subject.vouchers();
    wait_until("a sync that notices both", || {
        let again = rig.sync();
        assert_eq!(again.count("posted"), 0, "{again:?}");
        again.status == Some(4) && rig.run(&["status"]).last()["records"]["vanished"] == 2
    });
    assert_eq!(rig.subject.vouchers(), left);
}

pub(crate) fn a_voucher_without_its_reference_is_noticed_and_not_sent(rig: &SystemRig) {
    let (kinds, _) = after(rig, ByHand::Rename);
    assert_eq!(kinds, ["missing_in_accounting"]);
}

pub(crate) fn several_vouchers_of_one_reference_are_named(rig: &SystemRig) {
    let (kinds, _) = after(rig, ByHand::Copy);
    assert_eq!(kinds, ["several"]);
}

/// Runs a sync that stages everything and can commit nothing; returns its records and their references.
fn staged(rig: &SystemRig) -> (Vec<Row>, Vec<String>) {
    let commit = rig.subject.words().commit.expect("it stages");
    let records = rows(20);
    rig.write(&records);
    rig.proxy.nth(commit, 0, usize::MAX, Fault::CutBefore);
    let sync = rig.sync();
    assert_ne!(sync.status, Some(0), "{sync:?}");
    rig.proxy.calm();
    let drafts = rig.subject.drafts();
    assert!(!drafts.is_empty(), "something was staged");
    assert_eq!(rig.subject.vouchers(), [], "and nothing was booked");
    (records, drafts.into_iter().map(|draft| draft.reference).collect())
}

pub(crate) fn drafts_left_behind_are_finished_or_cleared_away(rig: &SystemRig) {
    let (records, _) = staged(rig);
    rig.sync_until_clear();
    rig.sync_until_clear();
    rig.assert_books(&records);
}

/// Loses the ledger, too, as in a crash of the machine: somebody else finds the drafts.
pub(crate) fn drafts_left_behind_by_a_lost_ledger_are_cleared_away(rig: &SystemRig) {
    let (records, _) = staged(rig);
    rig.forget_ledger();
    rig.sync_until_clear();
    rig.sync_until_clear();
    rig.assert_books(&records);
}

/// Finds drafts of which nothing is known but what a look-up shows: they are made anew, never booked, also where the first try
/// to discard them was lost.
pub(crate) fn drafts_found_and_not_surely_discarded_are_made_anew(rig: &SystemRig) {
    let (records, _) = staged(rig);
    rig.forget_ledger();
    let words = rig.subject.words();
    rig.proxy.nth(words.discard.expect("it discards"), 0, usize::MAX, Fault::CutBefore);
    let sync = rig.sync();
    assert_ne!(sync.count("in_doubt"), 0, "{sync:?}");
    assert_eq!(rig.subject.vouchers(), []);
    rig.proxy.calm();
    let staged = rig.proxy.came(words.write);
    rig.sync_until_clear();
    rig.sync_until_clear();
    assert!(rig.proxy.came(words.write) > staged, "they are staged once more");
    rig.assert_books(&records);
}

/// Deletes a draft that may have been booked before it went: a doubt that no evidence resolves is resolved by a person, and then
/// the draft is made again.
pub(crate) fn a_draft_that_a_person_deleted_holds_nothing_but_itself(rig: &SystemRig) {
    let (records, drafts) = staged(rig);
    rig.subject.delete_draft(&drafts[0]);
    rig.sync();
    if rig.sync().status != Some(0) {
        assert_eq!(rig.subject.vouchers().len(), records.len() - 1, "all the others are booked");
        let attention = rig.run(&["attention"]);
        let items = attention.last()["items"].as_array().expect("a list");
        let waiting: Vec<&str> = items.iter().filter_map(|item| item["record_id"].as_str()).collect();
        assert_eq!(waiting.len(), 1, "{attention:?}");
        let word = ["resolve", waiting[0], "--not-posted", "--reason", "I deleted its draft myself"];
        let resolved = rig.run(&word);
        assert_eq!(resolved.status, Some(0), "{resolved:?}");
    }
    rig.sync_until_clear();
    rig.sync_until_clear();
    rig.assert_books(&records);
}

/// Books a draft under a name that no look-up knows: nothing is sent again, and the person who did it may say so.
pub(crate) fn a_draft_renamed_and_booked_by_hand_waits_for_a_person(rig: &SystemRig) {
    let (records, drafts) = staged(rig);
    let voucher = rig.subject.book_draft_as(&drafts[0], "Mended by hand");
    rig.sync();
    rig.sync();
    assert_eq!(rig.subject.vouchers().len(), records.len(), "nothing was sent in its place");
    let attention = rig.run(&["attention"]);
    let items = attention.last()["items"].as_array().expect("a list");
    let waiting: Vec<&str> = items.iter().filter_map(|item| item["record_id"].as_str()).collect();
    assert_eq!(waiting.len(), 1, "{attention:?}");
    assert!(attention.words.contains(&voucher) || items[0].to_string().contains(&voucher), "{attention:?}");
    let denied = rig.run(&["resolve", waiting[0], "--not-posted", "--reason", "I do not remember it"]);
    assert_eq!(denied.last()["error"]["code"], "resolution_contradicted", "{denied:?}");
    let word = ["resolve", waiting[0], "--posted", &voucher, "--reason", "I renamed and booked it myself"];
    let resolved = rig.run(&word);
    assert_eq!(resolved.status, Some(0), "{resolved:?}");
    let last = rig.sync();
    assert_eq!(last.count("posted"), 0, "{last:?}");
    rig.assert_books(&records);
}

/// Loses the ledger after a re-export: the next one does not begin again at the first voucher, which is gone.
pub(crate) fn a_ledger_that_missed_a_re_export_posts_nothing_for_it(rig: &SystemRig) {
    let records = rows(6);
    rig.write(&records);
    assert_eq!(rig.sync().status, Some(0));
    let id = records[2].id.as_str();
    rig.subject.by_hand(ByHand::Delete, &rig.reference(id));
    let word = ["re-export", id, "--reason", "The voucher was deleted by mistake", "--confirm", id];
    // As long as a look-up need not show it, the voucher is not gone.
    wait_until("a re-export that is let in", || rig.run(&word).status == Some(0));
    let booked = rig.subject.vouchers();
    rig.forget_ledger();
    for _ in 0..3 {
        let sync = rig.sync();
        assert_eq!(sync.count("posted"), 0, "{sync:?}");
    }
    assert_eq!(rig.subject.vouchers(), booked);
    let rebuilt = rig.run(&["rebuild", "--reason", "The ledger was made anew by hand", "--confirm", "hlf"]);
    assert_eq!(rebuilt.status, Some(0), "{rebuilt:?}");
    let sync = rig.sync();
    assert_eq!((sync.count("posted"), sync.count("skipped")), (0, 6), "{sync:?}");
    assert_eq!(rig.subject.vouchers(), booked);
}

/// A bookkeeper's own work is theirs, whatever text they copied along with it.
pub(crate) fn a_copy_that_a_person_drafted_is_left_alone_and_named(rig: &SystemRig) {
    let records = rows(6);
    rig.write(&records);
    assert_eq!(rig.sync().status, Some(0));
    rig.subject.copy_as_draft(&rig.reference(&records[1].id));
    for _ in 0..2 {
        let sync = rig.sync();
        assert_eq!((sync.status, sync.count("posted")), (Some(0), 0), "{sync:?}");
    }
    assert_eq!(rig.subject.drafts().len(), 1, "it stands there still");
    let compared = rig.run(&["compare"]);
    assert_eq!(compared.last()["differences"][0]["kind"], "draft_left", "{compared:?}");
}

/// Changes no total of a draft, but Tryton keeps the time of each write.
pub(crate) fn a_draft_whose_account_a_person_changed_is_made_anew(rig: &SystemRig) {
    let (records, drafts) = staged(rig);
    rig.subject.redirect_draft(&drafts[0]);
    rig.sync_until_clear();
    rig.sync_until_clear();
    rig.assert_books(&records);
    assert_eq!(rig.subject.redirected(), 0, "nobody approved that account");
}

/// Only approved content is booked, whatever somebody did to a draft.
pub(crate) fn a_draft_that_a_person_changed_is_never_booked_as_it_is(rig: &SystemRig) {
    let (records, drafts) = staged(rig);
    rig.subject.double_draft(&drafts[0]);
    for _ in 0..3 {
        rig.sync();
    }
    let approved: Vec<i64> = records.iter().map(|row| row.minor).collect();
    let vouchers = rig.subject.vouchers();
    for voucher in &vouchers {
        assert!(approved.contains(&voucher.minor), "nobody approved {voucher:?}");
    }
    assert!(vouchers.len() >= records.len() - 1, "and it does not hold the others: {} are booked", vouchers.len());
}
