//! What a record says, and how that changed.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::RecordState;
use crate::domain::{Actor, AlarmKind, ContentField, FoundVoucher};

/// The content of a record at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The date of the expense.
    pub date: NaiveDate,
    /// The amount, a decimal.
    pub amount: String,
    /// The code of its currency.
    pub currency: String,
    /// The payee's id.
    pub payee_id: String,
    /// The payee's name; not a part of what is compared.
    pub payee: String,
    /// What for.
    pub category: String,
    /// The text of the voucher.
    pub text: String,
    /// The department.
    pub department: Option<String>,
    /// The project.
    pub project: Option<String>,
    /// The platform's version; not a part of what is compared.
    pub version: Option<u32>,
    /// When it was approved; not a part of what is compared.
    pub approved_at: Option<DateTime<Utc>>,
}

impl Content {
    /// What is different in the other; approval again and a payee's new name are no difference.
    pub fn differing(&self, other: &Self) -> Vec<ContentField> {
        ContentField::ALL.iter().copied().filter(|field| self.text_of(*field) != other.text_of(*field)).collect()
    }

    /// A member as text; `None` where it has none.
    pub fn text_of(&self, field: ContentField) -> Option<String> {
        match field {
            ContentField::Date => Some(self.date.to_string()),
            ContentField::Amount => Some(self.amount.clone()),
            ContentField::Currency => Some(self.currency.clone()),
            ContentField::PayeeId => Some(self.payee_id.clone()),
            ContentField::Category => Some(self.category.clone()),
            ContentField::Text => Some(self.text.clone()),
            ContentField::Department => self.department.clone(),
            ContentField::Project => self.project.clone(),
        }
    }
}

/// A record whose content is not what was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// As it was exported; `None` where that is no longer known.
    pub exported: Option<Content>,
    /// As it is now.
    pub now: Content,
    /// What is different; empty where the exported content is not known.
    pub differs: Vec<ContentField>,
    /// Since when, where that is known.
    pub since: Option<DateTime<Utc>>,
}

/// A voucher that was acknowledged, and is not there as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// What became of it.
    pub kind: AlarmKind,
    /// Since when that is known.
    pub since: DateTime<Utc>,
    /// What the accounting system has under the reference now.
    pub evidence: Vec<FoundVoucher>,
}

/// A person's word that a record may stay as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// What was accepted: a voucher that is not there as it was, or (`None`) a changed content.
    pub alarm: Option<AlarmKind>,
    /// Why.
    pub reason: String,
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: DateTime<Utc>,
}

/// Other records with the same payee, date, amount and text. For information: real data is full of honest ones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LookAlikes {
    /// How many.
    pub count: u64,
    /// The first [`LookAlikes::SHOWN_MAX`].
    pub first: Vec<LookAlike>,
}

impl LookAlikes {
    /// Look-alikes that are listed; the rest is counted.
    pub const SHOWN_MAX: u32 = 20;
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAlike {
    /// Its id.
    pub record_id: String,
    /// Its state.
    pub state: RecordState,
}
