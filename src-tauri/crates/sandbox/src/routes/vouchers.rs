//! Making vouchers. A request is not atomic over its vouchers: each stands or falls alone.

use std::sync::{Arc, PoisonError};

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap};
use axum::response::Response;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::me::VOUCHERS_MAX;
use super::voucher_body::{Unfit, check};
use super::{parse, writing};
use crate::access::Caller;
use crate::app::App;
use crate::clock::{Instant, parse_date};
use crate::faults::{RefuseOne, Switches};
use crate::problem::{Kind, Problem};
use crate::store::{self, Books, Failure, NewVoucher};

#[derive(Deserialize)]
struct CreateBody {
    vouchers: Vec<Box<RawValue>>,
}

#[derive(Serialize)]
struct CreateAnswer<'a> {
    results: Vec<VoucherResult<'a>>,
}

/// What became of one voucher.
#[derive(Serialize)]
struct VoucherResult<'a> {
    reference: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    voucher_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// Of a voucher that exists: whether it still stands in the books.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Value>,
}

/// What holds for all vouchers of a request.
struct Terms {
    now: Instant,
    fence: i64,
    caller: Caller,
    switches: Switches,
    closed_through: Option<NaiveDate>,
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let request = writing::write_request(&app, "voucher_write", caller, "/v1/vouchers", &headers, &body)?;
    // Read before the one writer is asked, judged by it: a replay is answered whatever its content is.
    let checked = read(&body);
    let refuse = extensions.get::<RefuseOne>().copied();
    let closed_through = *app.closed_through.read().unwrap_or_else(PoisonError::into_inner);
    writing::write(&app, request, &extensions, move |tx, now, fence, switches| {
        let terms = Terms { now, fence, caller, switches, closed_through };
        post_all(tx, &terms, &checked?, refuse)
    })
    .await
}

fn read(body: &[u8]) -> Result<Vec<Result<NewVoucher, Unfit>>, Problem> {
    let CreateBody { vouchers } = parse(body)?;
    if vouchers.len() > VOUCHERS_MAX {
        let detail = format!("A request has at most {VOUCHERS_MAX} vouchers; this one has {}.", vouchers.len());
        return Err(Problem::new(Kind::TooManyVouchers, detail));
    }
    Ok(vouchers.iter().map(|raw| check(raw)).collect())
}

/// The body of the answer, and what the journal says of it.
fn post_all(
    tx: &Books<'_>,
    terms: &Terms,
    vouchers: &[Result<NewVoucher, Unfit>],
    refuse: Option<RefuseOne>,
) -> Result<(String, Value), Failure> {
    let refused_place = refuse.and_then(|RefuseOne(pick)| usize::try_from(pick).ok()?.checked_rem(vouchers.len()));
    let mut results = Vec::with_capacity(vouchers.len());
    for (place, voucher) in vouchers.iter().enumerate() {
        results.push(match voucher {
            Ok(voucher) => post(tx, terms, voucher, refused_place == Some(place))?,
            Err(unfit) => VoucherResult::refused(&unfit.reference, &unfit.problem),
        });
    }
    let count = |status| results.iter().filter(|result| result.status == status).count();
    let about = json!({"created": count("created"), "exists": count("exists"), "refused": count("refused")});
    let body = serde_json::to_string(&CreateAnswer { results }).expect("results are plain data with string keys");
    Ok((body, about))
}

/// What is there already comes first: a voucher does not become refused because its period was closed since.
fn post<'a>(
    tx: &Books<'_>,
    terms: &Terms,
    voucher: &'a NewVoucher,
    refuse: bool,
) -> Result<VoucherResult<'a>, Failure> {
    if terms.switches.unique_references {
        let there = store::receipts(tx, &voucher.reference)?;
        if let Some(same) = there.iter().find(|receipt| receipt.content_hash == voucher.content_hash) {
            return Ok(VoucherResult {
                reference: &voucher.reference,
                status: "exists",
                voucher_id: Some(same.voucher_id.clone()),
                number: Some(same.number.clone()),
                state: Some(same.state.clone()),
                problem: None,
            });
        }
        if let Some(other) = there.first() {
            let detail = format!("The reference stands for {}, which has other content.", other.voucher_id);
            let problem = Problem::new(Kind::ReferenceConflict, detail).with("voucher_id", &other.voucher_id);
            let mut result = VoucherResult::refused(&voucher.reference, &problem);
            result.voucher_id = Some(other.voucher_id.clone());
            return Ok(result);
        }
    }
    if let Err(problem) = check_period(&voucher.date, terms.closed_through, refuse) {
        return Ok(VoucherResult::refused(&voucher.reference, &problem));
    }
    let (voucher_id, number) = store::insert(tx, terms.now, terms.fence, terms.caller.id, voucher)?;
    Ok(VoucherResult {
        reference: &voucher.reference,
        status: "created",
        voucher_id: Some(voucher_id),
        number: Some(number),
        state: None,
        problem: None,
    })
}

/// Refuses a date in the closed period, and any date when a fault switch says so.
pub(crate) fn check_period(date: &str, closed_through: Option<NaiveDate>, refuse: bool) -> Result<(), Problem> {
    if let Some(closed) = closed_through
        && parse_date(date).is_some_and(|date| date <= closed)
    {
        return Err(Problem::new(Kind::ClosedPeriod, format!("The books are closed through {closed}.")));
    }
    if refuse {
        return Err(Problem::new(Kind::ClosedPeriod, "A fault switch of the sandbox closed the period."));
    }
    Ok(())
}

impl<'a> VoucherResult<'a> {
    fn refused(reference: &'a str, problem: &Problem) -> Self {
        let problem = Some(problem.to_value());
        Self { reference, status: "refused", voucher_id: None, number: None, state: None, problem }
    }
}
