//! Carries one record and everything known of it.

use postonce_engine::{domain, views};
use serde::Serialize;
use specta::Type;

use super::{
    Acceptance, Alarm, Changed, FoundVoucher, HoldCode, LookAlikes, Place, Problem, Reason, RecordState, Sum, Trigger,
    Voucher, VoucherMade, count, each, mirrored, moment,
};

mirrored! {
    /// The state of a claim.
    AttemptState of domain::AttemptState {
        Claimed, Staged, HandedOver, Posted, Withdrawn, Refused, NotSent, Unknown,
    }
}

mirrored! {
    /// An act that leaves an entry in the audit trail.
    Act of domain::Act {
        SyncStarted, SyncEnded, ReExportRequested, ReExportApproved, ReExportWithdrawn, ReExportClaimed, ReExportSettled,
        ReversalClaimed, ReversalSettled, Resolved, Accepted, Confirmed, SetAside, ReceiptSetAside, OtherDayChosen, Disowned, LockBroken,
        SettingsChanged, Rebuilt, Verified, Compared, AlarmRaised, FileSealed, FileWithdrawn, BooksRead, BackupMade,
        BackupRestored, Forgotten, HistorySealed,
    }
}

mirrored! {
    /// The state of a receipt of an attempt.
    ReceiptState of domain::ReceiptState { Planned, Sent, Attached, Failed, SetAside, }
}

/// A receipt that belongs on a voucher.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    name: String,
    state: ReceiptState,
    problem: Option<Problem>,
    reason: Option<String>,
}

impl From<views::ReceiptStory> for Receipt {
    fn from(receipt: views::ReceiptStory) -> Self {
        let problem = receipt.problem.map(Problem::from);
        Self { name: receipt.name, state: receipt.state.into(), problem, reason: receipt.reason }
    }
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
    changed_at: Vec<String>,
    held: Option<Reason>,
    attempts: Vec<Attempt>,
    /// True: a claim has a voucher, or may have one.
    is_claimed: bool,
    /// Its voucher as it was sent; `null` where no claim has one, and for a claim of an earlier version.
    voucher: Option<Voucher>,
    changed: Option<Changed>,
    vanished: Option<Alarm>,
    accepted: Vec<Acceptance>,
    look_alikes: LookAlikes,
    audit: Vec<AuditEntry>,
}

/// One claim on a record.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attempt {
    generation: u32,
    state: AttemptState,
    reference: String,
    run_id: String,
    trigger: Trigger,
    user: String,
    host: String,
    claimed_at: String,
    sent_at: String,
    settled_at: Option<String>,
    settled_by: Option<String>,
    settled_user: Option<String>,
    made: Option<VoucherMade>,
    /// True: its voucher was found; the answer to the request itself was lost.
    found: bool,
    voucher_id: Option<String>,
    voucher_number: Option<String>,
    reason: Option<Reason>,
    evidence: Vec<FoundVoucher>,
    /// The receipts that belong on its voucher.
    receipts: Vec<Receipt>,
}

/// An entry of the audit trail about a record.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEntry {
    entry: u32,
    at: String,
    user: String,
    host: String,
    act: Act,
    run_id: Option<String>,
    voucher_id: Option<String>,
    earlier_voucher_id: Option<String>,
    reason: Option<String>,
}

impl From<views::RecordStory> for RecordStory {
    fn from(story: views::RecordStory) -> Self {
        let claim = story.standing_claim();
        Self {
            is_claimed: claim.is_some(),
            voucher: claim.and_then(|claim| claim.voucher.clone()).map(Voucher::from),
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
            changed_at: story.changed_at.into_iter().map(moment).collect(),
            held: story.held.map(|reason| HoldCode::with_params(&reason)),
            attempts: each(story.attempts),
            changed: story.changed.map(Changed::from),
            vanished: story.vanished.map(Alarm::from),
            accepted: each(story.accepted),
            look_alikes: story.look_alikes.into(),
            audit: each(story.audit),
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
            trigger: attempt.trigger.into(),
            user: attempt.actor.user,
            host: attempt.actor.host,
            claimed_at: moment(attempt.claimed_at),
            sent_at: moment(attempt.sent_at),
            settled_at: attempt.settled_at.map(moment),
            settled_by: attempt.settled_by.map(|run| run.to_string()),
            made: attempt.made.map(VoucherMade::from),
            settled_user: attempt.settled_actor.map(|actor| actor.user),
            found: attempt.found,
            voucher_id: attempt.voucher_id,
            voucher_number: attempt.voucher_number,
            reason: attempt.reason.map(Reason::from),
            evidence: each(attempt.evidence),
            receipts: each(attempt.receipts),
        }
    }
}

impl From<views::AuditEntry> for AuditEntry {
    fn from(entry: views::AuditEntry) -> Self {
        Self {
            entry: count(entry.entry),
            at: moment(entry.at),
            user: entry.actor.user,
            host: entry.actor.host,
            act: entry.act.into(),
            run_id: entry.run_id.map(|run| run.to_string()),
            voucher_id: entry.voucher_id,
            earlier_voucher_id: entry.earlier_voucher_id,
            reason: entry.reason,
        }
    }
}
