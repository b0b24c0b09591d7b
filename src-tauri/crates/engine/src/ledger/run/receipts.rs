//! Keeps the receipts of each attempt: planned with the claim, noted as sent before their first byte leaves, settled by
//! an answer, a look at the voucher, or a person's word.
//!
//! Invariants:
//! - no receipt changes its attempt: what becomes of the voucher is settled without looking here;
//! - [`ClaimedAttachment`] is made in this file only, from a row that stands in the ledger as sent.

use chrono::{DateTime, Utc};
use rusqlite::{Row, named_params};
use serde_json::json as object;

use crate::domain::{Act, Actor, DraftId, FileDigest, MediaType, Receipt, ReceiptState};
use crate::error::Problem;
use crate::ledger::run::claim::{Claimed, Moment, StagedDraft};
use crate::ledger::values::{from_json_option, instant_option, json, number, signed, stamp, word};
use crate::ledger::{AuditAct, LedgerError, LedgerTx};
use crate::views::{MissingReceipt, ReceiptStory};

/// The place to which a receipt is attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachTo {
    /// A voucher in the books, by the accounting system's id.
    Voucher(String),
    /// A draft that is to become the voucher, and takes its attachments with it.
    Draft(DraftId),
}

impl AttachTo {
    /// Returns the accounting system's id of it.
    pub fn id(&self) -> &str {
        match self {
            Self::Voucher(id) => id,
            Self::Draft(id) => id.as_str(),
        }
    }
}

/// An attachment that may be sent: it stands in the ledger as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedAttachment {
    receipt_id: i64,
    to: AttachTo,
    name: String,
    digest: FileDigest,
    bytes: u64,
    media_type: MediaType,
}

impl ClaimedAttachment {
    /// Returns the place to which it is attached.
    pub fn to(&self) -> &AttachTo {
        &self.to
    }

    /// Returns its name, for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the SHA-256 of its bytes, by which it is known.
    pub fn digest(&self) -> FileDigest {
        self.digest
    }

    /// Returns the number of its bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns its type.
    pub fn media_type(&self) -> MediaType {
        self.media_type
    }

    pub(crate) fn receipt_id(&self) -> i64 {
        self.receipt_id
    }
}

/// A receipt that is not settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenReceipt {
    pub(crate) receipt_id: i64,
    pub(crate) attempt_id: i64,
    pub(crate) receipt: Receipt,
    /// Its last sending: the time by the accounting side's clock, at the latest, and the fence.
    pub(crate) sent: Option<(DateTime<Utc>, u64)>,
    /// The digest that it had then.
    pub(crate) digest: Option<FileDigest>,
    pub(crate) to: AttachTo,
}

/// The bytes of a receipt, as they were fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FetchedBytes {
    pub(crate) digest: FileDigest,
    pub(crate) bytes: u64,
    pub(crate) media_type: MediaType,
}

/// All that is known of a receipt after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReceiptSettlement {
    /// It stands on the voucher, under this id.
    Attached { digest: FileDigest, attachment_id: String },
    /// It is provably not there now.
    Failed(Problem),
    /// It was sent, or maybe; the voucher is looked at again.
    InDoubt(Problem),
}

impl LedgerTx<'_> {
    /// Plans the receipts of an attempt that was claimed a moment ago, if the accounting system of its run takes
    /// attachments. Those of a voucher that was found in the books may stand there already: they count as sent.
    pub(in crate::ledger) fn plan_receipts(
        &self,
        run: i64,
        claimed: &Claimed,
        found_under: Option<u64>,
        at: Moment,
    ) -> Result<(), LedgerError> {
        let state = if found_under.is_some() { ReceiptState::Sent } else { ReceiptState::Planned };
        self.execute(
            include_str!("plan_receipts.sql"),
            named_params! {
                ":attempt": claimed.attempt_id, ":record": claimed.record_id.as_str(), ":run": run,
                ":state": state.as_str(), ":sent_at": found_under.map(|_| stamp(at.there)),
                ":fence": found_under.map(signed),
            },
        )?;
        Ok(())
    }

    /// Returns the receipts of posted attempts that are not settled, those of so many attempts behind one.
    pub(crate) fn open_receipts(&self, after: i64, attempts: usize) -> Result<Vec<OpenReceipt>, LedgerError> {
        self.rows(
            include_str!("open_receipts.sql"),
            named_params! { ":after": after, ":limit": signed(attempts as u64) },
            |row| {
                let to = AttachTo::Voucher(self.get(row, "voucher_id")?);
                self.open_receipt(row, to)
            },
        )
    }

    /// Returns the receipts of a staged draft that were never sent.
    pub(crate) fn planned_receipts(&self, draft: &StagedDraft) -> Result<Vec<OpenReceipt>, LedgerError> {
        self.rows(
            "SELECT receipt_id, attempt_id, place, name, state, digest, sent_at, fence FROM receipt
             WHERE attempt_id = :attempt AND state = 'planned' AND settled_at IS NULL ORDER BY position",
            named_params! { ":attempt": draft.claimed.attempt_id },
            |row| self.open_receipt(row, AttachTo::Draft(draft.draft_id.clone())),
        )
    }

    fn open_receipt(&self, row: &Row<'_>, to: AttachTo) -> Result<OpenReceipt, LedgerError> {
        let state = word("receipt.state", &self.get::<String>(row, "state")?, ReceiptState::from_text)?;
        let sent =
            (instant_option("receipt.sent_at", self.get(row, "sent_at")?)?, self.get::<Option<i64>>(row, "fence")?);
        let sent = match sent {
            (Some(at), Some(fence)) if state == ReceiptState::Sent => Some((at, number("receipt.fence", fence)?)),
            _ => None,
        };
        Ok(OpenReceipt {
            receipt_id: self.get(row, "receipt_id")?,
            attempt_id: self.get(row, "attempt_id")?,
            receipt: Receipt { place: self.get(row, "place")?, name: self.get(row, "name")? },
            sent,
            digest: self.digest_of_receipt(row)?,
            to,
        })
    }

    fn digest_of_receipt(&self, row: &Row<'_>) -> Result<Option<FileDigest>, LedgerError> {
        let bytes: Option<Vec<u8>> = self.get(row, "digest")?;
        Ok(bytes.as_deref().and_then(FileDigest::from_bytes))
    }

    /// Notes that a receipt is about to be sent, before it is; returns `None` if a person has set it aside meanwhile.
    pub(crate) fn send_receipt(
        &self,
        open: &OpenReceipt,
        fetched: FetchedBytes,
        fence: u64,
        at: Moment,
    ) -> Result<Option<ClaimedAttachment>, LedgerError> {
        let sent = self.execute(
            "UPDATE receipt SET state = 'sent', digest = :digest, bytes = :bytes, media_type = :type, sent_at = :there,
                    fence = :fence, problem = NULL
             WHERE receipt_id = :receipt AND settled_at IS NULL",
            named_params! {
                ":digest": fetched.digest.as_bytes(), ":bytes": signed(fetched.bytes),
                ":type": fetched.media_type.as_str(), ":there": stamp(at.there), ":fence": signed(fence),
                ":receipt": open.receipt_id,
            },
        )?;
        Ok((sent == 1).then(|| ClaimedAttachment {
            receipt_id: open.receipt_id,
            to: open.to.clone(),
            name: open.receipt.name.clone(),
            digest: fetched.digest,
            bytes: fetched.bytes,
            media_type: fetched.media_type,
        }))
    }

    /// Writes what is known of a receipt, unless a person has set it aside meanwhile.
    pub(crate) fn settle_receipt(
        &self,
        receipt_id: i64,
        settlement: &ReceiptSettlement,
        at: Moment,
    ) -> Result<(), LedgerError> {
        let (state, attached, problem) = match settlement {
            ReceiptSettlement::Attached { digest, attachment_id } => {
                (ReceiptState::Attached, Some((digest, attachment_id)), None)
            }
            ReceiptSettlement::Failed(problem) => (ReceiptState::Failed, None, Some(problem)),
            ReceiptSettlement::InDoubt(problem) => (ReceiptState::Sent, None, Some(problem)),
        };
        self.execute(
            "UPDATE receipt SET state = :state, digest = coalesce(:digest, digest), attachment_id = :attachment,
                    problem = :problem, settled_at = :settled_at
             WHERE receipt_id = :receipt AND settled_at IS NULL",
            named_params! {
                ":state": state.as_str(), ":digest": attached.map(|(digest, _)| digest.as_bytes()),
                ":attachment": attached.map(|(_, id)| id), ":problem": problem.map(json),
                ":settled_at": attached.map(|_| stamp(at.now)), ":receipt": receipt_id,
            },
        )?;
        Ok(())
    }

    /// Sets aside the receipts that are missing on the vouchers of a record, with the audit entry; returns their names,
    /// none if none is missing. `reason` is trimmed, and long enough.
    pub(crate) fn set_receipts_aside(
        &self,
        record_id: &str,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, LedgerError> {
        let missing = self.rows(
            "SELECT p.receipt_id, p.name, a.generation, a.voucher_id FROM receipt p JOIN attempt a USING (attempt_id)
             WHERE a.record_id = :record AND a.state = 'posted' AND p.settled_at IS NULL ORDER BY p.receipt_id",
            named_params! { ":record": record_id },
            |row| {
                let (id, name) = (self.get::<i64>(row, "receipt_id")?, self.get::<String>(row, "name")?);
                Ok((id, name, self.generation(row)?, self.get::<Option<String>>(row, "voucher_id")?))
            },
        )?;
        for (receipt, ..) in &missing {
            self.execute_one(
                "receipt",
                "UPDATE receipt SET state = 'set_aside', settled_at = :now, reason = :reason, actor_user = :user,
                        actor_host = :host
                 WHERE receipt_id = :receipt AND settled_at IS NULL",
                named_params! {
                    ":now": stamp(now), ":reason": reason, ":user": actor.user, ":host": actor.host, ":receipt": receipt,
                },
            )?;
        }
        let names: Vec<String> = missing.iter().map(|(_, name, ..)| name.clone()).collect();
        if let Some((_, _, generation, voucher)) = missing.last() {
            let act = AuditAct::new(now, actor, Act::ReceiptSetAside).record(record_id, *generation).reason(reason);
            self.audit(&act.voucher(voucher.as_deref()).detail(object!({ "receipts": names.len() })))?;
        }
        Ok(names)
    }

    /// Returns the receipts of an attempt, in their order.
    pub(in crate::ledger) fn receipts_of(&self, attempt: i64) -> Result<Vec<ReceiptStory>, LedgerError> {
        self.rows(
            "SELECT place, name, state, digest, bytes, media_type, attachment_id, problem, settled_at, reason
             FROM receipt WHERE attempt_id = :attempt ORDER BY position",
            named_params! { ":attempt": attempt },
            |row| {
                Ok(ReceiptStory {
                    place: self.get(row, "place")?,
                    name: self.get(row, "name")?,
                    state: word("receipt.state", &self.get::<String>(row, "state")?, ReceiptState::from_text)?,
                    sha256: self.digest_of_receipt(row)?.map(|digest| digest.to_string()),
                    bytes: self.get::<Option<i64>>(row, "bytes")?.map(|it| number("receipt.bytes", it)).transpose()?,
                    media_type: self.get(row, "media_type")?,
                    attachment_id: self.get(row, "attachment_id")?,
                    problem: from_json_option("receipt.problem", self.get(row, "problem")?)?,
                    settled_at: instant_option("receipt.settled_at", self.get(row, "settled_at")?)?,
                    reason: self.get(row, "reason")?,
                })
            },
        )
    }

    /// Returns the receipts that are missing on vouchers in the books, oldest first. Those of a run that goes on are its
    /// own work, unless it has named a cause; `left`: nobody goes on.
    pub(in crate::ledger) fn missing_receipts(
        &self,
        left: bool,
        limit: u32,
    ) -> Result<Vec<MissingReceipt>, LedgerError> {
        self.rows(include_str!("missing_receipts.sql"), named_params! { ":left": left, ":limit": limit }, |row| {
            let problem: Option<Problem> = from_json_option("receipt.problem", self.get(row, "problem")?)?;
            let since: String = self.get(row, "settled_at")?;
            Ok(MissingReceipt {
                record_id: self.get(row, "record_id")?,
                payee: self.get(row, "payee_name")?,
                name: self.get(row, "name")?,
                voucher_id: self.get(row, "voucher_id")?,
                voucher_number: self.get(row, "voucher_number")?,
                problem: problem.unwrap_or_else(Problem::interrupted),
                since: crate::ledger::values::instant("attempt.settled_at", &since)?,
            })
        })
    }

    /// Counts the receipts that are missing.
    pub(in crate::ledger) fn count_missing_receipts(&self) -> Result<u64, LedgerError> {
        let sql = concat!("SELECT count(*) AS missing FROM (", include_str!("missing_receipts.sql"), ")");
        let found =
            self.row(sql, named_params! { ":left": false, ":limit": -1 }, |row| self.get::<i64>(row, "missing"))?;
        number("receipt", found.unwrap_or(0))
    }

    /// Counts the receipts of the vouchers that a run settled: those that are attached, and those that are missing.
    pub(crate) fn count_receipts(&self, run: &crate::domain::RunId) -> Result<(u64, u64), LedgerError> {
        let found = self.row(
            "SELECT coalesce(sum(p.state = 'attached'), 0) AS attached, coalesce(sum(p.settled_at IS NULL), 0) AS missing
             FROM receipt p JOIN attempt a ON a.attempt_id = p.attempt_id JOIN run ON run.run_number = a.settled_run
             WHERE run.run_id = :run AND a.state = 'posted'",
            named_params! { ":run": run.as_str() },
            |row| Ok((self.get::<i64>(row, "attached")?, self.get::<i64>(row, "missing")?)),
        )?;
        let (attached, missing) = found.unwrap_or_default();
        Ok((number("receipt", attached)?, number("receipt", missing)?))
    }
}
