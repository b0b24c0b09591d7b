//! How far a comparison is, for whoever watches it.

/// Which way is being looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ComparePhase {
    /// Each voucher of the ledger is looked up.
    Ledger,
    /// The vouchers of the accounting system are read.
    Accounting,
    /// Drafts that are left are looked for.
    Drafts,
}

/// How far a comparison is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompareProgress {
    /// Which way.
    pub phase: ComparePhase,
    /// Vouchers looked at in this phase.
    pub processed: u64,
    /// Of how many; `None` where nobody knows.
    pub total: Option<u64>,
}
