//! Keeps a person's decisions: on records that changed, vanished or left the source, on records in doubt, and on what is
//! asked before anything is sent.

use postonce_connectors::actor;
use postonce_engine::ResolveAsk;
use postonce_engine::error::Problem;
use tauri::State;

use super::Answer;
use crate::wire::{End, MissingReceipt, Question, Topic, Verdict, each, parsed_day};
use crate::wiring::Wiring;

/// Keeps the decision that a record may stay as it is, although it changed, or its voucher is not there as it was.
#[tauri::command]
#[specta::specta]
pub(crate) async fn accept(wiring: State<'_, Wiring>, record_id: String, reason: String) -> Answer<()> {
    Ok(wiring.engine().await?.accept(&record_id, &reason, &actor()).await?)
}

/// Returns what a person has to answer before anything more is sent, oldest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn questions(wiring: State<'_, Wiring>) -> Answer<Vec<Question>> {
    Ok(each(wiring.engine().await?.ledger().questions().await.map_err(Problem::from)?))
}

/// Answers the question of a topic: the next sync goes on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm(wiring: State<'_, Wiring>, topic: Topic, reason: String) -> Answer<()> {
    Ok(wiring.engine().await?.confirm(topic.into(), &reason, &actor()).await?)
}

/// Keeps the decision that a record which is held as another writing of an exported one is an expense of its own.
#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_record(wiring: State<'_, Wiring>, record_id: String, reason: String) -> Answer<()> {
    Ok(wiring.engine().await?.confirm_record(&record_id, &reason, &actor()).await?)
}

/// Sets aside what left the source before it was exported.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_aside(wiring: State<'_, Wiring>, record_ids: Vec<String>, reason: String) -> Answer<()> {
    Ok(wiring.engine().await?.set_aside(&record_ids, &reason, &actor()).await?)
}

/// Returns the receipts that are missing on vouchers in the books, oldest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn missing_receipts(wiring: State<'_, Wiring>) -> Answer<Vec<MissingReceipt>> {
    Ok(each(wiring.engine().await?.missing_receipts().await?))
}

/// Leaves the vouchers of a record without the receipts that are missing there; returns their names.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_receipts_aside(
    wiring: State<'_, Wiring>,
    record_id: String,
    reason: String,
) -> Answer<Vec<String>> {
    Ok(wiring.engine().await?.set_receipts_aside(&record_id, &reason, &actor()).await?)
}

/// Books records on another day than their own, which lies in a closed period; returns their ids.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_other_day(
    wiring: State<'_, Wiring>,
    record_ids: Vec<String>,
    day: String,
    reason: String,
) -> Answer<Vec<String>> {
    Ok(wiring.engine().await?.choose_other_day(&record_ids, parsed_day(&day)?, &reason, &actor()).await?)
}

/// Settles a record in doubt. The end names the holder of the lock, when that stood in the way.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve(
    wiring: State<'_, Wiring>,
    record_id: String,
    verdict: Verdict,
    reason: String,
) -> Answer<End> {
    let ask = ResolveAsk { record_id, resolution: verdict.into(), reason, actor: actor() };
    Ok(wiring.engine().await?.resolve(ask).await?.into())
}
