//! Carries a month as a bookkeeper closes it: its records, its vouchers by account, and the comparison that proves them.

use postonce_engine::views;
use serde::Serialize;
use specta::Type;

use super::{Comparison, Period, RecordState, Sum, count, each, moment};

/// A month that has records.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct MonthRecords {
    /// The first day of the month, by the day of the expense.
    month: String,
    records: u32,
}

impl From<views::MonthRecords> for MonthRecords {
    fn from(found: views::MonthRecords) -> Self {
        Self { month: found.month.to_string(), records: count(found.records) }
    }
}

/// The state of a month, and its books.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MonthClose {
    /// The first day of the month.
    month: String,
    /// The time of the reading that it is as of.
    read_at: Option<String>,
    approved: u32,
    in_books: u32,
    /// The rows that wait for a person and have no readable day.
    undated: u32,
    states: Vec<StateSum>,
    /// The days that a comparison has to cover.
    days: Period,
    /// The newest comparison that covers them and is newer than the vouchers.
    comparison: Option<Comparison>,
    accounts: Vec<AccountSum>,
    /// The vouchers whose accounts are not known here.
    unknown: u32,
    projects: Vec<ProjectSum>,
}

impl MonthClose {
    pub(crate) fn new(state: views::MonthState, books: views::MonthBooks) -> Self {
        Self {
            month: state.month.to_string(),
            read_at: state.read_at.map(moment),
            approved: count(state.approved()),
            in_books: count(state.in_books()),
            undated: count(state.undated),
            states: each(state.figures),
            days: books.days.into(),
            comparison: books.comparison.map(Comparison::from),
            accounts: each(books.accounts),
            unknown: count(books.unknown),
            projects: each(books.projects),
        }
    }
}

/// The records of a month that are in one state, in one currency.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct StateSum {
    state: RecordState,
    records: u32,
    sum: Sum,
}

impl From<views::StateFigures> for StateSum {
    fn from(figures: views::StateFigures) -> Self {
        Self { state: figures.state.into(), records: count(figures.records), sum: figures.sum.into() }
    }
}

/// Debit and credit of an account, over several vouchers; decimal strings.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct AccountSum {
    account: String,
    currency: String,
    debit: String,
    credit: String,
    lines: u32,
}

impl From<views::AccountSum> for AccountSum {
    fn from(sum: views::AccountSum) -> Self {
        Self {
            account: sum.account,
            currency: sum.currency,
            debit: sum.debit,
            credit: sum.credit,
            lines: count(sum.lines),
        }
    }
}

/// The records of one project or grant that stand in the books; `null` for those without one.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ProjectSum {
    project: Option<String>,
    records: u32,
    sum: Sum,
}

impl From<views::ProjectSum> for ProjectSum {
    fn from(found: views::ProjectSum) -> Self {
        Self { project: found.project, records: count(found.records), sum: found.sum.into() }
    }
}
