//! Sorts calls that brought no answer by whether anything may have left this machine.

use postonce_engine::error::Problem;

use super::{Limits, Peer};
use crate::network::{WayError, innermost};

/// The words of a proxy's status 407, as hyper-util's tunnel has them (`connect/proxy/tunnel.rs`); its type is private.
const PROXY_DENIES: &str = "proxy authorization required";
/// The words of rustls for a certificate whose issuer is trusted by nobody here.
const NOT_TRUSTED: [&str; 2] = ["UnknownIssuer", "CaUsedAsEndEntity"];

/// The reason why a client or request could not be made. Nothing left this machine.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("the token has characters that no header takes")]
    TokenUnfit(Peer),
    #[error("the request cannot be drawn up")]
    Request(Peer),
}

impl From<HttpError> for Problem {
    fn from(error: HttpError) -> Self {
        match &error {
            HttpError::TokenUnfit(peer) => peer.unauthorized("–"),
            HttpError::Request(peer) => peer.unreachable(&error.to_string()),
        }
    }
}

/// The reason why a call has no whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The connection was never established: no byte of the request left this machine.
    NeverConnected(String),
    /// There is no way to the server: no byte of the request left this machine.
    NoWay(WayError),
    /// The request may have arrived, and no answer came.
    NoAnswer(String),
    /// The answer began and did not end.
    CutShort { status: u16, detail: String },
    /// The answer is longer than any answer of the protocol.
    TooLong { status: u16, bytes_max: usize },
}

impl Failure {
    /// Sorts an error that came instead of an answer's head. `is_connect` is hyper-util's word that it failed in its
    /// connector, which ends before the request is handed to the connection: resolving, TCP, proxy tunnel or TLS.
    pub(super) fn of(error: &reqwest::Error, limits: Limits, url: &str, proxy: Option<&str>) -> Self {
        if !error.is_connect() {
            return Self::NoAnswer(detail(error, limits.overall.as_secs()));
        }
        let detail = detail(error, limits.connect.as_secs());
        match proxy {
            Some(proxy) if detail.ends_with(PROXY_DENIES) => Self::NoWay(WayError::Denied { proxy: proxy.to_owned() }),
            _ if NOT_TRUSTED.iter().any(|words| detail.contains(words)) => {
                Self::NoWay(WayError::Untrusted { url: url.to_owned(), detail })
            }
            Some(proxy) => Self::NeverConnected(format!("{proxy}: {detail}")),
            None => Self::NeverConnected(detail),
        }
    }

    /// Sorts an error in the middle of an answer's body.
    pub(super) fn cut(error: &reqwest::Error, status: u16, limits: Limits) -> Self {
        Self::CutShort { status, detail: detail(error, limits.overall.as_secs()) }
    }
}

fn detail(error: &reqwest::Error, seconds: u64) -> String {
    if error.is_timeout() { format!("> {seconds} s") } else { innermost(error) }
}
