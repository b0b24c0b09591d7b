//! Holds the content of a record, and its changes.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Reason, RecordState};
use crate::domain::{Actor, AlarmKind, ContentField, ExpenseDetail, FoundVoucher};

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
    /// The category of the expense.
    pub category: String,
    /// The text of the voucher.
    pub text: String,
    /// The department.
    pub department: Option<String>,
    /// The project.
    pub project: Option<String>,
    /// Whatever it says beyond a plain expense: lines, further dimensions, VAT.
    #[serde(default, skip_serializing_if = "ExpenseDetail::is_plain")]
    pub detail: ExpenseDetail,
    /// The platform's version; not a part of what is compared.
    pub version: Option<u32>,
    /// The time when it was approved; not a part of what is compared.
    pub approved_at: Option<DateTime<Utc>>,
}

impl Content {
    /// Returns the members that differ in the other; approval again and a payee's new name are no difference.
    pub fn differing(&self, other: &Self) -> Vec<ContentField> {
        ContentField::ALL.iter().copied().filter(|field| self.text_of(*field) != other.text_of(*field)).collect()
    }

    /// Returns a member as text; `None` if it has none.
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
            ContentField::Lines => self.detail.lines_text(&self.currency),
            ContentField::Dimensions => self.detail.dimensions_text(),
            ContentField::Vat => self.detail.vat.text(&self.currency),
            ContentField::Exchange => self.detail.exchange.text(),
        }
    }
}

/// A record whose content is not what was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The content as it was exported; `None` if that is no longer known.
    pub exported: Option<Content>,
    /// The content as it is now.
    pub now: Content,
    /// The members that differ; empty if the exported content is not known.
    pub differs: Vec<ContentField>,
    /// The time since when it differs, if that is known.
    pub since: Option<DateTime<Utc>>,
}

/// A voucher that was acknowledged, and is not there as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The kind of the alarm.
    pub kind: AlarmKind,
    /// The time since when it is known.
    pub since: DateTime<Utc>,
    /// The vouchers that the accounting system has under the reference now.
    pub evidence: Vec<FoundVoucher>,
    /// True if we reversed the voucher ourselves, for a re-export that made no new one.
    pub is_ours: bool,
    /// True if one voucher stands for the record, and it is not the one that was acknowledged last.
    pub is_other_voucher: bool,
    /// The reason why the accounting system refused the new one, if it did.
    pub refusal: Option<Reason>,
}

/// A person's word that a record may stay as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The alarm that was accepted: a voucher that is not there as it was; `None` for a changed content.
    pub alarm: Option<AlarmKind>,
    /// The person's reason.
    pub reason: String,
    /// The person who accepted it.
    pub actor: Actor,
    /// The time when they did.
    pub at: DateTime<Utc>,
}

/// Other records with the same payee, date, amount and text. For information: real data is full of honest ones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LookAlikes {
    /// The number of look-alikes.
    pub count: u64,
    /// The first [`LookAlikes::SHOWN_MAX`].
    pub first: Vec<LookAlike>,
}

impl LookAlikes {
    /// The number of look-alikes that are listed; the rest is counted.
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
