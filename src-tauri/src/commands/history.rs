//! Answers for the runs, and the rows of one.

use postonce_engine::domain::RunId;
use postonce_engine::error::Problem;
use tauri::State;

use super::Answer;
use crate::wire::{Certificate, ItemFilter, Run, RunItem, RunQuery, count, each};
use crate::wiring::Wiring;

/// The most rows in an answer, whatever is asked for.
const LIMIT_MAX: u32 = 1_000;

/// Returns the runs that fit before one, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn runs(
    wiring: State<'_, Wiring>,
    query: RunQuery,
    limit: u32,
    before: Option<String>,
) -> Answer<Vec<Run>> {
    let (engine, filter, before) = (wiring.engine().await?, query.try_into()?, before.map(RunId::new));
    Ok(each(engine.ledger().search_runs(&filter, limit.min(LIMIT_MAX), before.as_ref()).await?))
}

/// Returns one run.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run(wiring: State<'_, Wiring>, run_id: String) -> Answer<Run> {
    let run = wiring.engine().await?.ledger().run(&RunId::new(&*run_id)).await?;
    Ok(run.ok_or_else(|| Problem::run_not_found(run_id))?.into())
}

/// Returns the rows of a run that fit, in their order, without the first `skip` of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_items(
    wiring: State<'_, Wiring>,
    run_id: String,
    filter: Option<ItemFilter>,
    text: Option<String>,
    skip: u32,
    limit: u32,
) -> Answer<Vec<RunItem>> {
    let (engine, run, asked) = (wiring.engine().await?, RunId::new(run_id), ItemFilter::with_text(filter, text));
    Ok(each(engine.ledger().search_items(&run, &asked, skip, limit.min(LIMIT_MAX)).await?))
}

/// Returns how many rows of a run fit.
#[tauri::command]
#[specta::specta]
pub(crate) async fn count_items(
    wiring: State<'_, Wiring>,
    run_id: String,
    filter: Option<ItemFilter>,
    text: Option<String>,
) -> Answer<u32> {
    let (engine, run, asked) = (wiring.engine().await?, RunId::new(run_id), ItemFilter::with_text(filter, text));
    Ok(count(engine.ledger().count_items(&run, &asked).await?))
}

/// Returns the comparison of a run's vouchers from when it was over; `None` when there was none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn certificate(wiring: State<'_, Wiring>, run_id: String) -> Answer<Option<Certificate>> {
    Ok(wiring.engine().await?.ledger().certificate(&RunId::new(run_id)).await?.map(Certificate::from))
}
