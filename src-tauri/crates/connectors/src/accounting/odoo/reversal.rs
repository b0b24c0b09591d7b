//! Makes the counter-voucher of a voucher: its lines with debit and credit exchanged, linked to it, under a reference
//! of its own. That reference is an external id like every other, so that there is one counter-voucher, however often
//! it is asked for.

use postonce_engine::domain::{CommitResult, Currency, DraftId, Money, VoucherResult};
use postonce_engine::ports::CallError;
use serde_json::json;

use super::Odoo;
use super::books::{self, Books};
use super::client::{Lease, nothing_written};
use super::commit::{self, ToPost};
use super::load::{self, LoadOutcome};
use super::moves::{self, Entry, EntryLine, Standing};
use super::staging::{closed, is_as_asked};
use super::to_make::{EntryToMake, ForeignAmount, LineToMake, TaxShare};
use super::words::Obstacle;
use crate::accounting::reversal::WantedReversal;

pub(super) async fn reverse(
    odoo: &Odoo,
    lease: &impl Lease,
    wanted: WantedReversal<'_>,
) -> Result<VoucherResult, CallError> {
    let books = odoo.books().await.map_err(nothing_written)?;
    let Ok(id) = wanted.voucher_id.parse::<i64>() else {
        return Ok(refused(&books, not_reversible(&wanted), None));
    };
    let (original, asked) = match prepare(odoo, &books, id, &wanted).await.map_err(nothing_written)? {
        Ok(prepared) => prepared,
        Err(result) => return Ok(result),
    };
    let draft = match load::load(&odoo.client, lease, &books, &[&asked]).await? {
        LoadOutcome::Ids(ids) => ids.first().copied().unwrap_or_default(),
        LoadOutcome::Nothing { refusal, .. } => return Ok(VoucherResult::Refused { refusal, voucher_id: None }),
    };
    let there = moves::by_id(&odoo.client, &books, &[draft]).await?;
    let lines = moves::lines(&odoo.client, &books, &[draft]).await?;
    let unknown = || CallError::Unknown(odoo.client.peer().unexpected(200, "reversed_entry_id"));
    let counter = there.get(&draft).ok_or_else(unknown)?;
    let is_counter = is_as_asked(&books, &asked, counter, lines.get(&draft).map_or(&[][..], Vec::as_slice));
    match counter.standing() {
        Standing::Posted if counter.reverses() == Some(id) => Ok(VoucherResult::Exists(counter.acknowledgement())),
        Standing::Draft if is_counter => post(odoo, lease, &wanted, &original, draft).await,
        Standing::Draft => {
            load::unlink(&odoo.client, lease, &books, &[draft]).await?;
            Ok(refused(&books, Obstacle::DraftChanged, None))
        }
        Standing::Posted | Standing::Withdrawn => {
            Ok(refused(&books, Obstacle::ReferenceTaken { voucher: draft.to_string() }, Some(draft)))
        }
    }
}

/// Returns the voucher and the entry that would reverse it, or the reason why there is nothing to make.
async fn prepare(
    odoo: &Odoo,
    books: &Books,
    id: i64,
    wanted: &WantedReversal<'_>,
) -> Result<Result<(Entry, EntryToMake), VoucherResult>, CallError> {
    let mut there = moves::by_id(&odoo.client, books, &[id]).await?;
    let Some(original) = there.remove(&id) else {
        return Ok(Err(refused(books, not_reversible(wanted), None)));
    };
    let domain = json!([["reversed_entry_id", "=", id], ["state", "=", "posted"]]);
    let counters = moves::search(&odoo.client, books, &domain, None).await?;
    if let Some(counter) = counters.first() {
        return Ok(Err(if counter.reference() == wanted.reference.as_str() {
            VoucherResult::Exists(counter.acknowledgement())
        } else {
            refused(books, Obstacle::AlreadyReversed { voucher: counter.id.to_string() }, Some(counter.id))
        }));
    }
    if original.standing() != Standing::Posted {
        return Ok(Err(refused(books, not_reversible(wanted), None)));
    }
    if let Some(obstacle) = closed(books::locked_to(&odoo.client, books).await?, wanted.date) {
        return Ok(Err(refused(books, obstacle, None)));
    }
    let lines = moves::lines(&odoo.client, books, &[id]).await?.remove(&id).unwrap_or_default();
    let opposite = lines.iter().map(|line| opposite(books, wanted, line)).collect::<Option<Vec<_>>>();
    let lines = opposite.filter(|lines| !lines.is_empty()).ok_or_else(|| {
        CallError::Unknown(odoo.client.peer().unexpected(200, &format!("account.move {id}: line_ids?")))
    })?;
    let reference = wanted.reference.as_str().to_owned();
    Ok(Ok((original, EntryToMake { reference, date: wanted.date, reverses: Some(id), lines })))
}

fn opposite(books: &Books, wanted: &WantedReversal<'_>, line: &EntryLine) -> Option<LineToMake> {
    let amount = Money::from_decimal(&line.balance.0, Currency::from_code(&books.currency)?).ok()?;
    let contact = line.partner_id.as_ref().map(|contact| contact.0);
    let plain = LineToMake::plain(line.account_id.as_ref()?.0, contact, wanted.bounded_reason(), amount.opposite()?);
    // Reports count it as they counted the voucher, on the other side.
    let tax = TaxShare { taxes: line.tax_ids.clone(), tags: line.tax_tag_ids.clone(), share: line.share(), base: None };
    let foreign = match line.foreign(books) {
        Some(foreign) => Some(ForeignAmount { amount: foreign.amount.opposite()?, ..foreign }),
        None => None,
    };
    Some(LineToMake { tax, foreign, analytic: line.analytic().cloned(), ..plain })
}

async fn post(
    odoo: &Odoo,
    lease: &impl Lease,
    wanted: &WantedReversal<'_>,
    original: &Entry,
    draft: i64,
) -> Result<VoucherResult, CallError> {
    let draft_id = DraftId::new(draft.to_string()).expect("a number is not empty");
    let amount = Currency::from_code(original.currency())
        .and_then(|currency| Money::from_decimal(original.total(), currency).ok())
        .ok_or_else(|| CallError::Unknown(odoo.client.peer().unexpected(200, "amount_total")))?;
    let to_post =
        ToPost { draft: &draft_id, reference: wanted.reference.as_str(), date: wanted.date, total: amount, own: None };
    match commit::commit(odoo, lease, &[to_post]).await?.pop().flatten() {
        Some(CommitResult::Posted(made)) => Ok(VoucherResult::Created(made)),
        // The draft is deleted again, so that nobody posts it by hand.
        Some(CommitResult::Refused(refusal)) => {
            commit::discard(odoo, lease, &draft_id).await?;
            Ok(VoucherResult::Refused { refusal, voucher_id: None })
        }
        Some(CommitResult::Gone) | None => Err(CallError::Unknown(odoo.client.peer().unexpected(200, "action_post"))),
    }
}

fn not_reversible(wanted: &WantedReversal<'_>) -> Obstacle {
    Obstacle::NotReversible { voucher: wanted.voucher_id.to_owned() }
}

fn refused(books: &Books, obstacle: Obstacle, voucher: Option<i64>) -> VoucherResult {
    VoucherResult::Refused { refusal: obstacle.refusal(books.language()), voucher_id: voucher.map(|id| id.to_string()) }
}
