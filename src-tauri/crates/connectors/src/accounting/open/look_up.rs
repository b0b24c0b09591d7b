//! Finds the vouchers and drafts under some references.
//!
//! Invariant: an answer that cannot be distinguished from a shorter one is not understood as a whole: a voucher or
//! draft without a usable id, a voucher under two references, a draft that is listed twice; and, if the server names
//! the references that it did not find, a reference of which nothing is said.

use std::collections::{HashMap, HashSet};

use postonce_engine::domain::{Found, FoundDraft, FoundVoucher, Reference, VoucherState};
use postonce_engine::ports::CallError;
use reqwest::Method;

use super::Open;
use super::lock::json;
use super::results::{acknowledgement, usable_draft};
use super::wire::{FoundBody, FoundDraftBody, FoundVoucherBody, LookUpBody, ShownBody};
use crate::http::{Peer, classify};

/// The largest number of references in one call, as the protocol says.
const REFERENCES_MAX: usize = 500;

pub(super) async fn look_up(open: &Open, references: &[Reference]) -> Result<Found, CallError> {
    let mut found = Found::default();
    for asked in references.chunks(REFERENCES_MAX) {
        let body = LookUpBody { references: asked.iter().map(Reference::as_str).collect() };
        let request = open.request(Method::POST, "v1/vouchers/lookup", Some(json(&body)))?;
        let answer = open.ask(request, &[200]).await?;
        let peer = open.http.peer();
        let listed: FoundBody = classify::read(peer, &answer)?;
        let drafts = listed.drafts.unwrap_or_default();
        refuse_ambiguous(peer, &listed.found, &drafts)?;
        let asked: HashSet<&str> = asked.iter().map(Reference::as_str).collect();
        if let Some(not_found) = &listed.not_found {
            refuse_incomplete(peer, &asked, &listed.found, &drafts, not_found)?;
        }
        refuse_rewritten(peer, &asked, &listed.found, &drafts)?;
        for voucher in listed.found {
            // A voucher that was not asked for proves nothing about those that were.
            if asked.contains(voucher.reference.as_str()) {
                found.vouchers.push(taken_over(peer, voucher)?);
            }
        }
        for draft in drafts {
            if asked.contains(draft.reference.as_str()) {
                found.drafts.push(draft_taken_over(peer, draft)?);
            }
        }
    }
    Ok(found)
}

/// Refuses an answer that is silent about a reference. A send may follow from absence, so absence is believed when the
/// server says it, not when a line is missing.
fn refuse_incomplete(
    peer: &Peer,
    asked: &HashSet<&str>,
    vouchers: &[FoundVoucherBody],
    drafts: &[FoundDraftBody],
    not_found: &[String],
) -> Result<(), CallError> {
    let there: HashSet<&str> = vouchers
        .iter()
        .map(|voucher| voucher.reference.as_str())
        .chain(drafts.iter().map(|draft| draft.reference.as_str()))
        .collect();
    let absent: HashSet<&str> = not_found.iter().map(String::as_str).collect();
    if asked.iter().all(|reference| there.contains(reference) != absent.contains(reference)) {
        Ok(())
    } else {
        Err(CallError::Unknown(peer.unexpected(200, "not_found")))
    }
}

/// Refuses an answer in which a reference comes back written in another way, such as in capitals: the voucher stands
/// there, and would be taken for absent.
fn refuse_rewritten(
    peer: &Peer,
    asked: &HashSet<&str>,
    vouchers: &[FoundVoucherBody],
    drafts: &[FoundDraftBody],
) -> Result<(), CallError> {
    let vouchers = vouchers.iter().map(|voucher| voucher.reference.as_str());
    let there: HashSet<&str> = vouchers.chain(drafts.iter().map(|draft| draft.reference.as_str())).collect();
    let mut strange = there.iter().filter(|reference| !asked.contains(*reference)).peekable();
    if strange.peek().is_none() {
        return Ok(());
    }
    let missed: HashSet<String> = asked.difference(&there).map(|reference| bare(reference)).collect();
    match strange.find(|reference| missed.contains(&bare(reference))) {
        Some(rewritten) => Err(CallError::Unknown(peer.unexpected(200, &format!("reference {rewritten}")))),
        None => Ok(()),
    }
}

/// Returns the letters and digits of a reference, in small letters.
fn bare(reference: &str) -> String {
    reference.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Refuses an answer with one voucher for two records, or with a draft twice: such a draft would be kept and discarded
/// at once.
fn refuse_ambiguous(peer: &Peer, vouchers: &[FoundVoucherBody], drafts: &[FoundDraftBody]) -> Result<(), CallError> {
    let mut reference_of: HashMap<&str, &str> = HashMap::new();
    for voucher in vouchers {
        let known = reference_of.insert(&voucher.voucher_id, &voucher.reference);
        if known.is_some_and(|known| known != voucher.reference) {
            return Err(CallError::Unknown(peer.unexpected(200, "voucher_id")));
        }
    }
    let mut draft_ids: HashSet<&str> = HashSet::new();
    if drafts.iter().all(|draft| draft_ids.insert(&draft.draft_id)) {
        Ok(())
    } else {
        Err(CallError::Unknown(peer.unexpected(200, "draft_id")))
    }
}

fn draft_taken_over(peer: &Peer, draft: FoundDraftBody) -> Result<FoundDraft, CallError> {
    let draft_id = usable_draft(draft.draft_id).ok_or_else(|| CallError::Unknown(peer.unexpected(200, "draft_id")))?;
    Ok(FoundDraft {
        reference: Reference::from_stored(draft.reference),
        draft_id,
        date: draft.date,
        currency: draft.currency,
        total: draft.total,
        created_at: draft.created_at,
        shown: ShownBody {
            text: draft.text,
            lines: draft.lines,
            own_currency: draft.own_currency,
            own_total: draft.own_total,
        }
        .into(),
    })
}

/// Takes over a voucher. One without a usable id exists all the same, so the look-up as a whole is not understood
/// rather than too short.
pub(super) fn taken_over(peer: &Peer, voucher: FoundVoucherBody) -> Result<FoundVoucher, CallError> {
    let acknowledgement = acknowledgement(voucher.voucher_id, voucher.number)
        .ok_or_else(|| CallError::Unknown(peer.unexpected(200, "voucher_id")))?;
    Ok(FoundVoucher {
        reference: Reference::from_stored(voucher.reference),
        acknowledgement,
        date: voucher.date,
        currency: voucher.currency,
        total: voucher.total,
        created_at: voucher.created_at,
        created_by: voucher.created_by.as_deref().and_then(crate::text::name_of_person),
        state: if voucher.reversed_by.is_some() { VoucherState::Voided } else { voucher.state },
        reversed_by: voucher.reversed_by,
        reverses: voucher.reverses,
        shown: ShownBody {
            text: voucher.text,
            lines: voucher.lines,
            own_currency: voucher.own_currency,
            own_total: voucher.own_total,
        }
        .into(),
        differs: Vec::new(),
    })
}
