//! One record and everything known of it.

use postonce_engine::{domain, views};
use serde::Serialize;
use specta::Type;

use super::{HoldCode, Place, Reason, Sum, each, mirrored, moment};

mirrored! {
    /// The state of a record, as every list shows it.
    RecordState of views::RecordState { Posted, Eligible, Sending, InDoubt, Refused, Held, Changed, Gone, }
}

mirrored! {
    /// Where a claim stands.
    AttemptState of domain::AttemptState { Claimed, Staged, Posted, Refused, NotSent, Unknown, }
}

/// A record's story.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordStory {
    record_id: String,
    state: RecordState,
    payee_id: String,
    payee: String,
    date: String,
    amount: Sum,
    category: String,
    text: String,
    place: Place,
    first_seen_at: String,
    held: Option<Reason>,
    attempts: Vec<Attempt>,
}

/// One claim on a record.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attempt {
    generation: u32,
    state: AttemptState,
    reference: String,
    run_id: String,
    claimed_at: String,
    settled_at: Option<String>,
    settled_by: Option<String>,
    voucher_id: Option<String>,
    voucher_number: Option<String>,
    reason: Option<Reason>,
}

impl From<views::RecordStory> for RecordStory {
    fn from(story: views::RecordStory) -> Self {
        Self {
            record_id: story.record_id,
            state: story.state.into(),
            payee_id: story.payee_id,
            payee: story.payee,
            date: story.date.to_string(),
            amount: story.amount.into(),
            category: story.category,
            text: story.text,
            place: story.place.into(),
            first_seen_at: moment(story.first_seen_at),
            held: story.held.map(|reason| HoldCode::with_params(&reason)),
            attempts: each(story.attempts),
        }
    }
}

impl From<views::AttemptStory> for Attempt {
    fn from(attempt: views::AttemptStory) -> Self {
        Self {
            generation: attempt.generation.number(),
            state: attempt.state.into(),
            reference: attempt.reference,
            run_id: attempt.run_id.to_string(),
            claimed_at: moment(attempt.claimed_at),
            settled_at: attempt.settled_at.map(moment),
            settled_by: attempt.settled_by.map(|run| run.to_string()),
            voucher_id: attempt.voucher_id,
            voucher_number: attempt.voucher_number,
            reason: attempt.reason.map(Reason::from),
        }
    }
}
