//! Tells the platform what became of its expenses. Each call may be made again: what the platform has, it has once.

use std::collections::{HashMap, HashSet};

use postonce_engine::domain::{HoldReason, RecordId, RunId};
use postonce_engine::error::Problem;
use postonce_engine::ports::{CallError, ExportResult, Learned, Learning, LockedRecord};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Remote;
use super::patience::patiently;
use crate::http::classify::{self, Effect};

/// The number of times that a call is made. More would only hold up a run; the next one tells again.
const TRIES_MAX: u32 = 2;
/// The number of times that a lock is asked for: without it the run stops.
const LOCK_TRIES_MAX: u32 = 4;
/// The longest time for which an expense is locked, should nobody release it.
const LOCK_SECONDS: u32 = 3_600;
/// The answers of a server that has no such address.
const NO_SUCH_ADDRESS: [u16; 4] = [404, 405, 410, 501];

#[derive(Deserialize)]
struct Me {
    #[serde(default)]
    capabilities: Capabilities,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Capabilities {
    exported_results: bool,
    expense_locks: bool,
}

#[derive(Deserialize)]
struct Answer {
    results: Vec<AnswerOfOne>,
}

#[derive(Deserialize)]
struct AnswerOfOne {
    id: String,
    #[serde(default)]
    reference: Option<String>,
    status: String,
    #[serde(default)]
    problem: Value,
}

impl Remote {
    /// Asks what the platform learns. One from before there was anything to learn has no such address, or says nothing
    /// of it.
    pub(super) async fn learning(&self) -> Learning {
        let asked = patiently(self.clock.as_ref(), TRIES_MAX, || self.ask_me());
        match asked.await {
            Ok(Some(Me { capabilities })) => Learning {
                takes_results: Some(capabilities.exported_results),
                locks_records: Some(capabilities.expense_locks),
            },
            Ok(None) => Learning { locks_records: Some(false), ..Learning::UNSAID },
            Err(error) => {
                tracing::info!(%error, "the platform does not say what it learns");
                Learning::UNSAID
            }
        }
    }

    /// Tells results. The answer names each of them; one that it does not name is told again.
    pub(super) async fn learn(&self, results: &[ExportResult]) -> Result<Learned, CallError> {
        let body = json!({"results": results.iter().map(as_json).collect::<Vec<_>>()}).to_string();
        let ask = || self.ask("v1/expenses/exported", &body);
        let answer = patiently(self.clock.as_ref(), TRIES_MAX, ask).await?;
        let known: HashSet<(&str, Option<&str>)> = answer
            .results
            .iter()
            .filter(|said| matches!(said.status.as_str(), "taken" | "known"))
            .map(|said| (said.id.as_str(), said.reference.as_deref()))
            .collect();
        let is_taken = |result: &ExportResult| known.contains(&(result.record_id.as_str(), Some(&result.reference)));
        let taken: Vec<bool> = results.iter().map(is_taken).collect();
        let first_left = results.iter().zip(&taken).find(|(_, taken)| !**taken);
        let refusal = first_left.map(|(result, _)| self.refusal(&result.record_id, &answer.results));
        Ok(Learned { taken, refusal })
    }

    /// Locks expenses. One that the answer does not name as locked is held.
    pub(super) async fn lock(
        &self,
        run: &RunId,
        records: &[LockedRecord],
    ) -> Result<Vec<Option<HoldReason>>, CallError> {
        let expense = |record: &LockedRecord| json!({"id": record.id.as_str(), "version": record.version});
        let expenses: Vec<Value> = records.iter().map(expense).collect();
        let body = json!({"run_id": run.as_str(), "ttl_seconds": LOCK_SECONDS, "expenses": expenses}).to_string();
        let ask = || self.ask("v1/expenses/locks", &body);
        let answer = patiently(self.clock.as_ref(), LOCK_TRIES_MAX, ask).await?;
        let said: HashMap<&str, &AnswerOfOne> = answer.results.iter().map(|said| (said.id.as_str(), said)).collect();
        Ok(records.iter().map(|record| self.reason_to_hold(said.get(record.id.as_str()).copied())).collect())
    }

    /// Releases the locks that a run has on these expenses.
    pub(super) async fn release(&self, run: &RunId, ids: &[RecordId]) -> Result<(), CallError> {
        let ids: Vec<&str> = ids.iter().map(RecordId::as_str).collect();
        let body = json!({"run_id": run.as_str(), "ids": ids}).to_string();
        let request = self.request(Method::POST, "v1/expenses/locks/release", Some(body))?;
        classify::sort(self.http.peer(), self.http.send(request).await, &[204], Effect::Reads).map(drop)
    }

    fn reason_to_hold(&self, said: Option<&AnswerOfOne>) -> Option<HoldReason> {
        let Some(said) = said else { return Some(HoldReason::LockRefused { detail: "–".to_owned() }) };
        let kind = said.problem["type"].as_str().and_then(|kind| kind.rsplit('/').next());
        match (said.status.as_str(), kind) {
            ("locked", _) => None,
            (_, Some("being-edited")) => Some(HoldReason::BeingEdited),
            (_, Some("version-changed")) => Some(HoldReason::ChangedSinceRead),
            (status, _) => {
                let detail = said.problem["detail"].as_str().unwrap_or(status).trim_end_matches('.');
                Some(HoldReason::LockRefused { detail: self.http.peer().detail(detail) })
            }
        }
    }

    async fn ask_me(&self) -> Result<Option<Me>, CallError> {
        let request = self.request(Method::GET, "v1/me", None)?;
        let answer = classify::arrived(self.http.peer(), self.http.send(request).await)?;
        if NO_SUCH_ADDRESS.contains(&answer.status) {
            return Ok(None);
        }
        let answer = classify::sort(self.http.peer(), Ok(answer), &[200], Effect::Reads)?;
        classify::read(self.http.peer(), &answer).map(Some)
    }

    /// Makes a call with a body, and reads its answer.
    async fn ask(&self, path: &str, body: &str) -> Result<Answer, CallError> {
        let request = self.request(Method::POST, path, Some(body.to_owned()))?;
        let answer = classify::sort(self.http.peer(), self.http.send(request).await, &[200], Effect::Reads)?;
        classify::read(self.http.peer(), &answer)
    }

    fn request(&self, method: Method, path: &str, body: Option<String>) -> Result<reqwest::Request, CallError> {
        let body = body.map(String::into_bytes);
        self.http.request(method, path, body).map_err(|error| CallError::NotSent(error.into()))
    }

    /// Returns the problem of a result that was not taken, with the words of the platform if it has any.
    fn refusal(&self, id: &RecordId, said: &[AnswerOfOne]) -> Problem {
        let said = said.iter().find(|said| said.id == id.as_str() && said.status == "refused");
        let detail = said.and_then(|said| said.problem["detail"].as_str()).unwrap_or("–");
        self.http.peer().unexpected(200, &format!("{}: {detail}", id.as_str()))
    }
}

/// Returns a result as the protocol writes it.
fn as_json(result: &ExportResult) -> Value {
    json!({
        "id": result.record_id.as_str(), "generation": result.generation.number(), "reference": result.reference,
        "voucher_id": result.voucher.voucher_id, "voucher_number": result.voucher.number,
        "run_id": result.run_id.as_str(),
        "exported_at": result.exported_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
    })
}
