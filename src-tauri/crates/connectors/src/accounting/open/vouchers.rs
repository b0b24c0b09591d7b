//! Draws up the bytes that are sent for vouchers.

use postonce_engine::domain::{Line, Money, Posting, Rate};

use super::lock::json;
use super::wire::{LineBody, VoucherBody, VouchersBody};

/// The path under which vouchers are made.
pub(super) const PATH: &str = "v1/vouchers";

/// Returns the body for these postings; equal bytes for equal postings.
pub(super) fn draw_up(postings: &[Posting]) -> Vec<u8> {
    let vouchers = postings
        .iter()
        .map(|posting| VoucherBody {
            reference: posting.reference.as_str(),
            date: posting.date,
            currency: posting.currency.code(),
            text: beginning(&posting.text),
            lines: posting.lines.iter().map(|line| drawn(line, posting.rate.as_ref())).collect(),
        })
        .collect();
    json(&VouchersBody { vouchers })
}

/// The longest text that the protocol takes, in characters.
const TEXT_CHARS_MAX: usize = 1_000;

/// Returns as much of a text as the protocol takes: no reimbursement is refused for what somebody wrote about it.
fn beginning(text: &str) -> &str {
    text.char_indices().nth(TEXT_CHARS_MAX).map_or(text, |(end, _)| &text[..end])
}

fn drawn<'a>(line: &'a Line, rate: Option<&'a Rate>) -> LineBody<'a> {
    LineBody {
        account: &line.account.0,
        amount: line.amount.to_decimal(),
        own_amount: line.own.map(Money::to_decimal),
        own_currency: line.own.map(|own| own.currency().code()),
        exchange_rate: line.own.and(rate).map(Rate::as_str),
        text: line.text.as_deref().map(beginning),
        party: line.party.as_deref(),
        vat_code: line.vat_code.as_deref(),
        dimensions: line.dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
    }
}
