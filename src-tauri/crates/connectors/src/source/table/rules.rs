//! Asks the rules of a workspace whether a row counts.

use postonce_engine::domain::HoldReason;

use super::key::folded;
use super::titles::{approves, is_nothing};
use super::{CellTest, Head, Line, RuleEffect};
use crate::text::{GLIMPSE_CHARS_MAX, bounded};

/// The rules of a file, ready to be asked.
pub(super) struct Rules<'a> {
    rules: Vec<Rule<'a>>,
}

struct Rule<'a> {
    place: usize,
    column: &'a str,
    /// The values in one letter case; `None` for any content.
    values: Option<Vec<String>>,
    effect: RuleEffect,
}

/// The answer to a row that does not count, or may not.
pub(super) enum Ruled {
    LeftOut(HoldReason),
    Held(HoldReason),
}

impl<'a> Rules<'a> {
    pub(super) fn of(head: &'a Head) -> Self {
        let rules = head.rules.iter().map(|(place, rule)| Rule {
            place: *place,
            column: &rule.column,
            values: match &rule.test {
                CellTest::OneOf(values) => Some(values.iter().map(|value| folded(value)).collect()),
                CellTest::Filled => None,
            },
            effect: rule.effect,
        });
        Self { rules: rules.collect() }
    }

    pub(super) const fn are_none(&self) -> bool {
        self.rules.is_empty()
    }

    /// Returns the reason why a row does not count, or may not; `None` for one that does.
    pub(super) fn judge(&self, row: &Line) -> Option<Ruled> {
        let mut held = None;
        for rule in &self.rules {
            match rule.judge(row) {
                Some(Ruled::Held(reason)) => held = held.or(Some(Ruled::Held(reason))),
                Some(left_out) => return Some(left_out),
                None => {}
            }
        }
        held
    }

    /// Returns the first rule that leaves a row out: its column's place, and the cell.
    pub(super) fn leaves_out<'r>(&self, row: &'r Line) -> Option<(usize, &'r str)> {
        let rule = self.rules.iter().find(|rule| matches!(rule.judge(row), Some(Ruled::LeftOut(_))))?;
        Some((rule.place, row.cell(rule.place).trim()))
    }
}

impl Rule<'_> {
    fn judge(&self, row: &Line) -> Option<Ruled> {
        let cell = row.cell(self.place).trim();
        let reasons = || (self.column.to_owned(), bounded(cell, GLIMPSE_CHARS_MAX));
        let passes = match &self.values {
            Some(values) => values.contains(&folded(cell)),
            None if is_nothing(cell) => false,
            // `Nei` fills the cell, and may well say that nothing happened.
            None if approves(cell) == Some(false) => {
                let (column, found) = reasons();
                return Some(Ruled::Held(HoldReason::RuleUnclear { column, found }));
            }
            None => true,
        };
        let (column, found) = match (self.effect, passes) {
            // A person who leaves out what is rejected has hardly meant to send what is pending.
            (RuleEffect::Exclude, false) if self.values.is_some() && approves(cell) == Some(false) => {
                let found = bounded(cell, GLIMPSE_CHARS_MAX);
                return Some(Ruled::Held(HoldReason::NotApproved { found }));
            }
            (RuleEffect::Include, true) | (RuleEffect::Exclude, false) => return None,
            (RuleEffect::Include, false) | (RuleEffect::Exclude, true) => reasons(),
        };
        Some(Ruled::LeftOut(match self.effect {
            RuleEffect::Include => HoldReason::RowNotIncluded { column, found },
            RuleEffect::Exclude => HoldReason::RowExcluded { column, found },
        }))
    }
}
