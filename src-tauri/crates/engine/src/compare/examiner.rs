//! Looks up acknowledged vouchers. The answer alone leaves an alarm in the ledger, or the end of one.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde_json::json;

use super::judge::{Verdict, judge};
use super::young::Acknowledged;
use crate::calls::{Caller, RunError};
use crate::domain::{
    Act, Actor, AttemptState, DifferenceKind, FoundDraft, FoundVoucher, Period, Reference, RunId, VoucherPart,
};
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
    /// The parts of its one voucher that could not be compared.
    pub(super) unseen: Vec<VoucherPart>,
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
        // A record may stand in several rows of a run; each reference is asked for once.
        let mut asked = HashSet::new();
        let once = |posted: &&Compared| asked.insert(posted.reference.clone());
        let references: Vec<Reference> = page.iter().filter(once).map(|posted| posted.reference.clone()).collect();
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
            let found = vouchers.get(&posted.reference).cloned().unwrap_or_default();
            let verdict = judge(&posted, &found, self.is_young(&posted));
            let drafts = drafts.get(&posted.reference).cloned().unwrap_or_default();
            let unseen = match found.as_slice() {
                [only] => posted.expected().likeness(only).unseen,
                _ => Vec::new(),
            };
            let is_evidence = matches!(verdict, Verdict::Differs(_));
            let found = if is_evidence { posted.expected().marked(&found) } else { found };
            ComparedAttempt { posted, found, verdict, drafts, unseen }
        });
        Ok(compared.collect())
    }

    fn is_young(&self, posted: &Compared) -> bool {
        let acknowledged = Acknowledged { last_sent_at: posted.last_sent_at, settled_at: posted.settled_at };
        let now = self.parts.clock.now();
        acknowledged.hidden_until(&self.connection.capabilities, Some(self.permit), now).is_some()
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
