//! Holds the answer of a call to the accounting system, or the conclusion that may be drawn if it gave none.

use std::time::Duration;

use crate::domain::Refusal;
use crate::error::Problem;

/// The answer to a request that was understood as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// The results, one for each member, in order.
    pub results: Vec<Option<T>>,
}

/// The conclusion that a client may draw from a call without the answer that it asked for: the table at the end of the
/// protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The connection was never established: nothing left this machine.
    #[error("not sent: {0}")]
    NotSent(Problem),
    /// The request was refused as a whole: nothing was written.
    #[error("refused: {problem}")]
    Refused {
        /// The sentence for people.
        problem: Problem,
        /// The refusal of the accounting system.
        refusal: Refusal,
        /// True if the request was too large; smaller ones may pass.
        too_large: bool,
    },
    /// The request was not processed: wait, then send the same request with the same key.
    #[error("not processed: {problem}")]
    NotProcessed {
        /// The sentence for people.
        problem: Problem,
        /// The wait that the accounting system asks for.
        retry_after: Option<Duration>,
    },
    /// An earlier sending of this request, under the same key, is still being worked on: wait, then send the same
    /// request with the same key. Unlike [`CallError::NotProcessed`] it proves nothing of that earlier sending: given
    /// up, it is unknown.
    #[error("still running: {problem}")]
    StillRunning {
        /// The sentence for people.
        problem: Problem,
        /// The wait that the accounting system asks for.
        retry_after: Option<Duration>,
    },
    /// The lock is no longer ours; nothing of the request was written.
    #[error("the lease is lost")]
    LeaseLost,
    /// The request may have been processed: every other case.
    #[error("unknown: {0}")]
    Unknown(Problem),
}

impl CallError {
    /// Returns the sentence for people.
    pub fn problem(&self) -> Problem {
        match self {
            Self::NotSent(problem)
            | Self::Unknown(problem)
            | Self::NotProcessed { problem, .. }
            | Self::StillRunning { problem, .. }
            | Self::Refused { problem, .. } => problem.clone(),
            Self::LeaseLost => Problem::lease_lost(),
        }
    }
}
