//! Looks at the books before an answer is believed: an acknowledgement has to name the voucher that stands under its
//! reference, a voucher that was there before has to stand as it was sent, and a reference that another content has is
//! a case of its own.
//!
//! Invariants:
//! - a look-up that fails, or finds nothing, takes nothing back: a search may lag behind;
//! - an id that no person could read or type is not believed by itself;
//! - what was found in the books, and not made by this answer, is taken over under its newest generation.

use std::time::Duration;

use super::exchange::{RequestOutcome, SentRequest};
use crate::calls::{Caller, RunError};
use crate::compare::ExportElsewhere;
use crate::domain::evidence::{Evidence, LookUpResult};
use crate::domain::{FoundVoucher, Generation, RecordId, Reference, VoucherPart, VoucherState};
use crate::error::Problem;
use crate::export::step::Run;
use crate::ledger::{ClaimMember, Claimed, Settlement, TakenOver};

/// The vouchers that must all differ in their accounts alone, at least, before that is the cause.
pub(crate) const ALIKE_MIN: usize = 2;

/// The time that the end of a run waits for what was not shown yet. A longer lag is left to the next run.
const UNSEEN_WAIT_MAX: Duration = Duration::from_secs(30);

/// The conclusion about one member.
enum Verdict {
    Stands,
    Doubt(Problem),
    /// The books have the record, and this request made nothing of it.
    Elsewhere(Vec<FoundVoucher>),
}

/// Returns the request with the settlements that can be believed.
pub(crate) async fn verified(run: &Run<'_>, caller: &Caller, mut sent: SentRequest) -> SentRequest {
    let RequestOutcome::Each(settlements) = &mut sent.outcome else { return sent };
    let members = sent.request.members();
    let asked: Vec<usize> = settlements
        .iter()
        .enumerate()
        .filter(|(_, settlement)| settlement.as_ref().is_some_and(wants_a_look))
        .map(|(index, _)| index)
        .collect();
    if asked.is_empty() {
        return sent;
    }
    // An answer that has come was given by now, and a look-up that begins now shows what is older than its lag.
    let (now, lag) = (run.clock.elapsed(), run.capabilities.look_up_delay());
    let due = run.unseen.due(now, lag);
    let references: Vec<Reference> = asked
        .iter()
        .filter_map(|&index| Some(members.get(index)?.reference().clone()))
        .chain(due.references())
        .collect();
    let looked_up = caller.look_up_once(run.permit, &references).await;
    if let Some(looked_up) = &looked_up {
        sent.halt = sent.halt.or(due.disproof(looked_up, lag).map(RunError::Problem));
    }
    let (is_measured, looked_up) = (looked_up.is_some(), looked_up.unwrap_or_default());
    let mut elsewhere: Vec<(usize, Vec<FoundVoucher>)> = Vec::new();
    for index in asked {
        let (Some(claimed), Some(Some(settlement))) = (members.get(index), settlements.get_mut(index)) else {
            continue;
        };
        if let Settlement::Posted { acknowledgement, .. } = settlement
            && is_measured
            && looked_up.vouchers(claimed.reference()).is_empty()
        {
            run.unseen.watch(claimed.reference(), &acknowledgement.voucher_id, now);
        }
        match judge(claimed, settlement, &looked_up) {
            Verdict::Stands => {
                if let Settlement::Posted { acknowledgement, found: true, made } = settlement {
                    *made = looked_up.made(claimed.reference(), acknowledgement);
                }
            }
            Verdict::Doubt(problem) => *settlement = Settlement::Unknown(problem),
            Verdict::Elsewhere(vouchers) => elsewhere.push((index, vouchers)),
        }
    }
    if let Some(problem) = accounts_differ(members, &elsewhere) {
        // Nothing was made of them, and the next ones would fare no better: the cause is one.
        for (index, _) in &elsewhere {
            if let Some(slot) = settlements.get_mut(*index) {
                *slot = Some(Settlement::NotSent);
            }
        }
        sent.halt = sent.halt.or(Some(RunError::Problem(problem)));
        return sent;
    }
    let found: Vec<(usize, &Claimed, Vec<FoundVoucher>)> =
        elsewhere.into_iter().filter_map(|(index, vouchers)| Some((index, members.get(index)?, vouchers))).collect();
    let known: Vec<(&RecordId, Generation)> =
        found.iter().map(|(_, claimed, _)| (claimed.record_id(), claimed.generation())).collect();
    match run.later_exports(caller, &known).await {
        Ok(later) => {
            for ((index, claimed, vouchers), later) in found.into_iter().zip(later) {
                if let Some(slot) = settlements.get_mut(index) {
                    *slot = Some(settled_elsewhere(claimed, vouchers, later));
                }
            }
        }
        // A refusal stands as it was given; what another export may stand for is in doubt, and the next run asks again.
        Err(error) => {
            for (index, claimed, vouchers) in found {
                if let Some(Some(slot @ Settlement::Posted { .. })) = settlements.get_mut(index) {
                    *slot = Settlement::Unclear(claimed.expected().marked(&vouchers));
                }
            }
            sent.halt = sent.halt.or(Some(error));
        }
    }
    sent
}

fn wants_a_look(settlement: &Settlement) -> bool {
    matches!(settlement, Settlement::Posted { .. } | Settlement::Refused { voucher_id: Some(_), .. })
}

fn judge(claimed: &Claimed, settlement: &Settlement, looked_up: &LookUpResult) -> Verdict {
    let there = looked_up.vouchers(claimed.reference());
    match settlement {
        Settlement::Posted { acknowledgement, .. } if there.is_empty() => {
            let id = acknowledgement.voucher_id.as_str();
            if is_plain(id) { Verdict::Stands } else { Verdict::Doubt(Problem::acknowledgement_unverified(plain(id))) }
        }
        Settlement::Posted { acknowledgement, found, .. } => {
            let is_it = |voucher: &FoundVoucher| voucher.acknowledgement.voucher_id == acknowledgement.voucher_id;
            if !there.iter().any(is_it) {
                let ids: Vec<&str> = there.iter().map(|one| one.acknowledgement.voucher_id.as_str()).collect();
                return Verdict::Doubt(Problem::acknowledgement_differs(
                    plain(&acknowledgement.voucher_id),
                    plain(&ids.join(", ")),
                ));
            }
            match looked_up.of(claimed.expected()) {
                Evidence::Unclear(vouchers) if *found => Verdict::Elsewhere(vouchers),
                _ => Verdict::Stands,
            }
        }
        Settlement::Refused { .. } if !there.is_empty() => Verdict::Elsewhere(there.to_vec()),
        _ => Verdict::Stands,
    }
}

/// Returns the problem if every record that was found has other accounts there, and nothing else that differs: then the
/// account rules here are not those by which it was exported.
fn accounts_differ(members: &[Claimed], elsewhere: &[(usize, Vec<FoundVoucher>)]) -> Option<Problem> {
    let vouchers = elsewhere.iter().filter_map(|(index, vouchers)| Some((members.get(*index)?, vouchers.as_slice())));
    let expected: Vec<_> = vouchers.map(|(claimed, vouchers)| (claimed.expected(), vouchers)).collect();
    let differing = expected.iter().map_while(|(expected, vouchers)| accounts_of(expected, vouchers));
    let differing: Vec<(String, String)> = differing.collect();
    let is_the_cause = differing.len() == elsewhere.len() && differing.len() >= ALIKE_MIN;
    let (here, there) = differing.into_iter().next().filter(|_| is_the_cause)?;
    Some(Problem::accounts_differ(here, there))
}

/// Returns the accounts here and there, if the one voucher that stands differs in them alone.
pub(crate) fn accounts_of(
    expected: &crate::domain::evidence::Expected<'_>,
    vouchers: &[FoundVoucher],
) -> Option<(String, String)> {
    let ([only], Some(sent)) = (vouchers, expected.content) else { return None };
    let differs = expected.likeness(only).differs;
    if only.state != VoucherState::Posted || differs != [VoucherPart::Account] {
        return None;
    }
    let mut there: Vec<&str> = only.shown.lines.iter().flatten().filter_map(|line| line.account.as_deref()).collect();
    there.dedup();
    Some((sent.accounts().join(", "), there.join(", ")))
}

/// Looks, at the end of a run, for what no look-up has shown yet.
pub(crate) async fn look_for_unseen(run: &Run<'_>, caller: &Caller) -> Result<(), RunError> {
    let lag = run.capabilities.look_up_delay();
    let Some(left) = run.unseen.all_due_in(run.clock.elapsed(), lag).filter(|left| *left <= UNSEEN_WAIT_MAX) else {
        return Ok(());
    };
    caller.postpone(left);
    match caller.wait_for_turn(run.permit).await {
        Ok(()) => {}
        // Everything was sent; a person who stops the wait stops nothing else.
        Err(RunError::Stopped) => return Ok(()),
        Err(halt) => return Err(halt),
    }
    let due = run.unseen.due(run.clock.elapsed(), lag);
    let references: Vec<Reference> = due.references().collect();
    if references.is_empty() {
        return Ok(());
    }
    let looked_up = caller.look_up_once(run.permit, &references).await;
    let problem = looked_up.and_then(|looked_up| due.disproof(&looked_up, lag));
    problem.map_or(Ok(()), |problem| Err(RunError::Problem(problem)))
}

/// Returns the settlement of a record that the books have: under its newest generation, as that was made elsewhere.
pub(crate) fn settled_elsewhere(
    claimed: &Claimed,
    vouchers: Vec<FoundVoucher>,
    later: Option<ExportElsewhere>,
) -> Settlement {
    let (member, settlement) = match later {
        Some(ExportElsewhere { generation, reference, vouchers }) => {
            let member = claimed.member(generation, reference);
            let settlement = found(&member, &vouchers);
            (member, settlement)
        }
        None => {
            let member = claimed.member(claimed.generation(), claimed.reference().clone());
            let settlement = Settlement::Unclear(member.expected().marked(&vouchers));
            (member, settlement)
        }
    };
    Settlement::TakenOver(Box::new(TakenOver { member, settlement }))
}

/// Returns the settlement of a record by the vouchers that stand there for it.
pub(crate) fn found(member: &ClaimMember, vouchers: &[FoundVoucher]) -> Settlement {
    match vouchers {
        [only] if only.state == VoucherState::Posted && member.expected().likeness(only).is_same() => {
            Settlement::found(only)
        }
        several => Settlement::Unclear(member.expected().marked(several)),
    }
}

/// Says whether an id can be read and typed as it stands: no signs that hide, turn or mark up what is around them.
fn is_plain(id: &str) -> bool {
    id.chars().all(|c| c.is_alphanumeric() || (c.is_ascii_graphic() && !matches!(c, '<' | '>' | '&')) || c == ' ')
        && id.trim() == id
}

/// Returns an id for a sentence, with what cannot be read made visible.
fn plain(id: &str) -> String {
    id.chars()
        .flat_map(
            |c| if is_plain(c.encode_utf8(&mut [0; 4])) || c == ' ' { vec![c] } else { c.escape_unicode().collect() },
        )
        .collect()
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
