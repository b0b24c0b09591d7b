use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, Utc};
use postonce_engine::domain::HoldReason;
use postonce_engine::error::{ErrorCode, Problem};
use postonce_engine::ports::Row;
use reqwest::Url;
use serde_json::{Value, json};
use wiremock::matchers::{path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::http::{Limits, Side};

/// Keeps a clock on which every wait is over at once, and is written down.
#[derive(Default)]
struct TestClock(Mutex<Vec<Duration>>);

impl TestClock {
    fn waits(&self) -> Vec<u64> {
        self.0.lock().expect("no test panics with it").iter().map(Duration::as_secs).collect()
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    async fn sleep(&self, duration: Duration) {
        self.0.lock().expect("no test panics with it").push(duration);
    }
}

async fn read(address: &str, clock: &Arc<TestClock>) -> Result<Vec<Row>, Problem> {
    let url = Url::parse(address).expect("an address");
    let http = Http::new(Side::Platform, &url, &"token".into(), Limits::STANDARD).expect("a client");
    let currency = Currency::from_code("NOK").expect("a code of ISO 4217");
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let mut pages = Platform::new(http, clock, currency).open().await.map_err(|error| error.0)?;
    let mut rows = Vec::new();
    while let Some(page) = pages.next().await.map_err(|error| error.0)? {
        rows.extend(page);
    }
    Ok(rows)
}

fn expense(id: &str) -> Value {
    json!({"id": id, "version": 3, "approved_at": "2026-11-02T09:14:03Z", "expense_date": "2026-10-28",
           "payee": {"id": "PM-0031", "name": "Kari"}, "category": "travel-km", "amount": "412.00", "currency": "NOK",
           "text": "Taxi", "department": "20", "project": "P7", "more": [1]})
}

fn page(records: &[Value], next: Option<&str>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"records": records, "next_cursor": next}))
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/v1/expenses")).respond_with(answer).mount(&server).await;
    server
}

fn reasons(rows: &[Row]) -> Vec<&HoldReason> {
    rows.iter().filter_map(|row| if let Row::Flaw(flaw) = row { Some(&flaw.reason) } else { None }).collect()
}

#[tokio::test]
async fn pages_are_followed_to_the_last() {
    let server = MockServer::start().await;
    let first = query_param_is_missing("cursor");
    Mock::given(path("/v1/expenses"))
        .and(first)
        .and(query_param("limit", "500"))
        .respond_with(page(&[expense("A")], Some("r 1&")))
        .mount(&server)
        .await;
    Mock::given(query_param("cursor", "r 1&")).respond_with(page(&[], Some("r2"))).mount(&server).await;
    Mock::given(query_param("cursor", "r2")).respond_with(page(&[expense("B")], None)).mount(&server).await;
    let rows = read(&server.uri(), &Arc::default()).await.expect("it is read");
    let [Row::Record(first, _), Row::Record(second, place)] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((first.id.as_str(), second.id.as_str(), place.line), ("A", "B", 2));
    assert_eq!((first.amount.to_decimal().as_str(), first.payee.name.as_str()), ("412.00", "Kari"));
    assert_eq!((first.version, first.project.as_deref()), (Some(3), Some("P7")));
}

#[tokio::test]
async fn broken_element_is_a_flaw_and_not_the_end() {
    let with = |member: &str, value: Value| {
        let mut broken = expense("A");
        broken[member] = value;
        broken
    };
    let broken = [
        json!("A"),
        with("id", Value::Null),
        with("id", json!(7)),
        with("id", json!("A ")),
        with("expense_date", json!("28.10.2026")),
        with("amount", json!(412.5)),
        with("amount", json!("412,50")),
        with("amount", json!("412.505")),
        with("currency", json!("KRO")),
        with("payee", json!("Kari")),
    ];
    let server = answering(page(&[&broken[..], &[expense("B")]].concat(), None)).await;
    let rows = read(&server.uri(), &Arc::default()).await.expect("it is read");
    assert!(matches!(&rows[10], Row::Record(record, _) if record.id.as_str() == "B"));
    let codes: Vec<&str> = reasons(&rows).iter().map(|reason| reason.code()).collect();
    assert_eq!(
        codes,
        [
            "row_unreadable",
            "id_missing",
            "id_invalid",
            "id_invalid",
            "date_invalid",
            "amount_invalid",
            "amount_invalid",
            "amount_decimals",
            "currency_unknown",
            "field_missing"
        ]
    );
}

#[tokio::test]
async fn foreign_expense_has_rate_and_worth_as_the_platform_says() {
    let with = |changes: Value| {
        let mut expense = expense("A");
        for (name, value) in changes.as_object().expect("members") {
            expense[name] = value.clone();
        }
        expense
    };
    let server = answering(page(
        &[
            with(json!({"currency": "EUR", "exchange_rate": "11.50", "own_amount": "4738.00"})),
            with(json!({"currency": "EUR", "amount": null, "lines": [
                {"amount": "10.00", "exchange_rate": "11.5"}, {"amount": "20.00", "own_amount": "229.00"}]})),
            with(json!({"currency": "NOK", "exchange_rate": "1", "own_amount": "412.00"})),
            with(json!({"currency": "NOK", "own_amount": "413.00"})),
            with(json!({"currency": "EUR", "exchange_rate": 11.5})),
        ],
        None,
    ))
    .await;
    let rows = read(&server.uri(), &Arc::default()).await.expect("it is read");
    let texts: Vec<_> = rows
        .iter()
        .filter_map(|row| if let Row::Record(record, _) = row { Some(&record.detail) } else { None })
        .map(|detail| {
            (detail.exchange.text(), detail.lines.iter().map(|line| line.exchange.text()).collect::<Vec<_>>())
        })
        .collect();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        texts,
        [(text("4738.00 NOK · 11.50"), vec![]), (None, vec![text("11.5"), text("229.00 NOK")]), (None, vec![])]
    );
    let reasons = reasons(&rows);
    assert!(
        matches!(reasons.as_slice(), [HoldReason::ExchangeContradicts { .. }, HoldReason::RateInvalid { .. }]),
        "{reasons:?}"
    );
}

#[tokio::test]
async fn cursor_that_comes_again_is_no_endless_loop() {
    let server = answering(page(&[expense("A")], Some("again"))).await;
    let problem = read(&server.uri(), &Arc::default()).await.expect_err("round in circles");
    assert_eq!(problem.code, ErrorCode::PlatformUnexpected);
    assert_eq!(server.received_requests().await.expect("recorded").len(), 2);
}

#[tokio::test]
async fn problem_of_the_platform_is_reported_as_the_platforms() {
    let problem = |status: u16| {
        ResponseTemplate::new(status).set_body_raw(r#"{"type": "x", "detail": "No"}"#, "application/problem+json")
    };
    for (answer, code) in [
        (problem(401), ErrorCode::PlatformUnauthorized),
        (problem(403), ErrorCode::PlatformUnauthorized),
        (problem(404), ErrorCode::PlatformUnexpected),
        (ResponseTemplate::new(500), ErrorCode::PlatformUnexpected),
        (ResponseTemplate::new(200).set_body_raw("<html>", "text/html"), ErrorCode::PlatformUnexpected),
        (
            ResponseTemplate::new(302).insert_header("Location", "https://login.example.org"),
            ErrorCode::PlatformUnexpected,
        ),
        (ResponseTemplate::new(429).insert_header("Retry-After", "900"), ErrorCode::PlatformBusy),
    ] {
        let server = answering(answer).await;
        assert_eq!(read(&server.uri(), &Arc::default()).await.expect_err("no page").code, code);
    }
}

#[tokio::test]
async fn platform_that_asks_for_patience_gets_it() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(429).insert_header("Retry-After", "7");
    Mock::given(path("/v1/expenses")).respond_with(busy).up_to_n_times(1).mount(&server).await;
    Mock::given(path("/v1/expenses")).respond_with(ResponseTemplate::new(502)).up_to_n_times(1).mount(&server).await;
    Mock::given(path("/v1/expenses")).respond_with(page(&[expense("A")], None)).mount(&server).await;
    let clock = Arc::new(TestClock::default());
    assert_eq!(read(&server.uri(), &clock).await.expect("in the end").len(), 1);
    assert_eq!(clock.waits(), [7, 2]);
}

#[tokio::test]
async fn platform_that_is_down_is_reported_after_a_few_tries() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let clock = Arc::new(TestClock::default());
    let problem = read(&address, &clock).await.expect_err("nobody there");
    assert_eq!((problem.code, clock.waits()), (ErrorCode::PlatformUnreachable, vec![1, 2, 4]));
}

fn platform(address: &str, clock: &Arc<TestClock>) -> Platform {
    let url = Url::parse(address).expect("an address");
    let http = Http::new(Side::Platform, &url, &"token".into(), Limits::STANDARD).expect("a client");
    let currency = Currency::from_code("NOK").expect("a code of ISO 4217");
    Platform::new(http, Arc::clone(clock) as Arc<dyn Clock>, currency)
}

#[tokio::test]
async fn platform_says_what_it_learns_or_is_from_before() {
    let both = Learning { takes_results: Some(true), locks_records: Some(true) };
    let page = ResponseTemplate::new(200).set_body_raw("<html>", "text/html");
    for (answer, expected) in [
        (json_answer(json!({"capabilities": {"exported_results": true, "expense_locks": true}})), both),
        (json_answer(json!({"capabilities": {"unique_references": true}})), Learning::NOTHING),
        (json_answer(json!({"user": {"id": "platform"}})), Learning::NOTHING),
        (ResponseTemplate::new(404), Learning { locks_records: Some(false), ..Learning::UNSAID }),
        (page, Learning::UNSAID),
        (ResponseTemplate::new(500), Learning::UNSAID),
    ] {
        let server = MockServer::start().await;
        Mock::given(path("/v1/me")).respond_with(answer).mount(&server).await;
        assert_eq!(platform(&server.uri(), &Arc::default()).learning().await, expected);
    }
}

fn json_answer(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

#[tokio::test]
async fn result_that_the_answer_does_not_name_is_not_taken() {
    let server = MockServer::start().await;
    let answer = json!({"results": [
        {"id": "B", "reference": "hlf:B", "status": "known"},
        {"id": "A", "reference": "hlf:other", "status": "taken"},
        {"id": "D", "status": "refused", "problem": {"detail": "There is no expense D."}},
    ]});
    Mock::given(path("/v1/expenses/exported")).respond_with(json_answer(answer)).mount(&server).await;
    let results = ["D", "A", "B", "C"].map(|id| ExportResult {
        record_id: RecordId::new(id).expect("an id"),
        generation: postonce_engine::domain::Generation::FIRST,
        reference: format!("hlf:{id}"),
        voucher: postonce_engine::domain::Acknowledgement { voucher_id: format!("V-{id}"), number: None },
        run_id: RunId::new("run-1"),
        exported_at: DateTime::UNIX_EPOCH,
    });
    let learned = platform(&server.uri(), &Arc::default()).learn(&results).await.expect("an answer");
    assert_eq!(learned.taken, [false, false, true, false]);
    let refusal = learned.refusal.expect("a reason");
    assert_eq!(refusal.params["detail"], "D: There is no expense D.");
}
