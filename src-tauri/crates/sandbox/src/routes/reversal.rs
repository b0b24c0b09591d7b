//! Makes the counter-voucher of a voucher: linked to it, and at most one for each.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::batch::check_period;
use super::voucher_body::{check_date, check_reference, hash};
use super::{parse, short_text, writing};
use crate::access::Caller;
use crate::app::App;
use crate::clock::Instant;
use crate::faults::{RefuseOne, Switches};
use crate::money;
use crate::problem::{Kind, Problem};
use crate::store::{self, Books, Failure, NewVoucher, Receipt, StoredVoucher};

#[derive(Deserialize)]
struct ReversalBody {
    reference: String,
    date: String,
    reason: String,
}

pub(crate) async fn reverse(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let path = format!("/v1/vouchers/{id}/reversal");
    let request = writing::write_request(&app, "reversal_write", caller, &path, &headers, &body)?;
    let wish = read(&body, app.faults.switches());
    let refuse = extensions.get::<RefuseOne>().is_some();
    let closed_through = app.closed_through();
    writing::write(&app, request, &extensions, move |tx, now, fence, switches| {
        let wish = wish?;
        let original = match store::seq_of_id(&id) {
            Some(seq) => store::voucher(tx, seq)?,
            None => None,
        };
        let Some(original) = original else {
            return Err(Problem::new(Kind::NotFound, format!("There is no voucher {id}.")).into());
        };
        let new = counter_voucher(&original, &wish);
        if let Some(answer) = already_there(tx, &original, &new, switches)? {
            return Ok(answer);
        }
        check_period(&wish.date, closed_through, refuse)?;
        make(tx, now, fence, caller, &original, &new)
    })
    .await
}

fn read(body: &[u8], switches: Switches) -> Result<ReversalBody, Problem> {
    let wish: ReversalBody = parse(body)?;
    check_reference(&wish.reference, switches.reference_max_length)?;
    check_date(&wish.date)?;
    short_text("reason", &wish.reason)?;
    Ok(wish)
}

/// Returns the same voucher with debit and credit exchanged.
fn counter_voucher(original: &StoredVoucher, wish: &ReversalBody) -> NewVoucher {
    let exponent = money::exponent(&original.currency);
    let mut lines: Value = serde_json::from_str(original.lines.get()).expect("only JSON was ever written there");
    for line in lines.as_array_mut().into_iter().flatten() {
        let amount = line["amount"].as_str().and_then(|text| money::parse(text, exponent)).unwrap_or(0);
        line["amount"] = money::format(-amount, exponent).into();
    }
    NewVoucher {
        reference: wish.reference.clone(),
        content_hash: hash(&[&original.seq.to_string(), &wish.date]),
        date: wish.date.clone(),
        currency: original.currency.clone(),
        text: format!("Reversal: {}", original.text),
        lines: lines.to_string(),
        total_minor: original.total_minor,
        reverses: Some((original.seq, wish.reason.clone())),
    }
}

/// Returns the answer when this very counter-voucher was made before; a problem when another one was, or the reference
/// is taken.
fn already_there(
    tx: &Books<'_>,
    original: &StoredVoucher,
    new: &NewVoucher,
    switches: Switches,
) -> Result<Option<(String, Value)>, Failure> {
    let there = store::receipts(tx, &new.reference)?;
    if let Some(counter) = &original.reversed_by {
        return match there.iter().find(|receipt| &receipt.voucher_id == counter) {
            Some(same) if same.content_hash == new.content_hash => {
                Ok(Some(answer(&new.reference, "exists", same, original)))
            }
            _ => {
                let problem = Problem::new(Kind::AlreadyReversed, format!("{counter} reverses this voucher already."));
                Err(problem.with("voucher_id", counter).into())
            }
        };
    }
    if original.reverses.is_some() || original.state != "posted" {
        let detail = "A counter-voucher, or a voided voucher, is not reversed.";
        return Err(Problem::new(Kind::NotReversible, detail).into());
    }
    match there.first() {
        Some(other) if switches.unique_references => {
            let detail = format!("The reference stands for {}.", other.voucher_id);
            let problem = Problem::new(Kind::ReferenceConflict, detail);
            Err(problem.with("voucher_id", &other.voucher_id).into())
        }
        _ => Ok(None),
    }
}

fn make(
    tx: &Books<'_>,
    now: Instant,
    fence: i64,
    caller: Caller,
    original: &StoredVoucher,
    new: &NewVoucher,
) -> Result<(String, Value), Failure> {
    let (voucher_id, number) = store::insert(tx, now, fence, caller.id, new)?;
    store::void(tx, original.seq)?;
    let receipt = Receipt { voucher_id, number, content_hash: Vec::new(), state: String::new() };
    Ok(answer(&new.reference, "created", &receipt, original))
}

fn answer(reference: &str, status: &str, receipt: &Receipt, original: &StoredVoucher) -> (String, Value) {
    let body = json!({
        "reference": reference, "status": status, "voucher_id": receipt.voucher_id, "number": receipt.number,
        "reverses": original.voucher_id,
    });
    (body.to_string(), json!({"reversed": original.voucher_id, "status": status}))
}
