//! Looks up, when a run is over, its own vouchers, for its certificate, and those for which it left a record out as
//! exported before.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::TimeDelta;
use futures_util::stream::{BoxStream, StreamExt, try_unfold};

use super::both_ways::Comparing;
use super::examiner::{AlarmWriter, ComparedAttempt, Examiner, OfRun};
use super::judge::Verdict;
use super::take_over::{ExportElsewhere, as_it_stands, later_exports, standing_exports};
use crate::calls::RunError;
use crate::domain::{FoundDraft, Generation, RecordId, ReferenceForms};
use crate::ledger::{Compared, Ledger, Moment};
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
    comparing.judge_pages(exported_of(&examiner.parts.ledger, of.number), show).await?;
    comparing.finish(Some(of)).await
}

/// Looks up each voucher for whose sake a run left a record out, or that it found in the books, and every voucher of a
/// record that it exported once more. A voucher that is gone or reversed since raises an alarm, so that nobody has to
/// think of comparing to learn of it; one that is there again ends its alarm. What was exported elsewhere, later or
/// before, is taken over first. Drafts under the reference of a voucher that stands as it was acknowledged came of a staging that was
/// given up and arrived later: they are discarded. Without `all`, only records that were exported more than once.
pub(crate) async fn review(
    examiner: Examiner<'_>,
    of: OfRun<'_>,
    all: bool,
    show: &mut (dyn FnMut(u64) + Send),
) -> Result<(), RunError> {
    let (number, mut after) = (of.number, (0, 0));
    loop {
        let from = after;
        let page = examiner.parts.ledger.read(move |tx| tx.to_review(number, all, from, LOOK_UP_MAX)).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.position, last.attempt_id);
        let vouchers = page.len() as u64;
        let compared = examiner.judge_page(page).await?;
        for surplus in compared.iter().filter(|compared| compared.verdict == Verdict::Well).flat_map(arrived_late) {
            examiner.ask(|| examiner.parts.accounting.discard_draft(examiner.permit, &surplus.draft_id)).await?;
        }
        let learned = learn(&examiner, of.number, &compared).await?;
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

/// Takes over what was exported elsewhere of the records of these attempts, and returns those of which there was any.
async fn learn(examiner: &Examiner<'_>, run: i64, compared: &[ComparedAttempt]) -> Result<Vec<RecordId>, RunError> {
    let mut learned = learn_of_later(examiner, run, compared).await?;
    let is_again = |compared: &&ComparedAttempt| compared.posted.generation > Generation::FIRST;
    let again = compared.iter().filter(is_again).map(|compared| compared.posted.record_id.clone());
    let mut asked: Vec<RecordId> = again.chain(learned.iter().cloned()).collect();
    asked.sort();
    asked.dedup();
    learned.extend(learn_of_earlier(examiner, run, asked).await?);
    learned.sort();
    learned.dedup();
    Ok(learned)
}

/// Takes over earlier exports of these records that this ledger does not know and whose vouchers stand, and returns the
/// records that have one: beside the newest voucher it is one too many.
async fn learn_of_earlier(
    examiner: &Examiner<'_>,
    run: i64,
    records: Vec<RecordId>,
) -> Result<Vec<RecordId>, RunError> {
    let known = examiner.parts.ledger.read(move |tx| tx.posted_attempts_of(&records)).await?;
    let mut by_record: BTreeMap<RecordId, BTreeMap<Generation, i64>> = BTreeMap::new();
    for attempt in known {
        by_record.entry(attempt.record_id).or_default().insert(attempt.generation, attempt.attempt_id);
    }
    let (mut asked, mut newest) = (Vec::new(), HashMap::new());
    for (record, generations) in by_record {
        let Some((last, attempt)) = generations.last_key_value() else { continue };
        let before =
            std::iter::successors(Some(Generation::FIRST), |one| Some(one.next())).take_while(|one| one < last);
        asked.extend(before.filter(|one| !generations.contains_key(one)).map(|one| (record.clone(), one)));
        newest.insert(record, *attempt);
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let known_forms = known_forms(examiner).await?;
    let forms = |id: &RecordId, generation| known_forms.of(&examiner.parts.settings.organisation, id, generation);
    let standing = standing_exports(examiner.caller, examiner.permit, forms, asked).await?;
    let found = standing.into_iter().filter_map(|(id, export)| Some((*newest.get(&id)?, id, export))).collect();
    take_over(examiner, run, found, |_, _| true).await
}

async fn known_forms(examiner: &Examiner<'_>) -> Result<ReferenceForms, RunError> {
    let rules = examiner.connection.capabilities.reference_rules;
    Ok(examiner.parts.ledger.read(move |tx| tx.reference_forms(rules)).await?)
}

/// Takes over the later exports of the newest known vouchers, and returns their records. One that this ledger holds in
/// doubt, or knows already, is left as it is.
async fn learn_of_later(
    examiner: &Examiner<'_>,
    run: i64,
    compared: &[ComparedAttempt],
) -> Result<Vec<RecordId>, RunError> {
    let newest: Vec<(i64, RecordId, Generation)> = compared
        .iter()
        .filter(|compared| !compared.posted.exported_again)
        .map(|compared| (compared.posted.attempt_id, compared.posted.record_id.clone(), compared.posted.generation))
        .collect();
    if newest.is_empty() {
        return Ok(Vec::new());
    }
    let known_forms = known_forms(examiner).await?;
    let forms = |id: &RecordId, generation| known_forms.of(&examiner.parts.settings.organisation, id, generation);
    let known: Vec<(&RecordId, Generation)> = newest.iter().map(|(_, id, generation)| (id, *generation)).collect();
    let later = later_exports(examiner.caller, Some(examiner.permit), forms, &known).await?;
    let found: Vec<(i64, RecordId, ExportElsewhere)> =
        newest.into_iter().zip(later).filter_map(|((attempt, id, _), later)| Some((attempt, id, later?))).collect();
    take_over(examiner, run, found, |known, later| known < Some(later)).await
}

/// Takes over exports that were made elsewhere, each in the place of an attempt, and returns their records. `is_new` is
/// asked with the newest generation that is known here, and the found one.
async fn take_over(
    examiner: &Examiner<'_>,
    run: i64,
    found: Vec<(i64, RecordId, ExportElsewhere)>,
    is_new: fn(Option<Generation>, Generation) -> bool,
) -> Result<Vec<RecordId>, RunError> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let at = Moment { now: examiner.parts.clock.now(), there: examiner.permit.latest_now() };
    let settings = &examiner.parts.settings;
    let (posting, day) = (settings.posting.clone(), settings.booking_day(at.now));
    let written = examiner.parts.ledger.write(move |tx| {
        let mut learned = Vec::new();
        for (attempt, id, export) in &found {
            let known = tx.exported(id.as_str())?.map(|exported| exported.generation);
            if tx.is_in_doubt(id.as_str())? || !is_new(known, export.generation) {
                continue;
            }
            let Some(candidate) = tx.candidate_of(id.as_str())? else { continue };
            if let Some(taken) = as_it_stands(&candidate.record, export, (&posting, day)) {
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
    let learned = learn(&examiner, run, &compared).await?;
    keep(&examiner, compared, &learned).await?;
    if learned.is_empty() {
        return Ok(());
    }
    let anew = examiner.parts.ledger.read(move |tx| tx.posted_attempts_of(&learned)).await?;
    keep(&examiner, examiner.judge_page(anew).await?, &[]).await
}

/// Returns the drafts beside a voucher that came of a staging before it. A draft that was made long after is somebody's
/// own, such as a copy of the voucher, and stays; `compare` reports it.
fn arrived_late(compared: &ComparedAttempt) -> impl Iterator<Item = &FoundDraft> {
    let made = compared.found.iter().map(|voucher| voucher.created_at).max();
    let until = made.and_then(|made| made.checked_add_signed(ARRIVES_WITHIN));
    compared.drafts.iter().filter(move |draft| draft.created_at.is_none() || draft.created_at <= until)
}

/// Returns the vouchers that a run exported, in pages.
fn exported_of(ledger: &Ledger, run: i64) -> BoxStream<'_, Result<Vec<Compared>, RunError>> {
    let pages = try_unfold(0, move |after| async move {
        let page = ledger.read(move |tx| tx.exported_of(run, after, LOOK_UP_MAX)).await?;
        Ok(page.last().map(|last| last.position).map(|last| (page, last)))
    });
    pages.boxed()
}
