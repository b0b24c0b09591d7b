//! Carries the comparison of a run's vouchers from when it was over.

use postonce_engine::views;
use serde::Serialize;
use specta::Type;

use super::{VoucherPart, count, each, moment};

/// A run's certificate. `equal` only when both sides agree and nothing was left open.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Certificate {
    finished_at: Option<String>,
    vouchers: u32,
    matched: u32,
    waiting: u32,
    differences: u32,
    sums: Vec<BothSums>,
    unseen: Option<Vec<VoucherPart>>,
    equal: bool,
}

/// The sums of both sides in one currency; decimal strings.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct BothSums {
    currency: String,
    ledger: String,
    accounting: String,
}

impl From<views::BothSums> for BothSums {
    fn from(sums: views::BothSums) -> Self {
        Self { currency: sums.currency, ledger: sums.ledger, accounting: sums.accounting }
    }
}

impl From<views::Comparison> for Certificate {
    fn from(comparison: views::Comparison) -> Self {
        Self {
            equal: comparison.is_equal(),
            finished_at: comparison.finished_at.map(moment),
            vouchers: count(comparison.ledger_vouchers),
            matched: count(comparison.matched),
            waiting: count(comparison.waiting),
            differences: count(comparison.differences),
            sums: each(comparison.sums),
            unseen: comparison.unseen.map(each),
        }
    }
}
