//! Names the handler of each call.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post, put};
use axum::{Router, middleware};

use crate::app::App;
use crate::gate::{BODY_BYTES_MAX, gate};
use crate::problem::{Kind, Problem};
use crate::routes::{
    admin, admin_books, attachments, drafts, expenses, labels, learned, locks, lookup, me, reversal, scheme, vouchers,
    witnesses,
};

/// Routes the calls: those of the protocol go through the gate, the others past it.
pub(crate) fn router(app: Arc<App>) -> Router {
    let drafts = Router::new()
        .route("/v1/drafts", post(drafts::stage).get(drafts::list))
        .route("/v1/drafts/{id}", delete(drafts::delete))
        .route("/v1/drafts/{id}/commit", post(drafts::commit))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&app), drafts::offered));
    let locks = Router::new()
        .route("/v1/locks/export", post(locks::acquire).put(locks::renew).get(locks::show).delete(locks::release))
        .route("/v1/locks/export/break", post(locks::break_lock))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&app), locks::offered));
    let labels = Router::new()
        .route("/v1/labels", post(labels::create))
        .route("/v1/labels/{code}", get(labels::show))
        .route("/v1/labels/by-id/{id}", put(labels::update).delete(labels::delete))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&app), labels::offered));
    let scheme = Router::new()
        .route("/v1/reference-scheme", get(scheme::show).put(scheme::write))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&app), scheme::offered));
    let results = Router::new()
        .route("/v1/expenses/exported", post(learned::exported))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&app), learned::takes_results));
    let expense_locks = Router::new()
        .route("/v1/expenses/locks", post(learned::lock))
        .route("/v1/expenses/locks/release", post(learned::release))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&app), learned::locks_expenses));
    let attachments = Router::new()
        .route("/v1/vouchers/{id}/attachments/{sha256}", put(attachments::to_voucher))
        .route("/v1/drafts/{id}/attachments/{sha256}", put(attachments::to_draft))
        .route("/v1/attachments/lookup", post(attachments::lookup))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&app), attachments::offered));
    let protocol = Router::new()
        .merge(attachments)
        .merge(drafts)
        .merge(locks)
        .merge(labels)
        .merge(scheme)
        .merge(results)
        .merge(expense_locks)
        .route("/v1/me", get(me::me))
        .route("/v1/witnesses", get(witnesses::list))
        .route("/v1/witnesses/{ledger_id}", put(witnesses::write).get(witnesses::show))
        .route("/v1/witnesses/{ledger_id}/history", get(witnesses::history))
        .route("/v1/vouchers", post(vouchers::create).get(lookup::list))
        .route("/v1/vouchers/lookup", post(lookup::lookup))
        .route("/v1/vouchers/{id}/reversal", post(reversal::reverse))
        .route("/v1/expenses", get(expenses::list))
        .route("/v1/receipts/{id}", get(attachments::receipt))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), gate))
        .layer(DefaultBodyLimit::disable());
    let administration = Router::new()
        .route("/admin/faults", get(admin::faults).put(admin::put_faults).delete(admin::clear_faults))
        .route("/admin/held", get(admin::held).delete(admin::let_go))
        .route("/admin/journal", get(admin::journal))
        .route("/admin/stats", get(admin::stats))
        .route("/admin/clock", get(admin::clock).put(admin::put_clock))
        .route("/admin/closed-through", get(admin::closed_through).put(admin::put_closed_through))
        .route("/admin/dimensions", get(admin::dimensions).put(admin::put_dimensions))
        .route("/admin/vouchers", get(admin_books::vouchers).post(admin_books::write_voucher))
        .route("/admin/vouchers/{id}", delete(admin_books::forget_voucher).get(admin_books::voucher))
        .route("/admin/vouchers/{id}/void", post(admin_books::void_voucher))
        .route("/admin/witnesses/{ledger_id}", delete(admin_books::forget_witness))
        .route("/admin/expenses/told", get(learned::received))
        .route("/admin/expenses/locks", get(learned::locks))
        .route("/admin/expenses/being-edited", get(learned::being_edited).put(learned::put_being_edited))
        .route("/admin/expenses/{id}/edit", post(learned::edit))
        .route("/admin/receipts/{id}", put(attachments::put_receipt))
        .layer(middleware::from_fn(admin::loopback_only))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    Router::new()
        .merge(protocol)
        .merge(administration)
        .route("/v1/health", get(me::health))
        .route("/openapi.json", get(me::openapi))
        .fallback(|| async { Problem::new(Kind::NotFound, "There is no such address.").into_response() })
        .method_not_allowed_fallback(|| async {
            Problem::new(Kind::MethodNotAllowed, "There is such an address, but not for this method.").into_response()
        })
        .with_state(app)
}
