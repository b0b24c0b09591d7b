//! Reads the exports, month by month.

use chrono::{Months, NaiveDate};
use rusqlite::{Row, named_params};

use crate::domain::{Currency, Money, Period};
use crate::ledger::values::{day, day_option, instant_option, number, word};
use crate::ledger::{Ledger, LedgerError, LedgerTx};
use crate::views::{
    AccountSum, MonthBooks, MonthFigures, MonthRecords, MonthState, ProjectSum, RecordState, StateFigures,
};

/// The number of figures at most, two years of months in each of a dozen currencies: past that, no picture shows it.
const FIGURES_MAX: u32 = 24 * 12;
/// The number of months at most that can be chosen among: twenty years.
const MONTHS_MAX: u32 = 20 * 12;

impl Ledger {
    /// Returns the vouchers in the books of each month from that day on, as we exported them: oldest month first, each
    /// currency by itself. Months without any are left out. At most 288 figures.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn exported_by_month(&self, from: NaiveDate) -> Result<Vec<MonthFigures>, LedgerError> {
        self.read(move |tx| {
            let asked = named_params! { ":from": from.to_string(), ":limit": FIGURES_MAX };
            tx.rows(include_str!("months.sql"), asked, |row| {
                let month: String = tx.get(row, "month")?;
                Ok(MonthFigures {
                    month: day("attempt.date", &format!("{month}-01"))?,
                    records: number("count", tx.get(row, "records")?)?,
                    sum: tx.summed(row)?,
                })
            })
        })
        .await
    }

    /// Returns the state of the month of that day: of the records whose expense is of it.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn month_state(&self, month: NaiveDate) -> Result<MonthState, LedgerError> {
        self.read(move |tx| {
            let next = next_month(month);
            let asked = named_params! { ":from": month.to_string(), ":to": next.to_string() };
            let figures = tx.rows(include_str!("month_state.sql"), asked, |row| {
                Ok(StateFigures {
                    state: word("record_state.state", &tx.get::<String>(row, "state")?, RecordState::from_text)?,
                    records: number("count", tx.get(row, "records")?)?,
                    sum: tx.summed(row)?,
                })
            })?;
            let read_at = tx.row(
                "SELECT finished_at FROM reading WHERE reading_id = (SELECT latest_reading FROM ledger)",
                [],
                |row| tx.get::<Option<String>>(row, "finished_at"),
            )?;
            let undated = tx.row(
                "SELECT (SELECT count(*) FROM flaw f WHERE NOT EXISTS (
                            SELECT 1 FROM set_aside s WHERE s.record_id = f.record_id AND s.reading_id = f.reading_id))
                     + (SELECT count(*) FROM repeat WHERE same = 0
                            AND reading_id = (SELECT latest_reading FROM ledger)) AS rows",
                [],
                |row| number("count", tx.get(row, "rows")?),
            )?;
            Ok(MonthState {
                month,
                read_at: instant_option("reading.finished_at", read_at.flatten())?,
                figures,
                undated: undated.unwrap_or_default(),
            })
        })
        .await
    }

    /// Returns the months that have records, by the day of the expense, newest first. At most 240.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn months(&self) -> Result<Vec<MonthRecords>, LedgerError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT substr(date, 1, 7) AS month, count(*) AS records FROM record
                 GROUP BY month ORDER BY month DESC LIMIT :limit",
                named_params! { ":limit": MONTHS_MAX },
                |row| {
                    let month: String = tx.get(row, "month")?;
                    Ok(MonthRecords {
                        month: day("record.date", &format!("{month}-01"))?,
                        records: number("count", tx.get(row, "records")?)?,
                    })
                },
            )
        })
        .await
    }

    /// Returns the books of the month of that day: its vouchers by account, and the comparison that proves them.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn month_books(&self, month: NaiveDate) -> Result<MonthBooks, LedgerError> {
        self.read(move |tx| {
            let next = next_month(month);
            let asked = named_params! { ":from": month.to_string(), ":to": next.to_string() };
            let last = next.pred_opt().unwrap_or(month);
            let vouchers = tx.row(include_str!("month_vouchers.sql"), asked, |row| {
                Ok((
                    day_option("attempt.date", tx.get(row, "first_day")?)?.map_or(month, |first| first.min(month)),
                    day_option("attempt.date", tx.get(row, "last_day")?)?.map_or(last, |later| later.max(last)),
                    tx.get::<Option<String>>(row, "settled_at")?,
                    number("count", tx.get(row, "unknown")?)?,
                ))
            })?;
            let (first, last, settled_at, unknown) = vouchers.unwrap_or((month, last, None, 0));
            let accounts = tx.rows(include_str!("month_accounts.sql"), asked, |row| tx.account_sum(row))?;
            let projects = tx.rows(include_str!("month_projects.sql"), asked, |row| {
                Ok(ProjectSum {
                    project: tx.get(row, "project")?,
                    records: number("count", tx.get(row, "records")?)?,
                    sum: tx.summed(row)?,
                })
            })?;
            let names_none = projects.iter().all(|sum| sum.project.is_none());
            let covering = named_params! {
                ":first": first.to_string(), ":last": last.to_string(), ":settled": settled_at,
            };
            let newest = tx.row(include_str!("month_comparison.sql"), covering, |row| {
                tx.get::<Option<i64>>(row, "comparison_id")
            })?;
            Ok(MonthBooks {
                days: Period { from: Some(first), to: Some(last) },
                comparison: newest.flatten().map(|id| tx.comparison(id)).transpose()?.flatten(),
                accounts,
                unknown,
                projects: if names_none { Vec::new() } else { projects },
            })
        })
        .await
    }
}

fn next_month(month: NaiveDate) -> NaiveDate {
    month.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX)
}

impl LedgerTx<'_> {
    fn account_sum(&self, row: &Row<'_>) -> Result<AccountSum, LedgerError> {
        let code: String = self.get(row, "currency")?;
        let impossible = || LedgerError::Impossible { what: "currency", found: code.clone() };
        let currency = Currency::from_code(&code).ok_or_else(impossible)?;
        let decimal = |column| -> Result<String, LedgerError> {
            Ok(Money::sum_to_decimal(i128::from(self.get::<i64>(row, column)?), currency))
        };
        Ok(AccountSum {
            account: self.get(row, "account")?,
            debit: decimal("debit")?,
            credit: decimal("credit")?,
            lines: number("count", self.get(row, "lines")?)?,
            currency: code,
        })
    }
}
