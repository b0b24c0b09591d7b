//! Speaks HTTP for every connector in one manner: time-outs, bounded bodies, no redirects, no repeats, no secrets in
//! errors.
//!
//! The meaning of an answer is not decided here but in [`classify`].
//!
//! The way there, straight or through a proxy, is found when the first request goes, and found anew where no connection came
//! about: a machine may have been carried elsewhere.
//!
//! Invariant: a request leaves this machine at most once for each call of [`Http::send`]. Read in reqwest 0.13.5 and
//! hyper-util 0.1.21:
//! - reqwest's own retry (`retry.rs`, on by default) sends again, twice at most, on a remote HTTP/2 `GOAWAY(NO_ERROR)`
//!   or `REFUSED_STREAM`, for every method, when the body can be cloned; `retry::never()` turns it off.
//! - hyper-util takes another connection when a pooled one turned out dead before hyper had taken the request from its
//!   queue (`retry_canceled_requests`; reqwest has no switch for it). Nothing was written then, so it stays one
//!   sending. A request whose first byte was written is never taken back: a reset on a pooled connection is an error,
//!   and unknown.
//! - HTTP/1.1 only: over HTTP/2 one broken connection would put all requests in flight in doubt, and not the one.

pub(crate) mod classify;
mod failure;
mod peer;
mod retry_after;
mod upload;

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use reqwest::{Client, Method, Request, Response, Url, redirect, retry};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

pub(crate) use failure::{Failure, HttpError};
pub(crate) use peer::{Peer, Side};
pub(crate) use upload::{FILE_MARK, Upload};

use crate::network::{Ways, innermost};

/// Holds the bounds of one call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The longest wait for a connection.
    pub(crate) connect: Duration,
    /// The longest time from the first attempt to connect until the last byte of the answer.
    pub(crate) overall: Duration,
    /// The largest body of an answer, in bytes; reading stops behind them.
    pub(crate) body_bytes_max: usize,
}

impl Limits {
    /// The bounds for every connector; tests take tighter ones.
    pub(crate) const STANDARD: Self =
        Self { connect: Duration::from_secs(10), overall: Duration::from_secs(60), body_bytes_max: 16 * 1024 * 1024 };
}

/// The time for which an idle connection is kept: less than common servers do (5 s), so that a request seldom meets a
/// closing one.
const IDLE: Duration = Duration::from_secs(4);
const USER_AGENT: &str = concat!("Postonce/", env!("CARGO_PKG_VERSION"));

/// Holds a server, as one connector speaks to it.
#[derive(Debug)]
pub(crate) struct Http {
    /// The client, with the address of its proxy, once a way is found.
    client: Mutex<Option<(Client, Option<String>)>>,
    ways: Ways,
    base: Url,
    /// `None` if each request carries its own authorization.
    authorization: Option<HeaderValue>,
    limits: Limits,
    peer: Peer,
}

/// Holds an answer that came as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    /// The content type, without parameters, in lower case.
    pub(crate) content_type: String,
    pub(crate) retry_after: Option<Duration>,
    /// The host a redirect names.
    pub(crate) redirect_host: Option<String>,
    /// The way in which the server wants to be told who asks (`WWW-Authenticate`).
    pub(crate) challenge: String,
    /// The server's clock, in whole seconds, if it sends it.
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) body: Vec<u8>,
}

impl Http {
    /// Makes a client for the server at `base`, with this token.
    ///
    /// # Errors
    /// Fails when the token has characters that no header takes.
    pub(crate) fn new(side: Side, base: &Url, token: &SecretString, limits: Limits) -> Result<Self, HttpError> {
        let peer = Peer::new(side, base, token);
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
            .map_err(|_| HttpError::TokenUnfit(peer.clone()))?;
        authorization.set_sensitive(true);
        Ok(Self::over(peer, base, Some(authorization), limits))
    }

    /// Makes a client whose requests carry their own authorization. The client knows the secret only to keep it out of
    /// errors.
    pub(crate) fn without_token(side: Side, base: &Url, secret: &SecretString, limits: Limits) -> Self {
        Self::over(Peer::new(side, base, secret), base, None, limits)
    }

    fn over(peer: Peer, base: &Url, authorization: Option<HeaderValue>, limits: Limits) -> Self {
        // `join` replaces the part behind the last slash.
        let mut base = base.clone();
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let (client, ways) = (Mutex::new(None), Ways::of_the_system());
        Self { client, ways, base, authorization, limits, peer }
    }

    /// Returns the same, with a workspace's ways out of this machine.
    #[must_use]
    pub(crate) fn by(self, ways: Ways) -> Self {
        Self { ways, ..self }
    }

    /// Returns the client, and the proxy that it goes through.
    async fn client(&self) -> Result<(Client, Option<String>), Failure> {
        let mut kept = self.client.lock().await;
        if let Some(client) = kept.as_ref() {
            return Ok(client.clone());
        }
        let builder = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.overall)
            .pool_idle_timeout(IDLE)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .http1_only();
        let client = self.ways.client(&self.base, builder).await.map_err(|error| match error {
            Ok(no_way) => Failure::NoWay(no_way),
            Err(no_client) => Failure::NeverConnected(innermost(&no_client)),
        })?;
        Ok(kept.insert(client).clone())
    }

    /// Returns the other side of the calls.
    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Returns the address of a page on this server, for a person's browser. `path` is relative to the base.
    pub(crate) fn page(&self, path: &str) -> Option<Url> {
        self.base.join(path).ok().filter(|page| page.origin() == self.base.origin())
    }

    /// Draws up a request; nothing leaves. `path` is relative to the base, `body` is JSON.
    pub(crate) fn request(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Result<Request, HttpError> {
        let url = self.base.join(path).map_err(|_| HttpError::Request(self.peer.clone()))?;
        let mut request = Request::new(method, url);
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        if let Some(body) = body {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.into());
        }
        Ok(request)
    }

    /// Draws up a request whose body is streamed.
    pub(crate) fn upload(
        &self,
        method: Method,
        path: &str,
        content_type: &'static str,
        upload: Upload,
    ) -> Result<Request, HttpError> {
        let mut request = self.request(method, path, None)?;
        // A server that knows the length before takes the body also where it takes none in pieces.
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(upload.length()));
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        *request.body_mut() = Some(upload.into_body());
        Ok(request)
    }

    /// Adds a header whose value is never shown.
    pub(crate) fn secret_header(
        &self,
        request: &mut Request,
        name: &'static str,
        value: &str,
    ) -> Result<(), HttpError> {
        let mut value = HeaderValue::from_str(value).map_err(|_| HttpError::Request(self.peer.clone()))?;
        value.set_sensitive(true);
        request.headers_mut().insert(HeaderName::from_static(name), value);
        Ok(())
    }

    /// Sends a request, once, and reads the answer within the limits.
    pub(crate) async fn send(&self, request: Request) -> Result<HttpAnswer, Failure> {
        let (response, limits) = self.begin(request).await?;
        let mut answer = head(&response);
        answer.body = body(response, answer.status, limits).await?;
        Ok(answer)
    }

    /// Sends a request, once, and hands over the body of a 200 piece by piece, `bytes_max` bytes at most; returns the answer
    /// without it. Any other answer is read as a whole.
    pub(crate) async fn receive(
        &self,
        request: Request,
        bytes_max: usize,
        mut take: impl FnMut(&[u8]) -> std::io::Result<()>,
    ) -> Result<HttpAnswer, Failure> {
        let (mut response, limits) = self.begin(request).await?;
        let mut answer = head(&response);
        if answer.status != 200 {
            answer.body = body(response, answer.status, limits).await?;
            return Ok(answer);
        }
        let mut length = 0;
        while let Some(piece) = response.chunk().await.map_err(|error| Failure::cut(&error, 200, limits))? {
            length += piece.len();
            if length > bytes_max {
                return Err(Failure::TooLong { status: 200, bytes_max });
            }
            take(&piece).map_err(|error| Failure::CutShort { status: 200, detail: error.to_string() })?;
        }
        Ok(answer)
    }

    /// Sends a request, once; returns the beginning of its answer, and the limits of the rest.
    async fn begin(&self, request: Request) -> Result<(Response, Limits), Failure> {
        let overall = request.timeout().copied().unwrap_or(self.limits.overall);
        let limits = Limits { overall, ..self.limits };
        let (client, proxy) = self.client().await?;
        let response = match client.execute(request).await {
            Ok(response) => response,
            Err(error) => {
                let failure = Failure::of(&error, limits, self.peer.address(), proxy.as_deref());
                if matches!(failure, Failure::NeverConnected(_) | Failure::NoWay(_)) {
                    *self.client.lock().await = None;
                }
                return Err(failure);
            }
        };
        Ok((response, limits))
    }
}

async fn body(mut response: Response, status: u16, limits: Limits) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failure::cut(&error, status, limits))? {
        if body.len() + chunk.len() > limits.body_bytes_max {
            return Err(Failure::TooLong { status, bytes_max: limits.body_bytes_max });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn head(response: &Response) -> HttpAnswer {
    let headers = response.headers();
    let content_type = text(headers, CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let redirect_host = response
        .url()
        .join(text(headers, LOCATION))
        .ok()
        .filter(|_| response.status().is_redirection())
        .and_then(|target| target.host_str().map(str::to_owned));
    let retry_after = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| retry_after::parse(value, text(headers, DATE)));
    let at = retry_after::http_date(text(headers, DATE));
    let (status, challenge) = (response.status().as_u16(), text(headers, WWW_AUTHENTICATE).to_owned());
    HttpAnswer { status, content_type, retry_after, redirect_host, challenge, at, body: Vec::new() }
}

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
