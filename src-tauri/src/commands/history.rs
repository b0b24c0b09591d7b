//! The runs, and the rows of one.

use postonce_engine::domain::RunId;
use postonce_engine::error::{ErrorCode, Told};
use tauri::State;

use super::Answer;
use crate::wire::{Certificate, ItemFilter, Run, RunItem, each};
use crate::wiring::Wiring;

/// Rows in an answer at most, whatever is asked for.
const LIMIT_MAX: u32 = 1_000;

/// The runs before one, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn runs(wiring: State<'_, Wiring>, limit: u32, before: Option<String>) -> Answer<Vec<Run>> {
    let before = before.map(RunId::new);
    Ok(each(wiring.engine().await?.ledger().runs(limit.min(LIMIT_MAX), before.as_ref()).await?))
}

/// One run.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run(wiring: State<'_, Wiring>, run_id: String) -> Answer<Run> {
    let run = wiring.engine().await?.ledger().run(&RunId::new(&*run_id)).await?;
    Ok(run.ok_or_else(|| Told::new(ErrorCode::RunNotFound).with("id", run_id))?.into())
}

/// The rows of a run after a position, in their order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_items(
    wiring: State<'_, Wiring>,
    run_id: String,
    after: u32,
    limit: u32,
    filter: Option<ItemFilter>,
) -> Answer<Vec<RunItem>> {
    let (engine, run, limit) = (wiring.engine().await?, RunId::new(run_id), limit.min(LIMIT_MAX));
    let Some(filter) = filter else {
        return Ok(each(engine.ledger().run_items(&run, after.into(), limit, None).await?));
    };
    // A filter may be several results: the first of each, put in order, hold the first of all.
    let mut rows = Vec::new();
    for &result in filter.results() {
        rows.extend(engine.ledger().run_items(&run, after.into(), limit, Some(result)).await?);
    }
    rows.sort_unstable_by_key(|row| row.position);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(each(rows))
}

/// What a run's vouchers were compared to be when it was over; `None` where that was not done.
#[tauri::command]
#[specta::specta]
pub(crate) async fn certificate(wiring: State<'_, Wiring>, run_id: String) -> Answer<Option<Certificate>> {
    Ok(wiring.engine().await?.ledger().certificate(&RunId::new(run_id)).await?.map(Certificate::from))
}
