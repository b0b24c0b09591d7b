//! Makes the posting of a record by the rules of a workspace: accounts, VAT, dimensions, party, day. Pure.
//!
//! Invariants:
//! - a posting balances by construction: the payable line is the opposite of the sum of the others;
//! - VAT that stands apart is taken from its line, so that a rounding can only move an øre between the two;
//! - a record is posted whole or held whole: one line that no rule answers for holds all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike as _, Days, NaiveDate};
use chrono_tz::Tz;
use icu_normalizer::ComposingNormalizerBorrowed;
use serde_json::json;

use super::exchange::{self, rounded};
use super::record::Worth;
use super::text_value::text_value;
use super::{Account, Currency, ExpenseDetail, ExpenseLine, HoldReason, Line, Money, Posting, Record, Reference};

/// The parts of a whole: rates and shares are counted in hundredths of a per cent.
const WHOLE: i128 = 10_000;
/// The sign between the text of a line and the dimensions behind it.
const TEXT_SEPARATOR: &str = " · ";
/// The earliest year of an expense.
const EARLIEST_YEAR: i32 = 2000;
/// The number of days ahead of today at most.
const DAYS_AHEAD_MAX: u64 = 366;

/// The rules by which a workspace posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostingRules {
    /// The account of the debt to the payees.
    pub payable_account: Account,
    /// The account for a category that is not listed; without it such a record is held.
    pub default_account: Option<Account>,
    /// The expense account of each category.
    pub categories: HashMap<String, Account>,
    /// The rules that come before the categories: the first one whose conditions all hold decides.
    pub rules: Vec<AccountRule>,
    /// The VAT of each category, by the name of its rule; it is asked where neither line nor rule names one.
    pub vat_of_categories: HashMap<String, String>,
    /// The VAT rules by name. A code that names none goes to the accounting system as it is.
    pub vat: BTreeMap<String, VatRule>,
    /// The rules for dimensions, by name.
    pub dimensions: BTreeMap<String, DimensionRule>,
    /// A dimension without a rule stands behind the text, since the books have none until the workspace names it.
    pub unnamed_in_text: bool,
    /// The party on the payable line.
    pub party: PartyRule,
    /// The party of payees that have another id in the accounting system.
    pub payees: HashMap<String, String>,
    /// The day in the books.
    pub date: PostingDate,
    /// The organisation's currency; where nobody said it, every currency is its own.
    pub own_currency: Option<Currency>,
    /// The treatment of a record in a foreign currency whose source gives neither rate nor worth.
    pub without_rate: WithoutRate,
}

/// A rule that chooses an account by more than the category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRule {
    /// The conditions, all of which must hold.
    pub conditions: Vec<Condition>,
    /// The account.
    pub account: Account,
    /// The name of the VAT rule, if it says one.
    pub vat: Option<String>,
}

/// A condition of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The category is one of these, as a reader sees it.
    Category(Vec<String>),
    /// The payee's id is one of these; `PM-*` stands for all that begin so.
    Payee(Vec<String>),
    /// The dimension has one of these values.
    Dimension(String, Vec<String>),
    /// The amount of the line is negative, or is not.
    Negative(bool),
}

/// The part of the rules that chooses the account of a line, in the order in which they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decider<'a> {
    /// The rule at this place among [`PostingRules::rules`].
    Rule(usize),
    /// The category of this name among [`PostingRules::categories`].
    Category(&'a str),
    /// The account for everything else.
    Default,
}

/// The treatment of VAT that a line's amount includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatRule {
    /// The code in the accounting system.
    pub code: Option<String>,
    /// The treatment.
    pub treatment: VatTreatment,
}

/// The manner in which VAT is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VatTreatment {
    /// The whole amount goes to the account with the code; the accounting system computes.
    Computed,
    /// The deductible VAT stands on a line of its own.
    Apart {
        /// The rate in hundredths of a per cent: 2500 for 25 %.
        rate: u32,
        /// The account of the VAT.
        account: Account,
        /// The share that is deducted, in hundredths of a per cent; the rest stays with the expense.
        deductible: u32,
    },
}

/// The rule for a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DimensionRule {
    /// A line without a value is held.
    pub is_required: bool,
    /// The value stands behind the text of its line: the accounting system has no such dimension.
    pub is_in_text: bool,
    /// The values of the source that are others in the accounting system.
    pub values: HashMap<String, String>,
}

text_value! {
    /// The party on the payable line.
    PartyRule {
        /// The payee.
        Payee = "payee",
        /// Nobody: the account is a collective one.
        None = "none",
    }
}

text_value! {
    /// The treatment of a record in a foreign currency whose source gives neither rate nor worth.
    WithoutRate {
        /// The record is held.
        Hold = "hold",
        /// The accounting system computes by the rate that it has itself.
        Books = "books",
    }
}

text_value! {
    /// The day on which a record is booked.
    PostingDate {
        /// The day of the expense.
        Expense = "expense",
        /// The day of the approval.
        Approval = "approval",
        /// The last day of the month of the expense.
        PeriodEnd = "period_end",
        /// The day on which it is sent.
        Today = "today",
        /// The day of the expense; where its period is closed, the first day of the next open one.
        NextOpen = "next_open",
    }
}

/// The day by which a posting is dated.
#[derive(Debug, Clone, Copy)]
pub struct BookingDay {
    /// The day of today, where the organisation is.
    pub today: NaiveDate,
    /// The organisation's time zone, by which an instant of approval is a day.
    pub time_zone: Tz,
}

impl BookingDay {
    /// Says whether a day may be meant: another one is a slip of the keyboard.
    pub(crate) fn is_plausible(&self, date: NaiveDate) -> bool {
        let latest = self.today.checked_add_days(Days::new(DAYS_AHEAD_MAX)).unwrap_or(NaiveDate::MAX);
        date.year() >= EARLIEST_YEAR && date <= latest
    }
}

impl PostingRules {
    /// Returns rules that know accounts alone.
    pub fn of_accounts(payable: Account, default: Option<Account>, categories: HashMap<String, Account>) -> Self {
        Self {
            payable_account: payable,
            default_account: default,
            categories,
            rules: Vec::new(),
            vat_of_categories: HashMap::new(),
            vat: BTreeMap::new(),
            dimensions: BTreeMap::new(),
            unnamed_in_text: false,
            party: PartyRule::Payee,
            payees: HashMap::new(),
            date: PostingDate::Expense,
            own_currency: None,
            without_rate: WithoutRate::Hold,
        }
    }

    /// Returns the part of the rules that decides for a line, and its account: the first rule that holds, then the
    /// category, then the account for everything else.
    ///
    /// # Errors
    /// [`HoldReason::AccountMissing`] if none decides.
    pub fn decider(&self, record: &Record, line: &ExpenseLine) -> Result<(Decider<'_>, &Account), HoldReason> {
        let mut rules = self.rules.iter().enumerate();
        if let Some((place, rule)) = rules.find(|(_, rule)| rule.holds_for(record, line)) {
            return Ok((Decider::Rule(place), &rule.account));
        }
        let category = by_category(&self.categories, &line.category);
        category
            .map(|(name, account)| (Decider::Category(name), account))
            .or(self.default_account.as_ref().map(|account| (Decider::Default, account)))
            .ok_or_else(|| HoldReason::AccountMissing { category: line.category.clone() })
    }

    /// Returns the rules beyond payable, default and categories, as the audit trail keeps them: equal for equal rules;
    /// `None` without any.
    pub(crate) fn beyond_accounts(&self) -> Option<serde_json::Value> {
        let plain = Self {
            own_currency: self.own_currency,
            unnamed_in_text: self.unnamed_in_text,
            ..Self::of_accounts(self.payable_account.clone(), self.default_account.clone(), self.categories.clone())
        };
        if *self == plain {
            return None;
        }
        let sorted = |table: &HashMap<String, String>| -> BTreeMap<String, String> {
            table.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        let rule = |rule: &AccountRule| {
            let conditions: Vec<String> = rule.conditions.iter().map(|condition| format!("{condition:?}")).collect();
            json!({ "conditions": conditions, "account": rule.account.0, "vat": rule.vat })
        };
        let vat = |rule: &VatRule| match &rule.treatment {
            VatTreatment::Computed => json!({ "code": rule.code }),
            VatTreatment::Apart { rate, account, deductible } => {
                json!({ "code": rule.code, "rate": rate, "account": account.0, "deductible": deductible })
            }
        };
        let dimension = |rule: &DimensionRule| {
            let mut shown = json!({ "required": rule.is_required, "values": sorted(&rule.values) });
            if rule.is_in_text {
                shown["in_text"] = true.into();
            }
            shown
        };
        let mut beyond = json!({
            "rules": self.rules.iter().map(rule).collect::<Vec<_>>(),
            "vat": sorted(&self.vat_of_categories),
            "vat_rules": self.vat.iter().map(|(name, rule)| (name, vat(rule))).collect::<BTreeMap<_, _>>(),
            "dimensions":
                self.dimensions.iter().map(|(name, rule)| (name, dimension(rule))).collect::<BTreeMap<_, _>>(),
            "party": self.party,
            "payees": sorted(&self.payees),
            "date": self.date,
        });
        if self.without_rate != WithoutRate::Hold {
            beyond["without_rate"] = json!(self.without_rate);
        }
        Some(beyond)
    }

    /// Returns every account that a posting may be made to, with repetitions.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        let apart = self.vat.values().filter_map(|rule| match &rule.treatment {
            VatTreatment::Apart { account, .. } => Some(account),
            VatTreatment::Computed => None,
        });
        [&self.payable_account]
            .into_iter()
            .chain(&self.default_account)
            .chain(self.categories.values())
            .chain(self.rules.iter().map(|rule| &rule.account))
            .chain(apart)
    }

    /// Returns every VAT code that the accounting system is asked to compute by, each once.
    pub fn computed_vat_codes(&self) -> BTreeSet<String> {
        let named = self.vat_of_categories.values().chain(self.rules.iter().filter_map(|rule| rule.vat.as_ref()));
        let all = named.chain(self.vat.keys()).map(|name| self.vat_named(name));
        all.filter(|(_, treatment)| *treatment == VatTreatment::Computed).filter_map(|(code, _)| code).collect()
    }

    fn is_in_text(&self, dimension: &str) -> bool {
        self.dimensions.get(dimension).map_or(self.unnamed_in_text, |rule| rule.is_in_text)
    }

    /// Returns the names of the dimensions that the accounting system has to know.
    pub fn booked_dimensions(&self) -> impl Iterator<Item = &str> {
        self.dimensions.iter().filter(|(_, rule)| !rule.is_in_text).map(|(name, _)| name.as_str())
    }

    /// Returns the posting of a record: its expenses, with their VAT, against what is owed.
    ///
    /// # Errors
    /// The reason to hold the record: no account, nothing to post, a dimension that is missing.
    pub fn posting(&self, record: &Record, reference: Reference, day: BookingDay) -> Result<Posting, HoldReason> {
        if record.amount.is_zero() {
            return Err(HoldReason::AmountZero);
        }
        let invalid = || HoldReason::AmountInvalid { found: record.amount.to_decimal() };
        let owed = record.amount.opposite().ok_or_else(invalid)?;
        ExpenseDetail::check_length(record.detail.lines.len())?;
        let worth = self.worth(record)?;
        let mut lines = Vec::with_capacity(2);
        let mut sum: i64 = 0;
        for (place, expense) in record.expense_lines().iter().enumerate().filter(|(_, line)| line.minor != 0) {
            sum = sum.checked_add(expense.minor).ok_or_else(invalid)?;
            let own = worth.as_ref().map(|worth| Money::from_minor(worth.lines[place], worth.currency));
            self.post_line(record, expense, own, &mut lines)?;
        }
        if sum != record.amount.minor() {
            let decimal = |minor| Money::from_minor(minor, record.amount.currency()).to_decimal();
            return Err(HoldReason::ClaimSumDiffers { sum: decimal(sum), total: record.amount.to_decimal() });
        }
        let has_party = self.party == PartyRule::Payee;
        let payee = self.payees.get(&record.payee.id).unwrap_or(&record.payee.id);
        let own = worth.as_ref().map(|worth| {
            let debit: i64 = lines.iter().filter_map(|line: &Line| line.own).map(Money::minor).sum();
            Money::from_minor(-debit, worth.currency)
        });
        lines.push(Line {
            own,
            account: self.payable_account.clone(),
            amount: owed,
            text: None,
            party: has_party.then(|| payee.clone()),
            party_name: Some(record.payee.name.clone()).filter(|name| has_party && !name.trim().is_empty()),
            vat_code: None,
            dimensions: BTreeMap::new(),
        });
        Ok(Posting {
            reference,
            date: self.day_of(record, day)?,
            currency: record.amount.currency(),
            rate: worth.and_then(|worth| worth.rate),
            is_day_of_sending: self.date == PostingDate::Today,
            text: record.text.clone(),
            lines,
        })
    }

    /// Returns the day in the books.
    fn day_of(&self, record: &Record, day: BookingDay) -> Result<NaiveDate, HoldReason> {
        match self.date {
            PostingDate::Expense | PostingDate::NextOpen => Ok(record.date),
            PostingDate::Today => Ok(day.today),
            PostingDate::PeriodEnd => Ok(last_of_month(record.date)),
            PostingDate::Approval => {
                let missing = || HoldReason::FieldMissing { field: "approved_at".to_owned() };
                let instant = record.approved_at.ok_or_else(missing)?;
                Ok(instant.with_timezone(&day.time_zone).date_naive())
            }
        }
    }

    /// Returns the worth of a record in a foreign currency; `None` for one in the organisation's own, and for one whose
    /// worth the accounting system computes.
    fn worth(&self, record: &Record) -> Result<Option<Worth>, HoldReason> {
        let currency = record.amount.currency();
        let Some(own) = self.own_currency.filter(|own| *own != currency) else { return Ok(None) };
        match (record.worth(own)?, self.without_rate) {
            (None, WithoutRate::Hold) => Err(HoldReason::RateMissing { currency: currency.code().to_owned() }),
            (worth, _) => Ok(worth),
        }
    }

    /// Posts one line: the expense, and its VAT where that stands apart. `own`: its worth in the organisation's currency.
    fn post_line(
        &self,
        record: &Record,
        expense: &ExpenseLine,
        own: Option<Money>,
        lines: &mut Vec<Line>,
    ) -> Result<(), HoldReason> {
        let currency = record.amount.currency();
        let (decider, account) = self.decider(record, expense)?;
        let rule = match decider {
            Decider::Rule(place) => self.rules.get(place),
            Decider::Category(_) | Decider::Default => None,
        };
        let named = expense.vat.code.as_deref().or_else(|| rule?.vat.as_deref());
        let named =
            named.or_else(|| by_category(&self.vat_of_categories, &expense.category).map(|(_, name)| name.as_str()));
        let vat = named.map(|name| self.vat_named(name));
        let is_computed = |(_, treatment): &&(_, VatTreatment)| *treatment == VatTreatment::Computed;
        let code = vat.as_ref().filter(is_computed).and_then(|(code, _)| code.clone());
        let apart = match &vat {
            Some((_, VatTreatment::Apart { rate, account, deductible })) => {
                Some((account, deducted(expense, *rate, *deductible, currency)?))
            }
            Some((_, VatTreatment::Computed)) | None => None,
        };
        let dimensions = self.dimensions_of(expense)?;
        let vat_minor = apart.map_or(0, |(_, minor)| minor);
        let own_text = Some(&expense.text).filter(|text| !text.is_empty() && **text != record.text).cloned();
        let (in_text, dimensions): (BTreeMap<_, _>, BTreeMap<_, _>) =
            dimensions.into_iter().partition(|(name, _)| self.is_in_text(name));
        let behind = in_text
            .into_iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(name, value)| format!("{name} {value}"));
        let text = own_text.into_iter().chain(behind).collect::<Vec<_>>().join(TEXT_SEPARATOR);
        let text = Some(text).filter(|text| !text.is_empty());
        let vat_own = own.map(|own| exchange::shares(own.minor(), &[expense.minor - vat_minor, vat_minor])[1]);
        let own_of = |is_vat: bool| {
            let (own, vat) = own.zip(vat_own)?;
            Some(Money::from_minor(if is_vat { vat } else { own.minor() - vat }, own.currency()))
        };
        let line = |account: &Account, minor: i64, vat_code: Option<String>, own: Option<Money>| Line {
            own,
            account: account.clone(),
            amount: Money::from_minor(minor, currency),
            text: text.clone(),
            party: None,
            party_name: None,
            vat_code,
            dimensions: dimensions.clone(),
        };
        lines.push(line(account, expense.minor - vat_minor, code, own_of(false)));
        if let Some((account, minor)) = apart.filter(|(_, minor)| *minor != 0) {
            lines.push(line(account, minor, None, own_of(true)));
        }
        Ok(())
    }

    /// Returns code and treatment of the VAT of this name; of a name without a rule, the name itself as the code.
    fn vat_named(&self, name: &str) -> (Option<String>, VatTreatment) {
        let by_code = || self.vat.values().find(|rule| rule.code.as_deref() == Some(name));
        match self.vat.get(name).or_else(by_code) {
            Some(rule) => (rule.code.clone(), rule.treatment.clone()),
            None => (Some(name.to_owned()), VatTreatment::Computed),
        }
    }

    /// Returns the dimensions of a line as the accounting system names their values.
    fn dimensions_of(&self, expense: &ExpenseLine) -> Result<BTreeMap<String, String>, HoldReason> {
        let missing = |(name, rule): &(&String, &DimensionRule)| {
            rule.is_required && expense.dimensions.get(*name).is_none_or(|value| value.trim().is_empty())
        };
        if let Some((name, _)) = self.dimensions.iter().find(missing) {
            return Err(HoldReason::DimensionMissing { dimension: name.clone() });
        }
        let translated = |(name, value): (&String, &String)| {
            let translation = self.dimensions.get(name).and_then(|rule| rule.values.get(value));
            (name.clone(), translation.unwrap_or(value).clone())
        };
        Ok(expense.dimensions.iter().map(translated).collect())
    }
}

impl AccountRule {
    /// Says whether the rule decides for a line.
    pub fn holds_for(&self, record: &Record, line: &ExpenseLine) -> bool {
        self.conditions.iter().all(|condition| match condition {
            Condition::Category(names) => names.iter().any(|name| are_alike(name, &line.category)),
            Condition::Payee(ids) => ids.iter().any(|id| match id.strip_suffix('*') {
                Some(beginning) => record.payee.id.starts_with(beginning),
                None => record.payee.id == *id,
            }),
            Condition::Dimension(name, values) => line.dimensions.get(name).is_some_and(|value| values.contains(value)),
            Condition::Negative(is_negative) => (line.minor < 0) == *is_negative,
        })
    }
}

/// Returns the VAT that is deducted from a line: what the source says, or the rate's part, rounded to the minor unit.
fn deducted(expense: &ExpenseLine, rate: u32, deductible: u32, currency: Currency) -> Result<i64, HoldReason> {
    let gross = i128::from(expense.minor);
    let vat = match expense.vat.minor {
        Some(minor) => i128::from(minor),
        None => rounded(gross * i128::from(rate), WHOLE + i128::from(rate)),
    };
    // VAT is a part of its amount: on the same side, and not more.
    let is_part = vat == 0 || ((vat < 0) == (gross < 0) && vat.abs() <= gross.abs());
    let share = rounded(vat * i128::from(deductible), WHOLE);
    let minor = i64::try_from(share).ok().filter(|_| is_part);
    minor.ok_or_else(|| HoldReason::VatInvalid {
        found: Money::sum_to_decimal(vat, currency),
        amount: Money::from_minor(expense.minor, currency).to_decimal(),
    })
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    let next = match day.month() {
        12 => NaiveDate::from_ymd_opt(day.year() + 1, 1, 1),
        month => NaiveDate::from_ymd_opt(day.year(), month + 1, 1),
    };
    next.and_then(|next| next.pred_opt()).unwrap_or(day)
}

/// Returns the row of a table for a category, as a reader sees it.
fn by_category<'a, T>(table: &'a HashMap<String, T>, category: &str) -> Option<(&'a str, &'a T)> {
    let alike = || table.iter().find(|(name, _)| are_alike(name, category));
    table.get_key_value(category).or_else(alike).map(|(name, value)| (name.as_str(), value))
}

/// Says whether two categories are one to a reader: spaces of any kind, letter case, and the composition of letters make
/// no difference.
fn are_alike(one: &str, other: &str) -> bool {
    let first = |text: &str| text.trim_start().bytes().next().unwrap_or_default();
    // By far the most differ in the first letter already.
    let (left, right) = (first(one), first(other));
    if left.is_ascii() && right.is_ascii() && !left.eq_ignore_ascii_case(&right) {
        return false;
    }
    let normalizer = ComposingNormalizerBorrowed::new_nfc();
    let seen = |text: &str| {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        normalizer.normalize(&text).into_owned()
    };
    seen(one) == seen(other)
}

#[cfg(test)]
mod tests;
