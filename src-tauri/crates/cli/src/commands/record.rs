//! `record`: everything known of one record.

use postonce_engine::error::{ErrorCode, Told};
use postonce_engine::views::{AttemptStory, RecordStory};

use super::{attempt_state, ledger, money, state};
use crate::args::{Args, Record};
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, catalogue, json, phrases};

pub(crate) async fn record(args: &Args, asked: &Record, output: &Output) -> Result<Status, Failure> {
    let found = ledger(&args.open_workspace()?)?.record(&asked.id).await?;
    let story = found.ok_or_else(|| Failure::from(Told::new(ErrorCode::RecordNotFound).with("id", &asked.id)))?;
    if output.json {
        output.document(&json::story(output.language, &story));
    } else {
        tell(&story, output);
    }
    Ok(Status::Done)
}

fn tell(story: &RecordStory, output: &Output) {
    let row = |phrase, text: &str| vec![output.word(phrase).to_owned(), text.to_owned()];
    let place = format!("{}, {} {}", story.place.file, output.word(phrases::LINE), story.place.line);
    let mut rows = vec![
        row(phrases::RECORD, &story.record_id),
        row(phrases::STATE, output.word(state(story.state))),
        row(phrases::PAYEE, &format!("{} ({})", story.payee, story.payee_id)),
        row(phrases::DATE, &story.date.to_string()),
        row(phrases::AMOUNT, &money(&story.amount)),
        row(phrases::CATEGORY, &story.category),
        row(phrases::TEXT, &story.text),
        row(phrases::PLACE, &place),
        row(
            phrases::FIRST_SEEN,
            &story.first_seen_at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M").to_string(),
        ),
    ];
    if let Some(held) = &story.held {
        let held = postonce_engine::views::Reason::Held(held.clone());
        rows.push(row(phrases::REASON, &catalogue::reason(output.language, &held)));
    }
    output.table(&rows);
    for attempt in &story.attempts {
        output.say("");
        output.table(&attempt_rows(attempt, output));
    }
}

fn attempt_rows(attempt: &AttemptStory, output: &Output) -> Vec<Vec<String>> {
    let row = |phrase, text: &str| vec![output.word(phrase).to_owned(), text.to_owned()];
    let claimed = attempt.claimed_at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M:%S");
    let mut rows = vec![
        row(phrases::ATTEMPT, &format!("{claimed}, {}", output.word(attempt_state(attempt.state)))),
        row(phrases::REFERENCE, &attempt.reference),
        row(phrases::RUN, attempt.settled_by.as_ref().unwrap_or(&attempt.run_id).as_str()),
    ];
    if let Some(voucher) = &attempt.voucher_id {
        let number = attempt.voucher_number.as_deref().unwrap_or("–");
        rows.push(row(phrases::VOUCHER, &format!("{number} ({voucher})")));
    }
    if let Some(reason) = &attempt.reason {
        rows.push(row(phrases::REASON, &catalogue::reason(output.language, reason)));
    }
    rows
}
