//! Counts what stands on each side of a comparison.

use std::collections::{BTreeMap, BTreeSet};

use super::examiner::ComparedAttempt;
use super::judge::Verdict;
use crate::domain::{Currency, FoundVoucher, Money, VoucherPart, VoucherState};
use crate::ledger::ComparisonEnd;
use crate::views::BothSums;

/// The result so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) ledger_vouchers: u64,
    pub(super) accounting_vouchers: u64,
    pub(super) matched: u64,
    pub(super) waiting: u64,
    pub(super) reversed: u64,
    pub(super) differences: u64,
    /// The parts that could not be compared.
    pub(super) unseen: BTreeSet<VoucherPart>,
    /// The sums for each currency: the currency, the ledger's minor units and the accounting system's.
    pub(super) sums: BTreeMap<&'static str, (Currency, i128, i128)>,
}

impl Tally {
    /// Counts a posted attempt with what was found for it.
    pub(super) fn count(&mut self, compared: &ComparedAttempt) {
        let amount = compared.posted.amount;
        if compared.verdict.is_expected(&compared.posted) {
            self.expects(amount);
        }
        for voucher in compared.found.iter().filter(|voucher| voucher.state == VoucherState::Posted) {
            self.stands(voucher, amount.minor() < 0);
        }
        self.unseen.extend(&compared.unseen);
        match compared.verdict {
            Verdict::Well => self.matched += 1,
            Verdict::Reversed => self.reversed += 1,
            Verdict::Waiting => self.waiting += 1,
            Verdict::Differs(_) => {}
        }
    }

    /// Counts a voucher that should stand there.
    pub(super) fn expects(&mut self, amount: Money) {
        self.ledger_vouchers += 1;
        self.sums_of(amount.currency()).1 += i128::from(amount.minor());
    }

    /// Counts a voucher that stands in the accounting system. A total has no sign there: the ledger's sign is taken, if
    /// it knows one.
    pub(super) fn stands(&mut self, voucher: &FoundVoucher, is_negative: bool) {
        self.accounting_vouchers += 1;
        let Some(currency) = Currency::from_code(&voucher.currency) else { return };
        if let Ok(total) = Money::from_decimal(&voucher.total, currency) {
            let minor = i128::from(total.minor());
            self.sums_of(currency).2 += if is_negative && minor > 0 { -minor } else { minor };
        }
    }

    fn sums_of(&mut self, currency: Currency) -> &mut (Currency, i128, i128) {
        self.sums.entry(currency.code()).or_insert((currency, 0, 0))
    }

    pub(super) fn into_end(self) -> ComparisonEnd {
        let sums = self.sums.values().map(|(currency, ledger, accounting)| BothSums {
            currency: currency.code().to_owned(),
            ledger: Money::sum_to_decimal(*ledger, *currency),
            accounting: Money::sum_to_decimal(*accounting, *currency),
        });
        ComparisonEnd {
            ledger_vouchers: self.ledger_vouchers,
            accounting_vouchers: self.accounting_vouchers,
            matched: self.matched,
            waiting: self.waiting,
            reversed: self.reversed,
            differences: self.differences,
            sums: sums.collect(),
            unseen: self.unseen.into_iter().collect(),
        }
    }
}
