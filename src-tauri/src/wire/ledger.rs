//! Carries the ledger's file, and the comparison of the ledger with the accounting system.

use postonce_engine::{ComparePhase as Phase, CompareProgress, domain, views};
use serde::Serialize;
use specta::Type;

use super::{BothSums, FoundVoucher, Period, VoucherPart, count, each, mirrored, moment};

/// The place of the ledger, its size, and the time of its last copy.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LedgerFacts {
    path: String,
    /// The size in whole KiB: a number that no ledger outgrows.
    kib: u32,
    last_backup_at: Option<String>,
}

impl From<views::LedgerFile> for LedgerFacts {
    fn from(file: views::LedgerFile) -> Self {
        Self {
            path: file.path.display().to_string(),
            kib: count(file.bytes.div_ceil(1_024)),
            last_backup_at: file.last_backup_at.map(moment),
        }
    }
}

mirrored! {
    /// The direction of the comparison.
    ComparePhase of Phase { Ledger, Accounting, Drafts, }
}

/// The progress of a comparison.
#[derive(Debug, Clone, Copy, Serialize, Type)]
pub(crate) struct CompareNews {
    phase: ComparePhase,
    processed: u32,
    total: Option<u32>,
}

impl From<CompareProgress> for CompareNews {
    fn from(progress: CompareProgress) -> Self {
        Self { phase: progress.phase.into(), processed: count(progress.processed), total: progress.total.map(count) }
    }
}

/// The result of a comparison. `equal` only when both sides agree and nothing was left open.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Comparison {
    comparison_id: u32,
    period: Period,
    finished_at: Option<String>,
    ledger_vouchers: u32,
    accounting_vouchers: u32,
    matched: u32,
    waiting: u32,
    reversed: u32,
    differences: u32,
    sums: Vec<BothSums>,
    unseen: Option<Vec<VoucherPart>>,
    equal: bool,
}

impl From<views::Comparison> for Comparison {
    fn from(comparison: views::Comparison) -> Self {
        Self {
            equal: comparison.is_equal(),
            comparison_id: count(comparison.comparison_id),
            period: comparison.period.into(),
            finished_at: comparison.finished_at.map(moment),
            ledger_vouchers: count(comparison.ledger_vouchers),
            accounting_vouchers: count(comparison.accounting_vouchers),
            matched: count(comparison.matched),
            waiting: count(comparison.waiting),
            reversed: count(comparison.reversed),
            differences: count(comparison.differences),
            sums: each(comparison.sums),
            unseen: comparison.unseen.map(each),
        }
    }
}

mirrored! {
    /// A difference between the ledger and the accounting system.
    DifferenceKind of domain::DifferenceKind {
        MissingInAccounting, Reversed, Several, OtherContent, OtherVoucher, UnknownToLedger, InDoubtFound, DraftLeft,
    }
}

/// One difference, with both sides as they were seen.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Difference {
    position: u32,
    kind: DifferenceKind,
    record_id: Option<String>,
    reference: String,
    ours: Option<OurSide>,
    theirs: Vec<FoundVoucher>,
    drafts: Vec<String>,
}

/// The ledger's side of a reference.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OurSide {
    voucher_id: Option<String>,
    voucher_number: Option<String>,
    date: String,
    currency: String,
    amount: String,
    run_id: String,
}

impl From<views::Difference> for Difference {
    fn from(difference: views::Difference) -> Self {
        Self {
            position: count(difference.position),
            kind: difference.kind.into(),
            record_id: difference.record_id,
            reference: difference.reference,
            ours: difference.sides.ledger.map(OurSide::from),
            theirs: each(difference.sides.accounting),
            drafts: difference.sides.drafts,
        }
    }
}

impl From<views::LedgerSide> for OurSide {
    fn from(side: views::LedgerSide) -> Self {
        Self {
            voucher_id: side.voucher_id,
            voucher_number: side.voucher_number,
            date: side.date.to_string(),
            currency: side.currency,
            amount: side.amount,
            run_id: side.run_id.to_string(),
        }
    }
}

/// The result of a rebuild.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rebuilt {
    records: u32,
    exported: u32,
    in_doubt: u32,
    without_record: u32,
}

impl From<postonce_engine::Rebuilt> for Rebuilt {
    fn from(rebuilt: postonce_engine::Rebuilt) -> Self {
        Self {
            records: count(rebuilt.records),
            exported: count(rebuilt.exported),
            in_doubt: count(rebuilt.in_doubt),
            without_record: count(rebuilt.without_record),
        }
    }
}

/// The result of forgetting what old records say of people.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Forgotten {
    records: u32,
    copies: u32,
    /// The copies that could not be changed.
    left: Vec<String>,
}

impl From<postonce_engine::Forgotten> for Forgotten {
    fn from(forgotten: postonce_engine::Forgotten) -> Self {
        Self {
            records: count(forgotten.records),
            copies: count(forgotten.copies),
            left: forgotten.left.iter().map(|path| path.display().to_string()).collect(),
        }
    }
}
