//! Tests the fault switches: what the client sees, and what the books hold afterwards.

use postonce_sandbox::Options;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Answer, Practice, voucher};

/// Makes one request under one fault; returns the answer and the number of vouchers.
async fn under(fault: Value) -> (Practice, Result<Answer, reqwest::Error>, usize) {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.set_faults(json!({"seed": 11, "faults": [fault]})).await;
    let answer = practice.post_vouchers(&token, "k", vec![voucher("a"), voucher("b")]).await;
    practice.set_faults(json!({})).await;
    let vouchers = practice.find("a").await.len() + practice.find("b").await.len();
    (practice, answer, vouchers)
}

#[tokio::test]
async fn a_connection_cut_before_the_commit_leaves_nothing() {
    let (practice, answer, vouchers) = under(json!({"kind": "cut_before_commit"})).await;
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(vouchers, 0);
    assert_eq!(practice.stats().await["faults_fired"], json!({"cut_before_commit": 1}));
    let journal = practice.journal().await;
    assert!(journal.iter().any(|entry| entry["event"] == "fault" && entry["fence"] == 1), "{journal:?}");
}

#[tokio::test]
async fn a_connection_cut_after_the_commit_leaves_the_vouchers() {
    let (_practice, answer, vouchers) = under(json!({"kind": "cut_after_commit"})).await;
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(vouchers, 2);
}

#[tokio::test]
async fn statuses_before_the_commit_leave_nothing() {
    let cases = [
        ("error_500_before_commit", StatusCode::INTERNAL_SERVER_ERROR),
        ("unauthorized", StatusCode::UNAUTHORIZED),
        ("forbidden", StatusCode::FORBIDDEN),
        ("not_found", StatusCode::NOT_FOUND),
        ("redirect", StatusCode::FOUND),
        ("html", StatusCode::OK),
    ];
    for (kind, status) in cases {
        let (_practice, answer, vouchers) = under(json!({"kind": kind})).await;
        assert_eq!((answer.unwrap().status, vouchers), (status, 0), "{kind}");
    }
    for (kind, status) in [("status_429", 429), ("status_503", 503)] {
        let (_practice, answer, vouchers) = under(json!({"kind": kind, "retry_after_seconds": 7})).await;
        let answer = answer.unwrap();
        assert_eq!((answer.status.as_u16(), answer.header("retry-after"), vouchers), (status, "7", 0));
    }
}

#[tokio::test]
async fn a_gateway_answers_in_the_servers_place_before_and_behind_it() {
    for (kind, left) in [("gateway", 0), ("gateway_after_commit", 2)] {
        for status in [409, 429, 503] {
            let (_practice, answer, vouchers) = under(json!({"kind": kind, "status": status})).await;
            let answer = answer.unwrap();
            assert_eq!((answer.status.as_u16(), vouchers), (status, left), "{kind}");
            assert_eq!((answer.header("content-type"), answer.header("retry-after")), ("text/html", "1"));
        }
    }
}

#[tokio::test]
async fn an_error_after_the_commit_leaves_the_vouchers() {
    let (_practice, answer, vouchers) = under(json!({"kind": "error_500_after_commit"})).await;
    assert_eq!((answer.unwrap().status, vouchers), (StatusCode::INTERNAL_SERVER_ERROR, 2));
}

#[tokio::test]
async fn a_body_cut_short_breaks_off_in_the_middle() {
    let (_practice, answer, vouchers) = under(json!({"kind": "body_cut_short"})).await;
    let error = answer.unwrap_err();
    assert!(error.is_body() || error.is_decode(), "the headers came, the body did not: {error:?}");
    assert_eq!(vouchers, 2);
}

#[tokio::test]
async fn a_missing_result_leaves_its_voucher() {
    let (_practice, answer, vouchers) = under(json!({"kind": "result_missing"})).await;
    assert_eq!((answer.unwrap().json()["results"].as_array().unwrap().len(), vouchers), (1, 2));
}

#[tokio::test]
async fn one_voucher_is_refused_and_the_other_stands() {
    let (_practice, answer, vouchers) = under(json!({"kind": "refuse"})).await;
    let answer = answer.unwrap().json();
    let mut statuses = [0, 1].map(|place| answer["results"][place]["status"].as_str().unwrap().to_owned());
    statuses.sort();
    assert_eq!((statuses, vouchers), (["created".to_owned(), "refused".to_owned()], 1));
}

#[tokio::test]
async fn a_huge_body_is_as_long_as_the_switch_says() {
    let (_practice, answer, vouchers) = under(json!({"kind": "huge_body", "megabytes": 3})).await;
    let answer = answer.unwrap();
    assert!(answer.text.len() >= 3 * 1024 * 1024 && answer.text.len() < 4 * 1024 * 1024);
    assert!(serde_json::from_str::<Value>(&answer.text).is_err());
    assert_eq!(vouchers, 2);
}

/// Sends a write whose connection is cut, and which stands still on its way.
async fn late() -> Practice {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    let fault = |kind: &str| json!({"kind": kind, "remaining": 1});
    let mut late = fault("commit_after_ms");
    late["delay_ms"] = 0.into();
    practice.set_faults(json!({"faults": [fault("hold"), late]})).await;
    let answer = practice.post_vouchers(&token, "k", vec![voucher("a"), voucher("b")]).await;
    assert!(answer.is_err(), "{answer:?}");
    practice.until_held(&["vouchers"]).await;
    assert_eq!((practice.find("a").await.len(), &practice.stats().await["late"]), (0, &json!(1)));
    practice
}

#[tokio::test]
async fn a_late_write_takes_effect_when_its_fence_still_holds() {
    let practice = late().await;
    practice.let_go("").await;
    until_journal_has(&practice, 200).await;
    assert_eq!(practice.find("a").await.len(), 1);
}

#[tokio::test]
async fn a_late_write_is_refused_when_a_newer_fence_was_granted() {
    let practice = late().await;
    practice.shift_clock(61).await;
    practice.lock().await;
    practice.let_go("").await;
    until_journal_has(&practice, 412).await;
    assert!(practice.find("a").await.is_empty());
}

#[tokio::test]
async fn a_client_that_gives_up_does_not_undo_what_it_asked_for() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.set_faults(json!({"faults": [{"kind": "hold"}]})).await;
    tokio::select! {
        answer = practice.post_vouchers(&token, "k", vec![voucher("a")]) => panic!("it stands still: {answer:?}"),
        () = practice.until_held(&["vouchers"]) => {}
    }
    practice.let_go("").await;
    until_journal_has(&practice, 200).await;
    assert_eq!(practice.find("a").await.len(), 1);
}

#[tokio::test]
async fn a_held_call_stands_still_until_it_is_let_go() {
    let practice = Practice::new().await;
    let token = practice.lock().await;
    practice.set_faults(json!({"faults": [{"kind": "hold", "after": 1, "paths": ["vouchers", "lock"]}]})).await;
    practice.post_one(&token, "first", voucher("a")).await;
    let (written, read) = tokio::join!(practice.post_vouchers(&token, "k", vec![voucher("b")]), async {
        practice.until_held(&["vouchers"]).await;
        let (read, ()) = tokio::join!(practice.get("/v1/locks/export"), async {
            practice.until_held(&["vouchers", "lock"]).await;
            assert!(practice.find("b").await.is_empty());
            practice.let_go("?first=1").await;
            practice.until_held(&["lock"]).await;
            practice.let_go("").await;
        });
        read
    });
    assert_eq!((written.unwrap().status, read.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(practice.find("b").await.len(), 1);
    practice.until_held(&[]).await;
}

#[tokio::test]
async fn a_fault_file_is_read_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faults.toml");
    let text =
        "seed = 3\nunique_references = \"off\"\n[[fault]]\nkind = \"status_503\"\npaths = [\"me\"]\nremaining = 1\n";
    std::fs::write(&path, text).unwrap();
    let practice = Practice::with(Options { faults: Some(path), ..Options::default() }).await;
    assert_eq!(practice.get("/v1/me").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let capabilities = practice.get("/v1/me").await.json()["capabilities"].clone();
    assert_eq!(capabilities["unique_references"], false);
    assert_eq!(practice.get("/admin/faults").await.json()["faults"][0]["remaining"], 0);
}

/// Waits for the voucher write of this status; it happens by itself, after its time.
async fn until_journal_has(practice: &Practice, status: u64) {
    let has = async || {
        let journal = practice.journal().await;
        let is_it = |entry: &&Value| entry["event"] == "voucher_write" && entry["detail"]["status"] == status;
        journal.iter().find(is_it).map(drop)
    };
    practice.until("the write to take effect", has).await;
}
