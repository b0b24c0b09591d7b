//! Connects to any server of the open accounting protocol (`docs/accounting-protocol.md`). It is bound to no vendor.

mod attachments;
mod connect;
mod drafts;
mod labels;
mod list;
mod lock;
mod look_up;
mod results;
mod reversal;
mod scheme;
mod vouchers;
mod wire;
mod witness;
mod writing;

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use postonce_engine::ports::{
    AccountingSystem, Acquired, Answer, CallError, Clock, Connection, FoundAttachment, IdSource, LeaseAsk, LeaseToken,
    LedgerWitness, LockInfo, LockProgress, ReferencePage, ReferenceScheme, VoucherPage, Witness, WitnessPage,
    WitnessSeen,
};
use postonce_engine::{ClaimedAttachment, ClaimedRequest, ClaimedReversal, Permit, StagedDraft, UniqueLease, domain};
use reqwest::{Method, Request};

use crate::http::classify::Effect;
use crate::http::{Http, HttpAnswer, HttpError, classify};
use labels::Labels;

/// The longest a call may take that writes no voucher; below the shortest lease, so that a renewal can be tried again.
const BRIEF: Duration = Duration::from_secs(10);

/// Holds an accounting system behind the open protocol.
pub(crate) struct Open {
    http: Arc<Http>,
    windows: Windows,
    /// The ways of the server, as it named them last.
    ways: Mutex<Option<Ways>>,
    /// The lease for a server with labels instead of a lock.
    lease: UniqueLease<Labels>,
}

/// Holds the times that the workspace sets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Windows {
    /// The settle window of a server that protects by nothing but its search.
    pub(crate) settle: Duration,
    /// The lag of the search, if the workspace says one.
    pub(crate) search_lag: Option<Duration>,
}

/// The ways in which a server keeps what all that export into its books have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ways {
    lock: LockKind,
    /// `None` for a server that keeps no scheme of references.
    scheme: Option<SchemePlace>,
    /// Whether the server honours keys: a request that is repeated under its key is then done once.
    honours_keys: bool,
}

/// The place where a server keeps the scheme of references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SchemePlace {
    /// The server has a resource for it.
    Own,
    /// The server has labels, of which one is for it.
    Label,
}

/// The way in which a server keeps two runs apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LockKind {
    /// The server has an export lock.
    Own,
    /// The server has no lock: the lease is ours, over its labels.
    Labels,
}

impl Open {
    pub(crate) fn new(http: Http, windows: Windows, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        let http = Arc::new(http);
        let lease = UniqueLease::new(Labels(Arc::clone(&http)), clock, ids, http.peer().address());
        Self { http, windows, ways: Mutex::default(), lease }
    }

    /// Returns how the server keeps two runs apart; the server is asked if it has not said so yet.
    async fn lock_kind(&self) -> Result<LockKind, CallError> {
        Ok(self.ways().await?.lock)
    }

    /// Says whether the server said that it honours keys.
    fn honours_keys(&self) -> bool {
        self.ways.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|ways| ways.honours_keys)
    }

    /// Returns where the server keeps the scheme of references; `None` if it keeps none.
    async fn scheme_place(&self) -> Result<Option<SchemePlace>, CallError> {
        Ok(self.ways().await?.scheme)
    }

    async fn ways(&self) -> Result<Ways, CallError> {
        let known = *self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        match known {
            Some(ways) => Ok(ways),
            None => connect::connect(self).await.map(|(_, ways)| ways),
        }
    }

    fn labels(&self) -> Labels {
        Labels(Arc::clone(&self.http))
    }

    /// Draws up a request for the server; nothing leaves. It fails only before anything is sent.
    fn request(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Result<Request, CallError> {
        self.http.request(method, path, body).map_err(unsendable)
    }

    /// Draws up the same for a call that people or a lease wait for: it writes no voucher, and is given up sooner.
    fn brief_request(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Result<Request, CallError> {
        let mut request = self.request(method, path, body)?;
        *request.timeout_mut() = Some(BRIEF);
        Ok(request)
    }

    /// Sends a request that changes something, and sorts its answer.
    async fn call(&self, request: Request, expected: &[u16]) -> Result<HttpAnswer, CallError> {
        let answer = self.http.send(request).await;
        classify::sort(self.http.peer(), answer, expected, Effect::Writes)
    }

    /// Sends a request that changes nothing, and sorts its answer.
    async fn ask(&self, request: Request, expected: &[u16]) -> Result<HttpAnswer, CallError> {
        let answer = self.http.send(request).await;
        classify::sort(self.http.peer(), answer, expected, Effect::Reads)
    }
}

fn unsendable(error: HttpError) -> CallError {
    CallError::NotSent(error.into())
}

#[async_trait]
impl AccountingSystem for Open {
    async fn connect(&self) -> Result<Connection, CallError> {
        connect::connect(self).await.map(|(connection, _)| connection)
    }

    async fn acquire(&self, ask: &LeaseAsk) -> Result<Acquired, CallError> {
        match self.lock_kind().await? {
            LockKind::Own => lock::acquire(self, ask).await,
            LockKind::Labels => self.lease.acquire(ask).await,
        }
    }

    async fn renew(&self, token: &LeaseToken, life: Duration, progress: LockProgress) -> Result<Duration, CallError> {
        match self.lock_kind().await? {
            LockKind::Own => lock::renew(self, token, life, progress).await,
            LockKind::Labels => self.lease.renew(token, life, progress).await,
        }
    }

    async fn release(&self, token: &LeaseToken) -> Result<(), CallError> {
        match self.lock_kind().await? {
            LockKind::Own => lock::release(self, token).await,
            LockKind::Labels => self.lease.release(token).await,
        }
    }

    async fn break_lock(&self, run: &domain::RunId, reason: &str) -> Result<(), CallError> {
        match self.lock_kind().await? {
            LockKind::Own => lock::break_lock(self, run, reason).await,
            LockKind::Labels => self.lease.break_lock(run, reason).await,
        }
    }

    async fn lock(&self) -> Result<Option<LockInfo>, CallError> {
        match self.lock_kind().await? {
            LockKind::Own => lock::lock(self).await,
            LockKind::Labels => self.lease.lock().await,
        }
    }

    fn draw_up(&self, postings: &[domain::Posting]) -> Vec<u8> {
        vouchers::draw_up(postings)
    }

    async fn commit(
        &self,
        permit: &Permit,
        request: &ClaimedRequest,
    ) -> Result<Answer<domain::VoucherResult>, CallError> {
        let (key, body) = (request.key(), request.body());
        let answer = writing::post(self, permit, vouchers::PATH, key, body, &[results::ANSWERED]).await?;
        results::answer(self.http.peer(), &answer, request.references())
    }

    async fn stage(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<domain::StageResult>, CallError> {
        let (key, body) = (request.key(), request.body());
        let answer = writing::post(self, permit, drafts::PATH, key, body, &[results::ANSWERED]).await?;
        results::answer(self.http.peer(), &answer, request.references())
    }

    async fn commit_draft(&self, permit: &Permit, draft: &StagedDraft) -> Result<domain::CommitResult, CallError> {
        drafts::commit(self, permit, draft.claimed().reference(), draft.draft_id()).await
    }

    async fn discard_draft(&self, permit: &Permit, draft: &domain::DraftId) -> Result<domain::Discarded, CallError> {
        drafts::discard(self, permit, draft).await
    }

    async fn look_up(&self, references: &[domain::Reference]) -> Result<domain::Found, CallError> {
        look_up::look_up(self, references).await
    }

    async fn vouchers(&self, period: domain::Period, cursor: Option<&str>) -> Result<VoucherPage, CallError> {
        list::vouchers(self, period, cursor).await
    }

    async fn reverse(&self, permit: &Permit, reversal: &ClaimedReversal) -> Result<domain::VoucherResult, CallError> {
        reversal::reverse(self, permit, reversal.into()).await
    }

    async fn attach(&self, permit: &Permit, attachment: &ClaimedAttachment, file: &File) -> Result<String, CallError> {
        attachments::attach(self, permit, attachment.into(), file).await
    }

    async fn attachments(&self, vouchers: &[String]) -> Result<Vec<FoundAttachment>, CallError> {
        attachments::attachments(self, vouchers).await
    }

    async fn witness(&self, ledger_id: &str) -> Result<WitnessSeen, CallError> {
        witness::witness(self, ledger_id).await
    }

    async fn witness_history(&self, ledger_id: &str, cursor: Option<&str>) -> Result<Option<WitnessPage>, CallError> {
        witness::history(self, ledger_id, cursor).await
    }

    async fn witnesses(&self) -> Result<Option<Vec<LedgerWitness>>, CallError> {
        witness::list(self).await
    }

    async fn scheme(&self) -> Result<Option<ReferenceScheme>, CallError> {
        scheme::read(self).await
    }

    async fn keep_scheme(&self, permit: &Permit, scheme: &ReferenceScheme) -> Result<bool, CallError> {
        let last_look = || permit.check().map_err(|_| CallError::LeaseLost);
        last_look()?;
        scheme::keep(self, permit.token(), scheme, &last_look).await
    }

    async fn references(&self, cursor: Option<&str>) -> Result<Option<ReferencePage>, CallError> {
        scheme::references(self, cursor).await.map(Some)
    }

    async fn leave_witness(&self, permit: &Permit, ledger_id: &str, witness: &Witness) -> Result<(), CallError> {
        permit.check().map_err(|_| CallError::LeaseLost)?;
        witness::leave(self, permit.token(), ledger_id, witness).await
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod witness_tests;
