//! Calls one method of a model over JSON-2, and says what its answer proves.
//!
//! Read in Odoo 19 (`http.py`, `service/model.py`, `addons/rpc/controllers/json2.py`): a call is one transaction. Every
//! exception is raised before the commit, and the status says which: 422 for what a person may have to change, 401 and
//! 403, 404 for a record, model or method that is not there, 409 for a record that is locked. A call that the database
//! aborted because of somebody else's transaction was tried five times and is a 500 by that name; nothing of it is
//! written. Any other 5xx proves nothing, since something may have failed after the commit.

use std::fs::File;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use postonce_engine::LeaseLost;
use postonce_engine::Permit;
use postonce_engine::domain::Refusal;
use postonce_engine::error::Problem;
use postonce_engine::ports::CallError;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use crate::http::classify::Effect;
use crate::http::{Http, HttpAnswer, HttpError, Peer, Upload, classify};
use crate::text::{DETAIL_CHARS_MAX, bounded};

const DATABASE: HeaderName = HeaderName::from_static("x-odoo-database");
/// Exceptions by which the database aborted a call for the sake of another transaction. Odoo rolled it back before it
/// said so.
const ABORTED: [&str; 3] =
    ["psycopg2.errors.SerializationFailure", "psycopg2.errors.DeadlockDetected", "psycopg2.errors.LockNotAvailable"];

/// Looks at the permit for a writing call; tests have a lease without an engine.
pub(super) trait Lease: Sync {
    fn check(&self) -> Result<(), LeaseLost>;
}

impl Lease for Permit {
    fn check(&self) -> Result<(), LeaseLost> {
        self.check()
    }
}

/// Holds an Odoo server, and the database there.
pub(super) struct Client {
    http: Http,
    database: HeaderValue,
}

/// The reason why a call has no result.
#[derive(Debug)]
pub(super) enum Fault {
    /// Odoo refused. Nothing of the call is written.
    Refused { kind: Kind, error: Box<RefusedCall> },
    /// Anything else, by the table of the protocol.
    Call(CallError),
}

/// Holds Odoo's own words for a refusal, and the problem for the engine where they are not about one voucher.
#[derive(Debug)]
pub(super) struct RefusedCall {
    pub(super) refusal: Refusal,
    problem: Problem,
}

/// The subject of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The content: another one might be taken.
    Content,
    /// A record that does not exist, or no longer.
    Missing,
    /// The key, or what its user may do.
    Access,
    /// A model, method or field that this Odoo does not have.
    SetUp,
}

impl From<Fault> for CallError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused { error, .. } => {
                let RefusedCall { refusal, problem } = *error;
                Self::Refused { problem, refusal, too_large: false }
            }
            Fault::Call(error) => error,
        }
    }
}

/// The body of an error, as `serialize_exception` writes it: with all of its members, and the exception's class as its
/// name. `debug`, a traceback, is not read.
#[derive(Deserialize)]
struct ErrorBody {
    name: String,
    message: String,
    #[serde(rename = "arguments")]
    _arguments: Vec<IgnoredAny>,
    #[serde(rename = "context")]
    _context: IgnoredAny,
    #[serde(rename = "debug")]
    _debug: String,
}

/// Holds a result, and the server's time.
pub(super) struct TimedAnswer<T> {
    pub(super) result: T,
    /// The answer's `Date`, in whole seconds.
    pub(super) at: Option<DateTime<Utc>>,
}

impl Client {
    /// # Errors
    /// Fails when the database's name fits no header.
    pub(super) fn new(http: Http, database: &str) -> Result<Arc<Self>, HttpError> {
        let database = HeaderValue::from_str(database).map_err(|_| HttpError::Request(http.peer().clone()))?;
        Ok(Arc::new(Self { http, database }))
    }

    /// Returns the address of a page on the server, for a person's browser.
    pub(super) fn page(&self, path: &str) -> Option<Url> {
        self.http.page(path)
    }

    pub(super) fn peer(&self) -> &Peer {
        self.http.peer()
    }

    /// Calls a method that writes nothing.
    pub(super) async fn ask<T: DeserializeOwned>(&self, model: &str, method: &str, body: &Value) -> Result<T, Fault> {
        let request = self.request(model, method, body)?;
        Ok(self.send::<T>(request, Effect::Reads).await?.result)
    }

    /// Calls a method for the lock, within a time limit of its own, and returns the server's time as well.
    pub(super) async fn ask_within<T: DeserializeOwned>(
        &self,
        time: std::time::Duration,
        model: &str,
        method: &str,
        body: &Value,
    ) -> Result<TimedAnswer<T>, Fault> {
        let mut request = self.request(model, method, body)?;
        *request.timeout_mut() = Some(time);
        self.send(request, Effect::Writes).await
    }

    /// Calls a method that writes, under the lease. The lease is looked at when nothing remains to be done but to send.
    pub(super) async fn write<T: DeserializeOwned>(
        &self,
        lease: &impl Lease,
        model: &str,
        method: &str,
        body: &Value,
    ) -> Result<T, Fault> {
        let request = self.request(model, method, body)?;
        lease.check().map_err(|LeaseLost| Fault::Call(CallError::LeaseLost))?;
        Ok(self.send::<T>(request, Effect::Writes).await?.result)
    }

    /// Calls a method that writes, with a file in the place of the mark in the body.
    pub(super) async fn write_file<T: DeserializeOwned>(
        &self,
        lease: &impl Lease,
        (model, method): (&str, &str),
        body: &Value,
        (file, bytes): (&File, u64),
    ) -> Result<T, Fault> {
        let not_sent = |problem| Fault::Call(CallError::NotSent(problem));
        let upload =
            Upload::in_json(&body.to_string(), file, bytes).map_err(|error| not_sent(Problem::internal(error)))?;
        let path = format!("json/2/{model}/{method}");
        let request = self.http.upload(Method::POST, &path, "application/json", upload);
        let mut request = request.map_err(|error| not_sent(error.into()))?;
        request.headers_mut().insert(DATABASE, self.database.clone());
        lease.check().map_err(|LeaseLost| Fault::Call(CallError::LeaseLost))?;
        Ok(self.send::<T>(request, Effect::Writes).await?.result)
    }

    fn request(&self, model: &str, method: &str, body: &Value) -> Result<Request, Fault> {
        let path = format!("json/2/{model}/{method}");
        let body = serde_json::to_vec(body).expect("a value with text keys always makes JSON");
        let request = self.http.request(Method::POST, &path, Some(body));
        let mut request = request.map_err(|error| Fault::Call(CallError::NotSent(error.into())))?;
        request.headers_mut().insert(DATABASE, self.database.clone());
        Ok(request)
    }

    async fn send<T: DeserializeOwned>(&self, request: Request, effect: Effect) -> Result<TimedAnswer<T>, Fault> {
        let peer = self.peer();
        let answer = classify::arrived(peer, self.http.send(request).await).map_err(Fault::Call)?;
        if answer.status != 200 {
            return Err(fault(peer, &answer, effect));
        }
        let unread = |detail: &str| Fault::Call(CallError::Unknown(peer.unexpected(200, detail)));
        if answer.content_type != "application/json" {
            return Err(unread(&format!("Content-Type: {}", answer.content_type)));
        }
        let result = serde_json::from_slice(&answer.body).map_err(|error| unread(&format!("JSON: {error}")))?;
        Ok(TimedAnswer { result, at: answer.at })
    }
}

/// Says what an answer with an error proves.
fn fault(peer: &Peer, answer: &HttpAnswer, effect: Effect) -> Fault {
    let Some(body) = error_body(answer) else { return not_odoo(peer, answer, effect) };
    let detail = peer.detail(&body.message);
    let refusal = Refusal::new(last_part(&body.name), detail.clone());
    let (kind, problem) = match answer.status {
        401 | 403 => (Kind::Access, peer.unauthorized_with(answer.status, &detail)),
        404 if body.name == "odoo.exceptions.MissingError" => (Kind::Missing, peer.refused(404, &detail)),
        400 | 404 => (Kind::SetUp, peer.unexpected(answer.status, &detail)),
        422 => (Kind::Content, peer.refused(422, &detail)),
        409 => return Fault::Call(CallError::NotProcessed { problem: peer.busy(409), retry_after: None }),
        status if ABORTED.contains(&body.name.as_str()) => {
            return Fault::Call(CallError::NotProcessed { problem: peer.busy(status), retry_after: None });
        }
        500 if body.name == "builtins.ValueError" && body.message.starts_with("Invalid field") => {
            (Kind::SetUp, peer.unexpected(500, &detail))
        }
        status => return Fault::Call(CallError::Unknown(peer.unclear(status, &detail))),
    };
    Fault::Refused { kind, error: Box::new(RefusedCall { refusal, problem }) }
}

fn error_body(answer: &HttpAnswer) -> Option<ErrorBody> {
    if answer.content_type != "application/json" {
        return None;
    }
    serde_json::from_slice(&answer.body).ok().filter(|body: &ErrorBody| body.name.contains('.'))
}

/// Makes the fault for an answer that is not Odoo's JSON-2. A question that meets a 404 has found nobody who takes such
/// calls: no such database, or an Odoo before 19.
fn not_odoo(peer: &Peer, answer: &HttpAnswer, effect: Effect) -> Fault {
    let detail = if answer.content_type == "text/html" { "JSON-2?" } else { &answer.content_type };
    if answer.status != 404 || effect == Effect::Writes {
        return Fault::Call(classify::foreign(peer, answer, effect));
    }
    let refusal = Refusal::new("http-404", detail.to_owned());
    let problem = peer.unexpected(404, detail);
    Fault::Refused { kind: Kind::SetUp, error: Box::new(RefusedCall { refusal, problem }) }
}

/// `odoo.exceptions.UserError` → `UserError`.
fn last_part(name: &str) -> String {
    bounded(name.rsplit('.').next().unwrap_or_default(), DETAIL_CHARS_MAX)
}

/// Makes a failed question, asked before anything was written, an error that leaves nothing in doubt.
pub(super) fn nothing_written(error: CallError) -> CallError {
    match error {
        CallError::Unknown(problem) | CallError::StillRunning { problem, .. } => CallError::NotSent(problem),
        other => other,
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
