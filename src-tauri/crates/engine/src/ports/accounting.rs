//! Defines the port to the accounting system. Each method is one call; the engine decides, and repeats.

use std::collections::BTreeSet;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{
    Acquired, Answer, BooksFile, CallError, FoundAttachment, LeaseAsk, LeaseToken, LedgerWitness, LockInfo,
    LockProgress, VoucherFiles, Witness, WitnessPage, WitnessSeen,
};
use crate::domain::evidence;
use crate::domain::{
    Capabilities, CommitResult, Discarded, DraftId, FileSeal, Found, FoundVoucher, Period, Posting, PostingRules,
    Reference, ReferenceRules, RunId, StageResult, VoucherPages, VoucherResult,
};
use crate::error::Problem;
use crate::ledger::{ClaimedAttachment, ClaimedRequest, ClaimedReversal, StagedDraft};
use crate::lock::Permit;

/// An accounting system. Each method is one call; retries are the engine's, which knows of them in the ledger.
#[async_trait]
pub trait AccountingSystem: Send + Sync {
    /// Returns who we are there, and what the system offers. Sends no record.
    async fn connect(&self) -> Result<Connection, CallError>;

    /// Returns everything that is missing in the set-up there before postings by these rules can be made, each with the
    /// remedy. Empty if nothing is missing, or the system gives no way to ask. Writes nothing.
    async fn check(&self, _rules: &PostingRules) -> Result<Vec<Problem>, CallError> {
        Ok(Vec::new())
    }

    /// Asks for the remote lock.
    async fn acquire(&self, ask: &LeaseAsk) -> Result<Acquired, CallError>;

    /// Keeps the lock, and leaves the progress for others to see. Returns the life that was granted from now on, or
    /// [`CallError::LeaseLost`] if the lock is no longer ours.
    async fn renew(&self, token: &LeaseToken, life: Duration, progress: LockProgress) -> Result<Duration, CallError>;

    /// Gives the lock back.
    async fn release(&self, token: &LeaseToken) -> Result<(), CallError>;

    /// Takes the lock from this run, and only from it.
    async fn break_lock(&self, run: &RunId, reason: &str) -> Result<(), CallError>;

    /// Returns the holder of the lock.
    async fn lock(&self) -> Result<Option<LockInfo>, CallError>;

    /// Returns the maker of files, if the accounting system takes files ([`Capabilities::takes_files`]); a request is
    /// then one file, and its bytes are the file's.
    fn files(&self) -> Option<&dyn VoucherFiles> {
        None
    }

    /// Returns the files of the books that lie where they are looked for, oldest first.
    fn inbox(&self) -> Vec<Arc<dyn BooksFile>> {
        Vec::new()
    }

    /// Returns the bytes of a request for these postings, as they will be kept in the ledger and sent.
    fn draw_up(&self, postings: &[Posting]) -> Vec<u8>;

    /// Sends a claimed request straight into the books, once. The answer has one entry for each member, in order;
    /// `None` if the accounting system gave none. The connector calls [`Permit::check`] directly before its first byte
    /// leaves.
    async fn commit(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<VoucherResult>, CallError>;

    /// Delivers the file that a claimed request is, once, and returns the proof: the file that lies where it is fetched
    /// from, or did. Asked again it answers with the same, and delivers nothing a second time; only if
    /// [`Capabilities::takes_files`]. It is checked like [`AccountingSystem::commit`].
    async fn hand_over(&self, _permit: &Permit, _request: &ClaimedRequest) -> Result<FileSeal, CallError> {
        Err(CallError::NotSent(Problem::books_cannot_be_asked()))
    }

    /// Sends a claimed request as drafts, once; only if protection is `staged`. It is checked and answered like
    /// [`AccountingSystem::commit`].
    async fn stage(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<StageResult>, CallError>;

    /// Says which of these staged drafts are contested: another draft or a voucher stands under their reference, in the
    /// books as they are now. It is asked right before drafts are committed, since the lease may have been taken from
    /// us by then without our knowing: of two who look after they have staged, and before they commit, one at least
    /// sees the other's.
    async fn contested(&self, drafts: &[StagedDraft]) -> Result<Vec<bool>, CallError> {
        let references: Vec<Reference> = drafts.iter().map(|draft| draft.claimed().reference().clone()).collect();
        let found = self.look_up(&references).await?;
        let is_contested =
            |draft: &StagedDraft| evidence::is_contested(draft.claimed().reference(), draft.draft_id(), &found);
        Ok(drafts.iter().map(is_contested).collect())
    }

    /// Commits a staged draft by its id. The same id may be committed again: that posts nothing a second time.
    async fn commit_draft(&self, permit: &Permit, draft: &StagedDraft) -> Result<CommitResult, CallError>;

    /// Returns how many staged drafts one call of [`AccountingSystem::commit_drafts`] takes; 1 if each is a call of its
    /// own.
    fn drafts_per_commit_max(&self) -> usize {
        1
    }

    /// Commits staged drafts by their ids, [`AccountingSystem::drafts_per_commit_max`] at most, in one call that
    /// changes something. The answer has one entry for each, in order; `None` if its outcome is not known. A call that
    /// is refused as a whole has committed none, and says nothing of each: the engine then divides them.
    async fn commit_drafts(&self, permit: &Permit, drafts: &[StagedDraft]) -> Result<Answer<CommitResult>, CallError> {
        let mut results = Vec::with_capacity(drafts.len());
        for draft in drafts {
            results.push(Some(self.commit_draft(permit, draft).await?));
        }
        Ok(Answer { results })
    }

    /// Discards a draft that is not wanted.
    async fn discard_draft(&self, permit: &Permit, draft: &DraftId) -> Result<Discarded, CallError>;

    /// Returns the vouchers and drafts under these references, [`LOOK_UP_MAX`] at most. A look-up that finds nothing
    /// proves nothing by itself.
    async fn look_up(&self, references: &[Reference]) -> Result<Found, CallError>;

    /// Returns the vouchers dated in a period, whatever their state, in pages, for the two-way comparison.
    async fn vouchers(&self, period: Period, cursor: Option<&str>) -> Result<VoucherPage, CallError>;

    /// Makes the counter-voucher of a voucher. A second request with the same reference is answered with the one that
    /// was made.
    async fn reverse(&self, permit: &Permit, reversal: &ClaimedReversal) -> Result<VoucherResult, CallError>;

    /// Attaches a receipt to a voucher or draft, once, and returns the id of the attachment; only if
    /// [`Capabilities::attachments`] says so. `file` has its bytes. It is checked like [`AccountingSystem::commit`].
    async fn attach(
        &self,
        _permit: &Permit,
        _attachment: &ClaimedAttachment,
        _file: &File,
    ) -> Result<String, CallError> {
        Err(CallError::NotSent(Problem::internal("no attachments are taken")))
    }

    /// Returns the attachments of these vouchers that were attached by their hash, [`LOOK_UP_MAX`] vouchers at most.
    async fn attachments(&self, _vouchers: &[String]) -> Result<Vec<FoundAttachment>, CallError> {
        Ok(Vec::new())
    }

    /// Returns the newest audit head that the accounting side keeps of a ledger.
    async fn witness(&self, ledger_id: &str) -> Result<WitnessSeen, CallError>;

    /// Leaves the newest audit head there. A refusal means that the accounting side keeps a newer or another one.
    async fn leave_witness(&self, permit: &Permit, ledger_id: &str, witness: &Witness) -> Result<(), CallError>;

    /// Returns the witnesses that a ledger ever left, oldest first, from a cursor on; `None` if the accounting side
    /// keeps the newest alone.
    async fn witness_history(&self, _ledger_id: &str, _cursor: Option<&str>) -> Result<Option<WitnessPage>, CallError> {
        Ok(None)
    }

    /// Returns the newest witness of each ledger of the organisation; `None` if the accounting side lists none.
    async fn witnesses(&self) -> Result<Option<Vec<LedgerWitness>>, CallError> {
        Ok(None)
    }

    /// Returns how references are made in these books, as they keep it; `None` if nobody has kept that there. It is
    /// asked only where [`Connection::keeps_scheme`] is true.
    async fn scheme(&self) -> Result<Option<ReferenceScheme>, CallError> {
        Ok(None)
    }

    /// Keeps how references are made in these books. Returns `false` if somebody else has kept something that this
    /// lacks: it is then read again.
    async fn keep_scheme(&self, _permit: &Permit, _scheme: &ReferenceScheme) -> Result<bool, CallError> {
        Ok(true)
    }

    /// Returns a page of the references in these books that may be ours or another workspace's; `None` if there is no
    /// way to ask for them.
    async fn references(&self, _cursor: Option<&str>) -> Result<Option<ReferencePage>, CallError> {
        Ok(None)
    }

    /// Returns the pages of its web client for vouchers, on the server that the workspace names; `None` if it has none.
    fn voucher_pages(&self) -> Option<VoucherPages> {
        None
    }
}

/// The number of references in one look-up, at most.
pub const LOOK_UP_MAX: usize = 500;

/// A page of vouchers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherPage {
    /// The vouchers, in the order in which they were made.
    pub vouchers: Vec<FoundVoucher>,
    /// The cursor of the next page; `None` after the last.
    pub next: Option<String>,
}

/// The way in which references are made in some books, as they keep it for all that export into them.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct ReferenceScheme {
    /// The organisation ids that references begin with: one, unless a person said that there is a separate use.
    pub prefixes: BTreeSet<String>,
    /// The rules by which references were ever made, oldest first.
    pub rules: Vec<ReferenceRules>,
}

/// A page of references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferencePage {
    /// The references, in the order in which their vouchers were made.
    pub references: Vec<Reference>,
    /// The cursor of the next page; `None` after the last.
    pub next: Option<String>,
}

/// The other side, as it presents itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The address, for people.
    pub address: String,
    /// The organisation's id there.
    pub organisation_id: String,
    /// The organisation's name there.
    pub organisation_name: String,
    /// The user's id there.
    pub user_id: String,
    /// The user's name there.
    pub user_name: String,
    /// The capabilities that it offers.
    pub capabilities: Capabilities,
    /// True if the books keep how references are made there, so that all who export into them make the same.
    pub keeps_scheme: bool,
}
