//! Looks up acknowledged vouchers. The answer alone leaves an alarm in the ledger, or the end of one.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::judge::{Verdict, judge};
use crate::calls::{Caller, RunError};
use crate::domain::{Act, Actor, AttemptState, DifferenceKind, FoundDraft, FoundVoucher, Period, Reference, RunId};
use crate::ledger::{AuditAct, Compared, LedgerError, LedgerTx};
use crate::lock::Permit;
use crate::parts::Parts;
use crate::ports::{CallError, Connection};

/// The look-ups of one comparison or review: the parts they use, and the permit under which they are made.
#[derive(Clone, Copy)]
pub(crate) struct Examiner<'a> {
    pub(crate) parts: &'a Parts,
    pub(crate) connection: &'a Connection,
    pub(crate) permit: &'a Permit,
    pub(crate) actor: &'a Actor,
    pub(crate) caller: &'a Caller,
}

/// The run that is over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfRun<'a> {
    /// The run's number in this ledger.
    pub(crate) number: i64,
    pub(crate) run_id: &'a RunId,
    /// The period of the run.
    pub(crate) period: Period,
}

/// A posted attempt with the vouchers and drafts that were found under its reference.
pub(crate) struct ComparedAttempt {
    pub(crate) posted: Compared,
    pub(crate) found: Vec<FoundVoucher>,
    pub(super) verdict: Verdict,
    pub(crate) drafts: Vec<FoundDraft>,
}

impl<'a> Examiner<'a> {
    /// Asks until there is an answer, or no hope of one; a person's word ends it between two calls.
    pub(crate) async fn ask<T, F>(&self, call: impl Fn() -> F) -> Result<T, RunError>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        if self.caller.stop.is_cancelled() {
            return Err(RunError::Stopped);
        }
        self.caller.ask(self.permit, call).await
    }

    /// Looks up a page of posted attempts, and judges each.
    pub(crate) async fn judge_page(&self, page: Vec<Compared>) -> Result<Vec<ComparedAttempt>, RunError> {
        let references: Vec<Reference> = page.iter().map(|posted| posted.reference.clone()).collect();
        let found = self.ask(|| self.parts.accounting.look_up(&references)).await?;
        let mut vouchers: HashMap<Reference, Vec<FoundVoucher>> = HashMap::new();
        for voucher in found.vouchers.into_iter().filter(|voucher| voucher.reverses.is_none()) {
            vouchers.entry(voucher.reference.clone()).or_default().push(voucher);
        }
        let mut drafts: HashMap<Reference, Vec<FoundDraft>> = HashMap::new();
        for draft in found.drafts {
            drafts.entry(draft.reference.clone()).or_default().push(draft);
        }
        let compared = page.into_iter().map(|posted| {
            let found = vouchers.remove(&posted.reference).unwrap_or_default();
            let verdict = judge(&posted, &found, self.is_young(&posted));
            let drafts = drafts.remove(&posted.reference).unwrap_or_default();
            ComparedAttempt { posted, found, verdict, drafts }
        });
        Ok(compared.collect())
    }

    /// Says whether a voucher was acknowledged so short a time ago that a search need not show it. Both clocks are
    /// asked: the accounting side's for the last sending, ours for the answer, which came later.
    fn is_young(&self, posted: &Compared) -> bool {
        let lag = TimeDelta::from_std(self.connection.capabilities.look_up_delay()).unwrap_or(TimeDelta::MAX);
        let within = |age: TimeDelta| age >= TimeDelta::zero() && age < lag;
        let answered = posted.settled_at.map(|settled_at| self.parts.clock.now() - settled_at);
        self.permit.earliest_now() - posted.last_sent_at < lag && lag > TimeDelta::zero()
            || answered.is_some_and(within)
    }
}

/// A writer of alarms: it raises and clears them, in the name of the person who found out.
pub(crate) struct AlarmWriter<'p, 't> {
    pub(crate) tx: &'p LedgerTx<'t>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) actor: &'p Actor,
    pub(crate) accounting_user: &'p str,
}

impl AlarmWriter<'_, '_> {
    /// Raises the alarm of a posted attempt that is not as it was acknowledged, or clears it if all is well again.
    pub(crate) fn keep(&self, compared: &ComparedAttempt) -> Result<(), LedgerError> {
        match compared.verdict {
            Verdict::Differs(kind) => self.raise(&compared.posted, kind, &compared.found),
            Verdict::Well | Verdict::Reversed => {
                self.tx.clear_alarm(compared.posted.attempt_id, self.now)?;
                Ok(())
            }
            Verdict::Waiting => Ok(()),
        }
    }

    /// Raises the alarm that belongs to this kind of difference, if one does; everything new in it is in the audit
    /// trail.
    pub(crate) fn raise(
        &self,
        attempt: &Compared,
        kind: DifferenceKind,
        found: &[FoundVoucher],
    ) -> Result<(), LedgerError> {
        let (Some(alarm), AttemptState::Posted) = (kind.alarm(), attempt.state) else { return Ok(()) };
        if !self.tx.raise_alarm(attempt.attempt_id, alarm, found, self.now)? {
            return Ok(());
        }
        let act = AuditAct::new(self.now, self.actor, Act::AlarmRaised)
            .accounting_user(self.accounting_user)
            .record(attempt.record_id.as_str(), attempt.generation)
            .run(&attempt.run_id)
            .voucher(attempt.voucher_id.as_deref())
            .detail(json!({ "kind": alarm.as_str(), "reference": attempt.reference.as_str() }));
        self.tx.audit(&act).map(|_| ())
    }
}
