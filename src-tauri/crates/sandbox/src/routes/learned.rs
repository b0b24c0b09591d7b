//! Answers the calls by which the platform learns of exports: expenses are locked before they are sent, and their
//! results are told afterwards. The admin calls show what it has learned, and play the person who edits an expense.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};

use super::{json, parse, short_text};
use crate::access::{ACCOUNTANT, Caller};
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::store::{self, ExportedResult};

/// The most results, and the most expenses, of a request.
const EXPENSES_MAX: usize = 500;
/// The longest time for which an expense is locked.
const TTL_SECONDS_MAX: i64 = 3600;

#[derive(Deserialize)]
struct ExportedBody {
    results: Vec<ExportedResult>,
}

#[derive(Deserialize)]
struct LockBody {
    run_id: String,
    ttl_seconds: i64,
    expenses: Vec<Expense>,
}

/// An expense to be locked, in the version in which it was read.
#[derive(Deserialize)]
struct Expense {
    id: String,
    #[serde(default)]
    version: Option<u32>,
}

#[derive(Deserialize)]
struct ReleaseBody {
    run_id: String,
    ids: Vec<String>,
}

/// The expenses that a person is editing.
#[derive(Serialize, Deserialize)]
pub(crate) struct BeingEdited {
    ids: BTreeSet<String>,
}

/// Stands before the call for results: a platform that takes none has no such address.
pub(crate) async fn takes_results(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if app.faults.switches().exported_results {
        next.run(request).await
    } else {
        Problem::new(Kind::NotFound, "This platform takes no results.").into_response()
    }
}

/// Stands before the calls for locks: a platform that locks nothing has no such addresses.
pub(crate) async fn locks_expenses(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if app.faults.switches().expense_locks {
        next.run(request).await
    } else {
        Problem::new(Kind::NotFound, "This platform locks no expenses.").into_response()
    }
}

/// Takes the results of exports: each of them once, however often it comes.
pub(crate) async fn exported(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Problem> {
    let ExportedBody { results } = parse(&body)?;
    check_count(results.len())?;
    for result in &results {
        for (name, text) in [("reference", &result.reference), ("voucher_id", &result.voucher_id)] {
            short_text(name, text)?;
        }
    }
    let (now, acting) = (app.clock.now(), Arc::clone(&app));
    let answers = app.store.write(move |tx| {
        let mut answers = Vec::with_capacity(results.len());
        for result in &results {
            let problem = if acting.platform.version(&result.id).is_none() { Some(unknown(&result.id)) } else { None };
            let is_new = problem.is_none() && store::take_result(tx, now, result)?;
            let status = if is_new { "taken" } else { "known" };
            answers.push(answer(&result.id, status, problem, Some(("reference", object!(result.reference)))));
        }
        let ids: Vec<&str> = results.iter().map(|result| result.id.as_str()).collect();
        store::record(tx, now, "results_told", None, caller, &object!({"ids": ids}))?;
        Ok(answers)
    });
    Ok(json(StatusCode::OK, &object!({"results": answers.await?})))
}

/// Locks expenses for a run. One that is being edited, or is no longer the version that was read, is refused.
pub(crate) async fn lock(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Problem> {
    let LockBody { run_id, ttl_seconds, expenses } = parse(&body)?;
    short_text("run_id", &run_id)?;
    check_count(expenses.len())?;
    if !(1..=TTL_SECONDS_MAX).contains(&ttl_seconds) {
        return Err(Problem::new(Kind::Invalid, format!("'ttl_seconds' is a number from 1 to {TTL_SECONDS_MAX}.")));
    }
    let (now, acting) = (app.clock.now(), Arc::clone(&app));
    let expires_at = now.plus_seconds(ttl_seconds);
    let answers = app.store.write(move |tx| {
        let (mut answers, mut locked) = (Vec::with_capacity(expenses.len()), Vec::new());
        for expense in &expenses {
            let problem = acting.refusal(expense);
            if problem.is_none() {
                store::lock_expense(tx, now, expires_at, &run_id, &expense.id)?;
                locked.push(expense.id.as_str());
            }
            answers.push(answer(&expense.id, "locked", problem, Some(("expires_at", object!(expires_at)))));
        }
        store::record(tx, now, "expenses_locked", None, caller, &object!({"run_id": run_id, "ids": locked}))?;
        Ok(answers)
    });
    Ok(json(StatusCode::OK, &object!({"results": answers.await?})))
}

/// Releases the locks that a run has on these expenses.
pub(crate) async fn release(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let ReleaseBody { run_id, ids } = parse(&body)?;
    check_count(ids.len())?;
    let now = app.clock.now();
    let released = app.store.write(move |tx| {
        let mut released = Vec::new();
        for id in &ids {
            if store::release_expense(tx, &run_id, id)? {
                released.push(id.as_str());
            }
        }
        store::record(tx, now, "expenses_released", None, caller, &object!({"run_id": run_id, "ids": released}))
    });
    released.await.map(|()| StatusCode::NO_CONTENT)
}

/// Shows the results that were told, each with how often it came.
pub(crate) async fn received(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let received = app.store.read(|tx| store::received_results(tx)).await?;
    Ok(json(StatusCode::OK, &object!({"told": received})))
}

/// Shows the locks that have not expired.
pub(crate) async fn locks(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let now = app.clock.now();
    let locks = app.store.read(move |tx| store::expense_locks(tx, now)).await?;
    Ok(json(StatusCode::OK, &object!({"locks": locks})))
}

/// Shows the expenses that a person is editing.
pub(crate) async fn being_edited(State(app): State<Arc<App>>) -> Response {
    json(StatusCode::OK, &object!({"ids": *app.being_edited.read().unwrap_or_else(PoisonError::into_inner)}))
}

/// Says which expenses a person is editing, until the sandbox stops.
pub(crate) async fn put_being_edited(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Problem> {
    let BeingEdited { ids } = parse(&body)?;
    *app.being_edited.write().unwrap_or_else(PoisonError::into_inner) = ids;
    Ok(being_edited(State(app)).await)
}

/// Edits an expense as a person would: it has a new version afterwards. One that is locked or exported is left alone.
pub(crate) async fn edit(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let (now, acting) = (app.clock.now(), Arc::clone(&app));
    let edited = app.store.write(move |tx| {
        if acting.platform.version(&id).is_none() {
            return Err(unknown(&id).into());
        }
        if let Some(lock) = store::expense_lock(tx, now, &id)? {
            return Err(Problem::new(Kind::Locked, format!("{id} is being exported.")).with("lock", lock).into());
        }
        if store::is_exported(tx, &id)? {
            return Err(Problem::new(Kind::Locked, format!("{id} was exported.")).into());
        }
        acting.platform.edit(&id);
        store::record(tx, now, "expense_edited", None, ACCOUNTANT, &object!({"id": id}))
    });
    edited.await.map(|()| StatusCode::NO_CONTENT)
}

impl App {
    /// Returns the reason for which an expense cannot be locked.
    fn refusal(&self, expense: &Expense) -> Option<Problem> {
        let Expense { id, version } = expense;
        let Some(known) = self.platform.version(id) else { return Some(unknown(id)) };
        if self.being_edited.read().unwrap_or_else(PoisonError::into_inner).contains(id) {
            return Some(Problem::new(Kind::BeingEdited, format!("{id} is being edited.")));
        }
        let is_other = version.is_some_and(|version| version != known);
        is_other.then(|| {
            Problem::new(Kind::VersionChanged, format!("{id} has version {known} by now.")).with("version", known)
        })
    }
}

fn answer(id: &str, status: &str, problem: Option<Problem>, more: Option<(&str, Value)>) -> Value {
    let Some(problem) = problem else {
        let mut answer = object!({"id": id, "status": status});
        if let Some((name, value)) = more {
            answer[name] = value;
        }
        return answer;
    };
    object!({"id": id, "status": "refused", "problem": problem.to_value()})
}

fn unknown(id: &str) -> Problem {
    Problem::new(Kind::ExpenseUnknown, format!("There is no expense {id}."))
}

fn check_count(count: usize) -> Result<(), Problem> {
    if count <= EXPENSES_MAX {
        return Ok(());
    }
    Err(Problem::new(Kind::Invalid, format!("A request names {EXPENSES_MAX} expenses at most.")))
}
