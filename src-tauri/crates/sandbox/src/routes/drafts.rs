//! Answers the calls for drafts: staging, committing by their id, deleting, and the pages of the open ones.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{Extensions, HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json as object};

use super::batch::{self, Making, Terms, VoucherResult, check_period};
use super::lookup::visible_until;
use super::{bad_cursor, json, page_limit, parse, query, writing};
use crate::access::Caller;
use crate::app::App;
use crate::faults::RefuseOne;
use crate::problem::{Kind, Problem};
use crate::store::{self, Books, Draft, Failure};

#[derive(Deserialize)]
struct ListQuery {
    cursor: Option<String>,
    limit: Option<usize>,
}

/// The body of a commit: an object that has no members yet.
type CommitBody = Map<String, Value>;

/// Stands before the calls of this file: a server without drafts has no such addresses.
pub(crate) async fn offered(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if app.faults.switches().drafts {
        next.run(request).await
    } else {
        Problem::new(Kind::NotFound, "This server keeps no drafts.").into_response()
    }
}

pub(crate) async fn stage(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let request = writing::write_request(&app, "draft_write", caller, "/v1/drafts", &headers, &body)?;
    batch::run(&app, request, &extensions, &body, Making::Draft).await
}

pub(crate) async fn commit(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let request = writing::draft_request(&app, "draft_commit", caller, &id, &headers)?;
    let wish = if body.is_empty() { Ok(CommitBody::new()) } else { parse::<CommitBody>(&body) };
    let refuse = extensions.get::<RefuseOne>().is_some();
    let (closed_through, dimensions) = (app.closed_through(), app.dimensions());
    writing::write(&app, request, &extensions, move |tx, now, fence, switches| {
        wish?;
        let terms = Terms { now, fence, caller, switches, closed_through, dimensions };
        commit_one(tx, &terms, &id, refuse)
    })
    .await
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let request = writing::draft_request(&app, "draft_deleted", caller, &id, &headers)?;
    writing::write(&app, request, &extensions, move |tx, _, _, _| match known(tx, &id)? {
        (seq, Draft::Open(draft)) => {
            store::delete_draft(tx, seq)?;
            Ok((String::new(), object!({"reference": draft.reference})))
        }
        (_, Draft::Committed { voucher_id, .. }) => {
            let problem = Problem::new(Kind::DraftCommitted, format!("{id} was committed as {voucher_id}."));
            Err(problem.with("voucher_id", voucher_id).into())
        }
    })
    .await
}

pub(crate) async fn list(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let ListQuery { cursor, limit } = query(&uri)?;
    let limit = page_limit(limit)?;
    let after = match cursor {
        None => 0,
        Some(cursor) => store::draft_seq_of_id(&cursor).ok_or_else(bad_cursor)?,
    };
    let until = visible_until(&app);
    let wished = i64::try_from(limit).expect("a page is small") + 1;
    let mut drafts = app.store.read(move |tx| store::page_of_drafts(tx, after, until, wished)).await?;
    let has_more = drafts.len() > limit;
    drafts.truncate(limit);
    let next_cursor = drafts.last().filter(|_| has_more).map(|last| last.draft_id.clone());
    Ok(json(StatusCode::OK, &object!({"drafts": drafts, "next_cursor": next_cursor})))
}

/// Commits one draft. A committed draft stays committed, whatever was closed or switched since; a refused one stays
/// open.
fn commit_one(tx: &Books<'_>, terms: &Terms, id: &str, refuse: bool) -> Result<(String, Value), Failure> {
    let (seq, draft) = known(tx, id)?;
    let new = match draft {
        Draft::Committed { reference, voucher_id, number, state } => {
            let mut there = VoucherResult::posted(&reference, "exists", voucher_id, number);
            there.state = state;
            return Ok(journal_entry(&there));
        }
        Draft::Open(new) => new,
    };
    let reference = &new.reference;
    if terms.switches.unique_references
        && let Some(other) = store::receipts(tx, reference)?.first()
    {
        return Ok(journal_entry(&VoucherResult::conflict(
            reference,
            &other.voucher_id,
            "which did not come of this draft",
        )));
    }
    if let Err(problem) = check_period(&new.date, terms.closed_through, refuse) {
        return Ok(journal_entry(&VoucherResult::refused(reference, &problem)));
    }
    let (voucher_id, number) = store::commit_draft(tx, terms.now, terms.fence, terms.caller.id, seq, &new)?;
    Ok(journal_entry(&VoucherResult::posted(reference, "created", voucher_id, number)))
}

/// Returns the body of the answer, and the journal's summary.
fn journal_entry(result: &VoucherResult<'_>) -> (String, Value) {
    let body = serde_json::to_string(result).expect("a result is plain data with string keys");
    let about = object!({
        "reference": result.reference, "status": result.status, "voucher_id": result.voucher_id,
    });
    (body, about)
}

fn known(tx: &Books<'_>, id: &str) -> Result<(i64, Draft), Failure> {
    if let Some(seq) = store::draft_seq_of_id(id)
        && let Some(draft) = store::draft(tx, seq)?
    {
        return Ok((seq, draft));
    }
    Err(Problem::new(Kind::DraftUnknown, format!("There is no draft {id}, or no longer.")).into())
}
