//! Tests the rules common to the four calls of drafts and reversals, and the fault table of `accounting-protocol.md`
//! for each.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use postonce_engine::LeaseLost;
use postonce_engine::domain::{DraftId, StageResult};

use super::super::writing::{self, Lease};
use super::super::{drafts, results, reversal};
use super::*;
use crate::accounting::reversal::WantedReversal;

/// Stands for a lease without an engine.
pub(super) struct TestLease {
    token: LeaseToken,
    holds: bool,
}

impl TestLease {
    pub(super) fn held() -> Self {
        Self { token: LeaseToken::new("t"), holds: true }
    }
}

impl Lease for TestLease {
    fn token(&self) -> &LeaseToken {
        &self.token
    }

    fn check(&self) -> Result<(), LeaseLost> {
        if self.holds { Ok(()) } else { Err(LeaseLost) }
    }
}

pub(super) fn draft(id: &str) -> DraftId {
    DraftId::new(id).expect("not empty")
}

pub(super) async fn stage(open: &Open, lease: &TestLease) -> Result<Vec<Option<StageResult>>, CallError> {
    let (key, body) = (RequestKey::new("k-1"), b"the claimed bytes");
    let seen = writing::post(open, lease, drafts::PATH, &key, body, &[results::ANSWERED]).await?;
    results::answer(open.http.peer(), &seen, references(&["a", "b", "c"]).iter()).map(|answer| answer.results)
}

pub(super) async fn reverse(open: &Open, lease: &TestLease, voucher_id: &str) -> Result<VoucherResult, CallError> {
    let (key, reference) = (RequestKey::new("k-2"), Reference::from_stored("a#"));
    let date = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a date");
    let asked =
        WantedReversal { key: &key, voucher_id, reference: &reference, date, reason: "booked on the wrong member" };
    reversal::reverse(open, lease, asked).await
}

/// Returns the result of each of the four calls, by its name.
async fn four(open: &Open, lease: &TestLease) -> [(&'static str, Result<String, CallError>); 4] {
    let (a, id) = (Reference::from_stored("a"), draft("D-1"));
    [
        ("stage", stage(open, lease).await.map(|made| format!("{made:?}"))),
        ("commit", drafts::commit(open, lease, &a, &id).await.map(|made| format!("{made:?}"))),
        ("discard", drafts::discard(open, lease, &id).await.map(|made| format!("{made:?}"))),
        ("reverse", reverse(open, lease, "V-1").await.map(|made| format!("{made:?}"))),
    ]
}

async fn four_of(answer: ResponseTemplate) -> [(&'static str, Result<String, CallError>); 4] {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
    four(&open(&server), &TestLease::held()).await
}

fn refusal(status: u16, kind: &str) -> ResponseTemplate {
    let body = json!({"type": format!("https://example.org/problems/{kind}"), "title": "No", "detail": "Not so"});
    ResponseTemplate::new(status).set_body_raw(body.to_string(), "application/problem+json")
}

/// Starts a server that reads each request, answers with these bytes, or with none, and closes the connection.
fn answering_raw(answer: &'static [u8]) -> Open {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming().take(4) {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 8192]).expect("a request");
            stream.write_all(answer).expect("it is written");
        }
    });
    at(&address, Limits::STANDARD)
}

fn at(address: &str, limits: Limits) -> Open {
    let url = Url::parse(address).expect("an address");
    over(Http::new(Side::Accounting, &url, &"token".into(), limits).expect("a client"))
}

#[tokio::test]
async fn request_does_not_leave_without_the_lease() {
    let (server, open) = answering(200, json!({})).await;
    for (call, seen) in four(&open, &TestLease { holds: false, ..TestLease::held() }).await {
        assert_eq!(seen, Err(CallError::LeaseLost), "{call}");
    }
    assert!(server.received_requests().await.expect("recorded").is_empty());
}

#[tokio::test]
async fn call_has_its_method_path_key_lock_and_bytes() {
    let (server, open) = answering(500, json!({})).await;
    drop(four(&open, &TestLease::held()).await);
    let sent: Vec<_> = server.received_requests().await.expect("recorded");
    let shown: Vec<String> = sent
        .iter()
        .map(|request| {
            let header = |name: &str| request.headers.get(name).map_or("-", |value| value.to_str().expect("text"));
            let body = String::from_utf8_lossy(&request.body);
            format!(
                "{} {} {} {} {body}",
                request.method,
                request.url.path(),
                header("lock-token"),
                header("idempotency-key")
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "POST /v1/drafts t k-1 the claimed bytes",
            "POST /v1/drafts/D-1/commit t - {}",
            "DELETE /v1/drafts/D-1 t - ",
            concat!(
                "POST /v1/vouchers/V-1/reversal t k-2 ",
                r##"{"reference":"a#","date":"2026-11-02","reason":"booked on the wrong member"}"##
            ),
        ]
    );
}

#[tokio::test]
async fn connection_that_never_stood_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    for (call, seen) in four(&at(&address, Limits::STANDARD), &TestLease::held()).await {
        assert!(matches!(seen, Err(CallError::NotSent(_))), "{call}: {seen:?}");
    }
}

#[tokio::test]
async fn problem_of_the_whole_request_is_refused() {
    for (status, kind) in [
        (400, "bad-request"),
        (401, "unauthorized"),
        (403, "forbidden"),
        (405, "method-not-allowed"),
        (413, "too-large"),
    ] {
        for (call, seen) in four_of(refusal(status, kind)).await {
            assert!(
                matches!(&seen, Err(CallError::Refused { refusal, too_large, .. })
                    if refusal.kind == kind && *too_large == (status == 413)),
                "{status} {call}: {seen:?}"
            );
        }
    }
}

#[tokio::test]
async fn lost_lock_wait_and_running_key_are_distinguished() {
    for (call, seen) in four_of(refusal(412, "lock-lost")).await {
        assert_eq!(seen, Err(CallError::LeaseLost), "{call}");
    }
    let wait = Some(Duration::from_secs(7));
    for status in [429, 503] {
        for (call, seen) in four_of(refusal(status, "busy").insert_header("retry-after", "7")).await {
            let is_so = matches!(seen, Err(CallError::NotProcessed { retry_after, .. }) if retry_after == wait);
            assert!(is_so, "{status} {call}: {seen:?}");
        }
    }
    for (call, seen) in four_of(refusal(409, "in-progress").insert_header("retry-after", "7")).await {
        let is_so = matches!(seen, Err(CallError::StillRunning { retry_after, .. }) if retry_after == wait);
        assert!(is_so, "{call}: {seen:?}");
    }
}

#[tokio::test]
async fn answer_is_unknown_in_every_other_case() {
    let html = |status| ResponseTemplate::new(status).set_body_raw("<html>Please sign in</html>", "text/html");
    let json_answer = |text: &str| ResponseTemplate::new(200).set_body_raw(text.to_owned(), "application/json");
    let problems = [408, 409, 425, 500, 502, 503, 504].map(|status| refusal(status, "x"));
    let pages = [200, 201, 301, 400, 401, 403, 404, 409, 412, 413, 422, 500].map(html);
    let nested = "[".repeat(100_000);
    let bodies =
        ["", "{", "null", "[]", "7", "{\"results\": 7}", "{\"status\": \"created\"}", &nested].map(json_answer);
    let redirect = ResponseTemplate::new(302).insert_header("location", "https://login.example.org/");
    let gateways = [409, 429, 502, 503, 504].map(|status| html(status).insert_header("retry-after", "1"));
    for answer in problems.into_iter().chain(pages).chain(bodies).chain([redirect]).chain(gateways) {
        for (call, seen) in four_of(answer.clone()).await {
            assert!(matches!(seen, Err(CallError::Unknown(_))), "{call}: {seen:?} of {answer:?}");
        }
    }
}

#[tokio::test]
async fn honoured_key_is_used_again_and_leaves_the_first_time_open() {
    let page = |status| ResponseTemplate::new(status).insert_header("retry-after", "7").set_body_string("<html>");
    for status in [409, 429, 503] {
        let server = MockServer::start().await;
        Mock::given(wiremock::matchers::any()).respond_with(page(status)).mount(&server).await;
        let open = open(&server);
        let ways = Ways { lock: LockKind::Own, scheme: None, honours_keys: true };
        *open.ways.lock().expect("nobody panicked") = Some(ways);
        for (call, seen) in four(&open, &TestLease::held()).await {
            match call {
                // These two have a key.
                "stage" | "reverse" => {
                    let wait = Some(Duration::from_secs(7));
                    let is_so = matches!(seen, Err(CallError::StillRunning { retry_after, .. }) if retry_after == wait);
                    assert!(is_so, "{status} {call}: {seen:?}");
                }
                _ => assert!(matches!(seen, Err(CallError::Unknown(_))), "{status} {call}: {seen:?}"),
            }
        }
    }
}

#[tokio::test]
async fn answer_that_is_cut_short_or_missing_is_unknown() {
    for answer in [
        &b""[..],
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"results\": [",
        b"HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\nContent-Length: 900\r\n\r\n{\"type\": \"x/draft-unknown\"}",
        b"HTTP/1.1 422 Unprocessable\r\nContent-Type: application/problem+json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{",
    ] {
        for (call, seen) in four(&answering_raw(answer), &TestLease::held()).await {
            assert!(matches!(seen, Err(CallError::Unknown(_))), "{call}: {seen:?}");
        }
    }
}

#[tokio::test]
async fn server_that_never_answers_is_given_up_and_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let open = at(&address, Limits { overall: Duration::from_millis(200), ..Limits::STANDARD });
    for (call, seen) in four(&open, &TestLease::held()).await {
        assert!(matches!(seen, Err(CallError::Unknown(_))), "{call}: {seen:?}");
    }
}

#[tokio::test]
async fn body_is_read_up_to_its_bound_and_not_shown() {
    let too_long = vec![b' '; Limits::STANDARD.body_bytes_max + 1];
    for (call, seen) in four_of(ResponseTemplate::new(200).set_body_raw(too_long, "application/json")).await {
        assert!(matches!(seen, Err(CallError::Unknown(_))), "{call}: {seen:?}");
    }
    for (call, seen) in four_of(ResponseTemplate::new(500).set_body_raw(vec![b'x'; 10_000_000], "text/plain")).await {
        let shown = format!("{seen:?}");
        assert!(matches!(seen, Err(CallError::Unknown(_))) && shown.len() < 2_000, "{call}: {} bytes", shown.len());
    }
}

#[tokio::test]
async fn id_is_one_segment_of_the_path_with_any_character() {
    let (server, open) = answering(500, json!({})).await;
    let ids = ["D/1", "../locks/export", "a b", "50%", "%2e%2e", "D?x=1#y", "blåbær", "...", "a\\b", "v1:x", "a;b@c"];
    for id in ids {
        drafts::discard(&open, &TestLease::held(), &draft(id)).await.expect_err("a 500");
        reverse(&open, &TestLease::held(), id).await.expect_err("a 500");
    }
    let paths: Vec<String> =
        server.received_requests().await.expect("recorded").iter().map(|sent| sent.url.path().to_owned()).collect();
    assert_eq!(
        paths.iter().step_by(2).map(String::as_str).collect::<Vec<_>>(),
        [
            "/v1/drafts/D%2F1",
            "/v1/drafts/..%2Flocks%2Fexport",
            "/v1/drafts/a%20b",
            "/v1/drafts/50%25",
            "/v1/drafts/%252e%252e",
            "/v1/drafts/D%3Fx%3D1%23y",
            "/v1/drafts/bl%C3%A5b%C3%A6r",
            "/v1/drafts/...",
            "/v1/drafts/a%5Cb",
            "/v1/drafts/v1%3Ax",
            "/v1/drafts/a%3Bb%40c",
        ]
    );
    for (discarded, reversed) in paths.iter().step_by(2).zip(paths.iter().skip(1).step_by(2)) {
        let id = discarded.trim_start_matches("/v1/drafts/");
        assert_eq!(reversed, &format!("/v1/vouchers/{id}/reversal"));
    }
}

#[tokio::test]
async fn id_that_no_path_can_carry_is_not_sent() {
    let (server, open) = answering(204, json!({})).await;
    for id in [".", "..", "a\nb", &"D".repeat(results::ID_CHARS_MAX + 1)] {
        let discarded = drafts::discard(&open, &TestLease::held(), &draft(id)).await;
        assert!(matches!(discarded, Err(CallError::NotSent(_))), "{id:?}: {discarded:?}");
        let committed = drafts::commit(&open, &TestLease::held(), &Reference::from_stored("a"), &draft(id)).await;
        assert!(matches!(committed, Err(CallError::NotSent(_))), "{id:?}: {committed:?}");
        let reversed = reverse(&open, &TestLease::held(), id).await;
        assert!(matches!(reversed, Err(CallError::NotSent(_))), "{id:?}: {reversed:?}");
    }
    assert!(server.received_requests().await.expect("recorded").is_empty());
}
