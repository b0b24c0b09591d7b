//! Makes the vouchers of one request, posted or staged. A request is not atomic over them: each stands or falls alone.

use std::sync::Arc;

use axum::http::Extensions;
use axum::response::Response;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::me::VOUCHERS_MAX;
use super::voucher_body::{KnownDimensions, UnfitVoucher, check, check_dimensions};
use super::{parse, writing};
use crate::access::Caller;
use crate::app::App;
use crate::clock::{Instant, parse_date};
use crate::faults::{RefuseOne, Switches};
use crate::problem::{Kind, Problem};
use crate::store::{self, Books, Failure, NewVoucher, WriteRequest};

#[derive(Deserialize)]
struct BatchBody {
    vouchers: Vec<Box<RawValue>>,
}

#[derive(Serialize)]
struct BatchAnswer<'a> {
    results: Vec<VoucherResult<'a>>,
}

/// The outcome of one voucher.
#[derive(Serialize)]
pub(crate) struct VoucherResult<'a> {
    pub(crate) reference: &'a str,
    pub(crate) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) voucher_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    draft_id: Option<String>,
    /// The state of a voucher that exists: posted or voided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Value>,
}

/// The thing that is made of a good voucher: a posting or a draft.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Making {
    Voucher,
    Draft,
}

/// The terms that hold for all vouchers of a request.
pub(crate) struct Terms {
    pub(crate) now: Instant,
    pub(crate) fence: i64,
    pub(crate) caller: Caller,
    pub(crate) switches: Switches,
    pub(crate) closed_through: Option<NaiveDate>,
    pub(crate) dimensions: Arc<KnownDimensions>,
}

/// Checks and makes all vouchers of a request.
pub(crate) async fn run(
    app: &App,
    request: WriteRequest,
    extensions: &Extensions,
    body: &[u8],
    making: Making,
) -> Result<Response, Problem> {
    let caller = request.caller;
    // The body is read before the one writer is asked, and judged by it: a replay is answered whatever its content is.
    let checked = read(body, app.faults.switches());
    let refuse = extensions.get::<RefuseOne>().copied();
    let (closed_through, dimensions) = (app.closed_through(), app.dimensions());
    writing::write(app, request, extensions, move |tx, now, fence, switches| {
        let terms = Terms { now, fence, caller, switches, closed_through, dimensions };
        make_all(tx, &terms, &checked?, refuse, making)
    })
    .await
}

fn read(body: &[u8], switches: Switches) -> Result<Vec<Result<NewVoucher, UnfitVoucher>>, Problem> {
    let BatchBody { vouchers } = parse(body)?;
    if vouchers.len() > VOUCHERS_MAX {
        let detail = format!("A request has at most {VOUCHERS_MAX} vouchers; this one has {}.", vouchers.len());
        return Err(Problem::new(Kind::TooManyVouchers, detail));
    }
    Ok(vouchers.iter().map(|raw| check(raw, switches.reference_max_length)).collect())
}

/// Makes the vouchers; returns the body of the answer and the journal's summary.
fn make_all(
    tx: &Books<'_>,
    terms: &Terms,
    vouchers: &[Result<NewVoucher, UnfitVoucher>],
    refuse: Option<RefuseOne>,
    making: Making,
) -> Result<(String, Value), Failure> {
    let refused_place = refuse.and_then(|RefuseOne(pick)| usize::try_from(pick).ok()?.checked_rem(vouchers.len()));
    let mut results = Vec::with_capacity(vouchers.len());
    for (place, voucher) in vouchers.iter().enumerate() {
        results.push(match voucher {
            Ok(voucher) => make(tx, terms, voucher, refused_place == Some(place), making)?,
            Err(unfit) => VoucherResult::refused(&unfit.reference, &unfit.problem),
        });
    }
    let count = |status| results.iter().filter(|result| result.status == status).count();
    let made = making.status();
    let about = json!({made: count(made), "exists": count("exists"), "refused": count("refused")});
    let body = serde_json::to_string(&BatchAnswer { results }).expect("results are plain data with string keys");
    Ok((body, about))
}

/// Makes one voucher. An existing one comes first: a voucher does not become refused because its period was closed
/// since.
fn make<'a>(
    tx: &Books<'_>,
    terms: &Terms,
    voucher: &'a NewVoucher,
    refuse: bool,
    making: Making,
) -> Result<VoucherResult<'a>, Failure> {
    let reference = &voucher.reference;
    if terms.switches.unique_references {
        let there = store::receipts(tx, reference)?;
        if let Some(same) = there.iter().find(|receipt| receipt.content_hash == voucher.content_hash) {
            return Ok(VoucherResult {
                state: Some(same.state.clone()),
                ..VoucherResult::posted(reference, "exists", same.voucher_id.clone(), same.number.clone())
            });
        }
        if let Some(other) = there.first() {
            return Ok(VoucherResult::conflict(reference, &other.voucher_id, "which has other content"));
        }
    }
    let fits = check_period(&voucher.date, terms.closed_through, refuse)
        .and_then(|()| check_dimensions(&voucher.lines, &terms.dimensions));
    if let Err(problem) = fits {
        return Ok(VoucherResult::refused(reference, &problem));
    }
    Ok(match making {
        Making::Voucher => {
            let (voucher_id, number) = store::insert(tx, terms.now, terms.fence, terms.caller.id, voucher)?;
            VoucherResult::posted(reference, making.status(), voucher_id, number)
        }
        Making::Draft => {
            let draft_id = store::stage(tx, terms.now, terms.fence, terms.caller.id, voucher)?;
            VoucherResult { draft_id: Some(draft_id), ..VoucherResult::bare(reference, making.status()) }
        }
    })
}

/// Refuses a date in the closed period, and any date when a fault switch says so.
pub(crate) fn check_period(date: &str, closed_through: Option<NaiveDate>, refuse: bool) -> Result<(), Problem> {
    if let Some(closed) = closed_through
        && parse_date(date).is_some_and(|date| date <= closed)
    {
        let problem = Problem::new(Kind::ClosedPeriod, format!("The books are closed through {closed}."));
        return Err(match closed.succ_opt() {
            Some(next_open) => problem.with("next_open", next_open.to_string()),
            None => problem,
        });
    }
    if refuse {
        return Err(Problem::new(Kind::ClosedPeriod, "A fault switch of the sandbox closed the period."));
    }
    Ok(())
}

impl Making {
    fn status(self) -> &'static str {
        match self {
            Self::Voucher => "created",
            Self::Draft => "staged",
        }
    }
}

impl<'a> VoucherResult<'a> {
    /// Returns the result of a voucher that stands in the books.
    pub(crate) fn posted(reference: &'a str, status: &'static str, voucher_id: String, number: String) -> Self {
        Self { voucher_id: Some(voucher_id), number: Some(number), ..Self::bare(reference, status) }
    }

    pub(crate) fn refused(reference: &'a str, problem: &Problem) -> Self {
        Self { problem: Some(problem.to_value()), ..Self::bare(reference, "refused") }
    }

    /// Returns the refusal of a voucher whose reference has another voucher.
    pub(crate) fn conflict(reference: &'a str, other: &str, other_is: &str) -> Self {
        let detail = format!("The reference stands for {other}, {other_is}.");
        let problem = Problem::new(Kind::ReferenceConflict, detail).with("voucher_id", other);
        Self { voucher_id: Some(other.to_owned()), ..Self::refused(reference, &problem) }
    }

    fn bare(reference: &'a str, status: &'static str) -> Self {
        Self { reference, status, voucher_id: None, number: None, draft_id: None, state: None, problem: None }
    }
}
