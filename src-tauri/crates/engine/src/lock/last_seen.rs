//! Remembers how the row that holds a lease was last seen, and for how long it has shown no sign of life.
//!
//! Invariant: two moments are compared only if one clock showed both: this machine's `elapsed` with itself, for the
//! watch; the server's time with the server's time, for the question of whether a watch is worth it.

use std::time::Duration;

use super::lease_text::{LIFE_UNKNOWN, LeaseText};
use crate::ports::UniqueRow;

/// The part of a life that a watch lasts beyond it: two machines' clocks do not go equally fast.
const MARGIN_PARTS_OF_LIFE: u32 = 10;
/// The watches over a row whose server says when it was written: each write shows, whatever it wrote.
const WATCHES: u32 = 1;
/// The watches over any other row. A network may deliver a renewal twice, the second time after the next renewal, which
/// is then covered by the older text. It can do that to one watch, not to the next one as well.
const WATCHES_UNDATED: u32 = 2;

/// A row as it was first seen in its present state, with the time since then.
#[derive(Debug)]
pub(super) struct LastSeen {
    row: UniqueRow,
    /// The time on this machine's `elapsed` at which the answer had come that first showed the row so, or that ended
    /// the watch before.
    since: Duration,
    /// The number of whole watches in which the row stood without a change.
    watched: u32,
    /// True if the same row was seen before, in another state.
    was_alive: bool,
}

/// A reading of the row, with the moments between which it was made.
#[derive(Debug, Clone)]
pub(super) struct RowReading {
    pub(super) row: UniqueRow,
    pub(super) asked: Duration,
    pub(super) answered: Duration,
}

impl LastSeen {
    pub(super) fn first(reading: &RowReading) -> Self {
        Self { row: reading.row.clone(), since: reading.answered, watched: 0, was_alive: false }
    }

    /// Adds a look; returns how long the row must still stand as it is before its holder is dead, zero if that is so.
    pub(super) fn add(&mut self, reading: &RowReading) -> Duration {
        let (before, now) = (&self.row, &reading.row);
        if (&before.id, &before.text, before.written_at) != (&now.id, &now.text, now.written_at) {
            let was_alive = before.id == now.id;
            *self = Self { was_alive, ..Self::first(reading) };
        }
        let whole = whole_watch(&reading.row);
        // The server answered after it was asked, and before the answer came: counted so, a watch is never too short.
        if reading.asked >= self.since + whole {
            self.watched += 1;
            self.since = reading.answered;
        }
        let missing = watches(&reading.row).saturating_sub(self.watched);
        if missing == 0 {
            return Duration::ZERO;
        }
        (whole * missing).saturating_sub(reading.answered.saturating_sub(self.since)).max(Duration::from_millis(1))
    }

    /// Says whether a watch is worth it: by the server's own clock the row is older than its life. If the server gives
    /// no time, a watch is worth it as long as no sign of life was seen, and again when the last one is a life ago.
    pub(super) fn is_worth_a_watch(&self, reading: &RowReading) -> bool {
        let row = &reading.row;
        match (row.written_at, row.now) {
            (Some(written_at), Some(now)) => (now - written_at).to_std().is_ok_and(|age| age >= life(row)),
            _ => !self.was_alive || reading.answered >= self.since + life(row),
        }
    }

    /// Returns the time on this machine's clock since which the row stands like that.
    pub(super) fn since(&self) -> Duration {
        self.since
    }
}

fn life(row: &UniqueRow) -> Duration {
    LeaseText::read(row).map_or(LIFE_UNKNOWN, |text| text.life())
}

fn whole_watch(row: &UniqueRow) -> Duration {
    let life = life(row);
    life + life / MARGIN_PARTS_OF_LIFE
}

fn watches(row: &UniqueRow) -> u32 {
    if row.written_at.is_some() { WATCHES } else { WATCHES_UNDATED }
}
