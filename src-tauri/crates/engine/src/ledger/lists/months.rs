//! Reads the exports, month by month.

use chrono::NaiveDate;
use rusqlite::named_params;

use crate::ledger::values::{day, number};
use crate::ledger::{Ledger, LedgerError};
use crate::views::MonthFigures;

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
}
