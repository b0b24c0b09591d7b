//! Answers the call that makes vouchers.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap};
use axum::response::Response;

use super::batch::{self, Making};
use super::writing;
use crate::access::Caller;
use crate::app::App;
use crate::problem::Problem;

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let request = writing::write_request(&app, "voucher_write", caller, "/v1/vouchers", &headers, &body)?;
    batch::run(&app, request, &extensions, &body, Making::Voucher).await
}
