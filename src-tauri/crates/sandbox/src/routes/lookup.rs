//! Finds vouchers again: by reference, open drafts included, and page by page for the two-way comparison.

use std::collections::HashSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json as object;

use super::{bad_cursor, json, page_limit, parse, period, query};
use crate::app::App;
use crate::clock::{Instant, parse_date};
use crate::problem::{Kind, Problem};
use crate::store::{self, FoundVoucher, Page, Place};

/// The latest date of the form YYYY-MM-DD.
const LAST_DATE: &str = "9999-12-31";
/// The most references of a look-up.
const REFERENCES_MAX: usize = 500;

#[derive(Deserialize)]
struct LookupBody {
    references: Vec<String>,
}

#[derive(Deserialize)]
struct ListQuery {
    created_from: Option<String>,
    created_to: Option<String>,
    date_from: Option<String>,
    date_to: Option<String>,
    cursor: Option<String>,
    limit: Option<usize>,
}

pub(crate) async fn lookup(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Problem> {
    let LookupBody { references } = parse(&body)?;
    if references.len() > REFERENCES_MAX {
        let detail = format!("A look-up has at most {REFERENCES_MAX} references; this one has {}.", references.len());
        return Err(Problem::new(Kind::TooManyReferences, detail));
    }
    let until = visible_until(&app);
    let keeps_drafts = app.faults.switches().drafts;
    // One transaction reads both: a draft that is being committed is never seen on both sides, or on neither.
    let looked_up = app.store.read(move |tx| {
        let drafts = if keeps_drafts { store::find_drafts(tx, &references, until)? } else { Vec::new() };
        Ok((store::find(tx, &references, until)?, drafts, references))
    });
    let (found, drafts, asked) = looked_up.await?;
    let seen: HashSet<&str> = found
        .iter()
        .map(|voucher| voucher.reference.as_str())
        .chain(drafts.iter().map(|draft| draft.reference.as_str()))
        .collect();
    let not_found: Vec<&String> = asked.iter().filter(|reference| !seen.contains(reference.as_str())).collect();
    Ok(json(StatusCode::OK, &object!({"found": found, "drafts": drafts, "not_found": not_found})))
}

pub(crate) async fn list(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let ListQuery { created_from, created_to, date_from, date_to, cursor, limit } = query(&uri)?;
    let (from, to) = period(created_from.as_deref(), created_to.as_deref())?;
    let limit = page_limit(limit)?;
    let place = place(date_from, date_to, cursor.as_deref())?;
    let wished = i64::try_from(limit).expect("a page is small") + 1;
    let is_dated = matches!(place, Place::Dated { .. });
    let page = Page { place, created_from: from.0, created_to: to.min(visible_until(&app)).0, limit: wished };
    let mut vouchers = app.store.read(move |tx| store::page(tx, &page)).await?;
    let has_more = vouchers.len() > limit;
    vouchers.truncate(limit);
    let next_cursor = vouchers.last().filter(|_| has_more).map(|last| cursor_after(last, is_dated));
    Ok(json(StatusCode::OK, &object!({"vouchers": vouchers, "next_cursor": next_cursor})))
}

/// Returns the place at which a page begins. A period of voucher dates is read by date, anything else in the order in
/// which the vouchers were made.
fn place(date_from: Option<String>, date_to: Option<String>, cursor: Option<&str>) -> Result<Place, Problem> {
    for date in [&date_from, &date_to].into_iter().flatten() {
        if parse_date(date).is_none() {
            return Err(Problem::new(Kind::BadRequest, format!("'{date}' is not a date of the form YYYY-MM-DD.")));
        }
    }
    let known = |voucher_id| store::seq_of_id(voucher_id).ok_or_else(bad_cursor);
    if date_from.is_none() && date_to.is_none() {
        return Ok(Place::Made { after: cursor.map_or(Ok(0), known)? });
    }
    let (after_date, after) = match cursor {
        None => (date_from.unwrap_or_default(), 0),
        Some(cursor) => {
            let (date, voucher_id) = cursor.split_once('_').ok_or_else(bad_cursor)?;
            parse_date(date).ok_or_else(bad_cursor)?;
            (date.to_owned(), known(voucher_id)?)
        }
    };
    Ok(Place::Dated { after_date, after, date_to: date_to.unwrap_or_else(|| LAST_DATE.to_owned()) })
}

/// Returns the cursor that `place` reads.
fn cursor_after(last: &FoundVoucher, is_dated: bool) -> String {
    if is_dated { format!("{}_{}", last.date, last.voucher_id) } else { last.voucher_id.clone() }
}

/// Returns the newest instant that look-ups see; it lies in the past when the switch says that look-ups lag.
pub(crate) fn visible_until(app: &App) -> Instant {
    match app.faults.switches().lookup_lag_ms {
        0 => Instant(i64::MAX),
        lag => Instant(app.clock.now().0.saturating_sub(i64::try_from(lag).unwrap_or(i64::MAX))),
    }
}
