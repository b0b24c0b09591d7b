//! Recover: what earlier runs left open is settled before anything new is sent. There is no other recovery code.
//!
//! Written for a system that never makes a second voucher for a reference (`enforced`): there the same request may be sent
//! again, and `exists` settles it. While its key lives it goes under its key, so that a server still busy with the first one
//! answers for that one. What stays unclear is looked up; what is unclear even then stays in doubt, and blocks only itself.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::exchange::{Fate, Wire};
use super::progress::Reporter;
use super::run::{Run, RunError};
use crate::domain::{FoundVoucher, Reference, RequestKey, VoucherState};
use crate::error::{ErrorCode, Told};
use crate::ledger::{Claimed, OpenMember, OpenRequest, Settlement};

/// Open requests taken from the ledger at once.
const PAGE_REQUESTS: usize = 16;
/// A key is not trusted in this last part of its life: the two machines' clocks may differ.
const KEY_MARGIN: TimeDelta = TimeDelta::hours(1);

/// Settles what is open, oldest first.
pub(super) async fn recover(run: &Run<'_>, wire: &Wire, reporter: &mut Reporter) -> Result<(), RunError> {
    let mut after = 0;
    loop {
        let page = run.ledger.read(move |book| book.open_requests(after, PAGE_REQUESTS)).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for (_, open) in page {
            if wire.stop.is_cancelled() {
                return Err(RunError::Stopped);
            }
            let members = open.open.len() as u64;
            settle(run, wire, reporter, open).await?;
            reporter.advance(members);
        }
    }
}

async fn settle(run: &Run<'_>, wire: &Wire, reporter: &Reporter, open: OpenRequest) -> Result<(), RunError> {
    let now = wire.clock.now();
    let fresh_key = (!key_lives(run, open.keyed_at, now)).then(|| RequestKey::new(run.ids.fresh()));
    let OpenRequest { request, open, .. } = open;
    let request = run.ledger.write(move |book| book.send_again(&request, fresh_key, now)).await?;
    let doubt = Told::new(ErrorCode::Interrupted);
    let exchanged = wire.exchange(run.permit, request, Some(doubt)).await;
    if let Some(halt) = exchanged.halt {
        return Err(halt);
    }
    let Fate::Each(settlements) = exchanged.fate else {
        return Err(RunError::Told(Told::internal("a repeated request was divided")));
    };
    let request = exchanged.request;
    let mut settled: Vec<(OpenMember, Settlement)> = Vec::with_capacity(open.len());
    for member in open {
        let settlement = settlements.get(member.member).cloned().ok_or_else(|| {
            RunError::Told(Told::internal(format!("request {} has no member {}", request.key(), member.member)))
        })?;
        settled.push((member, settlement));
    }
    look_up_unclear(wire, request.members(), &mut settled).await?;
    for (_, settlement) in &settled {
        if !matches!(settlement, Settlement::Refused { .. } | Settlement::NotSent) {
            reporter.count(settlement.result(), 1);
        }
    }
    let (number, now) = (run.number, wire.clock.now());
    let written = run.ledger.write(move |book| {
        for (member, settlement) in &settled {
            if let Some(claimed) = request.members().get(member.member) {
                book.settle_recovered(number, claimed, settlement, now)?;
            }
        }
        book.close_request(&request)
    });
    Ok(written.await?)
}

fn key_lives(run: &Run<'_>, keyed_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let age = now - keyed_at;
    // A clock that was set back makes the age negative: the key's real age is then unknown, and it is not trusted.
    run.keys_live.is_some_and(|life| age >= TimeDelta::zero() && age < life - KEY_MARGIN)
}

/// Where the repeated request did not settle a member, or the accounting system refused it now, what stands under its
/// reference decides. A refusal now says nothing of the first time: the period may have been closed in between.
async fn look_up_unclear(
    wire: &Wire,
    members: &[Claimed],
    settled: &mut [(OpenMember, Settlement)],
) -> Result<(), RunError> {
    let unclear = |settlement: &Settlement| matches!(settlement, Settlement::Unknown(_) | Settlement::Refused { .. });
    let references: Vec<Reference> = settled
        .iter()
        .filter(|(_, settlement)| unclear(settlement))
        .filter_map(|(member, _)| Some(members.get(member.member)?.reference().clone()))
        .collect();
    if references.is_empty() {
        return Ok(());
    }
    let mut found: HashMap<Reference, Vec<FoundVoucher>> = HashMap::new();
    match wire.accounting.look_up(&references).await {
        Ok(vouchers) => vouchers.into_iter().for_each(|voucher| {
            found.entry(voucher.reference.clone()).or_default().push(voucher);
        }),
        Err(error) => {
            // A refusal of this sending cannot stand without the look-up either.
            tracing::warn!(%error, "the look-up of what is in doubt failed; it stays in doubt");
            for (_, settlement) in settled.iter_mut().filter(|(_, settlement)| unclear(settlement)) {
                *settlement = Settlement::Unknown(error.told());
            }
            return Ok(());
        }
    }
    for (member, settlement) in settled.iter_mut().filter(|(_, settlement)| unclear(settlement)) {
        let Some(claimed) = members.get(member.member) else { continue };
        if let Some(evidence) = found.get(claimed.reference()) {
            *settlement = judge(claimed, member, evidence, settlement);
        }
    }
    Ok(())
}

/// What the vouchers under a reference say of the attempt.
fn judge(claimed: &Claimed, member: &OpenMember, evidence: &[FoundVoucher], so_far: &Settlement) -> Settlement {
    match evidence {
        [] => so_far.clone(),
        [only] if only.state == VoucherState::Posted && is_ours(claimed, member, only) => {
            Settlement::Posted { acknowledgement: only.acknowledgement.clone(), found: false }
        }
        [other] if other.state == VoucherState::Posted && matches!(so_far, Settlement::Refused { .. }) => {
            so_far.clone()
        }
        several => {
            let vouchers: Vec<&str> = several.iter().map(|one| one.acknowledgement.voucher_id.as_str()).collect();
            Settlement::Unknown(Told::new(ErrorCode::EvidenceUnclear).with("vouchers", vouchers.join(", ")))
        }
    }
}

fn is_ours(claimed: &Claimed, member: &OpenMember, voucher: &FoundVoucher) -> bool {
    let amount = claimed.amount();
    let total = crate::domain::Money::from_decimal(&voucher.total, amount.currency());
    voucher.date == member.date
        && voucher.currency == amount.currency().code()
        && total.is_ok_and(|total| total.minor().unsigned_abs() == amount.minor().unsigned_abs())
}
