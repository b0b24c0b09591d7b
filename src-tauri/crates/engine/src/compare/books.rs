//! Reads the books from a file that the accounting system handed out: what was handed over becomes exported, and what
//! differs is told. Everything that a reading leaves in the ledger is one transaction.

use std::sync::Arc;

use serde_json::json;

use super::examiner::AlarmWriter;
use super::read_back::{Conclusion, ReadBackCase, conclude};
use super::tally::Tally;
use crate::domain::{
    Acknowledgement, Act, Actor, AttemptState, DifferenceKind, Outcome, Period, Reference, VoucherState,
};
use crate::error::Problem;
use crate::ledger::{
    AuditAct, ComparisonEnd, ComparisonStart, FiledAttempt, LedgerError, LedgerTx, Moment, NewDifference, RunStart,
    Settlement,
};
use crate::parts::Parts;
use crate::ports::{BooksFacts, BooksFile, BooksReading, Connection, WantedVoucher};
use crate::views::{Comparison, Sides};

/// The run in which what is seen is exported.
#[derive(Debug, Clone)]
pub(crate) enum ReadIn {
    /// One of its own, if anything is seen.
    Own(Box<RunStart>),
    /// The run that is on, by number.
    Run(i64),
}

/// Books that were read, with what they say of each attempt.
#[derive(Debug, Clone)]
pub(crate) struct BooksRead {
    pub(crate) facts: BooksFacts,
    pub(crate) comparison: Comparison,
    /// The number of records that are exported from now on.
    pub(crate) exported: u64,
    /// The file of each attempt that waits, and whether its absence is proven.
    pub(crate) waiting: Vec<(Option<u32>, bool)>,
    /// The vouchers that stand for attempts, each with its file.
    pub(crate) there: Vec<(Option<u32>, Reference, String)>,
}

/// Reads a file of the books to its end, and writes what follows from it.
pub(crate) async fn read_books(
    parts: &Parts,
    connection: &Connection,
    actor: &Actor,
    books: Arc<dyn BooksFile>,
    (read_in, at): (ReadIn, Moment),
) -> Result<BooksRead, Problem> {
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
    let writer =
        Writer { read_in, at, actor: actor.clone(), connection: connection.clone(), facts: facts.clone(), cases };
    let (comparison, exported) = parts.ledger.write(move |tx| writer.write(tx)).await?;
    Ok(BooksRead { facts, comparison, exported, waiting, there })
}

/// Returns the file of an attempt that was handed over and is not there, and whether that is proven.
fn waits(case: &ReadBackCase) -> Option<(Option<u32>, bool)> {
    let is_handed_over = case.attempt.compared.state == AttemptState::HandedOver;
    match case.conclusion {
        Conclusion::Open(unproven) if is_handed_over => Some((case.attempt.file, unproven.is_none())),
        _ => None,
    }
}

/// Returns the days that a file covers.
pub(crate) fn period_of(facts: &BooksFacts) -> Period {
    Period::new(facts.from, facts.to).unwrap_or(Period::EVERYTHING)
}

/// Everything that a reading leaves in the ledger, in one transaction.
struct Writer {
    read_in: ReadIn,
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
            period: period_of(&self.facts),
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
        let number = match &self.read_in {
            ReadIn::Own(start) => tx.begin_with_entry(start, self.at)?,
            ReadIn::Run(number) => *number,
        };
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
        if let ReadIn::Own(start) = &self.read_in {
            tx.set_read(number, seen.len() as u64)?;
            tx.finish_run(number, Outcome::Completed, None, self.at.now)?;
            let detail = json!({
                "outcome": Outcome::Completed.as_str(), "exported": seen.len(), "books": self.facts.sha256,
            });
            let act = AuditAct::new(self.at.now, &self.actor, Act::SyncEnded)
                .accounting_user(&self.connection.user_id)
                .run(&start.run_id)
                .detail(detail);
            tx.audit(&act)?;
        }
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
        let mut tally = Tally { differences, ..Tally::default() };
        for case in &self.cases {
            let amount = case.attempt.compared.amount;
            if matches!(case.conclusion, Conclusion::Exported { .. } | Conclusion::Well | Conclusion::Differs(_)) {
                tally.expects(amount);
            }
            for voucher in case.found.iter().filter(|voucher| voucher.state == VoucherState::Posted) {
                tally.stands(voucher, amount.minor() < 0);
            }
            match case.conclusion {
                Conclusion::Well | Conclusion::Exported { differs: None, .. } => tally.matched += 1,
                Conclusion::Open(Some(_)) if case.attempt.compared.state == AttemptState::Posted => tally.waiting += 1,
                Conclusion::NotExpected => tally.reversed += 1,
                _ => {}
            }
        }
        tally.into_end()
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
