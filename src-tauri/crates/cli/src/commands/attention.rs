//! `attention`: what waits for a person.

use postonce_engine::views::AttentionItem;
use serde_json::{Value, json};

use super::{ledger, money, state};
use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;
use crate::{Status, catalogue, json, phrases};

/// Entries taken from the ledger at once.
const PAGE_ITEMS: u32 = 1_000;

pub(crate) async fn attention(args: &Args, output: &Output) -> Result<Status, Failure> {
    let ledger = ledger(&args.open_workspace()?)?;
    let mut items: Vec<AttentionItem> = Vec::new();
    loop {
        let page = ledger.attention(items.len() as u64, PAGE_ITEMS).await?;
        if page.is_empty() {
            break;
        }
        items.extend(page);
    }
    if output.json {
        let items: Vec<Value> = items.iter().map(|item| json::attention(output.language, item)).collect();
        output.document(&json!({ "items": items }));
    } else if items.is_empty() {
        output.say(output.word(phrases::ALL_CLEAR));
    } else {
        items.iter().for_each(|item| tell(item, output));
    }
    Ok(if items.is_empty() { Status::Done } else { Status::Attention })
}

fn tell(item: &AttentionItem, output: &Output) {
    let place =
        item.place.as_ref().map(|place| format!("{}, {} {}", place.file, output.word(phrases::LINE), place.line));
    let name = match (&item.record_id, &place) {
        (Some(id), Some(place)) => format!("{id} ({place})"),
        (Some(id), None) => id.clone(),
        (None, place) => place.clone().unwrap_or_default(),
    };
    let amount = item.amount.as_ref().map(|amount| format!(", {}", money(amount))).unwrap_or_default();
    let payee = item.payee.as_ref().map(|payee| format!(", {payee}")).unwrap_or_default();
    output.say(format!("{}: {name}{payee}{amount}", output.word(state(item.state))));
    if let Some(reason) = &item.reason {
        output.say(format!("    {}", catalogue::reason(output.language, reason)));
    }
    if let Some(glimpse) = &item.glimpse {
        output.say(format!("    > {glimpse}"));
    }
}
