use postonce_engine::domain::Actor;
use serde_json::{Value, json};
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::tests::open;
use super::*;

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn kept() -> Value {
    json!({"entries": 1204, "head": format!("sha256:{HASH}"), "written_by": {"user": "kari", "host": "HLF-PC-12"},
           "written_at": "2026-11-02T09:14:03Z", "more": true})
}

fn ours() -> Witness {
    Witness {
        entries: 1204,
        head: HASH.into(),
        public_key: None,
        signature: None,
        written_by: Actor { user: "kari".into(), host: "HLF-PC-12".into() },
    }
}

async fn answering(answer: ResponseTemplate) -> (MockServer, Open) {
    let server = MockServer::start().await;
    Mock::given(path("/v1/witnesses/ledger-1")).respond_with(answer).mount(&server).await;
    let open = open(&server);
    (server, open)
}

fn refusal(status: u16, kind: &str) -> ResponseTemplate {
    let body = json!({"type": format!("https://example.org/problems/{kind}"), "title": "No", "detail": "so it is"});
    ResponseTemplate::new(status).set_body_raw(body.to_string(), "application/problem+json")
}

#[tokio::test]
async fn witness_is_read_with_and_without_its_signature() {
    let (_server, open) = answering(ResponseTemplate::new(200).set_body_json(kept())).await;
    assert_eq!(open.witness("ledger-1").await, Ok(WitnessSeen::Kept(ours())));
    let mut signed = kept();
    signed["public_key"] = json!("aa");
    signed["signature"] = json!("bb");
    let (_server, open) = answering(ResponseTemplate::new(200).set_body_json(signed)).await;
    let signed = Witness { public_key: Some("aa".into()), signature: Some("bb".into()), ..ours() };
    assert_eq!(open.witness("ledger-1").await, Ok(WitnessSeen::Kept(signed)));
}

#[tokio::test]
async fn server_without_this_witness_differs_from_one_with_none() {
    let (_server, open) = answering(refusal(404, "not-found")).await;
    assert_eq!(open.witness("ledger-1").await, Ok(WitnessSeen::None));
    let no_such_path = [
        ResponseTemplate::new(404),
        ResponseTemplate::new(404).set_body_raw("<html>Not Found</html>", "text/html"),
        ResponseTemplate::new(405),
        refusal(405, "method-not-allowed"),
        ResponseTemplate::new(501),
    ];
    for answer in no_such_path {
        let (_server, open) = answering(answer).await;
        assert_eq!(open.witness("ledger-1").await, Ok(WitnessSeen::NotOffered));
    }
}

#[tokio::test]
async fn witness_that_is_not_understood_is_no_missing_one() {
    for (member, odd) in
        [("head", json!("sha256:12")), ("head", json!(HASH)), ("entries", json!(-1)), ("entries", json!("1"))]
    {
        let mut body = kept();
        body[member] = odd;
        let (_server, open) = answering(ResponseTemplate::new(200).set_body_json(body)).await;
        assert!(matches!(open.witness("ledger-1").await, Err(CallError::Unknown(_))));
    }
    for status in [200, 500, 502] {
        let (_server, open) = answering(ResponseTemplate::new(status).set_body_string("odd")).await;
        assert!(matches!(open.witness("ledger-1").await, Err(CallError::Unknown(_))));
    }
    let (server, open) = answering(ResponseTemplate::new(200).set_body_json(kept())).await;
    assert!(matches!(open.witness("../locks/export").await, Err(CallError::NotSent(_))));
    assert_eq!(server.received_requests().await.expect("recorded").len(), 0);
}

#[tokio::test]
async fn witness_is_left_under_the_lock_as_the_protocol_writes_it() {
    let server = MockServer::start().await;
    let body = json!({"entries": 1204, "head": format!("sha256:{HASH}"), "public_key": "aa", "signature": "bb",
                      "written_by": {"user": "kari", "host": "HLF-PC-12"}});
    let put = Mock::given(method("PUT")).and(path("/v1/witnesses/ledger-1")).and(header("lock-token", "t"));
    put.and(body_json(body)).respond_with(ResponseTemplate::new(204)).expect(1).mount(&server).await;
    let signed = Witness { public_key: Some("aa".into()), signature: Some("bb".into()), ..ours() };
    let (open, token) = (open(&server), LeaseToken::new("t"));
    assert_eq!(witness::leave(&open, &token, "ledger-1", &signed).await, Ok(()));
}

#[tokio::test]
async fn witness_is_refused_only_for_a_newer_one() {
    let token = LeaseToken::new("t");
    let (_server, open) = answering(refusal(409, "witness-ahead")).await;
    let refused = witness::leave(&open, &token, "ledger-1", &ours()).await;
    assert!(matches!(refused, Err(CallError::Refused { refusal, .. }) if refusal.kind == "witness-ahead"));
    let (_server, open) = answering(refusal(409, "something-else")).await;
    assert!(matches!(witness::leave(&open, &token, "ledger-1", &ours()).await, Err(CallError::Unknown(_))));
    let (_server, open) = answering(refusal(412, "lock-lost")).await;
    assert_eq!(witness::leave(&open, &token, "ledger-1", &ours()).await, Err(CallError::LeaseLost));
}

#[tokio::test]
async fn earlier_witnesses_are_read_page_by_page() {
    let server = MockServer::start().await;
    let page = |next: Value| json!({"witnesses": [kept()], "next_cursor": next});
    Mock::given(path("/v1/witnesses/ledger-1/history"))
        .and(wiremock::matchers::query_param("cursor", "2"))
        .respond_with(ResponseTemplate::new(200).set_body_json(page(Value::Null)))
        .mount(&server)
        .await;
    Mock::given(path("/v1/witnesses/ledger-1/history"))
        .respond_with(ResponseTemplate::new(200).set_body_json(page(json!("2"))))
        .with_priority(9)
        .mount(&server)
        .await;
    let open = open(&server);
    let first = open.witness_history("ledger-1", None).await.expect("an answer").expect("it keeps them");
    assert_eq!((first.witnesses, first.next.as_deref()), (vec![ours()], Some("2")));
    let second = open.witness_history("ledger-1", Some("2")).await.expect("an answer").expect("it keeps them");
    assert_eq!(second.next, None);
}

#[tokio::test]
async fn server_that_keeps_the_newest_witness_alone_goes_on_to_work() {
    for answer in [ResponseTemplate::new(404), refusal(404, "not-found"), ResponseTemplate::new(405)] {
        let server = MockServer::start().await;
        Mock::given(path("/v1/witnesses/ledger-1/history")).respond_with(answer.clone()).mount(&server).await;
        Mock::given(path("/v1/witnesses")).respond_with(answer).mount(&server).await;
        let open = open(&server);
        assert_eq!(open.witness_history("ledger-1", None).await, Ok(None));
        assert_eq!(open.witnesses().await, Ok(None));
    }
}

#[tokio::test]
async fn witnesses_are_waited_for_whoever_asks_to_wait() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(503).insert_header("retry-after", "3").set_body_string("<html>busy</html>");
    Mock::given(method("GET")).respond_with(busy).mount(&server).await;
    let open = open(&server);
    assert!(matches!(open.witness("ledger-1").await, Err(CallError::NotProcessed { .. })));
    assert!(matches!(open.witness_history("ledger-1", None).await, Err(CallError::NotProcessed { .. })));
    assert!(matches!(open.witnesses().await, Err(CallError::NotProcessed { .. })));
}

#[tokio::test]
async fn witnesses_are_listed_and_strange_ones_left_out() {
    let server = MockServer::start().await;
    let mut listed = [kept(), kept()];
    listed[0]["ledger_id"] = json!("ledger-1");
    listed[1]["ledger_id"] = json!("ledger-2");
    listed[1]["head"] = json!("no hash");
    let answer = ResponseTemplate::new(200).set_body_json(json!({"witnesses": listed}));
    Mock::given(path("/v1/witnesses")).respond_with(answer).mount(&server).await;
    let found = open(&server).witnesses().await.expect("an answer").expect("it lists them");
    let at = Some("2026-11-02T09:14:03Z".to_owned());
    assert_eq!(found, [LedgerWitness { ledger_id: "ledger-1".into(), witness: ours(), written_at: at }]);
}
