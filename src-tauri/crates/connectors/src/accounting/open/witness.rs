//! Reads and leaves the newest audit head of a ledger, as the accounting side keeps it.

use postonce_engine::domain::Actor;
use postonce_engine::ports::{CallError, LeaseToken, LedgerWitness, Witness, WitnessPage, WitnessSeen};
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
    match witness_of(classify::read(peer, &answer)?) {
        Some(witness) => Ok(WitnessSeen::Kept(witness)),
        None => Err(CallError::Unknown(peer.unexpected(answer.status, "head"))),
    }
}

#[derive(Deserialize)]
struct HistoryBody {
    witnesses: Vec<WitnessBody>,
    #[serde(default)]
    next_cursor: Option<String>,
}

/// Reads the witnesses that a ledger ever left, a page. A server that keeps the newest alone has no such address.
pub(super) async fn history(
    open: &Open,
    ledger_id: &str,
    cursor: Option<&str>,
) -> Result<Option<WitnessPage>, CallError> {
    let mut request = open.brief_request(Method::GET, &format!("{}/history", path(open, ledger_id)?), None)?;
    if let Some(cursor) = cursor {
        request.url_mut().query_pairs_mut().append_pair("cursor", cursor);
    }
    let answer = open.ask(request, &[200, 404, 405, 501]).await?;
    if answer.status != 200 {
        return Ok(None);
    }
    let peer = open.http.peer();
    let body: HistoryBody = classify::read(peer, &answer)?;
    // It would go round forever.
    if body.next_cursor.is_some() && body.next_cursor.as_deref() == cursor {
        return Err(CallError::Unknown(peer.unexpected(200, "next_cursor")));
    }
    let read = |body| witness_of(body).ok_or_else(|| CallError::Unknown(peer.unexpected(200, "head")));
    let witnesses = body.witnesses.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(Some(WitnessPage { witnesses, next: body.next_cursor }))
}

#[derive(Deserialize)]
struct ListedBody {
    ledger_id: String,
    #[serde(default)]
    written_at: Option<String>,
    #[serde(flatten)]
    witness: WitnessBody,
}

#[derive(Deserialize)]
struct ListBody {
    witnesses: Vec<ListedBody>,
}

/// Reads the newest witness of each ledger of the organisation. A server that lists none has no such address.
pub(super) async fn list(open: &Open) -> Result<Option<Vec<LedgerWitness>>, CallError> {
    let answer = open.ask(open.brief_request(Method::GET, "v1/witnesses", None)?, &[200, 404, 405, 501]).await?;
    if answer.status != 200 {
        return Ok(None);
    }
    let peer = open.http.peer();
    let body: ListBody = classify::read(peer, &answer)?;
    // Another client's witness need not be one of ours.
    let witnesses = body.witnesses.into_iter().filter_map(|listed| {
        let (ledger_id, written_at) = (bounded(&listed.ledger_id, TEXT_CHARS_MAX), listed.written_at);
        let written_at = written_at.map(|at| bounded(&at, TEXT_CHARS_MAX));
        Some(LedgerWitness { ledger_id, witness: witness_of(listed.witness)?, written_at })
    });
    Ok(Some(witnesses.collect()))
}

/// Takes over a witness; `None` if its head is no hash.
fn witness_of(body: WitnessBody) -> Option<Witness> {
    let short = |text: String| bounded(&text, TEXT_CHARS_MAX);
    let Actor { user, host } = body.written_by;
    Some(Witness {
        entries: body.entries,
        head: head_of(&body.head)?,
        public_key: body.public_key.map(short),
        signature: body.signature.map(short),
        written_by: Actor { user: short(user), host: short(host) },
    })
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
