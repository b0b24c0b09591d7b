//! Reads the books back from a file that the accounting system handed out: what was handed over becomes exported, and
//! what differs is told.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::audit;
use crate::compare::{AlarmWriter, Conclusion, ReadBackCase, conclude};
use crate::domain::{
    Acknowledgement, Act, Actor, AttemptState, DifferenceKind, Money, Outcome, Period, Reference, RunId, Trigger,
};
use crate::engine::Engine;
use crate::error::Problem;
use crate::export::identity::Asks;
use crate::export::progress::Reporter;
use crate::export::walls::{AcquiredLocks, LockRequest};
use crate::ledger::{
    AuditAct, ComparisonEnd, ComparisonStart, FiledAttempt, LedgerError, LedgerTx, Moment, NewDifference, RunStart,
    Settlement,
};
use crate::parts::Parts;
use crate::ports::{BooksFacts, BooksFile, BooksReading, Connection, WantedVoucher};
use crate::verbs::reason::check_reason;
use crate::views::{BothSums, Comparison, FileState, HandedOverFile, LockFacts, Sides};

/// A wish to read the books back.
#[derive(Clone)]
pub struct ReadBackAsk {
    /// The file of the books.
    pub books: Arc<dyn BooksFile>,
    /// The person who asks.
    pub actor: Actor,
}

/// A wish to withdraw a file that was never imported.
#[derive(Clone)]
pub struct WithdrawAsk {
    /// The file, by its number.
    pub file: String,
    /// The file of the books, made today, which shows that nothing of it is there.
    pub books: Arc<dyn BooksFile>,
    /// The person's reason.
    pub reason: String,
    /// The number of the file once more.
    pub confirm: String,
    /// The person who asks.
    pub actor: Actor,
}

/// The result of a reading.
#[derive(Debug, Clone)]
pub struct ReadBack {
    /// The facts of the file.
    pub facts: BooksFacts,
    /// The records that were handed over and are exported from now on.
    pub exported: u64,
    /// The records that were handed over and are not there.
    pub waiting: u64,
    /// Those of them that are proven not to be there.
    pub absent: u64,
    /// The comparison that it left, with each difference.
    pub comparison: Comparison,
    /// The run under which they were exported, if any was.
    pub run_id: Option<RunId>,
}

/// The end of a reading.
#[derive(Debug, Default)]
pub struct ReadBackEnd {
    /// The result.
    pub read: Option<ReadBack>,
    /// The file that was withdrawn.
    pub withdrawn: Option<HandedOverFile>,
    /// The problem, if there was one.
    pub error: Option<Problem>,
    /// The holder of the lock, if it was refused.
    pub lock: Option<LockFacts>,
}

impl Engine {
    /// Reads the books back from a file, and draws the consequences; nobody syncs meanwhile. Nothing is sent.
    pub async fn read_back(&self, ask: ReadBackAsk) -> ReadBackEnd {
        let ReadBackAsk { books, actor } = ask;
        self.behind_walls(&actor, async |locks, run_id| {
            let read = read(self.parts(), locks, run_id, &actor, books).await?;
            Ok(ReadBackEnd { read: Some(read.result), ..ReadBackEnd::default() })
        })
        .await
    }

    /// Withdraws a file of which these books show nothing: its records go again, in a new file and under the next
    /// generation.
    ///
    /// The books are read back as well, whatever becomes of the wish.
    pub async fn withdraw_file(&self, ask: WithdrawAsk) -> ReadBackEnd {
        let WithdrawAsk { file, books, reason, confirm, actor } = ask;
        self.behind_walls(&actor, async |locks, run_id| {
            let reason = check_reason(&reason)?;
            let parts = self.parts();
            let found = parts.ledger.sealed_file(&file).await?.ok_or_else(|| Problem::file_not_found(&file))?;
            if confirm != found.label && confirm != found.number.to_string() {
                return Err(Problem::confirmation_differs(&found.label, &confirm));
            }
            let read = read(parts, locks, run_id, &actor, books).await?;
            let label = found.label.clone();
            let found = parts.ledger.sealed_file(&label).await?.ok_or_else(|| Problem::file_not_found(&label))?;
            read.check_never_imported(&found, parts.settings.booking_day(parts.clock.now()).today)?;
            let (number, by, user, now) =
                (found.number, actor.clone(), locks.connection.user_id.clone(), parts.clock.now());
            parts.ledger.write(move |tx| tx.withdraw_file(number, &reason, &by, &user, now)).await?;
            audit::seal(parts, locks.permit()?, &actor).await?;
            let withdrawn = parts.ledger.sealed_file(&label).await?;
            Ok(ReadBackEnd { read: Some(read.result), withdrawn, ..ReadBackEnd::default() })
        })
        .await
    }

    async fn behind_walls(
        &self,
        actor: &Actor,
        act: impl AsyncFnOnce(&AcquiredLocks, &RunId) -> Result<ReadBackEnd, Problem>,
    ) -> ReadBackEnd {
        let parts = self.parts();
        let run_id = RunId::new(parts.ids.fresh());
        let reporter = Reporter::new(run_id.clone(), parts.clock.clone());
        let stop = CancellationToken::new();
        let request = LockRequest {
            parts,
            actor,
            run_id: &run_id,
            operation: "compare",
            progress: reporter.lock_progress(),
            shows: Some(reporter.progress()),
            wait: Duration::ZERO,
            stop: &stop,
            checks_witness: true,
            asks: Asks::Everything,
        };
        let locks = match request.take().await {
            Ok(locks) => locks,
            Err(end) => return ReadBackEnd { error: end.error, lock: end.lock, ..ReadBackEnd::default() },
        };
        let done = act(&locks, &run_id).await;
        locks.give_back(parts.accounting.as_ref()).await;
        done.unwrap_or_else(|problem| ReadBackEnd { error: Some(problem), ..ReadBackEnd::default() })
    }
}

/// A reading with what it says of each attempt.
struct Reading {
    result: ReadBack,
    /// The file of each attempt that waits, with its reference and whether its absence is proven.
    waiting: Vec<(Option<u32>, bool)>,
    /// The vouchers that stand for attempts of a file.
    there: Vec<(Option<u32>, Reference, String)>,
}

impl Reading {
    /// Checks that a file is withdrawn safely: all of it waits, and these books, made today, prove that nothing of it is
    /// there.
    fn check_never_imported(&self, file: &HandedOverFile, today: NaiveDate) -> Result<(), Problem> {
        let label = &file.label;
        if let Some((_, reference, voucher)) = self.there.iter().find(|(number, ..)| *number == Some(file.number)) {
            return Err(Problem::file_was_imported(label, reference, voucher));
        }
        if file.state != FileState::Sealed || file.waiting != file.vouchers {
            return Err(Problem::file_not_waiting(label));
        }
        let of_file = self.waiting.iter().filter(|(number, _)| *number == Some(file.number));
        let proven = of_file.filter(|(_, is_proven)| *is_proven).count() as u64;
        let is_of_today = self.result.facts.made_on == Some(today);
        if proven == file.vouchers && is_of_today {
            Ok(())
        } else {
            let unproven = if is_of_today { file.vouchers - proven } else { file.vouchers };
            Err(Problem::file_absence_unproven(label, unproven))
        }
    }
}

async fn read(
    parts: &Parts,
    locks: &AcquiredLocks,
    run_id: &RunId,
    actor: &Actor,
    books: Arc<dyn BooksFile>,
) -> Result<Reading, Problem> {
    let (filed, counters) = parts.ledger.read(|tx| Ok((tx.filed()?, tx.counter_references()?))).await?;
    let time_zone = parts.settings.time_zone;
    let wanted: Vec<WantedVoucher> = filed
        .iter()
        .map(|attempt| {
            let left = attempt.sealed_at.or(attempt.compared.settled_at).unwrap_or(attempt.compared.last_sent_at);
            WantedVoucher {
                reference: attempt.compared.reference.clone(),
                date: attempt.compared.date,
                total: attempt.compared.total(),
                left_on: left.with_timezone(&time_zone).date_naive(),
            }
        })
        .collect();
    let done = tokio::task::spawn_blocking(move || books.read(&wanted, &counters)).await;
    let BooksReading { facts, seen } = done.unwrap_or_else(|error| Err(Problem::internal(error)))?;
    let cases: Vec<ReadBackCase> = filed.into_iter().zip(seen).map(|(attempt, seen)| conclude(attempt, seen)).collect();
    let waiting: Vec<(Option<u32>, bool)> = cases.iter().filter_map(waits).collect();
    let there = cases.iter().filter_map(|case| {
        let first = case.found.first()?;
        Some((case.attempt.file, case.attempt.compared.reference.clone(), first.acknowledgement.voucher_id.clone()))
    });
    let there = there.collect();
    let absent = waiting.iter().filter(|(_, is_proven)| *is_proven).count() as u64;
    let (start, at) = locks.start(parts, run_id, actor, Trigger::Manual, period_of(&facts))?;
    let writer =
        Writer { start, at, actor: actor.clone(), connection: locks.connection.clone(), facts: facts.clone(), cases };
    let (comparison, exported) = parts.ledger.write(move |tx| writer.write(tx)).await?;
    audit::seal(parts, locks.permit()?, actor).await?;
    let result = ReadBack {
        facts,
        exported,
        waiting: waiting.len() as u64,
        absent,
        comparison,
        run_id: (exported > 0).then(|| run_id.clone()),
    };
    Ok(Reading { result, waiting, there })
}

/// Returns the file of an attempt that was handed over and is not there, and whether that is proven.
fn waits(case: &ReadBackCase) -> Option<(Option<u32>, bool)> {
    let is_handed_over = case.attempt.compared.state == AttemptState::HandedOver;
    match case.conclusion {
        Conclusion::Open(unproven) if is_handed_over => Some((case.attempt.file, unproven.is_none())),
        _ => None,
    }
}

fn period_of(facts: &BooksFacts) -> Period {
    Period::new(facts.from, facts.to).unwrap_or(Period::EVERYTHING)
}

/// Everything that a reading leaves in the ledger, in one transaction.
struct Writer {
    start: RunStart,
    at: Moment,
    actor: Actor,
    connection: Connection,
    facts: BooksFacts,
    cases: Vec<ReadBackCase>,
}

impl Writer {
    fn write(self, tx: &LedgerTx<'_>) -> Result<(Comparison, u64), LedgerError> {
        let exported = self.settle(tx)?;
        let id = tx.begin_comparison(&ComparisonStart {
            period: self.start.period,
            organisation: self.connection.organisation_id.clone(),
            address: self.facts.file.clone(),
            actor: self.actor.clone(),
            accounting_user: self.connection.user_id.clone(),
            started_at: self.at.now,
        })?;
        let mut differences = 0;
        for case in &self.cases {
            if let Some(kind) = difference_of(case) {
                differences += 1;
                tx.add_difference(id, differences, &new_difference(case, kind))?;
            }
            self.alarm(tx, case)?;
        }
        let end = self.end(differences);
        tx.finish_comparison(id, None, &end, self.at.now)?;
        let act = AuditAct::new(self.at.now, &self.actor, Act::BooksRead)
            .accounting_user(&self.connection.user_id)
            .detail(json!({
                "books": self.facts, "comparison": id, "exported": exported, "matched": end.matched,
                "waiting": end.waiting, "differences": differences,
            }));
        tx.audit(&act)?;
        let comparison = tx.comparison(id)?;
        let comparison =
            comparison.ok_or(LedgerError::Impossible { what: "comparison", found: format!("no row {id}") })?;
        Ok((comparison, exported))
    }

    /// Settles what is seen, as a run of its own; returns how many are exported now.
    fn settle(&self, tx: &LedgerTx<'_>) -> Result<u64, LedgerError> {
        let seen: Vec<(&FiledAttempt, &Acknowledgement)> = self
            .cases
            .iter()
            .filter_map(|case| match &case.conclusion {
                Conclusion::Exported { acknowledgement, .. } => Some((&case.attempt, acknowledgement)),
                _ => None,
            })
            .collect();
        if seen.is_empty() {
            return Ok(0);
        }
        let number = tx.begin_with_entry(&self.start, self.at)?;
        for (attempt, acknowledgement) in &seen {
            let (id, mut acknowledgement) = (attempt.compared.attempt_id, (*acknowledgement).clone());
            if tx.holder_of_voucher(&acknowledgement.voucher_id, id)?.is_some() {
                // An importer made one voucher of several; the reference says which part of it is meant.
                acknowledgement.voucher_id = format!("{} ({})", acknowledgement.voucher_id, attempt.compared.reference);
            }
            // The file may never have been known to be delivered; the books know better.
            tx.seal_file_seen(number, id, self.at.now)?;
            tx.settle_filed(number, id, &Settlement::Posted { acknowledgement, found: false, made: None }, self.at)?;
        }
        tx.set_read(number, seen.len() as u64)?;
        tx.finish_run(number, Outcome::Completed, None, self.at.now)?;
        let act = AuditAct::new(self.at.now, &self.actor, Act::SyncEnded)
            .accounting_user(&self.connection.user_id)
            .run(&self.start.run_id)
            .detail(
                json!({ "outcome": Outcome::Completed.as_str(), "exported": seen.len(), "books": self.facts.sha256 }),
            );
        tx.audit(&act)?;
        Ok(seen.len() as u64)
    }

    fn alarm(&self, tx: &LedgerTx<'_>, case: &ReadBackCase) -> Result<(), LedgerError> {
        let alarms =
            AlarmWriter { tx, now: self.at.now, actor: &self.actor, accounting_user: &self.connection.user_id };
        let mut attempt = case.attempt.compared.clone();
        match &case.conclusion {
            Conclusion::Exported { acknowledgement, differs: Some(kind) } => {
                attempt.state = AttemptState::Posted;
                attempt.voucher_id = Some(acknowledgement.voucher_id.clone());
                alarms.raise(&attempt, *kind, &case.found)
            }
            Conclusion::Differs(kind) => alarms.raise(&attempt, *kind, &case.found),
            // Both vouchers of the record are told as one alarm.
            Conclusion::WithdrawnAndThere => {
                attempt.state = AttemptState::Posted;
                alarms.raise(&attempt, DifferenceKind::Several, &case.found)
            }
            Conclusion::Well | Conclusion::NotExpected => tx.clear_alarm(attempt.attempt_id, self.at.now).map(drop),
            Conclusion::Exported { .. } | Conclusion::Open(_) | Conclusion::InDoubtAndThere => Ok(()),
        }
    }

    fn end(&self, differences: u64) -> ComparisonEnd {
        let mut end = ComparisonEnd { differences, ..ComparisonEnd::default() };
        let mut sums: std::collections::BTreeMap<&'static str, (crate::domain::Currency, i128, i128)> =
            Default::default();
        for case in &self.cases {
            let amount: Money = case.attempt.compared.amount;
            let sum = sums.entry(amount.currency().code()).or_insert((amount.currency(), 0, 0));
            let is_known =
                matches!(case.conclusion, Conclusion::Exported { .. } | Conclusion::Well | Conclusion::Differs(_));
            if is_known {
                end.ledger_vouchers += 1;
                sum.1 += i128::from(amount.minor());
            }
            let standing = case.found.iter().filter(|voucher| voucher.state == crate::domain::VoucherState::Posted);
            for voucher in standing {
                end.accounting_vouchers += 1;
                let total = Money::from_decimal(&voucher.total, amount.currency());
                let minor = total.map_or(0, |total| i128::from(total.minor()));
                sum.2 += if amount.minor() < 0 { -minor } else { minor };
            }
            match case.conclusion {
                Conclusion::Well | Conclusion::Exported { differs: None, .. } => end.matched += 1,
                Conclusion::Open(Some(_)) if case.attempt.compared.state == AttemptState::Posted => end.waiting += 1,
                Conclusion::NotExpected => end.reversed += 1,
                _ => {}
            }
        }
        end.sums = sums
            .values()
            .map(|(currency, ledger, accounting)| BothSums {
                currency: currency.code().to_owned(),
                ledger: Money::sum_to_decimal(*ledger, *currency),
                accounting: Money::sum_to_decimal(*accounting, *currency),
            })
            .collect();
        end
    }
}

/// Returns the difference that a case is; `None` if it is none.
fn difference_of(case: &ReadBackCase) -> Option<DifferenceKind> {
    match &case.conclusion {
        Conclusion::Exported { differs, .. } => *differs,
        Conclusion::Differs(kind) => Some(*kind),
        Conclusion::WithdrawnAndThere => Some(DifferenceKind::UnknownToLedger),
        Conclusion::InDoubtAndThere => Some(DifferenceKind::InDoubtFound),
        Conclusion::Well | Conclusion::NotExpected | Conclusion::Open(_) => None,
    }
}

fn new_difference(case: &ReadBackCase, kind: DifferenceKind) -> NewDifference {
    let attempt = &case.attempt.compared;
    let voucher = case.found.first().map(|voucher| voucher.acknowledgement.voucher_id.clone());
    NewDifference {
        kind,
        record_id: Some(attempt.record_id.as_str().to_owned()),
        generation: Some(attempt.generation),
        reference: attempt.reference.as_str().to_owned(),
        voucher_id: attempt.voucher_id.clone().or(voucher),
        sides: Sides { ledger: Some(attempt.side()), accounting: case.found.clone(), drafts: Vec::new() },
    }
}
