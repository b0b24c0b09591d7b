//! Connects to Tryton (8.2), over JSON-RPC. Protection is `staged`: drafts are made for a whole request in one call,
//! found by the reference in their description, and posted by their ids, many in one call; a move that is posted cannot
//! be posted again.

mod analytic;
mod attachments;
mod books;
mod check;
mod facts;
mod fault;
mod lock;
mod moves;
mod posting;
mod rates;
mod reversal;
mod rpc;
mod staging;
mod taxes;
mod wire;
mod words;

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use postonce_engine::domain::{self, Capabilities, Protection, ReferenceRules, SEARCH_LAG_UNSTATED};
use postonce_engine::error::Problem;
use postonce_engine::ports::{
    AccountingSystem, Acquired, Answer, CallError, Clock, Connection, FoundAttachment, IdSource, LeaseAsk, LeaseToken,
    LockInfo, LockProgress, ReferencePage, ReferenceScheme, VoucherPage, Witness, WitnessSeen,
};
use postonce_engine::{ClaimedAttachment, ClaimedRequest, ClaimedReversal, Permit, StagedDraft, UniqueLease};
use secrecy::SecretString;
use serde_json::json;
use tokio::sync::Mutex;

use crate::accounting::scheme_row;
use crate::http::Http;
use crate::workspace::TrytonSettings;
use books::Books;
use facts::Facts;
use lock::PartyRows;
use rpc::Rpc;
use staging::{FreshDrafts, ToCommit};

/// The largest number of moves in one call. More are no faster, and a refused call takes more with it.
const MOVES_PER_CALL_MAX: usize = 500;
/// The time within which a request that was given up attaches its receipt, if it does at all. A server that is at work on it
/// ends it in seconds; Tryton itself gives up on a connection after a minute.
const ATTACHED_WITHIN: Duration = Duration::from_secs(60);
/// The number of vouchers in one page.
const PAGE_VOUCHERS: usize = 500;
/// The longest reference, in characters. Tryton's descriptions have no limit, but people read them in lists.
const REFERENCE_CHARS_MAX: usize = 128;

/// Holds an accounting system behind Tryton.
pub(crate) struct Tryton {
    link: Arc<Link>,
    journal: String,
    create_parties: bool,
    search_lag: Duration,
    /// The beginning of our references, `hlf:`, by which our moves are known among all.
    prefix: String,
    books: Books,
    /// Admits one request of ours at a time, with its reads. Moves that are posted at the same time want the same
    /// sequence of numbers: with four calls at once a busy server gave up on most of them (503), and posted none the
    /// faster. And Tryton sends an answer a word at a time, each of which waits while another call works in the same
    /// process.
    turn: Mutex<()>,
    just_made: FreshDrafts,
    lease: UniqueLease<PartyRows>,
}

/// Holds the server, and the facts of the books that are open there.
struct Link {
    rpc: Rpc,
    company: Option<String>,
    journal: String,
    facts: Mutex<Option<Arc<Facts>>>,
}

impl Link {
    /// Returns whose books these are; the server is asked if that is not known yet.
    async fn facts(&self) -> Result<Arc<Facts>, CallError> {
        let mut kept = self.facts.lock().await;
        if let Some(facts) = kept.as_ref() {
            return Ok(Arc::clone(facts));
        }
        let facts = Arc::new(facts::facts(&self.rpc, self.company.as_deref(), &self.journal).await?);
        *kept = Some(Arc::clone(&facts));
        Ok(facts)
    }

    async fn forget(&self) {
        *self.facts.lock().await = None;
    }
}

impl Tryton {
    pub(crate) fn new(
        http: Http,
        settings: &TrytonSettings,
        password: SecretString,
        organisation: &domain::OrganisationId,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        let address = http.peer().address().to_owned();
        let link = Arc::new(Link {
            rpc: Rpc::new(http, &settings.database, &settings.user, password),
            company: settings.company.clone(),
            journal: settings.journal.clone(),
            facts: Mutex::default(),
        });
        Self {
            lease: UniqueLease::new(PartyRows(Arc::clone(&link)), clock, ids, address),
            link,
            journal: settings.journal.clone(),
            create_parties: settings.create_parties,
            search_lag: settings.search_lag.unwrap_or(SEARCH_LAG_UNSTATED),
            prefix: format!("{}:", organisation.as_str()),
            books: Books::default(),
            turn: Mutex::default(),
            just_made: FreshDrafts::default(),
        }
    }

    fn rpc(&self) -> &Rpc {
        &self.link.rpc
    }

    /// Returns whose books these are. On the way to a write, nothing of it was sent while they were asked for.
    async fn facts(&self) -> Result<Arc<Facts>, CallError> {
        self.link.facts().await.map_err(|error| fault::Fault::Call(error).before_the_write(self.rpc().peer()))
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            protection: Protection::Staged,
            idempotency_keys_live: None,
            // A draft that arrives late is a surplus draft, and each later run looks for those.
            settle_window: Duration::ZERO,
            // An acknowledged write is committed, and read from the same database unless somebody put a copy of it in
            // between; that is not to be seen from here.
            search_lag: self.search_lag,
            unique_references: false,
            vouchers_per_request_max: MOVES_PER_CALL_MAX,
            reference_rules: ReferenceRules { length_max: REFERENCE_CHARS_MAX, folds_case: false, ascii_only: false },
            vat_codes: true,
            own_amounts: true,
            takes_files: false,
            attachments: Some(ATTACHED_WITHIN),
        }
    }
}

fn last_look(permit: &Permit) -> impl Fn() -> Result<(), CallError> + Sync + '_ {
    || permit.check().map_err(|_| CallError::LeaseLost)
}

#[async_trait]
impl AccountingSystem for Tryton {
    async fn connect(&self) -> Result<Connection, CallError> {
        // Each run begins here, and so sees what somebody has mended in the set-up since the last one.
        self.link.forget().await;
        self.books.forget().await;
        let facts = self.link.facts().await?;
        let rpc = self.rpc();
        Ok(Connection {
            address: rpc.peer().address().to_owned(),
            organisation_id: format!("{}{}", rpc.database(), facts.company),
            organisation_name: facts.company_name.clone(),
            user_id: rpc.user().to_owned(),
            user_name: facts.user_name.clone(),
            capabilities: self.capabilities(),
            keeps_scheme: true,
        })
    }

    async fn check(&self, rules: &domain::PostingRules) -> Result<Vec<Problem>, CallError> {
        check::check(&self.link, &self.books, &self.journal, rules).await
    }

    async fn acquire(&self, ask: &LeaseAsk) -> Result<Acquired, CallError> {
        self.lease.acquire(ask).await
    }

    async fn renew(&self, token: &LeaseToken, life: Duration, progress: LockProgress) -> Result<Duration, CallError> {
        self.lease.renew(token, life, progress).await
    }

    async fn release(&self, token: &LeaseToken) -> Result<(), CallError> {
        self.lease.release(token).await
    }

    async fn break_lock(&self, run: &domain::RunId, reason: &str) -> Result<(), CallError> {
        self.lease.break_lock(run, reason).await
    }

    async fn lock(&self) -> Result<Option<LockInfo>, CallError> {
        self.lease.lock().await
    }

    fn draw_up(&self, postings: &[domain::Posting]) -> Vec<u8> {
        posting::draw_up(postings)
    }

    async fn commit(&self, _: &Permit, _: &ClaimedRequest) -> Result<Answer<domain::VoucherResult>, CallError> {
        // Protection is `staged`: the engine never asks for it, and here it would be two calls.
        Err(CallError::NotSent(Problem::internal("Tryton takes drafts only")))
    }

    async fn stage(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<domain::StageResult>, CallError> {
        staging::stage(self, request.body(), &last_look(permit)).await
    }

    async fn contested(&self, drafts: &[StagedDraft]) -> Result<Vec<bool>, CallError> {
        let drafts: Vec<ToCommit<'_>> = drafts.iter().map(to_commit).collect();
        staging::contested(self, &drafts).await
    }

    async fn commit_draft(&self, permit: &Permit, draft: &StagedDraft) -> Result<domain::CommitResult, CallError> {
        let answer = staging::commit(self, &[to_commit(draft)], &last_look(permit)).await?;
        let result = answer.results.into_iter().next().flatten();
        result.ok_or_else(|| CallError::Unknown(self.rpc().peer().unexpected(200, "state")))
    }

    fn drafts_per_commit_max(&self) -> usize {
        MOVES_PER_CALL_MAX
    }

    async fn commit_drafts(
        &self,
        permit: &Permit,
        drafts: &[StagedDraft],
    ) -> Result<Answer<domain::CommitResult>, CallError> {
        let drafts: Vec<ToCommit<'_>> = drafts.iter().map(to_commit).collect();
        staging::commit(self, &drafts, &last_look(permit)).await
    }

    async fn discard_draft(&self, permit: &Permit, draft: &domain::DraftId) -> Result<domain::Discarded, CallError> {
        staging::discard(self, draft, &last_look(permit)).await
    }

    async fn look_up(&self, references: &[domain::Reference]) -> Result<domain::Found, CallError> {
        let facts = self.link.facts().await?;
        moves::look_up(self.rpc(), &facts, references).await.map_err(|fault| fault.whole(self.rpc().peer()))
    }

    async fn vouchers(&self, period: domain::Period, cursor: Option<&str>) -> Result<VoucherPage, CallError> {
        let facts = self.link.facts().await?;
        let whole = |fault: fault::Fault| fault.whole(self.rpc().peer());
        let mut domain =
            vec![json!(["state", "=", "posted"]), json!(["description", "like", format!("{}%", self.prefix)])];
        domain.extend(period.from.map(|from| json!(["date", ">=", wire::date(from)])));
        domain.extend(period.to.map(|to| json!(["date", "<=", wire::date(to)])));
        domain.extend(cursor.and_then(moves::number).map(|after| json!(["id", ">", after])));
        let page = moves::search(self.rpc(), &facts, json!(domain), Some(PAGE_VOUCHERS)).await.map_err(whole)?;
        let cancelled = moves::cancelled(self.rpc(), &facts, &page).await.map_err(whole)?;
        let next = if page.len() < PAGE_VOUCHERS { None } else { page.last().map(|last| last.id.to_string()) };
        let voucher = |found: &moves::Move| found.found_voucher(&facts, cancelled.get(&found.id.to_string()).cloned());
        Ok(VoucherPage { vouchers: page.iter().map(voucher).collect(), next })
    }

    async fn reverse(&self, permit: &Permit, reversal: &ClaimedReversal) -> Result<domain::VoucherResult, CallError> {
        reversal::reverse(self, &reversal.into(), &last_look(permit)).await
    }

    async fn attach(&self, permit: &Permit, attachment: &ClaimedAttachment, file: &File) -> Result<String, CallError> {
        attachments::attach(self, attachment, file, &last_look(permit)).await
    }

    async fn attachments(&self, vouchers: &[String]) -> Result<Vec<FoundAttachment>, CallError> {
        attachments::attachments(self, vouchers).await
    }

    async fn witness(&self, _: &str) -> Result<WitnessSeen, CallError> {
        // A witness would be a party's comment, which anybody may rewrite; it would prove nothing, so it is not
        // offered.
        Ok(WitnessSeen::NotOffered)
    }

    async fn leave_witness(&self, _: &Permit, _: &str, _: &Witness) -> Result<(), CallError> {
        Ok(())
    }

    async fn scheme(&self) -> Result<Option<ReferenceScheme>, CallError> {
        scheme_row::read(&PartyRows(Arc::clone(&self.link)), self.rpc().peer()).await
    }

    async fn keep_scheme(&self, permit: &Permit, scheme: &ReferenceScheme) -> Result<bool, CallError> {
        let last_look = last_look(permit);
        last_look()?;
        scheme_row::keep(&PartyRows(Arc::clone(&self.link)), self.rpc().peer(), scheme, &last_look).await
    }

    async fn references(&self, cursor: Option<&str>) -> Result<Option<ReferencePage>, CallError> {
        let facts = self.link.facts().await?;
        let after = cursor.and_then(moves::number).unwrap_or(0);
        let page = moves::references(self.rpc(), &facts, after, PAGE_VOUCHERS).await;
        page.map(Some).map_err(|fault| fault.whole(self.rpc().peer()))
    }

    /// Builds the address as its web client reads it (`Sao.open_url`, read in 8.0): the client stands at the root of
    /// the server.
    fn voucher_pages(&self) -> Option<domain::VoucherPages> {
        let mut client = self.rpc().page("")?;
        client.set_fragment(Some(&format!("{}model/account.move/", self.rpc().database())));
        Some(domain::VoucherPages::new(client, ""))
    }
}

fn to_commit(draft: &StagedDraft) -> ToCommit<'_> {
    let claimed = draft.claimed();
    ToCommit {
        draft: draft.draft_id(),
        reference: claimed.reference(),
        date: claimed.date(),
        total: claimed.total(),
        lines: claimed.lines(),
        has_vat: claimed.has_computed_vat(),
        own: claimed.own_total(),
    }
}

#[cfg(test)]
mod tests;
