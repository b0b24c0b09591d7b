//! Reads what earlier runs left open: the requests with which recovery begins.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::{Row, named_params};

use crate::domain::{ContentHash, DraftId, Reference, RequestKey, RequestKind};
use crate::error::Problem;
use crate::ledger::run::claim::Moment;
use crate::ledger::values::{from_json_option, instant, json, money, signed, stamp, word};
use crate::ledger::{Claimed, ClaimedRequest, LedgerError, LedgerTx, Settlement, StagedDraft};
use crate::views::Reason;

/// A request with members that are not settled.
#[derive(Debug, Clone)]
pub(crate) struct OpenRequest {
    /// The request as it travelled; its members are all of them, the settled ones included, in the order of the body.
    pub(crate) request: ClaimedRequest,
    /// The way by which it travelled.
    pub(crate) kind: RequestKind,
    /// The newest fence under which it was sent.
    pub(crate) fence: u64,
    /// The time since when the key is used, by the accounting side's clock.
    pub(crate) keyed_at: DateTime<Utc>,
    /// The members that are open.
    pub(crate) open: Vec<OpenMember>,
}

/// One of its members.
#[derive(Debug, Clone)]
pub(crate) struct OpenMember {
    /// Its place in the body.
    pub(crate) member: usize,
    /// The draft that was staged for it.
    pub(crate) draft_id: Option<DraftId>,
    /// The time of its last sending, by the accounting side's clock, at the latest.
    pub(crate) last_sent_at: DateTime<Utc>,
    /// True if a person has to decide: what stands in the books was seen, and was not what was sent.
    pub(crate) is_unclear: bool,
}

impl LedgerTx<'_> {
    /// Turns everything that a dead process left `claimed` or `staged` into `unknown`: it was sent, or maybe. Only the
    /// holder of the permit may call this. The moment counts as the last sending, since nobody knows a better one.
    pub(crate) fn doubt_claimed(&self, at: Moment) -> Result<(), LedgerError> {
        let reason = Reason::InDoubt(Problem::interrupted());
        self.execute(
            "UPDATE attempt SET state = 'unknown', reason = :reason, last_sent_at = :there
             WHERE state IN ('claimed', 'staged')",
            named_params! { ":reason": json(&reason), ":there": stamp(at.there) },
        )?;
        Ok(())
    }

    /// Counts the open attempts.
    pub(crate) fn open_attempts(&self) -> Result<u64, LedgerError> {
        let found = self.row(
            "SELECT count(*) AS open FROM attempt WHERE settled_at IS NULL AND state <> 'handed_over'",
            [],
            |row| self.get::<i64>(row, "open"),
        )?;
        crate::ledger::values::number("open", found.unwrap_or(0))
    }

    /// Returns references under which a draft may have arrived since `since`, by the accounting side's clock, that no
    /// attempt wants: of attempts that ended as never sent, though drafts were asked for. Those behind `after`: a page.
    pub(crate) fn late_drafts(
        &self,
        since: DateTime<Utc>,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, Reference)>, LedgerError> {
        self.rows(
            include_str!("late_drafts.sql"),
            named_params! { ":since": stamp(since), ":after": after, ":limit": signed(limit as u64) },
            |row| {
                let reference: String = self.get(row, "reference")?;
                Ok((self.get(row, "attempt_id")?, Reference::from_stored(reference)))
            },
        )
    }

    /// Returns the requests with open members, oldest first, a page.
    pub(crate) fn open_requests(&self, after: i64, limit: usize) -> Result<Vec<(i64, OpenRequest)>, LedgerError> {
        let heads = self.rows(
            include_str!("open_requests.sql"),
            named_params! { ":after": after, ":limit": signed(limit as u64) },
            |row| {
                Ok((
                    self.get::<i64>(row, "request_id")?,
                    self.get::<String>(row, "key")?,
                    self.get::<String>(row, "keyed_at")?,
                    self.get::<Option<Vec<u8>>>(row, "body")?,
                    word("request.kind", &self.get::<String>(row, "kind")?, RequestKind::from_text)?,
                    crate::ledger::values::number("request.fence", self.get(row, "fence")?)?,
                ))
            },
        )?;
        let mut requests = Vec::with_capacity(heads.len());
        for (request_id, key, keyed_at, body, kind, fence) in heads {
            if body.is_none() && kind != RequestKind::Found {
                let found = format!("nothing for open request {request_id}");
                return Err(LedgerError::Impossible { what: "request.body", found });
            }
            let (members, open) = self.members_of(request_id)?;
            let request = ClaimedRequest {
                request_id,
                key: RequestKey::new(key),
                body: Arc::from(body.unwrap_or_default()),
                members,
                file: self.file_of_request(request_id)?,
            };
            let keyed_at = instant("request.keyed_at", &keyed_at)?;
            requests.push((request_id, OpenRequest { request, kind, fence, keyed_at, open }));
        }
        Ok(requests)
    }

    fn members_of(&self, request_id: i64) -> Result<(Vec<Claimed>, Vec<OpenMember>), LedgerError> {
        let mut open = Vec::new();
        let members =
            self.rows(include_str!("request_members.sql"), named_params! { ":request": request_id }, |row| {
                if self.get::<bool>(row, "open")? {
                    open.push(OpenMember {
                        member: usize::try_from(self.get::<i64>(row, "member")?).unwrap_or(usize::MAX),
                        draft_id: self.get::<Option<String>>(row, "draft_id")?.and_then(DraftId::new),
                        last_sent_at: instant("attempt.last_sent_at", &self.get::<String>(row, "last_sent_at")?)?,
                        is_unclear: self.get::<Option<String>>(row, "evidence")?.is_some(),
                    });
                }
                self.claimed(row)
            })?;
        Ok((members, open))
    }

    /// Notes that a request is about to be sent again, under a fresh key if one is given, before it is.
    pub(crate) fn send_again(
        &self,
        request: &ClaimedRequest,
        fresh_key: Option<RequestKey>,
        fence: u64,
        at: Moment,
    ) -> Result<ClaimedRequest, LedgerError> {
        let there = stamp(at.there);
        if let Some(key) = &fresh_key {
            self.execute_one(
                "request",
                "UPDATE request SET key = :key, keyed_at = :there WHERE request_id = :request",
                named_params! { ":key": key.as_str(), ":there": there, ":request": request.request_id },
            )?;
        }
        self.execute_one(
            "request",
            "UPDATE request SET fence = :fence WHERE request_id = :request",
            named_params! { ":fence": signed(fence), ":request": request.request_id },
        )?;
        self.execute(
            "UPDATE attempt SET last_sent_at = :there
             WHERE request_id = :request AND settled_at IS NULL AND state <> 'handed_over'",
            named_params! { ":there": there, ":request": request.request_id },
        )?;
        let key = fresh_key.unwrap_or_else(|| request.key.clone());
        Ok(ClaimedRequest { key, ..request.clone() })
    }

    /// Keeps the draft that is to be committed for a claim, before it is, under this fence.
    pub(crate) fn staged(
        &self,
        claimed: &Claimed,
        draft_id: &DraftId,
        fence: u64,
        at: Moment,
    ) -> Result<StagedDraft, LedgerError> {
        self.execute_one(
            "request",
            "UPDATE request SET fence = :fence
             WHERE request_id = (SELECT request_id FROM attempt WHERE attempt_id = :attempt)",
            named_params! { ":fence": signed(fence), ":attempt": claimed.attempt_id },
        )?;
        self.execute_one(
            "attempt",
            "UPDATE attempt SET draft_id = :draft, last_sent_at = :there
             WHERE attempt_id = :attempt AND settled_at IS NULL
                 AND (draft_id IS NULL OR draft_id = :draft)",
            named_params! {
                ":draft": draft_id.as_str(), ":there": stamp(at.there), ":attempt": claimed.attempt_id,
            },
        )?;
        Ok(StagedDraft { claimed: claimed.clone(), draft_id: draft_id.clone() })
    }

    /// Notes that the last sending was answered, and did nothing: the one before it counts as the last again.
    pub(crate) fn sending_did_nothing(&self, claimed: &Claimed, earlier: DateTime<Utc>) -> Result<(), LedgerError> {
        self.execute_one(
            "attempt",
            "UPDATE attempt SET last_sent_at = :earlier
             WHERE attempt_id = :attempt AND settled_at IS NULL",
            named_params! { ":earlier": stamp(earlier), ":attempt": claimed.attempt_id },
        )
    }
}

/// The open attempt of a record, for a person's word on it.
#[derive(Debug, Clone)]
pub(crate) struct OpenRecord {
    pub(crate) claimed: Claimed,
    pub(crate) kind: RequestKind,
    /// The newest fence under which it was sent.
    pub(crate) fence: u64,
    pub(crate) draft_id: Option<DraftId>,
    /// The time of the last sending by the accounting side's clock, at the latest.
    pub(crate) last_sent_at: DateTime<Utc>,
    request_id: i64,
}

impl OpenRecord {
    /// Returns the number of the attempt.
    pub(crate) fn attempt_id(&self) -> i64 {
        self.claimed.attempt_id
    }
}

impl LedgerTx<'_> {
    /// Returns the open attempt of a record; `None` if nothing is in doubt.
    pub(crate) fn open_record(&self, record: &str) -> Result<Option<OpenRecord>, LedgerError> {
        self.row(include_str!("open_record.sql"), named_params! { ":record": record }, |row| {
            Ok(OpenRecord {
                claimed: self.claimed(row)?,
                kind: word("request.kind", &self.get::<String>(row, "kind")?, RequestKind::from_text)?,
                fence: crate::ledger::values::number("request.fence", self.get(row, "fence")?)?,
                draft_id: self.get::<Option<String>>(row, "draft_id")?.and_then(DraftId::new),
                last_sent_at: instant("attempt.last_sent_at", &self.get::<String>(row, "last_sent_at")?)?,
                request_id: self.get(row, "request_id")?,
            })
        })
    }

    /// Settles an attempt that was handed over, or whose hand-over was in doubt, by what the books show; with a row for it
    /// in the run that read them.
    pub(crate) fn settle_filed(
        &self,
        run: i64,
        attempt: i64,
        settlement: &Settlement,
        at: Moment,
    ) -> Result<(), LedgerError> {
        let claimed =
            self.row(include_str!("open_attempt.sql"), named_params! { ":attempt": attempt }, |row| self.claimed(row))?;
        let claimed =
            claimed.ok_or(LedgerError::Impossible { what: "attempt", found: format!("{attempt} is settled") })?;
        self.settle_recovered(run, &claimed, settlement, at)
    }

    /// Returns a claim that an earlier run, or an earlier step, left open.
    fn claimed(&self, row: &Row<'_>) -> Result<Claimed, LedgerError> {
        let (code, exponent): (String, i64) = (self.get(row, "currency")?, self.get(row, "exponent")?);
        let hash: Vec<u8> = self.get(row, "content_hash")?;
        Ok(Claimed {
            attempt_id: self.get(row, "attempt_id")?,
            record_id: self.record_id(row)?,
            generation: self.generation(row)?,
            reference: Reference::from_stored(self.get::<String>(row, "reference")?),
            content: ContentHash::from_bytes(&hash).ok_or(LedgerError::Impossible {
                what: "attempt.content_hash",
                found: format!("{} bytes", hash.len()),
            })?,
            date: crate::ledger::values::day("attempt.date", &self.get::<String>(row, "date")?)?,
            amount: money(&code, exponent, self.get(row, "minor")?)?,
            sent: from_json_option("attempt.sent", self.get(row, "sent")?)?.map(Arc::new),
            position: 0,
        })
    }

    /// Settles an attempt by a person's word, with a row for it in the run that keeps the word.
    pub(crate) fn settle_by_word(
        &self,
        run: i64,
        open: &OpenRecord,
        settlement: &Settlement,
        at: Moment,
    ) -> Result<(), LedgerError> {
        self.settle_recovered(run, &open.claimed, settlement, at)?;
        self.set_read(run, 1)?;
        self.let_go_of_body(open.request_id)
    }

    /// Counts the references that no attempt of this ledger has.
    pub(crate) fn count_unknown(&self, references: &[Reference]) -> Result<u64, LedgerError> {
        let mut unknown = 0;
        for reference in references {
            let known = self.row(
                "SELECT 1 AS known FROM attempt
                 WHERE reference = :reference AND state NOT IN ('refused', 'not_sent')",
                named_params! { ":reference": reference.as_str() },
                |row| self.get::<i64>(row, "known"),
            )?;
            unknown += u64::from(known.is_none());
        }
        Ok(unknown)
    }
}
