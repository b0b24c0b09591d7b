//! Makes a forced re-export of one record: it is shown first, asked for with a reason and the record id typed again,
//! perhaps approved by somebody else, and sent by a run like any other.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::reason::{check_confirmation, check_reason};
use crate::calls::{Caller, RunError};
use crate::compare::later_exports;
use crate::domain::{Actor, Period, RecordId, Reference, Trigger};
use crate::engine::{Engine, Syncing};
use crate::error::Problem;
use crate::export::ask::{Job, RunAsk};
use crate::export::plan::PlanRules;
use crate::export::reversal::{check_absence, check_not_overtaken, check_reach, not_found, overtaken, present};
use crate::ledger::ReExportWish;
use crate::parts::Parts;
use crate::ports::Connection;
use crate::views::{Asker, ReExport, ReExportPreview, Sum};

/// A wish for a forced re-export.
#[derive(Debug, Clone)]
pub struct ReExportAsk {
    /// The record.
    pub record_id: String,
    /// The record's id once more, as the person typed it.
    pub confirm: String,
    /// The reference that it will have, if the person was shown one. They did not ask for what they did not see.
    pub seen: Option<String>,
    /// The person's reason.
    pub reason: String,
    /// True if the earlier voucher is reversed first.
    pub reverse: bool,
    /// The person who asks.
    pub actor: Actor,
}

/// The next step of a wish.
pub enum ReExportStep {
    /// Somebody else has to approve it first.
    Waits(Box<ReExport>),
    /// The re-export is being sent.
    Runs(Syncing),
}

impl Engine {
    /// Returns the facts that a person has to see before a re-export: what was exported, and what stands in the
    /// accounting system now.
    ///
    /// # Errors
    /// If the record was never exported, is in doubt, or the accounting system cannot be asked.
    pub async fn re_export_preview(&self, record_id: &str) -> Result<ReExportPreview, Problem> {
        let connection = self.connect().await?;
        preview(self.parts(), &self.caller(), &connection, record_id).await
    }

    /// Asks for a re-export. If the workspace wants a second administrator, it waits; else it is sent at once.
    ///
    /// Must be called within a tokio runtime.
    ///
    /// # Errors
    /// If the reason says nothing, the confirmation differs, or the record cannot be exported once more.
    pub async fn re_export(self: &Arc<Self>, ask: ReExportAsk) -> Result<ReExportStep, Problem> {
        let actor = ask.actor.clone();
        let wish = self.re_export_wish(ask).await?;
        if !wish.needs_approval {
            return Ok(ReExportStep::Runs(self.run_re_export(actor, wish.record_id.clone(), Some(wish))));
        }
        let id = wish.record_id.clone();
        let waits = self.parts().ledger.write(move |tx| {
            let Some(earlier) = tx.exported(wish.record_id.as_str())? else { return Ok(Ok(None)) };
            if let Err(overtaken) = check_not_overtaken(&wish, &earlier) {
                return Ok(Err(overtaken));
            }
            tx.request_re_export(&wish, &earlier)?;
            tx.open_re_export(wish.record_id.as_str()).map(Ok)
        });
        let waits = waits.await??.ok_or_else(|| Problem::not_exported(id))?;
        Ok(ReExportStep::Waits(Box::new(waits)))
    }

    /// Asks for a re-export that needs no approval, and leaves it to the caller to drive the run; see
    /// [`Engine::prepare`].
    ///
    /// # Errors
    /// As for [`Engine::re_export`].
    pub async fn prepare_re_export(
        self: &Arc<Self>,
        ask: ReExportAsk,
    ) -> Result<(Syncing, Option<impl Future<Output = ()> + Send + use<>>), Problem> {
        let actor = ask.actor.clone();
        let wish = self.re_export_wish(ask).await?;
        let job = Job::ReExport { record_id: wish.record_id.clone(), wish: Some(wish) };
        Ok(self.prepare(RunAsk { run_id: None, trigger: Trigger::ReExport, actor, job, wait: None }))
    }

    async fn re_export_wish(&self, ask: ReExportAsk) -> Result<ReExportWish, Problem> {
        check_confirmation(&ask.record_id, &ask.confirm)?;
        let reason = check_reason(&ask.reason)?;
        let connection = self.connect().await?;
        let now = preview(self.parts(), &self.caller(), &connection, &ask.record_id).await?;
        if ask.seen.is_some_and(|seen| seen != now.reference) {
            return Err(overtaken(&ask.record_id, &now.earlier));
        }
        Ok(ReExportWish {
            record_id: RecordId::new(ask.record_id.clone()).map_err(|_| not_found(&ask.record_id))?,
            generation: now.earlier.generation.next(),
            reason,
            reverse: ask.reverse,
            needs_approval: now.needs_approval,
            asker: Asker { actor: ask.actor, accounting_user: connection.user_id },
            now: self.parts().clock.now(),
        })
    }

    /// Approves a re-export that somebody else asked for, and sends it: the one asked for `at`, if the approver was
    /// shown one. It may have been withdrawn since, and another asked for.
    ///
    /// # Errors
    /// If none waits, or the approver is the person who asked.
    pub async fn approve_re_export(
        self: &Arc<Self>,
        record_id: &str,
        confirm: &str,
        at: Option<DateTime<Utc>>,
        actor: Actor,
    ) -> Result<Syncing, Problem> {
        check_confirmation(record_id, confirm)?;
        let connection = self.connect().await?;
        let approver = Asker { actor: actor.clone(), accounting_user: connection.user_id };
        let waiting = self.waiting(record_id).await?;
        if at.is_some_and(|at| at != waiting.requested_at) {
            return Err(Problem::approval_not_asked(record_id));
        }
        if !approver.is_another(&waiting.requested_by) {
            return Err(Problem::approval_by_same(record_id, &approver.accounting_user));
        }
        let now = self.parts().clock.now();
        self.parts().ledger.write(move |tx| tx.approve_re_export(&waiting, &approver, now)).await?;
        let record_id = RecordId::new(record_id).map_err(|_| not_found(record_id))?;
        Ok(self.run_re_export(actor, record_id, None))
    }

    /// Takes back a re-export that waits.
    ///
    /// # Errors
    /// If none waits, or the reason says nothing.
    pub async fn withdraw_re_export(&self, record_id: &str, reason: &str, actor: Actor) -> Result<(), Problem> {
        let reason = check_reason(reason)?;
        let waiting = self.waiting(record_id).await?;
        let (by, now) = (Asker { actor, accounting_user: String::new() }, self.parts().clock.now());
        Ok(self.parts().ledger.write(move |tx| tx.withdraw_re_export(&waiting, &by, &reason, now)).await?)
    }

    /// Returns the re-exports that wait for an approval, oldest first.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn waiting_re_exports(&self) -> Result<Vec<ReExport>, Problem> {
        Ok(self.parts().ledger.approvals().await?)
    }

    async fn waiting(&self, record_id: &str) -> Result<ReExport, Problem> {
        let id = record_id.to_owned();
        let waiting = self.parts().ledger.read(move |tx| tx.open_re_export(&id)).await?;
        waiting
            .filter(|waiting| waiting.needs_approval && waiting.approved_at.is_none())
            .ok_or_else(|| Problem::approval_not_asked(record_id))
    }

    fn run_re_export(self: &Arc<Self>, actor: Actor, record_id: RecordId, wish: Option<ReExportWish>) -> Syncing {
        let job = Job::ReExport { record_id, wish };
        self.start(RunAsk { run_id: None, trigger: Trigger::ReExport, actor, job, wait: None })
    }
}

async fn preview(
    parts: &Parts,
    caller: &Caller,
    connection: &Connection,
    record_id: &str,
) -> Result<ReExportPreview, Problem> {
    let id = record_id.to_owned();
    let look = parts
        .ledger
        .read(move |tx| Ok((tx.candidate_of(&id)?, tx.exported(&id)?, tx.is_in_doubt(&id)?, tx.open_re_export(&id)?)));
    let (candidate, exported, in_doubt, waiting) = look.await?;
    let candidate = candidate.ok_or_else(|| not_found(record_id))?;
    if in_doubt {
        return Err(Problem::record_in_doubt(record_id));
    }
    let earlier = exported.ok_or_else(|| Problem::not_exported(record_id))?;
    let present = present(caller, None, &earlier).await?;
    check_absence(&connection.capabilities, None, parts.clock.now(), &earlier, &present)?;
    let current = connection.capabilities.reference_rules;
    let known_forms = parts.ledger.read(move |tx| tx.reference_forms(current)).await?;
    let rules = PlanRules::of(parts, Period::EVERYTHING, known_forms, None).over(&connection.capabilities);
    let next = earlier.generation.next();
    let reference = Reference::of(&rules.organisation, &candidate.record.id, next, rules.references.current);
    // Another export of the record that this ledger has not learned of: the next sync takes it over.
    let known = [(&candidate.record.id, earlier.generation)];
    let forms = |id: &RecordId, generation| rules.references.of(&rules.organisation, id, generation);
    let later = later_exports(caller, None, forms, &known).await.map_err(RunError::into_problem)?;
    if let Some(later) = later.into_iter().flatten().next() {
        let ids: Vec<&str> = later.vouchers.iter().map(|voucher| voucher.acknowledgement.voucher_id.as_str()).collect();
        return Err(Problem::exported_elsewhere(record_id, ids.join(", ")));
    }
    let of_record = |generation| forms(&candidate.record.id, generation);
    let reach = check_reach(caller, None, of_record, &candidate.record.id, next).await;
    reach.map_err(RunError::into_problem)?;
    // A record that cannot be posted now is shown so before anybody asks for it.
    if let Err(reason) = rules.posting(&candidate, next) {
        return Err(Problem::record_held(record_id, reason.code()));
    }
    Ok(ReExportPreview {
        record_id: record_id.to_owned(),
        earlier,
        present,
        reference: reference.to_string(),
        amount: Sum {
            currency: candidate.record.amount.currency().code().to_owned(),
            amount: candidate.record.amount.to_decimal(),
        },
        date: candidate.record.date,
        needs_approval: parts.settings.re_export_needs_approval,
        waiting,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn approver_is_another_only_as_another_user_there() {
        let asker = |user: &str, accounting_user: &str| Asker {
            actor: Actor { user: user.into(), host: "HLF-PC-12".into() },
            accounting_user: accounting_user.into(),
        };
        let asked = asker("kari", "api-7");
        for (approver, is_another) in [
            (asker("kari", "api-7"), false),
            // Another account of the operating system, with the same token.
            (asker("admin", "api-7"), false),
            (asker("ola", "api-8"), true),
            (asker("kari", "api-8"), true),
        ] {
            assert_eq!(approver.is_another(&asked), is_another, "{approver:?}");
        }
    }
}
