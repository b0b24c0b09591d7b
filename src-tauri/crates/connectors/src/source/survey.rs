//! Surveys a source before anything is made of it: its first rows as they will be read, and each category with its
//! count and sum. It uses the very reader of the sync, page by page.
//!
//! Invariant: memory does not grow with the source; categories beyond a bound are counted, and reported as more.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use postonce_engine::domain::{CurrencySums, Money};
use postonce_engine::error::Problem;
use postonce_engine::ports::{Row, Source};
use postonce_engine::views::Sum;

/// The largest number of categories that are listed one by one; a source with more is not sorted by category, and wants
/// a default account.
pub(crate) const CATEGORIES_MAX: usize = 500;
/// The largest number of currencies of one category: more are a mistake in the columns.
const CURRENCIES_MAX: usize = 20;

/// Describes the content of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survey {
    /// The number of rows that are records.
    pub records: u64,
    /// The number of rows that are none, and would be held back.
    pub flaws: u64,
    /// The sums of the records.
    pub sums: Vec<Sum>,
    /// The first day of an expense, and the last.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// Each category, the one with the most records first.
    pub categories: Vec<CategoryFound>,
    /// Whether there are more categories than are listed.
    pub has_more_categories: bool,
}

/// Describes a category of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryFound {
    /// The category, as the records have it.
    pub category: String,
    /// The number of its records.
    pub records: u64,
    /// The sums of its records.
    pub sums: Vec<Sum>,
}

#[derive(Default)]
struct Tally {
    records: u64,
    sums: CurrencySums,
}

/// Returns the first rows, up to a number.
pub(crate) async fn first_rows(source: &dyn Source, rows_max: usize) -> Result<Vec<Row>, Problem> {
    let mut pages = source.open().await.map_err(|error| error.0)?;
    let mut rows = Vec::new();
    while rows.len() < rows_max {
        let Some(page) = pages.next().await.map_err(|error| error.0)? else { break };
        rows.extend(page.into_iter().take(rows_max - rows.len()));
    }
    Ok(rows)
}

/// Surveys the whole source, from the first row to the last.
pub(crate) async fn survey(source: &dyn Source) -> Result<Survey, Problem> {
    let mut pages = source.open().await.map_err(|error| error.0)?;
    let (mut found, mut all) = (Survey::default(), Tally::default());
    let mut categories: BTreeMap<String, Tally> = BTreeMap::new();
    while let Some(page) = pages.next().await.map_err(|error| error.0)? {
        for row in page {
            let record = match row {
                Row::Record(record, _) => record,
                Row::Flaw(_) => {
                    found.flaws += 1;
                    continue;
                }
                Row::LeftOut(_) => continue,
            };
            let (first, last) = found.days.unwrap_or((record.date, record.date));
            found.days = Some((first.min(record.date), last.max(record.date)));
            all.add(record.amount);
            if categories.len() < CATEGORIES_MAX || categories.contains_key(&record.category) {
                categories.entry(record.category).or_default().add(record.amount);
            } else {
                found.has_more_categories = true;
            }
        }
    }
    found.records = all.records;
    found.sums = Sum::each(&all.sums);
    found.categories = categories
        .into_iter()
        .map(|(category, tally)| CategoryFound { category, records: tally.records, sums: Sum::each(&tally.sums) })
        .collect();
    found.categories.sort_by_key(|category| std::cmp::Reverse(category.records));
    Ok(found)
}

impl Tally {
    fn add(&mut self, amount: Money) {
        self.records += 1;
        let (currencies, is_known) = self.sums.currencies(amount.currency());
        if is_known || currencies < CURRENCIES_MAX {
            self.sums.add(amount);
        }
    }
}
