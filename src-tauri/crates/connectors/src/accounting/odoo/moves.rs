//! Reads journal entries (`account.move`) as Odoo shows them.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use postonce_engine::domain::{
    Acknowledgement, Currency, DraftId, FoundDraft, FoundVoucher, Money, OwnTotal, Reference, ShownContent, ShownLine,
    VoucherState,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::analytic::{self, Distribution};
use super::books::{self, Books};
use super::client::{Client, Fault};
use super::taxes;
use super::to_make::ForeignAmount;
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
pub(super) const LINE_FIELDS: [&str; 12] = [
    "move_id",
    "account_id",
    "balance",
    "partner_id",
    "name",
    "tax_ids",
    "tax_tag_ids",
    "tax_line_id",
    "tax_repartition_line_id",
    "analytic_distribution",
    "currency_id",
    "amount_currency",
];

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
    /// The text of the line.
    #[serde(default)]
    name: Option<Maybe<String>>,
    /// The taxes that were taken out of it.
    #[serde(default)]
    pub(super) tax_ids: Vec<i64>,
    #[serde(default)]
    pub(super) tax_tag_ids: Vec<i64>,
    /// The tax that it is a share of.
    #[serde(default)]
    tax_line_id: Option<Maybe<RecordLink>>,
    #[serde(default)]
    tax_repartition_line_id: Option<Maybe<RecordLink>>,
    #[serde(default)]
    analytic_distribution: Option<Maybe<Distribution>>,
    #[serde(default)]
    currency_id: Option<Maybe<RecordLink>>,
    #[serde(default)]
    amount_currency: Option<Decimal>,
}

impl EntryLine {
    fn tax(&self) -> Option<&RecordLink> {
        self.tax_line_id.as_ref()?.as_ref()
    }

    /// Returns the share of a tax that it is.
    pub(super) fn share(&self) -> Option<i64> {
        Some(self.tax_repartition_line_id.as_ref()?.as_ref()?.0)
    }

    /// Returns its amount in a foreign currency, with Odoo's id of the currency.
    pub(super) fn foreign(&self, books: &Books) -> Option<ForeignAmount> {
        let currency = self.currency_id.as_ref()?.as_ref().filter(|currency| currency.0 != books.currency_id)?;
        let amount = Money::from_decimal(&self.amount_currency.as_ref()?.0, Currency::from_code(&currency.1)?).ok()?;
        Some(ForeignAmount { currency: currency.0, amount })
    }

    /// Returns its analytic accounts.
    pub(super) fn analytic(&self) -> Option<&Distribution> {
        self.analytic_distribution.as_ref()?.as_ref()
    }
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

    /// Returns currency and sum, of an entry in a foreign currency in that one.
    fn currency_and_total(&self, shown: &Contents) -> (String, String) {
        match shown.get(&self.id).and_then(|content| content.foreign) {
            Some(total) => (total.currency().code().to_owned(), total.to_decimal()),
            None => (self.currency().to_owned(), self.decimal_total()),
        }
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
        let (currency, total) = self.currency_and_total(shown);
        Some(FoundDraft {
            currency,
            total,
            reference: Reference::from_stored(self.reference()),
            draft_id: DraftId::new(self.id.to_string())?,
            date: self.date()?,
            created_at: Some(self.create_date.0),
            shown: shown.get(&self.id).map(|content| content.shown.clone()).unwrap_or_default(),
        })
    }

    /// Returns it as a voucher, with the one that reversed it; `None` where it has no date to compare.
    pub(super) fn as_voucher(&self, reversed_by: Option<i64>, shown: &Contents) -> Option<FoundVoucher> {
        let (currency, total) = self.currency_and_total(shown);
        let stands = self.standing() == Standing::Posted && reversed_by.is_none();
        Some(FoundVoucher {
            reference: Reference::from_stored(self.reference()),
            acknowledgement: self.acknowledgement(),
            date: self.date()?,
            currency,
            total,
            created_at: self.create_date.0,
            created_by: self.maker(),
            state: if stands { VoucherState::Posted } else { VoucherState::Voided },
            reversed_by: reversed_by.map(|id| id.to_string()),
            reverses: self.reverses().map(|id| id.to_string()),
            shown: shown.get(&self.id).map(|content| content.shown.clone()).unwrap_or_default(),
            differs: Vec::new(),
        })
    }
}

/// Holds what the lines of an entry show.
#[derive(Debug, Clone, Default)]
pub(super) struct EntryContent {
    shown: ShownContent,
    /// The sum of its debit lines, if all lines are in one foreign currency.
    foreign: Option<Money>,
}

/// Maps each entry to what its lines show.
pub(super) type Contents = HashMap<i64, EntryContent>;

/// The sums of the debit lines of an entry in a foreign currency. Odoo's own sum of such an entry mixes the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ForeignTotal {
    pub(super) foreign: Money,
    /// In the company's currency.
    pub(super) own: Money,
}

/// Returns the sums of the debit lines, if all lines have one foreign currency.
pub(super) fn foreign_total(books: &Books, lines: &[EntryLine]) -> Option<ForeignTotal> {
    let amounts: Vec<Money> =
        lines.iter().map(|line| line.foreign(books).map(|foreign| foreign.amount)).collect::<Option<_>>()?;
    let currency = amounts.first()?.currency();
    let is_one = amounts.iter().all(|amount| amount.currency() == currency);
    let home = Currency::from_code(&books.currency)?;
    let balances = lines.iter().map(|line| Money::from_decimal(&line.balance.0, home).ok());
    let balances: Vec<Money> = balances.collect::<Option<_>>()?;
    let debit = |amounts: &[Money], currency| {
        Money::from_minor(amounts.iter().map(|amount| amount.minor().max(0)).sum(), currency)
    };
    is_one.then(|| ForeignTotal { foreign: debit(&amounts, currency), own: debit(&balances, home) })
}

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
    let all = || lines.values().flatten();
    let taxes = all().flat_map(|line| taxes::of_line(&line.tax_ids, line.tax())).collect();
    let taxes = taxes::names(client, books, &taxes).await?;
    let analytic = all().filter_map(EntryLine::analytic).flat_map(Distribution::accounts).collect();
    let analytic = analytic::names(client, books, &analytic).await?;
    let dimensions = |line: &EntryLine| {
        let mut dimensions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let accounts = line.analytic().into_iter().flat_map(Distribution::accounts);
        for (plan, names) in accounts.filter_map(|id| analytic.get(&id)) {
            dimensions.entry(plan.clone()).or_default().extend(names.iter().cloned());
        }
        dimensions
    };
    let currency = Currency::from_code(&books.currency);
    let shown_line = |line: &EntryLine, is_foreign: bool| {
        let own = || currency.and_then(|currency| Money::from_decimal(&line.balance.0, currency).ok());
        let foreign = line.foreign(books).filter(|_| is_foreign).map(|foreign| foreign.amount);
        let amount = foreign.or_else(own);
        ShownLine {
            account: line.account_id.as_ref().and_then(|account| codes.get(&account.0).cloned()),
            amount: amount.map_or_else(|| line.balance.0.clone(), Money::to_decimal),
            party: line.partner_id.as_ref().and_then(|contact| references.get(&contact.0).cloned()),
            vat_codes: Some(
                taxes::of_line(&line.tax_ids, line.tax()).filter_map(|id| taxes.get(&id)).flatten().cloned().collect(),
            ),
            is_vat: line.tax().is_some(),
            dimensions: Some(dimensions(line)),
        }
    };
    // The payable line has the text alone.
    let text = |line: &EntryLine| line.name.as_ref().and_then(|name| name.as_ref().cloned());
    let content = |lines: &Vec<EntryLine>| {
        let total = foreign_total(books, lines);
        let foreign = total.map(|total| total.foreign);
        let own = total.map(|total| OwnTotal { currency: books.currency.clone(), total: total.own.to_decimal() });
        let text =
            lines.iter().filter(|line| line.tax().is_none()).filter_map(text).min_by_key(|text| text.chars().count());
        let lines = lines.iter().map(|line| shown_line(line, foreign.is_some())).collect();
        EntryContent { shown: ShownContent { text, lines: Some(lines), own }, foreign }
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
