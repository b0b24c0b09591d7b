//! Looks at the books for the rows that go next, while requests are under way.
//!
//! Invariant: a row is free to be sent only if it was looked up under this permit, and not found: under the reference that
//! it will have, unless that is unique for all time, and under the one of its next export, which somebody else may have
//! made. Where the source locks records, it is locked there.

use super::plan::PlanRules;
use super::verify::{ALIKE_MIN, accounts_of, found};
use crate::calls::{Caller, RunError};
use crate::compare::{ExportElsewhere, later_exports};
use crate::domain::evidence::{Evidence, LookUpResult};
use crate::domain::{Generation, HoldReason, Posting, Protection, RecordId, Reference};
use crate::error::Problem;
use crate::export::step::Run;
use crate::ledger::{Candidate, ClaimMember, Settlement};
use crate::ports::LOOK_UP_MAX;

/// A row that is next.
pub(super) struct Row {
    pub(super) position: u64,
    pub(super) generation: Generation,
    pub(super) candidate: Candidate,
}

/// The rows of one look at the books.
pub(super) struct Looked {
    /// The rows that may be sent.
    pub(super) free: Vec<Row>,
    /// The claims that take over what stands in the books for the others.
    pub(super) found: Vec<(ClaimMember, Settlement)>,
    /// The rows that the source does not lock, each with the reason.
    pub(super) held: Vec<(Row, HoldReason)>,
}

/// Looks at the books for rows.
#[derive(Clone, Copy)]
pub(super) struct LookAhead<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) caller: &'a Caller,
    pub(super) rules: &'a PlanRules,
}

impl LookAhead<'_> {
    /// Returns how many rows are looked up at once.
    pub(super) fn rows_max(self) -> usize {
        if self.looks_for_own() { LOOK_UP_MAX / 2 } else { LOOK_UP_MAX }
    }

    /// Looks for these rows. A record that stands in the books already is taken over, or waits for a person.
    pub(super) async fn look(self, rows: Vec<Row>) -> Result<Looked, RunError> {
        let references: Vec<Reference> = rows.iter().flat_map(|row| self.looked_up(row)).collect();
        let looked_up = self.caller.look_up(self.run.permit, &references).await?;
        let later = self.later(&rows, &looked_up).await?;
        let (mut free, mut found, mut accounts) = (Vec::with_capacity(rows.len()), Vec::new(), Vec::new());
        for (row, later) in rows.into_iter().zip(later) {
            let member = claim_of(self.rules, &row)?.1;
            let (member, contradiction) = self.as_it_stands(&row, member, later.as_ref(), &looked_up);
            if let Some(unclear) = contradiction {
                found.push((member, unclear));
                continue;
            }
            let there = looked_up.vouchers(&member.reference).to_vec();
            accounts.extend(accounts_of(&member.expected(), &there));
            match self.judge(member, later, &looked_up).await? {
                None => free.push(row),
                Some(settled) => found.push(settled),
            }
        }
        if accounts.len() >= ALIKE_MIN && accounts.len() == found.len() {
            // Nothing was sent, and the next ones would fare no better: the cause is one.
            let (here, there) = accounts.swap_remove(0);
            return Err(RunError::Problem(Problem::accounts_differ(here, there)));
        }
        let (free, held) = self.lock(free).await?;
        Ok(Looked { free, found, held })
    }

    /// Locks rows at the source, if it offers that; returns those that are locked, and those that are held.
    async fn lock(self, rows: Vec<Row>) -> Result<(Vec<Row>, Vec<(Row, HoldReason)>), RunError> {
        let Some(locks) = self.run.record_locks else { return Ok((rows, Vec::new())) };
        let candidates: Vec<&Candidate> = rows.iter().map(|row| &row.candidate).collect();
        let reasons = locks.lock(&candidates).await?;
        let (mut free, mut held) = (Vec::with_capacity(rows.len()), Vec::new());
        for (row, reason) in rows.into_iter().zip(reasons) {
            match reason {
                None => free.push(row),
                Some(reason) => held.push((row, reason)),
            }
        }
        Ok((free, held))
    }

    /// Says whether the reference itself has to be looked up. Where references are unique for all time, they are their
    /// own look-up.
    fn looks_for_own(self) -> bool {
        self.run.capabilities.protection != Protection::Enforced
    }

    /// Returns every reference under which the record may stand as this generation.
    fn forms(self, row: &Row, generation: Generation) -> Vec<Reference> {
        self.rules.references.of(&self.rules.organisation, &row.candidate.record.id, generation)
    }

    /// Returns the references for which the books are asked before the record is sent: in every form that it may have,
    /// and those of its next export. The one that it will have is left out where it is its own look-up.
    fn looked_up(self, row: &Row) -> Vec<Reference> {
        let own = self.forms(row, row.generation);
        let own = if self.looks_for_own() || own.len() > 1 { own } else { Vec::new() };
        [own, self.forms(row, row.generation.next())].concat()
    }

    /// Returns the references of those under which something stands in the books.
    fn standing(self, row: &Row, generation: Generation, looked_up: &LookUpResult) -> Vec<Reference> {
        looked_up.standing(self.forms(row, generation))
    }

    /// Returns the claim under the reference that the record stands under. It is unclear where it stands under several,
    /// or was exported once more under another form of its reference than today's.
    fn as_it_stands(
        self,
        row: &Row,
        member: ClaimMember,
        later: Option<&ExportElsewhere>,
        looked_up: &LookUpResult,
    ) -> (ClaimMember, Option<Settlement>) {
        let mut standing = self.standing(row, row.generation, looked_up);
        let again = self.standing(row, row.generation.next(), looked_up);
        if standing.len() > 1 || (later.is_none() && !again.is_empty()) {
            let vouchers = standing.iter().chain(&again).flat_map(|each| looked_up.vouchers(each).to_vec()).collect();
            return (member, Some(Settlement::Unclear(vouchers)));
        }
        match standing.pop() {
            Some(reference) => (ClaimMember { reference, ..member }, None),
            None => (member, None),
        }
    }

    /// Returns the newest later export of each row: another ledger, or this one before it was lost, exported the
    /// record, and once more. The earlier voucher may be gone from the books: for that it was exported again.
    async fn later(self, rows: &[Row], looked_up: &LookUpResult) -> Result<Vec<Option<ExportElsewhere>>, RunError> {
        let mut later = vec![None; rows.len()];
        let has_later = |row: &Row| !self.standing(row, row.generation.next(), looked_up).is_empty();
        let again: Vec<usize> =
            rows.iter().enumerate().filter(|(_, row)| has_later(row)).map(|(index, _)| index).collect();
        let known: Vec<(&RecordId, Generation)> = again
            .iter()
            .filter_map(|&index| rows.get(index))
            .map(|row| (&row.candidate.record.id, row.generation))
            .collect();
        let reference = |id: &RecordId, generation| self.run.reference(id, generation);
        let newest = later_exports(self.caller, Some(self.run.permit), reference, &known).await?;
        for (index, newest) in again.into_iter().zip(newest) {
            if let Some(slot) = later.get_mut(index) {
                *slot = newest;
            }
        }
        Ok(later)
    }

    /// Returns the claim and settlement of a row by what stands in the books; `None` if it may be sent.
    async fn judge(
        self,
        member: ClaimMember,
        later: Option<ExportElsewhere>,
        looked_up: &LookUpResult,
    ) -> Result<Option<(ClaimMember, Settlement)>, RunError> {
        if let Some(ExportElsewhere { generation, reference, vouchers }) = later {
            let member = ClaimMember { generation, reference, ..member };
            let settlement = found(&member, &vouchers);
            return Ok(Some((member, settlement)));
        }
        let surplus = match looked_up.of(member.expected()) {
            Evidence::Absent => return Ok(None),
            Evidence::Posted { acknowledgement, .. } => {
                let made = looked_up.made(&member.reference, &acknowledgement);
                return Ok(Some((member, Settlement::Posted { acknowledgement, found: true, made })));
            }
            Evidence::Unclear(vouchers) => return Ok(Some((member, Settlement::Unclear(vouchers)))),
            Evidence::Drafts { ours, others } => {
                ours.into_iter().chain(others).map(|draft| draft.draft_id).collect::<Vec<_>>()
            }
        };
        // No claim of this ledger knows these drafts: they are discarded, certainly, before a new one is staged.
        let doubt = self.caller.discard_all(self.run.permit, &surplus).await?;
        Ok(doubt.map(|doubt| (member, doubt)))
    }
}

/// Returns the claim and the posting of a row.
pub(super) fn claim_of(rules: &PlanRules, row: &Row) -> Result<(Posting, ClaimMember), RunError> {
    let Row { position, generation, candidate } = row;
    let posting = rules.posting(candidate, *generation).map_err(|reason| {
        RunError::Problem(Problem::internal(format!("planned, but not to be posted: {}", reason.code())))
    })?;
    let member = ClaimMember::of(&candidate.record, *generation, posting.reference.clone(), Some(&posting));
    Ok((posting, ClaimMember { position: *position, ..member }))
}
