//! The engine as its faces see it: one value for each workspace, a handful of verbs.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::observe::observe;
use super::plan::PlanRules;
use super::progress::Reporter;
use super::refused;
use super::run::{RunAsk, RunError, make_plan, run};
use super::settings::Settings;
use super::slot::{Entered, Slot};
use crate::domain::{Actor, Period, ReferenceRules, RunId, Trigger};
use crate::error::Problem;
use crate::ledger::Ledger;
use crate::lock::FileLock;
use crate::ports::{AccountingSystem, Clock, Connection, IdSource, Signer, Source};
use crate::views::{LockFacts, PlanSummary, Progress, RecordCounts, RunSummary};

/// What an engine is made of.
pub struct Parts {
    /// The workspace's ledger.
    pub ledger: Ledger,
    /// Where records come from.
    pub source: Arc<dyn Source>,
    /// Where vouchers go.
    pub accounting: Arc<dyn AccountingSystem>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Fresh ids.
    pub ids: Arc<dyn IdSource>,
    /// Signs the heads of the audit trail.
    pub signer: Arc<dyn Signer>,
    /// What the workspace decides.
    pub settings: Settings,
}

impl Parts {
    pub(super) fn rules(&self, period: Period, references: ReferenceRules, run: Option<i64>) -> PlanRules {
        PlanRules {
            organisation: self.settings.organisation.clone(),
            references,
            posting: self.settings.posting.clone(),
            period,
            today: self.clock.now().with_timezone(&self.settings.time_zone).date_naive(),
            run,
        }
    }
}

/// A wish to sync.
#[derive(Debug, Clone)]
pub struct SyncAsk {
    /// The days it is about.
    pub period: Period,
    /// What started it.
    pub trigger: Trigger,
    /// Who.
    pub actor: Actor,
    /// How long to wait for somebody else's run to end; `None` for as long as the workspace says.
    pub wait: Option<Duration>,
}

/// How a sync ended.
#[derive(Debug, Clone, Default)]
pub struct SyncEnd {
    /// The run, where one began.
    pub run: Option<RunSummary>,
    /// What went wrong, where something did.
    pub error: Option<Problem>,
    /// Why the run has no certificate, where one was wanted and could not be made. The run itself is none the worse.
    pub no_certificate: Option<Problem>,
    /// Who holds the lock, where it was refused.
    pub lock: Option<LockFacts>,
    /// Whose run it waited for, as it was last seen, where it waited for one.
    pub waited_for: Option<LockFacts>,
}

impl SyncEnd {
    pub(super) fn failed(problem: Problem) -> Self {
        Self { error: Some(problem), ..Self::default() }
    }
}

/// A workspace's engine.
pub struct Engine {
    pub(super) parts: Parts,
    /// The wall inside the process: the run that is on.
    active: Slot<Active>,
}

struct Active {
    progress: watch::Receiver<Progress>,
    stop: CancellationToken,
    end: watch::Receiver<Option<SyncEnd>>,
    show: watch::Sender<Progress>,
}

/// A run that is on, or has just ended. Clones look at the same one.
#[derive(Clone)]
pub struct Syncing {
    active: Arc<Active>,
    joined: bool,
}

impl Engine {
    /// An engine over its parts.
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self { parts, active: Slot::new() })
    }

    /// Starts a sync, or joins the one that is on. A scheduled one never joins: it is refused, as by another program, and
    /// whatever refuses it has an entry in the history.
    ///
    /// Must be called within a tokio runtime; the run goes on when the answer is dropped.
    pub fn sync(self: &Arc<Self>, ask: SyncAsk) -> Syncing {
        self.sync_as(self.fresh_run_id(), ask)
    }

    /// The same, as a run whose id was made before: a scheduled time is claimed for it first.
    pub(crate) fn sync_as(self: &Arc<Self>, run_id: RunId, ask: SyncAsk) -> Syncing {
        self.start_as(run_id, RunAsk::of(ask))
    }

    pub(super) fn start(self: &Arc<Self>, ask: RunAsk) -> Syncing {
        self.start_as(self.fresh_run_id(), ask)
    }

    fn start_as(self: &Arc<Self>, run_id: RunId, ask: RunAsk) -> Syncing {
        let (syncing, run) = self.prepare_run(run_id, ask);
        if let Some(run) = run {
            tokio::spawn(run);
        }
        syncing
    }

    /// The same, leaving it to the caller to drive the run; `None` where one is on already. Dropping it in the middle is
    /// what a crash is: the simulation does that.
    pub fn prepare(self: &Arc<Self>, ask: SyncAsk) -> (Syncing, Option<impl Future<Output = ()> + Send + use<>>) {
        self.prepare_run(self.fresh_run_id(), RunAsk::of(ask))
    }

    pub(super) fn prepare_run(
        self: &Arc<Self>,
        run_id: RunId,
        ask: RunAsk,
    ) -> (Syncing, Option<impl Future<Output = ()> + Send + use<>>) {
        let reporter = Reporter::new(run_id.clone(), Arc::clone(&self.parts.clock));
        let (ended, end) = watch::channel(None);
        let stop = CancellationToken::new();
        let show = reporter.progress();
        let active = Arc::new(Active { progress: show.subscribe(), stop: stop.clone(), end, show });
        let turn = match self.active.enter(&active) {
            Entered::Begun(turn) => Some(turn),
            Entered::Joined(active) if ask.trigger != Trigger::Scheduled => {
                return (Syncing { active, joined: true }, None);
            }
            Entered::Joined(_) => None,
        };
        let engine = Arc::clone(self);
        let run = async move {
            let Some(turn) = turn else {
                let end = refused::keep(&engine.parts, &ask, &run_id, refused::another_is_on(&engine.parts)).await;
                reporter.finished(end.run.as_ref().and_then(|run| run.outcome), None);
                drop(engine);
                ended.send_replace(Some(end));
                return;
            };
            // Whatever becomes of the run, the slot is free after it: the next click starts a new one.
            let run = AssertUnwindSafe(run(&engine.parts, ask, run_id, reporter, stop)).catch_unwind().await;
            let end = run.unwrap_or_else(|_| SyncEnd::failed(Problem::internal("the run broke off")));
            drop(turn);
            // Before the end is told: whoever waited for it may then be the last to let go of the ledger, and its file is whole.
            drop(engine);
            ended.send_replace(Some(end));
        };
        (Syncing { active, joined: false }, Some(run))
    }

    pub(super) fn fresh_run_id(&self) -> RunId {
        RunId::new(self.parts.ids.fresh())
    }

    /// The run that is on in this process, for a window that was opened late.
    pub fn syncing(&self) -> Option<Syncing> {
        self.active.current().map(|active| Syncing { active, joined: true })
    }

    /// What a sync would do, without sending anything or asking the accounting system.
    ///
    /// # Errors
    /// When the source cannot be read, or a sync is on, here or in another program on this machine.
    pub async fn plan(&self, period: Period) -> Result<PlanSummary, Problem> {
        let _file = FileLock::try_take(&self.parts.settings.file_lock)?;
        let references = ReferenceRules { length_max: usize::MAX, folds_case: false, ascii_only: false };
        let rules = self.parts.rules(period, references, None);
        let problem = |error: RunError| error.problem().unwrap_or_else(|| Problem::internal(error));
        let Parts { source, ledger, clock, .. } = &self.parts;
        let reading = observe(source.as_ref(), ledger, clock.as_ref(), None).await.map_err(problem)?;
        Ok(make_plan(&self.parts, reading, &rules).await.map_err(problem)?.into_summary())
    }

    /// Asks the accounting system who we are, and what protects.
    ///
    /// # Errors
    /// When it cannot be reached, or does not accept us.
    pub async fn connect(&self) -> Result<Connection, Problem> {
        self.parts.accounting.connect().await.map_err(|error| error.problem())
    }

    /// What is missing in the accounting system's set-up before this workspace's postings can be made there, each with what
    /// to do about it. Writes nothing.
    ///
    /// # Errors
    /// When it cannot be reached, or does not accept us.
    pub async fn check(&self) -> Result<Vec<Problem>, Problem> {
        let Parts { accounting, settings, .. } = &self.parts;
        accounting.check(&settings.posting).await.map_err(|error| error.problem())
    }

    /// Who holds the lock now, as `actor` is told.
    ///
    /// # Errors
    /// When the accounting system cannot be asked.
    pub async fn lock(&self, actor: &Actor) -> Result<Option<LockFacts>, Problem> {
        let lock = self.parts.accounting.lock().await.map_err(|error| error.problem())?;
        Ok(lock.map(|lock| LockFacts::of(lock, actor, self.parts.clock.now())))
    }

    /// How many records are in which state. What is being sent counts as in doubt when no program here is sending.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn counts(&self) -> Result<RecordCounts, Problem> {
        let mut counts = self.parts.ledger.counts().await?;
        if counts.sending > 0 && self.nobody_sends() {
            counts.in_doubt += std::mem::take(&mut counts.sending);
        }
        Ok(counts)
    }

    /// Whether no program on this machine is sending.
    pub(super) fn nobody_sends(&self) -> bool {
        self.syncing().is_none() && FileLock::try_take(&self.parts.settings.file_lock).is_ok()
    }

    /// What it is made of, for the verbs that stand in other folders.
    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The ledger, for reading.
    pub fn ledger(&self) -> &Ledger {
        &self.parts.ledger
    }
}

impl Syncing {
    /// Where the run is, now and from now on.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.active.progress.clone()
    }

    /// Asks the run to stop: what is in flight is answered for, nothing new is sent.
    pub fn stop(&self) {
        self.active.stop.cancel();
        self.active.show.send_modify(|progress| progress.stopping = true);
    }

    /// Whether this run was on before it was asked for.
    pub fn joined(&self) -> bool {
        self.joined
    }

    /// Waits for the end.
    pub async fn end(&self) -> SyncEnd {
        let mut end = self.active.end.clone();
        let ended = end.wait_for(Option::is_some).await.map(|end| end.clone());
        ended.ok().flatten().unwrap_or_else(|| SyncEnd::failed(Problem::internal("the run ended without a word")))
    }
}
