//! Evidence: what stands in the accounting system under a reference, against what was claimed. Pure.

use std::collections::HashMap;

use crate::domain::{Acknowledgement, DraftId, Found, FoundDraft, FoundVoucher, Money, Reference, VoucherState};
use chrono::NaiveDate;

/// What a look-up found, by reference.
#[derive(Debug, Default)]
pub(crate) struct LookUpResult {
    vouchers: HashMap<Reference, Vec<FoundVoucher>>,
    drafts: HashMap<Reference, Vec<FoundDraft>>,
}

/// What should stand there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) reference: &'a Reference,
    pub(crate) date: NaiveDate,
    pub(crate) amount: Money,
}

/// What the sight of a reference says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// Nothing stands there. That proves nothing by itself.
    Absent,
    /// Drafts alone: those that are what was claimed, then the others.
    Drafts { ours: Vec<FoundDraft>, others: Vec<FoundDraft> },
    /// One voucher, and it is what was claimed; drafts beside it are surplus.
    Posted { acknowledgement: Acknowledgement, surplus: Vec<FoundDraft> },
    /// Several, a voided or reversed one, or one of other content: a case for a person, never for an export.
    Unclear(Vec<FoundVoucher>),
}

impl LookUpResult {
    pub(crate) fn new(found: Found) -> Self {
        let mut looked_up = Self::default();
        for voucher in found.vouchers {
            // A counter-voucher stands for what it reverses, and is found with that.
            if voucher.reverses.is_none() {
                looked_up.vouchers.entry(voucher.reference.clone()).or_default().push(voucher);
            }
        }
        for draft in found.drafts {
            looked_up.drafts.entry(draft.reference.clone()).or_default().push(draft);
        }
        looked_up
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.vouchers.extend(other.vouchers);
        self.drafts.extend(other.drafts);
    }

    /// The vouchers under a reference.
    pub(crate) fn vouchers(&self, reference: &Reference) -> &[FoundVoucher] {
        self.vouchers.get(reference).map_or(&[], Vec::as_slice)
    }

    /// The drafts under a reference.
    pub(crate) fn drafts(&self, reference: &Reference) -> impl Iterator<Item = DraftId> {
        self.drafts.get(reference).into_iter().flatten().map(|draft| draft.draft_id.clone())
    }

    pub(crate) fn of(&self, expected: Expected<'_>) -> Evidence {
        let vouchers = self.vouchers(expected.reference);
        let drafts = self.drafts.get(expected.reference).cloned().unwrap_or_default();
        match vouchers {
            [] if drafts.is_empty() => Evidence::Absent,
            [] => {
                let (ours, others) =
                    drafts.into_iter().partition(|draft| expected.is(draft.date, &draft.currency, &draft.total));
                Evidence::Drafts { ours, others }
            }
            [only] if only.state == VoucherState::Posted && expected.is(only.date, &only.currency, &only.total) => {
                Evidence::Posted { acknowledgement: only.acknowledgement.clone(), surplus: drafts }
            }
            several => Evidence::Unclear(several.to_vec()),
        }
    }
}

impl Expected<'_> {
    fn is(&self, date: NaiveDate, currency: &str, total: &str) -> bool {
        let there = Money::from_decimal(total, self.amount.currency());
        date == self.date
            && currency == self.amount.currency().code()
            && there.is_ok_and(|there| there.minor().unsigned_abs() == self.amount.minor().unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::Currency;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn voucher(id: &str, total: &str, state: VoucherState) -> FoundVoucher {
        FoundVoucher {
            reference: Reference::from_stored("hlf:A"),
            acknowledgement: Acknowledgement { voucher_id: id.into(), number: None },
            date: day("2026-10-28"),
            currency: "NOK".into(),
            total: total.into(),
            created_at: DateTime::UNIX_EPOCH,
            state,
            reversed_by: None,
            reverses: None,
        }
    }

    fn draft(id: &str, total: &str) -> FoundDraft {
        FoundDraft {
            reference: Reference::from_stored("hlf:A"),
            draft_id: DraftId::new(id).expect("not empty"),
            date: day("2026-10-28"),
            currency: "NOK".into(),
            total: total.into(),
            created_at: None,
        }
    }

    fn looked_up(vouchers: Vec<FoundVoucher>, drafts: Vec<FoundDraft>) -> Evidence {
        let reference = Reference::from_stored("hlf:A");
        let nok = Currency::from_code("NOK").expect("a code of ISO 4217");
        let amount = Money::from_minor(41_200, nok);
        LookUpResult::new(Found { vouchers, drafts }).of(Expected {
            reference: &reference,
            date: day("2026-10-28"),
            amount,
        })
    }

    #[test]
    fn one_voucher_of_the_claimed_content_is_the_acknowledgement() {
        let surplus = vec![draft("D-1", "412.00")];
        let evidence = looked_up(vec![voucher("V-1", "412.00", VoucherState::Posted)], surplus.clone());
        let acknowledgement = Acknowledgement { voucher_id: "V-1".into(), number: None };
        assert_eq!(evidence, Evidence::Posted { acknowledgement, surplus });
    }

    #[test]
    fn several_a_voided_one_and_one_of_another_amount_are_for_a_person() {
        let posted = || voucher("V-1", "412.00", VoucherState::Posted);
        let mut elsewhen = posted();
        elsewhen.date = day("2026-10-29");
        for vouchers in [
            vec![posted(), voucher("V-2", "412.00", VoucherState::Posted)],
            vec![voucher("V-1", "412.00", VoucherState::Voided)],
            vec![voucher("V-1", "412.01", VoucherState::Posted)],
            vec![voucher("V-1", "rubbish", VoucherState::Posted)],
            vec![elsewhen],
        ] {
            assert_eq!(looked_up(vouchers.clone(), Vec::new()), Evidence::Unclear(vouchers));
        }
    }

    #[test]
    fn drafts_are_told_apart_by_what_they_hold() {
        let evidence = looked_up(Vec::new(), vec![draft("D-1", "412.00"), draft("D-2", "1.00")]);
        assert_eq!(
            evidence,
            Evidence::Drafts { ours: vec![draft("D-1", "412.00")], others: vec![draft("D-2", "1.00")] }
        );
        assert_eq!(looked_up(Vec::new(), Vec::new()), Evidence::Absent);
    }
}
