//! A forced re-export of one record: shown first, asked for with a reason and the record id typed again, perhaps approved by
//! somebody else, and sent by a run like any other.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::caller::{CallFailure, Caller};
use super::engine::{Engine, Parts, Syncing};
use super::plan::PlanRules;
use super::run::{Job, Run, RunAsk, RunError};
use crate::domain::{Actor, Generation, Period, RecordId, Reference, Refusal, RequestKey, Trigger, VoucherResult};
use crate::error::{ErrorCode, Problem};
use crate::ledger::{ClaimedReversal, LeftReExport, ReExportWish, ReversalAsk, ReversalSettlement};
use crate::ports::Connection;
use crate::views::{Asker, ExportedVoucher, ReExport, ReExportPreview, Sum};

/// Characters of a reason at least: a few words. The ledger's `CHECK` says the same.
pub(super) const REASON_LENGTH_MIN: usize = 10;

/// A wish for a forced re-export.
#[derive(Debug, Clone)]
pub struct ReExportAsk {
    /// The record.
    pub record_id: String,
    /// The record's id once more, as the person typed it.
    pub confirm: String,
    /// The reference that it will have, where the person was shown one. What they did not see they did not ask for.
    pub seen: Option<String>,
    /// Why.
    pub reason: String,
    /// Whether the earlier voucher is reversed first.
    pub reverse: bool,
    /// Who.
    pub actor: Actor,
}

/// What becomes of the wish.
pub enum ReExportStep {
    /// Somebody else has to approve it first.
    Waits(Box<ReExport>),
    /// It is being sent.
    Runs(Syncing),
}

/// A reason must say something.
///
/// # Errors
/// [`ErrorCode::ReasonTooShort`].
pub(super) fn check_reason(reason: &str) -> Result<String, Problem> {
    let reason = reason.trim();
    if reason.chars().count() < REASON_LENGTH_MIN {
        return Err(Problem::new(ErrorCode::ReasonTooShort).with("minimum", REASON_LENGTH_MIN));
    }
    Ok(reason.to_owned())
}

fn check_confirmation(expected: &str, found: &str) -> Result<(), Problem> {
    if expected == found {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::ConfirmationDiffers).with("expected", expected).with("found", found))
}

/// Whoever asked saw one export, and wished for the next. Where that was made meanwhile, by an earlier wish that was still
/// on its way, or by another program, another one is nothing that anybody asked for.
fn check_not_overtaken(wish: &ReExportWish, earlier: &ExportedVoucher) -> Result<(), Problem> {
    if wish.generation == earlier.generation.next() { Ok(()) } else { Err(overtaken(wish.record_id.as_str(), earlier)) }
}

fn overtaken(record_id: &str, earlier: &ExportedVoucher) -> Problem {
    Problem::new(ErrorCode::ReExportOvertaken).with("id", record_id).with("voucher", &earlier.voucher_id)
}

impl Engine {
    /// What a person has to see before a re-export: what was exported, and what stands in the accounting system now.
    ///
    /// # Errors
    /// When the record was never exported, is in doubt, or the accounting system cannot be asked.
    pub async fn re_export_preview(&self, record_id: &str) -> Result<ReExportPreview, Problem> {
        let connection = self.connect().await?;
        preview(&self.parts, &connection, record_id).await
    }

    /// Asks for a re-export. Where the workspace wants a second administrator, it waits; else it is sent at once.
    ///
    /// Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the reason says nothing, the confirmation differs, or the record cannot be exported once more.
    pub async fn re_export(self: &Arc<Self>, ask: ReExportAsk) -> Result<ReExportStep, Problem> {
        let actor = ask.actor.clone();
        let wish = self.re_export_wish(ask).await?;
        if !wish.needs_approval {
            return Ok(ReExportStep::Runs(self.run_re_export(actor, wish.record_id.clone(), Some(wish))));
        }
        let id = wish.record_id.clone();
        let waits = self.parts.ledger.write(move |tx| {
            let Some(earlier) = tx.exported(wish.record_id.as_str())? else { return Ok(Ok(None)) };
            if let Err(overtaken) = check_not_overtaken(&wish, &earlier) {
                return Ok(Err(overtaken));
            }
            tx.request_re_export(&wish, &earlier)?;
            tx.open_re_export(wish.record_id.as_str()).map(Ok)
        });
        let waits = waits.await??.ok_or_else(|| Problem::new(ErrorCode::NotExported).with("id", id))?;
        Ok(ReExportStep::Waits(Box::new(waits)))
    }

    /// The same where no approval is needed, leaving it to the caller to drive the run; see [`Engine::prepare`].
    ///
    /// # Errors
    /// As for [`Engine::re_export`].
    pub async fn prepare_re_export(
        self: &Arc<Self>,
        ask: ReExportAsk,
    ) -> Result<(Syncing, Option<impl Future<Output = ()> + Send + use<>>), Problem> {
        let actor = ask.actor.clone();
        let wish = self.re_export_wish(ask).await?;
        let job = Job::ReExport { record_id: wish.record_id.clone(), wish: Some(wish) };
        Ok(self.prepare_run(self.fresh_run_id(), RunAsk { trigger: Trigger::ReExport, actor, job, wait: None }))
    }

    async fn re_export_wish(&self, ask: ReExportAsk) -> Result<ReExportWish, Problem> {
        check_confirmation(&ask.record_id, &ask.confirm)?;
        let reason = check_reason(&ask.reason)?;
        let connection = self.connect().await?;
        let now = preview(&self.parts, &connection, &ask.record_id).await?;
        if ask.seen.is_some_and(|seen| seen != now.reference) {
            return Err(overtaken(&ask.record_id, &now.earlier));
        }
        Ok(ReExportWish {
            record_id: RecordId::new(ask.record_id.clone()).map_err(|_| not_found(&ask.record_id))?,
            generation: now.earlier.generation.next(),
            reason,
            reverse: ask.reverse,
            needs_approval: now.needs_approval,
            asker: Asker { actor: ask.actor, accounting_user: connection.user_id },
            now: self.parts.clock.now(),
        })
    }

    /// Approves a re-export that somebody else asked for, and sends it: the one asked for `at`, where the approver was
    /// shown one. It may have been withdrawn since, and another asked for.
    ///
    /// # Errors
    /// When none waits, or whoever approves is whoever asked.
    pub async fn approve_re_export(
        self: &Arc<Self>,
        record_id: &str,
        confirm: &str,
        at: Option<DateTime<Utc>>,
        actor: Actor,
    ) -> Result<Syncing, Problem> {
        check_confirmation(record_id, confirm)?;
        let connection = self.connect().await?;
        let approver = Asker { actor: actor.clone(), accounting_user: connection.user_id };
        let waiting = self.waiting(record_id).await?;
        if at.is_some_and(|at| at != waiting.requested_at) {
            return Err(Problem::new(ErrorCode::ApprovalNotAsked).with("id", record_id));
        }
        if !approver.is_another(&waiting.requested_by) {
            return Err(Problem::new(ErrorCode::ApprovalBySame).with("id", record_id).with("user", &actor.user));
        }
        let now = self.parts.clock.now();
        self.parts.ledger.write(move |tx| tx.approve_re_export(&waiting, &approver, now)).await?;
        let record_id = RecordId::new(record_id).map_err(|_| not_found(record_id))?;
        Ok(self.run_re_export(actor, record_id, None))
    }

    /// Takes back a re-export that waits.
    ///
    /// # Errors
    /// When none waits, or the reason says nothing.
    pub async fn withdraw_re_export(&self, record_id: &str, reason: &str, actor: Actor) -> Result<(), Problem> {
        let reason = check_reason(reason)?;
        let waiting = self.waiting(record_id).await?;
        let (by, now) = (Asker { actor, accounting_user: String::new() }, self.parts.clock.now());
        Ok(self.parts.ledger.write(move |tx| tx.withdraw_re_export(&waiting, &by, &reason, now)).await?)
    }

    /// The re-exports that wait for an approval, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn waiting_re_exports(&self) -> Result<Vec<ReExport>, Problem> {
        Ok(self.parts.ledger.approvals().await?)
    }

    async fn waiting(&self, record_id: &str) -> Result<ReExport, Problem> {
        let id = record_id.to_owned();
        let waiting = self.parts.ledger.read(move |tx| tx.open_re_export(&id)).await?;
        waiting
            .filter(|waiting| waiting.needs_approval && waiting.approved_at.is_none())
            .ok_or_else(|| Problem::new(ErrorCode::ApprovalNotAsked).with("id", record_id))
    }

    fn run_re_export(self: &Arc<Self>, actor: Actor, record_id: RecordId, wish: Option<ReExportWish>) -> Syncing {
        self.start(RunAsk { trigger: Trigger::ReExport, actor, job: Job::ReExport { record_id, wish }, wait: None })
    }
}

fn not_found(record_id: &str) -> Problem {
    Problem::new(ErrorCode::RecordNotFound).with("id", record_id)
}

async fn preview(parts: &Parts, connection: &Connection, record_id: &str) -> Result<ReExportPreview, Problem> {
    let id = record_id.to_owned();
    let look = parts
        .ledger
        .read(move |tx| Ok((tx.candidate_of(&id)?, tx.exported(&id)?, tx.is_in_doubt(&id)?, tx.open_re_export(&id)?)));
    let (candidate, exported, in_doubt, waiting) = look.await?;
    let candidate = candidate.ok_or_else(|| not_found(record_id))?;
    if in_doubt {
        return Err(Problem::new(ErrorCode::RecordInDoubt).with("id", record_id));
    }
    let earlier = exported.ok_or_else(|| Problem::new(ErrorCode::NotExported).with("id", record_id))?;
    let asked = [Reference::from_stored(earlier.reference.clone())];
    let present = parts.accounting.look_up(&asked).await.map_err(|error| error.problem())?.vouchers;
    let rules = parts.rules(Period::EVERYTHING, connection.capabilities.reference_rules, None);
    let next = earlier.generation.next();
    let reference = Reference::of(&rules.organisation, &candidate.record.id, next, rules.references);
    // What cannot be posted now is told before anybody asks for it.
    if let Err(reason) = rules.posting(&candidate, next) {
        return Err(Problem::new(ErrorCode::RecordHeld).with("id", record_id).with("reason", reason.code()));
    }
    Ok(ReExportPreview {
        record_id: record_id.to_owned(),
        earlier,
        present,
        reference: reference.to_string(),
        amount: Sum {
            currency: candidate.record.amount.currency().code().to_owned(),
            amount: candidate.record.amount.to_decimal(),
        },
        date: candidate.record.date,
        needs_approval: parts.settings.re_export_needs_approval,
        waiting,
    })
}

/// Under the permit: the wish is kept, the earlier voucher reversed where that was asked for, and the row entered that
/// will be sent. Whatever was true when the person looked is looked at again here.
pub(super) async fn prepare(
    parts: &Parts,
    run: &Run<'_>,
    caller: &Caller,
    actor: &Actor,
    record_id: &RecordId,
    wish: Option<ReExportWish>,
    rules: &PlanRules,
) -> Result<(), RunError> {
    let id = record_id.as_str().to_owned();
    let kept = parts.ledger.write(move |tx| {
        if tx.is_in_doubt(&id)? {
            return Ok(Err(Problem::new(ErrorCode::RecordInDoubt).with("id", &id)));
        }
        let Some(earlier) = tx.exported(&id)? else {
            return Ok(Err(Problem::new(ErrorCode::NotExported).with("id", &id)));
        };
        if let Some(wish) = &wish {
            if let Err(overtaken) = check_not_overtaken(wish, &earlier) {
                return Ok(Err(overtaken));
            }
            tx.request_re_export(wish, &earlier)?;
        }
        let open = tx.open_re_export(&id)?.filter(|open| open.generation == earlier.generation.next());
        Ok(open.map(|open| (open, earlier)).ok_or_else(|| Problem::new(ErrorCode::ApprovalNotAsked).with("id", &id)))
    });
    let (re_export, earlier) = kept.await?.map_err(RunError::Problem)?;
    if re_export.reverse {
        reverse(parts, run, caller, actor, &re_export, &earlier, rules).await?;
    }
    let number = run.number;
    let planned = parts.ledger.write(move |tx| {
        tx.plan_re_export(number, &re_export)?;
        tx.set_read(number, 1)
    });
    Ok(planned.await?)
}

/// What a dead process left of re-exports. A counter-voucher that was claimed is asked for again, which answers with the one
/// there is; the re-export that it was made for is then sent, since the record is out of the books without it. A wish of
/// which nothing was claimed is withdrawn: whoever asked saw it fail, and asks again. `about` is left
/// alone: this run is about it. How many rows were entered.
pub(super) async fn carry_on(
    parts: &Parts,
    run: &Run<'_>,
    caller: &Caller,
    actor: &Actor,
    about: Option<&RecordId>,
) -> Result<u64, RunError> {
    for reversal in parts.ledger.read(|tx| tx.open_reversals()).await? {
        send_reversal(parts, run, caller, actor, reversal).await?;
    }
    let left = parts.ledger.read(|tx| tx.left_re_exports()).await?;
    let is_about = |left: &LeftReExport| about.is_some_and(|about| about.as_str() == left.re_export.record_id);
    let left: Vec<LeftReExport> = left.into_iter().filter(|left| !is_about(left)).collect();
    if left.is_empty() {
        return Ok(0);
    }
    let (number, now, actor) = (run.number, parts.clock.now(), actor.clone());
    let carried_on = parts.ledger.write(move |tx| {
        let mut rows = 0;
        for left in left {
            if left.is_reversed {
                tx.plan_re_export(number, &left.re_export)?;
                rows += 1;
            } else {
                let by = Asker { actor: actor.clone(), accounting_user: String::new() };
                tx.withdraw_re_export(&left.re_export, &by, "its run ended before anything was sent", now)?;
            }
        }
        Ok(rows)
    });
    Ok(carried_on.await?)
}

/// Makes the counter-voucher of the earlier voucher. Only when it stands in the books is anything new sent.
async fn reverse(
    parts: &Parts,
    run: &Run<'_>,
    caller: &Caller,
    actor: &Actor,
    re_export: &ReExport,
    earlier: &ExportedVoucher,
    rules: &PlanRules,
) -> Result<(), RunError> {
    let ask = ReversalAsk {
        run: run.number,
        re_export: re_export.clone(),
        earlier: earlier.clone(),
        reference: counter_reference(rules, &re_export.record_id, earlier.generation)?,
        key: RequestKey::new(run.ids.fresh()),
        date: reversal_date(rules),
        now: parts.clock.now(),
    };
    let claimed = parts.ledger.write(move |tx| tx.claim_reversal(&ask)).await?;
    send_reversal(parts, run, caller, actor, claimed).await
}

async fn send_reversal(
    parts: &Parts,
    run: &Run<'_>,
    caller: &Caller,
    actor: &Actor,
    claimed: ClaimedReversal,
) -> Result<(), RunError> {
    let sent = caller.patiently(run.permit, || caller.accounting.reverse(run.permit, &claimed)).await;
    let (settlement, halt) = match sent {
        Ok((VoucherResult::Created(made) | VoucherResult::Exists(made), _)) => {
            (ReversalSettlement::Posted { voucher_id: made.voucher_id, number: made.number }, None)
        }
        Ok((VoucherResult::Refused { refusal, .. }, _)) => {
            let problem = failed(&claimed, &refusal.detail);
            (ReversalSettlement::Refused(refusal), Some(problem))
        }
        Err(CallFailure::Refused { problem, doubt: None, .. }) => {
            let detail = problem.params.get("detail").cloned().unwrap_or_default();
            let refusal = Refusal { kind: "refused".to_owned(), detail: detail.clone() };
            (ReversalSettlement::Refused(refusal), Some(failed(&claimed, &detail)))
        }
        Err(CallFailure::Refused { problem, .. } | CallFailure::Unknown(problem)) => {
            (ReversalSettlement::Unknown, Some(failed(&claimed, problem.code.as_str())))
        }
        Err(CallFailure::Unprocessed { halt, .. }) => (ReversalSettlement::Unknown, Some(halt)),
    };
    let (number, now, actor) = (run.number, parts.clock.now(), actor.clone());
    parts.ledger.write(move |tx| tx.settle_reversal(number, &claimed, &settlement, &actor, now)).await?;
    halt.map_or(Ok(()), Err)
}

fn failed(reversal: &ClaimedReversal, detail: &str) -> RunError {
    RunError::Problem(
        Problem::new(ErrorCode::ReversalFailed).with("voucher", reversal.voucher_id()).with("detail", detail),
    )
}

/// The reference of a counter-voucher: the voucher's own, marked. No record's reference ends like this, since an id with
/// `#` is digested.
fn counter_reference(rules: &PlanRules, record_id: &str, generation: Generation) -> Result<Reference, RunError> {
    let id = RecordId::new(record_id).map_err(|_| RunError::Problem(not_found(record_id)))?;
    Ok(Reference::counter(&rules.organisation, &id, generation, rules.references))
}

/// A counter-voucher is dated today: the period of the voucher may be closed.
fn reversal_date(rules: &PlanRules) -> NaiveDate {
    rules.today
}
