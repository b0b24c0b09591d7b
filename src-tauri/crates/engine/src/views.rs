//! Holds the values that the faces show: read models of the ledger and of a run in progress. They are plain, ready for
//! any wire.

mod comparison;
mod content;
mod files;
mod lock;
mod posting;
mod receipts;
mod records;

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};

pub use comparison::{BothSums, Comparison, Difference, LedgerSide, Papers, Sides};
pub use content::{Acceptance, Alarm, Changed, Content, LookAlike, LookAlikes};
pub use files::{FileState, HandedOverFile};
pub use lock::{LockFacts, Waiting, Whose};
pub use posting::{AccountSum, CaughtByRule, DecidedBy, RunVoucher, VoucherDraft, VoucherLine, VoucherPreview};
pub use receipts::{MissingReceipt, ReceiptStory};
pub use records::{
    MonthBooks, MonthFigures, MonthRecords, MonthState, ProjectSum, RecordRow, RecordsFound, StateFigures,
};

use crate::domain::{
    Act, Actor, AttemptState, Counts, CurrencySums, FoundVoucher, Generation, HoldReason, ItemResult, Outcome, Period,
    Place, Refusal, RunId, Topic, Trigger, VoucherMade,
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
    /// The run's id.
    pub run_id: RunId,
    /// The trigger of the run.
    pub trigger: Trigger,
    /// The person who ran it.
    pub actor: Actor,
    /// The time of the start.
    pub started_at: DateTime<Utc>,
    /// The time of the end; `None` while it runs.
    pub finished_at: Option<DateTime<Utc>>,
    /// The outcome; `None` while it runs.
    pub outcome: Option<Outcome>,
    /// The problem because of which it failed, if it did.
    pub error: Option<Problem>,
    /// The period of the run.
    pub period: Period,
    /// The number of rows for each result.
    pub counts: Counts,
    /// The sums that were posted, for each currency.
    pub posted: Vec<Sum>,
    /// The fence of its lease.
    pub fence: Option<u64>,
}

/// One row of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunItem {
    /// The row's place in the run, from 1; the cursor for the next page.
    pub position: u64,
    /// The record, if the row has a valid id.
    pub record_id: Option<String>,
    /// The place of the row in the source.
    pub place: Option<Place>,
    /// The payee's name.
    pub payee: Option<String>,
    /// The date of the expense.
    pub date: Option<NaiveDate>,
    /// The amount.
    pub amount: Option<Sum>,
    /// The generation of the record in this run.
    pub generation: Option<Generation>,
    /// The result; `None` while its turn has not come.
    pub result: Option<ItemResult>,
    /// The reference of the voucher.
    pub reference: Option<String>,
    /// The accounting system's acknowledgement.
    pub voucher_id: Option<String>,
    /// The number that people use.
    pub voucher_number: Option<String>,
    /// The reason, for a row that was not exported.
    pub reason: Option<Reason>,
    /// For a skipped duplicate: the run that had exported it.
    pub earlier_run_id: Option<RunId>,
    /// The time at which that run exported it.
    pub earlier_at: Option<DateTime<Utc>>,
    /// The making of its voucher, if it stood in the books before anything was sent from here.
    pub made: Option<VoucherMade>,
    /// The first other record with the same payee, date, amount and text; for information only.
    pub look_alike: Option<String>,
}

/// The reason why something was not exported.
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

/// One entry of the list that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttentionItem {
    /// The state: in doubt, vanished, refused, changed, held or gone.
    pub state: RecordState,
    /// The record, if the row has a valid id.
    pub record_id: Option<String>,
    /// The row in the source, if it could not be read.
    pub place: Option<Place>,
    /// The beginning of a row that could not be read.
    pub glimpse: Option<String>,
    /// The payee's name.
    pub payee: Option<String>,
    /// The date of the expense.
    pub date: Option<NaiveDate>,
    /// The amount.
    pub amount: Option<Sum>,
    /// The reason why it waits.
    pub reason: Option<Reason>,
    /// The reference, if something was sent.
    pub reference: Option<String>,
    /// The voucher that stands there, if one is known.
    pub voucher_id: Option<String>,
    /// The time since when it waits.
    pub since: DateTime<Utc>,
    /// The run it comes from.
    pub run_id: Option<RunId>,
    /// Both contents, for a record that changed after export.
    pub changed: Option<Changed>,
    /// The alarm about its voucher, for a record that vanished.
    pub vanished: Option<Alarm>,
    /// The vouchers that the last look-up found, for a record in doubt.
    pub evidence: Vec<FoundVoucher>,
    /// The content that was sent under the reference; the record may say something else by now.
    pub sent: Option<Sent>,
}

/// A question that a person answers before anything more is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The topic, by which it is answered.
    pub topic: Topic,
    /// The sentence.
    pub problem: Problem,
    /// The time when it was first asked.
    pub asked_at: DateTime<Utc>,
}

/// The content that was sent of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The date of the voucher.
    pub date: NaiveDate,
    /// Its amount.
    pub amount: Sum,
    /// Its number, if it was acknowledged with one.
    pub voucher_number: Option<String>,
}

/// The state of a record, as every list shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    /// The record's voucher is acknowledged.
    Posted,
    /// The record is in a sealed file, and was not seen in the books yet.
    HandedOver,
    /// The record will go with the next sync.
    Eligible,
    /// The record is being sent in the run that is on.
    Sending,
    /// The record was sent, or maybe.
    InDoubt,
    /// The accounting system said no.
    Refused,
    /// Something in the record must be put right first.
    Held,
    /// The record was exported, and its content changed since.
    Changed,
    /// The record was exported, and its voucher is gone, reversed or another one now.
    Vanished,
    /// The record left the source before it was exported.
    Gone,
    /// The record left the source before it was exported, and a person has decided that it stays so.
    SetAside,
}

impl RecordState {
    /// Returns the one spelling, as it stands in JSON.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::HandedOver => "handed_over",
            Self::Eligible => "eligible",
            Self::Sending => "sending",
            Self::InDoubt => "in_doubt",
            Self::Refused => "refused",
            Self::Held => "held",
            Self::Changed => "changed",
            Self::Vanished => "vanished",
            Self::Gone => "gone",
            Self::SetAside => "set_aside",
        }
    }

    /// Returns the state spelled so, or `None`.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "posted" => Self::Posted,
            "handed_over" => Self::HandedOver,
            "eligible" => Self::Eligible,
            "sending" => Self::Sending,
            "in_doubt" => Self::InDoubt,
            "refused" => Self::Refused,
            "held" => Self::Held,
            "changed" => Self::Changed,
            "vanished" => Self::Vanished,
            "gone" => Self::Gone,
            "set_aside" => Self::SetAside,
            _ => return None,
        })
    }
}

/// The ledger's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerFile {
    /// The path of the file.
    pub path: PathBuf,
    /// Its size in bytes, with the log that has not been folded into it yet.
    pub bytes: u64,
    /// The time of the newest backup; `None` if there is none.
    pub last_backup_at: Option<DateTime<Utc>>,
}

/// Whether the syncs that nobody watches do their work.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unattended {
    /// The end of the newest completed sync.
    pub last_success_at: Option<DateTime<Utc>>,
    /// The newest scheduled run, if it was not completed and no sync has been since.
    pub failed: Option<RunSummary>,
    /// The first scheduled time for which no run was begun.
    pub unserved_since: Option<DateTime<Utc>>,
}

impl Unattended {
    /// Returns whether somebody has to see to it.
    pub fn needs_a_person(&self) -> bool {
        self.failed.is_some() || self.unserved_since.is_some()
    }
}

/// The number of records in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordCounts {
    /// The records whose voucher is acknowledged.
    pub posted: u64,
    /// The records in sealed files that were not seen in the books yet.
    pub handed_over: u64,
    /// The records that will go with the next sync.
    pub eligible: u64,
    /// The records that are claimed by a run that is not closed.
    pub sending: u64,
    /// The records that were sent, or maybe.
    pub in_doubt: u64,
    /// The records that the accounting system refused.
    pub refused: u64,
    /// The records that are held back, rows without a valid id included.
    pub held: u64,
    /// The records that changed after export.
    pub changed: u64,
    /// The records that were acknowledged once, and whose voucher is not there as it was.
    pub vanished: u64,
    /// The records that left the source before they were exported, rows that could not be read included.
    pub gone: u64,
    /// The questions that a person has to answer before anything more is sent.
    pub questions: u64,
    /// The files whose vouchers were not seen in the books although the time for it is over.
    pub files_overdue: u64,
    /// The re-exports that wait for a second person's approval; their records are counted in their own states as well.
    pub approvals: u64,
    /// The receipts that are missing on vouchers in the books; their records are counted as exported.
    pub receipts: u64,
}

impl RecordCounts {
    /// Returns how many records wait for a person.
    pub fn attention(self) -> u64 {
        self.in_doubt
            + self.vanished
            + self.refused
            + self.held
            + self.changed
            + self.gone
            + self.questions
            + self.files_overdue
            + self.approvals
            + self.receipts
    }
}

/// The story of one record: everything that is known of it.
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
    /// The category of the expense.
    pub category: String,
    /// The text of the voucher.
    pub text: String,
    /// The place where it last stood in the source.
    pub place: Place,
    /// The time when it was first seen.
    pub first_seen_at: DateTime<Utc>,
    /// The times when its content changed after a claim, oldest first.
    pub changed_at: Vec<DateTime<Utc>>,
    /// The reason why it is held, if it is.
    pub held: Option<HoldReason>,
    /// Each claim on it, oldest first.
    pub attempts: Vec<AttemptStory>,
    /// Both contents, if it is no longer what was exported.
    pub changed: Option<Changed>,
    /// The alarm about its voucher, if that is not there as it was.
    pub vanished: Option<Alarm>,
    /// The acceptances by persons, oldest first.
    pub accepted: Vec<Acceptance>,
    /// Other records like it; for information only.
    pub look_alikes: LookAlikes,
    /// The newest entries of the audit trail about it, [`RecordStory::AUDIT_ENTRIES_MAX`] at most, oldest first.
    pub audit: Vec<AuditEntry>,
}

impl RecordStory {
    /// The number of audit entries in a story, at most.
    pub const AUDIT_ENTRIES_MAX: u32 = 1_000;

    /// Returns the newest claim that has a voucher, or may have one: a later one that was refused changes nothing there.
    pub fn standing_claim(&self) -> Option<&AttemptStory> {
        self.attempts.iter().rfind(|attempt| attempt.state.may_have_voucher())
    }
}

/// A seal of the audit trail, exactly as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AuditSeal {
    /// Its number, from 1; the cursor for the next page.
    pub number: i64,
    /// The number of entries of the trail when it was made.
    pub entries: i64,
    /// The hash of the newest of them, in hexadecimal digits.
    pub head: Option<String>,
    /// The key by which the signature is checked, if it was signed.
    pub public_key: Option<String>,
    /// The signature.
    pub signature: Option<String>,
    /// The time when it was made.
    pub made_at: Option<String>,
    /// The time when the accounting side took it as witness.
    pub left_at: Option<String>,
}

/// An entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, from 1; the cursor for the next page.
    pub entry: u64,
    /// The time, by the clock of that machine.
    pub at: DateTime<Utc>,
    /// The person, as the operating system names them.
    pub actor: Actor,
    /// The user that the accounting system took them for.
    pub accounting_user: Option<String>,
    /// The act that was done.
    pub act: Act,
    /// The record to which it was done.
    pub record_id: Option<String>,
    /// The generation of the record.
    pub generation: Option<Generation>,
    /// The run in which it was done.
    pub run_id: Option<RunId>,
    /// The voucher that the accounting system made of it.
    pub voucher_id: Option<String>,
    /// The voucher that stood there before.
    pub earlier_voucher_id: Option<String>,
    /// The person's reason.
    pub reason: Option<String>,
    /// Everything else that belongs to the act.
    pub detail: serde_json::Value,
}

/// One claim on a record, as its story shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptStory {
    /// The generation.
    pub generation: Generation,
    /// The state of the claim.
    pub state: AttemptState,
    /// The reference it was sent under.
    pub reference: String,
    /// The run that claimed it.
    pub run_id: RunId,
    /// The trigger of that run.
    pub trigger: Trigger,
    /// The person who ran it.
    pub actor: Actor,
    /// The time when it was claimed.
    pub claimed_at: DateTime<Utc>,
    /// The time when it was last sent.
    pub sent_at: DateTime<Utc>,
    /// The time when it was settled.
    pub settled_at: Option<DateTime<Utc>>,
    /// The run that settled it.
    pub settled_by: Option<RunId>,
    /// The person who had started that run.
    pub settled_actor: Option<Actor>,
    /// The making of its voucher, if it stood in the books before anything was sent from here.
    pub made: Option<VoucherMade>,
    /// True if its voucher was found in the accounting system, while the answer to the request itself was lost.
    pub found: bool,
    /// The number of the file in which it was handed over, as people read it, where files are taken.
    pub file: Option<String>,
    /// The acknowledgement.
    pub voucher_id: Option<String>,
    /// The number that people use.
    pub voucher_number: Option<String>,
    /// The reason of a refusal, or the problem that was seen instead of an answer.
    pub reason: Option<Reason>,
    /// The vouchers that the last look-up found under its reference, if that was unclear.
    pub evidence: Vec<FoundVoucher>,
    /// The receipts that belong on its voucher, in their order.
    pub receipts: Vec<ReceiptStory>,
    /// Its voucher as it was sent; `None` for a claim of an earlier version, which did not keep it.
    pub voucher: Option<VoucherDraft>,
}

/// The phase of a run. The window, the tray and the command line look at the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The run takes the locks.
    Locking,
    /// The run settles what earlier runs left open.
    Recovering,
    /// The run reads the source.
    Reading,
    /// The run decides for each row.
    Planning,
    /// The run sends.
    Sending,
    /// The run settles what it has left in doubt itself.
    Settling,
    /// The run looks up its own vouchers, and those for whose sake it left records out.
    Finishing,
    /// The run is over.
    Finished,
}

/// A run's state at this moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The run; known from the start.
    pub run_id: RunId,
    /// The phase of the run.
    pub phase: Phase,
    /// The records answered for in this phase; rows read while reading.
    pub processed: u64,
    /// The number of records in this phase; `None` while nobody knows.
    pub total: Option<u64>,
    /// The records answered for in a second, over the last while; `None` before there is evidence.
    pub rate_per_second: Option<f64>,
    /// The seconds left; `None` before there is evidence.
    pub eta_seconds: Option<u64>,
    /// The results so far.
    pub counts: Counts,
    /// The end of a pause before anything more is sent: one that was asked for, or our own.
    pub waiting_until: Option<DateTime<Utc>>,
    /// The run of somebody else that this one waits for, and the longest wait.
    pub waiting: Option<Waiting>,
    /// True if a person asked the run to stop.
    pub stopping: bool,
    /// The time when it started.
    pub started_at: DateTime<Utc>,
    /// The outcome, at the end.
    pub outcome: Option<Outcome>,
}

/// A summary of what a sync would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSummary {
    /// The rows in the period.
    pub read: u64,
    /// The rows to be sent.
    pub send: u64,
    /// The sums of the rows to be sent.
    pub send_sums: Vec<Sum>,
    /// The rows left out as exported already.
    pub skipped: u64,
    /// The rows in doubt: they are looked up first, then decided.
    pub in_doubt: u64,
    /// The rows that are held back.
    pub held: u64,
    /// The rows that do not count, by a rule.
    pub left_out: u64,
    /// The number of rows to be sent that have another record like them; for information only.
    pub look_alikes: u64,
    /// The first [`PlanSummary::HELD_SHOWN_MAX`] held rows, with their reasons.
    pub held_items: Vec<RunItem>,
    /// Debit and credit of the rows to be sent, by account.
    pub accounts: Vec<AccountSum>,
    /// The receipts that the rows to be sent name.
    pub receipts: u64,
    /// The vouchers of the first [`PlanSummary::VOUCHERS_SHOWN_MAX`] rows to be sent, each with its record's id.
    pub vouchers: Vec<(String, VoucherDraft)>,
}

impl PlanSummary {
    /// The number of vouchers that a plan shows; each other one is seen at its record.
    pub const VOUCHERS_SHOWN_MAX: usize = 10;
    /// The number of held rows that a plan lists; the rest is counted.
    pub const HELD_SHOWN_MAX: usize = 200;
}

impl Sum {
    /// Returns each of these sums, as it is shown.
    pub fn each(sums: &CurrencySums) -> Vec<Self> {
        sums.decimals().map(|(currency, amount)| Self { currency, amount }).collect()
    }
}

/// The person who asks: as the operating system names them, and as the accounting system knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// The person and machine, as the operating system names them.
    pub actor: Actor,
    /// The accounting system's id of the user whose token is used.
    pub accounting_user: String,
}

impl Asker {
    /// Says whether these are two people, as far as anybody can know: two users of the accounting system, which takes
    /// a token for its owner. Another account of the operating system with the same token is no other person.
    pub fn is_another(&self, other: &Self) -> bool {
        self.accounting_user != other.accounting_user
    }
}

/// The voucher by which a record was exported last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedVoucher {
    pub(crate) attempt_id: i64,
    /// Its generation.
    pub generation: Generation,
    /// Its reference.
    pub reference: String,
    /// The acknowledgement.
    pub voucher_id: String,
    /// The number that people use.
    pub voucher_number: Option<String>,
    /// The amount.
    pub amount: Sum,
    /// Its date in the books.
    pub date: NaiveDate,
    /// The run that settled it.
    pub run_id: RunId,
    /// The person who had started that run.
    pub actor: Actor,
    /// The time when it was settled.
    pub settled_at: DateTime<Utc>,
    /// The time of the last sending, by the accounting side's clock, at the latest.
    pub(crate) last_sent_at: DateTime<Utc>,
    /// The counter-voucher, if we have reversed it.
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
    /// The person's reason.
    pub reason: String,
    /// True if the earlier voucher is reversed first.
    pub reverse: bool,
    /// The person who asked.
    pub requested_by: Asker,
    /// The time when they asked.
    pub requested_at: DateTime<Utc>,
    /// True if somebody else has to approve.
    pub needs_approval: bool,
    /// The person who approved.
    pub approved_by: Option<Asker>,
    /// The time when they approved.
    pub approved_at: Option<DateTime<Utc>>,
}

/// The facts that a person sees before a forced re-export, and its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReExportPreview {
    /// The record.
    pub record_id: String,
    /// The voucher by which it was exported last.
    pub earlier: ExportedVoucher,
    /// The vouchers that stand under that reference in the accounting system at this moment.
    pub present: Vec<FoundVoucher>,
    /// The reference that the new voucher will have.
    pub reference: String,
    /// The amount of the record now, as it would be sent.
    pub amount: Sum,
    /// Its date.
    pub date: NaiveDate,
    /// True if the workspace asks for a second administrator's approval.
    pub needs_approval: bool,
    /// A re-export that waits already.
    pub waiting: Option<ReExport>,
}
