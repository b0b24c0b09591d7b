//! Repeats a call that changes nothing, or nothing more when it comes again, after a wait.

use std::time::Duration;

use postonce_engine::ports::{CallError, Clock};

/// The first wait between two tries; it doubles.
const WAIT_FIRST: Duration = Duration::from_secs(1);
/// The longest wait between two tries; a platform that asks for a longer one is reported instead.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Makes the call so many times at most.
pub(super) async fn patiently<T, F>(clock: &dyn Clock, tries_max: u32, call: impl Fn() -> F) -> Result<T, CallError>
where
    F: Future<Output = Result<T, CallError>>,
{
    let mut wait = WAIT_FIRST;
    for _ in 1..tries_max {
        let error = match call().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let asked_for = match &error {
            CallError::NotProcessed { retry_after, .. } => *retry_after,
            CallError::NotSent(_) | CallError::Unknown(_) if is_passing(&error) => None,
            _ => return Err(error),
        };
        let pause = asked_for.unwrap_or(wait);
        if pause > WAIT_MAX {
            return Err(error);
        }
        clock.sleep(pause).await;
        wait *= 2;
    }
    call().await
}

/// Says whether the error may be over in a moment: not reached, no answer, or a `5xx`.
fn is_passing(error: &CallError) -> bool {
    let problem = error.problem();
    problem.params.get("status").is_none_or(|status| status.starts_with('5'))
}
