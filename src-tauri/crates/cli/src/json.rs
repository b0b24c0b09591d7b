//! Writes the JSON of the promise: members are only ever added.

use chrono::{DateTime, SecondsFormat, Utc};
use postonce_engine::domain::{Counts, ItemResult};
use postonce_engine::error::Problem;
use postonce_engine::ports::SourceRemark;
use postonce_engine::views::{
    Acceptance, AccountSum, Alarm, AttemptStory, AttentionItem, AuditEntry, Changed, LockFacts, LookAlike,
    MissingReceipt, MonthState, PlanSummary, Progress, Question, ReExport, ReceiptStory, RecordCounts, RecordState,
    RecordStory, RunItem, RunSummary, StateFigures, Sum, VoucherDraft, VoucherPreview,
};
use postonce_engine::{AuditVerdict, ScheduleNews};
use postonce_reports::sentences::{self, Reader};
use postonce_reports::voucher_lines_json;
use serde_json::{Value, json};

pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn sums(sums: &[Sum]) -> Value {
    sums.iter().map(|sum| json!({ "currency": sum.currency, "posted": sum.amount })).collect()
}

pub(crate) fn counts(counts: &Counts) -> Value {
    json!({
        "read": counts.read, "posted": counts.posted, "skipped": counts.skipped, "refused": counts.refused,
        "held": counts.held, "in_doubt": counts.in_doubt, "left_out": counts.left_out, "found": counts.found,
        "handed_over": counts.handed_over,
    })
}

/// Returns `{"code", "message", "detail"}`, and the lock when that is the reason.
pub(crate) fn failure(reader: Reader<'_>, problem: &Problem, lock: Option<&LockFacts>) -> Value {
    let mut failure =
        json!({ "code": problem.code, "message": sentences::error(reader, problem), "detail": problem.params });
    if let (Some(lock), Value::Object(members)) = (lock, &mut failure) {
        members.insert("lock".to_owned(), json!(lock));
    }
    failure
}

/// Returns an entry of `history`, and the body of `finished`.
pub(crate) fn run(reader: Reader<'_>, run: &RunSummary) -> Value {
    json!({
        "run_id": run.run_id, "trigger": run.trigger, "actor": run.actor.user, "host": run.actor.host,
        "started_at": instant(run.started_at), "finished_at": run.finished_at.map(instant), "outcome": run.outcome,
        "counts": counts(&run.counts), "sums": sums(&run.posted), "fence": run.fence,
        "period": { "from": run.period.from, "to": run.period.to },
        "error": run.error.as_ref().map(|problem| failure(reader, problem, None)),
    })
}

/// Returns a line while a sync runs.
pub(crate) fn progress(progress: &Progress) -> Value {
    json!({
        "event": "progress", "phase": progress.phase, "processed": progress.processed, "total": progress.total,
        "eta_seconds": progress.eta_seconds, "rate_per_second": progress.rate_per_second,
        "waiting_until": progress.waiting_until.map(instant),
        "waiting_for": progress.waiting.as_ref().map(|waiting| json!({
            "lock": waiting.lock, "until": instant(waiting.until),
        })),
    })
}

/// Returns a question that a person has to answer.
pub(crate) fn question(reader: Reader<'_>, question: &Question) -> Value {
    json!({
        "topic": question.topic, "asked_at": instant(question.asked_at),
        "error": failure(reader, &question.problem, None),
    })
}

/// Returns the last line of a sync; with the holder of the lock, when that is why it was not let in.
pub(crate) fn finished(reader: Reader<'_>, summary: &RunSummary, lock: Option<&LockFacts>) -> Value {
    let mut finished = run(reader, summary);
    if let Value::Object(members) = &mut finished {
        members.insert("event".to_owned(), json!("finished"));
        if let Some(lock) = lock {
            members.insert("lock".to_owned(), json!(lock));
        }
    }
    finished
}

/// Returns a line while a schedule is kept to.
pub(crate) fn news(reader: Reader<'_>, news: &ScheduleNews) -> Value {
    match news {
        ScheduleNews::Waiting { next } => json!({ "event": "waiting", "next_run": next.map(instant) }),
        ScheduleNews::Started { scheduled_for, missed, syncing } => json!({
            "event": "started", "scheduled_for": instant(*scheduled_for), "missed": missed,
            "run_id": syncing.progress().borrow().run_id,
        }),
        ScheduleNews::Ended { scheduled_for, missed, end } => {
            let mut ended = match &end.run {
                Some(run) => finished(reader, run, end.lock.as_ref()),
                None => json!({
                    "event": "finished", "outcome": null,
                    "error": end.error.as_ref().map(|problem| failure(reader, problem, end.lock.as_ref())),
                }),
            };
            if let Value::Object(members) = &mut ended {
                members.insert("scheduled_for".to_owned(), json!(instant(*scheduled_for)));
                members.insert("missed".to_owned(), json!(missed));
            }
            ended
        }
        ScheduleNews::Missed { scheduled_for, times } => {
            json!({ "event": "missed", "scheduled_for": instant(*scheduled_for), "times": times })
        }
        ScheduleNews::Trouble(problem) => json!({ "event": "error", "error": failure(reader, problem, None) }),
    }
}

/// Returns the one document of a dry run.
pub(crate) fn plan(reader: Reader<'_>, plan: &PlanSummary) -> Value {
    let sums: Value =
        plan.send_sums.iter().map(|sum| json!({ "currency": sum.currency, "send": sum.amount })).collect();
    json!({
        "event": "plan", "sums": sums,
        "counts": {
            "read": plan.read, "send": plan.send, "skipped": plan.skipped, "in_doubt": plan.in_doubt, "held": plan.held,
            "look_alikes": plan.look_alikes, "left_out": plan.left_out, "receipts": plan.receipts,
        },
        "held": plan.held_items.iter().map(|held| item(reader, held)).collect::<Vec<_>>(),
        "accounts": plan.accounts.iter().map(account_sum).collect::<Vec<_>>(),
        "vouchers": plan.vouchers.iter().map(planned).collect::<Vec<_>>(),
    })
}

/// Returns the voucher of a record that would be sent.
fn planned((record_id, draft): &(String, VoucherDraft)) -> Value {
    let mut voucher = draft_voucher(draft);
    voucher["record_id"] = json!(record_id);
    voucher
}

/// Returns debit and credit of an account.
fn account_sum(sum: &AccountSum) -> Value {
    json!({
        "account": sum.account, "currency": sum.currency, "debit": sum.debit, "credit": sum.credit, "lines": sum.lines,
    })
}

/// Returns the state of a month.
pub(crate) fn month(month: &MonthState) -> Value {
    let figures = |figures: &StateFigures| {
        json!({
            "state": figures.state, "records": figures.records, "currency": figures.sum.currency,
            "amount": figures.sum.amount,
        })
    };
    json!({
        "month": month.month.format("%Y-%m").to_string(), "read_at": month.read_at.map(instant),
        "approved": month.approved(), "in_books": month.in_books(), "open": month.open(), "undated": month.undated,
        "states": month.figures.iter().map(figures).collect::<Vec<_>>(),
    })
}

/// Returns the voucher of a record, as the present rules make it.
pub(crate) fn voucher(reader: Reader<'_>, preview: &VoucherPreview) -> Value {
    let draft = match preview {
        VoucherPreview::Posting(draft) => draft,
        VoucherPreview::Held(reason) => {
            let reason = postonce_engine::views::Reason::Held(reason.clone());
            return json!({ "held": sentences::reason(reader, &reason) });
        }
    };
    draft_voucher(draft)
}

/// Returns a voucher as a bookkeeper writes it.
fn draft_voucher(draft: &VoucherDraft) -> Value {
    json!({
        "date": draft.date.to_string(), "text": draft.text, "currency": draft.currency,
        "own_currency": draft.own_currency, "exchange_rate": draft.rate, "lines": voucher_lines_json(draft),
    })
}

/// Returns what a reading found worth a look.
pub(crate) fn remarks(reader: Reader<'_>, remarks: &[SourceRemark]) -> Value {
    let of = |remark: &SourceRemark| {
        json!({
            "code": remark.kind, "file": remark.file, "line": remark.line, "column": remark.column, "text": remark.text,
            "message": sentences::remark(reader, remark.kind, &remark.column, &remark.text),
        })
    };
    remarks.iter().map(of).collect()
}

/// Returns a row of a run.
pub(crate) fn item(reader: Reader<'_>, item: &RunItem) -> Value {
    json!({
        "record_id": item.record_id, "generation": item.generation.map(|generation| generation.number()),
        "result": item.result.unwrap_or(ItemResult::NotSent), "reference": item.reference,
        "voucher_id": item.voucher_id, "voucher_number": item.voucher_number,
        "reason": item.reason.as_ref().map(|reason| sentences::reason(reader, reason)),
        "reason_code": item.reason, "earlier_run_id": item.earlier_run_id, "earlier_at": item.earlier_at.map(instant),
        "date": item.date, "payee": item.payee, "amount": item.amount.as_ref().map(|sum| &sum.amount),
        "currency": item.amount.as_ref().map(|sum| &sum.currency), "place": item.place,
        "look_alike": item.look_alike,
        "made_at": item.made.as_ref().map(|made| instant(made.at)),
        "made_by": item.made.as_ref().and_then(|made| made.by.as_deref()),
    })
}

/// Returns the counts of `status`.
pub(crate) fn records(records: &RecordCounts) -> Value {
    json!({
        "posted": records.posted, "eligible": records.eligible, "sending": records.sending,
        "in_doubt": records.in_doubt, "refused": records.refused, "held": records.held, "changed": records.changed,
        "vanished": records.vanished, "gone": records.gone, "questions": records.questions,
        "approvals": records.approvals, "handed_over": records.handed_over, "files_overdue": records.files_overdue,
        "receipts": records.receipts,
    })
}

/// Returns both contents of a record that is no longer as it was exported.
fn changed(changed: &Changed) -> Value {
    json!({
        "exported": changed.exported, "now": changed.now, "differs": changed.differs,
        "since": changed.since.map(instant),
    })
}

/// Returns what happened to a voucher that was acknowledged.
fn vanished(reader: Reader<'_>, alarm: &Alarm) -> Value {
    json!({
        "kind": alarm.kind, "since": instant(alarm.since), "evidence": alarm.evidence, "reversed_by_us": alarm.is_ours,
        "other_voucher": alarm.is_other_voucher,
        "refusal": alarm.refusal.as_ref().map(|reason| sentences::reason(reader, reason)),
    })
}

/// Returns a re-export that waits for an approval.
pub(crate) fn waiting(re_export: &ReExport) -> Value {
    json!({
        "record_id": re_export.record_id, "generation": re_export.generation.number(), "reason": re_export.reason,
        "reverse": re_export.reverse, "requested_by": re_export.requested_by.actor.user,
        "requested_at": re_export.requested_at,
    })
}

/// Returns a receipt that is missing on a voucher.
pub(crate) fn missing_receipt(reader: Reader<'_>, missing: &MissingReceipt) -> Value {
    json!({
        "record_id": missing.record_id, "payee": missing.payee, "name": missing.name, "voucher_id": missing.voucher_id,
        "voucher_number": missing.voucher_number, "because": failure(reader, &missing.problem, None),
        "since": instant(missing.since),
    })
}

/// Returns a receipt of an attempt.
fn receipt(reader: Reader<'_>, receipt: &ReceiptStory) -> Value {
    json!({
        "name": receipt.name, "place": receipt.place, "state": receipt.state, "sha256": receipt.sha256,
        "bytes": receipt.bytes, "media_type": receipt.media_type, "attachment_id": receipt.attachment_id,
        "because": receipt.problem.as_ref().map(|problem| failure(reader, problem, None)),
        "settled_at": receipt.settled_at.map(instant), "reason": receipt.reason,
    })
}

/// Returns an entry of `attention`.
pub(crate) fn attention(reader: Reader<'_>, item: &AttentionItem) -> Value {
    json!({
        "state": item.state, "record_id": item.record_id, "place": item.place, "glimpse": item.glimpse,
        "payee": item.payee, "date": item.date, "amount": item.amount.as_ref().map(|sum| &sum.amount),
        "currency": item.amount.as_ref().map(|sum| &sum.currency),
        "reason": item.reason.as_ref().map(|reason| sentences::reason(reader, reason)), "reason_code": item.reason,
        "reference": item.reference, "voucher_id": item.voucher_id, "since": instant(item.since),
        "run_id": item.run_id, "changed": item.changed.as_ref().map(changed),
        "vanished": item.vanished.as_ref().map(|alarm| vanished(reader, alarm)), "evidence": item.evidence,
    })
}

/// Returns everything known of a record.
pub(crate) fn story(reader: Reader<'_>, story: &RecordStory) -> Value {
    let attempt = |attempt: &AttemptStory| {
        json!({
            "generation": attempt.generation.number(), "state": attempt.state.as_str(),
            "reference": attempt.reference, "run_id": attempt.run_id, "claimed_at": instant(attempt.claimed_at),
            "settled_at": attempt.settled_at.map(instant), "settled_by": attempt.settled_by,
            "voucher_id": attempt.voucher_id, "voucher_number": attempt.voucher_number, "file": attempt.file,
            "reason": attempt.reason.as_ref().map(|reason| sentences::reason(reader, reason)),
            "evidence": attempt.evidence, "voucher": attempt.voucher.as_ref().map(draft_voucher),
            "receipts": attempt.receipts.iter().map(|one| receipt(reader, one)).collect::<Vec<_>>(),
        })
    };
    let look_alike = |other: &LookAlike| json!({ "record_id": other.record_id, "state": other.state });
    let accepted = |one: &Acceptance| {
        json!({
            "alarm": one.alarm, "reason": one.reason, "actor": one.actor.user, "host": one.actor.host,
            "at": instant(one.at),
        })
    };
    let state: RecordState = story.state;
    json!({
        "record_id": story.record_id, "state": state, "payee_id": story.payee_id, "payee": story.payee,
        "date": story.date, "amount": story.amount.amount, "currency": story.amount.currency,
        "category": story.category, "text": story.text, "place": story.place,
        "first_seen_at": instant(story.first_seen_at), "held": story.held,
        "attempts": story.attempts.iter().map(attempt).collect::<Vec<_>>(),
        "audit": story.audit.iter().map(audit_entry).collect::<Vec<_>>(),
        "changed": story.changed.as_ref().map(changed), "vanished": story.vanished.as_ref().map(|alarm| vanished(reader, alarm)),
        "accepted": story.accepted.iter().map(accepted).collect::<Vec<_>>(),
        "look_alikes": {
            "count": story.look_alikes.count,
            "first": story.look_alikes.first.iter().map(look_alike).collect::<Vec<_>>(),
        },
    })
}

/// Returns an entry of the audit trail.
fn audit_entry(entry: &AuditEntry) -> Value {
    json!({
        "entry": entry.entry, "at": instant(entry.at), "user": entry.actor.user, "host": entry.actor.host,
        "accounting_user": entry.accounting_user, "act": entry.act, "record_id": entry.record_id,
        "generation": entry.generation.map(|generation| generation.number()), "run_id": entry.run_id,
        "voucher_id": entry.voucher_id, "earlier_voucher_id": entry.earlier_voucher_id, "reason": entry.reason,
        "detail": entry.detail,
    })
}

/// Returns the result of checking the trail.
pub(crate) fn verdict(verdict: &AuditVerdict) -> Value {
    let mut document = json!(verdict);
    if let Value::Object(members) = &mut document {
        members.insert("changed".to_owned(), json!(verdict.is_changed()));
    }
    document
}
