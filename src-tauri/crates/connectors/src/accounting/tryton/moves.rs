//! Reads moves back: drafts and vouchers of the books.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use postonce_engine::domain::{
    Acknowledgement, DraftId, Found, FoundDraft, FoundVoucher, Money, OwnTotal, Reference, ShownContent, ShownLine,
    VoucherState,
};
use postonce_engine::ports::{CallError, ReferencePage};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::facts::Facts;
use super::fault::Fault;
use super::rpc::{Call, Rpc};
use super::wire::{TrytonDate, TrytonDecimal, TrytonMoment};

/// The fields that are read of a move.
const FIELDS: [&str; 19] = [
    "number",
    "state",
    "description",
    "date",
    "create_date",
    "write_date",
    "origin",
    "lines.debit",
    "lines.credit",
    "lines.create_date",
    "lines.write_date",
    "lines.account.code",
    "lines.party.code",
    "lines.description",
    "lines.amount_second_currency",
    "lines.second_currency.code",
    "lines.tax_lines.type",
    "lines.tax_lines.tax.name",
    "lines.tax_lines.tax.description",
];
/// The fields that are read besides where there are analytic accounts.
const ANALYTIC_FIELDS: [&str; 3] = [
    "lines.analytic_lines.account.code",
    "lines.analytic_lines.account.name",
    "lines.analytic_lines.account.root.name",
];
/// The beginning of an origin that is a move: `account.move,12`.
const ORIGIN: &str = "account.move,";

/// Describes a move.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Move {
    pub(super) id: i64,
    pub(super) number: Option<String>,
    state: String,
    description: Option<String>,
    pub(super) date: TrytonDate,
    create_date: TrytonMoment,
    write_date: Option<TrytonMoment>,
    /// The record that it was made of, if any: a cancelling move has the move it cancels.
    origin: Option<String>,
    #[serde(rename = "lines.", default)]
    lines: Vec<LineRead>,
}

#[derive(Debug, Clone, Deserialize)]
struct LineRead {
    debit: TrytonDecimal,
    credit: TrytonDecimal,
    create_date: TrytonMoment,
    write_date: Option<TrytonMoment>,
    #[serde(rename = "account.", default)]
    account: Option<CodeBody>,
    #[serde(rename = "party.", default)]
    party: Option<CodeBody>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    amount_second_currency: Option<TrytonDecimal>,
    #[serde(rename = "second_currency.", default)]
    second_currency: Option<CodeBody>,
    #[serde(rename = "tax_lines.", default)]
    tax_lines: Vec<TaxLineRead>,
    #[serde(rename = "analytic_lines.", default)]
    analytic_lines: Option<Vec<AnalyticLineRead>>,
}

#[derive(Debug, Clone, Deserialize)]
struct TaxLineRead {
    r#type: String,
    #[serde(rename = "tax.")]
    tax: NameBody,
}

#[derive(Debug, Clone, Deserialize)]
struct AnalyticLineRead {
    #[serde(rename = "account.")]
    account: AnalyticAccountRead,
}

#[derive(Debug, Clone, Deserialize)]
struct AnalyticAccountRead {
    code: Option<String>,
    name: String,
    #[serde(rename = "root.", default)]
    root: Option<NameBody>,
}

#[derive(Debug, Clone, Deserialize)]
struct NameBody {
    name: String,
    #[serde(default)]
    description: Option<String>,
}

impl LineRead {
    /// Returns code and amount of a line in a foreign currency.
    fn foreign(&self) -> Option<(&str, Decimal)> {
        Some((self.second_currency.as_ref()?.code.as_deref()?, self.amount_second_currency?.0))
    }

    fn is_vat(&self) -> bool {
        self.tax_lines.iter().any(|line| line.r#type == "tax")
    }

    fn vat_codes(&self) -> Vec<String> {
        let names = |line: &TaxLineRead| [Some(line.tax.name.clone()), line.tax.description.clone()];
        self.tax_lines.iter().flat_map(names).flatten().collect()
    }

    fn dimensions(&self) -> BTreeMap<String, Vec<String>> {
        let mut dimensions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for AnalyticLineRead { account } in self.analytic_lines.iter().flatten() {
            if let Some(root) = &account.root {
                let names = account.code.iter().chain([&account.name]).cloned();
                dimensions.entry(root.name.to_lowercase()).or_default().extend(names);
            }
        }
        dimensions
    }
}

#[derive(Debug, Clone, Deserialize)]
struct CodeBody {
    code: Option<String>,
}

/// Describes a move that is posted, after a call that was to post it.
#[derive(Debug, Deserialize)]
pub(super) struct PostedBody {
    pub(super) id: i64,
    number: Option<String>,
}

impl PostedBody {
    pub(super) fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement { voucher_id: self.id.to_string(), number: self.number.clone() }
    }
}

#[derive(Debug, Deserialize)]
struct DescriptionBody {
    description: String,
}

#[derive(Debug, Deserialize)]
struct NumberedDescription {
    id: i64,
    description: String,
}

#[derive(Debug, Deserialize)]
struct CancellingBody {
    id: i64,
    origin: String,
}

impl Move {
    pub(super) fn is_posted(&self) -> bool {
        self.state == "posted"
    }

    pub(super) fn reference(&self) -> &str {
        self.description.as_deref().unwrap_or_default()
    }

    /// Returns the id of the move that it cancels.
    pub(super) fn cancels(&self) -> Option<&str> {
        self.origin.as_deref()?.strip_prefix(ORIGIN)
    }

    /// Says whether it is a draft as we make them. A draft that somebody else made of something, such as the draft of a
    /// cancelling move, bears our reference too, and is none of ours to post or to delete.
    pub(super) fn is_our_draft(&self) -> bool {
        !self.is_posted() && self.origin.is_none()
    }

    /// Says whether neither it nor its lines were written to, or added to, since the transaction that made it: its
    /// accounts and parties are then those that were sent.
    pub(super) fn is_untouched(&self, lines: usize, has_vat: bool) -> bool {
        let made = Some(self.create_date);
        let as_made = |written: Option<TrytonMoment>| written.is_none() || written == made;
        as_made(self.write_date)
            && is_count(self.lines.len(), lines, has_vat)
            && self.lines.iter().all(|line| Some(line.create_date) == made && as_made(line.write_date))
    }

    /// Returns the sum of its debit lines; a negative credit, as in a cancelling move, is a debit.
    pub(super) fn total(&self) -> Decimal {
        let debit = |line: &LineRead| line.debit.0.max(Decimal::ZERO) - line.credit.0.min(Decimal::ZERO);
        self.lines.iter().map(debit).sum()
    }

    /// Returns the foreign currency of all lines, and the sum of the debits in it.
    fn foreign(&self) -> Option<(&str, Decimal)> {
        let (currency, _) = self.lines.first()?.foreign()?;
        let of_line = |line: &LineRead| {
            line.foreign().filter(|(code, _)| *code == currency).map(|(_, amount)| amount.max(Decimal::ZERO))
        };
        let amounts: Vec<Decimal> = self.lines.iter().map(of_line).collect::<Option<_>>()?;
        Some((currency, amounts.into_iter().sum()))
    }

    /// Says whether its reference, date and sums are those that were claimed.
    pub(super) fn is(&self, reference: &Reference, date: NaiveDate, total: Money, own: Option<Money>) -> bool {
        let is_sum = |there: Decimal, claimed: Money| {
            let there = Money::from_decimal(&there.to_string(), claimed.currency());
            there.is_ok_and(|there| there.minor().unsigned_abs() == claimed.minor().unsigned_abs())
        };
        let are_sums = match self.foreign() {
            Some((code, there)) => {
                code == total.currency().code()
                    && is_sum(there, total)
                    && own.is_none_or(|own| is_sum(self.total(), own))
            }
            None => is_sum(self.total(), total),
        };
        self.reference() == reference.as_str() && self.date.0 == date && are_sums
    }

    /// Returns currency and sum, of a move in a foreign currency in that one.
    fn currency_and_total(&self, facts: &Facts) -> (String, String) {
        match self.foreign() {
            Some((currency, total)) => (currency.to_owned(), total.to_string()),
            None => (facts.currency.clone(), self.total().to_string()),
        }
    }

    pub(super) fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement { voucher_id: self.id.to_string(), number: self.number.clone() }
    }

    fn draft_id(&self) -> DraftId {
        DraftId::new(self.id.to_string()).expect("a number is not empty")
    }

    /// Returns what the lines show. The payable line has the text alone.
    fn shown(&self, facts: &Facts) -> ShownContent {
        let is_foreign = self.foreign().is_some();
        let sent = self.lines.iter().filter(|line| !line.is_vat());
        let texts = sent.filter_map(|line| line.description.clone()).filter(|text| !text.is_empty());
        let line = |line: &LineRead| ShownLine {
            account: line.account.as_ref().and_then(|account| account.code.clone()),
            amount: match line.foreign().filter(|_| is_foreign) {
                Some((_, amount)) => amount.to_string(),
                None => (line.debit.0 - line.credit.0).to_string(),
            },
            party: line.party.as_ref().and_then(|party| party.code.clone()),
            vat_codes: Some(line.vat_codes()),
            is_vat: line.is_vat(),
            dimensions: facts.has_analytic.then(|| line.dimensions()),
        };
        let lines = Some(self.lines.iter().map(line).collect::<Vec<_>>()).filter(|lines| !lines.is_empty());
        let own = OwnTotal { currency: facts.currency.clone(), total: self.total().to_string() };
        let text = texts.min_by_key(|text| text.chars().count());
        ShownContent { text, lines, own: is_foreign.then_some(own) }
    }

    pub(super) fn found_draft(&self, facts: &Facts) -> FoundDraft {
        let (currency, total) = self.currency_and_total(facts);
        FoundDraft {
            reference: Reference::from_stored(self.reference()),
            draft_id: self.draft_id(),
            date: self.date.0,
            currency,
            total,
            created_at: Some(self.create_date.0),
            shown: self.shown(facts),
        }
    }

    pub(super) fn found_voucher(&self, facts: &Facts, reversed_by: Option<String>) -> FoundVoucher {
        let (currency, total) = self.currency_and_total(facts);
        FoundVoucher {
            reference: Reference::from_stored(self.reference()),
            acknowledgement: self.acknowledgement(),
            date: self.date.0,
            currency,
            total,
            created_at: self.create_date.0,
            // A user who may book need not be one who may read the names of others.
            created_by: None,
            state: if reversed_by.is_some() { VoucherState::Voided } else { VoucherState::Posted },
            reversed_by,
            reverses: self.cancels().map(str::to_owned),
            shown: self.shown(facts),
            differs: Vec::new(),
        }
    }
}

/// Says whether a move has as many lines as were sent: where VAT is taken out of them, there are more.
fn is_count(there: usize, sent: usize, has_vat: bool) -> bool {
    if has_vat { there >= sent } else { there == sent }
}

/// Returns the moves of the company that a search finds, oldest first.
pub(super) async fn search(rpc: &Rpc, facts: &Facts, domain: Value, limit: Option<usize>) -> Result<Vec<Move>, Fault> {
    let domain = json!([["company", "=", facts.company], domain]);
    let analytic: &[&str] = if facts.has_analytic { &ANALYTIC_FIELDS } else { &[] };
    let fields: Vec<&str> = FIELDS.iter().chain(analytic).copied().collect();
    let params = json!([domain, 0, limit, [["id", "ASC"]], fields, facts.context()]);
    rpc.call(&Call::read("model.account.move.search_read", params)).await
}

/// Returns these moves as they are now, by id; one that is not among them is gone.
pub(super) async fn by_id(rpc: &Rpc, facts: &Facts, ids: &[i64]) -> Result<HashMap<i64, Move>, Fault> {
    let found = search(rpc, facts, json!(["id", "in", ids]), None).await?;
    Ok(found.into_iter().map(|found| (found.id, found)).collect())
}

/// Says whether these drafts are just as they were made: together, by one call, with these references, and neither they
/// nor their lines written to or added to since. Tryton's own times show it, counted on the server: to read all their
/// lines takes it a fifth of the time that it needs to make them. `false` says only that a closer look is needed.
pub(super) async fn are_untouched(
    rpc: &Rpc,
    facts: &Facts,
    ids: &[i64],
    references: &[&str],
    (lines, has_vat): (usize, bool),
) -> Result<bool, Fault> {
    let Some(first) = ids.first() else { return Ok(true) };
    let params = json!([[["id", "=", first]], 0, 1, null, ["create_date"], facts.context()]);
    let made: Vec<Value> = rpc.call(&Call::read("model.account.move.search_read", params)).await?;
    let Some(made_at) = made.first().map(|made| &made["create_date"]) else { return Ok(false) };
    let since = json!([["create_date", "=", made_at], ["OR", ["write_date", "=", null], ["write_date", "=", made_at]]]);
    let as_made = json!([
        ["id", "in", ids],
        ["company", "=", facts.company],
        ["state", "=", "draft"],
        ["origin", "=", null],
        ["description", "in", references],
        since,
    ]);
    let count = async |model: &str, domain: Value| -> Result<usize, Fault> {
        let method = format!("model.{model}.search_count");
        rpc.call(&Call::read(&method, json!([domain, facts.context()]))).await
    };
    if count("account.move", as_made).await? != ids.len() {
        return Ok(false);
    }
    let there = count("account.move.line", json!([["move", "in", ids]])).await?;
    Ok(is_count(there, lines, has_vat)
        && count("account.move.line", json!([["move", "in", ids], since])).await? == there)
}

/// Returns the references under which more stands than these moves: a draft as we make them, or a voucher.
pub(super) async fn others(
    rpc: &Rpc,
    facts: &Facts,
    ids: &[i64],
    references: &[&str],
) -> Result<HashSet<String>, Fault> {
    let domain = json!([
        ["company", "=", facts.company],
        ["description", "in", references],
        ["id", "not in", ids],
        ["OR", ["state", "=", "posted"], ["origin", "=", null]],
    ]);
    let params = json!([domain, 0, null, null, ["description"], facts.context()]);
    let others: Vec<DescriptionBody> = rpc.call(&Call::read("model.account.move.search_read", params)).await?;
    Ok(others.into_iter().map(|other| other.description).collect())
}

/// Returns the numbers of those of these moves that are posted now.
pub(super) async fn posted(rpc: &Rpc, facts: &Facts, ids: &[i64]) -> Result<HashMap<i64, PostedBody>, Fault> {
    let domain = json!([["id", "in", ids], ["state", "=", "posted"]]);
    let params = json!([domain, 0, null, null, ["number"], facts.context()]);
    let found: Vec<PostedBody> = rpc.call(&Call::read("model.account.move.search_read", params)).await?;
    Ok(found.into_iter().map(|found| (found.id, found)).collect())
}

/// Returns which of these posted moves were cancelled, and by which.
pub(super) async fn cancelled(rpc: &Rpc, facts: &Facts, moves: &[Move]) -> Result<HashMap<String, String>, Fault> {
    let origins: Vec<String> =
        moves.iter().filter(|found| found.is_posted()).map(|found| format!("{ORIGIN}{}", found.id)).collect();
    if origins.is_empty() {
        return Ok(HashMap::new());
    }
    let domain = json!([["company", "=", facts.company], ["state", "=", "posted"], ["origin", "in", origins]]);
    let params = json!([domain, 0, null, [["id", "ASC"]], ["origin"], facts.context()]);
    let cancelling: Vec<CancellingBody> = rpc.call(&Call::read("model.account.move.search_read", params)).await?;
    let pairs = cancelling.into_iter().filter_map(|by| Some((by.origin.strip_prefix(ORIGIN)?.to_owned(), by.id)));
    Ok(pairs.map(|(of, by)| (of, by.to_string())).collect())
}

/// Returns a page of the references of the company's moves, whatever they begin with, posted or not.
pub(super) async fn references(rpc: &Rpc, facts: &Facts, after: i64, limit: usize) -> Result<ReferencePage, Fault> {
    let domain = json!([["company", "=", facts.company], ["description", "like", "%:%"], ["id", ">", after]]);
    let params = json!([domain, 0, limit, [["id", "ASC"]], ["description"], facts.context()]);
    let found: Vec<NumberedDescription> = rpc.call(&Call::read("model.account.move.search_read", params)).await?;
    let next = found.last().filter(|_| found.len() >= limit).map(|last| last.id.to_string());
    Ok(ReferencePage {
        references: found.into_iter().map(|one| Reference::from_stored(one.description)).collect(),
        next,
    })
}

/// Returns the drafts and vouchers under these references.
pub(super) async fn look_up(rpc: &Rpc, facts: &Facts, references: &[Reference]) -> Result<Found, Fault> {
    let asked: Vec<&str> = references.iter().map(Reference::as_str).collect();
    let found = search(rpc, facts, json!(["description", "in", asked]), None).await?;
    let found: Vec<Move> = found.into_iter().filter(|found| asked.contains(&found.reference())).collect();
    let cancelled = cancelled(rpc, facts, &found).await?;
    let vouchers = found.iter().filter(|found| found.is_posted());
    Ok(Found {
        vouchers: vouchers
            .map(|posted| posted.found_voucher(facts, cancelled.get(&posted.id.to_string()).cloned()))
            .collect(),
        drafts: found.iter().filter(|found| found.is_our_draft()).map(|draft| draft.found_draft(facts)).collect(),
    })
}

/// Returns the id of a draft or voucher as Tryton counts them; `None` for an id that never was one of its.
pub(super) fn number(id: &str) -> Option<i64> {
    id.parse().ok().filter(|&id| id > 0)
}

/// Makes the error for an id that is none of Tryton's: nothing is sent.
pub(super) fn no_id(rpc: &Rpc, id: &str) -> CallError {
    CallError::NotSent(rpc.peer().unexpected(0, &format!("id {id}")))
}
