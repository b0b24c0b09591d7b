use std::collections::BTreeMap;

use chrono::NaiveDate;
use postonce_engine::domain::{
    Account, Currency, Generation, Line, Money, Posting, Protection, Reference, RequestKey, RunId, SEARCH_LAG_UNSTATED,
    VoucherResult,
};
use postonce_engine::error::ErrorCode;
use postonce_engine::ports::{LockHolder, Unaware};
use reqwest::Url;
use serde_json::{Value, json};
use wiremock::matchers::{body_bytes, body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::http::{Limits, Side};

mod drafts;
mod fuzz;
mod labels;
mod look_up;
mod reversal;
mod writes;

/// The settle window that the workspace sets.
const SETTLE_WINDOW: Duration = Duration::from_secs(90);
/// The same, in a workspace that says nothing about the search.
const WINDOWS: Windows = Windows { settle: SETTLE_WINDOW, search_lag: None };

pub(super) fn open(server: &MockServer) -> Open {
    let url = Url::parse(&server.uri()).expect("an address");
    let http = Http::new(Side::Accounting, &url, &"token".into(), Limits::STANDARD).expect("a client");
    over(http)
}

/// Returns a client of a server that has said already that it has a lock of its own.
pub(super) fn over(http: Http) -> Open {
    let open = Open::new(http, WINDOWS, Arc::new(crate::SystemClock::start()), Arc::new(crate::UuidIds));
    *open.ways.lock().expect("nobody panicked") = Some(Ways { lock: LockKind::Own, scheme: None, honours_keys: false });
    open
}

async fn answering(status: u16, body: Value) -> (MockServer, Open) {
    let kind = if status < 400 { "application/json" } else { "application/problem+json" };
    replying(ResponseTemplate::new(status).set_body_raw(body.to_string(), kind)).await
}

async fn replying(answer: ResponseTemplate) -> (MockServer, Open) {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
    let open = open(&server);
    (server, open)
}

fn references(texts: &[&str]) -> Vec<Reference> {
    texts.iter().map(|&text| Reference::from_stored(text)).collect()
}

fn me(capabilities: Value) -> Value {
    json!({"organisation": {"id": "hlf", "name": "HLF"}, "user": {"id": "kari", "name": "Kari Nordmann"},
           "capabilities": capabilities, "more": true})
}

fn lock_json() -> Value {
    json!({"holder": {"user": "kari", "name": "Kari Nordmann", "host": "HLF-PC-12", "run_id": "r1"}, "operation": "sync",
           "fence": 7, "acquired_at": "2026-11-02T14:03:00Z", "renewed_at": "2026-11-02T14:05:00Z",
           "expires_at": "2026-11-02T14:06:00Z", "progress": {"processed": 340, "total": 1200}})
}

fn ask() -> LeaseAsk {
    let holder = LockHolder { user: "kari".into(), name: None, host: "HLF-PC-12".into(), run_id: RunId::new("r1") };
    LeaseAsk { holder, life: Duration::from_secs(60), operation: "sync" }
}

#[tokio::test]
async fn strongest_protection_that_the_server_names_holds() {
    for (drafts, unique, fence, protection) in [
        (true, true, true, Protection::Staged),
        (true, false, false, Protection::Staged),
        (false, true, true, Protection::Enforced),
        (false, true, false, Protection::Enforced),
        (false, false, true, Protection::Fenced),
        (false, false, false, Protection::Observed),
    ] {
        let capabilities = json!({"max_vouchers_per_request": 500, "reference_max_length": 64, "drafts": drafts,
                                  "unique_references": unique, "checks_fence": fence, "idempotency_key_hours": 24});
        let (_server, open) = answering(200, me(capabilities)).await;
        let connection = open.connect().await.expect("it is there");
        assert_eq!(connection.capabilities.protection, protection);
        assert_eq!(connection.capabilities.settle_window, SETTLE_WINDOW);
        assert_eq!(connection.capabilities.idempotency_keys_live, Some(chrono::TimeDelta::hours(24)));
        assert_eq!((connection.organisation_id.as_str(), connection.user_name.as_str()), ("hlf", "Kari Nordmann"));
    }
}

#[tokio::test]
async fn search_lags_as_long_as_anybody_says_and_never_by_default_0() {
    for (stated_ms, set, expected) in [
        (None, None, SEARCH_LAG_UNSTATED),
        (Some(0), None, Duration::ZERO),
        (Some(700), None, Duration::from_millis(700)),
        (None, Some(0), Duration::ZERO),
        (Some(700), Some(3), Duration::from_secs(3)),
        (Some(7_000), Some(3), Duration::from_secs(7)),
    ] {
        let (_server, mut open) = answering(200, me(json!({"lookup_lag_ms": stated_ms}))).await;
        open.windows.search_lag = set.map(Duration::from_secs);
        let capabilities = open.connect().await.expect("it is there").capabilities;
        assert_eq!(capabilities.search_lag, expected, "{stated_ms:?} {set:?}");
    }
    assert!(!SEARCH_LAG_UNSTATED.is_zero());
}

#[tokio::test]
async fn server_does_not_offer_a_capability_that_it_does_not_mention() {
    let (_server, open) = answering(200, me(json!({"idempotency_key_hours": 0}))).await;
    let capabilities = open.connect().await.expect("it is there").capabilities;
    assert_eq!(capabilities.protection, Protection::Observed);
    assert_eq!(capabilities.idempotency_keys_live, None);
}

#[tokio::test]
async fn server_with_short_references_is_refused() {
    let (_server, open) = answering(200, me(json!({"reference_max_length": 20}))).await;
    let error = open.connect().await.expect_err("too short");
    assert_eq!(error.problem().code, ErrorCode::AccountingReferenceShort);
}

#[tokio::test]
async fn lock_is_granted_or_its_holder_is_named() {
    let (server, open) = answering(201, json!({"token": "t", "fence": 8, "acquired_at": "2026-11-02T14:03:00Z"})).await;
    let granted = open.acquire(&ask()).await;
    let granted_at = "2026-11-02T14:03:00Z".parse().expect("an instant");
    let (token, life) = (LeaseToken::new("t"), Duration::from_secs(60));
    assert_eq!(granted, Ok(Acquired::Granted { token, fence: 8, granted_at, life, unaware: None }));
    let sent: Value = server.received_requests().await.expect("recorded")[0].body_json().expect("JSON");
    let holder = json!({"user": "kari", "host": "HLF-PC-12", "run_id": "r1"});
    assert_eq!(sent, json!({"holder": holder, "operation": "sync", "ttl_seconds": 60}));

    let (_server, open) = answering(423, json!({"type": "x/locked", "title": "Locked", "lock": lock_json()})).await;
    let Ok(Acquired::Held(lock)) = open.acquire(&ask()).await else { panic!("not held") };
    assert_eq!(lock.holder.name.as_deref(), Some("Kari Nordmann"));
    assert_eq!(lock.progress, Some(LockProgress { processed: 340, total: 1200 }));
}

#[tokio::test]
async fn lease_lives_as_long_as_was_really_granted() {
    let grant = |more: Value| {
        let mut body = json!({"token": "t", "fence": 8, "acquired_at": "2026-11-02T14:03:00Z"});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        body
    };
    for (more, expected) in [
        (json!({"expires_at": "2026-11-02T14:03:06Z"}), Some(6)),
        (json!({"expires_at": "2026-11-02T14:04:00Z", "unaware": []}), Some(60)),
        (json!({}), Some(60)),
        (json!({"expires_at": "2026-11-02T14:03:00Z"}), None),
        (json!({"expires_at": "2026-11-02T14:02:00Z"}), None),
    ] {
        let (_server, open) = answering(201, grant(more.clone())).await;
        let life = match open.acquire(&ask()).await {
            Ok(Acquired::Granted { life, .. }) => Some(life.as_secs()),
            _ => None,
        };
        assert_eq!(life, expected, "{more}");
    }
    let token = LeaseToken::new("t");
    for (body, expected) in [(lock_json(), 60), (json!({}), 90)] {
        let (_server, open) = answering(200, body).await;
        let renewed = open.renew(&token, Duration::from_secs(90), LockProgress::default()).await;
        assert_eq!(renewed, Ok(Duration::from_secs(expected)));
    }
    let (_server, open) = replying(ResponseTemplate::new(200)).await;
    let renewed = open.renew(&token, Duration::from_secs(90), LockProgress::default()).await;
    assert_eq!(renewed, Ok(Duration::from_secs(90)));
    // A shorter life may stand beside what is not understood.
    for member in ["renewed_at", "now", "expires_at"] {
        let mut odd = lock_json();
        odd[member] = json!("soon");
        let (_server, open) = answering(200, odd).await;
        let renewed = open.renew(&token, Duration::from_secs(90), LockProgress::default()).await;
        assert!(matches!(renewed, Err(CallError::Unknown(_))), "{member}: {renewed:?}");
    }
    let unaware = grant(json!({"unaware": [{"run_id": "r0", "ttl_seconds": 90}]}));
    let (_server, open) = answering(201, unaware).await;
    let Ok(Acquired::Granted { unaware: Some(unaware), .. }) = open.acquire(&ask()).await else {
        panic!("not granted")
    };
    assert_eq!(unaware, [Unaware { run: RunId::new("r0"), life: Duration::from_secs(90) }]);
}

#[tokio::test]
async fn moment_at_the_end_of_the_calendar_is_not_understood() {
    for far in ["+262142-12-31T23:59:59Z", "-0001-01-01T00:00:00Z"] {
        let (_server, open) = answering(201, json!({"token": "t", "fence": u64::MAX, "acquired_at": far})).await;
        let error = open.acquire(&ask()).await.expect_err("no moment");
        assert_eq!(error.problem().code, ErrorCode::AccountingUnexpected, "{far}");
        let mut lock = lock_json();
        lock["renewed_at"] = far.into();
        let (_server, open) = answering(200, lock).await;
        let error = open.lock().await.expect_err("no moment");
        assert_eq!(error.problem().code, ErrorCode::AccountingUnexpected, "{far}");
    }
}

#[tokio::test]
async fn lock_that_is_no_longer_ours_is_lost() {
    let (_server, open) = answering(412, json!({"type": "x/lock-lost", "title": "Lost"})).await;
    let token = LeaseToken::new("t");
    assert_eq!(open.renew(&token, Duration::from_secs(60), LockProgress::default()).await, Err(CallError::LeaseLost));
    assert_eq!(open.release(&token).await, Err(CallError::LeaseLost));
}

#[tokio::test]
async fn lock_is_renewed_and_given_back_by_its_token() {
    let server = MockServer::start().await;
    let body = json!({"ttl_seconds": 60, "progress": {"processed": 120, "total": 900}});
    let answer = ResponseTemplate::new(200).set_body_json(json!({"expires_at": "2026-11-02T14:06:00Z"}));
    let ours = header("lock-token", "t");
    Mock::given(method("PUT")).and(ours).and(body_json(body)).respond_with(answer).mount(&server).await;
    let ours = header("lock-token", "t");
    Mock::given(method("DELETE")).and(ours).respond_with(ResponseTemplate::new(204)).mount(&server).await;
    let (open, token) = (open(&server), LeaseToken::new("t"));
    let progress = LockProgress { processed: 120, total: 900 };
    assert_eq!(open.renew(&token, Duration::from_secs(60), progress).await, Ok(Duration::from_secs(60)));
    assert_eq!(open.release(&token).await, Ok(()));
}

#[tokio::test]
async fn lock_that_nobody_holds_is_no_wrong_address() {
    let (_server, open) = answering(404, json!({"type": "x/not-found", "title": "None"})).await;
    assert_eq!(open.lock().await, Ok(None));
    let (_server, open) = answering(200, lock_json()).await;
    assert_eq!(open.lock().await.expect("held").map(|lock| lock.holder.user), Some("kari".into()));
    let server = MockServer::start().await;
    let html = ResponseTemplate::new(404).set_body_raw("<html>", "text/html");
    Mock::given(path("/v1/locks/export")).respond_with(html).mount(&server).await;
    let error = self::open(&server).lock().await.expect_err("a wrong address");
    assert_eq!(error.problem().code, ErrorCode::AccountingUnexpected);
}

fn posting() -> Posting {
    let nok = Currency::from_code("NOK").expect("a code of ISO 4217");
    let organisation = domain::OrganisationId::new("hlf").expect("a valid id");
    let id = domain::RecordId::new("PM-1").expect("a valid id");
    let rules = domain::ReferenceRules { length_max: 64, folds_case: false, ascii_only: false };
    let line = |account: &str, minor| Line::new(Account(account.into()), Money::from_minor(minor, nok));
    Posting {
        reference: Reference::of(&organisation, &id, Generation::FIRST, rules),
        date: NaiveDate::from_ymd_opt(2026, 10, 31).expect("a date"),
        currency: nok,
        rate: None,
        text: "Reise, Bodø".into(),
        is_day_of_sending: false,
        lines: vec![
            Line {
                dimensions: BTreeMap::from([("department".into(), "20".into()), ("project".into(), "P7".into())]),
                ..line("7140", 41_200)
            },
            Line { party: Some("PM-0031".into()), ..line("2930", -41_200) },
        ],
    }
}

#[tokio::test]
async fn request_has_exactly_the_protocols_bytes() {
    let (_server, open) = answering(200, json!({})).await;
    let bytes = open.draw_up(&[posting()]);
    assert_eq!(
        String::from_utf8(bytes).expect("JSON is UTF-8"),
        concat!(
            r#"{"vouchers":[{"reference":"hlf:PM-1","date":"2026-10-31","currency":"NOK","text":"Reise, Bodø","#,
            r#""lines":[{"account":"7140","amount":"412.00","dimensions":{"department":"20","project":"P7"}},"#,
            r#"{"account":"2930","amount":"-412.00","party":"PM-0031"}]}]}"#
        )
    );
    assert_eq!(open.draw_up(&[posting()]), open.draw_up(&[posting()]));
}

#[tokio::test]
async fn claimed_request_travels_unchanged_under_its_key_and_lock() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/vouchers"))
        .and(header("idempotency-key", "k-1"))
        .and(header("lock-token", "t"))
        .and(header("content-type", "application/json"))
        .and(body_bytes(b"the claimed bytes".to_vec()))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"results": []})))
        .expect(1)
        .mount(&server)
        .await;
    let open = open(&server);
    let (key, body) = (RequestKey::new("k-1"), b"the claimed bytes");
    let lease = writes::TestLease::held();
    writing::post(&open, &lease, vouchers::PATH, &key, body, &[200]).await.expect("it is answered");
}

/// Returns how these results are read for the members `a`, `b`, `c`.
fn results(results: Value) -> Vec<Option<VoucherResult>> {
    let url = Url::parse("http://127.0.0.1:1").expect("an address");
    let http = Http::new(Side::Accounting, &url, &"token".into(), Limits::STANDARD).expect("a client");
    let body = json!({"results": results}).to_string().into_bytes();
    let seen = HttpAnswer { status: 200, content_type: "application/json".into(), body, ..HttpAnswer::default() };
    results::answer(http.peer(), &seen, references(&["a", "b", "c"]).iter()).expect("it is read").results
}

fn created(reference: &str, voucher_id: &str) -> Value {
    json!({"reference": reference, "status": "created", "voucher_id": voucher_id, "number": "1"})
}

/// Returns each voucher id, or the kind of refusal.
fn ids(results: &[Option<VoucherResult>]) -> Vec<Option<&str>> {
    results.iter().map(|result| result.as_ref().map(id)).collect()
}

fn id(result: &VoucherResult) -> &str {
    match result {
        VoucherResult::Created(made) | VoucherResult::Exists(made) => &made.voucher_id,
        VoucherResult::Refused { refusal, .. } => &refusal.kind,
    }
}

#[test]
fn result_counts_for_the_member_that_it_names() {
    let exists = json!({"reference": "b", "status": "exists", "voucher_id": "V2", "number": null});
    let refusal = json!({"type": "x/reference-conflict", "title": "Conflict"});
    let refused = json!({"reference": "c", "status": "refused", "problem": refusal, "voucher_id": "V9"});
    let all = results(json!([created("a", "V1"), exists, refused]));
    assert_eq!(ids(&all), [Some("V1"), Some("V2"), Some("reference-conflict")]);
    assert!(matches!(&all[2], Some(VoucherResult::Refused { voucher_id: Some(id), .. }) if id == "V9"));
}

#[test]
fn missing_result_leaves_its_member_open_and_shifts_no_other() {
    assert_eq!(ids(&results(json!([created("a", "V1"), created("c", "V3")]))), [Some("V1"), None, Some("V3")]);
    assert_eq!(ids(&results(json!([]))), [None, None, None]);
}

#[test]
fn ambiguous_result_counts_for_nobody() {
    let twice = json!([created("a", "V1"), created("a", "V2"), created("b", "V3")]);
    assert_eq!(ids(&results(twice)), [None, Some("V3"), None]);
    let once_unreadable = json!([{"reference": "a", "status": "odd"}, created("a", "V1")]);
    assert_eq!(ids(&results(once_unreadable)), [None, None, None]);
    let one_voucher_for_two = json!([created("a", "V1"), created("b", "V1"), created("c", "V3")]);
    assert_eq!(ids(&results(one_voucher_for_two)), [None, None, Some("V3")]);
    let foreign = json!([created("x", "V1"), created("A", "V2"), created("b ", "V3")]);
    assert_eq!(ids(&results(foreign)), [None, None, None]);
}

#[test]
fn success_without_a_usable_voucher_that_stands_is_none() {
    let mut voided = created("a", "V1");
    voided["status"] = json!("exists");
    voided["state"] = json!("voided");
    let long = "V".repeat(201);
    for odd in [
        json!({"reference": "a", "status": "created"}),
        json!({"reference": "a", "status": "created", "voucher_id": null}),
        json!({"reference": "a", "status": "created", "voucher_id": 7}),
        json!("a"),
        created("a", " "),
        created("a", "V\n1"),
        created("a", &long),
        voided,
    ] {
        assert_eq!(ids(&results(json!([odd]))), [None, None, None]);
    }
}
