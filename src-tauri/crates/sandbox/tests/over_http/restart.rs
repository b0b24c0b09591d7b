//! Tests the restart: what survives, and why a start may be refused.

use postonce_sandbox::{Options, SandboxError, start};
use serde_json::json;

use crate::client::{Practice, lock_wish, voucher};

#[tokio::test]
async fn everything_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { store: Some(folder.path().join("deep/books.sqlite")), ..Options::default() };
    let practice = Practice::with(options.clone()).await;
    let token = practice.lock().await;
    let first = practice.post_vouchers(&token, "k", vec![voucher("a")]).await.unwrap();
    practice.shift_clock(30).await;
    practice.put("/admin/closed-through", json!({"date": "2026-09-30"})).await;
    practice.set_faults(json!({"drafts": "on"})).await;
    practice.stage(&token, "drafts", vec![voucher("b"), voucher("c")]).await.unwrap();
    let committed = practice.commit(&token, "D-40001").await.unwrap().json();
    let (journal, records) = (practice.journal().await, practice.get("/v1/expenses").await.text);
    practice.sandbox.stop().await;

    let practice = Practice::with(options).await;
    let again = practice.post_vouchers(&token, "k", vec![voucher("a")]).await.unwrap();
    assert_eq!((again.header("idempotency-replayed"), &again.text), ("true", &first.text));
    assert_eq!(practice.journal().await[..journal.len()], journal);
    assert_eq!(practice.get("/v1/expenses").await.text, records);
    assert_eq!(practice.get("/admin/clock").await.json()["shift_seconds"], 30);
    assert_eq!(practice.get("/admin/closed-through").await.json()["date"], "2026-09-30");
    practice.set_faults(json!({"drafts": "on"})).await;
    let again = practice.commit(&token, "D-40001").await.unwrap().json();
    assert_eq!((&again["status"], &again["voucher_id"]), (&json!("exists"), &committed["voucher_id"]));
    assert_eq!(practice.find_drafts("c").await.len(), 1);
    let held = practice.post("/v1/locks/export", lock_wish("r2")).await;
    assert_eq!(held.json()["lock"]["holder"]["run_id"], "r1");
    practice.shift_clock(120).await;
    let granted = practice.post("/v1/locks/export", lock_wish("r2")).await.json();
    assert_eq!(granted["fence"], 2);
}

#[tokio::test]
async fn a_temporary_store_is_gone_after_the_stop() {
    let practice = Practice::new().await;
    practice.lock().await;
    practice.sandbox.stop().await;
    let practice = Practice::new().await;
    assert_eq!(practice.post("/v1/locks/export", lock_wish("r")).await.json()["fence"], 1);
}

#[tokio::test]
async fn two_sandboxes_do_not_open_the_same_store() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { store: Some(folder.path().join("books.sqlite")), ..Options::default() };
    let first = start(options.clone()).await.unwrap();
    let refused = start(options.clone()).await.unwrap_err();
    assert!(matches!(refused, SandboxError::StoreInUse { .. }), "{refused}");
    assert!(refused.to_string().contains("books.sqlite"), "{refused}");
    first.stop().await;
    start(options).await.unwrap().stop().await;
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let first = start(Options::default()).await.unwrap();
    let refused = start(Options { address: first.address(), ..Options::default() }).await.unwrap_err();
    let sentence = refused.to_string();
    assert!(sentence.contains(&format!("port {}", first.address().port())), "{sentence}");
    first.stop().await;
}

#[tokio::test]
async fn a_file_that_is_no_store_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    let letter = "Dear accountant, ".repeat(500);
    std::fs::write(&path, &letter).unwrap();
    let refused = start(Options { store: Some(path.clone()), ..Options::default() }).await.unwrap_err();
    assert!(matches!(refused, SandboxError::StoreUnreadable { .. }), "{refused}");
    assert_eq!(std::fs::read_to_string(path).unwrap(), letter);
}

#[tokio::test]
async fn the_books_of_an_older_release_are_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.sqlite");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../../src/store/sql/create_schema.sql")).unwrap();
    old.execute_batch(
        "PRAGMA user_version = 1;
         INSERT INTO witnesses VALUES ('ledger-1', 3, 'sha256:a', 'kari', 'desk', 1000);
         INSERT INTO vouchers (reference, content_hash, date, currency, text, lines, total_minor, created_at,
             created_by, fence) VALUES ('a', x'00', '2026-10-31', 'NOK', '', '[]', 41200, 1000, 'kari', 1);",
    )
    .unwrap();
    drop(old);
    let practice = Practice::with(Options { store: Some(path), ..Options::default() }).await;
    practice.set_faults(json!({"drafts": "on"})).await;
    assert_eq!(practice.find("a").await[0]["reversed_by"], json!(null));
    assert_eq!(practice.get("/v1/witnesses").await.json()["witnesses"][0]["signature"], json!(null));
    let token = practice.lock().await;
    assert_eq!(practice.stage_one(&token, "k", voucher("b")).await["status"], "staged");
}

#[tokio::test]
async fn the_books_of_a_newer_release_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.sqlite");
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 7").unwrap();
    let refused = start(Options { store: Some(path), ..Options::default() }).await.unwrap_err();
    assert!(matches!(refused, SandboxError::StoreNewer { found: 7, known: 6, .. }), "{refused}");
}

#[tokio::test]
async fn wrong_switches_and_records_are_named_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let faults = folder.path().join("faults.toml");
    std::fs::write(&faults, "seed = 1\nunique_refs = \"off\"\n").unwrap();
    let refused = start(Options { faults: Some(faults), ..Options::default() }).await.unwrap_err().to_string();
    assert!(refused.contains("faults.toml, line 2: unknown field `unique_refs`"), "{refused}");
    let records = folder.path().join("records.csv");
    std::fs::write(&records, "Utleggsnr;Dato\n").unwrap();
    let refused = start(Options { records: Some(records), ..Options::default() }).await.unwrap_err().to_string();
    assert!(refused.contains("records.csv, line 1: the column 'Godkjent' is missing"), "{refused}");
}
