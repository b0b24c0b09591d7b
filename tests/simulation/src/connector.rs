//! Connects to the simulated accounting system: it is the counterpart of `connectors::accounting` for a real one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use postonce_engine::domain::{
    CommitResult, Discarded, DraftId, Found, Period, Posting, Protection, Reference, RunId, StageResult, VoucherResult,
};
use postonce_engine::error::Problem;
use postonce_engine::ports::{
    AccountingSystem, Acquired, Answer, CallError, Clock, Connection, IdSource, LeaseAsk, LeaseToken, LockInfo,
    LockProgress, ReferencePage, ReferenceScheme, VoucherPage, Witness, WitnessSeen,
};
use postonce_engine::{ClaimedRequest, ClaimedReversal, Permit, StagedDraft, UniqueLease};

use crate::books::{Envelope, KeyState, LockKind, SentPosting, StoredAnswer};
use crate::network::{AnswerDamage, Kind, call, spoil, unknown};
use crate::planted::Planted;
use crate::process::Process;
use crate::rows::Rows;
use crate::world::World;

pub(crate) struct Connector {
    process: Arc<Process>,
    /// The lease over rows, when the accounting system has no lock.
    lease: Option<UniqueLease<Rows>>,
    /// True while a lock is being broken on purpose.
    breaking: Arc<AtomicBool>,
}

impl Connector {
    pub(crate) fn new(process: Arc<Process>, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>, planted: Planted) -> Self {
        let breaking = Arc::new(AtomicBool::new(false));
        let rows = || Rows::new(Arc::clone(&process), Arc::clone(&breaking), planted == Planted::WatchSkipped);
        let has_none = process.world.options.rules.lock == LockKind::Rows;
        let lease = has_none.then(|| UniqueLease::new(rows(), clock, ids, "books.example"));
        Self { process, lease, breaking }
    }

    fn world(&self) -> &Arc<World> {
        &self.process.world
    }

    async fn reads<T: Send + 'static>(
        &self,
        name: &'static str,
        look: impl Fn(&World, Duration) -> T + Send + Sync + 'static,
    ) -> Result<T, CallError> {
        let (world, look) = (Arc::clone(self.world()), Arc::new(look));
        let serve = move |_| {
            let (world, look) = (Arc::clone(&world), Arc::clone(&look));
            async move { Ok(look(&world, world.now())) }
        };
        call(&self.process, Kind::Reads, name, || Ok(()), serve).await
    }

    async fn holds<T: Send + 'static>(
        &self,
        name: &'static str,
        act: impl Fn(&World, Duration) -> Result<T, CallError> + Send + Sync + 'static,
    ) -> Result<T, CallError> {
        let (world, act) = (Arc::clone(self.world()), Arc::new(act));
        let serve = move |_| {
            let (world, act) = (Arc::clone(&world), Arc::clone(&act));
            async move { act(&world, world.now()) }
        };
        call(&self.process, Kind::Holds, name, || Ok(()), serve).await
    }

    /// Makes a call that books. The permit is asked when the first byte is about to leave, and at that moment the books
    /// note whether it was right.
    async fn writes<T: Send + 'static>(
        &self,
        name: &'static str,
        permit: &Permit,
        act: impl Fn(&World, &Envelope, Duration) -> Result<T, CallError> + Send + Sync + 'static,
        begin: impl Fn(&World) -> Result<Option<T>, CallError> + Send + Sync + 'static,
    ) -> Result<T, CallError> {
        let token = permit.token().expose().to_owned();
        let machine = self.process.body.index;
        let world = Arc::clone(self.world());
        let left_at = Arc::new(std::sync::OnceLock::new());
        let leaves = {
            let (world, token, left_at) = (Arc::clone(&world), token.clone(), Arc::clone(&left_at));
            move || {
                permit.check().map_err(|_| CallError::LeaseLost)?;
                _ = left_at.set(world.now());
                world.books().believed(world.now(), &token, machine);
                Ok(())
            }
        };
        let steps = Arc::new((act, begin));
        let serve = move |work| {
            let left_at = left_at.get().copied().unwrap_or_default();
            let (world, steps) = (Arc::clone(&world), Arc::clone(&steps));
            let envelope = Envelope { token: token.clone(), left_at, machine };
            async move {
                if let Some(answer) = steps.1(&world)? {
                    return Ok(answer);
                }
                world.timeline.pass(work).await;
                steps.0(&world, &envelope, world.now())
            }
        };
        call(&self.process, Kind::Writes, name, leaves, serve).await
    }
}

fn drawn(body: &[u8]) -> Result<Vec<SentPosting>, CallError> {
    serde_json::from_slice(body).map_err(|_| unknown())
}

/// Returns the part of an answer that arrives when it was spoiled on its way.
fn arrives<T>(world: &World, results: Vec<T>) -> Result<Answer<T>, CallError> {
    let mut results: Vec<Option<T>> = results.into_iter().map(Some).collect();
    match spoil(world) {
        AnswerDamage::Not => {}
        AnswerDamage::Error | AnswerDamage::Cut => return Err(unknown()),
        AnswerDamage::Missing => {
            let from = world.network().index(results.len());
            results.iter_mut().skip(from).step_by(2).for_each(|result| *result = None);
        }
    }
    Ok(Answer { results })
}

#[async_trait]
impl AccountingSystem for Connector {
    async fn connect(&self) -> Result<Connection, CallError> {
        let user = self.process.body.name.clone();
        self.reads("connect", move |world, _| Connection {
            address: "books.example".into(),
            organisation_id: "hlf".into(),
            organisation_name: "HLF".into(),
            user_id: user.clone(),
            user_name: user.clone(),
            capabilities: world.capabilities(),
            keeps_scheme: world.options.rules.keeps_scheme,
        })
        .await
    }

    async fn acquire(&self, ask: &LeaseAsk) -> Result<Acquired, CallError> {
        let asked = self.world().now();
        let acquired = match &self.lease {
            Some(lease) => lease.acquire(ask).await?,
            None => {
                let ask = ask.clone();
                self.holds("acquire", move |world, now| Ok(world.books().acquire(now, &ask))).await?
            }
        };
        match &acquired {
            Acquired::Granted { token, fence, .. } if self.lease.is_some() => {
                let world = self.world();
                world.count("leases over rows");
                world.books().note_grant(world.now(), asked, token.expose(), *fence, ask);
            }
            Acquired::LooksDead { .. } => self.world().count("looks at a holder that seems dead"),
            _ => {}
        }
        if let Acquired::Granted { fence, .. } = &acquired {
            self.world().log(format_args!("{} has fence {fence}", self.process.name));
            self.world().count("leases");
        }
        Ok(acquired)
    }

    async fn renew(&self, token: &LeaseToken, life: Duration, progress: LockProgress) -> Result<Duration, CallError> {
        if let Some(lease) = &self.lease {
            let asked = self.world().now();
            let granted = lease.renew(token, life, progress).await?;
            self.world().books().note_renewal(asked, token.expose());
            return Ok(granted);
        }
        let token = token.expose().to_owned();
        self.holds("renew", move |world, now| world.books().renew(now, &token, progress)).await
    }

    async fn release(&self, token: &LeaseToken) -> Result<(), CallError> {
        if let Some(lease) = &self.lease {
            let world = self.world();
            world.books().note_release(world.now(), token.expose());
            return lease.release(token).await;
        }
        let token = token.expose().to_owned();
        self.holds("release", move |world, now| world.books().release(now, &token)).await
    }

    async fn break_lock(&self, run: &RunId, reason: &str) -> Result<(), CallError> {
        if let Some(lease) = &self.lease {
            self.breaking.store(true, Ordering::Relaxed);
            let broken = lease.break_lock(run, reason).await;
            self.breaking.store(false, Ordering::Relaxed);
            return broken;
        }
        let run = run.clone();
        self.holds("break", move |world, now| world.books().break_lock(now, &run)).await
    }

    async fn lock(&self) -> Result<Option<LockInfo>, CallError> {
        if let Some(lease) = &self.lease {
            return lease.lock().await;
        }
        self.reads("lock", |world, now| world.books().lock(now)).await
    }

    fn draw_up(&self, postings: &[Posting]) -> Vec<u8> {
        let drawn: Vec<SentPosting> = postings.iter().map(SentPosting::of).collect();
        serde_json::to_vec(&drawn).unwrap_or_default()
    }

    async fn commit(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<VoucherResult>, CallError> {
        if self.world().options.rules.protection == Protection::Staged {
            return Err(CallError::NotSent(Problem::internal("sent straight into books that take drafts")));
        }
        let (key, body) = (request.key().as_str().to_owned(), request.body().to_vec());
        let drawn = drawn(&body)?;
        let act = {
            let key = key.clone();
            move |world: &World, envelope: &Envelope, now: Duration| {
                let results = world.books().post(now, envelope, &drawn);
                let kept = results.as_ref().ok().map(|results| StoredAnswer::Vouchers(results.clone()));
                world.books().answer(&key, kept);
                world.log(format_args!("  books: {} of machine {}: {}", key, envelope.machine, said(&results)));
                arrives(world, results?)
            }
        };
        let begin = move |world: &World| match world.books().key(world.now(), &key, &body)? {
            KeyState::Replay(StoredAnswer::Vouchers(results)) => Ok(Some(results)),
            KeyState::Replay(StoredAnswer::Drafts(_)) => Err(crate::books::refused("idempotency-key-reused", false)),
            KeyState::Go => Ok(None),
        };
        let begin = move |world: &World| begin(world)?.map(|results| arrives(world, results)).transpose();
        self.writes("commit", permit, act, begin).await
    }

    async fn stage(&self, permit: &Permit, request: &ClaimedRequest) -> Result<Answer<StageResult>, CallError> {
        let (key, body) = (request.key().as_str().to_owned(), request.body().to_vec());
        let drawn = drawn(&body)?;
        let act = {
            let key = key.clone();
            move |world: &World, envelope: &Envelope, now: Duration| {
                let results = world.books().stage(now, envelope, &drawn);
                let kept = results.as_ref().ok().map(|results| StoredAnswer::Drafts(results.clone()));
                world.books().answer(&key, kept);
                world.log(format_args!("  books: {} of machine {}: {}", key, envelope.machine, said(&results)));
                arrives(world, results?)
            }
        };
        let begin = move |world: &World| match world.books().key(world.now(), &key, &body)? {
            KeyState::Replay(StoredAnswer::Drafts(results)) => Ok(Some(results)),
            KeyState::Replay(StoredAnswer::Vouchers(_)) => Err(crate::books::refused("idempotency-key-reused", false)),
            KeyState::Go => Ok(None),
        };
        let begin = move |world: &World| begin(world)?.map(|results| arrives(world, results)).transpose();
        self.writes("stage", permit, act, begin).await
    }

    async fn commit_draft(&self, permit: &Permit, draft: &StagedDraft) -> Result<CommitResult, CallError> {
        let id = draft.draft_id().as_str().to_owned();
        let act = move |world: &World, envelope: &Envelope, now: Duration| {
            let result = world.books().commit_draft(now, envelope, &id);
            world.log(format_args!("  books: commit {id}: {result:?}"));
            spoiled(world, result)
        };
        self.writes("commit draft", permit, act, |_| Ok(None)).await
    }

    fn drafts_per_commit_max(&self) -> usize {
        self.world().options.drafts_per_commit
    }

    async fn commit_drafts(&self, permit: &Permit, drafts: &[StagedDraft]) -> Result<Answer<CommitResult>, CallError> {
        let ids: Vec<String> = drafts.iter().map(|draft| draft.draft_id().as_str().to_owned()).collect();
        let act = move |world: &World, envelope: &Envelope, now: Duration| {
            let results = world.books().commit_drafts(now, envelope, &ids);
            world.log(format_args!("  books: commit {}: {}", ids.join(", "), said(&results)));
            arrives(world, results?)
        };
        self.writes("commit drafts", permit, act, |_| Ok(None)).await
    }

    async fn discard_draft(&self, permit: &Permit, draft: &DraftId) -> Result<Discarded, CallError> {
        let id = draft.as_str().to_owned();
        let act = move |world: &World, envelope: &Envelope, now: Duration| {
            let result = world.books().discard_draft(now, envelope, &id);
            world.log(format_args!("  books: discard {id}: {result:?}"));
            spoiled(world, result)
        };
        self.writes("discard draft", permit, act, |_| Ok(None)).await
    }

    async fn look_up(&self, references: &[Reference]) -> Result<Found, CallError> {
        let references = references.to_vec();
        self.reads("look up", move |world, now| {
            let found = world.books().look_up(now, &references);
            world.log(format_args!("  books: {} vouchers, {} drafts", found.vouchers.len(), found.drafts.len()));
            found
        })
        .await
    }

    async fn vouchers(&self, period: Period, cursor: Option<&str>) -> Result<VoucherPage, CallError> {
        let cursor = cursor.map(str::to_owned);
        self.reads("vouchers", move |world, now| world.books().page(now, period, cursor.as_deref())).await
    }

    async fn reverse(&self, permit: &Permit, reversal: &ClaimedReversal) -> Result<VoucherResult, CallError> {
        let (id, reference) = (reversal.voucher_id().to_owned(), reversal.reference().as_str().to_owned());
        let act = move |world: &World, envelope: &Envelope, now: Duration| {
            let result = world.books().reverse(now, envelope, &id, &reference);
            world.log(format_args!("  books: reverse {id}: {result:?}"));
            spoiled(world, result)
        };
        self.writes("reverse", permit, act, |_| Ok(None)).await
    }

    async fn scheme(&self) -> Result<Option<ReferenceScheme>, CallError> {
        self.reads("scheme", |world, _| world.books().scheme()).await
    }

    async fn keep_scheme(&self, _permit: &Permit, scheme: &ReferenceScheme) -> Result<bool, CallError> {
        let scheme = scheme.clone();
        self.holds("keep scheme", move |world, _| Ok(world.books().keep_scheme(&scheme))).await
    }

    async fn references(&self, cursor: Option<&str>) -> Result<Option<ReferencePage>, CallError> {
        // In a world with one prefix the list would show nothing else.
        if !self.world().options.two_prefixes {
            return Ok(None);
        }
        let cursor = cursor.map(str::to_owned);
        self.reads("references", move |world, now| Some(world.books().references(now, cursor.as_deref()))).await
    }

    async fn witness(&self, ledger_id: &str) -> Result<WitnessSeen, CallError> {
        let ledger_id = ledger_id.to_owned();
        self.reads("witness", move |world, _| world.books().witness(&ledger_id)).await
    }

    async fn leave_witness(&self, _permit: &Permit, ledger_id: &str, witness: &Witness) -> Result<(), CallError> {
        let (ledger_id, witness) = (ledger_id.to_owned(), witness.clone());
        self.holds("leave witness", move |world, _| world.books().leave_witness(&ledger_id, &witness)).await
    }
}

fn spoiled<T>(world: &World, result: Result<T, CallError>) -> Result<T, CallError> {
    let result = result?;
    if spoil(world) == AnswerDamage::Not { Ok(result) } else { Err(unknown()) }
}

fn said<T: std::fmt::Debug>(results: &Result<Vec<T>, CallError>) -> String {
    match results {
        Ok(results) => format!("{results:?}"),
        Err(error) => error.to_string(),
    }
}

impl SentPosting {
    fn of(posting: &Posting) -> Self {
        // The worlds have plain expenses: one line, against the debt.
        let expense = posting.lines.first().expect("a posting has an expense");
        let payable = posting.lines.last().expect("a posting has a debt");
        Self {
            reference: posting.reference.as_str().to_owned(),
            date: posting.date,
            currency: posting.currency.code().to_owned(),
            minor: expense.amount.minor(),
            account: expense.account.0.clone(),
            party: payable.party.clone().unwrap_or_default(),
            text: posting.text.clone(),
        }
    }
}
