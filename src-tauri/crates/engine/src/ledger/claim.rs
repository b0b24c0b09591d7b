//! Claim: intent before act. What is claimed here is on the disk before the first byte leaves.
//!
//! Invariant: [`Claimed`] and [`ClaimedRequest`] are made in this folder only, from rows that stand in the ledger; whoever
//! has one to send has a claim.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::named_params;
use sha2::{Digest, Sha256};

use super::values::{signed, stamp};
use super::{Book, LedgerError};
use crate::domain::{ContentHash, Generation, Money, RecordId, Reference, RequestKey};

/// A claim on one record and generation, in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub(super) attempt_id: i64,
    pub(super) record_id: RecordId,
    pub(super) generation: Generation,
    pub(super) reference: Reference,
    pub(super) amount: Money,
    /// Its row in the run that claimed it; 0 for a claim that an earlier run left open.
    pub(super) position: u64,
}

impl Claimed {
    /// The record.
    pub fn record_id(&self) -> &RecordId {
        &self.record_id
    }

    /// The reference it travels under.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The amount that is claimed.
    pub fn amount(&self) -> Money {
        self.amount
    }
}

/// A request as it stands in the ledger: key, members, order, bytes. Sent as often as needed, always as it is.
#[derive(Debug, Clone)]
pub struct ClaimedRequest {
    pub(super) request_id: i64,
    pub(super) key: RequestKey,
    pub(super) body: Arc<[u8]>,
    pub(super) members: Vec<Claimed>,
}

impl ClaimedRequest {
    /// The idempotency key.
    pub fn key(&self) -> &RequestKey {
        &self.key
    }

    /// The bytes, as the connector drew them up.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Its members, in the order of the body.
    pub fn members(&self) -> &[Claimed] {
        &self.members
    }

    /// How many members it has.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has none; such a request is never made.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The references of its members, in order.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.members.iter().map(Claimed::reference)
    }
}

/// A request to be claimed.
#[derive(Debug, Clone)]
pub(crate) struct ClaimAsk {
    pub(crate) run: i64,
    pub(crate) fence: u64,
    pub(crate) key: RequestKey,
    pub(crate) body: Vec<u8>,
    pub(crate) members: Vec<ClaimMember>,
    pub(crate) now: DateTime<Utc>,
}

/// One member of it.
#[derive(Debug, Clone)]
pub(crate) struct ClaimMember {
    pub(crate) position: u64,
    pub(crate) record_id: RecordId,
    pub(crate) generation: Generation,
    pub(crate) reference: Reference,
    pub(crate) content: ContentHash,
    pub(crate) date: NaiveDate,
    pub(crate) amount: Money,
}

impl Book<'_> {
    /// Claims every member, or, where the guard forbids one of them, none: the transaction then fails as a whole.
    pub(crate) fn claim(&self, ask: ClaimAsk) -> Result<ClaimedRequest, LedgerError> {
        let now = stamp(ask.now);
        self.execute(
            "INSERT INTO request (key, keyed_at, run_number, fence, body, body_hash)
             VALUES (:key, :now, :run, :fence, :body, :hash)",
            named_params! {
                ":key": ask.key.as_str(), ":now": now, ":run": ask.run, ":fence": signed(ask.fence),
                ":body": ask.body, ":hash": Sha256::digest(&ask.body).as_slice(),
            },
        )?;
        let request_id = self.inserted();
        let mut members = Vec::with_capacity(ask.members.len());
        for (member, asked) in ask.members.into_iter().enumerate() {
            self.execute(
                include_str!("sql/claim.sql"),
                named_params! {
                    ":record": asked.record_id.as_str(), ":generation": asked.generation.number(),
                    ":reference": asked.reference.as_str(), ":run": ask.run, ":request": request_id,
                    ":member": signed(member as u64), ":hash": asked.content.as_bytes(), ":date": asked.date.to_string(),
                    ":currency": asked.amount.currency().code(), ":exponent": asked.amount.currency().exponent(),
                    ":minor": asked.amount.minor(), ":now": now,
                },
            )?;
            let attempt_id = self.inserted();
            self.execute_one(
                "run_item",
                "UPDATE run_item SET attempt_id = :attempt
                 WHERE run_number = :run AND position = :position AND record_id = :record AND result IS NULL",
                named_params! {
                    ":attempt": attempt_id, ":run": ask.run, ":position": signed(asked.position),
                    ":record": asked.record_id.as_str(),
                },
            )?;
            members.push(Claimed {
                attempt_id,
                record_id: asked.record_id,
                generation: asked.generation,
                reference: asked.reference,
                amount: asked.amount,
                position: asked.position,
            });
        }
        Ok(ClaimedRequest { request_id, key: ask.key, body: ask.body.into(), members })
    }
}
