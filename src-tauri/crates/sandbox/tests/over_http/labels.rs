//! Tests labels: one for each code, ids that never come again, and a server without a lock that looks at no token.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Call, Practice, lock_wish, voucher};

async fn without_lock() -> Practice {
    let practice = Practice::new().await;
    practice.set_faults(json!({"export_lock": "off", "checks_fence": "on"})).await;
    practice
}

async fn make(practice: &Practice, text: &str) -> Value {
    let made = practice.post("/v1/labels", json!({"code": "export", "text": text})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    made.json()
}

fn by_id(label: &Value) -> String {
    format!("/v1/labels/by-id/{}", label["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_label_is_made_once_when_eight_clients_try_together() {
    let practice = without_lock().await;
    let wishes = (0..8).map(|of| practice.post("/v1/labels", json!({"code": "export", "text": format!("{of}")})));
    let answers = futures_util::future::join_all(wishes).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count(), 1);
    let refused = answers.iter().find(|answer| answer.status != StatusCode::CREATED).unwrap();
    assert_eq!((refused.status, refused.problem().as_str()), (StatusCode::CONFLICT, "label-exists"));
}

#[tokio::test]
async fn a_label_has_the_time_of_its_last_write_and_of_the_server() {
    let practice = without_lock().await;
    let made = make(&practice, "kari").await;
    practice.shift_clock(90).await;
    let seen = practice.get("/v1/labels/export").await.json();
    assert_eq!((&seen["text"], &seen["written_at"]), (&json!("kari"), &made["written_at"]));
    assert!(seen["now"].as_str() > seen["written_at"].as_str());
    let written = practice.put(&by_id(&made), json!({"text": "kari"})).await.json();
    assert!(written["written_at"].as_str() >= seen["now"].as_str(), "also where the text is the same");
}

#[tokio::test]
async fn a_label_id_is_never_given_twice_so_late_writes_meet_nothing() {
    let practice = without_lock().await;
    let first = make(&practice, "kari").await;
    let delete = || practice.send(Call::new(Method::DELETE, "/v1/labels/by-id/L-1"));
    assert_eq!(delete().await.unwrap().status, StatusCode::NO_CONTENT);
    let second = make(&practice, "ola").await;
    assert_ne!(first["id"], second["id"]);
    let late = practice.put(&by_id(&first), json!({"text": "kari"})).await;
    assert_eq!((late.status, late.problem().as_str()), (StatusCode::NOT_FOUND, "label-unknown"));
    assert_eq!(delete().await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(practice.get("/v1/labels/export").await.json()["text"], "ola");
}

#[tokio::test]
async fn a_server_without_a_lock_says_so_and_looks_at_no_token() {
    let practice = without_lock().await;
    let capabilities = practice.get("/v1/me").await.json()["capabilities"].clone();
    let named = ["export_lock", "labels", "checks_fence"].map(|name| capabilities[name] == true);
    assert_eq!(named, [false, true, false], "without a lock there is no fence either");
    assert_eq!(practice.post("/v1/locks/export", lock_wish("r1")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(practice.get("/v1/locks/export").await.status, StatusCode::NOT_FOUND);
    assert_eq!(practice.post_one("whatever", "k1", voucher("a")).await["status"], "created");
    let body = json!({"vouchers": [voucher("b")]});
    let bare = Call::new(Method::POST, "/v1/vouchers").json(&body).with("Idempotency-Key", "k2");
    assert_eq!(practice.send(bare).await.unwrap().status, StatusCode::OK);
}

#[tokio::test]
async fn the_journal_has_each_label_and_the_token_of_each_write() {
    let practice = without_lock().await;
    let made = make(&practice, "kari").await;
    practice.put(&by_id(&made), json!({"text": "kari, still"})).await;
    practice.post_one("token", "k1", voucher("a")).await;
    practice.send(Call::new(Method::DELETE, &by_id(&made))).await.unwrap();
    let journal = practice.get("/admin/journal").await.json();
    let entries = journal["entries"].as_array().unwrap();
    let events: Vec<_> = entries.iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["label_created", "label_updated", "voucher_write", "label_deleted"]);
    assert_eq!(entries[1]["detail"], json!({"label_id": made["id"], "code": "export", "text": "kari, still"}));
    assert_eq!(entries[2]["detail"]["lock_token"], "token");
}

#[tokio::test]
async fn faults_for_the_lock_hit_labels_too() {
    let practice = without_lock().await;
    let fault = json!({"kind": "cut_after_commit", "paths": ["lock"], "remaining": 1});
    practice.set_faults(json!({"export_lock": "off", "faults": [fault]})).await;
    let wish = json!({"code": "export", "text": "kari"});
    assert!(practice.send(Call::new(Method::POST, "/v1/labels").json(&wish)).await.is_err());
    assert_eq!(practice.get("/v1/labels/export").await.json()["text"], "kari", "it was made all the same");
}

#[tokio::test]
async fn labels_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options =
        || postonce_sandbox::Options { store: Some(folder.path().join("books.sqlite")), ..Default::default() };
    let practice = Practice::with(options()).await;
    practice.set_faults(json!({"export_lock": "off"})).await;
    let made = make(&practice, "kari").await;
    practice.sandbox.stop().await;
    let practice = Practice::with(options()).await;
    practice.set_faults(json!({"export_lock": "off"})).await;
    assert_eq!(practice.get("/v1/labels/export").await.json()["id"], made["id"]);
}
