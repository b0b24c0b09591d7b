//! Carries the entries that wait for a person, and a person's decision on them.

use postonce_engine::{Resolution, domain, views};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Alarm, Changed, FoundVoucher, Place, Problem, Reason, RecordState, Sum, each, mirrored, moment};

/// An entry that waits for a person.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttentionItem {
    state: RecordState,
    record_id: Option<String>,
    place: Option<Place>,
    glimpse: Option<String>,
    payee: Option<String>,
    date: Option<String>,
    amount: Option<Sum>,
    reason: Option<Reason>,
    reference: Option<String>,
    voucher_id: Option<String>,
    since: String,
    run_id: Option<String>,
    changed: Option<Changed>,
    vanished: Option<Alarm>,
    evidence: Vec<FoundVoucher>,
    sent: Option<Sent>,
}

/// The voucher that was sent for a record, whatever the record says now.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sent {
    date: String,
    amount: Sum,
    voucher_number: Option<String>,
}

impl From<views::Sent> for Sent {
    fn from(sent: views::Sent) -> Self {
        Self { date: sent.date.to_string(), amount: sent.amount.into(), voucher_number: sent.voucher_number }
    }
}

impl From<views::AttentionItem> for AttentionItem {
    fn from(item: views::AttentionItem) -> Self {
        Self {
            state: item.state.into(),
            record_id: item.record_id,
            place: item.place.map(Place::from),
            glimpse: item.glimpse,
            payee: item.payee,
            date: item.date.map(|day| day.to_string()),
            amount: item.amount.map(Sum::from),
            reason: item.reason.map(Reason::from),
            reference: item.reference,
            voucher_id: item.voucher_id,
            since: moment(item.since),
            run_id: item.run_id.map(|run| run.to_string()),
            changed: item.changed.map(Changed::from),
            vanished: item.vanished.map(Alarm::from),
            evidence: each(item.evidence),
            sent: item.sent.map(Sent::from),
        }
    }
}

mirrored! {
    /// The topic of a question.
    Topic of domain::Topic { Books, Prefix, Source, Ids, LookAlikes, LookAlikeId, }
}

/// A question that a person answers before anything more is sent.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Question {
    topic: Topic,
    problem: Problem,
    asked_at: String,
}

impl From<views::Question> for Question {
    fn from(question: views::Question) -> Self {
        Self { topic: question.topic.into(), problem: question.problem.into(), asked_at: moment(question.asked_at) }
    }
}

/// A receipt that is missing on a voucher in the books.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MissingReceipt {
    record_id: String,
    payee: Option<String>,
    name: String,
    voucher_id: String,
    voucher_number: Option<String>,
    problem: Problem,
    since: String,
}

impl From<views::MissingReceipt> for MissingReceipt {
    fn from(missing: views::MissingReceipt) -> Self {
        Self {
            record_id: missing.record_id,
            payee: missing.payee,
            name: missing.name,
            voucher_id: missing.voucher_id,
            voucher_number: missing.voucher_number,
            problem: missing.problem.into(),
            since: moment(missing.since),
        }
    }
}

/// A person's decision on a record in doubt.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum Verdict {
    /// It is in the books, as this voucher.
    Posted { voucher_id: String },
    /// It is not in the books.
    NotPosted,
}

impl From<Verdict> for Resolution {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Posted { voucher_id } => Self::Posted { voucher_id },
            Verdict::NotPosted => Self::NotPosted,
        }
    }
}
