//! Reads the exports, month by month.

use chrono::{Months, NaiveDate};
use rusqlite::named_params;

use crate::ledger::values::{day, instant_option, number, word};
use crate::ledger::{Ledger, LedgerError};
use crate::views::{MonthFigures, MonthState, RecordState, StateFigures};

/// The number of figures at most, two years of months in each of a dozen currencies: past that, no picture shows it.
const FIGURES_MAX: u32 = 24 * 12;

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
            let next = month.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
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
}
