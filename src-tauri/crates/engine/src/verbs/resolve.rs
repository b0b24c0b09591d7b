//! Takes a person's word on a record in doubt. It counts only if the accounting system does not say otherwise at that
//! moment, and stands in the audit trail with its reason.

use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::audit;
use crate::calls::{Caller, RunError};
use crate::compare::{self, Examiner, ExportElsewhere, later_exports};
use crate::domain::evidence::SentAs;
use crate::domain::{
    Acknowledgement, Act, Actor, Capabilities, Discarded, DraftId, Found, FoundVoucher, Period, RecordId, RequestKind,
    RunId, Trigger,
};
use crate::engine::Engine;
use crate::error::Problem;
use crate::export::ask::SyncEnd;
use crate::export::identity::Asks;
use crate::export::progress::Reporter;
use crate::export::walls::{AcquiredLocks, LockRequest};
use crate::ledger::{AuditAct, OpenRecord, Settlement, TakenOver};
use crate::lock::{Look, Permit};
use crate::parts::Parts;
use crate::verbs::reason::check_reason;

/// A person's word about a record in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// The record is in the books, as this voucher.
    Posted {
        /// The voucher's id.
        voucher_id: String,
    },
    /// The record is not in the books: it may be sent again.
    NotPosted,
}

/// A person's word on a record in doubt.
#[derive(Debug, Clone)]
pub struct ResolveAsk {
    /// The record.
    pub record_id: String,
    /// The person's word about it.
    pub resolution: Resolution,
    /// The person's reason.
    pub reason: String,
    /// The person who says so.
    pub actor: Actor,
}

impl Engine {
    /// Settles a record in doubt by a person's word. It takes the locks like a run; a sync that is on must end first.
    ///
    /// # Errors
    /// If the record is not in doubt, the reason says nothing, the accounting system says otherwise at this moment, the
    /// sent voucher may still arrive, or somebody holds the lock.
    pub async fn resolve(&self, ask: ResolveAsk) -> Result<SyncEnd, Problem> {
        let reason = check_reason(&ask.reason)?;
        let id = ask.record_id.clone();
        let open = self.parts().ledger.read(move |tx| tx.open_record(&id)).await?;
        if open.is_none() {
            return Err(Problem::not_in_doubt(&ask.record_id));
        }
        let run_id = RunId::new(self.parts().ids.fresh());
        let reporter = Reporter::new(run_id.clone(), self.parts().clock.clone());
        let stop = CancellationToken::new();
        let request = LockRequest {
            parts: self.parts(),
            actor: &ask.actor,
            run_id: &run_id,
            operation: "resolve",
            progress: reporter.lock_progress(),
            shows: Some(reporter.progress()),
            // A person waits for the answer, and may decide otherwise when the other one has ended.
            wait: Duration::ZERO,
            stop: &stop,
            checks_witness: true,
            asks: Asks::Everything,
        };
        let locks = match request.take().await {
            Ok(locks) => locks,
            Err(end) => return Ok(*end),
        };
        let resolved = resolve(self.parts(), &self.caller(), &locks, &run_id, &ask, &reason).await;
        locks.give_back(self.parts().accounting.as_ref()).await;
        resolved.map(|()| SyncEnd::default())
    }
}

async fn resolve(
    parts: &Parts,
    caller: &Caller,
    locks: &AcquiredLocks,
    run_id: &RunId,
    ask: &ResolveAsk,
    reason: &str,
) -> Result<(), Problem> {
    let permit = locks.permit()?;
    let id = ask.record_id.clone();
    // The record is looked at again: a run may have settled it since the person looked.
    let open = parts.ledger.read(move |tx| tx.open_record(&id)).await?;
    let open = open.ok_or_else(|| Problem::not_in_doubt(&ask.record_id))?;
    let asked = [open.claimed.reference().clone()];
    let (look, earlier) = (permit.look(), parts.ledger.read(|tx| tx.earlier_runs(None)).await?);
    let takes_files = locks.connection.capabilities.takes_files;
    let (found, later) = if takes_files {
        (Found::default(), None)
    } else {
        let found = caller.ask(permit, || parts.accounting.look_up(&asked)).await.map_err(RunError::into_problem)?;
        (found, later_export(parts, caller, locks, &open).await?)
    };
    let settlement = match &ask.resolution {
        // Nobody else can be asked: the word of a person who saw the voucher counts, and stands as such in the trail.
        Resolution::Posted { voucher_id } if takes_files => {
            let number = Some(voucher_id.clone());
            let acknowledgement = Acknowledgement { voucher_id: voucher_id.clone(), number };
            Settlement::Posted { acknowledgement, found: false, made: None }
        }
        Resolution::NotPosted if takes_files => {
            let attempt = open.attempt_id();
            let file = parts.ledger.read(move |tx| tx.file_of_attempt(attempt)).await?.unwrap_or_default();
            return Err(Problem::record_in_file(&ask.record_id, file));
        }
        Resolution::Posted { voucher_id } => said_posted(caller, locks, &open, &found, later, voucher_id).await?,
        Resolution::NotPosted => {
            let age = look.age(open.last_sent_at, open.fence, earlier);
            let standing = later.iter().flat_map(|later| &later.vouchers);
            let standing: Vec<FoundVoucher> = found.vouchers.iter().chain(standing).cloned().collect();
            said_not_posted(&locks.connection.capabilities, &open, &standing, &look, age)?;
            discard_drafts(caller, locks, &open, &found).await?;
            Settlement::NotSent
        }
    };
    let (start, at) = locks.start(parts, run_id, &ask.actor, Trigger::Manual, Period::EVERYTHING)?;
    let (reason, evidence) = (reason.to_owned(), found.vouchers);
    let record = open.claimed.record_id().clone();
    let mut disowned = None;
    if let Some(voucher) = posted_voucher(&settlement) {
        let (voucher, attempt) = (voucher.to_owned(), open.attempt_id());
        let asked = voucher.clone();
        if let Some(other) = parts.ledger.read(move |tx| tx.holder_of_voucher(&asked, attempt)).await? {
            if !caller.is_of_first(permit, open.claimed.reference(), &other.reference, &voucher).await {
                return Err(Problem::acknowledgement_taken(voucher, other.record_id));
            }
            disowned = Some(other);
        }
    }
    let written = parts.ledger.write(move |tx| {
        let number = tx.begin_with_entry(&start, at)?;
        if let Some(other) = &disowned {
            tx.disown(number, other, &open.claimed, at)?;
        }
        tx.seal_file_seen(number, open.attempt_id(), at.now)?;
        tx.settle_by_word(number, &open, &settlement, at)?;
        let voucher = posted_voucher(&settlement);
        let act = AuditAct::new(at.now, &start.actor, Act::Resolved)
            .accounting_user(&start.accounting_user)
            .record(open.claimed.record_id().as_str(), open.claimed.generation())
            .run(&start.run_id)
            .voucher(voucher)
            .reason(&reason)
            .detail(json!({
                "reference": open.claimed.reference().as_str(),
                "resolution": if voucher.is_some() { "posted" } else { "not_posted" },
                "found": evidence,
            }));
        // The entry covers the run as it ended.
        tx.finish_run(number, crate::domain::Outcome::Completed, None, at.now)?;
        tx.audit(&act)?;
        Ok(number)
    });
    let number = written.await?;
    if takes_files {
        return audit::seal(parts, permit, &ask.actor).await;
    }
    // A voucher that a person names may be reversed, or say something else: that shows at once, and has its next step.
    let examiner = Examiner { parts, connection: &locks.connection, permit, actor: &ask.actor, caller };
    if let Err(error) = compare::learn_of_record(examiner, number, &record).await {
        tracing::warn!(%error, "the next sync looks at the voucher that a person named");
    }
    audit::seal(parts, permit, &ask.actor).await
}

fn posted_voucher(settlement: &Settlement) -> Option<&str> {
    match settlement {
        Settlement::Posted { acknowledgement, .. } => Some(acknowledgement.voucher_id.as_str()),
        Settlement::TakenOver(taken) => posted_voucher(&taken.settlement),
        _ => None,
    }
}

/// Returns the later export of the record, if the books have one: another administrator's, as a rule.
async fn later_export(
    parts: &Parts,
    caller: &Caller,
    locks: &AcquiredLocks,
    open: &OpenRecord,
) -> Result<Option<ExportElsewhere>, Problem> {
    let rules = locks.connection.capabilities.reference_rules;
    let known_forms = parts.ledger.read(move |tx| tx.reference_forms(rules)).await?;
    let forms = |id: &RecordId, generation| known_forms.of(&parts.settings.organisation, id, generation);
    let known = [(open.claimed.record_id(), open.claimed.generation())];
    let later = later_exports(caller, Some(locks.permit()?), forms, &known).await;
    Ok(later.map_err(RunError::into_problem)?.into_iter().flatten().next())
}

fn contradicted(open: &OpenRecord, found: &[FoundVoucher]) -> Problem {
    let vouchers: Vec<&str> = found.iter().map(|one| one.acknowledgement.voucher_id.as_str()).collect();
    contradicted_by(open, &if vouchers.is_empty() { "–".to_owned() } else { vouchers.join(", ") })
}

fn contradicted_by(open: &OpenRecord, vouchers: &str) -> Problem {
    Problem::resolution_contradicted(open.claimed.record_id(), open.claimed.reference(), vouchers)
}

/// Checks the word *posted*: the voucher that the person names must stand under the reference at this moment, reversed
/// or not; or it must be what our own draft became, under whatever reference somebody gave it.
async fn said_posted(
    caller: &Caller,
    locks: &AcquiredLocks,
    open: &OpenRecord,
    found: &Found,
    later: Option<ExportElsewhere>,
    voucher_id: &str,
) -> Result<Settlement, Problem> {
    let is_named =
        |voucher: &&FoundVoucher| voucher.acknowledgement.voucher_id == voucher_id && voucher.reverses.is_none();
    if let Some(named) = found.vouchers.iter().find(is_named) {
        // A voucher for which nothing was sent, or of other content, was not made here: it was found.
        let found = open.kind == RequestKind::Found || !open.claimed.expected().likeness(named).is_same();
        let made = found.then(|| named.made());
        return Ok(Settlement::Posted { acknowledgement: named.acknowledgement.clone(), found, made });
    }
    if let Some(ExportElsewhere { generation, reference, vouchers }) = later
        && let Some(named) = vouchers.iter().find(is_named)
    {
        let settlement = Settlement::found(named);
        let member = open.claimed.member(generation, reference);
        return Ok(Settlement::TakenOver(Box::new(TakenOver { member, settlement })));
    }
    let is_draft_still = |draft: &DraftId| found.drafts.iter().any(|found| found.draft_id == *draft);
    let own = open.draft_id.as_ref().filter(|draft| draft.as_str() == voucher_id && !is_draft_still(draft));
    if let Some(own) = own
        && discard(caller, locks.permit()?, own).await? == Discarded::Committed
    {
        let acknowledgement = Acknowledgement { voucher_id: own.as_str().to_owned(), number: None };
        return Ok(Settlement::Posted { acknowledgement, found: false, made: None });
    }
    Err(contradicted(open, &found.vouchers))
}

/// Checks the word *not posted*: nothing may stand under the reference, and nothing that was sent may still arrive.
fn said_not_posted(
    capabilities: &Capabilities,
    open: &OpenRecord,
    found: &[FoundVoucher],
    look: &Look,
    age: Duration,
) -> Result<(), Problem> {
    if !found.is_empty() {
        return Err(contradicted(open, found));
    }
    let sent = SentAs {
        kind: open.kind,
        has_draft: open.draft_id.is_some(),
        age,
        has_newer_fence: look.fence > open.fence,
        fence_held_for: look.held_for,
    };
    if sent.may_be_given_up(capabilities) {
        return Ok(());
    }
    let until = open.last_sent_at + capabilities.arrival_window();
    Err(Problem::resolution_too_early(open.claimed.record_id(), until.to_rfc3339()))
}

/// Discards drafts under the reference, so that nobody posts them by hand later; a draft that was committed meanwhile
/// contradicts the person.
async fn discard_drafts(
    caller: &Caller,
    locks: &AcquiredLocks,
    open: &OpenRecord,
    found: &Found,
) -> Result<(), Problem> {
    let permit = locks.permit()?;
    let drafts = open.draft_id.iter().chain(found.drafts.iter().map(|draft| &draft.draft_id));
    for draft in drafts {
        if discard(caller, permit, draft).await? == Discarded::Committed {
            return Err(contradicted_by(open, draft.as_str()));
        }
    }
    Ok(())
}

/// Discards a draft; a second call does nothing more, and has the same answer.
async fn discard(caller: &Caller, permit: &Permit, draft: &DraftId) -> Result<Discarded, Problem> {
    caller.ask(permit, || caller.accounting.discard_draft(permit, draft)).await.map_err(RunError::into_problem)
}
