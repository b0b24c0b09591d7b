//! What stands in the books under some references.

use std::collections::HashSet;

use postonce_engine::domain::{FoundVoucher, Reference};
use postonce_engine::ports::CallError;
use reqwest::Method;

use super::Open;
use super::lock::json;
use super::vouchers::acknowledgement;
use super::wire::{FoundBody, FoundVoucherBody, LookUpBody};
use crate::http::{Peer, classify};

/// References in one call at most, as the protocol says.
const REFERENCES_MAX: usize = 500;

pub(super) async fn look_up(open: &Open, references: &[Reference]) -> Result<Vec<FoundVoucher>, CallError> {
    let mut found = Vec::new();
    for asked in references.chunks(REFERENCES_MAX) {
        let body = LookUpBody { references: asked.iter().map(Reference::as_str).collect() };
        let request = open.request(Method::POST, "v1/vouchers/lookup", Some(json(&body)))?;
        let seen = open.call(request, &[200]).await?;
        let answer: FoundBody = classify::read(open.http.peer(), &seen)?;
        let asked: HashSet<&str> = asked.iter().map(Reference::as_str).collect();
        for voucher in answer.found {
            // What was not asked for says nothing about what was.
            if asked.contains(voucher.reference.as_str()) {
                found.push(taken_over(open.http.peer(), voucher)?);
            }
        }
    }
    Ok(found)
}

/// A voucher without a usable id is there all the same: the look-up as a whole is not understood, rather than too short.
fn taken_over(peer: &Peer, voucher: FoundVoucherBody) -> Result<FoundVoucher, CallError> {
    let acknowledgement = acknowledgement(voucher.voucher_id, voucher.number)
        .ok_or_else(|| CallError::Unknown(peer.unexpected(200, "voucher_id")))?;
    Ok(FoundVoucher {
        reference: Reference::from_stored(voucher.reference),
        acknowledgement,
        date: voucher.date,
        currency: voucher.currency,
        total: voucher.total,
        created_at: voucher.created_at,
        state: voucher.state,
    })
}
