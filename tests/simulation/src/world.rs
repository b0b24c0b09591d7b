//! Holds the world: one time, one set of books, one platform, several machines, and bad luck.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use postonce_engine::domain::Capabilities;

use crate::books::{Books, Broken};
use crate::dice::Dice;
use crate::options::Options;
use crate::platform::Platform;
use crate::timeline::Timeline;
use crate::trace::Trace;

/// The longest lag that a workspace may name, in seconds.
const LAG_NAMED_MAX: u64 = 3_600;

/// The number of events of each kind.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// The count of each kind of event, by its name.
    pub counts: BTreeMap<&'static str, u64>,
}

impl Figures {
    /// Adds to the count of a kind.
    pub fn add(&mut self, kind: &'static str, more: u64) {
        *self.counts.entry(kind).or_default() += more;
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: &Self) {
        other.counts.iter().for_each(|(kind, count)| self.add(kind, *count));
    }
}

pub(crate) struct World {
    pub(crate) timeline: Timeline,
    pub(crate) options: Options,
    pub(crate) trace: Trace,
    books: Mutex<Books>,
    platform: Mutex<Platform>,
    network: Mutex<Dice>,
    figures: Mutex<Figures>,
    found: Mutex<Vec<Broken>>,
    calm: AtomicBool,
    copies: AtomicBool,
    /// True once somebody has deleted a voucher by hand.
    deletions: AtomicBool,
    /// The lag in seconds that a person has named, since one was measured that is longer than the stated one.
    named_lag: AtomicU64,
    /// The records of which a person said that they may stay as they are.
    accepted: Mutex<BTreeSet<String>>,
}

impl World {
    pub(crate) fn new(options: Options, dice: &mut Dice, aloud: bool) -> Self {
        let mut books = Books::new(options.rules.clone(), dice.fork());
        let platform = Platform::new(&options, dice.fork(), &mut books);
        Self {
            timeline: Timeline::begin(),
            trace: Trace::new(aloud),
            books: Mutex::new(books),
            platform: Mutex::new(platform),
            network: Mutex::new(dice.fork()),
            figures: Mutex::default(),
            found: Mutex::default(),
            calm: AtomicBool::new(false),
            copies: AtomicBool::new(false),
            deletions: AtomicBool::new(false),
            named_lag: AtomicU64::new(0),
            accepted: Mutex::default(),
            options,
        }
    }

    /// Returns what the accounting system can do, as everybody reckons with it.
    pub(crate) fn capabilities(&self) -> Capabilities {
        let stated = self.options.capabilities();
        let named = Duration::from_secs(self.named_lag.load(Ordering::Relaxed));
        Capabilities { search_lag: stated.search_lag.max(named), ..stated }
    }

    /// Notes that a voucher was deleted. One that no look-up ever showed is then taken for one that a search hides.
    pub(crate) fn deletes_by_hand(&self) {
        self.deletions.store(true, Ordering::Relaxed);
    }

    /// Lets a person name a lag well above the measured one, as the message says; returns false if nothing was deleted,
    /// and nobody has a reason to.
    pub(crate) fn names_lag(&self, measured: u64) -> bool {
        self.named_lag.fetch_max(measured.saturating_mul(2).min(LAG_NAMED_MAX), Ordering::Relaxed);
        self.deletions.load(Ordering::Relaxed)
    }

    pub(crate) fn now(&self) -> Duration {
        self.timeline.now()
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn platform(&self) -> MutexGuard<'_, Platform> {
        self.platform.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn network(&self) -> MutexGuard<'_, Dice> {
        self.network.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count(&self, kind: &'static str) {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner).add(kind, 1);
    }

    pub(crate) fn figures(&self) -> Figures {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn breaks(&self, promise: u8, what: String) {
        self.log(format_args!("BROKEN {promise}: {what}"));
        self.found.lock().unwrap_or_else(PoisonError::into_inner).push(Broken { promise, what });
    }

    /// Returns everything that was found broken so far.
    pub(crate) fn broken(&self) -> Vec<Broken> {
        let mut broken = self.found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        broken.extend(self.books().broken.iter().cloned());
        broken
    }

    pub(crate) fn log(&self, what: std::fmt::Arguments<'_>) {
        self.trace.log(self.now(), what);
    }

    /// Ends all bad luck.
    pub(crate) fn heal(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.calm.load(Ordering::Relaxed)
    }

    /// Notes that a ledger was restored or copied.
    pub(crate) fn copies_a_ledger(&self) {
        self.copies.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_copies(&self) -> bool {
        self.copies.load(Ordering::Relaxed)
    }

    /// Notes a person's word that a record may stay as it is.
    pub(crate) fn accepts(&self, record: &str) {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).insert(record.to_owned());
    }

    pub(crate) fn has_accepted(&self, record: &str) -> bool {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).contains(record)
    }

    pub(crate) fn unlucky(&self, per_mille: u64) -> bool {
        !self.is_calm() && per_mille > 0 && self.network().per_mille(per_mille)
    }
}
