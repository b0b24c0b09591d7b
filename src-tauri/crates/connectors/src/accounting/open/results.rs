//! Reads results: what an answer says of each member of a request, or of one voucher alone.
//!
//! Invariant: a result counts for the member that it names, and for no other. If the answer names a reference twice, or
//! one voucher or one draft for two results, none of these results counts.

use std::collections::HashMap;

use postonce_engine::domain::{Acknowledgement, DraftId, Reference, StageResult, VoucherResult, VoucherState};
use postonce_engine::ports::{Answer, CallError};
use serde_json::Value;

use super::wire::{RefusedBody, ResultBody, ResultsBody, StageBody, VoucherIds};
use crate::http::{HttpAnswer, Peer, classify};

/// The one status of an answer with results.
pub(super) const ANSWERED: u16 = 200;
/// The longest id or number, in characters; a longer one is not taken. It is not cut either, since a cut id is
/// another's.
pub(super) const ID_CHARS_MAX: usize = 200;

/// Reads the result of one member.
pub(super) trait MemberResult: Sized {
    /// Returns `None` if it cannot be read, or names nothing that could be used.
    fn read(peer: &Peer, result: Value) -> Option<Self>;

    /// Returns the voucher or draft that it says was made or found.
    fn named(&self) -> Option<NamedId<'_>>;
}

/// Names a voucher or draft, which stands for one member only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum NamedId<'a> {
    Voucher(&'a str),
    Draft(&'a str),
}

/// Returns one entry for each member, in the members' order.
pub(super) fn answer<'a, T: MemberResult>(
    peer: &Peer,
    answer: &HttpAnswer,
    members: impl Iterator<Item = &'a Reference>,
) -> Result<Answer<T>, CallError> {
    let body: ResultsBody = classify::read(peer, answer)?;
    let read: Vec<(String, Option<T>)> =
        body.results.into_iter().map(|result| (reference_of(&result).to_owned(), T::read(peer, result))).collect();
    let mut times_named: HashMap<NamedId<'_>, usize> = HashMap::new();
    for named in read.iter().filter_map(|(_, result)| result.as_ref()?.named()) {
        *times_named.entry(named).or_default() += 1;
    }
    let is_its_own = |result: &T| result.named().is_none_or(|named| times_named.get(&named) == Some(&1));
    let own: Vec<bool> = read.iter().map(|(_, result)| result.as_ref().is_some_and(is_its_own)).collect();
    // `None` marks a reference that is named, but unreadable, named twice, or with an id that another result names as
    // well.
    let mut by_reference: HashMap<String, Option<T>> = HashMap::new();
    for ((reference, result), is_its_own) in read.into_iter().zip(own) {
        let result = result.filter(|_| is_its_own);
        by_reference.entry(reference).and_modify(|known| *known = None).or_insert(result);
    }
    Ok(Answer { results: members.map(|member| by_reference.remove(member.as_str())?).collect() })
}

/// Reads the answer about one voucher, which has to name the reference it was asked about.
pub(super) fn one(peer: &Peer, answer: &HttpAnswer, reference: &Reference) -> Result<VoucherResult, CallError> {
    let result: Value = classify::read(peer, answer)?;
    if reference_of(&result) != reference.as_str() {
        return Err(CallError::Unknown(peer.unexpected(answer.status, "reference")));
    }
    VoucherResult::read(peer, result).ok_or_else(|| CallError::Unknown(peer.unexpected(answer.status, "status")))
}

fn reference_of(result: &Value) -> &str {
    result.get("reference").and_then(Value::as_str).unwrap_or_default()
}

impl MemberResult for VoucherResult {
    fn read(peer: &Peer, result: Value) -> Option<Self> {
        Some(match serde_json::from_value(result).ok()? {
            ResultBody::Created(ids) => Self::Created(standing(ids)?),
            ResultBody::Exists(ids) => Self::Exists(standing(ids)?),
            ResultBody::Refused(refused) => {
                let voucher_id = refused.voucher_id();
                Self::Refused { voucher_id, refusal: refused.refusal(peer) }
            }
        })
    }

    fn named(&self) -> Option<NamedId<'_>> {
        match self {
            Self::Created(made) | Self::Exists(made) => Some(NamedId::Voucher(&made.voucher_id)),
            Self::Refused { .. } => None,
        }
    }
}

impl MemberResult for StageResult {
    fn read(peer: &Peer, result: Value) -> Option<Self> {
        Some(match serde_json::from_value(result).ok()? {
            StageBody::Staged { draft_id } => Self::Staged(usable_draft(draft_id)?),
            StageBody::Exists(ids) => Self::Exists(standing(ids)?),
            StageBody::Refused(refused) => {
                let voucher_id = refused.voucher_id();
                Self::Refused { voucher_id, refusal: refused.refusal(peer) }
            }
        })
    }

    fn named(&self) -> Option<NamedId<'_>> {
        match self {
            Self::Staged(draft) => Some(NamedId::Draft(draft.as_str())),
            Self::Exists(made) => Some(NamedId::Voucher(&made.voucher_id)),
            Self::Refused { .. } => None,
        }
    }
}

impl RefusedBody {
    /// Returns the voucher that is in the way, from beside the problem document or in it.
    fn voucher_id(&self) -> Option<String> {
        self.voucher_id.clone().or_else(|| self.problem.voucher_id.clone()).filter(|id| fits(id))
    }

    fn refusal(self, peer: &Peer) -> postonce_engine::domain::Refusal {
        let problem = self.problem;
        let words = (problem.title, problem.detail);
        classify::refusal_of(peer, problem.r#type.as_deref(), words, problem.next_open.as_ref(), 422)
    }
}

/// Returns the acknowledgement of a voucher that stands in the books. A voided one has none: it is a person's case,
/// which a look-up shows.
fn standing(ids: VoucherIds) -> Option<Acknowledgement> {
    match ids.state {
        None | Some(VoucherState::Posted) => acknowledgement(ids.voucher_id, ids.number),
        Some(VoucherState::Voided) => None,
    }
}

/// Returns an acknowledgement, which needs a voucher id; a number alone proves nothing.
pub(super) fn acknowledgement(voucher_id: String, number: Option<String>) -> Option<Acknowledgement> {
    fits(&voucher_id).then(|| Acknowledgement { voucher_id, number: number.filter(|number| fits(number)) })
}

/// Returns a draft's id if the draft can be committed: its id has to be named in a path.
pub(super) fn usable_draft(id: String) -> Option<DraftId> {
    if fits(&id) && !matches!(id.as_str(), "." | "..") { DraftId::new(id) } else { None }
}

pub(super) fn fits(id: &str) -> bool {
    !id.trim().is_empty() && id.chars().count() <= ID_CHARS_MAX && !id.chars().any(char::is_control)
}
