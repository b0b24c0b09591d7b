//! Reads and writes the bytes that the ledger keeps as a request: the postings, in words that do not change when ids
//! change in Odoo. They become Odoo's rows only when the request is sent.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use postonce_engine::domain::{Line, Money, Posting};
use serde::{Deserialize, Serialize};

/// Holds the postings of a request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RequestBody {
    pub(super) entries: Vec<EntryBody>,
}

/// Describes one posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct EntryBody {
    pub(super) reference: String,
    pub(super) date: NaiveDate,
    pub(super) currency: String,
    /// The organisation's currency, of a posting in a foreign one that has its amounts in both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) own_currency: Option<String>,
    pub(super) lines: Vec<LineBody>,
}

/// Describes a line: positive is debit, negative is credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LineBody {
    pub(super) account: String,
    /// A decimal, as text.
    pub(super) amount: String,
    /// The amount in the organisation's currency, a decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) own: Option<String>,
    pub(super) text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) party: Option<String>,
    /// The party's name, where it may have to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) party_name: Option<String>,
    /// The code by which VAT is taken out of the amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) vat_code: Option<String>,
    /// The dimensions by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) dimensions: BTreeMap<String, String>,
}

/// Returns the bytes for these postings; equal bytes for equal postings. `names_parties`: with the names of the parties.
pub(super) fn draw_up(postings: &[Posting], names_parties: bool) -> Vec<u8> {
    let entries = postings.iter().map(|posting| entry(posting, names_parties)).collect();
    serde_json::to_vec(&RequestBody { entries }).expect("plain structs with text keys always make JSON")
}

/// Reads the postings back from a request's bytes; `None` for bytes of another connector.
pub(super) fn read(bytes: &[u8]) -> Option<RequestBody> {
    serde_json::from_slice(bytes).ok()
}

fn entry(posting: &Posting, names_parties: bool) -> EntryBody {
    EntryBody {
        reference: posting.reference.as_str().to_owned(),
        date: posting.date,
        currency: posting.currency.code().to_owned(),
        own_currency: posting.own_total().map(|own| own.currency().code().to_owned()),
        lines: posting.lines.iter().map(|line| drawn_line(posting, line, names_parties)).collect(),
    }
}

fn drawn_line(posting: &Posting, line: &Line, names_parties: bool) -> LineBody {
    LineBody {
        account: line.account.0.clone(),
        amount: line.amount.to_decimal(),
        own: line.own.map(Money::to_decimal),
        text: label(posting, line),
        party: line.party.clone(),
        party_name: line.party_name.as_deref().filter(|_| names_parties).map(printable),
        vat_code: line.vat_code.clone(),
        dimensions: line.dimensions.clone(),
    }
}

/// Returns the text of the voucher, followed by that of the line.
fn label(posting: &Posting, line: &Line) -> String {
    let mut label = printable(&posting.text);
    if label.is_empty() {
        posting.reference.as_str().clone_into(&mut label);
    }
    if let Some(text) = line.text.as_deref().map(printable).filter(|text| !text.is_empty()) {
        label.push_str(" · ");
        label.push_str(&text);
    }
    label
}

/// Makes a text fit for Odoo: its text columns take every character but one, and its lists show a text on one line.
fn printable(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    text.trim().to_owned()
}
