use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use postonce_engine::domain::{
    Account, CommitResult, Currency, Discarded, DraftId, Line, Money, OrganisationId, Posting, PostingRules, Reference,
    StageResult, VoucherResult, VoucherState,
};
use postonce_engine::error::ErrorCode;
use postonce_engine::ports::{Created, RowId, UniqueRows as _};
use reqwest::Url;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::*;
use crate::http::{Limits, Side};
use crate::workspace::Remote;

mod commits;
mod pages;
mod rows;
mod stages;

const PASSWORD: &str = "correct horse";
const FREE: rpc::LastLook<'static> = &|| Ok(());

/// Holds the answers to each method, each given once; after them a method has its usual answer.
struct Script {
    answers: Mutex<HashMap<String, VecDeque<ResponseTemplate>>>,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Respond for Script {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let body: Value = request.body_json().expect("JSON-RPC");
        let method = body["method"].as_str().expect("a method").to_owned();
        let answer = self.answers.lock().expect("nobody panicked").get_mut(&method).and_then(VecDeque::pop_front);
        self.asked.lock().expect("nobody panicked").push((method.clone(), body["params"].clone()));
        answer.unwrap_or_else(|| result(usual(&method)))
    }
}

/// Returns the usual answer to a method, of a company that is set up.
fn usual(method: &str) -> Value {
    match method {
        "common.db.login" => json!([3, "token", null]),
        "model.res.user.get_preferences" => json!({"company": 1, "companies": [1], "language": "en", "name": "Kari"}),
        "model.company.company.search_read" => json!([company(1, "HLF")]),
        "model.account.journal.search_read" => json!([{"id": 7}]),
        "model.account.account.search_read" => json!([account("2930", true), account("7140", false)]),
        "model.account.period.search_read" => json!([period("2026-10", "open"), period("2026-09", "closed")]),
        "model.party.party.search_read" => json!([{"id": 31, "code": "PM-0031"}]),
        "model.ir.date.today" => wire::date(day("2026-10-28")),
        _ => json!([]),
    }
}

fn company(id: i64, name: &str) -> Value {
    json!({"id": id, "rec_name": name, "party.": {"id": id, "code": "1", "name": name},
           "currency.": {"id": 1, "code": "NOK"}})
}

fn account(code: &str, party_required: bool) -> Value {
    let id: i64 = code.parse().expect("a number");
    json!({"id": id, "code": code, "party_required": party_required, "closed": false, "type": 5})
}

fn period(month: &str, state: &str) -> Value {
    let first = day(&format!("{month}-01"));
    json!({"id": 11, "name": month, "state": state, "start_date": wire::date(first),
           "end_date": wire::date(first + chrono::TimeDelta::days(29))})
}

/// Returns a moment so many seconds after the moves were made.
fn moment(second: u32) -> Value {
    json!({"__class__": "datetime", "year": 2026, "month": 10, "day": 28, "hour": 9, "minute": 0, "second": second,
           "microsecond": 5})
}

fn a_move(id: i64, reference: &str, state: &str, amount: &str) -> Value {
    json!({"id": id, "number": if state == "posted" { json!(format!("2026-{id}")) } else { Value::Null },
           "state": state, "description": reference, "date": wire::date(day("2026-10-28")), "origin": null,
           "create_date": moment(0), "write_date": null,
           "lines.": [{"id": 1, "debit": wire::decimal(amount), "credit": wire::decimal("0"),
                       "create_date": moment(0), "write_date": null},
                      {"id": 2, "debit": wire::decimal("0"), "credit": wire::decimal(amount),
                       "create_date": moment(0), "write_date": moment(0)}]})
}

fn result(result: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"id": 1, "result": result}))
}

fn error(error: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"id": 1, "error": error}))
}

fn no(words: &str) -> ResponseTemplate {
    error(json!(["UserError", [words, "", null]]))
}

struct Fake {
    tryton: Tryton,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
    _server: MockServer,
}

impl Fake {
    /// Returns the arguments of each call of a method, without the context.
    fn asked(&self, method: &str) -> Vec<Value> {
        let asked = self.asked.lock().expect("nobody panicked");
        asked.iter().filter(|(name, _)| name == method).map(|(_, params)| params.clone()).collect()
    }
}

/// Starts a server that answers these methods so, each answer once and in this order.
async fn answering(answers: Vec<(&str, ResponseTemplate)>) -> Fake {
    let mut queues: HashMap<String, VecDeque<ResponseTemplate>> = HashMap::new();
    for (method, answer) in answers {
        queues.entry(method.to_owned()).or_default().push_back(answer);
    }
    let asked = Arc::new(Mutex::default());
    let script = Script { answers: Mutex::new(queues), asked: Arc::clone(&asked) };
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::path("/books/rpc/")).respond_with(script).mount(&server).await;
    let url = Url::parse(&server.uri()).expect("an address");
    let password = SecretString::from(PASSWORD);
    let http = Http::without_token(Side::Accounting, &url, &password, Limits::STANDARD);
    let settings = TrytonSettings {
        remote: Remote { url, secret: "books".to_owned() },
        database: "books".to_owned(),
        user: "kari".to_owned(),
        company: None,
        journal: "EXP".to_owned(),
        create_parties: false,
        search_lag: None,
    };
    let organisation = OrganisationId::new("hlf").expect("an id");
    let (clock, ids) = (Arc::new(crate::SystemClock::start()), Arc::new(crate::UuidIds));
    Fake { tryton: Tryton::new(http, &settings, password, &organisation, clock, ids), asked, _server: server }
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn nok(minor: i64) -> Money {
    Money::from_minor(minor, Currency::from_code("NOK").expect("a code of ISO 4217"))
}

fn posting(reference: &str, account: &str, date: &str) -> Posting {
    let line = |account: &str, amount, party: Option<&str>| Line {
        party: party.map(str::to_owned),
        ..Line::new(Account(account.to_owned()), amount)
    };
    Posting {
        reference: Reference::from_stored(reference),
        date: day(date),
        currency: nok(0).currency(),
        rate: None,
        text: "Tog\tOslo".to_owned(),
        is_day_of_sending: false,
        lines: vec![line(account, nok(41_200), None), line("2930", nok(-41_200), Some("PM-0031"))],
    }
}

#[tokio::test]
async fn connection_says_who_we_are_and_whose_books_these_are() {
    let fake = answering(vec![]).await;
    let connection = fake.tryton.connect().await.expect("it is there");
    assert_eq!((connection.organisation_id.as_str(), connection.organisation_name.as_str()), ("books/1", "HLF"));
    assert_eq!((connection.user_id.as_str(), connection.user_name.as_str()), ("kari", "Kari"));
    assert_eq!(connection.capabilities.protection, Protection::Staged);
}

#[tokio::test]
async fn workspace_has_to_name_one_of_several_companies() {
    let several = json!([company(1, "HLF"), company(2, "HLF Bergen")]);
    let fake = answering(vec![("model.company.company.search_read", result(several))]).await;
    let error = fake.tryton.connect().await.expect_err("which one?");
    assert_eq!(error.problem().code, ErrorCode::SetupCompany);
    assert_eq!(error.problem().params["companies"], "HLF, HLF Bergen");
}

#[tokio::test]
async fn wrong_password_is_reported_and_not_repeated() {
    let fake = answering(vec![("common.db.login", ResponseTemplate::new(401))]).await;
    let error = fake.tryton.connect().await.expect_err("not accepted");
    assert_eq!(error.problem().code, ErrorCode::AccountingUnauthorized);
    assert!(!error.to_string().contains(PASSWORD));
    let fake = answering(vec![("common.db.login", error_with(PASSWORD))]).await;
    assert!(!format!("{:?}", fake.tryton.connect().await).contains(PASSWORD));
}

fn error_with(text: &str) -> ResponseTemplate {
    error(json!(["LoginException", ["password", text, "password"]]))
}

#[tokio::test]
async fn login_limit_is_waited_out() {
    let fake = answering(vec![("common.db.login", ResponseTemplate::new(429))]).await;
    let error = fake.tryton.connect().await.expect_err("busy");
    assert!(matches!(error, CallError::NotProcessed { .. }), "{error}");
}

#[tokio::test]
async fn check_reports_all_that_is_missing_at_once() {
    let rights = json!({
        "account.move": {"read": 1, "create": 1, "write": 1, "delete": 0},
        "account.move.line": {"read": true, "create": true, "write": true, "delete": true},
        "account.account": {"read": true, "create": false, "write": false, "delete": false},
        "account.period": {"read": true, "create": false, "write": false, "delete": false},
        "account.journal": {"read": true, "create": false, "write": false, "delete": false},
        "party.party": {"read": true, "create": true, "write": true, "delete": true},
    });
    let fake = answering(vec![
        ("model.account.journal.search_read", result(json!([]))),
        ("model.ir.model.access.get_access", result(rights)),
        ("model.account.account.search_read", result(json!([account("2930", true)]))),
        ("model.account.account.search_read", result(json!([]))),
        ("model.account.period.search_read", result(json!([]))),
    ])
    .await;
    let rules = PostingRules::of_accounts(Account("2930".to_owned()), Some(Account("7790".to_owned())), HashMap::new());
    let missing = fake.tryton.check(&rules).await.expect("it answers");
    let codes: Vec<ErrorCode> = missing.iter().map(|problem| problem.code).collect();
    let expected = [
        ErrorCode::SetupJournalMissing,
        ErrorCode::SetupRightMissing,
        ErrorCode::SetupAccountMissing,
        ErrorCode::SetupPeriodMissing,
    ];
    assert_eq!(codes, expected);
    assert_eq!(missing[1].params["rights"], "delete");
}

#[tokio::test]
async fn account_that_is_there_twice_is_no_place_to_post_to() {
    let twice = json!([account("2930", true), account("2930", true)]);
    let fake = answering(vec![
        ("model.ir.model.access.get_access", result(json!({}))),
        ("model.account.account.search_read", result(twice)),
    ])
    .await;
    let rules = PostingRules::of_accounts(Account("2930".to_owned()), None, HashMap::new());
    let missing = fake.tryton.check(&rules).await.expect("it answers");
    let unfit = missing.iter().find(|problem| problem.code == ErrorCode::SetupAccountUnfit).expect("it is reported");
    assert_eq!(unfit.params["account"], "2930");
}

#[tokio::test]
async fn module_that_is_not_in_use_is_named() {
    let fake = answering(vec![("model.account.journal.search_read", error(json!(["'account.journal'", ""])))]).await;
    let rules = PostingRules::of_accounts(Account("2930".to_owned()), None, HashMap::new());
    let missing = fake.tryton.check(&rules).await.expect("it answers");
    assert_eq!(missing[0].code, ErrorCode::SetupModuleMissing);
}

#[tokio::test]
async fn look_up_separates_drafts_and_vouchers() {
    let mut cancelling_draft = a_move(4, "hlf:B", "draft", "412.00");
    cancelling_draft["origin"] = json!("account.move,2");
    let mut cancelling = a_move(5, "hlf:A", "posted", "412.00");
    cancelling["origin"] = json!("account.move,1");
    cancelling["lines."][0]["debit"] = wire::decimal("-412.00");
    cancelling["lines."][1]["credit"] = wire::decimal("-412.00");
    let found = json!([
        a_move(1, "hlf:A", "posted", "412.00"),
        a_move(2, "hlf:B", "posted", "12.50"),
        a_move(3, "hlf:C", "draft", "1.00"),
        cancelling_draft,
        cancelling,
        a_move(6, "hlf:Z", "posted", "1.00"),
    ]);
    let fake = answering(vec![
        ("model.account.move.search_read", result(found)),
        ("model.account.move.search_read", result(json!([{"id": 5, "origin": "account.move,1"}]))),
    ])
    .await;
    let asked = ["hlf:A", "hlf:B", "hlf:C"].map(Reference::from_stored);
    let found = fake.tryton.look_up(&asked).await.expect("it answers");
    let standing: Vec<_> = found
        .vouchers
        .iter()
        .map(|voucher| (voucher.acknowledgement.voucher_id.as_str(), voucher.state, voucher.total.as_str()))
        .collect();
    let expected = [
        ("1", VoucherState::Voided, "412.00"),
        ("2", VoucherState::Posted, "12.50"),
        ("5", VoucherState::Posted, "412.00"),
    ];
    assert_eq!(standing, expected);
    assert_eq!(
        (found.vouchers[0].reversed_by.as_deref(), found.vouchers[2].reverses.as_deref()),
        (Some("5"), Some("1"))
    );
    // The draft of a cancelling move bears the reference of the voucher it cancels, and is none of ours.
    assert_eq!(found.drafts.iter().map(|draft| draft.draft_id.as_str()).collect::<Vec<_>>(), ["3"]);
}
