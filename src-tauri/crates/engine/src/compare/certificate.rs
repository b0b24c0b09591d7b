//! Looks up, when a run is over, its own vouchers, for its certificate, and those for which it left a record out as
//! exported before.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::both_ways::Comparing;
use super::examiner::{AlarmWriter, ComparedAttempt, Examiner, OfRun};
use super::judge::Verdict;
use super::take_over::{LaterExport, later_exports, taken_over};
use crate::calls::RunError;
use crate::domain::{FoundDraft, Generation, RecordId, Reference};
use crate::ledger::{Compared, LedgerError, Moment};
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
    while let Some(page) = page(&examiner, of, &mut after).await? {
        let vouchers = page.len() as u64;
        comparing.judge_page(page).await?;
        show(vouchers);
    }
    comparing.finish(Some(of)).await
}

/// Looks up each voucher for whose sake a run left a record out, or that it found in the books, and every voucher of a
/// record that it exported once more. A voucher that is gone or reversed since raises an alarm, so that nobody has to
/// think of comparing to learn of it; one that is there again ends its alarm. A later export, made elsewhere, is taken
/// over first. Drafts under the reference of a voucher that stands as it was acknowledged came of a staging that was
/// given up and arrived later: they are discarded.
pub(crate) async fn review(
    examiner: Examiner<'_>,
    of: OfRun<'_>,
    show: &mut (dyn FnMut(u64) + Send),
) -> Result<(), RunError> {
    let (number, mut after) = (of.number, (0, 0));
    loop {
        let from = after;
        let page = examiner.parts.ledger.read(move |tx| tx.to_review(number, from, LOOK_UP_MAX)).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.position, last.attempt_id);
        let vouchers = page.len() as u64;
        let compared = examiner.judge_page(page).await?;
        for surplus in compared.iter().filter(|compared| compared.verdict == Verdict::Well).flat_map(arrived_late) {
            examiner.ask(|| examiner.parts.accounting.discard_draft(examiner.permit, &surplus.draft_id)).await?;
        }
        let learned = learn_of_later(&examiner, of.number, &compared).await?;
        keep(&examiner, compared, &learned).await?;
        let newest = examiner.parts.ledger.read(move |tx| tx.posted_attempts_of(&learned)).await?;
        for page in newest.chunks(LOOK_UP_MAX) {
            let compared = examiner.judge_page(page.to_vec()).await?;
            keep(&examiner, compared, &[]).await?;
        }
        show(vouchers);
    }
}

/// Keeps the alarms that the verdicts raise or end, but for those records.
async fn keep(examiner: &Examiner<'_>, compared: Vec<ComparedAttempt>, but: &[RecordId]) -> Result<(), RunError> {
    let (now, actor, user) = (examiner.parts.clock.now(), examiner.actor.clone(), examiner.connection.user_id.clone());
    let but: HashSet<RecordId> = but.iter().cloned().collect();
    let kept = examiner.parts.ledger.write(move |tx| {
        let alarms = AlarmWriter { tx, now, actor: &actor, accounting_user: &user };
        let mut others = compared.iter().filter(|compared| !but.contains(&compared.posted.record_id));
        others.try_for_each(|compared| alarms.keep(compared))
    });
    Ok(kept.await?)
}

/// Takes over the later exports of records whose newest known voucher is not as it was, and returns these records. One
/// that this ledger holds in doubt, or knows already, is left as it is.
async fn learn_of_later(
    examiner: &Examiner<'_>,
    run: i64,
    compared: &[ComparedAttempt],
) -> Result<Vec<RecordId>, RunError> {
    let lost = |compared: &&ComparedAttempt| {
        matches!(compared.verdict, Verdict::Differs(_)) && !compared.posted.exported_again
    };
    let lost: Vec<(i64, RecordId, Generation)> = compared
        .iter()
        .filter(lost)
        .map(|compared| (compared.posted.attempt_id, compared.posted.record_id.clone(), compared.posted.generation))
        .collect();
    if lost.is_empty() {
        return Ok(Vec::new());
    }
    let (settings, rules) = (&examiner.parts.settings, examiner.connection.capabilities.reference_rules);
    let reference = |id: &RecordId, generation| Reference::of(&settings.organisation, id, generation, rules);
    let known: Vec<(&RecordId, Generation)> = lost.iter().map(|(_, id, generation)| (id, *generation)).collect();
    let later = later_exports(examiner.caller, Some(examiner.permit), reference, &known).await?;
    let found: Vec<(i64, RecordId, LaterExport)> =
        lost.into_iter().zip(later).filter_map(|((attempt, id, _), later)| Some((attempt, id, later?))).collect();
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let at = Moment { now: examiner.parts.clock.now(), there: examiner.permit.latest_now() };
    let (posting, day) = (settings.posting.clone(), settings.booking_day(at.now));
    let written = examiner.parts.ledger.write(move |tx| {
        let mut learned = Vec::new();
        for (attempt, id, later) in &found {
            let known = tx.exported(id.as_str())?.map(|exported| exported.generation);
            if tx.is_in_doubt(id.as_str())? || known >= Some(later.generation) {
                continue;
            }
            let Some(candidate) = tx.candidate_of(id.as_str())? else { continue };
            if let Some(taken) = taken_over(&candidate.record, later, (&posting, day)) {
                tx.take_over(run, *attempt, &taken, at)?;
                learned.push(id.clone());
            }
        }
        Ok(learned)
    });
    Ok(written.await?)
}

/// Looks at one record as a review does, in the middle of a run: the ledger then knows its newest voucher.
pub(crate) async fn learn_of_record(examiner: Examiner<'_>, run: i64, record: &RecordId) -> Result<(), RunError> {
    let asked = vec![record.clone()];
    let attempts = examiner.parts.ledger.read(move |tx| tx.posted_attempts_of(&asked)).await?;
    let compared = examiner.judge_page(attempts).await?;
    let learned = learn_of_later(&examiner, run, &compared).await?;
    keep(&examiner, compared, &learned).await
}

/// Returns the drafts beside a voucher that came of a staging before it. A draft that was made long after is somebody's
/// own, such as a copy of the voucher, and stays; `compare` reports it.
fn arrived_late(compared: &ComparedAttempt) -> impl Iterator<Item = &FoundDraft> {
    let made = compared.found.iter().map(|voucher| voucher.created_at).max();
    let until = made.and_then(|made| made.checked_add_signed(ARRIVES_WITHIN));
    compared.drafts.iter().filter(move |draft| draft.created_at.is_none() || draft.created_at <= until)
}

async fn page(examiner: &Examiner<'_>, of: OfRun<'_>, after: &mut u64) -> Result<Option<Vec<Compared>>, LedgerError> {
    let (run, from) = (of.number, *after);
    let page = examiner.parts.ledger.read(move |tx| tx.exported_of(run, from, LOOK_UP_MAX)).await?;
    Ok(page.last().map(|last| last.position).map(|position| {
        *after = position;
        page
    }))
}
