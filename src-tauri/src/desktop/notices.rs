//! Shows the system's notifications: for problems that need a person who is not looking, never for success.
//!
//! Anybody who passes by may read them, so they hold counts, and neither names nor amounts.

use postonce_engine::domain::Outcome;
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::{SyncEnd, views::RunSummary};
use postonce_words::Language;
use tauri::Manager as _;
use tauri_plugin_notification::NotificationExt as _;

use super::preferences::{self, PreferenceFile};
use super::words;
use crate::follow::RunNews;
use crate::host::AppHandle;

/// A notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notice {
    SyncFailed,
    ScheduleTrouble,
    /// This many records need a person.
    RecordsNeedYou(u64),
}

impl Notice {
    fn text(self, language: Language) -> String {
        match self {
            Self::SyncFailed => words::SYNC_FAILED.text(language).to_owned(),
            Self::ScheduleTrouble => words::SCHEDULE_TROUBLE.text(language).to_owned(),
            Self::RecordsNeedYou(count) => words::records_need_you(language, count),
        }
    }
}

/// Notifies a person of news that need them.
pub(crate) fn on_run(app: &AppHandle, news: &RunNews) {
    let notice = match news {
        RunNews::Progress(_) | RunNews::Idle { .. } => None,
        RunNews::Ended { end, attention_before, attention } => needs_a_person(end, *attention_before, *attention),
        RunNews::ScheduleTrouble => Some(Notice::ScheduleTrouble),
    };
    if let Some(notice) = notice {
        notify(app, notice);
    }
}

/// Returns the notification for a run that left something for a person, or found something: `now` records need one, and
/// `before` did before it.
fn needs_a_person(end: &SyncEnd, before: u64, now: u64) -> Option<Notice> {
    if end.error.as_ref().is_some_and(|problem| !is_somebody_elses_turn(problem)) {
        return Some(Notice::SyncFailed);
    }
    let RunSummary { outcome, counts, .. } = end.run.as_ref()?;
    match outcome {
        Some(Outcome::Failed | Outcome::LeaseLost | Outcome::Interrupted) => Some(Notice::SyncFailed),
        _ => {
            let left = counts.refused + counts.held + counts.in_doubt;
            (left > 0 || now > before).then_some(Notice::RecordsNeedYou(now.max(left)))
        }
    }
}

/// Tells whether another sync was on: nothing is wrong then, and the next one goes on.
fn is_somebody_elses_turn(problem: &Problem) -> bool {
    matches!(problem.code, ErrorCode::LockHeld | ErrorCode::LockHeldHere)
}

fn notify(app: &AppHandle, notice: Notice) {
    if !app.state::<PreferenceFile>().now().notifications || super::is_looked_at(app) {
        return;
    }
    let language = preferences::language(app);
    let body = notice.text(language);
    if let Err(error) = app.notification().builder().title(words::NEEDS_YOU.text(language)).body(body).show() {
        tracing::warn!("a notification cannot be shown: {error}");
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use postonce_engine::domain::{Actor, Counts, Period, RunId, Trigger};

    use super::*;

    fn failed(problem: Problem) -> SyncEnd {
        SyncEnd { error: Some(problem), ..SyncEnd::default() }
    }

    #[test]
    fn a_failed_sync_needs_a_person_and_a_refused_one_does_not() {
        let needs = |end: &SyncEnd| needs_a_person(end, 0, 0);
        let lock_held = Problem::lock_held("Kari", "pc", "2026-01-02T03:04:05Z", 1, 2, "2026-01-02T03:04:06Z");
        assert!(needs(&failed(Problem::accounting_unreachable("http://127.0.0.1:4010", "refused"))).is_some());
        assert!(needs(&failed(lock_held)).is_none());
        assert!(needs(&failed(Problem::lock_held_here("postonce.lock"))).is_none());
        assert!(needs(&SyncEnd::default()).is_none());
    }

    #[test]
    fn a_vanished_voucher_needs_a_person_after_a_run_without_errors() {
        let run = RunSummary {
            run_id: RunId::new("run-1"),
            trigger: Trigger::Scheduled,
            actor: Actor { user: "kari".to_owned(), host: "pc".to_owned() },
            started_at: DateTime::UNIX_EPOCH,
            finished_at: Some(DateTime::UNIX_EPOCH),
            outcome: Some(Outcome::Completed),
            error: None,
            period: Period::EVERYTHING,
            counts: Counts::default(),
            posted: Vec::new(),
            fence: None,
        };
        let end = SyncEnd { run: Some(run), ..SyncEnd::default() };
        assert!(needs_a_person(&end, 3, 3).is_none());
        assert_eq!(needs_a_person(&end, 3, 4), Some(Notice::RecordsNeedYou(4)));
    }
}
