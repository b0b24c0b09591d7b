//! Holds the engine as its faces see it: one value for each workspace. It starts runs; its verbs stand in `verbs`.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::calls::{Caller, Patience, RunError};
use crate::domain::{Actor, Period, RunId, Trigger};
use crate::error::Problem;
use crate::export::ask::{RunAsk, SyncEnd};
use crate::export::identity::{Asks, check_source};
use crate::export::observe::observe;
use crate::export::plan::PlanRules;
use crate::export::planning::make_plan;
use crate::export::progress::Reporter;
use crate::export::refused_runs;
use crate::export::run::run;
use crate::ledger::Ledger;
use crate::lock::FileLock;
use crate::lock::slot::{Entered, Slot};
use crate::parts::Parts;
use crate::ports::{Connection, SourceRemark};
use crate::views::{HandedOverFile, LockFacts, PlanSummary, Progress, RecordCounts};

/// The engine of a workspace.
pub struct Engine {
    parts: Parts,
    /// The wall inside the process: the run that is on.
    active: Slot<Active>,
}

struct Active {
    progress: watch::Receiver<Progress>,
    stop: CancellationToken,
    end: watch::Receiver<Option<SyncEnd>>,
    show: watch::Sender<Progress>,
}

/// A run that is on, or has just ended. Clones look at the same run.
#[derive(Clone)]
pub struct Syncing {
    active: Arc<Active>,
    joined: bool,
}

impl Engine {
    /// Makes an engine of its parts.
    pub fn new(parts: Parts) -> Arc<Self> {
        parts.ledger.seal_with(Arc::clone(&parts.signer));
        Arc::new(Self { parts, active: Slot::new() })
    }

    /// Starts a run, or joins the one that is on. A scheduled run never joins: it is refused, as by another program,
    /// and the history has an entry for every refusal.
    ///
    /// Must be called within a tokio runtime; the run goes on when the answer is dropped.
    pub fn start(self: &Arc<Self>, ask: RunAsk) -> Syncing {
        let (syncing, run) = self.prepare(ask);
        if let Some(run) = run {
            tokio::spawn(run);
        }
        syncing
    }

    /// Prepares a run that the caller drives; returns `None` for it if one is on already. To drop it in the middle is
    /// what a crash is: the simulation does that.
    pub fn prepare(self: &Arc<Self>, ask: RunAsk) -> (Syncing, Option<impl Future<Output = ()> + Send + use<>>) {
        let run_id = ask.run_id.clone().unwrap_or_else(|| RunId::new(self.parts.ids.fresh()));
        let mut reporter = Reporter::new(run_id.clone(), Arc::clone(&self.parts.clock));
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
                let end =
                    refused_runs::keep(&engine.parts, &ask, &run_id, refused_runs::another_is_on(&engine.parts)).await;
                reporter.finished(end.run.as_ref().and_then(|run| run.outcome), None);
                drop(engine);
                ended.send_replace(Some(end));
                return;
            };
            // However the run ends, the slot is free after it: the next click starts a new one.
            let run = AssertUnwindSafe(run(&engine.parts, ask, run_id, &mut reporter, stop)).catch_unwind().await;
            let end = run.unwrap_or_else(|_| SyncEnd::failed(Problem::internal("the run broke off")));
            // So is it over for everybody who watches its progress.
            let summary = end.run.as_ref();
            reporter.finished(summary.and_then(|run| run.outcome), summary.map(|run| run.counts));
            drop(turn);
            // This comes before the end is reported: whoever waited for it may then be the last to let go of the
            // ledger, and its file is whole.
            drop(engine);
            ended.send_replace(Some(end));
        };
        (Syncing { active, joined: false }, Some(run))
    }

    /// Returns the run that is on in this process, for a window that was opened late.
    pub fn syncing(&self) -> Option<Syncing> {
        self.active.current().map(|active| Syncing { active, joined: true })
    }

    /// Returns what the last reading of the source found worth a look.
    pub fn source_remarks(&self) -> Vec<SourceRemark> {
        self.parts.source.remarks()
    }

    /// Returns what a sync would do, without sending anything or asking the accounting system.
    ///
    /// # Errors
    /// If the source cannot be read, or a sync is on, here or in another program on this machine.
    pub async fn plan(&self, period: Period) -> Result<PlanSummary, Problem> {
        let _file = FileLock::try_take(&self.parts.settings.file_lock)?;
        let _reads = FileLock::says_that_it_reads(&self.parts.settings.file_lock);
        let Parts { source, ledger, clock, settings, accounting, .. } = &self.parts;
        let rules = PlanRules { period, ..PlanRules::to_show(settings, Some(accounting.clone()), clock.now()) };
        check_source(&self.parts).await?;
        let reading = observe(source.as_ref(), ledger, clock.as_ref(), None, Asks::Everything).await;
        let reading = reading.map_err(RunError::into_problem)?;
        Ok(make_plan(&self.parts, reading, &rules).await.map_err(RunError::into_problem)?.into_summary())
    }

    /// Asks the accounting system who we are, and which protection it gives.
    ///
    /// # Errors
    /// If it cannot be reached, or does not accept us.
    pub async fn connect(&self) -> Result<Connection, Problem> {
        self.parts.accounting.connect().await.map_err(|error| error.problem())
    }

    /// Returns everything that is missing in the accounting system's set-up before this workspace's postings can be
    /// made there, each with the remedy. Writes nothing.
    ///
    /// # Errors
    /// If it cannot be reached, or does not accept us.
    pub async fn check(&self) -> Result<Vec<Problem>, Problem> {
        let Parts { accounting, settings, .. } = &self.parts;
        accounting.check(&settings.posting).await.map_err(|error| error.problem())
    }

    /// Returns the holder of the lock now, as it is shown to `actor`.
    ///
    /// # Errors
    /// If the accounting system cannot be asked.
    pub async fn lock(&self, actor: &Actor) -> Result<Option<LockFacts>, Problem> {
        let lock = self.parts.accounting.lock().await.map_err(|error| error.problem())?;
        Ok(lock.map(|lock| LockFacts::of(lock, actor, self.parts.clock.now())))
    }

    /// Counts the records in each state. A record that is being sent counts as in doubt when no program here is
    /// sending.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn counts(&self) -> Result<RecordCounts, Problem> {
        let mut counts = self.parts.ledger.counts().await?;
        counts.files_overdue = self.overdue_files().await?.len() as u64;
        if counts.sending > 0 && self.nobody_sends() {
            counts.in_doubt += std::mem::take(&mut counts.sending);
        }
        Ok(counts)
    }

    /// Returns the files whose vouchers were not seen in the books although the time for it is over, oldest first.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn overdue_files(&self) -> Result<Vec<HandedOverFile>, Problem> {
        let before = self.parts.clock.now() - self.parts.settings.read_back_within;
        Ok(self.parts.ledger.overdue_files(before).await?)
    }

    /// Returns how many exports the source has not heard of yet, if it takes results.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn unreported(&self) -> Result<u64, Problem> {
        Ok(self.parts.ledger.read(|tx| tx.count_unreported()).await?)
    }

    /// Says whether no program on this machine is sending.
    pub(crate) fn nobody_sends(&self) -> bool {
        self.syncing().is_none() && FileLock::try_take(&self.parts.settings.file_lock).is_ok()
    }

    /// Returns the parts of the engine, for its verbs.
    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Returns the caller of a verb that a person waits for.
    pub(crate) fn caller(&self) -> Caller {
        Caller::new(
            Arc::clone(&self.parts.accounting),
            Arc::clone(&self.parts.clock),
            CancellationToken::new(),
            Patience::PERSON,
        )
    }

    /// Returns the ledger, for reading.
    pub fn ledger(&self) -> &Ledger {
        &self.parts.ledger
    }
}

impl Syncing {
    /// Returns the progress of the run, now and from now on.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.active.progress.clone()
    }

    /// Asks the run to stop: requests in flight are answered for, nothing new is sent.
    pub fn stop(&self) {
        self.active.stop.cancel();
        self.active.show.send_modify(|progress| progress.stopping = true);
    }

    /// Says whether this run was on before it was asked for.
    pub fn joined(&self) -> bool {
        self.joined
    }

    /// Waits for the end, and returns it.
    pub async fn end(&self) -> SyncEnd {
        let mut end = self.active.end.clone();
        let ended = end.wait_for(Option::is_some).await.map(|end| end.clone());
        ended.ok().flatten().unwrap_or_else(|| SyncEnd::failed(Problem::internal("the run ended without a word")))
    }
}
