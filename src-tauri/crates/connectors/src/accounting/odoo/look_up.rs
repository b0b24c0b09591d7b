//! Finds the entries under some references, and in a period.
//!
//! A reference is searched in the whole company: an accountant may have moved an entry to another journal.

use std::collections::HashSet;

use postonce_engine::domain::{Found, Period, Reference};
use postonce_engine::ports::{CallError, ReferencePage, VoucherPage};
use serde_json::{Value, json};

use super::Odoo;
use super::moves::{self, Entry, Standing};

/// References in one call at most.
const REFERENCES_MAX: usize = 500;
/// Vouchers in one page.
const PAGE_VOUCHERS: usize = 500;

pub(super) async fn look_up(odoo: &Odoo, references: &[Reference]) -> Result<Found, CallError> {
    let books = odoo.books().await?;
    let mut found = Found::default();
    for asked in references.chunks(REFERENCES_MAX) {
        let asked: HashSet<&str> = asked.iter().map(Reference::as_str).collect();
        let domain = json!([["ref", "in", asked], ["company_id", "=", books.company]]);
        let entries = moves::search(&odoo.client, &books, &domain, None).await?;
        let reversed = moves::reversals(&odoo.client, &books, entries.iter()).await?;
        let shown = moves::contents(&odoo.client, &books, &entries).await?;
        // An entry that was not asked for proves nothing about those that were.
        for entry in entries.iter().filter(|entry| asked.contains(entry.reference())) {
            if entry.standing() == Standing::Draft {
                found.drafts.push(entry.as_draft(&shown).ok_or_else(|| undated(odoo, entry))?);
            } else {
                let voucher = entry.as_voucher(reversed.get(&entry.id).copied(), &shown);
                found.vouchers.push(voucher.ok_or_else(|| undated(odoo, entry))?);
            }
        }
    }
    Ok(found)
}

/// Returns a page of the vouchers that are or were in the books under this organisation's references, in the order in
/// which they were made.
pub(super) async fn vouchers(odoo: &Odoo, period: Period, cursor: Option<&str>) -> Result<VoucherPage, CallError> {
    let books = odoo.books().await?;
    let after = match cursor.map(str::parse::<i64>) {
        None => 0,
        Some(Ok(after)) => after,
        Some(Err(_)) => return Err(CallError::Unknown(odoo.client.peer().unexpected(200, "cursor"))),
    };
    let mut domain = vec![
        json!(["id", ">", after]),
        json!(["company_id", "=", books.company]),
        json!(["ref", "=like", format!("{}:%", odoo.organisation)]),
    ];
    domain.extend(period.from.map(|from| json!(["date", ">=", from])));
    domain.extend(period.to.map(|to| json!(["date", "<=", to])));
    let entries = moves::search(&odoo.client, &books, &Value::from(domain), Some(PAGE_VOUCHERS)).await?;
    let reversed = moves::reversals(&odoo.client, &books, entries.iter()).await?;
    let shown = moves::contents(&odoo.client, &books, &entries).await?;
    let was_in_books = entries.iter().filter(|entry| entry.standing() != Standing::Draft);
    let vouchers = was_in_books
        .map(|entry| entry.as_voucher(reversed.get(&entry.id).copied(), &shown).ok_or_else(|| undated(odoo, entry)))
        .collect::<Result<_, _>>()?;
    let is_full = entries.len() >= PAGE_VOUCHERS;
    Ok(VoucherPage { vouchers, next: entries.last().filter(|_| is_full).map(|last| last.id.to_string()) })
}

/// Returns a page of the references of the company's entries, whatever they begin with, drafts included.
pub(super) async fn references(odoo: &Odoo, cursor: Option<&str>) -> Result<ReferencePage, CallError> {
    let books = odoo.books().await?;
    let after: i64 = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let domain = json!([["id", ">", after], ["company_id", "=", books.company], ["ref", "=like", "%:%"]]);
    let entries = moves::search(&odoo.client, &books, &domain, Some(PAGE_VOUCHERS)).await?;
    let next = entries.last().filter(|_| entries.len() >= PAGE_VOUCHERS).map(|last| last.id.to_string());
    let references = entries.iter().map(|entry| Reference::from_stored(entry.reference())).collect();
    Ok(ReferencePage { references, next })
}

/// Makes the error for an entry that cannot be compared. It exists all the same, so the look-up as a whole is not
/// understood rather than too short.
fn undated(odoo: &Odoo, entry: &Entry) -> CallError {
    CallError::Unknown(odoo.client.peer().unexpected(200, &format!("account.move {}: date?", entry.id)))
}
