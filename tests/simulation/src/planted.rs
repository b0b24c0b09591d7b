//! Plants bugs: each takes away one support of the promise, and the checker has to notice. None of them needs a switch
//! in the product: they sit in the port, in the file of the ledger, or in the machine.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use postonce_engine::domain::{
    Acknowledgement, CommitResult, Discarded, DraftId, Found, FoundVoucher, Period, Posting, Reference, RunId,
    ShownContent, StageResult, VoucherResult,
};
use postonce_engine::error::Problem;
use postonce_engine::ports::{
    AccountingSystem, Acquired, Answer, CallError, Connection, LeaseAsk, LeaseToken, LockInfo, LockProgress,
    ReferencePage, ReferenceScheme, VoucherPage, Witness, WitnessSeen,
};
use postonce_engine::{ClaimedRequest, ClaimedReversal, Ledger, Permit, StagedDraft};

use crate::network::FROM_GATEWAY;
use crate::options::Options;
use crate::process::Process;

/// The frequency of a process that dies while its request is on its way, in a thousand.
const DEATHS_IN_FLIGHT: u64 = 100;
/// The steps of a call until its first byte has left.
const STEPS_TO_LEAVE: u64 = 2;

/// A bug that is planted, to see whether it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Planted {
    /// The program as it is.
    #[default]
    Nothing,
    /// The guard index is dropped, and nothing else keeps two programs on a machine apart.
    GuardDropped,
    /// The claim is not on the disk yet when the request leaves: a process that dies then has forgotten it.
    IntentAfterSend,
    /// An answer that was not understood counts as a connection that never was.
    UnknownIsFailed,
    /// A look-up finds nothing, ever.
    LookUpSkipped,
    /// The lock is granted to anybody who asks, and renewed for anybody who wants.
    LeaseIgnored,
    /// Success is reported before anything was sent.
    SuccessBeforeSending,
    /// One row of each page of the source is swallowed.
    RowSwallowed,
    /// A row that somebody holds is taken away at first sight, on a system without a lock.
    WatchSkipped,
    /// Somebody writes another name into the audit trail.
    TrailRewritten,
    /// Another prefix than that of the books is exported under.
    PrefixBelieved,
    /// A source that breaks off counts as one that has ended.
    HalfBelieved,
    /// A record that left the source before it was exported is nobody's.
    LeftForgotten,
    /// An alarm about a voucher is cleared by a later generation, whatever became of it.
    AlarmForgotten,
    /// A search that lags is said not to.
    LagBelieved,
    /// An intermediary's 503 counts as the server's word that nothing was done.
    GatewayBelieved,
    /// The life of a lease that was broken or ran out is not waited for.
    FormerForgotten,
    /// A voucher of the same day and sum is taken for the one that was sent.
    SumBelieved,
}

impl Planted {
    /// Every bug that can be planted.
    pub const ALL: &'static [Self] = &[
        Self::GuardDropped,
        Self::IntentAfterSend,
        Self::UnknownIsFailed,
        Self::LookUpSkipped,
        Self::LeaseIgnored,
        Self::SuccessBeforeSending,
        Self::RowSwallowed,
        Self::WatchSkipped,
        Self::TrailRewritten,
        Self::PrefixBelieved,
        Self::HalfBelieved,
        Self::LeftForgotten,
        Self::AlarmForgotten,
        Self::LagBelieved,
        Self::GatewayBelieved,
        Self::FormerForgotten,
        Self::SumBelieved,
    ];

    /// Returns its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::GuardDropped => "guard-dropped",
            Self::IntentAfterSend => "intent-after-send",
            Self::UnknownIsFailed => "unknown-is-failed",
            Self::LookUpSkipped => "look-up-skipped",
            Self::LeaseIgnored => "lease-ignored",
            Self::SuccessBeforeSending => "success-before-sending",
            Self::RowSwallowed => "row-swallowed",
            Self::WatchSkipped => "watch-skipped",
            Self::TrailRewritten => "trail-rewritten",
            Self::PrefixBelieved => "prefix-believed",
            Self::HalfBelieved => "half-believed",
            Self::LeftForgotten => "left-forgotten",
            Self::AlarmForgotten => "alarm-forgotten",
            Self::LagBelieved => "lag-believed",
            Self::GatewayBelieved => "gateway-believed",
            Self::FormerForgotten => "former-forgotten",
            Self::SumBelieved => "sum-believed",
        }
    }

    /// Returns the promise that it breaks.
    pub fn breaks(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::GuardDropped
            | Self::IntentAfterSend
            | Self::UnknownIsFailed
            | Self::LookUpSkipped
            | Self::PrefixBelieved
            | Self::AlarmForgotten
            | Self::LagBelieved
            | Self::GatewayBelieved
            | Self::FormerForgotten
            | Self::SumBelieved => 1,
            Self::RowSwallowed | Self::HalfBelieved | Self::LeftForgotten => 2,
            Self::SuccessBeforeSending => 3,
            Self::LeaseIgnored | Self::WatchSkipped => 4,
            Self::TrailRewritten => 5,
        }
    }

    /// Has the world bring about more of what the bug is about, so that few seeds show it.
    pub(crate) fn provoke(self, options: &mut Options) {
        let Options { rules, luck, shares, .. } = options;
        match self {
            Self::PrefixBelieved => {
                options.two_prefixes = true;
                options.machines = options.machines.max(2);
            }
            Self::HalfBelieved => luck.source_fails = 100,
            Self::LeftForgotten => shares.source = 60,
            Self::AlarmForgotten => (shares.re_export, shares.period) = (80, 60),
            Self::LagBelieved => {
                rules.search_lag = Duration::from_secs(30);
                luck.answer_lost = 200;
            }
            Self::GatewayBelieved => luck.gateway = 200,
            Self::FormerForgotten => {
                (rules.settle_window, rules.search_lag) = (Duration::from_secs(10), Duration::ZERO);
                rules.knows_released = true;
                (options.way_max, options.lease) = (rules.settle_window, Duration::from_secs(120));
                options.machines = options.machines.max(2);
                // A run that is long enough to be broken while it sends.
                (options.vouchers_per_request, options.requests_in_flight) = (1, 1);
                shares.break_lock = 150;
            }
            Self::SumBelieved => {
                rules.shows_content = true;
                (shares.accountant, shares.platform) = (600, 100);
            }
            _ => {}
        }
    }

    /// Changes the file of a ledger when a program opens it.
    pub(crate) fn open(self, ledger: &Path) {
        let sql = match self {
            Self::GuardDropped => "DROP INDEX IF EXISTS attempt_guard; DROP INDEX IF EXISTS attempt_guard_reference;",
            Self::TrailRewritten => {
                "DROP TRIGGER IF EXISTS audit_is_never_changed;
                 UPDATE audit SET actor_user = 'nobody' WHERE entry = (SELECT max(entry) / 2 + 1 FROM audit);"
            }
            Self::AlarmForgotten => include_str!("alarm_forgotten.sql"),
            Self::LeftForgotten => return forget_what_left(ledger),
            _ => return,
        };
        if let Ok(connection) = rusqlite::Connection::open(ledger) {
            connection.execute_batch(sql).expect("the file of a ledger can be changed by whoever owns it");
        }
    }

    /// Returns the file by which the programs of a machine keep each other out.
    pub(crate) fn lock_file(self, ledger: &Path, process: &str) -> PathBuf {
        match self {
            Self::GuardDropped => with_end(ledger, &format!(".{process}.lock")),
            _ => Ledger::lock_file(ledger),
        }
    }

    pub(crate) fn wrap(self, inner: Arc<dyn AccountingSystem>, process: &Arc<Process>) -> Arc<dyn AccountingSystem> {
        match self {
            Self::Nothing
            | Self::RowSwallowed
            | Self::HalfBelieved
            | Self::LeftForgotten
            | Self::WatchSkipped
            | Self::TrailRewritten
            | Self::AlarmForgotten => inner,
            _ => {
                let acknowledged = Mutex::default();
                Arc::new(Faulty { inner, planted: self, process: Arc::clone(process), acknowledged })
            }
        }
    }
}

/// Makes the ledger's view of its records show one that left the source as any other that is not exported.
fn forget_what_left(ledger: &Path) {
    let Ok(connection) = rusqlite::Connection::open(ledger) else { return };
    let view = "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = 'record_state'";
    let view: String = connection.query_row(view, [], |row| row.get(0)).expect("a ledger has the view");
    let planted = view.replace("ELSE 'gone' END", "ELSE 'eligible' END");
    assert!(planted.contains("ELSE 'eligible' END"), "the view says what left the source: {view}");
    connection.execute_batch(&format!("DROP VIEW record_state; {planted}")).expect("its owner can change the file");
}

/// A ledger's files as they were at a moment, to be put back when its process has died.
#[derive(Debug, Default)]
pub(crate) struct Shadow {
    state: Mutex<States>,
}

#[derive(Debug, Default)]
struct States {
    /// The files before the newest transaction.
    newest: Files,
    /// The files before the claim of each request in flight, by its key, in the order in which they left.
    claims: Vec<(String, Files)>,
}

type Files = Vec<(PathBuf, Vec<u8>)>;

impl Shadow {
    /// Keeps the files; a transaction is about to begin.
    pub(crate) fn before(&self, ledger: &Path) {
        let files = ["", "-wal"].map(|end| with_end(ledger, end));
        let files = files.into_iter().filter_map(|file| std::fs::read(&file).ok().map(|bytes| (file, bytes)));
        self.state.lock().unwrap_or_else(PoisonError::into_inner).newest = files.collect();
    }

    fn leaves(&self, key: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.newest.clone();
        state.claims.push((key.to_owned(), before));
    }

    fn answered(&self, key: &str) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).claims.retain(|(of, _)| of != key);
    }

    /// Puts the files back when the process is dead: the newest claim, which had not reached the disk, is forgotten.
    pub(crate) fn forget_claim(&self, ledger: &Path) {
        let claims = std::mem::take(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner).claims);
        let Some((_, files)) = claims.into_iter().next_back() else { return };
        for end in ["", "-wal", "-shm"] {
            _ = std::fs::remove_file(with_end(ledger, end));
        }
        for (file, bytes) in files {
            std::fs::write(file, bytes).expect("the temporary folder is writable");
        }
    }
}

fn with_end(ledger: &Path, end: &str) -> PathBuf {
    let mut name = ledger.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn is_from_gateway(problem: &Problem) -> bool {
    problem.params.values().any(|value| value == FROM_GATEWAY)
}

struct Faulty {
    inner: Arc<dyn AccountingSystem>,
    planted: Planted,
    process: Arc<Process>,
    /// The references of vouchers whose acknowledgement has passed here: of those the engine knows how long they lag.
    acknowledged: Mutex<HashSet<Reference>>,
}

impl Faulty {
    fn acknowledged(&self) -> MutexGuard<'_, HashSet<Reference>> {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn takes<T>(&self, answer: Result<T, CallError>) -> Result<T, CallError> {
        match answer {
            Err(CallError::Unknown(problem)) if self.planted == Planted::UnknownIsFailed => {
                Err(CallError::NotSent(problem))
            }
            Err(CallError::Unknown(problem))
                if self.planted == Planted::GatewayBelieved && is_from_gateway(&problem) =>
            {
                Err(CallError::NotProcessed { problem, retry_after: Some(Duration::from_secs(2)) })
            }
            other => other,
        }
    }

    /// Leaves of the vouchers' content the day and the sum alone.
    fn shows_less(&self, vouchers: &mut [FoundVoucher]) {
        if self.planted == Planted::SumBelieved {
            vouchers.iter_mut().for_each(|voucher| voucher.shown = ShownContent::default());
        }
    }

    fn ignores_the_lease(&self) -> bool {
        matches!(self.planted, Planted::LeaseIgnored | Planted::GuardDropped)
    }

    /// Notes that a request leaves whose claim is not on the disk. Now and then the process dies of it: a crash hits
    /// the short moment between the two too seldom by itself.
    fn leaves(&self, key: &str) {
        if self.planted == Planted::IntentAfterSend {
            self.process.body.shadow.leaves(key);
            if self.process.world.unlucky(DEATHS_IN_FLIGHT) {
                self.process.dies_in(STEPS_TO_LEAVE);
            }
        }
    }

    fn answered(&self, key: &str) {
        if self.planted == Planted::IntentAfterSend {
            self.process.body.shadow.answered(key);
        }
    }
}

#[async_trait]
impl AccountingSystem for Faulty {
    async fn connect(&self) -> Result<Connection, CallError> {
        let mut connection = self.inner.connect().await?;
        if self.planted == Planted::LagBelieved {
            connection.capabilities.search_lag = Duration::ZERO;
        }
        Ok(connection)
    }

    async fn acquire(&self, ask: &LeaseAsk) -> Result<Acquired, CallError> {
        match self.inner.acquire(ask).await? {
            Acquired::Held(_) | Acquired::LooksDead { .. } if self.ignores_the_lease() => {
                let world = &self.process.world;
                Ok(world.books().grant_to_whoever_asks(world.now(), ask))
            }
            Acquired::Granted { token, fence, granted_at, life, .. } if self.planted == Planted::FormerForgotten => {
                Ok(Acquired::Granted { token, fence, granted_at, life, unaware: Some(Vec::new()) })
            }
            acquired => Ok(acquired),
        }
    }

    async fn renew(&self, token: &LeaseToken, life: Duration, progress: LockProgress) -> Result<Duration, CallError> {
        let renewed = self.inner.renew(token, life, progress).await;
        if self.ignores_the_lease() { Ok(life) } else { renewed }
    }

    async fn release(&self, token: &LeaseToken) -> Result<(), CallError> {
        self.inner.release(token).await
    }

    async fn break_lock(&self, run: &RunId, reason: &str) -> Result<(), CallError> {
        self.inner.break_lock(run, reason).await
    }

    async fn lock(&self) -> Result<Option<LockInfo>, CallError> {
        self.inner.lock().await
    }

    fn draw_up(&self, postings: &[Posting]) -> Vec<u8> {
        self.inner.draw_up(postings)
    }

    async fn commit(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<VoucherResult>, CallError> {
        if self.planted == Planted::SuccessBeforeSending {
            let made = |number| Acknowledgement { voucher_id: format!("V-{}", 900_000 + number), number: None };
            let results = (0..request.len()).map(|number| Some(VoucherResult::Created(made(number))));
            return Ok(Answer { results: results.collect() });
        }
        let key = request.key().as_str();
        self.leaves(key);
        let answer = self.takes(self.inner.commit(permit, request).await);
        self.answered(key);
        if let Ok(answer) = &answer {
            let made = |result: &Option<VoucherResult>| matches!(result, Some(VoucherResult::Created(_)));
            let results = request.members().iter().zip(&answer.results).filter(|(_, result)| made(result));
            self.acknowledged().extend(results.map(|(claimed, _)| claimed.reference().clone()));
        }
        answer
    }

    async fn stage(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<StageResult>, CallError> {
        self.takes(self.inner.stage(permit, request).await)
    }

    async fn commit_draft(&self, permit: &Permit, draft: &StagedDraft) -> Result<CommitResult, CallError> {
        if self.planted == Planted::SuccessBeforeSending {
            let made = Acknowledgement { voucher_id: "V-900000".into(), number: None };
            return Ok(CommitResult::Posted(made));
        }
        let committed = self.takes(self.inner.commit_draft(permit, draft).await);
        if matches!(committed, Ok(CommitResult::Posted(_))) {
            self.acknowledged().insert(draft.claimed().reference().clone());
        }
        committed
    }

    fn drafts_per_commit_max(&self) -> usize {
        self.inner.drafts_per_commit_max()
    }

    async fn commit_drafts(&self, permit: &Permit, drafts: &[StagedDraft]) -> Result<Answer<CommitResult>, CallError> {
        if self.planted == Planted::SuccessBeforeSending {
            let made = |number| Acknowledgement { voucher_id: format!("V-{}", 900_000 + number), number: None };
            let results = (0..drafts.len()).map(|number| Some(CommitResult::Posted(made(number))));
            return Ok(Answer { results: results.collect() });
        }
        self.takes(self.inner.commit_drafts(permit, drafts).await)
    }

    async fn discard_draft(&self, permit: &Permit, draft: &DraftId) -> Result<Discarded, CallError> {
        self.inner.discard_draft(permit, draft).await
    }

    async fn look_up(&self, references: &[Reference]) -> Result<Found, CallError> {
        // Who acknowledges a voucher and does not show it gives a lag away that is longer than it is said to be.
        let gives_away = references.iter().any(|reference| self.acknowledged().contains(reference));
        if self.planted == Planted::LagBelieved && gives_away {
            self.process.world.timeline.pass(self.process.world.options.rules.search_lag).await;
        }
        let mut found = self.inner.look_up(references).await?;
        self.shows_less(&mut found.vouchers);
        if self.planted == Planted::LookUpSkipped {
            let acknowledged = self.acknowledged();
            found.vouchers.retain(|voucher| acknowledged.contains(&voucher.reference));
            found.drafts.clear();
        }
        Ok(found)
    }

    async fn vouchers(&self, period: Period, cursor: Option<&str>) -> Result<VoucherPage, CallError> {
        let mut page = self.inner.vouchers(period, cursor).await?;
        self.shows_less(&mut page.vouchers);
        Ok(page)
    }

    async fn scheme(&self) -> Result<Option<ReferenceScheme>, CallError> {
        let kept = self.inner.scheme().await?;
        Ok(kept.filter(|_| self.planted != Planted::PrefixBelieved))
    }

    async fn keep_scheme(&self, permit: &Permit, scheme: &ReferenceScheme) -> Result<bool, CallError> {
        let is_kept = self.inner.keep_scheme(permit, scheme).await?;
        Ok(is_kept || self.planted == Planted::PrefixBelieved)
    }

    async fn references(&self, cursor: Option<&str>) -> Result<Option<ReferencePage>, CallError> {
        let page = self.inner.references(cursor).await?;
        Ok(page.filter(|_| self.planted != Planted::PrefixBelieved))
    }

    async fn reverse(&self, permit: &Permit, reversal: &ClaimedReversal) -> Result<VoucherResult, CallError> {
        self.takes(self.inner.reverse(permit, reversal).await)
    }

    async fn witness(&self, ledger_id: &str) -> Result<WitnessSeen, CallError> {
        self.inner.witness(ledger_id).await
    }

    async fn leave_witness(&self, permit: &Permit, ledger_id: &str, witness: &Witness) -> Result<(), CallError> {
        let left = self.inner.leave_witness(permit, ledger_id, witness).await;
        left.map_err(|error| match error {
            CallError::LeaseLost => CallError::Unknown(Problem::lease_lost()),
            other => other,
        })
    }
}
