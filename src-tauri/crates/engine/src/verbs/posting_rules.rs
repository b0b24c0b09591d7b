//! Tells which part of the posting rules decides for which records of the newest reading.

use std::collections::BTreeMap;

use crate::domain::{Account, CurrencySums, Decider, Money, PostingRules};
use crate::engine::Engine;
use crate::error::Problem;
use crate::ledger::{Candidate, LedgerError, LedgerTx};
use crate::views::{CaughtByRule, DecidedBy, Sum};

/// The number of records read in one transaction.
const PAGE_ROWS: usize = 2_000;

/// The lines that one part of the rules decides for.
#[derive(Debug, Default)]
struct Catch {
    account: Option<Account>,
    records: u64,
    lines: u64,
    sums: CurrencySums,
    first: Vec<String>,
    /// The record counted last, by its cursor.
    counted: Option<i64>,
}

impl Engine {
    /// Returns each part of the posting rules, in the order in which they are asked, with the records of the newest
    /// reading whose account it chooses: one that catches none as well, and last those that nothing catches, which are
    /// held.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn caught_by_rules(&self) -> Result<Vec<CaughtByRule>, Problem> {
        let rules = self.parts().settings.posting.clone();
        let mut catches: BTreeMap<DecidedBy, Catch> = every_part(&rules)
            .map(|(part, account)| (part, Catch { account: Some(account.clone()), ..Catch::default() }))
            .collect();
        let mut after = Some(0);
        while let Some(behind) = after {
            let page = self.ledger().read(move |tx| page(tx, behind)).await?;
            for candidate in &page {
                add(&mut catches, &rules, candidate);
            }
            after = page.last().map(|last| last.cursor);
        }
        Ok(catches.into_iter().map(|(part, catch)| catch.into_view(part)).collect())
    }
}

fn page(tx: &LedgerTx<'_>, after: i64) -> Result<Vec<Candidate>, LedgerError> {
    match tx.newest_reading()? {
        Some(reading) => tx.candidates(reading, after, PAGE_ROWS),
        None => Ok(Vec::new()),
    }
}

fn every_part(rules: &PostingRules) -> impl Iterator<Item = (DecidedBy, &Account)> {
    let own = rules.rules.iter().enumerate().map(|(place, rule)| (DecidedBy::Rule(place), &rule.account));
    let categories = rules.categories.iter().map(|(name, account)| (DecidedBy::Category(name.clone()), account));
    own.chain(categories).chain(rules.default_account.iter().map(|account| (DecidedBy::Default, account)))
}

fn add(catches: &mut BTreeMap<DecidedBy, Catch>, rules: &PostingRules, candidate: &Candidate) {
    let record = &candidate.record;
    let currency = record.amount.currency();
    for line in record.expense_lines().iter().filter(|line| line.minor != 0) {
        let part = match rules.decider(record, line) {
            Ok((Decider::Rule(place), _)) => DecidedBy::Rule(place),
            Ok((Decider::Category(name), _)) => DecidedBy::Category(name.to_owned()),
            Ok((Decider::Default, _)) => DecidedBy::Default,
            Err(_) => DecidedBy::Nobody,
        };
        let catch = catches.entry(part).or_default();
        catch.lines += 1;
        catch.sums.add(Money::from_minor(line.minor, currency));
        // The lines of a record follow each other.
        if catch.counted.replace(candidate.cursor) != Some(candidate.cursor) {
            catch.records += 1;
            if catch.first.len() < CaughtByRule::FIRST_MAX {
                catch.first.push(record.id.as_str().to_owned());
            }
        }
    }
}

impl Catch {
    fn into_view(self, by: DecidedBy) -> CaughtByRule {
        CaughtByRule {
            by,
            account: self.account.map(|account| account.0),
            records: self.records,
            lines: self.lines,
            sums: Sum::each(&self.sums),
            first: self.first,
        }
    }
}
