//! The system's notifications: for what needs a person who is not looking, never for success.
//!
//! They may be read by whoever passes by, so they hold counts, and neither names nor amounts.

use postonce_engine::domain::Outcome;
use postonce_engine::error::{ErrorCode, Told};
use postonce_engine::{SyncEnd, views::RunSummary};
use tauri::Manager as _;
use tauri_plugin_notification::NotificationExt as _;

use super::preferences::{self, Kept};
use super::words::{self, Word};
use crate::host::AppHandle;

/// Tells of a run that left something for a person.
pub(crate) fn after_run(app: &AppHandle, end: &SyncEnd) {
    let Some((title, count)) = needs_a_person(end) else { return };
    tell(app, title, count);
}

/// Tells that a scheduled sync cannot be begun.
pub(crate) fn schedule_trouble(app: &AppHandle) {
    tell(app, words::SCHEDULE_TROUBLE, None);
}

/// What to say, with how many records it is about.
fn needs_a_person(end: &SyncEnd) -> Option<(Word, Option<u64>)> {
    if end.error.as_ref().is_some_and(|told| !is_somebody_elses_turn(told)) {
        return Some((words::SYNC_FAILED, None));
    }
    let RunSummary { outcome, counts, .. } = end.run.as_ref()?;
    match outcome {
        Some(Outcome::Failed | Outcome::LeaseLost | Outcome::Interrupted) => Some((words::SYNC_FAILED, None)),
        _ => {
            let left = counts.refused + counts.held + counts.in_doubt;
            (left > 0).then_some((words::RECORDS_NEED_YOU, Some(left)))
        }
    }
}

/// Another sync was on: nothing is wrong, and the next one goes on.
fn is_somebody_elses_turn(told: &Told) -> bool {
    matches!(told.code, ErrorCode::LockHeld | ErrorCode::LockHeldHere)
}

fn tell(app: &AppHandle, body: Word, count: Option<u64>) {
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
    use super::*;

    fn failed(code: ErrorCode) -> SyncEnd {
        SyncEnd { error: Some(Told::new(code)), ..SyncEnd::default() }
    }

    #[test]
    fn a_sync_that_failed_needs_a_person_and_one_that_was_not_let_in_does_not() {
        assert!(needs_a_person(&failed(ErrorCode::AccountingUnreachable)).is_some());
        assert!(needs_a_person(&failed(ErrorCode::LockHeld)).is_none());
        assert!(needs_a_person(&failed(ErrorCode::LockHeldHere)).is_none());
        assert!(needs_a_person(&SyncEnd::default()).is_none());
    }
}
