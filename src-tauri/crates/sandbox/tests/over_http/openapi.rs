//! Tests the sandbox against its OpenAPI document: every call, every documented status, and nothing that is not
//! documented.

use std::collections::BTreeSet;

use postonce_sandbox::{ACCOUNTING_TOKEN, OPENAPI};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::client::{Answer, Call, Practice, lock_wish, voucher};

/// The document, with the answers that were seen.
struct Document {
    whole: Value,
    seen: BTreeSet<(String, String, String)>,
}

/// A call of the document, filled in so that it succeeds.
struct Sample {
    method: Method,
    template: &'static str,
    path: String,
    body: Value,
    /// True: every answer of this call can also be one of the gate's.
    is_gated: bool,
}

#[tokio::test]
async fn every_documented_answer_is_given_and_no_other() {
    let practice = Practice::new().await;
    let mut document = Document::new();
    let samples = prepare(&practice).await;
    for sample in &samples {
        document.check_request(sample);
        if sample.is_gated {
            answers_of_the_gate(&practice, &mut document, sample).await;
        }
    }
    locks(&practice, &mut document).await;
    let token = practice.lock().await;
    witnesses(&practice, &mut document, &token).await;
    schemes(&practice, &mut document, &token).await;
    vouchers(&practice, &mut document, &token).await;
    reversals(&practice, &mut document, &token).await;
    drafts(&practice, &mut document, &token).await;
    attachments(&practice, &mut document, &token).await;
    reads(&practice, &mut document).await;
    learned(&practice, &mut document).await;
    labels(&practice, &mut document).await;
    assert_eq!(document.not_seen(), Vec::<String>::new(), "documented, and never given");
}

/// Prepares the samples. A voucher to reverse is made first, so that every sample can succeed.
async fn prepare(practice: &Practice) -> Vec<Sample> {
    let token = practice.lock().await;
    let made = practice.post_one(&token, "prepared", voucher("prepared")).await;
    let id = made["voucher_id"].as_str().unwrap();
    practice.send(Call::new(Method::DELETE, LOCK).with("Lock-Token", &token)).await.unwrap();
    let sample = |method, template: &'static str, body| {
        let path = template.replace("{ledger_id}", "ledger-1").replace("{id}", id).replace("{code}", "sample");
        let path = path.replace("{sha256}", &sha256("x"));
        Sample { method, template, path, body, is_gated: template != "/v1/health" }
    };
    let reversal = json!({"reference": "reversal", "date": "2026-11-01", "reason": "a test"});
    vec![
        sample(Method::GET, "/v1/health", Value::Null),
        sample(Method::GET, "/v1/me", Value::Null),
        sample(Method::POST, LOCK, lock_wish("r1")),
        sample(Method::PUT, LOCK, json!({"ttl_seconds": 60, "progress": {"processed": 1, "total": 2}})),
        sample(Method::GET, LOCK, Value::Null),
        sample(Method::DELETE, LOCK, Value::Null),
        sample(Method::POST, BREAK, json!({"reason": "a test"})),
        sample(Method::GET, WITNESSES, Value::Null),
        sample(Method::PUT, WITNESS, witness(4)),
        sample(Method::GET, WITNESS, Value::Null),
        sample(Method::GET, HISTORY, Value::Null),
        sample(Method::PUT, SCHEME, scheme(&["sample"])),
        sample(Method::GET, SCHEME, Value::Null),
        sample(Method::POST, VOUCHERS, json!({"vouchers": [voucher("sample")]})),
        sample(Method::GET, VOUCHERS, Value::Null),
        sample(Method::POST, LOOKUP, json!({"references": ["sample"]})),
        sample(Method::POST, REVERSAL, reversal),
        sample(Method::POST, DRAFTS, json!({"vouchers": [voucher("sample")]})),
        sample(Method::GET, DRAFTS, Value::Null),
        sample(Method::DELETE, DRAFT, Value::Null),
        sample(Method::POST, COMMIT, json!({})),
        sample(Method::POST, LABELS, json!({"code": "sample", "text": "a text"})),
        sample(Method::GET, LABEL, Value::Null),
        sample(Method::PUT, LABEL_BY_ID, json!({"text": "another text"})),
        sample(Method::DELETE, LABEL_BY_ID, Value::Null),
        sample(Method::GET, EXPENSES, Value::Null),
        sample(Method::PUT, ATTACHMENT, Value::Null),
        sample(Method::PUT, DRAFT_ATTACHMENT, Value::Null),
        sample(Method::POST, ATTACHMENTS, json!({"voucher_ids": [id]})),
        sample(Method::GET, RECEIPT, Value::Null),
        sample(Method::POST, EXPORTED, json!({"results": [result("nobody")]})),
        sample(Method::POST, EXPENSE_LOCKS, expense_locks("nobody", 1)),
        sample(Method::POST, RELEASE, json!({"run_id": "r1", "ids": ["nobody"]})),
    ]
}

/// Checks the answers that may come before a call is looked at: 401, 403, 413, 429, 500, 503, and 400 for a body that
/// is no JSON.
async fn answers_of_the_gate(practice: &Practice, document: &mut Document, sample: &Sample) {
    let mut stranger = sample.call();
    stranger.token = "a-stranger";
    document.see(practice, sample.template, stranger, 401).await;
    let faults = [("forbidden", 403), ("status_429", 429), ("error_500_before_commit", 500), ("status_503", 503)];
    for (kind, status) in faults {
        let export_lock = if sample.template.starts_with(LABELS) { "off" } else { "on" };
        let faults = json!([{"kind": kind, "paths": ["all"], "remaining": 1}]);
        practice.set_faults(json!({"drafts": "on", "export_lock": export_lock, "faults": faults})).await;
        document.see(practice, sample.template, sample.call(), status).await;
    }
    if !sample.body.is_null() {
        let mut broken = sample.call();
        broken.body = Some("{\"never\": ".to_owned());
        // A write with a token that nobody has would be a 412 before its body is looked at.
        broken.headers.clear();
        document.see(practice, sample.template, broken, 400).await;
        let mut large = sample.call();
        large.body = Some(" ".repeat(9 * 1024 * 1024));
        document.see(practice, sample.template, large, 413).await;
    }
}

async fn locks(practice: &Practice, document: &mut Document) {
    let post = |body| Call::new(Method::POST, LOCK).json(&body);
    document.see(practice, LOCK, Call::new(Method::GET, LOCK), 404).await;
    document.see(practice, BREAK, Call::new(Method::POST, BREAK).json(&json!({"reason": "a test"})), 404).await;
    document.see(practice, LOCK, post(json!({"ttl_seconds": 60})), 422).await;
    let granted = document.see(practice, LOCK, post(lock_wish("r1")), 201).await.json();
    document.see(practice, LOCK, post(lock_wish("r2")), 423).await;
    document.see(practice, LOCK, Call::new(Method::GET, LOCK), 200).await;
    let token = granted["token"].as_str().unwrap();
    let put = |token, body| Call::new(Method::PUT, LOCK).with("Lock-Token", token).json(&body);
    let progress = json!({"ttl_seconds": 60, "progress": {"processed": 120, "total": 900}});
    document.see(practice, LOCK, put(token, progress), 200).await;
    document.see(practice, LOCK, put(token, json!({"ttl_seconds": 0})), 422).await;
    document.see(practice, LOCK, put("unknown", json!({"ttl_seconds": 60})), 412).await;
    document.see(practice, LOCK, post(lock_wish("r2")), 423).await;
    document.see(practice, LOCK, Call::new(Method::GET, LOCK), 200).await;
    document.see(practice, LOCK, Call::new(Method::DELETE, LOCK), 400).await;
    document.see(practice, LOCK, Call::new(Method::DELETE, LOCK).with("Lock-Token", "unknown"), 412).await;
    document.see(practice, LOCK, Call::new(Method::DELETE, LOCK).with("Lock-Token", token), 204).await;
    document.see(practice, LOCK, post(lock_wish("r3")), 201).await;
    document.see(practice, BREAK, Call::new(Method::POST, BREAK).json(&json!({"reason": " "})), 422).await;
    document.see(practice, BREAK, Call::new(Method::POST, BREAK).json(&json!({"reason": "r3 hangs"})), 200).await;
}

async fn witnesses(practice: &Practice, document: &mut Document, token: &str) {
    let path = "/v1/witnesses/ledger-1";
    let put = |token, body| Call::new(Method::PUT, path).with("Lock-Token", token).json(&body);
    document.see(practice, WITNESS, Call::new(Method::GET, path), 404).await;
    document.see(practice, WITNESS, put(token, witness(5)), 204).await;
    document.see(practice, WITNESS, put(token, witness(4)), 409).await;
    document.see(practice, WITNESS, put("unknown", witness(6)), 412).await;
    document.see(practice, WITNESS, put(token, json!({"entries": 7})), 422).await;
    let mut signed = witness(8);
    (signed["signature"], signed["public_key"]) = ("c2lnbmF0dXJl".into(), "a2V5".into());
    document.see(practice, WITNESS, put(token, signed), 204).await;
    document.see(practice, WITNESSES, Call::new(Method::GET, WITNESSES), 200).await;
    let history = format!("{path}/history");
    let (page, wrong) = (format!("{history}?limit=1"), format!("{history}?cursor=x"));
    document.see(practice, HISTORY, Call::new(Method::GET, &page), 200).await;
    document.see(practice, HISTORY, Call::new(Method::GET, &wrong), 400).await;
    document.see(practice, WITNESS, Call::new(Method::GET, path), 200).await;
}

async fn schemes(practice: &Practice, document: &mut Document, token: &str) {
    let put = |token, body| Call::new(Method::PUT, SCHEME).with("Lock-Token", token).json(&body);
    document.see(practice, SCHEME, put(token, scheme(&["hlf", "sample"])), 204).await;
    document.see(practice, SCHEME, put(token, scheme(&["hlf"])), 409).await;
    document.see(practice, SCHEME, put("unknown", scheme(&["hlf", "sample"])), 412).await;
    document.see(practice, SCHEME, put(token, json!({"prefixes": 1})), 422).await;
    document.see(practice, SCHEME, Call::new(Method::GET, SCHEME), 200).await;
    practice.set_faults(json!({"reference_scheme": "off"})).await;
    document.see(practice, SCHEME, put(token, scheme(&["hlf", "sample"])), 404).await;
    document.see(practice, SCHEME, Call::new(Method::GET, SCHEME), 404).await;
    practice.set_faults(json!({})).await;
}

async fn vouchers(practice: &Practice, document: &mut Document, token: &str) {
    let post = |token, key, vouchers: &[Value]| {
        let call = Call::new(Method::POST, VOUCHERS).json(&json!({"vouchers": vouchers}));
        call.with("Lock-Token", token).with("Idempotency-Key", key)
    };
    let (mut conflict, mut unbalanced) = (voucher("a"), voucher("c"));
    conflict["text"] = "another text".into();
    unbalanced["lines"][0]["amount"] = "1.00".into();
    let mixed = [voucher("a"), voucher("a"), conflict, unbalanced, json!({"reference": 7})];
    let first = document.see(practice, VOUCHERS, post(token, "k1", &mixed), 200).await;
    let statuses: Vec<_> =
        first.json()["results"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
    assert_eq!(statuses, ["created", "exists", "refused", "refused", "refused"]);
    document.see(practice, VOUCHERS, post(token, "k1", &mixed), 200).await;
    document.see(practice, VOUCHERS, post(token, "k1", &[voucher("b")]), 422).await;
    document.see(practice, VOUCHERS, post("unknown", "k2", &[voucher("b")]), 412).await;
    two_at_once(practice, document, VOUCHERS, || post(token, "k3", &[voucher("d")])).await;
}

async fn reversals(practice: &Practice, document: &mut Document, token: &str) {
    let made = practice.post_one(token, "to reverse", voucher("to reverse")).await;
    let path = format!("/v1/vouchers/{}/reversal", made["voucher_id"].as_str().unwrap());
    let wish = |reference| json!({"reference": reference, "date": "2026-11-01", "reason": "a test"});
    let post = |path, token, key, body: Value| {
        Call::new(Method::POST, path).json(&body).with("Lock-Token", token).with("Idempotency-Key", key)
    };
    document.see(practice, REVERSAL, post(&path, "unknown", "r0", wish("back")), 412).await;
    document.see(practice, REVERSAL, post("/v1/vouchers/V-1/reversal", token, "r1", wish("back")), 404).await;
    two_at_once(practice, document, REVERSAL, || post(&path, token, "r2", wish("back"))).await;
    document.see(practice, REVERSAL, post(&path, token, "r3", wish("back")), 200).await;
    document.see(practice, REVERSAL, post(&path, token, "r4", wish("back again")), 422).await;
}

async fn drafts(practice: &Practice, document: &mut Document, token: &str) {
    let post = |token, key, vouchers: &[Value]| {
        let call = Call::new(Method::POST, DRAFTS).json(&json!({"vouchers": vouchers}));
        call.with("Lock-Token", token).with("Idempotency-Key", key)
    };
    practice.set_faults(json!({"drafts": "off"})).await;
    document.see(practice, DRAFTS, post(token, "d0", &[voucher("staged")]), 404).await;
    document.see(practice, DRAFTS, Call::new(Method::GET, DRAFTS), 404).await;
    practice.set_faults(json!({"drafts": "on"})).await;
    practice.post_one(token, "stands", voucher("stands")).await;
    let (mut conflict, mut unbalanced) = (voucher("stands"), voucher("never"));
    conflict["text"] = "another text".into();
    unbalanced["lines"][0]["amount"] = "1.00".into();
    let mixed = [voucher("staged"), voucher("staged"), voucher("stands"), conflict, unbalanced];
    let first = document.see(practice, DRAFTS, post(token, "d1", &mixed), 200).await.json();
    let statuses: Vec<_> = first["results"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
    assert_eq!(statuses, ["staged", "staged", "exists", "refused", "refused"]);
    document.see(practice, DRAFTS, post(token, "d1", &mixed), 200).await;
    document.see(practice, DRAFTS, post(token, "d1", &[voucher("b")]), 422).await;
    document.see(practice, DRAFTS, post("unknown", "d2", &[voucher("b")]), 412).await;
    two_at_once(practice, document, DRAFTS, || post(token, "d3", &[voucher("twice")])).await;

    let [one, other] =
        [0, 1].map(|place| format!("/v1/drafts/{}", first["results"][place]["draft_id"].as_str().unwrap()));
    let commits = [&one, &other].map(|path| format!("{path}/commit"));
    let commit = |path, token, body: Value| Call::new(Method::POST, path).json(&body).with("Lock-Token", token);
    let delete = |path, token| Call::new(Method::DELETE, path).with("Lock-Token", token);
    document.see(practice, COMMIT, commit(&commits[0], "unknown", json!({})), 412).await;
    document.see(practice, COMMIT, commit("/v1/drafts/D-1/commit", token, json!({})), 404).await;
    document.see(practice, COMMIT, commit(&commits[0], token, json!([])), 422).await;
    for (path, status) in [(&commits[0], "created"), (&commits[0], "exists"), (&commits[1], "refused")] {
        let answer = document.see(practice, COMMIT, commit(path, token, json!({})), 200).await;
        assert_eq!(answer.json()["status"], status);
    }
    document.see(practice, DRAFT, Call::new(Method::DELETE, &other), 400).await;
    document.see(practice, DRAFT, delete(&other, "unknown"), 412).await;
    document.see(practice, DRAFT, delete(&one, token), 409).await;
    document.see(practice, DRAFT, delete(&other, token), 204).await;
    document.see(practice, DRAFT, delete(&other, token), 404).await;
    document.see(practice, DRAFTS, post(token, "d4", &[voucher("open"), voucher("open")]), 200).await;
}

/// The bytes are JSON, as every other answer is, so that they can be read like one.
async fn attachments(practice: &Practice, document: &mut Document, token: &str) {
    practice.set_faults(json!({"drafts": "on"})).await;
    let voucher_id = practice.post_one(token, "to attach to", voucher("to attach to")).await["voucher_id"].clone();
    let draft_id =
        practice.stage_one(token, "draft to attach to", voucher("draft to attach to")).await["draft_id"].clone();
    let bytes = "\"%PDF-\"";
    let of = |path: &str| format!("{path}/attachments/{}", sha256(bytes));
    for (template, path, unknown) in [
        (ATTACHMENT, format!("{VOUCHERS}/{}", voucher_id.as_str().unwrap()), of("/v1/vouchers/V-1")),
        (DRAFT_ATTACHMENT, format!("{DRAFTS}/{}", draft_id.as_str().unwrap()), of("/v1/drafts/D-1")),
    ] {
        let path = of(&path);
        for status in ["created", "exists"] {
            let answer = document.see(practice, template, put(&path, bytes, token, "application/pdf"), 200).await;
            assert_eq!(answer.json()["status"], status);
        }
        document.see(practice, template, put(&path, "other", token, "application/pdf"), 422).await;
        document.see(practice, template, put(&path, bytes, token, "text/html"), 422).await;
        document.see(practice, template, put(&path, bytes, "unknown", "application/pdf"), 412).await;
        document.see(practice, template, put(&unknown, bytes, token, "application/pdf"), 404).await;
        let mut nameless = put(&path, bytes, token, "application/pdf");
        nameless.headers.clear();
        document.see(practice, template, nameless, 400).await;
        let large = " ".repeat(9 * 1024 * 1024);
        document.see(practice, template, put(&path, &large, token, "application/pdf"), 413).await;
    }
    let committed = practice.commit(token, draft_id.as_str().unwrap()).await.unwrap().json()["voucher_id"].clone();
    let lookup = |ids: Value| Call::new(Method::POST, ATTACHMENTS).json(&json!({"voucher_ids": ids}));
    let found = document.see(practice, ATTACHMENTS, lookup(json!([voucher_id, committed])), 200).await.json();
    let names: Vec<_> = found["attachments"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["Bodø.pdf", "Bodø.pdf"], "the voucher of a draft has its attachments");
    // An attachment that comes late is put on the voucher, which has it already.
    let late = of(&format!("{DRAFTS}/{}", draft_id.as_str().unwrap()));
    let late = document.see(practice, DRAFT_ATTACHMENT, put(&late, bytes, token, "application/pdf"), 200).await;
    assert_eq!(late.json()["status"], "exists");
    document.see(practice, ATTACHMENTS, lookup(json!([])), 422).await;
    document.see(practice, ATTACHMENTS, lookup(json!(vec!["V-1"; 501])), 422).await;
    practice.set_faults(json!({"attachments": "off"})).await;
    document.see(practice, ATTACHMENTS, lookup(json!([voucher_id])), 404).await;
    practice.set_faults(json!({"drafts": "on"})).await;
    document.see(practice, RECEIPT, Call::new(Method::GET, "/v1/receipts/r-1"), 404).await;
    practice.put("/admin/receipts/r-1", json!("bytes")).await;
    document.see(practice, RECEIPT, Call::new(Method::GET, "/v1/receipts/r-1"), 200).await;
}

fn put<'a>(path: &'a str, body: &str, token: &'a str, media_type: &'a str) -> Call<'a> {
    let call = Call::new(Method::PUT, path).with("Lock-Token", token).with("Content-Type", media_type);
    Call { body: Some(body.to_owned()), ..call.with("Attachment-Name", "Bod%C3%B8.pdf") }
}

fn sha256(bytes: &str) -> String {
    hex::encode(Sha256::digest(bytes))
}

async fn reads(practice: &Practice, document: &mut Document) {
    document.see(practice, "/v1/health", Call::new(Method::GET, "/v1/health"), 200).await;
    document.see(practice, "/v1/me", Call::new(Method::GET, "/v1/me"), 200).await;
    let lookup = |references: &[&str]| Call::new(Method::POST, LOOKUP).json(&json!({"references": references}));
    document.see(practice, LOOKUP, lookup(&["a", "nobody", "back", "to reverse", "open"]), 200).await;
    document.see(practice, LOOKUP, lookup(&["a"; 501]), 422).await;
    document.see(practice, VOUCHERS, Call::new(Method::GET, "/v1/vouchers?date_from=2026-10-31&limit=2"), 200).await;
    document.see(practice, VOUCHERS, Call::new(Method::GET, "/v1/vouchers?date_to=31.10.2026"), 400).await;
    for (path, template) in [(VOUCHERS, VOUCHERS), (DRAFTS, DRAFTS), (EXPENSES, EXPENSES)] {
        document.see(practice, template, Call::new(Method::GET, path), 200).await;
        for query in ["limit=2", "limit=0", "cursor=nonsense", "limit=many"] {
            let status = if query == "limit=2" { 200 } else { 400 };
            document.see(practice, template, Call::new(Method::GET, &format!("{path}?{query}")), status).await;
        }
    }
}

async fn labels(practice: &Practice, document: &mut Document) {
    let post = |body| Call::new(Method::POST, LABELS).json(&body);
    let wish = json!({"code": "export", "text": "kari"});
    let show = || Call::new(Method::GET, "/v1/labels/export");
    document.see(practice, LABELS, post(wish.clone()), 404).await;
    practice.set_faults(json!({"export_lock": "off"})).await;
    document.see(practice, "/v1/me", Call::new(Method::GET, "/v1/me"), 200).await;
    document.see(practice, LABEL, show(), 404).await;
    let made = document.see(practice, LABELS, post(wish.clone()), 201).await.json();
    document.see(practice, LABELS, post(wish), 409).await;
    document.see(practice, LABELS, post(json!({"code": "other", "text": ""})), 422).await;
    document.see(practice, LABEL, show(), 200).await;
    let path = format!("/v1/labels/by-id/{}", made["id"].as_str().unwrap());
    let put = |body| Call::new(Method::PUT, &path).json(&body);
    document.see(practice, LABEL_BY_ID, put(json!({"text": "ola"})), 200).await;
    document.see(practice, LABEL_BY_ID, put(json!({"text": " ".repeat(4097)})), 422).await;
    document.see(practice, LABEL_BY_ID, Call::new(Method::DELETE, &path), 204).await;
    document.see(practice, LABEL_BY_ID, put(json!({"text": "ola"})), 404).await;
    document.see(practice, LABEL_BY_ID, Call::new(Method::DELETE, &path), 404).await;
}

async fn learned(practice: &Practice, document: &mut Document) {
    let known = practice.get("/v1/expenses?limit=2").await.json();
    let id = known["records"][0]["id"].as_str().unwrap();
    let edited = known["records"][1]["id"].as_str().unwrap();
    let version = known["records"][0]["version"].as_u64().unwrap();
    practice.put("/admin/expenses/being-edited", json!({"ids": [edited]})).await;
    for (template, body) in [
        (EXPENSE_LOCKS, expense_locks("nobody", 1)),
        (EXPENSE_LOCKS, expense_locks(edited, 1)),
        (EXPENSE_LOCKS, expense_locks(id, version + 1)),
        (EXPENSE_LOCKS, expense_locks(id, version)),
        (EXPORTED, json!({"results": [result("nobody"), result(id), result(id)]})),
    ] {
        let post = Call::new(Method::POST, template).json(&body);
        document.see(practice, template, post, 200).await;
    }
    let unfit = json!({"run_id": "r1", "ttl_seconds": 0, "expenses": []});
    document.see(practice, EXPENSE_LOCKS, Call::new(Method::POST, EXPENSE_LOCKS).json(&unfit), 422).await;
    document.see(practice, EXPORTED, Call::new(Method::POST, EXPORTED).json(&json!({})), 422).await;
    document.see(practice, RELEASE, Call::new(Method::POST, RELEASE).json(&json!({})), 422).await;
    let release = json!({"run_id": "r1", "ids": [id]});
    document.see(practice, RELEASE, Call::new(Method::POST, RELEASE).json(&release), 204).await;
    practice.set_faults(json!({"exported_results": "off", "expense_locks": "off"})).await;
    for template in [EXPORTED, EXPENSE_LOCKS, RELEASE] {
        document.see(practice, template, Call::new(Method::POST, template).json(&json!({})), 404).await;
    }
}

/// Makes the same call twice. The first stands still, and the second finds the key taken.
async fn two_at_once<'a>(practice: &Practice, document: &mut Document, template: &str, call: impl Fn() -> Call<'a>) {
    let hold = json!({"kind": "hold", "remaining": 1, "paths": ["vouchers", "drafts"]});
    practice.set_faults(json!({"drafts": "on", "faults": [hold]})).await;
    let (first, second) = tokio::join!(practice.send(call()), async {
        let stands = async || practice.get("/admin/held").await.json()["held"].get(0).cloned();
        practice.until("the first call to stand still", stands).await;
        let second = practice.send(call()).await;
        practice.let_go("").await;
        second
    });
    practice.set_faults(json!({"drafts": "on"})).await;
    let mut statuses = Vec::new();
    for answer in [first.unwrap(), second.unwrap()] {
        document.check(template, &Method::POST, &answer);
        statuses.push(answer.status.as_u16());
    }
    assert_eq!(statuses, [200, 409]);
}

impl Document {
    fn new() -> Self {
        let mut whole: Value = serde_json::from_str(OPENAPI).unwrap();
        // The document leaves room for members to come; this server must have none that it does not name.
        close_objects(&mut whole["components"]["schemas"]);
        Self { whole, seen: BTreeSet::new() }
    }

    async fn see(&mut self, practice: &Practice, template: &str, call: Call<'_>, status: u16) -> Answer {
        let method = call.method.clone();
        let answer = practice.send(call).await.unwrap();
        assert_eq!(answer.status.as_u16(), status, "{method} {template}: {}", answer.text);
        self.check(template, &method, &answer);
        answer
    }

    fn check(&mut self, template: &str, method: &Method, answer: &Answer) {
        let (method, status) = (method.as_str().to_lowercase(), answer.status.as_str().to_owned());
        let place = format!("{method} {template} {status}");
        let documented = self.resolve(&self.whole["paths"][template][&method]["responses"][&status]);
        assert!(documented.is_object(), "{place} is not documented: {}", answer.text);
        for (name, header) in documented["headers"].as_object().into_iter().flatten() {
            let header = self.resolve(header);
            let is_there = answer.headers.contains_key(name);
            assert!(is_there || header["required"] != true, "{place} lacks the header {name}");
        }
        match documented["content"].as_object() {
            None => assert_eq!(answer.text, "", "{place} has no body"),
            Some(content) => {
                let schema = content.get(answer.header("content-type")).map(|media| &media["schema"]);
                let schema = schema.unwrap_or_else(|| panic!("{place}: {}", answer.header("content-type")));
                self.validate(schema, &answer.json(), &place);
            }
        }
        self.seen.insert((template.to_owned(), method, status));
    }

    fn check_request(&self, sample: &Sample) {
        let operation = &self.whole["paths"][sample.template][sample.method.as_str().to_lowercase()];
        assert!(operation.is_object(), "{} {}", sample.method, sample.template);
        if !sample.body.is_null() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            self.validate(schema, &sample.body, sample.template);
        }
    }

    fn validate(&self, schema: &Value, instance: &Value, place: &str) {
        let mut schema = schema.clone();
        schema["components"] = json!({"schemas": self.whole["components"]["schemas"]});
        let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap();
        let complaints: Vec<_> = validator.iter_errors(instance).map(|error| error.to_string()).collect();
        assert!(complaints.is_empty(), "{place}: {complaints:?} in {instance}");
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.whole.pointer(reference.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    fn not_seen(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for (template, methods) in self.whole["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                for status in operation["responses"].as_object().into_iter().flatten().map(|(status, _)| status) {
                    if !self.seen.contains(&(template.clone(), method.clone(), status.clone())) {
                        missing.push(format!("{method} {template} {status}"));
                    }
                }
            }
        }
        missing
    }
}

impl Sample {
    fn call(&self) -> Call<'_> {
        let headers = vec![("Lock-Token", "none"), ("Idempotency-Key", "sample")];
        let body = if self.body.is_null() { None } else { Some(self.body.to_string()) };
        Call { method: self.method.clone(), path: &self.path, token: ACCOUNTING_TOKEN, headers, body }
    }
}

/// Closes every object that lists its members, so that it has no others.
fn close_objects(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(close_objects);
            if object.get("type") == Some(&json!("object")) && object.contains_key("properties") {
                object.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close_objects),
        _ => {}
    }
}

fn result(id: &str) -> Value {
    json!({"id": id, "generation": 1, "reference": "r", "voucher_id": "V-1", "voucher_number": "1", "run_id": "r1",
           "exported_at": "2026-11-02T09:14:03Z"})
}

fn expense_locks(id: &str, version: u64) -> Value {
    json!({"run_id": "r1", "ttl_seconds": 60, "expenses": [{"id": id, "version": version}]})
}

fn scheme(prefixes: &[&str]) -> Value {
    json!({"prefixes": prefixes, "rules": [{"length_max": 64}]})
}

fn witness(entries: u64) -> Value {
    json!({"entries": entries, "head": "sha256:9f86d081", "written_by": {"user": "kari", "host": "desk"}})
}

const LOCK: &str = "/v1/locks/export";
const BREAK: &str = "/v1/locks/export/break";
const LABELS: &str = "/v1/labels";
const LABEL: &str = "/v1/labels/{code}";
const LABEL_BY_ID: &str = "/v1/labels/by-id/{id}";
const SCHEME: &str = "/v1/reference-scheme";
const WITNESSES: &str = "/v1/witnesses";
const WITNESS: &str = "/v1/witnesses/{ledger_id}";
const HISTORY: &str = "/v1/witnesses/{ledger_id}/history";
const VOUCHERS: &str = "/v1/vouchers";
const LOOKUP: &str = "/v1/vouchers/lookup";
const REVERSAL: &str = "/v1/vouchers/{id}/reversal";
const DRAFTS: &str = "/v1/drafts";
const DRAFT: &str = "/v1/drafts/{id}";
const COMMIT: &str = "/v1/drafts/{id}/commit";
const ATTACHMENT: &str = "/v1/vouchers/{id}/attachments/{sha256}";
const DRAFT_ATTACHMENT: &str = "/v1/drafts/{id}/attachments/{sha256}";
const ATTACHMENTS: &str = "/v1/attachments/lookup";
const RECEIPT: &str = "/v1/receipts/{id}";
const EXPENSES: &str = "/v1/expenses";
const EXPORTED: &str = "/v1/expenses/exported";
const EXPENSE_LOCKS: &str = "/v1/expenses/locks";
const RELEASE: &str = "/v1/expenses/locks/release";
