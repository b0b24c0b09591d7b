//! The JSON of the promise: members are only ever added.

use chrono::{DateTime, SecondsFormat, Utc};
use postonce_engine::domain::{Counts, ItemResult};
use postonce_engine::error::Told;
use postonce_engine::ports::LockInfo;
use postonce_engine::views::{
    AttemptStory, AttentionItem, PlanSummary, Progress, RecordCounts, RecordState, RecordStory, RunItem, RunSummary,
    Sum,
};
use serde_json::{Value, json};

use crate::args::Language;
use crate::catalogue;

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn sums(sums: &[Sum]) -> Value {
    sums.iter().map(|sum| json!({ "currency": sum.currency, "posted": sum.amount })).collect()
}

fn counts(counts: &Counts) -> Value {
    json!({
        "read": counts.read, "posted": counts.posted, "skipped": counts.skipped, "refused": counts.refused,
        "held": counts.held, "in_doubt": counts.in_doubt,
    })
}

/// `{"code", "message", "detail"}`, and the lock where that is the reason.
pub(crate) fn failure(language: Language, told: &Told, lock: Option<&LockInfo>) -> Value {
    let mut failure = json!({ "code": told.code, "message": catalogue::error(language, told), "detail": told.params });
    if let (Some(lock), Value::Object(members)) = (lock, &mut failure) {
        members.insert("lock".to_owned(), json!(lock));
    }
    failure
}

/// An entry of `history`, and the body of `finished`.
pub(crate) fn run(language: Language, run: &RunSummary) -> Value {
    json!({
        "run_id": run.run_id, "trigger": run.trigger, "actor": run.actor.user, "host": run.actor.host,
        "started_at": instant(run.started_at), "finished_at": run.finished_at.map(instant), "outcome": run.outcome,
        "counts": counts(&run.counts), "sums": sums(&run.posted), "fence": run.fence,
        "period": { "from": run.period.from, "to": run.period.to },
        "error": run.error.as_ref().map(|told| failure(language, told, None)),
    })
}

/// A line while a sync runs.
pub(crate) fn progress(progress: &Progress) -> Value {
    json!({
        "event": "progress", "phase": progress.phase, "processed": progress.processed, "total": progress.total,
        "eta_seconds": progress.eta_seconds, "rate_per_second": progress.rate_per_second,
        "waiting_until": progress.waiting_until.map(instant),
    })
}

/// The last line of a sync.
pub(crate) fn finished(language: Language, summary: &RunSummary) -> Value {
    let mut finished = run(language, summary);
    if let Value::Object(members) = &mut finished {
        members.insert("event".to_owned(), json!("finished"));
    }
    finished
}

/// The one document of a dry run.
pub(crate) fn plan(language: Language, plan: &PlanSummary) -> Value {
    let sums: Value =
        plan.send_sums.iter().map(|sum| json!({ "currency": sum.currency, "send": sum.amount })).collect();
    json!({
        "event": "plan", "sums": sums,
        "counts": {
            "read": plan.read, "send": plan.send, "skipped": plan.skipped, "in_doubt": plan.in_doubt, "held": plan.held,
        },
        "held": plan.held_items.iter().map(|held| item(language, held)).collect::<Vec<_>>(),
    })
}

/// A row of a run.
pub(crate) fn item(language: Language, item: &RunItem) -> Value {
    json!({
        "record_id": item.record_id, "generation": item.generation.map(|generation| generation.number()),
        "result": item.result.unwrap_or(ItemResult::NotSent), "reference": item.reference,
        "voucher_id": item.voucher_id, "voucher_number": item.voucher_number,
        "reason": item.reason.as_ref().map(|reason| catalogue::reason(language, reason)),
        "reason_code": item.reason, "earlier_run_id": item.earlier_run_id, "earlier_at": item.earlier_at.map(instant),
        "date": item.date, "payee": item.payee, "amount": item.amount.as_ref().map(|sum| &sum.amount),
        "currency": item.amount.as_ref().map(|sum| &sum.currency), "place": item.place,
    })
}

/// The counts of `status`.
pub(crate) fn records(records: &RecordCounts) -> Value {
    json!({
        "posted": records.posted, "eligible": records.eligible, "sending": records.sending,
        "in_doubt": records.in_doubt, "refused": records.refused, "held": records.held, "changed": records.changed,
    })
}

/// An entry of `attention`.
pub(crate) fn attention(language: Language, item: &AttentionItem) -> Value {
    json!({
        "state": item.state, "record_id": item.record_id, "place": item.place, "glimpse": item.glimpse,
        "payee": item.payee, "date": item.date, "amount": item.amount.as_ref().map(|sum| &sum.amount),
        "currency": item.amount.as_ref().map(|sum| &sum.currency),
        "reason": item.reason.as_ref().map(|reason| catalogue::reason(language, reason)), "reason_code": item.reason,
        "reference": item.reference, "voucher_id": item.voucher_id, "since": instant(item.since),
        "run_id": item.run_id,
    })
}

/// Everything known of a record.
pub(crate) fn story(language: Language, story: &RecordStory) -> Value {
    let attempt = |attempt: &AttemptStory| {
        json!({
            "generation": attempt.generation.number(), "state": attempt.state.as_str(),
            "reference": attempt.reference, "run_id": attempt.run_id, "claimed_at": instant(attempt.claimed_at),
            "settled_at": attempt.settled_at.map(instant), "settled_by": attempt.settled_by,
            "voucher_id": attempt.voucher_id, "voucher_number": attempt.voucher_number,
            "reason": attempt.reason.as_ref().map(|reason| catalogue::reason(language, reason)),
        })
    };
    let state: RecordState = story.state;
    json!({
        "record_id": story.record_id, "state": state, "payee_id": story.payee_id, "payee": story.payee,
        "date": story.date, "amount": story.amount.amount, "currency": story.amount.currency,
        "category": story.category, "text": story.text, "place": story.place,
        "first_seen_at": instant(story.first_seen_at), "held": story.held,
        "attempts": story.attempts.iter().map(attempt).collect::<Vec<_>>(),
    })
}
