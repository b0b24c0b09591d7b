//! Runs the commands, in one file each: open the workspace, call one verb of the engine, print its answer.

pub(crate) mod accept;
pub(crate) mod attention;
pub(crate) mod audit;
pub(crate) mod break_lock;
pub(crate) mod compare;
pub(crate) mod history;
pub(crate) mod init;
pub(crate) mod re_export;
pub(crate) mod rebuild;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod resolve;
pub(crate) mod sandbox;
pub(crate) mod schedule;
pub(crate) mod secret;
pub(crate) mod status;
pub(crate) mod sync;

use postonce_connectors::{SystemClock, UuidIds, Workspace, actor};
use postonce_engine::Ledger;
use postonce_engine::domain::{Act, AttemptState, ItemResult, Outcome};
use postonce_engine::views::{RecordState, Sum};

use crate::failure::Failure;
use crate::phrases::{self, Phrase};

/// Opens the ledger alone: a command that looks back needs neither keyring nor network.
fn ledger(workspace: &Workspace) -> Result<Ledger, Failure> {
    Ok(Ledger::open(&workspace.ledger_path(), &SystemClock::start(), &UuidIds)?)
}

fn act(act: Act) -> Phrase {
    match act {
        Act::SyncStarted => phrases::ACT_SYNC_STARTED,
        Act::SyncEnded => phrases::ACT_SYNC_ENDED,
        Act::ReExportRequested => phrases::ACT_RE_EXPORT_REQUESTED,
        Act::ReExportApproved => phrases::ACT_RE_EXPORT_APPROVED,
        Act::ReExportWithdrawn => phrases::ACT_RE_EXPORT_WITHDRAWN,
        Act::ReExportClaimed => phrases::ACT_RE_EXPORT_CLAIMED,
        Act::ReExportSettled => phrases::ACT_RE_EXPORT_SETTLED,
        Act::ReversalClaimed => phrases::ACT_REVERSAL_CLAIMED,
        Act::ReversalSettled => phrases::ACT_REVERSAL_SETTLED,
        Act::Resolved => phrases::ACT_RESOLVED,
        Act::Accepted => phrases::ACT_ACCEPTED,
        Act::LockBroken => phrases::ACT_LOCK_BROKEN,
        Act::SettingsChanged => phrases::ACT_SETTINGS_CHANGED,
        Act::Rebuilt => phrases::ACT_REBUILT,
        Act::Verified => phrases::ACT_VERIFIED,
        Act::Compared => phrases::ACT_COMPARED,
        Act::AlarmRaised => phrases::ACT_ALARM_RAISED,
        Act::BackupMade => phrases::ACT_BACKUP_MADE,
    }
}

fn money(sum: &Sum) -> String {
    format!("{} {}", sum.currency, sum.amount)
}

fn sums(sums: &[Sum]) -> String {
    if sums.is_empty() { "–".to_owned() } else { sums.iter().map(money).collect::<Vec<_>>().join(" + ") }
}

fn outcome(outcome: Option<Outcome>) -> Phrase {
    match outcome {
        None => phrases::RUNNING,
        Some(Outcome::Completed) => phrases::COMPLETED,
        Some(Outcome::Stopped) => phrases::OUTCOME_STOPPED,
        Some(Outcome::LeaseLost) => phrases::LEASE_LOST,
        Some(Outcome::Failed) => phrases::FAILED,
        Some(Outcome::Interrupted) => phrases::INTERRUPTED,
    }
}

fn result(result: Option<ItemResult>) -> Phrase {
    match result {
        None | Some(ItemResult::NotSent) => phrases::NOT_SENT,
        Some(ItemResult::Posted) => phrases::EXPORTED,
        Some(ItemResult::SkippedAlreadyExported) => phrases::ALREADY,
        Some(ItemResult::SkippedFoundInAccounting) => phrases::FOUND,
        Some(ItemResult::SkippedRepeatedInSource) => phrases::REPEATED,
        Some(ItemResult::Refused) => phrases::REFUSED,
        Some(ItemResult::Held) => phrases::HELD,
        Some(ItemResult::InDoubt) => phrases::IN_DOUBT,
    }
}

fn state(state: RecordState) -> Phrase {
    match state {
        RecordState::Posted => phrases::EXPORTED,
        RecordState::Eligible => phrases::WAITS,
        RecordState::Sending => phrases::SENDS,
        RecordState::InDoubt => phrases::IN_DOUBT,
        RecordState::Refused => phrases::REFUSED,
        RecordState::Held => phrases::HELD,
        RecordState::Changed => phrases::CHANGED,
        RecordState::Vanished => phrases::VANISHED,
        RecordState::Gone => phrases::GONE,
    }
}

fn attempt_state(state: AttemptState) -> Phrase {
    match state {
        AttemptState::Claimed | AttemptState::Staged => phrases::SENDS,
        AttemptState::Posted => phrases::EXPORTED,
        AttemptState::Refused => phrases::REFUSED,
        AttemptState::NotSent => phrases::NOT_SENT,
        AttemptState::Unknown => phrases::IN_DOUBT,
    }
}
