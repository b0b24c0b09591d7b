//! Why a command failed: always a code with parameters, sometimes with who holds the lock.

use postonce_connectors::workspace::WorkspaceError;
use postonce_engine::LedgerError;
use postonce_engine::error::{ErrorCode, Told};
use postonce_engine::views::LockFacts;

/// A command failed.
#[derive(Debug, thiserror::Error)]
#[error("{told}")]
pub(crate) struct Failure {
    pub(crate) told: Told,
    pub(crate) lock: Option<Box<LockFacts>>,
}

impl Failure {
    pub(crate) fn internal(detail: impl std::fmt::Display) -> Self {
        Told::internal(detail).into()
    }

    pub(crate) fn usage(detail: impl std::fmt::Display) -> Self {
        Told::new(ErrorCode::Usage).with("detail", detail).into()
    }
}

impl From<Told> for Failure {
    fn from(told: Told) -> Self {
        Self { told, lock: None }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Told::from(error).into()
    }
}

impl From<WorkspaceError> for Failure {
    fn from(error: WorkspaceError) -> Self {
        Told::from(error).into()
    }
}
