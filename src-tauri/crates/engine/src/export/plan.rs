//! Decides for one record: send, skip, hold. Pure: ledger snapshot and record in, decision out.

use std::sync::Arc;

use crate::domain::{
    AttemptState, BookingDay, FileRefusal, Generation, HoldReason, OrganisationId, Period, Place, Posting,
    PostingRules, Reference, ReferenceForms,
};
use crate::ledger::{Candidate, Guard};
use crate::ports::AccountingSystem;

/// The rules that hold for every record of a run.
#[derive(Debug, Clone)]
pub(crate) struct PlanRules {
    pub(crate) organisation: OrganisationId,
    pub(crate) references: ReferenceForms,
    pub(crate) posting: PostingRules,
    pub(crate) period: Period,
    /// The day by which postings are dated.
    pub(crate) day: BookingDay,
    /// True if the accounting system takes VAT codes; a dry run does not know, and takes it for true.
    pub(crate) takes_vat_codes: bool,
    /// True if it takes amounts in two currencies; a dry run does not know, and takes it for true.
    pub(crate) takes_own_amounts: bool,
    /// The run's number, by which it knows what it has settled itself.
    pub(crate) run: Option<i64>,
    pub(crate) target: Target,
}

/// The decision for a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The record is not in the period.
    Outside,
    /// The record is to be sent as this posting, for the first time or after a refusal.
    Send(Box<Posting>),
    /// The record was exported before, by that attempt.
    Skip { attempt_id: i64 },
    /// The record is in a sealed file, and was not seen in the books yet.
    WaitsForBooks { attempt_id: i64 },
    /// Something must be put right first.
    Hold(HoldReason),
    /// The record was sent, or maybe; it is blocked until that is known.
    InDoubt,
    /// This run's recovery found the record in the books; it has its row already.
    Recovered,
}

impl PlanRules {
    /// Returns the decision for a record. A record that may already be a voucher is never sent, whatever else is true
    /// of it.
    pub(crate) fn decide(&self, candidate: &Candidate) -> Decision {
        let record = &candidate.record;
        let in_period = self.period.contains(record.date);
        let withdrawn = |guard: &&Guard| guard.state == AttemptState::Withdrawn;
        if let Some(guard) = candidate.guard.as_ref().filter(|guard| !withdrawn(guard)) {
            return if in_period { self.decide_guarded(guard) } else { Decision::Outside };
        }
        // An impossible date is in no period; it is held whatever the period, or nobody would ever see it.
        if !in_period && self.day.is_plausible(record.date) {
            return Decision::Outside;
        }
        match self.posting(candidate, candidate.generation()) {
            Ok(posting) => Decision::Send(Box::new(posting)),
            Err(reason) => Decision::Hold(reason),
        }
    }

    fn decide_guarded(&self, guard: &Guard) -> Decision {
        match guard.state {
            AttemptState::Posted if guard.settled_run.is_some() && guard.settled_run == self.run => Decision::Recovered,
            // A record that waits for the books was handed over, and is not sent again.
            AttemptState::HandedOver if guard.handed_over_in.is_some() && guard.handed_over_in == self.run => {
                Decision::Recovered
            }
            AttemptState::HandedOver => Decision::WaitsForBooks { attempt_id: guard.attempt_id },
            AttemptState::Posted => Decision::Skip { attempt_id: guard.attempt_id },
            _ => Decision::InDoubt,
        }
    }

    /// Returns the posting of a record under its reference: the one door through which everything passes that is sent,
    /// for the first time or once more.
    pub(crate) fn posting(&self, candidate: &Candidate, generation: Generation) -> Result<Posting, HoldReason> {
        let date = candidate.record.date;
        if !self.day.is_plausible(date) {
            return Err(HoldReason::DateImplausible { found: date.to_string() });
        }
        if !candidate.conflict.is_empty() {
            return Err(HoldReason::IdRepeated { lines: list(&candidate.conflict) });
        }
        let reference = Reference::of(&self.organisation, &candidate.record.id, generation, self.references.current);
        let mut posting = self.posting.posting(&candidate.record, reference, self.day)?;
        if let Some(other) = candidate.other_day {
            posting.book_on(other);
        }
        if !self.takes_own_amounts && posting.own_total().is_some() {
            return Err(HoldReason::OwnAmountNotTaken { currency: posting.currency.code().to_owned() });
        }
        match posting.lines.iter().find_map(|line| line.vat_code.as_ref()) {
            Some(code) if !self.takes_vat_codes => Err(HoldReason::VatCodeNotTaken { vat_code: code.clone() }),
            Some(_) | None => match self.file_refusal(&posting) {
                Some(refusal) => Err(refusal.into()),
                None => Ok(posting),
            },
        }
    }
}

impl PlanRules {
    /// Returns the reason why no faithful row of a file can be made of a posting, where files are taken.
    fn file_refusal(&self, posting: &Posting) -> Option<FileRefusal> {
        self.target.0.as_ref()?.files()?.refusal(posting)
    }
}

/// The accounting system that postings are for, where it is known.
#[derive(Clone, Default)]
pub(crate) struct Target(pub(crate) Option<Arc<dyn AccountingSystem>>);

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Target").field(&self.0.is_some()).finish()
    }
}

/// Returns the places as text: the lines (`3, 17, 20`), each with its file where there are several.
pub(crate) fn list(places: &[Place]) -> String {
    let is_one_file = places.iter().all(|place| place.file == places[0].file);
    let name =
        |place: &Place| if is_one_file { place.line.to_string() } else { format!("{} {}", place.file, place.line) };
    places.iter().map(name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use chrono::NaiveDate;

    use super::*;
    use crate::domain::{Account, ReferenceRules};

    fn rules(period: Period) -> PlanRules {
        PlanRules {
            organisation: OrganisationId::new("hlf").expect("a valid organisation"),
            references: ReferenceRules { length_max: 64, folds_case: false, ascii_only: false }.into(),
            posting: PostingRules::of_accounts(
                Account("2930".into()),
                None,
                HashMap::from([("travel".to_owned(), Account("7140".into()))]),
            ),
            period,
            takes_vat_codes: false,
            takes_own_amounts: true,
            day: BookingDay { today: day("2026-11-22"), time_zone: chrono_tz::Europe::Oslo },
            run: Some(7),
            target: Target::default(),
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn candidate() -> Candidate {
        Candidate {
            cursor: 1,
            record: crate::domain::record::tests::record("A"),
            place: Place { file: "a.csv".into(), line: 2 },
            conflict: Vec::new(),
            held: None,
            guard: None,
            other_day: None,
        }
    }

    fn places(places: &[(&str, u64)]) -> Vec<Place> {
        places.iter().map(|(file, line)| Place { file: (*file).into(), line: *line }).collect()
    }

    fn guarded(state: AttemptState, settled_run: Option<i64>) -> Candidate {
        let guard =
            Guard { attempt_id: 3, state, settled_run, generation: Generation::FIRST, handed_over_in: settled_run };
        Candidate { guard: Some(guard), ..candidate() }
    }

    #[test]
    fn record_that_nobody_sent_goes_and_one_out_of_period_stays() {
        assert!(matches!(rules(Period::EVERYTHING).decide(&candidate()), Decision::Send(_)));
        let november = Period::new(Some(day("2026-11-01")), None).expect("a period");
        assert_eq!(rules(november).decide(&candidate()), Decision::Outside);
    }

    #[test]
    fn record_that_may_be_a_voucher_is_never_sent_even_if_held() {
        let everything = rules(Period::EVERYTHING);
        assert_eq!(everything.decide(&guarded(AttemptState::Posted, Some(6))), Decision::Skip { attempt_id: 3 });
        assert_eq!(everything.decide(&guarded(AttemptState::Posted, Some(7))), Decision::Recovered);
        for state in [AttemptState::Claimed, AttemptState::Staged, AttemptState::Unknown] {
            let mut in_doubt = guarded(state, None);
            in_doubt.conflict = places(&[("a.csv", 2), ("a.csv", 3)]);
            assert_eq!(everything.decide(&in_doubt), Decision::InDoubt, "{state}");
        }
    }

    #[test]
    fn impossible_date_is_held_whatever_the_period() {
        let november = Period::new(Some(day("2026-11-01")), None).expect("a period");
        for date in ["0202-03-01", "1999-12-31", "2027-11-24"] {
            let mut slip = candidate();
            slip.record.date = day(date);
            let held = Decision::Hold(HoldReason::DateImplausible { found: date.into() });
            assert_eq!(rules(november).decide(&slip), held);
        }
    }

    #[test]
    fn id_with_two_contents_is_held_with_its_lines() {
        let mut twice = candidate();
        for (places_of_it, lines) in [
            (places(&[("a.csv", 2), ("a.csv", 9)]), "2, 9"),
            (places(&[("april.csv", 3), ("march.csv", 2)]), "april.csv 3, march.csv 2"),
        ] {
            twice.conflict = places_of_it;
            let held = Decision::Hold(HoldReason::IdRepeated { lines: lines.into() });
            assert_eq!(rules(Period::EVERYTHING).decide(&twice), held);
        }
    }

    #[test]
    fn vat_code_is_held_where_nobody_computes_by_it() {
        let mut taxed = candidate();
        taxed.record.detail.vat.code = Some("13".into());
        let held = Decision::Hold(HoldReason::VatCodeNotTaken { vat_code: "13".into() });
        assert_eq!(rules(Period::EVERYTHING).decide(&taxed), held);
        let computed = PlanRules { takes_vat_codes: true, ..rules(Period::EVERYTHING) };
        assert!(matches!(computed.decide(&taxed), Decision::Send(_)));
    }

    #[test]
    fn category_without_account_is_held() {
        let mut courses = candidate();
        courses.record.category = "courses".into();
        let held = Decision::Hold(HoldReason::AccountMissing { category: "courses".into() });
        assert_eq!(rules(Period::EVERYTHING).decide(&courses), held);
    }
}
