//! Sends the tests' calls and returns the raw answers. It knows nothing of the protocol's promises.

use std::time::Duration;

use postonce_sandbox::{ACCOUNTING_TOKEN, Options, Sandbox, start};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

/// The longest that anything is waited for.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// A running sandbox with a client for it.
pub(crate) struct Practice {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
}

/// An answer that came in whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

/// A request before it is sent.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) token: &'a str,
    pub(crate) headers: Vec<(&'a str, &'a str)>,
    pub(crate) body: Option<String>,
}

impl Practice {
    pub(crate) async fn new() -> Self {
        Self::with(Options { practice_count: 1200, ..Options::default() }).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { sandbox: start(options).await.unwrap(), client }
    }

    /// Sends the call: the answer, or the reason why there was none.
    pub(crate) async fn send(&self, call: Call<'_>) -> Result<Answer, reqwest::Error> {
        let url = format!("{}{}", self.sandbox.url(), call.path);
        let mut request = self.client.request(call.method, url).bearer_auth(call.token);
        for (name, value) in call.headers {
            request = request.header(name, value);
        }
        if let Some(body) = call.body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Answer { status, headers, text: response.text().await? })
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Call::new(Method::GET, path)).await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Call::new(Method::PUT, path).json(&body)).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Call::new(Method::POST, path).json(&body)).await.unwrap()
    }

    /// Takes the lock for a minute and returns its token.
    pub(crate) async fn lock(&self) -> String {
        let answer = self.post("/v1/locks/export", lock_wish("r1")).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    /// Posts vouchers: the answer, or the reason why there was none.
    pub(crate) async fn post_vouchers(
        &self,
        lock: &str,
        key: &str,
        vouchers: Vec<Value>,
    ) -> Result<Answer, reqwest::Error> {
        let call = Call::new(Method::POST, "/v1/vouchers").json(&json!({"vouchers": vouchers}));
        self.send(call.with("Lock-Token", lock).with("Idempotency-Key", key)).await
    }

    /// Posts a single voucher and returns its result.
    pub(crate) async fn post_one(&self, lock: &str, key: &str, voucher: Value) -> Value {
        let answer = self.post_vouchers(lock, key, vec![voucher]).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.json()["results"][0].clone()
    }

    /// Stages vouchers: the answer, or the reason why there was none.
    pub(crate) async fn stage(&self, lock: &str, key: &str, vouchers: Vec<Value>) -> Result<Answer, reqwest::Error> {
        let call = Call::new(Method::POST, "/v1/drafts").json(&json!({"vouchers": vouchers}));
        self.send(call.with("Lock-Token", lock).with("Idempotency-Key", key)).await
    }

    /// Stages a single voucher and returns its result.
    pub(crate) async fn stage_one(&self, lock: &str, key: &str, voucher: Value) -> Value {
        let answer = self.stage(lock, key, vec![voucher]).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.json()["results"][0].clone()
    }

    pub(crate) async fn commit(&self, lock: &str, draft_id: &str) -> Result<Answer, reqwest::Error> {
        let path = format!("/v1/drafts/{draft_id}/commit");
        self.send(Call::new(Method::POST, &path).with("Lock-Token", lock)).await
    }

    pub(crate) async fn delete_draft(&self, lock: &str, draft_id: &str) -> Result<Answer, reqwest::Error> {
        let path = format!("/v1/drafts/{draft_id}");
        self.send(Call::new(Method::DELETE, &path).with("Lock-Token", lock)).await
    }

    /// Returns the vouchers that a look-up finds under one reference.
    pub(crate) async fn find(&self, reference: &str) -> Vec<Value> {
        self.look_up(reference, "found").await
    }

    /// Returns the open drafts that a look-up finds under one reference.
    pub(crate) async fn find_drafts(&self, reference: &str) -> Vec<Value> {
        self.look_up(reference, "drafts").await
    }

    async fn look_up(&self, reference: &str, list: &str) -> Vec<Value> {
        let answer = self.post("/v1/vouchers/lookup", json!({"references": [reference]})).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.json()[list].as_array().unwrap().clone()
    }

    pub(crate) async fn set_faults(&self, settings: Value) {
        let answer = self.put("/admin/faults", settings).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    }

    pub(crate) async fn shift_clock(&self, seconds: i64) {
        let answer = self.put("/admin/clock", json!({"shift_seconds": seconds})).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    }

    /// Waits until as many calls stand still as these, and no others.
    pub(crate) async fn until_held(&self, classes: &[&str]) {
        self.until("the calls that stand still", async || {
            let held = self.get("/admin/held").await.json()["held"].clone();
            (held == json!(classes)).then_some(())
        })
        .await;
    }

    /// Lets go what stands still: `""` for all of it, `"?first=1"` for the oldest.
    pub(crate) async fn let_go(&self, query: &str) {
        let answer = self.send(Call::new(Method::DELETE, &format!("/admin/held{query}"))).await.unwrap();
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
    }

    /// Asks until there is an answer.
    pub(crate) async fn until<T>(&self, what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
        let asked = async {
            loop {
                if let Some(answer) = ask().await {
                    return answer;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(WAIT_MAX, asked).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
    }

    pub(crate) async fn stats(&self) -> Value {
        self.get("/admin/stats").await.json()
    }

    pub(crate) async fn journal(&self) -> Vec<Value> {
        self.get("/admin/journal").await.json()["entries"].as_array().unwrap().clone()
    }
}

impl<'a> Call<'a> {
    pub(crate) fn new(method: Method, path: &'a str) -> Self {
        Self { method, path, token: ACCOUNTING_TOKEN, headers: Vec::new(), body: None }
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string());
        self.with("Content-Type", "application/json")
    }

    pub(crate) fn with(mut self, name: &'a str, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Returns the last part of the problem's type.
    pub(crate) fn problem(&self) -> String {
        code(&self.json())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Returns the last part of a problem's type.
pub(crate) fn code(problem: &Value) -> String {
    problem["type"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

pub(crate) fn lock_wish(run_id: &str) -> Value {
    json!({"holder": {"user": "kari", "host": "desk", "run_id": run_id}, "operation": "sync", "ttl_seconds": 60})
}

pub(crate) fn voucher(reference: &str) -> Value {
    json!({
        "reference": reference, "date": "2026-10-31", "currency": "NOK", "text": "Travel, peer support Bodø",
        "lines": [
            {"account": "7140", "amount": "412.00", "dimensions": {"department": "20", "project": "P7"}},
            {"account": "2930", "amount": "-412.00", "party": "PM-0031"},
        ],
    })
}
