//! Tests a server without a lock: what it says of its labels, and what a wrong address does not say.

use postonce_engine::ports::{Created, RowId, UniqueRows};

use super::*;

const ROW: &str = "/v1/labels/by-id/L-1";

fn label() -> Value {
    json!({"id": "L-1", "code": "postonce-export-lock", "text": "a text", "written_at": "2026-11-02T14:03:00.250Z",
           "now": "2026-11-02T14:05:00Z", "more": true})
}

async fn labels(status: u16, body: Value) -> (MockServer, Labels) {
    let (server, open) = answering(status, body).await;
    (server, Labels(Arc::clone(&open.http)))
}

fn refusal(kind: &str) -> Value {
    json!({"type": format!("https://x/problems/{kind}"), "title": "No", "detail": "No."})
}

#[tokio::test]
async fn label_is_read_with_both_times_and_with_neither() {
    let (_server, rows) = labels(200, label()).await;
    let row = rows.read("postonce-export-lock").await.expect("an answer").expect("a label");
    assert_eq!((row.id.as_str(), row.text.as_str()), ("L-1", "a text"));
    assert_eq!(row.written_at, Some("2026-11-02T14:03:00.250Z".parse().expect("an instant")));
    assert_eq!(row.now, Some("2026-11-02T14:05:00Z".parse().expect("an instant")));
    let (_server, rows) = labels(200, json!({"id": "L-1", "text": "a text"})).await;
    let row = rows.read("postonce-export-lock").await.expect("an answer").expect("a label");
    assert_eq!((row.written_at, row.now), (None, None));
}

#[tokio::test]
async fn label_is_missing_or_taken_only_by_its_own_problem_type() {
    let id = RowId::new("L-1");
    let (_server, rows) = labels(404, refusal("label-unknown")).await;
    assert_eq!(rows.read("c").await, Ok(None));
    assert_eq!(rows.update(&id, "t").await, Ok(false));
    assert_eq!(rows.delete(&id).await, Ok(false));
    let (_server, rows) = labels(409, refusal("label-exists")).await;
    assert_eq!(rows.create("c", "t").await, Ok(Created::Taken));
    // Any other answer may come of a wrong address, or of something in between.
    for (status, body) in [(404, refusal("not-found")), (404, json!({})), (409, refusal("conflict")), (500, json!({}))]
    {
        let (_server, rows) = labels(status, body).await;
        assert!(rows.read("c").await.is_err(), "{status}");
        assert!(rows.create("c", "t").await.is_err(), "{status}");
        assert!(rows.update(&id, "t").await.is_err(), "{status}");
        assert!(rows.delete(&id).await.is_err(), "{status}");
    }
}

#[tokio::test]
async fn label_may_be_made_when_the_answer_cannot_be_read() {
    let (_server, rows) = labels(201, json!({"id": 7})).await;
    assert!(matches!(rows.create("c", "t").await, Err(CallError::Unknown(_))));
}

#[tokio::test]
async fn label_id_is_one_segment_of_the_path() {
    let (server, rows) = labels(200, label()).await;
    rows.update(&RowId::new("a/../b"), "t").await.expect("an answer");
    let sent = server.received_requests().await.expect("recorded");
    assert_eq!(sent[0].url.path(), "/v1/labels/by-id/a%2F..%2Fb");
}

#[tokio::test]
async fn lease_is_made_of_labels_if_the_server_has_no_lock() {
    let server = MockServer::start().await;
    let capabilities = json!({"reference_max_length": 64, "export_lock": false, "labels": true, "checks_fence": true});
    let me = ResponseTemplate::new(200).set_body_json(me(capabilities));
    Mock::given(path("/v1/me")).respond_with(me).mount(&server).await;
    let mut held = label();
    held["text"] = json!({"version": 1, "state": "held", "nonce": "n", "beat": 3, "fence": 7, "life_seconds": 60,
                          "holder": {"user": "ola", "host": "HLF-PC-7", "run_id": "r7"}, "operation": "sync",
                          "progress": {"processed": 1, "total": 2}})
    .to_string()
    .into();
    let held = ResponseTemplate::new(200).set_body_json(held);
    Mock::given(path("/v1/labels/postonce-export-lock")).respond_with(held).mount(&server).await;
    let url = Url::parse(&server.uri()).expect("an address");
    let http = Http::new(Side::Accounting, &url, &"token".into(), Limits::STANDARD).expect("a client");
    let open = Open::new(http, WINDOWS, Arc::new(crate::SystemClock::start()), Arc::new(crate::UuidIds));
    // Nobody has connected yet: the client asks the server first how it keeps runs apart.
    let lock = open.lock().await.expect("an answer").expect("held");
    assert_eq!((lock.holder.host.as_str(), lock.operation.as_str()), ("HLF-PC-7", "sync"));
    assert_eq!(
        lock.renewed_at,
        "2026-11-02T14:03:00.250Z".parse::<chrono::DateTime<chrono::Utc>>().expect("an instant")
    );
    let acquired = open.acquire(&ask()).await;
    assert!(matches!(acquired, Ok(Acquired::LooksDead { .. })), "two minutes without a sign: {acquired:?}");
    let connection = open.connect().await.expect("it is there");
    assert_eq!(connection.capabilities.protection, Protection::Observed, "a fence is a number of a lock");
    let unknown = LeaseToken::new("t");
    assert_eq!(open.release(&unknown).await, Err(CallError::LeaseLost));
    assert!(!server.received_requests().await.expect("recorded").iter().any(|sent| sent.url.path() == ROW));
}
