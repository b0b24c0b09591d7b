//! Keeps forced re-exports: asked for with a reason, perhaps approved by somebody else, claimed once, and entered in
//! the audit trail in the same transactions.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Row, named_params};
use serde_json::json;

use crate::domain::{Act, Actor, Generation, RecordId, Reference, Refusal, RequestKey, RunId};
use crate::ledger::run::claim::{ClaimMember, ClaimedReversal};
use crate::ledger::trail::audit::AuditAct;
use crate::ledger::values::{instant, instant_option, json, stamp};
use crate::ledger::{Claimed, LedgerError, LedgerTx, Settlement};
use crate::views::{Asker, ExportedVoucher, ReExport};

/// A wish to export a record once more.
#[derive(Debug, Clone)]
pub(crate) struct ReExportWish {
    pub(crate) record_id: RecordId,
    /// The generation that is wished for: the one after the export that the person was shown.
    pub(crate) generation: Generation,
    pub(crate) reason: String,
    /// True if the earlier voucher is reversed first.
    pub(crate) reverse: bool,
    pub(crate) needs_approval: bool,
    pub(crate) asker: Asker,
    pub(crate) now: DateTime<Utc>,
}

impl LedgerTx<'_> {
    /// Returns the acknowledged voucher by which a record was exported last; `None` if there is none.
    pub(crate) fn exported(&self, record: &str) -> Result<Option<ExportedVoucher>, LedgerError> {
        self.row(include_str!("exported.sql"), named_params! { ":record": record }, |row| self.exported_row(row))
    }

    fn exported_row(&self, row: &Row<'_>) -> Result<ExportedVoucher, LedgerError> {
        Ok(ExportedVoucher {
            attempt_id: self.get(row, "attempt_id")?,
            generation: self.generation(row)?,
            reference: self.get(row, "reference")?,
            voucher_id: self.get(row, "voucher_id")?,
            voucher_number: self.get(row, "voucher_number")?,
            amount: self.sum(row)?,
            date: crate::ledger::values::day("attempt.date", &self.get::<String>(row, "date")?)?,
            run_id: RunId::new(self.get::<String>(row, "run_id")?),
            actor: Actor { user: self.get(row, "actor_user")?, host: self.get(row, "actor_host")? },
            settled_at: instant("attempt.settled_at", &self.get::<String>(row, "settled_at")?)?,
            last_sent_at: instant("attempt.last_sent_at", &self.get::<String>(row, "last_sent_at")?)?,
            reversed_by: self.get(row, "counter_voucher_id")?,
        })
    }

    /// Says whether an attempt on the record is open: sent, or maybe.
    pub(crate) fn is_in_doubt(&self, record: &str) -> Result<bool, LedgerError> {
        let open = self.row(
            "SELECT 1 AS open FROM attempt WHERE record_id = :record AND settled_at IS NULL",
            named_params! { ":record": record },
            |row| self.get::<i64>(row, "open"),
        )?;
        Ok(open.is_some())
    }

    /// Returns the re-export of a record that was asked for and is neither claimed nor withdrawn.
    pub(crate) fn open_re_export(&self, record: &str) -> Result<Option<ReExport>, LedgerError> {
        self.row(include_str!("open_re_export.sql"), named_params! { ":record": record }, |row| self.re_export(row))
    }

    /// Returns every re-export that waits for somebody's approval, oldest first.
    pub(crate) fn waiting_re_exports(&self) -> Result<Vec<ReExport>, LedgerError> {
        self.rows(include_str!("waiting_re_exports.sql"), [], |row| self.re_export(row))
    }

    fn re_export(&self, row: &Row<'_>) -> Result<ReExport, LedgerError> {
        let approved: Option<String> = self.get(row, "approved_user")?;
        let approver = match approved {
            None => None,
            Some(user) => Some(Asker {
                actor: Actor { user, host: self.get::<Option<String>>(row, "approved_host")?.unwrap_or_default() },
                accounting_user: self.get::<Option<String>>(row, "approved_accounting")?.unwrap_or_default(),
            }),
        };
        Ok(ReExport {
            re_export_id: self.get(row, "re_export_id")?,
            record_id: self.get(row, "record_id")?,
            generation: self.generation(row)?,
            reason: self.get(row, "reason")?,
            reverse: self.get(row, "reverse")?,
            requested_by: Asker {
                actor: Actor { user: self.get(row, "requested_user")?, host: self.get(row, "requested_host")? },
                accounting_user: self.get(row, "requested_accounting")?,
            },
            requested_at: instant("re_export.requested_at", &self.get::<String>(row, "requested_at")?)?,
            needs_approval: self.get(row, "needs_approval")?,
            approved_by: approver,
            approved_at: instant_option("re_export.approved_at", self.get(row, "approved_at")?)?,
        })
    }

    /// Keeps the wish, with its reason and its audit entry. A wish that was not sent before is withdrawn by the new
    /// one.
    pub(crate) fn request_re_export(&self, wish: &ReExportWish, earlier: &ExportedVoucher) -> Result<(), LedgerError> {
        if let Some(open) = self.open_re_export(wish.record_id.as_str())? {
            self.withdraw_re_export(&open, &wish.asker, "asked for again", wish.now)?;
        }
        let generation = earlier.generation.next();
        self.execute(
            include_str!("request_re_export.sql"),
            named_params! {
                ":record": wish.record_id.as_str(), ":generation": generation.number(),
                ":earlier": earlier.attempt_id, ":reason": wish.reason, ":reverse": wish.reverse,
                ":user": wish.asker.actor.user, ":host": wish.asker.actor.host,
                ":accounting": wish.asker.accounting_user, ":now": stamp(wish.now),
                ":needs_approval": wish.needs_approval,
            },
        )?;
        let act = AuditAct::new(wish.now, &wish.asker.actor, Act::ReExportRequested)
            .accounting_user(&wish.asker.accounting_user)
            .record(wish.record_id.as_str(), generation)
            .earlier_voucher(Some(&earlier.voucher_id))
            .reason(&wish.reason)
            .detail(json!({
                "reverse": wish.reverse, "needs_approval": wish.needs_approval,
                "earlier_reference": earlier.reference, "earlier_run": earlier.run_id.as_str(),
            }));
        self.audit(&act).map(drop)
    }

    /// Keeps the approval. The table refuses one by the person who asked.
    pub(crate) fn approve_re_export(
        &self,
        re_export: &ReExport,
        approver: &Asker,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.execute_one(
            "re_export",
            include_str!("approve_re_export.sql"),
            named_params! {
                ":re_export": re_export.re_export_id, ":user": approver.actor.user, ":host": approver.actor.host,
                ":accounting": approver.accounting_user, ":now": stamp(now),
            },
        )?;
        let act = AuditAct::new(now, &approver.actor, Act::ReExportApproved)
            .accounting_user(&approver.accounting_user)
            .record(&re_export.record_id, re_export.generation)
            .reason(&re_export.reason)
            .detail(json!({ "requested_by": re_export.requested_by.actor.user }));
        self.audit(&act).map(drop)
    }

    /// Takes back a wish that was not sent.
    pub(crate) fn withdraw_re_export(
        &self,
        re_export: &ReExport,
        by: &Asker,
        why: &str,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.execute_one(
            "re_export",
            "UPDATE re_export SET withdrawn_at = :now
             WHERE re_export_id = :re_export AND attempt_id IS NULL AND withdrawn_at IS NULL",
            named_params! { ":now": stamp(now), ":re_export": re_export.re_export_id },
        )?;
        let act = AuditAct::new(now, &by.actor, Act::ReExportWithdrawn)
            .accounting_user(&by.accounting_user)
            .record(&re_export.record_id, re_export.generation)
            .reason(why);
        self.audit(&act).map(drop)
    }

    /// Binds the claim of a generation above the first to the wish for it, with an audit entry in the same transaction.
    pub(in crate::ledger) fn claim_re_export(
        &self,
        run: i64,
        attempt_id: i64,
        member: &ClaimMember,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let (record, generation) = (member.record_id.as_str(), member.generation);
        let missing = || LedgerError::Impossible { what: "re_export", found: format!("no wish for {record}") };
        let wish = self.open_re_export(record)?.filter(|wish| wish.generation == generation).ok_or_else(missing)?;
        self.execute_one(
            "re_export",
            "UPDATE re_export SET attempt_id = :attempt WHERE re_export_id = :re_export AND attempt_id IS NULL",
            named_params! { ":attempt": attempt_id, ":re_export": wish.re_export_id },
        )?;
        let earlier = self.exported(record)?;
        let run_id = self.run_id_of(run)?;
        let act = AuditAct::new(now, &wish.requested_by.actor, Act::ReExportClaimed)
            .accounting_user(&wish.requested_by.accounting_user)
            .record(record, generation)
            .run(&run_id)
            .earlier_voucher(earlier.as_ref().map(|earlier| earlier.voucher_id.as_str()))
            .reason(&wish.reason)
            .detail(json!({ "reference": member.reference.as_str() }));
        self.audit(&act).map(drop)
    }

    /// Settles the wish by the accounting system's answer, with the earlier voucher beside the new one.
    pub(in crate::ledger) fn settle_re_export(
        &self,
        run: i64,
        claimed: &Claimed,
        settlement: &Settlement,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let wish = self.row(
            include_str!("re_export_of_attempt.sql"),
            named_params! { ":attempt": claimed.attempt_id },
            |row| Ok((self.re_export(row)?, self.get::<Option<String>>(row, "earlier_voucher_id")?)),
        )?;
        if matches!(settlement, Settlement::Posted { .. }) {
            // Exactly one voucher stands for a record, or an alarm is open.
            self.execute(
                include_str!("clear_earlier_alarms.sql"),
                named_params! {
                    ":record": claimed.record_id.as_str(), ":generation": claimed.generation.number(), ":now": stamp(now),
                },
            )?;
        }
        // A voucher of a generation that was asked for elsewhere may be found in the books; it has no wish here.
        let Some((wish, earlier_voucher_id)) = wish else { return Ok(()) };
        if matches!(settlement, Settlement::NotSent) {
            // Provably nothing was written: the wish stands as it stood before the claim.
            self.execute_one(
                "re_export",
                "UPDATE re_export SET attempt_id = NULL WHERE re_export_id = :re_export",
                named_params! { ":re_export": wish.re_export_id },
            )?;
        }
        let run_id = self.run_id_of(run)?;
        let voucher = match settlement {
            Settlement::Posted { acknowledgement, .. } => Some(acknowledgement.voucher_id.as_str()),
            _ => None,
        };
        let act = AuditAct::new(now, &wish.requested_by.actor, Act::ReExportSettled)
            .accounting_user(&wish.requested_by.accounting_user)
            .record(claimed.record_id.as_str(), claimed.generation)
            .run(&run_id)
            .voucher(voucher)
            .earlier_voucher(earlier_voucher_id.as_deref())
            .reason(&wish.reason)
            .detail(json!({
                "reference": claimed.reference.as_str(),
                "result": settlement.result().map(crate::domain::ItemResult::as_str),
            }));
        self.audit(&act).map(drop)
    }

    pub(in crate::ledger) fn run_id_of(&self, run: i64) -> Result<RunId, LedgerError> {
        let found =
            self.row("SELECT run_id FROM run WHERE run_number = :run", named_params! { ":run": run }, |row| {
                self.get::<String>(row, "run_id")
            })?;
        found.map(RunId::new).ok_or(LedgerError::Impossible { what: "run_number", found: run.to_string() })
    }

    /// Enters the row of a re-export in its run, in place of a plan.
    pub(crate) fn plan_re_export(&self, run: i64, re_export: &ReExport) -> Result<(), LedgerError> {
        self.execute_one(
            "run_item",
            include_str!("plan_re_export.sql"),
            named_params! {
                ":run": run, ":record": re_export.record_id, ":generation": re_export.generation.number(),
            },
        )
    }
}

/// A counter-voucher to be claimed.
#[derive(Debug, Clone)]
pub(crate) struct ReversalAsk {
    pub(crate) run: i64,
    pub(crate) re_export: ReExport,
    pub(crate) earlier: ExportedVoucher,
    pub(crate) reference: Reference,
    pub(crate) key: RequestKey,
    pub(crate) date: NaiveDate,
    pub(crate) now: DateTime<Utc>,
}

/// The result for a counter-voucher.
#[derive(Debug, Clone)]
pub(crate) enum ReversalSettlement {
    /// It stands in the books.
    Posted { voucher_id: String, number: Option<String> },
    /// The accounting system said no.
    Refused(Refusal),
    /// No answer was understood; a second request is answered with the one that was made.
    Unknown,
}

impl LedgerTx<'_> {
    /// Claims the counter-voucher, before its first byte leaves; one that is claimed already is returned as it is.
    pub(crate) fn claim_reversal(&self, ask: &ReversalAsk) -> Result<ClaimedReversal, LedgerError> {
        let known =
            self.row(include_str!("open_reversal.sql"), named_params! { ":voucher": ask.earlier.voucher_id }, |row| {
                self.claimed_reversal(row)
            })?;
        if let Some(known) = known {
            return Ok(known);
        }
        self.execute(
            include_str!("claim_reversal.sql"),
            named_params! {
                ":re_export": ask.re_export.re_export_id, ":attempt": ask.earlier.attempt_id,
                ":voucher": ask.earlier.voucher_id, ":reference": ask.reference.as_str(), ":key": ask.key.as_str(),
                ":date": ask.date.to_string(), ":reason": ask.re_export.reason, ":run": ask.run,
                ":now": stamp(ask.now),
            },
        )?;
        let reversal_id = self.inserted();
        let run_id = self.run_id_of(ask.run)?;
        let by = &ask.re_export.requested_by;
        let act = AuditAct::new(ask.now, &by.actor, Act::ReversalClaimed)
            .accounting_user(&by.accounting_user)
            .record(&ask.re_export.record_id, ask.earlier.generation)
            .run(&run_id)
            .earlier_voucher(Some(&ask.earlier.voucher_id))
            .reason(&ask.re_export.reason)
            .detail(json!({ "reference": ask.reference.as_str() }));
        self.audit(&act)?;
        Ok(ClaimedReversal {
            reversal_id,
            key: ask.key.clone(),
            voucher_id: ask.earlier.voucher_id.clone(),
            reference: ask.reference.clone(),
            date: ask.date,
            reason: ask.re_export.reason.clone(),
        })
    }

    fn claimed_reversal(&self, row: &Row<'_>) -> Result<ClaimedReversal, LedgerError> {
        Ok(ClaimedReversal {
            reversal_id: self.get(row, "reversal_id")?,
            key: RequestKey::new(self.get::<String>(row, "key")?),
            voucher_id: self.get(row, "voucher_id")?,
            reference: Reference::from_stored(self.get::<String>(row, "reference")?),
            date: crate::ledger::values::day("reversal.date", &self.get::<String>(row, "date")?)?,
            reason: self.get(row, "reason")?,
        })
    }

    /// Returns the counter-vouchers that were claimed and not settled, oldest first.
    pub(crate) fn open_reversals(&self) -> Result<Vec<ClaimedReversal>, LedgerError> {
        self.rows(
            "SELECT reversal_id, key, voucher_id, reference, date, reason FROM reversal
             WHERE state IN ('claimed', 'unknown') ORDER BY reversal_id",
            [],
            |row| self.claimed_reversal(row),
        )
    }

    /// Settles a counter-voucher, and enters it in the audit trail.
    pub(crate) fn settle_reversal(
        &self,
        run: i64,
        reversal: &ClaimedReversal,
        settlement: &ReversalSettlement,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let (state, voucher, number, refusal) = match settlement {
            ReversalSettlement::Posted { voucher_id, number } => {
                ("posted", Some(voucher_id.as_str()), number.as_deref(), None)
            }
            ReversalSettlement::Refused(refusal) => ("refused", None, None, Some(json(refusal))),
            ReversalSettlement::Unknown => ("unknown", None, None, None),
        };
        // A later re-export of the same voucher asked for it again: a settled one stays as it was settled.
        let posted = self.row(
            "SELECT 1 AS one FROM reversal WHERE reversal_id = :reversal AND state = 'posted'",
            named_params! { ":reversal": reversal.reversal_id },
            |row| self.get::<i64>(row, "one"),
        )?;
        if posted.is_some() {
            return Ok(());
        }
        let settled = !matches!(settlement, ReversalSettlement::Unknown);
        self.execute_one(
            "reversal",
            "UPDATE reversal SET state = :state, settled_at = :settled_at, counter_voucher_id = :voucher,
                 counter_number = :number, problem = :problem
             WHERE reversal_id = :reversal AND state IN ('claimed', 'unknown')",
            named_params! {
                ":state": state, ":settled_at": settled.then(|| stamp(now)), ":voucher": voucher, ":number": number,
                ":problem": refusal, ":reversal": reversal.reversal_id,
            },
        )?;
        if state == "posted" {
            // From here on the record is in no book, until its new voucher is acknowledged: whatever comes in between.
            self.execute(
                include_str!("alarm_of_reversed.sql"),
                named_params! { ":reversal": reversal.reversal_id, ":now": stamp(now) },
            )?;
        }
        let run_id = self.run_id_of(run)?;
        let of = self.row(
            "SELECT record_id, generation FROM reversal JOIN attempt USING (attempt_id) WHERE reversal_id = :reversal",
            named_params! { ":reversal": reversal.reversal_id },
            |row| Ok((self.get::<String>(row, "record_id")?, self.generation(row)?)),
        )?;
        let (record, generation) =
            of.ok_or(LedgerError::Impossible { what: "reversal", found: reversal.reversal_id.to_string() })?;
        let act = AuditAct::new(now, actor, Act::ReversalSettled)
            .record(&record, generation)
            .run(&run_id)
            .voucher(voucher)
            .earlier_voucher(Some(&reversal.voucher_id))
            .reason(&reversal.reason)
            .detail(json!({ "reference": reversal.reference.as_str(), "result": state }));
        self.audit(&act).map(drop)
    }

    /// Returns the re-exports that could have been sent and were not: wanted, approved if that is asked for, and
    /// unclaimed.
    pub(crate) fn left_re_exports(&self) -> Result<Vec<LeftReExport>, LedgerError> {
        self.rows(include_str!("left_re_exports.sql"), [], |row| {
            Ok(LeftReExport { re_export: self.re_export(row)?, is_reversed: self.get(row, "is_reversed")? })
        })
    }
}

/// A re-export whose run ended before it was claimed.
#[derive(Debug, Clone)]
pub(crate) struct LeftReExport {
    pub(crate) re_export: ReExport,
    /// True if the earlier voucher was reversed for it.
    pub(crate) is_reversed: bool,
}
