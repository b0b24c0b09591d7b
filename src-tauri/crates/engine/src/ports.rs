//! What the engine needs of the world: time, ids, records, an accounting system. Connectors implement these traits; the
//! tests put simulated ones in their place.

mod unique_rows;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use unique_rows::{Created, RowId, UniqueRow, UniqueRows};

use crate::domain::{
    Actor, Capabilities, CommitResult, Discarded, DraftId, Found, FoundVoucher, HoldReason, Period, Place, Posting,
    PostingRules, Record, Reference, Refusal, RunId, StageResult, VoucherPages, VoucherResult,
};
use crate::error::Problem;
use crate::ledger::{ClaimedRequest, ClaimedReversal, StagedDraft};
use crate::lock::Permit;

/// Time, as the engine sees it.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The wall clock, for what people read. Two machines' wall clocks are never compared.
    fn now(&self) -> DateTime<Utc>;

    /// Time since some fixed moment, on a clock that goes on while the machine sleeps.
    fn elapsed(&self) -> Duration;

    /// Waits that long.
    async fn sleep(&self, duration: Duration);
}

/// Fresh ids.
pub trait IdSource: Send + Sync {
    /// An id nobody had before, sortable by time.
    fn fresh(&self) -> String;
}

/// Where approved records come from.
#[async_trait]
pub trait Source: Send + Sync {
    /// Starts reading from the beginning.
    ///
    /// # Errors
    /// When the source cannot be opened, or lacks a column.
    async fn open(&self) -> Result<Box<dyn Pages>, SourceError>;
}

/// A reading of the source, page by page.
#[async_trait]
pub trait Pages: Send {
    /// The next rows, [`PAGE_ROWS_MAX`] at most; `None` after the last.
    ///
    /// # Errors
    /// When the source cannot be read on. The run then ends and nothing was sent: half a source is no source.
    async fn next(&mut self) -> Result<Option<Vec<Row>>, SourceError>;
}

/// Rows in a page at most, so that memory does not grow with the source.
pub const PAGE_ROWS_MAX: usize = 1_000;

/// One row of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A record, and where it stands.
    Record(Box<Record>, Place),
    /// A row that is no record; it is held, and the others go on.
    Flaw(Flaw),
}

/// A row that could not be read as a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The id as it stands there, where one does.
    pub record_id: Option<String>,
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub reason: HoldReason,
    /// The beginning of the row, so that a person can find it; bounded by the connector.
    pub glimpse: String,
}

/// The source could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SourceError(pub Problem);

/// An accounting system. Each method is one call; retries are the engine's, which knows of them in the ledger.
#[async_trait]
pub trait AccountingSystem: Send + Sync {
    /// Who am I, and what does the system offer. Sends no record.
    async fn connect(&self) -> Result<Connection, CallError>;

    /// What is missing in the set-up there before postings by these rules can be made: all of it, each with what to do.
    /// Empty where nothing is missing, or the system gives no way to ask. Writes nothing.
    async fn check(&self, _rules: &PostingRules) -> Result<Vec<Problem>, CallError> {
        Ok(Vec::new())
    }

    /// Asks for the remote lock.
    async fn acquire(&self, ask: &LeaseAsk) -> Result<Acquired, CallError>;

    /// Keeps the lock, and leaves the progress for others to see. [`CallError::LeaseLost`] when it is no longer ours.
    async fn renew(&self, token: &LeaseToken, life: Duration, progress: LockProgress) -> Result<(), CallError>;

    /// Gives the lock back.
    async fn release(&self, token: &LeaseToken) -> Result<(), CallError>;

    /// Takes the lock from this run, and only from it.
    async fn break_lock(&self, run: &RunId, reason: &str) -> Result<(), CallError>;

    /// Who holds the lock.
    async fn lock(&self) -> Result<Option<LockInfo>, CallError>;

    /// The bytes of a request for these postings, as they will be kept in the ledger and sent.
    fn draw_up(&self, postings: &[Posting]) -> Vec<u8>;

    /// Sends a claimed request straight into the books, once. The answer has one entry for each member, in order; `None`
    /// where the accounting system gave none. The connector calls [`Permit::check`] directly before its first byte leaves.
    async fn commit(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<VoucherResult>, CallError>;

    /// Sends a claimed request as drafts, once; only where protection is `staged`. Checked and answered like
    /// [`AccountingSystem::commit`].
    async fn stage(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<StageResult>, CallError>;

    /// Which of these staged drafts are contested: another draft or a voucher stands under their reference, in the books as
    /// they are now. Asked right before drafts are committed, since the lease may have been taken from us by then without
    /// our knowing: of two who look after they have staged, and before they commit, one at least sees the other's.
    async fn contested(&self, drafts: &[StagedDraft]) -> Result<Vec<bool>, CallError> {
        let references: Vec<Reference> = drafts.iter().map(|draft| draft.claimed().reference().clone()).collect();
        let found = self.look_up(&references).await?;
        let is_contested = |draft: &StagedDraft| {
            let under = found.drafts.iter().filter(|other| other.reference == *draft.claimed().reference());
            let (own, others): (Vec<_>, Vec<_>) = under.partition(|other| other.draft_id == *draft.draft_id());
            let mut vouchers = found.vouchers.iter().filter(|one| one.reference == *draft.claimed().reference());
            // Where the draft itself is a draft no more, it is the voucher, or it is gone: to commit it makes nothing.
            !others.is_empty() || (!own.is_empty() && vouchers.any(|one| one.reverses.is_none()))
        };
        Ok(drafts.iter().map(is_contested).collect())
    }

    /// Commits a staged draft by its id. The same id may be committed again: that posts nothing a second time.
    async fn commit_draft(&self, permit: &Permit, draft: &StagedDraft) -> Result<CommitResult, CallError>;

    /// How many staged drafts one call of [`AccountingSystem::commit_drafts`] takes; 1 where each is a call of its own.
    fn drafts_per_commit_max(&self) -> usize {
        1
    }

    /// Commits staged drafts by their ids, [`AccountingSystem::drafts_per_commit_max`] at most, in one call that changes
    /// something. The answer has one entry for each, in order; `None` where what became of it is not known. Refused as a
    /// whole, it has committed none, and says nothing of each: the engine then divides them.
    async fn commit_drafts(&self, permit: &Permit, drafts: &[StagedDraft]) -> Result<Answer<CommitResult>, CallError> {
        let mut results = Vec::with_capacity(drafts.len());
        for draft in drafts {
            results.push(Some(self.commit_draft(permit, draft).await?));
        }
        Ok(Answer { results })
    }

    /// Discards a draft that is not wanted.
    async fn discard_draft(&self, permit: &Permit, draft: &DraftId) -> Result<Discarded, CallError>;

    /// What stands under these references, [`LOOK_UP_MAX`] at most. Finding nothing proves nothing by itself.
    async fn look_up(&self, references: &[Reference]) -> Result<Found, CallError>;

    /// The vouchers dated in a period, whatever their state, in pages, for the two-way comparison.
    async fn vouchers(&self, period: Period, cursor: Option<&str>) -> Result<VoucherPage, CallError>;

    /// Makes the counter-voucher of a voucher. Asked again with the same reference, it answers with the one it made.
    async fn reverse(&self, permit: &Permit, reversal: &ClaimedReversal) -> Result<VoucherResult, CallError>;

    /// The newest audit head that the accounting side keeps of a ledger.
    async fn witness(&self, ledger_id: &str) -> Result<WitnessSeen, CallError>;

    /// Leaves the newest audit head there. A refusal means that it keeps a newer or another one.
    async fn leave_witness(&self, permit: &Permit, ledger_id: &str, witness: &Witness) -> Result<(), CallError>;

    /// The pages of its web client for vouchers, on the server that the workspace names; `None` where it has none.
    fn voucher_pages(&self) -> Option<VoucherPages> {
        None
    }
}

/// References in one look-up, at most.
pub const LOOK_UP_MAX: usize = 500;

/// A page of vouchers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherPage {
    /// In the order in which they were made.
    pub vouchers: Vec<FoundVoucher>,
    /// For the next page; `None` after the last.
    pub next: Option<String>,
}

/// The newest audit head of a ledger, as somebody other than the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// Entries of the trail up to the head.
    pub entries: u64,
    /// The hash of the newest entry, 64 hexadecimal digits.
    pub head: String,
    /// The key by which the signature is checked, where the head was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// The signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Who left it, and from which machine.
    pub written_by: Actor,
}

/// What the accounting side says of a ledger's witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WitnessSeen {
    /// It keeps this one.
    Kept(Witness),
    /// It keeps witnesses, and has none of this ledger.
    None,
    /// It keeps no witnesses at all.
    NotOffered,
}

/// Signs the heads of the audit trail, with a key that no file of the workspace holds.
#[async_trait]
pub trait Signer: Send + Sync {
    /// The signature of these bytes; `None` where there is no place for a key on this machine.
    async fn sign(&self, bytes: &[u8]) -> Option<Signature>;

    /// The public key it signs with, as hexadecimal digits, where there is one already; asking makes none.
    async fn public_key(&self) -> Option<String> {
        None
    }
}

/// A signature and the key that checks it, as hexadecimal digits (Ed25519, RFC 8032).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// 32 bytes.
    pub public_key: String,
    /// 64 bytes.
    pub signature: String,
}

/// The other side, as it presents itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Where it is, for people.
    pub address: String,
    /// The organisation's id there.
    pub organisation_id: String,
    /// The organisation's name there.
    pub organisation_name: String,
    /// The user's id there.
    pub user_id: String,
    /// The user's name there.
    pub user_name: String,
    /// What it offers.
    pub capabilities: Capabilities,
}

/// The request for the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseAsk {
    /// Who asks.
    pub holder: LockHolder,
    /// How long without renewal.
    pub life: Duration,
    /// What for: `sync`, `re-export` …
    pub operation: &'static str,
}

/// Who holds, or asks for, the lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// The user's id.
    pub user: String,
    /// The user's name, where the accounting system tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The machine.
    pub host: String,
    /// The run.
    pub run_id: RunId,
}

/// The secret by which a holder is known. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct LeaseToken(String);

impl LeaseToken {
    /// As the accounting system gave it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For the header alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for LeaseToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LeaseToken(…)")
    }
}

/// What came of asking for the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acquired {
    /// It is ours.
    Granted {
        /// By which we are known.
        token: LeaseToken,
        /// Grows with each grant.
        fence: u64,
        /// When, by the accounting side's clock: the one clock that different runs and machines may compare.
        granted_at: DateTime<Utc>,
    },
    /// Somebody has it.
    Held(LockInfo),
    /// Somebody has it who, by the accounting side's own clock, has given no sign of life for longer than the lease lives; or
    /// none was seen yet, and the accounting side tells no time. Whoever goes on asking for that long, and sees no sign of
    /// life either, gets it.
    LooksDead {
        /// Who, and since when.
        info: LockInfo,
        /// How long still.
        watch: Duration,
    },
}

/// The lock, as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockInfo {
    /// Who.
    pub holder: LockHolder,
    /// `sync`, `re-export` …
    pub operation: String,
    /// Since when.
    pub acquired_at: DateTime<Utc>,
    /// Last sign of life.
    pub renewed_at: DateTime<Utc>,
    /// Until when, without another sign.
    pub expires_at: DateTime<Utc>,
    /// How far.
    pub progress: Option<LockProgress>,
    /// When the accounting side said so, by its own clock, where it tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<DateTime<Utc>>,
}

/// How far a run is, as it tells the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LockProgress {
    /// Records answered for.
    pub processed: u64,
    /// Records to send.
    pub total: u64,
}

/// The answer to a request that was understood as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// One for each member, in order.
    pub results: Vec<Option<T>>,
}

/// What a client may conclude from a call that gave no answer it asked for: the table at the end of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The connection was never established: nothing left this machine.
    #[error("not sent: {0}")]
    NotSent(Problem),
    /// Refused as a whole: nothing was written.
    #[error("refused: {problem}")]
    Refused {
        /// The sentence for people.
        problem: Problem,
        /// What the accounting system said.
        refusal: Refusal,
        /// The request was too large; smaller ones may pass.
        too_large: bool,
    },
    /// Not processed: wait, then the same request with the same key.
    #[error("not processed: {problem}")]
    NotProcessed {
        /// The sentence for people.
        problem: Problem,
        /// What the accounting system asks for.
        retry_after: Option<Duration>,
    },
    /// An earlier sending of this request, under the same key, is still being worked on: wait, then the same request with
    /// the same key. Unlike [`CallError::NotProcessed`] it proves nothing of that earlier sending: given up, it is unknown.
    #[error("still running: {problem}")]
    StillRunning {
        /// The sentence for people.
        problem: Problem,
        /// What the accounting system asks for.
        retry_after: Option<Duration>,
    },
    /// The lock is no longer ours; nothing of the request was written.
    #[error("the lease is lost")]
    LeaseLost,
    /// Everything else: it may have been processed.
    #[error("unknown: {0}")]
    Unknown(Problem),
}

impl CallError {
    /// The sentence for people.
    pub fn problem(&self) -> Problem {
        match self {
            Self::NotSent(problem)
            | Self::Unknown(problem)
            | Self::NotProcessed { problem, .. }
            | Self::StillRunning { problem, .. }
            | Self::Refused { problem, .. } => problem.clone(),
            Self::LeaseLost => Problem::new(crate::error::ErrorCode::LeaseLost),
        }
    }
}
