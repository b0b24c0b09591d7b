//! Answers the calls for attachments, and hands out the platform's receipts.

use std::sync::{Arc, PoisonError};

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json as object};
use sha2::{Digest, Sha256};

use super::{header, json, parse, writing};
use crate::access::Caller;
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::store::{self, Bearer, Books, Draft, Failure, NewAttachment};

/// The types that are taken.
const MEDIA_TYPES: [&str; 8] = [
    "application/pdf",
    "image/jpeg",
    "image/png",
    "image/heic",
    "image/tiff",
    "image/gif",
    "image/webp",
    "application/xml",
];
/// The most vouchers of a look-up.
const VOUCHERS_MAX: usize = 500;

#[derive(Deserialize)]
struct LookUpBody {
    voucher_ids: Vec<String>,
}

/// Stands before the calls for attachments: a server that takes none has no such addresses.
pub(crate) async fn offered(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if app.faults.switches().attachments {
        next.run(request).await
    } else {
        Problem::new(Kind::NotFound, "This server takes no attachments.").into_response()
    }
}

/// Attaches bytes to a voucher, under their hash; a second time makes nothing.
pub(crate) async fn to_voucher(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path((id, sha256)): Path<(String, String)>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let find = move |tx: &Books<'_>| {
        let seq = store::seq_of_id(&id).map(|seq| store::voucher(tx, seq)).transpose()?.flatten();
        let unknown = || Failure::from(Problem::new(Kind::NotFound, format!("There is no voucher {id}.")));
        seq.map(|voucher| Bearer::Voucher(voucher.seq)).ok_or_else(unknown)
    };
    attach(&app, caller, &sha256, &extensions, &headers, body, find).await
}

/// Attaches bytes to an open draft; to its voucher, if it was committed.
pub(crate) async fn to_draft(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path((id, sha256)): Path<(String, String)>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let find = move |tx: &Books<'_>| {
        let unknown =
            || Failure::from(Problem::new(Kind::DraftUnknown, format!("There is no draft {id}, or no longer.")));
        let seq = store::draft_seq_of_id(&id).ok_or_else(unknown)?;
        match store::draft(tx, seq)? {
            Some(Draft::Open(_)) => Ok(Bearer::Draft(seq)),
            Some(Draft::Committed { voucher_id, state: Some(_), .. }) => {
                store::seq_of_id(&voucher_id).map(Bearer::Voucher).ok_or_else(unknown)
            }
            Some(Draft::Committed { state: None, .. }) | None => Err(unknown()),
        }
    };
    attach(&app, caller, &sha256, &extensions, &headers, body, find).await
}

async fn attach(
    app: &App,
    caller: Caller,
    sha256: &str,
    extensions: &Extensions,
    headers: &HeaderMap,
    body: Bytes,
    find: impl FnOnce(&Books<'_>) -> Result<Bearer, Failure> + Send + 'static,
) -> Result<Response, Problem> {
    let request = writing::named_request(app, "attachment_write", caller, headers)?;
    let name = unescaped(&header(headers, "Attachment-Name")?);
    let media_type = header(headers, CONTENT_TYPE.as_str())?;
    if !MEDIA_TYPES.contains(&media_type.as_str()) {
        let detail = format!("'{media_type}' is none of {}.", MEDIA_TYPES.join(", "));
        return Err(Problem::new(Kind::Invalid, detail));
    }
    let found = hex::encode(Sha256::digest(&body));
    if found != sha256 {
        return Err(Problem::new(Kind::Invalid, format!("The SHA-256 of the body is {found}.")));
    }
    let new = NewAttachment { sha256: found, name, media_type, bytes: body.to_vec() };
    writing::write(app, request, extensions, move |tx, now, _, _| {
        let (id, is_new) = store::attach(tx, now, caller.id, find(tx)?, &new)?;
        let status = if is_new { "created" } else { "exists" };
        let answer: Value = object!({"attachment_id": id, "status": status, "sha256": new.sha256});
        Ok((answer.to_string(), answer))
    })
    .await
}

/// Returns the attachments of vouchers.
pub(crate) async fn lookup(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Problem> {
    let LookUpBody { voucher_ids } = parse(&body)?;
    if voucher_ids.is_empty() || voucher_ids.len() > VOUCHERS_MAX {
        let detail = format!("'voucher_ids' has 1 to {VOUCHERS_MAX} elements.");
        return Err(Problem::new(Kind::Invalid, detail));
    }
    let found = app.store.read(move |tx| {
        let mut found = Vec::new();
        for seq in voucher_ids.iter().filter_map(|id| store::seq_of_id(id)) {
            found.extend(store::attachments_of(tx, seq)?);
        }
        Ok(found)
    });
    Ok(json(StatusCode::OK, &object!({"attachments": found.await?})))
}

/// Hands out a receipt of the platform.
pub(crate) async fn receipt(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let kept = app.receipts.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
    let bytes = kept.ok_or_else(|| Problem::new(Kind::NotFound, format!("There is no receipt '{id}'.")))?;
    Ok((StatusCode::OK, [(CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

/// Keeps a receipt for the platform, until the sandbox stops.
pub(crate) async fn put_receipt(State(app): State<Arc<App>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    app.receipts.write().unwrap_or_else(PoisonError::into_inner).insert(id, body);
    StatusCode::NO_CONTENT
}

/// Reads a name in which bytes are escaped as `%C3`.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let escaped = behind.get(..2).filter(|_| *first == b'%').and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(digits, 16).ok()
        });
        (rest, _) = match escaped {
            Some(byte) => (&behind[2..], bytes.push(byte)),
            None => (behind, bytes.push(*first)),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn name_with_escaped_bytes_is_read() {
        assert_eq!(unescaped("Tog%20til%20Bod%C3%B8.pdf"), "Tog til Bodø.pdf");
        assert_eq!(unescaped("100%"), "100%");
        assert_eq!(unescaped("%zz%4"), "%zz%4");
    }
}
