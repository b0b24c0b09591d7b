//! Settles attempts: the accounting system's answers go into the ledger. A settled attempt is never settled again.

use rusqlite::named_params;

use crate::domain::{Acknowledgement, DraftId, FoundVoucher, ItemResult, Refusal, RequestKey, RequestKind};
use crate::error::Problem;
use crate::ledger::run::claim::{ClaimMember, Moment};
use crate::ledger::values::{json, signed, stamp};
use crate::ledger::{Claimed, ClaimedRequest, LedgerError, LedgerTx};
use crate::views::Reason;

/// The settlement of an attempt: all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Settlement {
    /// The voucher is in the books, with the accounting system's acknowledgement. `found`: it stood there before
    /// anything of ours was sent for it.
    Posted { acknowledgement: Acknowledgement, found: bool },
    /// A draft stands there, to be committed by this id.
    Staged(DraftId),
    /// The accounting system said no; `voucher_id` if another voucher stands under the reference.
    Refused { refusal: Refusal, voucher_id: Option<String> },
    /// The attempt was provably never processed.
    NotSent,
    /// It was sent just now, and no answer was understood.
    Unknown(Problem),
    /// Nothing was sent for it now, and the evidence does not suffice.
    StillUnknown(Problem),
    /// The voucher under its reference is not the one that was sent, or stands there several times. A person decides.
    Unclear(Vec<FoundVoucher>),
}

impl Settlement {
    /// Returns the result for the row of the run; `None` while the last word is not spoken.
    pub(crate) fn result(&self) -> Option<ItemResult> {
        Some(match self {
            Self::Posted { found: false, .. } => ItemResult::Posted,
            Self::Posted { found: true, .. } => ItemResult::SkippedFoundInAccounting,
            Self::Refused { .. } => ItemResult::Refused,
            Self::NotSent => ItemResult::NotSent,
            Self::Unknown(_) | Self::StillUnknown(_) | Self::Unclear(_) => ItemResult::InDoubt,
            Self::Staged(_) => return None,
        })
    }

    /// Says whether the attempt stays open.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Staged(_) | Self::Unknown(_) | Self::StillUnknown(_) | Self::Unclear(_))
    }

    fn reason(&self) -> Option<Reason> {
        match self {
            Self::Refused { refusal, .. } => Some(Reason::Refused(refusal.clone())),
            Self::Unknown(problem) | Self::StillUnknown(problem) => Some(Reason::InDoubt(problem.clone())),
            Self::Unclear(vouchers) => Some(Reason::InDoubt(unclear(vouchers))),
            Self::Posted { .. } | Self::NotSent | Self::Staged(_) => None,
        }
    }

    fn state(&self) -> &'static str {
        match self {
            Self::Posted { .. } => "posted",
            Self::Staged(_) => "staged",
            Self::Refused { .. } => "refused",
            Self::NotSent => "not_sent",
            Self::Unknown(_) | Self::StillUnknown(_) | Self::Unclear(_) => "unknown",
        }
    }
}

/// Returns the problem for vouchers that are not what was sent.
fn unclear(vouchers: &[FoundVoucher]) -> Problem {
    if vouchers.is_empty() {
        return Problem::evidence_gone();
    }
    let ids: Vec<&str> = vouchers.iter().map(|one| one.acknowledgement.voucher_id.as_str()).collect();
    Problem::evidence_unclear(ids.join(", "))
}

impl LedgerTx<'_> {
    /// Settles an attempt of this run, and its row. A staged attempt keeps its row open: its last word is not spoken.
    pub(crate) fn settle(
        &self,
        run: i64,
        claimed: &Claimed,
        settlement: &Settlement,
        at: Moment,
    ) -> Result<(), LedgerError> {
        self.settle_attempt(run, claimed, settlement, at)?;
        let Some(result) = settlement.result() else { return Ok(()) };
        self.execute_one(
            "run_item",
            "UPDATE run_item SET result = :result, reason = :reason
             WHERE run_number = :run AND position = :position AND attempt_id = :attempt",
            named_params! {
                ":result": result.as_str(), ":reason": settlement.reason().as_ref().map(json),
                ":run": run, ":position": signed(claimed.position), ":attempt": claimed.attempt_id,
            },
        )
    }

    /// Settles an attempt that was left open: by an earlier run, or earlier in this one. Its row in this run, if it has
    /// one, gets the result; if it has none, a row is entered for the result or for staying in doubt. An attempt that
    /// turned out never sent is planned again if this run sent it; else, and if it turned out refused, the plan of this
    /// or the next run has the word.
    pub(crate) fn settle_recovered(
        &self,
        run: i64,
        claimed: &Claimed,
        settlement: &Settlement,
        at: Moment,
    ) -> Result<(), LedgerError> {
        self.settle_attempt(run, claimed, settlement, at)?;
        let Some(result) = settlement.result() else { return Ok(()) };
        let this = named_params! { ":run": run, ":attempt": claimed.attempt_id };
        if matches!(settlement, Settlement::NotSent) {
            let replanned = self.execute(include_str!("plan_item_again.sql"), this)?;
            if replanned == 1 {
                return Ok(());
            }
        }
        let changed = self.execute(
            "UPDATE run_item SET result = :result, reason = :reason
             WHERE run_number = :run AND attempt_id = :attempt AND result IS NOT 'skipped_already_exported'",
            named_params! {
                ":result": result.as_str(), ":reason": settlement.reason().as_ref().map(json), ":run": run,
                ":attempt": claimed.attempt_id,
            },
        )?;
        if changed > 0 || matches!(settlement, Settlement::Refused { .. } | Settlement::NotSent) {
            return Ok(());
        }
        let position = self.next_position(run)?;
        self.execute_one(
            "run_item",
            include_str!("enter_recovered.sql"),
            named_params! {
                ":run": run, ":position": signed(position), ":attempt": claimed.attempt_id,
                ":result": result.as_str(), ":reason": settlement.reason().as_ref().map(json),
            },
        )
    }

    fn settle_attempt(
        &self,
        run: i64,
        claimed: &Claimed,
        settlement: &Settlement,
        at: Moment,
    ) -> Result<(), LedgerError> {
        let acknowledgement =
            if let Settlement::Posted { acknowledgement, .. } = settlement { Some(acknowledgement) } else { None };
        let other_voucher =
            if let Settlement::Refused { voucher_id, .. } = settlement { voucher_id.as_deref() } else { None };
        let evidence = if let Settlement::Unclear(vouchers) = settlement { Some(json(vouchers)) } else { None };
        let draft = if let Settlement::Staged(draft) = settlement { Some(draft.as_str()) } else { None };
        let settled = !settlement.is_open();
        let sent_by = matches!(settlement, Settlement::Unknown(_) | Settlement::Staged(_)).then(|| stamp(at.there));
        self.execute_one(
            "attempt",
            include_str!("settle_attempt.sql"),
            named_params! {
                ":state": settlement.state(), ":settled_at": settled.then(|| stamp(at.now)),
                ":settled_run": settled.then_some(run), ":sent_by": sent_by,
                ":found": matches!(settlement, Settlement::Posted { found: true, .. }),
                ":voucher": acknowledgement.map(|ack| ack.voucher_id.as_str()).or(other_voucher),
                ":number": acknowledgement.and_then(|ack| ack.number.as_deref()), ":evidence": evidence, ":draft": draft,
                ":reason": settlement.reason().as_ref().map(json), ":attempt": claimed.attempt_id,
                ":reference": claimed.reference.as_str(), ":generation": claimed.generation.number(),
            },
        )?;
        if settled && claimed.generation > crate::domain::Generation::FIRST {
            self.settle_re_export(run, claimed, settlement, at.now)?;
        }
        Ok(())
    }

    /// Enters a voucher that was found in the books before anything was sent for it: posted if it is what would have
    /// been sent, else in doubt. Nothing of it travels.
    pub(crate) fn adopt(
        &self,
        run: i64,
        fence: u64,
        key: &RequestKey,
        found: &[(ClaimMember, Settlement)],
        at: Moment,
    ) -> Result<(), LedgerError> {
        let request = self.insert_request(run, RequestKind::Found, key, fence, None, at)?;
        for (member, (asked, settlement)) in found.iter().enumerate() {
            self.execute(
                include_str!("adopt.sql"),
                named_params! {
                    ":record": asked.record_id.as_str(), ":generation": asked.generation.number(),
                    ":reference": asked.reference.as_str(), ":run": run, ":request": request,
                    ":member": signed(member as u64), ":hash": asked.content.as_bytes(),
                    ":date": asked.date.to_string(), ":currency": asked.amount.currency().code(),
                    ":exponent": asked.amount.currency().exponent(), ":minor": asked.amount.minor(),
                    ":now": stamp(at.now), ":there": stamp(at.there),
                },
            )?;
            let claimed = Claimed {
                attempt_id: self.inserted(),
                record_id: asked.record_id.clone(),
                generation: asked.generation,
                reference: asked.reference.clone(),
                date: asked.date,
                amount: asked.amount,
                position: asked.position,
            };
            self.execute_one(
                "run_item",
                "UPDATE run_item SET attempt_id = :attempt
                 WHERE run_number = :run AND position = :position AND record_id = :record AND result IS NULL",
                named_params! {
                    ":attempt": claimed.attempt_id, ":run": run, ":position": signed(asked.position),
                    ":record": asked.record_id.as_str(),
                },
            )?;
            // A re-export that stands in the books already was made for a wish elsewhere; it answers the wish here.
            let wish = self.open_re_export(asked.record_id.as_str())?;
            if wish.is_some_and(|wish| wish.generation == asked.generation) {
                self.claim_re_export(run, claimed.attempt_id, asked, at.now)?;
            }
            self.settle(run, &claimed, settlement, at)?;
        }
        Ok(())
    }

    /// Undoes a request of which nothing was written: its members are planned again, to go in smaller requests.
    pub(crate) fn plan_again(&self, run: i64, request: &ClaimedRequest, at: Moment) -> Result<(), LedgerError> {
        for claimed in &request.members {
            self.settle_attempt(run, claimed, &Settlement::NotSent, at)?;
            self.execute_one(
                "run_item",
                include_str!("plan_item_again.sql"),
                named_params! { ":run": run, ":attempt": claimed.attempt_id },
            )?;
        }
        self.close_request(request)
    }

    /// Lets go of a request's bytes once no member is open; their hash stays.
    pub(crate) fn close_request(&self, request: &ClaimedRequest) -> Result<(), LedgerError> {
        self.let_go_of_body(request.request_id)
    }

    pub(in crate::ledger) fn let_go_of_body(&self, request_id: i64) -> Result<(), LedgerError> {
        self.execute(
            "UPDATE request SET body = NULL WHERE request_id = :request AND NOT EXISTS
                 (SELECT 1 FROM attempt WHERE request_id = :request AND state IN ('claimed', 'staged', 'unknown'))",
            named_params! { ":request": request_id },
        )?;
        Ok(())
    }
}
