//! Returns the rows of one run, from any place on: a run of 100,000 is looked at in its middle as fast as at its
//! beginning.

use rusqlite::{ToSql, named_params};

use crate::domain::{ItemResult, RunId};
use crate::ledger::lists::history::PAGE_MAX;
use crate::ledger::search::{asked, behind, fold};
use crate::ledger::values::{json, number};
use crate::ledger::{Ledger, LedgerError, LedgerTx};
use crate::views::RunItem;

/// A filter for the rows of a run; an empty or `None` member does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemFilter {
    /// The results, one of which the row has.
    pub results: Vec<ItemResult>,
    /// The words in the record's id or the payee's name, whatever their case; or the beginning of a voucher's id or
    /// number.
    pub text: Option<String>,
}

impl Ledger {
    /// Returns the rows of a run that match, in order, without the first `skip` of them: `limit` at most (and never
    /// over 1,000). Empty for an unknown run.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn search_items(
        &self,
        run: &RunId,
        filter: &ItemFilter,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<RunItem>, LedgerError> {
        let (run, filter) = (run.clone(), filter.clone());
        self.read(move |tx| match tx.run_number(&run)? {
            None => Ok(Vec::new()),
            Some(number) => tx.items_from(number, &filter, skip, limit.min(PAGE_MAX)),
        })
        .await
    }

    /// Counts the rows of a run that match.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn count_items(&self, run: &RunId, filter: &ItemFilter) -> Result<u64, LedgerError> {
        let (run, filter) = (run.clone(), filter.clone());
        self.read(move |tx| match tx.run_number(&run)? {
            None => Ok(0),
            Some(number) => tx.item_count(number, &filter),
        })
        .await
    }
}

impl LedgerTx<'_> {
    fn items_from(&self, run: i64, filter: &ItemFilter, skip: u32, limit: u32) -> Result<Vec<RunItem>, LedgerError> {
        // The rows that are left out are counted off without the facts of their records.
        let sql = concat!(
            include_str!("run_items.sql"),
            "WHERE i.run_number = :run AND i.position IN (SELECT i.position ",
            include_str!("run_items_asked.sql"),
            "ORDER BY i.position LIMIT :limit OFFSET :skip) ORDER BY i.position"
        );
        let bound = Bound::of(filter);
        let mut parameters = bound.parameters();
        parameters.extend([(":run", &run as &dyn ToSql), (":skip", &skip), (":limit", &limit)]);
        self.rows(sql, parameters.as_slice(), |row| self.item(row))
    }

    fn item_count(&self, run: i64, filter: &ItemFilter) -> Result<u64, LedgerError> {
        if *filter == ItemFilter::default() {
            let sql = "SELECT count(*) AS items FROM run_item WHERE run_number = :run";
            let items = self.row(sql, named_params! { ":run": run }, |row| self.get(row, "items"))?;
            return number("count", items.unwrap_or(0));
        }
        let sql = concat!("SELECT count(*) AS items ", include_str!("run_items_asked.sql"));
        let bound = Bound::of(filter);
        let mut parameters = bound.parameters();
        parameters.push((":run", &run));
        let items = self.row(sql, parameters.as_slice(), |row| self.get(row, "items"))?;
        number("count", items.unwrap_or(0))
    }
}

/// The values of a filter, as the statements take them.
struct Bound {
    results: Option<String>,
    text: Option<String>,
    folded: Option<String>,
    behind: Option<String>,
}

impl Bound {
    fn of(filter: &ItemFilter) -> Self {
        let text = asked(filter.text.as_ref());
        let results: Vec<&str> = filter.results.iter().map(|result| result.as_str()).collect();
        Self {
            results: (!results.is_empty()).then(|| json(&results)),
            text: text.map(str::to_owned),
            folded: text.map(fold),
            behind: text.map(behind),
        }
    }

    fn parameters(&self) -> Vec<(&'static str, &dyn ToSql)> {
        vec![(":results", &self.results), (":text", &self.text), (":folded", &self.folded), (":behind", &self.behind)]
    }
}
