//! Attaches receipts to moves, as Tryton's own attachments, with their hash in the description.
//!
//! Read in trytond 8.2: an attachment wants the right to write its move, and a move that is posted takes one as well. No
//! field of it is unique, so that of two requests each makes one: what was sent is looked for before it is sent again.

use std::fs::File;

use postonce_engine::ClaimedAttachment;
use postonce_engine::domain::FileDigest;
use postonce_engine::ports::{CallError, FoundAttachment};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tryton;
use super::moves;
use super::rpc::{Call, LastLook};
use crate::accounting::receipt_mark;
use crate::http::FILE_MARK;

const MODEL: &str = "account.move";

#[derive(Deserialize)]
struct Row {
    id: i64,
    resource: String,
    description: Option<String>,
}

/// Attaches a receipt.
pub(super) async fn attach(
    tryton: &Tryton,
    claimed: &ClaimedAttachment,
    file: &File,
    last_look: LastLook<'_>,
) -> Result<String, CallError> {
    let (rpc, facts) = (tryton.rpc(), tryton.facts().await?);
    let to = claimed.to().id();
    let of_move = moves::number(to).ok_or_else(|| moves::no_id(rpc, to))?;
    let values = json!({
        "name": claimed.name(), "type": "data", "resource": format!("{MODEL},{of_move}"),
        "description": receipt_mark::of(claimed.digest()), "data": {"__class__": "bytes", "base64": FILE_MARK},
    });
    let params = json!([[values], facts.context()]);
    let call = Call::write("model.ir.attachment.create", params, last_look).with_file(file, claimed.bytes());
    let made: Vec<i64> = rpc.call(&call).await.map_err(|fault| fault.whole(rpc.peer()))?;
    match made.as_slice() {
        [id] => Ok(id.to_string()),
        _ => Err(CallError::Unknown(rpc.peer().unexpected(200, "ir.attachment"))),
    }
}

/// Returns the receipts that are attached to these moves.
pub(super) async fn attachments(tryton: &Tryton, vouchers: &[String]) -> Result<Vec<FoundAttachment>, CallError> {
    let (rpc, facts) = (tryton.rpc(), tryton.facts().await?);
    let resources: Vec<String> = vouchers.iter().map(|id| format!("{MODEL},{id}")).collect();
    let domain =
        json!([["resource", "in", resources], ["description", "like", format!("{}%", receipt_mark::BEGINNING)]]);
    let params = json!([domain, 0, Value::Null, [["id", "ASC"]], ["resource", "description"], facts.context()]);
    let rows: Vec<Row> = rpc
        .call(&Call::read("model.ir.attachment.search_read", params))
        .await
        .map_err(|fault| fault.whole(rpc.peer()))?;
    let found = rows.into_iter().filter_map(|row| {
        let digest: FileDigest = receipt_mark::read(row.description.as_deref()?)?;
        let voucher_id = row.resource.strip_prefix(MODEL)?.strip_prefix(',')?.to_owned();
        Some(FoundAttachment { voucher_id, digest, id: row.id.to_string() })
    });
    Ok(found.collect())
}
