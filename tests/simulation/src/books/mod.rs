//! Plays the accounting system: its books, its lock, and its own journal, by which the promises are judged.
//!
//! It is a model of the table in `architecture.md`, for each protection, and it is as unkind as the table allows: it
//! does nothing that a protection does not promise.

mod drafts;
mod judge;
mod lock;
mod references;
mod rows;
mod vouchers;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::NaiveDate;
use postonce_engine::domain::{Protection, Refusal, RunId};
use postonce_engine::error::Problem;
use postonce_engine::ports::{CallError, ReferenceScheme, Witness, WitnessSeen};
use serde::{Deserialize, Serialize};

pub(crate) use drafts::Draft;
pub(crate) use lock::{Ended, Grant};
pub(crate) use references::{OTHER_PREFIX, PREFIX};
use rows::Row;
pub(crate) use rows::nonce_of;
pub(crate) use vouchers::{Origin, Standing, Voucher};

use crate::dice::Dice;

/// The part of a lease's life in which nothing may leave any more.
const MARGIN_PARTS_OF_LIFE: u32 = 4;
/// The most by which two machines' clocks differ in one lease.
const CLOCK_TOLERANCE: Duration = Duration::from_millis(250);

/// A broken promise of `architecture.md`, and how it was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its number in `architecture.md`; 0 for what should never happen at all: a panic, a hang, an internal error.
    pub promise: u8,
    /// The evidence, in words.
    pub what: String,
}

/// The manner in which an accounting system keeps two runs apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockKind {
    /// It has a lock of its own.
    Own,
    /// It has none: the lease is the engine's, over rows with a unique code.
    Rows,
}

impl LockKind {
    /// Reads the name of the command line.
    pub fn from_text(text: &str) -> Option<Self> {
        match text {
            "own" => Some(Self::Own),
            "rows" => Some(Self::Rows),
            _ => None,
        }
    }
}

impl std::fmt::Display for LockKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Own => "own",
            Self::Rows => "rows",
        })
    }
}

/// The rules of an accounting system.
#[derive(Debug, Clone)]
pub(crate) struct BookRules {
    pub(crate) protection: Protection,
    pub(crate) keys_live: Option<Duration>,
    pub(crate) search_lag: Duration,
    pub(crate) settle_window: Duration,
    pub(crate) batch_max: usize,
    /// True: a write must come with the token of the lock as it is held now; always so when fences are checked.
    pub(crate) checks_token: bool,
    /// True: the token of a lock that was given back still counts, as long as nobody got a newer one.
    pub(crate) knows_released: bool,
    /// True: one bad voucher has the whole request refused.
    pub(crate) refuses_whole: bool,
    pub(crate) keeps_witnesses: bool,
    /// The lock, or the rows to build one on.
    pub(crate) lock: LockKind,
    /// True: the rows say when they were written, and the server what time it is.
    pub(crate) tells_time: bool,
    /// The part of the life asked for that is granted: the whole, the half, a third.
    pub(crate) grants_part: u32,
    /// True: how references are made is kept here; otherwise they can be listed.
    pub(crate) keeps_scheme: bool,
    /// True: a look-up shows accounts, signs, parties and texts.
    pub(crate) shows_content: bool,
}

/// A posting on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SentPosting {
    pub(crate) reference: String,
    pub(crate) date: NaiveDate,
    pub(crate) currency: String,
    pub(crate) minor: i64,
    pub(crate) account: String,
    pub(crate) party: String,
    pub(crate) text: String,
}

/// The sender of a request, and the time it left.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) token: String,
    pub(crate) left_at: Duration,
    pub(crate) machine: usize,
}

/// An account under which nothing can be booked, and for which a strict server refuses the whole request.
pub(crate) const POISON: &str = "9999";

#[derive(Debug)]
struct Key {
    body: Vec<u8>,
    at: Duration,
    /// The answer; `None` while the first request is still running.
    answer: Option<StoredAnswer>,
}

/// An answer under a key, which is given again.
#[derive(Debug, Clone)]
pub(crate) enum StoredAnswer {
    Vouchers(Vec<postonce_engine::domain::VoucherResult>),
    Drafts(Vec<postonce_engine::domain::StageResult>),
}

/// The finding for a request's key.
pub(crate) enum KeyState {
    /// The key is new: the request is worked on.
    Go,
    /// The key was answered before.
    Replay(StoredAnswer),
}

pub(crate) struct Books {
    pub(crate) rules: BookRules,
    dice: Dice,
    vouchers: Vec<Voucher>,
    by_reference: BTreeMap<String, Vec<usize>>,
    drafts: Vec<Draft>,
    grants: Vec<Grant>,
    row: Option<Row>,
    row_ids: u64,
    /// The grants whose rows were broken, perhaps before anybody believed in them.
    broken_nonces: BTreeMap<String, Duration>,
    keys: BTreeMap<String, Key>,
    witnesses: BTreeMap<String, Witness>,
    scheme: Option<ReferenceScheme>,
    /// The prefix of the references, as the first voucher that a program made has it.
    prefix: Option<String>,
    /// The time by which the server's calendar is ahead.
    pub(crate) ahead: Duration,
    /// The number of grants before the fences began anew.
    pub(super) forgotten_fences: u64,
    /// The day before which vouchers are refused.
    pub(crate) closed_before: NaiveDate,
    /// The references that somebody asked for: generation 1 of every record, and those of a re-export.
    pub(crate) asked: BTreeMap<String, Vec<SentPosting>>,
    /// The references whose vouchers a person left standing beside another one, by asking for it.
    pub(crate) left_standing: BTreeSet<String>,
    /// The references of which a person said, truthfully at that time, that nothing stands there.
    pub(crate) cleared: BTreeSet<String>,
    pub(crate) broken: Vec<Broken>,
    pub(crate) created: u64,
    pub(crate) exists_answers: u64,
    pub(crate) stale_refused: u64,
    pub(crate) replayed: u64,
}

impl Books {
    pub(crate) fn new(rules: BookRules, dice: Dice) -> Self {
        Self {
            rules,
            dice,
            vouchers: Vec::new(),
            by_reference: BTreeMap::new(),
            drafts: Vec::new(),
            grants: Vec::new(),
            row: None,
            row_ids: 0,
            broken_nonces: BTreeMap::new(),
            keys: BTreeMap::new(),
            witnesses: BTreeMap::new(),
            scheme: None,
            prefix: None,
            ahead: Duration::ZERO,
            forgotten_fences: 0,
            closed_before: NaiveDate::MIN,
            asked: BTreeMap::new(),
            left_standing: BTreeSet::new(),
            cleared: BTreeSet::new(),
            broken: Vec::new(),
            created: 0,
            exists_answers: 0,
            stale_refused: 0,
            replayed: 0,
        }
    }

    pub(crate) fn breaks(&mut self, promise: u8, what: String) {
        self.broken.push(Broken { promise, what });
    }

    /// Looks the key up, and notes it as running when it is new.
    pub(crate) fn key(&mut self, now: Duration, key: &str, body: &[u8]) -> Result<KeyState, CallError> {
        let Some(life) = self.rules.keys_live else { return Ok(KeyState::Go) };
        if let Some(known) = self.keys.get(key).filter(|known| now < known.at + life) {
            if known.body != body {
                return Err(refused("idempotency-key-reused", false));
            }
            return match &known.answer {
                Some(answer) => {
                    self.replayed += 1;
                    Ok(KeyState::Replay(answer.clone()))
                }
                None => Err(CallError::StillRunning {
                    problem: Problem::accounting_busy("books", "409"),
                    retry_after: Some(Duration::from_secs(2)),
                }),
            };
        }
        self.keys.insert(key.to_owned(), Key { body: body.to_vec(), at: now, answer: None });
        Ok(KeyState::Go)
    }

    /// Keeps the answer under its key. An error is not kept: the same request may come again.
    pub(crate) fn answer(&mut self, key: &str, answer: Option<StoredAnswer>) {
        match (self.keys.get_mut(key), answer) {
            (Some(known), Some(answer)) => known.answer = Some(answer),
            (Some(_), None) => _ = self.keys.remove(key),
            (None, _) => {}
        }
    }

    pub(crate) fn witness(&self, ledger_id: &str) -> WitnessSeen {
        match self.witnesses.get(ledger_id) {
            _ if !self.rules.keeps_witnesses => WitnessSeen::NotOffered,
            Some(witness) => WitnessSeen::Kept(witness.clone()),
            None => WitnessSeen::None,
        }
    }

    pub(crate) fn leave_witness(&mut self, ledger_id: &str, witness: &Witness) -> Result<(), CallError> {
        if let Some(kept) = self.witnesses.get(ledger_id) {
            let other = kept.entries == witness.entries && kept.head != witness.head;
            if kept.entries > witness.entries || other {
                return Err(refused("witness-ahead", false));
            }
        }
        self.witnesses.insert(ledger_id.to_owned(), witness.clone());
        Ok(())
    }

    /// Ends the lock of this run, as a person asks; another run's lock is left.
    pub(crate) fn break_lock(&mut self, now: Duration, run: &RunId) -> Result<(), CallError> {
        let grant = self.grants.last_mut().filter(|grant| grant.is_held(now) && grant.holder.run_id == *run);
        let grant = grant.ok_or_else(|| refused("not-the-holder", false))?;
        grant.ended = Some((Ended::Broken, now));
        let token = grant.token.clone();
        self.break_row(now, &token);
        Ok(())
    }
}

/// Returns a refusal of the request as a whole.
pub(crate) fn refused(kind: &str, too_large: bool) -> CallError {
    CallError::Refused { problem: Problem::accounting_refused("books", "422", kind), refusal: refusal(kind), too_large }
}

pub(crate) fn refusal(kind: &str) -> Refusal {
    Refusal::new(kind.to_owned(), kind.to_owned())
}
