//! Makes the counter-voucher of a voucher: its lines with debit and credit exchanged, its origin the voucher, under a
//! reference of its own, by which it is found when it is asked for again.

use postonce_engine::domain::VoucherResult;
use postonce_engine::ports::CallError;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tryton;
use super::facts::Facts;
use super::fault::Fault;
use super::moves::{self, Move};
use super::rpc::{Call, LastLook};
use super::staging::after_the_write;
use super::wire::{self, TrytonDecimal};
use super::words::Obstacle;
use crate::accounting::reversal::WantedReversal;

#[derive(Debug, Deserialize)]
struct LineRead {
    account: i64,
    party: Option<i64>,
    debit: Value,
    credit: Value,
    second_currency: Option<i64>,
    amount_second_currency: Option<TrytonDecimal>,
    #[serde(rename = "tax_lines.", default)]
    tax_lines: Vec<TaxLineRead>,
    #[serde(rename = "analytic_lines.", default)]
    analytic_lines: Vec<AnalyticLineRead>,
}

#[derive(Debug, Deserialize)]
struct TaxLineRead {
    r#type: String,
    tax: i64,
    amount: TrytonDecimal,
}

#[derive(Debug, Deserialize)]
struct AnalyticLineRead {
    account: i64,
    debit: Value,
    credit: Value,
}

impl LineRead {
    /// Returns the line with debit and credit exchanged, and what hangs on it likewise.
    fn opposite(&self, asked: &WantedReversal<'_>, reason: &str) -> Value {
        let mut value = json!({"account": self.account, "party": self.party, "debit": self.credit,
                               "credit": self.debit, "description": reason});
        if let Some((currency, amount)) = self.second_currency.zip(self.amount_second_currency) {
            value["second_currency"] = currency.into();
            value["amount_second_currency"] = wire::decimal(&(-amount.0).to_string());
        }
        let tax_line = |line: &TaxLineRead| json!({"type": line.r#type, "tax": line.tax, "amount": wire::decimal(&(-line.amount.0).to_string())});
        if !self.tax_lines.is_empty() {
            value["tax_lines"] = json!([["create", self.tax_lines.iter().map(tax_line).collect::<Vec<_>>()]]);
        }
        let analytic_line = |line: &AnalyticLineRead| json!({"account": line.account, "date": wire::date(asked.date), "debit": line.credit, "credit": line.debit});
        if !self.analytic_lines.is_empty() {
            let lines: Vec<Value> = self.analytic_lines.iter().map(analytic_line).collect();
            value["analytic_lines"] = json!([["create", lines]]);
        }
        value
    }
}

pub(super) async fn reverse(
    tryton: &Tryton,
    asked: &WantedReversal<'_>,
    last_look: LastLook<'_>,
) -> Result<VoucherResult, CallError> {
    let (rpc, peer) = (tryton.rpc(), tryton.rpc().peer());
    let facts = tryton.facts().await?;
    let no = |obstacle: Obstacle, voucher_id| {
        Ok(VoucherResult::Refused { refusal: obstacle.refusal(facts.language), voucher_id })
    };
    let not_reversible = || no(Obstacle::NotReversible { voucher: asked.voucher_id.to_owned() }, None);
    let Some(id) = moves::number(asked.voucher_id) else { return not_reversible() };
    let before = |fault: Fault| fault.before_the_write(peer);

    let under = moves::search(rpc, &facts, json!(["description", "=", asked.reference.as_str()]), None)
        .await
        .map_err(before)?;
    let ours = |found: &&Move| found.cancels() == Some(asked.voucher_id);
    if let Some(made) = under.iter().filter(ours).find(|found| found.is_posted()) {
        return Ok(VoucherResult::Exists(made.acknowledgement()));
    }
    let standing = moves::by_id(rpc, &facts, &[id]).await.map_err(before)?;
    let Some(voucher) = standing.get(&id).filter(|voucher| voucher.is_posted()) else { return not_reversible() };
    let cancelled = moves::cancelled(rpc, &facts, std::slice::from_ref(voucher)).await.map_err(before)?;
    if let Some(by) = cancelled.get(asked.voucher_id) {
        return no(Obstacle::AlreadyReversed { voucher: by.clone() }, Some(by.clone()));
    }
    // Drafts that an earlier call left behind are not trusted: somebody may have changed them, and of two a later one
    // would stay.
    for left in under.iter().filter(ours) {
        if let Some(posted) = discard(tryton, &facts, left.id, last_look).await? {
            return Ok(VoucherResult::Exists(posted.acknowledgement()));
        }
    }
    let period = match tryton.books.period(rpc, &facts, asked.date).await.map_err(before)? {
        Ok(period) => period,
        Err(obstacle) => return no(obstacle, None),
    };
    let draft = match make(tryton, &facts, asked, id, period, last_look).await {
        Ok(draft) => draft,
        Err(Fault::No(exception)) => {
            return Ok(VoucherResult::Refused { refusal: exception.refusal(), voucher_id: None });
        }
        Err(Fault::Call(error)) => return Err(error),
    };
    post(tryton, &facts, draft, last_look).await
}

/// Deletes a draft of a counter-voucher. Returns `Some` if it turned out to be posted, by a call whose answer was lost.
async fn discard(
    tryton: &Tryton,
    facts: &Facts,
    draft: i64,
    last_look: LastLook<'_>,
) -> Result<Option<Move>, CallError> {
    let rpc = tryton.rpc();
    let delete = Call::write("model.account.move.delete", json!([[draft], facts.context()]), last_look);
    let exception = match rpc.call::<Value>(&delete).await {
        Ok(_) => return Ok(None),
        Err(Fault::No(exception)) => exception,
        Err(Fault::Call(error)) => return Err(error),
    };
    let mut there = moves::by_id(rpc, facts, &[draft]).await.map_err(|fault| after_the_write(fault, tryton))?;
    match there.remove(&draft) {
        None => Ok(None),
        Some(there) if there.is_posted() => Ok(Some(there)),
        Some(_) => Err(exception.whole(rpc.peer())),
    }
}

/// Makes the draft of the counter-voucher.
async fn make(
    tryton: &Tryton,
    facts: &Facts,
    asked: &WantedReversal<'_>,
    voucher: i64,
    period: i64,
    last_look: LastLook<'_>,
) -> Result<i64, Fault> {
    let rpc = tryton.rpc();
    let journal = facts.journal(rpc, &tryton.journal)?;
    let of_line = ["account", "party", "debit", "credit", "second_currency", "amount_second_currency"];
    let of_line = of_line.into_iter().chain(["tax_lines.type", "tax_lines.tax", "tax_lines.amount"]);
    let analytic = ["analytic_lines.account", "analytic_lines.debit", "analytic_lines.credit"];
    let fields: Vec<&str> = of_line.chain(analytic.into_iter().filter(|_| facts.has_analytic)).collect();
    let params = json!([[["move", "=", voucher]], 0, null, [["id", "ASC"]], fields, facts.context()]);
    let lines: Vec<LineRead> = rpc
        .call(&Call::read("model.account.move.line.search_read", params))
        .await
        .map_err(|fault| fault.before_the_write(rpc.peer()))?;
    let reason = asked.bounded_reason();
    let lines: Vec<Value> = lines.iter().map(|line| line.opposite(asked, &reason)).collect();
    let counter = json!({
        "company": facts.company, "journal": journal, "period": period, "date": wire::date(asked.date),
        "description": asked.reference.as_str(), "origin": format!("account.move,{voucher}"), "lines": [["create", lines]],
    });
    let call = Call::write("model.account.move.create", json!([[counter], facts.context()]), last_look);
    match rpc.call::<Vec<i64>>(&call).await?.as_slice() {
        [made] => Ok(*made),
        _ => Err(Fault::Call(CallError::Unknown(rpc.peer().unexpected(200, "ids")))),
    }
}

async fn post(tryton: &Tryton, facts: &Facts, draft: i64, last_look: LastLook<'_>) -> Result<VoucherResult, CallError> {
    let call = Call::write("model.account.move.post", json!([[draft], facts.context()]), last_look);
    let refused = match tryton.rpc().call::<Value>(&call).await {
        Ok(_) => None,
        Err(Fault::No(exception)) => Some(exception.refusal()),
        Err(Fault::Call(error)) => return Err(error),
    };
    let after = moves::by_id(tryton.rpc(), facts, &[draft]).await.map_err(|fault| after_the_write(fault, tryton))?;
    match (after.get(&draft), refused) {
        (Some(there), _) if there.is_posted() => Ok(VoucherResult::Created(there.acknowledgement())),
        // The counter-voucher is made anew when it is asked for again. Somebody might post a draft that is left behind
        // by hand.
        (_, Some(refusal)) => match discard(tryton, facts, draft, last_look).await? {
            None => Ok(VoucherResult::Refused { refusal, voucher_id: None }),
            Some(posted) => Ok(VoucherResult::Created(posted.acknowledgement())),
        },
        (_, None) => Err(CallError::Unknown(tryton.rpc().peer().unexpected(200, "state"))),
    }
}
