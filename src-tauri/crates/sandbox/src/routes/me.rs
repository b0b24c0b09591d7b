//! Answers who the caller is, what this server can do, and whether it is there at all.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json as object;

use super::{json, raw_json};
use crate::access::Caller;
use crate::app::App;

/// The most vouchers of a request.
pub(crate) const VOUCHERS_MAX: usize = 500;

pub(crate) async fn me(State(app): State<Arc<App>>, Extension(caller): Extension<Caller>) -> Response {
    let switches = app.faults.switches();
    let mut answer = object!({
        "organisation": {"id": app.organisation.id, "name": app.organisation.name},
        "user": {"id": caller.id, "name": caller.name},
        "capabilities": {
            "max_vouchers_per_request": VOUCHERS_MAX,
            "reference_max_length": switches.reference_max_length,
            "unique_references": switches.unique_references,
            "checks_fence": switches.fences(),
            "idempotency_key_hours": if switches.honours_keys() { switches.idempotency_key_hours } else { 0 },
            "drafts": switches.drafts,
            "export_lock": switches.export_lock,
            "labels": !switches.export_lock,
            "reference_scheme": switches.keeps_scheme(),
            "vat_codes": switches.vat_codes,
            "attachments": switches.attachments,
            "own_amounts": switches.own_amounts,
            "exported_results": switches.exported_results,
            "expense_locks": switches.expense_locks,
        },
    });
    if switches.states_lookup_lag {
        answer["capabilities"]["lookup_lag_ms"] =
            switches.stated_lookup_lag_ms.unwrap_or(switches.lookup_lag_ms).into();
    }
    json(StatusCode::OK, &answer)
}

pub(crate) async fn health() -> Response {
    json(StatusCode::OK, &object!({"status": "ok"}))
}

pub(crate) async fn openapi() -> Response {
    raw_json(StatusCode::OK, crate::OPENAPI.to_owned())
}
