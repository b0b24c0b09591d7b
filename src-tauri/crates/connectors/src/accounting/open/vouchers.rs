//! Vouchers: the bytes that are sent, and the results that come back.
//!
//! Invariant: a result counts for the member that it names, and for no other. Where the answer names a reference twice, or
//! one voucher for two references, none of these results counts.

use std::collections::HashMap;

use postonce_engine::domain::{Acknowledgement, Line, Posting, Reference, RequestKey, VoucherResult};
use postonce_engine::ports::{Answer, CallError, LeaseToken};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Request};

use super::lock::{json, present};
use super::wire::{LineBody, ResultBody, ResultsBody, VoucherBody, VouchersBody};
use super::{Open, unsendable};
use crate::http::{HttpError, Peer, Seen, classify};

/// The one status of an answer with results.
pub(super) const ANSWERED: u16 = 200;
/// Characters of a voucher id or number at most; a longer one is not cut but not taken, since a cut id is another's.
pub(super) const VOUCHER_ID_CHARS_MAX: usize = 200;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The body for these postings; equal bytes for equal postings.
pub(super) fn draw_up(postings: &[Posting]) -> Vec<u8> {
    let vouchers = postings
        .iter()
        .map(|posting| VoucherBody {
            reference: posting.reference.as_str(),
            date: posting.date,
            currency: posting.currency.code(),
            text: &posting.text,
            lines: posting.lines.iter().map(line).collect(),
        })
        .collect();
    json(&VouchersBody { vouchers })
}

fn line(line: &Line) -> LineBody<'_> {
    LineBody {
        account: &line.account.0,
        amount: line.amount.to_decimal(),
        party: line.party.as_deref(),
        dimensions: line.dimensions.iter().map(|(name, value)| (*name, value.as_str())).collect(),
    }
}

/// The request that carries these bytes, unchanged, under this key.
pub(super) fn request(open: &Open, key: &RequestKey, token: &LeaseToken, body: &[u8]) -> Result<Request, CallError> {
    let mut request = open.request(Method::POST, "v1/vouchers", Some(body.to_vec()))?;
    let key =
        HeaderValue::from_str(key.as_str()).map_err(|_| unsendable(HttpError::Request(open.http.peer().clone())))?;
    request.headers_mut().insert(IDEMPOTENCY_KEY, key);
    present(open, &mut request, token)?;
    Ok(request)
}

/// One entry for each member, in the members' order.
pub(super) fn answer<'a>(
    peer: &Peer,
    seen: &Seen,
    members: impl Iterator<Item = &'a Reference>,
) -> Result<Answer, CallError> {
    let body: ResultsBody = classify::read(peer, seen)?;
    // `None`: named, but unreadable or twice.
    let mut named: HashMap<String, Option<VoucherResult>> = HashMap::new();
    let mut named_by: HashMap<String, usize> = HashMap::new();
    for result in body.results {
        let reference = result.get("reference").and_then(|reference| reference.as_str()).unwrap_or_default().to_owned();
        let read = serde_json::from_value::<ResultBody>(result).ok().and_then(|result| taken_over(peer, result));
        if let Some(voucher_id) = read.as_ref().and_then(voucher_id) {
            *named_by.entry(voucher_id.to_owned()).or_default() += 1;
        }
        named.entry(reference).and_modify(|known| *known = None).or_insert(read);
    }
    let results = members
        .map(|member| {
            let result = named.remove(member.as_str())??;
            let is_its_own = voucher_id(&result).is_none_or(|id| named_by.get(id) == Some(&1));
            is_its_own.then_some(result)
        })
        .collect();
    Ok(Answer { results })
}

/// The voucher that acknowledges a posting.
fn voucher_id(result: &VoucherResult) -> Option<&str> {
    match result {
        VoucherResult::Created(made) | VoucherResult::Exists(made) => Some(&made.voucher_id),
        VoucherResult::Refused { .. } => None,
    }
}

fn taken_over(peer: &Peer, result: ResultBody) -> Option<VoucherResult> {
    Some(match result {
        ResultBody::Created(ids) => VoucherResult::Created(acknowledgement(ids.voucher_id, ids.number)?),
        ResultBody::Exists(ids) => VoucherResult::Exists(acknowledgement(ids.voucher_id, ids.number)?),
        ResultBody::Refused { problem, voucher_id } => VoucherResult::Refused {
            voucher_id: voucher_id.or(problem.voucher_id).filter(|id| fits(id)),
            problem: classify::problem_of(peer, problem.r#type.as_deref(), problem.title, problem.detail, 422),
        },
    })
}

/// An acknowledgement needs a voucher id; a number alone proves nothing.
pub(super) fn acknowledgement(voucher_id: String, number: Option<String>) -> Option<Acknowledgement> {
    fits(&voucher_id).then(|| Acknowledgement { voucher_id, number: number.filter(|number| fits(number)) })
}

fn fits(id: &str) -> bool {
    !id.trim().is_empty() && id.chars().count() <= VOUCHER_ID_CHARS_MAX && !id.chars().any(char::is_control)
}
