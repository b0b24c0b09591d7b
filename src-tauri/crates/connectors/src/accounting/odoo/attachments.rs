//! Attaches receipts to entries, as Odoo's own attachments, each under an external id of its own.
//!
//! As with entries (`load.rs`), `load` makes what is not there under its external id and leaves alone what is, so that of
//! two requests for the same bytes on the same entry one makes the attachment. Read in Odoo 19: the attachments of an
//! entry go with it when it is deleted, and a picture is made smaller unless `image_no_postprocess` is set.

use std::fs::File;

use postonce_engine::domain::Refusal;
use postonce_engine::ports::{CallError, FoundAttachment};
use postonce_engine::{ClaimedAttachment, Permit};
use serde::Deserialize;
use serde_json::json;

use super::Odoo;
use super::load::{external_id, was_aborted};
use super::moves::MODEL as MOVES;
use super::rows::{Ids, LoadBody};
use super::value::Maybe;
use crate::accounting::receipt_mark;
use crate::http::FILE_MARK;

const MODEL: &str = "ir.attachment";
/// The columns of a row.
const COLUMNS: [&str; 7] = ["id", "name", "type", "res_model", "res_id", "description", "datas"];

#[derive(Deserialize)]
struct Row {
    id: i64,
    res_id: i64,
    description: Maybe<String>,
}

/// Attaches a receipt. A second time makes nothing, and is answered with the same.
pub(super) async fn attach(
    odoo: &Odoo,
    permit: &Permit,
    claimed: &ClaimedAttachment,
    file: &File,
) -> Result<String, CallError> {
    let (client, books) = (&odoo.client, odoo.books().await.map_err(super::client::nothing_written)?);
    let to = claimed.to().id();
    let external_id = external_id(&books, "receipt", &format!("{to}/{}", claimed.digest()));
    let row = [&external_id, claimed.name(), "binary", MOVES, to, &receipt_mark::of(claimed.digest()), FILE_MARK];
    let mut context = books.once_context();
    context["image_no_postprocess"] = true.into();
    let body = json!({"fields": COLUMNS, "data": [row], "context": context});
    let answer: LoadBody = client.write_file(permit, (MODEL, "load"), &body, (file, claimed.bytes())).await?;
    let said = answer.said();
    match &answer.ids {
        Ids::Made(ids) if ids.len() == 1 => Ok(ids[0].to_string()),
        Ids::None(false) if was_aborted(said) => {
            Err(CallError::NotProcessed { problem: client.peer().busy(409), retry_after: None })
        }
        Ids::None(false) => Err(CallError::Refused {
            problem: client.peer().refused(200, said),
            refusal: Refusal::new("refused", client.peer().detail(said)),
            too_large: false,
        }),
        Ids::Made(_) | Ids::None(true) => Err(CallError::Unknown(client.peer().unexpected(200, "load: ids"))),
    }
}

/// Returns the receipts that are attached to these entries.
pub(super) async fn attachments(odoo: &Odoo, vouchers: &[String]) -> Result<Vec<FoundAttachment>, CallError> {
    let ids: Vec<i64> = vouchers.iter().filter_map(|id| id.parse().ok()).collect();
    let mark = format!("{}%", receipt_mark::BEGINNING);
    let body = json!({
        "domain": [["res_model", "=", MOVES], ["res_id", "in", ids], ["description", "=like", mark]],
        "fields": ["res_id", "description"], "order": "id",
    });
    let rows: Vec<Row> = odoo.client.ask(MODEL, "search_read", &body).await?;
    let found = rows.into_iter().filter_map(|row| {
        let digest = receipt_mark::read(&row.description.is()?)?;
        Some(FoundAttachment { voucher_id: row.res_id.to_string(), digest, id: row.id.to_string() })
    });
    Ok(found.collect())
}
