//! Carries vouchers as a bookkeeper writes them: what was sent, or what would be.

use postonce_engine::views;
use serde::Serialize;
use specta::Type;

use super::{HoldCode, Reason, each};

/// A voucher, line by line; amounts are decimal strings.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Voucher {
    date: String,
    text: String,
    currency: String,
    /// The organisation's currency, where the voucher is in a foreign one and has its amounts in both.
    own_currency: Option<String>,
    rate: Option<String>,
    lines: Vec<VoucherLine>,
}

/// A line of a voucher. It has a debit or a credit.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VoucherLine {
    account: String,
    debit: Option<String>,
    credit: Option<String>,
    text: Option<String>,
    party: Option<String>,
    vat_code: Option<String>,
    dimensions: Vec<Dimension>,
    /// Negative on a credit line.
    own_amount: Option<String>,
}

/// A dimension of a line.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Dimension {
    name: String,
    value: String,
}

/// The voucher of a record as the present rules make it, or the reason why there is none.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct VoucherPreview {
    voucher: Option<Voucher>,
    held: Option<Reason>,
}

impl From<views::VoucherDraft> for Voucher {
    fn from(draft: views::VoucherDraft) -> Self {
        Self {
            date: draft.date.to_string(),
            text: draft.text,
            currency: draft.currency,
            own_currency: draft.own_currency,
            rate: draft.rate,
            lines: each(draft.lines),
        }
    }
}

impl From<views::VoucherLine> for VoucherLine {
    fn from(line: views::VoucherLine) -> Self {
        let dimensions = line.dimensions.into_iter().map(|(name, value)| Dimension { name, value });
        Self {
            account: line.account,
            debit: line.debit,
            credit: line.credit,
            text: line.text,
            party: line.party,
            vat_code: line.vat_code,
            dimensions: dimensions.collect(),
            own_amount: line.own_amount,
        }
    }
}

impl From<views::VoucherPreview> for VoucherPreview {
    fn from(preview: views::VoucherPreview) -> Self {
        match preview {
            views::VoucherPreview::Posting(draft) => Self { voucher: Some(draft.into()), held: None },
            views::VoucherPreview::Held(reason) => Self { voucher: None, held: Some(HoldCode::with_params(&reason)) },
        }
    }
}
