//! Claims: intent before act. A claim made here is on the disk before the first byte leaves.
//!
//! Invariant: [`Claimed`] and [`ClaimedRequest`] are made in this folder only, from rows that stand in the ledger; to
//! have one to send is to have a claim.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::named_params;
use sha2::{Digest, Sha256};

use crate::domain::evidence::Expected;
use crate::domain::{
    ContentHash, DraftId, Generation, Money, Posting, Record, RecordId, Reference, RequestKey, RequestKind, SealedFile,
    SentContent,
};
use crate::ledger::values::{json, signed, stamp};
use crate::ledger::{LedgerError, LedgerTx};
use crate::ports::{FileOrder, RenderedFile};

/// The number of lines of a plain expense: the expense and the debt.
const PLAIN_LINES: usize = 2;

/// A claim on one record and generation, in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub(in crate::ledger) attempt_id: i64,
    pub(in crate::ledger) record_id: RecordId,
    pub(in crate::ledger) generation: Generation,
    pub(in crate::ledger) reference: Reference,
    pub(in crate::ledger) content: ContentHash,
    pub(in crate::ledger) date: NaiveDate,
    pub(in crate::ledger) amount: Money,
    /// The content beyond day and amount; `None` for a claim of an earlier version.
    pub(in crate::ledger) sent: Option<Arc<SentContent>>,
    /// The claim's row in the run that claimed it; 0 for a claim that an earlier run left open.
    pub(in crate::ledger) position: u64,
}

impl Claimed {
    /// Returns the number of the attempt.
    pub(crate) fn attempt_id(&self) -> i64 {
        self.attempt_id
    }

    /// Returns the record's id.
    pub fn record_id(&self) -> &RecordId {
        &self.record_id
    }

    /// Returns the reference under which it travels.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// Returns the generation.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// Returns the date of its voucher.
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    /// Returns the amount that is claimed.
    pub fn amount(&self) -> Money {
        self.amount
    }

    /// Returns the sum of its voucher's debit lines: the size of the amount, but for a claim with lines on both sides.
    pub fn total(&self) -> Money {
        let debit = self.sent.as_deref().and_then(SentContent::debit);
        let debit = debit.unwrap_or(self.amount.minor().unsigned_abs());
        Money::from_minor(i64::try_from(debit).unwrap_or(i64::MAX), self.amount.currency())
    }

    /// Returns the number of its voucher's lines.
    pub fn lines(&self) -> usize {
        let lines = self.sent.as_deref().map_or(0, |sent| sent.lines.len());
        if lines == 0 { PLAIN_LINES } else { lines }
    }

    /// Returns the same sum in the organisation's currency, if it was sent in both.
    pub fn own_total(&self) -> Option<Money> {
        self.sent.as_deref().and_then(SentContent::own_total)
    }

    /// Says whether the accounting system computes VAT for its voucher, which then has further lines.
    pub fn has_computed_vat(&self) -> bool {
        self.sent.as_deref().is_some_and(SentContent::has_computed_vat)
    }

    /// Returns the content that should stand under its reference.
    pub(crate) fn expected(&self) -> Expected<'_> {
        Expected { reference: &self.reference, date: self.date, amount: self.amount, content: self.sent.as_deref() }
    }

    /// Returns a claim on the same content, by another reference.
    pub(crate) fn member(&self, generation: Generation, reference: Reference) -> ClaimMember {
        ClaimMember {
            position: self.position,
            record_id: self.record_id.clone(),
            generation,
            reference,
            content: self.content,
            date: self.date,
            amount: self.amount,
            sent: self.sent.as_deref().cloned(),
        }
    }
}

/// A request as it stands in the ledger: key, members, order, bytes. It is sent as often as needed, always as it is.
#[derive(Debug, Clone)]
pub struct ClaimedRequest {
    pub(in crate::ledger) request_id: i64,
    pub(in crate::ledger) key: RequestKey,
    pub(in crate::ledger) body: Arc<[u8]>,
    pub(in crate::ledger) members: Vec<Claimed>,
    /// The file that the bytes are, where files are taken.
    pub(in crate::ledger) file: Option<SealedFile>,
}

impl ClaimedRequest {
    /// Returns the idempotency key.
    pub fn key(&self) -> &RequestKey {
        &self.key
    }

    /// Returns the bytes, as the connector drew them up.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the file that the bytes are; `None` where requests are sent.
    pub fn file(&self) -> Option<&SealedFile> {
        self.file.as_ref()
    }

    /// Returns its members, in the order of the body.
    pub fn members(&self) -> &[Claimed] {
        &self.members
    }

    /// Returns how many members it has.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Says whether it has none; such a request is never made.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Returns the references of its members, in order.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.members.iter().map(Claimed::reference)
    }
}

/// A draft whose id stands in the ledger; to have one is to be allowed to commit it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedDraft {
    pub(in crate::ledger) claimed: Claimed,
    pub(in crate::ledger) draft_id: DraftId,
}

impl StagedDraft {
    /// Returns the claim it stands for.
    pub fn claimed(&self) -> &Claimed {
        &self.claimed
    }

    /// Returns its id in the accounting system.
    pub fn draft_id(&self) -> &DraftId {
        &self.draft_id
    }
}

/// A counter-voucher that is claimed: in the ledger before its first byte leaves, at most one for a voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedReversal {
    pub(in crate::ledger) reversal_id: i64,
    pub(in crate::ledger) key: RequestKey,
    pub(in crate::ledger) voucher_id: String,
    pub(in crate::ledger) reference: Reference,
    pub(in crate::ledger) date: NaiveDate,
    pub(in crate::ledger) reason: String,
}

impl ClaimedReversal {
    /// Returns the idempotency key.
    pub fn key(&self) -> &RequestKey {
        &self.key
    }

    /// Returns the voucher to be reversed.
    pub fn voucher_id(&self) -> &str {
        &self.voucher_id
    }

    /// Returns the reference of the counter-voucher.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// Returns its date.
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    /// Returns the person's reason.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// A moment on two clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// The time by our clock, for people.
    pub(crate) now: DateTime<Utc>,
    /// The time by the accounting side's clock, at the latest: for everything that a later run concludes from it.
    pub(crate) there: DateTime<Utc>,
}

/// A request to be claimed.
#[derive(Debug, Clone)]
pub(crate) struct ClaimAsk {
    pub(crate) run: i64,
    pub(crate) kind: RequestKind,
    pub(crate) fence: u64,
    pub(crate) key: RequestKey,
    pub(crate) body: Vec<u8>,
    pub(crate) members: Vec<ClaimMember>,
    pub(crate) at: Moment,
    /// The file that the body is, if it is one.
    pub(crate) file: Option<NewFile>,
}

/// A file on its way into the ledger.
#[derive(Debug, Clone)]
pub(crate) struct NewFile {
    pub(crate) order: FileOrder,
    pub(crate) file_name: String,
    pub(crate) format: String,
}

impl NewFile {
    /// Joins the order of a file with what was made for it; the bytes are the request's.
    pub(crate) fn new(order: FileOrder, rendered: &RenderedFile) -> Self {
        Self { order, file_name: rendered.file_name.clone(), format: rendered.format.clone() }
    }
}

/// One member of a request to be claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimMember {
    pub(crate) position: u64,
    pub(crate) record_id: RecordId,
    pub(crate) generation: Generation,
    pub(crate) reference: Reference,
    pub(crate) content: ContentHash,
    pub(crate) date: NaiveDate,
    pub(crate) amount: Money,
    /// The content beyond day and amount.
    pub(crate) sent: Option<SentContent>,
}

impl ClaimMember {
    /// Returns the claim on a record's content as it is now, without a place in a run. `posting` is what is sent for it,
    /// dated as it is booked; a record that cannot be posted has its own day.
    pub(crate) fn of(record: &Record, generation: Generation, reference: Reference, posting: Option<&Posting>) -> Self {
        Self {
            position: 0,
            record_id: record.id.clone(),
            generation,
            reference,
            content: record.content_hash(),
            date: posting.map_or(record.date, |posting| posting.date),
            amount: record.amount,
            sent: posting.map(Posting::sent_content),
        }
    }

    /// Returns the content that should stand under its reference.
    pub(crate) fn expected(&self) -> Expected<'_> {
        Expected { reference: &self.reference, date: self.date, amount: self.amount, content: self.sent.as_ref() }
    }
}

impl LedgerTx<'_> {
    /// Claims every member; or none, if the guard forbids one of them: the transaction then fails as a whole.
    pub(crate) fn claim(&self, ask: ClaimAsk) -> Result<ClaimedRequest, LedgerError> {
        let request_id = self.insert_request(ask.run, ask.kind, &ask.key, ask.fence, Some(&ask.body), ask.at)?;
        let mut members = Vec::with_capacity(ask.members.len());
        for (member, asked) in ask.members.into_iter().enumerate() {
            self.execute(
                include_str!("claim.sql"),
                named_params! {
                    ":record": asked.record_id.as_str(), ":generation": asked.generation.number(),
                    ":reference": asked.reference.as_str(), ":run": ask.run, ":request": request_id,
                    ":member": signed(member as u64), ":hash": asked.content.as_bytes(), ":date": asked.date.to_string(),
                    ":currency": asked.amount.currency().code(), ":exponent": asked.amount.currency().exponent(),
                    ":minor": asked.amount.minor(), ":sent": asked.sent.as_ref().map(json), ":now": stamp(ask.at.now),
                    ":there": stamp(ask.at.there),
                },
            )?;
            let attempt_id = self.inserted();
            if asked.generation > Generation::FIRST && !self.follows_withdrawn(&asked)? {
                self.claim_re_export(ask.run, attempt_id, &asked, ask.at.now)?;
            }
            self.execute_one(
                "run_item",
                "UPDATE run_item SET attempt_id = :attempt
                 WHERE run_number = :run AND position = :position AND record_id = :record AND result IS NULL",
                named_params! {
                    ":attempt": attempt_id, ":run": ask.run, ":position": signed(asked.position),
                    ":record": asked.record_id.as_str(),
                },
            )?;
            let claimed = Claimed {
                attempt_id,
                record_id: asked.record_id,
                generation: asked.generation,
                reference: asked.reference,
                content: asked.content,
                date: asked.date,
                amount: asked.amount,
                sent: asked.sent.map(Arc::new),
                position: asked.position,
            };
            self.plan_receipts(ask.run, &claimed, None, ask.at)?;
            members.push(claimed);
        }
        let file = match &ask.file {
            Some(file) => Some(self.keep_file(ask.run, request_id, file, &ask.body, &members, ask.at.now)?),
            None => None,
        };
        Ok(ClaimedRequest { request_id, key: ask.key, body: ask.body.into(), members, file })
    }

    pub(in crate::ledger) fn insert_request(
        &self,
        run: i64,
        kind: RequestKind,
        key: &RequestKey,
        fence: u64,
        body: Option<&[u8]>,
        at: Moment,
    ) -> Result<i64, LedgerError> {
        self.execute(
            "INSERT INTO request (key, keyed_at, run_number, fence, body, body_hash, kind)
             VALUES (:key, :there, :run, :fence, :body, :hash, :kind)",
            named_params! {
                ":key": key.as_str(), ":there": stamp(at.there), ":run": run, ":fence": signed(fence), ":body": body,
                ":hash": Sha256::digest(body.unwrap_or_default()).as_slice(), ":kind": kind.as_str(),
            },
        )?;
        Ok(self.inserted())
    }
}
