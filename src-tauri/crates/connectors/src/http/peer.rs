//! Describes the other side of a call, as errors name it: by an address without user or query, and never with a secret.

use std::sync::Arc;

use postonce_engine::error::{ErrorCode, Problem};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};

use crate::text::{DETAIL_CHARS_MAX, bounded};

/// Names the side that is spoken to, which chooses the error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Platform,
    Accounting,
}

/// Describes the other side of a call.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    side: Side,
    address: String,
    token: Arc<SecretString>,
}

impl Peer {
    pub(super) fn new(side: Side, url: &Url, token: &SecretString) -> Self {
        let address = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{}://{host}:{port}{}", url.scheme(), url.path()),
            (host, _) => format!("{}://{}{}", url.scheme(), host.unwrap_or_default(), url.path()),
        };
        Self { side, address: address.trim_end_matches('/').to_owned(), token: Arc::new(token.clone()) }
    }

    /// Returns its address, for people.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Returns a foreign text, bounded, and without the token, should the other side have repeated it.
    pub(crate) fn detail(&self, text: &str) -> String {
        let token = self.token.expose_secret();
        if token.is_empty() || !text.contains(token) {
            return bounded(text, DETAIL_CHARS_MAX);
        }
        bounded(&text.replace(token, "…"), DETAIL_CHARS_MAX)
    }

    pub(crate) fn unreachable(&self, detail: &str) -> Problem {
        self.problem(ErrorCode::PlatformUnreachable, ErrorCode::AccountingUnreachable)
            .with("detail", self.detail(detail))
    }

    pub(crate) fn unauthorized(&self, status: impl std::fmt::Display) -> Problem {
        self.problem(ErrorCode::PlatformUnauthorized, ErrorCode::AccountingUnauthorized).with("status", status)
    }

    pub(crate) fn busy(&self, status: u16) -> Problem {
        self.problem(ErrorCode::PlatformBusy, ErrorCode::AccountingBusy).with("status", status)
    }

    pub(crate) fn unexpected(&self, status: u16, detail: &str) -> Problem {
        self.problem(ErrorCode::PlatformUnexpected, ErrorCode::AccountingUnexpected)
            .with("status", status)
            .with("detail", self.detail(detail))
    }

    /// Makes the problem of a refused request. The platform refuses nothing: an answer that it should not give is not
    /// its protocol.
    pub(crate) fn refused(&self, status: u16, detail: &str) -> Problem {
        self.problem(ErrorCode::PlatformUnexpected, ErrorCode::AccountingRefused)
            .with("status", status)
            .with("detail", self.detail(detail))
    }

    fn problem(&self, platform: ErrorCode, accounting: ErrorCode) -> Problem {
        let code = match self.side {
            Side::Platform => platform,
            Side::Accounting => accounting,
        };
        Problem::new(code).with("url", &self.address)
    }
}
