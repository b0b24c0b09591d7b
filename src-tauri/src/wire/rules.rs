//! Carries the posting rules of the open workspace as a person reads them, with the records that each part catches.

use std::collections::HashMap;

use postonce_engine::domain::{Condition, PostingRules, VatTreatment};
use postonce_engine::views::{self, DecidedBy};
use serde::Serialize;
use specta::Type;

use super::{Sum, count, each};

/// The posting rules.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct RulesView {
    /// The day in the books, by its word in the workspace file.
    date: String,
    /// The party on the payable line, by its word in the workspace file.
    party: String,
    /// The number of payees that have another id in the books.
    payees: u32,
    /// Each part that chooses an account, in the order in which they are asked.
    accounts: Vec<CaughtByRule>,
    vat: Vec<VatRule>,
    dimensions: Vec<DimensionRule>,
}

/// A part of the rules that chooses an account, and its records.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct CaughtByRule {
    by: RulePart,
    /// The conditions of a rule, all of which must hold.
    conditions: Vec<RuleCondition>,
    /// The name of the category.
    category: Option<String>,
    /// `null` for the records that nothing catches.
    account: Option<String>,
    /// The name of the VAT rule that it says.
    vat: Option<String>,
    records: u32,
    lines: u32,
    sums: Vec<Sum>,
    /// The ids of the first records.
    first: Vec<String>,
}

/// The kind of a part.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RulePart {
    Rule,
    Category,
    Default,
    Nobody,
}

/// A condition of a rule. It holds for one of the values.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct RuleCondition {
    on: ConditionOn,
    /// The name of the dimension.
    dimension: Option<String>,
    values: Vec<String>,
}

/// The part of a record that a condition looks at.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConditionOn {
    Category,
    Payee,
    Dimension,
    NegativeAmount,
    PositiveAmount,
}

/// A VAT rule. Without an account the accounting system computes by the code.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct VatRule {
    name: String,
    code: Option<String>,
    /// In hundredths of a per cent.
    rate: Option<u32>,
    account: Option<String>,
    /// In hundredths of a per cent.
    deductible: Option<u32>,
}

/// The rule for a dimension.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DimensionRule {
    name: String,
    is_required: bool,
    is_in_text: bool,
    /// The number of values that are others in the books.
    translated: u32,
}

impl RulesView {
    pub(crate) fn of(rules: &PostingRules, caught: Vec<views::CaughtByRule>) -> Self {
        let vat = rules.vat.iter().map(|(name, rule)| {
            let (rate, account, deductible) = match &rule.treatment {
                VatTreatment::Computed => (None, None, None),
                VatTreatment::Apart { rate, account, deductible } => {
                    (Some(*rate), Some(account.0.clone()), Some(*deductible))
                }
            };
            VatRule { name: name.clone(), code: rule.code.clone(), rate, account, deductible }
        });
        let dimensions = rules.dimensions.iter().map(|(name, rule)| DimensionRule {
            name: name.clone(),
            is_required: rule.is_required,
            is_in_text: rule.is_in_text,
            translated: counted(&rule.values),
        });
        Self {
            date: rules.date.to_string(),
            party: rules.party.to_string(),
            payees: counted(&rules.payees),
            accounts: caught.into_iter().map(|part| CaughtByRule::of(rules, part)).collect(),
            vat: vat.collect(),
            dimensions: dimensions.collect(),
        }
    }
}

fn counted<K, V>(table: &HashMap<K, V>) -> u32 {
    count(table.len() as u64)
}

impl CaughtByRule {
    fn of(rules: &PostingRules, part: views::CaughtByRule) -> Self {
        let rule = match part.by {
            DecidedBy::Rule(place) => rules.rules.get(place),
            DecidedBy::Category(_) | DecidedBy::Default | DecidedBy::Nobody => None,
        };
        let by = match part.by {
            DecidedBy::Rule(_) => RulePart::Rule,
            DecidedBy::Category(_) => RulePart::Category,
            DecidedBy::Default => RulePart::Default,
            DecidedBy::Nobody => RulePart::Nobody,
        };
        let category = match part.by {
            DecidedBy::Category(name) => Some(name),
            DecidedBy::Rule(_) | DecidedBy::Default | DecidedBy::Nobody => None,
        };
        let category_vat = category.as_ref().and_then(|name| rules.vat_of_categories.get(name));
        Self {
            by,
            conditions: rule.iter().flat_map(|rule| &rule.conditions).map(RuleCondition::from).collect(),
            vat: rule.and_then(|rule| rule.vat.clone()).or_else(|| category_vat.cloned()),
            category,
            account: part.account,
            records: count(part.records),
            lines: count(part.lines),
            sums: each(part.sums),
            first: part.first,
        }
    }
}

impl From<&Condition> for RuleCondition {
    fn from(condition: &Condition) -> Self {
        let of = |on, values: &[String]| Self { on, dimension: None, values: values.to_vec() };
        match condition {
            Condition::Category(names) => of(ConditionOn::Category, names),
            Condition::Payee(ids) => of(ConditionOn::Payee, ids),
            Condition::Dimension(name, values) => {
                Self { dimension: Some(name.clone()), ..of(ConditionOn::Dimension, values) }
            }
            Condition::Negative(true) => of(ConditionOn::NegativeAmount, &[]),
            Condition::Negative(false) => of(ConditionOn::PositiveAmount, &[]),
        }
    }
}
