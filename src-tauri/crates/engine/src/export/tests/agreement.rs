//! Asks when a workspace agrees with the books, and what it asks a person while its ledger is being rebuilt.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::lagging_rig::{LaggingRig, of};
use crate::audit::tests::engine_rig::kari;
use crate::domain::{Protection, Reference, Topic};
use crate::error::ErrorCode;
use crate::ports::ReferenceScheme;
use crate::settings::StatedBooks;
use crate::settings::WhenStillUnknown::Hold;

#[tokio::test(start_paused = true)]
async fn agreement_is_kept_only_when_no_former_holder_can_send() {
    let rig = LaggingRig::new(Protection::Observed, 5, Hold);
    rig.books.answers.store(true, Ordering::Relaxed);
    *of(&rig.books.scheme) = Some(ReferenceScheme::default());
    // The fence before this one was somebody else's, who ended well.
    rig.books.next_fence.store(2, Ordering::Relaxed);
    *of(&rig.books.unaware) = Some(Vec::new());
    assert!(rig.sync().await.error.is_none());
    let kept = of(&rig.books.kept_after).clone();
    assert_eq!(kept.len(), 1);
    assert!(kept.iter().all(|after| *after >= Duration::from_secs(15)), "{kept:?}");
    assert_eq!(rig.sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn rebuild_asks_nothing_that_nobody_could_answer_there() {
    let books = StatedBooks { organisation: "other".into(), name: None, address: None };
    let rig = LaggingRig::stating(Protection::Enforced, 0, Hold, Some(books));
    let others = ReferenceScheme { prefixes: BTreeSet::from(["other".to_owned()]), ..ReferenceScheme::default() };
    *of(&rig.books.scheme) = Some(others.clone());
    let rebuilt = rig.engine.rebuild(kari()).await.expect("nothing stops it");
    assert!(rebuilt.rebuilt.is_some(), "{:?}", rebuilt.refused.error);
    assert_eq!(*of(&rig.books.scheme), Some(others), "nobody was asked about its prefix, so it is not kept");
    let code = |end: crate::export::SyncEnd| end.error.map(|problem| problem.code);
    assert_eq!(code(rig.sync().await), Some(ErrorCode::BooksDiffer), "the next sync asks");
    assert_eq!(rig.sent(), 0);
}

#[tokio::test(start_paused = true)]
async fn rebuild_stops_for_a_prefix_that_the_old_ledger_had() {
    let rig = LaggingRig::new(Protection::Enforced, 0, Hold);
    let sql = "INSERT INTO pin (topic, value, pinned_at, carried) VALUES ('prefix', '\"other\"', 't', 1)";
    rig.engine.parts().ledger.write(|tx| tx.execute_all(sql)).await.expect("it is carried");
    let refused = rig.engine.rebuild(kari()).await.expect_err("the old ledger can answer");
    assert_eq!(refused.code, ErrorCode::PrefixDiffers);
}

#[tokio::test(start_paused = true)]
async fn pin_in_the_place_of_a_carried_one_binds() {
    let rig = LaggingRig::new(Protection::Enforced, 0, Hold);
    let sql = "INSERT INTO pin (topic, value, pinned_at, carried) VALUES ('prefix', '\"other\"', 't', 1)";
    let bound = rig.engine.parts().ledger.write(|tx| {
        tx.execute_all(sql)?;
        tx.pin(crate::ledger::Pin::Prefix, &"hlf", chrono::DateTime::UNIX_EPOCH)?;
        tx.pinned::<String>(crate::ledger::Pin::Prefix)
    });
    assert_eq!(bound.await.expect("readable"), Some("hlf".to_owned()), "a person said so, and something was exported");
}

#[tokio::test(start_paused = true)]
async fn books_of_an_unlike_name_are_asked_about_once() {
    let rig = LaggingRig::new(Protection::Enforced, 0, Hold);
    rig.books.answers.store(true, Ordering::Relaxed);
    *of(&rig.books.organisation) = ("7".into(), "Bokklubben Nord".into());
    let code = |end: crate::export::SyncEnd| end.error.map(|problem| problem.code);
    for _ in 0..2 {
        assert_eq!(code(rig.sync().await), Some(ErrorCode::BooksUnlikeName));
        assert_eq!(rig.sent(), 0, "nothing is sent before a person has said so");
    }
    rig.engine.confirm(Topic::Prefix, "it is our branch's club", &kari()).await.expect("it is asked");
    assert_eq!(code(rig.sync().await), None);
    assert_eq!(rig.sent(), 1);
    // The same where the books hold vouchers of others, whether or not a scheme could be kept there.
    for scheme in [None, Some(ReferenceScheme::default())] {
        let rig = LaggingRig::new(Protection::Enforced, 0, Hold);
        rig.books.answers.store(true, Ordering::Relaxed);
        *of(&rig.books.organisation) = ("7".into(), "Bokklubben Nord".into());
        *of(&rig.books.scheme) = scheme.clone();
        *of(&rig.books.references) = Some(vec![Reference::from_stored("2026-0007".to_owned())]);
        assert_eq!(code(rig.sync().await), Some(ErrorCode::BooksUnlikeName), "{scheme:?}");
        // Into empty books nobody has exported yet, and they can be anybody's.
        *of(&rig.books.references) = Some(Vec::new());
        assert_eq!(code(rig.sync().await), None, "{scheme:?}");
        assert_eq!(rig.sent(), 1);
    }
    // A name that is like it needs nobody's word.
    let rig = LaggingRig::new(Protection::Enforced, 0, Hold);
    *of(&rig.books.organisation) = ("7".into(), "HLF Nord-Norge".into());
    assert_eq!(code(rig.sync().await), None);
    // Nor do books that a person confirmed at set-up, or that have such references.
    let books = StatedBooks { organisation: "7".into(), name: None, address: None };
    let rig = LaggingRig::stating(Protection::Enforced, 0, Hold, Some(books));
    *of(&rig.books.organisation) = ("7".into(), "Bokklubben Nord".into());
    assert_eq!(code(rig.sync().await), None);
    let rig = LaggingRig::new(Protection::Enforced, 0, Hold);
    *of(&rig.books.organisation) = ("7".into(), "Bokklubben Nord".into());
    let own = ReferenceScheme { prefixes: BTreeSet::from(["hlf".to_owned()]), ..ReferenceScheme::default() };
    *of(&rig.books.scheme) = Some(own);
    assert_eq!(code(rig.sync().await), None);
}

#[tokio::test(start_paused = true)]
async fn prefix_from_before_schemes_is_found_by_looking() {
    let rig = LaggingRig::new(Protection::Enforced, 0, Hold);
    *of(&rig.books.scheme) = Some(ReferenceScheme::default());
    *of(&rig.books.references) = Some(vec![Reference::from_stored("nord:U-0001".to_owned())]);
    let refused = rig.sync().await.error.map(|problem| problem.code);
    assert_eq!((refused, rig.sent()), (Some(ErrorCode::PrefixDiffers), 0));
}

/// Not seen is not absent: the prefix of another may stand on a page that the circle leaves out.
#[tokio::test(start_paused = true)]
async fn references_that_go_round_in_circles_say_nothing() {
    let rig = LaggingRig::new(Protection::Enforced, 0, Hold);
    rig.books.answers.store(true, Ordering::Relaxed);
    *of(&rig.books.scheme) = Some(ReferenceScheme::default());
    *of(&rig.books.references) = Some(vec![Reference::from_stored("hlf:U-0001".to_owned())]);
    rig.books.references_circle.store(true, Ordering::Relaxed);
    let refused = rig.sync().await.error.map(|problem| problem.code);
    assert_eq!((refused, rig.sent()), (Some(ErrorCode::AccountingListEndless), 0));
    rig.books.references_circle.store(false, Ordering::Relaxed);
    assert_eq!((rig.sync().await.error, rig.sent()), (None, 1), "the lock was given back");
}

#[tokio::test(start_paused = true)]
async fn longer_references_of_ones_own_are_looked_for_ever_after() {
    for (beyond, forms) in [(0, 1), (1, 2), (40, 2)] {
        let rig = LaggingRig::new(Protection::Enforced, 0, Hold);
        rig.books.answers.store(true, Ordering::Relaxed);
        let current = of(&rig.books.capabilities).reference_rules;
        *of(&rig.books.scheme) = Some(ReferenceScheme::default());
        let long = "x".repeat(current.length_max + beyond - "hlf:".len());
        *of(&rig.books.references) =
            Some(vec![Reference::from_stored(format!("hlf:{long}")), Reference::from_stored("hlf:A-1".to_owned())]);
        for run in 1..=2 {
            assert!(rig.sync().await.error.is_none());
            let kept = of(&rig.books.scheme).clone().expect("it is kept").rules;
            assert_eq!(kept.len(), forms, "{beyond} after run {run}: {kept:?}");
            assert!(kept.contains(&current));
            let longest = kept.iter().map(|rules| rules.length_max).max();
            assert_eq!(longest, Some(current.length_max + beyond), "{kept:?}");
        }
        assert_eq!(of(&rig.books.kept_after).len(), 1, "what stands there is not written again");
    }
}
