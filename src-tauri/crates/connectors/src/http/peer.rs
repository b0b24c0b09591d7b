//! Describes the other side of a call, as errors name it: by an address without user or query, and never with a secret.

use std::fmt;
use std::sync::Arc;

use postonce_engine::error::Problem;
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
        let (url, detail) = (self.address(), self.detail(detail));
        match self.side {
            Side::Platform => Problem::platform_unreachable(url, detail),
            Side::Accounting => Problem::accounting_unreachable(url, detail),
        }
    }

    pub(crate) fn unauthorized(&self, status: impl fmt::Display) -> Problem {
        self.no_access(&status, None)
    }

    /// Does the same with the words of the other side.
    pub(crate) fn unauthorized_with(&self, status: impl fmt::Display, detail: &str) -> Problem {
        self.no_access(&status, Some(&self.detail(detail)))
    }

    pub(crate) fn busy(&self, status: u16) -> Problem {
        let url = self.address();
        match self.side {
            Side::Platform => Problem::platform_busy(url, status),
            Side::Accounting => Problem::accounting_busy(url, status),
        }
    }

    /// Makes the problem of an answer that leaves open what became of the call. A gateway that could not reach the
    /// server, or a server that is overloaded, is one who did not answer: it passes by itself.
    pub(crate) fn unclear(&self, status: u16, detail: &str) -> Problem {
        match status {
            502 | 504 => self.unreachable(format!("HTTP {status} {}", self.detail(detail)).trim_end()),
            503 => self.busy(503),
            _ => self.unexpected(status, detail),
        }
    }

    pub(crate) fn unexpected(&self, status: u16, detail: &str) -> Problem {
        let (url, detail) = (self.address(), self.detail(detail));
        match self.side {
            Side::Platform => Problem::platform_unexpected(url, status, detail),
            Side::Accounting => Problem::accounting_unexpected(url, status, detail),
        }
    }

    /// Makes the problem of a refused request. The platform refuses nothing: an answer that it should not give is not
    /// its protocol.
    pub(crate) fn refused(&self, status: u16, detail: &str) -> Problem {
        match self.side {
            Side::Platform => self.unexpected(status, detail),
            Side::Accounting => Problem::accounting_refused(self.address(), status, self.detail(detail)),
        }
    }

    fn no_access(&self, status: &dyn fmt::Display, detail: Option<&dyn fmt::Display>) -> Problem {
        let url = self.address();
        match self.side {
            Side::Platform => Problem::platform_unauthorized(url, status, detail),
            Side::Accounting => Problem::accounting_unauthorized(url, status, detail),
        }
    }
}
