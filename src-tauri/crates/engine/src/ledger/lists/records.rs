//! Searches and filters records: in pages, newest day first, and their number.

use chrono::NaiveDate;
use rusqlite::{Row, ToSql, named_params};

use crate::domain::{Currency, Money};
use crate::ledger::search::{asked, behind, fold};
use crate::ledger::values::{day, instant_option, json, number, word};
use crate::ledger::{Ledger, LedgerError, LedgerTx};
use crate::views::{RecordRow, RecordState, RecordsFound, Sum};

/// The number of records that one page may have.
const PAGE_MAX: u32 = 1_000;
/// The decimals with which amounts of all currencies are compared, the most that a currency has.
const DECIMALS: u32 = 4;
/// The ends of all days: before the first that a record can have, and behind the last.
const ALL_DAYS: (&str, &str) = ("", "~");

/// A filter for records; an empty or `None` member does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordFilter {
    /// The states, one of which the record has.
    pub states: Vec<RecordState>,
    /// The words in the id, the payee's name, the text or the category, whatever their case; or the beginning of a
    /// voucher's id or number; or the reference.
    pub text: Option<String>,
    /// The words in the payee's name, whatever their case, or the payee's id.
    pub payee: Option<String>,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
    /// The smallest amount, in whichever currency; ten-thousandths.
    pub least: Option<i64>,
    /// The largest amount; ten-thousandths.
    pub most: Option<i64>,
}

impl RecordFilter {
    /// Reads an amount as [`RecordFilter::least`] and [`RecordFilter::most`] want it, from a decimal with a point;
    /// returns `None` if it is none, or has more than four decimals.
    pub fn amount(decimal: &str) -> Option<i64> {
        let (sign, digits) = decimal.strip_prefix('-').map_or((1, decimal), |digits| (-1, digits));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() > usize::try_from(DECIMALS).ok()? || !is_number(whole) || !is_number(part) {
            return None;
        }
        format!("{whole}{part:0<4}").parse::<i64>().ok()?.checked_mul(sign)
    }
}

impl Ledger {
    /// Returns the records that match, the newest day first: `limit` at most (and never over 1,000), those behind
    /// record `after` if it is given. Empty if that is unknown.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn records(
        &self,
        filter: &RecordFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RecordRow>, LedgerError> {
        let (filter, after) = (filter.clone(), after.map(str::to_owned));
        self.read(move |tx| tx.record_page(&filter, after.as_deref(), limit.min(PAGE_MAX))).await
    }

    /// Counts the records that match, with their sums.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn records_found(&self, filter: &RecordFilter) -> Result<RecordsFound, LedgerError> {
        let filter = filter.clone();
        self.read(move |tx| tx.records_found(&filter)).await
    }
}

impl LedgerTx<'_> {
    fn record_page(
        &self,
        filter: &RecordFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RecordRow>, LedgerError> {
        let before = match after {
            None => Some((ALL_DAYS.1.to_owned(), i64::MAX)),
            Some(id) => {
                self.row("SELECT date, seq FROM record WHERE record_id = :id", named_params! { ":id": id }, |row| {
                    Ok((self.get(row, "date")?, self.get(row, "seq")?))
                })?
            }
        };
        let Some((before_date, before_seq)) = before else { return Ok(Vec::new()) };
        let sql = if filter.states.is_empty() {
            concat!(include_str!("records.sql"), include_str!("records_asked.sql"), include_str!("records_page.sql"))
        } else {
            concat!(
                include_str!("records.sql"),
                include_str!("records_asked.sql"),
                include_str!("records_in_state.sql"),
                include_str!("records_page.sql")
            )
        };
        // The index is entered at the end of the last page.
        let asked = Bound::of(filter).until(&before_date);
        let mut parameters = asked.parameters();
        parameters.extend([
            (":before_date", &before_date as &dyn ToSql),
            (":before_seq", &before_seq),
            (":limit", &limit),
        ]);
        self.rows(sql, parameters.as_slice(), |row| self.record_row(row))
    }

    fn record_row(&self, row: &Row<'_>) -> Result<RecordRow, LedgerError> {
        Ok(RecordRow {
            record_id: self.get(row, "record_id")?,
            state: word("record_state.state", &self.get::<String>(row, "state")?, RecordState::from_text)?,
            payee_id: self.get(row, "payee_id")?,
            payee: self.get(row, "payee_name")?,
            date: day("record.date", &self.get::<String>(row, "date")?)?,
            amount: self.sum(row)?,
            category: self.get(row, "category")?,
            text: self.get(row, "text")?,
            voucher_id: self.get(row, "voucher_id")?,
            voucher_number: self.get(row, "voucher_number")?,
            exported_at: instant_option("attempt.settled_at", self.get(row, "settled_at")?)?,
        })
    }

    fn records_found(&self, filter: &RecordFilter) -> Result<RecordsFound, LedgerError> {
        // The state of a record costs ten times what its own row does: it is worked out only if it is asked for.
        let sql = if filter.states.is_empty() {
            concat!(
                include_str!("records_found.sql"),
                include_str!("records_asked.sql"),
                "GROUP BY r.currency, r.exponent ORDER BY r.currency"
            )
        } else {
            concat!(
                include_str!("records_found.sql"),
                "CROSS JOIN record_state s ON s.seq = r.seq\n",
                include_str!("records_asked.sql"),
                include_str!("records_in_state.sql"),
                "GROUP BY r.currency, r.exponent ORDER BY r.currency"
            )
        };
        let asked = Bound::of(filter);
        let mut found = RecordsFound::default();
        self.each(sql, asked.parameters().as_slice(), |row| {
            found.records += number("count", self.get(row, "records")?)?;
            found.sums.push(self.summed(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Returns the columns `currency` and `minor`, if the latter is a sum.
    pub(in crate::ledger) fn summed(&self, row: &Row<'_>) -> Result<Sum, LedgerError> {
        let code: String = self.get(row, "currency")?;
        let currency = Currency::from_code(&code)
            .ok_or_else(|| LedgerError::Impossible { what: "currency", found: code.clone() })?;
        let amount = Money::sum_to_decimal(i128::from(self.get::<i64>(row, "minor")?), currency);
        Ok(Sum { currency: code, amount })
    }
}

/// The values of a filter, as the statements take them.
struct Bound {
    states: Option<String>,
    near: Option<&'static str>,
    text: Option<String>,
    folded: Option<String>,
    behind: Option<String>,
    payee: Option<String>,
    payee_folded: Option<String>,
    from: String,
    to: String,
    least: Option<i64>,
    most: Option<i64>,
}

impl Bound {
    fn of(filter: &RecordFilter) -> Self {
        let (text, payee) = (asked(filter.text.as_ref()), asked(filter.payee.as_ref()));
        let bound = |date: Option<NaiveDate>, open: &str| date.map_or_else(|| open.to_owned(), |date| date.to_string());
        Self {
            states: (!filter.states.is_empty()).then(|| json(&filter.states)),
            near: near(&filter.states),
            text: text.map(str::to_owned),
            folded: text.map(fold),
            behind: text.map(behind),
            payee: payee.map(str::to_owned),
            payee_folded: payee.map(fold),
            from: bound(filter.from, ALL_DAYS.0),
            to: bound(filter.to, ALL_DAYS.1),
            least: filter.least,
            most: filter.most,
        }
    }

    /// Narrows the filter to that day or earlier, whatever else is asked for.
    fn until(mut self, day: &str) -> Self {
        if *day < *self.to {
            day.clone_into(&mut self.to);
        }
        self
    }

    fn parameters(&self) -> Vec<(&'static str, &dyn ToSql)> {
        let mut parameters: Vec<(&'static str, &dyn ToSql)> = vec![
            (":near", &self.near),
            (":text", &self.text),
            (":folded", &self.folded),
            (":behind", &self.behind),
            (":payee", &self.payee),
            (":payee_folded", &self.payee_folded),
            (":from", &self.from),
            (":to", &self.to),
            (":least", &self.least),
            (":most", &self.most),
        ];
        if self.states.is_some() {
            parameters.push((":states", &self.states));
        }
        parameters
    }
}

/// Returns a condition that all records in these states meet and that an index answers: most records do not meet it.
fn near(states: &[RecordState]) -> Option<&'static str> {
    use RecordState as State;
    let all = |among: &[State]| !states.is_empty() && states.iter().all(|state| among.contains(state));
    if all(&[State::Eligible, State::Refused, State::Held, State::Gone]) {
        Some("never_sent")
    } else if all(&[State::Sending, State::InDoubt]) {
        Some("open")
    } else if all(&[State::Vanished]) {
        Some("alarmed")
    } else if all(&[State::Changed]) {
        Some("other_content")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_that_an_index_knows_are_found_by_it() {
        use RecordState as State;
        for (states, index) in [
            (vec![], None),
            (vec![State::Eligible, State::Refused, State::Held, State::Gone], Some("never_sent")),
            (vec![State::Held], Some("never_sent")),
            (vec![State::Held, State::Posted], None),
            (vec![State::Sending, State::InDoubt], Some("open")),
            (vec![State::Vanished], Some("alarmed")),
            (vec![State::Changed], Some("other_content")),
            (vec![State::Changed, State::Vanished], None),
        ] {
            assert_eq!(near(&states), index, "{states:?}");
        }
    }

    #[test]
    fn earlier_of_two_last_days_counts() {
        for (asked, day, counts) in [
            (None, "2026-10-31", "2026-10-31"),
            (Some("2026-10-30"), "2026-10-31", "2026-10-30"),
            (Some("2026-11-30"), "2026-10-31", "2026-10-31"),
        ] {
            let to = asked.map(|day: &str| day.parse().expect("a day"));
            let bound = Bound::of(&RecordFilter { to, ..RecordFilter::default() }).until(day);
            assert_eq!(bound.to, counts, "{asked:?} {day}");
        }
    }
}
