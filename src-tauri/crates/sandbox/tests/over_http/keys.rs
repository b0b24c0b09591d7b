//! Tests idempotency keys: the first answer again, for as many hours as the server says.

use reqwest::StatusCode;
use serde_json::json;

use crate::client::{Practice, lock_wish, voucher};

const DAY_SECONDS: i64 = 24 * 3600;

#[tokio::test]
async fn the_same_request_gets_its_first_answer_again() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let first = practice.post_vouchers(&token, "k", vec![voucher("a")]).await.unwrap();
    let again = practice.post_vouchers(&token, "k", vec![voucher("a")]).await.unwrap();
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!(again.text, first.text);
    assert_eq!(practice.stats().await["vouchers"], 1);
}

#[tokio::test]
async fn a_key_is_not_for_two_requests() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.post_one(&token, "k", voucher("a")).await;
    let other = practice.post_vouchers(&token, "k", vec![voucher("b")]).await.unwrap();
    assert_eq!((other.status, other.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused"));
    assert!(practice.find("b").await.is_empty());
}

#[tokio::test]
async fn a_replay_is_answered_although_its_period_was_closed_since() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let first = practice.post_one(&token, "k", voucher("a")).await;
    practice.put("/admin/closed-through", json!({"date": "2026-10-31"})).await;
    assert_eq!(practice.post_one(&token, "k", voucher("a")).await, first);
    assert_eq!(practice.post_one(&token, "k2", voucher("a")).await["status"], "exists");
    assert_eq!(practice.post_one(&token, "k3", voucher("b")).await["status"], "refused");
}

#[tokio::test]
async fn a_replay_under_a_lost_lock_is_refused() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.post_one(&token, "k", voucher("a")).await;
    practice.shift_clock(61).await;
    let new = practice.lock().await;
    let replay = practice.post_vouchers(&token, "k", vec![voucher("a")]).await.unwrap();
    assert_eq!(replay.status, StatusCode::PRECONDITION_FAILED);
    let replay = practice.post_vouchers(&new, "k", vec![voucher("a")]).await.unwrap();
    assert_eq!(replay.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let practice = Practice::new().await;
    practice.set_faults(json!({"unique_references": "off"})).await;
    let mut wish = lock_wish("r");
    wish["ttl_seconds"] = 3600.into();
    let token = practice.post("/v1/locks/export", wish).await.json()["token"].as_str().unwrap().to_owned();
    practice.post_one(&token, "k", voucher("a")).await;
    practice.shift_clock(DAY_SECONDS - 60).await;
    practice.post_one(&token, "k", voucher("a")).await;
    assert_eq!(practice.find("a").await.len(), 1);
    practice.shift_clock(DAY_SECONDS + 60).await;
    practice.post_one(&token, "k", voucher("a")).await;
    assert_eq!(practice.find("a").await.len(), 2);
}

#[tokio::test]
async fn a_key_executes_afresh_after_the_hours_that_the_server_says() {
    let practice = Practice::new().await;
    let of_hours = |hours: u16| json!({"unique_references": "off", "checks_fence": "off", "drafts": "on", "idempotency_key_hours": hours});
    practice.set_faults(of_hours(2)).await;
    assert_eq!(practice.get("/v1/me").await.json()["capabilities"]["idempotency_key_hours"], 2);
    let both = async || {
        practice.post_one("any", "posted", voucher("a")).await;
        practice.stage_one("any", "staged", voucher("b")).await;
        (practice.find("a").await.len(), practice.find_drafts("b").await.len())
    };
    assert_eq!(both().await, (1, 1));
    // A key keeps the life it began with.
    practice.set_faults(of_hours(1)).await;
    practice.shift_clock(2 * 3600 - 60).await;
    assert_eq!(both().await, (1, 1));
    practice.shift_clock(2 * 3600 + 1).await;
    assert_eq!(both().await, (2, 2));
    let other = practice.post_vouchers("any", "posted", vec![voucher("c")]).await.unwrap();
    assert_eq!(other.problem(), "idempotency-key-reused", "the key has a second life");
    practice.shift_clock(3 * 3600 + 60).await;
    practice.post_one("any", "posted", voucher("c")).await;
    practice.set_faults(of_hours(0)).await;
    assert_eq!(practice.get("/v1/me").await.json()["capabilities"]["idempotency_key_hours"], 0);
    practice.post_one("any", "posted", voucher("c")).await;
    assert_eq!(practice.find("c").await.len(), 2);
}

#[tokio::test]
async fn a_second_request_is_asked_to_wait_while_the_first_runs() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.set_faults(json!({"faults": [{"kind": "hold", "remaining": 1}]})).await;
    let post = || practice.post_vouchers(&token, "k", vec![voucher("a")]);
    let (first, second) = tokio::join!(post(), async {
        practice.until_held(&["vouchers"]).await;
        let second = post().await;
        practice.let_go("").await;
        second
    });
    let answers = [first.unwrap(), second.unwrap()];
    assert_eq!((answers[0].status, answers[1].status), (StatusCode::OK, StatusCode::CONFLICT));
    assert_eq!((answers[1].problem().as_str(), answers[1].header("retry-after")), ("in-progress", "1"));
}

#[tokio::test]
async fn a_repeat_is_a_second_voucher_without_keys_and_uniqueness() {
    let practice = Practice::new().await;
    practice.set_faults(json!({"unique_references": false, "idempotency_keys": false})).await;
    let token = practice.lock().await;
    for _ in 0..2 {
        assert_eq!(practice.post_one(&token, "k", voucher("a")).await["status"], "created");
    }
    let stats = practice.stats().await;
    assert_eq!((&stats["duplicates"], &stats["vouchers"]), (&json!(1), &json!(2)));
    let capabilities = practice.get("/v1/me").await.json()["capabilities"].clone();
    assert_eq!(capabilities["unique_references"], false);
    assert_eq!(capabilities["idempotency_key_hours"], 0);
}
