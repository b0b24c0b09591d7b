//! Asks what a look-up proves that finds nothing: under each protection, with a search that lags, with fences, clocks and
//! leases that are not what they were.

use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;

use super::lagging_rig::{LaggingRig, of};
use crate::audit::tests::engine_rig::kari;
use crate::domain::{Period, Protection, RunId};
use crate::error::ErrorCode;
use crate::ports::Unaware;
use crate::settings::WhenStillUnknown::{Hold, Send};
use crate::verbs::CompareAsk;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn voucher_that_was_seen_once_and_is_gone_is_never_sent_again() {
    let rig = LaggingRig::new(Protection::Observed, 0, Send);
    // The answer is lost, and what stands there then is not what was sent.
    *of(&rig.books.leaves) = Some("1.00");
    rig.sync().await;
    assert_eq!((rig.sent(), rig.in_doubt().await), (1, 1));
    of(&rig.books.shown).clear();
    rig.pass(seconds(1_000)).await;
    rig.sync().await;
    assert_eq!((rig.sent(), rig.in_doubt().await), (1, 1), "it is a person's case, and is not sent");
}

#[tokio::test(start_paused = true)]
async fn absence_without_proof_is_sent_only_by_the_workspaces_rule() {
    for (rule, sent) in [(Hold, 1), (Send, 2)] {
        // No answer arrives, and nothing ever stands there.
        let rig = LaggingRig::new(Protection::Observed, 0, rule);
        rig.sync().await;
        assert_eq!((rig.sent(), rig.in_doubt().await), (sent, 1), "{rule:?}");
    }
    let rig = LaggingRig::new(Protection::Observed, 0, Hold);
    rig.sync().await;
    rig.books.answers.store(true, Ordering::Relaxed);
    rig.pass(seconds(100_000)).await;
    rig.sync().await;
    assert_eq!((rig.sent(), rig.in_doubt().await), (1, 1), "no time makes a proof of it");
}

#[tokio::test(start_paused = true)]
async fn absence_is_not_believed_under_the_fence_of_the_sending() {
    let rig = LaggingRig::new(Protection::Fenced, 0, Hold);
    // Somebody else takes the lock before a newer fence can be had.
    rig.books.grants_left.store(1, Ordering::Relaxed);
    rig.sync().await;
    assert_eq!((rig.sent(), rig.in_doubt().await), (1, 1), "the request may still arrive under this fence");
    rig.books.grants_left.store(u64::MAX, Ordering::Relaxed);
    rig.books.answers.store(true, Ordering::Relaxed);
    rig.sync().await;
    assert_eq!((rig.sent(), rig.in_doubt().await), (2, 0), "a newer fence proves it");
    let fences: Vec<u64> = of(&rig.books.sent).iter().map(|sent| sent.fence).collect();
    assert_eq!(fences, [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn newer_fence_proves_absence_once_the_search_has_caught_up() {
    for lag in [0, 3, 30] {
        let rig = LaggingRig::new(Protection::Fenced, lag, Hold);
        // The answer to the first sending alone is lost: the run takes a newer fence, waits, looks, and sends again.
        rig.books.grants_left.store(1, Ordering::Relaxed);
        rig.sync().await;
        rig.books.grants_left.store(u64::MAX, Ordering::Relaxed);
        rig.books.answers.store(true, Ordering::Relaxed);
        rig.sync().await;
        assert_eq!((rig.sent(), rig.in_doubt().await), (2, 0), "lag {lag}");
        assert!(rig.last_sent().after_grant >= seconds(lag), "lag {lag}: {:?}", rig.last_sent().after_grant);
    }
}

#[tokio::test(start_paused = true)]
async fn run_after_somebody_elses_waits_until_theirs_shows() {
    for (protection, lag, unaware, waits) in [
        (Protection::Enforced, 5, None, 0),
        (Protection::Fenced, 5, None, 5),
        (Protection::Fenced, 0, None, 0),
        (Protection::Observed, 5, Some(0), 15),
        (Protection::Observed, 5, Some(40), 55),
        (Protection::Observed, 0, None, 70),
    ] {
        let rig = LaggingRig::new(protection, lag, Hold);
        rig.books.answers.store(true, Ordering::Relaxed);
        let run = RunId::new("other");
        *of(&rig.books.unaware) =
            unaware.map(|life| if life == 0 { Vec::new() } else { vec![Unaware { run, life: seconds(life) }] });
        // The fence before this one was somebody else's.
        rig.books.next_fence.store(2, Ordering::Relaxed);
        rig.sync().await;
        let (waited, what) = (rig.last_sent().after_grant, format!("{protection:?} {lag} {unaware:?}"));
        assert!(waited >= seconds(waits) && waited < seconds(waits + 10), "{what}: {waited:?}, not {waits} s");
    }
}

#[tokio::test(start_paused = true)]
async fn run_after_its_own_waits_for_nobody() {
    for protection in [Protection::Fenced, Protection::Observed] {
        let rig = LaggingRig::new(protection, 30, Hold);
        rig.books.answers.store(true, Ordering::Relaxed);
        rig.sync().await;
        assert!(rig.last_sent().after_grant < seconds(5), "{protection:?}: {:?}", rig.last_sent().after_grant);
    }
}

#[tokio::test(start_paused = true)]
async fn servers_clock_an_hour_forward_proves_nothing() {
    for hours in [1, -1, 24 * 365] {
        let rig = LaggingRig::new(Protection::Observed, 5, Send);
        // The lease is lost in the middle: the doubt is left to the next run.
        *of(&rig.books.life) = Some(seconds(4));
        rig.books.renews.store(false, Ordering::Relaxed);
        rig.sync().await;
        assert_eq!((rig.sent(), rig.in_doubt().await), (1, 1), "the answer was lost, and the lease");
        let first = rig.last_sent().at;
        *of(&rig.books.life) = None;
        rig.books.renews.store(true, Ordering::Relaxed);
        rig.books.answers.store(true, Ordering::Relaxed);
        *of(&rig.time.shift_there) = TimeDelta::hours(hours);
        rig.sync().await;
        assert_eq!((rig.sent(), rig.in_doubt().await), (2, 0), "{hours} hours");
        let later = rig.last_sent().at - first;
        assert!(later >= seconds(15), "{hours} hours: it could still arrive and not show, {later:?} after it was sent");
    }
}

#[tokio::test(start_paused = true)]
async fn fence_that_did_not_grow_stops_the_run() {
    let rig = LaggingRig::new(Protection::Fenced, 0, Hold);
    rig.books.next_fence.store(50, Ordering::Relaxed);
    rig.sync().await;
    let sent = rig.sent();
    for fence in [1, 49, 50] {
        rig.books.next_fence.store(fence, Ordering::Relaxed);
        let end = rig.sync().await;
        assert_eq!(end.error.map(|problem| problem.code), Some(ErrorCode::FenceWentBack), "fence {fence}");
        assert_eq!(rig.sent(), sent);
    }
    // If fences do not protect, their numbers are nobody's business but the wait's.
    for protection in [Protection::Enforced, Protection::Observed] {
        let rig = LaggingRig::new(protection, 0, Hold);
        rig.books.answers.store(true, Ordering::Relaxed);
        rig.books.next_fence.store(50, Ordering::Relaxed);
        rig.sync().await;
        rig.books.next_fence.store(1, Ordering::Relaxed);
        assert!(rig.sync().await.error.is_none(), "{protection:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn lease_lasts_as_long_as_was_really_granted() {
    for (life, sent) in [(6, 0), (60, 1)] {
        let rig = LaggingRig::new(Protection::Observed, 0, Hold);
        rig.books.answers.store(true, Ordering::Relaxed);
        rig.books.renews.store(false, Ordering::Relaxed);
        // The first byte would leave in the last quarter of the shorter lease.
        *of(&rig.books.hesitates) = seconds(5);
        *of(&rig.books.life) = Some(seconds(life));
        rig.sync().await;
        assert_eq!(rig.sent(), sent, "granted for {life} s");
    }
}

#[tokio::test(start_paused = true)]
async fn acknowledged_voucher_that_no_look_up_shows_stops_the_run() {
    for (protection, lag, measured) in [
        (Protection::Fenced, 0, Some("1")),
        (Protection::Fenced, 3, Some("4")),
        (Protection::Enforced, 5, Some("6")),
        (Protection::Observed, 5, Some("16")),
        // So long is not waited for at the end of a run.
        (Protection::Fenced, 60, None),
    ] {
        let rig = LaggingRig::new(protection, lag, Hold);
        rig.books.answers.store(true, Ordering::Relaxed);
        rig.books.shows_acknowledged.store(false, Ordering::Relaxed);
        let what = format!("{protection:?} {lag}");
        let longer = |error: Option<crate::error::Problem>| {
            error.map(|problem| (problem.code, problem.params.get("measured").cloned().unwrap_or_default()))
        };
        let expected = measured.map(|measured| (ErrorCode::SearchLagLonger, measured.to_owned()));
        assert_eq!(longer(rig.sync().await.error), expected, "{what}");
        let counts = rig.engine.counts().await.expect("the ledger is readable");
        assert_eq!((counts.posted, counts.vanished), (1, 0), "{what}: what was acknowledged stays exported");
        if measured.is_none() {
            continue;
        }
        rig.pass(seconds(10)).await;
        assert_eq!(longer(rig.sync().await.error), expected, "{what}: it is remembered");
        assert_eq!(rig.sent(), 1, "{what}: nothing more is sent");
        of(&rig.books.capabilities).search_lag = seconds(60);
        assert_eq!(rig.sync().await.error, None, "{what}: so much explains it");
        assert_eq!((rig.sent(), rig.engine.counts().await.expect("readable").vanished), (1, 0), "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn list_that_never_ends_is_given_up_with_a_sentence() {
    let circle: fn(Option<&str>) -> Option<String> = |cursor| Some(if cursor == Some("a") { "b" } else { "a" }.into());
    let endless: fn(Option<&str>) -> Option<String> =
        |cursor| Some((cursor.map_or(0, |cursor| cursor.parse::<u64>().expect("a number")) + 1).to_string());
    for list in [circle, endless] {
        let rig = LaggingRig::new(Protection::Enforced, 0, Hold);
        *of(&rig.books.list) = list;
        let ask = CompareAsk { period: Period::EVERYTHING, actor: kari() };
        let end = rig.engine.compare(ask, |_| {}, tokio_util::sync::CancellationToken::new()).await;
        let problem = end.error.expect("it is given up");
        assert_eq!(problem.code, ErrorCode::AccountingListEndless, "{problem}");
        let rebuilt = rig.engine.rebuild(kari()).await.expect_err("it is given up");
        assert_eq!(rebuilt.code, ErrorCode::AccountingListEndless, "{rebuilt}");
        assert!(rig.sync().await.error.is_none(), "the lock was given back");
    }
}
