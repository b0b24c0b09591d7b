//! Tests the export lock: one at a time, fences that only grow, and witnesses that only move forward.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Call, Practice, lock_wish, voucher};

#[tokio::test]
async fn a_refused_client_sees_the_holder_of_the_lock_and_its_run() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let progress = json!({"ttl_seconds": 60, "progress": {"processed": 120, "total": 900}});
    let renewed = Call::new(Method::PUT, "/v1/locks/export").json(&progress).with("Lock-Token", &token);
    assert_eq!(practice.send(renewed).await.unwrap().status, StatusCode::OK);
    let refused = practice.post("/v1/locks/export", lock_wish("r2")).await;
    assert_eq!((refused.status, refused.problem().as_str()), (StatusCode::LOCKED, "locked"));
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    let lock = &refused.json()["lock"];
    assert_eq!(lock["holder"], json!({"user": "kari", "host": "desk", "run_id": "r1", "name": "Kari Nordmann"}));
    assert_eq!(lock["progress"], json!({"processed": 120, "total": 900}));
    assert!(!refused.text.contains(&token), "the token is never shown");
    let mut shown = practice.get("/v1/locks/export").await.json();
    assert!(shown["now"].as_str() >= lock["now"].as_str() && lock["now"].is_string(), "each answer has its own time");
    shown["now"] = lock["now"].clone();
    assert_eq!(&shown, lock);
}

#[tokio::test]
async fn an_expired_lock_may_be_taken_over_and_its_holder_learns_it() {
    let practice = Practice::new().await;
    let old = practice.lock().await;
    practice.shift_clock(61).await;
    assert_eq!(practice.get("/v1/locks/export").await.status, StatusCode::NOT_FOUND);
    let new = practice.lock().await;
    let renewal = Call::new(Method::PUT, "/v1/locks/export").json(&json!({"ttl_seconds": 60}));
    let renewal = practice.send(renewal.with("Lock-Token", &old)).await.unwrap();
    assert_eq!((renewal.status, renewal.problem().as_str()), (StatusCode::PRECONDITION_FAILED, "lock-lost"));
    let late = practice.post_vouchers(&old, "late", vec![voucher("late")]).await.unwrap();
    assert_eq!((late.status, late.problem().as_str()), (StatusCode::PRECONDITION_FAILED, "lock-lost"));
    assert!(practice.find("late").await.is_empty());
    assert_eq!(practice.post_one(&new, "new", voucher("new")).await["status"], "created");
}

#[tokio::test]
async fn an_expired_lock_that_nobody_took_can_still_be_renewed() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.shift_clock(61).await;
    let renewal = Call::new(Method::PUT, "/v1/locks/export").json(&json!({"ttl_seconds": 60}));
    let renewal = practice.send(renewal.with("Lock-Token", &token)).await.unwrap();
    assert_eq!(renewal.status, StatusCode::OK);
    assert_eq!(practice.get("/v1/locks/export").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_lock_goes_to_one_of_many_clients_that_ask_at_once() {
    let practice = Practice::new().await;
    let wishes = (0..16).map(|_| practice.post("/v1/locks/export", lock_wish("r")));
    let answers = futures_util::future::join_all(wishes).await;
    let granted = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!(granted, 1);
}

#[tokio::test]
async fn fences_grow_after_each_end_of_a_lock() {
    let practice = Practice::new().await;
    let mut fences = Vec::new();
    for end in ["release", "break", "expire", "release"] {
        let granted = practice.post("/v1/locks/export", lock_wish("r")).await.json();
        fences.push(granted["fence"].as_i64().unwrap());
        match end {
            "release" => {
                let token = granted["token"].as_str().unwrap();
                let release = Call::new(Method::DELETE, "/v1/locks/export").with("Lock-Token", token);
                assert_eq!(practice.send(release).await.unwrap().status, StatusCode::NO_CONTENT);
            }
            "break" => {
                let broken = practice.post("/v1/locks/export/break", json!({"reason": "it hangs"})).await;
                assert_eq!(broken.status, StatusCode::OK);
            }
            _ => practice.shift_clock(61).await,
        }
    }
    assert!(fences.is_sorted_by(|left, right| left < right), "{fences:?}");
}

#[tokio::test]
async fn a_broken_lock_writes_nothing_more_and_its_reason_is_kept() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let other = practice.post("/v1/locks/export/break", json!({"reason": "it is dead", "run_id": "another-run"})).await;
    assert_eq!(other.status, 404, "another run's lock is left in peace");
    let without = practice.post("/v1/locks/export/break", json!({})).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    practice.post("/v1/locks/export/break", json!({"reason": "the machine is gone"})).await;
    let late = practice.post_vouchers(&token, "late", vec![voucher("late")]).await.unwrap();
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let journal = practice.journal().await;
    let broken = journal.iter().find(|entry| entry["event"] == "lock_broken").unwrap();
    assert_eq!(broken["detail"]["reason"], "the machine is gone");
    assert_eq!(broken["fence"], 1);
}

#[tokio::test]
async fn a_witness_never_moves_back() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let put = async |entries: u64, head: &str| {
        let body = json!({"entries": entries, "head": head, "written_by": {"user": "kari", "host": "desk"}});
        let call = Call::new(Method::PUT, "/v1/witnesses/ledger-1").json(&body).with("Lock-Token", &token);
        practice.send(call).await.unwrap()
    };
    assert_eq!(put(10, "sha256:a").await.status, StatusCode::NO_CONTENT);
    assert_eq!(put(10, "sha256:a").await.status, StatusCode::NO_CONTENT);
    for (entries, head) in [(9, "sha256:a"), (10, "sha256:b")] {
        let behind = put(entries, head).await;
        assert_eq!((behind.status, behind.problem().as_str()), (StatusCode::CONFLICT, "witness-ahead"));
        assert_eq!(behind.json()["witness"]["head"], "sha256:a");
    }
    assert_eq!(put(11, "sha256:b").await.status, StatusCode::NO_CONTENT);
    assert_eq!(practice.get("/v1/witnesses/ledger-1").await.json()["entries"], 11);
    assert_eq!(practice.get("/v1/witnesses/ledger-2").await.status, StatusCode::NOT_FOUND);
    let (mut heads, mut query) = (Vec::new(), String::new());
    loop {
        let page = practice.get(&format!("/v1/witnesses/ledger-1/history?limit=2{query}")).await.json();
        heads.extend(page["witnesses"].as_array().unwrap().iter().map(|one| one["head"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        query = format!("&cursor={next}");
    }
    assert_eq!(heads, ["sha256:a", "sha256:a", "sha256:b"], "none that was taken is gone");
}

#[tokio::test]
async fn witnesses_are_listed_with_signatures_and_can_disappear() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let put = async |ledger: &str, body: Value| {
        let path = format!("/v1/witnesses/{ledger}");
        practice.send(Call::new(Method::PUT, &path).json(&body).with("Lock-Token", &token)).await.unwrap()
    };
    let plain = json!({"entries": 3, "head": "sha256:b", "written_by": {"user": "ola", "host": "laptop"}});
    let mut signed = json!({"entries": 10, "head": "sha256:a", "written_by": {"user": "kari", "host": "desk"}});
    (signed["signature"], signed["public_key"]) = ("c2lnbmF0dXJl".into(), "a2V5".into());
    put("ledger-2", plain).await;
    assert_eq!(put("ledger-1", signed.clone()).await.status, StatusCode::NO_CONTENT);
    let mut listed = practice.get("/v1/witnesses").await.json()["witnesses"].clone();
    for one in listed.as_array_mut().unwrap() {
        assert!(one["written_at"].take().is_string());
    }
    assert_eq!(
        listed,
        json!([
            {
                "ledger_id": "ledger-1", "entries": 10, "head": "sha256:a", "signature": "c2lnbmF0dXJl",
                "public_key": "a2V5", "written_by": {"user": "kari", "host": "desk"}, "written_at": null,
            },
            {
                "ledger_id": "ledger-2", "entries": 3, "head": "sha256:b", "signature": null,
                "public_key": null, "written_by": {"user": "ola", "host": "laptop"}, "written_at": null,
            },
        ])
    );
    signed["signature"] = "x".repeat(5000).into();
    assert_eq!(put("ledger-1", signed).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_FOUND] {
        let forgotten = practice.send(Call::new(Method::DELETE, "/admin/witnesses/ledger-1")).await.unwrap();
        assert_eq!(forgotten.status, status);
    }
    assert_eq!(practice.get("/v1/witnesses/ledger-1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_journal_has_the_holder_of_the_lock_at_each_write() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.post_one(&token, "k", voucher("a")).await;
    practice.post_vouchers("unknown", "k2", vec![voucher("b")]).await.unwrap();
    let journal = practice.journal().await;
    let events: Vec<_> = journal
        .iter()
        .map(|entry| (entry["event"].as_str().unwrap(), entry["fence"].as_i64(), entry["detail"]["status"].as_i64()))
        .collect();
    let written = ("voucher_write", Some(1), Some(200));
    assert_eq!(events, [("lock_granted", Some(1), None), written, ("voucher_write", None, Some(412))]);
}

#[tokio::test]
async fn a_run_that_may_not_know_of_its_end_is_named_for_a_life() {
    let practice = Practice::new().await;
    let named = |answer: &Value| answer["unaware"].as_array().expect("a list").clone();
    let wish = |run: &'static str| practice.post("/v1/locks/export", lock_wish(run));
    assert_eq!(named(&wish("r1").await.json()), Vec::<Value>::new());
    practice.post("/v1/locks/export/break", json!({"reason": "it looked dead"})).await;
    let second = wish("r2").await.json();
    assert_eq!(named(&second), [json!({"run_id": "r1", "ttl_seconds": 60})]);
    // Giving back is no end that its holder does not know of.
    let token = second["token"].as_str().expect("a token").to_owned();
    practice.send(Call::new(Method::DELETE, "/v1/locks/export").with("Lock-Token", &token)).await.unwrap();
    assert_eq!(named(&wish("r3").await.json()).len(), 1, "the first run's lock lived for a minute");
    practice.shift_clock(61).await;
    assert_eq!(named(&wish("r4").await.json()), [json!({"run_id": "r3", "ttl_seconds": 60})], "it ran out");
    practice.shift_clock(200).await;
    practice.set_faults(json!({"says_who_is_unaware": "off"})).await;
    assert_eq!(wish("r5").await.json()["unaware"], Value::Null);
}

#[tokio::test]
async fn a_lock_is_granted_for_no_longer_than_the_server_wants() {
    let practice = Practice::new().await;
    practice.set_faults(json!({"ttl_seconds_max": 6})).await;
    let seconds = |lock: &Value, from: &str| {
        let at = |name: &str| lock[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        (at("expires_at") - at(from)).num_seconds()
    };
    let granted = practice.post("/v1/locks/export", lock_wish("r1")).await.json();
    assert_eq!(seconds(&granted, "acquired_at"), 6);
    let token = granted["token"].as_str().unwrap().to_owned();
    let renewal = Call::new(Method::PUT, "/v1/locks/export").json(&json!({"ttl_seconds": 60}));
    let renewed = practice.send(renewal.with("Lock-Token", &token)).await.unwrap().json();
    assert_eq!(seconds(&renewed, "renewed_at"), 6);
}
