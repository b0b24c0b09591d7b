//! Holds the reason why a run, a comparison or another verb over the network does not go on.

use crate::domain::Outcome;
use crate::error::Problem;
use crate::ledger::LedgerError;
use crate::ports::{CallError, SourceError};

/// The reason why a run does not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("{0}")]
    Problem(Problem),
    #[error("the lease is lost")]
    LeaseLost,
    #[error("stopped by a person")]
    Stopped,
}

impl RunError {
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::LeaseLost | Self::Call(CallError::LeaseLost) => Outcome::LeaseLost,
            Self::Stopped => Outcome::Stopped,
            _ => Outcome::Failed,
        }
    }

    /// Says whether the reason came over the network or from a person, so that the ledger can still be written.
    pub(crate) fn is_from_outside(&self) -> bool {
        !matches!(self, Self::Ledger(_))
    }

    /// Returns the problem for a person; nothing for a run that a person stopped.
    pub(crate) fn problem(&self) -> Option<Problem> {
        match self {
            Self::Ledger(error) => Some(error.into()),
            Self::Source(error) => Some(error.0.clone()),
            Self::Call(error) => Some(error.problem()),
            Self::Problem(problem) => Some(problem.clone()),
            Self::LeaseLost => Some(Problem::lease_lost()),
            Self::Stopped => None,
        }
    }

    /// Returns the problem for a person, also if somebody stopped it.
    pub(crate) fn into_problem(self) -> Problem {
        self.problem().unwrap_or_else(|| Problem::internal(self))
    }
}
