//! Tries the scheduler on a made-up clock: each time runs once, however many programs keep to the schedule, and
//! whatever refuses a run.

use std::sync::Mutex;
use std::sync::atomic::Ordering;

use crate::audit::tests::engine_rig::{EngineRig, kari};
use crate::domain::Outcome;
use crate::verbs::schedule::*;
use crate::views::RunSummary;

/// Returns a schedule of each minute: the rig's clock goes on by a second for each look at it.
fn minutely(catch_up: bool) -> Schedule {
    Schedule::parse("* * * * *", chrono_tz::UTC, catch_up).expect("a schedule")
}

/// Keeps to the engine's schedule until so many runs ended; returns their times, and how many were missed before each.
async fn keep(engine: &Arc<Engine>, runs: usize, each: impl Fn() + Send + Sync) -> Vec<(i64, u64)> {
    let (stop, heard) = (CancellationToken::new(), Mutex::new(Vec::new()));
    let report = |news| {
        let mut heard = heard.lock().expect("no test panics with it");
        match news {
            ScheduleNews::Ended { scheduled_for, missed, .. } => heard.push((scheduled_for.timestamp(), missed)),
            ScheduleNews::Missed { scheduled_for, times } => heard.push((scheduled_for.timestamp(), times)),
            ScheduleNews::Trouble(problem) => panic!("{problem}"),
            ScheduleNews::Waiting { .. } | ScheduleNews::Started { .. } => return,
        }
        each();
        if heard.len() == runs {
            stop.cancel();
        }
    };
    engine.run_schedule(&kari(), &stop, report).await.expect("the ledger is well");
    heard.into_inner().expect("no test panics with it")
}

async fn history(engine: &Engine) -> Vec<RunSummary> {
    engine.ledger().runs(50, None).await.expect("the ledger is read")
}

fn set_clock(rig: &EngineRig, second: u64) {
    rig.clock.0.store(second, Ordering::Relaxed);
}

#[tokio::test]
async fn new_schedule_counts_from_now_and_each_time_has_one_run() {
    let rig = EngineRig::new(None);
    set_clock(&rig, 1_000_000);
    let engine = rig.keeping_to(&minutely(true));
    let ran = keep(&engine, 3, || {}).await;
    assert_eq!(ran.iter().map(|(_, missed)| missed).sum::<u64>(), 0, "nothing is caught up from 1970: {ran:?}");
    assert!(ran.iter().all(|&(at, _)| at > 1_000_000 && at % 60 == 0), "{ran:?}");
    assert!(ran.windows(2).all(|pair| pair[1].0 == pair[0].0 + 60), "{ran:?}");
    let runs = history(&engine).await;
    assert!(runs.iter().all(|run| run.trigger == Trigger::Scheduled && run.outcome == Some(Outcome::Completed)));
    assert_eq!(runs.len(), 3);
    assert!(!rig.verdict().await.is_changed());
}

#[tokio::test]
async fn missed_times_are_one_run_and_no_time_comes_twice() {
    let rig = EngineRig::new(None);
    set_clock(&rig, 1_000_000);
    let engine = rig.keeping_to(&minutely(true));
    keep(&engine, 1, || {}).await;
    set_clock(&rig, 1_006_000);
    let slept = keep(&engine, 1, || {}).await;
    assert!(slept[0].1 > 95, "one run for all that was missed: {slept:?}");
    // The clock is set a year ahead by mistake, one run is made there, and it is set back: a time that was dealt with
    // is not dealt with again.
    set_clock(&rig, 32_000_000);
    let ahead = keep(&engine, 1, || {}).await;
    set_clock(&rig, 1_005_900);
    let back = keep(&engine, 3, || {}).await;
    let mut all = [slept, ahead, back.clone()].concat();
    all.sort_unstable();
    all.dedup_by_key(|(at, _)| *at);
    assert_eq!(all.len(), 5, "{all:?}");
    assert!(back.iter().all(|&(at, missed)| at < 1_007_000 && missed == 0), "it goes on, and not in a year: {back:?}");
    assert!(engine.next_run().await.expect("it is read").is_some_and(|next| next.timestamp() < 1_010_000));
}

#[tokio::test]
async fn missed_times_are_reported_and_left_without_catching_up() {
    let rig = EngineRig::new(None);
    set_clock(&rig, 1_000_000);
    let daily = Schedule::parse("0 2 * * *", chrono_tz::UTC, false).expect("a schedule");
    let engine = rig.keeping_to(&daily);
    let stop = CancellationToken::new();
    engine.run_schedule(&kari(), &stop, |_| stop.cancel()).await.expect("the schedule is seen, and nothing is due");
    set_clock(&rig, 1_000_000 + 3 * 86_400);
    let missed = keep(&engine, 1, || {}).await;
    assert_eq!(missed.iter().map(|(_, times)| times).sum::<u64>(), 3, "{missed:?}");
    assert!(history(&engine).await.is_empty());
    let mut left = rig.raw();
    let transaction = left.transaction().expect("a transaction");
    let how = transaction.query_row("SELECT how FROM scheduled_time", [], |row| row.get::<_, String>(0));
    assert_eq!(how.expect("one row"), "missed");
}

#[tokio::test]
async fn time_that_another_program_has_claimed_is_not_run_here() {
    let rig = EngineRig::new(None);
    set_clock(&rig, 1_000_000);
    let one = rig.keeping_to(&minutely(true));
    keep(&one, 1, || {}).await;
    set_clock(&rig, 1_003_000);
    let now = rig.clock_now();
    let claim = |run: &str| {
        let (schedule, run) = (minutely(true), RunId::new(run));
        one.parts().ledger.write(move |tx| claim(tx, &schedule, run, now))
    };
    assert!(matches!(claim("first").await, Ok(Due::Run { .. })));
    assert!(matches!(claim("second").await, Ok(Due::Nothing)));
}

#[tokio::test]
async fn scheduled_run_joins_nothing_and_is_skipped_in_the_history() {
    let rig = EngineRig::new(None);
    let ask = |trigger| SyncAsk { period: Period::EVERYTHING, trigger, actor: kari(), wait: None };
    let (manual, run) = rig.engine.prepare(ask(Trigger::Manual).into());
    let scheduled = rig.engine.start(ask(Trigger::Scheduled).into());
    assert!(!scheduled.joined());
    let end = scheduled.end().await;
    assert_eq!(end.error.as_ref().map(|problem| problem.code), Some(ErrorCode::LockHeldHere));
    let entry = end.run.expect("it has an entry");
    assert_eq!((entry.outcome, entry.fence, entry.counts.read), (Some(Outcome::Failed), None, 0));
    assert!(rig.engine.syncing().is_some(), "the run that is on goes on");
    run.expect("it was prepared").await;
    let end = manual.end().await;
    assert_eq!(end.run.and_then(|run| run.outcome), Some(Outcome::Completed), "nothing of it was disturbed");
    let runs = history(&rig.engine).await;
    assert_eq!(runs.iter().map(|run| run.trigger).collect::<Vec<_>>(), [Trigger::Manual, Trigger::Scheduled]);
    assert_eq!(history_after(&rig.engine, &runs[0].run_id).await, [runs[1].run_id.clone()], "a page further");
    assert!(!rig.verdict().await.is_changed());
    let after = rig.engine.start(ask(Trigger::Scheduled).into()).end().await;
    assert_eq!(after.run.and_then(|run| run.outcome), Some(Outcome::Completed));
}

async fn history_after(engine: &Engine, run: &RunId) -> Vec<RunId> {
    let page = engine.ledger().runs(50, Some(run)).await.expect("the ledger is read");
    page.into_iter().map(|run| run.run_id).collect()
}

#[tokio::test]
async fn run_that_was_not_let_in_breaks_no_row_of_fences() {
    let rig = EngineRig::new(None);
    let fence = |engine: Arc<Engine>| async move {
        let ask = SyncAsk { period: Period::EVERYTHING, trigger: Trigger::Scheduled, actor: kari(), wait: None };
        engine.start(ask.into()).end().await.run.and_then(|run| run.fence)
    };
    assert_eq!(fence(Arc::clone(&rig.engine)).await, Some(1));
    let held = std::fs::File::open(rig.file_lock()).expect("the lock's file");
    held.lock().expect("nobody has it");
    assert_eq!(fence(Arc::clone(&rig.engine)).await, None, "another program has the machine's lock");
    drop(held);
    assert_eq!(fence(Arc::clone(&rig.engine)).await, Some(2));
    let follows = rig.ledger().read(|tx| tx.follows_others(3)).await.expect("it is read");
    assert!(!follows, "fences 1 and 2 were ours");
}

#[tokio::test]
async fn ledger_that_is_gone_ends_the_schedule_with_an_error() {
    let rig = EngineRig::new(None);
    set_clock(&rig, 1_000_000);
    let engine = rig.keeping_to(&minutely(true));
    let report = |news| {
        if matches!(news, ScheduleNews::Ended { .. }) {
            std::fs::remove_file(engine.ledger().path()).expect("it is there");
        }
    };
    let ended = engine.run_schedule(&kari(), &CancellationToken::new(), report).await;
    assert_eq!(ended.expect_err("it is gone").code, ErrorCode::LedgerMissing);
}
