//! Looks up, when a run is over, its own vouchers, for its certificate, and those for which it left a record out as
//! exported before.

use chrono::TimeDelta;

use super::both_ways::Comparing;
use super::examiner::{AlarmWriter, ComparedAttempt, Examiner, OfRun};
use super::judge::Verdict;
use crate::calls::RunError;
use crate::domain::{FoundDraft, ItemResult};
use crate::ledger::{Compared, LedgerError};
use crate::ports::LOOK_UP_MAX;
use crate::views::Comparison;

/// The time after a voucher in which a draft may still come of a staging that was given up before it. No server works
/// on a request for days.
const ARRIVES_WITHIN: TimeDelta = TimeDelta::days(1);

/// Looks up each voucher that a run posted, and keeps the result as the run's certificate. It says nothing of vouchers
/// that the run did not post; [`review`] and [`crate::engine::Engine::compare`] do. `show` receives the size of each
/// page.
pub(crate) async fn certificate(
    examiner: Examiner<'_>,
    of: OfRun<'_>,
    show: &mut (dyn FnMut(u64) + Send),
) -> Result<Comparison, RunError> {
    let mut comparing = Comparing::begin(examiner, of.period).await?;
    let mut after = 0;
    while let Some(page) = page(&examiner, of, ItemResult::Posted, &mut after).await? {
        let vouchers = page.len() as u64;
        comparing.judge_page(page).await?;
        show(vouchers);
    }
    comparing.finish(Some(of)).await
}

/// Looks up each voucher for whose sake a run left a record out. A voucher that is gone or reversed since raises an
/// alarm, so that nobody has to think of comparing to learn of it; one that is there again ends its alarm. Drafts under
/// the reference of a voucher that stands as it was acknowledged came of a staging that was given up and arrived later:
/// they are discarded.
pub(crate) async fn review(
    examiner: Examiner<'_>,
    of: OfRun<'_>,
    show: &mut (dyn FnMut(u64) + Send),
) -> Result<(), RunError> {
    let mut after = 0;
    while let Some(page) = page(&examiner, of, ItemResult::SkippedAlreadyExported, &mut after).await? {
        let vouchers = page.len() as u64;
        let compared = examiner.judge_page(page).await?;
        for surplus in compared.iter().filter(|compared| compared.verdict == Verdict::Well).flat_map(arrived_late) {
            examiner.ask(|| examiner.parts.accounting.discard_draft(examiner.permit, &surplus.draft_id)).await?;
        }
        let (now, actor, user) =
            (examiner.parts.clock.now(), examiner.actor.clone(), examiner.connection.user_id.clone());
        let kept = examiner.parts.ledger.write(move |tx| {
            let alarms = AlarmWriter { tx, now, actor: &actor, accounting_user: &user };
            compared.iter().try_for_each(|compared| alarms.keep(compared))
        });
        kept.await?;
        show(vouchers);
    }
    Ok(())
}

/// Returns the drafts beside a voucher that came of a staging before it. A draft that was made long after is somebody's
/// own, such as a copy of the voucher, and stays; `compare` reports it.
fn arrived_late(compared: &ComparedAttempt) -> impl Iterator<Item = &FoundDraft> {
    let made = compared.found.iter().map(|voucher| voucher.created_at).max();
    let until = made.and_then(|made| made.checked_add_signed(ARRIVES_WITHIN));
    compared.drafts.iter().filter(move |draft| draft.created_at.is_none() || draft.created_at <= until)
}

async fn page(
    examiner: &Examiner<'_>,
    of: OfRun<'_>,
    result: ItemResult,
    after: &mut u64,
) -> Result<Option<Vec<Compared>>, LedgerError> {
    let (run, from) = (of.number, *after);
    let page = examiner.parts.ledger.read(move |tx| tx.exported_of(run, result, from, LOOK_UP_MAX)).await?;
    Ok(page.last().map(|last| last.position).map(|position| {
        *after = position;
        page
    }))
}
