//! Tests the admin calls.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Call, Practice, voucher};

#[tokio::test]
async fn faults_are_put_read_and_cleared() {
    let practice = Practice::new().await;
    practice.set_faults(json!({"seed": 9, "faults": [{"kind": "html", "probability": 0.5}]})).await;
    let shown = practice.get("/admin/faults").await.json();
    assert_eq!((&shown["seed"], &shown["faults"][0]["paths"]), (&json!(9), &json!(["vouchers"])));
    let cleared = practice.send(Call::new(Method::DELETE, "/admin/faults")).await.unwrap();
    assert_eq!(cleared.status, StatusCode::NO_CONTENT);
    assert_eq!(practice.get("/admin/faults").await.json()["faults"], json!([]));
}

#[tokio::test]
async fn switches_that_do_not_exist_are_refused_by_name() {
    let practice = Practice::new().await;
    for (body, word) in [
        (json!({"uniqe_references": false}), "uniqe_references"),
        (json!({"faults": [{"kind": "explode"}]}), "explode"),
        (json!({"faults": [{"kind": "html", "megabytes": 1}]}), "Fault 1: megabytes"),
    ] {
        let refused = practice.put("/admin/faults", body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(word), "{refused:?}");
    }
}

#[tokio::test]
async fn the_figures_count_what_is_in_the_books() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.post_vouchers(&token, "k", vec![voucher("a"), voucher("b")]).await.unwrap();
    let stats = practice.stats().await;
    assert_eq!((&stats["vouchers"], &stats["distinct_references"]), (&json!(2), &json!(2)));
    assert_eq!(stats["duplicate_references"], json!([]));
    assert_eq!(stats["sums"], json!([{"currency": "NOK", "vouchers": 2, "total": "824.00"}]));
    assert_eq!((&stats["requests"], &stats["voucher_requests"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn a_voucher_can_be_made_to_disappear() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let made = practice.post_one(&token, "k", voucher("a")).await;
    let path = format!("/admin/vouchers/{}", made["voucher_id"].as_str().unwrap());
    assert_eq!(practice.get(&path).await.json()["lines"][1]["party"], "PM-0031");
    practice.send(Call::new(Method::DELETE, &path)).await.unwrap();
    assert_eq!(practice.get(&path).await.status, StatusCode::NOT_FOUND);
    assert!(practice.find("a").await.is_empty());
}

#[tokio::test]
async fn a_person_writes_in_the_books_by_hand_beside_what_is_there() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.post_one(&token, "k", voucher("a")).await;
    practice.put("/admin/closed-through", json!({"date": "2026-12-31"})).await;
    let mut other = voucher("a");
    other["lines"][0]["amount"] = "500.00".into();
    other["lines"][1]["amount"] = "-500.00".into();
    let written = practice.post("/admin/vouchers", other).await;
    assert_eq!(written.status, StatusCode::CREATED);
    let written = written.json();
    assert_eq!((&written["voucher_id"], &written["total"]), (&json!("V-90002"), &json!("500.00")));
    assert_eq!((&written["created_by"], &written["fence"]), (&json!("accountant"), &json!(0)));
    assert_eq!(practice.find("a").await.len(), 2);
    practice.post("/admin/vouchers/V-90001/void", Value::Null).await;
    let all = practice.get("/admin/vouchers?reference=a").await.json();
    let states = all["vouchers"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap());
    assert_eq!(states.collect::<Vec<_>>(), ["voided", "posted"]);
    assert_eq!(all["vouchers"][1], written);
    assert_eq!(practice.get("/admin/vouchers?reference=nobody").await.json(), json!({"vouchers": []}));
    assert_eq!(practice.get("/admin/vouchers").await.status, StatusCode::BAD_REQUEST);
    let journal = practice.journal().await;
    assert_eq!(journal.last().unwrap()["event"], "voucher_by_hand");
}

#[tokio::test]
async fn a_voucher_by_hand_is_a_right_voucher_all_the_same() {
    let practice = Practice::new().await;
    let mut unbalanced = voucher("a");
    unbalanced["lines"][0]["amount"] = "1.00".into();
    for (body, code) in [(unbalanced, "unbalanced"), (json!({"reference": "a"}), "invalid"), (json!([]), "invalid")] {
        let refused = practice.post("/admin/vouchers", body).await;
        assert_eq!((refused.status, refused.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, code));
    }
    assert_eq!(practice.stats().await["vouchers"], 0);
}

#[tokio::test]
async fn the_document_is_served_and_unknown_addresses_are_problems() {
    let practice = Practice::new().await;
    assert_eq!(practice.get("/openapi.json").await.json()["openapi"], "3.1.0");
    let unknown = practice.get("/v2/me").await;
    assert_eq!((unknown.status, unknown.problem().as_str()), (StatusCode::NOT_FOUND, "not-found"));
    let wrong = practice.put("/v1/me", Value::Null).await;
    assert_eq!((wrong.status, wrong.problem().as_str()), (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed"));
}
