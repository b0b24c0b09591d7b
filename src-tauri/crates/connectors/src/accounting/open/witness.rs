//! Reads and leaves the newest audit head of a ledger, as the accounting side keeps it.

use postonce_engine::domain::Actor;
use postonce_engine::ports::{CallError, LeaseToken, Witness, WitnessSeen};
use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::lock::{json, present};
use super::{Open, unsendable};
use crate::http::{HttpError, classify};
use crate::text::bounded;

/// The prefix with which the protocol writes a hash.
const HASH_PREFIX: &str = "sha256:";
/// The number of hexadecimal digits of a hash.
const HASH_DIGITS: usize = 64;
/// The longest name or key that somebody else wrote, in characters.
const TEXT_CHARS_MAX: usize = 200;
/// The kind of a refusal that says: another head is kept here, or a newer one.
const AHEAD: &str = "witness-ahead";

#[derive(Serialize, Deserialize)]
struct WitnessBody {
    entries: u64,
    head: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    written_by: Actor,
}

/// Reads the witness. `404` with a problem document says that there is none of this ledger; `404` without one, `405`
/// and `501`, that the server keeps no witnesses at all.
pub(super) async fn witness(open: &Open, ledger_id: &str) -> Result<WitnessSeen, CallError> {
    let peer = open.http.peer();
    let answer =
        open.ask(open.brief_request(Method::GET, &path(open, ledger_id)?, None)?, &[200, 404, 405, 501]).await?;
    match answer.status {
        200 => {}
        404 if classify::refusal(peer, &answer).is_some() => return Ok(WitnessSeen::None),
        _ => return Ok(WitnessSeen::NotOffered),
    }
    let body: WitnessBody = classify::read(peer, &answer)?;
    let Some(head) = head_of(&body.head) else {
        return Err(CallError::Unknown(peer.unexpected(answer.status, "head")));
    };
    let short = |text: String| bounded(&text, TEXT_CHARS_MAX);
    let Actor { user, host } = body.written_by;
    Ok(WitnessSeen::Kept(Witness {
        entries: body.entries,
        head,
        public_key: body.public_key.map(short),
        signature: body.signature.map(short),
        written_by: Actor { user: short(user), host: short(host) },
    }))
}

pub(super) async fn leave(
    open: &Open,
    token: &LeaseToken,
    ledger_id: &str,
    witness: &Witness,
) -> Result<(), CallError> {
    let body = WitnessBody {
        entries: witness.entries,
        head: format!("{HASH_PREFIX}{}", witness.head),
        public_key: witness.public_key.clone(),
        signature: witness.signature.clone(),
        written_by: witness.written_by.clone(),
    };
    let mut request = open.brief_request(Method::PUT, &path(open, ledger_id)?, Some(json(&body)))?;
    present(open, &mut request, token)?;
    let answer = open.call(request, &[200, 201, 204, 409]).await?;
    if answer.status != 409 {
        return Ok(());
    }
    let peer = open.http.peer();
    match classify::refusal(peer, &answer) {
        Some(refusal) if refusal.kind == AHEAD => {
            Err(CallError::Refused { problem: peer.refused(answer.status, &refusal.detail), refusal, too_large: false })
        }
        refusal => {
            let detail = refusal.map(|refusal| refusal.detail).unwrap_or_default();
            Err(CallError::Unknown(peer.unexpected(answer.status, &detail)))
        }
    }
}

/// Returns the digits alone, in lower case; `None` unless they are a SHA-256.
fn head_of(text: &str) -> Option<String> {
    let digits = text.strip_prefix(HASH_PREFIX)?;
    let is_hash = digits.len() == HASH_DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hash.then(|| digits.to_ascii_lowercase())
}

/// Returns the path of a ledger's witness. A ledger's id goes into it as it is; ours are UUIDs, and an id with other
/// characters than a path segment's own is no ledger of ours.
fn path(open: &Open, ledger_id: &str) -> Result<String, CallError> {
    let is_plain = !ledger_id.is_empty()
        && ledger_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_plain {
        Ok(format!("v1/witnesses/{ledger_id}"))
    } else {
        Err(unsendable(HttpError::Request(open.http.peer().clone())))
    }
}
