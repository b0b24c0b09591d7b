//! Makes a lease for accounting systems that have no lock, built on rows with one unique field ([`UniqueRows`]). The
//! row is there while somebody holds the lease; to make it is to get the lease, since only one row with the code can
//! be.
//!
//! These rules make sure that no two ever hold it at once:
//!
//! - **Only a fresh row grants.** Nobody ever takes over a row by writing into it: its id is deleted, and another row
//!   is made. Ids are never given twice, so a request that is still on its way to an old row meets nothing.
//! - **Free is only a row that says so.** A row is deleted only if it was given back, broken, given up by this very
//!   process, or watched. A text that cannot be read is held by somebody unknown.
//! - **A watch outlasts every belief.** A holder believes for three quarters of a life, counted from before it sent its
//!   last renewal that was answered (`lease.rs`). A watcher counts from after an answer that showed that renewal, for a
//!   whole life and a margin, and looks once more: nothing may have changed, not even the time of writing. Had a later
//!   renewal been answered, this last look would show it. So the holder's belief ended before, on clocks that each
//!   machine compares with itself alone; and since a renewal that is not answered before that end does not count, one
//!   that overtakes the last look, and races the delete, is no harm.
//! - **A row that is gone stays gone.** A renewal updates by id, and says [`CallError::LeaseLost`] if there is no such
//!   row.
//! - **No answer is no grant.** After a lost answer the row itself is read: the nonce in it belongs to this one
//!   request. If the row is not there, it may still come, and then belongs to nobody: this process deletes it on sight,
//!   others after a watch. It is never taken up again, because a request that was sent to its id may still arrive.
//!
//! The rules below make sure that no number (`fence`) is granted twice, and that two numbers that differ by 1 had no
//! other between them, on which `follows_others` of the ledger rests:
//!
//! - To give back rewrites the row as free, with its number. Only the process that deletes *that* row, and has the
//!   answer for it, may continue it with the next number, and only if its own row is known to stand
//!   [`CONTINUES_WITHIN`] later.
//! - Everybody else holds the fresh row for [`CALM`], which is longer, before it counts as granted. In that time every
//!   other one's right to continue has run out. The number then is the server's time in milliseconds, read while the
//!   row is held: above every number before, because those started from earlier times and grew by 1 with each grant,
//!   and a grant takes longer than a millisecond. If the server gives no time, our own clock serves: it may be behind
//!   another machine's, but no lock-less system checks numbers, and the ledger only asks whether this one follows its
//!   own directly.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::last_seen::{LastSeen, RowReading};
use super::lease_text::{Breaking, LIFE_UNKNOWN, LeaseText, State, holder_shown, short};
use crate::domain::{Refusal, RunId};
use crate::error::Problem;
use crate::ports::{
    Acquired, CallError, Clock, Created, IdSource, LeaseAsk, LeaseToken, LockHolder, LockInfo, LockProgress, RowId,
    UniqueRow, UniqueRows,
};

/// The code of the one row.
const CODE: &str = "postonce-export-lock";
/// The time within which the next number may be taken: from before the free row's delete is sent until the answer that
/// the new row stands.
const CONTINUES_WITHIN: Duration = Duration::from_secs(2);
/// The time for which a row that continues no other is held before it counts. It is longer by half, since two clocks
/// are at play.
const CALM: Duration = Duration::from_secs(3);
/// The number of looks at the row in one request, each after somebody else was faster.
const ROUNDS_MAX: usize = 4;
/// The number of tries to leave a note of a lock that was broken.
const NOTES_MAX: u32 = 3;
/// The number of nonces that this process remembers to have given up.
const GIVEN_UP_MAX: usize = 64;

/// A lease over rows with a unique field. Each open program has one: it remembers what it has seen.
pub struct UniqueLease<R> {
    rows: R,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    /// The address of the rows, for people.
    address: String,
    memory: Mutex<Memory>,
    /// The turn of a request: one at a time reads, decides and writes.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Memory {
    /// The grant that was handed out and not given back.
    mine: Option<Mine>,
    /// The nonces that were sent, or may have been. All except that of `mine` belong to nobody.
    sent: VecDeque<String>,
    /// The last state of a row that somebody else holds.
    last_seen: Option<LastSeen>,
    /// The person who asks here, for the note of a breaking.
    user: Option<LockHolder>,
}

#[derive(Clone)]
struct Mine {
    id: RowId,
    text: LeaseText,
}

/// The state of a row for a process that asks.
enum RowState {
    Released(LeaseText),
    /// The row holds nobody up, but its number is not to be continued.
    Free(Option<LeaseText>),
    Held(LockInfo),
    LooksDead(LockInfo, Duration),
}

/// The ground on which a new row is made.
struct Ground {
    /// A number below the new one.
    above: u64,
    /// The moment at which the delete of the continued row was about to be sent; `None` if it continues none.
    continues: Option<Duration>,
    broken: Option<Breaking>,
    /// True if no grant was made since that breaking.
    is_just_broken: bool,
}

impl<R: UniqueRows> UniqueLease<R> {
    /// Makes the lease; nothing is sent yet.
    pub fn new(rows: R, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>, address: impl Into<String>) -> Self {
        Self { rows, clock, ids, address: address.into(), memory: Mutex::default(), turn: tokio::sync::Mutex::new(()) }
    }

    /// Asks for the lease. It waits three seconds at most; a holder is watched over several requests.
    ///
    /// # Errors
    /// If the server could not be asked or not be understood. A row that was sent then grants nothing, now or later.
    pub async fn acquire(&self, ask: &LeaseAsk) -> Result<Acquired, CallError> {
        let _turn = self.turn.lock().await;
        self.memory().user = Some(ask.holder.clone());
        for _ in 0..ROUNDS_MAX {
            let Some(reading) = self.reading().await? else {
                let ground = Ground { above: 0, continues: None, broken: None, is_just_broken: false };
                match self.make(ask, ground).await? {
                    Some(granted) => return Ok(granted),
                    None => continue,
                }
            };
            let (text, is_released) = match self.judge(&reading) {
                RowState::Held(info) => return Ok(Acquired::Held(info)),
                RowState::LooksDead(info, watch) => return Ok(Acquired::LooksDead { info, watch }),
                RowState::Released(text) => (Some(text), true),
                RowState::Free(text) => (text, false),
            };
            let begun = self.clock.elapsed();
            // If somebody else was faster, the number is theirs to continue.
            if !self.rows.delete(&reading.row.id).await? {
                continue;
            }
            let ground = Ground {
                above: text.as_ref().map_or(0, |text| text.fence),
                continues: is_released.then_some(begun),
                is_just_broken: text.as_ref().is_some_and(|text| text.state == State::Broken),
                broken: text.and_then(|text| text.broken),
            };
            if let Some(granted) = self.make(ask, ground).await? {
                return Ok(granted);
            }
        }
        Err(CallError::NotProcessed { problem: Problem::accounting_busy(&self.address, "409"), retry_after: None })
    }

    /// Shows a sign of life, and the progress. Returns [`CallError::LeaseLost`] once the row is gone; it is never made
    /// again.
    ///
    /// # Errors
    /// If the lease is lost, or the server could not be asked or not be understood.
    pub async fn renew(
        &self,
        token: &LeaseToken,
        life: Duration,
        progress: LockProgress,
    ) -> Result<Duration, CallError> {
        let Mine { id, text } = {
            let mut memory = self.memory();
            let mine = memory.mine.as_mut().filter(|mine| mine.text.nonce == token.expose());
            let mine = mine.ok_or(CallError::LeaseLost)?;
            mine.text.beats(life, progress);
            mine.clone()
        };
        let row = self.rows.read(CODE).await?;
        let stands = row.is_some_and(|row| row.id == id && holds(&row, token.expose()));
        if stands && self.rows.update(&id, &text.write()).await? {
            return Ok(life);
        }
        self.forget(token.expose());
        Err(CallError::LeaseLost)
    }

    /// Gives the lease back: the row says so, and keeps the number. In any case this process holds it no longer.
    ///
    /// # Errors
    /// If it was not ours, or the server could not be asked or not be understood; it then runs out by itself.
    pub async fn release(&self, token: &LeaseToken) -> Result<(), CallError> {
        let Mine { id, text } = self.forget(token.expose()).ok_or(CallError::LeaseLost)?;
        if self.rows.update(&id, &text.released().write()).await? { Ok(()) } else { Err(CallError::LeaseLost) }
    }

    /// Takes the lease from this run, and only from it. The row that is left says who did that, when and why.
    ///
    /// # Errors
    /// If that run does not hold it, or the server could not be asked or not be understood.
    pub async fn break_lock(&self, run: &RunId, reason: &str) -> Result<(), CallError> {
        let row = self.rows.read(CODE).await?.filter(|row| {
            let text = LeaseText::read(row);
            is_held(text.as_ref()) && holder_shown(row, text.as_ref()).run_id == *run
        });
        let row = row.ok_or_else(|| self.not_the_holder())?;
        if !self.rows.delete(&row.id).await? {
            return Err(self.not_the_holder());
        }
        // Of a row that cannot be read, nothing could be kept.
        let Some(text) = LeaseText::read(&row) else { return Ok(()) };
        self.forget(&text.nonce);
        let at = row.now.unwrap_or_else(|| self.clock.now());
        let breaking = Breaking::new(self.memory().user.clone(), at, reason, &text);
        // The lease is taken by now. A note that cannot be left is no reason to say otherwise; but by it the next
        // holder knows how long the former one may go on, so that it is tried more than once.
        let note = text.broken(breaking).write();
        for _ in 0..NOTES_MAX {
            match self.rows.create(CODE, &note).await {
                Ok(Created::Made(_) | Created::Taken) => return Ok(()),
                Err(error) => {
                    tracing::warn!(%error, "the accounting side keeps no note yet of the lock that was broken")
                }
            }
        }
        Ok(())
    }

    /// Returns the holder of the lease.
    ///
    /// # Errors
    /// If the server could not be asked or not be understood.
    pub async fn lock(&self) -> Result<Option<LockInfo>, CallError> {
        let Some(reading) = self.reading().await? else { return Ok(None) };
        let text = LeaseText::read(&reading.row);
        if !is_held(text.as_ref()) {
            return Ok(None);
        }
        self.watch(&reading);
        Ok(Some(self.info(&reading, text.as_ref())))
    }

    /// Makes the row, and reads it back; returns `None` if somebody else was faster.
    async fn make(&self, ask: &LeaseAsk, ground: Ground) -> Result<Option<Acquired>, CallError> {
        let Ground { above, continues, broken, is_just_broken } = ground;
        let nonce = self.ids.fresh();
        self.sends(&nonce);
        let mut text = LeaseText::held(ask, nonce, above + 1, broken.clone());
        let (id, answered) = match self.rows.create(CODE, &text.write()).await {
            Ok(Created::Made(id)) => (id, true),
            Ok(Created::Taken) => return Ok(None),
            // The row may stand there all the same; the wait below begins only if it is seen.
            Err(error @ (CallError::Unknown(_) | CallError::StillRunning { .. })) => {
                let row = self.rows.read(CODE).await?.filter(|row| holds(row, &text.nonce));
                (row.ok_or(error)?.id, false)
            }
            Err(error) => return Err(error),
        };
        let in_time = continues.is_some_and(|begun| self.clock.elapsed() < begun + CONTINUES_WITHIN);
        let continues = answered && in_time;
        if !continues {
            self.clock.sleep(CALM).await;
        }
        let read = self.rows.read(CODE).await;
        if read.is_err() {
            // Nobody holds it, so nobody should have to wait for it. If this fails as well, they wait.
            _ = self.rows.delete(&id).await;
        }
        let Some(row) = read?.filter(|row| holds(row, &text.nonce)) else { return Ok(None) };
        let granted_at = row.now.or(row.written_at).unwrap_or_else(|| self.clock.now());
        if !continues {
            // One number is left out, so that this one follows nobody.
            text.fence = (above + 2).max(millis(granted_at));
        }
        text.granted_at = Some(granted_at);
        let unaware = broken.and_then(|broken| broken.unaware(granted_at, is_just_broken)).into_iter().collect();
        let (token, fence) = (LeaseToken::new(&text.nonce), text.fence);
        let mut memory = self.memory();
        memory.last_seen = None;
        memory.mine = Some(Mine { id: row.id, text });
        Ok(Some(Acquired::Granted { token, fence, granted_at, life: ask.life, unaware: Some(unaware) }))
    }

    /// Judges the state of a row for us, and remembers a row that somebody holds.
    fn judge(&self, reading: &RowReading) -> RowState {
        let text = LeaseText::read(&reading.row);
        match text {
            Some(text) if text.state == State::Released => return RowState::Released(text),
            Some(text) if text.state == State::Broken || self.has_given_up(&text.nonce) => {
                return RowState::Free(Some(text));
            }
            _ => {}
        }
        let (watch, is_worth_it) = self.watch(reading);
        let info = self.info(reading, text.as_ref());
        match watch {
            Duration::ZERO => RowState::Free(text),
            watch if is_worth_it => RowState::LooksDead(info, watch),
            _ => RowState::Held(info),
        }
    }

    async fn reading(&self) -> Result<Option<RowReading>, CallError> {
        let asked = self.clock.elapsed();
        let row = self.rows.read(CODE).await?;
        Ok(row.map(|row| RowReading { row, asked, answered: self.clock.elapsed() }))
    }

    /// Returns how long the row must still stand so that its holder is dead, and whether that may be so.
    fn watch(&self, reading: &RowReading) -> (Duration, bool) {
        let mut memory = self.memory();
        let last_seen = memory.last_seen.get_or_insert_with(|| LastSeen::first(reading));
        let watch = last_seen.add(reading);
        (watch, last_seen.is_worth_a_watch(reading))
    }

    fn info(&self, reading: &RowReading, text: Option<&LeaseText>) -> LockInfo {
        // Without the server's time, the last sign of life is the moment when we first saw it so, on our own clocks.
        let seen_for =
            self.memory().last_seen.as_ref().map(|last_seen| reading.answered.saturating_sub(last_seen.since()));
        let renewed_at = reading.row.written_at.unwrap_or_else(|| self.clock.now() - seen_for.unwrap_or_default());
        LockInfo {
            holder: holder_shown(&reading.row, text),
            operation: text.map(|text| short(&text.operation)).unwrap_or_default(),
            acquired_at: text.and_then(|text| text.granted_at).unwrap_or(renewed_at),
            renewed_at,
            expires_at: renewed_at + text.map_or(LIFE_UNKNOWN, LeaseText::life),
            progress: text.and_then(|text| text.progress),
            seen_at: reading.row.now,
        }
    }

    fn sends(&self, nonce: &str) {
        let mut memory = self.memory();
        memory.sent.push_back(nonce.to_owned());
        if memory.sent.len() > GIVEN_UP_MAX {
            memory.sent.pop_front();
        }
    }

    /// Says whether the nonce is of this process, and nobody in it believes in it. There is one request at a time, so
    /// it is no nonce that is being asked for.
    fn has_given_up(&self, nonce: &str) -> bool {
        let memory = self.memory();
        let is_mine = memory.mine.as_ref().is_some_and(|mine| mine.text.nonce == nonce);
        !is_mine && memory.sent.iter().any(|sent| sent == nonce)
    }

    fn forget(&self, nonce: &str) -> Option<Mine> {
        self.memory().mine.take_if(|mine| mine.text.nonce == nonce)
    }

    fn not_the_holder(&self) -> CallError {
        let detail = "that run does not hold the lock";
        CallError::Refused {
            problem: Problem::accounting_refused(&self.address, "404", detail),
            refusal: Refusal::new("not-found", detail.to_owned()),
            too_large: false,
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says whether somebody has the lease. A text that cannot be read is somebody's.
fn is_held(text: Option<&LeaseText>) -> bool {
    text.is_none_or(|text| text.state == State::Held)
}

fn holds(row: &UniqueRow, nonce: &str) -> bool {
    LeaseText::read(row).is_some_and(|text| text.state == State::Held && text.nonce == nonce)
}

fn millis(moment: DateTime<Utc>) -> u64 {
    u64::try_from(moment.timestamp_millis()).unwrap_or(0)
}

#[cfg(test)]
#[path = "unique_lease_tests.rs"]
mod tests;
