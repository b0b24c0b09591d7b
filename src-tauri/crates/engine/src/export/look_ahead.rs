//! Reads the rows of the plan that go next, and looks at the books for them, while requests are under way.
//!
//! Invariant: a row is free to be sent only if it was looked up under this permit, and not found: under the reference that
//! it will have, unless that is unique for all time, and under those of its next exports, which somebody else may have
//! made. Where the source locks records, it is locked there.

use super::plan::PlanRules;
use super::verify::{ALIKE_MIN, accounts_of, found};
use crate::calls::{Caller, RunError};
use crate::compare::ExportElsewhere;
use crate::domain::evidence::{Evidence, LookUpResult};
use crate::domain::{Generation, HoldReason, Posting, RecordId, Reference};
use crate::error::Problem;
use crate::export::step::Run;
use crate::ledger::{Candidate, ClaimMember, Settlement};
use crate::ports::LOOK_UP_MAX;

/// A row of the plan with what would be sent for it.
pub(super) struct Row {
    pub(super) posting: Posting,
    pub(super) member: ClaimMember,
    candidate: Candidate,
}

/// The rows of one look at the books.
#[derive(Default)]
pub(super) struct Looked {
    /// The position of the last row; `None` if the plan has no more rows.
    pub(super) last: Option<u64>,
    /// The rows that may be sent.
    pub(super) free: Vec<Row>,
    /// The claims that take over what stands in the books for the others.
    pub(super) found: Vec<(ClaimMember, Settlement)>,
    /// The rows that cannot be posted, or that the source does not lock, by position, each with the reason.
    pub(super) held: Vec<(u64, RecordId, HoldReason)>,
}

/// Looks at the books for rows.
#[derive(Clone, Copy)]
pub(super) struct LookAhead<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) caller: &'a Caller,
    pub(super) rules: &'a PlanRules,
}

impl LookAhead<'_> {
    /// Reads the rows behind a position, and looks for them. A record that stands in the books already is taken over, or
    /// waits for a person.
    pub(super) async fn look(self, after: u64) -> Result<Looked, RunError> {
        let (run, rows_max) = (self.run.number, self.rows_max());
        let planned = self.run.ledger.read(move |tx| tx.planned(run, after, rows_max)).await?;
        let Some((last, ..)) = planned.last() else { return Ok(Looked::default()) };
        let mut looked = Looked { last: Some(*last), ..Looked::default() };
        let mut rows = Vec::with_capacity(planned.len());
        for (position, generation, candidate) in planned {
            match self.rules.posting(&candidate, generation) {
                Ok(posting) => {
                    let reference = posting.reference.clone();
                    let member = ClaimMember::of(&candidate.record, generation, reference, Some(&posting));
                    rows.push(Row { posting, member: ClaimMember { position, ..member }, candidate });
                }
                Err(reason) => looked.held.push((position, candidate.record.id, reason)),
            }
        }
        if !rows.is_empty() {
            self.look_for(rows, &mut looked).await?;
        }
        Ok(looked)
    }

    fn rows_max(self) -> usize {
        let references = if self.looks_for_own() { 1 + Generation::REACH } else { Generation::REACH };
        LOOK_UP_MAX / references as usize
    }

    async fn look_for(self, rows: Vec<Row>, looked: &mut Looked) -> Result<(), RunError> {
        if self.run.capabilities.takes_files {
            // Its books cannot be asked. The ledger alone says what is in a file, and the folder that it is this ledger's.
            return self.lock(rows, looked).await;
        }
        let references: Vec<Reference> = rows.iter().flat_map(|row| self.looked_up(row)).collect();
        let looked_up = self.caller.look_up(self.run.permit, &references).await?;
        let later = self.later(&rows, &looked_up).await?;
        let (mut free, mut found, mut accounts) = (Vec::with_capacity(rows.len()), Vec::new(), Vec::new());
        for (row, later) in rows.into_iter().zip(later) {
            let (member, contradiction) = self.as_it_stands(&row, later.as_ref(), &looked_up);
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
        looked.found = found;
        self.lock(free, looked).await
    }

    /// Locks rows at the source, if it offers that: those that are locked are free, and the others are held.
    async fn lock(self, rows: Vec<Row>, looked: &mut Looked) -> Result<(), RunError> {
        let Some(locks) = self.run.record_locks else {
            looked.free = rows;
            return Ok(());
        };
        let candidates: Vec<&Candidate> = rows.iter().map(|row| &row.candidate).collect();
        let reasons = locks.lock(&candidates).await?;
        for (row, reason) in rows.into_iter().zip(reasons) {
            match reason {
                None => looked.free.push(row),
                Some(reason) => looked.held.push((row.member.position, row.member.record_id, reason)),
            }
        }
        Ok(())
    }

    /// Says whether the reference itself has to be looked up. Where references are unique for all time, they are their
    /// own look-up.
    fn looks_for_own(self) -> bool {
        !self.run.capabilities.repeats_are_harmless()
    }

    /// Returns every reference under which the record may stand as this generation.
    fn forms(self, row: &Row, generation: Generation) -> Vec<Reference> {
        self.rules.references.of(&self.rules.organisation, &row.member.record_id, generation)
    }

    /// Returns every reference under which a later export of the record may stand that somebody else made.
    fn later_forms(self, row: &Row) -> Vec<Reference> {
        row.member.generation.reach().flat_map(|later| self.forms(row, later)).collect()
    }

    /// Returns the references for which the books are asked before the record is sent: in every form that it may have,
    /// and those of its next exports. The one that it will have is left out where it is its own look-up.
    fn looked_up(self, row: &Row) -> Vec<Reference> {
        let own = self.forms(row, row.member.generation);
        let own = if self.looks_for_own() || own.len() > 1 { own } else { Vec::new() };
        [own, self.later_forms(row)].concat()
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
        later: Option<&ExportElsewhere>,
        looked_up: &LookUpResult,
    ) -> (ClaimMember, Option<Settlement>) {
        let member = row.member.clone();
        let mut standing = self.standing(row, row.member.generation, looked_up);
        let again = looked_up.standing(self.later_forms(row));
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
        let has_later = |row: &Row| !looked_up.standing(self.later_forms(row)).is_empty();
        let again: Vec<usize> =
            rows.iter().enumerate().filter(|(_, row)| has_later(row)).map(|(index, _)| index).collect();
        let known: Vec<(&RecordId, Generation)> = again
            .iter()
            .filter_map(|&index| rows.get(index))
            .map(|row| (&row.member.record_id, row.member.generation))
            .collect();
        let newest = self.run.later_exports(self.caller, &known).await?;
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
