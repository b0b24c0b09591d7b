//! What earlier runs left open: the requests that recovery begins with.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::named_params;

use super::values::{instant, json, money, signed, stamp};
use super::{Book, Claimed, ClaimedRequest, LedgerError};
use crate::domain::{Reference, RequestKey};
use crate::error::{ErrorCode, Told};
use crate::views::Reason;

/// A request with members that are not settled.
#[derive(Debug, Clone)]
pub(crate) struct OpenRequest {
    /// As it travelled; its members are all of them, the settled ones included, in the order of the body.
    pub(crate) request: ClaimedRequest,
    /// Since when the key is used.
    pub(crate) keyed_at: DateTime<Utc>,
    /// The members that are open.
    pub(crate) open: Vec<OpenMember>,
}

/// One of its members.
#[derive(Debug, Clone)]
pub(crate) struct OpenMember {
    /// Its place in the body.
    pub(crate) member: usize,
    /// Its date in the posting.
    pub(crate) date: chrono::NaiveDate,
}

impl Book<'_> {
    /// Whatever a dead process left `claimed` was sent, or maybe: it is unknown from here on. Only whoever holds the
    /// permit may call this. The moment counts as the last sending, since nobody knows a better one.
    pub(crate) fn doubt_claimed(&self, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let reason = Reason::InDoubt(Told::new(ErrorCode::Interrupted));
        self.execute(
            "UPDATE attempt SET state = 'unknown', reason = :reason, last_sent_at = :now WHERE state = 'claimed'",
            named_params! { ":reason": json(&reason), ":now": stamp(now) },
        )?;
        Ok(())
    }

    /// How many attempts are open.
    pub(crate) fn open_attempts(&self) -> Result<u64, LedgerError> {
        let found = self.row(
            "SELECT count(*) AS open FROM attempt WHERE state IN ('claimed', 'staged', 'unknown')",
            [],
            |row| self.get::<i64>(row, "open"),
        )?;
        super::values::number("open", found.unwrap_or(0))
    }

    /// The requests with open members, oldest first, a page.
    pub(crate) fn open_requests(&self, after: i64, limit: usize) -> Result<Vec<(i64, OpenRequest)>, LedgerError> {
        let heads = self.rows(
            include_str!("sql/open_requests.sql"),
            named_params! { ":after": after, ":limit": signed(limit as u64) },
            |row| {
                Ok((
                    self.get::<i64>(row, "request_id")?,
                    self.get::<String>(row, "key")?,
                    self.get::<String>(row, "keyed_at")?,
                    self.get::<Option<Vec<u8>>>(row, "body")?,
                ))
            },
        )?;
        heads
            .into_iter()
            .map(|(id, key, keyed_at, body)| Ok((id, self.open_request(id, key, &keyed_at, body)?)))
            .collect()
    }

    fn open_request(
        &self,
        request_id: i64,
        key: String,
        keyed_at: &str,
        body: Option<Vec<u8>>,
    ) -> Result<OpenRequest, LedgerError> {
        let body = body.ok_or_else(|| LedgerError::Impossible {
            what: "request.body",
            found: format!("nothing for open request {request_id}"),
        })?;
        let mut open = Vec::new();
        let members =
            self.rows(include_str!("sql/request_members.sql"), named_params! { ":request": request_id }, |row| {
                if self.get::<bool>(row, "open")? {
                    open.push(OpenMember {
                        member: usize::try_from(self.get::<i64>(row, "member")?).unwrap_or(usize::MAX),
                        date: super::values::day("attempt.date", &self.get::<String>(row, "date")?)?,
                    });
                }
                let (code, exponent): (String, i64) = (self.get(row, "currency")?, self.get(row, "exponent")?);
                Ok(Claimed {
                    attempt_id: self.get(row, "attempt_id")?,
                    record_id: self.record_id(row)?,
                    generation: self.generation(row)?,
                    reference: Reference::from_stored(self.get::<String>(row, "reference")?),
                    amount: money(&code, exponent, self.get(row, "minor")?)?,
                    position: 0,
                })
            })?;
        let request = ClaimedRequest { request_id, key: RequestKey::new(key), body: Arc::from(body), members };
        Ok(OpenRequest { request, keyed_at: instant("request.keyed_at", keyed_at)?, open })
    }

    /// Says that a request is about to be sent again, under a fresh key where one is given, before it is.
    pub(crate) fn send_again(
        &self,
        request: &ClaimedRequest,
        fresh_key: Option<RequestKey>,
        now: DateTime<Utc>,
    ) -> Result<ClaimedRequest, LedgerError> {
        let now = stamp(now);
        if let Some(key) = &fresh_key {
            self.execute_one(
                "request",
                "UPDATE request SET key = :key, keyed_at = :now WHERE request_id = :request",
                named_params! { ":key": key.as_str(), ":now": now, ":request": request.request_id },
            )?;
        }
        self.execute(
            "UPDATE attempt SET last_sent_at = :now
             WHERE request_id = :request AND state IN ('claimed', 'staged', 'unknown')",
            named_params! { ":now": now, ":request": request.request_id },
        )?;
        let key = fresh_key.unwrap_or_else(|| request.key.clone());
        Ok(ClaimedRequest { key, ..request.clone() })
    }
}
