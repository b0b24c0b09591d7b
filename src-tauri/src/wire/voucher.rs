//! Carries a voucher, as the accounting system showed it.

use postonce_engine::domain;
use serde::Serialize;
use specta::Type;

use super::{Sum, each, mirrored, moment};

mirrored! {
    /// The state of a voucher: it counts in the books, or it was voided.
    VoucherState of domain::VoucherState { Posted, Voided, }
}

mirrored! {
    /// A part of a voucher that a look-up may show.
    VoucherPart of domain::VoucherPart { Date, Currency, Amount, Sign, Account, Payee, Text, Vat, Dimensions, OwnAmount, }
}

/// A voucher found by its reference.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FoundVoucher {
    reference: String,
    voucher_id: String,
    number: Option<String>,
    date: String,
    amount: Sum,
    created_at: String,
    state: VoucherState,
    reversed_by: Option<String>,
    reverses: Option<String>,
    differs: Vec<VoucherPart>,
}

/// The making of a voucher that stood in the books already.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VoucherMade {
    at: String,
    /// The name of the person, where the accounting system says it.
    by: Option<String>,
}

impl From<domain::VoucherMade> for VoucherMade {
    fn from(made: domain::VoucherMade) -> Self {
        Self { at: moment(made.at), by: made.by }
    }
}

impl From<domain::FoundVoucher> for FoundVoucher {
    fn from(found: domain::FoundVoucher) -> Self {
        Self {
            reference: found.reference.to_string(),
            voucher_id: found.acknowledgement.voucher_id,
            number: found.acknowledgement.number,
            date: found.date.to_string(),
            amount: Sum::new(found.currency, found.total),
            created_at: moment(found.created_at),
            state: found.state.into(),
            reversed_by: found.reversed_by,
            reverses: found.reverses,
            differs: each(found.differs),
        }
    }
}
