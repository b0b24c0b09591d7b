//! Connects to Odoo 19, over JSON-2.
//!
//! Protection is `staged`: drafts, then `action_post` by their ids. Beyond that each posting has an external id of its
//! own, which the database keeps unique, so that there is one entry for a reference even when lock and look-up fail.
//! The experiments and the reasons stand in `docs/decisions/0004-odoo-drafts-under-external-ids.md`.

mod analytic;
mod attachments;
mod body;
mod books;
mod check;
mod client;
mod commit;
mod load;
mod look_up;
mod moves;
mod rates;
mod reversal;
mod rows;
mod staging;
mod taxes;
mod to_make;
mod value;
mod words;

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use postonce_engine::domain::{
    Capabilities, CommitResult, Discarded, DraftId, Found, OrganisationId, Period, Posting, PostingRules, Protection,
    Reference, ReferenceRules, RunId, SEARCH_LAG_UNSTATED, StageResult, VoucherPages, VoucherResult,
};
use postonce_engine::error::Problem;
use postonce_engine::ports::{
    AccountingSystem, Acquired, Answer, CallError, Clock, Connection, FoundAttachment, IdSource, LeaseAsk, LeaseToken,
    LockInfo, LockProgress, ReferencePage, ReferenceScheme, VoucherPage, Witness, WitnessSeen,
};
use postonce_engine::{ClaimedAttachment, ClaimedRequest, ClaimedReversal, Permit, StagedDraft, UniqueLease};

use crate::OdooSettings;
use crate::accounting::scheme_row;
use crate::http::{Http, HttpError};
use books::{Books, BooksAddress, BooksCache};
use client::Client;
use commit::ToPost;
use rows::Rows;

/// The largest number of postings in one call. More are no faster (tried: 100 and 500), and take longer than a caller
/// waits.
const VOUCHERS_PER_REQUEST_MAX: usize = 100;
/// The time within which a request that was given up takes effect: Odoo ends what takes longer (`--limit-time-real`,
/// 120 seconds unless set), and up to a minute goes to a proxy's queue before it.
const SETTLE_WINDOW: Duration = Duration::from_secs(180);
/// The longest reference, in characters. The column takes any number; a person can still read this many.
const REFERENCE_CHARS_MAX: usize = 200;

/// Holds an Odoo database, and a journal of its own there.
pub(crate) struct Odoo {
    client: Arc<Client>,
    organisation: String,
    company: Option<String>,
    journal: String,
    create_parties: bool,
    database: String,
    known: BooksCache,
    search_lag: Duration,
    clock: Arc<dyn Clock>,
    lease: UniqueLease<Rows>,
    /// Admits one call that posts at a time.
    posting: tokio::sync::Mutex<()>,
}

impl Odoo {
    /// Makes the connector; nothing is sent yet.
    pub(crate) fn new(
        http: Http,
        settings: &OdooSettings,
        organisation: &OrganisationId,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, HttpError> {
        let client = Client::new(http, &settings.database)?;
        let address = client.peer().address().to_owned();
        let organisation = organisation.as_str().to_owned();
        let rows = Rows { client: Arc::clone(&client), organisation: organisation.clone() };
        Ok(Self {
            client,
            organisation,
            company: settings.company.clone(),
            journal: settings.journal.clone(),
            create_parties: settings.create_parties,
            database: settings.database.clone(),
            known: BooksCache::default(),
            search_lag: settings.search_lag.unwrap_or(SEARCH_LAG_UNSTATED),
            clock: Arc::clone(&clock),
            lease: UniqueLease::new(rows, clock, ids, address),
            posting: tokio::sync::Mutex::default(),
        })
    }

    async fn books(&self) -> Result<Arc<Books>, CallError> {
        let at = BooksAddress { company: self.company.as_deref(), journal: &self.journal };
        books::books(&self.client, &self.known, &at).await
    }

    /// Returns the rows of the company, which all workspaces that export into it share.
    async fn company_rows(&self) -> Result<Rows, CallError> {
        let company = self.books().await?.company;
        Ok(Rows { client: Arc::clone(&self.client), organisation: format!("company-{company}") })
    }

    /// Reads the postings of a request. Bytes of another connector are refused; nothing of them was sent, and nothing
    /// is.
    fn drawn(&self, request: &ClaimedRequest) -> Result<body::RequestBody, CallError> {
        let drawn = body::read(request.body()).filter(|drawn| {
            let members = request.references().map(Reference::as_str);
            drawn.entries.iter().map(|entry| entry.reference.as_str()).eq(members)
        });
        drawn.ok_or_else(|| CallError::NotSent(Problem::internal("a request that is not Odoo's")))
    }
}

fn capabilities(search_lag: Duration) -> Capabilities {
    Capabilities {
        protection: Protection::Staged,
        idempotency_keys_live: None,
        settle_window: SETTLE_WINDOW,
        // Searches are answered by the database that was written to, unless `db_replica_host` is set: then an entry may
        // be missed for a moment. The external id holds even so.
        search_lag,
        unique_references: true,
        vouchers_per_request_max: VOUCHERS_PER_REQUEST_MAX,
        reference_rules: ReferenceRules { length_max: REFERENCE_CHARS_MAX, folds_case: false, ascii_only: false },
        vat_codes: true,
        own_amounts: true,
        takes_files: false,
        attachments: Some(Duration::ZERO),
    }
}

#[async_trait]
impl AccountingSystem for Odoo {
    async fn connect(&self) -> Result<Connection, CallError> {
        self.known.forget();
        let books = self.books().await?;
        Ok(Connection {
            address: self.client.peer().address().to_owned(),
            organisation_id: format!("{}/{}", self.database, books.company),
            organisation_name: books.company_name.clone(),
            user_id: books.login.clone(),
            user_name: books.user_name.clone(),
            capabilities: capabilities(self.search_lag),
            keeps_scheme: true,
        })
    }

    async fn check(&self, rules: &PostingRules) -> Result<Vec<Problem>, CallError> {
        check::check(self, rules).await
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

    async fn break_lock(&self, run: &RunId, reason: &str) -> Result<(), CallError> {
        self.lease.break_lock(run, reason).await
    }

    async fn lock(&self) -> Result<Option<LockInfo>, CallError> {
        self.lease.lock().await
    }

    fn draw_up(&self, postings: &[Posting]) -> Vec<u8> {
        body::draw_up(postings, self.create_parties)
    }

    /// Never posts straight into the books: drafts are staged, and posted by their ids. The engine does so itself, and
    /// keeps the ids.
    async fn commit(&self, _: &Permit, _: &ClaimedRequest) -> Result<Answer<VoucherResult>, CallError> {
        Err(CallError::NotSent(Problem::internal("Odoo is posted to by drafts only")))
    }

    async fn stage(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<StageResult>, CallError> {
        let drawn = self.drawn(request)?;
        Ok(Answer { results: staging::stage(self, permit, &drawn.entries).await? })
    }

    /// Finds no contested draft, ever: a reference is an external id as well, and the database has one of each.
    async fn contested(&self, drafts: &[StagedDraft]) -> Result<Vec<bool>, CallError> {
        Ok(vec![false; drafts.len()])
    }

    async fn commit_draft(&self, permit: &Permit, draft: &StagedDraft) -> Result<CommitResult, CallError> {
        let mut results = commit::commit(self, permit, &[to_post(draft)]).await?;
        let unknown = || CallError::Unknown(self.client.peer().unexpected(200, "action_post"));
        results.pop().flatten().ok_or_else(unknown)
    }

    fn drafts_per_commit_max(&self) -> usize {
        VOUCHERS_PER_REQUEST_MAX
    }

    async fn commit_drafts(&self, permit: &Permit, drafts: &[StagedDraft]) -> Result<Answer<CommitResult>, CallError> {
        let to_post: Vec<ToPost<'_>> = drafts.iter().map(to_post).collect();
        Ok(Answer { results: commit::commit(self, permit, &to_post).await? })
    }

    async fn discard_draft(&self, permit: &Permit, draft: &DraftId) -> Result<Discarded, CallError> {
        commit::discard(self, permit, draft).await
    }

    async fn look_up(&self, references: &[Reference]) -> Result<Found, CallError> {
        look_up::look_up(self, references).await
    }

    async fn vouchers(&self, period: Period, cursor: Option<&str>) -> Result<VoucherPage, CallError> {
        look_up::vouchers(self, period, cursor).await
    }

    async fn reverse(&self, permit: &Permit, reversal: &ClaimedReversal) -> Result<VoucherResult, CallError> {
        reversal::reverse(self, permit, reversal.into()).await
    }

    async fn attach(&self, permit: &Permit, attachment: &ClaimedAttachment, file: &File) -> Result<String, CallError> {
        attachments::attach(self, permit, attachment, file).await
    }

    async fn attachments(&self, vouchers: &[String]) -> Result<Vec<FoundAttachment>, CallError> {
        attachments::attachments(self, vouchers).await
    }

    async fn witness(&self, _: &str) -> Result<WitnessSeen, CallError> {
        Ok(WitnessSeen::NotOffered)
    }

    async fn leave_witness(&self, _: &Permit, _: &str, _: &Witness) -> Result<(), CallError> {
        Ok(())
    }

    async fn scheme(&self) -> Result<Option<ReferenceScheme>, CallError> {
        scheme_row::read(&self.company_rows().await?, self.client.peer()).await
    }

    async fn keep_scheme(&self, permit: &Permit, scheme: &ReferenceScheme) -> Result<bool, CallError> {
        permit.check().map_err(|_| CallError::LeaseLost)?;
        let last_look = || permit.check().map_err(|_| CallError::LeaseLost);
        scheme_row::keep(&self.company_rows().await?, self.client.peer(), scheme, &last_look).await
    }

    async fn references(&self, cursor: Option<&str>) -> Result<Option<ReferencePage>, CallError> {
        look_up::references(self, cursor).await.map(Some)
    }

    /// Links to a record as Odoo itself does (`/mail/view`, read in 19.0); the link names the database, since a server
    /// may have several.
    fn voucher_pages(&self) -> Option<VoucherPages> {
        let page = self.client.page("odoo/account.move/")?;
        let mut of_database = page.clone();
        of_database.query_pairs_mut().append_pair("db", &self.database);
        Some(VoucherPages::new(page, format!("?{}", of_database.query().unwrap_or_default())))
    }
}

/// Joins a staged draft with the content that was claimed for it.
fn to_post(draft: &StagedDraft) -> ToPost<'_> {
    let claimed = draft.claimed();
    ToPost {
        draft: draft.draft_id(),
        reference: claimed.reference().as_str(),
        date: claimed.date(),
        total: claimed.total(),
        own: claimed.own_total(),
    }
}

#[cfg(test)]
mod tests;
