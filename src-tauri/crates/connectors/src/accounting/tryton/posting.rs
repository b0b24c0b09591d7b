//! Draws up a request: its bytes as they stand in the ledger, and the values that go to Tryton.
//!
//! The ledger keeps the meaning (account codes, payees, decimals); Tryton's own ids are looked up when it is sent.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use postonce_engine::domain::{Line, Money, Posting};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::facts::Facts;
use super::taxes::{self, Tax};
use super::wire;

/// The longest text of a line, in characters; Tryton has no limit, and a page of a ledger has one.
const TEXT_CHARS_MAX: usize = 5_000;

/// Holds the body of a request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RequestBody {
    pub(super) moves: Vec<MoveBody>,
}

/// Describes one posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MoveBody {
    pub(super) reference: String,
    pub(super) date: NaiveDate,
    pub(super) currency: String,
    /// The organisation's currency, of a posting in a foreign one that has its amounts in both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) own_currency: Option<String>,
    pub(super) text: String,
    pub(super) lines: Vec<LineBody>,
}

/// Describes one line of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LineBody {
    pub(super) account: String,
    /// The amount: positive is debit, negative is credit.
    pub(super) amount: String,
    /// The amount in the organisation's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) own: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) party: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) party_name: Option<String>,
    /// The text of the line, where it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    /// The dimensions that stand behind the text, in a request of an earlier version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) dimensions: Vec<String>,
    /// The code by which VAT is taken out of the amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) vat_code: Option<String>,
    /// The dimensions by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) analytic: BTreeMap<String, String>,
}

/// Holds Tryton's own ids for a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TrytonIds {
    pub(super) period: i64,
    /// The currency of a posting in a foreign one.
    pub(super) second_currency: Option<i64>,
    pub(super) lines: Vec<LineIds>,
}

/// Holds Tryton's own ids for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LineIds {
    pub(super) account: i64,
    /// The party, if the account wants one.
    pub(super) party: Option<i64>,
    /// The tax that is taken out of the line.
    pub(super) tax: Option<Tax>,
    /// The analytic account of each dimension.
    pub(super) analytic: Vec<i64>,
    /// The amount in the company's currency, of a posting in a foreign one.
    pub(super) own: Option<Money>,
}

/// Returns the bytes for these postings; equal bytes for equal postings.
pub(super) fn draw_up(postings: &[Posting]) -> Vec<u8> {
    let moves = postings
        .iter()
        .map(|posting| MoveBody {
            reference: posting.reference.as_str().to_owned(),
            date: posting.date,
            currency: posting.currency.code().to_owned(),
            own_currency: posting.own_total().map(|own| own.currency().code().to_owned()),
            text: posting.text.clone(),
            lines: posting.lines.iter().map(line).collect(),
        })
        .collect();
    serde_json::to_vec(&RequestBody { moves }).expect("plain structs with text keys always make JSON")
}

fn line(line: &Line) -> LineBody {
    LineBody {
        account: line.account.0.clone(),
        amount: line.amount.to_decimal(),
        own: line.own.map(Money::to_decimal),
        party: line.party.clone(),
        party_name: line.party_name.clone(),
        text: line.text.clone(),
        dimensions: Vec::new(),
        vat_code: line.vat_code.clone(),
        analytic: line.dimensions.clone(),
    }
}

/// Returns the record for `account.move.create`.
pub(super) fn values(facts: &Facts, journal: i64, body: &MoveBody, resolved: &TrytonIds) -> Value {
    let mut lines = Vec::with_capacity(body.lines.len());
    // A part that is paid back stands on lines of its own, so that the sum of the debits stays what was sent.
    let mut shares: BTreeMap<(i64, i64, bool), Money> = BTreeMap::new();
    for (line, ids) in body.lines.iter().zip(&resolved.lines) {
        let own = ids.own.map(Money::to_decimal);
        let (mut amount, mut tax_lines) = (own.unwrap_or_else(|| line.amount.clone()), Vec::new());
        if let Some((tax, gross)) = ids.tax.as_ref().zip(taxes::money(&line.amount, &body.currency)) {
            let base = tax.base(gross).unwrap_or(gross);
            let key = (tax.account(gross), tax.id, gross.minor() < 0);
            let share = shares.entry(key).or_insert(Money::from_minor(0, gross.currency()));
            *share = Money::from_minor(share.minor() + gross.minor() - base.minor(), gross.currency());
            tax_lines.push(taxes::tax_line(tax.id, "base", base));
            amount = base.to_decimal();
        }
        let (debit, credit) = sides(&amount);
        let mut value = json!({
            "account": ids.account, "party": ids.party, "debit": wire::decimal(debit), "credit": wire::decimal(credit),
            "description": text(&body.text, line.text.as_deref(), &line.dimensions),
        });
        if let Some(currency) = resolved.second_currency {
            value["second_currency"] = currency.into();
            value["amount_second_currency"] = wire::decimal(&line.amount);
        }
        if !tax_lines.is_empty() {
            value["tax_lines"] = json!([["create", tax_lines]]);
        }
        if !ids.analytic.is_empty() {
            let analytic = |account: &i64| {
                json!({"account": account, "date": wire::date(body.date),
                                                  "debit": wire::decimal(debit), "credit": wire::decimal(credit)})
            };
            value["analytic_lines"] = json!([["create", ids.analytic.iter().map(analytic).collect::<Vec<_>>()]]);
        }
        lines.push(value);
    }
    for ((account, tax, _), share) in shares.into_iter().filter(|(_, share)| !share.is_zero()) {
        let amount = share.to_decimal();
        let (debit, credit) = sides(&amount);
        lines.push(json!({
            "account": account, "party": null, "debit": wire::decimal(debit), "credit": wire::decimal(credit),
            "description": text(&body.text, None, &[]), "tax_lines": [["create", [taxes::tax_line(tax, "tax", share)]]],
        }));
    }
    json!({
        "company": facts.company, "journal": journal, "period": resolved.period, "date": wire::date(body.date),
        "description": body.reference, "lines": [["create", lines]],
    })
}

/// Returns debit and credit of a signed amount; Tryton keeps both positive.
pub(super) fn sides(amount: &str) -> (&str, &str) {
    match amount.strip_prefix('-') {
        Some(credit) => ("0", credit),
        None => (amount, "0"),
    }
}

/// Returns a text as a line takes it. Tryton refuses tabs and line breaks, `PostgreSQL` NUL; no voucher fails for its
/// decoration, so that everything that is no character becomes a space.
fn text(text: &str, of_line: Option<&str>, dimensions: &[String]) -> String {
    let parts: Vec<String> = std::iter::once(text)
        .chain(of_line)
        .chain(dimensions.iter().map(String::as_str))
        .map(one_line)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" · ").chars().take(TEXT_CHARS_MAX).collect()
}

fn one_line(text: &str) -> String {
    let spaced: String =
        text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_a_line_takes_and_keeps_what_can_be_kept() {
        assert_eq!(text("tog\tOslo\r\n\"retur\" 🚆\u{0}", None, &[]), "tog Oslo \"retur\" 🚆");
        assert_eq!(text("tog", None, &["Nord".to_owned(), " ".to_owned(), "P7".to_owned()]), "tog · Nord · P7");
        assert_eq!(text("reise", Some("tog"), &["Nord".to_owned()]), "reise · tog · Nord");
        assert_eq!(text(&"å".repeat(6_000), None, &[]).chars().count(), 5_000);
    }

    #[test]
    fn debit_and_credit_are_both_positive() {
        assert_eq!(sides("412.00"), ("412.00", "0"));
        assert_eq!(sides("-412.00"), ("0", "412.00"));
    }
}
