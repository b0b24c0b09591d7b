//! Judges an acknowledged attempt by the vouchers that stand under its reference. Pure.

use crate::domain::{AttemptState, DifferenceKind, FoundVoucher, VoucherPart, VoucherState};
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
        self != Self::Reversed && !posted.exported_again && posted.reversal != Some(AttemptState::Posted)
    }
}

/// Returns the verdict on a posted attempt. `found`: the vouchers under its reference, without counter-vouchers;
/// `young`: true if it was acknowledged so short a time ago that it may be there all the same.
///
/// A record that was exported has one voucher that stands, whoever reversed another. Everything else differs.
pub(super) fn judge(posted: &Compared, found: &[FoundVoucher], young: bool) -> Verdict {
    let mut standing = found.iter().filter(|voucher| voucher.state == VoucherState::Posted);
    match (standing.next(), standing.next()) {
        (Some(_), Some(_)) => Verdict::Differs(DifferenceKind::Several),
        // The voucher of the later export stands for the record.
        (Some(_), None) if posted.exported_again => Verdict::Differs(DifferenceKind::Several),
        (Some(only), None) => judge_standing(posted, only),
        (None, _) if posted.exported_again => Verdict::Reversed,
        (None, _) if !found.is_empty() => Verdict::Differs(DifferenceKind::Reversed),
        (None, _) if young => Verdict::Waiting,
        (None, _) => Verdict::Differs(DifferenceKind::MissingInAccounting),
    }
}

fn judge_standing(posted: &Compared, voucher: &FoundVoucher) -> Verdict {
    let is_acknowledged = posted.voucher_id.as_deref() == Some(voucher.acknowledgement.voucher_id.as_str());
    // To book the acknowledged voucher on another account, or to number the accounts anew, is an accountant's own work.
    let is_theirs = |part: &VoucherPart| is_acknowledged && *part == VoucherPart::Account;
    let is_same = posted.expected().likeness(voucher).differs.iter().all(is_theirs);
    if !is_same || posted.reversal == Some(AttemptState::Posted) {
        Verdict::Differs(DifferenceKind::OtherContent)
    } else if !is_acknowledged {
        Verdict::Differs(DifferenceKind::OtherVoucher)
    } else {
        Verdict::Well
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::domain::{Acknowledgement, Currency, Generation, Money, RecordId, Reference, RunId, ShownContent};

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
            sent: None,
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
            created_by: None,
            state,
            reversed_by: None,
            reverses: None,
            shown: ShownContent::default(),
            differs: Vec::new(),
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
    fn voucher_that_we_reversed_is_missed_without_a_successor() {
        let reversed = Compared { reversal: Some(AttemptState::Posted), ..posted() };
        let alone = judge(&reversed, &[voucher("V-1", VoucherState::Voided)], false);
        assert_eq!(alone, Verdict::Differs(DifferenceKind::Reversed), "the record is in no book");
        assert!(!alone.is_expected(&reversed));
        let replaced = Compared { exported_again: true, ..reversed.clone() };
        assert_eq!(judge(&replaced, &[voucher("V-1", VoucherState::Voided)], false), Verdict::Reversed);
        let standing = judge(&reversed, &[voucher("V-1", VoucherState::Posted)], false);
        assert_eq!(standing, Verdict::Differs(DifferenceKind::OtherContent));
        assert!(!standing.is_expected(&reversed));
        let perhaps = Compared { reversal: Some(AttemptState::Unknown), ..posted() };
        assert_eq!(judge(&perhaps, &[voucher("V-1", VoucherState::Posted)], false), Verdict::Well);
        let gone = judge(&perhaps, &[voucher("V-1", VoucherState::Voided)], false);
        assert_eq!(gone, Verdict::Differs(DifferenceKind::Reversed));
    }

    #[test]
    fn voucher_exported_again_may_be_gone_and_is_one_too_many() {
        let earlier = Compared { exported_again: true, ..posted() };
        assert_eq!(judge(&earlier, &[], false), Verdict::Reversed);
        assert_eq!(judge(&earlier, &[voucher("V-1", VoucherState::Voided)], false), Verdict::Reversed);
        let both = judge(&earlier, &[voucher("V-1", VoucherState::Posted)], false);
        assert_eq!(both, Verdict::Differs(DifferenceKind::Several));
        assert!(!both.is_expected(&earlier), "the later one alone is expected to stand");
    }
}
