//! Plans all rows: it leads pages of the ledger through the pure decision, into the rows of a run or, for a dry run,
//! into a summary.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::plan::{Decision, PlanRules, Target, list};
use crate::calls::RunError;
use crate::domain::{
    Capabilities, Currency, CurrencySums, Generation, HoldReason, ItemResult, Money, Period, Place, Posting, Record,
    ReferenceForms, ReferenceRules, SetDigest,
};
use crate::ledger::{ExportedTwin, LedgerError, LedgerTx, OddRows, PlannedItem, Reading};
use crate::parts::Parts;
use crate::ports::AccountingSystem;
use crate::settings::Settings;
use crate::views::{AccountSum, PlanSummary, Reason, RunItem, Sum, VoucherDraft};

/// The number of rows planned in one transaction.
const PAGE_ROWS: usize = 2_000;

impl PlanRules {
    /// Returns the rules of a run over these parts, as they are at this moment.
    pub(crate) fn of(parts: &Parts, period: Period, references: ReferenceForms, run: Option<i64>) -> Self {
        let to_show = Self::to_show(&parts.settings, Some(parts.accounting.clone()), parts.clock.now());
        Self { period, references, run, ..to_show }
    }

    /// Returns the rules by which vouchers are shown at that moment, while nobody asks the accounting system: the form
    /// of a reference is its own, and does not matter.
    pub(crate) fn to_show(settings: &Settings, target: Option<Arc<dyn AccountingSystem>>, now: DateTime<Utc>) -> Self {
        let references = ReferenceRules { length_max: usize::MAX, folds_case: false, ascii_only: false };
        Self {
            organisation: settings.organisation.clone(),
            references: references.into(),
            posting: settings.posting.clone(),
            period: Period::EVERYTHING,
            day: settings.booking_day(now),
            takes_vat_codes: true,
            takes_own_amounts: true,
            run: None,
            target: Target(target),
        }
    }

    /// Returns the rules for an accounting system that can do so much.
    pub(crate) fn over(self, capabilities: &Capabilities) -> Self {
        Self { takes_vat_codes: capabilities.vat_codes, takes_own_amounts: capabilities.own_amounts, ..self }
    }
}

/// The counts of a plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) read: u64,
    pub(crate) send: u64,
    pub(crate) skipped: u64,
    pub(crate) in_doubt: u64,
    pub(crate) held: u64,
    pub(crate) left_out: u64,
    /// The records to send that look like others, for information.
    pub(crate) look_alikes: u64,
    /// Those of them that were exported under another id before they were ever seen under this one.
    pub(crate) twins: Twins,
    /// The receipts that the records to be sent name.
    receipts: u64,
    sums: CurrencySums,
    held_items: Vec<RunItem>,
    /// The first vouchers, with their records' ids.
    vouchers: Vec<(String, VoucherDraft)>,
    /// Debit and credit of each account, by currency.
    accounts: BTreeMap<(String, &'static str), AccountTally>,
}

/// Debit and credit of an account.
#[derive(Debug, Clone, Copy)]
struct AccountTally {
    currency: Currency,
    debit: i128,
    credit: i128,
    lines: u64,
}

/// The records to send that equal exported ones, without the records themselves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Twins {
    pub(crate) count: u64,
    /// The number of those whose exported one has left the source.
    pub(crate) gone: u64,
    /// The first of them, and the exported one.
    pub(crate) first: Option<(String, String)>,
    /// All of them together.
    pub(crate) digest: SetDigest,
}

impl Twins {
    fn add(&mut self, record: &Record, exported: ExportedTwin) {
        self.count += 1;
        self.gone += u64::from(exported.is_gone);
        // The one that is asked about is shown.
        if exported.is_gone && self.gone == 1 {
            self.first = None;
        }
        self.digest.add(record.id.as_str(), record.content_hash().as_bytes());
        self.first.get_or_insert_with(|| (record.id.as_str().to_owned(), exported.record_id));
    }
}

impl Default for Cursor {
    fn default() -> Self {
        Self::Records(0)
    }
}

/// The place of the planning: records first, then rows that repeat them, then rows that are no records, then those
/// that do not count.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cursor {
    Records(i64),
    Repeats(i64),
    Flaws(i64),
    LeftOut(i64),
    Done,
}

/// Plans every row of a reading, a page in each transaction.
pub(crate) async fn make_plan(parts: &Parts, reading: Reading, rules: &PlanRules) -> Result<Tally, RunError> {
    let (mut cursor, mut tally) = (Cursor::default(), Tally::default());
    while !matches!(cursor, Cursor::Done) {
        let (rules, now) = (rules.clone(), parts.clock.now());
        let act = move |tx: &LedgerTx<'_>| {
            let cursor = plan_page(tx, reading, &rules, now, cursor, &mut tally)?;
            Ok((cursor, tally))
        };
        (cursor, tally) = parts.ledger.write(act).await?;
    }
    Ok(tally)
}

/// Plans one page; if `run` is given, its rows are entered there.
pub(crate) fn plan_page(
    tx: &LedgerTx<'_>,
    reading: Reading,
    rules: &PlanRules,
    now: DateTime<Utc>,
    cursor: Cursor,
    tally: &mut Tally,
) -> Result<Cursor, LedgerError> {
    let has_exported = tx.has_exported()?;
    let mut page = Page { tx, rules, now, tally, position: 0, has_exported };
    if let Some(run) = rules.run {
        page.position = tx.next_position(run)?;
    }
    match cursor {
        Cursor::Records(after) => page.records(reading, after),
        Cursor::Repeats(after) => page.repeats(reading, after),
        Cursor::Flaws(after) => page.flaws(reading, after),
        Cursor::LeftOut(after) => page.left_out(reading, after),
        Cursor::Done => Ok(Cursor::Done),
    }
}

/// Plans, by the same rules, rows that were in doubt when the plan was made and turned out never sent.
pub(crate) fn plan_unsent(tx: &LedgerTx<'_>, run: i64, rules: &PlanRules) -> Result<(), LedgerError> {
    for (position, candidate) in tx.unsent(run)? {
        if matches!(rules.decide(&candidate), Decision::Send(_)) {
            tx.plan_unsent(run, position)?;
        }
    }
    Ok(())
}

struct Page<'a> {
    tx: &'a LedgerTx<'a>,
    rules: &'a PlanRules,
    now: DateTime<Utc>,
    tally: &'a mut Tally,
    position: u64,
    /// True if there is anything that a new record may be a look-alike of.
    has_exported: bool,
}

/// A row that has its result without being sent.
struct Settled<'a> {
    record_id: Option<&'a str>,
    place: &'a Place,
    result: ItemResult,
    attempt_id: Option<i64>,
    reason: Option<HoldReason>,
}

impl Page<'_> {
    fn records(&mut self, reading: Reading, after: i64) -> Result<Cursor, LedgerError> {
        let candidates = self.tx.candidates(reading, after, PAGE_ROWS)?;
        for candidate in &candidates {
            let mut decision = self.rules.decide(candidate);
            if decision == Decision::Outside {
                continue;
            }
            if matches!(decision, Decision::Send(_))
                && let Some(reason) = self.tx.like_id(reading, &candidate.record)?
            {
                decision = Decision::Hold(reason);
            }
            let id = &candidate.record.id;
            let hold = if let Decision::Hold(reason) = &decision { Some(reason) } else { None };
            if self.rules.run.is_some() && hold != candidate.held.as_ref() {
                self.tx.set_held(id, hold, self.now)?;
            }
            self.tally.read += 1;
            let mut settled = Settled {
                record_id: Some(id.as_str()),
                place: &candidate.place,
                result: ItemResult::Held,
                attempt_id: None,
                reason: None,
            };
            match decision {
                Decision::Outside => {}
                Decision::Recovered => {}
                Decision::InDoubt => self.tally.in_doubt += 1,
                Decision::Skip { attempt_id } => {
                    settled.result = ItemResult::SkippedAlreadyExported;
                    settled.attempt_id = Some(attempt_id);
                    self.enter(&settled)?;
                }
                Decision::WaitsForBooks { attempt_id } => {
                    settled.result = ItemResult::SkippedHandedOver;
                    settled.attempt_id = Some(attempt_id);
                    self.enter(&settled)?;
                }
                Decision::Hold(reason) => {
                    settled.reason = Some(reason);
                    self.enter(&settled)?;
                }
                Decision::Send(posting) => {
                    self.tally.send += 1;
                    self.tally.sums.add(candidate.record.amount);
                    self.tally.receipts += candidate.record.receipts.len() as u64;
                    self.count_look_alike(&candidate.record)?;
                    self.enter_planned(id.as_str(), &candidate.place, candidate.generation())?;
                    // Nobody is shown the vouchers of a run before it is over.
                    if self.rules.run.is_none() {
                        self.tally.post(&posting);
                        if self.tally.vouchers.len() < PlanSummary::VOUCHERS_SHOWN_MAX {
                            self.tally.vouchers.push((id.as_str().to_owned(), (*posting).into()));
                        }
                    }
                }
            }
        }
        Ok(candidates.last().map_or(Cursor::Repeats(0), |last| Cursor::Records(last.cursor)))
    }

    fn count_look_alike(&mut self, record: &Record) -> Result<(), LedgerError> {
        if self.tx.has_look_alike(&record.id)? {
            self.tally.look_alikes += 1;
            if self.has_exported
                && let Some(exported) = self.tx.exported_twin(record)?
            {
                self.tally.twins.add(record, exported);
            }
        }
        Ok(())
    }

    fn repeats(&mut self, reading: Reading, after: i64) -> Result<Cursor, LedgerError> {
        let repeats = self.tx.repeats(reading, after, PAGE_ROWS)?;
        for repeat in &repeats {
            if !self.rules.period.contains(repeat.date) {
                continue;
            }
            self.tally.read += 1;
            let reason = if repeat.same {
                None
            } else {
                Some(HoldReason::IdRepeated { lines: list(&self.tx.places_of(reading, &repeat.record_id)?) })
            };
            let result = if repeat.same { ItemResult::SkippedRepeatedInSource } else { ItemResult::Held };
            self.enter(&Settled {
                record_id: Some(repeat.record_id.as_str()),
                place: &repeat.place,
                result,
                attempt_id: None,
                reason,
            })?;
        }
        Ok(repeats.last().map_or(Cursor::Flaws(0), |last| Cursor::Repeats(last.cursor)))
    }

    /// Holds the rows that cannot be read. They have no date that could be trusted: they are in every period.
    fn flaws(&mut self, reading: Reading, after: i64) -> Result<Cursor, LedgerError> {
        let last = self.odd(reading, OddRows::Flaws, after, ItemResult::Held)?;
        Ok(last.map_or(Cursor::LeftOut(0), Cursor::Flaws))
    }

    /// Lists the rows that do not count, each with its rule.
    fn left_out(&mut self, reading: Reading, after: i64) -> Result<Cursor, LedgerError> {
        let last = self.odd(reading, OddRows::LeftOut, after, ItemResult::LeftOut)?;
        Ok(last.map_or(Cursor::Done, Cursor::LeftOut))
    }

    /// Enters a page of odd rows with this result; returns the cursor behind it.
    fn odd(
        &mut self,
        reading: Reading,
        rows: OddRows,
        after: i64,
        result: ItemResult,
    ) -> Result<Option<i64>, LedgerError> {
        let page = self.tx.odd_rows(reading, rows, after, PAGE_ROWS)?;
        for (_, flaw) in &page {
            self.tally.read += 1;
            self.enter(&Settled {
                record_id: flaw.record_id.as_deref(),
                place: &flaw.place,
                result,
                attempt_id: None,
                reason: Some(flaw.reason.clone()),
            })?;
        }
        Ok(page.last().map(|(last, _)| *last))
    }

    fn enter(&mut self, settled: &Settled<'_>) -> Result<(), LedgerError> {
        match settled.result {
            ItemResult::Held => {
                self.tally.held += 1;
                self.tally.show_held(settled, self.position);
            }
            ItemResult::LeftOut => self.tally.left_out += 1,
            _ => self.tally.skipped += 1,
        }
        self.enter_item(&PlannedItem {
            position: self.position,
            record_id: settled.record_id,
            place: settled.place,
            generation: None,
            result: Some(settled.result),
            attempt_id: settled.attempt_id,
            reason: settled.reason.as_ref(),
        })
    }

    fn enter_planned(&mut self, record_id: &str, place: &Place, generation: Generation) -> Result<(), LedgerError> {
        self.enter_item(&PlannedItem {
            position: self.position,
            record_id: Some(record_id),
            place,
            generation: Some(generation),
            result: None,
            attempt_id: None,
            reason: None,
        })
    }

    fn enter_item(&mut self, item: &PlannedItem<'_>) -> Result<(), LedgerError> {
        if let Some(run) = self.rules.run {
            self.tx.enter(run, item)?;
        }
        self.position += 1;
        Ok(())
    }
}

impl Tally {
    fn post(&mut self, posting: &Posting) {
        let currency = posting.currency;
        for line in &posting.lines {
            let key = (line.account.0.clone(), currency.code());
            let none = AccountTally { currency, debit: 0, credit: 0, lines: 0 };
            let account = self.accounts.entry(key).or_insert(none);
            let minor = i128::from(line.amount.minor());
            account.lines += 1;
            account.debit += minor.max(0);
            account.credit += (-minor).max(0);
        }
    }

    fn show_held(&mut self, settled: &Settled<'_>, position: u64) {
        if self.held_items.len() >= PlanSummary::HELD_SHOWN_MAX {
            return;
        }
        self.held_items.push(RunItem {
            position,
            record_id: settled.record_id.map(str::to_owned),
            place: Some(settled.place.clone()),
            payee: None,
            date: None,
            amount: None,
            generation: None,
            result: Some(settled.result),
            reference: None,
            voucher_id: None,
            voucher_number: None,
            reason: settled.reason.clone().map(Reason::Held),
            earlier_run_id: None,
            earlier_at: None,
            made: None,
            look_alike: None,
        });
    }

    /// Returns the summary that a dry run shows.
    pub(crate) fn into_summary(self) -> PlanSummary {
        let accounts = self.accounts.iter().map(|((account, code), tally)| AccountSum {
            account: account.clone(),
            currency: (*code).to_owned(),
            debit: Money::sum_to_decimal(tally.debit, tally.currency),
            credit: Money::sum_to_decimal(tally.credit, tally.currency),
            lines: tally.lines,
        });
        PlanSummary {
            accounts: accounts.collect(),
            receipts: self.receipts,
            read: self.read,
            send: self.send,
            send_sums: Sum::each(&self.sums),
            skipped: self.skipped,
            in_doubt: self.in_doubt,
            held: self.held,
            left_out: self.left_out,
            look_alikes: self.look_alikes,
            held_items: self.held_items,
            vouchers: self.vouchers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twin_whose_exported_one_is_gone_is_the_one_that_is_shown() {
        let twin = |id: &str, is_gone| ExportedTwin { record_id: id.to_owned(), is_gone };
        let mut twins = Twins::default();
        let record = crate::domain::record::tests::record;
        let shown = |twins: &Twins| twins.first.clone().expect("there is one");
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        twins.add(&record("B"), twin("A", false));
        twins.add(&record("D"), twin("C", false));
        assert_eq!((shown(&twins), twins.count, twins.gone), (pair("B", "A"), 2, 0));
        twins.add(&record("F"), twin("E", true));
        assert_eq!((shown(&twins), twins.count, twins.gone), (pair("F", "E"), 3, 1));
        twins.add(&record("H"), twin("G", false));
        twins.add(&record("J"), twin("I", true));
        assert_eq!((shown(&twins), twins.count, twins.gone), (pair("F", "E"), 5, 2));
    }
}
