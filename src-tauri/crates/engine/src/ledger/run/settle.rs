//! Settles attempts: the accounting system's answers go into the ledger. A settled attempt is never settled again.

use std::borrow::Cow;
use std::sync::Arc;

use rusqlite::named_params;

use crate::domain::{
    Acknowledgement, Act, Actor, DraftId, FileSeal, FoundVoucher, Generation, HoldReason, ItemResult, RecordId,
    Reference, Refusal, RequestKey, RequestKind, VoucherMade, VoucherState,
};
use crate::error::Problem;
use crate::ledger::run::claim::{ClaimMember, Moment};
use crate::ledger::values::{json, signed, stamp};
use crate::ledger::{AuditAct, Claimed, ClaimedRequest, LedgerError, LedgerTx};
use crate::views::Reason;

/// The settlement of an attempt: all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Settlement {
    /// The voucher is in the books, with the accounting system's acknowledgement. `found`: it stood there before
    /// anything of ours was sent for it; `made`: when, and by whom, as far as the books were looked at.
    Posted { acknowledgement: Acknowledgement, found: bool, made: Option<VoucherMade> },
    /// A draft stands there, to be committed by this id.
    Staged(DraftId),
    /// It is in this file, which was delivered.
    HandedOver(FileSeal),
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
    /// Nothing was made for it, since the books have the record already, by somebody else's export: as that claim.
    TakenOver(Box<TakenOver>),
}

/// A voucher in the books that nothing here made, on its way into the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TakenOver {
    /// The claim by which the ledger knows it from now on: of this generation or a later one.
    pub(crate) member: ClaimMember,
    pub(crate) settlement: Settlement,
}

/// An attempt that has a voucher for its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VoucherHolder {
    attempt_id: i64,
    voucher_id: String,
    generation: Generation,
    pub(crate) record_id: String,
    pub(crate) reference: Reference,
}

impl Settlement {
    /// Returns the settlement by a voucher that stood in the books already.
    pub(crate) fn found(voucher: &FoundVoucher) -> Self {
        let acknowledgement = voucher.acknowledgement.clone();
        Self::Posted { acknowledgement, found: true, made: Some(voucher.made()) }
    }

    /// Returns the result for the row of the run; `None` while the last word is not spoken.
    pub(crate) fn result(&self) -> Option<ItemResult> {
        Some(match self {
            Self::Posted { found: false, .. } => ItemResult::Posted,
            Self::HandedOver(_) => ItemResult::HandedOver,
            Self::Posted { found: true, .. } => ItemResult::SkippedFoundInAccounting,
            Self::Refused { .. } => ItemResult::Refused,
            Self::NotSent => ItemResult::NotSent,
            Self::Unknown(_) | Self::StillUnknown(_) | Self::Unclear(_) => ItemResult::InDoubt,
            Self::TakenOver(taken) => return taken.settlement.result(),
            Self::Staged(_) => return None,
        })
    }

    /// Says whether the attempt stays open.
    pub(crate) fn is_open(&self) -> bool {
        match self {
            Self::Staged(_) | Self::HandedOver(_) | Self::Unknown(_) | Self::StillUnknown(_) | Self::Unclear(_) => true,
            Self::TakenOver(taken) => taken.settlement.is_open(),
            Self::Posted { .. } | Self::Refused { .. } | Self::NotSent => false,
        }
    }

    fn reason(&self) -> Option<Reason> {
        match self {
            Self::Refused { refusal, .. } => Some(Reason::Refused(refusal.clone())),
            Self::Unknown(problem) | Self::StillUnknown(problem) => Some(Reason::InDoubt(problem.clone())),
            Self::Unclear(vouchers) => Some(Reason::InDoubt(unclear(vouchers))),
            Self::TakenOver(taken) => taken.settlement.reason(),
            Self::Posted { .. } | Self::HandedOver(_) | Self::NotSent | Self::Staged(_) => None,
        }
    }

    fn state(&self) -> &'static str {
        match self {
            Self::Posted { .. } => "posted",
            Self::Staged(_) => "staged",
            Self::HandedOver(_) => "handed_over",
            Self::Refused { .. } => "refused",
            Self::NotSent | Self::TakenOver(_) => "not_sent",
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
    let ids = ids.join(", ");
    match vouchers.iter().filter(|one| one.state == VoucherState::Posted).count() {
        0 => Problem::evidence_reversed(ids),
        1 if vouchers.len() == 1 => Problem::evidence_differs(ids),
        1 => Problem::evidence_unclear(ids),
        _ => Problem::evidence_several(ids),
    }
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
        let (attempt, settlement) = self.settle_attempt(run, claimed, settlement, at)?;
        let Some(result) = settlement.result() else { return Ok(()) };
        self.execute_one(
            "run_item",
            "UPDATE run_item SET result = :result, reason = :reason
             WHERE run_number = :run AND position = :position AND attempt_id = :attempt",
            named_params! {
                ":result": result.as_str(), ":reason": settlement.reason().as_ref().map(json),
                ":run": run, ":position": signed(claimed.position), ":attempt": attempt,
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
        let (attempt, settlement) = self.settle_attempt(run, claimed, settlement, at)?;
        let Some(result) = settlement.result() else { return Ok(()) };
        let this = named_params! { ":run": run, ":attempt": attempt };
        if matches!(*settlement, Settlement::NotSent) {
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
                ":attempt": attempt,
            },
        )?;
        if changed > 0 || matches!(*settlement, Settlement::Refused { .. } | Settlement::NotSent) {
            return Ok(());
        }
        let position = self.next_position(run)?;
        self.execute_one(
            "run_item",
            include_str!("enter_recovered.sql"),
            named_params! {
                ":run": run, ":position": signed(position), ":attempt": attempt,
                ":result": result.as_str(), ":reason": settlement.reason().as_ref().map(json),
            },
        )
    }

    /// Settles the attempt alone. Returns the attempt that stands for the record from now on, with its settlement: what
    /// cannot be believed is in doubt, and what somebody else made is an attempt of its own.
    fn settle_attempt<'s>(
        &self,
        run: i64,
        claimed: &Claimed,
        settlement: &'s Settlement,
        at: Moment,
    ) -> Result<(i64, Cow<'s, Settlement>), LedgerError> {
        if let Settlement::TakenOver(taken) = settlement {
            self.settle_attempt(run, claimed, &Settlement::NotSent, at)?;
            let adopted = self.claim_taken_over(run, claimed.attempt_id, &taken.member, at)?;
            self.execute(
                "UPDATE run_item SET attempt_id = :adopted WHERE run_number = :run AND attempt_id = :attempt",
                named_params! { ":adopted": adopted.attempt_id, ":run": run, ":attempt": claimed.attempt_id },
            )?;
            return self.settle_attempt(run, &adopted, &taken.settlement, at);
        }
        let settlement = self.believed(claimed, settlement)?;
        self.write_settlement(run, claimed, &settlement, at)?;
        Ok((claimed.attempt_id, settlement))
    }

    /// Returns the settlement that can be believed: a voucher that another record has already is none for this one.
    fn believed<'s>(&self, claimed: &Claimed, settlement: &'s Settlement) -> Result<Cow<'s, Settlement>, LedgerError> {
        let Settlement::Posted { acknowledgement, .. } = settlement else { return Ok(Cow::Borrowed(settlement)) };
        let voucher = &acknowledgement.voucher_id;
        let other = self.holder_of_voucher(voucher, claimed.attempt_id)?;
        Ok(other.map_or(Cow::Borrowed(settlement), |other| {
            Cow::Owned(Settlement::StillUnknown(Problem::acknowledgement_taken(voucher, other.record_id)))
        }))
    }

    /// Returns the attempt, other than this one, that has this voucher for its own.
    pub(crate) fn holder_of_voucher(&self, voucher: &str, attempt: i64) -> Result<Option<VoucherHolder>, LedgerError> {
        self.row(
            "SELECT attempt_id, record_id, generation, reference FROM attempt
             WHERE voucher_id = :voucher AND state = 'posted' AND shares_voucher = 0 AND attempt_id <> :attempt",
            named_params! { ":voucher": voucher, ":attempt": attempt },
            |row| {
                Ok(VoucherHolder {
                    attempt_id: self.get(row, "attempt_id")?,
                    voucher_id: voucher.to_owned(),
                    generation: self.generation(row)?,
                    record_id: self.get(row, "record_id")?,
                    reference: Reference::from_stored(self.get::<String>(row, "reference")?),
                })
            },
        )
    }

    /// Takes a voucher, in the name of whoever made the run, from an attempt under whose reference it does not stand:
    /// its acknowledgement was wrong, which a comparison names. `owner` is the claim under whose reference it stands.
    pub(crate) fn disown(
        &self,
        run: i64,
        holder: &VoucherHolder,
        owner: &Claimed,
        at: Moment,
    ) -> Result<(), LedgerError> {
        self.execute_one(
            "attempt",
            "UPDATE attempt SET shares_voucher = 1 WHERE attempt_id = :attempt AND state = 'posted'",
            named_params! { ":attempt": holder.attempt_id },
        )?;
        let (run_id, (actor, user)) = (self.run_id_of(run)?, self.maker_of(run)?);
        let act = AuditAct::new(at.now, &actor, Act::Disowned)
            .accounting_user(&user)
            .record(&holder.record_id, holder.generation)
            .run(&run_id)
            .voucher(Some(&holder.voucher_id))
            .detail(serde_json::json!({
                "reference": holder.reference.as_str(),
                "stands_under": owner.reference.as_str(),
                "stands_for": owner.record_id.as_str(),
            }));
        self.audit(&act).map(drop)
    }

    /// Returns the person who made a run, and the user that the accounting system took them for.
    pub(in crate::ledger) fn maker_of(&self, run: i64) -> Result<(Actor, String), LedgerError> {
        let found = self.row(
            "SELECT actor_user, actor_host, accounting_user FROM run WHERE run_number = :run",
            named_params! { ":run": run },
            |row| {
                let actor = Actor { user: self.get(row, "actor_user")?, host: self.get(row, "actor_host")? };
                Ok((actor, self.get::<Option<String>>(row, "accounting_user")?.unwrap_or_default()))
            },
        )?;
        found.ok_or(LedgerError::Impossible { what: "run_number", found: run.to_string() })
    }

    pub(super) fn write_settlement(
        &self,
        run: i64,
        claimed: &Claimed,
        settlement: &Settlement,
        at: Moment,
    ) -> Result<(), LedgerError> {
        let (acknowledgement, made) = match settlement {
            Settlement::Posted { acknowledgement, made, .. } => (Some(acknowledgement), made.as_ref()),
            _ => (None, None),
        };
        let other_voucher =
            if let Settlement::Refused { voucher_id, .. } = settlement { voucher_id.as_deref() } else { None };
        let evidence = if let Settlement::Unclear(vouchers) = settlement { Some(json(vouchers)) } else { None };
        let draft = if let Settlement::Staged(draft) = settlement { Some(draft.as_str()) } else { None };
        let settled = !settlement.is_open();
        if let Settlement::HandedOver(seal) = settlement {
            self.seal_file(run, claimed.attempt_id, *seal, at.now)?;
        }
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
                ":made_at": made.map(|made| stamp(made.at)), ":made_by": made.and_then(|made| made.by.as_deref()),
                ":reason": settlement.reason().as_ref().map(json), ":attempt": claimed.attempt_id,
                ":reference": claimed.reference.as_str(), ":generation": claimed.generation.number(),
            },
        )?;
        if matches!(settlement, Settlement::NotSent) {
            self.void_file(claimed.attempt_id)?;
        }
        if acknowledgement.is_some() {
            self.be_due(run, claimed.attempt_id, at.now)?;
        }
        if settled && claimed.generation > Generation::FIRST {
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
            let claimed = self.insert_found(run, request, member, asked, at)?;
            self.execute_one(
                "run_item",
                "UPDATE run_item SET attempt_id = :attempt
                 WHERE run_number = :run AND position = :position AND record_id = :record AND result IS NULL",
                named_params! {
                    ":attempt": claimed.attempt_id, ":run": run, ":position": signed(asked.position),
                    ":record": asked.record_id.as_str(),
                },
            )?;
            self.answer_wish(run, claimed.attempt_id, asked, at)?;
            self.settle(run, &claimed, settlement, at)?;
        }
        Ok(())
    }

    /// Takes over a voucher that was found in the books for a record that needs no row in the run: it was exported
    /// here before, and elsewhere once more. `earlier` is the attempt by which it was known so far.
    pub(crate) fn take_over(&self, run: i64, earlier: i64, taken: &TakenOver, at: Moment) -> Result<(), LedgerError> {
        let claimed = self.claim_taken_over(run, earlier, &taken.member, at)?;
        self.settle_attempt(run, &claimed, &taken.settlement, at).map(drop)
    }

    /// Claims a voucher that somebody else made, in the place of the attempt `earlier`.
    fn claim_taken_over(
        &self,
        run: i64,
        earlier: i64,
        member: &ClaimMember,
        at: Moment,
    ) -> Result<Claimed, LedgerError> {
        let key = RequestKey::new(format!("taken-over-{run}-{earlier}-{}", member.generation.number()));
        let request = self.insert_request(run, RequestKind::Found, &key, self.fence_of(run)?, None, at)?;
        let claimed = self.insert_found(run, request, 0, member, at)?;
        self.answer_wish(run, claimed.attempt_id, member, at)?;
        Ok(claimed)
    }

    fn insert_found(
        &self,
        run: i64,
        request: i64,
        member: usize,
        asked: &ClaimMember,
        at: Moment,
    ) -> Result<Claimed, LedgerError> {
        self.keep_shown(asked, at.now)?;
        self.execute(
            include_str!("adopt.sql"),
            named_params! {
                ":record": asked.record_id.as_str(), ":generation": asked.generation.number(),
                ":reference": asked.reference.as_str(), ":run": run, ":request": request,
                ":member": signed(member as u64), ":hash": asked.content.as_bytes(),
                ":date": asked.date.to_string(), ":currency": asked.amount.currency().code(),
                ":exponent": asked.amount.currency().exponent(), ":minor": asked.amount.minor(),
                ":sent": asked.sent.as_ref().map(json), ":now": stamp(at.now), ":there": stamp(at.there),
            },
        )?;
        let claimed = Claimed {
            attempt_id: self.inserted(),
            record_id: asked.record_id.clone(),
            generation: asked.generation,
            reference: asked.reference.clone(),
            content: asked.content,
            date: asked.date,
            amount: asked.amount,
            sent: asked.sent.clone().map(Arc::new),
            position: asked.position,
        };
        self.plan_receipts(run, &claimed, Some(self.fence_of(run)?), at)?;
        Ok(claimed)
    }

    /// Answers a wish by a voucher that stands in the books already: it was made for a wish elsewhere. One for an
    /// earlier generation is overtaken.
    fn answer_wish(&self, run: i64, attempt: i64, asked: &ClaimMember, at: Moment) -> Result<(), LedgerError> {
        match self.open_re_export(asked.record_id.as_str())? {
            Some(wish) if wish.generation == asked.generation => self.claim_re_export(run, attempt, asked, at.now),
            Some(wish) if wish.generation < asked.generation => {
                let by = wish.requested_by.clone();
                self.withdraw_re_export(&wish, &by, "it was exported again elsewhere", at.now)
            }
            _ => Ok(()),
        }
    }

    fn fence_of(&self, run: i64) -> Result<u64, LedgerError> {
        let fence =
            self.row("SELECT fence FROM run WHERE run_number = :run", named_params! { ":run": run }, |row| {
                self.get::<i64>(row, "fence")
            })?;
        crate::ledger::values::number("run.fence", fence.unwrap_or_default())
    }

    /// Settles a planned row as held: at the door, where everything that is sent passes.
    pub(crate) fn hold_planned(
        &self,
        run: i64,
        position: u64,
        record: &RecordId,
        reason: &HoldReason,
        at: Moment,
    ) -> Result<(), LedgerError> {
        self.execute_one(
            "run_item",
            "UPDATE run_item SET result = 'held', reason = :reason
             WHERE run_number = :run AND position = :position AND result IS NULL AND attempt_id IS NULL",
            named_params! {
                ":reason": json(&Reason::Held(reason.clone())), ":run": run, ":position": signed(position),
            },
        )?;
        self.set_held(record, Some(reason), at.now)
    }

    /// Undoes a request of which nothing was written: its members are planned again, to go in smaller requests.
    pub(crate) fn plan_again(&self, run: i64, request: &ClaimedRequest, at: Moment) -> Result<(), LedgerError> {
        for claimed in &request.members {
            self.write_settlement(run, claimed, &Settlement::NotSent, at)?;
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
                 (SELECT 1 FROM attempt WHERE request_id = :request AND settled_at IS NULL)
                 AND NOT EXISTS (SELECT 1 FROM sealed_file WHERE request_id = :request AND state <> 'void')",
            named_params! { ":request": request_id },
        )?;
        Ok(())
    }
}
