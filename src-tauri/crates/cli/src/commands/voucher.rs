//! Prints vouchers as a bookkeeper writes them.

use postonce_engine::views::{VoucherDraft, VoucherLine};
use postonce_words::Message;

use crate::output::Output;
use crate::words;

/// Prints a voucher below its title, after an empty line. A column that no line needs is left out.
pub(super) fn tell(title: &str, draft: &VoucherDraft, output: &Output) {
    output.say("");
    output.say(format!("{title}: {}, {}", output.day(draft.date), draft.text));
    let side = |amount: &Option<String>| match amount {
        Some(amount) => output.amount(&draft.currency, amount),
        None => String::new(),
    };
    let own = |line: &VoucherLine| match draft.own_currency.as_ref().zip(line.own_amount.as_ref()) {
        Some((currency, amount)) => output.amount(currency, amount),
        None => String::new(),
    };
    let dimensions = |line: &VoucherLine| {
        line.dimensions.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(" · ")
    };
    let columns: [(Message, Vec<String>); 8] = [
        (words::ACCOUNT, draft.lines.iter().map(|line| line.account.clone()).collect()),
        (words::DEBIT, draft.lines.iter().map(|line| side(&line.debit)).collect()),
        (words::CREDIT, draft.lines.iter().map(|line| side(&line.credit)).collect()),
        (words::OWN_AMOUNT, draft.lines.iter().map(own).collect()),
        (words::FIELD_VAT, draft.lines.iter().map(|line| line.vat_code.clone().unwrap_or_default()).collect()),
        (words::FIELD_DIMENSIONS, draft.lines.iter().map(dimensions).collect()),
        (words::PAYEE, draft.lines.iter().map(|line| line.party.clone().unwrap_or_default()).collect()),
        (words::TEXT, draft.lines.iter().map(|line| line.text.clone().unwrap_or_default()).collect()),
    ];
    let used: Vec<_> = columns.iter().filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty())).collect();
    let mut rows = vec![used.iter().map(|(head, _)| output.word(*head).to_owned()).collect::<Vec<_>>()];
    rows.extend((0..draft.lines.len()).map(|line| used.iter().map(|(_, cells)| cells[line].clone()).collect()));
    output.table(&rows);
    if let Some(rate) = &draft.rate {
        output.say(format!("{}: {rate}", output.word(words::RATE)));
    }
}
