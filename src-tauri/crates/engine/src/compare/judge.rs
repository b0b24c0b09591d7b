//! Judges an acknowledged attempt by the vouchers that stand under its reference. Pure.

use crate::domain::evidence::is_same_content;
use crate::domain::{AttemptState, DifferenceKind, FoundVoucher, VoucherState};
use crate::ledger::Compared;

/// The result of the comparison for one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The voucher stands there as it was acknowledged.
    Well,
    /// The voucher does not stand, and need not: we reversed it, or a person had it exported again.
    Reversed,
    /// The voucher is not found, and so young that a search need not show it.
    Waiting,
    /// Something differs from the acknowledged voucher.
    Differs(DifferenceKind),
}

impl Verdict {
    /// Says whether the ledger expects the voucher of this attempt to stand.
    pub(super) fn is_expected(self, posted: &Compared) -> bool {
        self != Self::Reversed && posted.reversal != Some(AttemptState::Posted)
    }
}

/// Returns the verdict on a posted attempt. `found`: the vouchers under its reference, without counter-vouchers;
/// `young`: true if it was acknowledged so short a time ago that it may be there all the same.
pub(super) fn judge(posted: &Compared, found: &[FoundVoucher], young: bool) -> Verdict {
    let mut standing = found.iter().filter(|voucher| voucher.state == VoucherState::Posted);
    match (standing.next(), standing.next()) {
        (Some(_), Some(_)) => Verdict::Differs(DifferenceKind::Several),
        (Some(only), None) => judge_standing(posted, only),
        (None, _) if found.is_empty() => match posted.exported_again {
            true => Verdict::Reversed,
            false if young => Verdict::Waiting,
            false => Verdict::Differs(DifferenceKind::MissingInAccounting),
        },
        (None, _) if posted.reversal.is_some() || posted.exported_again => Verdict::Reversed,
        (None, _) => Verdict::Differs(DifferenceKind::Reversed),
    }
}

fn judge_standing(posted: &Compared, voucher: &FoundVoucher) -> Verdict {
    let same_content = is_same_content(posted.date, posted.amount, voucher.date, &voucher.currency, &voucher.total);
    if !same_content || posted.reversal == Some(AttemptState::Posted) {
        Verdict::Differs(DifferenceKind::OtherContent)
    } else if posted.voucher_id.as_deref() != Some(voucher.acknowledgement.voucher_id.as_str()) {
        Verdict::Differs(DifferenceKind::OtherVoucher)
    } else {
        Verdict::Well
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::domain::{Acknowledgement, Currency, Generation, Money, RecordId, Reference, RunId};

    fn posted() -> Compared {
        Compared {
            attempt_id: 1,
            position: 0,
            record_id: RecordId::new("A").expect("a valid id"),
            generation: Generation::FIRST,
            reference: Reference::from_stored("hlf:A"),
            state: AttemptState::Posted,
            date: "2026-10-28".parse().expect("a date"),
            amount: Money::from_minor(41_200, Currency::from_code("NOK").expect("a currency")),
            voucher_id: Some("V-1".into()),
            voucher_number: None,
            run_id: RunId::new("run-1"),
            settled_at: None,
            last_sent_at: DateTime::<Utc>::UNIX_EPOCH,
            reversal: None,
            exported_again: false,
        }
    }

    fn voucher(id: &str, state: VoucherState) -> FoundVoucher {
        FoundVoucher {
            reference: Reference::from_stored("hlf:A"),
            acknowledgement: Acknowledgement { voucher_id: id.into(), number: None },
            date: "2026-10-28".parse().expect("a date"),
            currency: "NOK".into(),
            total: "412.00".into(),
            created_at: DateTime::<Utc>::UNIX_EPOCH,
            state,
            reversed_by: None,
            reverses: None,
        }
    }

    #[test]
    fn voucher_as_acknowledged_is_well_and_any_difference_is_named() {
        let (stands, voided) = (VoucherState::Posted, VoucherState::Voided);
        let differs = Verdict::Differs;
        let mut other_day = voucher("V-1", stands);
        other_day.date = "2026-10-29".parse().expect("a date");
        let mut other_sum = voucher("V-1", stands);
        other_sum.total = "412.01".into();
        let mut other_currency = voucher("V-1", stands);
        other_currency.currency = "SEK".into();
        let mut no_sum = voucher("V-1", stands);
        no_sum.total = "a lot".into();
        for (found, verdict) in [
            (vec![voucher("V-1", stands)], Verdict::Well),
            (vec![], differs(DifferenceKind::MissingInAccounting)),
            (vec![voucher("V-1", voided)], differs(DifferenceKind::Reversed)),
            (vec![voucher("V-1", stands), voucher("V-2", stands)], differs(DifferenceKind::Several)),
            (vec![voucher("V-1", stands), voucher("V-2", voided)], Verdict::Well),
            (vec![voucher("V-1", voided), voucher("V-2", stands)], differs(DifferenceKind::OtherVoucher)),
            (vec![voucher("V-2", stands)], differs(DifferenceKind::OtherVoucher)),
            (vec![other_day], differs(DifferenceKind::OtherContent)),
            (vec![other_sum], differs(DifferenceKind::OtherContent)),
            (vec![other_currency], differs(DifferenceKind::OtherContent)),
            (vec![no_sum], differs(DifferenceKind::OtherContent)),
        ] {
            assert_eq!(judge(&posted(), &found, false), verdict, "{found:?}");
        }
    }

    #[test]
    fn search_that_lags_makes_nothing_missing() {
        assert_eq!(judge(&posted(), &[], true), Verdict::Waiting);
        let voided = voucher("V-1", VoucherState::Voided);
        assert_eq!(
            judge(&posted(), &[voided], true),
            Verdict::Differs(DifferenceKind::Reversed),
            "what is seen is seen"
        );
    }

    #[test]
    fn voucher_that_we_reversed_is_reported_if_it_still_stands() {
        let reversed = Compared { reversal: Some(AttemptState::Posted), ..posted() };
        assert_eq!(judge(&reversed, &[voucher("V-1", VoucherState::Voided)], false), Verdict::Reversed);
        let standing = judge(&reversed, &[voucher("V-1", VoucherState::Posted)], false);
        assert_eq!(standing, Verdict::Differs(DifferenceKind::OtherContent));
        assert!(!standing.is_expected(&reversed));
        let perhaps = Compared { reversal: Some(AttemptState::Unknown), ..posted() };
        assert_eq!(judge(&perhaps, &[voucher("V-1", VoucherState::Posted)], false), Verdict::Well);
        assert_eq!(judge(&perhaps, &[voucher("V-1", VoucherState::Voided)], false), Verdict::Reversed);
    }

    #[test]
    fn voucher_exported_again_may_be_gone_and_counts_if_it_stands() {
        let earlier = Compared { exported_again: true, ..posted() };
        assert_eq!(judge(&earlier, &[], false), Verdict::Reversed);
        assert_eq!(judge(&earlier, &[voucher("V-1", VoucherState::Voided)], false), Verdict::Reversed);
        assert_eq!(judge(&earlier, &[voucher("V-1", VoucherState::Posted)], false), Verdict::Well);
    }
}
