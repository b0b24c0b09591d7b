//! Answers the calls, in one file for each kind. This file holds the common parts: reading a request, writing an
//! answer.

pub(crate) mod admin;
pub(crate) mod admin_books;
pub(crate) mod attachments;
pub(crate) mod batch;
pub(crate) mod drafts;
pub(crate) mod expenses;
pub(crate) mod labels;
pub(crate) mod learned;
pub(crate) mod locks;
pub(crate) mod lookup;
pub(crate) mod me;
pub(crate) mod reversal;
pub(crate) mod scheme;
pub(crate) mod voucher_body;
pub(crate) mod vouchers;
pub(crate) mod witnesses;
pub(crate) mod writing;

use axum::extract::Query;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::{Instant, parse_bound};
use crate::faults::Switches;
use crate::problem::{Kind, Problem};

/// The longest value of a header, name, reason or other short text.
const TEXT_CHARS_MAX: usize = 255;
/// The most elements of a page, and the number without a wish.
const PAGE_MAX: usize = 500;

/// Reads a body: `400` when it is no JSON, `422` when it is JSON of another shape.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let kind = if error.is_data() { Kind::Invalid } else { Kind::BadRequest };
        Problem::new(kind, format!("The body cannot be read: {error}."))
    })
}

/// Reads the members of a query, or gives `400`.
fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    Query::<T>::try_from_uri(uri)
        .map(|Query(query)| query)
        .map_err(|rejection| Problem::new(Kind::BadRequest, rejection.body_text()))
}

/// Reads a required header of visible characters, or gives `400`.
fn header(headers: &HeaderMap, name: &str) -> Result<String, Problem> {
    let value = headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim).filter(|text| !text.is_empty());
    match value {
        Some(text) if text.len() <= TEXT_CHARS_MAX => Ok(text.to_owned()),
        Some(_) => {
            let detail = format!("The header {name} has more than {TEXT_CHARS_MAX} characters.");
            Err(Problem::new(Kind::BadRequest, detail))
        }
        None => Err(Problem::new(Kind::MissingHeader, format!("The header {name} is required."))),
    }
}

/// Checks a short text of a person or program: present, not blank, not endless; `422` otherwise.
fn short_text(name: &str, text: &str) -> Result<(), Problem> {
    if text.trim().is_empty() || text.chars().count() > TEXT_CHARS_MAX {
        let detail = format!("'{name}' is a text of 1 to {TEXT_CHARS_MAX} characters.");
        return Err(Problem::new(Kind::Invalid, detail));
    }
    Ok(())
}

/// Reads both ends of a period in a query, each a date or an instant, or gives `400`.
fn period(from: Option<&str>, to: Option<&str>) -> Result<(Instant, Instant), Problem> {
    let bound = |text: Option<&str>, end, open| match text {
        None => Ok(Instant(open)),
        Some(text) => parse_bound(text, end).ok_or_else(|| {
            Problem::new(Kind::BadRequest, format!("'{text}' is neither a date (YYYY-MM-DD) nor an RFC 3339 instant."))
        }),
    };
    Ok((bound(from, false, i64::MIN)?, bound(to, true, i64::MAX)?))
}

/// Reads the number of elements of a page, or gives `400`.
fn page_limit(wished: Option<usize>) -> Result<usize, Problem> {
    match wished {
        None => Ok(PAGE_MAX),
        Some(limit) if (1..=PAGE_MAX).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::new(Kind::BadRequest, format!("'limit' is a number from 1 to {PAGE_MAX}."))),
    }
}

/// Reads the token of the lock. A server without a lock ignores it.
fn lock_token(headers: &HeaderMap, switches: Switches) -> Result<String, Problem> {
    let token = header(headers, "Lock-Token");
    if switches.export_lock { token } else { Ok(token.unwrap_or_default()) }
}

fn bad_cursor() -> Problem {
    Problem::new(Kind::BadRequest, "The cursor is none that was given here.")
}

fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let body = serde_json::to_string(value).expect("answers are plain data with string keys");
    raw_json(status, body)
}

fn raw_json(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}
