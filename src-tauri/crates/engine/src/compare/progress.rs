//! Shows how far a comparison is.

/// The phase of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ComparePhase {
    /// Each voucher of the ledger is looked up.
    Ledger,
    /// The vouchers of the accounting system are read.
    Accounting,
    /// Drafts that were left behind are looked for.
    Drafts,
}

/// The progress of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompareProgress {
    /// The phase that is on.
    pub phase: ComparePhase,
    /// The number of vouchers looked at in this phase.
    pub processed: u64,
    /// The number of vouchers of this phase; `None` if nobody knows.
    pub total: Option<u64>,
}
