//! Shows the ledger against the accounting system, as the comparison was kept.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::row_digest::RowProof;
use crate::domain::{
    Actor, AttemptState, DifferenceKind, FoundVoucher, Generation, Period, Protection, RunId, VoucherPart,
};

/// A comparison: of a period, or of one run, whose certificate it then is.
///
/// A voucher that we reversed ourselves, or that a person had exported again after it was gone or reversed, is expected
/// not to stand: it counts on neither side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Its number in this ledger.
    pub comparison_id: u64,
    /// The run whose certificate it is.
    pub run_id: Option<RunId>,
    /// The period; of a certificate, the run's.
    pub period: Period,
    /// The accounting side's own id of the organisation.
    pub organisation: String,
    /// The address of the accounting system.
    pub address: String,
    /// The person who compared.
    pub actor: Actor,
    /// The user that the accounting system took them for.
    pub accounting_user: Option<String>,
    /// The time when it began.
    pub started_at: DateTime<Utc>,
    /// The time when it ended; `None` for one that broke off, whose counts say nothing.
    pub finished_at: Option<DateTime<Utc>>,
    /// The vouchers that stand in the accounting system, as the ledger has it.
    pub ledger_vouchers: u64,
    /// The vouchers that stand there under our references.
    pub accounting_vouchers: u64,
    /// The vouchers of the ledger that stand there as they were acknowledged.
    pub matched: u64,
    /// The vouchers not found, but acknowledged so short a time ago that a search need not show them yet.
    pub waiting: u64,
    /// The vouchers that are reversed, as the ledger expects.
    pub reversed: u64,
    /// The number of differences that it lists.
    pub differences: u64,
    /// The sums of both sides, for each currency.
    pub sums: Vec<BothSums>,
    /// The parts of the vouchers' content that the accounting system did not show, so that they could not be compared;
    /// `None` for a comparison of an earlier version.
    pub unseen: Option<Vec<VoucherPart>>,
}

impl Comparison {
    /// Says whether both sides agree, and nothing had to be left open.
    pub fn is_equal(&self) -> bool {
        self.differences == 0 && self.waiting == 0 && self.finished_at.is_some()
    }
}

/// The sums of both sides in one currency, as decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BothSums {
    /// The currency's code.
    pub currency: String,
    /// The sum in the ledger.
    pub ledger: String,
    /// The sum in the accounting system.
    pub accounting: String,
}

/// One difference, with both sides as they were seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its place in the comparison, from 1; the cursor for the next page.
    pub position: u64,
    /// The kind of the difference.
    pub kind: DifferenceKind,
    /// The record, if the ledger knows one.
    pub record_id: Option<String>,
    /// Its generation.
    pub generation: Option<Generation>,
    /// The reference that it is about.
    pub reference: String,
    /// The voucher, or draft.
    pub voucher_id: Option<String>,
    /// The content of either side.
    pub sides: Sides,
}

/// The content of either side under a reference.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sides {
    /// The attempt, if there is one.
    pub ledger: Option<LedgerSide>,
    /// The vouchers that stand there, or stood.
    pub accounting: Vec<FoundVoucher>,
    /// The ids of the drafts that are left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drafts: Vec<String>,
}

/// An attempt, as a comparison shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerSide {
    /// The state of the attempt.
    pub state: AttemptState,
    /// The voucher that was acknowledged.
    pub voucher_id: Option<String>,
    /// Its number.
    pub voucher_number: Option<String>,
    /// Its date.
    pub date: NaiveDate,
    /// The code of its currency.
    pub currency: String,
    /// Its amount, a decimal.
    pub amount: String,
    /// The run that settled it, or had claimed it.
    pub run_id: RunId,
    /// The time when it was settled.
    pub settled_at: Option<DateTime<Utc>>,
}

/// The origin of a report, as it is printed there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Papers {
    /// The ledger's id.
    pub ledger_id: String,
    /// The number of entries of its audit trail.
    pub audit_entries: u64,
    /// The hash of the newest, 64 hexadecimal digits; `None` while there is none.
    pub audit_head: Option<String>,
    /// The proofs that the run and its sums belong to the root in the entry that covers them, for a run's certificate.
    pub proofs: Vec<RowProof>,
    /// The protection that held in the run, for a run's certificate.
    pub protection: Option<Protection>,
    /// The version of the program that ran it.
    pub program: Option<String>,
    /// The receipts that are attached to the vouchers of the run.
    pub receipts_attached: u64,
    /// The receipts that are missing on them.
    pub receipts_missing: u64,
}
