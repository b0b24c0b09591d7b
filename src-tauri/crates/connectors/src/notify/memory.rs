//! Remembers what was told last on each way, in a file of the workspace. Without it, it is told once more.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::message::{Event, Figures};
use crate::workspace::Workspace;

const FILE: &str = "notified.json";
/// The status of the codes with which a run was not let in: somebody else does its work.
const LOCK_HELD: u8 = 3;

/// The place of the memory.
pub(super) struct Memory(PathBuf);

/// The state that somebody heard of last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct LastNotice {
    /// True if somebody was told that a sync failed, and nothing else since.
    failed: bool,
    /// How much waited for a person when somebody was told of it.
    attention: u64,
}

/// The last notice on each way.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Notices {
    /// The notice on all ways, as an earlier version kept it.
    #[serde(flatten)]
    on_all: LastNotice,
    #[serde(default)]
    each: BTreeMap<String, LastNotice>,
}

impl Notices {
    /// Returns the last notice on a way.
    pub(super) fn on(&self, outlet: &str) -> LastNotice {
        self.each.get(outlet).copied().unwrap_or(self.on_all)
    }

    /// Notes what was told on a way.
    pub(super) fn note(&mut self, outlet: &str, notice: LastNotice) {
        self.each.insert(outlet.to_owned(), notice);
    }
}

impl Memory {
    pub(super) fn of(workspace: &Workspace) -> Self {
        Self(workspace.dir().join(FILE))
    }

    pub(super) fn read(&self) -> Notices {
        std::fs::read(&self.0).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    pub(super) fn keep(&self, notices: &Notices) -> io::Result<()> {
        if self.read() == *notices && self.0.exists() {
            return Ok(());
        }
        let folder = self.0.parent().unwrap_or(&self.0);
        let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut fresh, notices)?;
        fresh.persist(&self.0).map(drop).map_err(|error| error.error)
    }
}

impl LastNotice {
    /// Returns what is new since then.
    pub(super) fn news(&self, figures: &Figures) -> Option<Event> {
        let after = self.after(figures);
        match (self, after) {
            (before, after) if *before == after => None,
            (before, LastNotice { failed: true, .. }) if !before.failed => Some(Event::Failure),
            (_, LastNotice { failed: true, .. }) => None,
            (before, after) if after.attention > before.attention => Some(Event::Attention),
            (before, after) if before.failed && after.attention > 0 => Some(Event::Attention),
            (_, LastNotice { attention: 0, .. }) => Some(Event::Recovery),
            // Less waits than before.
            _ => None,
        }
    }

    /// Returns what is remembered once that is told.
    pub(super) fn after(&self, figures: &Figures) -> Self {
        let was_held = figures.code.is_some_and(|code| code.exit_status() == LOCK_HELD);
        if was_held {
            return *self;
        }
        match figures.completed {
            false => Self { failed: true, ..*self },
            true => Self { failed: false, attention: figures.attention().unwrap_or(self.attention) },
        }
    }
}

#[cfg(test)]
mod tests {
    use postonce_engine::error::ErrorCode;
    use postonce_engine::views::RecordCounts;

    use super::*;

    fn night(code: Option<ErrorCode>, held: u64) -> Figures {
        let records = RecordCounts { held, ..RecordCounts::default() };
        let at = chrono::DateTime::UNIX_EPOCH;
        Figures { at, run_id: None, code, completed: code.is_none(), records: Some(records), last_success_at: None }
    }

    #[test]
    fn memory_of_an_earlier_version_counts_for_every_way() {
        let older: Notices = serde_json::from_str(r#"{"failed": true, "attention": 2}"#).expect("it was written so");
        assert_eq!(older.on("notify.email"), LastNotice { failed: true, attention: 2 });
        let mut newer = older.clone();
        newer.note("notify.email", LastNotice::default());
        let read: Notices = serde_json::from_str(&serde_json::to_string(&newer).expect("JSON")).expect("JSON");
        assert_eq!((read.on("notify.email"), read.on("notify.webhook")), (LastNotice::default(), older.on("any")));
    }

    #[test]
    fn state_is_reported_once_and_so_is_its_end() {
        let (fails, held_up) = (Some(ErrorCode::AccountingUnreachable), Some(ErrorCode::LockHeld));
        let nights = [
            (night(None, 0), None),
            (night(fails, 0), Some(Event::Failure)),
            (night(fails, 0), None),
            (night(held_up, 0), None),
            (night(None, 0), Some(Event::Recovery)),
            (night(None, 0), None),
            (night(fails, 0), Some(Event::Failure)),
            (night(None, 2), Some(Event::Attention)),
            (night(None, 2), None),
            (night(None, 1), None),
            (night(None, 2), Some(Event::Attention)),
            (night(fails, 2), Some(Event::Failure)),
            (night(None, 2), Some(Event::Attention)),
            (night(None, 0), Some(Event::Recovery)),
        ];
        let mut last = LastNotice::default();
        for (place, (figures, expected)) in nights.iter().enumerate() {
            assert_eq!(last.news(figures), *expected, "night {place}");
            last = last.after(figures);
        }
    }
}
