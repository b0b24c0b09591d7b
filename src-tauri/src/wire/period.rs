//! Carries the days of a sync.

use chrono::NaiveDate;
use postonce_engine::domain;
use postonce_engine::error::Problem;
use serde::Deserialize;
use serde::Serialize;
use specta::Type;

/// Two days as `YYYY-MM-DD`, both included; open where `null`.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub(crate) struct Period {
    from: Option<String>,
    to: Option<String>,
}

impl From<domain::Period> for Period {
    fn from(period: domain::Period) -> Self {
        Self { from: period.from.map(|day| day.to_string()), to: period.to.map(|day| day.to_string()) }
    }
}

impl TryFrom<Period> for domain::Period {
    type Error = Problem;

    fn try_from(period: Period) -> Result<Self, Problem> {
        Ok(Self::new(day(period.from)?, day(period.to)?)?)
    }
}

fn day(text: Option<String>) -> Result<Option<NaiveDate>, Problem> {
    text.map(|text| parsed_day(&text)).transpose()
}

/// Returns the day that a text names.
pub(crate) fn parsed_day(text: &str) -> Result<NaiveDate, Problem> {
    text.parse().map_err(|error| Problem::usage(format!("{text:?}: {error}")))
}

#[cfg(test)]
mod tests {
    use postonce_engine::error::ErrorCode;

    use super::*;

    fn period(from: &str, to: &str) -> Result<domain::Period, Problem> {
        Period { from: Some(from.to_owned()), to: Some(to.to_owned()) }.try_into()
    }

    #[test]
    fn a_wrong_day_is_a_problem_and_never_everything() {
        assert_eq!(period("2026-02-30", "2026-03-01").map_err(|problem| problem.code), Err(ErrorCode::Usage));
        assert_eq!(period("2026-03-02", "2026-03-01").map_err(|problem| problem.code), Err(ErrorCode::PeriodReversed));
        assert!(period("2026-03-01", "2026-03-01").is_ok());
    }
}
