//! Calls that only ask: tried a few times, with the pauses that the accounting system asks for.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::error::{ErrorCode, Problem};
use crate::ledger::LedgerError;
use crate::lock::Permit;
use crate::ports::{CallError, Clock};

/// Tries of one call.
const TRIES_MAX: u32 = 5;
/// Before the second try, where the accounting system names no time; doubled before each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// No pause is longer, whatever is asked for.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// Why a comparison came to no end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompareError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("the lease is lost")]
    LeaseLost,
    #[error("stopped by a person")]
    Stopped,
}

impl CompareError {
    /// What a person is told; nothing where a person stopped it.
    pub(crate) fn problem(&self) -> Option<Problem> {
        match self {
            Self::Ledger(error) => Some(error.into()),
            Self::Call(error) => Some(error.problem()),
            Self::LeaseLost => Some(Problem::new(ErrorCode::LeaseLost)),
            Self::Stopped => None,
        }
    }
}

/// Whose calls these are.
pub(super) struct Caller<'a> {
    pub(super) clock: &'a dyn Clock,
    pub(super) permit: &'a Permit,
    pub(super) stop: &'a CancellationToken,
}

impl Caller<'_> {
    /// Asks until there is an answer, or no hope of one.
    pub(super) async fn ask<T, F>(&self, call: impl Fn() -> F) -> Result<T, CompareError>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let mut pause = FIRST_PAUSE;
        for tries_left in (0..TRIES_MAX).rev() {
            self.go_on()?;
            let wait = match call().await {
                Ok(answer) => return Ok(answer),
                Err(error @ (CallError::Refused { .. } | CallError::LeaseLost)) => return Err(error.into()),
                Err(error) if tries_left == 0 => return Err(error.into()),
                Err(
                    CallError::NotProcessed { retry_after: Some(asked), .. }
                    | CallError::StillRunning { retry_after: Some(asked), .. },
                ) => asked.min(PAUSE_MAX),
                Err(_) => pause,
            };
            pause *= 2;
            tokio::select! {
                biased;
                () = self.clock.sleep(wait) => {}
                () = self.stop.cancelled() => return Err(CompareError::Stopped),
                () = self.permit.lost().cancelled() => return Err(CompareError::LeaseLost),
            }
        }
        Err(CompareError::Stopped)
    }

    /// Somebody else may be posting once the lease is lost: then what is seen no longer fits together.
    fn go_on(&self) -> Result<(), CompareError> {
        self.permit.check().map_err(|_| CompareError::LeaseLost)?;
        if self.stop.is_cancelled() { Err(CompareError::Stopped) } else { Ok(()) }
    }
}
