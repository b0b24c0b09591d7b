//! Reads the part of the ledger that a comparison needs, a page at a time, and writes what it leaves there.
//!
//! Invariant: a comparison counts once it is finished; only then may it be a run's certificate.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Row, named_params};

use crate::domain::evidence::Expected;
use crate::domain::{
    Actor, AttemptState, DifferenceKind, Generation, Money, Period, RecordId, Reference, RunId, SentContent,
    VoucherPart,
};
use crate::ledger::values::{day, from_json_option, instant, instant_option, json, money, number, signed, stamp, word};
use crate::ledger::{LedgerError, LedgerTx};
use crate::views::{BothSums, LedgerSide, Sides};

/// A comparison, as it begins.
#[derive(Debug, Clone)]
pub(crate) struct ComparisonStart {
    pub(crate) period: Period,
    /// The accounting side's own id of the organisation.
    pub(crate) organisation: String,
    pub(crate) address: String,
    pub(crate) actor: Actor,
    pub(crate) accounting_user: String,
    pub(crate) started_at: DateTime<Utc>,
}

/// The end of a comparison, with its counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ComparisonEnd {
    pub(crate) ledger_vouchers: u64,
    pub(crate) accounting_vouchers: u64,
    pub(crate) matched: u64,
    pub(crate) waiting: u64,
    pub(crate) reversed: u64,
    pub(crate) differences: u64,
    pub(crate) sums: Vec<BothSums>,
    /// The parts of the vouchers' content that the accounting system did not show.
    pub(crate) unseen: Vec<VoucherPart>,
}

/// An attempt, as a comparison looks at it.
#[derive(Debug, Clone)]
pub(crate) struct Compared {
    pub(crate) attempt_id: i64,
    /// The attempt's row in the run, for a certificate's next page.
    pub(crate) position: u64,
    pub(crate) record_id: RecordId,
    pub(crate) generation: Generation,
    pub(crate) reference: Reference,
    pub(crate) state: AttemptState,
    pub(crate) date: NaiveDate,
    pub(crate) amount: Money,
    pub(crate) voucher_id: Option<String>,
    pub(crate) voucher_number: Option<String>,
    pub(crate) run_id: RunId,
    pub(crate) settled_at: Option<DateTime<Utc>>,
    /// The time of the last sending, by the accounting side's clock.
    pub(crate) last_sent_at: DateTime<Utc>,
    /// The state of its reversal, if we reversed its voucher, or may have.
    pub(crate) reversal: Option<AttemptState>,
    /// True if a later generation is posted: a person knew what had become of this one.
    pub(crate) exported_again: bool,
    /// The content beyond day and amount; `None` for a claim of an earlier version.
    pub(crate) sent: Option<SentContent>,
}

/// A difference on its way into the ledger.
#[derive(Debug, Clone)]
pub(crate) struct NewDifference {
    pub(crate) kind: DifferenceKind,
    pub(crate) record_id: Option<String>,
    pub(crate) generation: Option<Generation>,
    pub(crate) reference: String,
    pub(crate) voucher_id: Option<String>,
    pub(crate) sides: Sides,
}

impl Compared {
    /// Returns the content that should stand under its reference.
    pub(crate) fn expected(&self) -> Expected<'_> {
        Expected { reference: &self.reference, date: self.date, amount: self.amount, content: self.sent.as_ref() }
    }

    /// Returns the sum of its voucher's debit lines: the size of the amount, but for a claim with lines on both sides.
    pub(crate) fn total(&self) -> Money {
        let debit = self.sent.as_ref().and_then(SentContent::debit);
        let debit = debit.unwrap_or(self.amount.minor().unsigned_abs());
        Money::from_minor(i64::try_from(debit).unwrap_or(i64::MAX), self.amount.currency())
    }

    /// Returns the attempt as the comparison shows it.
    pub(crate) fn side(&self) -> LedgerSide {
        LedgerSide {
            state: self.state,
            voucher_id: self.voucher_id.clone(),
            voucher_number: self.voucher_number.clone(),
            date: self.date,
            currency: self.amount.currency().code().to_owned(),
            amount: self.amount.to_decimal(),
            run_id: self.run_id.clone(),
            settled_at: self.settled_at,
        }
    }
}

impl LedgerTx<'_> {
    /// Begins a comparison; returns its number.
    pub(crate) fn begin_comparison(&self, start: &ComparisonStart) -> Result<i64, LedgerError> {
        self.execute(
            include_str!("begin_comparison.sql"),
            named_params! {
                ":from": start.period.from.map(|day| day.to_string()), ":to": start.period.to.map(|day| day.to_string()),
                ":organisation": start.organisation, ":address": start.address, ":user": start.actor.user,
                ":host": start.actor.host, ":accounting_user": start.accounting_user, ":now": stamp(start.started_at),
            },
        )?;
        Ok(self.inserted())
    }

    /// Ends the comparison; if `run` is given, it is that run's certificate from now on.
    pub(crate) fn finish_comparison(
        &self,
        comparison: i64,
        run: Option<i64>,
        end: &ComparisonEnd,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.execute_one(
            "comparison",
            include_str!("finish_comparison.sql"),
            named_params! {
                ":comparison": comparison, ":run": run, ":now": stamp(now),
                ":ledger": signed(end.ledger_vouchers), ":accounting": signed(end.accounting_vouchers),
                ":matched": signed(end.matched), ":waiting": signed(end.waiting), ":reversed": signed(end.reversed),
                ":differences": signed(end.differences), ":sums": json(&end.sums), ":unseen": json(&end.unseen),
            },
        )
    }

    /// Writes a difference at its place.
    pub(crate) fn add_difference(
        &self,
        comparison: i64,
        position: u64,
        difference: &NewDifference,
    ) -> Result<(), LedgerError> {
        self.execute_one(
            "comparison_difference",
            include_str!("add_difference.sql"),
            named_params! {
                ":comparison": comparison, ":position": signed(position), ":kind": difference.kind.as_str(),
                ":record": difference.record_id, ":generation": difference.generation.map(Generation::number),
                ":reference": difference.reference, ":voucher": difference.voucher_id,
                ":detail": json(&difference.sides),
            },
        )
    }

    /// Counts the attempts of the period that are posted.
    pub(crate) fn count_posted(&self, period: Period) -> Result<u64, LedgerError> {
        let found = self.row(
            "SELECT count(*) AS posted FROM attempt
             WHERE state = 'posted' AND date BETWEEN :from AND :to",
            named_params! { ":from": first_day(period), ":to": last_day(period) },
            |row| self.get::<i64>(row, "posted"),
        )?;
        number("posted", found.unwrap_or(0))
    }

    /// Returns the posted attempts dated in the period, by date, those behind `after`: a page.
    pub(crate) fn posted_in(
        &self,
        period: Period,
        after: Option<(NaiveDate, i64)>,
        limit: usize,
    ) -> Result<Vec<Compared>, LedgerError> {
        let (after_date, after_attempt) = match after {
            Some((date, attempt)) => (date.to_string(), attempt),
            None => (first_day(period), 0),
        };
        self.rows(
            include_str!("posted_in.sql"),
            named_params! {
                ":to": last_day(period), ":after_date": after_date, ":after_attempt": after_attempt,
                ":limit": signed(limit as u64),
            },
            |row| self.compared(row),
        )
    }

    /// Returns the attempts that a run posted, in the order of its rows, those behind `after`: a page.
    pub(crate) fn exported_of(&self, run: i64, after: u64, limit: usize) -> Result<Vec<Compared>, LedgerError> {
        self.rows(
            include_str!("exported_of.sql"),
            named_params! { ":run": run, ":after": signed(after), ":limit": signed(limit as u64) },
            |row| self.compared(row),
        )
    }

    /// Returns the posted attempts of the records that a run left out as exported, found in the books, or was to export
    /// once more; in the order of its rows, those behind `after`, a row and an attempt: a page. Without `all`, only those
    /// of records that were exported more than once.
    pub(crate) fn to_review(
        &self,
        run: i64,
        all: bool,
        after: (u64, i64),
        limit: usize,
    ) -> Result<Vec<Compared>, LedgerError> {
        self.rows(
            include_str!("to_review.sql"),
            named_params! {
                ":run": run, ":all": all, ":after_position": signed(after.0), ":after_attempt": after.1,
                ":limit": signed(limit as u64),
            },
            |row| self.compared(row),
        )
    }

    /// Returns every posted attempt of these records, oldest first.
    pub(crate) fn posted_attempts_of(&self, records: &[RecordId]) -> Result<Vec<Compared>, LedgerError> {
        let mut attempts = Vec::new();
        for record in records {
            let of = named_params! { ":record": record.as_str() };
            attempts.extend(self.rows(include_str!("posted_attempts_of.sql"), of, |row| self.compared(row))?);
        }
        Ok(attempts)
    }

    /// Counts the rows that a run posted, and those that are left to its review ([`Self::to_review`]).
    pub(crate) fn count_to_look_up(&self, run: i64, all: bool) -> Result<(u64, u64), LedgerError> {
        let rows = self.row(
            "SELECT coalesce(sum(result = 'posted'), 0) AS posted,
                    coalesce(sum((:all AND result IN ('skipped_already_exported', 'skipped_found_in_accounting'))
                                 OR generation > 1
                                 OR (NOT :all AND EXISTS (
                                     SELECT 1 FROM attempt later
                                     WHERE later.record_id = i.record_id AND later.generation > 1))), 0) AS others
             FROM run_item i WHERE run_number = :run",
            named_params! { ":run": run, ":all": all },
            |row| Ok((self.get::<i64>(row, "posted")?, self.get::<i64>(row, "others")?)),
        )?;
        let (posted, others) = rows.unwrap_or_default();
        Ok((number("run_item", posted)?, number("run_item", others)?))
    }

    /// Returns the attempts dated in the period that made no voucher, those behind `after`: a page.
    pub(crate) fn unposted_in(&self, period: Period, after: i64, limit: usize) -> Result<Vec<Compared>, LedgerError> {
        self.rows(
            include_str!("unposted_in.sql"),
            named_params! {
                ":from": first_day(period), ":to": last_day(period), ":after": after, ":limit": signed(limit as u64),
            },
            |row| self.compared(row),
        )
    }

    /// Returns the attempt that is, or may be, the voucher under a reference.
    pub(crate) fn guard_of_reference(&self, reference: &Reference) -> Result<Option<Compared>, LedgerError> {
        self.row(include_str!("guard_of_reference.sql"), named_params! { ":reference": reference.as_str() }, |row| {
            self.compared(row)
        })
    }

    /// Says whether a voucher is, or may be, a counter-voucher that we asked for.
    pub(crate) fn is_our_reversal(&self, reference: &Reference, voucher_id: &str) -> Result<bool, LedgerError> {
        let found = self.row(
            "SELECT 1 AS one FROM reversal
             WHERE (reference = :reference OR counter_voucher_id = :voucher) AND state IN ('claimed', 'unknown', 'posted')
             LIMIT 1",
            named_params! { ":reference": reference.as_str(), ":voucher": voucher_id },
            |row| self.get::<i64>(row, "one"),
        )?;
        Ok(found.is_some())
    }

    pub(super) fn compared(&self, row: &Row<'_>) -> Result<Compared, LedgerError> {
        let (code, exponent): (String, i64) = (self.get(row, "currency")?, self.get(row, "exponent")?);
        let reversal: Option<String> = self.get(row, "reversal")?;
        Ok(Compared {
            attempt_id: self.get(row, "attempt_id")?,
            position: number("run_item.position", self.get(row, "position")?)?,
            record_id: self.record_id(row)?,
            generation: self.generation(row)?,
            reference: Reference::from_stored(self.get::<String>(row, "reference")?),
            state: word("attempt.state", &self.get::<String>(row, "state")?, AttemptState::from_text)?,
            date: day("attempt.date", &self.get::<String>(row, "date")?)?,
            amount: money(&code, exponent, self.get(row, "minor")?)?,
            voucher_id: self.get(row, "voucher_id")?,
            voucher_number: self.get(row, "voucher_number")?,
            run_id: RunId::new(self.get::<String>(row, "run_id")?),
            settled_at: instant_option("attempt.settled_at", self.get(row, "settled_at")?)?,
            last_sent_at: instant("attempt.last_sent_at", &self.get::<String>(row, "last_sent_at")?)?,
            reversal: reversal.map(|text| word("reversal.state", &text, AttemptState::from_text)).transpose()?,
            exported_again: self.get(row, "exported_again")?,
            sent: from_json_option("attempt.sent", self.get(row, "sent")?)?,
        })
    }
}

fn first_day(period: Period) -> String {
    period.from.map_or_else(|| "0000-01-01".to_owned(), |day| day.to_string())
}

fn last_day(period: Period) -> String {
    period.to.map_or_else(|| "9999-12-31".to_owned(), |day| day.to_string())
}
