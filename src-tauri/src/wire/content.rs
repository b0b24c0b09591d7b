//! Carries the present and earlier content of a record, the state of its voucher, and the decisions of persons on them.

use postonce_engine::{domain, views};
use serde::Serialize;
use specta::Type;

use super::{FoundVoucher, Reason, Sum, count, each, mirrored, moment};

mirrored! {
    /// The state of a record, as every list shows it.
    RecordState of views::RecordState {
        Posted, HandedOver, Eligible, Sending, InDoubt, Refused, Held, Changed, Vanished, Gone, SetAside,
    }
}

mirrored! {
    /// A part of a record's content that may change.
    ContentField of domain::ContentField {
        Date, Amount, Currency, PayeeId, Category, Text, Department, Project, Lines, Dimensions, Vat, Exchange,
    }
}

mirrored! {
    /// A change to a voucher that was acknowledged.
    AlarmKind of domain::AlarmKind { Gone, Reversed, Several, OtherContent, }
}

/// The content of a record at some time.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Content {
    date: String,
    amount: Sum,
    payee_id: String,
    payee: String,
    category: String,
    text: String,
    department: Option<String>,
    project: Option<String>,
    /// The lines of a claim, each part as a person reads it.
    lines: Option<String>,
    dimensions: Option<String>,
    vat: Option<String>,
    /// The rate, and the worth in the organisation's currency.
    exchange: Option<String>,
}

impl From<views::Content> for Content {
    fn from(content: views::Content) -> Self {
        let text = |field| content.text_of(field);
        let (lines, dimensions) = (text(domain::ContentField::Lines), text(domain::ContentField::Dimensions));
        let (vat, exchange) = (text(domain::ContentField::Vat), text(domain::ContentField::Exchange));
        Self {
            date: content.date.to_string(),
            amount: Sum::new(content.currency, content.amount),
            payee_id: content.payee_id,
            payee: content.payee,
            category: content.category,
            text: content.text,
            department: content.department,
            project: content.project,
            lines,
            dimensions,
            vat,
            exchange,
        }
    }
}

/// A record whose content differs from the exported one.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Changed {
    exported: Option<Content>,
    now: Content,
    differs: Vec<ContentField>,
    since: Option<String>,
}

impl From<views::Changed> for Changed {
    fn from(changed: views::Changed) -> Self {
        Self {
            exported: changed.exported.map(Content::from),
            now: changed.now.into(),
            differs: each(changed.differs),
            since: changed.since.map(moment),
        }
    }
}

/// A voucher that was acknowledged, and is not there as it was.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Alarm {
    kind: AlarmKind,
    since: String,
    evidence: Vec<FoundVoucher>,
    is_ours: bool,
    is_other_voucher: bool,
    refusal: Option<Reason>,
}

impl From<views::Alarm> for Alarm {
    fn from(alarm: views::Alarm) -> Self {
        Self {
            kind: alarm.kind.into(),
            since: moment(alarm.since),
            evidence: each(alarm.evidence),
            is_ours: alarm.is_ours,
            is_other_voucher: alarm.is_other_voucher,
            refusal: alarm.refusal.map(Reason::from),
        }
    }
}

/// A person's word that a record may stay as it is.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Acceptance {
    alarm: Option<AlarmKind>,
    reason: String,
    user: String,
    at: String,
}

impl From<views::Acceptance> for Acceptance {
    fn from(accepted: views::Acceptance) -> Self {
        Self {
            alarm: accepted.alarm.map(AlarmKind::from),
            reason: accepted.reason,
            user: accepted.actor.user,
            at: moment(accepted.at),
        }
    }
}

/// Other records like one; for information only.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct LookAlikes {
    count: u32,
    first: Vec<LookAlike>,
}

/// A record like this one.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LookAlike {
    record_id: String,
    state: RecordState,
}

impl From<views::LookAlikes> for LookAlikes {
    fn from(alikes: views::LookAlikes) -> Self {
        let one = |alike: views::LookAlike| LookAlike { record_id: alike.record_id, state: alike.state.into() };
        Self { count: count(alikes.count), first: alikes.first.into_iter().map(one).collect() }
    }
}
