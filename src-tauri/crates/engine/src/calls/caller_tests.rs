use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::audit::tests::engine_rig::EngineRig;
use crate::parts::Parts;

/// A call that fails so many times in its manner before it answers, and counts how often it was made.
struct Scripted {
    made: AtomicU32,
    failures: u32,
    failure: fn() -> CallError,
}

impl Scripted {
    fn new(failures: u32, failure: fn() -> CallError) -> Self {
        Self { made: AtomicU32::new(0), failures, failure }
    }

    async fn call(&self) -> Result<&'static str, CallError> {
        if self.made.fetch_add(1, Ordering::Relaxed) < self.failures { Err((self.failure)()) } else { Ok("answered") }
    }

    fn made(&self) -> u32 {
        self.made.load(Ordering::Relaxed)
    }
}

fn problem() -> Problem {
    Problem::internal("a line of the script")
}

fn unknown() -> CallError {
    CallError::Unknown(problem())
}

fn not_sent() -> CallError {
    CallError::NotSent(problem())
}

fn busy() -> CallError {
    CallError::NotProcessed { problem: problem(), retry_after: None }
}

fn still_running() -> CallError {
    CallError::StillRunning { problem: problem(), retry_after: None }
}

fn refused() -> CallError {
    let refusal = crate::domain::Refusal::new("refused", String::new());
    CallError::Refused { problem: problem(), refusal, too_large: false }
}

fn caller(patience: Patience) -> Caller {
    let rig = EngineRig::new(None);
    let Parts { accounting, clock, .. } = rig.engine.parts();
    Caller::new(Arc::clone(accounting), Arc::clone(clock), CancellationToken::new(), patience)
}

#[tokio::test]
async fn call_that_may_have_written_is_never_made_again() {
    let call = Scripted::new(1, unknown);
    let answer = caller(Patience::RUN).patiently(None, || call.call()).await;
    assert!(matches!(answer, Err(CallFailure::Unknown(_))), "{answer:?}");
    assert_eq!(call.made(), 1);
}

#[tokio::test]
async fn call_that_never_left_is_made_again_within_its_limit() {
    let reached = Scripted::new(Patience::RUN.connects_max - 1, not_sent);
    assert!(caller(Patience::RUN).patiently(None, || reached.call()).await.is_ok());
    let never = Scripted::new(u32::MAX, not_sent);
    let answer = caller(Patience::RUN).patiently(None, || never.call()).await;
    assert!(matches!(answer, Err(CallFailure::Unprocessed { doubt: None, .. })), "{answer:?}");
    assert_eq!(never.made(), Patience::RUN.connects_max);
}

#[tokio::test]
async fn server_that_asks_to_wait_is_waited_for_within_a_limit() {
    let waited_for = Scripted::new(Patience::PERSON.waits_max - 1, busy);
    assert!(caller(Patience::PERSON).patiently(None, || waited_for.call()).await.is_ok());
    let endless = Scripted::new(u32::MAX, busy);
    let answer = caller(Patience::PERSON).patiently(None, || endless.call()).await;
    assert!(matches!(answer, Err(CallFailure::Unprocessed { doubt: None, .. })), "{answer:?}");
    assert_eq!(endless.made(), Patience::PERSON.waits_max);
}

#[tokio::test]
async fn request_that_still_runs_leaves_a_doubt_whatever_comes_next() {
    let call = Scripted::new(1, still_running);
    assert!(matches!(caller(Patience::RUN).patiently(None, || call.call()).await, Ok(("answered", true))));
    let endless = Scripted::new(u32::MAX, still_running);
    let answer = caller(Patience::RUN).patiently(None, || endless.call()).await;
    assert!(matches!(answer, Err(CallFailure::Unknown(_))), "given up, it is unknown: {answer:?}");
}

#[tokio::test]
async fn question_is_asked_again_as_often_as_the_patience_says() {
    for (patience, failure, tries) in [
        (Patience::RUN, unknown as fn() -> CallError, Patience::RUN.asks_max),
        (Patience::RUN, refused, Patience::RUN.refusals_max),
        (Patience::WITNESS, unknown, Patience::WITNESS.asks_max),
        (Patience::WITNESS, refused, 1),
        (Patience::PERSON, refused, 1),
    ] {
        let never = Scripted::new(u32::MAX, failure);
        assert!(matches!(caller(patience).ask(None, || never.call()).await, Err(RunError::Problem(_))));
        assert_eq!(never.made(), tries, "{patience:?}");
        let at_last = Scripted::new(tries - 1, failure);
        assert!(caller(patience).ask(None, || at_last.call()).await.is_ok());
    }
}

#[tokio::test]
async fn wait_ends_when_a_person_stops_it() {
    let caller = caller(Patience::RUN);
    caller.stop.cancel();
    caller.postpone(Duration::from_secs(60));
    assert!(matches!(caller.wait_for_turn(None).await, Err(RunError::Stopped)));
}
