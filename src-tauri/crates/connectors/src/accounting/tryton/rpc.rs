//! Speaks JSON-RPC as Tryton does: a session that is renewed, a context behind the arguments, one request for each
//! call.
//!
//! Read in trytond 8.2.1:
//! - a 401 is given before any transaction is begun, by `auth_required` and `session_valid`, with a challenge of
//!   Tryton's own: nothing was written, and the same may be sent again with a new session. After a write, a 401 with
//!   any other challenge is somebody else's word, and the write unknown;
//! - the key of a user application opens `/rest/` only (`Request.user_id` knows no bearer), where a call makes one
//!   record. Batches are to be had over JSON-RPC alone, and that takes a user's password.

use std::fs::File;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use postonce_engine::domain::Refusal;
use postonce_engine::error::Problem;
use postonce_engine::ports::CallError;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::fault::{self, Fault};
use crate::http::classify::Effect;
use crate::http::{Http, HttpAnswer, HttpError, Peer, Upload, classify};

/// Looks at the lease directly before a request leaves; does nothing where none is needed.
pub(super) type LastLook<'a> = &'a (dyn Fn() -> Result<(), CallError> + Sync);

/// The number of sessions that one call may use: the one it found, and one that it made.
const SESSIONS_MAX: u32 = 2;
/// The challenge of a 401 of Tryton's own (`_do_basic_auth` in `wsgi.py`).
const CHALLENGE: &str = "Basic realm=\"Tryton\"";
/// The number of tries of a login: a server that has just started does not know its own models yet, and says so with an
/// error.
const LOGINS_MAX: u32 = 4;
/// The pause between two logins.
const LOGIN_PAUSE: Duration = Duration::from_secs(1);

/// Holds a database of a Tryton server, as a user sees it.
pub(super) struct Rpc {
    http: Http,
    path: String,
    user: String,
    password: SecretString,
    session: Mutex<Option<Session>>,
}

/// Holds the session of a login: the value of the header by which the next requests are known.
#[derive(Clone)]
struct Session(SecretString);

/// Describes one call.
pub(super) struct Call<'a> {
    /// The method, such as `model.account.move.post`.
    pub(super) method: &'a str,
    /// The arguments, with the context as the last.
    pub(super) params: Value,
    /// The longest that it may take, if that is less than usual.
    pub(super) patience: Option<Duration>,
    /// The last look at the lease, before each sending.
    pub(super) last_look: LastLook<'a>,
    /// The file that comes in the place of the mark in the arguments, and the number of its bytes.
    file: Option<(&'a File, u64)>,
    effect: Effect,
}

impl<'a> Call<'a> {
    /// Describes a call that writes nothing.
    pub(super) fn read(method: &'a str, params: Value) -> Self {
        Self { method, params, patience: None, last_look: &|| Ok(()), file: None, effect: Effect::Reads }
    }

    /// Describes a call that writes, under the lease.
    pub(super) fn write(method: &'a str, params: Value, last_look: LastLook<'a>) -> Self {
        Self { method, params, patience: None, last_look, file: None, effect: Effect::Writes }
    }

    /// Returns the same call, with a file in the place of the mark.
    pub(super) fn with_file(mut self, file: &'a File, bytes: u64) -> Self {
        self.file = Some((file, bytes));
        self
    }

    /// Returns the same call, given up sooner.
    pub(super) fn within(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }
}

impl Rpc {
    pub(super) fn new(http: Http, database: &str, user: &str, password: SecretString) -> Self {
        Self { http, path: format!("{database}/rpc/"), user: user.to_owned(), password, session: Mutex::default() }
    }

    pub(super) fn peer(&self) -> &Peer {
        self.http.peer()
    }

    /// Returns the address of a page on the server, for a person's browser.
    pub(super) fn page(&self, path: &str) -> Option<Url> {
        self.http.page(path)
    }

    /// Returns the database, with a slash.
    pub(super) fn database(&self) -> &str {
        self.path.strip_suffix("rpc/").unwrap_or_default()
    }

    pub(super) fn user(&self) -> &str {
        &self.user
    }

    /// Makes a call. It is sent once, or once more with another session if the first had ended.
    pub(super) async fn call<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<T, Fault> {
        let mut sessions = 0;
        loop {
            let session = self.session(call.patience).await?;
            let answer = self.send(call, Some(&session)).await?;
            sessions += 1;
            if answer.status != 401 {
                return self.result(&answer, call.effect);
            }
            self.forget(&session).await;
            if call.effect == Effect::Writes && answer.challenge != CHALLENGE {
                return Err(Fault::Call(classify::foreign(self.peer(), &answer, call.effect)));
            }
            if sessions >= SESSIONS_MAX {
                return Err(Fault::Call(self.unauthorized(401)));
            }
        }
    }

    /// Returns the session, or logs in for a new one. Calls that wait here for the same login share it.
    async fn session(&self, patience: Option<Duration>) -> Result<Session, Fault> {
        let mut kept = self.session.lock().await;
        if let Some(session) = kept.as_ref() {
            return Ok(session.clone());
        }
        let session = self.login(patience).await.map_err(|fault| fault.before_the_write(self.peer()))?;
        *kept = Some(session.clone());
        Ok(session)
    }

    async fn login(&self, patience: Option<Duration>) -> Result<Session, Fault> {
        let params = json!([self.user, {"password": self.password.expose_secret()}]);
        let mut tries = 0;
        loop {
            let login = Call { patience, ..Call::read("common.db.login", params.clone()) };
            let answer = self.send(&login, None).await?;
            tries += 1;
            match answer.status {
                401 => return Err(Fault::Call(self.unauthorized(401))),
                // A login meets this status if there is no such database.
                404 => return Err(Fault::Call(self.unknown_database())),
                _ => {}
            }
            match self.result::<Value>(&answer, Effect::Reads) {
                // User, token, and an address for messages that nobody here reads.
                Ok(login) => {
                    let (user_id, token) = (login[0].as_i64(), login[1].as_str());
                    let session = user_id.zip(token).map(|(user_id, token)| Session::new(&self.user, user_id, token));
                    return session
                        .ok_or_else(|| Fault::Call(CallError::Unknown(self.peer().unexpected(200, "login"))));
                }
                Err(Fault::Call(CallError::Unknown(_))) if answer.status == 200 && tries < LOGINS_MAX => {
                    tokio::time::sleep(LOGIN_PAUSE).await;
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Forgets a session that ended, unless another is in its place already.
    async fn forget(&self, ended: &Session) {
        let mut kept = self.session.lock().await;
        if kept.as_ref().is_some_and(|session| session.0.expose_secret() == ended.0.expose_secret()) {
            *kept = None;
        }
    }

    async fn send(&self, call: &Call<'_>, session: Option<&Session>) -> Result<HttpAnswer, Fault> {
        // Tryton knows a call by these three members, and answers otherwise where there is another.
        let body = json!({"id": 1, "method": call.method, "params": call.params}).to_string();
        let unsendable = |error: HttpError| CallError::NotSent(error.into());
        let request = match call.file {
            None => self.http.request(Method::POST, &self.path, Some(body.into_bytes())),
            Some((file, bytes)) => {
                let upload = Upload::in_json(&body, file, bytes);
                let upload = upload.map_err(|error| CallError::NotSent(Problem::internal(error)))?;
                self.http.upload(Method::POST, &self.path, "application/json", upload)
            }
        };
        let mut request = request.map_err(unsendable)?;
        if let Some(session) = session {
            self.http.secret_header(&mut request, "authorization", session.0.expose_secret()).map_err(unsendable)?;
        }
        if let Some(patience) = call.patience {
            *request.timeout_mut() = Some(patience);
        }
        (call.last_look)()?;
        Ok(classify::arrived(self.peer(), self.http.send(request).await)?)
    }

    /// Reads a result. Tryton refuses with a 200; every other status may also come from something between us and it.
    fn result<T: DeserializeOwned>(&self, answer: &HttpAnswer, effect: Effect) -> Result<T, Fault> {
        let peer = self.peer();
        if answer.status != 200 {
            return Err(Fault::Call(classify::foreign(peer, answer, effect)));
        }
        let Value::Object(mut body) = classify::read(peer, answer)? else {
            return Err(Fault::Call(CallError::Unknown(peer.unexpected(answer.status, "{…}"))));
        };
        if let Some(error) = body.get("error") {
            return Err(fault::read(peer, error));
        }
        let result = body.remove("result");
        let read = result.map(serde_json::from_value).ok_or_else(|| "result".to_owned());
        let read = read.and_then(|read| read.map_err(|error| error.to_string()));
        read.map_err(|detail| Fault::Call(CallError::Unknown(peer.unexpected(answer.status, &detail))))
    }

    fn unknown_database(&self) -> CallError {
        CallError::Refused {
            problem: self.peer().unexpected(404, &self.path),
            refusal: Refusal::new("http-404", self.path.clone()),
            too_large: false,
        }
    }

    fn unauthorized(&self, status: u16) -> CallError {
        CallError::Refused {
            problem: self.peer().unauthorized(status),
            refusal: Refusal::new(format!("http-{status}"), String::new()),
            too_large: false,
        }
    }
}

impl Session {
    /// `Session base64(user:id:token)`.
    fn new(user: &str, user_id: i64, token: &str) -> Self {
        let known_by = BASE64_STANDARD.encode(format!("{user}:{user_id}:{token}"));
        Self(SecretString::from(format!("Session {known_by}")))
    }
}
