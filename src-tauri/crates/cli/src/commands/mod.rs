//! Runs the commands, in one file each: open the workspace, call one verb of the engine, print its answer.

pub(crate) mod accept;
pub(crate) mod attention;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod break_lock;
pub(crate) mod compare;
pub(crate) mod config;
pub(crate) mod confirm;
pub(crate) mod files;
pub(crate) mod forget;
pub(crate) mod history;
pub(crate) mod init;
pub(crate) mod notify;
pub(crate) mod pages;
pub(crate) mod period;
pub(crate) mod re_export;
pub(crate) mod rebuild;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod resolve;
pub(crate) mod restore;
pub(crate) mod sandbox;
pub(crate) mod schedule;
pub(crate) mod secret;
pub(crate) mod service;
pub(crate) mod source;
pub(crate) mod status;
pub(crate) mod support;
pub(crate) mod sync;
mod voucher;

use std::sync::Arc;

use postonce_connectors::{SystemClock, UuidIds, Workspace, actor};
use postonce_engine::domain::{Act, AttemptState, ItemResult, Outcome, RunId};
use postonce_engine::error::Problem;
use postonce_engine::views::RecordState;
use postonce_engine::{Engine, Ledger};
use postonce_words::Message;

use crate::failure::Failure;
use crate::words;

/// Opens the ledger alone: a command that looks back needs neither keyring nor network, nor a
/// right to write.
fn ledger(workspace: &Workspace) -> Result<Ledger, Failure> {
    Ok(Ledger::open_to_look(&workspace.ledger_path(), &SystemClock::start(), &UuidIds)?)
}

/// Makes the engine alone, without a sandbox of its own. A command that asks the accounting system is run by
/// [`postonce_practice::with_open_workspace`] instead.
fn engine(workspace: &Workspace) -> Result<Arc<Engine>, Failure> {
    Ok(Engine::new(postonce_connectors::parts(workspace)?))
}

/// The word for the newest run, in place of its id.
const LAST: &str = "last";

/// Returns the run that an argument means.
async fn run_id(ledger: &Ledger, asked: &str) -> Result<RunId, Failure> {
    if asked != LAST {
        return Ok(RunId::new(asked));
    }
    let newest = ledger.runs(1, None).await?.pop();
    newest.map(|run| run.run_id).ok_or_else(|| Problem::run_not_found(LAST).into())
}

fn act(act: Act) -> Message {
    match act {
        Act::SyncStarted => words::ACT_SYNC_STARTED,
        Act::SyncEnded => words::ACT_SYNC_ENDED,
        Act::ReExportRequested => words::ACT_RE_EXPORT_REQUESTED,
        Act::ReExportApproved => words::ACT_RE_EXPORT_APPROVED,
        Act::ReExportWithdrawn => words::ACT_RE_EXPORT_WITHDRAWN,
        Act::ReExportClaimed => words::ACT_RE_EXPORT_CLAIMED,
        Act::ReExportSettled => words::ACT_RE_EXPORT_SETTLED,
        Act::ReversalClaimed => words::ACT_REVERSAL_CLAIMED,
        Act::ReversalSettled => words::ACT_REVERSAL_SETTLED,
        Act::Resolved => words::ACT_RESOLVED,
        Act::Accepted => words::ACT_ACCEPTED,
        Act::Confirmed => words::ACT_CONFIRMED,
        Act::SetAside => words::ACT_SET_ASIDE,
        Act::ReceiptSetAside => words::ACT_RECEIPT_SET_ASIDE,
        Act::OtherDayChosen => words::ACT_OTHER_DAY,
        Act::Disowned => words::ACT_DISOWNED,
        Act::LockBroken => words::ACT_LOCK_BROKEN,
        Act::SettingsChanged => words::ACT_SETTINGS_CHANGED,
        Act::Rebuilt => words::ACT_REBUILT,
        Act::Verified => words::ACT_VERIFIED,
        Act::Compared => words::ACT_COMPARED,
        Act::AlarmRaised => words::ACT_ALARM_RAISED,
        Act::FileSealed => words::ACT_FILE_SEALED,
        Act::FileWithdrawn => words::ACT_FILE_WITHDRAWN,
        Act::BooksRead => words::ACT_BOOKS_READ,
        Act::BackupMade => words::ACT_BACKUP_MADE,
        Act::BackupRestored => words::ACT_BACKUP_RESTORED,
        Act::Forgotten => words::ACT_FORGOTTEN,
        Act::HistorySealed => words::ACT_HISTORY_SEALED,
    }
}

fn outcome(outcome: Option<Outcome>) -> Message {
    match outcome {
        None => words::RUNNING,
        Some(Outcome::Completed) => words::COMPLETED,
        Some(Outcome::Stopped) => words::OUTCOME_STOPPED,
        Some(Outcome::LeaseLost) => words::LEASE_LOST,
        Some(Outcome::Failed) => words::FAILED,
        Some(Outcome::Interrupted) => words::INTERRUPTED,
    }
}

fn result(result: Option<ItemResult>) -> Message {
    match result {
        None | Some(ItemResult::NotSent) => words::NOT_SENT,
        Some(ItemResult::Posted) => words::EXPORTED,
        Some(ItemResult::HandedOver) => words::HANDED_OVER,
        Some(ItemResult::SkippedHandedOver) => words::ALREADY_HANDED_OVER,
        Some(ItemResult::SkippedAlreadyExported) => words::ALREADY,
        Some(ItemResult::SkippedFoundInAccounting) => words::FOUND,
        Some(ItemResult::SkippedRepeatedInSource) => words::REPEATED,
        Some(ItemResult::LeftOut) => words::LEFT_OUT,
        Some(ItemResult::Refused) => words::REFUSED,
        Some(ItemResult::Held) => words::HELD,
        Some(ItemResult::InDoubt) => words::IN_DOUBT,
    }
}

fn state(state: RecordState) -> Message {
    match state {
        RecordState::Posted => words::EXPORTED,
        RecordState::HandedOver => words::HANDED_OVER,
        RecordState::Eligible => words::WAITS,
        RecordState::Sending => words::SENDS,
        RecordState::InDoubt => words::IN_DOUBT,
        RecordState::Refused => words::REFUSED,
        RecordState::Held => words::HELD,
        RecordState::Changed => words::CHANGED,
        RecordState::Vanished => words::VANISHED,
        RecordState::Gone => words::GONE,
        RecordState::SetAside => words::SET_ASIDE,
    }
}

fn attempt_state(state: AttemptState) -> Message {
    match state {
        AttemptState::Claimed | AttemptState::Staged => words::SENDS,
        AttemptState::Posted => words::EXPORTED,
        AttemptState::HandedOver => words::HANDED_OVER,
        AttemptState::Withdrawn => words::WITHDRAWN,
        AttemptState::Refused => words::REFUSED,
        AttemptState::NotSent => words::NOT_SENT,
        AttemptState::Unknown => words::IN_DOUBT,
    }
}
