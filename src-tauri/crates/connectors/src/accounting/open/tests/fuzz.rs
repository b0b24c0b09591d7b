//! Sends every kind of answer: no panic, and nothing counts that the answer does not say in so many words.

use postonce_engine::domain::{CommitResult, Discarded, StageResult, VoucherState};
use postonce_engine::ports::{Acquired, CallError};

use super::super::{drafts, lock, results, vouchers, writing};
use super::writes::{TestLease, draft, reverse, stage};
use super::*;
use crate::fuzz::{CannedServer, Random, Target};

const MEMBERS: [&str; 3] = ["a", "b", "c"];
const TYPES: [&str; 5] =
    ["application/json", "application/problem+json", "application/json; charset=utf-8", "text/html", "text/plain"];
const STATUSES: [u16; 19] =
    [200, 200, 200, 201, 202, 204, 302, 400, 401, 404, 408, 409, 412, 413, 422, 423, 429, 500, 503];

/// Holds the server's answer in one round.
struct RawAnswer {
    status: u16,
    content_type: &'static str,
    waits: bool,
    body: Vec<u8>,
}

impl RawAnswer {
    fn any(random: &mut Random, body: Vec<u8>) -> Self {
        let content_type = if random.below(4) > 0 { TYPES[0] } else { *random.pick(&TYPES) };
        Self { status: *random.pick(&STATUSES), content_type, waits: random.below(3) == 0, body }
    }

    fn is_json(&self) -> bool {
        self.content_type.starts_with("application/")
    }

    /// Says whether it is JSON by its grammar, and yet has a member that a generic reader cannot hold: a number too
    /// large, half a character. Our reader may pass over such a member, so that the two cannot be compared.
    fn is_beyond_compare(&self) -> bool {
        let by_grammar = std::str::from_utf8(&self.body).map(serde_json::from_str::<serde::de::IgnoredAny>);
        matches!(by_grammar, Ok(Ok(_))) && serde_json::from_slice::<Value>(&self.body).is_err()
    }

    /// Returns it as JSON, read by nothing of ours.
    fn value(&self) -> Value {
        if self.is_json() { serde_json::from_slice(&self.body).unwrap_or(Value::Null) } else { Value::Null }
    }

    /// Says whether it is a problem with a type of its own.
    fn is_a_problem(&self) -> bool {
        self.value()["type"].as_str().is_some_and(|kind| !kind.is_empty() && !kind.ends_with("blank"))
    }

    /// Asserts that a failed write says no more than the table at the end of the protocol allows.
    fn assert_fair(&self, error: &CallError) {
        let asks_to_wait = self.status == 429 || (self.status == 503 && self.waits);
        let fits = match error {
            CallError::Refused { .. } => {
                let is_refusal = (400..500).contains(&self.status) && ![408, 409, 425, 429].contains(&self.status);
                is_refusal && self.is_a_problem()
            }
            CallError::NotProcessed { .. } => asks_to_wait && self.is_a_problem(),
            CallError::StillRunning { .. } => self.status == 409 && self.waits && self.is_a_problem(),
            CallError::LeaseLost => self.status == 412 && String::from_utf8_lossy(&self.body).contains("lock-lost"),
            CallError::Unknown(_) => true,
            CallError::NotSent(_) => false,
        };
        assert!(fits, "{} {} gave {error:?}", self.status, self.content_type);
    }

    /// Asserts the same of a question, which waits for whoever asks to wait.
    fn assert_fair_to_a_question(&self, error: &CallError) {
        match error {
            CallError::NotProcessed { .. } => {
                assert!([409, 429, 503].contains(&self.status), "{} gave {error:?}", self.status);
            }
            error => self.assert_fair(error),
        }
    }

    /// Returns the one result that names this reference, if there is exactly one.
    fn only_result(&self, reference: &str) -> Value {
        let value = self.value();
        let results = value["results"].as_array().cloned().unwrap_or_default();
        let mut named = results.into_iter().filter(|result| result["reference"] == reference);
        match (named.next(), named.next()) {
            (Some(only), None) => only,
            _ => Value::Null,
        }
    }
}

/// Holds a server that answers differently each time, and a client of it.
struct Answers {
    target: Target,
    server: CannedServer,
}

impl Answers {
    fn start(name: &'static str) -> (Self, Open) {
        let server = CannedServer::start();
        let http = Http::new(Side::Accounting, &server.url, &"token".into(), Limits::STANDARD).expect("a client");
        (Self { target: Target::new(name), server }, over(http))
    }

    /// Returns the server's next answer; `None` when the time is over.
    fn next(&mut self) -> Option<RawAnswer> {
        loop {
            let input = self.target.next()?;
            let said = RawAnswer::any(self.target.random(), input);
            if !said.is_beyond_compare() {
                let head = if said.waits { "retry-after: 1\r\n" } else { "" };
                self.server.answer(said.status, head, said.content_type, &said.body);
                return Some(said);
            }
        }
    }
}

/// Asserts that a voucher that counts stands in the answer, with its reference and its id, and is said to be made or
/// found.
fn assert_stands(said: &RawAnswer, result: &Value, statuses: &[&str], voucher_id: &str) {
    assert_eq!(said.status, 200);
    assert!(statuses.contains(&result["status"].as_str().unwrap_or_default()), "{result}");
    assert_eq!(result["voucher_id"], voucher_id, "{result}");
    assert!(!voucher_id.trim().is_empty());
}

#[tokio::test]
async fn answer_to_a_write_counts_for_nothing_that_it_does_not_say() {
    let ((mut answers, open), lease) = (Answers::start("results"), TestLease::held());
    while let Some(said) = answers.next() {
        let key = RequestKey::new("k-1");
        let seen = writing::post(&open, &lease, vouchers::PATH, &key, b"{}", &[results::ANSWERED]).await;
        let answer = seen.and_then(|seen| results::answer(open.http.peer(), &seen, references(&MEMBERS).iter()));
        match answer {
            Ok(answer) => {
                assert_eq!(answer.results.len(), MEMBERS.len());
                for (member, result) in MEMBERS.iter().zip(answer.results) {
                    let stands = said.only_result(member);
                    match result {
                        Some(VoucherResult::Created(made)) => {
                            assert_stands(&said, &stands, &["created"], &made.voucher_id)
                        }
                        Some(VoucherResult::Exists(made)) => {
                            assert_stands(&said, &stands, &["exists"], &made.voucher_id)
                        }
                        Some(VoucherResult::Refused { .. }) => assert_eq!(stands["status"], "refused"),
                        None => {}
                    }
                }
            }
            Err(error) => said.assert_fair(&error),
        }
        match stage(&open, &lease).await {
            Ok(results) => {
                for (member, result) in MEMBERS.iter().zip(results) {
                    if let Some(StageResult::Staged(id)) = result {
                        let stands = said.only_result(member);
                        assert_eq!((&stands["status"], &stands["draft_id"]), (&json!("staged"), &json!(id.as_str())));
                    }
                }
            }
            Err(error) => said.assert_fair(&error),
        }
        match drafts::commit(&open, &lease, &Reference::from_stored("a"), &draft("D-1")).await {
            Ok(CommitResult::Posted(made)) => {
                let value = said.value();
                assert_eq!(value["reference"], "a");
                assert_stands(&said, &value, &["created", "exists"], &made.voucher_id);
            }
            Ok(CommitResult::Refused(_)) => assert_eq!(said.value()["status"], "refused"),
            Ok(CommitResult::Gone) => {
                assert!(said.status == 404 && String::from_utf8_lossy(&said.body).contains("draft-unknown"));
            }
            Err(error) => said.assert_fair(&error),
        }
        match drafts::discard(&open, &lease, &draft("D-1")).await {
            Ok(Discarded::Gone) => assert!([204, 404].contains(&said.status)),
            Ok(Discarded::Committed) => assert_eq!(said.status, 409),
            Err(error) => said.assert_fair(&error),
        }
        match reverse(&open, &lease, "V-9").await {
            Ok(VoucherResult::Created(made) | VoucherResult::Exists(made)) => {
                let value = said.value();
                assert_eq!((&value["reference"], &value["reverses"]), (&json!("a#"), &json!("V-9")));
                assert_stands(&said, &value, &["created", "exists"], &made.voucher_id);
            }
            Ok(VoucherResult::Refused { .. }) => assert!([200, 404, 422].contains(&said.status) && said.is_json()),
            Err(error) => said.assert_fair(&error),
        }
    }
}

#[tokio::test]
async fn answer_to_a_look_up_is_taken_as_a_whole_or_not_at_all() {
    let (mut answers, open) = Answers::start("look_up");
    while let Some(said) = answers.next() {
        match open.look_up(&references(&MEMBERS)).await {
            Ok(found) => {
                assert_eq!(said.status, 200);
                let value = said.value();
                let listed = value["found"].as_array().expect("an answer without a list is none");
                let asked = |entry: &&Value| entry["reference"].as_str().is_some_and(|text| MEMBERS.contains(&text));
                // Absence is concluded from this: every voucher in the answer that was asked for is found.
                assert_eq!(found.vouchers.len(), listed.iter().filter(asked).count());
                for voucher in found.vouchers {
                    assert!(MEMBERS.contains(&voucher.reference.as_str()));
                    assert!(!voucher.acknowledgement.voucher_id.trim().is_empty());
                    let is_posted = voucher.state == VoucherState::Posted;
                    assert!(!is_posted || voucher.reversed_by.is_none());
                }
            }
            Err(error) => said.assert_fair_to_a_question(&error),
        }
    }
}

#[tokio::test]
async fn answer_about_the_lock_or_us_is_understood_or_none() {
    let (mut answers, open) = Answers::start("lock");
    while let Some(said) = answers.next() {
        match open.acquire(&ask()).await {
            Ok(Acquired::Granted { token, fence, .. }) => {
                let value = said.value();
                assert_eq!(
                    (said.status, &value["token"], &value["fence"]),
                    (201, &json!(token.expose()), &json!(fence))
                );
            }
            Ok(Acquired::Held(lock)) => {
                assert_eq!(said.status, 423);
                assert!(lock.holder.host.chars().count() <= 200 && lock.operation.chars().count() <= 200);
            }
            Ok(Acquired::LooksDead { .. }) => panic!("a lock of the server's own runs out by itself"),
            Err(error) => said.assert_fair(&error),
        }
        if let Ok(Some(_)) = lock::lock(&open).await {
            assert_eq!(said.status, 200);
        }
        if let Ok(connection) = open.connect().await {
            let value = said.value();
            assert_eq!(value["organisation"]["id"], json!(connection.organisation_id));
            let offers = |name: &str| value["capabilities"][name] == true;
            match connection.capabilities.protection {
                Protection::Staged => assert!(offers("drafts")),
                Protection::Enforced => assert!(offers("unique_references")),
                Protection::Fenced => assert!(offers("checks_fence")),
                Protection::Observed => {}
            }
        }
    }
}
