//! Lists the kinds of faults, and the calls they are for.

use serde::{Deserialize, Serialize};

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultKind {
    LatencyMs,
    CutBeforeCommit,
    CutAfterCommit,
    #[serde(rename = "error_500_before_commit")]
    Error500BeforeCommit,
    #[serde(rename = "error_500_after_commit")]
    Error500AfterCommit,
    #[serde(rename = "status_429")]
    Status429,
    #[serde(rename = "status_503")]
    Status503,
    BodyCutShort,
    ResultMissing,
    Refuse,
    Html,
    HugeBody,
    Redirect,
    Unauthorized,
    Forbidden,
    NotFound,
    CommitAfterMs,
    LateMs,
    Hold,
    Gateway,
    GatewayAfterCommit,
}

/// The calls a fault is for. `/v1/health` and `/admin` never have faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PathClass {
    /// `POST /v1/vouchers` and reversals.
    Vouchers,
    /// Reversals alone.
    Reversals,
    /// Staging, committing and deleting drafts.
    Drafts,
    /// One of these three alone, as the next two are.
    DraftStage,
    DraftCommit,
    DraftDelete,
    /// Look-ups, and the pages of vouchers and drafts.
    Lookup,
    /// The export lock, or the labels that stand in for one.
    Lock,
    Witness,
    Me,
    /// The pages of expenses.
    Expenses,
    /// The results that are told.
    ExportedResults,
    /// The locks on expenses, and their release.
    ExpenseLocks,
    /// The attachments of vouchers and drafts, and their look-up.
    Attachments,
    /// The platform's receipts.
    Receipts,
    All,
}

impl PathClass {
    /// Returns the class of all calls of this kind together.
    pub(super) fn family(self) -> Option<Self> {
        match self {
            Self::Reversals => Some(Self::Vouchers),
            Self::DraftStage | Self::DraftCommit | Self::DraftDelete => Some(Self::Drafts),
            _ => None,
        }
    }

    /// Tells whether these calls make or reverse vouchers.
    pub(crate) fn is_of_vouchers(self) -> bool {
        self == Self::Vouchers || self.family() == Some(Self::Vouchers)
    }

    /// Tells whether these calls stage, commit or delete drafts.
    pub(crate) fn is_of_drafts(self) -> bool {
        self == Self::Drafts || self.family() == Some(Self::Drafts)
    }
}
