//! Shows the system's notifications: for problems that need a person who is not looking, never for success.
//!
//! Anybody who passes by may read them, so they hold counts, and neither names nor amounts.

use postonce_engine::domain::Outcome;
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::{SyncEnd, views::RunSummary};
use tauri::Manager as _;
use tauri_plugin_notification::NotificationExt as _;

use super::preferences::{self, Kept};
use super::words::{self, Word};
use crate::host::AppHandle;

/// Reports a run that left something for a person, or found something: `now` records need one, and `before` did before
/// it.
pub(crate) fn after_run(app: &AppHandle, end: &SyncEnd, (before, now): (u64, u64)) {
    let Some((title, count)) = needs_a_person(end, before, now) else { return };
    notify(app, title, count);
}

/// Reports that a scheduled sync cannot be begun.
pub(crate) fn schedule_trouble(app: &AppHandle) {
    notify(app, words::SCHEDULE_TROUBLE, None);
}

/// Returns the notification's words, with the number of records it is about.
fn needs_a_person(end: &SyncEnd, before: u64, now: u64) -> Option<(Word, Option<u64>)> {
    if end.error.as_ref().is_some_and(|problem| !is_somebody_elses_turn(problem)) {
        return Some((words::SYNC_FAILED, None));
    }
    let RunSummary { outcome, counts, .. } = end.run.as_ref()?;
    match outcome {
        Some(Outcome::Failed | Outcome::LeaseLost | Outcome::Interrupted) => Some((words::SYNC_FAILED, None)),
        _ => {
            let left = counts.refused + counts.held + counts.in_doubt;
            (left > 0 || now > before).then_some((words::RECORDS_NEED_YOU, Some(now.max(left))))
        }
    }
}

/// Tells whether another sync was on: nothing is wrong then, and the next one goes on.
fn is_somebody_elses_turn(problem: &Problem) -> bool {
    matches!(problem.code, ErrorCode::LockHeld | ErrorCode::LockHeldHere)
}

fn notify(app: &AppHandle, body: Word, count: Option<u64>) {
    if !app.state::<Kept>().now().notifications || super::is_looked_at(app) {
        return;
    }
    let language = preferences::language(app);
    let body = body.text(language).replace("{n}", &count.unwrap_or_default().to_string());
    if let Err(error) = app.notification().builder().title(words::NEEDS_YOU.text(language)).body(body).show() {
        tracing::warn!("a notification cannot be shown: {error}");
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use postonce_engine::domain::{Actor, Counts, Period, RunId, Trigger};

    use super::*;

    fn failed(code: ErrorCode) -> SyncEnd {
        SyncEnd { error: Some(Problem::new(code)), ..SyncEnd::default() }
    }

    #[test]
    fn a_failed_sync_needs_a_person_and_a_refused_one_does_not() {
        let needs = |end: &SyncEnd| needs_a_person(end, 0, 0);
        assert!(needs(&failed(ErrorCode::AccountingUnreachable)).is_some());
        assert!(needs(&failed(ErrorCode::LockHeld)).is_none());
        assert!(needs(&failed(ErrorCode::LockHeldHere)).is_none());
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
        assert_eq!(needs_a_person(&end, 3, 4).and_then(|(_, count)| count), Some(4));
    }
}
