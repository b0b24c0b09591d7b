//! Runs a process on a machine: it can be killed at any of its steps, and it stands still while its machine sleeps.
//!
//! The model is true in this way: the run is one future, which is not polled while the machine sleeps. Tasks that the
//! engine spawns beside it (the renewer of the lease) stand still at their next wait or call: both belong to this
//! process and do not return while the machine sleeps. Killing drops the run's future; the drop releases the file lock,
//! as the end of a process does, and nothing is given back over the network. A request that had left the machine goes
//! on.

use std::future::{Future, pending};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::FutureExt;

use crate::machine::Body;
use crate::world::World;

/// The number of polls at one and the same moment after which a run is said to turn in circles.
const POLLS_MAX: u64 = 200_000;

/// The outcome of a reading of the source.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// The records of a whole reading.
    pub(crate) records: Vec<String>,
    /// True: the source broke off.
    pub(crate) broke_off: bool,
}

pub(crate) struct Process {
    pub(crate) world: Arc<World>,
    pub(crate) body: Arc<Body>,
    pub(crate) name: String,
    steps: AtomicU64,
    /// The step at which it is killed.
    fatal_step: AtomicU64,
    dead: AtomicBool,
    read: Mutex<Read>,
    waker: Mutex<Option<Waker>>,
}

impl Process {
    pub(crate) fn new(world: Arc<World>, body: Arc<Body>, name: String) -> Arc<Self> {
        Arc::new(Self {
            world,
            body,
            name,
            steps: AtomicU64::new(0),
            fatal_step: AtomicU64::new(u64::MAX),
            dead: AtomicBool::new(false),
            read: Mutex::default(),
            waker: Mutex::new(None),
        })
    }

    pub(crate) fn has_read(&self, read: Read) {
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = read;
    }

    /// Takes what its newest reading gave.
    pub(crate) fn take_read(&self) -> Read {
        std::mem::take(&mut *self.read.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    /// Has it killed after so many steps more.
    pub(crate) fn dies_in(&self, steps: u64) {
        self.fatal_step.store(self.steps.load(Ordering::Relaxed) + steps, Ordering::Relaxed);
    }

    pub(crate) fn kill(&self) {
        self.dead.store(true, Ordering::Relaxed);
        if let Some(waker) = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take() {
            waker.wake();
        }
    }

    /// Counts a step that is over; at the fatal one the process is killed. Returns whether it lives.
    pub(crate) fn counts(&self) -> bool {
        let fatal = self.steps.fetch_add(1, Ordering::Relaxed) + 1 >= self.fatal_step.load(Ordering::Relaxed);
        if fatal && !self.world.is_calm() {
            self.kill();
        }
        !self.is_dead()
    }

    /// Passes a step, wherever the process touches the world: it returns only to the living and the waking.
    pub(crate) async fn step(&self) {
        if !self.counts() {
            pending::<()>().await;
        }
        self.awake().await;
    }

    async fn awake(&self) {
        while let Some(until) = self.body.sleeps_until(self.world.now()) {
            self.world.timeline.reach(until).await;
        }
        if self.is_dead() {
            pending::<()>().await;
        }
    }

    /// Waits on this machine.
    pub(crate) async fn pass(&self, time: Duration) {
        self.step().await;
        self.pass_quietly(time).await;
    }

    /// Waits, in a place where a process that is killed as it begins to wait would change nothing.
    pub(crate) async fn pass_quietly(&self, time: Duration) {
        self.world.timeline.pass(time).await;
        self.awake().await;
    }
}

/// The end of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Ended,
    Killed,
    Panicked,
    TurnedInCircles,
}

/// A run as its process lives it.
pub(crate) struct Life<F> {
    pub(crate) process: Arc<Process>,
    pub(crate) run: Option<Pin<Box<F>>>,
    rest: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    last: (Duration, u64),
}

impl<F: Future<Output = ()> + Send> Life<F> {
    pub(crate) fn new(process: Arc<Process>, run: F) -> Self {
        Self { process, run: Some(Box::pin(run)), rest: None, last: (Duration::ZERO, 0) }
    }

    fn turns_in_circles(&mut self, now: Duration) -> bool {
        self.last = if self.last.0 == now { (now, self.last.1 + 1) } else { (now, 0) };
        self.last.1 > POLLS_MAX
    }

    fn ends(&mut self, fate: Fate) -> Poll<Fate> {
        self.run = None;
        if fate != Fate::Ended {
            self.process.dead.store(true, Ordering::Relaxed);
        }
        Poll::Ready(fate)
    }
}

impl<F: Future<Output = ()> + Send> Future for Life<F> {
    type Output = Fate;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Fate> {
        let process = Arc::clone(&self.process);
        *process.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
        if process.is_dead() {
            return self.ends(Fate::Killed);
        }
        let now = process.world.now();
        while let Some(until) = process.body.sleeps_until(process.world.now()) {
            let timeline = process.world.timeline;
            let rest = self.rest.get_or_insert_with(|| Box::pin(async move { timeline.reach(until).await }));
            if rest.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.rest = None;
        }
        if self.turns_in_circles(now) {
            return self.ends(Fate::TurnedInCircles);
        }
        let Some(run) = self.run.as_mut() else { return Poll::Ready(Fate::Ended) };
        let polled = AssertUnwindSafe(async { run.as_mut().poll_unpin(context) }).catch_unwind().now_or_never();
        match polled {
            Some(Ok(_)) if process.is_dead() => self.ends(Fate::Killed),
            Some(Ok(Poll::Pending)) => Poll::Pending,
            Some(Ok(Poll::Ready(()))) => self.ends(Fate::Ended),
            Some(Err(_)) | None => self.ends(Fate::Panicked),
        }
    }
}
