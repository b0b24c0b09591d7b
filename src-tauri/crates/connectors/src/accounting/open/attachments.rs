//! Attaches receipts to vouchers and drafts, each under the hash of its bytes, of which the server keeps one.

use std::fmt::Write as _;
use std::fs::File;

use postonce_engine::domain::FileDigest;
use postonce_engine::error::Problem;
use postonce_engine::ports::{CallError, FoundAttachment};
use postonce_engine::{AttachTo, ClaimedAttachment};
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::lock::json;
use super::results::fits;
use super::writing::{self, Lease};
use super::{Open, drafts, unsendable, vouchers};
use crate::http::{HttpError, Upload, classify};

const NAME: HeaderName = HeaderName::from_static("attachment-name");

/// Describes an attachment to be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct ToAttach<'a> {
    pub(super) to: &'a AttachTo,
    pub(super) name: &'a str,
    pub(super) digest: FileDigest,
    pub(super) bytes: u64,
    pub(super) media_type: &'static str,
}

impl<'a> From<&'a ClaimedAttachment> for ToAttach<'a> {
    fn from(claimed: &'a ClaimedAttachment) -> Self {
        Self {
            to: claimed.to(),
            name: claimed.name(),
            digest: claimed.digest(),
            bytes: claimed.bytes(),
            media_type: claimed.media_type().as_str(),
        }
    }
}

#[derive(Deserialize)]
struct MadeBody {
    attachment_id: String,
}

#[derive(Serialize)]
struct LookUpBody<'a> {
    voucher_ids: &'a [String],
}

#[derive(Deserialize)]
struct FoundBody {
    attachments: Vec<FoundOne>,
}

#[derive(Deserialize)]
struct FoundOne {
    voucher_id: String,
    attachment_id: String,
    sha256: String,
}

/// Attaches a receipt. A second time makes nothing, and is answered with the same.
pub(super) async fn attach(
    open: &Open,
    lease: &impl Lease,
    wanted: ToAttach<'_>,
    file: &File,
) -> Result<String, CallError> {
    let of = match wanted.to {
        AttachTo::Voucher(id) => format!("{}/{}", vouchers::PATH, writing::segment(&open.http, id)?),
        AttachTo::Draft(id) => format!("{}/{}", drafts::PATH, writing::segment(&open.http, id.as_str())?),
    };
    let peer = open.http.peer();
    let upload = Upload::plain(file, wanted.bytes).map_err(|error| CallError::NotSent(Problem::internal(error)))?;
    let path = format!("{of}/attachments/{}", wanted.digest);
    let request = open.http.upload(Method::PUT, &path, wanted.media_type, upload);
    let mut request = request.map_err(unsendable)?;
    let name = HeaderValue::from_str(&escaped(wanted.name));
    request.headers_mut().insert(NAME, name.map_err(|_| unsendable(HttpError::Request(peer.clone())))?);
    let answer = writing::send(open, lease, request, &[200]).await?;
    let made: MadeBody = classify::read(peer, &answer)?;
    if fits(&made.attachment_id) {
        Ok(made.attachment_id)
    } else {
        Err(CallError::Unknown(peer.unexpected(200, "attachment_id")))
    }
}

/// Returns the attachments of these vouchers.
pub(super) async fn attachments(open: &Open, vouchers: &[String]) -> Result<Vec<FoundAttachment>, CallError> {
    let body = json(&LookUpBody { voucher_ids: vouchers });
    let request = open.request(Method::POST, "v1/attachments/lookup", Some(body))?;
    let answer = open.ask(request, &[200]).await?;
    let peer = open.http.peer();
    let listed: FoundBody = classify::read(peer, &answer)?;
    let found = listed.attachments.into_iter().map(|one| {
        let digest = FileDigest::from_hex(&one.sha256).filter(|_| fits(&one.attachment_id));
        let digest = digest.ok_or_else(|| CallError::Unknown(peer.unexpected(200, "sha256")))?;
        Ok(FoundAttachment { voucher_id: one.voucher_id, digest, id: one.attachment_id })
    });
    found.collect()
}

/// Returns a name as the header takes it: everything but letters, digits, `-`, `_` and `.` of ASCII is escaped.
fn escaped(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("a String takes every text");
        }
    }
    escaped
}
