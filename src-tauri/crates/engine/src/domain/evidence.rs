//! Compares what a look-up shows with what was claimed, and says what may be concluded. Pure: no clock, no I/O.
//!
//! Invariant: these rules stand here alone. A look-up that finds nothing proves nothing by itself; [`SentAs::absence`]
//! says when it does.

use std::collections::HashMap;
use std::time::Duration;

use chrono::NaiveDate;

use super::likeness::{Likeness, Sent, Shown};
use super::{
    Acknowledgement, Capabilities, DraftId, Found, FoundDraft, FoundVoucher, Money, Protection, Reference, RequestKind,
    SentContent, VoucherMade, VoucherState,
};

/// The vouchers and drafts that a look-up found, by reference.
#[derive(Debug, Default)]
pub(crate) struct LookUpResult {
    vouchers: HashMap<Reference, Vec<FoundVoucher>>,
    drafts: HashMap<Reference, Vec<FoundDraft>>,
}

/// The content that should stand under a reference.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) reference: &'a Reference,
    pub(crate) date: NaiveDate,
    pub(crate) amount: Money,
    /// The rest of it, as far as the claim kept it.
    pub(crate) content: Option<&'a SentContent>,
}

/// The state of a reference, as a look-up shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// Nothing stands there. That proves nothing by itself.
    Absent,
    /// Drafts alone stand there: those with the claimed content, then the others.
    Drafts { ours: Vec<FoundDraft>, others: Vec<FoundDraft> },
    /// One voucher stands there, with the claimed content; drafts beside it are surplus.
    Posted { acknowledgement: Acknowledgement, surplus: Vec<FoundDraft> },
    /// Several vouchers, a voided or reversed one, or one of other content: a case for a person, never for an export.
    Unclear(Vec<FoundVoucher>),
}

impl LookUpResult {
    pub(crate) fn new(found: Found) -> Self {
        let mut looked_up = Self::default();
        for voucher in found.vouchers {
            // A counter-voucher belongs to the voucher that it reverses, and is found with that.
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

    /// Returns the vouchers under a reference.
    pub(crate) fn vouchers(&self, reference: &Reference) -> &[FoundVoucher] {
        self.vouchers.get(reference).map_or(&[], Vec::as_slice)
    }

    /// Returns when the acknowledged voucher under a reference was made, and by whom.
    pub(crate) fn made(&self, reference: &Reference, of: &Acknowledgement) -> Option<VoucherMade> {
        let mut vouchers = self.vouchers(reference).iter();
        vouchers.find(|voucher| voucher.acknowledgement.voucher_id == of.voucher_id).map(FoundVoucher::made)
    }

    /// Returns those of a record's references under which a voucher stands, reversed or not.
    pub(crate) fn standing(&self, mut forms: Vec<Reference>) -> Vec<Reference> {
        forms.retain(|reference| !self.vouchers(reference).is_empty());
        forms
    }

    /// Returns the drafts under a reference.
    pub(crate) fn drafts(&self, reference: &Reference) -> impl Iterator<Item = DraftId> {
        self.drafts.get(reference).into_iter().flatten().map(|draft| draft.draft_id.clone())
    }

    pub(crate) fn of(&self, expected: Expected<'_>) -> Evidence {
        let vouchers = self.vouchers(expected.reference);
        let drafts = self.drafts.get(expected.reference).cloned().unwrap_or_default();
        match vouchers {
            [] if drafts.is_empty() => Evidence::Absent,
            [] => {
                let (ours, others) = drafts.into_iter().partition(|draft| expected.is_draft(draft));
                Evidence::Drafts { ours, others }
            }
            [only] if only.state == VoucherState::Posted && expected.likeness(only).is_same() => {
                Evidence::Posted { acknowledgement: only.acknowledgement.clone(), surplus: drafts }
            }
            several => Evidence::Unclear(expected.marked(several)),
        }
    }
}

impl Expected<'_> {
    /// Compares a voucher with the content that should stand there.
    pub(crate) fn likeness(&self, voucher: &FoundVoucher) -> Likeness {
        let FoundVoucher { date, currency, total, shown, .. } = voucher;
        self.sent().likeness(Shown { date: *date, currency, total, content: shown })
    }

    fn is_draft(&self, draft: &FoundDraft) -> bool {
        let FoundDraft { date, currency, total, shown, .. } = draft;
        self.sent().likeness(Shown { date: *date, currency, total, content: shown }).is_same()
    }

    fn sent(&self) -> Sent<'_> {
        Sent { date: self.date, amount: self.amount, content: self.content }
    }

    /// Returns the vouchers as evidence for a person: each with the parts in which it differs.
    pub(crate) fn marked(&self, vouchers: &[FoundVoucher]) -> Vec<FoundVoucher> {
        let marked = |voucher: &FoundVoucher| FoundVoucher {
            differs: self.likeness(voucher).differs,
            shown: super::ShownContent::default(),
            ..voucher.clone()
        };
        vouchers.iter().map(marked).collect()
    }
}

/// Says whether something else stands beside a staged draft under its reference: another draft, or a voucher. A draft
/// that is no draft any more has become the voucher, or is gone: to commit it makes nothing.
pub(crate) fn is_contested(reference: &Reference, draft_id: &DraftId, found: &Found) -> bool {
    let under = found.drafts.iter().filter(|other| other.reference == *reference);
    let (own, others): (Vec<_>, Vec<_>) = under.partition(|other| other.draft_id == *draft_id);
    let mut vouchers = found.vouchers.iter().filter(|one| one.reference == *reference);
    !others.is_empty() || (!own.is_empty() && vouchers.any(|one| one.reverses.is_none()))
}

/// The way by which something was sent, as far as its absence is concerned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SentAs {
    pub(crate) kind: RequestKind,
    /// A draft of it has an id, and may have been committed under it.
    pub(crate) has_draft: bool,
    /// The time from when it was given up until the look-up, at least.
    pub(crate) age: Duration,
    /// The fence that is held now is newer than the one it was sent under.
    pub(crate) has_newer_fence: bool,
    /// The time for which the present fence had been ours when the look-up was made.
    pub(crate) fence_held_for: Duration,
}

/// The conclusion from a look-up that found nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absence {
    /// The voucher is not there, and cannot arrive any more.
    Proven,
    /// A newer fence would prove the absence.
    NeedsFence,
    /// The voucher may still arrive, for so long.
    DueIn(Duration),
    /// The voucher cannot arrive any more as far as anybody knows, and nothing proves that it is not there.
    NotProven,
}

impl SentAs {
    /// Returns what a look-up proves that found nothing.
    pub(crate) fn absence(&self, capabilities: &Capabilities) -> Absence {
        match (self.kind, capabilities.protection) {
            // No draft of it was ever committed; one that still arrives is harmless.
            (RequestKind::Drafts, _) if !self.has_draft => Absence::Proven,
            // A voucher that somebody else made of a draft at the moment of the look-up may show late.
            (RequestKind::Found, _) => self.after(capabilities, Absence::Proven),
            // The draft is gone, and may have been posted before it went: this is as good as sent straight into the
            // books.
            (RequestKind::Drafts, _) => self.after(capabilities, Absence::NotProven),
            (RequestKind::Vouchers, Protection::Fenced) if !self.has_newer_fence => Absence::NeedsFence,
            // Nothing of the older fence arrives any more; what has arrived shows when the search has caught up.
            (RequestKind::Vouchers, Protection::Fenced) => {
                left_of(capabilities.search_lag, self.fence_held_for).map_or(Absence::Proven, Absence::DueIn)
            }
            (RequestKind::Vouchers, _) => self.after(capabilities, Absence::NotProven),
        }
    }

    /// Says whether a person's word that it was not posted may be taken: nothing can arrive any more, or only something
    /// harmless. A draft under its own id is harmless where drafts are staged: it is discarded first, and the answer
    /// says what became of it.
    pub(crate) fn may_be_given_up(&self, capabilities: &Capabilities) -> bool {
        if capabilities.takes_files {
            // A file lies somewhere or does not, for all of its records: it is withdrawn as a whole.
            return self.kind == RequestKind::Found;
        }
        let is_harmless = match (self.kind, capabilities.protection) {
            (RequestKind::Found, _) | (_, Protection::Enforced) => true,
            (RequestKind::Drafts, protection) => !self.has_draft || protection == Protection::Staged,
            (RequestKind::Vouchers, Protection::Fenced) => {
                self.has_newer_fence && self.fence_held_for >= capabilities.search_lag
            }
            (RequestKind::Vouchers, Protection::Staged | Protection::Observed) => false,
        };
        is_harmless || self.age >= capabilities.arrival_window()
    }

    fn after(&self, capabilities: &Capabilities, then: Absence) -> Absence {
        left_of(capabilities.arrival_window(), self.age).map_or(then, Absence::DueIn)
    }
}

/// Returns what is left of a time; `None` if it has passed.
fn left_of(whole: Duration, passed: Duration) -> Option<Duration> {
    whole.checked_sub(passed).filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::{Currency, ShownContent, VoucherPart};

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
            created_by: None,
            state,
            reversed_by: None,
            reverses: None,
            shown: ShownContent::default(),
            differs: Vec::new(),
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
            shown: ShownContent::default(),
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
            content: None,
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
    fn vouchers_that_are_several_voided_or_other_go_to_a_person() {
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
            let Evidence::Unclear(seen) = looked_up(vouchers.clone(), Vec::new()) else { panic!("{vouchers:?}") };
            let unmarked = seen.into_iter().map(|voucher| FoundVoucher { differs: Vec::new(), ..voucher });
            assert_eq!(unmarked.collect::<Vec<_>>(), vouchers);
        }
    }

    #[test]
    fn evidence_names_the_parts_in_which_a_voucher_differs() {
        let mut other = voucher("V-1", "412.01", VoucherState::Posted);
        other.date = day("2026-10-29");
        let Evidence::Unclear(seen) = looked_up(vec![other], Vec::new()) else { panic!("another content") };
        assert_eq!(seen[0].differs, [VoucherPart::Date, VoucherPart::Amount]);
    }

    #[test]
    fn drafts_are_separated_by_their_content() {
        let evidence = looked_up(Vec::new(), vec![draft("D-1", "412.00"), draft("D-2", "1.00")]);
        assert_eq!(
            evidence,
            Evidence::Drafts { ours: vec![draft("D-1", "412.00")], others: vec![draft("D-2", "1.00")] }
        );
        assert_eq!(looked_up(Vec::new(), Vec::new()), Evidence::Absent);
    }
}
