//! Tests counter-vouchers: which answers count as a success, and which as a refusal.

use super::super::reversal;
use super::writes::{TestLease, reverse};
use super::*;
use crate::accounting::reversal::WantedReversal;

fn counter(status: &str) -> Value {
    json!({"reference": "a#", "status": status, "voucher_id": "V-2", "number": "2", "reverses": "V-1"})
}

async fn reversed(status: u16, answer: Value) -> Result<VoucherResult, CallError> {
    let (_server, open) = answering(status, answer).await;
    reverse(&open, &TestLease::held(), "V-1").await
}

#[tokio::test]
async fn counter_voucher_is_made_once_and_found_again() {
    let made = reversed(200, counter("created")).await;
    assert!(matches!(&made, Ok(VoucherResult::Created(made)) if made.voucher_id == "V-2"), "{made:?}");
    let found = reversed(200, counter("exists")).await;
    assert!(matches!(&found, Ok(VoucherResult::Exists(made)) if made.voucher_id == "V-2"), "{found:?}");
}

#[tokio::test]
async fn success_that_is_not_about_this_voucher_is_unknown() {
    let with = |member: &str, value: Value| {
        let mut answer = counter("created");
        answer[member] = value;
        answer
    };
    for answer in [
        with("reference", json!("a")),
        with("reference", Value::Null),
        with("reverses", json!("V-3")),
        with("reverses", json!("V-2")),
        with("reverses", Value::Null),
        with("voucher_id", json!("V-1")),
        with("voucher_id", json!("")),
        with("voucher_id", json!("V\n2")),
        with("status", json!("reversed")),
        with("state", json!("voided")),
        json!({"results": [counter("created")]}),
    ] {
        let seen = reversed(200, answer.clone()).await;
        assert!(matches!(seen, Err(CallError::Unknown(_))), "{answer}: {seen:?}");
    }
}

#[tokio::test]
async fn reversal_is_refused_with_the_voucher_that_is_in_the_way() {
    let kinds = ["already-reversed", "not-reversible", "closed-period", "reference-conflict", "bad-date", "invalid"];
    for (status, kind) in kinds.map(|kind| (422, kind)).into_iter().chain([(404, "not-found")]) {
        let body = json!({"type": format!("x/{kind}"), "title": "No", "detail": "Not so", "voucher_id": "V-7"});
        let seen = reversed(status, body).await;
        assert!(
            matches!(&seen, Ok(VoucherResult::Refused { refusal, voucher_id: Some(id) })
                if refusal.kind == kind && refusal.detail == "Not so" && id == "V-7"),
            "{kind}: {seen:?}"
        );
    }
    let odd = reversed(422, json!({"type": "x/already-reversed", "detail": "Not so", "voucher_id": 7})).await;
    assert!(matches!(odd, Ok(VoucherResult::Refused { voucher_id: None, .. })), "{odd:?}");
    let refusal = json!({"type": "x/closed-period", "title": "Closed", "detail": "Closed"});
    let in_a_result = reversed(200, json!({"reference": "a#", "status": "refused", "problem": refusal})).await;
    assert!(matches!(in_a_result, Ok(VoucherResult::Refused { .. })), "{in_a_result:?}");
}

#[tokio::test]
async fn answer_about_something_else_is_no_refusal_of_the_voucher() {
    let key_reused = reversed(422, json!({"type": "x/idempotency-key-reused", "title": "Reused", "detail": "…"})).await;
    assert!(
        matches!(key_reused, Err(CallError::Unknown(_))),
        "what came of the other body is not reported: {key_reused:?}"
    );
    let elsewhere = reversed(404, json!({"type": "about:blank", "title": "No such address"})).await;
    assert!(matches!(elsewhere, Err(CallError::Unknown(_))), "anybody may say so: {elsewhere:?}");
}

#[tokio::test]
async fn reason_is_cut_to_the_protocols_length_and_always_alike() {
    let (server, open) = answering(200, counter("created")).await;
    let (key, reference) = (RequestKey::new("k"), Reference::from_stored("a#"));
    let date = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a date");
    let reason = "grunn ".repeat(100);
    for _ in 0..2 {
        let asked = WantedReversal { key: &key, voucher_id: "V-1", reference: &reference, date, reason: &reason };
        reversal::reverse(&open, &TestLease::held(), asked).await.expect("it is made");
    }
    let sent = server.received_requests().await.expect("recorded");
    assert_eq!(sent[0].body, sent[1].body);
    let body: Value = sent[0].body_json().expect("JSON");
    let chars = body["reason"].as_str().expect("a text").chars().count();
    assert!((250..=255).contains(&chars), "{chars}");
}
