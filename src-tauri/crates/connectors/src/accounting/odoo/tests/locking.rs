//! Tests the rows that the lease is built on.

use postonce_engine::ports::{Created, RowId, UniqueRows as _};

use super::*;
use crate::accounting::odoo::rows::Rows;

fn row(text: &str) -> Value {
    json!([{"id": 41, "name": "lock-hlf", "description": text, "write_date": "2026-11-23 04:10:00"}])
}

/// Returns the rows on a server, with the record that they hang on.
async fn rows() -> (MockServer, Server, Rows) {
    let (listening, server, odoo) = odoo().await;
    server.says("ir.filters/search_read", ok(json!([{"id": 71, "name": "Postonce"}])));
    (listening, server, Rows { client: Arc::clone(&odoo.client), organisation: "hlf".into() })
}

#[tokio::test]
async fn row_is_ours_if_it_has_our_text() {
    let (_listening, server, rows) = rows().await;
    server.says("ir.attachment/load", ok(json!({"ids": [41], "messages": []})));
    server.says("ir.attachment/search_read", ok(row("mine")));
    assert_eq!(rows.create("lock", "mine").await, Ok(Created::Made(RowId::new("41"))));
    assert_eq!(rows.create("lock", "another's").await, Ok(Created::Taken));
    let load = &server.asked("ir.attachment/load")[0];
    assert_eq!(load["data"], json!([["postonce.lock-hlf", "lock-hlf", "binary", "ir.filters", "71", "mine"]]));
    assert_eq!(load["context"], json!({"mode": "update", "noupdate": true}));
}

#[tokio::test]
async fn row_is_taken_only_if_the_database_gave_it_to_another() {
    let (_listening, server, rows) = rows().await;
    let said =
        |message: &str| ok(json!({"ids": false, "messages": [{"record": 0, "type": "error", "message": message}]}));
    server.says("ir.attachment/load", said("could not serialize access due to concurrent update"));
    assert_eq!(rows.create("lock", "mine").await, Ok(Created::Taken));
    server.says("ir.attachment/load", said("You are not allowed to create Attachment"));
    assert!(rows.create("lock", "mine").await.is_err());
}

#[tokio::test]
async fn row_shows_when_it_was_written_and_the_time_now() {
    let (_listening, server, rows) = rows().await;
    server.says("ir.attachment/search_read", ok(row("mine")));
    let read = rows.read("lock").await.expect("read").expect("it is there");
    assert_eq!(read.written_at, "2026-11-23T04:10:00Z".parse().ok());
    assert_eq!(read.now, "2026-11-23T04:13:28Z".parse().ok());
    server.says("ir.attachment/search_read", ok(json!([])));
    assert_eq!(rows.read("lock").await, Ok(None));
}

#[tokio::test]
async fn row_that_is_gone_is_neither_changed_nor_deleted() {
    let (_listening, server, rows) = rows().await;
    let id = RowId::new("41");
    for call in ["ir.attachment/write", "ir.attachment/unlink"] {
        server.says(call, vec![(200, json!(true)), missing_record()]);
    }
    assert_eq!((rows.update(&id, "x").await, rows.update(&id, "x").await), (Ok(true), Ok(false)));
    assert_eq!((rows.delete(&id).await, rows.delete(&id).await), (Ok(true), Ok(false)));
    server.says("ir.attachment/unlink", vec![(500, error("builtins.RuntimeError", "…"))]);
    assert!(matches!(rows.delete(&id).await, Err(CallError::Unknown(_))));
}
