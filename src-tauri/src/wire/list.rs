//! Carries the filters of lists, and their rows.

use postonce_engine::error::Problem;
use postonce_engine::{RecordFilter, RunFilter, domain, views};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Outcome, Period, RecordState, Sum, Trigger, count, each, instant, moment};

/// The longest text that is searched for, in bytes: twice the longest id.
const TEXT_BYTES_MAX: usize = 400;

/// The filter for records.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordQuery {
    text: Option<String>,
    states: Vec<RecordState>,
    payee: Option<String>,
    period: Period,
    /// An amount as decimals with a point.
    amount_from: Option<String>,
    amount_to: Option<String>,
}

impl TryFrom<RecordQuery> for RecordFilter {
    type Error = Problem;

    fn try_from(query: RecordQuery) -> Result<Self, Problem> {
        let period = domain::Period::try_from(query.period)?;
        Ok(Self {
            states: query.states.into_iter().map(RecordState::into).collect(),
            text: bounded("text", query.text)?,
            payee: bounded("payee", query.payee)?,
            from: period.from,
            to: period.to,
            least: query.amount_from.as_deref().map(|text| amount("amount_from", text)).transpose()?,
            most: query.amount_to.as_deref().map(|text| amount("amount_to", text)).transpose()?,
        })
    }
}

fn amount(what: &str, text: &str) -> Result<i64, Problem> {
    let usage = || Problem::usage(format!("{what}: {text:?} is no amount"));
    RecordFilter::amount(text).ok_or_else(usage)
}

fn bounded(what: &str, text: Option<String>) -> Result<Option<String>, Problem> {
    match text {
        Some(text) if text.len() > TEXT_BYTES_MAX => {
            Err(Problem::usage(format!("{what}: longer than {TEXT_BYTES_MAX} bytes")))
        }
        text => Ok(text),
    }
}

/// A record in a list.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordRow {
    record_id: String,
    state: RecordState,
    payee_id: String,
    payee: String,
    date: String,
    amount: Sum,
    category: String,
    text: String,
    voucher_id: Option<String>,
    voucher_number: Option<String>,
    exported_at: Option<String>,
}

impl From<views::RecordRow> for RecordRow {
    fn from(row: views::RecordRow) -> Self {
        Self {
            record_id: row.record_id,
            state: row.state.into(),
            payee_id: row.payee_id,
            payee: row.payee,
            date: row.date.to_string(),
            amount: row.amount.into(),
            category: row.category,
            text: row.text,
            voucher_id: row.voucher_id,
            voucher_number: row.voucher_number,
            exported_at: row.exported_at.map(moment),
        }
    }
}

/// The number of records that fit, and their sums.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct RecordsFound {
    records: u32,
    sums: Vec<Sum>,
}

impl From<views::RecordsFound> for RecordsFound {
    fn from(found: views::RecordsFound) -> Self {
        Self { records: count(found.records), sums: each(found.sums) }
    }
}

/// The sums in the books of one month in one currency.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Month {
    /// The first day of the month.
    month: String,
    records: u32,
    sum: Sum,
}

impl From<views::MonthFigures> for Month {
    fn from(figures: views::MonthFigures) -> Self {
        Self { month: figures.month.to_string(), records: count(figures.records), sum: figures.sum.into() }
    }
}

/// The filter for runs.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunQuery {
    text: Option<String>,
    outcome: Option<Outcome>,
    /// True: only runs that have not ended.
    unfinished: bool,
    actor: Option<String>,
    trigger: Option<Trigger>,
    /// The first moment of the period: the window knows when its days begin.
    started_from: Option<String>,
    started_before: Option<String>,
}

impl TryFrom<RunQuery> for RunFilter {
    type Error = Problem;

    fn try_from(query: RunQuery) -> Result<Self, Problem> {
        Ok(Self {
            outcome: query.outcome.map(outcome),
            unfinished: query.unfinished,
            actor: bounded("actor", query.actor)?,
            trigger: query.trigger.map(trigger),
            from: query.started_from.as_deref().map(instant).transpose()?,
            to: query.started_before.as_deref().map(instant).transpose()?,
            text: bounded("text", query.text)?,
        })
    }
}

fn outcome(outcome: Outcome) -> domain::Outcome {
    match outcome {
        Outcome::Completed => domain::Outcome::Completed,
        Outcome::Stopped => domain::Outcome::Stopped,
        Outcome::LeaseLost => domain::Outcome::LeaseLost,
        Outcome::Failed => domain::Outcome::Failed,
        Outcome::Interrupted => domain::Outcome::Interrupted,
    }
}

fn trigger(trigger: Trigger) -> domain::Trigger {
    match trigger {
        Trigger::Manual => domain::Trigger::Manual,
        Trigger::Scheduled => domain::Trigger::Scheduled,
        Trigger::ReExport => domain::Trigger::ReExport,
    }
}

#[cfg(test)]
mod tests {
    use postonce_engine::error::ErrorCode;

    use super::*;

    fn records(members: &str) -> Result<RecordFilter, ErrorCode> {
        let plain = r#""states":[],"period":{"from":null,"to":null}"#;
        let query: RecordQuery =
            serde_json::from_str(&format!("{{{plain}{members}}}")).expect("as the window sends it");
        RecordFilter::try_from(query).map_err(|problem| problem.code)
    }

    #[test]
    fn a_query_with_a_wrong_amount_or_too_long_a_text_is_refused() {
        assert_eq!(records(r#","amountFrom":"12.50""#).map(|filter| filter.least), Ok(Some(125_000)));
        assert_eq!(records(r#","amountTo":"12,50""#).err(), Some(ErrorCode::Usage));
        let long = "x".repeat(TEXT_BYTES_MAX + 1);
        assert_eq!(records(&format!(r#","text":"{long}""#)).err(), Some(ErrorCode::Usage));
        assert_eq!(records(&format!(r#","payee":"{long}""#)).err(), Some(ErrorCode::Usage));
    }

    #[test]
    fn a_query_with_a_wrong_moment_is_refused() {
        let query: RunQuery =
            serde_json::from_str(r#"{"unfinished":false,"startedFrom":"yesterday"}"#).expect("a query");
        assert_eq!(RunFilter::try_from(query).map_err(|problem| problem.code), Err(ErrorCode::Usage));
    }
}
