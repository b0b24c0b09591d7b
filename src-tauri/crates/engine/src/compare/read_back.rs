//! Holds the books, as a file shows them, against the ledger. Pure: what is seen and what is known in, what follows out.
//!
//! Invariants:
//! - what was handed over becomes exported only by a voucher that the books show, with its number;
//! - several vouchers, another content, a reversed one: exported, and an alarm says so, for a person;
//! - what is not there stays as it is; only a proven absence is a difference.

use super::judge::{Verdict, judge};
use crate::domain::{Acknowledgement, AttemptState, DifferenceKind, FoundVoucher, VoucherState};
use crate::ledger::{Compared, FiledAttempt};
use crate::ports::{Unproven, VoucherSeen};

/// The conclusion about one attempt.
#[derive(Debug, Clone)]
pub(crate) struct ReadBackCase {
    pub(crate) attempt: FiledAttempt,
    pub(crate) found: Vec<FoundVoucher>,
    pub(crate) conclusion: Conclusion,
}

/// The things that may follow for an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conclusion {
    /// It was handed over, and is seen in the books: exported from now on. `differs`: not exactly as it was handed over.
    Exported { acknowledgement: Acknowledgement, differs: Option<DifferenceKind> },
    /// It stands as it was acknowledged.
    Well,
    /// It was acknowledged, and the books differ.
    Differs(DifferenceKind),
    /// It is not there, and need not be.
    NotExpected,
    /// It is not there, and may be in the books all the same; or it waits for them.
    Open(Option<Unproven>),
    /// Its file was withdrawn, and it stands in the books: the file was imported after all.
    WithdrawnAndThere,
    /// It is in doubt here, and stands there.
    InDoubtAndThere,
}

/// Returns what follows for an attempt.
pub(crate) fn conclude(attempt: FiledAttempt, seen: VoucherSeen) -> ReadBackCase {
    let found: Vec<FoundVoucher> = seen.vouchers.into_iter().filter(|voucher| voucher.reverses.is_none()).collect();
    let standing = found.iter().filter(|voucher| voucher.state == VoucherState::Posted).count();
    let is_filed = attempt.file.is_some();
    let compared = &attempt.compared;
    let conclusion = match compared.state {
        AttemptState::HandedOver if found.is_empty() => Conclusion::Open(seen.unproven),
        AttemptState::HandedOver => exported(compared, &found),
        AttemptState::Posted if found.is_empty() && seen.unproven.is_some() => Conclusion::Open(seen.unproven),
        AttemptState::Posted => {
            let found = as_acknowledged(compared, &found);
            match judge(compared, &found, false) {
                Verdict::Well => Conclusion::Well,
                Verdict::Reversed => Conclusion::NotExpected,
                Verdict::Waiting => Conclusion::Open(seen.unproven),
                Verdict::Differs(kind) => Conclusion::Differs(kind),
            }
        }
        AttemptState::Withdrawn if standing > 0 => Conclusion::WithdrawnAndThere,
        AttemptState::Withdrawn => Conclusion::NotExpected,
        _ if found.is_empty() => Conclusion::Open(None),
        // A file that was never known to be delivered was delivered, for the books have it.
        AttemptState::Unknown if is_filed => exported(compared, &found),
        _ => Conclusion::InDoubtAndThere,
    };
    let is_evidence = !matches!(conclusion, Conclusion::Well);
    let found = if is_evidence { compared.expected().marked(&found) } else { found };
    ReadBackCase { attempt, found, conclusion }
}

/// Returns the conclusion for what was handed over and is seen.
fn exported(compared: &Compared, found: &[FoundVoucher]) -> Conclusion {
    let standing = found.iter().find(|voucher| voucher.state == VoucherState::Posted).or_else(|| found.first());
    let Some(first) = standing else { return Conclusion::Open(None) };
    let acknowledgement = first.acknowledgement.clone();
    // It is known by this voucher from now on.
    let known = Compared {
        state: AttemptState::Posted,
        voucher_id: Some(acknowledgement.voucher_id.clone()),
        ..compared.clone()
    };
    // The account is ours to give: another one is told, the first time.
    let differs = match judge(&known, found, false) {
        Verdict::Differs(kind) => Some(kind),
        _ if !compared.expected().likeness(first).is_same() => Some(DifferenceKind::OtherContent),
        _ => None,
    };
    Conclusion::Exported { acknowledgement, differs }
}

/// Returns the vouchers with the acknowledged one known by its id: books number their vouchers anew, and a file knows
/// them by other ids than a server.
fn as_acknowledged(posted: &Compared, found: &[FoundVoucher]) -> Vec<FoundVoucher> {
    let Some(id) = &posted.voucher_id else { return found.to_vec() };
    let is_known = |voucher: &FoundVoucher| voucher.acknowledgement.voucher_id == *id;
    if found.iter().any(is_known) {
        return found.to_vec();
    }
    let standing = |voucher: &&FoundVoucher| voucher.state == VoucherState::Posted;
    let numbered = |voucher: &&FoundVoucher| {
        posted.voucher_number.is_some() && voucher.acknowledgement.number == posted.voucher_number
    };
    let is_it = found.iter().filter(standing).find(numbered).or_else(|| found.iter().find(standing));
    let place = is_it.and_then(|it| found.iter().position(|voucher| voucher == it));
    let mut found = found.to_vec();
    if let Some(it) = place.and_then(|place| found.get_mut(place)) {
        it.acknowledgement.voucher_id.clone_from(id);
    }
    found
}
