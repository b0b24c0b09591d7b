//! The commands, a file each: open what is needed, one verb of the engine, tell.

pub(crate) mod attention;
pub(crate) mod history;
pub(crate) mod init;
pub(crate) mod record;
pub(crate) mod sandbox;
pub(crate) mod secret;
pub(crate) mod status;
pub(crate) mod sync;

use postonce_connectors::{SystemClock, UuidIds, Workspace};
use postonce_engine::Ledger;
use postonce_engine::domain::{AttemptState, ItemResult, Outcome};
use postonce_engine::views::{RecordState, Sum};

use crate::failure::Failure;
use crate::phrases::{self, Phrase};

/// The ledger alone: what looks back needs neither keyring nor network.
fn ledger(workspace: &Workspace) -> Result<Ledger, Failure> {
    Ok(Ledger::open(&workspace.ledger_path(), &SystemClock::start(), &UuidIds)?)
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
