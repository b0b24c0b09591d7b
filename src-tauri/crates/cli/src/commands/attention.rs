//! Runs `attention`: the list of everything that waits for a person.

use postonce_connectors::SystemClock;
use postonce_engine::domain::{AlarmKind, ContentField, FoundVoucher, VoucherPart};
use postonce_engine::nobody_sends;
use postonce_engine::ports::Clock as _;
use postonce_engine::views::{Alarm, AttentionItem, Changed, Content, MissingReceipt, ReExport, RecordState};
use postonce_reports::figures;
use postonce_words::Message;
use serde_json::{Value, json};

use super::re_export::approval;
use super::{files, ledger, state};
use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, json, words};

/// The number of entries read from the ledger at once.
const PAGE_ITEMS: u32 = 1_000;

pub(crate) async fn attention(args: &Args, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    let ledger = ledger(&workspace)?;
    let due_since = SystemClock::start().now() - workspace.settings().read_back_within;
    let overdue = ledger.overdue_files(due_since).await?;
    let left = nobody_sends(&ledger);
    let mut items: Vec<AttentionItem> = Vec::new();
    loop {
        let page = ledger.attention(left, items.len() as u64, PAGE_ITEMS).await?;
        if page.is_empty() {
            break;
        }
        items.extend(page);
    }
    let (approvals, questions) = (ledger.approvals().await?, ledger.questions().await?);
    let receipts = ledger.missing_receipts(left).await?;
    let is_clear =
        items.is_empty() && approvals.is_empty() && questions.is_empty() && overdue.is_empty() && receipts.is_empty();
    if output.json {
        let items: Vec<Value> = items.iter().map(|item| json::attention(output.reader(), item)).collect();
        let approvals: Vec<Value> = approvals.iter().map(json::waiting).collect();
        let files: Vec<Value> = overdue.iter().map(files::document).collect();
        let questions: Vec<Value> =
            questions.iter().map(|question| json::question(output.reader(), question)).collect();
        let receipts: Vec<Value> = receipts.iter().map(|one| json::missing_receipt(output.reader(), one)).collect();
        output.document(&json!({
            "items": items, "approvals": approvals, "questions": questions, "files": files, "receipts": receipts,
        }));
    } else if is_clear {
        output.say(output.word(words::ALL_CLEAR));
    } else {
        for question in &questions {
            output.say(format!("{}:", output.word(words::ASKED)));
            output.say(format!("    {}", output.error(&question.problem)));
        }
        for file in &overdue {
            output.say(format!("{}: {}", output.word(words::FILES_OVERDUE), files::line(file, output)));
        }
        items.iter().for_each(|item| print(item, output));
        approvals.iter().for_each(|re_export| tell_approval(re_export, output));
        receipts.iter().for_each(|receipt| tell_receipt(receipt, output));
    }
    Ok(if is_clear { Status::Done } else { Status::Attention })
}

fn tell_approval(re_export: &ReExport, output: &Output) {
    let (by, id) = (&re_export.requested_by.actor.user, &re_export.record_id);
    let asked = output.word(words::APPROVAL_WANTED);
    output.say(format!("{asked}: {id} ({by}): {}", re_export.reason));
    output.say(format!("    {}", approval(id, output)));
}

fn tell_receipt(missing: &MissingReceipt, output: &Output) {
    let MissingReceipt { record_id, name, voucher_id, voucher_number, problem, .. } = missing;
    let voucher = format!("{} {}", output.word(words::VOUCHER), voucher_number.as_ref().unwrap_or(voucher_id));
    output.say(format!("{}: {record_id}, {voucher}: {name}", output.word(words::RECEIPT_MISSING)));
    output.say(format!("    {}", output.error(problem)));
    let aside = output.call(&["set-aside", "--receipts", record_id, "--reason", "…"]);
    output.say(format!("    {} {aside}", output.word(words::RECEIPT_STEP)));
}

fn print(item: &AttentionItem, output: &Output) {
    let place = item.place.as_ref().map(|place| format!("{}, {} {}", place.file, output.word(words::LINE), place.line));
    let name = match (&item.record_id, &place) {
        (Some(id), Some(place)) => format!("{id} ({place})"),
        (Some(id), None) => id.clone(),
        (None, place) => place.clone().unwrap_or_default(),
    };
    let amount = item.amount.as_ref().map(|amount| format!(", {}", output.money(amount))).unwrap_or_default();
    let payee = item.payee.as_ref().map(|payee| format!(", {payee}")).unwrap_or_default();
    output.say(format!("{}: {name}{payee}{amount}", output.word(state(item.state))));
    if let Some(reason) = &item.reason {
        output.say(format!("    {}", output.reason(reason)));
    }
    if item.state == RecordState::Gone {
        output.say(format!("    {}", output.word(words::GONE_STEP)));
    }
    if let Some(changed) = &item.changed {
        tell_changed(changed, output);
    }
    if let Some(alarm) = &item.vanished {
        tell_vanished(alarm, output);
    }
    tell_evidence(&item.evidence, output);
    if item.state == RecordState::InDoubt && !item.evidence.is_empty() {
        output.say(format!("    {}", output.word(words::DOUBT_STEP)));
    }
    if let Some(glimpse) = &item.glimpse {
        output.say(format!("    > {glimpse}"));
    }
}

/// Prints both contents side by side, where they differ.
pub(super) fn tell_changed(changed: &Changed, output: &Output) {
    let text = |content: &Content, field| match field {
        ContentField::Date => output.day(content.date),
        ContentField::Amount => figures::amount(&content.amount, output.language),
        field => content.text_of(field).unwrap_or_else(|| "–".into()),
    };
    let Some(exported) = &changed.exported else { return };
    let mut rows =
        vec![vec![String::new(), output.word(words::EXPORTED_AS).to_owned(), output.word(words::IS_NOW).to_owned()]];
    for field in &changed.differs {
        let name = format!("    {}", output.word(field_name(*field)));
        rows.push(vec![name, text(exported, *field), text(&changed.now, *field)]);
    }
    output.table(&rows);
}

pub(super) fn tell_vanished(alarm: &Alarm, output: &Output) {
    let what = match alarm.kind {
        AlarmKind::Gone => words::ALARM_GONE,
        AlarmKind::Reversed if alarm.is_ours => words::ALARM_REVERSED_BY_US,
        AlarmKind::Reversed => words::ALARM_REVERSED,
        AlarmKind::Several => words::ALARM_SEVERAL,
        AlarmKind::OtherContent if alarm.is_other_voucher => words::ALARM_OTHER_VOUCHER,
        AlarmKind::OtherContent => words::ALARM_OTHER,
    };
    output.say(format!("    {}", output.word(what)));
    if let Some(refusal) = &alarm.refusal {
        output.say(format!("    {}", output.reason(refusal)));
    }
    tell_evidence(&alarm.evidence, output);
    output.say(format!("    {}", output.word(next_step(alarm))));
}

/// Returns the one next step for an alarm; another one, to accept it, is always there.
fn next_step(alarm: &Alarm) -> Message {
    match alarm.kind {
        AlarmKind::Gone | AlarmKind::Reversed => words::ALARM_STEP_AGAIN,
        AlarmKind::Several => words::ALARM_STEP_ONE,
        AlarmKind::OtherContent if alarm.is_other_voucher => words::ALARM_STEP_HAND,
        AlarmKind::OtherContent => words::ALARM_STEP_OTHER,
    }
}

fn tell_evidence(evidence: &[FoundVoucher], output: &Output) {
    let amount = |voucher: &FoundVoucher| output.amount(&voucher.currency, &voucher.total);
    for voucher in evidence {
        let id = &voucher.acknowledgement.voucher_id;
        let found = output.word(words::FOUND_THERE);
        let parts = part_names(&voucher.differs, output);
        let differs = if parts.is_empty() { String::new() } else { format!(" ({parts})") };
        output.say(format!("    {found}: {id}, {}, {}{differs}", output.day(voucher.date), amount(voucher)));
    }
}

/// Returns the names of the parts in which a voucher differs from what was sent.
pub(super) fn part_names(parts: &[VoucherPart], output: &Output) -> String {
    parts.iter().map(|part| output.word(part_name(*part))).collect::<Vec<_>>().join(", ")
}

fn part_name(part: VoucherPart) -> Message {
    match part {
        VoucherPart::Date => words::OTHER_DATE,
        VoucherPart::Currency => words::OTHER_CURRENCY,
        VoucherPart::Amount => words::OTHER_AMOUNT,
        VoucherPart::Sign => words::OTHER_SIGN,
        VoucherPart::Account => words::OTHER_ACCOUNT,
        VoucherPart::Payee => words::OTHER_PAYEE,
        VoucherPart::Text => words::OTHER_TEXT,
        VoucherPart::Vat => words::OTHER_VAT,
        VoucherPart::Dimensions => words::OTHER_DIMENSIONS,
        VoucherPart::OwnAmount => words::OTHER_OWN_AMOUNT,
    }
}

/// Returns the name of a part of a voucher.
pub(super) fn part_of_voucher(part: VoucherPart) -> Message {
    match part {
        VoucherPart::Date => words::DATE,
        VoucherPart::Currency => words::FIELD_CURRENCY,
        VoucherPart::Amount => words::AMOUNT,
        VoucherPart::Sign => words::PART_SIGN,
        VoucherPart::Account => words::PART_ACCOUNT,
        VoucherPart::Payee => words::FIELD_PAYEE_ID,
        VoucherPart::Text => words::TEXT,
        VoucherPart::Vat => words::FIELD_VAT,
        VoucherPart::Dimensions => words::FIELD_DIMENSIONS,
        VoucherPart::OwnAmount => words::OWN_AMOUNT,
    }
}

fn field_name(field: ContentField) -> Message {
    match field {
        ContentField::Date => words::DATE,
        ContentField::Amount => words::AMOUNT,
        ContentField::Currency => words::FIELD_CURRENCY,
        ContentField::PayeeId => words::FIELD_PAYEE_ID,
        ContentField::Category => words::CATEGORY,
        ContentField::Text => words::TEXT,
        ContentField::Department => words::FIELD_DEPARTMENT,
        ContentField::Project => words::FIELD_PROJECT,
        ContentField::Lines => words::FIELD_LINES,
        ContentField::Dimensions => words::FIELD_DIMENSIONS,
        ContentField::Vat => words::FIELD_VAT,
        ContentField::Exchange => words::FIELD_EXCHANGE,
    }
}
