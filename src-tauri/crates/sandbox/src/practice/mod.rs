//! Makes records to practise on: believable reimbursements of Norwegian peer mentors, any number of them, the same for
//! the same seed. None of them is broken; a few look like another one and are not.

mod files;
mod generator;
mod phrases;
mod random;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::money;

pub use files::{CsvError, read_csv, write_csv};
pub use generator::records;
pub(crate) use random::SplitMix64;

/// An approved expense, as the platform gives it. As JSON it has the shape of the protocol's `records`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct PracticeRecord {
    /// The platform's own id, such as `PM-2026-00417`.
    pub id: String,
    /// The number of the expense's version on the platform, from 1.
    pub version: u32,
    /// The time of the approval.
    pub approved_at: DateTime<Utc>,
    /// The day of the expense.
    pub expense_date: NaiveDate,
    /// The person who is reimbursed.
    pub payee: Payee,
    /// The kind of expense; [`suggested_accounts`] has an account for each.
    pub category: String,
    /// The amount in minor units of the currency: øre.
    pub amount_minor: i64,
    /// Three capital letters.
    pub currency: String,
    /// The peer mentor's own text.
    pub text: String,
    /// The department that bears the cost.
    pub department: Option<String>,
    /// The project that bears the cost.
    pub project: Option<String>,
    /// The other members, as a file has them: lines, dimensions, VAT.
    pub others: Map<String, Value>,
}

/// The person who is reimbursed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// The platform's own id, such as `PM-0031`.
    pub id: String,
    /// The name.
    pub name: String,
}

/// Returns an account of the sandbox's chart for each category of the generated records.
#[must_use]
pub fn suggested_accounts() -> &'static [(&'static str, &'static str)] {
    &[
        ("Reise med bil", "7100"),
        ("Kollektivtransport", "7140"),
        ("Overnatting", "7140"),
        ("Bevertning", "7160"),
        ("Kurs og opplæring", "6860"),
        ("Materiell", "6800"),
        ("Telefon", "6900"),
        ("Leie av lokale", "6300"),
    ]
}

impl PracticeRecord {
    /// Returns the amount as the protocol writes it, such as `412.00`.
    #[must_use]
    pub fn amount(&self) -> String {
        money::format(self.amount_minor, money::exponent(&self.currency))
    }
}

/// The record as the protocol writes it.
#[derive(Serialize, Deserialize)]
struct Wire {
    id: String,
    version: u32,
    approved_at: DateTime<Utc>,
    expense_date: NaiveDate,
    payee: Payee,
    category: String,
    amount: String,
    currency: String,
    text: String,
    #[serde(default)]
    department: Option<String>,
    #[serde(default)]
    project: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl From<PracticeRecord> for Wire {
    fn from(record: PracticeRecord) -> Self {
        let amount = record.amount();
        let PracticeRecord { id, version, approved_at, expense_date, payee, category, .. } = record;
        let PracticeRecord { currency, text, department, project, others, .. } = record;
        Self {
            id,
            version,
            approved_at,
            expense_date,
            payee,
            category,
            amount,
            currency,
            text,
            department,
            project,
            others,
        }
    }
}

impl TryFrom<Wire> for PracticeRecord {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let Wire { id, version, approved_at, expense_date, payee, category, amount, currency, text, .. } = wire;
        let Wire { department, project, others, .. } = wire;
        if !money::is_currency(&currency) {
            return Err(format!("'{currency}' is not a currency"));
        }
        let amount_minor = money::parse(&amount, money::exponent(&currency))
            .ok_or_else(|| format!("'{amount}' is not an amount in {currency}"))?;
        Ok(Self {
            id,
            version,
            approved_at,
            expense_date,
            payee,
            category,
            amount_minor,
            currency,
            text,
            department,
            project,
            others,
        })
    }
}
