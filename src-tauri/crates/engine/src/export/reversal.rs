//! Prepares a re-export under the permit: its wish is kept, the earlier voucher is reversed if that was asked for, and
//! its row is entered. It also carries on the re-exports that a dead process left.

use chrono::{DateTime, NaiveDate, Utc};

use crate::calls::{CallFailure, Caller, RunError};
use crate::compare::{self, Acknowledged, Examiner};
use crate::domain::{
    Actor, Capabilities, FoundVoucher, Generation, RecordId, Reference, Refusal, RequestKey, VoucherResult,
    VoucherState,
};
use crate::error::Problem;
use crate::export::plan::PlanRules;
use crate::export::step::Run;
use crate::ledger::{ClaimedReversal, LeftReExport, ReExportWish, ReversalAsk, ReversalSettlement};
use crate::lock::Permit;
use crate::parts::Parts;
use crate::views::{Asker, ExportedVoucher, ReExport};

/// Keeps the wish, reverses the earlier voucher if that was asked for, and enters the row that will be sent, all under
/// the permit. Everything that was true when the person looked is checked again here, in the ledger and in the books.
pub(crate) async fn prepare(
    parts: &Parts,
    run: &Run<'_>,
    examiner: Examiner<'_>,
    record_id: &RecordId,
    wish: Option<ReExportWish>,
    rules: &PlanRules,
) -> Result<(), RunError> {
    let problem = |problem| Err(RunError::Problem(problem));
    let id = record_id.as_str().to_owned();
    if parts.ledger.read(move |tx| tx.is_in_doubt(&id)).await? {
        return problem(Problem::record_in_doubt(record_id));
    }
    // A later export that was made elsewhere is learned of first: the wish is then overtaken.
    compare::learn_of_record(examiner, run.number, record_id).await?;
    let id = record_id.as_str().to_owned();
    let (exported, candidate) = parts.ledger.read(move |tx| Ok((tx.exported(&id)?, tx.candidate_of(&id)?))).await?;
    let Some(earlier) = exported else { return problem(Problem::not_exported(record_id)) };
    let Some(candidate) = candidate else { return problem(not_found(record_id.as_str())) };
    let there = present(examiner.caller, Some(run.permit), &earlier).await.map_err(RunError::Problem)?;
    check_absence(run.capabilities, Some(run.permit), parts.clock.now(), &earlier, &there)
        .map_err(RunError::Problem)?;
    let next = earlier.generation.next();
    let forms = |generation| rules.references.of(&rules.organisation, record_id, generation);
    check_reach(examiner.caller, Some(run.permit), forms, record_id, next).await?;
    if let Err(reason) = rules.posting(&candidate, next) {
        return problem(Problem::record_held(record_id, reason.code()));
    }
    // Before its voucher is reversed: a record that somebody is editing keeps the one that it has.
    if let Some(locks) = run.record_locks
        && let Some(reason) = locks.lock(&[&candidate]).await?.pop().flatten()
    {
        return problem(Problem::record_held(record_id, reason.code()));
    }
    let id = record_id.as_str().to_owned();
    let kept = parts.ledger.write(move |tx| {
        if tx.is_in_doubt(&id)? {
            return Ok(Err(Problem::record_in_doubt(&id)));
        }
        let Some(earlier) = tx.exported(&id)? else {
            return Ok(Err(Problem::not_exported(&id)));
        };
        if let Some(wish) = &wish {
            if let Err(overtaken) = check_not_overtaken(wish, &earlier) {
                return Ok(Err(overtaken));
            }
            tx.request_re_export(wish, &earlier)?;
        }
        let open = tx.open_re_export(&id)?.filter(|open| open.generation == earlier.generation.next());
        Ok(open.map(|open| (open, earlier)).ok_or_else(|| Problem::approval_not_asked(&id)))
    });
    let (re_export, earlier) = kept.await?.map_err(RunError::Problem)?;
    if re_export.reverse && stands(&earlier, &there)? {
        reverse(parts, run, examiner, &re_export, &earlier, rules).await?;
    }
    let number = run.number;
    let planned = parts.ledger.write(move |tx| {
        tx.plan_re_export(number, &re_export)?;
        tx.set_read(number, 1)
    });
    Ok(planned.await?)
}

/// Returns the vouchers under the reference of the last export.
pub(crate) async fn present(
    caller: &Caller,
    permit: Option<&Permit>,
    earlier: &ExportedVoucher,
) -> Result<Vec<FoundVoucher>, Problem> {
    let asked = [Reference::from_stored(earlier.reference.clone())];
    let found = caller.ask(permit, || caller.accounting.look_up(&asked)).await.map_err(RunError::into_problem)?;
    Ok(found.vouchers)
}

/// Refuses a re-export as long as a look-up that shows nothing does not prove that the voucher is gone: it would then
/// stand there twice.
pub(crate) fn check_absence(
    capabilities: &Capabilities,
    permit: Option<&Permit>,
    now: DateTime<Utc>,
    earlier: &ExportedVoucher,
    there: &[FoundVoucher],
) -> Result<(), Problem> {
    let acknowledged = Acknowledged { last_sent_at: earlier.last_sent_at, settled_at: Some(earlier.settled_at) };
    match acknowledged.hidden_until(capabilities, permit, now) {
        Some(until) if there.is_empty() => Err(Problem::re_export_too_early(&earlier.voucher_id, until.to_rfc3339())),
        _ => Ok(()),
    }
}

/// Refuses a re-export that a ledger which does not know of it would not look for: the books show none of the exports
/// from which it is reached, and the record would be sent once more there.
pub(crate) async fn check_reach(
    caller: &Caller,
    permit: Option<&Permit>,
    forms: impl Fn(Generation) -> Vec<Reference>,
    record_id: &RecordId,
    generation: Generation,
) -> Result<(), RunError> {
    let before: Vec<Reference> = generation.reached_from().flat_map(forms).collect();
    if before.is_empty() || !caller.look_up(permit, &before).await?.standing(before).is_empty() {
        return Ok(());
    }
    Err(RunError::Problem(Problem::re_export_out_of_reach(record_id)))
}

/// Says whether the earlier voucher stands in the books, so that there is something to reverse. A voucher that stands
/// there under another id is another one, and is not reversed in its place.
fn stands(earlier: &ExportedVoucher, there: &[FoundVoucher]) -> Result<bool, RunError> {
    let mut standing =
        there.iter().filter(|voucher| voucher.reverses.is_none() && voucher.state == VoucherState::Posted).peekable();
    let is_earlier = |voucher: &FoundVoucher| voucher.acknowledgement.voucher_id == earlier.voucher_id;
    match standing.peek() {
        None => Ok(false),
        Some(other) => {
            let found = other.acknowledgement.voucher_id.clone();
            if standing.any(is_earlier) {
                return Ok(true);
            }
            Err(RunError::Problem(Problem::acknowledgement_differs(&earlier.voucher_id, found)))
        }
    }
}

/// Carries on the re-exports that a dead process left, and returns how many rows were entered. A counter-voucher that
/// was claimed is asked for again, which answers with the one there is; the re-export for which it was made is then
/// sent, since the record is out of the books without it. A wish of which nothing was claimed is withdrawn: the person
/// who asked saw it fail, and asks again. `about` is left alone: this run is about it.
pub(crate) async fn carry_on(
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
    examiner: Examiner<'_>,
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
    send_reversal(parts, run, examiner.caller, examiner.actor, claimed).await
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
            let refusal = Refusal::new("refused", detail.clone());
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
    RunError::Problem(Problem::reversal_failed(reversal.voucher_id(), detail))
}

/// Returns the reference of a counter-voucher: the voucher's own, marked. No record's reference ends like this, since
/// an id with `#` is digested.
fn counter_reference(rules: &PlanRules, record_id: &str, generation: Generation) -> Result<Reference, RunError> {
    let id = RecordId::new(record_id).map_err(|_| RunError::Problem(not_found(record_id)))?;
    Ok(Reference::counter(&rules.organisation, &id, generation, rules.references.current))
}

/// Returns the date of a counter-voucher, which is today: the period of the voucher may be closed.
fn reversal_date(rules: &PlanRules) -> NaiveDate {
    rules.day.today
}

/// Checks that the last export is still the one that the person saw. If the next one was made meanwhile, by an earlier
/// wish that was still on its way, or by another program, another one is nothing that anybody asked for.
pub(crate) fn check_not_overtaken(wish: &ReExportWish, earlier: &ExportedVoucher) -> Result<(), Problem> {
    if wish.generation == earlier.generation.next() { Ok(()) } else { Err(overtaken(wish.record_id.as_str(), earlier)) }
}

pub(crate) fn overtaken(record_id: &str, earlier: &ExportedVoucher) -> Problem {
    Problem::re_export_overtaken(record_id, &earlier.voucher_id)
}

pub(crate) fn not_found(record_id: &str) -> Problem {
    Problem::record_not_found(record_id)
}
