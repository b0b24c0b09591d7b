//! Plays a machine with its ledger, its clocks and its administrator.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use postonce_engine::domain::{Actor, Period, PostingDate, PostingRules, Trigger};
use postonce_engine::ports::{AccountingSystem, Clock, IdSource, Signature, Signer};
use postonce_engine::views::AttentionItem;
use postonce_engine::{
    CompareAsk, Engine, Ledger, LedgerError, Parts, ReExportAsk, RebuildEnd, Resolution, ResolveAsk, Settings, SyncAsk,
    Syncing, WriteMoment, put_in_place,
};
use rusqlite::{Connection, OpenFlags};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::books::{OTHER_PREFIX, PREFIX};
use crate::checker;
use crate::connector::Connector;
use crate::planted::{Planted, Shadow};
use crate::platform::{Reader, organisation, posting_rules};
use crate::process::{Fate, Life, Process};
use crate::timeline::calendar;
use crate::world::World;

/// The machine itself, which outlives its processes.
pub(crate) struct Body {
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    sleeps_until: Mutex<Duration>,
    cut_off_until: Mutex<Duration>,
    wall_offset_s: AtomicI64,
    /// The speed of its clock, in millionths more.
    drift: i64,
    ids: AtomicU64,
    /// True: the accounting side has said that its ledger is an old or a second copy.
    pub(crate) out_of_date: AtomicBool,
    /// True: a new ledger is being made from the books; nothing else is started meanwhile.
    rebuilding: AtomicBool,
    /// True: the newest run ended as it should.
    pub(crate) completed: AtomicBool,
    /// True: a run ended with a question to a person.
    pub(crate) is_asked: AtomicBool,
    /// True: its administrator has typed another prefix than the others.
    types_other_prefix: AtomicBool,
    /// True: the newest comparison came to its end.
    pub(crate) compared: AtomicBool,
    /// The records that a completed run of this ledger has read from the source.
    seen: Mutex<BTreeSet<String>>,
    /// The connection by which the checker looks into the ledger, kept open since opening costs more than looking.
    looking: Mutex<Option<Connection>>,
    /// The files for a planted bug that forgets.
    pub(crate) shadow: Shadow,
}

impl Body {
    pub(crate) fn new(index: usize, folder: PathBuf, drift: i64) -> Arc<Self> {
        Arc::new(Self {
            index,
            name: format!("m{index}"),
            folder,
            sleeps_until: Mutex::default(),
            cut_off_until: Mutex::default(),
            wall_offset_s: AtomicI64::new(0),
            drift,
            ids: AtomicU64::new(0),
            out_of_date: AtomicBool::new(false),
            rebuilding: AtomicBool::new(false),
            completed: AtomicBool::new(false),
            is_asked: AtomicBool::new(false),
            types_other_prefix: AtomicBool::new(false),
            compared: AtomicBool::new(false),
            seen: Mutex::default(),
            looking: Mutex::new(None),
            shadow: Shadow::default(),
        })
    }

    /// Returns the end of its sleep, if it sleeps.
    pub(crate) fn sleeps_until(&self, now: Duration) -> Option<Duration> {
        Some(*self.sleeps_until.lock().unwrap_or_else(PoisonError::into_inner)).filter(|until| now < *until)
    }

    pub(crate) fn sleep_until(&self, until: Duration) {
        let mut sleeps_until = self.sleeps_until.lock().unwrap_or_else(PoisonError::into_inner);
        *sleeps_until = until.max(*sleeps_until);
    }

    pub(crate) fn is_cut_off(&self, now: Duration) -> bool {
        now < *self.cut_off_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn cut_off_until(&self, until: Duration) {
        *self.cut_off_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    pub(crate) fn move_wall_clock(&self, seconds: i64) {
        self.wall_offset_s.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Looks into the ledger, past the engine; `None` where there is no ledger.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Option<rusqlite::Result<T>> {
        let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        if looking.is_none() {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let opened = self.ledger().exists().then(|| Connection::open_with_flags(self.ledger(), flags))?;
            *looking = opened.ok();
        }
        looking.as_ref().map(look)
    }

    /// Lets go of the ledger, before its file is moved.
    pub(crate) fn looks_away(&self) {
        *self.looking.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Tells whether its administrator types this prefix.
    pub(crate) fn uses(&self, prefix: Option<&str>) -> bool {
        prefix.is_none_or(|prefix| prefix == self.prefix())
    }

    pub(crate) fn types_another_prefix(&self) {
        self.types_other_prefix.fetch_not(Ordering::Relaxed);
    }

    pub(crate) fn prefix(&self) -> &'static str {
        if self.types_other_prefix.load(Ordering::Relaxed) { OTHER_PREFIX } else { PREFIX }
    }

    /// Notes the records that a completed run has read.
    pub(crate) fn has_seen(&self, records: impl IntoIterator<Item = String>) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).extend(records);
    }

    /// Forgets the records that were seen, as a ledger that is deleted or replaced does.
    pub(crate) fn forgets(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn seen(&self) -> BTreeSet<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.folder.join("ledger.sqlite")
    }

    fn elapsed(&self, now: Duration) -> Duration {
        let micros = i64::try_from(now.as_micros()).unwrap_or(i64::MAX);
        let gained = micros / 1_000_000 * self.drift;
        Duration::from_micros(u64::try_from(micros.saturating_add(gained)).unwrap_or(0)) + Duration::from_secs(9_000)
    }
}

struct MachineClock(Arc<Process>);

#[async_trait]
impl Clock for MachineClock {
    fn now(&self) -> DateTime<Utc> {
        let offset = TimeDelta::seconds(self.0.body.wall_offset_s.load(Ordering::Relaxed));
        calendar(self.0.world.now()) + offset
    }

    fn elapsed(&self) -> Duration {
        self.0.body.elapsed(self.0.world.now())
    }

    async fn sleep(&self, duration: Duration) {
        self.0.pass(duration).await;
    }
}

struct MachineIds(Arc<Body>);

impl IdSource for MachineIds {
    fn fresh(&self) -> String {
        format!("{}-{:06}", self.0.name, self.0.ids.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// A machine without a keyring.
struct NoKey;

#[async_trait]
impl Signer for NoKey {
    fn sign(&self, _bytes: &[u8]) -> Option<Signature> {
        None
    }
}

/// A task on its way: a run, or a person's act.
pub(crate) struct Running {
    pub(crate) process: Arc<Process>,
    /// The handle that stops it, if it is a sync.
    pub(crate) syncing: Option<Syncing>,
    pub(crate) task: JoinHandle<()>,
}

/// A program that stays open, as a desktop does.
struct OpenWindow {
    process: Arc<Process>,
    engine: Arc<Engine>,
}

pub(crate) struct Machine {
    pub(crate) world: Arc<World>,
    pub(crate) body: Arc<Body>,
    pub(crate) running: Vec<Running>,
    pub(crate) planted: Planted,
    window: Option<OpenWindow>,
    processes: u64,
}

impl Machine {
    pub(crate) fn new(world: Arc<World>, index: usize, folder: &Path, planted: Planted) -> Self {
        let folder = folder.join(format!("m{index}"));
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        let drift = if index.is_multiple_of(2) { world.options.drift } else { -world.options.drift };
        let body = Body::new(index, folder, drift);
        let types_other = world.options.two_prefixes && index + 1 == world.options.machines;
        body.types_other_prefix.store(types_other, Ordering::Relaxed);
        Self { body, world, running: Vec::new(), planted, window: None, processes: 0 }
    }

    /// Returns a program that is open on this machine: the one that was, while it lives, unless another one is wanted
    /// beside it.
    pub(crate) fn program(&mut self, another: bool) -> Option<(Arc<Process>, Arc<Engine>)> {
        self.running.retain(|running| !running.task.is_finished());
        let open = self.window.as_ref().filter(|window| !window.process.is_dead() && !another);
        if let Some(window) = open {
            return Some((Arc::clone(&window.process), Arc::clone(&window.engine)));
        }
        if self.planted == Planted::IntentAfterSend && self.running.is_empty() {
            self.window = None;
            self.body.looks_away();
            self.body.shadow.forget_claim(&self.body.ledger());
        }
        if self.body.rebuilding.load(Ordering::Relaxed) {
            return None;
        }
        let process = self.new_process();
        match self.engine(&process, &self.body.ledger()) {
            Ok(engine) => {
                if !another {
                    self.window = Some(OpenWindow { process: Arc::clone(&process), engine: Arc::clone(&engine) });
                }
                Some((process, engine))
            }
            Err(LedgerError::Missing { .. }) => {
                self.world.count("vanished ledgers noticed");
                self.world.log(format_args!("{}: the ledger has vanished", self.body.name));
                self.body.out_of_date.store(true, Ordering::Relaxed);
                None
            }
            // A person who copies the file alone, while its log is not folded in, has copied nothing; the way out is
            // the same.
            Err(LedgerError::Damaged { detail, .. }) if self.world.has_copies() => {
                self.world.count("damaged copies noticed");
                self.world.log(format_args!("{}: the ledger is damaged: {detail}", self.body.name));
                self.body.out_of_date.store(true, Ordering::Relaxed);
                None
            }
            Err(error) => {
                self.world.breaks(0, format!("the ledger of {} does not open: {error}", self.body.name));
                None
            }
        }
    }

    fn new_process(&mut self) -> Arc<Process> {
        self.processes += 1;
        let name = format!("{}.{}", self.body.name, self.processes);
        Process::new(Arc::clone(&self.world), Arc::clone(&self.body), name)
    }

    /// Makes an engine over a ledger of this machine.
    fn engine(&self, process: &Arc<Process>, path: &Path) -> Result<Arc<Engine>, LedgerError> {
        let clock: Arc<dyn Clock> = Arc::new(MachineClock(Arc::clone(process)));
        let ids: Arc<dyn IdSource> = Arc::new(MachineIds(Arc::clone(&self.body)));
        let watching = Arc::clone(process);
        let is_shadowed = self.planted == Planted::IntentAfterSend;
        let watcher = move |moment| match moment {
            WriteMoment::After => _ = watching.counts(),
            WriteMoment::Before if is_shadowed => watching.body.shadow.before(&watching.body.ledger()),
            WriteMoment::Before | WriteMoment::Within => {}
        };
        let ledger = Ledger::open_in_place(path, clock.as_ref(), ids.as_ref(), watcher)?;
        self.planted.open(path);
        let options = &self.world.options;
        let accounting: Arc<dyn AccountingSystem> =
            Arc::new(Connector::new(Arc::clone(process), Arc::clone(&clock), Arc::clone(&ids), self.planted));
        Ok(Engine::new(Parts {
            ledger,
            source: Arc::new(Reader::new(Arc::clone(process), self.planted)),
            accounting: self.planted.wrap(accounting, process),
            clock,
            ids,
            signer: Arc::new(NoKey),
            settings: Settings {
                organisation: organisation(self.body.prefix()),
                books: None,
                source: postonce_engine::SourceRule::default(),
                time_zone: chrono_tz::Europe::Oslo,
                posting: PostingRules {
                    date: if options.passes_over { PostingDate::NextOpen } else { PostingDate::Expense },
                    ..posting_rules()
                },
                vouchers_per_request: options.vouchers_per_request,
                requests_in_flight: options.requests_in_flight,
                lease: options.lease,
                wait_for_lock: options.wait_for_lock,
                when_still_unknown: options.when_still_unknown,
                re_export_needs_approval: false,
                take_over_forbidden_by: None,
                read_back_within: TimeDelta::days(14),
                schedule: None,
                compare_after_run: options.compares,
                file_lock: self.planted.lock_file(&self.body.ledger(), &process.name),
            },
        }))
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor { user: self.body.name.clone(), host: self.body.name.clone() }
    }

    /// Starts a sync: in the program that is open, or in another one beside it.
    pub(crate) fn sync(&mut self, another: bool, dies_in: Option<u64>) {
        self.sync_once(another, dies_in);
        // Two programs start at once when only the guard is left to be missed.
        if self.planted == Planted::GuardDropped {
            self.sync_once(true, None);
        }
    }

    fn sync_once(&mut self, another: bool, dies_in: Option<u64>) {
        self.body.completed.store(false, Ordering::Relaxed);
        let Some((process, engine)) = self.program(another) else { return };
        let ask = SyncAsk { period: Period::EVERYTHING, trigger: Trigger::Manual, actor: self.actor(), wait: None };
        let (syncing, run) = engine.prepare(ask.into());
        if let Some(steps) = dies_in {
            process.dies_in(steps);
        }
        // A sync that is on in this program is joined by a second click.
        let Some(run) = run else { return };
        drop(engine);
        self.world.count("runs");
        let ended = syncing.clone();
        let process_there = Arc::clone(&process);
        let life = async move {
            run.await;
            checker::run_ended(&process_there, &ended.end().await);
        };
        self.start(process, "a sync", Some(syncing), life);
    }

    /// Begins a forced re-export, as a person asks for it who was shown the reference that it will have.
    pub(crate) fn re_export(&mut self, record_id: String, reverse: bool, seen: Option<String>) {
        let Some((process, engine)) = self.program(false) else { return };
        let ask = ReExportAsk {
            seen,
            confirm: record_id.clone(),
            record_id,
            reason: "the payee asked for it".into(),
            reverse,
            actor: self.actor(),
        };
        let process_there = Arc::clone(&process);
        let life = async move {
            match engine.prepare_re_export(ask).await {
                Ok((syncing, Some(run))) => {
                    process_there.world.count("re-exports");
                    drop(engine);
                    run.await;
                    checker::run_ended(&process_there, &syncing.end().await);
                }
                Ok((_, None)) => {}
                Err(problem) => checker::act_refused(&process_there, &problem),
            }
        };
        self.start(process, "a re-export", None, life);
    }

    /// Begins a person's decision on a record in doubt.
    pub(crate) fn resolve(&mut self, record_id: String, resolution: Resolution) {
        let Some((process, engine)) = self.program(false) else { return };
        let reason = "seen in the books by myself".into();
        let ask = ResolveAsk { record_id, resolution, reason, actor: self.actor() };
        let process_there = Arc::clone(&process);
        let life = async move {
            match engine.resolve(ask).await {
                Ok(end) if end.error.is_none() => process_there.world.count("doubts resolved by a person"),
                Ok(end) => checker::run_ended(&process_there, &end),
                Err(problem) => checker::act_refused(&process_there, &problem),
            }
        };
        self.start(process, "a person's word", None, life);
    }

    /// Begins a new ledger from the books, as a person orders it. Every other program of the machine is closed.
    pub(crate) fn rebuild(&mut self) {
        let process = self.new_process();
        let (clock, ids) = (MachineClock(Arc::clone(&process)), MachineIds(Arc::clone(&self.body)));
        let (path, lock) = (self.body.ledger(), Ledger::lock_file(&self.body.ledger()));
        let anew = Ledger::begin_anew(&path, &clock, &ids).map(|ledger| ledger.path().to_owned());
        let opened = anew.and_then(|anew| Ok((self.engine(&process, &anew)?, anew)));
        let (engine, anew) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.world.breaks(0, format!("no ledger can be made anew: {error}")),
        };
        self.body.rebuilding.store(true, Ordering::Relaxed);
        let (process_there, actor) = (Arc::clone(&process), self.actor());
        let life = async move {
            let rebuilt = engine.rebuild(actor).await;
            drop(engine);
            // The checker looked into the old ledger, and would go on looking into it.
            process_there.body.looks_away();
            match rebuilt {
                Ok(RebuildEnd { rebuilt: Some(rebuilt), .. }) => match put_in_place(&anew, &path, &lock, &clock) {
                    Ok(()) => {
                        process_there.world.count("ledgers made anew");
                        process_there.world.log(format_args!("{}: {rebuilt:?}", process_there.name));
                        process_there.body.out_of_date.store(false, Ordering::Relaxed);
                        process_there.body.forgets();
                    }
                    Err(problem) => checker::act_refused(&process_there, &problem),
                },
                Ok(RebuildEnd { refused, .. }) => checker::run_ended(&process_there, &refused),
                Err(problem) => checker::act_refused(&process_there, &problem),
            }
        };
        self.start(process, "a rebuild", None, life);
    }

    /// Begins a comparison with the books, of everything.
    pub(crate) fn compare(&mut self) {
        let Some((process, engine)) = self.program(false) else { return };
        let (process_there, actor) = (Arc::clone(&process), self.actor());
        let life = async move {
            let ask = CompareAsk { period: Period::EVERYTHING, actor };
            let end = engine.compare(ask, |_| (), CancellationToken::new()).await;
            if let Some(problem) = &end.error {
                checker::act_refused(&process_there, problem);
            }
            process_there.world.log(format_args!("{} has compared", process_there.name));
            process_there.body.compared.store(end.comparison.is_some(), Ordering::Relaxed);
        };
        self.start(process, "a comparison", None, life);
    }

    /// Begins a check of the whole trail, which must be as it was written.
    pub(crate) fn verify(&mut self) {
        let Some((process, engine)) = self.program(false) else { return };
        let (process_there, actor) = (Arc::clone(&process), self.actor());
        let life = async move { checker::trail_holds(&process_there, engine.verify_audit(actor).await) };
        self.start(process, "a look at the trail", None, life);
    }

    fn start(
        &mut self,
        process: Arc<Process>,
        what: &str,
        syncing: Option<Syncing>,
        life: impl Future<Output = ()> + Send + 'static,
    ) {
        self.world.log(format_args!("{} begins {what}", process.name));
        let task = tokio::spawn(live(Life::new(Arc::clone(&process), life)));
        self.running.push(Running { process, syncing, task });
    }

    /// Tells whether the accounting side has said that the ledger is not the newest one.
    pub(crate) fn is_out_of_date(&self) -> bool {
        self.body.out_of_date.load(Ordering::Relaxed)
    }

    /// Ends every program of the machine at once, and waits until they are gone.
    pub(crate) async fn pull_the_plug(&mut self) {
        for running in std::mem::take(&mut self.running) {
            running.process.kill();
            _ = running.task.await;
        }
        // The connection that writes is the last to close: it folds the log into the file, which may then be copied.
        self.body.looks_away();
        self.window = None;
        self.body.rebuilding.store(false, Ordering::Relaxed);
    }

    /// Returns the list of records that wait for a person.
    pub(crate) async fn attention(&mut self) -> Vec<AttentionItem> {
        let Some((_, engine)) = self.program(false) else { return Vec::new() };
        match engine.attention(0, 1_000).await {
            Ok(attention) => attention,
            Err(error) => {
                self.world.breaks(0, format!("the list of what waits cannot be read: {error}"));
                Vec::new()
            }
        }
    }
}

async fn live<F: Future<Output = ()> + Send>(life: Life<F>) {
    let process = Arc::clone(&life.process);
    let world = Arc::clone(&process.world);
    match life.await {
        Fate::Killed => {
            world.count("crashes");
            world.log(format_args!("{} is killed", process.name));
        }
        Fate::Panicked => world.breaks(0, format!("{} panicked", process.name)),
        Fate::TurnedInCircles => world.breaks(0, format!("{} turns in circles", process.name)),
        Fate::Ended => {}
    }
    // The process is gone, with its work; a rebuild, if it was one, is over.
    process.body.rebuilding.store(false, Ordering::Relaxed);
    checker::ledger_tells_the_truth(&world, &process.body);
}
