//! Wraps the real accounting system and the real source, with each call a step.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use postonce_engine::domain::{
    CommitResult, Discarded, DraftId, FileSeal, Found, Period, Posting, Receipt, Reference, RunId, StageResult,
    VoucherResult,
};
use postonce_engine::error::Problem;
use postonce_engine::ports::{
    AccountingSystem, Acquired, Answer, CallError, Connection, ExportResult, FoundAttachment, Learned, Learning,
    LeaseAsk, LeaseToken, LockInfo, LockProgress, Pages, ReceiptFile, Row, Source, SourceError, VoucherFiles,
    VoucherPage, Witness, WitnessSeen,
};
use postonce_engine::{ClaimedAttachment, ClaimedRequest, ClaimedReversal, Permit, StagedDraft};
use serde_json::{Value, json};

use crate::steps::{Moment, Steps, end};

/// The time after the end of the process at which a request of its own takes effect.
const LATE_MS: u64 = 500;

pub(crate) struct Accounting {
    inner: Arc<dyn AccountingSystem>,
    steps: Arc<Steps>,
    /// The sandbox's switches, where there is a sandbox.
    admin: Option<String>,
    /// The folder into which files are put, where there is one.
    files: Option<PathBuf>,
}

impl Accounting {
    pub(crate) fn new(
        inner: Arc<dyn AccountingSystem>,
        steps: Arc<Steps>,
        server: Option<reqwest::Url>,
        files: Option<PathBuf>,
    ) -> Self {
        let admin = server.map(|url| format!("{}/admin", url.as_str().trim_end_matches('/')));
        Self { inner, steps, admin, files }
    }

    /// Returns once another number is taken in the folder: the file may lie in its place by then, or not.
    async fn number_taken(&self, before: usize) {
        while self.numbers() <= before {
            tokio::task::yield_now().await;
        }
    }

    fn numbers(&self) -> usize {
        let notes = self.files.as_ref().map(|folder| folder.join(".postonce/files"));
        notes.and_then(|notes| std::fs::read_dir(notes).ok()).map_or(0, Iterator::count)
    }

    /// Makes one call as one step; `class` is the sandbox's name for its kind.
    async fn step<T>(&self, name: &'static str, class: &str, call: impl Future<Output = T>) -> T {
        self.steps.begin(name);
        if self.steps.ends(name, Moment::In) && self.admin.is_none() {
            let before = self.numbers();
            if name == "hand_over" {
                tokio::select! {
                    _ = call => {}
                    () = self.number_taken(before) => {}
                }
            }
            end();
        }
        if self.steps.ends(name, Moment::In) {
            let fired = self.make_late(class).await;
            tokio::select! {
                _ = call => {}
                () = self.taken(fired) => {}
            }
            end();
        }
        let answer = call.await;
        self.steps.reach(name, Moment::After);
        answer
    }

    /// Makes the sandbox take requests of this class, answer none, and carry them out only when their caller has gone.
    async fn make_late(&self, class: &str) -> u64 {
        let mut faults = self.admin(reqwest::Method::GET, "faults", None).await;
        faults["faults"] = json!([{ "kind": "late_ms", "delay_ms": LATE_MS, "paths": [class] }]);
        self.admin(reqwest::Method::PUT, "faults", Some(&faults)).await;
        self.fired().await
    }

    async fn fired(&self) -> u64 {
        self.admin(reqwest::Method::GET, "stats", None).await["faults_fired"]["late_ms"].as_u64().unwrap_or_default()
    }

    /// Returns once the sandbox has taken such a request.
    async fn taken(&self, before: u64) {
        while self.fired().await <= before {}
    }

    async fn admin(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        let mut request =
            reqwest::Client::new().request(method, format!("{}/{path}", self.admin.as_deref().unwrap_or_default()));
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.expect("the sandbox answers");
        assert!(answer.status().is_success(), "{}", answer.status());
        let text = answer.text().await.expect("the sandbox finishes its answer");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }
}

/// Makes a call once; or twice where that was ordered, with the second answer.
macro_rules! repeatable {
    ($self:ident, $name:literal, $class:literal, $call:expr) => {{
        if $self.steps.twice() {
            let _ = $self.step($name, $class, $call).await;
        }
        $self.step($name, $class, $call).await
    }};
}

#[async_trait]
impl AccountingSystem for Accounting {
    async fn connect(&self) -> Result<Connection, CallError> {
        self.step("connect", "me", self.inner.connect()).await
    }

    async fn acquire(&self, ask: &LeaseAsk) -> Result<Acquired, CallError> {
        self.step("acquire", "lock", self.inner.acquire(ask)).await
    }

    async fn renew(&self, token: &LeaseToken, life: Duration, progress: LockProgress) -> Result<Duration, CallError> {
        repeatable!(self, "renew", "lock", self.inner.renew(token, life, progress))
    }

    async fn release(&self, token: &LeaseToken) -> Result<(), CallError> {
        repeatable!(self, "release", "lock", self.inner.release(token))
    }

    async fn break_lock(&self, run: &RunId, reason: &str) -> Result<(), CallError> {
        self.step("break_lock", "lock", self.inner.break_lock(run, reason)).await
    }

    async fn lock(&self) -> Result<Option<LockInfo>, CallError> {
        self.step("lock", "lock", self.inner.lock()).await
    }

    fn draw_up(&self, postings: &[Posting]) -> Vec<u8> {
        self.inner.draw_up(postings)
    }

    fn files(&self) -> Option<&dyn VoucherFiles> {
        self.inner.files()
    }

    async fn hand_over(&self, permit: &Permit, request: &ClaimedRequest) -> Result<FileSeal, CallError> {
        repeatable!(self, "hand_over", "vouchers", self.inner.hand_over(permit, request))
    }

    async fn commit(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<VoucherResult>, CallError> {
        repeatable!(self, "commit", "vouchers", self.inner.commit(permit, request))
    }

    async fn stage(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<StageResult>, CallError> {
        repeatable!(self, "stage", "draft_stage", self.inner.stage(permit, request))
    }

    async fn commit_draft(&self, permit: &Permit, draft: &StagedDraft) -> Result<CommitResult, CallError> {
        repeatable!(self, "commit_draft", "draft_commit", self.inner.commit_draft(permit, draft))
    }

    fn drafts_per_commit_max(&self) -> usize {
        self.inner.drafts_per_commit_max()
    }

    async fn commit_drafts(&self, permit: &Permit, drafts: &[StagedDraft]) -> Result<Answer<CommitResult>, CallError> {
        repeatable!(self, "commit_drafts", "draft_commit", self.inner.commit_drafts(permit, drafts))
    }

    async fn discard_draft(&self, permit: &Permit, draft: &DraftId) -> Result<Discarded, CallError> {
        repeatable!(self, "discard_draft", "draft_delete", self.inner.discard_draft(permit, draft))
    }

    async fn look_up(&self, references: &[Reference]) -> Result<Found, CallError> {
        repeatable!(self, "look_up", "lookup", self.inner.look_up(references))
    }

    async fn vouchers(&self, period: Period, cursor: Option<&str>) -> Result<VoucherPage, CallError> {
        repeatable!(self, "vouchers", "lookup", self.inner.vouchers(period, cursor))
    }

    async fn reverse(&self, permit: &Permit, reversal: &ClaimedReversal) -> Result<VoucherResult, CallError> {
        repeatable!(self, "reverse", "reversals", self.inner.reverse(permit, reversal))
    }

    async fn attach(&self, permit: &Permit, attachment: &ClaimedAttachment, file: &File) -> Result<String, CallError> {
        repeatable!(self, "attach", "attachments", self.inner.attach(permit, attachment, file))
    }

    async fn attachments(&self, vouchers: &[String]) -> Result<Vec<FoundAttachment>, CallError> {
        repeatable!(self, "attachments", "attachments", self.inner.attachments(vouchers))
    }

    async fn witness(&self, ledger_id: &str) -> Result<WitnessSeen, CallError> {
        repeatable!(self, "witness", "witness", self.inner.witness(ledger_id))
    }

    async fn leave_witness(&self, permit: &Permit, ledger_id: &str, witness: &Witness) -> Result<(), CallError> {
        repeatable!(self, "leave_witness", "witness", self.inner.leave_witness(permit, ledger_id, witness))
    }
}

/// The real source. Reading changes nothing anywhere, and what it learns is put in its place whole, so that *before* and
/// *after* are enough.
pub(crate) struct Records {
    inner: Arc<dyn Source>,
    steps: Arc<Steps>,
}

impl Records {
    pub(crate) fn new(inner: Arc<dyn Source>, steps: Arc<Steps>) -> Self {
        Self { inner, steps }
    }
}

#[async_trait]
impl Source for Records {
    async fn open(&self) -> Result<Box<dyn Pages>, SourceError> {
        self.steps.begin("read");
        let inner = self.inner.open().await?;
        self.steps.reach("read", Moment::After);
        Ok(Box::new(RecordPages { inner, steps: Arc::clone(&self.steps) }))
    }

    async fn receipt(&self, receipt: &Receipt) -> Result<ReceiptFile, Problem> {
        self.steps.begin("read");
        let taken = self.inner.receipt(receipt).await;
        self.steps.reach("read", Moment::After);
        taken
    }

    async fn learning(&self) -> Learning {
        self.inner.learning().await
    }

    async fn learn(&self, results: &[ExportResult]) -> Result<Learned, SourceError> {
        self.steps.begin("learn");
        let learned = self.inner.learn(results).await;
        self.steps.reach("learn", Moment::After);
        learned
    }
}

struct RecordPages {
    inner: Box<dyn Pages>,
    steps: Arc<Steps>,
}

#[async_trait]
impl Pages for RecordPages {
    async fn next(&mut self) -> Result<Option<Vec<Row>>, SourceError> {
        self.steps.begin("read");
        let page = self.inner.next().await;
        self.steps.reach("read", Moment::After);
        page
    }
}
