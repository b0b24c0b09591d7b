//! Reads journal entries (`account.move`) as Odoo shows them.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use postonce_engine::domain::{
    Acknowledgement, Currency, DraftId, FoundDraft, FoundVoucher, Money, Reference, ShownContent, ShownLine,
    VoucherState,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::books::{self, Books};
use super::client::{Client, Fault};
use super::value::{Decimal, Maybe, Moment, RecordLink};

/// The model of an entry.
pub(super) const MODEL: &str = "account.move";
/// The model of its lines.
pub(super) const LINES: &str = "account.move.line";
/// The fields that are read of an entry.
pub(super) const FIELDS: [&str; 11] = [
    "ref",
    "name",
    "state",
    "date",
    "currency_id",
    "amount_total",
    "posted_before",
    "create_date",
    "create_uid",
    "reversed_entry_id",
    "reversal_move_ids",
];
/// The fields that are read of a line.
pub(super) const LINE_FIELDS: [&str; 5] = ["move_id", "account_id", "balance", "partner_id", "name"];

/// Describes an entry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Entry {
    pub(super) id: i64,
    r#ref: Maybe<String>,
    name: Maybe<String>,
    pub(super) state: State,
    date: Maybe<NaiveDate>,
    currency_id: Maybe<RecordLink>,
    /// The sum of its debit lines.
    amount_total: Decimal,
    posted_before: bool,
    create_date: Moment,
    #[serde(default)]
    create_uid: Option<Maybe<RecordLink>>,
    reversed_entry_id: Maybe<RecordLink>,
    reversal_move_ids: Vec<i64>,
}

/// The state of an entry in Odoo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Draft,
    Posted,
    Cancel,
}

/// The meaning of an entry's state for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The entry never was in the books.
    Draft,
    /// The entry is in the books.
    Posted,
    /// Cancelled, or taken out of the books by a person: not ours to delete, and not to be posted once more.
    Withdrawn,
}

/// Describes a line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct EntryLine {
    pub(super) move_id: Maybe<RecordLink>,
    pub(super) account_id: Maybe<RecordLink>,
    /// Debit is positive, credit is negative, in the company's currency.
    pub(super) balance: Decimal,
    pub(super) partner_id: Maybe<RecordLink>,
    /// The text of the line, with the dimensions behind it.
    #[serde(default)]
    name: Option<Maybe<String>>,
}

impl Entry {
    pub(super) fn standing(&self) -> Standing {
        match self.state {
            State::Posted => Standing::Posted,
            State::Draft if !self.posted_before => Standing::Draft,
            State::Draft | State::Cancel => Standing::Withdrawn,
        }
    }

    /// Returns the name of the user who made it.
    fn maker(&self) -> Option<String> {
        let user = self.create_uid.as_ref()?.as_ref()?;
        crate::text::name_of_person(&user.1)
    }

    pub(super) fn reference(&self) -> &str {
        self.r#ref.as_ref().map(String::as_str).unwrap_or_default()
    }

    pub(super) fn date(&self) -> Option<NaiveDate> {
        self.date.as_ref().copied()
    }

    pub(super) fn currency(&self) -> &str {
        self.currency_id.as_ref().map(|currency| currency.1.as_str()).unwrap_or_default()
    }

    /// Returns the sum of its debit lines, a decimal.
    pub(super) fn total(&self) -> &str {
        &self.amount_total.0
    }

    /// Returns the same sum with the decimals of its currency, as people write it; unchanged where it is no amount of
    /// that currency.
    fn decimal_total(&self) -> String {
        let amount =
            Currency::from_code(self.currency()).and_then(|currency| Money::from_decimal(self.total(), currency).ok());
        amount.map_or_else(|| self.total().to_owned(), Money::to_decimal)
    }

    /// Returns the id of the entry that this one reverses.
    pub(super) fn reverses(&self) -> Option<i64> {
        self.reversed_entry_id.as_ref().map(|reversed| reversed.0)
    }

    pub(super) fn acknowledgement(&self) -> Acknowledgement {
        let number = self.name.as_ref().filter(|name| !name.is_empty() && *name != "/").cloned();
        Acknowledgement { voucher_id: self.id.to_string(), number }
    }

    /// Returns it as a draft; `None` where it has no date to compare.
    pub(super) fn as_draft(&self, shown: &Contents) -> Option<FoundDraft> {
        Some(FoundDraft {
            reference: Reference::from_stored(self.reference()),
            draft_id: DraftId::new(self.id.to_string())?,
            date: self.date()?,
            currency: self.currency().to_owned(),
            total: self.decimal_total(),
            created_at: Some(self.create_date.0),
            shown: shown.get(&self.id).cloned().unwrap_or_default(),
        })
    }

    /// Returns it as a voucher, with the one that reversed it; `None` where it has no date to compare.
    pub(super) fn as_voucher(&self, reversed_by: Option<i64>, shown: &Contents) -> Option<FoundVoucher> {
        let stands = self.standing() == Standing::Posted && reversed_by.is_none();
        Some(FoundVoucher {
            reference: Reference::from_stored(self.reference()),
            acknowledgement: self.acknowledgement(),
            date: self.date()?,
            currency: self.currency().to_owned(),
            total: self.decimal_total(),
            created_at: self.create_date.0,
            created_by: self.maker(),
            state: if stands { VoucherState::Posted } else { VoucherState::Voided },
            reversed_by: reversed_by.map(|id| id.to_string()),
            reverses: self.reverses().map(|id| id.to_string()),
            shown: shown.get(&self.id).cloned().unwrap_or_default(),
            differs: Vec::new(),
        })
    }
}

/// Maps each entry to what its lines show.
pub(super) type Contents = HashMap<i64, ShownContent>;

/// Returns what the lines of these entries show, in the words of a posting: account codes and references of contacts.
pub(super) async fn contents(client: &Client, books: &Books, entries: &[Entry]) -> Result<Contents, Fault> {
    let ids: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
    if ids.is_empty() {
        return Ok(Contents::new());
    }
    let lines = lines(client, books, &ids).await?;
    let linked = |link: fn(&EntryLine) -> &Maybe<RecordLink>| -> HashSet<i64> {
        lines.values().flatten().filter_map(|line| link(line).as_ref().map(|link| link.0)).collect()
    };
    let codes = books::codes(client, books, &linked(|line| &line.account_id)).await?;
    let references = books::references(client, books, &linked(|line| &line.partner_id)).await?;
    let currency = Currency::from_code(&books.currency);
    let shown_line = |line: &EntryLine| {
        let amount = currency.and_then(|currency| Money::from_decimal(&line.balance.0, currency).ok());
        ShownLine {
            account: line.account_id.as_ref().and_then(|account| codes.get(&account.0).cloned()),
            amount: amount.map_or_else(|| line.balance.0.clone(), Money::to_decimal),
            party: line.partner_id.as_ref().and_then(|contact| references.get(&contact.0).cloned()),
        }
    };
    // The payable line has the text alone; behind it, the expense line has the dimensions.
    let text = |line: &EntryLine| line.name.as_ref().and_then(|name| name.as_ref().cloned());
    let content = |lines: &Vec<EntryLine>| ShownContent {
        text: lines.iter().filter_map(text).min_by_key(|text| text.chars().count()),
        lines: Some(lines.iter().map(shown_line).collect()),
    };
    Ok(lines.iter().map(|(id, lines)| (*id, content(lines))).collect())
}

/// Returns the entries that fit a filter, oldest first.
pub(super) async fn search(
    client: &Client,
    books: &Books,
    domain: &Value,
    limit: Option<usize>,
) -> Result<Vec<Entry>, Fault> {
    let mut body = json!({"domain": domain, "fields": FIELDS, "order": "id", "context": books.context()});
    if let Some(limit) = limit {
        body["limit"] = limit.into();
    }
    client.ask(MODEL, "search_read", &body).await
}

/// Returns the entries with these ids; an id without an entry is left out.
pub(super) async fn by_id(client: &Client, books: &Books, ids: &[i64]) -> Result<HashMap<i64, Entry>, Fault> {
    let entries = search(client, books, &json!([["id", "in", ids]]), None).await?;
    Ok(entries.into_iter().map(|entry| (entry.id, entry)).collect())
}

/// Returns the lines of these entries, by entry.
pub(super) async fn lines(client: &Client, books: &Books, ids: &[i64]) -> Result<HashMap<i64, Vec<EntryLine>>, Fault> {
    let body = json!({"domain": [["move_id", "in", ids]], "fields": LINE_FIELDS, "context": books.context()});
    let rows: Vec<EntryLine> = client.ask(LINES, "search_read", &body).await?;
    let mut lines: HashMap<i64, Vec<EntryLine>> = HashMap::new();
    for row in rows {
        if let Some(entry) = row.move_id.as_ref().map(|entry| entry.0) {
            lines.entry(entry).or_default().push(row);
        }
    }
    Ok(lines)
}

/// Returns which of these entries were reversed by a posted one, and by which. A reversal that is a draft has not
/// happened yet.
pub(super) async fn reversals<'a>(
    client: &Client,
    books: &Books,
    entries: impl Iterator<Item = &'a Entry>,
) -> Result<HashMap<i64, i64>, Fault> {
    let ids: Vec<i64> = entries.filter(|entry| !entry.reversal_move_ids.is_empty()).map(|entry| entry.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let domain = json!([["reversed_entry_id", "in", ids], ["state", "=", "posted"]]);
    let counters = search(client, books, &domain, None).await?;
    Ok(counters.iter().filter_map(|counter| Some((counter.reverses()?, counter.id))).collect())
}
