//! Draws up a request: its bytes as they stand in the ledger, and the values that go to Tryton.
//!
//! The ledger keeps the meaning (account codes, payees, decimals); Tryton's own ids are looked up when it is sent.

use chrono::NaiveDate;
use postonce_engine::domain::{Line, Posting};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::facts::Facts;
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
    pub(super) text: String,
    pub(super) lines: Vec<LineBody>,
}

/// Describes one line of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LineBody {
    pub(super) account: String,
    /// The amount: positive is debit, negative is credit.
    pub(super) amount: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) party: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) party_name: Option<String>,
    /// The text of the line, where it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    /// The dimensions: Tryton's general ledger has no place for them but the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) dimensions: Vec<String>,
}

/// Holds Tryton's own ids for a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TrytonIds {
    pub(super) period: i64,
    /// The account and, if the account wants one, the party; in the order of the lines.
    pub(super) lines: Vec<(i64, Option<i64>)>,
}

/// Returns the bytes for these postings; equal bytes for equal postings.
pub(super) fn draw_up(postings: &[Posting]) -> Vec<u8> {
    let moves = postings
        .iter()
        .map(|posting| MoveBody {
            reference: posting.reference.as_str().to_owned(),
            date: posting.date,
            currency: posting.currency.code().to_owned(),
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
        party: line.party.clone(),
        party_name: line.party_name.clone(),
        text: line.text.clone(),
        dimensions: line.dimensions.values().cloned().collect(),
    }
}

/// Returns the record for `account.move.create`.
pub(super) fn values(facts: &Facts, journal: i64, body: &MoveBody, resolved: &TrytonIds) -> Value {
    let lines: Vec<Value> = body
        .lines
        .iter()
        .zip(&resolved.lines)
        .map(|(line, (account, party))| {
            let (debit, credit) = sides(&line.amount);
            json!({
                "account": account, "party": party, "debit": wire::decimal(debit), "credit": wire::decimal(credit),
                "description": text(&body.text, line.text.as_deref(), &line.dimensions),
            })
        })
        .collect();
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
