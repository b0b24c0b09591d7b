//! Settle: what the accounting system answered, into the ledger. A settled attempt is never settled again.

use chrono::{DateTime, Utc};
use rusqlite::named_params;

use super::values::{json, signed, stamp};
use super::{Book, Claimed, ClaimedRequest, LedgerError};
use crate::domain::{Acknowledgement, ItemResult, Problem};
use crate::error::Told;
use crate::views::Reason;

/// What is known of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Settlement {
    /// It is in the books, with the accounting system's acknowledgement. `found`: it stood there before anything of ours
    /// was sent for it.
    Posted { acknowledgement: Acknowledgement, found: bool },
    /// The accounting system said no; `voucher_id` where another voucher stands under the reference.
    Refused { problem: Problem, voucher_id: Option<String> },
    /// Provably never processed.
    NotSent,
    /// No answer was understood.
    Unknown(Told),
}

impl Settlement {
    /// What the row of the run says.
    pub(crate) fn result(&self) -> ItemResult {
        match self {
            Self::Posted { found: false, .. } => ItemResult::Posted,
            Self::Posted { found: true, .. } => ItemResult::SkippedFoundInAccounting,
            Self::Refused { .. } => ItemResult::Refused,
            Self::NotSent => ItemResult::NotSent,
            Self::Unknown(_) => ItemResult::InDoubt,
        }
    }

    fn reason(&self) -> Option<Reason> {
        match self {
            Self::Refused { problem, .. } => Some(Reason::Refused(problem.clone())),
            Self::Unknown(told) => Some(Reason::InDoubt(told.clone())),
            Self::Posted { .. } | Self::NotSent => None,
        }
    }
}

impl Book<'_> {
    /// Settles an attempt of this run, and its row.
    pub(crate) fn settle(
        &self,
        run: i64,
        claimed: &Claimed,
        settlement: &Settlement,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.settle_attempt(run, claimed, settlement, now)?;
        self.execute_one(
            "run_item",
            "UPDATE run_item SET result = :result, reason = :reason
             WHERE run_number = :run AND position = :position AND attempt_id = :attempt",
            named_params! {
                ":result": settlement.result().as_str(), ":reason": settlement.reason().as_ref().map(json),
                ":run": run, ":position": signed(claimed.position), ":attempt": claimed.attempt_id,
            },
        )
    }

    /// Settles an attempt that an earlier run left open, and enters a row for it in this run: for what it became, or for
    /// staying in doubt. What turned out refused or never sent gets its row from this run's plan.
    pub(crate) fn settle_recovered(
        &self,
        run: i64,
        claimed: &Claimed,
        settlement: &Settlement,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.settle_attempt(run, claimed, settlement, now)?;
        if matches!(settlement, Settlement::Refused { .. } | Settlement::NotSent) {
            return Ok(());
        }
        let position = self.next_position(run)?;
        self.execute_one(
            "run_item",
            include_str!("sql/enter_recovered.sql"),
            named_params! {
                ":run": run, ":position": signed(position), ":attempt": claimed.attempt_id,
                ":result": settlement.result().as_str(), ":reason": settlement.reason().as_ref().map(json),
            },
        )
    }

    fn settle_attempt(
        &self,
        run: i64,
        claimed: &Claimed,
        settlement: &Settlement,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let (state, acknowledgement, other_voucher) = match settlement {
            Settlement::Posted { acknowledgement, .. } => ("posted", Some(acknowledgement), None),
            Settlement::Refused { voucher_id, .. } => ("refused", None, voucher_id.as_deref()),
            Settlement::NotSent => ("not_sent", None, None),
            Settlement::Unknown(_) => ("unknown", None, None),
        };
        let settled = !matches!(settlement, Settlement::Unknown(_));
        self.execute_one(
            "attempt",
            include_str!("sql/settle_attempt.sql"),
            named_params! {
                ":state": state, ":now": stamp(now), ":settled_at": settled.then(|| stamp(now)), ":settled_run": settled.then_some(run),
                ":found": matches!(settlement, Settlement::Posted { found: true, .. }),
                ":voucher": acknowledgement.map(|ack| ack.voucher_id.as_str()).or(other_voucher),
                ":number": acknowledgement.and_then(|ack| ack.number.as_deref()),
                ":reason": settlement.reason().as_ref().map(json), ":attempt": claimed.attempt_id,
                ":reference": claimed.reference.as_str(), ":generation": claimed.generation.number(),
            },
        )
    }

    /// A request of which nothing was written is undone: its members are planned again, to go in smaller requests.
    pub(crate) fn plan_again(&self, run: i64, request: &ClaimedRequest, now: DateTime<Utc>) -> Result<(), LedgerError> {
        for claimed in &request.members {
            self.settle_attempt(run, claimed, &Settlement::NotSent, now)?;
            self.execute_one(
                "run_item",
                "UPDATE run_item SET attempt_id = NULL
                 WHERE run_number = :run AND position = :position AND attempt_id = :attempt AND result IS NULL",
                named_params! {
                    ":run": run, ":position": signed(claimed.position), ":attempt": claimed.attempt_id,
                },
            )?;
        }
        self.close_request(request)
    }

    /// Lets go of a request's bytes once no member is open; their hash stays.
    pub(crate) fn close_request(&self, request: &ClaimedRequest) -> Result<(), LedgerError> {
        self.execute(
            "UPDATE request SET body = NULL WHERE request_id = :request AND NOT EXISTS
                 (SELECT 1 FROM attempt WHERE request_id = :request AND state IN ('claimed', 'staged', 'unknown'))",
            named_params! { ":request": request.request_id },
        )?;
        Ok(())
    }
}
