//! Finding vouchers again: by reference, and page by page for the two-way comparison.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json as object;

use super::{bad_cursor, json, page_limit, parse, period, query};
use crate::app::App;
use crate::clock::Instant;
use crate::problem::{Kind, Problem};
use crate::store::{self, Page};

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
    let found = app.store.read(move |tx| store::find(tx, &references, until)).await?;
    Ok(json(StatusCode::OK, &object!({"found": found})))
}

pub(crate) async fn list(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let ListQuery { created_from, created_to, cursor, limit } = query(&uri)?;
    let (from, to) = period(created_from.as_deref(), created_to.as_deref())?;
    let limit = page_limit(limit)?;
    let after = match cursor {
        None => 0,
        Some(cursor) => store::seq_of_id(&cursor).ok_or_else(bad_cursor)?,
    };
    let wished = i64::try_from(limit).expect("a page is small") + 1;
    let page = Page { after, from: from.0, to: to.min(visible_until(&app)).0, limit: wished };
    let mut vouchers = app.store.read(move |tx| store::page(tx, &page)).await?;
    let has_more = vouchers.len() > limit;
    vouchers.truncate(limit);
    let next_cursor = vouchers.last().filter(|_| has_more).map(|last| last.voucher_id.clone());
    Ok(json(StatusCode::OK, &object!({"vouchers": vouchers, "next_cursor": next_cursor})))
}

/// Younger vouchers are hidden when the switch says that look-ups lag.
fn visible_until(app: &App) -> Instant {
    match app.faults.switches().lookup_lag_ms {
        0 => Instant(i64::MAX),
        lag => Instant(app.clock.now().0.saturating_sub(i64::try_from(lag).unwrap_or(i64::MAX))),
    }
}
