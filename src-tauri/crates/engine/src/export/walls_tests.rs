//! Are the three walls given back on every way out: done, failed, panicked, dropped in the middle?

use std::sync::atomic::Ordering;

use futures_util::FutureExt as _;

use crate::audit::tests::engine_rig::{EngineRig, Manner, kari};
use crate::domain::{Outcome, Period, Trigger};
use crate::error::ErrorCode;
use crate::export::SyncAsk;
use crate::lock::FileLock;
use crate::ports::LockHolder;
use crate::views::Phase;

/// Asserts that no run is on in the process, the file is not locked, and every lease was given back.
fn assert_all_free(rig: &EngineRig) {
    assert!(rig.engine.syncing().is_none());
    assert!(FileLock::try_take(&rig.file_lock()).is_ok());
    assert_eq!(rig.books.leases_out.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn run_that_is_done_fails_or_panics_leaves_all_walls_free() {
    let rig = EngineRig::new(None);
    assert_eq!(rig.sync().await.run.and_then(|run| run.outcome), Some(Outcome::Completed));
    assert_all_free(&rig);
    rig.books.treats_witnesses(Manner::OutOfReach);
    rig.sync().await;
    assert_all_free(&rig);
    rig.books.treats_witnesses(Manner::Panics);
    let broke_off = rig.sync().await.error.expect("it says that it broke off");
    assert_eq!(broke_off.code, ErrorCode::Internal);
    assert_all_free(&rig);
    rig.books.treats_witnesses(Manner::Keeps);
    assert_eq!(rig.sync().await.run.and_then(|run| run.outcome), Some(Outcome::Completed), "the next one goes as ever");
    assert_all_free(&rig);
}

#[tokio::test]
async fn run_that_panics_at_its_very_end_is_over_for_whoever_watches() {
    let rig = EngineRig::new(None);
    rig.books.treats_witnesses(Manner::PanicsAtRelease);
    let ask = SyncAsk { period: Period::EVERYTHING, trigger: Trigger::Manual, actor: kari(), wait: None };
    let syncing = rig.engine.start(ask.into());
    let end = syncing.end().await;
    assert_eq!(end.error.map(|error| error.code), Some(ErrorCode::Internal));
    assert_eq!(syncing.progress().borrow().phase, Phase::Finished, "a progress bar ends with it");
}

#[tokio::test]
async fn run_that_is_dropped_frees_slot_and_file_but_not_the_lease() {
    let rig = EngineRig::new(None);
    let ask = || SyncAsk { period: Period::EVERYTHING, trigger: Trigger::Manual, actor: kari(), wait: None };
    for polls in 0..40 {
        let (_, run) = rig.engine.prepare(ask().into());
        let mut run = Box::pin(run.expect("nothing is on"));
        for _ in 0..polls {
            if run.as_mut().now_or_never().is_some() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(run);
        assert!(rig.engine.syncing().is_none(), "after {polls} polls");
        assert!(FileLock::try_take(&rig.file_lock()).is_ok(), "after {polls} polls");
    }
    assert_eq!(rig.sync().await.run.and_then(|run| run.outcome), Some(Outcome::Completed));
}

#[tokio::test]
async fn run_that_died_is_taken_over_at_once_on_its_own_machine_only() {
    let rig = EngineRig::new(None);
    let run_id = rig.sync().await.run.expect("it ran").run_id;
    let holder =
        |host: &str| LockHolder { user: "api-7".into(), name: None, host: host.into(), run_id: run_id.clone() };
    // The folder was copied while that run was on, and the file that names it came along.
    *rig.books.held_by.lock().expect("nobody panics with it") = Some(holder("another machine"));
    assert_eq!(rig.sync().await.error.map(|problem| problem.code), Some(ErrorCode::LockHeld));
    assert!(rig.books.held_by.lock().expect("nobody panics with it").is_some(), "it goes on there");
    let run_id = FileLock::try_take(&rig.file_lock()).expect("nobody has it").note_run(&run_id).expect("writable");
    assert!(run_id.is_some());
    *rig.books.held_by.lock().expect("nobody panics with it") = Some(holder(&kari().host));
    assert_eq!(rig.sync().await.run.and_then(|run| run.outcome), Some(Outcome::Completed));
}

#[tokio::test]
async fn program_that_only_reads_is_waited_for_and_another_is_not() {
    let rig = EngineRig::new(None);
    for (reads, expected) in [(true, None), (false, Some(ErrorCode::LockHeldHere))] {
        let held = FileLock::try_take(&rig.file_lock()).expect("nobody has it");
        let says_so = reads.then(|| FileLock::says_that_it_reads(&rig.file_lock()).expect("nobody reads"));
        let reading = async {
            // It lasts for longer than an instant.
            for _ in 0..500 {
                tokio::task::yield_now().await;
            }
            drop((says_so, held));
        };
        let (end, ()) = tokio::join!(rig.sync(), reading);
        assert_eq!(end.error.map(|problem| problem.code), expected, "reads: {reads}");
    }
}
