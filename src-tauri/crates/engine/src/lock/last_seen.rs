//! What was seen of the row that holds a lease, and for how long it has shown no sign of life.
//!
//! Invariant: two moments are compared only where one clock told both: this machine's `elapsed` with itself, for the watch;
//! the server's time with the server's time, for whether it is worth a watch.

use std::time::Duration;

use super::lease_text::{LIFE_UNKNOWN, LeaseText};
use crate::ports::UniqueRow;

/// The part of a life that a watch lasts beyond it: two machines' clocks do not go equally fast.
const MARGIN_PARTS_OF_LIFE: u32 = 10;
/// Watches over a row whose server says when it was written: each write shows, whatever it wrote.
const WATCHES: u32 = 1;
/// Watches over any other row. A network may deliver a renewal twice, the second time after the next renewal, which is then
/// covered by what was seen before. It can do that to one watch, not to the next one as well.
const WATCHES_UNDATED: u32 = 2;

/// A row as it was first seen in its present state, and since when.
#[derive(Debug)]
pub(super) struct LastSeen {
    row: UniqueRow,
    /// By this machine's `elapsed`, when the answer had come that first showed it so, or that ended the watch before.
    since: Duration,
    /// Whole watches that it stood without a change.
    watched: u32,
    /// The same row was seen before, in another state.
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

    /// Adds a look; how long the row must still stand as it is before its holder is dead, zero when that is so.
    pub(super) fn add(&mut self, reading: &RowReading) -> Duration {
        let (before, now) = (&self.row, &reading.row);
        if (&before.id, &before.text, before.written_at) != (&now.id, &now.text, now.written_at) {
            let was_alive = before.id == now.id;
            *self = Self { was_alive, ..Self::first(reading) };
        }
        let whole = whole_watch(&reading.row);
        // The server has answered after it was asked, and before the answer came: counted so, a watch is never too short.
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

    /// Whether a watch is worth while: by the server's own clock the row is older than its life. Where the server tells no
    /// time, as long as no sign of life was seen, and again when the last one is a life ago.
    pub(super) fn is_worth_a_watch(&self, reading: &RowReading) -> bool {
        let row = &reading.row;
        match (row.written_at, row.now) {
            (Some(written_at), Some(now)) => (now - written_at).to_std().is_ok_and(|age| age >= life(row)),
            _ => !self.was_alive || reading.answered >= self.since + life(row),
        }
    }

    /// Since when it stands like that, on this machine's clock.
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
