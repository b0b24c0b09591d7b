//! What the faces show: read models of the ledger and of a run in progress. Plain values, ready for any wire.

mod comparison;
mod content;
mod lock;
mod records;

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};

pub use comparison::{BothSums, Comparison, Difference, LedgerSide, Papers, Sides};
pub use content::{Acceptance, Alarm, Changed, Content, LookAlike, LookAlikes};
pub use lock::{LockFacts, Waiting, Whose};
pub use records::{MonthFigures, RecordRow, RecordsFound};

use crate::domain::{
    Act, Actor, AttemptState, Counts, FoundVoucher, Generation, HoldReason, ItemResult, Outcome, Period, Place,
    Refusal, RunId, Trigger,
};
use crate::error::Problem;

/// A sum in one currency, as a decimal string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// The currency's code.
    pub currency: String,
    /// The decimal.
    pub amount: String,
}

/// A run, as history lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSummary {
    /// Its id.
    pub run_id: RunId,
    /// What started it.
    pub trigger: Trigger,
    /// Who.
    pub actor: Actor,
    /// When.
    pub started_at: DateTime<Utc>,
    /// Until when; `None` while it runs.
    pub finished_at: Option<DateTime<Utc>>,
    /// How it ended; `None` while it runs.
    pub outcome: Option<Outcome>,
    /// Why it failed, where it did.
    pub error: Option<Problem>,
    /// The days it was about.
    pub period: Period,
    /// What came of the rows.
    pub counts: Counts,
    /// What was posted, for each currency.
    pub posted: Vec<Sum>,
    /// The fence of its lease.
    pub fence: Option<u64>,
}

/// One row of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunItem {
    /// Its place in the run, from 1; the cursor for the next page.
    pub position: u64,
    /// The record, where the row has a valid id.
    pub record_id: Option<String>,
    /// Where the row stood in the source.
    pub place: Option<Place>,
    /// The payee's name.
    pub payee: Option<String>,
    /// The date of the expense.
    pub date: Option<NaiveDate>,
    /// The amount.
    pub amount: Option<Sum>,
    /// The generation it was about.
    pub generation: Option<Generation>,
    /// What came of it; `None` while its turn has not come.
    pub result: Option<ItemResult>,
    /// The reference of its voucher.
    pub reference: Option<String>,
    /// The accounting system's acknowledgement.
    pub voucher_id: Option<String>,
    /// The number people use.
    pub voucher_number: Option<String>,
    /// Why, for what was not exported.
    pub reason: Option<Reason>,
    /// For a skipped duplicate: the run that had exported it.
    pub earlier_run_id: Option<RunId>,
    /// And when.
    pub earlier_at: Option<DateTime<Utc>>,
    /// The first other record with the same payee, date, amount and text; for information only.
    pub look_alike: Option<String>,
}

/// Why something was not exported.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// We held it back.
    Held(HoldReason),
    /// The accounting system refused it, in its own words.
    Refused(Refusal),
    /// No answer was understood.
    InDoubt(Problem),
}

/// What waits for a person, one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttentionItem {
    /// In doubt, vanished, refused, changed or held.
    pub state: RecordState,
    /// The record, where the row has a valid id.
    pub record_id: Option<String>,
    /// The row in the source, for what could not be read.
    pub place: Option<Place>,
    /// The beginning of a row that could not be read.
    pub glimpse: Option<String>,
    /// The payee's name.
    pub payee: Option<String>,
    /// The date of the expense.
    pub date: Option<NaiveDate>,
    /// The amount.
    pub amount: Option<Sum>,
    /// Why.
    pub reason: Option<Reason>,
    /// The reference, where something was sent.
    pub reference: Option<String>,
    /// The voucher that stands there, where one is known.
    pub voucher_id: Option<String>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The run it comes from.
    pub run_id: Option<RunId>,
    /// Both contents, for what changed after export.
    pub changed: Option<Changed>,
    /// What became of its voucher, for what vanished.
    pub vanished: Option<Alarm>,
    /// What the last look-up found, for what is in doubt.
    pub evidence: Vec<FoundVoucher>,
    /// What was sent under the reference; the record may say something else by now.
    pub sent: Option<Sent>,
}

/// What was sent of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The date of the voucher.
    pub date: NaiveDate,
    /// Its amount.
    pub amount: Sum,
    /// Its number, where it was acknowledged with one.
    pub voucher_number: Option<String>,
}

/// The state of a record, as every list shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    /// Acknowledged.
    Posted,
    /// Will go with the next sync.
    Eligible,
    /// Being sent in the run that is on.
    Sending,
    /// Sent, or maybe.
    InDoubt,
    /// The accounting system said no.
    Refused,
    /// Something must be put right first.
    Held,
    /// Exported, and its content changed since.
    Changed,
    /// Exported, and its voucher is gone, reversed or another one now.
    Vanished,
    /// No longer in the source, and never exported.
    Gone,
}

impl RecordState {
    /// The one spelling, as it stands in JSON.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::Eligible => "eligible",
            Self::Sending => "sending",
            Self::InDoubt => "in_doubt",
            Self::Refused => "refused",
            Self::Held => "held",
            Self::Changed => "changed",
            Self::Vanished => "vanished",
            Self::Gone => "gone",
        }
    }

    /// The state spelled so, or `None`.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "posted" => Self::Posted,
            "eligible" => Self::Eligible,
            "sending" => Self::Sending,
            "in_doubt" => Self::InDoubt,
            "refused" => Self::Refused,
            "held" => Self::Held,
            "changed" => Self::Changed,
            "vanished" => Self::Vanished,
            "gone" => Self::Gone,
            _ => return None,
        })
    }
}

/// The ledger's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its size, with what has not been folded into it yet.
    pub bytes: u64,
    /// When the newest backup was made; `None` where there is none.
    pub last_backup_at: Option<DateTime<Utc>>,
}

/// How many records are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordCounts {
    /// Acknowledged.
    pub posted: u64,
    /// Will go with the next sync.
    pub eligible: u64,
    /// Claimed by a run that is not closed.
    pub sending: u64,
    /// Sent, or maybe.
    pub in_doubt: u64,
    /// Refused.
    pub refused: u64,
    /// Held back, rows without a valid id included.
    pub held: u64,
    /// Changed after export.
    pub changed: u64,
    /// Acknowledged once, and not there as it was.
    pub vanished: u64,
    /// Re-exports that wait for a second person's approval; their records are counted where they stand as well.
    pub approvals: u64,
}

impl RecordCounts {
    /// How many wait for a person.
    pub fn attention(self) -> u64 {
        self.in_doubt + self.vanished + self.refused + self.held + self.changed + self.approvals
    }
}

/// Everything known of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordStory {
    /// Its id.
    pub record_id: String,
    /// Its state.
    pub state: RecordState,
    /// The payee's id and name.
    pub payee_id: String,
    /// The payee's name.
    pub payee: String,
    /// The date of the expense.
    pub date: NaiveDate,
    /// The amount.
    pub amount: Sum,
    /// What for.
    pub category: String,
    /// The text of the voucher.
    pub text: String,
    /// Where it last stood in the source.
    pub place: Place,
    /// When it was first seen.
    pub first_seen_at: DateTime<Utc>,
    /// When its content became another one, oldest first, where that was after a claim.
    pub changed_at: Vec<DateTime<Utc>>,
    /// Why it is held, where it is.
    pub held: Option<HoldReason>,
    /// Each claim on it, oldest first.
    pub attempts: Vec<AttemptStory>,
    /// Both contents, where it is no longer what was exported.
    pub changed: Option<Changed>,
    /// What became of its voucher, where that is not there as it was.
    pub vanished: Option<Alarm>,
    /// What persons accepted, oldest first.
    pub accepted: Vec<Acceptance>,
    /// Other records like it; for information only.
    pub look_alikes: LookAlikes,
    /// The newest entries of the audit trail about it, [`RecordStory::AUDIT_ENTRIES_MAX`] at most, oldest first.
    pub audit: Vec<AuditEntry>,
}

impl RecordStory {
    /// Audit entries in a story, at most.
    pub const AUDIT_ENTRIES_MAX: u32 = 1_000;
}

/// A seal of the audit trail, exactly as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AuditSeal {
    /// Its number, from 1; the cursor for the next page.
    pub number: i64,
    /// Entries of the trail when it was made.
    pub entries: i64,
    /// The hash of the newest of them, in hexadecimal digits.
    pub head: Option<String>,
    /// The key by which the signature is checked, where it was signed.
    pub public_key: Option<String>,
    /// The signature.
    pub signature: Option<String>,
    /// When it was made.
    pub made_at: Option<String>,
    /// When the accounting side took it as witness.
    pub left_at: Option<String>,
}

/// An entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, from 1; the cursor for the next page.
    pub entry: u64,
    /// When, by the clock of that machine.
    pub at: DateTime<Utc>,
    /// Who, at the operating system.
    pub actor: Actor,
    /// Who the accounting system took them for.
    pub accounting_user: Option<String>,
    /// What was done.
    pub act: Act,
    /// To which record.
    pub record_id: Option<String>,
    /// In which generation.
    pub generation: Option<Generation>,
    /// In which run.
    pub run_id: Option<RunId>,
    /// What the accounting system made of it.
    pub voucher_id: Option<String>,
    /// What stood there before.
    pub earlier_voucher_id: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Whatever else belongs to the act.
    pub detail: serde_json::Value,
}

/// One claim on a record, as its story tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptStory {
    /// The generation.
    pub generation: Generation,
    /// Where it stands.
    pub state: AttemptState,
    /// The reference it was sent under.
    pub reference: String,
    /// The run that claimed it.
    pub run_id: RunId,
    /// What had started that run.
    pub trigger: Trigger,
    /// Who.
    pub actor: Actor,
    /// When it was claimed.
    pub claimed_at: DateTime<Utc>,
    /// When it was last sent.
    pub sent_at: DateTime<Utc>,
    /// When it was settled.
    pub settled_at: Option<DateTime<Utc>>,
    /// The run that settled it.
    pub settled_by: Option<RunId>,
    /// Who had started that one.
    pub settled_actor: Option<Actor>,
    /// Whether its voucher was found in the accounting system, where the answer to the request itself was lost.
    pub found: bool,
    /// The acknowledgement.
    pub voucher_id: Option<String>,
    /// The number people use.
    pub voucher_number: Option<String>,
    /// Why it was refused, or what was seen instead of an answer.
    pub reason: Option<Reason>,
    /// What the last look-up found under its reference, where that was unclear.
    pub evidence: Vec<FoundVoucher>,
}

/// Where a run is. The window, the tray and the command line look at the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Taking the locks.
    Locking,
    /// Settling what earlier runs left open.
    Recovering,
    /// Reading the source.
    Reading,
    /// Deciding for each row.
    Planning,
    /// Sending.
    Sending,
    /// Settling what this run has left in doubt.
    Settling,
    /// Looking up the vouchers of the run, and those for whose sake it left records out.
    Finishing,
    /// Over.
    Finished,
}

/// A run's state at this moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The run; known from the start.
    pub run_id: RunId,
    /// Where it is.
    pub phase: Phase,
    /// Records answered for in this phase; rows read while reading.
    pub processed: u64,
    /// Of how many; `None` while nobody knows.
    pub total: Option<u64>,
    /// Records answered for in a second, over the last while; `None` before there is evidence.
    pub rate_per_second: Option<f64>,
    /// Seconds left; `None` before there is evidence.
    pub eta_seconds: Option<u64>,
    /// Results so far.
    pub counts: Counts,
    /// A pause before anything more is sent, until then: asked for, or our own.
    pub waiting_until: Option<DateTime<Utc>>,
    /// While it waits for somebody else's run to end: whose, and for how long at most.
    pub waiting: Option<Waiting>,
    /// Whether a person asked it to stop.
    pub stopping: bool,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// At the end: how it ended.
    pub outcome: Option<Outcome>,
}

/// What a sync would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSummary {
    /// Rows in the period.
    pub read: u64,
    /// To be sent.
    pub send: u64,
    /// The sums of these.
    pub send_sums: Vec<Sum>,
    /// Left out as exported already.
    pub skipped: u64,
    /// In doubt: looked up first, then decided.
    pub in_doubt: u64,
    /// Held back.
    pub held: u64,
    /// How many of those to be sent have another record like them; for information only.
    pub look_alikes: u64,
    /// The first [`PlanSummary::HELD_SHOWN_MAX`] held rows, with their reasons.
    pub held_items: Vec<RunItem>,
}

impl PlanSummary {
    /// Held rows that a plan lists; the rest is counted.
    pub const HELD_SHOWN_MAX: usize = 200;
}

/// Who asks: at the operating system, and as the accounting system knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// At the operating system.
    pub actor: Actor,
    /// The accounting system's id of the user whose token is used.
    pub accounting_user: String,
}

impl Asker {
    /// Whether these are two people, as far as anybody can tell: another user here, or another one there.
    pub fn is_another(&self, other: &Self) -> bool {
        self.actor.user != other.actor.user || self.accounting_user != other.accounting_user
    }
}

/// What was exported of a record last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedVoucher {
    pub(crate) attempt_id: i64,
    /// Its generation.
    pub generation: Generation,
    /// Its reference.
    pub reference: String,
    /// The acknowledgement.
    pub voucher_id: String,
    /// The number people use.
    pub voucher_number: Option<String>,
    /// The amount.
    pub amount: Sum,
    /// Its date in the books.
    pub date: NaiveDate,
    /// The run that settled it.
    pub run_id: RunId,
    /// Who had started that run.
    pub actor: Actor,
    /// When.
    pub settled_at: DateTime<Utc>,
    /// The counter-voucher, where we have reversed it.
    pub reversed_by: Option<String>,
}

/// A forced re-export that was asked for and is not sent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReExport {
    pub(crate) re_export_id: i64,
    /// The record.
    pub record_id: String,
    /// The generation it makes.
    pub generation: Generation,
    /// Why.
    pub reason: String,
    /// Whether the earlier voucher is reversed first.
    pub reverse: bool,
    /// Who asked.
    pub requested_by: Asker,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// Whether somebody else has to approve.
    pub needs_approval: bool,
    /// Who approved.
    pub approved_by: Option<Asker>,
    /// When.
    pub approved_at: Option<DateTime<Utc>>,
}

/// What a person sees before a forced re-export, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReExportPreview {
    /// The record.
    pub record_id: String,
    /// What was exported of it last.
    pub earlier: ExportedVoucher,
    /// What stands under that reference in the accounting system at this moment.
    pub present: Vec<FoundVoucher>,
    /// The reference that the new voucher will have.
    pub reference: String,
    /// What the record is now, as it would be sent.
    pub amount: Sum,
    /// Its date.
    pub date: NaiveDate,
    /// Whether the workspace asks for a second administrator's approval.
    pub needs_approval: bool,
    /// One that waits already.
    pub waiting: Option<ReExport>,
}
