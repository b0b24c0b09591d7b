//! What the faces show: read models of the ledger and of a run in progress. Plain values, ready for any wire.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{
    Actor, AttemptState, Counts, Generation, HoldReason, ItemResult, Outcome, Period, Place, Problem, RunId, Trigger,
};
use crate::error::Told;

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
    pub error: Option<Told>,
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
}

/// Why something was not exported.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// We held it back.
    Held(HoldReason),
    /// The accounting system refused it, in its own words.
    Refused(Problem),
    /// No answer was understood.
    InDoubt(Told),
}

/// What waits for a person, one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttentionItem {
    /// In doubt, refused, held or changed.
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
    /// No longer in the source, and never exported.
    Gone,
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
}

impl RecordCounts {
    /// How many wait for a person.
    pub fn attention(self) -> u64 {
        self.in_doubt + self.refused + self.held + self.changed
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
    /// Why it is held, where it is.
    pub held: Option<HoldReason>,
    /// Each claim on it, oldest first.
    pub attempts: Vec<AttemptStory>,
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
    /// When it was claimed.
    pub claimed_at: DateTime<Utc>,
    /// When it was settled.
    pub settled_at: Option<DateTime<Utc>>,
    /// The run that settled it.
    pub settled_by: Option<RunId>,
    /// The acknowledgement.
    pub voucher_id: Option<String>,
    /// The number people use.
    pub voucher_number: Option<String>,
    /// Why it was refused, or what was seen instead of an answer.
    pub reason: Option<Reason>,
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
    /// Closing the run.
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
    /// The accounting system asked us to wait, until then.
    pub waiting_until: Option<DateTime<Utc>>,
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
    /// The first [`PlanSummary::HELD_SHOWN_MAX`] held rows, with their reasons.
    pub held_items: Vec<RunItem>,
}

impl PlanSummary {
    /// Held rows that a plan lists; the rest is counted.
    pub const HELD_SHOWN_MAX: usize = 200;
}
