//! Limits how long a caller goes on trying.

use std::time::Duration;

/// The limits of one call. A try counts in the limit of its own kind of failure alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// The number of tries to reach a server that lets nobody connect.
    pub(crate) connects_max: u32,
    /// The number of times that a server may ask to be waited for.
    pub(crate) waits_max: u32,
    /// The number of tries of a call that changes nothing and was not understood.
    pub(crate) asks_max: u32,
    /// The number of tries of a call that changes nothing and was refused.
    pub(crate) refusals_max: u32,
    /// The wait if the server names none.
    pub(crate) wait_default: Duration,
    /// The longest wait that is obeyed; a server that asks for more is asked again after this.
    pub(crate) wait_max: Duration,
}

impl Patience {
    /// The patience of a run or a comparison: it holds the lease, shows its progress, and can be stopped.
    pub(crate) const RUN: Self = Self {
        connects_max: 4,
        waits_max: 30,
        asks_max: 4,
        refusals_max: 4,
        wait_default: Duration::from_secs(2),
        wait_max: Duration::from_secs(120),
    };

    /// The patience for the witness: it is asked for between the lease and the first record, and nothing is shown
    /// meanwhile.
    pub(crate) const WITNESS: Self = Self {
        connects_max: 4,
        waits_max: 4,
        asks_max: 4,
        refusals_max: 1,
        wait_default: Duration::from_secs(1),
        wait_max: Duration::from_secs(10),
    };

    /// The patience of a person at a dialog, who sees the failure and can ask again.
    pub(crate) const PERSON: Self = Self {
        connects_max: 2,
        waits_max: 2,
        asks_max: 2,
        refusals_max: 1,
        wait_default: Duration::from_secs(1),
        wait_max: Duration::from_secs(5),
    };
}
