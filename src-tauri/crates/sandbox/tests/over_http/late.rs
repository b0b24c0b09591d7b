//! Tests requests that take effect after their client gave up: the danger that every rule about unknown outcomes is
//! for.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Call, Practice, voucher};

/// The delay after which a request takes effect when its client is gone.
const DELAY_MS: i64 = 300;

/// The calls that write to the books: the path of their faults, and the journal's word for them.
const CALLS: [(&str, &str); 4] = [
    ("vouchers", "voucher_write"),
    ("draft_stage", "draft_write"),
    ("draft_commit", "draft_commit"),
    ("reversals", "reversal_write"),
];

/// Prepares books with a voucher to reverse and a draft to commit, and one fault that makes the next such call late.
async fn before(kind: &str, path: &str) -> (Practice, String) {
    let practice = Practice::new().await;
    practice.set_faults(json!({"drafts": "on"})).await;
    let token = practice.lock().await;
    practice.post_one(&token, "prepared", voucher("prepared")).await;
    practice.stage_one(&token, "staged", voucher("staged")).await;
    let fault = json!({"kind": kind, "delay_ms": DELAY_MS, "paths": [path], "remaining": 1});
    practice.set_faults(json!({"drafts": "on", "faults": [fault]})).await;
    (practice, token)
}

/// Makes the call of that path, which nobody answers, waits for `enough`, and hangs up.
async fn give_up<T>(practice: &Practice, token: &str, path: &str, enough: impl Future<Output = T>) -> T {
    let vouchers = json!({"vouchers": [voucher("late")]});
    let reversal = json!({"reference": "late", "date": "2026-11-01", "reason": "a test"});
    let (address, body) = match path {
        "vouchers" => ("/v1/vouchers", vouchers),
        "draft_stage" => ("/v1/drafts", vouchers),
        "draft_commit" => ("/v1/drafts/D-40001/commit", json!({})),
        _ => ("/v1/vouchers/V-90001/reversal", reversal),
    };
    let call = Call::new(Method::POST, address).json(&body).with("Lock-Token", token).with("Idempotency-Key", "late");
    let mut enough = std::pin::pin!(enough);
    tokio::select! {
        answer = practice.send(call) => assert!(answer.is_err(), "{path} was answered: {answer:?}"),
        enough = &mut enough => return enough,
    }
    enough.await
}

/// Waits for the fault and returns when it fired.
async fn until_fault(practice: &Practice) -> DateTime<Utc> {
    instant(&until(practice, |entry| entry["event"] == "fault").await["at"])
}

/// Waits until twice the delay after the fault, and returns when the fault fired.
async fn until_long_after_fault(practice: &Practice) -> DateTime<Utc> {
    let long_after = until_fault(practice).await + delay() * 2;
    loop {
        let now = instant(&practice.get("/admin/clock").await.json()["now"]);
        if now > long_after {
            return now;
        }
    }
}

/// Waits for an event; it happens by itself, after its time.
async fn until(practice: &Practice, is_it: impl Fn(&Value) -> bool) -> Value {
    let seen = async || practice.journal().await.iter().find(|entry| is_it(entry)).cloned();
    practice.until("an event of the journal", seen).await
}

/// Matches the write of this kind and status that is not one of the preparation's.
fn is_late(event: &str, status: u64) -> impl Fn(&Value) -> bool {
    move |entry| {
        let is_prepared = entry["detail"]["key"].as_str().is_some_and(|key| key != "late");
        entry["event"] == event && entry["detail"]["status"] == status && !is_prepared
    }
}

fn instant(text: &Value) -> DateTime<Utc> {
    text.as_str().unwrap().parse().unwrap()
}

/// Returns the delay, less the possible difference of two clocks in that time.
fn delay() -> TimeDelta {
    TimeDelta::milliseconds(DELAY_MS - 10)
}

/// Returns how many vouchers and open drafts there are.
async fn books(practice: &Practice) -> (Value, Value) {
    let stats = practice.stats().await;
    (stats["vouchers"].clone(), stats["open_drafts"].clone())
}

/// Returns the content of the books after the late call has taken effect.
fn after(path: &str) -> (Value, Value) {
    match path {
        "vouchers" | "reversals" => (json!(2), json!(1)),
        "draft_stage" => (json!(1), json!(2)),
        _ => (json!(2), json!(0)),
    }
}

#[tokio::test]
async fn a_call_that_was_cut_off_takes_effect_later() {
    for (path, event) in CALLS {
        let (practice, token) = before("commit_after_ms", path).await;
        let fired = give_up(&practice, &token, path, until_fault(&practice)).await;
        let written = until(&practice, is_late(event, 200)).await;
        assert!(instant(&written["at"]) >= fired + delay(), "{path}: {written}");
        assert_eq!(books(&practice).await, after(path), "{path}");
    }
}

#[tokio::test]
async fn a_call_takes_effect_some_time_after_its_client_gave_up() {
    for (path, event) in CALLS {
        let (practice, token) = before("late_ms", path).await;
        let enough = async {
            let now = until_long_after_fault(&practice).await;
            assert_eq!(books(&practice).await, (json!(1), json!(1)), "{path}: the client still waits");
            now
        };
        let hung_up = give_up(&practice, &token, path, enough).await;
        let written = until(&practice, is_late(event, 200)).await;
        assert!(instant(&written["at"]) >= hung_up + delay(), "{path}: {written}");
        assert_eq!(books(&practice).await, after(path), "{path}");
    }
}

#[tokio::test]
async fn a_late_call_meets_the_fence_that_was_granted_in_the_meantime() {
    for (path, event) in CALLS {
        let (practice, token) = before("late_ms", path).await;
        let taken_over = async {
            until_fault(&practice).await;
            practice.shift_clock(61).await;
            practice.lock().await;
        };
        give_up(&practice, &token, path, taken_over).await;
        let refused = until(&practice, is_late(event, 412)).await;
        assert_eq!((&refused["fence"], books(&practice).await), (&json!(1), (json!(1), json!(1))), "{path}");
    }
}

#[tokio::test]
async fn a_late_commit_finds_its_draft_committed_by_the_repeat() {
    let (practice, token) = before("late_ms", "draft_commit").await;
    let repeated = async {
        until_fault(&practice).await;
        practice.commit(&token, "D-40001").await.unwrap().json()
    };
    let repeat = give_up(&practice, &token, "draft_commit", repeated).await;
    assert_eq!(repeat["status"], "created");
    let late = until(&practice, |entry| entry["detail"]["about"]["status"] == "exists").await;
    assert_eq!(late["detail"]["about"]["voucher_id"], repeat["voucher_id"]);
    assert_eq!(books(&practice).await, (json!(2), json!(0)));
}
