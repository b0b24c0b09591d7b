//! Writes and reads the text in the row of a [`super::UniqueLease`]: the holder of the lease, the progress, and the
//! number of the grant.
//!
//! Invariant: a text that cannot be read, whatever the reason, is somebody's. Only a text that says it is free is free.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::RunId;
use crate::ports::{LeaseAsk, LockHolder, LockProgress, Unaware, UniqueRow};

/// The version of the form that this program writes and reads.
const VERSION: u32 = 1;
/// The life of a row that does not name one itself: the longest that a workspace may ask for.
pub(super) const LIFE_UNKNOWN: Duration = Duration::from_secs(3_600);
/// The longest life in seconds; we never wrote a longer one.
const LIFE_SECONDS_MAX: u64 = 86_400;
/// The largest number that survives every reader of JSON.
const FENCE_MAX: u64 = 1 << 53;
/// The characters kept of a name that somebody else wrote.
const NAME_CHARS_MAX: usize = 100;
/// The characters kept in the row of a reason for breaking.
const REASON_CHARS_MAX: usize = 300;

/// The state of a lease in its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Held,
    /// The holder gave it back: the next grant continues its number.
    Released,
    /// Somebody took it from its holder.
    Broken,
}

/// The text of a row, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LeaseText {
    version: u32,
    pub(super) state: State,
    pub(super) holder: LockHolder,
    pub(super) operation: String,
    /// The mark of this grant alone; by it a holder knows its own row.
    pub(super) nonce: String,
    life_seconds: u64,
    /// A number that differs in each text that is written, so that no two renewals are equal.
    pub(super) beat: u64,
    pub(super) progress: Option<LockProgress>,
    /// The number of the grant; a proposal until the first renewal.
    pub(super) fence: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) granted_at: Option<DateTime<Utc>>,
    /// The newest breaking, for a person who looks into it later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) broken: Option<Breaking>,
}

/// The breaking of a lease: who took it from whom, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Breaking {
    /// The person who broke it; `None` if they have not said who they are.
    pub(super) by: Option<LockHolder>,
    pub(super) at: DateTime<Utc>,
    pub(super) reason: String,
    pub(super) from: LockHolder,
    /// The life of the grant that was broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    life_seconds: Option<u64>,
}

impl LeaseText {
    /// Makes the text for a grant that is asked for.
    pub(super) fn held(ask: &LeaseAsk, nonce: String, fence: u64, broken: Option<Breaking>) -> Self {
        Self {
            version: VERSION,
            state: State::Held,
            holder: ask.holder.clone(),
            operation: ask.operation.to_owned(),
            nonce,
            life_seconds: whole_seconds(ask.life),
            beat: 0,
            progress: None,
            fence,
            granted_at: None,
            broken,
        }
    }

    /// Reads a row's text; returns `None` if it cannot be read.
    pub(super) fn read(row: &UniqueRow) -> Option<Self> {
        let text: Self = serde_json::from_str(&row.text).ok()?;
        let is_ours =
            text.version == VERSION && (1..=LIFE_SECONDS_MAX).contains(&text.life_seconds) && text.fence <= FENCE_MAX;
        is_ours.then_some(text)
    }

    /// Returns the text as it stands in the row.
    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).expect("plain structs with text keys always make JSON")
    }

    pub(super) fn life(&self) -> Duration {
        Duration::from_secs(self.life_seconds)
    }

    /// Shows the next sign of life.
    pub(super) fn beats(&mut self, life: Duration, progress: LockProgress) {
        self.beat += 1;
        self.life_seconds = whole_seconds(life);
        self.progress = Some(progress);
    }

    /// Returns the same grant, given back.
    pub(super) fn released(mut self) -> Self {
        self.beat += 1;
        self.state = State::Released;
        self
    }

    /// Returns the same grant, taken from its holder.
    pub(super) fn broken(mut self, breaking: Breaking) -> Self {
        self.beat += 1;
        self.state = State::Broken;
        self.broken = Some(breaking);
        self
    }
}

impl Breaking {
    pub(super) fn new(by: Option<LockHolder>, at: DateTime<Utc>, reason: &str, from: &LeaseText) -> Self {
        let reason = reason.chars().take(REASON_CHARS_MAX).collect();
        Self { by, at, reason, from: from.holder.clone(), life_seconds: Some(from.life_seconds) }
    }

    /// Returns the run from which the grant was taken, if it may not know that yet: nobody had a grant since, or its
    /// own has not run out.
    pub(super) fn unaware(self, now: DateTime<Utc>, is_just_broken: bool) -> Option<Unaware> {
        let life = self.life_seconds.map_or(LIFE_UNKNOWN, Duration::from_secs);
        let may_go_on = is_just_broken || (now - self.at).to_std().map_or(true, |age| age < life);
        may_go_on.then_some(Unaware { run: self.from.run_id, life })
    }
}

/// Returns the holder of a row, as it may be shown; of a row that cannot be read nothing is known but its id, by which
/// it can be broken like any other.
pub(super) fn holder_shown(row: &UniqueRow, text: Option<&LeaseText>) -> LockHolder {
    match text {
        Some(LeaseText { holder, .. }) => LockHolder {
            user: short(&holder.user),
            name: holder.name.as_deref().map(short),
            host: short(&holder.host),
            run_id: holder.run_id.clone(),
        },
        None => LockHolder {
            user: UNKNOWN.to_owned(),
            name: None,
            host: UNKNOWN.to_owned(),
            run_id: RunId::new(format!("row {}", short(row.id.as_str()))),
        },
    }
}

/// Shortens a name that somebody else wrote, so that it can be shown.
pub(super) fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect()
}

const UNKNOWN: &str = "?";

/// Returns the life in whole seconds, never fewer than it lasts: a watch must not end too early.
fn whole_seconds(life: Duration) -> u64 {
    life.as_secs() + u64::from(life.subsec_nanos() > 0)
}
