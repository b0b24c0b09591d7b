//! Answers for records: those that wait for a person, and the story of one.

use postonce_engine::error::Problem;
use tauri::{Manager as _, State};

use super::Answer;
use crate::host::AppHandle;
use crate::outside::Outside;
use crate::wire::{AttentionItem, RecordQuery, RecordRow, RecordStory, RecordsFound, VoucherPreview, each};
use crate::wiring::Wiring;

/// Returns everything that waits for a person: in doubt, vanished, changed, refused, held.
#[tauri::command]
#[specta::specta]
pub(crate) async fn attention(wiring: State<'_, Wiring>, offset: u32, limit: u32) -> Answer<Vec<AttentionItem>> {
    Ok(each(wiring.engine().await?.attention(offset.into(), limit).await?))
}

/// Returns the records that fit, the newest day first, behind one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn records(
    wiring: State<'_, Wiring>,
    query: RecordQuery,
    after: Option<String>,
    limit: u32,
) -> Answer<Vec<RecordRow>> {
    Ok(each(wiring.engine().await?.records(query.try_into()?, after.as_deref(), limit).await?))
}

/// Returns how many records fit, and their sums.
#[tauri::command]
#[specta::specta]
pub(crate) async fn records_found(wiring: State<'_, Wiring>, query: RecordQuery) -> Answer<RecordsFound> {
    Ok(wiring.engine().await?.records_found(query.try_into()?).await?.into())
}

/// Returns everything known of one record.
#[tauri::command]
#[specta::specta]
pub(crate) async fn record(wiring: State<'_, Wiring>, record_id: String) -> Answer<RecordStory> {
    let story = wiring.engine().await?.record(&record_id).await?;
    Ok(story.ok_or_else(|| Problem::record_not_found(record_id))?.into())
}

/// Returns the voucher of a record as the present rules make it; `null` if the record was never seen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn voucher_preview(wiring: State<'_, Wiring>, record_id: String) -> Answer<Option<VoucherPreview>> {
    Ok(wiring.engine().await?.voucher_preview(&record_id).await?.map(VoucherPreview::from))
}

/// Opens a voucher in the accounting system's own web client, in the person's browser. The page names a voucher that
/// the ledger knows, and nothing of the address.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_voucher(app: AppHandle, wiring: State<'_, Wiring>, voucher_id: String) -> Answer<()> {
    let page = wiring.voucher_page(&voucher_id).await?;
    Ok(app.state::<Outside>().open_page(&app, &page)?)
}
