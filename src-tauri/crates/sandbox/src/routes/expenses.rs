//! Answers the platform half: approved expenses, page by page.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json as object;

use super::{bad_cursor, json, page_limit, period, query};
use crate::app::App;
use crate::problem::Problem;

#[derive(Deserialize)]
struct ExpensesQuery {
    approved_from: Option<String>,
    approved_to: Option<String>,
    cursor: Option<String>,
    limit: Option<usize>,
}

pub(crate) async fn list(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let ExpensesQuery { approved_from, approved_to, cursor, limit } = query(&uri)?;
    let (from, to) = period(approved_from.as_deref(), approved_to.as_deref())?;
    let limit = page_limit(limit)?;
    let start = match cursor {
        None => 0,
        Some(cursor) => cursor.strip_prefix("r-").and_then(|place| place.parse().ok()).ok_or_else(bad_cursor)?,
    };
    let page = app.platform.page(from.0, to.0, start, limit);
    let next_cursor = page.next.map(|place| format!("r-{place}"));
    Ok(json(StatusCode::OK, &object!({"records": page.records, "next_cursor": next_cursor})))
}
