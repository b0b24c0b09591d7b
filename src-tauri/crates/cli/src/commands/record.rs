//! Runs `record`: everything known of one record.

use postonce_connectors::SystemClock;
use postonce_engine::domain::ReceiptState;
use postonce_engine::error::Problem;
use postonce_engine::ports::Clock;
use postonce_engine::views::{AttemptStory, AuditEntry, Reason, RecordState, RecordStory, VoucherPreview};
use postonce_engine::{nobody_sends, voucher_preview};
use postonce_words::Message;

use super::{act, attempt_state, ledger, state, voucher};
use crate::args::{Args, Record};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, json, words};

pub(crate) async fn record(args: &Args, asked: &Record, output: &Output) -> Result<Status, Failure> {
    let workspace = args.open_workspace(output)?;
    let ledger = ledger(&workspace)?;
    let found = ledger.record(&asked.id).await?;
    let mut story = found.ok_or_else(|| Failure::from(Problem::record_not_found(&asked.id)))?;
    if story.state == RecordState::Sending && nobody_sends(&ledger) {
        story.state = RecordState::InDoubt;
    }
    let now = Clock::now(&SystemClock::start());
    let voucher = voucher_preview(&ledger, &workspace.settings(), None, &asked.id, now).await?;
    if output.json {
        let mut document = json::story(output.reader(), &story);
        document["voucher"] = voucher.as_ref().map(|voucher| json::voucher(output.reader(), voucher)).into();
        output.document(&document);
    } else {
        print(&story, output);
        // A claim of an earlier version did not keep its voucher.
        let sent = story.standing_claim().and_then(|claim| claim.voucher.as_ref());
        match (sent, &voucher) {
            (Some(draft), _) => voucher::tell(output.word(words::VOUCHER_SENT), draft, output),
            (None, Some(VoucherPreview::Posting(draft))) => {
                voucher::tell(output.word(words::VOUCHER_BY_RULES), draft, output);
            }
            // The reason that the last reading found stands among the facts already.
            (None, Some(VoucherPreview::Held(reason))) if story.held.as_ref() != Some(reason) => {
                let reason = output.reason(&Reason::Held(reason.clone()));
                output.say(format!("\n{}: {reason}", output.word(words::VOUCHER_BY_RULES)));
            }
            (None, Some(VoucherPreview::Held(_)) | None) => {}
        }
    }
    Ok(Status::Done)
}

fn print(story: &RecordStory, output: &Output) {
    let row = |message, text: &str| vec![output.word(message).to_owned(), text.to_owned()];
    let place = format!("{}, {} {}", story.place.file, output.word(words::LINE), story.place.line);
    let mut rows = vec![
        row(words::RECORD, &story.record_id),
        row(words::STATE, output.word(state(story.state))),
        row(words::PAYEE, &format!("{} ({})", story.payee, story.payee_id)),
        row(words::DATE, &output.day(story.date)),
        row(words::AMOUNT, &output.money(&story.amount)),
        row(words::CATEGORY, &story.category),
        row(words::TEXT, &story.text),
        row(words::PLACE, &place),
        row(words::FIRST_SEEN, &output.moment(story.first_seen_at)),
    ];
    if let Some(held) = &story.held {
        let held = Reason::Held(held.clone());
        rows.push(row(words::REASON, &output.reason(&held)));
    }
    if story.look_alikes.count > 0 {
        let ids: Vec<&str> = story.look_alikes.first.iter().map(|other| other.record_id.as_str()).collect();
        let others = format!("{}: {}", story.look_alikes.count, ids.join(", "));
        rows.push(row(words::LOOK_ALIKES, &others));
    }
    for accepted in &story.accepted {
        let when = output.moment(accepted.at);
        rows.push(row(words::ACCEPTED, &format!("{when}, {}: {}", accepted.actor.user, accepted.reason)));
    }
    output.table(&rows);
    if let Some(changed) = &story.changed {
        super::attention::tell_changed(changed, output);
    }
    if let Some(alarm) = &story.vanished {
        super::attention::tell_vanished(alarm, output);
    }
    for attempt in &story.attempts {
        output.say("");
        output.table(&attempt_rows(attempt, output));
    }
    if !story.audit.is_empty() {
        output.say("");
        output.say(output.word(words::AUDIT_TRAIL));
        output.table(&story.audit.iter().map(|entry| audit_row(entry, output)).collect::<Vec<_>>());
    }
}

fn audit_row(entry: &AuditEntry, output: &Output) -> Vec<String> {
    vec![
        output.exact_moment(entry.at),
        output.word(act(entry.act)).to_owned(),
        format!("{}, {}", entry.actor.user, entry.actor.host),
        entry.voucher_id.clone().unwrap_or_default(),
        entry.reason.clone().unwrap_or_default(),
    ]
}

fn attempt_rows(attempt: &AttemptStory, output: &Output) -> Vec<Vec<String>> {
    let row = |message, text: &str| vec![output.word(message).to_owned(), text.to_owned()];
    let claimed = output.exact_moment(attempt.claimed_at);
    let mut rows = vec![
        row(words::ATTEMPT, &format!("{claimed}, {}", output.word(attempt_state(attempt.state)))),
        row(words::REFERENCE, &attempt.reference),
        row(words::RUN, attempt.settled_by.as_ref().unwrap_or(&attempt.run_id).as_str()),
    ];
    if let Some(file) = &attempt.file {
        rows.push(row(words::VOUCHER_FILE, file));
    }
    if let Some(voucher) = &attempt.voucher_id {
        let number = attempt.voucher_number.as_deref().unwrap_or("–");
        rows.push(row(words::VOUCHER, &format!("{number} ({voucher})")));
    }
    if let Some(reason) = &attempt.reason {
        rows.push(row(words::REASON, &output.reason(reason)));
    }
    for receipt in &attempt.receipts {
        let because = receipt.problem.as_ref().map(|problem| format!(": {}", output.error(problem)));
        let because = because.or(receipt.reason.as_ref().map(|reason| format!(": {reason}"))).unwrap_or_default();
        let state = output.word(receipt_state(receipt.state));
        rows.push(row(words::RECEIPT, &format!("{}, {state}{because}", receipt.name)));
    }
    rows
}

fn receipt_state(state: ReceiptState) -> Message {
    match state {
        ReceiptState::Planned => words::RECEIPT_PLANNED,
        ReceiptState::Sent => words::RECEIPT_SENT,
        ReceiptState::Attached => words::RECEIPT_ATTACHED,
        ReceiptState::Failed => words::RECEIPT_FAILED,
        ReceiptState::SetAside => words::SET_ASIDE,
    }
}
