//! Holds the reason why a command failed: always a code with parameters, sometimes with the holder of the lock.

use postonce_connectors::workspace::WorkspaceError;
use postonce_engine::LedgerError;
use postonce_engine::error::Problem;
use postonce_engine::views::LockFacts;
use postonce_practice::RebuildFailure;

/// The failure of a command.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub(crate) struct Failure {
    pub(crate) problem: Problem,
    pub(crate) lock: Option<Box<LockFacts>>,
}

impl Failure {
    pub(crate) fn internal(detail: impl std::fmt::Display) -> Self {
        Problem::internal(detail).into()
    }

    pub(crate) fn usage(detail: impl std::fmt::Display) -> Self {
        Problem::usage(detail).into()
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { problem, lock: None }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Problem::from(error).into()
    }
}

impl From<WorkspaceError> for Failure {
    fn from(error: WorkspaceError) -> Self {
        Problem::from(error).into()
    }
}

impl From<RebuildFailure> for Failure {
    fn from(RebuildFailure { problem, lock }: RebuildFailure) -> Self {
        Self { problem, lock }
    }
}
