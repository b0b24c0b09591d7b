//! Runs the connector against a server that answers as Odoo 19 was seen to answer.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use postonce_engine::LeaseLost;
use postonce_engine::domain::OrganisationId;
use reqwest::Url;
use serde_json::{Value, json};
use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::client::Lease;
use super::*;
use crate::http::{Limits, Side};

mod locking;
mod pages;
mod posting;
mod set_up;
mod staging;

/// Stands for a lease that is held, or lost.
struct TestLease(AtomicBool);

impl TestLease {
    fn yes() -> Self {
        Self(AtomicBool::new(true))
    }

    fn no() -> Self {
        Self(AtomicBool::new(false))
    }
}

impl Lease for TestLease {
    fn check(&self) -> Result<(), LeaseLost> {
        if self.0.load(Ordering::SeqCst) { Ok(()) } else { Err(LeaseLost) }
    }
}

/// An answer of the server: a status and a body.
type ScriptedAnswer = (u16, Value);

/// Holds the answers of the server to each `model/method`; the last answer of a list is given for ever.
#[derive(Clone, Default)]
struct Server {
    answers: Arc<Mutex<HashMap<String, Vec<ScriptedAnswer>>>>,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Server {
    fn says(&self, call: &str, answers: Vec<ScriptedAnswer>) {
        self.answers.lock().expect("nobody panicked").insert(call.to_owned(), answers);
    }

    /// Returns the bodies of the calls of that method so far.
    fn asked(&self, call: &str) -> Vec<Value> {
        let asked = self.asked.lock().expect("nobody panicked");
        asked.iter().filter(|(name, _)| name == call).map(|(_, body)| body.clone()).collect()
    }
}

impl Respond for Server {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let call = request.url.path().trim_start_matches("/json/2/").to_owned();
        let body: Value = request.body_json().expect("a JSON body");
        self.asked.lock().expect("nobody panicked").push((call.clone(), body));
        let mut answers = self.answers.lock().expect("nobody panicked");
        let Some(script) = answers.get_mut(&call) else {
            return answer(&(404, error("werkzeug.exceptions.NotFound", &format!("no answer for {call}"))));
        };
        if script.len() > 1 { answer(&script.remove(0)) } else { answer(&script[0]) }
    }
}

fn answer((status, body): &ScriptedAnswer) -> ResponseTemplate {
    ResponseTemplate::new(*status)
        .set_body_raw(body.to_string(), "application/json; charset=utf-8")
        .insert_header("Date", "Mon, 23 Nov 2026 04:13:28 GMT")
}

fn error(name: &str, message: &str) -> Value {
    json!({"name": name, "message": message, "arguments": [message], "context": {}, "debug": "Traceback …"})
}

fn user_error(message: &str) -> ScriptedAnswer {
    (422, error("odoo.exceptions.UserError", message))
}

fn missing_record() -> ScriptedAnswer {
    (404, error("odoo.exceptions.MissingError", "Record does not exist or has been deleted."))
}

fn ok(body: Value) -> Vec<ScriptedAnswer> {
    vec![(200, body)]
}

/// Starts a server with the books of HLF: company 1 in NOK, journal 7, accounts 51 (7790), 53 (2930) and 54 (2400,
/// payable).
async fn odoo() -> (MockServer, Server, Odoo) {
    let server = Server::default();
    server.says("res.users/context_get", ok(json!({"lang": "en_US", "tz": false, "uid": 5})));
    server.says(
        "res.users/read",
        ok(json!([{"id": 5, "name": "Kari", "login": "kari", "company_id": [1, "HLF"], "company_ids": [1]}])),
    );
    server.says("res.company/read", ok(company("1-01-01")));
    server.says(
        "account.journal/search_read",
        ok(json!([{"id": 7, "code": "POST", "type": "general", "currency_id": false}])),
    );
    server.says(
        "account.account/search_read",
        ok(json!([{"id": 51, "code": "7790", "account_type": "expense"}, {"id": 53, "code": "2930", "account_type": "liability_current"},
                  {"id": 54, "code": "2400", "account_type": "liability_payable"}])),
    );
    server.says("account.move.line/search_read", ok(json!([])));
    server.says("res.currency/search_read", ok(json!([])));
    server.says("res.partner/search_read", ok(json!([{"id": 9, "ref": "PM-0031"}])));
    let listening = MockServer::start().await;
    Mock::given(method("POST"))
        .and(header("authorization", "Bearer key"))
        .and(header("x-odoo-database", "books"))
        .respond_with(server.clone())
        .mount(&listening)
        .await;
    let odoo = connector(&listening);
    (listening, server, odoo)
}

fn connector(listening: &MockServer) -> Odoo {
    let url = Url::parse(&listening.uri()).expect("an address");
    let http = Http::new(Side::Accounting, &url, &"key".into(), Limits::STANDARD).expect("a client");
    let remote = crate::Remote { url, secret: "key".to_owned() };
    let settings = OdooSettings {
        remote,
        database: "books".into(),
        company: None,
        journal: "POST".into(),
        create_parties: false,
        search_lag: None,
    };
    let organisation = OrganisationId::new("hlf").expect("an organisation");
    let (clock, ids) = (Arc::new(crate::SystemClock::start()), Arc::new(crate::UuidIds));
    Odoo::new(http, &settings, &organisation, clock, ids).expect("a connector")
}

/// Returns the company, with its books locked up to that day.
fn company(locked: &str) -> Value {
    json!([{"id": 1, "name": "HLF", "currency_id": [14, "NOK"],
            "user_fiscalyear_lock_date": locked, "user_hard_lock_date": "1-01-01"}])
}

/// Returns an entry of 412.00 on 28 October 2026.
fn entry(id: i64, reference: &str, state: &str) -> Value {
    let name: Value = if state == "posted" { format!("POST/2026/10/{id:04}").into() } else { false.into() };
    json!({"id": id, "ref": reference, "name": name, "state": state, "date": "2026-10-28", "currency_id": [14, "NOK"],
           "amount_total": 412.0, "posted_before": state == "posted", "create_date": "2026-11-02 09:14:03",
           "reversed_entry_id": false, "reversal_move_ids": []})
}

/// Returns the lines of that entry, with that amount.
fn lines(id: i64, amount: f64) -> Vec<Value> {
    vec![
        json!({"id": id * 10, "move_id": [id, "…"], "account_id": [51, "…"], "balance": amount, "partner_id": false}),
        json!({"id": id * 10 + 1, "move_id": [id, "…"], "account_id": [53, "…"], "balance": -amount, "partner_id": [9, "…"]}),
    ]
}

/// Returns the same entry with a change.
fn with(mut entry: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("changes are members") };
    for (name, value) in changes {
        entry[name] = value;
    }
    entry
}

/// Returns a posting of 412.00 as it is drawn up.
fn drawn(reference: &str) -> body::EntryBody {
    let line = |account: &str, amount: &str, party: Option<&str>| body::LineBody {
        account: account.to_owned(),
        amount: amount.to_owned(),
        own: None,
        text: "Taxi".to_owned(),
        party: party.map(str::to_owned),
        party_name: party.map(|_| "Kari Nordmann".to_owned()),
        vat_code: None,
        dimensions: BTreeMap::new(),
    };
    body::EntryBody {
        reference: reference.to_owned(),
        date: "2026-10-28".parse().expect("a date"),
        currency: "NOK".to_owned(),
        own_currency: None,
        lines: vec![line("7790", "412.00", None), line("2930", "-412.00", Some("PM-0031"))],
    }
}

/// Returns each result as text.
fn shown(results: Vec<Option<StageResult>>) -> Vec<String> {
    let shown = |result: StageResult| match result {
        StageResult::Staged(draft) => format!("draft {}", draft.as_str()),
        StageResult::Exists(made) => format!("voucher {}", made.voucher_id),
        StageResult::Refused { refusal, voucher_id } => {
            format!("{} {}", refusal.kind, voucher_id.unwrap_or_default()).trim().to_owned()
        }
    };
    results.into_iter().map(|result| result.map_or_else(|| "?".to_owned(), shown)).collect()
}

/// Returns the parameters of a problem, in order.
fn params(problem: &Problem) -> BTreeMap<&str, &str> {
    problem.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
